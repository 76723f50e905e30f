/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo's world as values and rules: whose server is where, for whom it relays, and
 * what it says when it does not. Pure; the servers around it only ask. */
#pragma once

#include <glib.h>

#include "core/rp-config.h"
#include "core/rp-reply.h"

G_BEGIN_DECLS

/** RpDemoPlace: where the laptop is. */
typedef enum
{
  RP_DEMO_HOME,
  RP_DEMO_WORK,
  RP_DEMO_HOTEL
} RpDemoPlace;

/**
 * RpDemoHost:
 * @name: the server's name in the agent's configuration
 * @host_name: what it calls itself
 * @address: where it listens, a loopback address
 * @domain: the one that it hosts
 * @relays_at: the place whose guests it relays for; -1 for none
 */
typedef struct
{
  const char *name;
  const char *host_name;
  const char *address;
  const char *domain;
  int relays_at;
} RpDemoHost;

/** RP_DEMO_N_HOSTS: of rp_demo_world_get_hosts(). */
#define RP_DEMO_N_HOSTS 4

/**
 * RpDemoWorld:
 * @isp: how the home ISP's server lets its subscribers relay when they are not at home:
 *   after a password, after a POP login, never (%RP_ACCESS_NETWORK), or never, going by
 *   address range (%RP_ACCESS_ADDRESS)
 * @hotel_has_server: whether the hotel has a mail server of its own for its guests
 * @pop_place: where the last POP login came from; -1 for none
 */
typedef struct
{
  RpDemoPlace place;
  RpAccessKind isp;
  gboolean hotel_has_server;
  int pop_place;
} RpDemoWorld;

/** RP_DEMO_USER: who may log in at the home ISP. */
#define RP_DEMO_USER "terri"

/** RP_DEMO_PASSWORD: opens nothing but this world. */
#define RP_DEMO_PASSWORD "correct horse"

/** rp_demo_world_get_hosts: (transfer none) (array fixed-size=4): every server there
 * may be. */
const RpDemoHost *rp_demo_world_get_hosts (void);

/** rp_demo_world_is_up: whether that host exists in this world. */
gboolean rp_demo_world_is_up (const RpDemoWorld *self, const RpDemoHost *host);

/**
 * rp_demo_world_check_recipient:
 * @user: (nullable): who is logged in
 *
 * Returns: (transfer full) (nullable): the refusal in the words of the software that
 *   @host pretends to run; %NULL when it takes @recipient
 */
RpReply *rp_demo_world_check_recipient (const RpDemoWorld *self,
                                        const RpDemoHost *host,
                                        const char *user,
                                        const char *recipient);

/** rp_demo_place_to_nick: (transfer none): such as "hotel"; also the name of its
 * network. */
const char *rp_demo_place_to_nick (RpDemoPlace place);

/** rp_demo_place_from_nick: whether @nick names a place, which is then in @place. */
gboolean rp_demo_place_from_nick (const char *nick, RpDemoPlace *place);

/** rp_demo_world_dup_surroundings: (transfer full): what the detectors of a laptop at
 * this place would see, as the fake detector reads it. */
char *rp_demo_world_dup_surroundings (const RpDemoWorld *self);

/**
 * rp_demo_world_dup_config:
 * @listen: "ADDRESS:PORT" of the agent
 * @ports: of each host, in the order of rp_demo_world_get_hosts()
 * @pop_port: of the home ISP's POP server
 *
 * Returns: (transfer full): the agent's configuration for this world
 */
char *rp_demo_world_dup_config (const RpDemoWorld *self,
                                const char *listen,
                                const guint16 *ports,
                                guint16 pop_port);

/**
 * RpDemoScenario:
 *
 * One of the six situations of the story that roampost begins with.
 */
typedef struct
{
  RpDemoPlace place;
  const char *recipient;
  gboolean is_relaying;
} RpDemoScenario;

/** RP_DEMO_N_SCENARIOS: of rp_demo_world_get_scenarios(). */
#define RP_DEMO_N_SCENARIOS 6

/** RP_DEMO_SENDER: who writes in every scenario. */
#define RP_DEMO_SENDER "terri@proseware.com"

/** rp_demo_world_get_scenarios: (transfer none) (array fixed-size=6): in the order of
 * the story. */
const RpDemoScenario *rp_demo_world_get_scenarios (void);

G_END_DECLS
