/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-smtp-command.h"

#include <string.h>

#include "core/rp-address.h"
#include "core/rp-parameter.h"

/* RFC 5321 section 4.5.3.1.2: a domain has at most 255 octets. */
#define MAX_HELLO_BYTES 255

typedef void (*ParseArgument) (RpSmtpCommand *self, const char *argument);

static void
refuse (RpSmtpCommand *self, guint code, const char *enhanced, const char *text)
{
  self->refusal = rp_reply_new (code, enhanced, text);
}

static void
parse_optional (RpSmtpCommand *self, const char *argument)
{
  self->argument = g_strdup (argument);
}

static void
parse_nothing (RpSmtpCommand *self, const char *argument)
{
  if (argument[0] != '\0')
    refuse (self, 501, "5.5.4", "This command takes nothing behind it");
}

static void
parse_required (RpSmtpCommand *self, const char *argument)
{
  if (argument[0] == '\0')
    refuse (self, 501, "5.5.4", "This command needs a word behind it");
  self->argument = g_strdup (argument);
}

/* Any name is taken: programs say what they find, from "[127.0.0.1]" to the name of
 * a laptop. */
static void
parse_hello (RpSmtpCommand *self, const char *argument)
{
  if (argument[0] == '\0')
    refuse (self, 501, "5.5.4", "Say your host name or address behind HELO or EHLO");
  else if (strlen (argument) > MAX_HELLO_BYTES)
    refuse (self, 501, "5.5.4", "This host name is too long");
  self->argument = g_strdup (argument);
}

static void
parse_path (RpSmtpCommand *self, const char *argument, const char *keyword)
{
  RpAddressFault fault;
  const char *path = argument + strlen (keyword);
  gsize consumed;

  if (g_ascii_strncasecmp (argument, keyword, strlen (keyword)) != 0)
    {
      self->refusal = rp_reply_new_printf (501, "5.5.4",
                                           "Write it as %s<name@example.org>", keyword);
      return;
    }

  while (*path == ' ')
    path++;
  fault = rp_address_parse_path (path, strlen (path), &consumed, &self->address);
  if (fault != RP_ADDRESS_OK)
    {
      self->refusal =
          rp_reply_new_printf (501, self->verb == RP_VERB_MAIL ? "5.1.7" : "5.1.3",
                               "Bad address: %s", rp_address_fault_to_text (fault));
      return;
    }

  self->parameters = rp_parameters_parse (path + consumed, strlen (path + consumed));
  if (self->parameters == NULL)
    refuse (self, 501, "5.5.4", "The parameters behind the address are malformed");
}

static void
parse_mail (RpSmtpCommand *self, const char *argument)
{
  parse_path (self, argument, "FROM:");
}

static void
parse_rcpt (RpSmtpCommand *self, const char *argument)
{
  parse_path (self, argument, "TO:");
  if (self->refusal == NULL && self->address[0] == '\0')
    refuse (self, 501, "5.1.3", "Bad address: a recipient cannot be empty");
}

static void
parse_bdat (RpSmtpCommand *self, const char *argument)
{
  g_auto (GStrv) words = g_strsplit (argument, " ", 2);
  const char *last = words[0] != NULL && words[1] != NULL ? words[1] : "";

  self->is_last = g_ascii_strcasecmp (last, "LAST") == 0;
  if (words[0] == NULL || (last[0] != '\0' && !self->is_last)
      || !g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXINT64, &self->chunk_bytes,
                                      NULL))
    refuse (self, 501, "5.5.4", "Write it as BDAT, the number of octets, and LAST");
}

/* An initial response holds a password. */
static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
}

static void
parse_auth (RpSmtpCommand *self, const char *argument)
{
  g_auto (GStrv) words = g_strsplit (argument, " ", 2);

  if (words[0] == NULL)
    {
      refuse (self, 501, "5.5.4", "Name a mechanism behind AUTH");
      return;
    }
  self->argument = g_ascii_strup (words[0], -1);
  self->initial_response = g_strdup (words[1]);
  wipe (words[1]);
}

