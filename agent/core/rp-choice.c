/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-choice.h"

#include <string.h>

#include "core/rp-address.h"

const char *
rp_errand_get_network (const RpErrand *errand)
{
  return errand->rule != NULL ? errand->rule->name : "";
}

/* ---- what lets us in ---- */

static gboolean
access_holds (const RpErrand *errand, const RpAccess *access)
{
  switch (access->kind)
    {
    case RP_ACCESS_NETWORK:
      return errand->rule != NULL && g_str_equal (errand->rule->name, access->network);
    case RP_ACCESS_ADDRESS:
      return rp_surroundings_get_address_in (errand->view->surroundings, &access->range)
             != NULL;
    case RP_ACCESS_PASSWORD:
    case RP_ACCESS_OAUTH2:
    case RP_ACCESS_CERTIFICATE:
    case RP_ACCESS_KERBEROS:
    case RP_ACCESS_POP:
      return FALSE;
    }

  g_return_val_if_reached (FALSE);
}

static const RpAccess *
find_holding (const RpErrand *errand, const RpServer *server)
{
  for (guint i = 0; i < server->accesses->len; i++)
    {
      const RpAccess *access =
          (const RpAccess *) g_ptr_array_index (server->accesses, i);

      if (access_holds (errand, access))
        return access;
    }

  return NULL;
}

RpCredentialsState
rp_choice_get_credentials (const RpChoice *self, RpAccessKind access)
{
  return rp_view_get_credentials (self->errand->view, self->server->name, access);
}

static gboolean
credentials_may_exist (const RpChoice *choice, RpAccessKind access)
{
  RpCredentialsState state = rp_choice_get_credentials (choice, access);

  return state == RP_CREDENTIALS_PRESENT || state == RP_CREDENTIALS_UNKNOWN;
}

gboolean
rp_choice_takes_pop (const RpServer *server)
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
gboolean
rp_choice_breaks_dmarc (const RpChoice *choice, RpPermission permission)
{
  const RpErrand *errand = choice->errand;

  if (errand->view->dmarc == RP_DMARC_NONE)
    return FALSE;
  if (rp_permission_is_login (permission) || permission == RP_PERMISSION_POP)
    return FALSE;
  return !rp_server_hosts (choice->server, errand->sender)
         && !is_named_sender (choice->server, errand->sender);
}

/* ---- what an endpoint can carry ---- */

