/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-message-view.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "core/rp-printable.h"
#include "core/rp-sentence.h"
#include "queue/rp-header-text.h"
#include "rp-dict.h"
#include "rp-output.h"
#include "words/rp-words.h"

typedef struct
{
  const char *outcome; /* its nick on the bus */
  RpStyle style;
  const char *words;
} OutcomeWords;

static const OutcomeWords outcome_words[] = {
  { "sent", RP_STYLE_GOOD, N_ ("sent") },
  { "refused", RP_STYLE_BAD, N_ ("refused") },
  { "waiting", RP_STYLE_WARNING, N_ ("not sent yet") },
  { "queued", RP_STYLE_WARNING, N_ ("in the queue") },
  { "doubt", RP_STYLE_BAD, N_ ("in doubt") },
  { "failed", RP_STYLE_BAD, N_ ("failed") },
  { "damaged", RP_STYLE_BAD, N_ ("damaged") },
  { "dropped", RP_STYLE_BAD, N_ ("dropped") },
  { "repeated", RP_STYLE_GOOD, N_ ("came again") },
};

static const OutcomeWords *
find_outcome (const char *outcome)
{
  static const OutcomeWords open = { "open", RP_STYLE_WARNING, N_ ("on its way") };

  for (guint i = 0; i < G_N_ELEMENTS (outcome_words); i++)
    if (g_str_equal (outcome_words[i].outcome, outcome))
      return &outcome_words[i];

  return &open;
}

/* The null sender of a report or receipt has no address to show. */
static const char *
get_sender (GVariant *message)
{
  const char *sender = rp_dict_get_string (message, "sender");

  return sender[0] == '\0' ? "<>" : sender;
}

static void
print_outcome (const char *outcome, guint width)
{
  const OutcomeWords *words = find_outcome (outcome);

  fputs (rp_output_get_style (stdout, words->style), stdout);
  rp_output_print_padded (_ (words->words), width);
  fputs (rp_output_get_style (stdout, RP_STYLE_PLAIN), stdout);
}

static guint
get_outcome_width (GVariant *messages)
{
  guint width = 0;

  for (gsize i = 0; i < g_variant_n_children (messages); i++)
    {
      g_autoptr (GVariant) message = g_variant_get_child_value (messages, i);
      const char *outcome = rp_dict_get_string (message, "outcome");

      width = MAX (width, rp_output_get_width (_ (find_outcome (outcome)->words)));
    }
  return width;
}

void
rp_message_view_print_list (GVariant *messages, guint indent)
{
  guint width = get_outcome_width (messages);

  for (gsize i = 0; i < g_variant_n_children (messages); i++)
    {
      g_autoptr (GVariant) message = g_variant_get_child_value (messages, i);
      g_autofree char *at =
          rp_output_dup_time (rp_dict_get_time (message, "received-at"));
      g_autofree char *list = rp_dict_dup_list (message, "recipients");
      g_autofree char *recipients = rp_printable_dup (list, -1);

      printf ("%*s%-8s  %s  ", (int) indent, "", rp_dict_get_string (message, "id"),
              at);
      print_outcome (rp_dict_get_string (message, "outcome"), width);
      printf ("  %s → %s\n", get_sender (message), recipients);
    }
}

/* What a step says: %1$s is the recipient, %2$s the server, %3$s the endpoint. */
typedef struct
{
  const char *kind; /* its nick on the bus */
  const char *for_recipient;
  const char *for_all;
} StepWords;

static const StepWords step_words[] = {
  { "received", NULL, N_ ("the message is here") },
  { "planned", N_ ("%1$s: by %2$s at %3$s"), N_ ("by %2$s at %3$s") },
  { "left-out", N_ ("%1$s: not by %2$s"), N_ ("not by %2$s") },
  { "pop-login", NULL, N_ ("logged in at the POP server %3$s") },
  { "connected", NULL, N_ ("connected to %3$s") },
  { "failed", NULL, N_ ("%3$s cannot be used") },
  { "reply", N_ ("%1$s: %2$s answers"), N_ ("%2$s answers") },
  { "sent", N_ ("%1$s: sent by %2$s"), N_ ("sent by %2$s") },
  { "refused", N_ ("%1$s: refused for good"), N_ ("refused for good") },
  { "waiting", N_ ("%1$s: not sent for now"), N_ ("not sent for now") },
  { "doubt", N_ ("%1$s: %2$s did not confirm it and may have it"),
    N_ ("%2$s did not confirm it and may have it") },
  { "queued", NULL, N_ ("taken into the queue, safe on this computer's disk") },
  { "answered", NULL, N_ ("the mail program was answered") },
  { "unheard", NULL, N_ ("the mail program was gone before the answer") },
};

