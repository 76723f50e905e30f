/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config-reader.h"

#include <string.h>

#include "core/rp-address.h"
#include "core/rp-config-text.h"
#include "core/rp-config-value.h"

typedef struct
{
  RpGroupKind kind;
  const char *key;
  RpConfigValueFunc read;
  gsize offset;
} KeySpec;

static const KeySpec SPECS[] = {
  { RP_GROUP_AGENT, "listen", rp_config_value_read_listen,
    G_STRUCT_OFFSET (RpConfig, listen) },
  { RP_GROUP_AGENT, "patience", rp_config_value_read_patience,
    G_STRUCT_OFFSET (RpConfig, patience_s) },
  { RP_GROUP_AGENT, "language", rp_config_value_read_language,
    G_STRUCT_OFFSET (RpConfig, language) },
  { RP_GROUP_AGENT, "bare-newline", rp_config_value_read_bare_newline,
    G_STRUCT_OFFSET (RpConfig, bare_newline) },
  { RP_GROUP_AGENT, "received", rp_config_value_read_boolean,
    G_STRUCT_OFFSET (RpConfig, adds_received) },
  { RP_GROUP_AGENT, "max-message-size", rp_config_value_read_message_size,
    G_STRUCT_OFFSET (RpConfig, max_message_bytes) },
  { RP_GROUP_AGENT, "when-deferred", rp_config_value_read_when_deferred,
    G_STRUCT_OFFSET (RpConfig, when_deferred_tells) },
  { RP_GROUP_AGENT, "in-doubt", rp_config_value_read_in_doubt,
    G_STRUCT_OFFSET (RpConfig, retries_doubt) },
  { RP_GROUP_AGENT, "queue-days", rp_config_value_read_queue_days,
    G_STRUCT_OFFSET (RpConfig, queue_days) },
  { RP_GROUP_AGENT, "journal-days", rp_config_value_read_journal_days,
    G_STRUCT_OFFSET (RpConfig, journal_days) },
  { RP_GROUP_AGENT, "journal-subject", rp_config_value_read_boolean,
    G_STRUCT_OFFSET (RpConfig, journal_subject) },

  { RP_GROUP_ACCOUNT, "address", rp_config_value_read_address,
    G_STRUCT_OFFSET (RpAccount, address) },
  { RP_GROUP_ACCOUNT, "aliases", rp_config_value_read_aliases,
    G_STRUCT_OFFSET (RpAccount, patterns) },
  { RP_GROUP_ACCOUNT, "servers", rp_config_value_read_names,
    G_STRUCT_OFFSET (RpAccount, servers) },
  { RP_GROUP_ACCOUNT, "default", rp_config_value_read_boolean,
    G_STRUCT_OFFSET (RpAccount, is_default) },

  { RP_GROUP_SERVER, "endpoints", rp_config_value_read_endpoints,
    G_STRUCT_OFFSET (RpServer, endpoints) },
  { RP_GROUP_SERVER, "domains", rp_config_value_read_domains,
    G_STRUCT_OFFSET (RpServer, domains) },
  { RP_GROUP_SERVER, "access", rp_config_value_read_access,
    G_STRUCT_OFFSET (RpServer, accesses) },
  { RP_GROUP_SERVER, "user", rp_config_value_read_user,
    G_STRUCT_OFFSET (RpServer, user) },
  { RP_GROUP_SERVER, "pop", rp_config_value_read_pop, G_STRUCT_OFFSET (RpServer, pop) },
  { RP_GROUP_SERVER, "pop-window", rp_config_value_read_pop_window,
    G_STRUCT_OFFSET (RpServer, pop_window_s) },
  { RP_GROUP_SERVER, "senders", rp_config_value_read_senders,
    G_STRUCT_OFFSET (RpServer, senders) },
  { RP_GROUP_SERVER, "ca-file", rp_config_value_read_path,
    G_STRUCT_OFFSET (RpServer, ca_file) },
  { RP_GROUP_SERVER, "pin", rp_config_value_read_pins,
    G_STRUCT_OFFSET (RpServer, pins) },
  { RP_GROUP_SERVER, "client-certificate", rp_config_value_read_path,
    G_STRUCT_OFFSET (RpServer, client_certificate) },
  { RP_GROUP_SERVER, "client-key", rp_config_value_read_path,
    G_STRUCT_OFFSET (RpServer, client_key) },
  { RP_GROUP_SERVER, "oauth-provider", rp_config_value_read_file_name,
    G_STRUCT_OFFSET (RpServer, oauth_provider) },
  { RP_GROUP_SERVER, "proxy", rp_config_value_read_proxy,
    G_STRUCT_OFFSET (RpServer, proxy) },
  { RP_GROUP_SERVER, "secret-command", rp_config_value_read_text,
    G_STRUCT_OFFSET (RpServer, secret_command) },
  { RP_GROUP_SERVER, "secret-credential", rp_config_value_read_file_name,
    G_STRUCT_OFFSET (RpServer, secret_credential) },
  { RP_GROUP_SERVER, "timeout", rp_config_value_read_timeout,
    G_STRUCT_OFFSET (RpServer, timeout_s) },
  { RP_GROUP_SERVER, "ehlo", rp_config_value_read_ehlo,
    G_STRUCT_OFFSET (RpServer, ehlo) },

  { RP_GROUP_NETWORK, "nm-uuid", rp_config_value_read_uuids,
    G_STRUCT_OFFSET (RpNetworkRule, nm_uuids) },
  { RP_GROUP_NETWORK, "ssid", rp_config_value_read_ssids,
    G_STRUCT_OFFSET (RpNetworkRule, ssids) },
  { RP_GROUP_NETWORK, "gateway-mac", rp_config_value_read_macs,
    G_STRUCT_OFFSET (RpNetworkRule, gateway_macs) },
  { RP_GROUP_NETWORK, "dns-domain", rp_config_value_read_domains,
    G_STRUCT_OFFSET (RpNetworkRule, dns_domains) },
  { RP_GROUP_NETWORK, "address", rp_config_value_read_ranges,
    G_STRUCT_OFFSET (RpNetworkRule, addresses) },
  { RP_GROUP_NETWORK, "vpn", rp_config_value_read_names,
    G_STRUCT_OFFSET (RpNetworkRule, vpns) },
  { RP_GROUP_NETWORK, "server", rp_config_value_read_text,
    G_STRUCT_OFFSET (RpNetworkRule, server) },
};

