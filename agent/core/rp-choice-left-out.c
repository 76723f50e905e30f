/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-address.h"
#include "core/rp-choice.h"

void
rp_recipient_plan_leave_out (RpRecipientPlan *self,
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
  g_ptr_array_add (self->left_out, left_out);
}

static void
leave_out_for_dmarc (const RpChoice *choice)
{
  const RpErrand *errand = choice->errand;
  g_autofree char *domain = rp_address_dup_domain (errand->sender);

  rp_recipient_plan_leave_out (
      choice->plan, choice->server->name, NULL, FALSE,
      rp_reason_new (RP_REASON_DMARC_FOREIGN, choice->server->name, domain,
                     errand->view->dmarc == RP_DMARC_REJECT ? "reject" : "quarantine",
                     NULL));
}

/* ---- what is left out ---- */

/* Returns: (nullable): why @access has not what it needs */
static RpReason *
dup_missing (const RpChoice *choice, RpAccessKind access)
{
  const gboolean is_oauth2 = access == RP_ACCESS_OAUTH2;
  RpReasonCode code = RP_REASON_NO_PASSWORD;

  switch (rp_choice_get_credentials (choice, access))
    {
    case RP_CREDENTIALS_UNKNOWN:
    case RP_CREDENTIALS_PRESENT:
      return NULL;
    case RP_CREDENTIALS_MISSING:
      code = is_oauth2 ? RP_REASON_NO_SIGN_IN : RP_REASON_NO_PASSWORD;
      break;
    case RP_CREDENTIALS_LOCKED:
      code = RP_REASON_KEYRING_LOCKED;
      break;
    case RP_CREDENTIALS_UNAVAILABLE:
      code = RP_REASON_KEYRING_UNAVAILABLE;
      break;
    case RP_CREDENTIALS_REVOKED:
      code = RP_REASON_SIGN_IN_REVOKED;
      break;
    }
  return rp_reason_new (code, choice->server->name, choice->server->user, NULL);
}

static gboolean
is_left_out_for (const RpChoice *choice, const RpReason *reason)
{
  for (guint i = 0; i < choice->plan->left_out->len; i++)
    if (rp_reason_equal (rp_recipient_plan_get_left_out (choice->plan, i)->reason,
                         reason))
      return TRUE;

  return FALSE;
}

static void
leave_out_logins (const RpChoice *choice)
{
  const RpServer *server = choice->server;

  for (guint i = 0; i < server->accesses->len; i++)
    {
      const RpAccess *access = g_ptr_array_index (server->accesses, i);
      const gboolean is_pop = access->kind == RP_ACCESS_POP && !choice->is_hosted;
      g_autoptr (RpReason) missing = NULL;

      if (!is_pop && !rp_access_kind_is_login (access->kind))
        continue;

      missing = dup_missing (choice, access->kind);
      if (missing != NULL && !is_left_out_for (choice, missing))
        rp_recipient_plan_leave_out (choice->plan, server->name, NULL, TRUE,
                                     g_steal_pointer (&missing));
    }
}

static gboolean
has_access_by_place (const RpServer *server)
{
  return rp_server_get_access (server, RP_ACCESS_NETWORK) != NULL
         || rp_server_get_access (server, RP_ACCESS_ADDRESS) != NULL;
}

static void
leave_out_endpoints (const RpChoice *choice)
{
  const RpServer *server = choice->server;
  RpPermission permission;
  gboolean is_direct = rp_choice_get_direct_permission (choice, &permission);

  for (guint i = 0; i < server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = rp_choice_get_endpoint (choice, i);
      RpReason *unfit = rp_choice_dup_unfit (choice, endpoint);

      if (unfit != NULL)
        rp_recipient_plan_leave_out (choice->plan, server->name, endpoint->url, FALSE,
                                     unfit);
      else if (rp_choice_is_clear (endpoint) && !rp_choice_may_go_clear (choice))
        rp_recipient_plan_leave_out (
            choice->plan, server->name, endpoint->url, has_access_by_place (server),
            rp_reason_new (RP_REASON_CLEAR_TEXT_NOT_HERE, endpoint->url, NULL));
      else if (rp_choice_is_clear (endpoint) && !is_direct
               && rp_server_has_login (server))
        rp_recipient_plan_leave_out (
            choice->plan, server->name, endpoint->url, FALSE,
            rp_reason_new (RP_REASON_CLEAR_TEXT_CREDENTIALS, endpoint->url, NULL));
    }
}

/* Why a server that does not host the recipient would not relay: each access that
 * does not hold here. */
static void
leave_out_accesses (const RpChoice *choice)
{
  const RpServer *server = choice->server;
  g_autofree char *domain = rp_address_dup_domain (choice->plan->address);

  for (guint i = 0; i < server->accesses->len; i++)
    {
      const RpAccess *access =
          (const RpAccess *) g_ptr_array_index (server->accesses, i);

      if (access->kind == RP_ACCESS_NETWORK)
        rp_recipient_plan_leave_out (choice->plan, server->name, NULL, TRUE,
                                     rp_reason_new (RP_REASON_NOT_ON_NETWORK,
                                                    server->name, access->network,
                                                    NULL));
      else if (access->kind == RP_ACCESS_ADDRESS)
        rp_recipient_plan_leave_out (choice->plan, server->name, NULL, TRUE,
                                     rp_reason_new (RP_REASON_ADDRESS_OUTSIDE,
                                                    server->name, access->range.text,
                                                    NULL));
    }

  if (server->accesses->len == 0)
    rp_recipient_plan_leave_out (
        choice->plan, server->name, NULL, FALSE,
        rp_reason_new (RP_REASON_NO_RELAY_PERMISSION, server->name, domain, NULL));
}

void
rp_choice_explain_left_out (const RpChoice *self, gboolean is_opened)
{
  RpPermission permission;
  gboolean is_direct = rp_choice_get_direct_permission (self, &permission);

  leave_out_logins (self);
  leave_out_endpoints (self);
  if (is_opened)
    return;
  if (is_direct && rp_choice_breaks_dmarc (self, permission))
    leave_out_for_dmarc (self);
  else if (!is_direct)
    leave_out_accesses (self);
}
