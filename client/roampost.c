/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: finds the subcommand and runs it. */
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>

#include "commands/rp-commands.h"
#include "rp-command.h"
#include "words/rp-words.h"

/* One a line, in the order of the list that --help prints. */
/* clang-format off */
static const RpCommand *const commands[] = {
  &rp_command_status,
  &rp_command_explain,
  &rp_command_diagnose,
  &rp_command_log,
  &rp_command_queue,
  &rp_command_login,
  &rp_command_logout,
  &rp_command_unlock,
  &rp_command_sendmail,
  &rp_command_account,
  &rp_command_server,
  &rp_command_network,
  &rp_command_config,
  &rp_command_demo,
  NULL
};
/* clang-format on */

static void
print_help (void)
{
  printf (
      "%s\n\n%s\n\n%s\n", _ ("Usage: roampost [OPTION…] COMMAND [ARGUMENT…]"),
      _ ("Sends the mail of this laptop by the right outgoing server, wherever it is."),
      _ ("Commands:"));
  rp_command_print_list (commands);
  printf ("\n%s\n", _ ("Options:"));
  printf ("  --runtime-dir %s  %s\n", _ ("FOLDER"),
          _ ("Find the agent's socket in this folder"));
  printf ("  --version             %s\n", _ ("Print the version"));
  printf ("  --help                %s\n", _ ("Print this"));
  printf ("\n%s\n",
          _ ("“roampost COMMAND --help” tells more, the manual all: roampost(1)"));
}

static int
refuse (const char *format, const char *word, const char *nearest)
{
  fputs ("roampost: ", stderr);
  fprintf (stderr, format, word, nearest);
  fprintf (stderr, "\n%s\n", _ ("“roampost --help” lists the commands"));
  return EX_USAGE;
}

static int
run_command (int argc, char **argv)
{
  const RpCommand *command = rp_command_find (commands, argv[0]);
  const char *nearest;

  if (command != NULL)
    return command->run (command, argc, argv);

  nearest = rp_command_get_nearest (commands, argv[0]);
  if (nearest != NULL)
    return refuse (_ ("there is no command “%1$s”; did you mean “%2$s”?"), argv[0],
                   nearest);
  return refuse (_ ("there is no command “%s”"), argv[0], NULL);
}

/* Takes the options before the command; returns how many words they are, or -1 when
 * @exit_code is set. */
static int
take_options (int argc, char **argv, int *exit_code)
{
  int i = 1;

  *exit_code = EX_OK;
  for (; i < argc && argv[i][0] == '-'; i++)
    {
      if (g_str_equal (argv[i], "--help") || g_str_equal (argv[i], "-h"))
        {
          print_help ();
          return -1;
        }
      if (g_str_equal (argv[i], "--version"))
        {
          puts ("roampost " RP_VERSION);
          return -1;
        }
      if (g_str_equal (argv[i], "--runtime-dir") && i + 1 < argc)
        g_setenv ("ROAMPOST_RUNTIME_DIR", argv[++i], TRUE);
      else if (g_str_has_prefix (argv[i], "--runtime-dir=") && argv[i][14] != '\0')
        g_setenv ("ROAMPOST_RUNTIME_DIR", argv[i] + 14, TRUE);
      else if (g_str_has_prefix (argv[i], "--runtime-dir"))
        {
          *exit_code = refuse (_ ("“%s” wants a folder"), "--runtime-dir", NULL);
          return -1;
        }
      else
        {
          *exit_code = refuse (_ ("there is no option “%s”"), argv[i], NULL);
          return -1;
        }
    }
  return i;
}

/* /usr/sbin/sendmail may be a link to roampost. */
static gboolean
is_called_as_sendmail (const char *program)
{
  g_autofree char *name =
      program == NULL ? g_strdup ("") : g_path_get_basename (program);

  return g_str_equal (name, "sendmail");
}

int
main (int argc, char **argv)
{
  int exit_code;
  int n_words;

  setlocale (LC_ALL, "");
  rp_words_init (NULL);
  if (is_called_as_sendmail (argv[0]))
    return rp_command_sendmail.run (&rp_command_sendmail, argc, argv);
  n_words = take_options (argc, argv, &exit_code);
  if (n_words < 0)
    return exit_code;
  if (n_words == argc)
    {
      print_help ();
      return EX_USAGE;
    }
  return run_command (argc - n_words, argv + n_words);
}
