/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one message found closed on its way, so that none of its recipients tries it
 * again. */
#pragma once

#include <glib.h>

#include "core/rp-router.h"

G_BEGIN_DECLS

/** RpClosureKind: what is closed. */
typedef enum
{
  RP_CLOSURE_ENDPOINT,  /* nothing goes over this endpoint (name: its URL) */
  RP_CLOSURE_LOGIN_AT,  /* see rp_closures_close_login_at() */
  RP_CLOSURE_LOGIN,     /* see rp_closures_close_login() */
  RP_CLOSURE_POP,       /* its POP server lets nobody in (name: the server's name) */
  RP_CLOSURE_POP_AGAIN, /* no POP login for another refusal (name: its name) */
  RP_CLOSURE_CLEAR      /* nothing in clear to this server (name: its name) */
} RpClosureKind;

/** RpClosures: grows only; lives as long as the message is on its way. */
typedef struct _RpClosures RpClosures;

/** rp_closures_new: (transfer full): with nothing closed. */
RpClosures *rp_closures_new (void);

/** rp_closures_free: @self: (nullable). */
void rp_closures_free (RpClosures *self);

/**
 * rp_closures_close:
 * @name: an endpoint's URL or a server's name, as #RpClosureKind says
 *
 * Closes it for good; closing it again changes nothing.
 */
void rp_closures_close (RpClosures *self, RpClosureKind kind, const char *name);

/** rp_closures_close_login: no login of @route's kind at its server any more, at any
 * endpoint. */
void rp_closures_close_login (RpClosures *self, const RpRoute *route);

/** rp_closures_close_login_at: no login of @route's kind at its endpoint any more. */
void rp_closures_close_login_at (RpClosures *self, const RpRoute *route);

/** rp_closures_close_outside: everything but this machine itself is closed. */
void rp_closures_close_outside (RpClosures *self);

/** rp_closures_has: whether that was closed. */
gboolean rp_closures_has (const RpClosures *self, RpClosureKind kind, const char *name);

/** rp_closures_is_open: whether nothing that @route needs was found closed. */
gboolean rp_closures_is_open (const RpClosures *self, const RpRoute *route);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpClosures, rp_closures_free)

G_END_DECLS
