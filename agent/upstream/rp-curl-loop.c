/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-curl-loop.h"

#include <glib-unix.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct _RpCurlLoop
{
  GObject parent_instance;

  CURLM *multi;
  GMainContext *context;
  GSource *timer;
  GHashTable *transfers; /* CURL → Transfer */
  GPtrArray *doomed;     /* CURL that were removed inside of a callback of curl's */
  guint n_inside;        /* calls into the multi handle that have not returned */
};

G_DEFINE_FINAL_TYPE (RpCurlLoop, rp_curl_loop, G_TYPE_OBJECT)

typedef struct
{
  RpCurlDoneFunc done; /* NULL once it was called */
  gpointer user_data;
} Transfer;

/* libcurl copies passwords and command lines about and frees them unwiped. Wiping
 * whatever it frees keeps them out of later allocations and of a core dump. */
static void
free_wiped (void *memory)
{
  if (memory == NULL)
    return;

  explicit_bzero (memory, malloc_usable_size (memory));
  free (memory);
}

static void *
realloc_wiped (void *memory, size_t n_bytes)
{
  void *larger;

  if (memory != NULL && n_bytes <= malloc_usable_size (memory))
    return memory;

  larger = malloc (n_bytes);
  if (larger == NULL || memory == NULL)
    return larger;

  memcpy (larger, memory, malloc_usable_size (memory));
  free_wiped (memory);
  return larger;
}

static void
init_curl (void)
{
  static gsize is_initialised = 0;

  if (!g_once_init_enter (&is_initialised))
    return;

  /* OpenSSL writes without MSG_NOSIGNAL, and curl with CURLOPT_NOSIGNAL leaves the
   * signal alone: a server that hangs up must not end the agent. */
  signal (SIGPIPE, SIG_IGN);
  if (curl_global_init_mem (CURL_GLOBAL_DEFAULT, malloc, free_wiped, realloc_wiped,
                            strdup, calloc)
      != CURLE_OK)
    g_error ("libcurl cannot be initialised");
  g_once_init_leave (&is_initialised, 1);
}

static void
clean_up_doomed (RpCurlLoop *self)
{
  while (self->n_inside == 0 && self->doomed->len > 0)
    {
      CURL *easy = g_ptr_array_steal_index (self->doomed, 0);

      curl_multi_remove_handle (self->multi, easy);
      curl_easy_cleanup (easy);
    }
}

/* One message at a time: a done function may remove other handles, and curl drops
 * their messages with them. */
static void
report_done (RpCurlLoop *self)
{
  CURLMsg *message;
  int n_left;

  while ((message = curl_multi_info_read (self->multi, &n_left)) != NULL)
    {
      CURL *easy = message->easy_handle;
      CURLcode result = message->data.result;
      Transfer *transfer = g_hash_table_lookup (self->transfers, easy);
      RpCurlDoneFunc done;

      if (message->msg != CURLMSG_DONE || transfer == NULL || transfer->done == NULL)
        continue;

      done = g_steal_pointer (&transfer->done);
      done (easy, result, transfer->user_data);
    }
}

static void
act (RpCurlLoop *self, curl_socket_t fd, int events)
{
  G_GNUC_UNUSED g_autoptr (RpCurlLoop) alive = g_object_ref (self);
  int n_running;

  self->n_inside++;
  curl_multi_socket_action (self->multi, fd, events, &n_running);
  self->n_inside--;
  clean_up_doomed (self);
  report_done (self);
}

static gboolean
on_socket_ready (int fd, GIOCondition condition, gpointer user_data)
{
  int events = 0;

  if (condition & (G_IO_IN | G_IO_HUP))
    events |= CURL_CSELECT_IN;
  if (condition & G_IO_OUT)
    events |= CURL_CSELECT_OUT;
  if (condition & (G_IO_ERR | G_IO_NVAL))
    events |= CURL_CSELECT_ERR;
  act (user_data, fd, events);
  return G_SOURCE_CONTINUE;
}

static void
drop_source (GSource *source)
{
  if (source == NULL)
    return;

  g_source_destroy (source);
  g_source_unref (source);
}

static int
on_curl_socket (CURL *easy, curl_socket_t fd, int what, void *data, void *old_source)
{
  RpCurlLoop *self = data;
  GSource *source = NULL;
  GIOCondition condition = 0;

  drop_source (old_source);
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
    condition |= G_IO_IN;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
    condition |= G_IO_OUT;
  if (condition != 0)
    {
      source = g_unix_fd_source_new (fd, condition);
      g_source_set_callback (source, G_SOURCE_FUNC (on_socket_ready), self, NULL);
      g_source_attach (source, self->context);
    }
  curl_multi_assign (self->multi, fd, source);
  return 0;
}

static gboolean
on_timer (gpointer user_data)
{
  RpCurlLoop *self = user_data;

  g_clear_pointer (&self->timer, drop_source);
  act (self, CURL_SOCKET_TIMEOUT, 0);
  return G_SOURCE_REMOVE;
}

static int
on_curl_timer (CURLM *multi, long timeout_ms, void *data)
{
  RpCurlLoop *self = data;

  g_clear_pointer (&self->timer, drop_source);
  if (timeout_ms < 0)
    return 0;

  self->timer = g_timeout_source_new ((guint) timeout_ms);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
  return 0;
}

static void
rp_curl_loop_finalize (GObject *object)
{
  RpCurlLoop *self = RP_CURL_LOOP (object);
  GHashTableIter iter;
  gpointer easy;

  g_hash_table_iter_init (&iter, self->transfers);
  while (g_hash_table_iter_next (&iter, &easy, NULL))
    g_ptr_array_add (self->doomed, easy);
  clean_up_doomed (self);
  curl_multi_cleanup (self->multi);
  g_clear_pointer (&self->timer, drop_source);
  g_hash_table_unref (self->transfers);
  g_ptr_array_unref (self->doomed);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (rp_curl_loop_parent_class)->finalize (object);
}

static void
rp_curl_loop_class_init (RpCurlLoopClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_curl_loop_finalize;
}

static void
rp_curl_loop_init (RpCurlLoop *self)
{
  init_curl ();
  self->context = g_main_context_ref_thread_default ();
  self->transfers = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->doomed = g_ptr_array_new ();
  self->multi = curl_multi_init ();
  curl_multi_setopt (self->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
  curl_multi_setopt (self->multi, CURLMOPT_SOCKETDATA, self);
  curl_multi_setopt (self->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
  curl_multi_setopt (self->multi, CURLMOPT_TIMERDATA, self);
}

RpCurlLoop *
rp_curl_loop_new (void)
{
  return g_object_new (RP_TYPE_CURL_LOOP, NULL);
}

void
rp_curl_loop_start (RpCurlLoop *self,
                    CURL *easy,
                    RpCurlDoneFunc done,
                    gpointer user_data)
{
  Transfer *transfer = g_new0 (Transfer, 1);

  transfer->done = done;
  transfer->user_data = user_data;
  g_hash_table_insert (self->transfers, easy, transfer);
  curl_multi_add_handle (self->multi, easy);
}

static size_t
discard_line (char *line, size_t size, size_t n_items, void *data)
{
  return size * n_items;
}

void
rp_curl_loop_remove (RpCurlLoop *self, CURL *easy)
{
  g_return_if_fail (g_hash_table_contains (self->transfers, easy));

  g_hash_table_remove (self->transfers, easy);
  /* The owner is about to go: nothing of curl's may reach it any more. */
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, discard_line);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, NULL);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, NULL);
  g_ptr_array_add (self->doomed, easy);
  clean_up_doomed (self);
}
