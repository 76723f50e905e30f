/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where to listen and where to connect to. */
#include "core/rp-config-text.h"

#include <string.h>

#include "core/rp-domain.h"
#include "core/rp-marked.h"

typedef struct
{
  const char *scheme;
  RpTlsMode tls;
  guint16 port;
} UrlScheme;

/* UrlFamily: @no_scheme and @unknown_scheme list the schemes for people. */
typedef struct
{
  const UrlScheme *schemes;
  const char *no_scheme;      /* the URL */
  const char *unknown_scheme; /* the scheme, the URL */
} UrlFamily;

static const UrlScheme SMTP_SCHEMES[] = {
  { "smtps", RP_TLS_IMPLICIT, 465 },
  { "smtp", RP_TLS_STARTTLS, 587 },
  { "smtp+insecure", RP_TLS_NONE, 25 },
  { NULL, RP_TLS_NONE, 0 },
};

static const UrlFamily SMTP = {
  SMTP_SCHEMES,
  N_ ("'%1$s' says nothing about TLS; write smtps:// (TLS), smtp:// (STARTTLS) or"
      " smtp+insecure:// (neither) in front of it"),
  N_ ("unknown scheme '%1$s' in '%2$s'; write smtps:// (TLS), smtp:// (STARTTLS) or"
      " smtp+insecure:// (neither)"),
};

static const UrlScheme POP_SCHEMES[] = {
  { "pop3s", RP_TLS_IMPLICIT, 995 },
  { "pop3", RP_TLS_STARTTLS, 110 },
  { "pop3+insecure", RP_TLS_NONE, 110 },
  { NULL, RP_TLS_NONE, 0 },
};

static const UrlFamily POP = {
  POP_SCHEMES,
  N_ ("'%1$s' says nothing about TLS; write pop3s:// (TLS), pop3:// (STARTTLS) or"
      " pop3+insecure:// (neither) in front of it"),
  N_ ("unknown scheme '%1$s' in '%2$s'; write pop3s:// (TLS), pop3:// (STARTTLS) or"
      " pop3+insecure:// (neither)"),
};

/* Url: @port is 0 where none is written. */
typedef struct
{
  RpTlsMode tls;
  char *host;
  guint16 port;
} Url;

#define set_problem(problem, ...)                                                      \
  G_STMT_START                                                                         \
  {                                                                                    \
    if ((problem) != NULL)                                                             \
      *(problem) = rp_config_error_new (__VA_ARGS__);                                  \
  }                                                                                    \
  G_STMT_END

static gboolean
parse_port (const char *text, guint16 *out)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;

  *out = (guint16) number;
  return TRUE;
}

/* Splits "host", "host:port", "[v6]" and "[v6]:port".
 * @port: (out) (nullable) (transfer none): behind the colon
 * Returns: (transfer full) (nullable): the host without brackets */
static char *
split_port (const char *text, const char **port)
{
  const char *end;
  const char *start = text;

  *port = NULL;
  if (text[0] == '[')
    {
      start = text + 1;
      end = strchr (text, ']');
      if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        return NULL;
      if (end[1] == ':')
        *port = end + 2;
    }
  else
    {
      end = strchr (text, ':');
      if (end != NULL)
        *port = end + 1;
      else
        end = text + strlen (text);
    }

  return g_strndup (start, (gsize) (end - start));
}

static char *
dup_host (const char *host, gboolean is_bracketed)
{
  if (is_bracketed)
    return strchr (host, ':') != NULL && g_hostname_is_ip_address (host)
               ? g_ascii_strdown (host, -1)
               : NULL;
  if (g_hostname_is_ip_address (host))
    return g_strdup (host);

  return rp_domain_is_literal (host) ? NULL : rp_domain_normalize (host);
}

static gboolean
parse_place (const char *text, const char *url, Url *out, RpConfigError **problem)
{
  const char *port;
  g_autofree char *host = NULL;
  g_autofree char *written = split_port (text, &port);

  if (strchr (text, '@') != NULL)
    set_problem (problem, N_ ("no user name stands in '%1$s'; write it in user="), url,
                 NULL);
  else if (strpbrk (text, "/?#") != NULL)
    set_problem (problem, N_ ("nothing stands behind host and port; shorten '%1$s'"),
                 url, NULL);
  else if (written == NULL
           || (text[0] != '[' && port != NULL && strchr (port, ':') != NULL))
    set_problem (
        problem,
        N_ ("'%1$s' has no readable host; an IPv6 address stands in brackets, as"
            " [2001:db8::1]:587"),
        url, NULL);
  else if ((host = dup_host (written, text[0] == '[')) == NULL)
    set_problem (problem, N_ ("'%1$s' is no host name or address in '%2$s'"), written,
                 url, NULL);
  else if (port != NULL && !parse_port (port, &out->port))
    set_problem (problem,
                 N_ ("'%1$s' is no port in '%2$s'; write a number from 1 to 65535"),
                 port, url, NULL);
  else
    {
      out->host = g_steal_pointer (&host);
      return TRUE;
    }

  return FALSE;
}

