/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-logout.h"

#include "oauth/rp-oauth-providers.h"
#include "oauth/rp-tokens.h"

/* One secret that may be stored. */
typedef struct
{
  const RpServer *server;
  RpSecretProtocol protocol;
  const char *host;
  const char *outcome;
  char *text; /* nullable */
  gboolean was_revoked;
} Item;

typedef struct
{
  RpSecrets *secrets;
  RpConfig *config;
  GPtrArray *items;
  guint next;
} Job;

static void
item_free (Item *self)
{
  g_free (self->text);
  g_free (self);
}

static void
job_free (Job *self)
{
  g_object_unref (self->secrets);
  rp_config_unref (self->config);
  g_ptr_array_unref (self->items);
  g_free (self);
}

static Item *
add_item (Job *self,
          const RpServer *server,
          RpSecretProtocol protocol,
          const char *host)
{
  Item *item = g_new0 (Item, 1);

  item->server = server;
  item->protocol = protocol;
  item->host = host;
  g_ptr_array_add (self->items, item);
  return item;
}

static gboolean
has_host_before (const RpServer *server, guint index)
{
  const RpEndpoint *endpoint = g_ptr_array_index (server->endpoints, index);

  for (guint i = 0; i < index; i++)
    if (g_ascii_strcasecmp (((RpEndpoint *) server->endpoints->pdata[i])->host,
                            endpoint->host)
        == 0)
      return TRUE;

  return FALSE;
}

static void
add_sign_in (Job *self, const RpServer *server)
{
  Item *item = add_item (self, server, RP_SECRET_SIGN_IN, NULL);

  /* those of GNOME Online Accounts are not ours to end */
  if (g_strcmp0 (server->oauth_provider, RP_OAUTH_BROKER) == 0)
    item->outcome = "desktop";
}

/* Only of a server that takes one: what another account logs in with at the same host
 * under the same name is not ours to remove. */
static void
add_passwords (Job *self, const RpServer *server)
{
  for (guint i = 0; i < server->endpoints->len; i++)
    if (!has_host_before (server, i))
      add_item (self, server, RP_SECRET_SMTP,
                ((RpEndpoint *) server->endpoints->pdata[i])->host);
}

static void
add_items (Job *self, const RpServer *server)
{
  if (server->secret_command != NULL || server->secret_credential != NULL)
    {
      add_item (self, server, RP_SECRET_SMTP, NULL)->outcome = "elsewhere";
      return;
    }

  if (rp_server_get_access (server, RP_ACCESS_PASSWORD) != NULL)
    add_passwords (self, server);
  if (rp_server_get_access (server, RP_ACCESS_OAUTH2) != NULL)
    add_sign_in (self, server);
  if (server->pop != NULL)
    add_item (self, server, RP_SECRET_POP, server->pop->host);
}

static const char *
get_kind_nick (RpSecretProtocol protocol)
{
  switch (protocol)
    {
    case RP_SECRET_SMTP:
      return "password";
    case RP_SECRET_POP:
      return "pop-password";
    case RP_SECRET_SIGN_IN:
    case RP_SECRET_TOKEN:
      return "sign-in";
    }

  g_assert_not_reached ();
}

static GVariant *
item_to_variant (const Item *self)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "server", "s", self->server->name);
  g_variant_dict_insert (&dict, "kind", "s", get_kind_nick (self->protocol));
  if (self->host != NULL)
    g_variant_dict_insert (&dict, "host", "s", self->host);
  g_variant_dict_insert (&dict, "outcome", "s", self->outcome);
  if (self->text != NULL)
    g_variant_dict_insert (&dict, "text", "s", self->text);
  if (self->was_revoked)
    g_variant_dict_insert (&dict, "revoked", "b", TRUE);
  return g_variant_dict_end (&dict);
}

static GVariant *
build_report (Job *self)
{
  GVariantBuilder report = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < self->items->len; i++)
    g_variant_builder_add_value (&report,
                                 item_to_variant (g_ptr_array_index (self->items, i)));

  return g_variant_ref_sink (g_variant_builder_end (&report));
}

static const char *
get_outcome (const GError *error)
{
  if (error == NULL)
    return "removed";
  if (g_error_matches (error, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING))
    return "nothing";
  if (g_error_matches (error, RP_SECRETS_ERROR, RP_SECRETS_ERROR_LOCKED))
    return "locked";
  return "failed";
}

static void remove_next (GTask *task);

/* Takes the reference of @task. */
static void
note_outcome (GTask *task, const GError *error)
{
  Job *self = g_task_get_task_data (task);
  Item *item = g_ptr_array_index (self->items, self->next);

  item->outcome = get_outcome (error);
  if (g_str_equal (item->outcome, "failed"))
    item->text = g_strdup (error->message);
  self->next++;
  remove_next (task);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  rp_secrets_remove_finish (RP_SECRETS (source), result, &error);
  note_outcome (user_data, error);
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *self = g_task_get_task_data (task);
  Item *item = g_ptr_array_index (self->items, self->next);
  g_autoptr (GError) error = NULL;

  rp_tokens_forget_finish (RP_TOKENS (source), result, &item->was_revoked, &error);
  note_outcome (task, error);
}

/* Takes the reference of @task. */
static void
remove_next (GTask *task)
{
  Job *self = g_task_get_task_data (task);
  const Item *item;

  while (self->next < self->items->len
         && ((Item *) self->items->pdata[self->next])->outcome != NULL)
    self->next++;
  if (self->next == self->items->len)
    {
      g_task_return_pointer (task, build_report (self),
                             (GDestroyNotify) g_variant_unref);
      g_object_unref (task);
      return;
    }

  item = g_ptr_array_index (self->items, self->next);
  if (item->protocol == RP_SECRET_SIGN_IN)
    {
      rp_tokens_forget_async (RP_TOKENS (self->secrets), item->server, NULL,
                              on_forgotten, task);
      return;
    }
  rp_secrets_remove_async (self->secrets, item->server, item->protocol,
                           (const char *const[]){ item->host, NULL }, NULL, on_removed,
                           task);
}

void
rp_logout_async (RpSecrets *secrets,
                 RpConfig *config,
                 const RpAccount *account,
                 const char *server,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Job *self = g_new0 (Job, 1);

  self->secrets = g_object_ref (secrets);
  self->config = rp_config_ref (config);
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  g_task_set_task_data (task, self, (GDestroyNotify) job_free);
  for (guint i = 0; account->servers[i] != NULL; i++)
    {
      const RpServer *candidate = rp_config_get_server (config, account->servers[i]);

      if (candidate != NULL && candidate->user != NULL
          && (server == NULL || g_str_equal (candidate->name, server)))
        add_items (self, candidate);
    }
  remove_next (task);
}

GVariant *
rp_logout_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
