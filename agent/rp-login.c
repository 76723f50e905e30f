/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-login.h"

#include "rp-proof.h"
#include "upstream/rp-password.h"

G_DEFINE_QUARK (rp_login_error, rp_login_error)

typedef struct
{
  RpSecrets *secrets;
  RpConfig *config;
  char *password;
  gboolean stores_unproved;
  RpProofs *proofs;
  guint next; /* to be stored */
} Job;

static void
job_free (Job *self)
{
  g_clear_object (&self->secrets);
  rp_config_unref (self->config);
  rp_password_free (self->password);
  g_ptr_array_unref (self->proofs);
  g_free (self);
}

static RpProof *
job_get_proof (Job *self)
{
  return g_ptr_array_index (self->proofs, self->next);
}

/* Where the password is given by a command or a file, there is nothing to store. */
static gboolean
keeps_password (const RpServer *server)
{
  return server->user != NULL && server->secret_command == NULL
         && server->secret_credential == NULL;
}

static void
add_proofs (Job *self, const RpAccount *account, const char *wanted)
{
  for (guint i = 0; account->servers[i] != NULL; i++)
    {
      const RpServer *server = rp_config_get_server (self->config, account->servers[i]);

      if (server == NULL || !keeps_password (server)
          || (wanted != NULL && !g_str_equal (server->name, wanted)))
        continue;
      rp_proofs_add_login (self->proofs, server, RP_ACCESS_PASSWORD);
      rp_proofs_add_login (self->proofs, server, RP_ACCESS_POP);
    }
}

static void store_next (GTask *task);

static void
on_secret_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Job *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!rp_secrets_store_finish (self->secrets, result, &error))
    {
      g_task_return_new_error (task, RP_LOGIN_ERROR, RP_LOGIN_ERROR_KEYRING, "%s",
                               error->message);
      return;
    }

  job_get_proof (self)->is_stored = TRUE;
  self->next++;
  store_next (g_steal_pointer (&task));
}

static gboolean
is_judged (const RpProof *proof)
{
  return proof->outcome == RP_PROOF_ACCEPTED || proof->outcome == RP_PROOF_REFUSED;
}

static gboolean
is_to_be_stored (Job *self, const RpProof *proof)
{
  if (proof->outcome == RP_PROOF_ACCEPTED)
    return TRUE;
  if (!self->stores_unproved)
    return FALSE;

  for (guint i = 0; i < self->proofs->len; i++)
    if (is_judged (g_ptr_array_index (self->proofs, i)))
      return FALSE;

  return proof->outcome == RP_PROOF_UNREACHABLE
         || proof->outcome == RP_PROOF_TURNED_AWAY;
}

/* Takes the reference of @task. */
static void
store_next (GTask *task)
{
  Job *self = g_task_get_task_data (task);

  while (self->next < self->proofs->len
         && !is_to_be_stored (self, job_get_proof (self)))
    self->next++;
  if (self->next == self->proofs->len)
    {
      g_task_return_pointer (task, rp_proofs_to_variant (self->proofs),
                             (GDestroyNotify) g_variant_unref);
      g_object_unref (task);
      return;
    }

  const RpProof *proof = job_get_proof (self);
  const char *const hosts[] = { rp_proof_get_host (proof), NULL };

  rp_secrets_store_async (self->secrets, proof->server,
                          proof->endpoint != NULL ? RP_SECRET_SMTP : RP_SECRET_POP,
                          hosts, self->password, NULL, on_secret_stored, task);
}

static void
on_proved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  rp_proofs_run_finish (result);
  store_next (user_data);
}

void
rp_login_prove_async (RpCurlLoop *loop,
                      RpSecrets *secrets,
                      RpConfig *config,
                      const RpAccount *account,
                      const char *server,
                      const char *password,
                      gboolean stores_unproved,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Job *self = g_new0 (Job, 1);
  const RpCredential credential = { RP_CREDENTIAL_PASSWORD, password };

  self->secrets = g_object_ref (secrets);
  self->config = rp_config_ref (config);
  self->password = rp_password_copy (password);
  self->stores_unproved = stores_unproved;
  self->proofs = rp_proofs_new ();
  g_task_set_task_data (task, self, (GDestroyNotify) job_free);

  add_proofs (self, account, server);
  if (self->proofs->len == 0)
    {
      g_task_return_new_error (task, RP_LOGIN_ERROR, RP_LOGIN_ERROR_NO_LOGIN,
                               "no server of account '%s' takes a password from the "
                               "keyring: one needs user= and access=password",
                               account->name);
      g_object_unref (task);
      return;
    }

  rp_proofs_run_async (self->proofs, loop, NULL, &credential, on_proved, task);
}

GVariant *
rp_login_prove_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
