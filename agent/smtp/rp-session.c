/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smtp/rp-session.h"

#include <string.h>

#include "smtp/rp-reception.h"

#define READ_BYTES (32 * 1024)
/* How long and how much is read and thrown away after a last reply: closing with unread
 * input makes the kernel reset the connection, which may take the reply with it. */
#define LINGER_MS 1000
#define LINGER_BYTES (256 * 1024)

struct _RpSession
{
  GObject parent_instance;

  GIOStream *stream;
  guint idle_timeout_ms;

  RpDialogue *dialogue;
  RpReception *reception;
  char input[READ_BYTES];
  gsize n_input;       /* octets of @input that the dialogue has not used */
  RpMessage *answered; /* its answer waits to be written */
  RpMessage *written;  /* its answer is being written */

  GCancellable *io;
  gboolean is_reading;
  gboolean is_writing;
  gboolean is_stopping;
  gboolean is_closing; /* the dialogue is over; what is written is the last */
  gboolean is_ended;
  gboolean has_input_ended; /* the program closed its sending side, or all */
  gsize n_lingered;
  guint timer;
};

enum
{
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpSession, rp_session, G_TYPE_OBJECT)

static void pump (RpSession *self);

/* ---- the end ---- */

static void
report_answer (RpSession *self, RpMessage **message, gboolean is_written)
{
  g_autoptr (RpMessage) answered = g_steal_pointer (message);

  if (answered != NULL)
    rp_reception_report (self->reception, answered, is_written);
}

static gboolean
is_waiting (RpSession *self)
{
  return rp_reception_is_waiting (self->reception);
}

static void
end (RpSession *self)
{
  if (self->is_ended)
    return;

  self->is_ended = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->io);
  report_answer (self, &self->written, FALSE);
  report_answer (self, &self->answered, FALSE);
  rp_reception_leave (self->reception);
  g_io_stream_close (self->stream, NULL, NULL);
  g_signal_emit (self, signals[ENDED], 0);
  g_object_unref (self); /* taken by rp_session_start() or rp_session_refuse() */
}

static gboolean
on_timer_lingered (gpointer user_data)
{
  g_autoptr (RpSession) self = g_object_ref (user_data);

  self->timer = 0;
  end (self);
  return G_SOURCE_REMOVE;
}

static void read_more (RpSession *self);

static void
linger (RpSession *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (!G_IS_SOCKET_CONNECTION (self->stream)
      || !g_socket_shutdown (
          g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->stream)), FALSE,
          TRUE, NULL))
    {
      end (self);
      return;
    }

  self->timer = g_timeout_add (LINGER_MS, on_timer_lingered, self);
  read_more (self);
}

/* ---- idle ---- */

static gboolean
on_timer_idle (gpointer user_data)
{
  g_autoptr (RpSession) self = g_object_ref (user_data);
  g_autoptr (RpReason) reason = rp_reason_new (RP_REASON_IDLE, NULL);

  self->timer = 0;
  rp_dialogue_refuse (self->dialogue, 421, "4.4.2", reason);
  /* A program that does not read its replies does not read this one either. */
  if (self->is_writing)
    end (self);
  else
    pump (self);
  return G_SOURCE_REMOVE;
}

static void
restart_idle_timer (RpSession *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (!is_waiting (self) && !self->is_closing)
    self->timer = g_timeout_add (self->idle_timeout_ms, on_timer_idle, self);
}

/* ---- writing ---- */

static void
on_output_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpSession) self = user_data;
  const gboolean is_written =
      g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);

  self->is_writing = FALSE;
  if (self->is_ended)
    return;

  report_answer (self, &self->written, is_written);
  if (!is_written)
    end (self);
  else
    pump (self);
}

static gboolean
write_output (RpSession *self)
{
  g_autoptr (GBytes) output = rp_dialogue_take_output (self->dialogue);
  gconstpointer data;
  gsize n_bytes;

  if (output == NULL)
    return FALSE;

  self->is_writing = TRUE;
  self->written = g_steal_pointer (&self->answered);
  data = g_bytes_get_data (output, &n_bytes);
  g_object_set_data_full (G_OBJECT (self), "output", g_bytes_ref (output),
                          (GDestroyNotify) g_bytes_unref);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (self->stream), data,
                                   n_bytes, G_PRIORITY_DEFAULT, self->io,
                                   on_output_written, g_object_ref (self));
  return TRUE;
}

/* ---- reading ---- */

/* The program closed its side. After a final dot that means it is gone and hears no
 * answer, unless it said more, such as QUIT, right behind the dot. What is being
 * written goes out first: the other side may be open. */
static void
handle_end_of_input (RpSession *self)
{
  self->has_input_ended = TRUE;
  if (!is_waiting (self) && !self->is_writing)
    end (self);
  else if (is_waiting (self) && self->n_input == 0)
    rp_reception_leave (self->reception);
}

/* After the last reply: read and thrown away. */
static void
take_lingering (RpSession *self, gsize n_read)
{
  self->n_lingered += n_read;
  if (self->n_lingered > LINGER_BYTES)
    end (self);
  else
    read_more (self);
}

static void
on_input_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpSession) self = user_data;
  const gssize n_read =
      g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  self->is_reading = FALSE;
  if (self->is_ended)
    return;

  if (n_read <= 0)
    handle_end_of_input (self);
  else if (self->is_closing)
    take_lingering (self, (gsize) n_read);
  else
    {
      self->n_input += (gsize) n_read;
      restart_idle_timer (self);
      pump (self);
    }
}

