/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SASL GSSAPI with Kerberos 5 (RFC 4752). Whatever the Kerberos library does, it does
 * in a thread of its own: it asks name servers and the realm's servers over the
 * network, and waits. libcurl would let it do so within the main loop, even where the
 * ticket is there already: the host's canonical name is looked up for every login. */
#pragma once

#include "upstream/rp-sasl-client.h"

G_BEGIN_DECLS

#define RP_TYPE_SASL_KERBEROS (rp_sasl_kerberos_get_type ())
G_DECLARE_FINAL_TYPE (RpSaslKerberos, rp_sasl_kerberos, RP, SASL_KERBEROS, GObject)

/**
 * rp_sasl_kerberos_new:
 * @host: what we are connected to; the ticket is for smtp@host
 *
 * Answers fail with %RP_CONNECTION_ERROR_NO_TICKET and the library's own words. The
 * server must prove itself as well.
 *
 * Returns: (transfer full): for one login with the user's ticket cache
 */
RpSaslKerberos *rp_sasl_kerberos_new (const char *host);

G_END_DECLS
