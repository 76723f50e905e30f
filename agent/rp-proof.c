/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-proof.h"

#include <string.h>

#include "oauth/rp-tokens.h"
#include "upstream/rp-connection.h"
#include "upstream/rp-password.h"
#include "upstream/rp-pop-first.h"

static const char *const outcome_nicks[] = {
  [RP_PROOF_ACCEPTED] = "accepted",       [RP_PROOF_CONNECTED] = "connected",
  [RP_PROOF_REFUSED] = "refused",         [RP_PROOF_UNREACHABLE] = "unreachable",
  [RP_PROOF_TURNED_AWAY] = "turned-away", [RP_PROOF_HOSTILE] = "hostile",
  [RP_PROOF_NOT_OFFERED] = "not-offered", [RP_PROOF_MISSING] = "missing",
  [RP_PROOF_LOCKED] = "locked",           [RP_PROOF_UNAVAILABLE] = "unavailable",
  [RP_PROOF_REVOKED] = "revoked",
};

const char *
rp_proof_outcome_to_nick (RpProofOutcome self)
{
  return outcome_nicks[self];
}

/* ---- which ---- */

static void
proof_free (RpProof *self)
{
  g_free (self->reply);
  g_free (self->mechanism);
  g_free (self);
}

RpProofs *
rp_proofs_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) proof_free);
}

static void
add (RpProofs *self,
     const RpServer *server,
     const RpEndpoint *endpoint,
     const RpAccess *access)
{
  RpProof *proof = g_new0 (RpProof, 1);

  proof->server = server;
  proof->endpoint = endpoint;
  proof->access = access;
  g_ptr_array_add (self, proof);
}

/* A certificate is shown to TLS alone; a ticket tells nobody anything, but what follows
 * it would not be protected. */
static gboolean
takes_login (const RpEndpoint *endpoint, RpAccessKind kind)
{
  if (endpoint->tls != RP_TLS_NONE)
    return TRUE;
  return endpoint->is_loopback && kind != RP_ACCESS_CERTIFICATE;
}

void
rp_proofs_add_login (RpProofs *self, const RpServer *server, RpAccessKind kind)
{
  const RpAccess *access = rp_server_get_access (server, kind);

  if (access == NULL)
    return;
  if (kind == RP_ACCESS_POP)
    {
      add (self, server, NULL, access);
      return;
    }

  for (guint i = 0; i < server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = g_ptr_array_index (server->endpoints, i);

      if (takes_login (endpoint, kind))
        add (self, server, endpoint, access);
    }
}

static void
add_endpoint (RpProofs *self, const RpServer *server, const RpEndpoint *endpoint)
{
  gboolean has_login = FALSE;

  for (guint i = 0; i < server->accesses->len; i++)
    {
      const RpAccess *access = g_ptr_array_index (server->accesses, i);

      if (!rp_access_kind_is_login (access->kind)
          || !takes_login (endpoint, access->kind))
        continue;
      add (self, server, endpoint, access);
      has_login = TRUE;
    }
  if (!has_login)
    add (self, server, endpoint, NULL);
}

void
rp_proofs_add_all (RpProofs *self, const RpServer *server)
{
  for (guint i = 0; i < server->endpoints->len; i++)
    add_endpoint (self, server, g_ptr_array_index (server->endpoints, i));
  rp_proofs_add_login (self, server, RP_ACCESS_POP);
}

const char *
rp_proof_get_host (const RpProof *self)
{
  return self->endpoint != NULL ? self->endpoint->host : self->server->pop->host;
}

/* ---- what it answered ---- */

