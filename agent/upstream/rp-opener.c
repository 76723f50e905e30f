/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-opener.h"

#include <string.h>

#include "upstream/rp-connection.h"
#include "upstream/rp-curl-failure.h"
#include "upstream/rp-proxy.h"
#include "upstream/rp-resolver.h"

/* A dropped SYN is sent again after one and three seconds; who has not answered the
 * third one is behind a port filter, and the next endpoint should have its turn
 * while the mail program still waits. */
#define CONNECT_TIMEOUT_MS 6000
#define RESOLVE_TIMEOUT_MS 6000

typedef struct
{
  RpCurlLoop *loop;
  CURL *easy;
  RpOpenerLineFunc on_line;
  gpointer line_data;
  char *host;
  guint16 port;
  gboolean stays_home; /* a login without TLS: loopback only */
  RpProxy proxy;
  guint connect_timeout_ms;
  guint step_timeout_ms;
  struct curl_slist *resolved;
  GSource *timer;
  GSource *cancel_source;
  gboolean was_connected; /* the timer saw an established TCP connection */
  char error_text[CURL_ERROR_SIZE];
} Opening;

static void
drop_source (GSource *source)
{
  if (source == NULL)
    return;

  g_source_destroy (source);
  g_source_unref (source);
}

static void
drop_easy (Opening *self)
{
  if (self->easy == NULL)
    return;

  rp_curl_loop_remove (self->loop, g_steal_pointer (&self->easy));
}

static void
opening_free (Opening *self)
{
  g_clear_pointer (&self->timer, drop_source);
  g_clear_pointer (&self->cancel_source, drop_source);
  if (self->easy != NULL)
    curl_easy_cleanup (self->easy);
  curl_slist_free_all (self->resolved);
  g_object_unref (self->loop);
  rp_proxy_clear (&self->proxy);
  g_free (self->host);
  g_free (self);
}

static void
fail (GTask *task, GError *error)
{
  Opening *self = g_task_get_task_data (task);

  g_clear_pointer (&self->timer, drop_source);
  g_clear_pointer (&self->cancel_source, drop_source);
  g_task_return_error (task, error);
}

/* --- deadlines and cancelling --- */

static void set_deadline (GTask *task, guint timeout_ms);

static gboolean
is_connected (CURL *easy)
{
  curl_off_t connect_us = 0;

  curl_easy_getinfo (easy, CURLINFO_CONNECT_TIME_T, &connect_us);
  return connect_us > 0;
}

static void
fail_late (GTask *task)
{
  Opening *self = g_task_get_task_data (task);

  drop_easy (self);
  fail (task,
        g_error_new (
            RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_TIMED_OUT,
            self->was_connected ? "%s port %u did not answer within %u s"
                                : "%s port %u could not be reached within %u s",
            self->host, self->port,
            (self->was_connected ? self->step_timeout_ms : self->connect_timeout_ms)
                / 1000));
}

/* The first deadline is that of the TCP connection; a server that took it has the
 * rest of a step's time for TLS and its greeting. */
static gboolean
on_deadline (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Opening *self = g_task_get_task_data (task);
  const guint rest_ms = self->step_timeout_ms - self->connect_timeout_ms;
  const gboolean was_connected = self->was_connected;

  self->was_connected = was_connected || is_connected (self->easy);
  if (!was_connected && self->was_connected && rest_ms > 0)
    {
      set_deadline (task, rest_ms);
      return G_SOURCE_REMOVE;
    }

  fail_late (task);
  g_object_unref (task); /* the handle's, which is gone */
  return G_SOURCE_REMOVE;
}

static void
set_deadline (GTask *task, guint timeout_ms)
{
  Opening *self = g_task_get_task_data (task);

  g_clear_pointer (&self->timer, drop_source);
  self->timer = g_timeout_source_new (timeout_ms);
  g_source_set_callback (self->timer, on_deadline, task, NULL);
  g_source_attach (self->timer, g_task_get_context (task));
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Opening *self = g_task_get_task_data (task);

  drop_easy (self);
  fail (task, g_error_new_literal (RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_CANCELLED,
                                   "cancelled"));
  g_object_unref (task); /* the handle's, which is gone */
  return G_SOURCE_REMOVE;
}

/* --- the handle --- */

