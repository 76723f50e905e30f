/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-sasl-exchange.h"

#include <string.h>

#include "upstream/rp-connection.h"
#include "upstream/rp-password.h"
#include "upstream/rp-sender.h"

#define MAX_COMMAND_BYTES 512 /* RFC 5321 section 4.5.3.1.4, with CRLF */
#define MAX_ROUNDS 10         /* no mechanism needs so many */

typedef struct
{
  CURL *easy;
  char *where;
  char *mechanism;
  RpSaslClient *client;
  RpLoginDialogue *dialogue;
  guint step_timeout_ms;

  RpSender *sender;
  RpReplyParser *parser;
  GSource *source;
  gpointer fd_tag;
  GSource *timer;
  GSource *cancel_source;
  GCancellable *answering; /* of the client's step that is under way */
  gboolean is_answering;
  gboolean is_over;
  GBytes *held; /* nullable: the initial response, until the server asks for it */
  guint n_rounds;
} Exchange;

static void
drop_source (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
drop_sources (Exchange *self)
{
  g_clear_pointer (&self->source, drop_source);
  g_clear_pointer (&self->timer, drop_source);
  g_clear_pointer (&self->cancel_source, drop_source);
}

static void
exchange_free (Exchange *self)
{
  drop_sources (self);
  g_free (self->where);
  g_free (self->mechanism);
  g_object_unref (self->client);
  g_object_unref (self->answering);
  g_clear_pointer (&self->held, g_bytes_unref);
  rp_sender_free (self->sender);
  rp_reply_parser_free (self->parser);
  g_free (self);
}

/* A step of the client's that is under way keeps the exchange, but may not touch what
 * is not ours any more. */
static void
end_exchange (Exchange *self)
{
  self->is_over = TRUE;
  self->easy = NULL;
  self->dialogue = NULL;
  drop_sources (self);
  g_cancellable_cancel (self->answering);
}

static void
fail (GTask *task, GError *error)
{
  end_exchange (g_task_get_task_data (task));
  g_task_return_error (task, error);
}

static void
fail_with (GTask *task, RpConnectionError code, const char *what)
{
  const Exchange *self = g_task_get_task_data (task);

  fail (task,
        g_error_new (RP_CONNECTION_ERROR, (int) code, "%s %s", self->where, what));
}

/* --- deadlines and cancelling --- */

static gboolean
on_deadline (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  const Exchange *self = g_task_get_task_data (task);
  g_autofree char *what = NULL;

  if (self->is_answering)
    {
      what = g_strdup_printf ("wants %s, and no ticket for it came within %u s",
                              self->mechanism, self->step_timeout_ms / 1000);
      fail_with (task, RP_CONNECTION_ERROR_NO_TICKET, what);
    }
  else
    {
      what =
          g_strdup_printf ("did not answer within %u s", self->step_timeout_ms / 1000);
      fail_with (task, RP_CONNECTION_ERROR_TIMED_OUT, what);
    }
  return G_SOURCE_REMOVE;
}

static void
set_deadline (GTask *task)
{
  Exchange *self = g_task_get_task_data (task);

  g_clear_pointer (&self->timer, drop_source);
  self->timer = g_timeout_source_new (self->step_timeout_ms);
  g_source_set_callback (self->timer, on_deadline, task, NULL);
  g_source_attach (self->timer, g_task_get_context (task));
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  fail (task, g_error_new_literal (RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_CANCELLED,
                                   "cancelled"));
  return G_SOURCE_REMOVE;
}

/* --- what we say --- */

/* @prefix: "AUTH XOAUTH2 " or nothing. */
static void
send_response (GTask *task, const char *prefix, GBytes *response)
{
  Exchange *self = g_task_get_task_data (task);
  gsize n_response = 0;
  const guchar *octets = g_bytes_get_data (response, &n_response);
  char *coded = g_base64_encode (octets, n_response);
  /* An initial response that is empty has a sign of its own (RFC 4954 section 4). */
  const char *shown = *coded == '\0' && *prefix != '\0' ? "=" : coded;
  char *line = g_strconcat (prefix, shown, "\r\n", NULL);
  g_autoptr (GBytes) bytes = rp_password_new_bytes (line, strlen (line));

  explicit_bzero (coded, strlen (coded));
  g_free (coded);
  rp_sender_add (self->sender, bytes);
  g_source_set_ready_time (self->source, 0);
  set_deadline (task);
}

static gboolean
fits_command (const char *prefix, GBytes *initial)
{
  return strlen (prefix) + (g_bytes_get_size (initial) + 2) / 3 * 4 + 2
         <= MAX_COMMAND_BYTES;
}

/* @initial: (nullable): the mechanism has none, or it waits for the prompt. */
static void
send_command (GTask *task, GBytes *initial)
{
  Exchange *self = g_task_get_task_data (task);
  g_autofree char *prefix = g_strdup_printf ("AUTH %s ", self->mechanism);
  g_autofree char *bare = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (initial != NULL && fits_command (prefix, initial))
    {
      send_response (task, prefix, initial);
      return;
    }

  self->held = initial != NULL ? g_bytes_ref (initial) : NULL;
  bare = g_strdup_printf ("AUTH %s\r\n", self->mechanism);
  bytes = g_bytes_new (bare, strlen (bare));
  rp_sender_add (self->sender, bytes);
  g_source_set_ready_time (self->source, 0);
  set_deadline (task);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response =
      rp_sasl_client_answer_finish (RP_SASL_CLIENT (source), result, &error);

  if (self->is_over)
    return;

  self->is_answering = FALSE;
  if (error != NULL)
    fail (task, g_steal_pointer (&error));
  else if (self->n_rounds == 0)
    send_command (task, response);
  else
    send_response (task, "", response);
}

/* @challenge: (nullable). */
static void
ask_client (GTask *task, GBytes *challenge)
{
  Exchange *self = g_task_get_task_data (task);

  self->is_answering = TRUE;
  set_deadline (task);
  rp_sasl_client_answer_async (self->client, challenge, self->answering, on_answered,
                               g_object_ref (task));
}

/* --- what the server says --- */

static void
take_challenge (GTask *task, const RpReply *reply)
{
  Exchange *self = g_task_get_task_data (task);
  g_autoptr (GBytes) held = g_steal_pointer (&self->held);
  gsize n_octets = 0;
  guchar *octets;
  g_autoptr (GBytes) challenge = NULL;

  if (++self->n_rounds > MAX_ROUNDS)
    {
      fail_with (task, RP_CONNECTION_ERROR_NOT_SMTP, "never ends its login");
      return;
    }

  if (held != NULL)
    {
      send_response (task, "", held);
      return;
    }

  octets = g_base64_decode (reply->lines[0], &n_octets);
  challenge = g_bytes_new_take (octets, n_octets);
  ask_client (task, challenge);
}

static void
take_final (GTask *task)
{
  Exchange *self = g_task_get_task_data (task);
  const char *complaint = rp_sasl_client_get_complaint (self->client);
  g_autofree char *what = NULL;

  if (self->dialogue->is_authenticated)
    {
      end_exchange (self);
      g_task_return_boolean (task, TRUE);
      return;
    }

  what = g_strdup_printf (
      "refused the login with %s%s%s%s", self->mechanism, complaint != NULL ? " (" : "",
      complaint != NULL ? complaint : "", complaint != NULL ? ")" : "");
  fail_with (task, RP_CONNECTION_ERROR_LOGIN, what);
}

/* @reply: (transfer full). */
static void
take_reply (GTask *task, RpReply *reply)
{
  Exchange *self = g_task_get_task_data (task);

  rp_login_dialogue_take_reply (self->dialogue, reply);
  if (reply->code == 334)
    take_challenge (task, reply);
  else
    take_final (task);
}

/* One reply to each of our lines: more is a dialogue that somebody else leads. */
static void
read_octets (GTask *task, const char *octets, gsize n_octets)
{
  Exchange *self = g_task_get_task_data (task);
  RpReply *reply = NULL;
  gsize n_consumed = 0;

  if (self->is_answering)
    {
      fail_with (task, RP_CONNECTION_ERROR_NOT_SMTP, "answers what it was not asked");
      return;
    }

  switch (rp_reply_parser_feed (self->parser, octets, n_octets, &n_consumed, &reply))
    {
    case RP_REPLY_PARSER_MORE:
      return;
    case RP_REPLY_PARSER_BROKEN:
      fail_with (task, RP_CONNECTION_ERROR_NOT_SMTP, "gave an answer that is no SMTP");
      return;
    case RP_REPLY_PARSER_REPLY:
      if (n_consumed == n_octets)
        {
          take_reply (task, reply);
          return;
        }
      rp_reply_free (reply);
      fail_with (task, RP_CONNECTION_ERROR_NOT_SMTP, "answers what it was not asked");
      return;
    }
}

static void
receive (GTask *task)
{
  Exchange *self = g_task_get_task_data (task);
  char octets[4096];

  while (!self->is_over)
    {
      gsize n_octets = 0;
      CURLcode result = curl_easy_recv (self->easy, octets, sizeof octets, &n_octets);

      if (result == CURLE_AGAIN)
        return;
      if (result != CURLE_OK || n_octets == 0)
        {
          fail_with (task, RP_CONNECTION_ERROR_UNREACHABLE,
                     "closed the connection while logging in");
          return;
        }
      read_octets (task, octets, n_octets);
    }
}

static void
transmit (GTask *task)
{
  Exchange *self = g_task_get_task_data (task);
  CURLcode result;

  if (self->is_over || rp_sender_get_n_unsent (self->sender) == 0)
    return;

  result = rp_sender_pump (self->sender, self->easy);
  if (result != CURLE_OK && result != CURLE_AGAIN)
    fail_with (task, RP_CONNECTION_ERROR_UNREACHABLE,
               "closed the connection while logging in");
}

static gboolean
on_socket_ready (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Exchange *self = g_task_get_task_data (task);

  g_source_set_ready_time (self->source, -1);
  receive (task);
  transmit (task);
  if (!self->is_over)
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
watch_socket (GTask *task)
{
  Exchange *self = g_task_get_task_data (task);
  curl_socket_t fd = CURL_SOCKET_BAD;

  curl_easy_getinfo (self->easy, CURLINFO_ACTIVESOCKET, &fd);
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "upstream login");
  g_source_set_callback (self->source, on_socket_ready, g_object_ref (task),
                         g_object_unref);
  self->fd_tag = g_source_add_unix_fd (self->source, fd, G_IO_IN);
  g_source_set_ready_time (self->source, 0);
  g_source_attach (self->source, g_task_get_context (task));
}

static void
watch_cancellable (GTask *task)
{
  Exchange *self = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable == NULL)
    return;

  self->cancel_source = g_cancellable_source_new (cancellable);
  g_source_set_callback (self->cancel_source, G_SOURCE_FUNC (on_cancelled), task, NULL);
  g_source_attach (self->cancel_source, g_task_get_context (task));
}

void
rp_sasl_exchange_run_async (CURL *easy,
                            const char *where,
                            const char *mechanism,
                            RpSaslClient *client,
                            RpLoginDialogue *dialogue,
                            guint step_timeout_ms,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Exchange *self = g_new0 (Exchange, 1);

  g_task_set_source_tag (task, rp_sasl_exchange_run_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, (GDestroyNotify) exchange_free);
  self->easy = easy;
  self->where = g_strdup (where);
  self->mechanism = g_strdup (mechanism);
  self->client = g_object_ref (client);
  self->dialogue = dialogue;
  self->step_timeout_ms = step_timeout_ms;
  self->sender = rp_sender_new ();
  self->parser = rp_reply_parser_new ();
  self->answering = g_cancellable_new ();
  watch_socket (task);
  watch_cancellable (task);
  ask_client (task, NULL);
}

gboolean
rp_sasl_exchange_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
