/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config.h"

#include <string.h>

#include "core/rp-address.h"
#include "core/rp-config-group.h"
#include "core/rp-config-reader.h"
#include "core/rp-config-text.h"

static const char *const access_nicks[] = {
  [RP_ACCESS_PASSWORD] = "password",
  [RP_ACCESS_OAUTH2] = "oauth2",
  [RP_ACCESS_CERTIFICATE] = "certificate",
  [RP_ACCESS_KERBEROS] = "kerberos",
  [RP_ACCESS_POP] = "pop",
  [RP_ACCESS_NETWORK] = "network",
  [RP_ACCESS_ADDRESS] = "address",
};

const char *
rp_access_kind_to_nick (RpAccessKind kind)
{
  return access_nicks[kind];
}

gboolean
rp_access_kind_is_login (RpAccessKind kind)
{
  return kind <= RP_ACCESS_KERBEROS;
}

static void
account_free (RpAccount *self)
{
  g_free (self->name);
  g_free (self->address);
  g_strfreev (self->addresses);
  g_strfreev (self->patterns);
  g_strfreev (self->servers);
  g_free (self);
}

static void
server_free (RpServer *self)
{
  g_free (self->name);
  g_ptr_array_unref (self->endpoints);
  g_strfreev (self->domains);
  g_ptr_array_unref (self->accesses);
  g_free (self->user);
  rp_pop_endpoint_free (self->pop);
  g_strfreev (self->senders);
  g_free (self->ca_file);
  g_free (self->pins);
  g_free (self->client_certificate);
  g_free (self->client_key);
  g_free (self->oauth_provider);
  g_free (self->proxy);
  g_free (self->secret_command);
  g_free (self->secret_credential);
  g_free (self->ehlo);
  g_free (self);
}

static void
network_free (RpNetworkRule *self)
{
  g_free (self->name);
  g_strfreev (self->nm_uuids);
  g_strfreev (self->ssids);
  g_strfreev (self->gateway_macs);
  g_strfreev (self->dns_domains);
  g_strfreev (self->vpns);
  g_ptr_array_unref (self->addresses);
  g_free (self->server);
  g_free (self);
}

static RpConfig *
config_new_default (void)
{
  RpConfig *self = g_new0 (RpConfig, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->listen =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_listen_address_free);
  g_ptr_array_add (self->listen, rp_config_text_parse_listen ("127.0.0.1:2525", NULL));
  g_ptr_array_add (self->listen, rp_config_text_parse_listen ("[::1]:2525", NULL));
  self->patience_s = RP_CONFIG_PATIENCE_S;
  self->max_message_bytes = RP_CONFIG_MAX_MESSAGE_BYTES;
  self->queue_days = RP_CONFIG_QUEUE_DAYS;
  self->journal_days = RP_CONFIG_JOURNAL_DAYS;
  self->accounts = g_ptr_array_new_with_free_func ((GDestroyNotify) account_free);
  self->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) server_free);
  self->networks = g_ptr_array_new_with_free_func ((GDestroyNotify) network_free);
  return self;
}

RpConfig *
rp_config_new (GPtrArray *rows, GPtrArray *errors)
{
  g_autoptr (GPtrArray) groups = rp_config_groups_new (rows, errors);
  g_autoptr (RpConfig) self = config_new_default ();

  rp_config_read (self, groups, errors);
  rp_config_check (self, groups, errors);
  return errors->len == 0 ? g_steal_pointer (&self) : NULL;
}

RpConfig *
rp_config_ref (RpConfig *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
rp_config_unref (RpConfig *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->listen);
  g_free (self->language);
  g_ptr_array_unref (self->accounts);
  g_ptr_array_unref (self->servers);
  g_ptr_array_unref (self->networks);
  g_free (self);
}

const RpServer *
rp_config_get_server (const RpConfig *self, const char *name)
{
  for (guint i = 0; i < self->servers->len; i++)
    {
      const RpServer *server = g_ptr_array_index (self->servers, i);

      if (g_str_equal (server->name, name))
        return server;
    }

  return NULL;
}

