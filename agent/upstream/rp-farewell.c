/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-farewell.h"

#include <glib-unix.h>

#define FAREWELL_TIMEOUT_S 5
#define MAX_DRAINED_BYTES (64 * 1024)

typedef struct
{
  RpCurlLoop *loop;
  CURL *easy;
  GSource *readable;
  GSource *timer;
  gsize n_drained;
} Farewell;

static void
drop_source (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
farewell_end (Farewell *self)
{
  g_clear_pointer (&self->readable, drop_source);
  g_clear_pointer (&self->timer, drop_source);
  rp_curl_loop_remove (self->loop, self->easy);
  g_object_unref (self->loop);
  g_free (self);
}

static gboolean
on_timer (gpointer user_data)
{
  farewell_end (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Farewell *self = user_data;
  char bytes[4096];
  gsize n_bytes = 0;
  CURLcode result;

  while ((result = curl_easy_recv (self->easy, bytes, sizeof bytes, &n_bytes))
             == CURLE_OK
         && n_bytes > 0 && self->n_drained < MAX_DRAINED_BYTES)
    self->n_drained += n_bytes;

  if (result == CURLE_AGAIN)
    return G_SOURCE_CONTINUE;

  farewell_end (self);
  return G_SOURCE_REMOVE;
}

static void
watch (Farewell *self, curl_socket_t fd)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->readable = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->readable, context);
  self->timer = g_timeout_source_new_seconds (FAREWELL_TIMEOUT_S);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, context);
}

/* A socket that does not take six octets at once has better things to do than QUIT. */
void
rp_farewell_say (RpCurlLoop *loop, CURL *easy)
{
  curl_socket_t fd = CURL_SOCKET_BAD;
  gsize n_sent = 0;
  Farewell *self;

  curl_easy_getinfo (easy, CURLINFO_ACTIVESOCKET, &fd);
  if (fd == CURL_SOCKET_BAD || curl_easy_send (easy, "QUIT\r\n", 6, &n_sent) != CURLE_OK
      || n_sent != 6)
    {
      rp_curl_loop_remove (loop, easy);
      return;
    }

  self = g_new0 (Farewell, 1);
  self->loop = g_object_ref (loop);
  self->easy = easy;
  watch (self, fd);
}
