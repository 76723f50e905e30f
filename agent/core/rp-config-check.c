/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is right alone and wrong together. */
#include "core/rp-config-reader.h"

#include <string.h>

#include "core/rp-address.h"
#include "core/rp-config-text.h"
#include "core/rp-marked.h"
#include "core/rp-spelling.h"

/* Check: @addresses and the groups that own them, as far as they were seen. */
typedef struct
{
  RpConfig *config;
  GPtrArray *groups;
  GPtrArray *errors;
  GPtrArray *addresses;
  GPtrArray *owners;
} Check;

#define add_error(group, key, ...)                                                     \
  rp_config_error_add (self->errors, rp_config_group_get_place (group, key)->file,     \
                       rp_config_group_get_place (group, key)->line, __VA_ARGS__)

static GStrv
dup_names (Check *self, RpGroupKind kind)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->groups->len; i++)
    {
      const RpConfigGroup *group = g_ptr_array_index (self->groups, i);

      if (group->kind == RP_GROUP_NETWORK && kind == RP_GROUP_NETWORK)
        g_strv_builder_add (builder, ((RpNetworkRule *) group->object)->name);
      else if (group->kind == kind)
        g_strv_builder_add (builder, group->name);
    }

  return g_strv_builder_end (builder);
}

static void
check_name (Check *self,
            const RpConfigGroup *group,
            const char *key,
            RpGroupKind kind,
            const char *name)
{
  gboolean is_server = kind == RP_GROUP_SERVER;
  g_auto (GStrv) names = dup_names (self, kind);
  const char *const *known = (const char *const *) names;
  const char *nearest;

  if (g_strv_contains (known, name))
    return;

  nearest = rp_spelling_find_nearest (name, known);
  if (nearest != NULL)
    add_error (group, key,
               is_server ? N_ ("%1$s= names the server '%2$s', which is not"
                               " configured; did you mean '%3$s'?")
                         : N_ ("%1$s= names the network '%2$s', which is not"
                               " configured; did you mean '%3$s'?"),
               key, name, nearest, NULL);
  else
    add_error (group, key,
               is_server ? N_ ("%1$s= names the server '%2$s', which is not"
                               " configured; write a group [server %2$s]")
                         : N_ ("%1$s= names the network '%2$s', which is not"
                               " configured; write a group [network %2$s]"),
               key, name, NULL);
}

static gboolean
is_twice (char *const *list, guint index)
{
  for (guint i = 0; i < index; i++)
    if (g_str_equal (list[i], list[index]))
      return TRUE;

  return FALSE;
}

static void
check_account_servers (Check *self, const RpConfigGroup *group)
{
  const RpAccount *account = group->object;

  if (account->servers[0] == NULL)
    add_error (group, "servers",
               N_ ("[%1$s] has no servers; write servers=NAME, where"
                   " [server NAME] is its outgoing server"),
               group->group, NULL);

  for (guint i = 0; account->servers[i] != NULL; i++)
    if (is_twice (account->servers, i))
      add_error (group, "servers", N_ ("servers= names '%1$s' twice; keep the first"),
                 account->servers[i], NULL);
    else if (!g_str_equal (account->servers[i], "location"))
      check_name (self, group, "servers", RP_GROUP_SERVER, account->servers[i]);
}

/* Of two different patterns none owns the other: the longer one wins. */
static gboolean
is_same (const char *a, const char *b)
{
  if (rp_address_is_pattern (a) || rp_address_is_pattern (b))
    return g_ascii_strcasecmp (a, b) == 0;
  return rp_address_is_same (a, b);
}

/* Checks every earlier address and pattern against @text. Accounts have few. */
static void
check_unique (Check *self,
              const RpConfigGroup *group,
              const char *key,
              const char *text)
{
  for (guint i = 0; i < self->addresses->len; i++)
    {
      const RpConfigGroup *other = g_ptr_array_index (self->owners, i);

      if (!is_same (g_ptr_array_index (self->addresses, i), text))
        continue;
      if (other == group)
        add_error (group, key, N_ ("'%1$s' stands twice in [%2$s]; keep one"), text,
                   group->group, NULL);
      else
        add_error (group, key,
                   N_ ("'%1$s' belongs to [%2$s] already; an address has one account"),
                   text, other->group, NULL);
      return;
    }

  g_ptr_array_add (self->addresses, (gpointer) text);
  g_ptr_array_add (self->owners, (gpointer) group);
}

static void
check_unique_addresses (Check *self, const RpConfigGroup *group)
{
  const RpAccount *account = group->object;

  for (guint i = 0; account->addresses[i] != NULL; i++)
    check_unique (self, group,
                  i == 0 && account->address != NULL ? "address" : "aliases",
                  account->addresses[i]);
  for (guint i = 0; account->patterns[i] != NULL; i++)
    check_unique (self, group, "aliases", account->patterns[i]);
}

static void
check_accounts (Check *self)
{
  const RpConfigGroup *first_default = NULL;

  for (guint i = 0; i < self->groups->len; i++)
    {
      const RpConfigGroup *group = g_ptr_array_index (self->groups, i);
      const RpAccount *account = group->object;

      if (group->kind != RP_GROUP_ACCOUNT)
        continue;

      if (!rp_config_group_has_key (group, "address"))
        add_error (group, "address",
                   N_ ("[%1$s] has no address; write"
                       " address=name@example.org"),
                   group->group, NULL);
      check_account_servers (self, group);
      check_unique_addresses (self, group);
      if (account->is_default && first_default != NULL)
        add_error (group, "default",
                   N_ ("[%1$s] has default=yes already; one account can be"
                       " the default"),
                   first_default->group, NULL);
      else if (account->is_default)
        first_default = group;
    }
}

