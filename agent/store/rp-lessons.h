/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory's rows: what places taught us, kept over restarts. */
#pragma once

#include "core/rp-memory.h"
#include "store/rp-store.h"

G_BEGIN_DECLS

/** rp_lessons_load: (transfer full) (nullable): all that is kept; blocks, called once
 * at start. %NULL with %RP_STORE_ERROR_FAILED. */
RpMemory *rp_lessons_load (RpStore *store, GError **error);

/** rp_lessons_keep: @lesson is kept, in place of an equal one; returns at once. Lessons
 * that by its time no longer count are forgotten. */
void rp_lessons_keep (RpStore *store, const RpLesson *lesson);

/** rp_lessons_drop: the opposite was seen; returns at once. */
void rp_lessons_drop (RpStore *store, const RpLesson *lesson);

/** rp_lessons_drop_place: all that @place taught; returns at once. */
void rp_lessons_drop_place (RpStore *store, const char *place);

G_END_DECLS
