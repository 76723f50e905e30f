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

/* The line of @key, else that of the group. */
static const RpKeyfileRow *
get_place (const RpConfigGroup *group, const char *key)
{
  const RpKeyfileRow *row = rp_config_group_get_row (group, key);

  return row != NULL ? row : group->head;
}

static gboolean
has_key (const RpConfigGroup *group, const char *key)
{
  return rp_config_group_get_row (group, key) != NULL
         || g_hash_table_contains (group->meant, key);
}

#define add_error(group, key, ...)                                                     \
  rp_config_error_add (self->errors, get_place (group, key)->file,                     \
                       get_place (group, key)->line, __VA_ARGS__)

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

      if (!has_key (group, "address"))
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

/* No credential crosses a wire in clear. */
static gboolean
takes_credentials (const RpServer *server)
{
  for (guint i = 0; i < server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = g_ptr_array_index (server->endpoints, i);

      if (endpoint->tls != RP_TLS_NONE || endpoint->is_loopback)
        return TRUE;
    }

  return server->endpoints->len == 0;
}

static gboolean
has_access (const RpConfigGroup *group, RpAccessKind kind)
{
  return rp_server_get_access (group->object, kind) != NULL;
}

static void
check_endpoints (Check *self, const RpConfigGroup *group)
{
  const RpServer *server = group->object;

  if (!has_key (group, "endpoints"))
    add_error (group, "endpoints",
               N_ ("[%1$s] has no endpoints; write"
                   " endpoints=smtps://HOST;smtp://HOST"),
               group->group, NULL);
  for (guint i = 0; i < server->endpoints->len; i++)
    check_own_listener (self, group, g_ptr_array_index (server->endpoints, i));
}

/* Whether nothing in access= is misspelled: what it then lacks, it lacks. */
static gboolean
is_access_understood (const RpConfigGroup *group)
{
  const RpKeyfileRow *row = rp_config_group_get_row (group, "access");
  g_auto (GStrv) parts = rp_keyfile_split_list (row != NULL ? row->raw_value : "");

  return ((const RpServer *) group->object)->accesses->len == g_strv_length (parts)
         && !g_hash_table_contains (group->meant, "access");
}

/* A certificate names its owner itself. */
static void
check_login (Check *self, const RpConfigGroup *group, const RpAccess *access)
{
  const char *nick = rp_access_kind_to_nick (access->kind);

  if (access->kind != RP_ACCESS_CERTIFICATE && !has_key (group, "user"))
    add_error (group, "access",
               N_ ("access=%1$s needs a user name; write user=NAME in [%2$s]"), nick,
               group->group, NULL);
  if (!takes_credentials (group->object))
    add_error (group, "access",
               N_ ("access=%1$s with smtp+insecure:// endpoints alone would log in"
                   " in clear; write an smtps:// or smtp:// endpoint"),
               nick, NULL);
}

static void
check_oauth2 (Check *self, const RpConfigGroup *group)
{
  const gboolean has_oauth2 = has_access (group, RP_ACCESS_OAUTH2);
  const gboolean has_provider = has_key (group, "oauth-provider");
  const gboolean has_command = has_key (group, "secret-command");

  if (has_oauth2 && !has_provider && !has_command)
    add_error (group, "access",
               N_ ("access=oauth2 needs to know who gives out the tokens; write"
                   " oauth-provider=google, microsoft or another one in [%1$s]"),
               group->group, NULL);
  if (has_oauth2 && has_provider && has_command)
    add_error (group, "secret-command",
               N_ ("secret-command= would print the token, and oauth-provider= says"
                   " who gives it out; keep one"),
               NULL);
  if (has_oauth2 && has_command && has_access (group, RP_ACCESS_PASSWORD))
    add_error (group, "secret-command",
               N_ ("secret-command= prints a token or a password; keep oauth2 or"
                   " password in access="),
               NULL);
  if (!has_oauth2 && has_provider && is_access_understood (group))
    add_error (group, "oauth-provider",
               N_ ("oauth-provider= is used by access=oauth2, which [%1$s] does not"
                   " have; write access=oauth2"),
               group->group, NULL);
}

