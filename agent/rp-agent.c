/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-agent.h"

#include <glib/gi18n.h>

#include "bus/rp-bus-path.h"
#include "rp-agent-chronicle.h"
#include "rp-agent-logins.h"
#include "rp-agent-methods.h"
#include "rp-agent-notices.h"
#include "rp-agent-parts.h"
#include "rp-agent-queue.h"
#include "rp-agent-secrets.h"
#include "rp-log.h"
#include "rp-sign-ins.h"
#include "store/rp-journal.h"
#include "store/rp-lessons.h"
#include "words/rp-words.h"

/* Delivery gives what is past its end of data 10 s; the rest is for the answers. */
#define STOP_TIMEOUT_MS 12000
#define DAY_S (24 * 60 * 60)
#define JOURNAL_EXPIRY_INTERVAL_S (6 * 60 * 60)

struct _RpAgent
{
  GObject parent_instance;

  char *config_file;
  char *state_folder;
  char *runtime_folder;
  char *fake_surroundings;
  RpAgentParts parts;
  RpDuplicates *duplicates; /* until delivery has them */
  RpAgentNotices *notices;
  RpSignIns *sign_ins;
  guint expiry_source;
  guint stop_source; /* while we wait for what is past its end of data */
  gboolean has_stopped_listening;
};