static RpProofOutcome
get_connection_outcome (const RpProof *self, const GError *error)
{
  if (error == NULL)
    return self->access == NULL ? RP_PROOF_CONNECTED : RP_PROOF_ACCEPTED;
  if (error->domain != RP_CONNECTION_ERROR)
    return RP_PROOF_UNREACHABLE;

  switch ((RpConnectionError) error->code)
    {
    case RP_CONNECTION_ERROR_LOGIN:
      return RP_PROOF_REFUSED;
    case RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED:
      return RP_PROOF_NOT_OFFERED;
    case RP_CONNECTION_ERROR_NO_TICKET:
    case RP_CONNECTION_ERROR_NO_CERTIFICATE:
      return RP_PROOF_MISSING;
    case RP_CONNECTION_ERROR_CERTIFICATE:
    case RP_CONNECTION_ERROR_TLS_STRIPPED:
    case RP_CONNECTION_ERROR_NOT_SMTP:
      return RP_PROOF_HOSTILE;
    case RP_CONNECTION_ERROR_REPLY:
      return RP_PROOF_TURNED_AWAY;
    case RP_CONNECTION_ERROR_UNREACHABLE:
    case RP_CONNECTION_ERROR_TIMED_OUT:
    case RP_CONNECTION_ERROR_CANCELLED:
      return RP_PROOF_UNREACHABLE;
    }

  g_assert_not_reached ();
}

static RpProofOutcome
get_secret_outcome (const GError *error)
{
  if (error->domain == RP_SECRETS_ERROR)
    switch ((RpSecretsError) error->code)
      {
      case RP_SECRETS_ERROR_MISSING:
        return RP_PROOF_MISSING;
      case RP_SECRETS_ERROR_LOCKED:
        return RP_PROOF_LOCKED;
      case RP_SECRETS_ERROR_REVOKED:
        return RP_PROOF_REVOKED;
      case RP_SECRETS_ERROR_UNAVAILABLE:
        return RP_PROOF_UNAVAILABLE;
      }
  return RP_PROOF_UNAVAILABLE;
}

static gboolean
is_by_token (const RpProof *self)
{
  return self->access != NULL && self->access->kind == RP_ACCESS_OAUTH2;
}

/* POP has no codes, but providers say the same words as by SMTP. */
static RpTrouble
get_trouble_of_pop (const char *line)
{
  const RpTrouble trouble = rp_trouble_from_text (line);

  return trouble != RP_TROUBLE_NONE ? trouble : RP_TROUBLE_WRONG_PASSWORD;
}

static void
note_words (RpProof *self, const RpReply *reply, const GError *error)
{
  g_free (self->reply);
  self->reply = reply != NULL   ? rp_reply_dup_text (reply)
                : error != NULL ? g_strdup (error->message)
                                : NULL;
  self->trouble = RP_TROUBLE_NONE;
  if (self->outcome == RP_PROOF_REFUSED && reply != NULL)
    self->trouble = rp_trouble_from_reply (reply, is_by_token (self));
  else if (self->outcome == RP_PROOF_REFUSED)
    self->trouble = get_trouble_of_pop (error->message);
  else if (is_by_token (self) && error != NULL && error->domain == RP_SECRETS_ERROR)
    self->trouble = rp_trouble_from_text (error->message);
}

static const char *
get_tls_nick (const RpProof *self)
{
  const RpTlsMode tls =
      self->endpoint != NULL ? self->endpoint->tls : self->server->pop->tls;

  switch (tls)
    {
    case RP_TLS_IMPLICIT:
      return "implicit";
    case RP_TLS_STARTTLS:
      return "starttls";
    case RP_TLS_NONE:
      return "none";
    }

  g_assert_not_reached ();
}

/* Whether the server was proved to be the one that is meant, where it has TLS. */
static gboolean
is_reached (const RpProof *self)
{
  return self->outcome == RP_PROOF_ACCEPTED || self->outcome == RP_PROOF_CONNECTED
         || self->outcome == RP_PROOF_REFUSED || self->outcome == RP_PROOF_NOT_OFFERED;
}

static GVariant *
proof_to_variant (const RpProof *self)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "server", "s", self->server->name);
  g_variant_dict_insert (&dict, "endpoint", "s",
                         self->endpoint != NULL ? self->endpoint->url
                                                : self->server->pop->url);
  if (self->access != NULL)
    g_variant_dict_insert (&dict, "access", "s",
                           rp_access_kind_to_nick (self->access->kind));
  g_variant_dict_insert (&dict, "outcome", "s",
                         rp_proof_outcome_to_nick (self->outcome));
  if (is_reached (self))
    g_variant_dict_insert (&dict, "tls", "s", get_tls_nick (self));
  if (self->mechanism != NULL)
    g_variant_dict_insert (&dict, "mechanism", "s", self->mechanism);
  if (self->reply != NULL)
    g_variant_dict_insert (&dict, "reply", "s", self->reply);
  if (self->trouble != RP_TROUBLE_NONE)
    g_variant_dict_insert (&dict, "trouble", "s", rp_trouble_to_nick (self->trouble));
  g_variant_dict_insert (&dict, "stored", "b", self->is_stored);
  return g_variant_dict_end (&dict);
}

