/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config-error.h"

#include "core/rp-printable.h"

void
rp_config_error_free (RpConfigError *self)
{
  if (self == NULL)
    return;

  g_free (self->file);
  g_strfreev (self->args);
  rp_config_error_free (self->detail);
  g_free (self);
}

static RpConfigError *
error_new (const char *pattern, va_list args)
{
  RpConfigError *self = g_new0 (RpConfigError, 1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *arg;

  /* A value can hold a line end ("\\n"), or an escape for the terminal. */
  while ((arg = va_arg (args, const char *)) != NULL)
    {
      g_autofree char *clean = rp_printable_dup (arg, -1);

      g_strv_builder_add (builder, clean);
    }
  self->pattern = pattern;
  self->args = g_strv_builder_end (builder);
  return self;
}

static void
add_at (GPtrArray *errors, const char *file, guint line, RpConfigError *error)
{
  error->file = g_strdup (file);
  error->line = line;
  g_ptr_array_add (errors, error);
}

RpConfigError *
rp_config_error_new (const char *pattern, ...)
{
  RpConfigError *self;
  va_list args;

  va_start (args, pattern);
  self = error_new (pattern, args);
  va_end (args);
  return self;
}

void
rp_config_error_add (
    GPtrArray *errors, const char *file, guint line, const char *pattern, ...)
{
  va_list args;

  va_start (args, pattern);
  add_at (errors, file, line, error_new (pattern, args));
  va_end (args);
}

void
rp_config_error_add_detailed (GPtrArray *errors,
                              const char *file,
                              guint line,
                              RpConfigError *detail,
                              const char *pattern,
                              ...)
{
  RpConfigError *self;
  va_list args;

  va_start (args, pattern);
  self = error_new (pattern, args);
  va_end (args);
  self->detail = detail;
  add_at (errors, file, line, self);
}

char *
rp_config_error_dup_sentence (const RpConfigError *self, RpTranslateFunc translate)
{
  const char *pattern = translate != NULL ? translate (self->pattern) : self->pattern;
  g_autoptr (GPtrArray) args = g_ptr_array_new ();
  g_autofree char *detail = self->detail != NULL
                                ? rp_config_error_dup_sentence (self->detail, translate)
                                : NULL;

  for (guint i = 0; self->args[i] != NULL; i++)
    g_ptr_array_add (args, self->args[i]);
  if (detail != NULL)
    g_ptr_array_add (args, detail);
  g_ptr_array_add (args, NULL);
  return rp_sentence_expand (pattern, (const char *const *) args->pdata);
}

char *
rp_config_error_dup_text (const RpConfigError *self, RpTranslateFunc translate)
{
  g_autofree char *sentence = rp_config_error_dup_sentence (self, translate);

  if (self->file == NULL)
    return g_steal_pointer (&sentence);
  if (self->line == 0)
    return g_strdup_printf ("%s: %s", self->file, sentence);
  return g_strdup_printf ("%s:%u: %s", self->file, self->line, sentence);
}

GStrv
rp_config_errors_dup_texts (GPtrArray *errors, RpTranslateFunc translate)
{
  GStrv texts = g_new0 (char *, errors->len + 1);

  for (guint i = 0; i < errors->len; i++)
    texts[i] = rp_config_error_dup_text (g_ptr_array_index (errors, i), translate);
  return texts;
}