enum
{
  STOPPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_QUARK (rp_agent_error, rp_agent_error)
G_DEFINE_FINAL_TYPE (RpAgent, rp_agent, G_TYPE_OBJECT)

static gint64
get_now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

char *
rp_agent_parts_dup_place (const RpAgentParts *self)
{
  return rp_surroundings_dup_place (rp_detector_get_surroundings (self->detector),
                                    self->config);
}

static void
tell_changed (RpAgent *self)
{
  rp_bus_server_emit_changed (self->parts.bus);
}

/* ---- surroundings ---- */

static void
on_detector_changed (RpDetector *detector, gpointer user_data)
{
  RpAgent *self = user_data;
  const RpSurroundings *here = rp_detector_get_surroundings (detector);
  const RpNetworkRule *rule = rp_surroundings_find_network (here, self->parts.config);

  rp_log_surroundings (here, rule == NULL ? NULL : rule->name);
  rp_delivery_set_surroundings (self->parts.delivery, here);
  tell_changed (self);
}

/* ---- listening ---- */

static RpSessionSettings
get_session_settings (RpAgent *self)
{
  RpSessionSettings settings = { .dialogue = RP_DIALOGUE_SETTINGS_INIT,
                                 .handler = RP_MESSAGE_HANDLER (self->parts.delivery),
                                 .idle_timeout_ms = RP_SESSION_IDLE_TIMEOUT_MS };

  settings.content_folder = rp_store_get_queue_folder (self->parts.store);
  settings.dialogue.max_message_bytes = self->parts.config->max_message_bytes;
  settings.dialogue.bare_newline = self->parts.config->bare_newline;
  settings.dialogue.sentence = rp_words_reason;
  return settings;
}

static void
on_listening_changed (RpAgentListening *listening, gpointer user_data)
{
  RpAgent *self = user_data;

  rp_agent1_set_listening (rp_bus_server_get_agent (self->parts.bus),
                           rp_agent_listening_get_addresses (listening));
}

static void on_delivery_ended (RpDelivery *delivery,
                               const char *message_id,
                               const char *outcome,
                               RpAgent *self);

static void
end (RpAgent *self)
{
  g_clear_handle_id (&self->stop_source, g_source_remove);
  g_signal_handlers_disconnect_by_func (self->parts.delivery, on_delivery_ended, self);
  rp_bus_server_stop (self->parts.bus);
  rp_store_close (self->parts.store);
  g_signal_emit (self, signals[STOPPED], 0);
}

static gboolean
on_idle_end (gpointer user_data)
{
  RpAgent *self = user_data;

  self->stop_source = 0;
  end (self);
  return G_SOURCE_REMOVE;
}

/* Not at once: what has just ended is still being written down. */
static void
end_if_nothing_is_open (RpAgent *self)
{
  if (!self->has_stopped_listening || rp_delivery_get_n_open (self->parts.delivery) > 0)
    return;

  g_clear_handle_id (&self->stop_source, g_source_remove);
  self->stop_source = g_idle_add (on_idle_end, self);
}

static void
on_delivery_ended (RpDelivery *delivery,
                   const char *message_id,
                   const char *outcome,
                   RpAgent *self)
{
  end_if_nothing_is_open (self);
}

/* No program waits any more; a server may still have to answer for a message in
 * custody, which would else be in doubt after the next start. */
static void
on_listening_stopped (RpAgentListening *listening, gpointer user_data)
{
  RpAgent *self = user_data;

  if (self->has_stopped_listening)
    return;

  self->has_stopped_listening = TRUE;
  g_signal_connect (self->parts.delivery, "ended", G_CALLBACK (on_delivery_ended),
                    self);
  self->stop_source = g_timeout_add (STOP_TIMEOUT_MS, on_idle_end, self);
  end_if_nothing_is_open (self);
}

static gboolean
start_listening (RpAgent *self, GError **error)
{
  RpAgentListening *listening = self->parts.listening;
  const RpSessionSettings settings = get_session_settings (self);
  g_autoptr (GError) trouble = NULL;

  g_signal_connect (listening, "changed", G_CALLBACK (on_listening_changed), self);
  g_signal_connect (listening, "stopped", G_CALLBACK (on_listening_stopped), self);
  if (rp_agent_listening_start (listening, self->parts.config->listen, &settings,
                                &trouble))
    return TRUE;

  g_set_error_literal (error, RP_AGENT_ERROR, RP_AGENT_ERROR_LISTEN, trouble->message);
  return FALSE;
}

/* ---- configuration ---- */

static void
on_config_loaded (RpConfigWatch *watch, gpointer user_data)
{
  RpAgent *self = user_data;
  RpConfig *config = rp_config_watch_get_config (watch);
  RpSessionSettings settings;
  g_autofree char *files = g_strjoinv (", ", (GStrv) rp_config_watch_get_files (watch));

  g_clear_pointer (&self->parts.config, rp_config_unref);
  self->parts.config = rp_config_ref (config);
  rp_words_init (config->language);
  rp_log_configured (config->accounts->len, config->servers->len, files);
  if (self->parts.delivery == NULL)
    return;

  rp_delivery_set_config (self->parts.delivery, config);
  settings = get_session_settings (self);
  rp_agent_listening_update (self->parts.listening, config->listen, &settings);
  tell_changed (self);
}

static void
on_config_failed (RpConfigWatch *watch, gpointer user_data)
{
  RpAgent *self = user_data;
  g_auto (GStrv) errors = rp_config_errors_dup_texts (
      rp_config_watch_get_errors (watch), rp_words_translate);

  for (guint i = 0; errors[i] != NULL; i++)
    rp_log_configuration_error (errors[i]);
  if (self->parts.delivery != NULL)
    tell_changed (self);
}

static gboolean
start_config (RpAgent *self, GError **error)
{
  RpConfigWatch *watch = rp_config_watch_new (rp_config_loader_new (self->config_file));
  g_auto (GStrv) errors = NULL;
  g_autofree char *text = NULL;

  self->parts.config_watch = watch;
  g_signal_connect (watch, "loaded", G_CALLBACK (on_config_loaded), self);
  g_signal_connect (watch, "failed", G_CALLBACK (on_config_failed), self);
  if (rp_config_watch_start (watch))
    return TRUE;

  errors = rp_config_errors_dup_texts (rp_config_watch_get_errors (watch),
                                       rp_words_translate);
  text = g_strjoinv ("\n", errors);
  g_set_error (error, RP_AGENT_ERROR, RP_AGENT_ERROR_CONFIGURATION,
               _ ("the configuration has mistakes:\n%s"), text);
  return FALSE;
}

/* ---- beginning ---- */

static gboolean
on_timer_expire (gpointer user_data)
{
  RpAgent *self = user_data;

  rp_journal_expire (self->parts.store, get_now_s (),
                     self->parts.config->journal_days * DAY_S);
  return G_SOURCE_CONTINUE;
}

static void
on_store_failed (RpStore *store,
                 const char *message,
                 guint n_requests,
                 gpointer user_data)
{
  rp_log_trouble ("store", message);
}

/* What is kept over restarts. */
static gboolean
load_state (RpAgent *self, const char *folder, GError **error)
{
  RpAgentParts *parts = &self->parts;
  g_autoptr (GPtrArray) set_aside = NULL;

  parts->store = rp_store_open (folder, error);
  if (parts->store == NULL)
    return FALSE;
  parts->memory = rp_lessons_load (parts->store, error);
  if (parts->memory == NULL)
    return FALSE;
  parts->queue = rp_queue_new (parts->store, &set_aside, error);
  if (parts->queue == NULL)
    return FALSE;
  g_ptr_array_add (set_aside, NULL);
  parts->set_aside = g_strdupv ((GStrv) set_aside->pdata);
  self->duplicates = rp_duplicates_new (parts->store, error);
  return self->duplicates != NULL;
}

static void
tell_set_aside (const RpAgentParts *parts)
{
  for (guint i = 0; parts->set_aside[i] != NULL; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "%s belongs to no message and was moved to %s/set-aside", parts->set_aside[i],
          rp_store_get_queue_folder (parts->store));

      rp_log_trouble ("store", text);
    }
}

