/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-login.h"

#include "upstream/rp-connection.h"
#include "upstream/rp-password.h"
#include "upstream/rp-pop-first.h"

G_DEFINE_QUARK (rp_login_error, rp_login_error)

/* One place to prove the password at: an SMTP endpoint, or a POP server where
 * @endpoint is NULL. */
typedef struct
{
  const RpServer *server;
  const RpEndpoint *endpoint;
  const char *outcome;
  char *reply;
  gboolean is_stored;
} Proof;

typedef struct
{
  RpCurlLoop *loop;
  RpSecrets *secrets;
  RpConfig *config;
  char *password;
  gboolean stores_unproved;
  GPtrArray *proofs;
  guint next;
  RpConnection *connection;
} Job;

static void
proof_free (Proof *self)
{
  g_free (self->reply);
  g_free (self);
}

static void
job_free (Job *self)
{
  g_clear_object (&self->connection);
  g_clear_object (&self->loop);
  g_clear_object (&self->secrets);
  rp_config_unref (self->config);
  rp_password_free (self->password);
  g_ptr_array_unref (self->proofs);
  g_free (self);
}

static Proof *
job_get_proof (Job *self)
{
  return g_ptr_array_index (self->proofs, self->next);
}

static const char *
proof_get_host (const Proof *self)
{
  return self->endpoint != NULL ? self->endpoint->host : self->server->pop->host;
}

static RpSecretProtocol
proof_get_protocol (const Proof *self)
{
  return self->endpoint != NULL ? RP_SECRET_SMTP : RP_SECRET_POP;
}

static void
add_proof (Job *self, const RpServer *server, const RpEndpoint *endpoint)
{
  Proof *proof = g_new0 (Proof, 1);

  proof->server = server;
  proof->endpoint = endpoint;
  g_ptr_array_add (self->proofs, proof);
}

/* Never where the password would travel in clear. */
static gboolean
takes_password (const RpEndpoint *endpoint)
{
  return endpoint->tls != RP_TLS_NONE || endpoint->is_loopback;
}

static void
add_proofs_of_server (Job *self, const RpServer *server)
{
  if (server->user == NULL || server->secret_command != NULL
      || server->secret_credential != NULL)
    return;

  if (rp_server_get_access (server, RP_ACCESS_PASSWORD) != NULL)
    for (guint i = 0; i < server->endpoints->len; i++)
      {
        const RpEndpoint *endpoint = g_ptr_array_index (server->endpoints, i);

        if (takes_password (endpoint))
          add_proof (self, server, endpoint);
      }
  if (server->pop != NULL)
    add_proof (self, server, NULL);
}

static void
add_proofs (Job *self, const RpAccount *account, const char *wanted)
{
  for (guint i = 0; account->servers[i] != NULL; i++)
    {
      const RpServer *server = rp_config_get_server (self->config, account->servers[i]);

      if (server != NULL && (wanted == NULL || g_str_equal (server->name, wanted)))
        add_proofs_of_server (self, server);
    }
}

static GVariant *
build_report (Job *self)
{
  GVariantBuilder report = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < self->proofs->len; i++)
    {
      const Proof *proof = g_ptr_array_index (self->proofs, i);
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

      g_variant_dict_insert (&dict, "server", "s", proof->server->name);
      g_variant_dict_insert (&dict, "endpoint", "s",
                             proof->endpoint != NULL ? proof->endpoint->url
                                                     : proof->server->pop->url);
      g_variant_dict_insert (&dict, "outcome", "s", proof->outcome);
      if (proof->reply != NULL)
        g_variant_dict_insert (&dict, "reply", "s", proof->reply);
      g_variant_dict_insert (&dict, "stored", "b", proof->is_stored);
      g_variant_builder_add_value (&report, g_variant_dict_end (&dict));
    }

  return g_variant_ref_sink (g_variant_builder_end (&report));
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
is_reached (const Proof *proof)
{
  return g_str_equal (proof->outcome, "accepted")
         || g_str_equal (proof->outcome, "refused");
}

static gboolean
is_to_be_stored (Job *self, const Proof *proof)
{
  if (g_str_equal (proof->outcome, "accepted"))
    return TRUE;
  if (!self->stores_unproved)
    return FALSE;

  for (guint i = 0; i < self->proofs->len; i++)
    if (is_reached (g_ptr_array_index (self->proofs, i)))
      return FALSE;

  return g_str_equal (proof->outcome, "unreachable");
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
      g_task_return_pointer (task, build_report (self),
                             (GDestroyNotify) g_variant_unref);
      g_object_unref (task);
      return;
    }

  const Proof *proof = job_get_proof (self);
  const char *const hosts[] = { proof_get_host (proof), NULL };

  rp_secrets_store_async (self->secrets, proof->server, proof_get_protocol (proof),
                          hosts, self->password, NULL, on_secret_stored, task);
}

static const char *
get_outcome (const GError *error)
{
  if (error == NULL)
    return "accepted";

  switch ((RpConnectionError) error->code)
    {
    case RP_CONNECTION_ERROR_LOGIN:
      return "refused";
    case RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED:
      return "not-offered";
    case RP_CONNECTION_ERROR_CERTIFICATE:
    case RP_CONNECTION_ERROR_TLS_STRIPPED:
    case RP_CONNECTION_ERROR_NOT_SMTP:
      return "hostile";
    case RP_CONNECTION_ERROR_UNREACHABLE:
    case RP_CONNECTION_ERROR_TIMED_OUT:
    case RP_CONNECTION_ERROR_CANCELLED:
    case RP_CONNECTION_ERROR_REPLY:
      return "unreachable";
    }

  g_assert_not_reached ();
}

static void prove_next (GTask *task);

/* Takes the reference of @task. */
static void
note_outcome (GTask *task, const RpReply *reply, const GError *error)
{
  Job *self = g_task_get_task_data (task);
  Proof *proof = job_get_proof (self);

  proof->outcome = get_outcome (error);
  if (reply != NULL)
    proof->reply = rp_reply_dup_text (reply);
  else if (error != NULL)
    proof->reply = g_strdup (error->message);

  self->next++;
  prove_next (task);
}

static void
on_connection_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (RpConnection) connection = g_steal_pointer (&self->connection);

  rp_connection_open_finish (connection, result, &error);
  note_outcome (task, rp_connection_get_reply (connection), error);
  rp_connection_close (connection, error == NULL);
}

static void
on_pop_logged_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  rp_pop_first_login_finish (result, &error);
  note_outcome (user_data, NULL, error);
}

/* Takes the reference of @task. */
static void
prove_next (GTask *task)
{
  Job *self = g_task_get_task_data (task);

  if (self->next == self->proofs->len)
    {
      self->next = 0;
      store_next (task);
      return;
    }

  const Proof *proof = job_get_proof (self);

  if (proof->endpoint == NULL)
    {
      rp_pop_first_login_async (self->loop, proof->server, self->password, NULL,
                                on_pop_logged_in, task);
      return;
    }

  const RpCredential credential = { RP_CREDENTIAL_PASSWORD, self->password };

  self->connection = rp_connection_new (self->loop, proof->server, proof->endpoint);
  rp_connection_open_async (self->connection, &credential, NULL, on_connection_opened,
                            task);
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

  self->loop = g_object_ref (loop);
  self->secrets = g_object_ref (secrets);
  self->config = rp_config_ref (config);
  self->password = rp_password_copy (password);
  self->stores_unproved = stores_unproved;
  self->proofs = g_ptr_array_new_with_free_func ((GDestroyNotify) proof_free);
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

  prove_next (task);
}

GVariant *
rp_login_prove_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
