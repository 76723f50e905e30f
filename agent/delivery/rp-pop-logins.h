/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POP before SMTP for all messages together: logs in where no earlier login counts, and
 * once for all who want to be let in at the same time. */
#pragma once

#include <gio/gio.h>

#include "core/rp-config.h"
#include "core/rp-surroundings.h"
#include "credentials/rp-secrets.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

#define RP_TYPE_POP_LOGINS (rp_pop_logins_get_type ())
G_DECLARE_FINAL_TYPE (RpPopLogins, rp_pop_logins, RP, POP_LOGINS, GObject)

/** rp_pop_logins_new: (transfer full): no login counts. */
RpPopLogins *rp_pop_logins_new (RpCurlLoop *loop, RpSecrets *secrets);

/** rp_pop_logins_set_surroundings: where we are now. Elsewhere no earlier login counts,
 * and what is under way is given up. */
void rp_pop_logins_set_surroundings (RpPopLogins *self, const RpSurroundings *here);

/**
 * rp_pop_logins_open_async:
 * @server: (transfer none): has a POP server and a user; must live until the callback,
 *   or until @cancellable is cancelled
 *
 * Has its POP server let us in, if an earlier login does not count still.
 */
void rp_pop_logins_open_async (RpPopLogins *self,
                               const RpServer *server,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/**
 * rp_pop_logins_open_finish:
 * @is_earlier: (out): whether it is an earlier login that lets us in
 * @error: of the domain #RP_SECRETS_ERROR or, as rp_pop_first_login_finish() has it,
 *   #RP_CONNECTION_ERROR
 *
 * Returns: the login's number, 0 with @error set
 */
guint64 rp_pop_logins_open_finish (RpPopLogins *self,
                                   GAsyncResult *result,
                                   gboolean *is_earlier,
                                   GError **error);

/** rp_pop_logins_find: the number of the login that lets us in at @server, which has a
 * POP server and a user; 0 when none does. */
guint64 rp_pop_logins_find (RpPopLogins *self, const RpServer *server);

/** rp_pop_logins_forget: @server has refused who relied on the login with that number:
 * it counts no more. */
void rp_pop_logins_forget (RpPopLogins *self, const RpServer *server, guint64 login);

G_END_DECLS
