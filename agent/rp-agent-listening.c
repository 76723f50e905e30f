/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-agent-listening.h"

#include <unistd.h>

#include "rp-log.h"

/* SD_LISTEN_FDS_START of systemd. */
#define FIRST_INHERITED_FD 3
#define MAX_INHERITED_FDS 64

struct _RpAgentListening
{
  GObject parent_instance;

  guint n_inherited_fds;
  GPtrArray *wanted;    /* RpListenAddress */
  RpListener *listener; /* one for all addresses, so that a stop waits for all */
};

enum
{
  CHANGED,
  STOPPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpAgentListening, rp_agent_listening, G_TYPE_OBJECT)

/* Sockets that systemd opened for us, sd_listen_fds(3). They are ours alone: a command
 * that we start must not take them for its own. */
static guint
take_n_inherited_fds (void)
{
  const char *pid = g_getenv ("LISTEN_PID");
  const char *n_fds = g_getenv ("LISTEN_FDS");
  guint n_taken = 0;

  if (pid != NULL && n_fds != NULL
      && g_ascii_strtoull (pid, NULL, 10) == (guint64) getpid ())
    n_taken = (guint) MIN (g_ascii_strtoull (n_fds, NULL, 10), MAX_INHERITED_FDS);
  g_unsetenv ("LISTEN_PID");
  g_unsetenv ("LISTEN_FDS");
  g_unsetenv ("LISTEN_FDNAMES");
  return n_taken;
}

static void
on_listener_trouble (RpListener *listener, const char *text, gpointer user_data)
{
  rp_log_trouble ("listener", text);
}

static void
on_listener_stopped (RpListener *listener, gpointer user_data)
{
  g_signal_emit (user_data, signals[STOPPED], 0);
}

/* What was held before is let go of; its sessions go on. */
static gboolean
listen_to (RpAgentListening *self, GPtrArray *addresses, GError **error)
{
  const guint n_fds = self->n_inherited_fds;
  const char *const *held;
  gboolean is_listening;

  g_clear_pointer (&self->wanted, g_ptr_array_unref);
  self->wanted = g_ptr_array_ref (addresses);
  is_listening = n_fds > 0 ? rp_listener_listen_inherited (
                     self->listener, FIRST_INHERITED_FD, n_fds, error)
                           : rp_listener_listen (self->listener, addresses, error);
  g_signal_emit (self, signals[CHANGED], 0);
  held = rp_listener_get_addresses (self->listener);
  for (guint i = 0; held[i] != NULL; i++)
    rp_log_listening (held[i]);
  return is_listening;
}

gboolean
rp_agent_listening_start (RpAgentListening *self,
                          GPtrArray *addresses,
                          const RpSessionSettings *settings,
                          GError **error)
{
  self->listener = rp_listener_new (settings, RP_LISTENER_MAX_SESSIONS);
  g_signal_connect (self->listener, "trouble", G_CALLBACK (on_listener_trouble), self);
  g_signal_connect (self->listener, "stopped", G_CALLBACK (on_listener_stopped), self);
  return listen_to (self, addresses, error);
}

static gboolean
is_same_address (const RpListenAddress *a, const RpListenAddress *b)
{
  return a->port == b->port && g_str_equal (a->host, b->host);
}

static gboolean
is_wanted_already (RpAgentListening *self, const GPtrArray *addresses)
{
  if (addresses->len != self->wanted->len)
    return FALSE;

  for (guint i = 0; i < addresses->len; i++)
    if (!is_same_address (g_ptr_array_index (addresses, i),
                          g_ptr_array_index (self->wanted, i)))
      return FALSE;

  return TRUE;
}

void
rp_agent_listening_update (RpAgentListening *self,
                           GPtrArray *addresses,
                           const RpSessionSettings *settings)
{
  g_autoptr (GError) error = NULL;

  if (self->listener == NULL)
    return;

  rp_listener_set_settings (self->listener, settings);
  if (self->n_inherited_fds > 0 || is_wanted_already (self, addresses))
    return;

  if (!listen_to (self, addresses, &error))
    rp_log_trouble ("listener", error->message);
}

const char *const *
rp_agent_listening_get_addresses (RpAgentListening *self)
{
  static const char *const none[] = { NULL };

  return self->listener == NULL ? none : rp_listener_get_addresses (self->listener);
}

void
rp_agent_listening_stop (RpAgentListening *self, guint timeout_ms)
{
  rp_listener_stop (self->listener, timeout_ms);
}

static void
rp_agent_listening_finalize (GObject *object)
{
  RpAgentListening *self = RP_AGENT_LISTENING (object);

  if (self->listener != NULL)
    g_signal_handlers_disconnect_by_data (self->listener, self);
  g_clear_object (&self->listener);
  g_clear_pointer (&self->wanted, g_ptr_array_unref);
  G_OBJECT_CLASS (rp_agent_listening_parent_class)->finalize (object);
}

static void
rp_agent_listening_class_init (RpAgentListeningClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_agent_listening_finalize;
  signals[CHANGED] =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 0);
  signals[STOPPED] =
      g_signal_new ("stopped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 0);
}

static void
rp_agent_listening_init (RpAgentListening *self)
{
}

RpAgentListening *
rp_agent_listening_new (void)
{
  RpAgentListening *self = g_object_new (RP_TYPE_AGENT_LISTENING, NULL);

  self->n_inherited_fds = take_n_inherited_fds ();
  return self;
}
