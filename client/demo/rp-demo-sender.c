/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo/rp-demo-sender.h"

#include <curl/curl.h>
#include <string.h>

typedef struct
{
  char *url;
  char *sender;
  char *recipient;
  char *content;
  gsize n_read;
  GString *reply; /* the last reply, its lines separated by LF */
  gboolean is_reply_whole;
  gboolean is_refused; /* it was a refusal: what follows answers only our QUIT */
} Letter;

static void
letter_free (Letter *self)
{
  g_free (self->url);
  g_free (self->sender);
  g_free (self->recipient);
  g_free (self->content);
  g_string_free (self->reply, TRUE);
  g_free (self);
}

/* Collects what the server says: "250-..." goes on, "250 ..." ends a reply. */
static size_t
on_curl_header (char *line, size_t size, size_t n, void *user_data)
{
  Letter *self = user_data;
  const gsize n_bytes = size * n;
  g_autofree char *text = g_strchomp (g_strndup (line, n_bytes));

  if (self->is_refused)
    return n_bytes;
  if (self->is_reply_whole)
    g_string_truncate (self->reply, 0);
  if (self->reply->len > 0)
    g_string_append_c (self->reply, '\n');
  g_string_append (self->reply, text);
  self->is_reply_whole = strlen (text) < 4 || text[3] != '-';
  self->is_refused = self->is_reply_whole && text[0] >= '4';
  return n_bytes;
}

static size_t
on_curl_read (char *buffer, size_t size, size_t n, void *user_data)
{
  Letter *self = user_data;
  const gsize n_bytes = MIN (size * n, strlen (self->content) - self->n_read);

  memcpy (buffer, self->content + self->n_read, n_bytes);
  self->n_read += n_bytes;
  return n_bytes;
}

static void
send_letter (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  Letter *self = task_data;
  CURL *easy = curl_easy_init ();
  struct curl_slist *recipients = curl_slist_append (NULL, self->recipient);
  CURLcode result;
  g_autofree char *last = NULL;

  curl_easy_setopt (easy, CURLOPT_URL, self->url);
  curl_easy_setopt (easy, CURLOPT_PROXY, "");
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt (easy, CURLOPT_MAIL_FROM, self->sender);
  curl_easy_setopt (easy, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt (easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt (easy, CURLOPT_READFUNCTION, on_curl_read);
  curl_easy_setopt (easy, CURLOPT_READDATA, self);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, on_curl_header);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, self);
  result = curl_easy_perform (easy);
  last = g_strdup (self->reply->str);
  curl_easy_cleanup (easy); /* says QUIT, whose reply is not ours to report */
  curl_slist_free_all (recipients);

  if (*last == '\0')
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                             curl_easy_strerror (result));
  else
    g_task_return_pointer (task, g_steal_pointer (&last), g_free);
}

void
rp_demo_sender_send_async (const char *host,
                           guint16 port,
                           const char *sender,
                           const char *recipient,
                           const char *subject,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Letter *self = g_new0 (Letter, 1);

  self->url = g_strdup_printf ("smtp://%s:%u/localhost", host, port);
  self->sender = g_strdup (sender);
  self->recipient = g_strdup (recipient);
  self->content = g_strdup_printf ("From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\n"
                                   "\r\nHello from the road.\r\n",
                                   sender, recipient, subject);
  self->reply = g_string_new (NULL);
  self->is_reply_whole = TRUE;
  g_task_set_task_data (task, self, (GDestroyNotify) letter_free);
  g_task_run_in_thread (task, send_letter);
}

char *
rp_demo_sender_send_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