static void
set_tls (CURL *easy, const RpServer *server, RpTlsMode tls)
{
  curl_easy_setopt (easy, CURLOPT_USE_SSL,
                    tls == RP_TLS_NONE ? (long) CURLUSESSL_NONE
                                       : (long) CURLUSESSL_ALL);
  curl_easy_setopt (easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (server->ca_file != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_CAINFO, server->ca_file);
      curl_easy_setopt (easy, CURLOPT_CAPATH, NULL);
    }
  if (server->pins != NULL)
    curl_easy_setopt (easy, CURLOPT_PINNEDPUBLICKEY, server->pins);
  if (server->client_certificate != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_SSLCERT, server->client_certificate);
      curl_easy_setopt (easy, CURLOPT_SSLKEY,
                        server->client_key != NULL ? server->client_key
                                                   : server->client_certificate);
      /* For a key with a passphrase OpenSSL would ask on the terminal, and wait. */
      curl_easy_setopt (easy, CURLOPT_KEYPASSWD, "");
    }
}

/* Without a proxy in the configuration the environment's must not be used: the plan
 * would not know which way the mail goes. */
static void
set_proxy (CURL *easy, const RpServer *server)
{
  curl_easy_setopt (easy, CURLOPT_PROXY, server->proxy != NULL ? server->proxy : "");
  curl_easy_setopt (easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt (easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  /* What the proxy says is no dialogue of the server's. */
  curl_easy_setopt (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  /* There is no login at a proxy; left to itself curl offers Kerberos, and would wait
   * for its servers and for the proxy within the main loop. */
  curl_easy_setopt (easy, CURLOPT_SOCKS5_AUTH, (long) CURLAUTH_BASIC);
  curl_easy_setopt (easy, CURLOPT_PROXYAUTH, (long) CURLAUTH_BASIC);
}

static void
set_login (CURL *easy, const RpOpenerTarget *target)
{
  if (target->password == NULL && target->login_options == NULL)
    return;

  curl_easy_setopt (easy, CURLOPT_USERNAME, target->user != NULL ? target->user : "");
  if (target->password != NULL)
    curl_easy_setopt (easy, CURLOPT_PASSWORD, target->password);
  curl_easy_setopt (easy, CURLOPT_SASL_IR, 1L);
  if (target->login_options != NULL)
    curl_easy_setopt (easy, CURLOPT_LOGIN_OPTIONS, target->login_options);
}

static char *
dup_url (const RpOpenerTarget *target)
{
  const gboolean is_ipv6 = strchr (target->host, ':') != NULL;

  return g_strdup_printf (is_ipv6 ? "%s://[%s]:%u/%s" : "%s://%s:%u/%s", target->scheme,
                          target->host, target->port,
                          target->path != NULL ? target->path : "");
}

static size_t
on_header_line (char *line, size_t size, size_t n_items, void *data)
{
  GTask *task = data;
  Opening *self = g_task_get_task_data (task);

  switch (self->on_line (line, size * n_items, self->line_data))
    {
    case RP_OPENER_MORE:
      return size * n_items;
    case RP_OPENER_STEP:
      /* Each step has the whole time; each line of it has not, or a server could
       * hold us for ever with one line at a time. */
      self->was_connected = TRUE;
      set_deadline (task, self->step_timeout_ms);
      return size * n_items;
    case RP_OPENER_ABORT:
      return 0;
    }
  return 0;
}

static CURL *
make_easy (GTask *task, const RpServer *server, const RpOpenerTarget *target)
{
  Opening *self = g_task_get_task_data (task);
  g_autofree char *url = dup_url (target);
  CURL *easy = curl_easy_init ();

  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps,pop3,pop3s");
  curl_easy_setopt (easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt (easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  /* Should curl ever resolve, it must not wait for its thread. */
  curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt (easy, CURLOPT_TCP_KEEPALIVE, 1L);
  /* The deadlines are ours, step by step; curl's own only have to be later. */
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT, 24L * 60 * 60);
  curl_easy_setopt (easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, 24L * 60 * 60);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, self->error_text);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, on_header_line);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, task);
  set_tls (easy, server, target->tls);
  set_proxy (easy, server);
  set_login (easy, target);
  return easy;
}

/* --- connecting --- */

/* Nothing of ours may be reached through the handle once the owner has it. */
static void
return_handle (GTask *task)
{
  Opening *self = g_task_get_task_data (task);

  g_clear_pointer (&self->timer, drop_source);
  g_clear_pointer (&self->cancel_source, drop_source);
  curl_easy_setopt (self->easy, CURLOPT_HEADERFUNCTION, NULL);
  curl_easy_setopt (self->easy, CURLOPT_HEADERDATA, NULL);
  curl_easy_setopt (self->easy, CURLOPT_ERRORBUFFER, NULL);
  curl_easy_setopt (self->easy, CURLOPT_RESOLVE, NULL);
  curl_easy_setopt (self->easy, CURLOPT_PASSWORD, NULL);
  g_task_return_pointer (task, g_steal_pointer (&self->easy), NULL);
}

static void
on_curl_done (CURL *easy, CURLcode result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *self = g_task_get_task_data (task);
  GError *error;

  if (result == CURLE_OK)
    {
      return_handle (task);
      return;
    }

  error = rp_curl_failure_to_error (result, self->error_text, self->host, self->port);
  drop_easy (self);
  fail (task, error);
}

/* Takes the reference to @task. */
static void
connect_now (GTask *task)
{
  Opening *self = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  set_deadline (task, self->connect_timeout_ms);
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
error_from_resolver (const GError *error)
{
  RpConnectionError code = RP_CONNECTION_ERROR_UNREACHABLE;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    code = RP_CONNECTION_ERROR_CANCELLED;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = RP_CONNECTION_ERROR_TIMED_OUT;
  return g_error_new_literal (RP_CONNECTION_ERROR, (int) code, error->message);
}

static void resolve_next (GTask *task);

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *entry = rp_resolver_lookup_finish (result, &error);

  if (entry == NULL)
    {
      g_clear_pointer (&self->easy, curl_easy_cleanup);
      fail (task, error_from_resolver (error));
      return;
    }

  self->resolved = curl_slist_append (self->resolved, entry);
  resolve_next (g_steal_pointer (&task));
}

static guint
count_resolved (const Opening *self)
{
  guint n_resolved = 0;

  for (const struct curl_slist *l = self->resolved; l != NULL; l = l->next)
    n_resolved++;
  return n_resolved;
}

/* First our host, unless the proxy resolves it, then the proxy's. Takes the
 * reference to @task. */
static void
resolve_next (GTask *task)
{
  Opening *self = g_task_get_task_data (task);
  const guint n_own = self->proxy.resolves ? 0 : 1;
  const guint n_resolved = count_resolved (self);
  const guint timeout_ms = MIN (self->step_timeout_ms, RESOLVE_TIMEOUT_MS);

  if (n_resolved < n_own)
    rp_resolver_lookup_async (self->host, self->port, self->stays_home, timeout_ms,
                              g_task_get_cancellable (task), on_resolved, task);
  else if (self->proxy.host != NULL && n_resolved == n_own)
    rp_resolver_lookup_async (self->proxy.host, self->proxy.port, FALSE, timeout_ms,
                              g_task_get_cancellable (task), on_resolved, task);
  else
    connect_now (task);
}

guint
rp_opener_get_step_timeout_ms (const RpServer *server)
{
  return (server->timeout_s > 0 ? MIN (server->timeout_s, 3600) : 30) * 1000;
}

/* A final dot is the root's; certificates do not carry it. */
static char *
dup_plain_host (const char *host)
{
  g_autofree char *ascii = g_hostname_to_ascii (host);
  char *plain = g_strdup (ascii != NULL ? ascii : host);
  gsize n_bytes = strlen (plain);

  if (n_bytes > 1 && plain[n_bytes - 1] == '.')
    plain[n_bytes - 1] = '\0';
  return plain;
}

void
rp_opener_open_async (RpCurlLoop *loop,
                      const RpServer *server,
                      const RpOpenerTarget *target,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *self = g_new0 (Opening, 1);
  RpOpenerTarget plain = *target;
  const gboolean is_bare_login = target->tls == RP_TLS_NONE && target->logs_in;

  g_task_set_source_tag (task, rp_opener_open_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, (GDestroyNotify) opening_free);
  self->loop = g_object_ref (loop);
  self->on_line = target->on_line;
  self->line_data = target->line_data;
  self->host = dup_plain_host (target->host);
  self->port = target->port;
  self->stays_home = is_bare_login && !target->allows_bare_login;
  self->step_timeout_ms = rp_opener_get_step_timeout_ms (server);
  self->connect_timeout_ms = MIN (self->step_timeout_ms, CONNECT_TIMEOUT_MS);
  if (!rp_proxy_read (&self->proxy, server->proxy))
    {
      fail (task,
            g_error_new (RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_UNREACHABLE,
                         "proxy= of server %s is no URL of a proxy", server->name));
      return;
    }

  if (is_bare_login && self->proxy.host != NULL)
    {
      fail (task,
            g_error_new_literal (RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_TLS_STRIPPED,
                                 "no login goes through a proxy without TLS"));
      return;
    }

  plain.host = self->host;
  self->easy = make_easy (task, server, &plain);
  resolve_next (g_steal_pointer (&task));
}

CURL *
rp_opener_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
