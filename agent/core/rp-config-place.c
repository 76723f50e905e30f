/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config-value.h"

#include <string.h>

#include "core/rp-config-text.h"
#include "core/rp-marked.h"

#define add_error(row, ...)                                                            \
  rp_config_error_add (errors, (row)->file, (row)->line, __VA_ARGS__)

/* @problem: (transfer full) */
static void
add_problem (const RpKeyfileRow *row, RpConfigError *problem, GPtrArray *errors)
{
  rp_config_error_add_detailed (errors, row->file, row->line, problem,
                                N_ ("%1$s=: %2$s"), row->key, NULL);
}

void
rp_config_value_read_listen (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GPtrArray *listen = *(GPtrArray **) field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  g_ptr_array_set_size (listen, 0);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autoptr (RpConfigError) problem = NULL;
      RpListenAddress *address = rp_config_text_parse_listen (parts[i], &problem);

      if (address == NULL)
        add_problem (row, g_steal_pointer (&problem), errors);
      else
        g_ptr_array_add (listen, address);
    }
}

void
rp_config_value_read_endpoints (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors)
{
  GPtrArray *endpoints = *(GPtrArray **) field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autoptr (RpConfigError) problem = NULL;
      RpEndpoint *endpoint = rp_config_text_parse_endpoint (parts[i], &problem);

      if (endpoint == NULL)
        add_problem (row, g_steal_pointer (&problem), errors);
      else
        g_ptr_array_add (endpoints, endpoint);
    }
}

void
rp_config_value_read_pop (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  RpPopEndpoint **out = field;
  g_autoptr (RpConfigError) problem = NULL;

  *out = rp_config_text_parse_pop (row->value, &problem);
  if (*out == NULL)
    add_problem (row, g_steal_pointer (&problem), errors);
}

static gboolean
parse_range (const RpKeyfileRow *row, const char *text, RpCidr *out, GPtrArray *errors)
{
  if (!rp_cidr_parse (text, out))
    {
      add_error (row,
                 N_ ("%1$s=: '%2$s' is no address range; write it as 192.168.7.0/24 or"
                     " 2001:db8::/32"),
                 row->key, text, NULL);
      return FALSE;
    }
  if (rp_cidr_has_host_bits (out))
    {
      g_autofree char *canonical = rp_cidr_dup_canonical (out);
      g_autofree char *n_bits = g_strdup_printf ("%u", out->n_prefix_bits);

      add_error (row,
                 N_ ("%1$s=: '%2$s' has digits behind its first %3$s bits; write %4$s"),
                 row->key, text, n_bits, canonical, NULL);
      rp_cidr_clear (out);
      return FALSE;
    }

  return TRUE;
}

/* What needs no name or range behind it. */
static gboolean
read_plain_access (const char *text, RpAccessKind *kind)
{
  for (RpAccessKind i = RP_ACCESS_PASSWORD; i < RP_ACCESS_NETWORK; i++)
    if (g_str_equal (text, rp_access_kind_to_nick (i)))
      {
        *kind = i;
        return TRUE;
      }

  return FALSE;
}

static gboolean
read_one_access (const RpKeyfileRow *row,
                 const char *text,
                 RpAccess *access,
                 GPtrArray *errors)
{
  if (read_plain_access (text, &access->kind))
    return TRUE;
  if (g_str_has_prefix (text, "network:") && strlen (text) > strlen ("network:"))
    {
      access->kind = RP_ACCESS_NETWORK;
      access->network = g_strdup (text + strlen ("network:"));
    }
  else if (g_str_has_prefix (text, "address:"))
    {
      access->kind = RP_ACCESS_ADDRESS;
      return parse_range (row, text + strlen ("address:"), &access->range, errors);
    }
  else
    {
      add_error (row,
                 N_ ("unknown access '%1$s'; write password, oauth2, certificate,"
                     " kerberos, pop, network:NAME or address:192.168.7.0/24"),
                 text, NULL);
      return FALSE;
    }

  return TRUE;
}

void
rp_config_value_read_access (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GPtrArray *accesses = *(GPtrArray **) field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree RpAccess *access = g_new0 (RpAccess, 1);

      if (read_one_access (row, parts[i], access, errors))
        g_ptr_array_add (accesses, g_steal_pointer (&access));
    }
}

void
rp_config_value_read_pins (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  char **out = field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    if (!rp_config_text_is_pin (parts[i]))
      add_error (row,
                 N_ ("%1$s=: '%2$s' is no pin; write sha256// and the 44 letters of the"
                     " key's SHA-256 in base64"),
                 row->key, parts[i], NULL);

  *out = g_strjoinv (";", parts);
}

void
rp_config_value_read_proxy (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  static const char *const schemes[] = { "socks5h", "socks5", "socks4a", "socks4",
                                         "http",    "https",  NULL };
  g_autoptr (GUri) uri = g_uri_parse (row->value, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || !g_strv_contains (schemes, g_uri_get_scheme (uri))
      || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0')
    add_error (row,
               N_ ("%1$s=%2$s is no proxy; write it as socks5h://127.0.0.1:9050 or"
                   " http://proxy.example.org:3128"),
               row->key, row->value, NULL);
  else if (g_uri_get_userinfo (uri) != NULL)
    add_error (row,
               N_ ("no user name or password may stand in %1$s=; only proxies without a"
                   " login can be used"),
               row->key, NULL);
  else
    rp_config_value_read_text (row, field, errors);
}

void
rp_config_value_read_ranges (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GPtrArray *ranges = *(GPtrArray **) field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      RpCidr range;

      if (parse_range (row, parts[i], &range, errors))
        g_ptr_array_add (ranges, g_memdup2 (&range, sizeof range));
    }
}
