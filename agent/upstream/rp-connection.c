/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-connection.h"

#include "upstream/rp-farewell.h"
#include "upstream/rp-login-dialogue.h"
#include "upstream/rp-opener.h"
#include "upstream/rp-password.h"
#include "upstream/rp-sender.h"

G_DEFINE_QUARK (rp - connection - error - quark, rp_connection_error)

/* Read at most so much in one turn, so that a server that never stops talking does
 * not keep the main loop to itself. */
#define MAX_TURN_BYTES (64 * 1024)

/* The mechanisms are named one by one: left to itself curl would also try Kerberos
 * and NTLM wherever the user's name holds an '@', and Kerberos looks for its servers
 * while the main loop waits. Over verified TLS the password itself (RFC 4616) is what
 * every provider supports, and one round trip less; challenges come second. */
static const char *const mechanism_choices[] = {
  "AUTH=PLAIN;AUTH=LOGIN",
  "AUTH=SCRAM-SHA-256;AUTH=SCRAM-SHA-1;AUTH=CRAM-MD5",
};

typedef enum
{
  STATE_NEW,
  STATE_OPENING,
  STATE_OPEN,
  STATE_CLOSED
} State;

struct _RpConnection
{
  GObject parent_instance;

  RpCurlLoop *loop;
  RpServer server; /* copied as far as it is used here */
  char *host;
  guint16 port;
  RpTlsMode tls;
  gboolean is_loopback;

  State state;
  GCancellable *opening;
  GCancellable *owner;
  gulong owner_id;
  char *password; /* while opening only, in memory that is not swapped */
  guint mechanism_choice;
  RpLoginDialogue *dialogue;

  CURL *easy;
  GSource *source;
  gpointer fd_tag;
  RpSender *sender;
  RpReplyParser *parser;
};

G_DEFINE_FINAL_TYPE (RpConnection, rp_connection, G_TYPE_OBJECT)

