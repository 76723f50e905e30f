/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-router.h"

#include <string.h>

#include "core/rp-address.h"
#include "core/rp-config-text.h"

/* What is decided once for a message. */
typedef struct
{
  RpConfig *config;
  const RpView *view;
  const RpAccount *account;
  const RpEnvelope *envelope;
  const RpContentFacts *facts;
  const RpNetworkRule *rule; /* nullable: the network that we are on */
  char *place;
  char *sender; /* who answers for it: never the null sender */
} Message;

/* What is decided once for a recipient at a server. */
typedef struct
{
  const Message *message;
  RpRecipientPlan *plan;
  const RpServer *server;
  gboolean is_hosted;
  const RpAccess *holding; /* nullable: the network or address access that holds */
  RpCredentialsState credentials;
  gboolean needs_utf8;
} Choice;

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

static const char *
get_network (const Message *message)
{
  return message->rule != NULL ? message->rule->name : "";
}

/* Takes @reason. */
static void
leave_out (RpRecipientPlan *plan,
           const char *server,
           const char *endpoint,
           gboolean can_open_later,
           RpReason *reason)
{
  RpLeftOut *left_out = g_new0 (RpLeftOut, 1);

  left_out->server = g_strdup (server);
  left_out->endpoint = g_strdup (endpoint);
  left_out->can_open_later = can_open_later;
  left_out->reason = reason;
  g_ptr_array_add (plan->left_out, left_out);
}

/* ---- what lets us in ---- */

static gboolean
access_holds (const Message *message, const RpAccess *access)
{
  switch (access->kind)
    {
    case RP_ACCESS_NETWORK:
      return message->rule != NULL
             && g_str_equal (message->rule->name, access->network);
    case RP_ACCESS_ADDRESS:
      return rp_surroundings_get_address_in (message->view->surroundings,
                                             &access->range)
             != NULL;
    case RP_ACCESS_PASSWORD:
    case RP_ACCESS_POP:
      return FALSE;
    }

  g_return_val_if_reached (FALSE);
}

static const RpAccess *
find_holding (const Message *message, const RpServer *server)
{
  for (guint i = 0; i < server->accesses->len; i++)
    {
      const RpAccess *access =
          (const RpAccess *) g_ptr_array_index (server->accesses, i);

      if (access_holds (message, access))
        return access;
    }

  return NULL;
}

static gboolean
credentials_may_exist (RpCredentialsState state)
{
  return state == RP_CREDENTIALS_PRESENT || state == RP_CREDENTIALS_UNKNOWN;
}

static gboolean
takes_password (const RpServer *server)
{
  return server->user != NULL
         && rp_server_get_access (server, RP_ACCESS_PASSWORD) != NULL;
}

static gboolean
takes_pop (const RpServer *server)
{
  return server->user != NULL && server->pop != NULL
         && rp_server_get_access (server, RP_ACCESS_POP) != NULL;
}

/* ---- whose server it is ---- */

/* "*@proseware.com" names a domain, "*@*" and "*" name none. */
static gboolean
names_domain (const char *pattern)
{
  const char *at = strrchr (pattern, '@');

  return at != NULL && strcmp (at, "@*") != 0;
}

static gboolean
is_named_sender (const RpServer *server, const char *sender)
{
  for (guint i = 0; server->senders != NULL && server->senders[i] != NULL; i++)
    if (names_domain (server->senders[i])
        && rp_address_matches (sender, server->senders[i]))
      return TRUE;

  return FALSE;
}

/* A server that the sender's domain knows, or that knows us by our login, signs or is
 * allowed for the domain; any other would break the sender's own DMARC policy
 * (RFC 7489 section 6.3), and the mail be refused or vanish among the spam. */
static gboolean
breaks_dmarc (const Choice *choice, RpPermission permission)
{
  const Message *message = choice->message;

  if (message->view->dmarc == RP_DMARC_NONE)
    return FALSE;
  if (permission == RP_PERMISSION_PASSWORD || permission == RP_PERMISSION_POP)
    return FALSE;
  return !rp_server_hosts (choice->server, message->sender)
         && !is_named_sender (choice->server, message->sender);
}

