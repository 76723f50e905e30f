/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One place at which somebody is let in or not, and what it answered. Sends no mail. */
#pragma once

#include <gio/gio.h>

#include "core/rp-config.h"
#include "core/rp-trouble.h"
#include "credentials/rp-secrets.h"
#include "upstream/rp-credential.h"
#include "upstream/rp-curl-loop.h"

G_BEGIN_DECLS

/**
 * RpProofOutcome:
 * @RP_PROOF_ACCEPTED: logged in
 * @RP_PROOF_CONNECTED: there was nothing to log in with or for; it answered EHLO
 * @RP_PROOF_REFUSED: the login was refused
 * @RP_PROOF_UNREACHABLE: no answer
 * @RP_PROOF_TURNED_AWAY: greeting, EHLO or STARTTLS was answered with a refusal
 * @RP_PROOF_HOSTILE: what answered is not proved to be the server; it was given nothing
 * @RP_PROOF_NOT_OFFERED: no login, or none of this kind
 * @RP_PROOF_MISSING: nothing is stored to log in with
 * @RP_PROOF_LOCKED: the keyring is locked
 * @RP_PROOF_UNAVAILABLE: the keyring or the provider did not answer
 * @RP_PROOF_REVOKED: the sign-in does not count any more
 */
typedef enum
{
  RP_PROOF_ACCEPTED,
  RP_PROOF_CONNECTED,
  RP_PROOF_REFUSED,
  RP_PROOF_UNREACHABLE,
  RP_PROOF_TURNED_AWAY,
  RP_PROOF_HOSTILE,
  RP_PROOF_NOT_OFFERED,
  RP_PROOF_MISSING,
  RP_PROOF_LOCKED,
  RP_PROOF_UNAVAILABLE,
  RP_PROOF_REVOKED
} RpProofOutcome;

/**
 * RpProof:
 * @server: (transfer none): outlives it
 * @endpoint: (transfer none) (nullable): %NULL for the server's POP server
 * @access: (nullable): how it is logged in; %NULL for no login
 * @reply: (nullable): its own words, or what failed
 * @mechanism: (nullable): the SASL mechanism of the login
 * @trouble: which switch a refusal is about
 * @is_stored: set by who stores what was proved
 */
typedef struct
{
  const RpServer *server;
  const RpEndpoint *endpoint;
  const RpAccess *access;
  RpProofOutcome outcome;
  char *reply;
  char *mechanism;
  RpTrouble trouble;
  gboolean is_stored;
} RpProof;

/** RpProofs: an array of #RpProof, in the order of the configuration. */
typedef GPtrArray RpProofs;

/** rp_proofs_new: (transfer full): none yet. */
RpProofs *rp_proofs_new (void);

/**
 * rp_proofs_add_login:
 * @kind: a login of @server's, or %RP_ACCESS_POP
 *
 * Adds the places of @server where such a login can be made: never one where it would
 * travel in clear. Adds none where the server has no such access.
 */
void rp_proofs_add_login (RpProofs *self, const RpServer *server, RpAccessKind kind);

/** rp_proofs_add_all: every login of @server's, its POP server, and its endpoints at
 * which there is no login. */
void rp_proofs_add_all (RpProofs *self, const RpServer *server);

/** rp_proof_get_host: the host that is asked. */
const char *rp_proof_get_host (const RpProof *self);

/**
 * rp_proofs_run_async:
 * @self: (transfer none): kept until @callback, and filled in
 * @secrets: (nullable): where the secrets of the logins are looked up
 * @given: (nullable): what to log in with instead; @secrets is not asked then
 *
 * All at the same time. A token that was looked up and refused is rejected, and one
 * fresh one tried.
 */
void rp_proofs_run_async (RpProofs *self,
                          RpCurlLoop *loop,
                          RpSecrets *secrets,
                          const RpCredential *given,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/** rp_proofs_run_finish: never fails. */
void rp_proofs_run_finish (GAsyncResult *result);

/** rp_proofs_to_variant: (transfer full): "aa{sv}" as in the bus interface. */
GVariant *rp_proofs_to_variant (RpProofs *self);

/** rp_proof_outcome_to_nick: (transfer none): its name on the bus. */
const char *rp_proof_outcome_to_nick (RpProofOutcome self);

G_END_DECLS