static gboolean
start_store (RpAgent *self, GError **error)
{
  RpAgentParts *parts = &self->parts;
  g_autofree char *folder = self->state_folder != NULL
                                ? g_strdup (self->state_folder)
                                : rp_bus_path_dup_state_folder ();
  g_autoptr (GError) trouble = NULL;

  if (!load_state (self, folder, &trouble))
    {
      g_set_error_literal (error, RP_AGENT_ERROR, RP_AGENT_ERROR_STATE,
                           trouble->message);
      return FALSE;
    }

  tell_set_aside (parts);
  g_signal_connect (parts->store, "failed", G_CALLBACK (on_store_failed), self);
  rp_log_started (RP_VERSION, folder);
  if (rp_store_get_set_aside (parts->store) != NULL)
    {
      g_autofree char *text =
          g_strdup_printf ("the database was damaged; it is kept as %s",
                           rp_store_get_set_aside (parts->store));

      rp_log_trouble ("store", text);
    }
  on_timer_expire (self);
  self->expiry_source =
      g_timeout_add_seconds (JOURNAL_EXPIRY_INTERVAL_S, on_timer_expire, self);
  return TRUE;
}

static void
start_delivery (RpAgent *self)
{
  RpAgentParts *parts = &self->parts;

  parts->curl_loop = rp_curl_loop_new ();
  parts->secrets = rp_agent_secrets_new (parts->curl_loop, parts->config_watch);
  parts->delivery =
      rp_delivery_new (parts->curl_loop, parts->secrets, parts->memory, parts->queue,
                       g_steal_pointer (&self->duplicates), parts->config,
                       rp_detector_get_surroundings (parts->detector));
  rp_agent_chronicle_connect (parts);
  g_signal_connect_swapped (parts->secrets, "unlocked", G_CALLBACK (rp_queue_wake),
                            parts->queue);
}

static void
start_detector (RpAgent *self)
{
  RpAgentParts *parts = &self->parts;

  parts->detector = self->fake_surroundings != NULL
                        ? rp_detector_new_fake (self->fake_surroundings)
                        : rp_detector_new_system ();
  g_signal_connect (parts->detector, "changed", G_CALLBACK (on_detector_changed), self);
}