static void
leave_out_for_dmarc (const Choice *choice)
{
  const Message *message = choice->message;
  g_autofree char *domain = rp_address_dup_domain (message->sender);

  leave_out (
      choice->plan, choice->server->name, NULL, FALSE,
      rp_reason_new (RP_REASON_DMARC_FOREIGN, choice->server->name, domain,
                     message->view->dmarc == RP_DMARC_REJECT ? "reject" : "quarantine",
                     NULL));
}

/* ---- what an endpoint can carry ---- */

static RpReason *
dup_unfit (const Choice *choice, const RpEndpoint *endpoint)
{
  const Message *message = choice->message;
  const RpContentFacts *facts = message->facts;
  const RpCapabilities *seen = rp_view_get_capabilities (message->view, endpoint->url);

  if (seen == NULL)
    return NULL;
  if (choice->needs_utf8 && !seen->has_smtputf8)
    return rp_reason_new (RP_REASON_CANNOT_UTF8, choice->server->name, NULL);
  if (facts != NULL && facts->is_8bit && !seen->has_8bitmime)
    return rp_reason_new (RP_REASON_CANNOT_8BIT, choice->server->name, NULL);
  if (facts != NULL && seen->max_message_bytes > 0
      && facts->n_bytes > seen->max_message_bytes)
    {
      g_autofree char *limit =
          g_strdup_printf ("%" G_GUINT64_FORMAT, seen->max_message_bytes);

      return rp_reason_new (RP_REASON_TOO_LARGE_FOR, choice->server->name, limit, NULL);
    }
  return NULL;
}

static gboolean
is_fit (const Choice *choice, const RpEndpoint *endpoint)
{
  g_autoptr (RpReason) unfit = dup_unfit (choice, endpoint);

  return unfit == NULL;
}

/* ---- routes ---- */

static gboolean
knows (const Message *message, RpLessonKind kind, const char *subject)
{
  return message->view->memory != NULL && message->place[0] != '\0'
         && rp_memory_knows (message->view->memory, kind, message->place, subject,
                             message->view->now_s);
}

/* A refusal to relay was learned about the place. It says nothing of who logs in. */
static RpReason *
dup_demotion (const Choice *choice, const RpEndpoint *endpoint, RpPermission permission)
{
  const Message *message = choice->message;
  gboolean hangs_on_place =
      permission == RP_PERMISSION_NETWORK || permission == RP_PERMISSION_ADDRESS;

  if (knows (message, RP_LESSON_UNREACHABLE, endpoint->url))
    return rp_reason_new (RP_REASON_UNREACHABLE_BEFORE, endpoint->url,
                          get_network (message), NULL);
  if (hangs_on_place && knows (message, RP_LESSON_RELAY_DENIED, choice->server->name))
    return rp_reason_new (RP_REASON_RELAY_DENIED_BEFORE, choice->server->name,
                          get_network (message), NULL);
  return NULL;
}

static RpReason *
dup_reason (const Choice *choice, RpPermission permission)
{
  const RpServer *server = choice->server;
  g_autofree char *domain = rp_address_dup_domain (choice->plan->address);

  switch (permission)
    {
    case RP_PERMISSION_HOSTS:
      return rp_reason_new (RP_REASON_HOSTS_DOMAIN, server->name, domain, NULL);
    case RP_PERMISSION_PASSWORD:
      return rp_reason_new (RP_REASON_CREDENTIALS, server->name, server->user, NULL);
    case RP_PERMISSION_POP:
      return rp_reason_new (RP_REASON_POP_FIRST, server->name, server->pop->host, NULL);
    case RP_PERMISSION_NETWORK:
      return rp_reason_new (RP_REASON_ON_NETWORK, server->name,
                            choice->holding->network, NULL);
    case RP_PERMISSION_ADDRESS:
      return rp_reason_new (
          RP_REASON_ADDRESS_IN_RANGE, server->name,
          rp_surroundings_get_address_in (choice->message->view->surroundings,
                                          &choice->holding->range),
          choice->holding->range.text, NULL);
    }

  g_return_val_if_reached (NULL);
}

