/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "core/rp-config.h"

static void
check_errors (GPtrArray *errors, guint n_lines)
{
  for (guint i = 0; i < errors->len; i++)
    {
      const RpConfigError *error = g_ptr_array_index (errors, i);
      g_autofree char *sentence = rp_config_error_dup_sentence (error, NULL);

      must (error->line >= 1 && error->line <= n_lines);
      must (sentence[0] != '\0');
      must (g_utf8_validate (sentence, -1, NULL));
      must (strpbrk (sentence, "\r\n\033") == NULL);
    }
}

static void
check_server (const RpServer *server)
{
  gboolean takes_password = FALSE;

  must (server->endpoints->len > 0);
  must (server->accesses->len > 0 || server->domains[0] != NULL);
  for (guint i = 0; i < server->endpoints->len; i++)
    {
      const RpEndpoint *endpoint = g_ptr_array_index (server->endpoints, i);

      must (endpoint->port > 0 && endpoint->host[0] != '\0');
      must (strpbrk (endpoint->host, " /@") == NULL);
      takes_password |= endpoint->tls != RP_TLS_NONE || endpoint->is_loopback;
    }

  /* no credential in clear */
  if (rp_server_has_login (server))
    must (takes_password);
  if (rp_server_get_access (server, RP_ACCESS_PASSWORD) != NULL
      || rp_server_get_access (server, RP_ACCESS_OAUTH2) != NULL)
    must (server->user != NULL);
  if (rp_server_get_access (server, RP_ACCESS_CERTIFICATE) != NULL)
    must (server->client_certificate != NULL);
  if (rp_server_get_access (server, RP_ACCESS_POP) != NULL)
    must (server->pop != NULL && server->user != NULL);
}

static void
check_account (const RpConfig *config, const RpAccount *account)
{
  must (account->address != NULL && account->servers[0] != NULL);
  must (rp_config_find_account (config, account->address) == account);
  for (guint i = 0; account->servers[i] != NULL; i++)
    must (g_str_equal (account->servers[i], "location")
          || rp_config_get_server (config, account->servers[i]) != NULL);
}

/* What later parts rely on without looking. */
static void
check_config (const RpConfig *config)
{
  g_autofree char *addresses = rp_config_dup_addresses (config);

  must ((addresses[0] == '\0') == (config->accounts->len == 0));
  for (guint i = 0; i < config->servers->len; i++)
    check_server (g_ptr_array_index (config->servers, i));
  for (guint i = 0; i < config->accounts->len; i++)
    check_account (config, g_ptr_array_index (config->accounts, i));
  for (guint i = 0; i < config->networks->len; i++)
    {
      const RpNetworkRule *rule = g_ptr_array_index (config->networks, i);

      must (rule->server == NULL
            || rp_config_get_server (config, rule->server) != NULL);
    }
}

static guint
count_lines (const char *text, gsize n_bytes)
{
  guint n_lines = 1;

  for (gsize i = 0; i < n_bytes; i++)
    n_lines += text[i] == '\n' ? 1U : 0U;
  return n_lines;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
  g_autoptr (GPtrArray) errors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);
  g_autoptr (RpConfig) config = NULL;

  rp_keyfile_parse ("f", n_bytes > 0 ? (const char *) data : "", n_bytes, rows, errors);
  config = rp_config_new (rows, errors);
  must ((config == NULL) == (errors->len > 0));
  check_errors (errors, count_lines ((const char *) data, n_bytes));
  if (config != NULL)
    check_config (config);
  return 0;
}
