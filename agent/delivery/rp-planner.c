/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-planner.h"

#include "core/rp-address.h"
#include "delivery/rp-dmarc.h"

#define SECRETS_TIMEOUT_MS 4000
#define DMARC_TIMEOUT_MS 2000

struct _RpPlanner
{
  GObject parent_instance;

  RpSecrets *secrets;
  const RpMemory *memory;
  RpDmarc *dmarc;
  GHashTable *capabilities; /* endpoint URL to RpCapabilities */
};

G_DEFINE_FINAL_TYPE (RpPlanner, rp_planner, G_TYPE_OBJECT)

/* One plan in the making. */
typedef struct
{
  RpConfig *config;
  RpSurroundings *surroundings;
  const RpAccount *account;
  RpEnvelope *envelope;
  RpContentFacts *facts;
  GHashTable *credentials; /* as in RpView */
  RpDmarcPolicy dmarc;
  GCancellable *cancellable;
  GSource *timeout;
  guint n_pending;
} Request;

/* One question to the keyring. */
typedef struct
{
  GTask *task;
  const RpServer *server;
  RpAccessKind access;
} Lookup;

static void
request_free (Request *request)
{
  rp_config_unref (request->config);
  rp_surroundings_free (request->surroundings);
  rp_envelope_free (request->envelope);
  rp_content_facts_free (request->facts);
  g_hash_table_unref (request->credentials);
  g_object_unref (request->cancellable);
  g_source_destroy (request->timeout);
  g_source_unref (request->timeout);
  g_free (request);
}

static void
rp_planner_finalize (GObject *object)
{
  RpPlanner *self = RP_PLANNER (object);

  g_object_unref (self->secrets);
  g_object_unref (self->dmarc);
  g_hash_table_unref (self->capabilities);
  G_OBJECT_CLASS (rp_planner_parent_class)->finalize (object);
}

static void
rp_planner_class_init (RpPlannerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_planner_finalize;
}

static void
rp_planner_init (RpPlanner *self)
{
  self->dmarc = rp_dmarc_new (DMARC_TIMEOUT_MS);
  self->capabilities = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify) rp_capabilities_free);
}

RpPlanner *
rp_planner_new (RpSecrets *secrets, const RpMemory *memory)
{
  RpPlanner *self = g_object_new (RP_TYPE_PLANNER, NULL);

  self->secrets = g_object_ref (secrets);
  self->memory = memory;
  return self;
}

void
rp_planner_note_capabilities (RpPlanner *self,
                              const char *endpoint,
                              const RpCapabilities *capabilities)
{
  g_hash_table_replace (self->capabilities, g_strdup (endpoint),
                        rp_capabilities_copy (capabilities));
}

static void
finish_if_ready (GTask *task)
{
  RpPlanner *self = RP_PLANNER (g_task_get_source_object (task));
  Request *request = g_task_get_task_data (task);
  RpView view = { .now_s = g_get_real_time () / G_USEC_PER_SEC,
                  .surroundings = request->surroundings,
                  .memory = self->memory,
                  .credentials = request->credentials,
                  .capabilities = self->capabilities,
                  .dmarc = request->dmarc };

  if (--request->n_pending > 0)
    return;

  g_source_destroy (request->timeout);
  g_task_return_pointer (task,
                         rp_router_plan (request->config, &view, request->account,
                                         request->envelope, request->facts),
                         (GDestroyNotify) rp_plan_free);
}

/* The best that any of a server's hosts gave. */
static void
note_state (Request *request, const Lookup *lookup, RpCredentialsState state)
{
  g_autofree char *key =
      rp_view_dup_credentials_key (lookup->server->name, lookup->access);
  gpointer known = NULL;

  if (g_hash_table_lookup_extended (request->credentials, key, NULL, &known)
      && (GPOINTER_TO_INT (known) == RP_CREDENTIALS_PRESENT
          || state == RP_CREDENTIALS_MISSING))
    return;

  g_hash_table_replace (request->credentials, g_steal_pointer (&key),
                        GINT_TO_POINTER (state));
}

static RpCredentialsState
get_state (const GError *error)
{
  if (error == NULL)
    return RP_CREDENTIALS_PRESENT;

  if (error->domain == RP_SECRETS_ERROR)
    switch ((RpSecretsError) error->code)
      {
      case RP_SECRETS_ERROR_MISSING:
        return RP_CREDENTIALS_MISSING;
      case RP_SECRETS_ERROR_LOCKED:
        return RP_CREDENTIALS_LOCKED;
      case RP_SECRETS_ERROR_REVOKED:
        return RP_CREDENTIALS_REVOKED;
      case RP_SECRETS_ERROR_UNAVAILABLE:
        break;
      }
  return RP_CREDENTIALS_UNAVAILABLE;
}

static void
on_secrets_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lookup *lookup = user_data;
  g_autoptr (GTask) task = lookup->task;
  g_autoptr (GError) error = NULL;
  char *secret = rp_secrets_lookup_finish (RP_SECRETS (source), result, &error);

  note_state (g_task_get_task_data (task), lookup, get_state (error));
  rp_secret_free (secret);
  g_free (lookup);
  finish_if_ready (task);
}