static void
open_route (const Choice *choice, const RpEndpoint *endpoint, RpPermission permission)
{
  RpRoute *route = g_new0 (RpRoute, 1);

  route->server = choice->server;
  route->endpoint = endpoint;
  route->permission = permission;
  route->is_relaying = !choice->is_hosted;
  route->reason = dup_reason (choice, permission);
  route->demotion = dup_demotion (choice, endpoint, permission);
  g_ptr_array_add (choice->plan->routes, route);
}

/* What opens a route without a login, if anything does. */
static gboolean
get_direct_permission (const Choice *choice, RpPermission *permission)
{
  if (choice->is_hosted)
    *permission = RP_PERMISSION_HOSTS;
  else if (choice->holding == NULL)
    return FALSE;
  else
    *permission = choice->holding->kind == RP_ACCESS_NETWORK ? RP_PERMISSION_NETWORK
                                                             : RP_PERMISSION_ADDRESS;
  return TRUE;
}

static gboolean
is_clear (const RpEndpoint *endpoint)
{
  return endpoint->tls == RP_TLS_NONE && !endpoint->is_loopback;
}

/* In clear a stranger on the way can answer in the server's place: only where nothing
 * better is configured, or on the network that the server itself trusts. */
static gboolean
may_go_clear (const Choice *choice)
{
  return !rp_server_has_tls_endpoint (choice->server) || choice->holding != NULL;
}

static gboolean
can_log_in (const Choice *choice, const RpEndpoint *endpoint)
{
  return takes_password (choice->server) && credentials_may_exist (choice->credentials)
         && !is_clear (endpoint);
}

static const RpEndpoint *
get_endpoint (const Choice *choice, guint index)
{
  return (const RpEndpoint *) g_ptr_array_index (choice->server->endpoints, index);
}

static void
open_direct (const Choice *choice, const RpEndpoint *endpoint)
{
  RpPermission permission;

  if (!get_direct_permission (choice, &permission) || breaks_dmarc (choice, permission))
    return;
  if (!is_clear (endpoint) || may_go_clear (choice))
    open_route (choice, endpoint, permission);
}

static void
open_main_routes (const Choice *choice)
{
  for (guint i = 0; i < choice->server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = get_endpoint (choice, i);

      if (!is_fit (choice, endpoint))
        continue;
      if (can_log_in (choice, endpoint))
        open_route (choice, endpoint, RP_PERMISSION_PASSWORD);
      else
        open_direct (choice, endpoint);
    }
}

/* Nobody asked for the password yet, and it may turn out to be missing. */
static void
open_second_routes (const Choice *choice)
{
  if (choice->credentials != RP_CREDENTIALS_UNKNOWN)
    return;

  for (guint i = 0; i < choice->server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = get_endpoint (choice, i);

      if (is_fit (choice, endpoint) && can_log_in (choice, endpoint))
        open_direct (choice, endpoint);
    }
}

static gboolean
can_ask_pop (const RpServer *server)
{
  return server->pop->tls != RP_TLS_NONE
         || rp_config_text_is_loopback (server->pop->host);
}

static void
open_pop_routes (const Choice *choice)
{
  const RpServer *server = choice->server;

  if (choice->is_hosted || !takes_pop (server) || !can_ask_pop (server)
      || !credentials_may_exist (choice->credentials))
    return;

  for (guint i = 0; i < server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = get_endpoint (choice, i);

      if (is_fit (choice, endpoint) && (!is_clear (endpoint) || may_go_clear (choice)))
        open_route (choice, endpoint, RP_PERMISSION_POP);
    }
}

/* ---- what is left out ---- */