static gboolean
is_any_address (const char *host)
{
  return g_str_equal (host, "0.0.0.0") || g_str_equal (host, "::");
}

/* Mail would go round and round. */
static void
check_own_listener (Check *self, const RpConfigGroup *group, const RpEndpoint *endpoint)
{
  if (!endpoint->is_loopback && !is_any_address (endpoint->host))
    return;

  for (guint i = 0; i < self->config->listen->len; i++)
    {
      const RpListenAddress *own = g_ptr_array_index (self->config->listen, i);

      if (own->port == endpoint->port
          && (g_ascii_strcasecmp (endpoint->host, "localhost") == 0
              || is_any_address (endpoint->host)
              || g_str_equal (own->host, endpoint->host)))
        {
          add_error (group, "endpoints",
                     N_ ("endpoint '%1$s' is roampost's own listener; write"
                         " the provider's server"),
                     endpoint->url, NULL);
          return;
        }
    }
}

static void
check_endpoints (Check *self, const RpConfigGroup *group)
{
  const RpServer *server = group->object;

  if (!rp_config_group_has_key (group, "endpoints"))
    add_error (group, "endpoints",
               N_ ("[%1$s] has no endpoints; write"
                   " endpoints=smtps://HOST;smtp://HOST"),
               group->group, NULL);
  for (guint i = 0; i < server->endpoints->len; i++)
    check_own_listener (self, group, g_ptr_array_index (server->endpoints, i));
}

static void
check_access (Check *self, const RpConfigGroup *group)
{
  const RpServer *server = group->object;

  for (guint i = 0; i < server->accesses->len; i++)
    {
      const RpAccess *access = g_ptr_array_index (server->accesses, i);

      if (access->kind == RP_ACCESS_NETWORK)
        check_name (self, group, "access", RP_GROUP_NETWORK, access->network);
    }

  if (!rp_config_group_has_key (group, "access")
      && !rp_config_group_has_key (group, "domains"))
    add_error (group, "access",
               N_ ("[%1$s] would never be used: nothing lets it relay and it"
                   " hosts no domain; write access=password, oauth2,"
                   " pop, network:NAME or address:RANGE"),
               group->group, NULL);
}

static gboolean
has_fact (const RpConfigGroup *group)
{
  const char *const *keys = rp_group_kind_get_keys (RP_GROUP_NETWORK);

  for (guint i = 0; keys[i] != NULL; i++)
    if (!g_str_equal (keys[i], "server") && rp_config_group_has_key (group, keys[i]))
      return TRUE;

  return FALSE;
}

/* Returns: (nullable): the first place of that name with server= */
static const RpConfigGroup *
find_server_place (Check *self, const char *name)
{
  for (guint i = 0; i < self->groups->len; i++)
    {
      const RpConfigGroup *group = g_ptr_array_index (self->groups, i);

      if (group->kind == RP_GROUP_NETWORK
          && rp_config_group_get_row (group, "server") != NULL
          && g_str_equal (((RpNetworkRule *) group->object)->name, name))
        return group;
    }

  return NULL;
}

/* The server belongs to the name: all places of one name share it. */
static void
check_shared_server (Check *self, const RpConfigGroup *group)
{
  RpNetworkRule *rule = group->object;
  const RpConfigGroup *other = find_server_place (self, rule->name);
  const char *server = other != NULL ? ((RpNetworkRule *) other->object)->server : NULL;

  if (rule->server == NULL)
    rule->server = g_strdup (server);
  else if (!g_str_equal (rule->server, server))
    add_error (
        group, "server",
        N_ ("server=%1$s, but [%2$s] of the same network has server=%3$s; keep one"),
        rule->server, other->group, server, NULL);
}

static void
check_network (Check *self, const RpConfigGroup *group)
{
  const RpNetworkRule *rule = group->object;

  if (!has_fact (group))
    add_error (group, "",
               N_ ("nothing tells how to recognise [%1$s]; write gateway-mac=, ssid=,"
                   " dns-domain=, nm-uuid=, address= or vpn="),
               group->group, NULL);
  if (rule->server != NULL)
    check_name (self, group, "server", RP_GROUP_SERVER, rule->server);
  check_shared_server (self, group);
}

void
rp_config_check (RpConfig *config, GPtrArray *groups, GPtrArray *errors)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  g_autoptr (GPtrArray) owners = g_ptr_array_new ();
  Check check = { config, groups, errors, addresses, owners };
  Check *self = &check;

  check_accounts (self);
  for (guint i = 0; i < groups->len; i++)
    {
      const RpConfigGroup *group = g_ptr_array_index (groups, i);

      if (group->kind == RP_GROUP_SERVER)
        {
          check_endpoints (self, group);
          check_access (self, group);
          rp_config_check_logins (group, errors);
        }
      else if (group->kind == RP_GROUP_NETWORK)
        check_network (self, group);
    }
}
