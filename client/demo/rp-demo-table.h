/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the six scenarios brought, side by side. */
#pragma once

#include "demo/rp-demo-world.h"

G_BEGIN_DECLS

/**
 * RpDemoResult:
 * @straight: (nullable): what the home server said to the message sent straight to it
 * @through: (nullable): what the agent said; both with LF between lines
 */
typedef struct
{
  char *straight;
  char *through;
} RpDemoResult;

/** rp_demo_result_clear: frees what is in @self, not @self. */
void rp_demo_result_clear (RpDemoResult *self);

/**
 * rp_demo_table_dup_text:
 * @results: (array fixed-size=6): in the order of the scenarios
 * @has_colour: marks what was refused
 *
 * Returns: (transfer full): the table, translated
 */
char *rp_demo_table_dup_text (const RpDemoResult *results, gboolean has_colour);

/**
 * rp_demo_table_to_variant:
 * @results: (array fixed-size=6): in the order of the scenarios
 *
 * Returns: (transfer floating): "aa{sv}": "place" s, "recipient" s, "relaying" b,
 *   "straight" s, "through" s
 */
GVariant *rp_demo_table_to_variant (const RpDemoResult *results);

G_END_DECLS