static void
read_keys (const RpConfigGroup *group, GPtrArray *errors)
{
  for (guint i = 0; i < G_N_ELEMENTS (SPECS); i++)
    if (SPECS[i].kind == group->kind)
      {
        const RpKeyfileRow *row = rp_config_group_get_row (group, SPECS[i].key);

        if (row != NULL)
          SPECS[i].read (row, (char *) group->object + SPECS[i].offset, errors);
      }
}

static gboolean
append (GStrvBuilder *builder, const char *text)
{
  g_strv_builder_add (builder, text);
  return TRUE;
}

/* aliases= was read into @patterns whole: its exact addresses go behind address=. */
static void
sort_aliases (RpAccount *account)
{
  g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) patterns = g_strv_builder_new ();
  g_auto (GStrv) aliases = g_steal_pointer (&account->patterns);

  if (account->address != NULL)
    append (addresses, account->address);
  for (guint i = 0; aliases != NULL && aliases[i] != NULL; i++)
    append (rp_address_is_pattern (aliases[i]) ? patterns : addresses, aliases[i]);

  account->addresses = g_strv_builder_end (addresses);
  account->patterns = g_strv_builder_end (patterns);
}

static void
read_account (RpConfig *self, RpConfigGroup *group, GPtrArray *errors)
{
  RpAccount *account = g_new0 (RpAccount, 1);

  account->name = g_strdup (group->name);
  g_ptr_array_add (self->accounts, account);
  group->object = account;
  read_keys (group, errors);
  sort_aliases (account);
  if (account->servers == NULL)
    account->servers = g_new0 (char *, 1);
}

static void
access_free (RpAccess *self)
{
  g_free (self->network);
  rp_cidr_clear (&self->range);
  g_free (self);
}

static void
range_free (RpCidr *self)
{
  rp_cidr_clear (self);
  g_free (self);
}

static void
ensure_list (GStrv *list)
{
  if (*list == NULL)
    *list = g_new0 (char *, 1);
}

static void
read_server (RpConfig *self, RpConfigGroup *group, GPtrArray *errors)
{
  RpServer *server = g_new0 (RpServer, 1);

  server->name = g_strdup (group->name);
  server->endpoints =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_endpoint_free);
  server->accesses = g_ptr_array_new_with_free_func ((GDestroyNotify) access_free);
  server->ehlo = g_strdup ("[127.0.0.1]");
  server->timeout_s = RP_CONFIG_TIMEOUT_S;
  server->pop_window_s = RP_CONFIG_POP_WINDOW_S;
  g_ptr_array_add (self->servers, server);
  group->object = server;
  read_keys (group, errors);
  ensure_list (&server->domains);
  ensure_list (&server->senders);
}

/* Returns: (transfer full): "home" for "home" and "home.2" */
static char *
dup_place_name (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot == NULL || dot[1] == '\0' || dot[1 + strspn (dot + 1, G_CSET_DIGITS)] != '\0')
    return g_strdup (name);
  return g_strndup (name, (gsize) (dot - name));
}

static void
read_network (RpConfig *self, RpConfigGroup *group, GPtrArray *errors)
{
  RpNetworkRule *rule = g_new0 (RpNetworkRule, 1);

  rule->name = dup_place_name (group->name);
  rule->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) range_free);
  g_ptr_array_add (self->networks, rule);
  group->object = rule;
  read_keys (group, errors);
  ensure_list (&rule->nm_uuids);
  ensure_list (&rule->ssids);
  ensure_list (&rule->gateway_macs);
  ensure_list (&rule->dns_domains);
  ensure_list (&rule->vpns);
}

void
rp_config_read (RpConfig *self, GPtrArray *groups, GPtrArray *errors)
{
  for (guint i = 0; i < groups->len; i++)
    {
      RpConfigGroup *group = g_ptr_array_index (groups, i);

      switch (group->kind)
        {
        case RP_GROUP_AGENT:
          group->object = self;
          read_keys (group, errors);
          break;
        case RP_GROUP_ACCOUNT:
          read_account (self, group, errors);
          break;
        case RP_GROUP_SERVER:
          read_server (self, group, errors);
          break;
        case RP_GROUP_NETWORK:
          read_network (self, group, errors);
          break;
        }
    }
}
