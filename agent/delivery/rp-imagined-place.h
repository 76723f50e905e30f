/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Surroundings as they would be on a network that we are not on. */
#pragma once

#include "core/rp-surroundings.h"

G_BEGIN_DECLS

/**
 * rp_imagined_place_new:
 * @network: name of a configured network
 *
 * Returns: (transfer full) (nullable): surroundings that match the first rule of that
 *   name, online; %NULL when there is none
 */
RpSurroundings *rp_imagined_place_new (const RpConfig *config, const char *network);

G_END_DECLS
