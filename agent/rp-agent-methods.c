/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-agent-methods.h"

#include "rp-agent-call.h"
#include "rp-agent-status.h"
#include "store/rp-journal.h"
#include "store/rp-lessons.h"
#include "words/rp-words.h"

#define MAX_MESSAGES 10000

/* ---- GetStatus ---- */

static void
on_status_built (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpAgentCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) status = rp_agent_status_finish (result, &error);

  if (status == NULL)
    rp_agent_call_fail (call, RP_BUS_ERROR_FAILED, error->message);
  else
    rp_agent1_complete_get_status (call->interface, call->invocation, status);
}

static gboolean
on_handle_get_status (RpAgent1 *interface,
                      GDBusMethodInvocation *invocation,
                      gpointer user_data)
{
  rp_agent_status_async (user_data, on_status_built,
                         rp_agent_call_new (user_data, interface, invocation));
  return TRUE;
}

/* ---- Explain ---- */

static RpBusError
get_plan_error_code (const GError *error)
{
  if (error->domain != RP_DELIVERY_ERROR)
    return RP_BUS_ERROR_FAILED;

  switch ((RpDeliveryError) error->code)
    {
    case RP_DELIVERY_ERROR_UNKNOWN_SENDER:
      return RP_BUS_ERROR_UNKNOWN_SENDER;
    case RP_DELIVERY_ERROR_UNKNOWN_NETWORK:
      return RP_BUS_ERROR_UNKNOWN_NETWORK;
    }

  g_assert_not_reached ();
}

static void
on_explain_planned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpAgentCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RpPlan) plan =
      rp_delivery_plan_finish (RP_DELIVERY (source), result, &error);

  if (plan == NULL)
    {
      rp_agent_call_fail (call, get_plan_error_code (error), error->message);
      return;
    }

  rp_agent1_complete_explain (call->interface, call->invocation,
                              rp_plan_to_variant (plan));
}

static gboolean
on_handle_explain (RpAgent1 *interface,
                   GDBusMethodInvocation *invocation,
                   const char *sender,
                   const char *const *recipients,
                   const char *network,
                   gpointer user_data)
{
  const RpAgentParts *parts = user_data;

  rp_delivery_plan_async (parts->delivery, sender, recipients,
                          *network == '\0' ? NULL : network, NULL, on_explain_planned,
                          rp_agent_call_new (parts, interface, invocation));
  return TRUE;
}

/* ---- ListMessages, GetMessage ---- */

static void
on_messages_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpAgentCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) messages =
      rp_journal_list_finish (RP_STORE (source), result, &error);

  if (messages == NULL)
    rp_agent_call_fail (call, RP_BUS_ERROR_FAILED, error->message);
  else
    rp_agent1_complete_list_messages (call->interface, call->invocation, messages);
}

static gboolean
on_handle_list_messages (RpAgent1 *interface,
                         GDBusMethodInvocation *invocation,
                         guint limit,
                         gpointer user_data)
{
  const RpAgentParts *parts = user_data;

  rp_journal_list_async (parts->store, MIN (limit, MAX_MESSAGES), NULL,
                         on_messages_listed,
                         rp_agent_call_new (parts, interface, invocation));
  return TRUE;
}

static void
on_story_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpAgentCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) story =
      rp_journal_story_finish (RP_STORE (source), result, &error);

  if (story != NULL)
    rp_agent1_complete_get_message (call->interface, call->invocation, story);
  else
    rp_agent_call_fail (call,
                        g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
                            ? RP_BUS_ERROR_NO_SUCH_MESSAGE
                            : RP_BUS_ERROR_FAILED,
                        error->message);
}

static gboolean
on_handle_get_message (RpAgent1 *interface,
                       GDBusMethodInvocation *invocation,
                       const char *id,
                       gpointer user_data)
{
  const RpAgentParts *parts = user_data;

  rp_journal_story_async (parts->store, id, NULL, on_story_told,
                          rp_agent_call_new (parts, interface, invocation));
  return TRUE;
}

/* ---- ListNetworks, ForgetLessons ---- */

