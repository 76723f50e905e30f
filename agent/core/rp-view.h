/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything but configuration and message that a routing decision needs. */
#pragma once

#include <glib.h>

#include "core/rp-capabilities.h"
#include "core/rp-memory.h"
#include "core/rp-surroundings.h"

G_BEGIN_DECLS

/** RpCredentialsState: whether there is a password for a server. */
typedef enum
{
  RP_CREDENTIALS_UNKNOWN, /* not asked yet: taken for present */
  RP_CREDENTIALS_PRESENT,
  RP_CREDENTIALS_MISSING,
  RP_CREDENTIALS_LOCKED,
  RP_CREDENTIALS_UNAVAILABLE /* no keyring answers */
} RpCredentialsState;

/** RpDmarcPolicy: what a domain asks of receivers (RFC 7489 section 6.3). */
typedef enum
{
  RP_DMARC_NONE, /* no policy, or unknown */
  RP_DMARC_QUARANTINE,
  RP_DMARC_REJECT
} RpDmarcPolicy;

/**
 * RpView:
 * @now_s: seconds since the epoch
 * @surroundings: (transfer none)
 * @memory: (transfer none) (nullable)
 * @credentials: (nullable): server name to #RpCredentialsState
 * @capabilities: (nullable): endpoint URL to #RpCapabilities, as last seen
 * @dmarc: policy of the sender's domain
 *
 * Borrows everything; lives as long as one call of the router.
 */
typedef struct
{
  gint64 now_s;
  const RpSurroundings *surroundings;
  const RpMemory *memory;
  GHashTable *credentials;
  GHashTable *capabilities;
  RpDmarcPolicy dmarc;
} RpView;

/** rp_view_get_credentials: of the server called @server; unknown when nobody asked. */
static inline RpCredentialsState
rp_view_get_credentials (const RpView *self, const char *server)
{
  return self->credentials == NULL ? RP_CREDENTIALS_UNKNOWN
                                   : (RpCredentialsState) GPOINTER_TO_INT (
                                       g_hash_table_lookup (self->credentials, server));
}

/** rp_view_get_capabilities: (transfer none) (nullable): what the endpoint with the URL
 * @endpoint offered last; %NULL when it was never asked. */
static inline const RpCapabilities *
rp_view_get_capabilities (const RpView *self, const char *endpoint)
{
  return self->capabilities == NULL ? NULL
                                    : (const RpCapabilities *) g_hash_table_lookup (
                                        self->capabilities, endpoint);
}

G_END_DECLS