const RpAccount *
rp_config_get_account (const RpConfig *self, const char *name)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      const RpAccount *account = g_ptr_array_index (self->accounts, i);

      if (g_str_equal (account->name, name))
        return account;
    }

  return NULL;
}

static gboolean
has_address (const RpAccount *account, const char *address)
{
  for (guint i = 0; account->addresses[i] != NULL; i++)
    if (rp_address_is_same (account->addresses[i], address))
      return TRUE;

  return FALSE;
}

/* Returns: octets of the longest pattern of @account that matches, or 0 */
static gsize
get_best_pattern (const RpAccount *account, const char *address)
{
  gsize best = 0;

  for (guint i = 0; account->patterns[i] != NULL; i++)
    if (rp_address_matches (address, account->patterns[i]))
      best = MAX (best, strlen (account->patterns[i]));

  return best;
}

const RpAccount *
rp_config_find_account (const RpConfig *self, const char *sender)
{
  const RpAccount *best = NULL;
  const RpAccount *fallback = NULL;
  gsize best_bytes = 0;

  for (guint i = 0; i < self->accounts->len; i++)
    {
      const RpAccount *account = g_ptr_array_index (self->accounts, i);
      gsize n_bytes = get_best_pattern (account, sender);

      if (has_address (account, sender))
        return account;
      if (n_bytes > best_bytes)
        {
          best = account;
          best_bytes = n_bytes;
        }
      if (account->is_default)
        fallback = account;
    }

  return best != NULL ? best : fallback;
}

const RpAccount *
rp_config_get_default_account (const RpConfig *self)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      const RpAccount *account = g_ptr_array_index (self->accounts, i);

      if (account->is_default || self->accounts->len == 1)
        return account;
    }

  return NULL;
}

char *
rp_config_dup_addresses (const RpConfig *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->accounts->len; i++)
    {
      const RpAccount *account = g_ptr_array_index (self->accounts, i);
      GStrv lists[] = { account->addresses, account->patterns };

      for (guint n = 0; n < G_N_ELEMENTS (lists); n++)
        for (guint j = 0; lists[n][j] != NULL; j++)
          g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", lists[n][j]);
    }

  return g_string_free (text, FALSE);
}

gboolean
rp_server_hosts (const RpServer *self, const char *address)
{
  g_autofree char *domain = rp_address_dup_domain (address);

  return g_strv_contains ((const char *const *) self->domains, domain);
}

gboolean
rp_server_accepts_sender (const RpServer *self, const char *sender)
{
  for (guint i = 0; self->senders[i] != NULL; i++)
    if (rp_address_matches (sender, self->senders[i]))
      return TRUE;

  return self->senders[0] == NULL;
}

const RpAccess *
rp_server_get_access (const RpServer *self, RpAccessKind kind)
{
  for (guint i = 0; i < self->accesses->len; i++)
    {
      const RpAccess *access = g_ptr_array_index (self->accesses, i);

      if (access->kind == kind)
        return access;
    }

  return NULL;
}

gboolean
rp_server_has_broker (const RpServer *self)
{
  return g_strcmp0 (self->oauth_provider, RP_OAUTH_BROKER) == 0;
}

gboolean
rp_server_has_login (const RpServer *self)
{
  for (guint i = 0; i < self->accesses->len; i++)
    if (rp_access_kind_is_login (
            ((const RpAccess *) g_ptr_array_index (self->accesses, i))->kind))
      return TRUE;

  return FALSE;
}

gboolean
rp_server_has_tls_endpoint (const RpServer *self)
{
  for (guint i = 0; i < self->endpoints->len; i++)
    if (((const RpEndpoint *) g_ptr_array_index (self->endpoints, i))->tls
        != RP_TLS_NONE)
      return TRUE;

  return FALSE;
}
