/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which server, by which endpoint, let in by what: for each recipient, here and now.
 * Pure: the same configuration, view and envelope always give the same plan. */
#pragma once

#include <glib.h>

#include "core/rp-config.h"
#include "core/rp-envelope.h"
#include "core/rp-reason.h"
#include "core/rp-view.h"

G_BEGIN_DECLS

/**
 * RpPermission:
 *
 * What opens a route.
 */
typedef enum
{
  RP_PERMISSION_HOSTS,       /* the server hosts the domain: no relaying */
  RP_PERMISSION_PASSWORD,    /* SMTP AUTH with a password */
  RP_PERMISSION_OAUTH2,      /* SMTP AUTH with a token */
  RP_PERMISSION_CERTIFICATE, /* SMTP AUTH by our certificate */
  RP_PERMISSION_KERBEROS,    /* SMTP AUTH by a ticket */
  RP_PERMISSION_POP,         /* POP login first */
  RP_PERMISSION_NETWORK,     /* we are on its network */
  RP_PERMISSION_ADDRESS      /* our address is in its range */
} RpPermission;

/**
 * RpRoute:
 * @server: (transfer none): owned by the plan's configuration
 * @endpoint: (transfer none): likewise
 * @is_relaying: @server does not host the recipient's domain
 * @reason: why it is open
 * @demotion: (nullable): why it comes last
 */
typedef struct
{
  const RpServer *server;
  const RpEndpoint *endpoint;
  RpPermission permission;
  gboolean is_relaying;
  RpReason *reason;
  RpReason *demotion;
} RpRoute;

/** rp_permission_is_login: whether it is a login with SMTP AUTH. */
gboolean rp_permission_is_login (RpPermission permission);

/** rp_route_uses_login: whether the route logs in with SMTP AUTH. */
static inline gboolean
rp_route_uses_login (const RpRoute *self)
{
  return rp_permission_is_login (self->permission);
}

/** rp_route_dup_refused: (transfer full): the reason for people when the server refuses
 * the login of @self, which uses one. */
RpReason *rp_route_dup_refused (const RpRoute *self);

/**
 * RpLeftOut:
 * @server: (nullable): name; %NULL for "location" where the network has no server
 * @endpoint: (nullable): URL, when only this endpoint is meant
 * @can_open_later: another network, password or unlocked keyring would open it
 */
typedef struct
{
  char *server;
  char *endpoint;
  gboolean can_open_later;
  RpReason *reason;
} RpLeftOut;

/**
 * RpRecipientPlan:
 * @routes: (element-type RpRoute): in the order in which they are tried
 * @left_out: (element-type RpLeftOut)
 */
typedef struct
{
  char *address;
  GPtrArray *routes;
  GPtrArray *left_out;
} RpRecipientPlan;

/**
 * RpPlan:
 * @account: (transfer none): owned by @config
 * @network: (nullable): name of the network that we are on
 * @recipients: (element-type RpRecipientPlan): in the envelope's order
 */
typedef struct
{
  RpConfig *config;
  const RpAccount *account;
  char *network;
  RpConnectivity connectivity;
  char *place;
  GPtrArray *recipients;
} RpPlan;

/**
 * rp_router_plan:
 * @config: a reference is kept by the plan
 * @view: (transfer none): what is known here and now; not kept
 * @account: (transfer none): the sender's account in @config
 * @envelope: (transfer none): not kept
 * @facts: (nullable): what the content is made of; %NULL when it is not known, as in
 *   an explanation
 *
 * The account's servers in order, each once; the server's endpoints in order. Where a
 * login is possible it is used, in the order of the accesses; else hosting or the first
 * access that holds here opens the route; credentials that nobody asked for yet
 * (%RP_CREDENTIALS_UNKNOWN) are taken for present, and the routes without login follow
 * for the case that they are not. Routes by POP before SMTP come after the other routes
 * of their server. What this place taught us puts a route last. Whether we are online
 * changes nothing: the plan says so in its connectivity.
 *
 * Clear text (%RP_TLS_NONE) is used on loopback, where the server has no endpoint with
 * TLS, and where its network or address access holds here; a password goes over it to
 * loopback only.
 *
 * Returns: (transfer full): the ordered routes of every recipient, and the routes
 *   left out, each with its reason
 */
RpPlan *rp_router_plan (RpConfig *config,
                        const RpView *view,
                        const RpAccount *account,
                        const RpEnvelope *envelope,
                        const RpContentFacts *facts);

/** rp_plan_new: (transfer full): a plan without recipients; keeps a reference to
 * @config, which owns @account. */
RpPlan *rp_plan_new (RpConfig *config, const RpAccount *account);

/** rp_plan_free: @self: (nullable). */
void rp_plan_free (RpPlan *self);

/** rp_plan_add_recipient: (transfer none): adds a recipient without routes. */
RpRecipientPlan *rp_plan_add_recipient (RpPlan *self, const char *address);

/** rp_route_free: @self: (nullable). */
void rp_route_free (RpRoute *self);

/** rp_left_out_free: @self: (nullable). */
void rp_left_out_free (RpLeftOut *self);

/** rp_plan_get_recipient: (transfer none): the recipient at @index, from 0. */
static inline const RpRecipientPlan *
rp_plan_get_recipient (const RpPlan *self, guint index)
{
  return (const RpRecipientPlan *) g_ptr_array_index (self->recipients, index);
}

/** rp_recipient_plan_get_route: (transfer none): the route at @index, from 0. */
static inline const RpRoute *
rp_recipient_plan_get_route (const RpRecipientPlan *self, guint index)
{
  return (const RpRoute *) g_ptr_array_index (self->routes, index);
}

/** rp_recipient_plan_get_left_out: (transfer none): what is left out at @index, from 0.
 */
static inline const RpLeftOut *
rp_recipient_plan_get_left_out (const RpRecipientPlan *self, guint index)
{
  return (const RpLeftOut *) g_ptr_array_index (self->left_out, index);
}

/**
 * rp_recipient_plan_find_openable:
 *
 * Returns: (transfer none) (nullable): the first left-out route that another network,
 *   a password or an unlocked keyring would open: one that a network opens goes before
 *   the others, its name is the second argument of %RP_REASON_NOT_ON_NETWORK
 */
const RpLeftOut *rp_recipient_plan_find_openable (const RpRecipientPlan *self);

/** rp_permission_to_nick: (transfer none): its name on the bus and in JSON, such as
 * "password". */
const char *rp_permission_to_nick (RpPermission self);

/**
 * rp_plan_to_variant:
 *
 * Returns: (transfer floating): "a{sv}" as described in the bus interface
 */
GVariant *rp_plan_to_variant (const RpPlan *self);

/** rp_recipient_plan_to_variant: (transfer floating): "a{sv}", one of a plan's
 * "recipients". */
GVariant *rp_recipient_plan_to_variant (const RpRecipientPlan *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpPlan, rp_plan_free)

G_END_DECLS