static void
ask_secrets (GTask *task,
             const RpServer *server,
             RpAccessKind access,
             RpSecretProtocol protocol,
             const char *host)
{
  RpPlanner *self = RP_PLANNER (g_task_get_source_object (task));
  Request *request = g_task_get_task_data (task);
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->task = g_object_ref (task);
  lookup->server = server;
  lookup->access = access;
  request->n_pending++;
  rp_secrets_lookup_async (self->secrets, server, protocol, host, request->cancellable,
                           on_secrets_answered, lookup);
}

static gboolean
is_host_asked (const RpServer *server, guint n_endpoints, const char *host)
{
  for (guint i = 0; i < n_endpoints; i++)
    if (g_str_equal (((const RpEndpoint *) server->endpoints->pdata[i])->host, host))
      return TRUE;

  return FALSE;
}

static void
ask_about_server (GTask *task, const RpServer *server)
{
  if (server->user == NULL && server->secret_command == NULL)
    return;

  if (rp_server_get_access (server, RP_ACCESS_PASSWORD) != NULL)
    for (guint i = 0; i < server->endpoints->len; i++)
      {
        const RpEndpoint *endpoint =
            (const RpEndpoint *) g_ptr_array_index (server->endpoints, i);

        if (!is_host_asked (server, i, endpoint->host))
          ask_secrets (task, server, RP_ACCESS_PASSWORD, RP_SECRET_SMTP,
                       endpoint->host);
      }
  if (rp_server_get_access (server, RP_ACCESS_OAUTH2) != NULL)
    ask_secrets (task, server, RP_ACCESS_OAUTH2, RP_SECRET_SIGN_IN,
                 ((const RpEndpoint *) server->endpoints->pdata[0])->host);
  if (rp_server_get_access (server, RP_ACCESS_POP) != NULL && server->pop != NULL)
    ask_secrets (task, server, RP_ACCESS_POP, RP_SECRET_POP, server->pop->host);
}

static const RpServer *
get_location_server (const Request *request)
{
  const RpNetworkRule *rule =
      rp_surroundings_find_network (request->surroundings, request->config);

  return rule != NULL && rule->server != NULL
             ? rp_config_get_server (request->config, rule->server)
             : NULL;
}

static void
on_dmarc_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  Request *request = g_task_get_task_data (task);

  request->dmarc = rp_dmarc_lookup_finish (RP_DMARC (source), result);
  finish_if_ready (task);
}

/* Only where the server of the network is no server of the account's own: no question
 * leaves the machine that nobody needs answered. */
static void
ask_about_sender (GTask *task, const RpServer *location)
{
  RpPlanner *self = RP_PLANNER (g_task_get_source_object (task));
  Request *request = g_task_get_task_data (task);
  const char *const *own = (const char *const *) request->account->servers;
  const char *sender = *request->envelope->sender != '\0' ? request->envelope->sender
                                                          : request->account->address;
  g_autofree char *domain = NULL;

  if (location == NULL || !g_strv_contains (own, "location")
      || g_strv_contains (own, location->name))
    return;

  domain = rp_address_dup_domain (sender);
  request->n_pending++;
  rp_dmarc_lookup_async (self->dmarc, domain, request->cancellable, on_dmarc_answered,
                         g_object_ref (task));
}

static void
ask_all (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  const RpServer *location = get_location_server (request);

  for (guint i = 0; request->account->servers[i] != NULL; i++)
    {
      const char *name = request->account->servers[i];
      const RpServer *server = g_str_equal (name, "location")
                                   ? location
                                   : rp_config_get_server (request->config, name);

      if (server != NULL)
        ask_about_server (task, server);
    }
  ask_about_sender (task, location);
}

static gboolean
on_timeout (gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
  return G_SOURCE_REMOVE;
}

void
rp_planner_plan_async (RpPlanner *self,
                       RpConfig *config,
                       const RpSurroundings *surroundings,
                       const RpAccount *account,
                       const RpEnvelope *envelope,
                       const RpContentFacts *facts,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->config = rp_config_ref (config);
  request->surroundings = rp_surroundings_copy (surroundings);
  request->account = account;
  request->envelope = rp_envelope_copy (envelope);
  request->facts = facts != NULL ? rp_content_facts_copy (facts) : NULL;
  request->credentials = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  request->cancellable = g_cancellable_new ();
  request->timeout = g_timeout_source_new (SECRETS_TIMEOUT_MS);
  g_source_set_callback (request->timeout, on_timeout, request->cancellable, NULL);
  g_source_attach (request->timeout, g_main_context_get_thread_default ());
  g_task_set_source_tag (task, rp_planner_plan_async);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  /* One pending of our own, so that no answer that comes at once finishes early. */
  request->n_pending = 1;
  ask_all (task);
  finish_if_ready (task);
}

RpPlan *
rp_planner_plan_finish (RpPlanner *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}
