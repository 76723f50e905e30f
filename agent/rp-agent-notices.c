/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-agent-notices.h"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/rp-notice.h"
#include "notices/rp-notifier.h"
#include "rp-log.h"

struct _RpAgentNotices
{
  GObject parent_instance;

  RpQueue *queue;
  RpSecrets *secrets;
  RpNotifier *notifier;
  char *folder;
  guint source; /* when time alone makes a notice more, or a change has to be told */
};

G_DEFINE_FINAL_TYPE (RpAgentNotices, rp_agent_notices, G_TYPE_OBJECT)

static gboolean on_timer_look (gpointer user_data);

static void
look_in (RpAgentNotices *self, gint64 delay_ms)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (delay_ms >= 0)
    self->source =
        g_timeout_add ((guint) MIN (delay_ms, G_MAXINT), on_timer_look, self);
}

static gboolean
on_timer_look (gpointer user_data)
{
  RpAgentNotices *self = user_data;
  const GPtrArray *messages = rp_queue_get_messages (self->queue);
  g_autofree RpNoticeMessage *all = g_new0 (RpNoticeMessage, messages->len + 1);
  const gint64 now_ms = rp_queue_get_clock_ms ();
  g_autoptr (GPtrArray) notices = NULL;
  gint64 next_ms = -1;

  for (guint i = 0; i < messages->len; i++)
    {
      all[i].custody = g_ptr_array_index (messages, i);
      all[i].since_ms = rp_queue_get_since_ms (self->queue, all[i].custody->id);
      all[i].is_reply_awaited = !rp_queue_is_in_doubt (self->queue, all[i].custody);
    }
  notices = rp_notice_find_all (all, messages->len, now_ms, &next_ms);
  rp_notifier_set (self->notifier, notices);
  self->source = 0;
  look_in (self, next_ms >= 0 ? MAX (next_ms - now_ms, 0) : -1);
  return G_SOURCE_REMOVE;
}

/* Many changes come together: looked at once, when the main loop is free. */
static void
on_queue_changed (RpQueue *queue, RpAgentNotices *self)
{
  look_in (self, 0);
}

/* --- what the user chooses --- */

static void
on_message_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error))
    rp_log_trouble ("notices", error->message);
}

static void
on_message_copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GFile) file = G_FILE (user_data);
  g_autofree char *uri = g_file_get_uri (file);
  g_autoptr (GError) error = NULL;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, &error) < 0)
    rp_log_trouble ("notices", error->message);
  else
    g_app_info_launch_default_for_uri_async (uri, NULL, NULL, on_message_shown, NULL);
}

/* A copy: whatever opens it must not be able to change what is in custody. */
static void
show (RpAgentNotices *self, const char *id)
{
  g_autofree char *name = g_strdup_printf ("%s.eml", id);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileOutputStream) copy = NULL;
  g_autoptr (GInputStream) body = NULL;
  const int fd = rp_queue_open_body (self->queue, id, &error);

  if (fd >= 0)
    {
      body = g_unix_input_stream_new (fd, TRUE);
      copy = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, &error);
    }
  if (copy == NULL)
    {
      rp_log_trouble ("notices", error->message);
      return;
    }

  g_output_stream_splice_async (
      G_OUTPUT_STREAM (copy), body,
      G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
      G_PRIORITY_DEFAULT, NULL, on_message_copied, g_object_ref (file));
}

static void
on_message_dropped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!rp_queue_drop_finish (RP_QUEUE (source), result, &error))
    rp_log_trouble ("notices", error->message);
}

static void
on_keyring_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!rp_secrets_unlock_finish (RP_SECRETS (source), result, &error))
    rp_log_trouble ("keyring", error->message);
}

static void
on_notifier_action (RpNotifier *notifier,
                    const char *key,
                    guint action,
                    const char *id,
                    RpAgentNotices *self)
{
  g_autoptr (GError) error = NULL;

  if (action == RP_NOTICE_UNLOCK)
    rp_secrets_unlock_async (self->secrets, NULL, on_keyring_unlocked, NULL);
  if (id == NULL)
    return;

  switch ((RpNoticeAction) action)
    {
    case RP_NOTICE_SHOW:
      show (self, id);
      break;
    case RP_NOTICE_SEND_AGAIN:
      if (!rp_queue_retry (self->queue, id, &error))
        rp_log_trouble ("notices", error->message);
      break;
    case RP_NOTICE_DROP:
      rp_queue_drop_async (self->queue, id, on_message_dropped, NULL);
      break;
    case RP_NOTICE_UNLOCK:
    case RP_NOTICE_N_ACTIONS:
      break;
    }
}

/* --- the object --- */

static void
rp_agent_notices_dispose (GObject *object)
{
  RpAgentNotices *self = RP_AGENT_NOTICES (object);

  g_clear_handle_id (&self->source, g_source_remove);
  if (self->queue != NULL)
    g_signal_handlers_disconnect_by_data (self->queue, self);
  if (self->notifier != NULL)
    g_signal_handlers_disconnect_by_data (self->notifier, self);
  g_clear_object (&self->queue);
  g_clear_object (&self->secrets);
  g_clear_object (&self->notifier);
  G_OBJECT_CLASS (rp_agent_notices_parent_class)->dispose (object);
}

static void
rp_agent_notices_finalize (GObject *object)
{
  g_free (RP_AGENT_NOTICES (object)->folder);
  G_OBJECT_CLASS (rp_agent_notices_parent_class)->finalize (object);
}

static void
rp_agent_notices_class_init (RpAgentNoticesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rp_agent_notices_dispose;
  object_class->finalize = rp_agent_notices_finalize;
}

static void
rp_agent_notices_init (RpAgentNotices *self)
{
}

RpAgentNotices *
rp_agent_notices_new (RpQueue *queue, RpSecrets *secrets, const char *folder)
{
  RpAgentNotices *self = g_object_new (RP_TYPE_AGENT_NOTICES, NULL);
  const gboolean is_sandboxed = g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);

  self->queue = g_object_ref (queue);
  self->secrets = g_object_ref (secrets);
  self->folder = g_strdup (folder);
  self->notifier = rp_notifier_new (is_sandboxed);
  g_signal_connect (queue, "changed", G_CALLBACK (on_queue_changed), self);
  g_signal_connect (self->notifier, "action", G_CALLBACK (on_notifier_action), self);
  look_in (self, 0);
  return self;
}
