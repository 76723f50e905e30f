/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-command.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "core/rp-spelling.h"
#include "rp-output.h"

static const char *
get_last_word (const RpCommand *self)
{
  const char *space = strrchr (self->name, ' ');

  return space == NULL ? self->name : space + 1;
}

const RpCommand *
rp_command_find (const RpCommand *const *commands, const char *word)
{
  for (; *commands != NULL; commands++)
    if (g_str_equal (get_last_word (*commands), word))
      return *commands;

  return NULL;
}

const char *
rp_command_get_nearest (const RpCommand *const *commands, const char *word)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (; *commands != NULL; commands++)
    {
      const char *name = get_last_word (*commands);

      if (word[0] != '\0' && g_str_has_prefix (name, word))
        return name;
      g_ptr_array_add (words, (char *) name);
    }
  g_ptr_array_add (words, NULL);
  return rp_spelling_find_nearest (word, (const char *const *) words->pdata);
}

void
rp_command_print_list (const RpCommand *const *commands)
{
  gsize width = 0;

  for (guint i = 0; commands[i] != NULL; i++)
    width = MAX (width, strlen (commands[i]->name));
  for (guint i = 0; commands[i] != NULL; i++)
    printf ("  %-*s  %s\n", (int) width, commands[i]->name, _ (commands[i]->summary));
}

static void
print_error (const RpCommand *self, const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  const char *start = rp_output_get_style (stderr, RP_STYLE_BAD);
  const char *end = rp_output_get_style (stderr, RP_STYLE_PLAIN);

  fprintf (stderr, "%sroampost %s:%s %s\n", start, self->name, end, text);
}

void
rp_command_error (const RpCommand *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  print_error (self, format, args);
  va_end (args);
}

static int
point_to_help (const RpCommand *self)
{
  g_autofree char *command = g_strdup_printf ("roampost %s --help", self->name);

  fprintf (stderr, _ ("“%s” tells how it is used"), command);
  fputc ('\n', stderr);
  return EX_USAGE;
}

int
rp_command_usage_error (const RpCommand *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  print_error (self, format, args);
  va_end (args);
  return point_to_help (self);
}

/* GOption leaves a "--" among the arguments when something that looks like an option
 * follows it. */
static void
drop_separator (int *argc, char **argv)
{
  for (int i = 1; i < *argc; i++)
    if (g_str_equal (argv[i], "--"))
      {
        memmove (argv + i, argv + i + 1, (gsize) (*argc - i) * sizeof *argv);
        (*argc)--;
        return;
      }
}

gboolean
rp_command_parse (const RpCommand *self,
                  const GOptionEntry *entries,
                  int *argc,
                  char ***argv,
                  int *exit_code)
{
  g_autoptr (GOptionContext) context = g_option_context_new (self->synopsis);
  g_autofree char *program = g_strdup_printf ("roampost %s", self->name);
  g_autoptr (GError) error = NULL;

  /* the usage line of GOption begins with the program's name */
  g_set_prgname (program);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ (self->summary));
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      *exit_code = rp_command_usage_error (self, "%s", error->message);
      return FALSE;
    }
  drop_separator (argc, *argv);
  return TRUE;
}

static void
print_group_help (const RpCommand *self, const RpCommand *const *members)
{
  printf (_ ("Usage: roampost %s COMMAND [ARGUMENT…]"), self->name);
  printf ("\n\n%s\n\n%s\n", _ (self->summary), _ ("Commands:"));
  rp_command_print_list (members);
}

int
rp_command_dispatch (const RpCommand *self,
                     const RpCommand *const *members,
                     int argc,
                     char **argv)
{
  const RpCommand *member;
  const char *nearest;

  if (argc > 1 && (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h")))
    {
      print_group_help (self, members);
      return EX_OK;
    }
  if (argc < 2)
    return rp_command_usage_error (self, "%s", _ ("a command is missing"));

  member = rp_command_find (members, argv[1]);
  if (member != NULL)
    return member->run (member, argc - 1, argv + 1);

  nearest = rp_command_get_nearest (members, argv[1]);
  if (nearest != NULL)
    return rp_command_usage_error (
        self, _ ("there is no command “%1$s”; did you mean “%2$s”?"), argv[1], nearest);
  return rp_command_usage_error (self, _ ("there is no command “%s”"), argv[1]);
}