RpReason *
rp_choice_dup_unfit (const RpChoice *choice, const RpEndpoint *endpoint)
{
  const RpErrand *errand = choice->errand;
  const RpContentFacts *facts = errand->facts;
  const RpCapabilities *seen = rp_view_get_capabilities (errand->view, endpoint->url);

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
is_fit (const RpChoice *choice, const RpEndpoint *endpoint)
{
  g_autoptr (RpReason) unfit = rp_choice_dup_unfit (choice, endpoint);

  return unfit == NULL;
}

/* ---- routes ---- */

static gboolean
knows (const RpErrand *errand, RpLessonKind kind, const char *subject)
{
  return errand->view->memory != NULL && errand->place[0] != '\0'
         && rp_memory_knows (errand->view->memory, kind, errand->place, subject,
                             errand->view->now_s);
}

/* A refusal to relay was learned about the place. It says nothing of who logs in. */
static RpReason *
dup_demotion (const RpChoice *choice,
              const RpEndpoint *endpoint,
              RpPermission permission)
{
  const RpErrand *errand = choice->errand;
  gboolean hangs_on_place =
      permission == RP_PERMISSION_NETWORK || permission == RP_PERMISSION_ADDRESS;

  if (knows (errand, RP_LESSON_UNREACHABLE, endpoint->url))
    return rp_reason_new (RP_REASON_UNREACHABLE_BEFORE, endpoint->url,
                          rp_errand_get_network (errand), NULL);
  if (hangs_on_place && knows (errand, RP_LESSON_RELAY_DENIED, choice->server->name))
    return rp_reason_new (RP_REASON_RELAY_DENIED_BEFORE, choice->server->name,
                          rp_errand_get_network (errand), NULL);
  return NULL;
}

static RpReason *
dup_reason (const RpChoice *choice, RpPermission permission)
{
  const RpServer *server = choice->server;
  g_autofree char *domain = rp_address_dup_domain (choice->plan->address);

  switch (permission)
    {
    case RP_PERMISSION_HOSTS:
      return rp_reason_new (RP_REASON_HOSTS_DOMAIN, server->name, domain, NULL);
    case RP_PERMISSION_PASSWORD:
      return rp_reason_new (RP_REASON_CREDENTIALS, server->name, server->user, NULL);
    case RP_PERMISSION_OAUTH2:
      return rp_reason_new (RP_REASON_SIGNED_IN, server->name, server->user, NULL);
    case RP_PERMISSION_CERTIFICATE:
      return rp_reason_new (RP_REASON_OWN_CERTIFICATE, server->name,
                            server->client_certificate, NULL);
    case RP_PERMISSION_KERBEROS:
      return rp_reason_new (RP_REASON_TICKET, server->name, server->user, NULL);
    case RP_PERMISSION_POP:
      return rp_reason_new (RP_REASON_POP_FIRST, server->name, server->pop->host, NULL);
    case RP_PERMISSION_NETWORK:
      return rp_reason_new (RP_REASON_ON_NETWORK, server->name,
                            choice->holding->network, NULL);
    case RP_PERMISSION_ADDRESS:
      return rp_reason_new (
          RP_REASON_ADDRESS_IN_RANGE, server->name,
          rp_surroundings_get_address_in (choice->errand->view->surroundings,
                                          &choice->holding->range),
          choice->holding->range.text, NULL);
    }

  g_return_val_if_reached (NULL);
}

static void
open_route (const RpChoice *choice, const RpEndpoint *endpoint, RpPermission permission)
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
gboolean
rp_choice_get_direct_permission (const RpChoice *choice, RpPermission *permission)
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

gboolean
rp_choice_is_clear (const RpEndpoint *endpoint)
{
  return endpoint->tls == RP_TLS_NONE && !endpoint->is_loopback;
}

/* In clear a stranger on the way can answer in the server's place: only where nothing
 * better is configured, or on the network that the server itself trusts. */
gboolean
rp_choice_may_go_clear (const RpChoice *choice)
{
  return !rp_server_has_tls_endpoint (choice->server) || choice->holding != NULL;
}

static void
open_direct (const RpChoice *choice, const RpEndpoint *endpoint)
{
  RpPermission permission;

  if (!rp_choice_get_direct_permission (choice, &permission)
      || rp_choice_breaks_dmarc (choice, permission))
    return;
  if (!rp_choice_is_clear (endpoint) || rp_choice_may_go_clear (choice))
    open_route (choice, endpoint, permission);
}

static RpPermission
get_login_permission (RpAccessKind access)
{
  switch (access)
    {
    case RP_ACCESS_OAUTH2:
      return RP_PERMISSION_OAUTH2;
    case RP_ACCESS_CERTIFICATE:
      return RP_PERMISSION_CERTIFICATE;
    case RP_ACCESS_KERBEROS:
      return RP_PERMISSION_KERBEROS;
    case RP_ACCESS_PASSWORD:
    case RP_ACCESS_POP:
    case RP_ACCESS_NETWORK:
    case RP_ACCESS_ADDRESS:
      break;
    }
  return RP_PERMISSION_PASSWORD;
}

static gboolean
can_log_in_by (const RpChoice *choice, const RpAccess *access)
{
  return rp_access_kind_is_login (access->kind)
         && credentials_may_exist (choice, access->kind);
}

/* Returns: whether any login is open there */
static gboolean
open_logins (const RpChoice *choice, const RpEndpoint *endpoint)
{
  gboolean is_opened = FALSE;

  if (rp_choice_is_clear (endpoint))
    return FALSE;

  for (guint i = 0; i < choice->server->accesses->len; i++)
    {
      const RpAccess *access = g_ptr_array_index (choice->server->accesses, i);

      if (!can_log_in_by (choice, access))
        continue;
      open_route (choice, endpoint, get_login_permission (access->kind));
      is_opened = TRUE;
    }
  return is_opened;
}

static void
open_main_routes (const RpChoice *choice)
{
  for (guint i = 0; i < choice->server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = rp_choice_get_endpoint (choice, i);

      if (!is_fit (choice, endpoint))
        continue;
      if (!open_logins (choice, endpoint))
        open_direct (choice, endpoint);
    }
}

/* Whether it is known of a login of the server's that there is what it needs. */
static gboolean
is_login_certain (const RpChoice *choice)
{
  for (guint i = 0; i < choice->server->accesses->len; i++)
    {
      const RpAccess *access = g_ptr_array_index (choice->server->accesses, i);

      if (rp_access_kind_is_login (access->kind)
          && rp_choice_get_credentials (choice, access->kind) == RP_CREDENTIALS_PRESENT)
        return TRUE;
    }

  return FALSE;
}

static gboolean
can_log_in (const RpChoice *choice)
{
  for (guint i = 0; i < choice->server->accesses->len; i++)
    if (can_log_in_by (choice, g_ptr_array_index (choice->server->accesses, i)))
      return TRUE;

  return FALSE;
}

/* Nobody asked for password, token or ticket yet, and it may turn out to be missing. */
static void
open_second_routes (const RpChoice *choice)
{
  if (!can_log_in (choice) || is_login_certain (choice))
    return;

  for (guint i = 0; i < choice->server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = rp_choice_get_endpoint (choice, i);

      if (is_fit (choice, endpoint) && !rp_choice_is_clear (endpoint))
        open_direct (choice, endpoint);
    }
}

static void
open_pop_routes (const RpChoice *choice)
{
  const RpServer *server = choice->server;

  if (choice->is_hosted || !rp_choice_takes_pop (server)
      || !credentials_may_exist (choice, RP_ACCESS_POP))
    return;

  for (guint i = 0; i < server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = rp_choice_get_endpoint (choice, i);

      if (is_fit (choice, endpoint)
          && (!rp_choice_is_clear (endpoint) || rp_choice_may_go_clear (choice)))
        open_route (choice, endpoint, RP_PERMISSION_POP);
    }
}

static gboolean
needs_utf8 (const RpErrand *errand, const char *recipient)
{
  return !g_str_is_ascii (errand->envelope->sender) || !g_str_is_ascii (recipient)
         || (errand->facts != NULL && errand->facts->has_utf8_header);
}

void
rp_choice_init (RpChoice *self,
                const RpErrand *errand,
                RpRecipientPlan *plan,
                const RpServer *server)
{
  self->errand = errand;
  self->plan = plan;
  self->server = server;
  self->is_hosted = rp_server_hosts (server, plan->address);
  self->holding = find_holding (errand, server);
  self->needs_utf8 = needs_utf8 (errand, plan->address);
}

void
rp_choice_open_routes (const RpChoice *self)
{
  open_main_routes (self);
  open_second_routes (self);
  open_pop_routes (self);
}