GVariant *
rp_proofs_to_variant (RpProofs *self)
{
  GVariantBuilder report = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < self->len; i++)
    g_variant_builder_add_value (&report,
                                 proof_to_variant (g_ptr_array_index (self, i)));

  return g_variant_ref_sink (g_variant_builder_end (&report));
}

/* ---- running ---- */

typedef struct
{
  RpProofs *proofs;
  RpCurlLoop *loop;
  RpSecrets *secrets; /* nullable */
  RpCredential given;
  gboolean is_given;
  guint n_open;
} Run;

/* One proof that is under way. */
typedef struct
{
  GTask *task;
  RpProof *proof;
  RpConnection *connection;
  char *token; /* nullable: as it was looked up, while it may be refused */
  gboolean is_second_token;
} Attempt;

static void
run_free (Run *self)
{
  g_ptr_array_unref (self->proofs);
  g_object_unref (self->loop);
  g_clear_object (&self->secrets);
  rp_password_free ((char *) self->given.secret);
  g_free (self);
}

static Run *
attempt_get_run (Attempt *self)
{
  return g_task_get_task_data (self->task);
}

static void
attempt_end (Attempt *self)
{
  g_autoptr (GTask) task = self->task;
  Run *run = attempt_get_run (self);

  g_clear_object (&self->connection);
  rp_password_free (self->token);
  g_free (self);
  if (--run->n_open == 0)
    g_task_return_boolean (task, TRUE);
}

static void look_up (Attempt *self);

/* A token may have been withdrawn before its time: a fresh one is worth one more try.
 */
static gboolean
tries_fresh_token (Attempt *self)
{
  if (self->token == NULL || self->is_second_token
      || self->proof->outcome != RP_PROOF_REFUSED)
    return FALSE;

  rp_secrets_reject (attempt_get_run (self)->secrets, self->proof->server,
                     RP_SECRET_TOKEN, rp_proof_get_host (self->proof), self->token);
  g_clear_pointer (&self->token, rp_password_free);
  self->is_second_token = TRUE;
  return TRUE;
}

static void
on_connection_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *self = user_data;
  RpProof *proof = self->proof;
  g_autoptr (GError) error = NULL;
  g_autoptr (RpConnection) connection = g_steal_pointer (&self->connection);

  rp_connection_open_finish (connection, result, &error);
  proof->outcome = get_connection_outcome (proof, error);
  note_words (proof, rp_connection_get_reply (connection), error);
  g_free (proof->mechanism);
  proof->mechanism = g_strdup (rp_connection_get_mechanism (connection));
  rp_connection_close (connection, error == NULL);
  if (tries_fresh_token (self))
    look_up (self);
  else
    attempt_end (self);
}

static void
on_pop_logged_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *self = user_data;
  g_autoptr (GError) error = NULL;

  rp_pop_first_login_finish (result, &error);
  self->proof->outcome = get_connection_outcome (self->proof, error);
  note_words (self->proof, NULL, error);
  attempt_end (self);
}

/* @credential: (nullable). */
static void
connect_with (Attempt *self, const RpCredential *credential)
{
  RpProof *proof = self->proof;
  RpCurlLoop *loop = attempt_get_run (self)->loop;

  if (proof->endpoint == NULL)
    {
      rp_pop_first_login_async (loop, proof->server, credential->secret, NULL,
                                on_pop_logged_in, self);
      return;
    }

  self->connection = rp_connection_new (loop, proof->server, proof->endpoint);
  rp_connection_open_async (self->connection, credential, NULL, on_connection_opened,
                            self);
}