static const struct
{
  const char *name;
  RpVerb verb;
  ParseArgument parse;
} verbs[] = {
  { "HELO", RP_VERB_HELO, parse_hello },
  { "EHLO", RP_VERB_EHLO, parse_hello },
  { "MAIL", RP_VERB_MAIL, parse_mail },
  { "RCPT", RP_VERB_RCPT, parse_rcpt },
  { "DATA", RP_VERB_DATA, parse_nothing },
  { "BDAT", RP_VERB_BDAT, parse_bdat },
  { "RSET", RP_VERB_RSET, parse_nothing },
  { "NOOP", RP_VERB_NOOP, parse_optional },
  { "QUIT", RP_VERB_QUIT, parse_nothing },
  { "VRFY", RP_VERB_VRFY, parse_required },
  { "EXPN", RP_VERB_EXPN, parse_required },
  { "HELP", RP_VERB_HELP, parse_optional },
  { "AUTH", RP_VERB_AUTH, parse_auth },
  { "STARTTLS", RP_VERB_STARTTLS, parse_nothing },
};

static gboolean
is_clean (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;

  return TRUE;
}

RpSmtpCommand *
rp_smtp_command_parse (const char *line, gsize n_bytes)
{
  RpSmtpCommand *self = g_new0 (RpSmtpCommand, 1);
  g_autofree char *text = g_strndup (line, n_bytes);
  gsize n_verb;
  const char *argument;

  /* The verb first: who asked for a BDAT is about to send octets, and the dialogue
   * must know even when the rest of the line is refused. */
  g_strchomp (text);
  n_verb = strcspn (text, " ");
  argument = text + n_verb + strspn (text + n_verb, " ");
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strlen (verbs[i].name) == n_verb
        && g_ascii_strncasecmp (text, verbs[i].name, n_verb) == 0)
      {
        self->verb = verbs[i].verb;
        break;
      }

  if (memchr (line, '\0', n_bytes) != NULL)
    refuse (self, 500, "5.5.2", "A command may not hold a NUL");
  else if (!g_utf8_validate (text, -1, NULL))
    refuse (self, 500, "5.5.2", "A command may only hold letters in UTF-8");
  else if (!is_clean (text))
    refuse (self, 500, "5.5.2", "A command may not hold control characters");
  else if (self->verb == RP_VERB_UNKNOWN)
    refuse (self, 500, "5.5.2", "This command is not known here");
  else
    for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
      if (verbs[i].verb == self->verb)
        verbs[i].parse (self, argument);

  wipe (text);
  return self;
}

void
rp_smtp_command_free (RpSmtpCommand *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->refusal, rp_reply_free);
  g_free (self->argument);
  wipe (self->initial_response);
  g_free (self->initial_response);
  g_free (self->address);
  g_clear_pointer (&self->parameters, g_ptr_array_unref);
  g_free (self);
}

static gboolean
begins_with_word (const char *line, gsize n_bytes, const char *word)
{
  gsize n_word = strlen (word);

  return n_bytes > n_word && g_ascii_strncasecmp (line, word, n_word) == 0
         && line[n_word] == ' ';
}

gboolean
rp_smtp_command_is_foreign (const char *line, gsize n_bytes)
{
  static const char *const methods[] = { "GET",    "POST",  "PUT",     "HEAD",
                                         "DELETE", "PATCH", "OPTIONS", "CONNECT",
                                         "TRACE",  "PRI" };

  if (n_bytes == 0)
    return FALSE;
  if (!g_ascii_isalpha (line[0]))
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (begins_with_word (line, n_bytes, methods[i]))
      return TRUE;

  return g_strstr_len (line, (gssize) n_bytes, " HTTP/") != NULL
         || (n_bytes >= 5 && g_ascii_strncasecmp (line, "Host:", 5) == 0);
}
