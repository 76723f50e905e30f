/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets: from the Secret Service, a command, a systemd credential, or from a test's
 * table. Looked up asynchronously with a time-out; given to no host but those they were
 * stored for. */
#pragma once

#include <gio/gio.h>

#include "core/rp-config.h"
#include "core/rp-view.h"

G_BEGIN_DECLS

/**
 * RpSecretsError:
 * @RP_SECRETS_ERROR_MISSING: nothing was stored for it
 * @RP_SECRETS_ERROR_LOCKED: the keyring waits for its user
 * @RP_SECRETS_ERROR_UNAVAILABLE: no service, time-out, command failed
 * @RP_SECRETS_ERROR_REVOKED: the sign-in does not count any more; sign in again
 */
typedef enum
{
  RP_SECRETS_ERROR_MISSING,
  RP_SECRETS_ERROR_LOCKED,
  RP_SECRETS_ERROR_UNAVAILABLE,
  RP_SECRETS_ERROR_REVOKED,
} RpSecretsError;

/** RP_SECRETS_ERROR: why there is no password. */
#define RP_SECRETS_ERROR (rp_secrets_error_quark ())

/** rp_secrets_error_quark: the domain #RP_SECRETS_ERROR. */
GQuark rp_secrets_error_quark (void);

/**
 * RpSecretProtocol: a secret is stored for one protocol
 * @RP_SECRET_SMTP: password of SMTP
 * @RP_SECRET_POP: password of POP3
 * @RP_SECRET_SIGN_IN: record of an OAuth 2.0 sign-in, text that only its writer reads;
 *   the host is the token endpoint's
 * @RP_SECRET_TOKEN: access token, made of a sign-in when it is asked for, never stored
 */
typedef enum
{
  RP_SECRET_SMTP,
  RP_SECRET_POP,
  RP_SECRET_SIGN_IN,
  RP_SECRET_TOKEN
} RpSecretProtocol;

/** RpSecrets: where passwords come from. */
#define RP_TYPE_SECRETS (rp_secrets_get_type ())
G_DECLARE_INTERFACE (RpSecrets, rp_secrets, RP, SECRETS, GObject)

/**
 * RpSecrets::unlocked: what was locked or missing may be there now, so it is worth
 * asking again
 */

/**
 * RpSecretsInterface:
 * @lookup_async: the password of @server's user for @protocol at @host
 * @lookup_finish: (transfer full): wipe with rp_secret_free(); error domain
 *   #RP_SECRETS_ERROR, or %G_IO_ERROR_CANCELLED
 * @store_async: (nullable): keeps @secret for each of @hosts; the same errors
 * @remove_async: (nullable): forgets what is kept for each of @hosts; the same errors
 * @dup_origin: where nothing can be stored and removed: where @server's secrets come
 *   from, as a sentence that says what to do instead
 * @reject: (nullable): @secret was refused, and is not given again from a cache
 * @unlock_async: (nullable): has the keyring ask its user to unlock it
 */
struct _RpSecretsInterface
{
  GTypeInterface parent_iface;

