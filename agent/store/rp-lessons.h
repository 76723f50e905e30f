/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory's rows: what places taught us, kept over restarts. */
#pragma once

#include "core/rp-memory.h"
#include "store/rp-store.h"

G_BEGIN_DECLS

/** rp_lessons_load: (transfer full): all that is kept; blocks, called once at start. */
RpMemory *rp_lessons_load (RpStore *store, GError **error);
void rp_lessons_keep (RpStore *store, const RpLesson *lesson);
void rp_lessons_drop (RpStore *store, const RpLesson *lesson);
void rp_lessons_drop_place (RpStore *store, const char *place);

G_END_DECLS
