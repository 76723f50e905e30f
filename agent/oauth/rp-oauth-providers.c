/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-providers.h"

#include <string.h>

#include "core/rp-marked.h"
#include "core/rp-spelling.h"
#include "oauth/rp-oauth-provider-keys.h"

#define GROUP "provider"
#define SUFFIX ".conf"
#define SERVER_PREFIX "server "

#define add_error(row, ...)                                                            \
  rp_config_error_add (errors, (row)->file, (row)->line, __VA_ARGS__)

/* RpOAuthProviders:
 * @by_name: RpOAuthProvider
 * @names: (element-type utf8): of all files, those with mistakes included */
struct _RpOAuthProviders
{
  gatomicrefcount n_refs;
  GHashTable *by_name;
  GPtrArray *names;
};

/* Draft: one provider while its files are read.
 * @rows: by key, the last that has it
 * @file: the last file that says anything of it */
typedef struct
{
  char *name;
  GHashTable *rows;
  const char *file;
  gboolean has_mistake;
} Draft;

/* --- the value --- */

static RpOAuthProviders *
providers_new (void)
{
  RpOAuthProviders *self = g_new0 (RpOAuthProviders, 1);

  g_atomic_ref_count_init (&self->n_refs);
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) rp_oauth_provider_free);
  self->names = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  return self;
}

RpOAuthProviders *
rp_oauth_providers_ref (RpOAuthProviders *self)
{
  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

void
rp_oauth_providers_unref (RpOAuthProviders *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->n_refs))
    return;

  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->names);
  g_free (self);
}

const RpOAuthProvider *
rp_oauth_providers_find (const RpOAuthProviders *self, const char *name)
{
  return g_hash_table_lookup (self->by_name, name);
}

const char *const *
rp_oauth_providers_get_advice_names (void)
{
  static const char *const names[] = {
    "google-project",     "google-production", "google-client",
    "google-unverified",  "google-device",     "microsoft-app",
    "microsoft-redirect", "microsoft-scope",   "microsoft-consent",
    "microsoft-smtp",     "microsoft-tenant",  "yahoo-closed",
    "fastmail-client",    "app-password",      NULL
  };

  return names;
}

/* --- rows into drafts --- */

static void
draft_free (Draft *self)
{
  g_free (self->name);
  g_hash_table_unref (self->rows);
  g_free (self);
}

static Draft *
get_draft (GPtrArray *drafts, const char *file)
{
  g_autofree char *name = g_path_get_basename (file);
  Draft *draft;

  if (g_str_has_suffix (name, SUFFIX))
    name[strlen (name) - strlen (SUFFIX)] = '\0';
  for (guint i = 0; i < drafts->len; i++)
    {
      draft = g_ptr_array_index (drafts, i);
      if (g_str_equal (draft->name, name))
        return draft;
    }

  draft = g_new0 (Draft, 1);
  draft->name = g_steal_pointer (&name);
  draft->rows = g_hash_table_new (g_str_hash, g_str_equal);
  g_ptr_array_add (drafts, draft);
  return draft;
}

static void
add_unknown_key (const RpKeyfileRow *row, GPtrArray *errors)
{
  const char *const *keys = rp_oauth_provider_keys_get_names ();
  const char *nearest = rp_spelling_find_nearest (row->key, keys);
  g_autofree char *all = g_strjoinv (", ", (GStrv) keys);

  if (strstr (row->key, "secret") != NULL || strstr (row->key, "password") != NULL)
    add_error (row,
               N_ ("a secret may not stand in this file; 'roampost login' asks for it"
                   " and puts it into the keyring"),
               NULL);
  else if (nearest != NULL)
    add_error (row, N_ ("unknown key '%1$s' in [%2$s]; did you mean '%3$s'?"), row->key,
               row->group, nearest, NULL);
  else
    add_error (row, N_ ("unknown key '%1$s' in [%2$s]; known are %3$s"), row->key,
               row->group, all, NULL);
}

static void
take_row (Draft *draft, const RpKeyfileRow *row, GPtrArray *errors)
{
  const guint n_before = errors->len;

  draft->file = row->file;
  if (!g_str_equal (row->group, GROUP))
    {
      if (row->key == NULL)
        add_error (row, N_ ("unknown group [%1$s]; write [%2$s]"), row->group, GROUP,
                   NULL);
    }
  else if (row->key != NULL
           && !g_strv_contains (rp_oauth_provider_keys_get_names (), row->key))
    add_unknown_key (row, errors);
  else if (row->key != NULL && row->raw_value[0] == '\0')
    g_hash_table_remove (draft->rows, row->key);
  else if (row->key != NULL)
    g_hash_table_replace (draft->rows, row->key, (gpointer) row);

  draft->has_mistake = draft->has_mistake || errors->len > n_before;
}

