/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-config-view.h"

#include <stdio.h>

#include "rp-dict.h"

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (text));
}

static void
add_list (GVariantBuilder *builder, const char *key, GStrv list)
{
  if (list != NULL && list[0] != NULL)
    g_variant_builder_add (builder, "{sv}", key,
                           g_variant_new_strv ((const char *const *) list, -1));
}

GVariant *
rp_config_view_account (const RpAccount *account)
{
  g_autoptr (GStrvBuilder) aliases = g_strv_builder_new ();
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_strv_builder_addv (aliases, (const char **) account->addresses + 1);
  g_strv_builder_addv (aliases, (const char **) account->patterns);

  g_auto (GStrv) list = g_strv_builder_end (aliases);

  add_text (&builder, "name", account->name);
  add_text (&builder, "address", account->address);
  add_list (&builder, "aliases", list);
  add_list (&builder, "servers", account->servers);
  if (account->is_default)
    g_variant_builder_add (&builder, "{sv}", "default", g_variant_new_boolean (TRUE));
  return g_variant_builder_end (&builder);
}

static char *
dup_access (const RpAccess *access)
{
  const char *nick = rp_access_kind_to_nick (access->kind);

  if (access->kind == RP_ACCESS_NETWORK)
    return g_strconcat (nick, ":", access->network, NULL);
  if (access->kind == RP_ACCESS_ADDRESS)
    return g_strconcat (nick, ":", access->range.text, NULL);
  return g_strdup (nick);
}

static GStrv
dup_accesses (const RpServer *server)
{
  GStrv list = g_new0 (char *, server->accesses->len + 1);

  for (guint i = 0; i < server->accesses->len; i++)
    list[i] = dup_access (g_ptr_array_index (server->accesses, i));
  return list;
}

static GStrv
dup_endpoints (const RpServer *server)
{
  GStrv list = g_new0 (char *, server->endpoints->len + 1);

  for (guint i = 0; i < server->endpoints->len; i++)
    list[i] = g_strdup (((RpEndpoint *) g_ptr_array_index (server->endpoints, i))->url);
  return list;
}

GVariant *
rp_config_view_server (const RpServer *server)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_auto (GStrv) endpoints = dup_endpoints (server);
  g_auto (GStrv) accesses = dup_accesses (server);
  g_auto (GStrv) pins = g_strsplit (server->pins != NULL ? server->pins : "", ";", -1);

  add_text (&builder, "name", server->name);
  add_list (&builder, "endpoints", endpoints);
  add_list (&builder, "domains", server->domains);
  add_list (&builder, "access", accesses);
  add_text (&builder, "user", server->user);
  add_text (&builder, "pop", server->pop != NULL ? server->pop->url : NULL);
  if (server->pop != NULL)
    g_variant_builder_add (&builder, "{sv}", "pop-window",
                           g_variant_new_uint32 (server->pop_window_s));
  add_list (&builder, "senders", server->senders);
  add_text (&builder, "ca-file", server->ca_file);
  add_list (&builder, "pin", pins);
  add_text (&builder, "client-certificate", server->client_certificate);
  add_text (&builder, "client-key", server->client_key);
  add_text (&builder, "oauth-provider", server->oauth_provider);
  add_text (&builder, "proxy", server->proxy);
  add_text (&builder, "secret-command", server->secret_command);
  add_text (&builder, "secret-credential", server->secret_credential);
  g_variant_builder_add (&builder, "{sv}", "timeout",
                         g_variant_new_uint32 (server->timeout_s));
  add_text (&builder, "ehlo", server->ehlo);
  return g_variant_builder_end (&builder);
}

GVariant *
rp_config_view_network (const RpNetworkRule *rule)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_auto (GStrv) ranges = g_new0 (char *, rule->addresses->len + 1);

  for (guint i = 0; i < rule->addresses->len; i++)
    ranges[i] = g_strdup (((RpCidr *) g_ptr_array_index (rule->addresses, i))->text);

  add_text (&builder, "name", rule->name);
  add_list (&builder, "nm-uuid", rule->nm_uuids);
  add_list (&builder, "ssid", rule->ssids);
  add_list (&builder, "gateway-mac", rule->gateway_macs);
  add_list (&builder, "dns-domain", rule->dns_domains);
  add_list (&builder, "address", ranges);
  add_list (&builder, "vpn", rule->vpns);
  add_text (&builder, "server", rule->server);
  return g_variant_builder_end (&builder);
}

GVariant *
rp_config_view_accounts (const RpConfig *config)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < config->accounts->len; i++)
    g_variant_builder_add_value (
        &builder, rp_config_view_account (g_ptr_array_index (config->accounts, i)));
  return g_variant_builder_end (&builder);
}

GVariant *
rp_config_view_servers (const RpConfig *config)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < config->servers->len; i++)
    g_variant_builder_add_value (
        &builder, rp_config_view_server (g_ptr_array_index (config->servers, i)));
  return g_variant_builder_end (&builder);
}

GVariant *
rp_config_view_networks (const RpConfig *config)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < config->networks->len; i++)
    g_variant_builder_add_value (
        &builder, rp_config_view_network (g_ptr_array_index (config->networks, i)));
  return g_variant_builder_end (&builder);
}

static char *
dup_value (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return rp_keyfile_escape (g_variant_get_string (value, NULL), FALSE);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_strdup_printf ("%u", g_variant_get_uint32 (value));

  g_auto (GStrv) list = g_variant_dup_strv (value, NULL);

  for (guint i = 0; list[i] != NULL; i++)
    {
      char *escaped = rp_keyfile_escape (list[i], TRUE);

      g_free (list[i]);
      list[i] = escaped;
    }
  return g_strjoinv (";", list);
}

void
rp_config_view_print_group (const char *kind, GVariant *view)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (view);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  printf ("[%s %s]\n", kind, rp_dict_get_string (owned, "name"));
  g_variant_iter_init (&iter, owned);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (!g_str_equal (key, "name"))
      {
        g_autofree char *text = dup_value (value);

        printf ("%s=%s\n", key, text);
      }
}
