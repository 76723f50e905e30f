/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config-group.h"

#include <string.h>

#include "core/rp-marked.h"
#include "core/rp-spelling.h"

static const char *const KINDS[] = { "agent", "account", "server", "network", NULL };

static const char *const AGENT_KEYS[] = {
  "listen",     "patience",         "language",        "bare-newline",
  "received",   "max-message-size", "when-deferred",   "in-doubt",
  "queue-days", "journal-days",     "journal-subject", NULL
};

static const char *const ACCOUNT_KEYS[] = { "address", "aliases", "servers", "default",
                                            NULL };

static const char *const SERVER_KEYS[] = { "endpoints",
                                           "domains",
                                           "access",
                                           "user",
                                           "pop",
                                           "pop-window",
                                           "senders",
                                           "ca-file",
                                           "pin",
                                           "client-certificate",
                                           "client-key",
                                           "oauth-provider",
                                           "proxy",
                                           "secret-command",
                                           "secret-credential",
                                           "timeout",
                                           "ehlo",
                                           NULL };

static const char *const NETWORK_KEYS[] = { "nm-uuid",    "ssid",    "gateway-mac",
                                            "dns-domain", "address", "vpn",
                                            "server",     NULL };

const char *const *
rp_group_kind_get_keys (RpGroupKind kind)
{
  static const char *const *const keys[] = { AGENT_KEYS, ACCOUNT_KEYS, SERVER_KEYS,
                                             NETWORK_KEYS };

  return keys[kind];
}

static void
group_free (RpConfigGroup *self)
{
  g_free (self->group);
  g_free (self->name);
  g_hash_table_unref (self->rows);
  g_hash_table_unref (self->meant);
  g_free (self);
}

/* Names are said in lists (';'), in access=network:NAME, and typed on command lines. */
static gboolean
is_name (const char *name)
{
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isalnum (g_utf8_get_char (at)) && strchr ("-_.", *at) == NULL)
      return FALSE;

  return name[0] != '\0' && name[0] != '-' && name[0] != '.';
}

static gboolean
check_name (const RpKeyfileRow *row,
            RpGroupKind kind,
            const char *name,
            GPtrArray *errors)
{
  if (kind == RP_GROUP_AGENT && name[0] != '\0')
    rp_config_error_add (errors, row->file, row->line,
                         N_ ("[agent] has no name; write [agent] instead of [%1$s]"),
                         row->group, NULL);
  else if (kind != RP_GROUP_AGENT && name[0] == '\0')
    rp_config_error_add (errors, row->file, row->line,
                         N_ ("[%1$s] needs a name; write [%1$s NAME]"), row->group,
                         NULL);
  else if (kind != RP_GROUP_AGENT && !is_name (name))
    rp_config_error_add (
        errors, row->file, row->line,
        N_ ("'%1$s' is no name; a name is one word of letters, digits, '-',"
            " '_' and '.'"),
        name, NULL);
  else if (kind == RP_GROUP_SERVER && g_str_equal (name, "location"))
    rp_config_error_add (
        errors, row->file, row->line,
        N_ ("'location' in servers= means the server of the network that"
            " you are on; give this server another name"),
        NULL);
  else
    return TRUE;

  return FALSE;
}

static void
add_unknown_group (const RpKeyfileRow *row,
                   const char *kind,
                   const char *name,
                   GPtrArray *errors)
{
  const char *nearest = rp_spelling_find_nearest (kind, KINDS);

  g_autofree char *meant =
      nearest != NULL
          ? g_strdup_printf (name[0] != '\0' ? "%s %s" : "%s", nearest, name)
          : NULL;

  if (meant != NULL)
    rp_config_error_add (errors, row->file, row->line,
                         N_ ("unknown group [%1$s]; did you mean [%2$s]?"), row->group,
                         meant, NULL);
  else
    rp_config_error_add (errors, row->file, row->line,
                         N_ ("unknown group [%1$s]; write [agent], [account NAME],"
                             " [server NAME] or [network NAME]"),
                         row->group, NULL);
}

