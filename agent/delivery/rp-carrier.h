/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One lane of a settlement in the world: the password, the POP login, the connection,
 * the content. Does what it is told and reports what came of it. */
#pragma once

#include <gio/gio.h>

#include "core/rp-settlement.h"
#include "credentials/rp-secrets.h"
#include "delivery/rp-content-feed.h"
#include "delivery/rp-pop-logins.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

#define RP_TYPE_CARRIER (rp_carrier_get_type ())
G_DECLARE_FINAL_TYPE (RpCarrier, rp_carrier, RP, CARRIER, GObject)

/**
 * RpCarrierFunc:
 * @event: (transfer none): with the carrier's lane; valid during the call
 */
typedef void (*RpCarrierFunc) (RpCarrier *carrier,
                               const RpEvent *event,
                               gpointer user_data);

/**
 * rp_carrier_new:
 * @lane: the settlement's number for it
 * @route: (transfer none): outlives the carrier's use
 * @report: called with every event until rp_carrier_close()
 */
RpCarrier *rp_carrier_new (RpCurlLoop *loop,
                           RpSecrets *secrets,
                           RpPopLogins *pop_logins,
                           guint lane,
                           const RpRoute *route,
                           RpCarrierFunc report,
                           gpointer user_data);

/** rp_carrier_get_route: (transfer none): as given. */
const RpRoute *rp_carrier_get_route (RpCarrier *self);

/** rp_carrier_pop: has the server's POP server let us in. */
void rp_carrier_pop (RpCarrier *self);

/** rp_carrier_forget_pop: the POP login that this lane relied on counts no more. */
void rp_carrier_forget_pop (RpCarrier *self);

/**
 * rp_carrier_connect:
 * @wants_fresh_secret: the token of the login before this one was refused
 *
 * Connects, and logs in where the route says so.
 */
void rp_carrier_connect (RpCarrier *self, gboolean wants_fresh_secret);

/** rp_carrier_send: @bytes: (transfer none): commands, behind what was sent before;
 * dropped without a connection. */
void rp_carrier_send (RpCarrier *self, GBytes *bytes);

/** rp_carrier_send_content: @feed: (transfer full). Reports %RP_EVENT_PROGRESS, then
 * %RP_EVENT_CONTENT_READY when all but the end of data has left. */
void rp_carrier_send_content (RpCarrier *self, RpContentFeed *feed);

/** rp_carrier_send_end: the end of data behind it; %RP_EVENT_CONTENT_SENT when that has
 * left as well. */
void rp_carrier_send_end (RpCarrier *self);

/** rp_carrier_close: ends what is under way; reports nothing any more. */
void rp_carrier_close (RpCarrier *self, gboolean is_polite);

G_END_DECLS
