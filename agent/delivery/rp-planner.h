/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers what a plan needs and only the world knows (is there a password, what does
 * the sender's domain ask of receivers), and has the router make it. */
#pragma once

#include <gio/gio.h>

#include "core/rp-router.h"
#include "credentials/rp-secrets.h"

G_BEGIN_DECLS

#define RP_TYPE_PLANNER (rp_planner_get_type ())
G_DECLARE_FINAL_TYPE (RpPlanner, rp_planner, RP, PLANNER, GObject)

/**
 * rp_planner_new:
 * @memory: (transfer none): outlives the planner
 */
RpPlanner *rp_planner_new (RpSecrets *secrets, const RpMemory *memory);

/** rp_planner_note_capabilities: what @endpoint offered just now. */
void rp_planner_note_capabilities (RpPlanner *self,
                                   const char *endpoint,
                                   const RpCapabilities *capabilities);

/**
 * rp_planner_plan_async:
 * @surroundings: (transfer none): where we are; copied
 * @account: (transfer none): of @config
 * @envelope: (transfer none): copied
 * @facts: (nullable) (transfer none): copied; %NULL for an explanation
 *
 * Waits for the keyring and for the name server a few seconds at most; what was not
 * told by then counts as unavailable, or as no policy.
 */
void rp_planner_plan_async (RpPlanner *self,
                            RpConfig *config,
                            const RpSurroundings *surroundings,
                            const RpAccount *account,
                            const RpEnvelope *envelope,
                            const RpContentFacts *facts,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/** rp_planner_plan_finish: (transfer full): never %NULL. */
RpPlan *rp_planner_plan_finish (RpPlanner *self, GAsyncResult *result);

G_END_DECLS
