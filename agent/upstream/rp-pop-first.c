/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-pop-first.h"

#include <string.h>

#include "upstream/rp-connection.h"
#include "upstream/rp-farewell.h"
#include "upstream/rp-opener.h"
#include "upstream/rp-password.h"
#include "upstream/rp-server-copy.h"

#define MAX_DIALOGUE_BYTES (64 * 1024)

/* What is left of the choice when a server offers Kerberos or NTLM, which curl would
 * prefer, and which look for servers of their own while the main loop waits. */
#define PASSWORD_MECHANISMS "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5"

typedef struct
{
  RpCurlLoop *loop;
  RpServer *server; /* a copy */
  RpPopEndpoint pop;
  char *password;
  gboolean is_restricted; /* to PASSWORD_MECHANISMS */
  gboolean must_restrict;
  gboolean is_broken;
  gsize n_read;
  char *refusal; /* nullable: the last -ERR line */
} Login;

static void
login_free (Login *self)
{
  g_object_unref (self->loop);
  rp_server_copy_free (self->server);
  g_free (self->pop.host);
  g_free (self->refusal);
  rp_password_free (self->password);
  g_free (self);
}

/* The server's words go to people: printable, one line, no more than they can read. */
static char *
dup_printable (const char *line, gsize n_bytes)
{
  g_autofree char *text = g_utf8_make_valid (line, (gssize) MIN (n_bytes, 500));

  for (char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return g_strdup (g_strstrip (text));
}

static gboolean
offers_ticket_mechanism (const char *line, gsize n_bytes)
{
  g_autofree char *upper = g_ascii_strup (line, (gssize) n_bytes);

  return g_str_has_prefix (upper, "SASL ")
         && (strstr (upper, "GSS") != NULL || strstr (upper, "NTLM") != NULL);
}

/* The first line of all, the greeting, begins with +OK or -ERR; later ones may also
 * be the lines of the capability list or a challenge. */
static RpOpenerProgress
on_dialogue_line (const char *line, gsize n_bytes, gpointer user_data)
{
  Login *self = user_data;
  const gboolean is_ok = n_bytes >= 3 && memcmp (line, "+OK", 3) == 0;
  const gboolean is_refused = n_bytes >= 4 && memcmp (line, "-ERR", 4) == 0;
  const gboolean is_greeting = self->n_read == 0;

  self->n_read += n_bytes;
  if (self->n_read > MAX_DIALOGUE_BYTES || (is_greeting && !is_ok && !is_refused))
    {
      self->is_broken = TRUE;
      return RP_OPENER_ABORT;
    }

  if (!self->is_restricted && offers_ticket_mechanism (line, n_bytes))
    {
      self->must_restrict = TRUE;
      return RP_OPENER_ABORT;
    }

  g_clear_pointer (&self->refusal, g_free);
  if (is_refused)
    self->refusal = dup_printable (line, n_bytes);
  return is_ok || is_refused || *line == '+' ? RP_OPENER_STEP : RP_OPENER_MORE;
}

/* RFC 2449 section 8 and RFC 3206: these say nothing about the password. */
static gboolean
is_passing_refusal (const char *refusal)
{
  static const char *const passing[] = { "[IN-USE]", "[LOGIN-DELAY]", "[SYS/TEMP]",
                                         "[SYS/PERM]" };

  for (guint i = 0; i < G_N_ELEMENTS (passing); i++)
    if (strstr (refusal, passing[i]) != NULL)
      return TRUE;

  return FALSE;
}

static RpConnectionError
judge_failure (const Login *self, RpConnectionError from_curl)
{
  switch (from_curl)
    {
    case RP_CONNECTION_ERROR_UNREACHABLE:
    case RP_CONNECTION_ERROR_TIMED_OUT:
    case RP_CONNECTION_ERROR_CANCELLED:
    case RP_CONNECTION_ERROR_CERTIFICATE:
    case RP_CONNECTION_ERROR_TLS_STRIPPED:
      return from_curl;
    case RP_CONNECTION_ERROR_LOGIN:
      if (self->refusal == NULL)
        return RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED;
      return is_passing_refusal (self->refusal) ? RP_CONNECTION_ERROR_REPLY
                                                : RP_CONNECTION_ERROR_LOGIN;
    case RP_CONNECTION_ERROR_REPLY:
    case RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED:
    case RP_CONNECTION_ERROR_NOT_SMTP:
      break;
    }
  return self->refusal != NULL && !self->is_broken ? RP_CONNECTION_ERROR_REPLY
                                                   : from_curl;
}

static void login_attempt (GTask *task);

static void
return_failure (GTask *task, const GError *error)
{
  const Login *self = g_task_get_task_data (task);
  const RpConnectionError code = judge_failure (self, (RpConnectionError) error->code);
  const gboolean has_words =
      self->refusal != NULL
      && (code == RP_CONNECTION_ERROR_LOGIN || code == RP_CONNECTION_ERROR_REPLY);

  if (has_words)
    g_task_return_new_error (task, RP_CONNECTION_ERROR, (int) code, "%s port %u: %s",
                             self->pop.host, self->pop.port, self->refusal);
  else
    g_task_return_new_error (task, RP_CONNECTION_ERROR, (int) code, "%s",
                             error->message);
}

static void
on_opener_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Login *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  CURL *easy = rp_opener_open_finish (result, &error);

  if (easy != NULL)
    {
      rp_farewell_say (self->loop, easy);
      g_task_return_boolean (task, TRUE);
    }
  else if (self->must_restrict && !self->is_restricted)
    {
      self->is_restricted = TRUE;
      login_attempt (g_steal_pointer (&task));
    }
  else
    return_failure (task, error);
}

/* Takes the reference to @task. */
static void
login_attempt (GTask *task)
{
  Login *self = g_task_get_task_data (task);
  const RpOpenerTarget target = {
    .scheme = self->pop.tls == RP_TLS_IMPLICIT ? "pop3s" : "pop3",
    .tls = self->pop.tls,
    .host = self->pop.host,
    .port = self->pop.port,
    .logs_in = TRUE,
    .user = self->server->user,
    .password = self->password,
    .login_options = self->is_restricted ? PASSWORD_MECHANISMS : NULL,
    .on_line = on_dialogue_line,
    .line_data = self,
  };

  self->n_read = 0;
  rp_opener_open_async (self->loop, self->server, &target,
                        g_task_get_cancellable (task), on_opener_done, task);
}

static Login *
login_new (RpCurlLoop *loop, const RpServer *server, const char *password)
{
  Login *self = g_new0 (Login, 1);

  self->loop = g_object_ref (loop);
  self->server = rp_server_copy_new (server);
  self->pop.tls = server->pop->tls;
  self->pop.host = g_strdup (server->pop->host);
  self->pop.port = server->pop->port;
  self->password = rp_password_copy (password);
  return self;
}

void
rp_pop_first_login_async (RpCurlLoop *loop,
                          const RpServer *server,
                          const char *password,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_return_if_fail (server->pop != NULL && password != NULL);

  g_task_set_source_tag (task, rp_pop_first_login_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, login_new (loop, server, password),
                        (GDestroyNotify) login_free);
  login_attempt (g_steal_pointer (&task));
}

gboolean
rp_pop_first_login_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