static void
add_lessons (GVariantDict *dict, const RpAgentParts *parts, const char *place)
{
  GVariantBuilder pairs = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));
  g_autoptr (GPtrArray) lessons =
      rp_memory_list_place (parts->memory, place, g_get_real_time () / G_USEC_PER_SEC);

  for (guint i = 0; i < lessons->len; i++)
    {
      const RpLesson *lesson = g_ptr_array_index (lessons, i);

      g_variant_builder_add (&pairs, "(ss)", rp_lesson_kind_to_nick (lesson->kind),
                             lesson->subject);
    }
  g_variant_dict_insert_value (dict, "lessons", g_variant_builder_end (&pairs));
}

static GVariant *
build_network (const RpAgentParts *parts,
               const char *name,
               const char *server,
               const char *here)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *place = *name != '\0' ? rp_surroundings_dup_named_place (name)
                                         : rp_agent_parts_dup_place (parts);

  g_variant_dict_insert (&dict, "name", "s", name);
  g_variant_dict_insert (&dict, "is-here", "b", g_str_equal (name, here));
  if (server != NULL)
    g_variant_dict_insert (&dict, "server", "s", server);
  add_lessons (&dict, parts, place);
  return g_variant_dict_end (&dict);
}

/* Several places may share one name: it is listed once. */
static gboolean
is_first_of_its_name (const RpConfig *config, guint index)
{
  const RpNetworkRule *rule = g_ptr_array_index (config->networks, index);

  for (guint i = 0; i < index; i++)
    if (g_str_equal (((RpNetworkRule *) config->networks->pdata[i])->name, rule->name))
      return FALSE;

  return TRUE;
}

static gboolean
on_handle_list_networks (RpAgent1 *interface,
                         GDBusMethodInvocation *invocation,
                         gpointer user_data)
{
  const RpAgentParts *parts = user_data;
  const RpSurroundings *surroundings = rp_detector_get_surroundings (parts->detector);
  const RpNetworkRule *match =
      rp_surroundings_find_network (surroundings, parts->config);
  const char *here = match == NULL ? "" : match->name;
  GVariantBuilder networks = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < parts->config->networks->len; i++)
    {
      const RpNetworkRule *rule = g_ptr_array_index (parts->config->networks, i);

      if (is_first_of_its_name (parts->config, i))
        g_variant_builder_add_value (
            &networks, build_network (parts, rule->name, rule->server, here));
    }
  if (match == NULL)
    g_variant_builder_add_value (&networks, build_network (parts, "", NULL, here));

  rp_agent1_complete_list_networks (interface, invocation,
                                    g_variant_builder_end (&networks));
  return TRUE;
}

static gboolean
on_handle_forget_lessons (RpAgent1 *interface,
                          GDBusMethodInvocation *invocation,
                          const char *network,
                          gpointer user_data)
{
  const RpAgentParts *parts = user_data;
  g_autofree char *place = *network != '\0' ? rp_surroundings_dup_named_place (network)
                                            : rp_agent_parts_dup_place (parts);

  rp_memory_forget_place (parts->memory, place);
  rp_lessons_drop_place (parts->store, place);
  rp_agent1_complete_forget_lessons (interface, invocation);
  return TRUE;
}

/* ---- Reload ---- */

static gboolean
on_handle_reload (RpAgent1 *interface,
                  GDBusMethodInvocation *invocation,
                  gpointer user_data)
{
  const RpAgentParts *parts = user_data;

  g_auto (GStrv) errors = NULL;

  rp_config_watch_reload (parts->config_watch);
  errors = rp_config_errors_dup_texts (rp_config_watch_get_errors (parts->config_watch),
                                       rp_words_translate);
  rp_agent1_complete_reload (interface, invocation, (const char *const *) errors);
  return TRUE;
}

void
rp_agent_methods_connect (const RpAgentParts *parts, RpAgent1 *interface)
{
  const struct
  {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "handle-get-status", G_CALLBACK (on_handle_get_status) },
    { "handle-explain", G_CALLBACK (on_handle_explain) },
    { "handle-list-messages", G_CALLBACK (on_handle_list_messages) },
    { "handle-get-message", G_CALLBACK (on_handle_get_message) },
    { "handle-list-networks", G_CALLBACK (on_handle_list_networks) },
    { "handle-forget-lessons", G_CALLBACK (on_handle_forget_lessons) },
    { "handle-reload", G_CALLBACK (on_handle_reload) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect (interface, handlers[i].signal, handlers[i].handler,
                      (gpointer) parts);
}
