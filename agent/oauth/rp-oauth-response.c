/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-response.h"

#include <string.h>

#include "credentials/rp-secrets.h"

/* A parameter of the query. */
typedef struct
{
  char *value; /* nullable: not there, or broken */
  guint n_times;
} Found;

/* --- queries --- */

/* Returns: (transfer full) (nullable): @text without its escapes, as forms have them */
static char *
dup_unescaped (const char *text, const char *end)
{
  char *plain = g_strndup (text, (gsize) (end - text));
  char *value;

  for (char *p = plain; *p != '\0'; p++)
    if (*p == '+')
      *p = ' ';
  value = g_uri_unescape_string (plain, NULL);
  rp_secret_free (plain);
  return value;
}

static gboolean
is_name (const char *text, const char *end, const char *name)
{
  const gsize n_bytes = (gsize) (end - text);

  return n_bytes == strlen (name) && memcmp (text, name, n_bytes) == 0;
}

static Found
find (const char *query, const char *name)
{
  Found found = { NULL, 0 };

  for (const char *p = query; *p != '\0';)
    {
      const char *end = strchrnul (p, '&');
      const char *equals = memchr (p, '=', (gsize) (end - p));

      if (equals != NULL && is_name (p, equals, name) && found.n_times++ == 0)
        found.value = dup_unescaped (equals + 1, end);
      p = *end == '&' ? end + 1 : end;
    }
  return found;
}

/* Nobody measures how much of a guess was right. */
static gboolean
is_equal (const char *guess, const char *secret)
{
  const gsize n_bytes = strlen (secret);
  guint8 difference = 0;

  if (guess == NULL || strlen (guess) != n_bytes)
    return FALSE;

  for (gsize i = 0; i < n_bytes; i++)
    difference |= (guint8) (guess[i] ^ secret[i]);
  return difference == 0;
}

static gboolean
has_state (const char *query, const char *state)
{
  Found found = find (query, "state");
  const gboolean is_ours = found.n_times == 1 && is_equal (found.value, state);

  g_free (found.value);
  return is_ours;
}

static gboolean
check_issuer (const Found *found,
              const char *issuer,
              gboolean must_name_issuer,
              GError **error)
{
  if (found->n_times == 0 && !must_name_issuer)
    return TRUE;
  if (found->n_times == 1 && found->value != NULL
      && (issuer == NULL || g_str_equal (found->value, issuer)))
    return TRUE;

  g_set_error_literal (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_MISMATCH,
                       found->n_times == 0 ? "the answer does not name its issuer"
                                           : "the answer is of another issuer");
  return FALSE;
}

static gboolean
is_code (const char *code)
{
  if (code == NULL || code[0] == '\0')
    return FALSE;

  for (const char *p = code; *p != '\0'; p++)
    if (!g_ascii_isprint (*p))
      return FALSE;
  return TRUE;
}

/* An error before a code, and neither of them twice (RFC 6749 section 3.1). */
static char *
dup_code (const char *query, GError **error)
{
  Found code = find (query, "code");
  Found name = find (query, "error");
  Found words = find (query, "error_description");
  const gboolean is_single = code.n_times <= 1 && name.n_times <= 1;

  if (is_single && name.n_times == 1)
    g_propagate_error (error, rp_oauth_error_from_words (name.value, words.value));
  else if (!is_single || !is_code (code.value))
    g_set_error_literal (error, RP_OAUTH_ERROR, RP_OAUTH_ERROR_PROTOCOL,
                         "the browser came back with neither a code nor an error");
  if (name.n_times > 0 || !is_single || !is_code (code.value))
    g_clear_pointer (&code.value, rp_secret_free);
  g_free (name.value);
  g_free (words.value);
  return code.value;
}

RpOAuthResponse
rp_oauth_response_read (const char *query,
                        const char *state,
                        const char *issuer,
                        gboolean must_name_issuer,
                        char **code,
                        GError **error)
{
  Found named;
  gboolean is_right_issuer;

  *code = NULL;
  if (!has_state (query, state))
    return RP_OAUTH_RESPONSE_NOT_OURS;

  named = find (query, "iss");
  is_right_issuer = check_issuer (&named, issuer, must_name_issuer, error);
  g_free (named.value);
  if (is_right_issuer)
    *code = dup_code (query, error);
  return *code != NULL ? RP_OAUTH_RESPONSE_CODE : RP_OAUTH_RESPONSE_ERROR;
}

/* --- where the query comes from --- */

/* Returns: (nullable): what is behind @prefix */
static const char *
skip (const char *text, const char *prefix)
{
  return g_str_has_prefix (text, prefix) ? text + strlen (prefix) : NULL;
}

char *
rp_oauth_response_dup_pasted_query (const char *address, const char *redirect_uri)
{
  const char *host = skip (redirect_uri, "http://");
  const char *rest;
  char *query;

  while (g_ascii_isspace (*address))
    address++;
  rest = skip (address, redirect_uri);
  if (rest == NULL && host != NULL)
    rest = skip (address, host);
  /* "http://localhost:1?..." is shown as "http://localhost:1/?..." */
  if (rest != NULL && *rest == '/' && strchr (host != NULL ? host : "", '/') == NULL)
    rest++;
  if (rest == NULL || *rest != '?')
    return NULL;

  query = g_strndup (rest + 1, strcspn (rest + 1, "#"));
  g_strchomp (query);
  return query;
}

/* A target is of characters that print (RFC 9112 section 3.2, RFC 3986). */
static gboolean
is_target (const char *text, const char *end)
{
  for (const char *p = text; p < end; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;
  return TRUE;
}

char *
rp_oauth_response_dup_requested_query (const char *head,
                                       gsize n_bytes,
                                       const char *path)
{
  const char *line_end = memchr (head, '\n', n_bytes);
  g_autofree char *line =
      line_end != NULL ? g_strndup (head, (gsize) (line_end - head)) : NULL;
  const char *rest = line != NULL ? skip (line, "GET ") : NULL;
  const char *end = rest != NULL ? strchr (rest, ' ') : NULL;
  char *query = NULL;

  if (end != NULL && is_target (rest, end) && g_str_has_prefix (end + 1, "HTTP/1."))
    rest = skip (rest, path);
  else
    rest = NULL;
  if (rest != NULL && *rest == '?')
    query = g_strndup (rest + 1, (gsize) (end - rest - 1));
  if (line != NULL)
    explicit_bzero (line, strlen (line));
  return query;
}