static gboolean
start_bus (RpAgent *self, GError **error)
{
  RpAgentParts *parts = &self->parts;
  g_autofree char *folder = rp_bus_path_dup_runtime_folder (self->runtime_folder);
  g_autoptr (GError) trouble = NULL;

  parts->bus = rp_bus_server_new ();
  rp_agent1_set_version (rp_bus_server_get_agent (parts->bus), RP_VERSION);
  rp_agent_methods_connect (parts, rp_bus_server_get_agent (parts->bus));
  rp_agent_logins_connect (parts, rp_bus_server_get_agent (parts->bus));
  self->sign_ins = rp_sign_ins_new (parts, rp_bus_server_get_agent (parts->bus));
  rp_agent_queue_connect (parts->queue, rp_bus_server_get_agent (parts->bus));
  g_signal_connect_swapped (parts->queue, "changed",
                            G_CALLBACK (rp_bus_server_emit_changed), parts->bus);
  if (!rp_bus_server_listen (parts->bus, folder, &trouble))
    {
      g_set_error_literal (error, RP_AGENT_ERROR, RP_AGENT_ERROR_BUS, trouble->message);
      return FALSE;
    }

  /* An agent with a runtime folder of its own is not the session's one, and none of the
   * user's desktop either. */
  if (self->runtime_folder == NULL)
    {
      rp_bus_server_join_session (parts->bus);
      self->notices = rp_agent_notices_new (parts->queue, parts->secrets, folder);
    }
  return TRUE;
}

gboolean
rp_agent_start (RpAgent *self, GError **error)
{
  if (!start_config (self, error) || !start_store (self, error))
    return FALSE;

  start_detector (self);
  start_delivery (self);
  if (!start_bus (self, error) || !start_listening (self, error))
    return FALSE;

  rp_detector_start (self->parts.detector);
  rp_queue_start (self->parts.queue);
  return TRUE;
}

void
rp_agent_reload (RpAgent *self)
{
  rp_config_watch_reload (self->parts.config_watch);
}

/* ---- end ---- */

void
rp_agent_stop (RpAgent *self)
{
  rp_delivery_stop (self->parts.delivery);
  rp_agent_listening_stop (self->parts.listening, STOP_TIMEOUT_MS);
}

static void
rp_agent_finalize (GObject *object)
{
  RpAgent *self = RP_AGENT (object);
  RpAgentParts *parts = &self->parts;

  g_clear_handle_id (&self->expiry_source, g_source_remove);
  g_clear_handle_id (&self->stop_source, g_source_remove);
  g_clear_object (&parts->listening);
  g_clear_pointer (&self->sign_ins, rp_sign_ins_free);
  g_clear_object (&parts->bus);
  g_clear_object (&parts->detector);
  g_clear_object (&parts->delivery);
  g_clear_pointer (&self->duplicates, rp_duplicates_free);
  g_clear_object (&self->notices);
  g_clear_object (&parts->queue);
  g_clear_pointer (&parts->set_aside, g_strfreev);
  g_clear_object (&parts->secrets);
  g_clear_object (&parts->curl_loop);
  g_clear_object (&parts->config_watch);
  g_clear_object (&parts->store);
  g_clear_pointer (&parts->memory, rp_memory_free);
  g_clear_pointer (&parts->config, rp_config_unref);
  g_free (self->config_file);
  g_free (self->state_folder);
  g_free (self->runtime_folder);
  g_free (self->fake_surroundings);
  G_OBJECT_CLASS (rp_agent_parent_class)->finalize (object);
}

static void
rp_agent_class_init (RpAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_agent_finalize;
  signals[STOPPED] =
      g_signal_new ("stopped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 0);
}

static void
rp_agent_init (RpAgent *self)
{
}

RpAgent *
rp_agent_new (const RpAgentOptions *options)
{
  RpAgent *self = g_object_new (RP_TYPE_AGENT, NULL);

  self->config_file = g_strdup (options->config_file);
  self->state_folder = g_strdup (options->state_folder);
  self->runtime_folder = g_strdup (options->runtime_folder);
  self->fake_surroundings = g_strdup (options->fake_surroundings);
  /* While there is one thread: the environment belongs to all of them. */
  self->parts.listening = rp_agent_listening_new ();
  return self;
}