static void
check_certificate (Check *self, const RpConfigGroup *group)
{
  const gboolean has_certificate = has_key (group, "client-certificate");

  if (has_access (group, RP_ACCESS_CERTIFICATE) && !has_certificate)
    add_error (group, "access",
               N_ ("access=certificate needs your certificate; write"
                   " client-certificate=PATH in [%1$s]"),
               group->group, NULL);
  if (has_key (group, "client-key") && !has_certificate)
    add_error (group, "client-key",
               N_ ("client-key= is the key of a certificate; write"
                   " client-certificate=PATH in [%1$s]"),
               group->group, NULL);
}

/* What only a login needs, where there is none. */
static void
check_idle_keys (Check *self, const RpConfigGroup *group)
{
  const gboolean has_pop = has_access (group, RP_ACCESS_POP);
  const gboolean has_password = has_access (group, RP_ACCESS_PASSWORD) || has_pop;

  if (!is_access_understood (group))
    return;

  if (has_key (group, "user") && !has_pop && !rp_server_has_login (group->object))
    add_error (group, "user",
               N_ ("user= is used by password, oauth2, certificate, kerberos and pop,"
                   " and access= has none of them; write access=password"),
               NULL);
  if (has_key (group, "secret-command") && !has_password
      && !has_access (group, RP_ACCESS_OAUTH2))
    add_error (group, "secret-command",
               N_ ("secret-command= is used by password, oauth2 and pop, and access="
                   " has none of them; write access=password"),
               NULL);
  if (has_key (group, "secret-credential") && !has_password)
    add_error (group, "secret-credential",
               N_ ("secret-credential= is used by password and pop, and access= has"
                   " neither; write access=password"),
               NULL);
  if (has_key (group, "secret-credential") && has_key (group, "secret-command"))
    add_error (group, "secret-credential",
               N_ ("secret-credential= and secret-command= both say where the password"
                   " is; keep one"),
               NULL);
}

static void
check_logins (Check *self, const RpConfigGroup *group)
{
  const RpServer *server = group->object;

  for (guint i = 0; i < server->accesses->len; i++)
    {
      const RpAccess *access = g_ptr_array_index (server->accesses, i);

      if (rp_access_kind_is_login (access->kind))
        check_login (self, group, access);
    }

  check_oauth2 (self, group);
  check_certificate (self, group);
  check_idle_keys (self, group);
}

static void
check_pop (Check *self, const RpConfigGroup *group)
{
  const RpServer *server = group->object;
  gboolean has_pop = has_access (group, RP_ACCESS_POP);

  if (has_pop && !has_key (group, "pop"))
    add_error (group, "access",
               N_ ("access=pop needs the server to log in to; write"
                   " pop=pop3s://HOST in [%1$s]"),
               group->group, NULL);
  if (has_pop && !has_key (group, "user"))
    add_error (group, "access",
               N_ ("access=pop needs a user name; write user=NAME in [%1$s]"),
               group->group, NULL);
  if (!has_pop && has_key (group, "pop") && is_access_understood (group))
    add_error (group, "pop",
               N_ ("pop= is used by access=pop, which [%1$s] does not have; add"
                   " pop to its access="),
               group->group, NULL);
  if (!has_pop && has_key (group, "pop-window") && is_access_understood (group))
    add_error (group, "pop-window",
               N_ ("pop-window= is used by access=pop, which [%1$s] does not have; add"
                   " pop to its access="),
               group->group, NULL);
  if (server->pop != NULL && server->pop->tls == RP_TLS_NONE && server->proxy != NULL)
    add_error (group, "proxy",
               N_ ("'%1$s' would show the password to the proxy; write pop3s:// or"
                   " pop3://, or leave out proxy="),
               server->pop->url, NULL);
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

  if (!has_key (group, "access") && !has_key (group, "domains"))
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
    if (!g_str_equal (keys[i], "server") && has_key (group, keys[i]))
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
          check_logins (self, group);
          check_pop (self, group);
        }
      else if (group->kind == RP_GROUP_NETWORK)
        check_network (self, group);
    }
}