  void (*lookup_async) (RpSecrets *self,
                        const RpServer *server,
                        RpSecretProtocol protocol,
                        const char *host,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  char *(*lookup_finish) (RpSecrets *self, GAsyncResult *result, GError **error);
  void (*store_async) (RpSecrets *self,
                       const RpServer *server,
                       RpSecretProtocol protocol,
                       const char *const *hosts,
                       const char *secret,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*store_finish) (RpSecrets *self, GAsyncResult *result, GError **error);
  void (*remove_async) (RpSecrets *self,
                        const RpServer *server,
                        RpSecretProtocol protocol,
                        const char *const *hosts,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*remove_finish) (RpSecrets *self, GAsyncResult *result, GError **error);
  char *(*dup_origin) (RpSecrets *self, const RpServer *server);
  void (*reject) (RpSecrets *self,
                  const RpServer *server,
                  RpSecretProtocol protocol,
                  const char *host,
                  const char *secret);
  void (*unlock_async) (RpSecrets *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*unlock_finish) (RpSecrets *self, GAsyncResult *result, GError **error);
};

/**
 * rp_secrets_lookup_async:
 * @server: (transfer none): whose user's secret is wanted
 * @protocol: what it is for
 * @host: to which host alone it will be told
 * @cancellable: (nullable)
 */
void rp_secrets_lookup_async (RpSecrets *self,
                              const RpServer *server,
                              RpSecretProtocol protocol,
                              const char *host,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * rp_secrets_lookup_finish:
 * @error: of the domain #RP_SECRETS_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the secret, for rp_secret_free(); %NULL with
 *   @error set
 */
char *rp_secrets_lookup_finish (RpSecrets *self, GAsyncResult *result, GError **error);

/**
 * rp_secrets_store_async:
 * @server: (transfer none): whose user's secret it is
 * @protocol: what it is for; never %RP_SECRET_TOKEN
 * @hosts: (array zero-terminated=1): to which hosts alone it may be told
 * @secret: (transfer none): to keep
 * @cancellable: (nullable)
 */
void rp_secrets_store_async (RpSecrets *self,
                             const RpServer *server,
                             RpSecretProtocol protocol,
                             const char *const *hosts,
                             const char *secret,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/**
 * rp_secrets_store_finish:
 * @error: of the domain #RP_SECRETS_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Returns: whether it is kept for each host
 */
gboolean rp_secrets_store_finish (RpSecrets *self,
                                  GAsyncResult *result,
                                  GError **error);

/**
 * rp_secrets_remove_async:
 * @server: (transfer none): whose user's secret it is
 * @protocol: what it was stored for
 * @hosts: (array zero-terminated=1): for which hosts it is forgotten
 * @cancellable: (nullable)
 */
void rp_secrets_remove_async (RpSecrets *self,
                              const RpServer *server,
                              RpSecretProtocol protocol,
                              const char *const *hosts,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * rp_secrets_remove_finish:
 * @error: of the domain #RP_SECRETS_ERROR, or %G_IO_ERROR_CANCELLED;
 *   %RP_SECRETS_ERROR_MISSING where nothing was kept for any of the hosts
 *
 * Returns: whether nothing is kept any more, and something was
 */
gboolean rp_secrets_remove_finish (RpSecrets *self,
                                   GAsyncResult *result,
                                   GError **error);

/**
 * rp_secrets_reject:
 * @server: (transfer none): whose user's secret it was
 * @protocol: what it was looked up for
 * @host: that refused it
 * @secret: (transfer none): as it was given
 *
 * The next lookup does not give @secret from a cache. What is stored stays stored: a
 * server may be wrong, and its user may not know the password by heart.
 */
void rp_secrets_reject (RpSecrets *self,
                        const RpServer *server,
                        RpSecretProtocol protocol,
                        const char *host,
                        const char *secret);

/**
 * rp_secrets_unlock_async:
 * @cancellable: (nullable)
 *
 * The keyring shows its user a window, and its answer is waited for without a
 * time-out: for the user's own wish alone, such as a click. RpSecrets::unlocked follows
 * where it was unlocked.
 */
void rp_secrets_unlock_async (RpSecrets *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * rp_secrets_unlock_finish:
 * @error: of the domain #RP_SECRETS_ERROR, or %G_IO_ERROR_CANCELLED;
 *   %RP_SECRETS_ERROR_LOCKED where it stays locked, or where its window is open already
 *
 * Returns: whether what is stored can be read now
 */
gboolean rp_secrets_unlock_finish (RpSecrets *self,
                                   GAsyncResult *result,
                                   GError **error);

/** rp_secret_free: @secret: (nullable): is wiped and freed. */
void rp_secret_free (char *secret);

/**
 * rp_secrets_new:
 * @timeout_ms: for one lookup, in milliseconds
 *
 * Returns: (transfer full): a server's secret-command or secret-credential where it has
 *   one, else the Secret Service
 */
RpSecrets *rp_secrets_new (guint timeout_ms);

G_END_DECLS