static void
leave_out_login (const Choice *choice)
{
  const RpServer *server = choice->server;
  RpReasonCode code = RP_REASON_NO_PASSWORD;

  switch (choice->credentials)
    {
    case RP_CREDENTIALS_UNKNOWN:
    case RP_CREDENTIALS_PRESENT:
      return;
    case RP_CREDENTIALS_MISSING:
      code = RP_REASON_NO_PASSWORD;
      break;
    case RP_CREDENTIALS_LOCKED:
      code = RP_REASON_KEYRING_LOCKED;
      break;
    case RP_CREDENTIALS_UNAVAILABLE:
      code = RP_REASON_KEYRING_UNAVAILABLE;
      break;
    }

  if (takes_password (server) || (takes_pop (server) && !choice->is_hosted))
    leave_out (choice->plan, server->name, NULL, TRUE,
               rp_reason_new (code, server->name, server->user, NULL));
}

static gboolean
has_access_by_place (const RpServer *server)
{
  return rp_server_get_access (server, RP_ACCESS_NETWORK) != NULL
         || rp_server_get_access (server, RP_ACCESS_ADDRESS) != NULL;
}

static void
leave_out_endpoints (const Choice *choice)
{
  const RpServer *server = choice->server;
  RpPermission permission;
  gboolean is_direct = get_direct_permission (choice, &permission);

  for (guint i = 0; i < server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = get_endpoint (choice, i);
      RpReason *unfit = dup_unfit (choice, endpoint);

      if (unfit != NULL)
        leave_out (choice->plan, server->name, endpoint->url, FALSE, unfit);
      else if (is_clear (endpoint) && !may_go_clear (choice))
        leave_out (choice->plan, server->name, endpoint->url,
                   has_access_by_place (server),
                   rp_reason_new (RP_REASON_CLEAR_TEXT_NOT_HERE, endpoint->url, NULL));
      else if (is_clear (endpoint) && !is_direct && takes_password (server))
        leave_out (
            choice->plan, server->name, endpoint->url, FALSE,
            rp_reason_new (RP_REASON_CLEAR_TEXT_CREDENTIALS, endpoint->url, NULL));
    }

  if (!choice->is_hosted && takes_pop (server) && !can_ask_pop (server))
    leave_out (
        choice->plan, server->name, server->pop->url, FALSE,
        rp_reason_new (RP_REASON_CLEAR_TEXT_CREDENTIALS, server->pop->url, NULL));
}

/* Why a server that does not host the recipient would not relay: each access that
 * does not hold here. */
static void
leave_out_accesses (const Choice *choice)
{
  const RpServer *server = choice->server;
  g_autofree char *domain = rp_address_dup_domain (choice->plan->address);

  for (guint i = 0; i < server->accesses->len; i++)
    {
      const RpAccess *access =
          (const RpAccess *) g_ptr_array_index (server->accesses, i);

      if (access->kind == RP_ACCESS_NETWORK)
        leave_out (choice->plan, server->name, NULL, TRUE,
                   rp_reason_new (RP_REASON_NOT_ON_NETWORK, server->name,
                                  access->network, NULL));
      else if (access->kind == RP_ACCESS_ADDRESS)
        leave_out (choice->plan, server->name, NULL, TRUE,
                   rp_reason_new (RP_REASON_ADDRESS_OUTSIDE, server->name,
                                  access->range.text, NULL));
    }

  if (server->accesses->len == 0)
    leave_out (
        choice->plan, server->name, NULL, FALSE,
        rp_reason_new (RP_REASON_NO_RELAY_PERMISSION, server->name, domain, NULL));
}

static void
explain_left_out (const Choice *choice, guint n_routes_before)
{
  RpPermission permission;
  gboolean is_direct = get_direct_permission (choice, &permission);
  gboolean is_opened = choice->plan->routes->len > n_routes_before;

  leave_out_login (choice);
  leave_out_endpoints (choice);
  if (is_opened)
    return;
  if (is_direct && breaks_dmarc (choice, permission))
    leave_out_for_dmarc (choice);
  else if (!is_direct)
    leave_out_accesses (choice);
}

/* ---- a recipient at a server ---- */

static gboolean
needs_utf8 (const Message *message, const char *recipient)
{
  return !g_str_is_ascii (message->envelope->sender) || !g_str_is_ascii (recipient)
         || (message->facts != NULL && message->facts->has_utf8_header);
}

