/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One recipient at one server: what lets us in there, what its endpoints can carry, and
 * what is left out. The router's own parts. */
#pragma once

#include "core/rp-router.h"

G_BEGIN_DECLS

/**
 * RpErrand:
 * @rule: (nullable): the network that we are on
 * @place: of where we are, for the memory
 * @sender: who answers for the message: never the null sender
 *
 * What is decided once for a message. Borrows everything.
 */
typedef struct
{
  RpConfig *config;
  const RpView *view;
  const RpAccount *account;
  const RpEnvelope *envelope;
  const RpContentFacts *facts;
  const RpNetworkRule *rule;
  const char *place;
  const char *sender;
} RpErrand;

/** rp_errand_get_network: (transfer none): name of the network that we are on, or "".
 */
const char *rp_errand_get_network (const RpErrand *self);

/**
 * RpChoice:
 * @plan: where routes and what is left out are added
 * @is_hosted: the server hosts the recipient's domain: no relaying
 * @holding: (nullable): the first network or address access that holds here
 *
 * What is decided once for a recipient at a server. Borrows everything.
 */
typedef struct
{
  const RpErrand *errand;
  RpRecipientPlan *plan;
  const RpServer *server;
  gboolean is_hosted;
  const RpAccess *holding;
  gboolean needs_utf8;
} RpChoice;

/** rp_choice_init: @plan is of the recipient, @server of the errand's configuration. */
void rp_choice_init (RpChoice *self,
                     const RpErrand *errand,
                     RpRecipientPlan *plan,
                     const RpServer *server);

/** rp_choice_open_routes: adds the routes that are open, in their order. */
void rp_choice_open_routes (const RpChoice *self);

/**
 * rp_choice_explain_left_out:
 * @is_opened: the server has a route for the recipient
 *
 * Adds what is not open, with its reason.
 */
void rp_choice_explain_left_out (const RpChoice *self, gboolean is_opened);

/**
 * rp_choice_get_direct_permission:
 * @permission: (out): what lets us in; set only when something does
 *
 * Returns: whether anything lets us in without a login
 */
gboolean rp_choice_get_direct_permission (const RpChoice *self,
                                          RpPermission *permission);

/** rp_choice_breaks_dmarc: whether a route by @permission would break the DMARC policy
 * of the sender's domain (RFC 7489 section 6.3). */
gboolean rp_choice_breaks_dmarc (const RpChoice *self, RpPermission permission);

/** rp_choice_dup_unfit: (transfer full) (nullable): why @endpoint, as it was last
 * seen, cannot carry the message (RFC 6152, RFC 6531, RFC 1870). */
RpReason *rp_choice_dup_unfit (const RpChoice *self, const RpEndpoint *endpoint);

/** rp_choice_may_go_clear: whether the server's endpoints without TLS are used here. */
gboolean rp_choice_may_go_clear (const RpChoice *self);

/** rp_choice_is_clear: no TLS, and not to this machine itself. */
gboolean rp_choice_is_clear (const RpEndpoint *endpoint);

/** rp_choice_get_credentials: whether there is what @access needs. */
RpCredentialsState rp_choice_get_credentials (const RpChoice *self,
                                              RpAccessKind access);

/** rp_choice_takes_pop: whether @server lets us relay after a POP login. */
gboolean rp_choice_takes_pop (const RpServer *server);

/** rp_choice_get_endpoint: (transfer none): the server's endpoint at @index, from 0. */
static inline const RpEndpoint *
rp_choice_get_endpoint (const RpChoice *self, guint index)
{
  return (const RpEndpoint *) g_ptr_array_index (self->server->endpoints, index);
}

/**
 * rp_recipient_plan_leave_out:
 * @server: (nullable): name; %NULL for "location" where the network has no server
 * @endpoint: (nullable): URL, when only this endpoint is meant
 * @can_open_later: another network, password or unlocked keyring would open it
 * @reason: (transfer full): why it is left out
 *
 * Adds to what is left out for the recipient.
 */
void rp_recipient_plan_leave_out (RpRecipientPlan *self,
                                  const char *server,
                                  const char *endpoint,
                                  gboolean can_open_later,
                                  RpReason *reason);

G_END_DECLS
