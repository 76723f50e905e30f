/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a settlement wants recorded, in the terms of what is in custody. */
#pragma once

#include "core/rp-custody.h"
#include "smtp/rp-message.h"

G_BEGIN_DECLS

/**
 * rp_recording_dup_changes:
 * @records: (element-type RpRecord): of an action
 * @indices: (nullable) (element-type guint): the places in custody of the settlement's
 *   recipients, where they are not the same
 *
 * Returns: (transfer full) (element-type RpCustodyChange)
 */
GPtrArray *rp_recording_dup_changes (const GPtrArray *records, const GArray *indices);

/**
 * rp_recording_dup_custody:
 * @records: (element-type RpRecord): one for each recipient of @message
 *
 * Returns: (transfer full): @message as it goes into custody
 */
RpCustody *rp_recording_dup_custody (const RpMessage *message,
                                     const GPtrArray *records);

G_END_DECLS
