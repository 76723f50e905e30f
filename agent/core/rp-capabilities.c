/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-capabilities.h"

#include <string.h>

RpCapabilities *
rp_capabilities_new (void)
{
  return g_new0 (RpCapabilities, 1);
}

RpCapabilities *
rp_capabilities_copy (const RpCapabilities *self)
{
  RpCapabilities *copy = g_new0 (RpCapabilities, 1);

  *copy = *self;
  copy->auth_mechanisms = g_strdupv (self->auth_mechanisms);
  return copy;
}

void
rp_capabilities_free (RpCapabilities *self)
{
  if (self == NULL)
    return;

  g_strfreev (self->auth_mechanisms);
  g_free (self);
}

static guint64
parse_number (const char *text)
{
  guint64 number = 0;

  if (text == NULL
      || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &number, NULL))
    return 0;

  return number;
}

static void
add_mechanisms (RpCapabilities *self, const char *const *mechanisms)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (self->auth_mechanisms != NULL)
    g_strv_builder_addv (builder, (const char **) self->auth_mechanisms);
  for (guint i = 0; mechanisms[i] != NULL; i++)
    {
      g_autofree char *upper = g_ascii_strup (mechanisms[i], -1);

      g_strv_builder_add (builder, upper);
    }
  g_strfreev (self->auth_mechanisms);
  self->auth_mechanisms = g_strv_builder_end (builder);
}

static void
add_limits (RpCapabilities *self, const char *const *limits)
{
  for (guint i = 0; limits[i] != NULL; i++)
    if (g_ascii_strncasecmp (limits[i], "RCPTMAX=", 8) == 0)
      self->max_recipients = (guint) MIN (parse_number (limits[i] + 8), G_MAXUINT);
}

void
rp_capabilities_add_line (RpCapabilities *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit_set (line, " \t", -1);
  const struct
  {
    const char *keyword;
    gboolean *flag;
  } flags[] = {
    { "PIPELINING", &self->has_pipelining },
    { "8BITMIME", &self->has_8bitmime },
    { "SMTPUTF8", &self->has_smtputf8 },
    { "DSN", &self->has_dsn },
    { "SIZE", &self->has_size },
    { "CHUNKING", &self->has_chunking },
    { "STARTTLS", &self->has_starttls },
    { "ENHANCEDSTATUSCODES", &self->has_enhanced_codes },
  };

  if (words[0] == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (g_ascii_strcasecmp (words[0], flags[i].keyword) == 0)
      *flags[i].flag = TRUE;

  if (g_ascii_strcasecmp (words[0], "SIZE") == 0)
    self->max_message_bytes = parse_number (words[1]);
  else if (g_ascii_strcasecmp (words[0], "LIMITS") == 0)
    add_limits (self, (const char *const *) words + 1);
  else if (g_ascii_strcasecmp (words[0], "AUTH") == 0)
    add_mechanisms (self, (const char *const *) words + 1);
  else if (g_ascii_strncasecmp (words[0], "AUTH=", 5) == 0)
    {
      const char *const old_style[] = { words[0] + 5, NULL };

      /* Some servers still say AUTH=LOGIN beside or instead of AUTH LOGIN. */
      if (words[0][5] != '\0')
        add_mechanisms (self, old_style);
      add_mechanisms (self, (const char *const *) words + 1);
    }
}
