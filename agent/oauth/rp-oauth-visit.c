/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-visit.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct
{
  GSocketConnection *connection;
  GWeakRef owner;
  RpOAuthVisitFunc on_head;
  GCancellable *cancellable;
  GSource *timer;
  char *head; /* RP_OAUTH_VISIT_MAX_BYTES */
  gsize n_bytes;
  char *answer;
  gsize n_answer;
} Visit;

static void
visit_free (Visit *self)
{
  if (self->timer != NULL)
    {
      g_source_destroy (self->timer);
      g_source_unref (self->timer);
    }
  explicit_bzero (self->head, RP_OAUTH_VISIT_MAX_BYTES);
  g_free (self->head);
  g_free (self->answer);
  g_weak_ref_clear (&self->owner);
  g_object_unref (self->cancellable);
  g_object_unref (self->connection);
  g_free (self);
}

static gboolean
on_timer (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

/* --- the page --- */

static char *
dup_page (const char *title, const char *text)
{
  return g_markup_printf_escaped (
      "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>%s</title>"
      "<style>body{font:1.2em sans-serif;max-width:32em;margin:4em auto;padding:0 1em}"
      "</style></head><body><h1>%s</h1><p>%s</p></body></html>\n",
      title, title, text);
}

/* The token is not there yet, so the page may not say that all is well. */
static char *
dup_page_of (RpOAuthResponse response)
{
  switch (response)
    {
    case RP_OAUTH_RESPONSE_CODE:
      return dup_page (_ ("You can close this page"),
                       _ ("roampost has got the answer. It says where you began "
                          "whether you are signed in."));
    case RP_OAUTH_RESPONSE_ERROR:
      return dup_page (_ ("You are not signed in"),
                       _ ("roampost did not get leave to send your mail. It says "
                          "where you began what the reason is. You can close this "
                          "page."));
    case RP_OAUTH_RESPONSE_NOT_OURS:
      return dup_page (_ ("There is nothing here"),
                       _ ("This address only waits for the end of a sign-in."));
    }
  g_return_val_if_reached (NULL);
}

static void
make_answer (Visit *self, const char *status, RpOAuthResponse response)
{
  g_autofree char *page = dup_page_of (response);

  self->answer = g_strdup_printf (
      "HTTP/1.1 %s\r\n"
      "Content-Type: text/html; charset=utf-8\r\n"
      "Content-Length: %zu\r\n"
      "Connection: close\r\n"
      "Cache-Control: no-store\r\n"
      "Referrer-Policy: no-referrer\r\n"
      "X-Content-Type-Options: nosniff\r\n"
      "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
      "frame-ancestors 'none'\r\n"
      "\r\n%s",
      status, strlen (page), page);
  self->n_answer = strlen (self->answer);
}

/* --- the dialogue --- */

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Visit *self = g_task_get_task_data (task);

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    g_task_return_boolean (task, FALSE);
  else
    g_io_stream_close_async (G_IO_STREAM (self->connection), G_PRIORITY_DEFAULT, NULL,
                             on_closed, g_object_ref (task));
}

static void
answer (GTask *task, const char *status, RpOAuthResponse response)
{
  Visit *self = g_task_get_task_data (task);

  make_answer (self, status, response);
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (self->connection)), self->answer,
      self->n_answer, G_PRIORITY_DEFAULT, self->cancellable, on_written,
      g_object_ref (task));
}

static void
take_head (GTask *task)
{
  Visit *self = g_task_get_task_data (task);
  g_autoptr (GObject) owner = g_weak_ref_get (&self->owner);
  const RpOAuthResponse response =
      owner != NULL ? self->on_head (owner, self->head, self->n_bytes)
                    : RP_OAUTH_RESPONSE_NOT_OURS;

  answer (task, response == RP_OAUTH_RESPONSE_NOT_OURS ? "404 Not Found" : "200 OK",
          response);
}

static gboolean
is_whole (const Visit *self)
{
  return memmem (self->head, self->n_bytes, "\r\n\r\n", 4) != NULL
         || memmem (self->head, self->n_bytes, "\n\n", 2) != NULL;
}

static void read_more (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Visit *self = g_task_get_task_data (task);
  const gssize n_read =
      g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n_read <= 0)
    {
      g_task_return_boolean (task, FALSE);
      return;
    }

  self->n_bytes += (gsize) n_read;
  if (is_whole (self))
    take_head (task);
  else if (self->n_bytes == RP_OAUTH_VISIT_MAX_BYTES)
    answer (task, "431 Request Header Fields Too Large", RP_OAUTH_RESPONSE_NOT_OURS);
  else
    read_more (task);
}

static void
read_more (GTask *task)
{
  Visit *self = g_task_get_task_data (task);

  g_input_stream_read_async (
      g_io_stream_get_input_stream (G_IO_STREAM (self->connection)),
      self->head + self->n_bytes, RP_OAUTH_VISIT_MAX_BYTES - self->n_bytes,
      G_PRIORITY_DEFAULT, self->cancellable, on_read, g_object_ref (task));
}

void
rp_oauth_visit_async (GSocketConnection *connection,
                      GObject *owner,
                      RpOAuthVisitFunc on_head,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Visit *self = g_new0 (Visit, 1);

  g_task_set_source_tag (task, rp_oauth_visit_async);
  g_task_set_task_data (task, self, (GDestroyNotify) visit_free);
  self->connection = g_object_ref (connection);
  g_weak_ref_init (&self->owner, owner);
  self->on_head = on_head;
  self->cancellable = g_cancellable_new ();
  self->head = g_malloc0 (RP_OAUTH_VISIT_MAX_BYTES);
  self->timer = g_timeout_source_new (RP_OAUTH_VISIT_TIMEOUT_MS);
  g_source_set_callback (self->timer, on_timer, g_object_ref (self->cancellable),
                         g_object_unref);
  g_source_attach (self->timer, g_task_get_context (task));
  read_more (task);
}

gboolean
rp_oauth_visit_finish (GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), NULL);
}
