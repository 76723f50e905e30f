/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question to the keyring, or one change in it, with its time-out. */
#pragma once

#include <libsecret/secret.h>

#include "credentials/rp-keyring-probe.h"
#include "credentials/rp-secrets.h"

G_BEGIN_DECLS

/**
 * RpKeyringRequest: task data of a #GTask
 * @host: of which an entry is looked for, stored or removed now; in lower case
 * @hosts: (nullable): all those of a change
 * @n_done: of @hosts
 * @probe: (nullable): of a removal
 * @items: (nullable) (element-type SecretItem): entries of @host that are to be removed
 * @n_removed: entries, of all hosts
 * @value: (nullable): to store
 * @service: (nullable): once the keyring is reached
 * @own: serves the time-out and the caller's cancellable alike
 */
typedef struct
{
  RpSecretProtocol protocol;
  char *user;
  char *host;
  GStrv hosts;
  guint n_done;
  RpKeyringProbe *probe;
  GList *items;
  guint n_removed;
  SecretValue *value;
  SecretService *service;
  GCancellable *own;

  GCancellable *caller; /* nullable */
  gulong caller_id;
  GSource *timer;
  gboolean has_timed_out;
} RpKeyringRequest;

/**
 * rp_keyring_request_start:
 * @task: (transfer none): gets the request as its data
 * @server: (transfer none): whose user's secret it is about
 * @caller: (nullable): cancels it
 * @timeout_ms: when it is given up, in milliseconds
 *
 * Returns: (transfer none): of @task
 */
RpKeyringRequest *rp_keyring_request_start (GTask *task,
                                            const RpServer *server,
                                            RpSecretProtocol protocol,
                                            GCancellable *caller,
                                            guint timeout_ms);

/** rp_keyring_request_set_host: @host: that it is about from now on. */
void rp_keyring_request_set_host (RpKeyringRequest *self, const char *host);

/** rp_keyring_request_next_host: whether there was one more of @hosts to set. */
gboolean rp_keyring_request_next_host (RpKeyringRequest *self);

/** rp_keyring_request_get_schema: (transfer none): of all entries. */
const SecretSchema *rp_keyring_request_get_schema (void);

/** rp_keyring_request_make_attributes: (transfer full): of the entry. */
GHashTable *rp_keyring_request_make_attributes (const RpKeyringRequest *self);

/** rp_keyring_request_dup_label: (transfer full): of the entry, in the user's words. */
char *rp_keyring_request_dup_label (const RpKeyringRequest *self);

/**
 * rp_keyring_request_return_failure:
 * @task: (transfer none): of the request
 * @error: (transfer full) (nullable): what libsecret said, which is nothing where the
 *   keyring's user said no
 *
 * Ends @task with an error of #RP_SECRETS_ERROR, or %G_IO_ERROR_CANCELLED.
 */
void rp_keyring_request_return_failure (GTask *task, GError *error);

/** rp_keyring_request_return_locked: @task: (transfer none): ends with
 * %RP_SECRETS_ERROR_LOCKED. */
void rp_keyring_request_return_locked (GTask *task);

/** rp_keyring_request_return_missing: @task: (transfer none): ends with
 * %RP_SECRETS_ERROR_MISSING. */
void rp_keyring_request_return_missing (GTask *task);

G_END_DECLS