static void
read_more (RpSession *self)
{
  const gsize offset = self->is_closing ? 0 : self->n_input;

  if (self->has_input_ended && !is_waiting (self))
    {
      end (self);
      return;
    }
  /* A full buffer while a message waits: the program has pipelined on, it is there. */
  if (self->is_reading || self->has_input_ended || offset == READ_BYTES)
    return;

  self->is_reading = TRUE;
  g_input_stream_read_async (g_io_stream_get_input_stream (self->stream),
                             self->input + offset, READ_BYTES - offset,
                             G_PRIORITY_DEFAULT, self->io, on_input_read,
                             g_object_ref (self));
}

/* ---- the dialogue and its events ---- */

static void
on_message_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpSession) self = user_data;
  gboolean is_gone;
  g_autoptr (RpReply) reply = rp_reception_hand_over_finish (self->reception, result,
                                                             &self->answered, &is_gone);

  if (self->is_ended || is_gone)
    {
      report_answer (self, &self->answered, FALSE);
      end (self);
      return;
    }

  rp_dialogue_answer (self->dialogue, g_steal_pointer (&reply));
  restart_idle_timer (self);
  pump (self);
}

static void
handle_event (RpSession *self, RpDialogueEvent event)
{
  switch (event)
    {
    case RP_DIALOGUE_MORE:
      break;
    case RP_DIALOGUE_CHECK_LOGIN:
    case RP_DIALOGUE_CHECK_SENDER:
    case RP_DIALOGUE_CHECK_RECIPIENT:
    case RP_DIALOGUE_CONTENT_BEGINS:
    case RP_DIALOGUE_CONTENT:
    case RP_DIALOGUE_CONTENT_DROPPED:
      rp_reception_answer (self->reception, self->dialogue, event);
      break;
    case RP_DIALOGUE_MESSAGE:
      g_clear_handle_id (&self->timer, g_source_remove);
      rp_reception_hand_over_async (self->reception, self->dialogue, on_message_taken,
                                    g_object_ref (self));
      break;
    case RP_DIALOGUE_CLOSE:
      self->is_closing = TRUE;
      break;
    }
}

/* Feeds the dialogue what was read, as far as it goes on without an answer. */
static void
feed (RpSession *self)
{
  RpDialogueEvent event;

  do
    {
      gsize consumed;

      event = rp_dialogue_feed (self->dialogue, self->input, self->n_input, &consumed);
      handle_event (self, event);
      self->n_input -= consumed;
      memmove (self->input, self->input + consumed, self->n_input);
    }
  while (event != RP_DIALOGUE_MORE && !self->is_closing && !is_waiting (self));
}

static void
refuse_when_stopping (RpSession *self)
{
  g_autoptr (RpReason) reason = NULL;

  if (!self->is_stopping || self->is_closing || is_waiting (self))
    return;

  reason = rp_reason_new (RP_REASON_STOPPING, NULL);
  rp_dialogue_refuse (self->dialogue, 421, "4.3.2", reason);
}

/* One thing at a time: what is written goes out before more is read, so that a program
 * that never reads its replies cannot fill our memory. */
static void
pump (RpSession *self)
{
  if (self->is_ended || self->is_writing)
    return;

  refuse_when_stopping (self);
  if (!self->is_closing && !is_waiting (self))
    feed (self);
  if (self->is_ended || write_output (self))
    return;

  if (self->is_closing)
    linger (self);
  else
    read_more (self);
}

/* ---- the public face ---- */

static gboolean
has_spoken_already (RpSession *self)
{
  return G_IS_SOCKET_CONNECTION (self->stream)
         && g_socket_get_available_bytes (
                g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->stream)))
                > 0;
}

void
rp_session_start (RpSession *self)
{
  if (has_spoken_already (self))
    {
      rp_session_refuse (self, RP_REASON_NOT_SMTP);
      return;
    }

  g_object_ref (self);
  rp_dialogue_greet (self->dialogue);
  restart_idle_timer (self);
  pump (self);
}

void
rp_session_refuse (RpSession *self, RpReasonCode code)
{
  g_autoptr (RpReason) reason = rp_reason_new (code, NULL);

  g_object_ref (self);
  rp_dialogue_refuse (self->dialogue, 421, "4.7.0", reason);
  pump (self);
}

void
rp_session_stop (RpSession *session)
{
  g_autoptr (RpSession) self = g_object_ref (session);

  self->is_stopping = TRUE;
  pump (self);
}

void
rp_session_abort (RpSession *self)
{
  end (self);
}

static void
rp_session_finalize (GObject *object)
{
  RpSession *self = RP_SESSION (object);

  g_clear_object (&self->stream);
  rp_dialogue_free (self->dialogue);
  rp_reception_free (self->reception);
  rp_message_unref (self->answered);
  rp_message_unref (self->written);
  g_clear_object (&self->io);
  G_OBJECT_CLASS (rp_session_parent_class)->finalize (object);
}

static void
rp_session_class_init (RpSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_session_finalize;
  signals[ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rp_session_init (RpSession *self)
{
  self->io = g_cancellable_new ();
}

RpSession *
rp_session_new (GIOStream *stream,
                const char *peer_address,
                const char *program,
                const RpSessionSettings *settings)
{
  RpSession *self = g_object_new (RP_TYPE_SESSION, NULL);

  self->stream = g_object_ref (stream);
  self->idle_timeout_ms = settings->idle_timeout_ms;
  self->reception = rp_reception_new (
      peer_address, program, settings->handler, settings->content_folder,
      settings->dialogue.sentence, settings->dialogue.sentence_data);
  self->dialogue = rp_dialogue_new (&settings->dialogue);
  return self;
}
