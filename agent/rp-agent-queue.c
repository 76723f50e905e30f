/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-agent-queue.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

#include "bus/rp-bus-error.h"
#include "core/rp-reason.h"

/* ---- errors ---- */

static RpBusError
get_error_code (const GError *error)
{
  if (error->domain != RP_QUEUE_ERROR)
    return RP_BUS_ERROR_FAILED;

  switch ((RpQueueError) error->code)
    {
    case RP_QUEUE_ERROR_NOT_FOUND:
    case RP_QUEUE_ERROR_AMBIGUOUS:
      return RP_BUS_ERROR_NO_SUCH_MESSAGE;
    case RP_QUEUE_ERROR_UNDER_WAY:
      return RP_BUS_ERROR_UNDER_WAY;
    case RP_QUEUE_ERROR_DAMAGED:
      return RP_BUS_ERROR_DAMAGED;
    case RP_QUEUE_ERROR_FAILED:
      return RP_BUS_ERROR_FAILED;
    }

  g_assert_not_reached ();
}

static void
fail (GDBusMethodInvocation *invocation, const GError *error)
{
  g_dbus_method_invocation_return_error_literal (
      invocation, RP_BUS_ERROR, (int) get_error_code (error), error->message);
}

/* ---- a message on the bus ---- */

/* What the queue knows of it beside the value itself. */
static GVariant *
build_message (RpQueue *queue, const RpCustody *custody)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (rp_custody_to_variant (custody));
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (value);
  gint64 next_s = rp_queue_get_next_attempt_s (queue, custody->id);
  guint64 n_sent = 0;
  guint64 n_bytes = 0;

  g_variant_dict_insert (
      &dict, "state", "s",
      rp_custody_summary_to_nick (rp_queue_get_summary (queue, custody)));
  g_variant_dict_insert (&dict, "under-way", "b",
                         rp_queue_is_under_way (queue, custody->id));
  if (rp_queue_get_progress (queue, custody->id, &n_sent, &n_bytes))
    g_variant_dict_insert (&dict, "sent-bytes", "t", n_sent);
  if (next_s > 0)
    g_variant_dict_insert (&dict, "next-attempt-at", "x", next_s);
  return g_variant_dict_end (&dict);
}

static GVariant *
build_messages (RpQueue *queue, gboolean is_under_way_only)
{
  GVariantBuilder messages = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  const GPtrArray *all = rp_queue_get_messages (queue);

  for (guint i = 0; i < all->len; i++)
    {
      const RpCustody *custody = g_ptr_array_index (all, i);

      if (!is_under_way_only || rp_queue_is_under_way (queue, custody->id))
        g_variant_builder_add_value (&messages, build_message (queue, custody));
    }
  return g_variant_builder_end (&messages);
}

static gboolean
on_handle_list_queue (RpAgent1 *interface,
                      GDBusMethodInvocation *invocation,
                      gpointer user_data)
{
  rp_agent1_complete_list_queue (interface, invocation,
                                 build_messages (user_data, FALSE));
  return TRUE;
}

static gboolean
on_handle_get_queued (RpAgent1 *interface,
                      GDBusMethodInvocation *invocation,
                      const char *id,
                      gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  const RpCustody *custody = rp_queue_find (user_data, id, &error);

  if (custody == NULL)
    fail (invocation, error);
  else
    rp_agent1_complete_get_queued (interface, invocation,
                                   build_message (user_data, custody));
  return TRUE;
}

/* ---- its body ---- */

static gboolean
on_handle_open_queued (RpAgent1 *interface,
                       GDBusMethodInvocation *invocation,
                       GUnixFDList *fds,
                       const char *id,
                       gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  int fd = rp_queue_open_body (user_data, id, &error);
  int index;

  if (fd < 0)
    {
      fail (invocation, error);
      return TRUE;
    }
  /* the list takes a copy */
  index = g_unix_fd_list_append (list, fd, &error);
  close (fd);
  if (index < 0)
    fail (invocation, error);
  else
    rp_agent1_complete_open_queued (interface, invocation, list,
                                    g_variant_new_handle (index));
  return TRUE;
}

/* ---- verbs ---- */

static gboolean
on_handle_retry_queued (RpAgent1 *interface,
                        GDBusMethodInvocation *invocation,
                        const char *id,
                        gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (rp_queue_retry (user_data, id, &error))
    rp_agent1_complete_retry_queued (interface, invocation);
  else
    fail (invocation, error);
  return TRUE;
}

