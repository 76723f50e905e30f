/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-provider-keys.h"

#include <string.h>

#include "core/rp-config-value.h"
#include "core/rp-marked.h"
#include "oauth/rp-oauth-providers.h"

#define TENANT "{tenant}"
/* Older than a year is no test. */
#define MAX_TESTING_DAYS 366

#define add_error(row, ...)                                                            \
  rp_config_error_add (errors, (row)->file, (row)->line, __VA_ARGS__)

/* Key: @has_tenant: whether a tenant may stand in it */
typedef struct
{
  const char *name;
  gsize offset;
  RpConfigValueFunc read;
  gboolean has_tenant;
} Key;

/* --- values --- */

/* A page of today may have its address behind a '#'. */
static void
read_page (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  g_autofree char *page = g_strndup (row->value, strcspn (row->value, "#"));

  if (rp_oauth_provider_is_safe_address (page))
    rp_config_value_read_text (row, field, errors);
  else
    add_error (row, N_ ("%1$s=%2$s is no page; write %1$s=https://HOST/..."), row->key,
               row->value, NULL);
}

static void
read_url (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  if (rp_oauth_provider_is_safe_address (row->value))
    rp_config_value_read_text (row, field, errors);
  else
    add_error (row,
               N_ ("%1$s=%2$s is no address that tokens may cross; write"
                   " %1$s=https://HOST/..."),
               row->key, row->value, NULL);
}

/* RFC 8414 section 2: no query either. */
static void
read_issuer (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  if (strchr (row->value, '?') == NULL)
    read_url (row, field, errors);
  else
    add_error (row,
               N_ ("%1$s=%2$s has a '?'; an issuer is written as its own metadata"
                   " writes it"),
               row->key, row->value, NULL);
}

/* RFC 6749 section 3.3: words of printable ASCII with one blank between them. */
static void
read_scope (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  gboolean is_good = strstr (row->value, "  ") == NULL;

  for (const char *at = row->value; *at != '\0'; at++)
    is_good = is_good && *at >= ' ' && *at <= '~' && *at != '"' && *at != '\\';

  if (is_good)
    rp_config_value_read_text (row, field, errors);
  else
    add_error (row,
               N_ ("%1$s=%2$s is no scope; write its words with one blank between"
                   " them"),
               row->key, row->value, NULL);
}

/* RFC 6749 appendix A.1: what can be seen and typed. */
static void
read_client_id (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  gboolean is_good = TRUE;

  for (const char *at = row->value; *at != '\0'; at++)
    is_good = is_good && *at >= ' ' && *at <= '~';

  if (is_good)
    rp_config_value_read_text (row, field, errors);
  else
    add_error (row,
               N_ ("%1$s= holds letters that no client ID has; copy it as the provider"
                   " shows it"),
               row->key, NULL);
}

static void
read_redirect_host (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  if (!g_str_equal (row->value, "127.0.0.1") && !g_str_equal (row->value, "localhost"))
    {
      add_error (row,
                 N_ ("%1$s=%2$s is not this machine; write %1$s=127.0.0.1 or"
                     " %1$s=localhost, whichever the provider knows"),
                 row->key, row->value, NULL);
      return;
    }

  g_clear_pointer ((char **) field, g_free);
  rp_config_value_read_text (row, field, errors);
}

static void
read_redirect_path (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  if (row->value[0] == '/' && strpbrk (row->value, "?# ") == NULL)
    rp_config_value_read_text (row, field, errors);
  else
    add_error (row,
               N_ ("%1$s=%2$s is no path; write what follows the host in the redirect"
                   " address that you registered, from '/' on"),
               row->key, row->value, NULL);
}

/* What we say ourselves is not said twice: the second one would count at some servers
 * (RFC 6749 section 3.1). */
static gboolean
is_own_parameter (const char *parameter)
{
  static const char *const own[] = { "response_type",  "client_id",
                                     "redirect_uri",   "scope",
                                     "state",          "login_hint",
                                     "code_challenge", "code_challenge_method",
                                     "client_secret",  NULL };
  g_autofree char *name = g_strndup (parameter, strcspn (parameter, "="));

  return g_strv_contains (own, name);
}

static void
read_parameters (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  g_auto (GStrv) parameters = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parameters[i] != NULL; i++)
    if (strchr (parameters[i], '=') == NULL || parameters[i][0] == '=')
      {
        add_error (row, N_ ("'%2$s' in %1$s= is no parameter; write NAME=VALUE"),
                   row->key, parameters[i], NULL);
        return;
      }
    else if (is_own_parameter (parameters[i]))
      {
        add_error (row, N_ ("'%2$s' in %1$s= is said by roampost itself; leave it out"),
                   row->key, parameters[i], NULL);
        return;
      }

  *(GStrv *) field = g_steal_pointer (&parameters);
}

static void
read_testing_days (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  guint64 days;

  if (g_ascii_string_to_unsigned (row->value, 10, 0, MAX_TESTING_DAYS, &days, NULL))
    *(guint *) field = (guint) days;
  else
    add_error (row,
               N_ ("%1$s=%2$s is no number of days; write one from 1 to %3$s, such as"
                   " %1$s=%4$s"),
               row->key, row->value, G_STRINGIFY (MAX_TESTING_DAYS), "7", NULL);
}

