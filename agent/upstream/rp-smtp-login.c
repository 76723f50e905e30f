/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-smtp-login.h"

#include "upstream/rp-connection.h"
#include "upstream/rp-opener.h"
#include "upstream/rp-password.h"
#include "upstream/rp-sasl-digest.h"
#include "upstream/rp-sasl-exchange.h"
#include "upstream/rp-sasl-token.h"
#include "upstream/rp-sasl.h"
#include "upstream/rp-server-copy.h"

#ifdef RP_HAS_KERBEROS
#include "upstream/rp-sasl-kerberos.h"
#endif

/* The mechanisms are named one by one: left to itself curl would also try Kerberos
 * and NTLM wherever the user's name holds an '@', and Kerberos looks for its servers
 * while the main loop waits. Tokens and tickets are ours to show, behind curl. Over
 * verified TLS the password itself (RFC 4616) is what every provider supports, and one
 * round trip less; challenges come second. */
static const char *const passwords[] = { "PLAIN", "LOGIN", NULL };
static const char *const challenges[] = { "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5",
                                          "DIGEST-MD5", NULL };
static const char *const tokens[] = { "OAUTHBEARER", "XOAUTH2", NULL };
static const char *const certificates[] = { "EXTERNAL", NULL };
static const char *const tickets[] = { "GSSAPI", NULL };

struct _RpSmtpLogin
{
  GObject parent_instance;

  RpCurlLoop *loop;
  RpServer *server; /* a copy */
  char *host;
  guint16 port;
  RpTlsMode tls;
  gboolean is_loopback;

  char *secret; /* while under way only, in memory that is not swapped */
  const char *const *mechanisms; /* nullable: no login; of these one is used */
  RpLoginDialogue *dialogue;
  CURL *easy; /* nullable: connected, and a login of our own is under way */
};

G_DEFINE_FINAL_TYPE (RpSmtpLogin, rp_smtp_login, G_TYPE_OBJECT)

static void
wipe_secret (RpSmtpLogin *self)
{
  g_clear_pointer (&self->secret, rp_password_free);
}

static void
fail (GTask *task, GError *error)
{
  wipe_secret (g_task_get_source_object (task));
  g_task_return_error (task, error);
}

/* --- what a failure means --- */

/* Returns: (nullable): the best of @mechanisms that both sides know */
static const char *
find_mechanism (const RpSmtpLogin *self, const char *const *mechanisms)
{
  const RpCapabilities *capabilities =
      self->dialogue != NULL ? self->dialogue->capabilities : NULL;

  if (capabilities == NULL || capabilities->auth_mechanisms == NULL)
    return NULL;

  for (guint i = 0; mechanisms[i] != NULL; i++)
    if (rp_sasl_is_supported (mechanisms[i])
        && g_strv_contains ((const char *const *) capabilities->auth_mechanisms,
                            mechanisms[i]))
      return mechanisms[i];

  return NULL;
}

static gboolean
was_auth_answered (const RpSmtpLogin *self)
{
  return self->dialogue->reply != NULL
         && self->dialogue->reply_stage == RP_LOGIN_STAGE_AUTH;
}

/* curl knows that it failed, the dialogue knows on what words. */
static RpConnectionError
judge_failure (const RpSmtpLogin *self, RpConnectionError from_curl)
{
  const RpReply *reply = self->dialogue->reply;

  switch (from_curl)
    {
    case RP_CONNECTION_ERROR_UNREACHABLE:
    case RP_CONNECTION_ERROR_TIMED_OUT:
    case RP_CONNECTION_ERROR_CANCELLED:
    case RP_CONNECTION_ERROR_CERTIFICATE:
    case RP_CONNECTION_ERROR_NO_CERTIFICATE:
    case RP_CONNECTION_ERROR_NO_TICKET:
      return from_curl;
    case RP_CONNECTION_ERROR_REPLY:
    case RP_CONNECTION_ERROR_LOGIN:
    case RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED:
    case RP_CONNECTION_ERROR_TLS_STRIPPED:
    case RP_CONNECTION_ERROR_NOT_SMTP:
      break;
    }
  if (self->dialogue->is_broken)
    return RP_CONNECTION_ERROR_NOT_SMTP;
  if (from_curl == RP_CONNECTION_ERROR_LOGIN && !was_auth_answered (self))
    return RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED;
  if (reply == NULL || reply->code < 400)
    return from_curl;

  return was_auth_answered (self) ? RP_CONNECTION_ERROR_LOGIN
                                  : RP_CONNECTION_ERROR_REPLY;
}

/* --- attempts --- */

static void open_attempt (GTask *task);

