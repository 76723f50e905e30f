/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-router.h"

#include "core/rp-choice.h"

/* A read receipt has no envelope sender; the header From tells whose it is. */
static char *
dup_sender (const RpAccount *account,
            const RpEnvelope *envelope,
            const RpContentFacts *facts)
{
  if (envelope->sender[0] != '\0')
    return g_strdup (envelope->sender);
  if (facts != NULL && facts->header_from != NULL)
    return g_strdup (facts->header_from);
  return g_strdup (account->address);
}

static void
choose (const RpErrand *errand, RpRecipientPlan *plan, const RpServer *server)
{
  guint n_routes_before = plan->routes->len;
  RpChoice choice = { 0 };

  if (!rp_server_accepts_sender (server, errand->sender))
    {
      rp_recipient_plan_leave_out (plan, server->name, NULL, FALSE,
                                   rp_reason_new (RP_REASON_SENDER_NOT_LISTED,
                                                  server->name, errand->sender, NULL));
      return;
    }

  rp_choice_init (&choice, errand, plan, server);
  rp_choice_open_routes (&choice);
  rp_choice_explain_left_out (&choice, plan->routes->len > n_routes_before);
}

/* ---- "location": the server of the network that we are on ---- */

static gboolean
is_named_by_account (const RpErrand *errand, const char *server)
{
  return g_strv_contains ((const char *const *) errand->account->servers, server);
}

static gboolean
is_left_out_already (const RpRecipientPlan *plan, const char *server)
{
  for (guint i = 0; i < plan->left_out->len; i++)
    if (g_strcmp0 (rp_recipient_plan_get_left_out (plan, i)->server, server) == 0)
      return TRUE;

  return FALSE;
}

/* Whether @server, used on network @network, could let us in: a message must not wait
 * for a place that would not help either. */
static gboolean
could_open_on (const RpServer *server, const char *network, const char *recipient)
{
  for (guint i = 0; i < server->accesses->len; i++)
    {
      const RpAccess *access =
          (const RpAccess *) g_ptr_array_index (server->accesses, i);

      if (access->kind != RP_ACCESS_NETWORK || g_str_equal (access->network, network))
        return TRUE;
    }

  return rp_server_hosts (server, recipient);
}

static void
leave_out_other_location (const RpErrand *errand,
                          RpRecipientPlan *plan,
                          const RpNetworkRule *rule)
{
  const RpServer *server =
      rule->server != NULL ? rp_config_get_server (errand->config, rule->server) : NULL;
  RpChoice choice = { .errand = errand, .plan = plan, .server = server };

  if (server == NULL || is_named_by_account (errand, server->name)
      || is_left_out_already (plan, server->name)
      || !rp_server_accepts_sender (server, errand->sender)
      || !could_open_on (server, rule->name, plan->address)
      || (!rp_server_has_login (server)
          && rp_choice_breaks_dmarc (&choice, RP_PERMISSION_NETWORK)))
    return;

  rp_recipient_plan_leave_out (
      plan, server->name, NULL, TRUE,
      rp_reason_new (RP_REASON_NOT_ON_NETWORK, server->name, rule->name, NULL));
}

static void
leave_out_location (const RpErrand *errand, RpRecipientPlan *plan)
{
  rp_recipient_plan_leave_out (plan, NULL, NULL, FALSE,
                               rp_reason_new (RP_REASON_NO_LOCATION_SERVER,
                                              rp_errand_get_network (errand), NULL));
  for (guint i = 0; i < errand->config->networks->len; i++)
    leave_out_other_location (
        errand, plan,
        (const RpNetworkRule *) g_ptr_array_index (errand->config->networks, i));
}

/* ---- the whole ---- */

/* (transfer container) (element-type RpServer): each once; @lacks_location: "location"
 * names none here. */
static GPtrArray *
list_servers (const RpErrand *errand, gboolean *lacks_location)
{
  GPtrArray *servers = g_ptr_array_new ();

  *lacks_location = FALSE;
  for (guint i = 0; errand->account->servers[i] != NULL; i++)
    {
      const char *name = errand->account->servers[i];
      gboolean is_location = g_str_equal (name, "location");
      const RpServer *server;

      if (is_location)
        name = errand->rule != NULL ? errand->rule->server : NULL;
      server = name != NULL ? rp_config_get_server (errand->config, name) : NULL;

      if (server == NULL)
        *lacks_location = *lacks_location || is_location;
      else if (!g_ptr_array_find (servers, server, NULL))
        g_ptr_array_add (servers, (gpointer) server);
    }

  return servers;
}

static void
put_demoted_last (RpRecipientPlan *plan)
{
  GPtrArray *sorted = g_ptr_array_new_with_free_func ((GDestroyNotify) rp_route_free);

  g_ptr_array_set_free_func (plan->routes, NULL);
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < plan->routes->len; i++)
      {
        RpRoute *route = (RpRoute *) g_ptr_array_index (plan->routes, i);

        if ((route->demotion != NULL) == (pass == 1))
          g_ptr_array_add (sorted, route);
      }

  g_ptr_array_unref (plan->routes);
  plan->routes = sorted;
}

static void
plan_recipient (const RpErrand *errand, RpRecipientPlan *plan)
{
  gboolean lacks_location;
  g_autoptr (GPtrArray) servers = list_servers (errand, &lacks_location);

  for (guint i = 0; i < servers->len; i++)
    choose (errand, plan, (const RpServer *) g_ptr_array_index (servers, i));
  if (lacks_location)
    leave_out_location (errand, plan);
  put_demoted_last (plan);
}

RpPlan *
rp_router_plan (RpConfig *config,
                const RpView *view,
                const RpAccount *account,
                const RpEnvelope *envelope,
                const RpContentFacts *facts)
{
  g_autofree char *place = rp_surroundings_dup_place (view->surroundings, config);
  g_autofree char *sender = dup_sender (account, envelope, facts);
  RpErrand errand = {
    .config = config,
    .view = view,
    .account = account,
    .envelope = envelope,
    .facts = facts,
    .rule = rp_surroundings_find_network (view->surroundings, config),
    .place = place,
    .sender = sender,
  };
  RpPlan *plan = rp_plan_new (config, account);

  plan->network = errand.rule != NULL ? g_strdup (errand.rule->name) : NULL;
  plan->connectivity = view->surroundings->connectivity;
  g_free (plan->place);
  plan->place = g_strdup (place);
  for (guint i = 0; i < rp_envelope_get_n_recipients (envelope); i++)
    plan_recipient (
        &errand,
        rp_plan_add_recipient (plan, rp_envelope_get_recipient (envelope, i)->address));
  return plan;
}