static const UrlScheme *
find_scheme (const UrlFamily *family, const char *name)
{
  for (const UrlScheme *scheme = family->schemes; scheme->scheme != NULL; scheme++)
    if (g_ascii_strcasecmp (scheme->scheme, name) == 0)
      return scheme;

  return NULL;
}

static gboolean
parse_url (const char *text, const UrlFamily *family, Url *out, RpConfigError **problem)
{
  const char *mark = strstr (text, "://");
  const UrlScheme *scheme;

  if (mark == NULL)
    {
      set_problem (problem, family->no_scheme, text, NULL);
      return FALSE;
    }

  g_autofree char *name = g_strndup (text, (gsize) (mark - text));
  const char *place = mark + 3;
  g_autofree char *bare = g_strdup (place);

  if (g_str_has_suffix (bare, "/"))
    bare[strlen (bare) - 1] = '\0';
  scheme = find_scheme (family, name);
  if (scheme == NULL)
    {
      set_problem (problem, family->unknown_scheme, name, text, NULL);
      return FALSE;
    }

  out->tls = scheme->tls;
  out->port = scheme->port;
  return parse_place (bare, text, out, problem);
}

RpEndpoint *
rp_config_text_parse_endpoint (const char *text, RpConfigError **problem)
{
  Url url = { 0 };
  RpEndpoint *self;

  if (!parse_url (text, &SMTP, &url, problem))
    return NULL;

  self = g_new0 (RpEndpoint, 1);
  self->url = g_strdup (text);
  self->tls = url.tls;
  self->host = url.host;
  self->port = url.port;
  self->is_loopback = rp_config_text_is_loopback (url.host);
  return self;
}

void
rp_endpoint_free (RpEndpoint *self)
{
  if (self == NULL)
    return;

  g_free (self->url);
  g_free (self->host);
  g_free (self);
}

RpPopEndpoint *
rp_config_text_parse_pop (const char *text, RpConfigError **problem)
{
  Url url = { 0 };
  RpPopEndpoint *self;

  if (!parse_url (text, &POP, &url, problem))
    return NULL;

  self = g_new0 (RpPopEndpoint, 1);
  self->url = g_strdup (text);
  self->tls = url.tls;
  self->host = url.host;
  self->port = url.port;
  return self;
}

void
rp_pop_endpoint_free (RpPopEndpoint *self)
{
  if (self == NULL)
    return;

  g_free (self->url);
  g_free (self->host);
  g_free (self);
}

RpListenAddress *
rp_config_text_parse_listen (const char *text, RpConfigError **problem)
{
  const char *port;
  g_autofree char *host = split_port (text, &port);
  guint16 number;
  RpListenAddress *self;

  if (host == NULL || port == NULL || !g_hostname_is_ip_address (host)
      || (text[0] == '[') != (strchr (host, ':') != NULL))
    set_problem (problem,
                 N_ ("'%1$s' is no address with a port; write 127.0.0.1:2525 or"
                     " [::1]:2525"),
                 text, NULL);
  else if (!parse_port (port, &number))
    set_problem (problem,
                 N_ ("'%1$s' is no port in '%2$s'; write a number from 1 to 65535"),
                 port, text, NULL);
  else if (!rp_config_text_is_loopback (host))
    set_problem (problem,
                 N_ ("'%1$s' can be reached from other machines; write a loopback"
                     " address, such as 127.0.0.1:%2$s"),
                 text, port, NULL);
  else
    {
      self = g_new0 (RpListenAddress, 1);
      self->host = g_steal_pointer (&host);
      self->port = number;
      return self;
    }

  return NULL;
}

void
rp_listen_address_free (RpListenAddress *self)
{
  if (self == NULL)
    return;

  g_free (self->host);
  g_free (self);
}
