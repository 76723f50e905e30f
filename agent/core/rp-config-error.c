/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config-error.h"

#include "core/rp-printable.h"

void
rp_config_error_free (RpConfigError *self)
{
  if (self == NULL)
    return;

  g_free (self->file);
  g_free (self->text);
  g_free (self);
}

void
rp_config_error_add (
    GPtrArray *errors, const char *file, guint line, const char *format, ...)
{
  RpConfigError *error = g_new0 (RpConfigError, 1);
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  /* A value can hold a line end ("\\n"), or an escape for the terminal. */
  error->text = rp_printable_dup (text, -1);
  error->file = g_strdup (file);
  error->line = line;
  g_ptr_array_add (errors, error);
}

char *
rp_config_error_dup_text (const RpConfigError *self)
{
  if (self->file == NULL)
    return g_strdup (self->text);
  if (self->line == 0)
    return g_strdup_printf ("%s: %s", self->file, self->text);
  return g_strdup_printf ("%s:%u: %s", self->file, self->line, self->text);
}