/* --- drafts into providers --- */

static gboolean
is_name (const char *name)
{
  return name[0] != '\0' && name[0] != '-' && name[0] != '.'
         && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.")
                == strlen (name);
}

static gboolean
has_key (const Draft *draft, const char *key)
{
  return g_hash_table_contains (draft->rows, key);
}

/* An issuer's metadata has what is missing (RFC 8414). */
static gboolean
has_endpoints (const Draft *draft)
{
  return has_key (draft, "issuer")
         || (has_key (draft, "token-endpoint")
             && (has_key (draft, "authorization-endpoint")
                 || has_key (draft, "device-endpoint")));
}

/* Nothing but client-id= is the file of a user whose provider is described elsewhere,
 * under another name. */
static void
check_draft (const Draft *draft, GPtrArray *errors)
{
  if (!is_name (draft->name))
    rp_config_error_add (
        errors, draft->file, 0,
        N_ ("'%1$s' is no name; a name is one word of letters, digits, '-',"
            " '_' and '.'"),
        draft->name, NULL);
  else if (g_str_equal (draft->name, RP_OAUTH_BROKER))
    rp_config_error_add (errors, draft->file, 0,
                         N_ ("'%1$s' means the accounts of GNOME Settings, which no"
                             " file describes; give this file another name"),
                         draft->name, NULL);
  else if (!has_endpoints (draft))
    rp_config_error_add (
        errors, draft->file, 0,
        N_ ("nothing says where '%1$s' is asked; write issuer=, or token-endpoint= with"
            " authorization-endpoint= or device-endpoint= (or give this file the name"
            " of a provider that is described already)"),
        draft->name, NULL);
}

static void
add_provider (RpOAuthProviders *self, const Draft *draft, GPtrArray *errors)
{
  const guint n_before = errors->len;
  g_autoptr (RpOAuthProvider) provider = rp_oauth_provider_new (draft->name);

  g_ptr_array_add (self->names, g_strdup (draft->name));
  if (!draft->has_mistake)
    check_draft (draft, errors);
  rp_oauth_provider_keys_read (draft->rows, provider, errors);
  if (!draft->has_mistake && errors->len == n_before)
    {
      char *name = provider->name;

      g_hash_table_insert (self->by_name, name, g_steal_pointer (&provider));
    }
}

RpOAuthProviders *
rp_oauth_providers_new (GPtrArray *rows, GPtrArray *errors)
{
  RpOAuthProviders *self = providers_new ();
  g_autoptr (GPtrArray) drafts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) draft_free);

  for (guint i = 0; i < rows->len; i++)
    {
      const RpKeyfileRow *row = g_ptr_array_index (rows, i);

      take_row (get_draft (drafts, row->file), row, errors);
    }
  for (guint i = 0; i < drafts->len; i++)
    add_provider (self, g_ptr_array_index (drafts, i), errors);
  return self;
}

/* --- who is named --- */

/* A later file can name another one, or none. */
static gboolean
is_last (GPtrArray *rows, guint index)
{
  const RpKeyfileRow *row = g_ptr_array_index (rows, index);

  for (guint i = index + 1; i < rows->len; i++)
    {
      const RpKeyfileRow *later = g_ptr_array_index (rows, i);

      if (g_strcmp0 (later->key, row->key) == 0
          && g_str_equal (later->group, row->group))
        return FALSE;
    }
  return TRUE;
}

static void
check_name (const RpOAuthProviders *self, const RpKeyfileRow *row, GPtrArray *errors)
{
  const char *const *known = (const char *const *) self->names->pdata;
  const char *nearest = rp_spelling_find_nearest (row->value, known);
  g_autofree char *all = g_strjoinv (", ", (GStrv) known);

  /* What is no name is told with the configuration's other values. */
  if (g_str_equal (row->value, RP_OAUTH_BROKER) || g_strv_contains (known, row->value)
      || strchr (row->value, '/') != NULL || row->value[0] == '.')
    return;

  if (nearest != NULL)
    add_error (row,
               N_ ("%1$s=%2$s: no file describes this provider; did you mean '%3$s'?"),
               row->key, row->value, nearest, NULL);
  else
    add_error (row,
               N_ ("%1$s=%2$s: no file describes this provider; described are %3$s"),
               row->key, row->value, all, NULL);
}

void
rp_oauth_providers_check_names (const RpOAuthProviders *self,
                                GPtrArray *rows,
                                GPtrArray *errors)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const RpKeyfileRow *row = g_ptr_array_index (rows, i);

      if (g_strcmp0 (row->key, "oauth-provider") == 0
          && g_str_has_prefix (row->group, SERVER_PREFIX) && row->raw_value[0] != '\0'
          && is_last (rows, i))
        check_name (self, row, errors);
    }
}
