/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-fetch.h"

#include <string.h>

#include "upstream/rp-connection.h"
#include "upstream/rp-curl-failure.h"
#include "upstream/rp-password.h"
#include "upstream/rp-proxy.h"
#include "upstream/rp-resolver.h"

#define CONNECT_TIMEOUT_MS 10000
#define RESOLVE_TIMEOUT_MS 6000

typedef struct
{
  RpCurlLoop *loop;
  CURL *easy;
  char *host;
  guint16 port;
  gboolean is_clear; /* http: loopback addresses only */
  RpProxy proxy;
  char *form; /* nullable */
  struct curl_slist *headers;
  struct curl_slist *resolved;
  guint n_resolved;
  GSource *cancel_source;
  char *body; /* RP_FETCH_MAX_BYTES and a NUL */
  gsize n_bytes;
  gboolean is_too_large;
  char error_text[CURL_ERROR_SIZE];
} Fetch;

static void
free_wiped (char *body)
{
  if (body == NULL)
    return;

  explicit_bzero (body, RP_FETCH_MAX_BYTES);
  g_free (body);
}

void
rp_fetch_answer_free (RpFetchAnswer *self)
{
  if (self == NULL)
    return;

  free_wiped (self->body);
  g_free (self);
}

static void
drop_source (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
fetch_free (Fetch *self)
{
  g_clear_pointer (&self->cancel_source, drop_source);
  if (self->easy != NULL)
    curl_easy_cleanup (self->easy);
  curl_slist_free_all (self->headers);
  curl_slist_free_all (self->resolved);
  rp_password_free (self->form);
  free_wiped (self->body);
  g_object_unref (self->loop);
  rp_proxy_clear (&self->proxy);
  g_free (self->host);
  g_free (self);
}

/* --- the handle --- */

/* All of the body lies in one piece of memory, so that nothing of it stays behind in a
 * piece that became too small. */
static size_t
on_body (char *octets, size_t size, size_t n_items, void *data)
{
  Fetch *self = data;
  const gsize n_new = size * n_items;

  if (n_new > RP_FETCH_MAX_BYTES - self->n_bytes)
    {
      self->is_too_large = TRUE;
      return 0;
    }

  memcpy (self->body + self->n_bytes, octets, n_new);
  self->n_bytes += n_new;
  return n_new;
}

static size_t
on_header (char *line, size_t size, size_t n_items, void *data)
{
  return size * n_items;
}

static void
set_tls (CURL *easy, const RpFetchRequest *request)
{
  curl_easy_setopt (easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (request->ca_file == NULL)
    return;

  curl_easy_setopt (easy, CURLOPT_CAINFO, request->ca_file);
  curl_easy_setopt (easy, CURLOPT_CAPATH, NULL);
}

static void
set_proxy (CURL *easy, const RpFetchRequest *request)
{
  curl_easy_setopt (easy, CURLOPT_PROXY, request->proxy != NULL ? request->proxy : "");
  curl_easy_setopt (easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt (easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
}

static void
append_header (Fetch *self, const char *line)
{
  self->headers = curl_slist_append (self->headers, line);
}

static void
set_headers (Fetch *self, const RpFetchRequest *request)
{
  append_header (self, "Accept: application/json");
  if (request->authorization != NULL)
    {
      char *line = g_strconcat ("Authorization: ", request->authorization, NULL);

      append_header (self, line);
      explicit_bzero (line, strlen (line));
      g_free (line);
    }
  curl_easy_setopt (self->easy, CURLOPT_HTTPHEADER, self->headers);
  curl_easy_setopt (self->easy, CURLOPT_USERAGENT, "roampost");
}

static void
set_limits (Fetch *self, const RpFetchRequest *request)
{
  const guint timeout_ms =
      request->timeout_ms > 0 ? request->timeout_ms : RP_FETCH_TIMEOUT_MS;

  curl_easy_setopt (self->easy, CURLOPT_TIMEOUT_MS, (long) timeout_ms);
  curl_easy_setopt (self->easy, CURLOPT_CONNECTTIMEOUT_MS,
                    (long) MIN (timeout_ms, CONNECT_TIMEOUT_MS));
  curl_easy_setopt (self->easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt (self->easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt (self->easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt (self->easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
  curl_easy_setopt (self->easy, CURLOPT_NOSIGNAL, 1L);
  /* Should curl ever resolve, it must not wait for its thread. */
  curl_easy_setopt (self->easy, CURLOPT_QUICK_EXIT, 1L);
}

static void
make_easy (Fetch *self, const RpFetchRequest *request)
{
  self->easy = curl_easy_init ();
  curl_easy_setopt (self->easy, CURLOPT_URL, request->address);
  curl_easy_setopt (self->easy, CURLOPT_PROTOCOLS_STR,
                    self->is_clear ? "http" : "https");
  curl_easy_setopt (self->easy, CURLOPT_ERRORBUFFER, self->error_text);
  curl_easy_setopt (self->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt (self->easy, CURLOPT_WRITEDATA, self);
  curl_easy_setopt (self->easy, CURLOPT_HEADERFUNCTION, on_header);
  if (self->form != NULL)
    {
      curl_easy_setopt (self->easy, CURLOPT_POSTFIELDSIZE, (long) strlen (self->form));
      curl_easy_setopt (self->easy, CURLOPT_POSTFIELDS, self->form);
    }
  set_tls (self->easy, request);
  set_proxy (self->easy, request);
  set_headers (self, request);
  set_limits (self, request);
}

/* --- the end --- */

static void
drop_easy (Fetch *self)
{
  rp_curl_loop_remove (self->loop, g_steal_pointer (&self->easy));
}

static RpFetchAnswer *
take_answer (Fetch *self)
{
  RpFetchAnswer *answer = g_new0 (RpFetchAnswer, 1);
  curl_off_t retry_after_s = 0;
  long status = 0;

  curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo (self->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
  answer->status = (guint) status;
  answer->retry_after_s = (guint) CLAMP (retry_after_s, 0, G_MAXINT);
  answer->n_bytes = self->n_bytes;
  answer->body = g_steal_pointer (&self->body);
  return answer;
}

static void
on_curl_done (CURL *easy, CURLcode result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Fetch *self = g_task_get_task_data (task);
  RpFetchAnswer *answer = result == CURLE_OK ? take_answer (self) : NULL;

  g_clear_pointer (&self->cancel_source, drop_source);
  drop_easy (self);
  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) rp_fetch_answer_free);
  else if (self->is_too_large)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                             "%s port %u: the answer is longer than %d octets",
                             self->host, self->port, RP_FETCH_MAX_BYTES);
  else
    g_task_return_error (task, rp_curl_failure_to_error (result, self->error_text,
                                                         self->host, self->port));
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = user_data; /* the handle's, which goes */
  Fetch *self = g_task_get_task_data (task);

  g_clear_pointer (&self->cancel_source, drop_source);
  drop_easy (self);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  return G_SOURCE_REMOVE;
}

/* --- resolving, then asking --- */

/* Takes the reference to @task. */
static void
ask (GTask *task)
{
  Fetch *self = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable != NULL)
    {
      self->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancel_source, G_SOURCE_FUNC (on_cancelled), task,
                             NULL);
      g_source_attach (self->cancel_source, g_task_get_context (task));
    }
  curl_easy_setopt (self->easy, CURLOPT_RESOLVE, self->resolved);
  rp_curl_loop_start (self->loop, self->easy, on_curl_done, task);
}

static GError *
error_from_resolver (const Fetch *self, const GError *error)
{
  const gboolean has_timed_out =
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);
  return g_error_new (RP_CONNECTION_ERROR,
                      has_timed_out ? RP_CONNECTION_ERROR_TIMED_OUT
                                    : RP_CONNECTION_ERROR_UNREACHABLE,
                      "%s port %u: %s", self->host, self->port, error->message);
}

static void resolve_next (GTask *task);

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Fetch *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *entry = rp_resolver_lookup_finish (result, &error);

  if (entry == NULL)
    {
      g_task_return_error (task, error_from_resolver (self, error));
      return;
    }

  self->resolved = curl_slist_append (self->resolved, entry);
  self->n_resolved++;
  resolve_next (g_steal_pointer (&task));
}

/* First the host, unless the proxy resolves it, then the proxy. Takes the reference to
 * @task. */
static void
resolve_next (GTask *task)
{
  Fetch *self = g_task_get_task_data (task);
  const guint n_own = self->proxy.resolves ? 0 : 1;

  if (self->n_resolved < n_own)
    rp_resolver_lookup_async (self->host, self->port, self->is_clear,
                              RESOLVE_TIMEOUT_MS, g_task_get_cancellable (task),
                              on_resolved, task);
  else if (self->proxy.host != NULL && self->n_resolved == n_own)
    rp_resolver_lookup_async (self->proxy.host, self->proxy.port, FALSE,
                              RESOLVE_TIMEOUT_MS, g_task_get_cancellable (task),
                              on_resolved, task);
  else
    ask (task);
}

/* --- what is asked --- */

static gboolean
read_address (Fetch *self, const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  self->is_clear = g_str_equal (scheme, "http");
  if ((!self->is_clear && !g_str_equal (scheme, "https"))
      || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0'
      || g_uri_get_userinfo (uri) != NULL)
    return FALSE;

  self->host = g_strdup (g_uri_get_host (uri));
  self->port = (guint16) g_uri_get_port (uri);
  return TRUE;
}

void
rp_fetch_async (RpCurlLoop *loop,
                const RpFetchRequest *request,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Fetch *self = g_new0 (Fetch, 1);

  g_task_set_source_tag (task, rp_fetch_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, (GDestroyNotify) fetch_free);
  self->loop = g_object_ref (loop);
  if (!read_address (self, request->address)
      || !rp_proxy_read (&self->proxy, request->proxy)
      || (self->is_clear && self->proxy.host != NULL))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                               "%s is not asked: only https is, without a user in "
                               "the address, through a proxy or not",
                               request->address);
      return;
    }

  self->form = request->form != NULL ? rp_password_copy (request->form) : NULL;
  self->body = g_malloc0 (RP_FETCH_MAX_BYTES + 1);
  make_easy (self, request);
  resolve_next (g_steal_pointer (&task));
}

RpFetchAnswer *
rp_fetch_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