/* Returns: (transfer full) (nullable): %NULL when the group's line is wrong */
static RpConfigGroup *
group_new (const RpKeyfileRow *row, GPtrArray *errors)
{
  gsize n_kind = strcspn (row->group, " ");
  g_autofree char *kind = g_strndup (row->group, n_kind);
  const char *name = row->group + n_kind + (row->group[n_kind] == ' ' ? 1 : 0);
  RpConfigGroup *self;
  guint index = 0;

  while (KINDS[index] != NULL && !g_str_equal (KINDS[index], kind))
    index++;
  if (KINDS[index] == NULL)
    {
      add_unknown_group (row, kind, name, errors);
      return NULL;
    }
  if (!check_name (row, (RpGroupKind) index, name, errors))
    return NULL;

  self = g_new0 (RpConfigGroup, 1);
  self->kind = (RpGroupKind) index;
  self->group = g_strdup (row->group);
  self->name = g_strdup (name);
  self->head = row;
  self->rows = g_hash_table_new (g_str_hash, g_str_equal);
  self->meant = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

static void
add_unknown_key (RpConfigGroup *self, const RpKeyfileRow *row, GPtrArray *errors)
{
  const char *const *keys = rp_group_kind_get_keys (self->kind);
  const char *nearest = rp_spelling_find_nearest (row->key, keys);
  g_autofree char *all = g_strjoinv (", ", (char **) keys);

  if (nearest != NULL)
    g_hash_table_add (self->meant, (gpointer) nearest);

  if (g_str_equal (row->key, "password") || g_str_equal (row->key, "secret"))
    rp_config_error_add (
        errors, row->file, row->line,
        N_ ("a password may not stand in this file; run 'roampost login"
            " ACCOUNT', or write secret-command=COMMAND in its [server]"),
        NULL);
  else if (nearest != NULL)
    rp_config_error_add (errors, row->file, row->line,
                         N_ ("unknown key '%1$s' in [%2$s]; did you mean '%3$s'?"),
                         row->key, self->group, nearest, NULL);
  else
    rp_config_error_add (errors, row->file, row->line,
                         N_ ("unknown key '%1$s' in [%2$s]; known are %3$s"), row->key,
                         self->group, all, NULL);
}

static void
add_row (RpConfigGroup *self, const RpKeyfileRow *row, GPtrArray *errors)
{
  if (row->key == NULL)
    return;

  if (!g_strv_contains (rp_group_kind_get_keys (self->kind), row->key))
    add_unknown_key (self, row, errors);
  else if (row->raw_value[0] == '\0')
    g_hash_table_remove (self->rows, row->key);
  else
    g_hash_table_replace (self->rows, row->key, (gpointer) row);
}

GPtrArray *
rp_config_groups_new (GPtrArray *rows, GPtrArray *errors)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) group_free);
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  RpConfigGroup *group = NULL;

  for (guint i = 0; i < rows->len; i++)
    {
      const RpKeyfileRow *row = g_ptr_array_index (rows, i);

      /* Rows of one group follow each other, each group of a file begins with its own
       * line; what belongs to a wrong line is left out. */
      if (row->key == NULL)
        {
          group = g_hash_table_lookup (by_name, row->group);
          if (group == NULL && (group = group_new (row, errors)) != NULL)
            {
              g_hash_table_insert (by_name, group->group, group);
              g_ptr_array_add (groups, group);
            }
        }
      else if (group != NULL && !g_str_equal (group->group, row->group))
        group = g_hash_table_lookup (by_name, row->group);
      if (group != NULL)
        add_row (group, row, errors);
    }

  return groups;
}

const RpKeyfileRow *
rp_config_group_get_row (const RpConfigGroup *self, const char *key)
{
  return g_hash_table_lookup (self->rows, key);
}

const RpKeyfileRow *
rp_config_group_get_place (const RpConfigGroup *self, const char *key)
{
  const RpKeyfileRow *row = rp_config_group_get_row (self, key);

  return row != NULL ? row : self->head;
}

gboolean
rp_config_group_has_key (const RpConfigGroup *self, const char *key)
{
  return rp_config_group_get_row (self, key) != NULL
         || g_hash_table_contains (self->meant, key);
}