static void
on_opener_failed (GTask *task, GError *error)
{
  RpSmtpLogin *self = g_task_get_source_object (task);

  error->code = (int) judge_failure (self, (RpConnectionError) error->code);
  if (error->code == RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED
      && self->mechanisms == passwords && find_mechanism (self, challenges) != NULL)
    {
      self->mechanisms = challenges;
      g_error_free (error);
      open_attempt (g_object_ref (task));
      return;
    }

  fail (task, error);
}

/* --- a login of our own, behind curl's connecting --- */

/* What curl does within the connecting, and what we do behind it: see rp-sasl-token.h,
 * rp-sasl-kerberos.h and rp-sasl-digest.h. A challenge is chosen from what the attempt
 * before was offered. */
static gboolean
is_own_login (const RpSmtpLogin *self)
{
  return self->mechanisms == tokens || self->mechanisms == tickets
         || (self->mechanisms == challenges
             && g_strcmp0 (find_mechanism (self, challenges), "DIGEST-MD5") == 0);
}

static RpSaslClient *
make_digest (const RpSmtpLogin *self)
{
  g_autofree char *uri = g_strdup_printf ("smtp/%s", self->host);

  return RP_SASL_CLIENT (
      rp_sasl_digest_new (uri, self->server->user, self->secret, NULL));
}

static RpSaslClient *
make_client (const RpSmtpLogin *self, const char *mechanism)
{
  if (self->mechanisms == challenges)
    return make_digest (self);
#ifdef RP_HAS_KERBEROS
  if (self->mechanisms == tickets)
    return RP_SASL_CLIENT (rp_sasl_kerberos_new (self->host));
#endif
  return RP_SASL_CLIENT (rp_sasl_token_new (mechanism, self->server->user, self->host,
                                            self->port, self->secret));
}

static void
on_exchange_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpSmtpLogin *self = g_task_get_source_object (task);
  CURL *easy = g_steal_pointer (&self->easy);
  GError *error = NULL;

  if (rp_sasl_exchange_run_finish (result, &error))
    {
      wipe_secret (self);
      g_task_return_pointer (task, easy, NULL);
      return;
    }

  rp_curl_loop_remove (self->loop, easy);
  error->code = (int) judge_failure (self, (RpConnectionError) error->code);
  fail (task, error);
}

/* Takes the reference to @task. */
static void
log_in (GTask *task, const char *mechanism)
{
  RpSmtpLogin *self = g_task_get_source_object (task);
  g_autoptr (RpSaslClient) client = make_client (self, mechanism);
  g_autofree char *where = g_strdup_printf ("%s port %u", self->host, self->port);

  rp_sasl_exchange_run_async (self->easy, where, mechanism, client, self->dialogue,
                              rp_opener_get_step_timeout_ms (self->server),
                              g_task_get_cancellable (task), on_exchange_done, task);
}

static void
fail_without_login (GTask *task, CURL *easy)
{
  RpSmtpLogin *self = g_task_get_source_object (task);

  rp_curl_loop_remove (self->loop, easy);
  fail (task, g_error_new (RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED,
                           "%s port %u offers no login", self->host, self->port));
}

/* --- what came of an attempt --- */

static void
on_opener_connected (GTask *task, CURL *easy)
{
  RpSmtpLogin *self = g_task_get_source_object (task);
  const char *mechanism = rp_smtp_login_get_mechanism (self);

  if (is_own_login (self) && mechanism != NULL)
    {
      self->easy = easy;
      log_in (g_object_ref (task), mechanism);
      return;
    }

  /* curl calls it a success when no AUTH is offered: only 235 is one. */
  if (self->mechanisms != NULL && !self->dialogue->is_authenticated)
    {
      fail_without_login (task, easy);
      return;
    }

  wipe_secret (self);
  g_task_return_pointer (task, easy, NULL);
}

static void
on_opener_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  CURL *easy = rp_opener_open_finish (result, &error);

  if (easy != NULL)
    on_opener_connected (task, easy);
  else
    on_opener_failed (task, g_steal_pointer (&error));
}

static RpOpenerProgress
on_dialogue_line (const char *line, gsize n_bytes, gpointer user_data)
{
  RpSmtpLogin *self = user_data;
  const gboolean is_whole = rp_login_dialogue_read_line (self->dialogue, line, n_bytes);

  if (self->dialogue->is_broken)
    return RP_OPENER_ABORT;

  return is_whole ? RP_OPENER_STEP : RP_OPENER_MORE;
}

/* curl has a taste of its own: where several challenges are offered it would take
 * DIGEST-MD5 before CRAM-MD5. So the one that it shall use is named when it is known,
 * which is from the second attempt on. */