static void
choose (const Message *message, RpRecipientPlan *plan, const RpServer *server)
{
  guint n_routes_before = plan->routes->len;
  Choice choice = {
    .message = message,
    .plan = plan,
    .server = server,
    .is_hosted = rp_server_hosts (server, plan->address),
    .holding = find_holding (message, server),
    .credentials = rp_view_get_credentials (message->view, server->name),
    .needs_utf8 = needs_utf8 (message, plan->address),
  };

  if (!rp_server_accepts_sender (server, message->sender))
    {
      leave_out (plan, server->name, NULL, FALSE,
                 rp_reason_new (RP_REASON_SENDER_NOT_LISTED, server->name,
                                message->sender, NULL));
      return;
    }

  open_main_routes (&choice);
  open_second_routes (&choice);
  open_pop_routes (&choice);
  explain_left_out (&choice, n_routes_before);
}

/* ---- "location": the server of the network that we are on ---- */

static gboolean
is_named_by_account (const Message *message, const char *server)
{
  return g_strv_contains ((const char *const *) message->account->servers, server);
}

static gboolean
is_left_out_already (const RpRecipientPlan *plan, const char *server)
{
  for (guint i = 0; i < plan->left_out->len; i++)
    if (g_strcmp0 (rp_recipient_plan_get_left_out (plan, i)->server, server) == 0)
      return TRUE;

  return FALSE;
}

/* Another network's server would take it there, if it lets that network relay or asks
 * for nothing that we have not got. */
static void
leave_out_other_location (const Message *message,
                          RpRecipientPlan *plan,
                          const RpNetworkRule *rule)
{
  const RpServer *server = rule->server != NULL
                               ? rp_config_get_server (message->config, rule->server)
                               : NULL;
  Choice choice = { .message = message, .plan = plan, .server = server };

  if (server == NULL || is_named_by_account (message, server->name)
      || is_left_out_already (plan, server->name)
      || !rp_server_accepts_sender (server, message->sender)
      || (!takes_password (server) && breaks_dmarc (&choice, RP_PERMISSION_NETWORK)))
    return;

  leave_out (plan, server->name, NULL, TRUE,
             rp_reason_new (RP_REASON_NOT_ON_NETWORK, server->name, rule->name, NULL));
}

static void
leave_out_location (const Message *message, RpRecipientPlan *plan)
{
  leave_out (plan, NULL, NULL, FALSE,
             rp_reason_new (RP_REASON_NO_LOCATION_SERVER, get_network (message), NULL));
  for (guint i = 0; i < message->config->networks->len; i++)
    leave_out_other_location (
        message, plan,
        (const RpNetworkRule *) g_ptr_array_index (message->config->networks, i));
}

/* ---- the whole ---- */

/* (transfer container) (element-type RpServer): each once; ends with %NULL where
 * "location" names none. */
static GPtrArray *
list_servers (const Message *message, gboolean *lacks_location)
{
  GPtrArray *servers = g_ptr_array_new ();

  *lacks_location = FALSE;
  for (guint i = 0; message->account->servers[i] != NULL; i++)
    {
      const char *name = message->account->servers[i];
      gboolean is_location = g_str_equal (name, "location");
      const RpServer *server;

      if (is_location)
        name = message->rule != NULL ? message->rule->server : NULL;
      server = name != NULL ? rp_config_get_server (message->config, name) : NULL;

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
plan_recipient (const Message *message, RpRecipientPlan *plan)
{
  gboolean lacks_location;
  g_autoptr (GPtrArray) servers = list_servers (message, &lacks_location);

  for (guint i = 0; i < servers->len; i++)
    choose (message, plan, (const RpServer *) g_ptr_array_index (servers, i));
  if (lacks_location)
    leave_out_location (message, plan);
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
  Message message = {
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

  plan->network = message.rule != NULL ? g_strdup (message.rule->name) : NULL;
  plan->connectivity = view->surroundings->connectivity;
  g_free (plan->place);
  plan->place = g_strdup (place);
  for (guint i = 0; i < rp_envelope_get_n_recipients (envelope); i++)
    plan_recipient (
        &message,
        rp_plan_add_recipient (plan, rp_envelope_get_recipient (envelope, i)->address));
  return plan;
}