static void
on_message_held (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;

  if (rp_queue_hold_finish (RP_QUEUE (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    fail (invocation, error);
}

/* The invocation is ours until it is answered. */
static gboolean
on_handle_hold_queued (RpAgent1 *interface,
                       GDBusMethodInvocation *invocation,
                       const char *id,
                       gpointer user_data)
{
  rp_queue_hold_async (user_data, id, on_message_held, invocation);
  return TRUE;
}

static gboolean
on_handle_release_queued (RpAgent1 *interface,
                          GDBusMethodInvocation *invocation,
                          const char *id,
                          gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (rp_queue_release (user_data, id, &error))
    rp_agent1_complete_release_queued (interface, invocation);
  else
    fail (invocation, error);
  return TRUE;
}

static void
on_message_dropped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;

  if (rp_queue_drop_finish (RP_QUEUE (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    fail (invocation, error);
}

static gboolean
on_handle_drop_queued (RpAgent1 *interface,
                       GDBusMethodInvocation *invocation,
                       const char *id,
                       gpointer user_data)
{
  rp_queue_drop_async (user_data, id, on_message_dropped, invocation);
  return TRUE;
}

static gboolean
on_handle_flush_queue (RpAgent1 *interface,
                       GDBusMethodInvocation *invocation,
                       gpointer user_data)
{
  rp_agent1_complete_flush_queue (interface, invocation, rp_queue_flush (user_data));
  return TRUE;
}

void
rp_agent_queue_connect (RpQueue *queue, RpAgent1 *interface)
{
  const struct
  {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "handle-list-queue", G_CALLBACK (on_handle_list_queue) },
    { "handle-get-queued", G_CALLBACK (on_handle_get_queued) },
    { "handle-open-queued", G_CALLBACK (on_handle_open_queued) },
    { "handle-retry-queued", G_CALLBACK (on_handle_retry_queued) },
    { "handle-hold-queued", G_CALLBACK (on_handle_hold_queued) },
    { "handle-release-queued", G_CALLBACK (on_handle_release_queued) },
    { "handle-drop-queued", G_CALLBACK (on_handle_drop_queued) },
    { "handle-flush-queue", G_CALLBACK (on_handle_flush_queue) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect (interface, handlers[i].signal, handlers[i].handler, queue);
}

/* ---- status ---- */

GVariant *
rp_agent_queue_build_status (RpQueue *queue)
{
  static const RpCustodySummary told[] = {
    RP_CUSTODY_SUMMARY_WAITING, RP_CUSTODY_SUMMARY_HELD,    RP_CUSTODY_SUMMARY_DOUBT,
    RP_CUSTODY_SUMMARY_FAILED,  RP_CUSTODY_SUMMARY_DAMAGED,
  };
  const GPtrArray *messages = rp_queue_get_messages (queue);
  guint counts[RP_CUSTODY_SUMMARY_SENT + 1] = { 0 };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  for (guint i = 0; i < messages->len; i++)
    counts[rp_queue_get_summary (queue, g_ptr_array_index (messages, i))]++;

  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    g_variant_dict_insert (&dict, rp_custody_summary_to_nick (told[i]), "u",
                           counts[told[i]]);
  g_variant_dict_insert_value (&dict, "under-way", build_messages (queue, TRUE));
  return g_variant_dict_end (&dict);
}

static void
add_reason (GVariantBuilder *attention, RpReasonCode code, guint count)
{
  g_autofree char *number = g_strdup_printf ("%u", count);
  g_autoptr (RpReason) reason = NULL;

  if (count == 0)
    return;
  reason = rp_reason_new (code, number, NULL);
  g_variant_builder_add_value (attention, rp_reason_to_variant (reason));
}

void
rp_agent_queue_add_attention (RpQueue *queue,
                              const char *const *set_aside,
                              GVariantBuilder *attention)
{
  const GPtrArray *messages = rp_queue_get_messages (queue);
  guint n_doubt = 0;
  guint n_failed = 0;
  guint n_damaged = 0;

  for (guint i = 0; i < messages->len; i++)
    {
      const RpCustody *custody = g_ptr_array_index (messages, i);

      if (custody->damage != NULL)
        {
          n_damaged++;
          continue;
        }
      if (rp_queue_is_in_doubt (queue, custody))
        n_doubt++;
      if (rp_custody_count (custody, RP_CUSTODY_FAILED) > 0)
        n_failed++;
    }
  add_reason (attention, RP_REASON_QUEUE_DOUBT, n_doubt);
  add_reason (attention, RP_REASON_QUEUE_FAILED, n_failed);
  add_reason (attention, RP_REASON_QUEUE_DAMAGED, n_damaged);
  add_reason (attention, RP_REASON_QUEUE_SET_ASIDE,
              set_aside == NULL ? 0 : g_strv_length ((GStrv) set_aside));
}
