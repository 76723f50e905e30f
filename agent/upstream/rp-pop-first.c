/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-pop-first.h"

#include <string.h>

#include "upstream/rp-connection.h"
#include "upstream/rp-farewell.h"
#include "upstream/rp-opener.h"
#include "upstream/rp-password.h"
#include "upstream/rp-server-copy.h"

#define MAX_DIALOGUE_BYTES (64 * 1024)

/* Without TLS everybody on the way can read along: what keeps the password to itself
 * is tried first, and a password is said only to who offers nothing else. curl would
 * take PLAIN before APOP, so that each has an attempt of its own. */
typedef enum
{
  WAY_APOP,      /* RFC 1939 section 7 */
  WAY_CHALLENGE, /* SASL, the password does not travel */
  WAY_ANY,       /* what curl thinks best */
  WAY_PASSWORD   /* the same without Kerberos and NTLM */
} Way;

/* "+APOP" is curl's own word for APOP and nothing else. Kerberos and NTLM, which curl
 * would prefer, look for servers of their own while the main loop waits. */
static const char *const login_options[] = {
  [WAY_APOP] = "AUTH=+APOP",
  [WAY_CHALLENGE] = "AUTH=SCRAM-SHA-256;AUTH=SCRAM-SHA-1;AUTH=DIGEST-MD5;AUTH=CRAM-MD5",
  [WAY_ANY] = NULL,
  [WAY_PASSWORD] = "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5",
};

typedef struct
{
  RpCurlLoop *loop;
  RpServer *server; /* a copy */
  RpPopEndpoint pop;
  char *password;
  Way way;
  gboolean must_restrict; /* to WAY_PASSWORD */
  gboolean offers_apop;
  gboolean offers_challenge;
  gboolean is_broken;
  gsize n_read;
  guint n_replies;
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

/* A time stamp in the greeting is the offer of APOP. */
static void
note_greeting (Login *self, const char *line, gsize n_bytes)
{
  g_autofree char *text = g_strndup (line, n_bytes);
  const char *stamp = strchr (text, '<');
  const char *at = stamp != NULL ? strchr (stamp, '@') : NULL;

  self->offers_apop = at != NULL && strchr (at, '>') != NULL;
}

/* One line of the capability list (RFC 2449 section 6.3). */
static void
note_mechanisms (Login *self, const char *line, gsize n_bytes)
{
  g_autofree char *upper = g_ascii_strup (line, (gssize) n_bytes);

  if (!g_str_has_prefix (upper, "SASL "))
    return;

  if (strstr (upper, "GSS") != NULL || strstr (upper, "NTLM") != NULL)
    self->must_restrict = TRUE;
  if (strstr (upper, "-MD5") != NULL || strstr (upper, "SCRAM-") != NULL)
    self->offers_challenge = TRUE;
}

/* The first line of all, the greeting, begins with +OK or -ERR; later ones may also
 * be the lines of the capability list or a challenge. */
static RpOpenerProgress
on_dialogue_line (const char *line, gsize n_bytes, gpointer user_data)
{
  Login *self = user_data;
  const gboolean is_positive = n_bytes > 0 && *line == '+';
  const gboolean is_ok = n_bytes >= 3 && memcmp (line, "+OK", 3) == 0;
  const gboolean is_refused = n_bytes >= 4 && memcmp (line, "-ERR", 4) == 0;
  const gboolean is_greeting = self->n_read == 0;

  self->n_read += n_bytes;
  if (self->n_read > MAX_DIALOGUE_BYTES || (is_greeting && !is_ok && !is_refused))
    {
      self->is_broken = TRUE;
      return RP_OPENER_ABORT;
    }

  if (is_greeting)
    note_greeting (self, line, n_bytes);
  note_mechanisms (self, line, n_bytes);
  if (self->must_restrict && self->way == WAY_ANY)
    return RP_OPENER_ABORT;

  g_clear_pointer (&self->refusal, g_free);
  if (is_refused)
    self->refusal = dup_printable (line, n_bytes);
  if (!is_positive && !is_refused)
    return RP_OPENER_MORE;

  self->n_replies++;
  return RP_OPENER_STEP;
}

/* RFC 2449 section 8 and RFC 3206: these say nothing about the password. Neither do the
 * words for a locked mailbox that servers without such codes have; a locked account is
 * another thing. */
static gboolean
is_passing_refusal (const char *refusal)
{
  static const char *const passing[] = {
    "[in-use]",        "[login-delay]",    "[sys/temp]",       "[sys/perm]",
    "mailbox is lock", "maildrop is lock", "maildrop already", "mailbox in use",
    "lock maildrop",   "lock busy",        "get lock",         "temporar",
  };
  g_autofree char *lower = g_ascii_strdown (refusal, -1);

  for (guint i = 0; i < G_N_ELEMENTS (passing); i++)
    if (strstr (lower, passing[i]) != NULL)
      return TRUE;

  return FALSE;
}

/* In clear greeting and capability list are answered before a login begins. */
static gboolean
has_tried (const Login *self)
{
  return self->pop.tls != RP_TLS_NONE || self->n_replies > 2;
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
    case RP_CONNECTION_ERROR_NO_CERTIFICATE:
    case RP_CONNECTION_ERROR_TLS_STRIPPED:
      return from_curl;
    case RP_CONNECTION_ERROR_LOGIN:
      if (self->refusal == NULL || !has_tried (self))
        return RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED;
      return is_passing_refusal (self->refusal) ? RP_CONNECTION_ERROR_REPLY
                                                : RP_CONNECTION_ERROR_LOGIN;
    case RP_CONNECTION_ERROR_REPLY:
    case RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED:
    case RP_CONNECTION_ERROR_NO_TICKET:
    case RP_CONNECTION_ERROR_NOT_SMTP:
      break;
    }
  return self->refusal != NULL && !self->is_broken ? RP_CONNECTION_ERROR_REPLY
                                                   : from_curl;
}

/* Who offers APOP or a challenge and refuses the login has refused the password: it
 * is not said in clear then, or whoever is on the way had only to refuse. */
static gboolean
take_next_way (Login *self, const GError *error)
{
  const gboolean is_unused =
      g_error_matches (error, RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_LOGIN)
      && !has_tried (self);

  switch (self->way)
    {
    case WAY_APOP:
      if (!is_unused || self->offers_apop)
        return FALSE;
      self->way = self->offers_challenge ? WAY_CHALLENGE : WAY_ANY;
      break;
    case WAY_CHALLENGE:
      if (!is_unused)
        return FALSE;
      self->way = WAY_ANY;
      break;
    case WAY_ANY:
      if (!self->must_restrict)
        return FALSE;
      self->way = WAY_PASSWORD;
      break;
    case WAY_PASSWORD:
      return FALSE;
    }
  if (self->way == WAY_ANY && self->must_restrict)
    self->way = WAY_PASSWORD;
  return TRUE;
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
    g_task_return_new_error (task, RP_CONNECTION_ERROR, (int) code, "%s",
                             self->refusal);
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
  else if (take_next_way (self, error))
    login_attempt (g_steal_pointer (&task));
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
    .allows_bare_login = TRUE,
    .login_options = login_options[self->way],
    .on_line = on_dialogue_line,
    .line_data = self,
  };

  self->n_read = 0;
  self->n_replies = 0;
  g_clear_pointer (&self->refusal, g_free);
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
  self->way = server->pop->tls == RP_TLS_NONE ? WAY_APOP : WAY_ANY;
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