static char *
dup_login_options (const RpSmtpLogin *self)
{
  g_autoptr (GString) options = NULL;
  const char *chosen;

  if (self->mechanisms == NULL || is_own_login (self))
    return NULL;

  chosen = find_mechanism (self, self->mechanisms);
  if (chosen != NULL)
    return g_strdup_printf ("AUTH=%s", chosen);

  options = g_string_new (NULL);
  for (guint i = 0; self->mechanisms[i] != NULL; i++)
    g_string_append_printf (options, "%sAUTH=%s", i > 0 ? ";" : "",
                            self->mechanisms[i]);
  return g_string_free (g_steal_pointer (&options), FALSE);
}

/* Takes the reference to @task. */
static void
open_attempt (GTask *task)
{
  RpSmtpLogin *self = g_task_get_source_object (task);
  g_autofree char *login_options = dup_login_options (self);
  g_autofree char *path = g_uri_escape_string (
      self->server->ehlo != NULL ? self->server->ehlo : "[127.0.0.1]", NULL, FALSE);
  const RpOpenerTarget target = {
    .scheme = self->tls == RP_TLS_IMPLICIT ? "smtps" : "smtp",
    .tls = self->tls,
    .host = self->host,
    .port = self->port,
    .path = path,
    .logs_in = self->mechanisms != NULL,
    .user = self->server->user,
    .password = is_own_login (self) ? NULL : self->secret,
    .login_options = login_options,
    .on_line = on_dialogue_line,
    .line_data = self,
  };

  g_clear_pointer (&self->dialogue, rp_login_dialogue_free);
  self->dialogue = rp_login_dialogue_new (self->tls);
  rp_opener_open_async (self->loop, self->server, &target,
                        g_task_get_cancellable (task), on_opener_done, task);
}

static const char *const *
get_mechanisms (RpCredentialKind kind)
{
  switch (kind)
    {
    case RP_CREDENTIAL_PASSWORD:
      return passwords;
    case RP_CREDENTIAL_TOKEN:
      return tokens;
    case RP_CREDENTIAL_CERTIFICATE:
      return certificates;
    case RP_CREDENTIAL_KERBEROS:
      return tickets;
    }
  return passwords;
}

/* Without TLS the server has not seen a certificate, and EXTERNAL would mean nothing.
 */
static gboolean
may_log_in (const RpSmtpLogin *self, const RpCredential *credential)
{
  return self->tls != RP_TLS_NONE
         || (self->is_loopback && credential->kind != RP_CREDENTIAL_CERTIFICATE);
}

static void
take_credential (RpSmtpLogin *self, const RpCredential *credential)
{
  self->mechanisms = get_mechanisms (credential->kind);
  self->secret =
      credential->secret != NULL ? rp_password_copy (credential->secret) : NULL;
}

void
rp_smtp_login_go_async (RpSmtpLogin *self,
                        const RpCredential *credential,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, rp_smtp_login_go_async);
  g_task_set_check_cancellable (task, FALSE);
  if (credential != NULL && !may_log_in (self, credential))
    {
      fail (task, g_error_new (RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_TLS_STRIPPED,
                               "there is no login at %s port %u without TLS",
                               self->host, self->port));
      return;
    }

  if (credential != NULL)
    take_credential (self, credential);
  open_attempt (g_steal_pointer (&task));
}

CURL *
rp_smtp_login_go_finish (RpSmtpLogin *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

const RpLoginDialogue *
rp_smtp_login_get_dialogue (RpSmtpLogin *self)
{
  return self->dialogue;
}

const char *
rp_smtp_login_get_mechanism (RpSmtpLogin *self)
{
  return self->mechanisms != NULL ? find_mechanism (self, self->mechanisms) : NULL;
}

static void
rp_smtp_login_finalize (GObject *object)
{
  RpSmtpLogin *self = RP_SMTP_LOGIN (object);

  wipe_secret (self);
  rp_server_copy_free (self->server);
  g_free (self->host);
  g_object_unref (self->loop);
  rp_login_dialogue_free (self->dialogue);
  G_OBJECT_CLASS (rp_smtp_login_parent_class)->finalize (object);
}

static void
rp_smtp_login_class_init (RpSmtpLoginClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_smtp_login_finalize;
}

static void
rp_smtp_login_init (RpSmtpLogin *self)
{
}

RpSmtpLogin *
rp_smtp_login_new (RpCurlLoop *loop, const RpServer *server, const RpEndpoint *endpoint)
{
  RpSmtpLogin *self = g_object_new (RP_TYPE_SMTP_LOGIN, NULL);

  self->loop = g_object_ref (loop);
  self->server = rp_server_copy_new (server);
  self->host = g_strdup (endpoint->host);
  self->port = endpoint->port;
  self->tls = endpoint->tls;
  self->is_loopback = endpoint->is_loopback;
  return self;
}
