/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything but configuration and message that a routing decision needs. */
#pragma once

#include <glib.h>

#include "core/rp-capabilities.h"
#include "core/rp-config.h"
#include "core/rp-memory.h"
#include "core/rp-surroundings.h"

G_BEGIN_DECLS

/** RpCredentialsState: whether there is what one access of a server needs. */
typedef enum
{
  RP_CREDENTIALS_UNKNOWN, /* not asked yet: taken for present */
  RP_CREDENTIALS_PRESENT,
  RP_CREDENTIALS_MISSING,
  RP_CREDENTIALS_LOCKED,
  RP_CREDENTIALS_UNAVAILABLE, /* no keyring answers */
  RP_CREDENTIALS_REVOKED      /* the sign-in does not count any more */
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
 * @credentials: (nullable): rp_view_dup_credentials_key() to #RpCredentialsState
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

/** rp_view_dup_credentials_key: (transfer full): one access of the server called
 * @server, as a key of the view's credentials. */
static inline char *
rp_view_dup_credentials_key (const char *server, RpAccessKind access)
{
  return g_strconcat (rp_access_kind_to_nick (access), " ", server, NULL);
}

/** rp_view_get_credentials: for @access of the server called @server; unknown when
 * nobody asked. */
static inline RpCredentialsState
rp_view_get_credentials (const RpView *self, const char *server, RpAccessKind access)
{
  g_autofree char *key = rp_view_dup_credentials_key (server, access);

  return self->credentials == NULL ? RP_CREDENTIALS_UNKNOWN
                                   : (RpCredentialsState) GPOINTER_TO_INT (
                                       g_hash_table_lookup (self->credentials, key));
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
