/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sign-ins that are open: each belongs to the peer of the bus that began it, and
 * ends with it. */
#pragma once

#include "rp-agent-parts.h"

G_BEGIN_DECLS

typedef struct _RpSignIns RpSignIns;

/**
 * rp_sign_ins_new:
 * @parts: (transfer none): outlives it
 * @interface: (transfer none): whose methods BeginSignIn, AwaitSignIn, PasteSignIn and
 *   CancelSignIn are answered from now on
 *
 * Returns: (transfer full): with no sign-in open
 */
RpSignIns *rp_sign_ins_new (const RpAgentParts *parts, RpAgent1 *interface);

/** rp_sign_ins_free: ends all; @self: (nullable). */
void rp_sign_ins_free (RpSignIns *self);

G_END_DECLS
