/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of a server: whether there is what its accesses need, and nothing that none needs. */
#include "core/rp-config-reader.h"
#include "core/rp-marked.h"

#define add_error(group, key, ...)                                                     \
  rp_config_error_add (errors, rp_config_group_get_place (group, key)->file,           \
                       rp_config_group_get_place (group, key)->line, __VA_ARGS__)

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
check_login (const RpConfigGroup *group, const RpAccess *access, GPtrArray *errors)
{
  const char *nick = rp_access_kind_to_nick (access->kind);

  if (access->kind != RP_ACCESS_CERTIFICATE && !rp_config_group_has_key (group, "user"))
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
check_oauth2 (const RpConfigGroup *group, GPtrArray *errors)
{
  const gboolean has_oauth2 = has_access (group, RP_ACCESS_OAUTH2);
  const gboolean has_provider = rp_config_group_has_key (group, "oauth-provider");
  const gboolean has_command = rp_config_group_has_key (group, "secret-command");

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
check_certificate (const RpConfigGroup *group, GPtrArray *errors)
{
  const gboolean has_certificate =
      rp_config_group_has_key (group, "client-certificate");

  if (has_access (group, RP_ACCESS_CERTIFICATE) && !has_certificate)
    add_error (group, "access",
               N_ ("access=certificate needs your certificate; write"
                   " client-certificate=PATH in [%1$s]"),
               group->group, NULL);
  if (rp_config_group_has_key (group, "client-key") && !has_certificate)
    add_error (group, "client-key",
               N_ ("client-key= is the key of a certificate; write"
                   " client-certificate=PATH in [%1$s]"),
               group->group, NULL);
}

/* What only a login needs, where there is none. */
static void
check_idle_keys (const RpConfigGroup *group, GPtrArray *errors)
{
  const gboolean has_pop = has_access (group, RP_ACCESS_POP);
  const gboolean has_password = has_access (group, RP_ACCESS_PASSWORD) || has_pop;

  if (!is_access_understood (group))
    return;

  if (rp_config_group_has_key (group, "user") && !has_pop
      && !rp_server_has_login (group->object))
    add_error (group, "user",
               N_ ("user= is used by password, oauth2, certificate, kerberos and pop,"
                   " and access= has none of them; write access=password"),
               NULL);
  if (rp_config_group_has_key (group, "secret-command") && !has_password
      && !has_access (group, RP_ACCESS_OAUTH2))
    add_error (group, "secret-command",
               N_ ("secret-command= is used by password, oauth2 and pop, and access="
                   " has none of them; write access=password"),
               NULL);
  if (rp_config_group_has_key (group, "secret-credential") && !has_password)
    add_error (group, "secret-credential",
               N_ ("secret-credential= is used by password and pop, and access= has"
                   " neither; write access=password"),
               NULL);
  if (rp_config_group_has_key (group, "secret-credential")
      && rp_config_group_has_key (group, "secret-command"))
    add_error (group, "secret-credential",
               N_ ("secret-credential= and secret-command= both say where the password"
                   " is; keep one"),
               NULL);
}

static void
check_pop (const RpConfigGroup *group, GPtrArray *errors)
{
  const RpServer *server = group->object;
  gboolean has_pop = has_access (group, RP_ACCESS_POP);

  if (has_pop && !rp_config_group_has_key (group, "pop"))
    add_error (group, "access",
               N_ ("access=pop needs the server to log in to; write"
                   " pop=pop3s://HOST in [%1$s]"),
               group->group, NULL);
  if (has_pop && !rp_config_group_has_key (group, "user"))
    add_error (group, "access",
               N_ ("access=pop needs a user name; write user=NAME in [%1$s]"),
               group->group, NULL);
  if (!has_pop && rp_config_group_has_key (group, "pop")
      && is_access_understood (group))
    add_error (group, "pop",
               N_ ("pop= is used by access=pop, which [%1$s] does not have; add"
                   " pop to its access="),
               group->group, NULL);
  if (!has_pop && rp_config_group_has_key (group, "pop-window")
      && is_access_understood (group))
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

void
rp_config_check_logins (const RpConfigGroup *group, GPtrArray *errors)
{
  const RpServer *server = group->object;

  for (guint i = 0; i < server->accesses->len; i++)
    {
      const RpAccess *access = g_ptr_array_index (server->accesses, i);

      if (rp_access_kind_is_login (access->kind))
        check_login (group, access, errors);
    }

  check_oauth2 (group, errors);
  check_certificate (group, errors);
  check_idle_keys (group, errors);
  check_pop (group, errors);
}
