/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything but configuration and message that a routing decision needs. */
#pragma once

#include <glib.h>

#include "core/rp-capabilities.h"
#include "core/rp-memory.h"
#include "core/rp-surroundings.h"

G_BEGIN_DECLS

typedef enum
{
  RP_CREDENTIALS_UNKNOWN, /* not asked yet: taken for present */
  RP_CREDENTIALS_PRESENT,
  RP_CREDENTIALS_MISSING,
  RP_CREDENTIALS_LOCKED,
  RP_CREDENTIALS_UNAVAILABLE /* no keyring answers */
} RpCredentialsState;

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

static inline RpCredentialsState
rp_view_get_credentials (const RpView *self, const char *server)
{
  return self->credentials == NULL ? RP_CREDENTIALS_UNKNOWN
                                   : (RpCredentialsState) GPOINTER_TO_INT (
                                       g_hash_table_lookup (self->credentials, server));
}

static inline const RpCapabilities *
rp_view_get_capabilities (const RpView *self, const char *endpoint)
{
  return self->capabilities == NULL ? NULL
                                    : (const RpCapabilities *) g_hash_table_lookup (
                                        self->capabilities, endpoint);
}

G_END_DECLS
