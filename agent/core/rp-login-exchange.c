/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-login-exchange.h"

#include <string.h>

/* "Username:" and "Password:". Programs look for these very words. */
#define PROMPT_USER "VXNlcm5hbWU6"
#define PROMPT_PASSWORD "UGFzc3dvcmQ6"

typedef enum
{
  WANTS_PLAIN,
  WANTS_USER,
  WANTS_PASSWORD
} Wants;

struct _RpLoginExchange
{
  Wants wants;
  char *authorization;
  char *user;
  char *password;
};

RpLoginExchange *
rp_login_exchange_new (void)
{
  return g_new0 (RpLoginExchange, 1);
}

static void
wipe_string (char *text)
{
  if (text == NULL)
    return;

  explicit_bzero (text, strlen (text));
  g_free (text);
}

void
rp_login_exchange_free (RpLoginExchange *self)
{
  if (self == NULL)
    return;

  g_free (self->authorization);
  g_free (self->user);
  wipe_string (self->password);
  g_free (self);
}

static gboolean
is_base64 (const char *text)
{
  gsize n_bytes = strlen (text);
  gsize n_digits = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/");
  gsize n_padding = strspn (text + n_digits, "=");

  return n_bytes % 4 == 0 && n_digits + n_padding == n_bytes && n_padding <= 2;
}

/* Strict, unlike g_base64_decode(), which skips what it does not know. */
static guchar *
decode (const char *line, gsize *n_bytes)
{
  *n_bytes = 0;
  if (g_str_equal (line, "="))
    return g_new0 (guchar, 1);
  return is_base64 (line) ? g_base64_decode (line, n_bytes) : NULL;
}

static gboolean
is_text (const char *text, gsize n_bytes)
{
  return memchr (text, '\0', n_bytes) == NULL
         && g_utf8_validate (text, (gssize) n_bytes, NULL);
}

/* authorization NUL user NUL password (RFC 4616 section 2). */
static RpLoginStatus
take_plain (RpLoginExchange *self, const char *octets, gsize n_bytes)
{
  const char *end = octets + n_bytes;
  const char *user = memchr (octets, '\0', n_bytes);
  const char *password;

  if (user == NULL)
    return RP_LOGIN_MALFORMED;
  user++;
  password = memchr (user, '\0', (gsize) (end - user));
  if (password == NULL)
    return RP_LOGIN_MALFORMED;
  password++;
  if (user[0] == '\0' || !is_text (password, (gsize) (end - password))
      || !g_utf8_validate (octets, -1, NULL) || !g_utf8_validate (user, -1, NULL))
    return RP_LOGIN_MALFORMED;

  self->authorization = g_strdup (octets);
  self->user = g_strdup (user);
  self->password = g_strndup (password, (gsize) (end - password));
  return RP_LOGIN_COMPLETE;
}

static RpLoginStatus
take_response (RpLoginExchange *self, const char *octets, gsize n_bytes)
{
  if (self->wants == WANTS_PLAIN)
    return take_plain (self, octets, n_bytes);
  if (!is_text (octets, n_bytes))
    return RP_LOGIN_MALFORMED;

  if (self->wants == WANTS_USER)
    {
      self->user = g_strndup (octets, n_bytes);
      self->wants = WANTS_PASSWORD;
      return RP_LOGIN_PROMPT;
    }
  self->password = g_strndup (octets, n_bytes);
  return RP_LOGIN_COMPLETE;
}

RpLoginStatus
rp_login_exchange_answer (RpLoginExchange *self, const char *line)
{
  g_autofree guchar *octets = NULL;
  gsize n_bytes;
  RpLoginStatus status;

  if (g_str_equal (line, "*"))
    return RP_LOGIN_CANCELLED;

  octets = decode (line, &n_bytes);
  if (octets == NULL)
    return RP_LOGIN_MALFORMED;

  status = take_response (self, (const char *) octets, n_bytes);
  explicit_bzero (octets, n_bytes);
  return status;
}

RpLoginStatus
rp_login_exchange_start (RpLoginExchange *self,
                         const char *mechanism,
                         const char *initial_response)
{
  if (g_str_equal (mechanism, "PLAIN"))
    self->wants = WANTS_PLAIN;
  else if (g_str_equal (mechanism, "LOGIN"))
    self->wants = WANTS_USER;
  else
    return RP_LOGIN_UNKNOWN;

  return initial_response != NULL ? rp_login_exchange_answer (self, initial_response)
                                  : RP_LOGIN_PROMPT;
}

const char *
rp_login_exchange_get_prompt (RpLoginExchange *self)
{
  switch (self->wants)
    {
    case WANTS_PLAIN:
      return "";
    case WANTS_USER:
      return PROMPT_USER;
    case WANTS_PASSWORD:
      return PROMPT_PASSWORD;
    }

  return "";
}

const char *
rp_login_exchange_get_user (RpLoginExchange *self)
{
  return self->user;
}

const char *
rp_login_exchange_get_password (RpLoginExchange *self)
{
  return self->password;
}

gboolean
rp_login_exchange_is_for_other (RpLoginExchange *self)
{
  return self->authorization != NULL && self->authorization[0] != '\0'
         && !g_str_equal (self->authorization, self->user);
}
