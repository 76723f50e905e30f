/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the detectors saw just now, and which named network that is. */
#pragma once

#include <glib.h>

#include "core/rp-config.h"

G_BEGIN_DECLS

/** RpConnectivity: how far the way out leads; as NetworkManager says it. */
typedef enum
{
  RP_CONNECTIVITY_UNKNOWN, /* nobody could tell: try */
  RP_CONNECTIVITY_NONE,
  RP_CONNECTIVITY_PORTAL,
  RP_CONNECTIVITY_LIMITED,
  RP_CONNECTIVITY_FULL
} RpConnectivity;

/** RpMetered: whether octets cost money here. */
typedef enum
{
  RP_METERED_UNKNOWN,
  RP_METERED_NO,
  RP_METERED_YES
} RpMetered;

/**
 * RpSurroundings:
 * @connection_uuid: (nullable): NetworkManager's primary connection
 * @connection_type: (nullable): such as "802-11-wireless" or "802-3-ethernet"
 * @ssid: (nullable): as UTF-8, what is not is escaped
 * @gateway: (nullable): address of the default gateway
 * @gateway_mac: (nullable): lower case, colons
 * @dns_domains: (nullable): domains and search list, lower case
 * @addresses: (nullable): our local addresses on the way out, literals
 * @vpns: (nullable): names of active VPN connections
 *
 * A value. Equal surroundings compare equal; only a difference is a change.
 */
typedef struct
{
  RpConnectivity connectivity;
  RpMetered metered;
  char *connection_uuid;
  char *connection_type;
  char *ssid;
  char *gateway;
  char *gateway_mac;
  GStrv dns_domains;
  GStrv addresses;
  GStrv vpns;
} RpSurroundings;

/** rp_surroundings_new: (transfer full): of which nothing is known. */
RpSurroundings *rp_surroundings_new (void);

/** rp_surroundings_copy: (transfer full) (nullable): a deep copy; %NULL of %NULL. */
RpSurroundings *rp_surroundings_copy (const RpSurroundings *self);

/** rp_surroundings_free: @self: (nullable). */
void rp_surroundings_free (RpSurroundings *self);

/** rp_surroundings_equal: lists compare as sets, %NULL and empty alike. */
gboolean rp_surroundings_equal (const RpSurroundings *a, const RpSurroundings *b);

/**
 * rp_surroundings_is_elsewhere:
 * @mac_before: (nullable): the last known hardware address of @before's gateway
 *
 * Whether connections made at @before are dead or wrong at @now. What merely became
 * better known (connectivity checked, meteredness, a name for the same link) ends no
 * upload. A gateway whose hardware address is not known for a while must not hide that
 * it is another one: many places have the same private addresses.
 *
 * Another SSID is another place, though connection and addresses be the same: one
 * profile may hold for several. An SSID that comes to be known or is lost is not; who
 * leaves the air for a cable has another connection or another address.
 *
 * Other DNS domains are no proof: a renewed lease, a container or a search list that
 * somebody edits changes them while every connection lives on. An upload that goes on
 * costs nothing if we did move, its connection dies; one that is ended for nothing is
 * sent again whole, or is in doubt. The next plan sees them all the same.
 */
gboolean rp_surroundings_is_elsewhere (const RpSurroundings *before,
                                       const char *mac_before,
                                       const RpSurroundings *now);

/**
 * rp_surroundings_find_network:
 *
 * Of several rules that match, the one with most keys wins, then file order. A wired
 * connection's UUID alone is not enough: "Wired connection 1" is the same everywhere.
 *
 * Returns: (transfer none) (nullable): the rule that names this place
 */
const RpNetworkRule *rp_surroundings_find_network (const RpSurroundings *self,
                                                   const RpConfig *config);

/**
 * rp_surroundings_dup_place:
 *
 * Returns: (transfer full): a stable identity of this place for the memory: made of
 *   the network's name if it has one, else of gateway MAC, SSID, domains and subnet;
 *   "" when nothing identifies it
 */
char *rp_surroundings_dup_place (const RpSurroundings *self, const RpConfig *config);

/** rp_surroundings_dup_named_place: (transfer full): what rp_surroundings_dup_place()
 * says on @network, wherever we are now. */
char *rp_surroundings_dup_named_place (const char *network);

/** rp_surroundings_get_address_in: (transfer none) (nullable): our first address that
 * lies in @range. */
const char *rp_surroundings_get_address_in (const RpSurroundings *self,
                                            const RpCidr *range);

/** rp_connectivity_to_nick: (transfer none): its name on the bus and in JSON, such as
 * "portal". */
const char *rp_connectivity_to_nick (RpConnectivity self);

/** rp_connectivity_from_nick: %RP_CONNECTIVITY_UNKNOWN when @nick names none. */
RpConnectivity rp_connectivity_from_nick (const char *nick);

/** rp_surroundings_to_variant: (transfer floating): "a{sv}", for the bus and the
 * fake detector's input; rp_surroundings_from_variant() reads it back. */
GVariant *rp_surroundings_to_variant (const RpSurroundings *self);

/**
 * rp_surroundings_from_variant:
 * @variant: (transfer none): "a{sv}"; what is missing or of another type stays unknown
 *
 * Returns: (transfer full)
 */
RpSurroundings *rp_surroundings_from_variant (GVariant *variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpSurroundings, rp_surroundings_free)

G_END_DECLS