static void
read_advice (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  const char *const *known = rp_oauth_providers_get_advice_names ();
  g_auto (GStrv) names = rp_keyfile_split_list (row->raw_value);
  g_autofree char *all = g_strjoinv (", ", (GStrv) known);

  for (guint i = 0; names[i] != NULL; i++)
    if (!g_strv_contains (known, names[i]))
      {
        add_error (row, N_ ("'%2$s' in %1$s= is unknown; known are %3$s"), row->key,
                   names[i], all, NULL);
        return;
      }

  *(GStrv *) field = g_steal_pointer (&names);
}

/* --- the table --- */

#define FIELD(member) offsetof (RpOAuthProvider, member)

static const Key KEYS[] = {
  { "title", FIELD (title), rp_config_value_read_text, FALSE },
  { "issuer", FIELD (issuer), read_issuer, TRUE },
  { "authorization-endpoint", FIELD (authorization_endpoint), read_url, TRUE },
  { "token-endpoint", FIELD (token_endpoint), read_url, TRUE },
  { "device-endpoint", FIELD (device_endpoint), read_url, TRUE },
  { "revocation-endpoint", FIELD (revocation_endpoint), read_url, TRUE },
  { "scope", FIELD (scope), read_scope, FALSE },
  { "client-id", FIELD (client_id), read_client_id, FALSE },
  { "needs-client-secret", FIELD (needs_client_secret), rp_config_value_read_boolean,
    FALSE },
  { "secret-in-header", FIELD (secret_in_header), rp_config_value_read_boolean, FALSE },
  { "redirect-host", FIELD (redirect_host), read_redirect_host, FALSE },
  { "redirect-path", FIELD (redirect_path), read_redirect_path, FALSE },
  { "authorization-parameters", FIELD (authorization_parameters), read_parameters,
    FALSE },
  { "sends-issuer", FIELD (sends_issuer), rp_config_value_read_boolean, FALSE },
  { "testing-days", FIELD (testing_days), read_testing_days, FALSE },
  { "ca-file", FIELD (ca_file), rp_config_value_read_path, FALSE },
  { "registration", FIELD (registration), read_page, FALSE },
  { "advice", FIELD (advice), read_advice, FALSE },
};

const char *const *
rp_oauth_provider_keys_get_names (void)
{
  static const char *names[G_N_ELEMENTS (KEYS) + 2];

  for (gsize i = 0; i < G_N_ELEMENTS (KEYS); i++)
    names[i] = KEYS[i].name;
  names[G_N_ELEMENTS (KEYS)] = "tenant";
  return names;
}

/* --- the tenant --- */

/* A name of a domain or a number; nothing that would change which host is meant. */
static gboolean
is_tenant (const char *text)
{
  return text[0] != '\0' && text[0] != '.'
         && strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-.")
                == strlen (text);
}

/* Returns: (transfer full) (nullable): @row with its tenant put in; %NULL when there is
 * none, which is told */
static RpKeyfileRow *
fill_tenant (const RpKeyfileRow *row, const RpKeyfileRow *tenant, GPtrArray *errors)
{
  g_auto (GStrv) parts = g_strsplit (row->value, TENANT, -1);
  RpKeyfileRow *filled;

  if (tenant == NULL)
    {
      add_error (row,
                 N_ ("%1$s= holds {tenant}, and nothing says which one; write"
                     " tenant=NAME"),
                 row->key, NULL);
      return NULL;
    }

  filled = g_new0 (RpKeyfileRow, 1);
  filled->file = g_strdup (row->file);
  filled->line = row->line;
  filled->key = g_strdup (row->key);
  filled->value = g_strjoinv (tenant->value, parts);
  return filled;
}

static void
read_key (const Key *key,
          const RpKeyfileRow *row,
          const RpKeyfileRow *tenant,
          RpOAuthProvider *provider,
          GPtrArray *errors)
{
  gpointer field = (char *) provider + key->offset;
  g_autoptr (RpKeyfileRow) filled = NULL;

  if (!key->has_tenant || strstr (row->value, TENANT) == NULL)
    key->read (row, field, errors);
  else if ((filled = fill_tenant (row, tenant, errors)) != NULL)
    key->read (filled, field, errors);
}

static void
check_tenant (GHashTable *rows, const RpKeyfileRow *tenant, GPtrArray *errors)
{
  gboolean is_used = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (KEYS); i++)
    {
      const RpKeyfileRow *row = g_hash_table_lookup (rows, KEYS[i].name);

      is_used =
          is_used
          || (row != NULL && KEYS[i].has_tenant && strstr (row->value, TENANT) != NULL);
    }

  if (!is_tenant (tenant->value))
    add_error (tenant,
               N_ ("%1$s=%2$s is no tenant; write its domain or its ID, made of"
                   " letters, digits, '-' and '.'"),
               tenant->key, tenant->value, NULL);
  else if (!is_used)
    add_error (tenant,
               N_ ("%1$s= is put in for {tenant}, which no endpoint of this provider"
                   " has; leave it out"),
               tenant->key, NULL);
}

void
rp_oauth_provider_keys_read (GHashTable *rows,
                             RpOAuthProvider *provider,
                             GPtrArray *errors)
{
  const RpKeyfileRow *tenant = g_hash_table_lookup (rows, "tenant");

  if (tenant != NULL)
    check_tenant (rows, tenant, errors);
  for (gsize i = 0; i < G_N_ELEMENTS (KEYS); i++)
    {
      const RpKeyfileRow *row = g_hash_table_lookup (rows, KEYS[i].name);

      if (row != NULL)
        read_key (&KEYS[i], row, tenant, provider, errors);
    }
}
