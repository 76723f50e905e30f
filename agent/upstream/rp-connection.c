/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-connection.h"

#include "upstream/rp-farewell.h"
#include "upstream/rp-sender.h"
#include "upstream/rp-smtp-login.h"

G_DEFINE_QUARK (rp_connection_error, rp_connection_error)

/* Read at most so much in one turn, so that a server that never stops talking does
 * not keep the main loop to itself. */
#define MAX_TURN_BYTES (64 * 1024)

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
  RpSmtpLogin *login;

  State state;
  GCancellable *opening;
  GCancellable *owner;
  gulong owner_id;

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

  g_object_unref (self->loop);
  g_clear_object (&self->login);
  g_clear_object (&self->opening);
  g_clear_object (&self->owner);
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
  self->login = rp_smtp_login_new (loop, server, endpoint);
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

static void
finish_opening (RpConnection *self)
{
  g_cancellable_disconnect (self->owner, self->owner_id);
  self->owner_id = 0;
  g_clear_object (&self->owner);
}

static void
fail_opening (GTask *task, GError *error)
{
  RpConnection *self = g_task_get_source_object (task);

  finish_opening (self);
  self->state = STATE_CLOSED;
  g_task_return_error (task, error);
}

static void
on_login_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpConnection *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  CURL *easy = rp_smtp_login_go_finish (self->login, result, &error);

  if (easy == NULL)
    fail_opening (task, g_steal_pointer (&error));
  else if (self->state != STATE_OPENING)
    {
      /* Closed while the connected handle was already on its way to us. */
      rp_curl_loop_remove (self->loop, easy);
      fail_opening (task, g_error_new_literal (RP_CONNECTION_ERROR,
                                               RP_CONNECTION_ERROR_CANCELLED,
                                               "closed while opening"));
    }
  else
    {
      self->easy = easy;
      finish_opening (self);
      self->state = STATE_OPEN;
      attach_source (self);
      g_task_return_boolean (task, TRUE);
    }
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
                          const RpCredential *credential,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (self->state == STATE_NEW);

  g_task_set_source_tag (task, rp_connection_open_async);
  g_task_set_check_cancellable (task, FALSE);
  self->state = STATE_OPENING;
  follow_owner (self, cancellable);
  rp_smtp_login_go_async (self->login, credential, self->opening, on_login_done,
                          g_steal_pointer (&task));
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
  const RpLoginDialogue *dialogue = rp_smtp_login_get_dialogue (self->login);

  return dialogue != NULL ? dialogue->reply : NULL;
}

const char *
rp_connection_get_mechanism (RpConnection *self)
{
  return rp_smtp_login_get_mechanism (self->login);
}

const RpCapabilities *
rp_connection_get_capabilities (RpConnection *self)
{
  const RpLoginDialogue *dialogue = rp_smtp_login_get_dialogue (self->login);

  return dialogue != NULL ? dialogue->capabilities : NULL;
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
