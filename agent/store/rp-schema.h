/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables and how older ones become today's. */
#pragma once

#include <sqlite3.h>

#include "store/rp-store.h"

G_BEGIN_DECLS

/** rp_schema_get_version: the version that this program writes. */
int rp_schema_get_version (void);

/**
 * rp_schema_migrate:
 *
 * Brings the tables to today's version, each step in its own transaction: a crash
 * between two leaves a valid older version behind.
 *
 * Returns: %FALSE with %RP_STORE_ERROR_NEWER when a newer roampost wrote the
 *   database (nothing is changed then), else with %RP_STORE_ERROR_FAILED
 */
gboolean rp_schema_migrate (sqlite3 *database, GError **error);

G_END_DECLS
