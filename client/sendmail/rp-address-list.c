/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sendmail/rp-address-list.h"

#include <string.h>

typedef struct
{
  const char *next;
  GString *plain;    /* outside angle brackets, without white space and comments */
  GString *brackets; /* nullable: what stands in them */
  GPtrArray *addresses;
} Parser;

/* A quoted string, an address literal, the text of a comment: up to @close, where a
 * backslash hides the octet behind it. */
static void
take_until (Parser *self, char close, GString *into)
{
  gboolean is_hidden = FALSE;

  while (*self->next != '\0')
    {
      char c = *self->next++;

      if (into != NULL)
        g_string_append_c (into, c);
      if (c == close && !is_hidden)
        return;
      is_hidden = c == '\\' && !is_hidden;
    }
}

/* Comments nest (RFC 5322 section 3.2.2). */
static void
skip_comment (Parser *self)
{
  guint depth = 1;

  while (*self->next != '\0' && depth > 0)
    {
      char c = *self->next++;

      if (c == '\\' && *self->next != '\0')
        self->next++;
      else if (c == '(')
        depth++;
      else if (c == ')')
        depth--;
    }
}

static void
finish_address (Parser *self)
{
  GString *found = self->brackets != NULL ? self->brackets : self->plain;

  if (found->len > 0)
    g_ptr_array_add (self->addresses, g_strndup (found->str, found->len));
  g_string_truncate (self->plain, 0);
  if (self->brackets != NULL)
    g_string_free (g_steal_pointer (&self->brackets), TRUE);
}

static void
take_brackets (Parser *self)
{
  if (self->brackets == NULL)
    self->brackets = g_string_new (NULL);
  while (*self->next != '\0' && *self->next != '>')
    {
      char c = *self->next++;

      if (g_ascii_isspace (c))
        continue;
      g_string_append_c (self->brackets, c);
      if (c == '"')
        take_until (self, '"', self->brackets);
    }
  if (*self->next == '>')
    self->next++;
}

static void
take_one (Parser *self)
{
  char c = *self->next++;

  if (c == '(')
    skip_comment (self);
  else if (c == '<')
    take_brackets (self);
  else if (c == ',' || c == ';')
    finish_address (self);
  else if (c == ':') /* what stood before was the name of a group */
    g_string_truncate (self->plain, 0);
  else if (!g_ascii_isspace (c))
    {
      g_string_append_c (self->plain, c);
      if (c == '"' || c == '[')
        take_until (self, c == '"' ? '"' : ']', self->plain);
    }
}

void
rp_address_list_parse (const char *text, GPtrArray *addresses)
{
  Parser self = { .next = text, .plain = g_string_new (NULL), .addresses = addresses };

  while (*self.next != '\0')
    take_one (&self);
  finish_address (&self);
  g_string_free (self.plain, TRUE);
}
