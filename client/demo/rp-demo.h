/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo: the world's servers, the agent among them, the six scenarios played twice,
 * then a world that keeps running. */
#pragma once

#include <gio/gio.h>

#include "demo/rp-demo-world.h"

G_BEGIN_DECLS

/**
 * RpDemoOptions:
 * @port: where the agent listens, or on the next free one
 * @place: where the laptop is when the table is printed
 * @folder: (nullable): where mail lands; %NULL makes a temporary folder
 * @ends_after_table: nothing keeps running
 * @is_json: the table as JSON on standard output, nothing else there
 */
typedef struct
{
  guint16 port;
  RpDemoPlace place;
  RpAccessKind isp;
  gboolean hotel_has_server;
  const char *folder;
  gboolean ends_after_table;
  gboolean is_json;
} RpDemoOptions;

/** RpDemo: one run of the demo. */
#define RP_TYPE_DEMO (rp_demo_get_type ())
G_DECLARE_FINAL_TYPE (RpDemo, rp_demo, RP, DEMO, GObject)

/** rp_demo_new: (transfer full): @options: are copied, but for the folder, which is
 * lent for the demo's life. */
RpDemo *rp_demo_new (const RpDemoOptions *options);

/**
 * rp_demo_run:
 *
 * Blocks until the user ends it, or until the table was printed where that ends it.
 * Once.
 *
 * Returns: an exit code of sysexits.h
 */
int rp_demo_run (RpDemo *self);

G_END_DECLS