/* What the provider said at the last refresh is more than that there is no token. */
static RpTrouble
get_trouble_of_sign_in (RpSecrets *secrets, const RpProof *proof)
{
  if (RP_IS_TOKENS (secrets))
    switch (rp_tokens_get_advice (RP_TOKENS (secrets), proof->server))
      {
      case RP_TOKENS_ADVICE_TESTING:
        return RP_TROUBLE_GOOGLE_SIGN_IN_ENDED;
      case RP_TOKENS_ADVICE_CONSENT:
        return RP_TROUBLE_ADMIN_CONSENT;
      case RP_TOKENS_ADVICE_CLIENT:
        return RP_TROUBLE_CLIENT_UNKNOWN;
      case RP_TOKENS_ADVICE_NONE:
        break;
      }
  return proof->outcome == RP_PROOF_REVOKED ? RP_TROUBLE_SIGN_IN_ENDED
                                            : RP_TROUBLE_NONE;
}

static void
on_secret_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *self = user_data;
  g_autoptr (GError) error = NULL;
  char *secret = rp_secrets_lookup_finish (RP_SECRETS (source), result, &error);
  const RpCredential credential = { is_by_token (self->proof) ? RP_CREDENTIAL_TOKEN
                                                              : RP_CREDENTIAL_PASSWORD,
                                    secret };

  /* the words of the first refusal say more than that there is no other token */
  if (secret == NULL && self->is_second_token)
    attempt_end (self);
  else if (secret == NULL)
    {
      self->proof->outcome = get_secret_outcome (error);
      note_words (self->proof, NULL, error);
      if (is_by_token (self->proof) && self->proof->trouble == RP_TROUBLE_NONE)
        self->proof->trouble =
            get_trouble_of_sign_in (RP_SECRETS (source), self->proof);
      attempt_end (self);
    }
  else
    {
      if (is_by_token (self->proof))
        self->token = rp_password_copy (secret);
      connect_with (self, &credential);
    }
  rp_secret_free (secret);
}

static void
look_up (Attempt *self)
{
  const RpSecretProtocol protocol = self->proof->endpoint == NULL ? RP_SECRET_POP
                                    : is_by_token (self->proof)   ? RP_SECRET_TOKEN
                                                                  : RP_SECRET_SMTP;

  rp_secrets_lookup_async (attempt_get_run (self)->secrets, self->proof->server,
                           protocol, rp_proof_get_host (self->proof), NULL,
                           on_secret_found, self);
}

static void
start (Attempt *self)
{
  const Run *run = attempt_get_run (self);
  const RpCredential certificate = { RP_CREDENTIAL_CERTIFICATE, NULL };
  const RpCredential ticket = { RP_CREDENTIAL_KERBEROS, NULL };

  if (self->proof->access == NULL)
    connect_with (self, NULL);
  else if (self->proof->access->kind == RP_ACCESS_CERTIFICATE)
    connect_with (self, &certificate);
  else if (self->proof->access->kind == RP_ACCESS_KERBEROS)
    connect_with (self, &ticket);
  else if (run->is_given)
    connect_with (self, &run->given);
  else
    look_up (self);
}

static Run *
run_new (RpProofs *proofs,
         RpCurlLoop *loop,
         RpSecrets *secrets,
         const RpCredential *given)
{
  Run *self = g_new0 (Run, 1);

  self->proofs = g_ptr_array_ref (proofs);
  self->loop = g_object_ref (loop);
  self->secrets = secrets == NULL ? NULL : g_object_ref (secrets);
  if (given != NULL)
    {
      self->is_given = TRUE;
      self->given = *given;
      self->given.secret = rp_password_copy (given->secret);
    }
  /* one more, so that it ends when all are begun and not before */
  self->n_open = proofs->len + 1;
  return self;
}

void
rp_proofs_run_async (RpProofs *self,
                     RpCurlLoop *loop,
                     RpSecrets *secrets,
                     const RpCredential *given,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Run *run = run_new (self, loop, secrets, given);

  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  for (guint i = 0; i < self->len; i++)
    {
      Attempt *attempt = g_new0 (Attempt, 1);

      attempt->task = g_object_ref (task);
      attempt->proof = g_ptr_array_index (self, i);
      start (attempt);
    }
  if (--run->n_open == 0)
    g_task_return_boolean (task, TRUE);
}

void
rp_proofs_run_finish (GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}