/* A kind that only a newer agent knows is shown by its name. */
static const char *
get_step_pattern (const char *kind, gboolean has_recipient)
{
  for (guint i = 0; i < G_N_ELEMENTS (step_words); i++)
    if (g_str_equal (step_words[i].kind, kind))
      return has_recipient && step_words[i].for_recipient != NULL
                 ? _ (step_words[i].for_recipient)
                 : _ (step_words[i].for_all);

  return kind;
}

static void
print_detail (const char *text, RpStyle style)
{
  if (text[0] == '\0')
    return;
  printf ("           ");
  rp_output_print_styled (style, text);
  putchar ('\n');
}

/* The entry “location” of an account means no server where the network has none. */
static const char *
get_step_server (GVariant *step)
{
  const char *server = rp_dict_get_string (step, "server");

  return server[0] != '\0' ? server : _ ("the server of this network");
}

static char *
dup_step_text (GVariant *step)
{
  const char *const args[] = { rp_dict_get_string (step, "recipient"),
                               get_step_server (step),
                               rp_dict_get_string (step, "endpoint"), NULL };
  g_autofree char *text = rp_sentence_expand (
      get_step_pattern (rp_dict_get_string (step, "kind"), args[0][0] != '\0'), args);

  return rp_printable_dup (text, -1);
}

void
rp_message_view_print_step (GVariant *step, gboolean has_id)
{
  g_autofree char *at = rp_output_dup_time (rp_dict_get_time (step, "at"));
  g_autofree char *text = dup_step_text (step);
  g_autofree char *reply = rp_printable_dup (rp_dict_get_string (step, "reply"), -1);
  g_autofree char *reason = rp_dict_dup_reason (step, "reason");

  /* the date stands above */
  printf (" %s  ", at + strlen ("2026-11-24 "));
  if (has_id)
    printf ("%-8s  ", rp_dict_get_string (step, "id"));
  printf ("%s\n", text);
  print_detail (reply, RP_STYLE_STRONG);
  print_detail (reason, RP_STYLE_FAINT);
}

static void
print_subject (const char *subject)
{
  g_autofree char *field = g_strdup_printf ("Subject: %s", subject);
  g_auto (GStrv) fields = rp_header_text_dup_fields (field, strlen (field));

  if (*subject != '\0')
    printf ("%s\n", fields[0]);
}

static void
print_head (GVariant *message)
{
  g_autofree char *at = rp_output_dup_time (rp_dict_get_time (message, "received-at"));
  g_autofree char *recipients = rp_dict_dup_list (message, "recipients");
  g_autofree char *size = rp_output_dup_size (rp_dict_get_size (message, "bytes"));
  const char *network = rp_dict_get_string (message, "network");
  const char *program = rp_dict_get_string (message, "program");

  rp_output_print_styled (RP_STYLE_STRONG, rp_dict_get_string (message, "id"));
  printf ("  %s  %s  ", at, size);
  print_outcome (rp_dict_get_string (message, "outcome"), 0);
  printf ("\n%s → %s\n", get_sender (message), recipients);
  print_subject (rp_dict_get_string (message, "subject"));
  if (program[0] != '\0')
    {
      printf (_ ("from program %s"), program);
      fputs (network[0] != '\0' ? ", " : "\n", stdout);
    }
  if (network[0] != '\0')
    {
      printf (_ ("on network %s"), network);
      putchar ('\n');
    }
}

/* The date of @at_s where it is another than *@day, which it becomes. */
static void
print_new_day (gint64 at_s, char **day)
{
  g_autofree char *at = rp_output_dup_time (at_s);
  g_autofree char *date = g_strndup (at, strcspn (at, " "));

  if (*day != NULL && !g_str_equal (*day, date))
    printf (" %s\n", date);
  g_free (*day);
  *day = g_steal_pointer (&date);
}

void
rp_message_view_print_steps (GVariant *message)
{
  g_autoptr (GVariant) steps = rp_dict_dup_array (message, "steps", "aa{sv}");
  g_autofree char *day = NULL;

  /* the head has the day on which it came */
  print_new_day (rp_dict_get_time (message, "received-at"), &day);
  for (gsize i = 0; i < g_variant_n_children (steps); i++)
    {
      g_autoptr (GVariant) step = g_variant_get_child_value (steps, i);

      print_new_day (rp_dict_get_time (step, "at"), &day);
      rp_message_view_print_step (step, FALSE);
    }
}

void
rp_message_view_print_story (GVariant *message)
{
  print_head (message);
  putchar ('\n');
  rp_message_view_print_steps (message);
}
