/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost diagnose: what an error text means, what roampost does about it, and what
 * the user can do. Needs no agent. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "diagnose/rp-diagnosis.h"
#include "rp-output.h"

/* More than any dialog or bounce that a person copies; a pipe may never end. */
#define MAX_INPUT_BYTES (1024 * 1024)

static char *
read_input (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char block[4096];
  gsize n_bytes;

  if (isatty (STDIN_FILENO))
    fprintf (stderr, "%s\n", _ ("Paste the error text, then press Ctrl+D"));
  while (text->len < MAX_INPUT_BYTES
         && (n_bytes = fread (block, 1, sizeof block, stdin)) > 0)
    g_string_append_len (text, block, (gssize) n_bytes);
  return g_strdup (text->str);
}

static void
print_line (const char *title, const char *text, guint width)
{
  rp_output_print_padded (title, width);
  printf ("  %s\n", text);
}

static void
print_source (const RpDiagnosis *diagnosis, guint width)
{
  if (diagnosis->phrase != NULL)
    print_line (_ ("seen on"), diagnosis->phrase->seen_on, width);
  if (diagnosis->error != NULL)
    {
      g_autofree char *number = g_strdup_printf ("0x%08X %s", diagnosis->error->number,
                                                 diagnosis->error->name);

      print_line (_ ("number"), number, width);
    }
}

static void
print_diagnosis (const RpDiagnosis *diagnosis)
{
  const char *const titles[] = { _ ("means"), _ ("roampost"), _ ("you can"),
                                 _ ("seen on"), _ ("number") };
  g_autofree char *meaning = rp_diagnosis_dup_meaning (diagnosis);
  guint width = 0;

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    width = MAX (width, rp_output_get_width (titles[i]));
  print_line (titles[0], meaning, width);
  print_line (titles[1], rp_diagnosis_get_answer (diagnosis), width);
  print_line (titles[2], rp_diagnosis_get_advice (diagnosis), width);
  print_source (diagnosis, width);
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  gboolean is_json = FALSE;
  const GOptionEntry entries[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &is_json,
                                     N_ ("Print JSON, as the manual describes it"),
                                     NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autofree char *text = NULL;
  g_autoptr (RpDiagnosis) diagnosis = NULL;
  int exit_code;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;

  text = argc > 1 ? g_strjoinv (" ", argv + 1) : read_input ();
  if (g_strstrip (text)[0] == '\0')
    return rp_command_usage_error (command, _ ("there is no text to diagnose"));

  diagnosis = rp_diagnosis_new (text);
  if (is_json)
    rp_output_print_json (rp_diagnosis_to_variant (diagnosis));
  else
    print_diagnosis (diagnosis);
  return diagnosis->is_known ? EX_OK : 1;
}

const RpCommand rp_command_diagnose = {
  .name = "diagnose",
  .synopsis = "[TEXT]",
  .summary = N_ ("tells what an error text means and what to do"),
  .run = run,
};