enum
{
  SIGNAL_REPLY,
  SIGNAL_DRAINED,
  SIGNAL_LOST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
copy_server (RpServer *copy, const RpServer *server)
{
  copy->name = g_strdup (server->name);
  copy->user = g_strdup (server->user);
  copy->ca_file = g_strdup (server->ca_file);
  copy->pins = g_strdup (server->pins);
  copy->client_certificate = g_strdup (server->client_certificate);
  copy->proxy = g_strdup (server->proxy);
  copy->ehlo = g_strdup (server->ehlo);
  copy->timeout_s = server->timeout_s;
}

static void
clear_server (RpServer *copy)
{
  g_free (copy->name);
  g_free (copy->user);
  g_free (copy->ca_file);
  g_free (copy->pins);
  g_free (copy->client_certificate);
  g_free (copy->proxy);
  g_free (copy->ehlo);
}

static void
wipe_password (RpConnection *self)
{
  g_clear_pointer (&self->password, rp_password_free);
}

static void
drop_source (RpConnection *self)
{
  if (self->source == NULL)
    return;

  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
drop_easy (RpConnection *self)
{
  drop_source (self);
  if (self->easy != NULL)
    rp_curl_loop_remove (self->loop, g_steal_pointer (&self->easy));
}

static void
rp_connection_dispose (GObject *object)
{
  RpConnection *self = RP_CONNECTION (object);

  drop_easy (self);
  G_OBJECT_CLASS (rp_connection_parent_class)->dispose (object);
}

static void
rp_connection_finalize (GObject *object)
{
  RpConnection *self = RP_CONNECTION (object);

  wipe_password (self);
  clear_server (&self->server);
  g_free (self->host);
  g_object_unref (self->loop);
  g_clear_object (&self->opening);
  g_clear_object (&self->owner);
  rp_login_dialogue_free (self->dialogue);
  rp_sender_free (self->sender);
  rp_reply_parser_free (self->parser);
  G_OBJECT_CLASS (rp_connection_parent_class)->finalize (object);
}

static void
rp_connection_class_init (RpConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rp_connection_dispose;
  object_class->finalize = rp_connection_finalize;
  signals[SIGNAL_REPLY] =
      g_signal_new ("reply", RP_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_DRAINED] =
      g_signal_new ("drained", RP_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LOST] = g_signal_new ("lost", RP_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rp_connection_init (RpConnection *self)
{
  self->opening = g_cancellable_new ();
  self->sender = rp_sender_new ();
  self->parser = rp_reply_parser_new ();
}

RpConnection *
rp_connection_new (RpCurlLoop *loop, const RpServer *server, const RpEndpoint *endpoint)
{
  RpConnection *self = g_object_new (RP_TYPE_CONNECTION, NULL);

  self->loop = g_object_ref (loop);
  copy_server (&self->server, server);
  self->host = g_strdup (endpoint->host);
  self->port = endpoint->port;
  self->tls = endpoint->tls;
  self->is_loopback = endpoint->is_loopback;
  return self;
}

/* --- the dialogue after opening --- */

static void
lose (RpConnection *self, const char *text)
{
  self->state = STATE_CLOSED;
  drop_easy (self);
  g_signal_emit (self, signals[SIGNAL_LOST], 0, text);
}

/* Returns: whether the connection is still open */
static gboolean
read_replies (RpConnection *self, const char *bytes, gsize n_bytes)
{
  while (n_bytes > 0 && self->state == STATE_OPEN)
    {
      g_autoptr (RpReply) reply = NULL;
      gsize n_consumed = 0;

      switch (rp_reply_parser_feed (self->parser, bytes, n_bytes, &n_consumed, &reply))
        {
        case RP_REPLY_PARSER_MORE:
          return TRUE;
        case RP_REPLY_PARSER_REPLY:
          g_signal_emit (self, signals[SIGNAL_REPLY], 0, reply);
          break;
        case RP_REPLY_PARSER_BROKEN:
          lose (self, "the server's answer is no SMTP");
          return FALSE;
        }
      bytes += n_consumed;
      n_bytes -= n_consumed;
    }
  return self->state == STATE_OPEN;
}

/* Reads until curl has nothing more: octets that TLS has already decrypted make no
 * socket readable. */
static void
receive (RpConnection *self)
{
  char bytes[8192];
  gsize n_turn = 0;

  while (self->state == STATE_OPEN)
    {
      gsize n_bytes = 0;
      CURLcode result = curl_easy_recv (self->easy, bytes, sizeof bytes, &n_bytes);

      if (result == CURLE_AGAIN)
        return;
      if (result != CURLE_OK || n_bytes == 0)
        {
          lose (self, result == CURLE_OK ? "the server closed the connection"
                                         : curl_easy_strerror (result));
          return;
        }
      if (!read_replies (self, bytes, n_bytes))
        return;

      n_turn += n_bytes;
      if (n_turn >= MAX_TURN_BYTES)
        {
          g_source_set_ready_time (self->source, 0);
          return;
        }
    }
}

static void
transmit (RpConnection *self)
{
  const gboolean had_unsent = rp_sender_get_n_unsent (self->sender) > 0;
  CURLcode result;

  if (!had_unsent || self->state != STATE_OPEN)
    return;

  result = rp_sender_pump (self->sender, self->easy);
  if (result == CURLE_OK)
    g_signal_emit (self, signals[SIGNAL_DRAINED], 0);
  else if (result != CURLE_AGAIN)
    {
      /* A server that refuses in mid-content answers and closes: its words first. */
      receive (self);
      if (self->state == STATE_OPEN)
        lose (self, curl_easy_strerror (result));
    }
}

static gboolean
on_source_ready (gpointer user_data)
{
  g_autoptr (RpConnection) self = g_object_ref (user_data);

  g_source_set_ready_time (self->source, -1);
  receive (self);
  transmit (self);
  if (self->state == STATE_OPEN)
    g_source_modify_unix_fd (
        self->source, self->fd_tag,
        rp_sender_get_n_unsent (self->sender) > 0 ? G_IO_IN | G_IO_OUT : G_IO_IN);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_source (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { NULL, NULL, dispatch_source, NULL, NULL, NULL };

static void
attach_source (RpConnection *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  curl_socket_t fd = CURL_SOCKET_BAD;

  curl_easy_getinfo (self->easy, CURLINFO_ACTIVESOCKET, &fd);
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "upstream connection");
  g_source_set_callback (self->source, on_source_ready, self, NULL);
  self->fd_tag = g_source_add_unix_fd (self->source, fd, G_IO_IN);
  g_source_set_ready_time (self->source, 0);
  g_source_attach (self->source, context);
}

/* --- opening --- */

static void open_attempt (GTask *task);

static void
finish_opening (RpConnection *self)
{
  g_cancellable_disconnect (self->owner, self->owner_id);
  self->owner_id = 0;
  g_clear_object (&self->owner);
  wipe_password (self);
}

static void
fail_opening (GTask *task, GError *error)
{
  RpConnection *self = g_task_get_source_object (task);

  finish_opening (self);
  self->state = STATE_CLOSED;
  g_task_return_error (task, error);
}

static gboolean
offers_challenge (const RpConnection *self)
{
  const RpCapabilities *capabilities = self->dialogue->capabilities;
  static const char *const mechanisms[] = { "CRAM-MD5", "SCRAM-SHA-256",
                                            "SCRAM-SHA-1" };

  if (capabilities == NULL || capabilities->auth_mechanisms == NULL)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    if (g_strv_contains ((const char *const *) capabilities->auth_mechanisms,
                         mechanisms[i]))
      return TRUE;

  return FALSE;
}

static gboolean
was_auth_answered (const RpConnection *self)
{
  return self->dialogue->reply != NULL
         && self->dialogue->reply_stage == RP_LOGIN_STAGE_AUTH;
}

/* curl knows that it failed, the dialogue knows on what words. */
static RpConnectionError
judge_failure (const RpConnection *self, RpConnectionError from_curl)
{
  const RpReply *reply = self->dialogue->reply;

  switch (from_curl)
    {
    case RP_CONNECTION_ERROR_UNREACHABLE:
    case RP_CONNECTION_ERROR_TIMED_OUT:
    case RP_CONNECTION_ERROR_CANCELLED:
    case RP_CONNECTION_ERROR_CERTIFICATE:
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

static void
on_opener_failed (GTask *task, GError *error)
{
  RpConnection *self = g_task_get_source_object (task);

  error->code = (int) judge_failure (self, (RpConnectionError) error->code);
  if (error->code == RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED && offers_challenge (self)
      && self->mechanism_choice + 1 < G_N_ELEMENTS (mechanism_choices))
    {
      self->mechanism_choice++;
      g_error_free (error);
      open_attempt (g_object_ref (task));
      return;
    }

  fail_opening (task, error);
}

static void
on_opener_connected (GTask *task, CURL *easy)
{
  RpConnection *self = g_task_get_source_object (task);
  const gboolean wants_login = self->password != NULL;

  self->easy = easy;
  /* curl calls it a success when no AUTH is offered: only 235 is one. */
  if (wants_login && !self->dialogue->is_authenticated)
    {
      drop_easy (self);
      fail_opening (
          task, g_error_new (RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED,
                             "%s port %u offers no login", self->host, self->port));
      return;
    }

  finish_opening (self);
  self->state = STATE_OPEN;
  attach_source (self);
  g_task_return_boolean (task, TRUE);
}

static void
on_opener_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpConnection *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  CURL *easy = rp_opener_open_finish (result, &error);

  if (easy != NULL && self->state != STATE_OPENING)
    {
      /* Closed while the connected handle was already on its way to us. */
      rp_curl_loop_remove (self->loop, g_steal_pointer (&easy));
      fail_opening (task, g_error_new_literal (RP_CONNECTION_ERROR,
                                               RP_CONNECTION_ERROR_CANCELLED,
                                               "closed while opening"));
    }
  else if (easy != NULL)
    on_opener_connected (task, easy);
  else
    on_opener_failed (task, g_steal_pointer (&error));
}

static RpOpenerProgress
on_dialogue_line (const char *line, gsize n_bytes, gpointer user_data)
{
  RpConnection *self = user_data;
  const gboolean is_whole = rp_login_dialogue_read_line (self->dialogue, line, n_bytes);

  if (self->dialogue->is_broken)
    return RP_OPENER_ABORT;

  return is_whole ? RP_OPENER_STEP : RP_OPENER_MORE;
}

/* Takes the reference to @task. */
static void
open_attempt (GTask *task)
{
  RpConnection *self = g_task_get_source_object (task);
  g_autofree char *path = g_uri_escape_string (
      self->server.ehlo != NULL ? self->server.ehlo : "[127.0.0.1]", NULL, FALSE);
  const RpOpenerTarget target = {
    .scheme = self->tls == RP_TLS_IMPLICIT ? "smtps" : "smtp",
    .tls = self->tls,
    .host = self->host,
    .port = self->port,
    .path = path,
    .user = self->server.user,
    .password = self->password,
    .login_options = mechanism_choices[self->mechanism_choice],
    .on_line = on_dialogue_line,
    .line_data = self,
  };

  g_clear_pointer (&self->dialogue, rp_login_dialogue_free);
  self->dialogue = rp_login_dialogue_new (self->tls);
  rp_opener_open_async (self->loop, &self->server, &target, self->opening,
                        on_opener_done, task);
}

static void
on_owner_cancelled (GCancellable *owner, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
follow_owner (RpConnection *self, GCancellable *owner)
{
  if (owner == NULL)
    return;

  self->owner = g_object_ref (owner);
  self->owner_id = g_cancellable_connect (owner, G_CALLBACK (on_owner_cancelled),
                                          g_object_ref (self->opening), g_object_unref);
}

void
rp_connection_open_async (RpConnection *self,
                          const char *password,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (self->state == STATE_NEW);

  g_task_set_source_tag (task, rp_connection_open_async);
  g_task_set_check_cancellable (task, FALSE);
  self->state = STATE_OPENING;
  if (password != NULL && self->tls == RP_TLS_NONE && !self->is_loopback)
    {
      fail_opening (task,
                    g_error_new (RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_TLS_STRIPPED,
                                 "no password goes to %s port %u without TLS",
                                 self->host, self->port));
      return;
    }

  self->password = password != NULL ? rp_password_copy (password) : NULL;
  follow_owner (self, cancellable);
  open_attempt (g_steal_pointer (&task));
}

gboolean
rp_connection_open_finish (RpConnection *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- what the owner asks and tells --- */

const RpReply *
rp_connection_get_reply (RpConnection *self)
{
  return self->dialogue != NULL ? self->dialogue->reply : NULL;
}

const RpCapabilities *
rp_connection_get_capabilities (RpConnection *self)
{
  return self->dialogue != NULL ? self->dialogue->capabilities : NULL;
}

/* Sent from the main loop, so that commands given one after the other leave in one
 * flight. */
void
rp_connection_send (RpConnection *self, GBytes *bytes)
{
  if (self->state != STATE_OPEN)
    return;

  rp_sender_add (self->sender, bytes);
  g_source_set_ready_time (self->source, 0);
}

gsize
rp_connection_get_n_unsent (RpConnection *self)
{
  return rp_sender_get_n_unsent (self->sender);
}

/* With octets still unsent a QUIT could become part of a message. */
void
rp_connection_close (RpConnection *self, gboolean says_quit)
{
  const gboolean was_open = self->state == STATE_OPEN;

  if (self->state == STATE_OPENING)
    g_cancellable_cancel (self->opening);
  self->state = STATE_CLOSED;
  drop_source (self);
  if (was_open && says_quit && rp_sender_get_n_unsent (self->sender) == 0)
    rp_farewell_say (self->loop, g_steal_pointer (&self->easy));
  else
    drop_easy (self);
}
