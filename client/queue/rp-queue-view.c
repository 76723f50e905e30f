/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "queue/rp-queue-view.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "core/rp-printable.h"
#include "core/rp-trouble.h"
#include "rp-dict.h"
#include "rp-output.h"
#include "words/rp-words-trouble.h"

/* So many recipients are named on one line. */
#define MAX_NAMED 3

static gint64
get_now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* ---- what is with a message ---- */

typedef struct
{
  const char *state; /* its nick on the bus */
  RpStyle style;
  const char *words;
} StateWords;

static const StateWords state_words[] = {
  { "waiting", RP_STYLE_WARNING, N_ ("waiting") },
  { "held", RP_STYLE_WARNING, N_ ("held back") },
  { "doubt", RP_STYLE_BAD, N_ ("in doubt") },
  { "failed", RP_STYLE_BAD, N_ ("failed") },
  { "damaged", RP_STYLE_BAD, N_ ("damaged") },
};

static const StateWords *
find_state (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_words); i++)
    if (g_str_equal (state_words[i].state, state))
      return &state_words[i];

  return NULL;
}

char *
rp_queue_view_dup_upload (GVariant *message)
{
  guint64 n_bytes = rp_dict_get_size (message, "bytes");
  guint64 n_sent = rp_dict_get_size (message, "sent-bytes");
  g_autofree char *progress = NULL;

  if (n_sent == 0)
    return g_strdup (_ ("being sent"));
  if (n_sent >= n_bytes)
    return g_strdup (_ ("being sent, the server's answer is to come"));
  progress = rp_output_dup_progress (n_sent, n_bytes);
  return g_strdup_printf (_ ("being sent, %s"), progress);
}

/* When it is tried next, as far as that is set. */
static char *
dup_next_attempt (gint64 at_s, gint64 now_s)
{
  gint64 left_s = at_s - now_s;
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (at_s);
  g_autofree char *clock = at == NULL ? NULL : g_date_time_format (at, "%H:%M");

  if (left_s < 90)
    return g_strdup_printf (_ ("waiting, next try in %u s"), (guint) left_s);
  if (left_s < 90 * 60 || clock == NULL)
    return g_strdup_printf (_ ("waiting, next try in %u min"),
                            (guint) ((left_s + 30) / 60));
  return g_strdup_printf (_ ("waiting, next try at %s"), clock);
}

static char *
dup_state (GVariant *message)
{
  const char *state = rp_dict_get_string (message, "state");
  gint64 next_s = rp_dict_get_time (message, "next-attempt-at");
  const StateWords *words = find_state (state);

  if (rp_dict_get_boolean (message, "under-way"))
    return rp_queue_view_dup_upload (message);
  if (g_str_equal (state, "waiting") && next_s > get_now_s ())
    return dup_next_attempt (next_s, get_now_s ());
  /* a state that only a newer agent knows is shown by its name */
  return words == NULL ? rp_printable_dup (state, -1) : g_strdup (_ (words->words));
}

static RpStyle
get_style (GVariant *message)
{
  const StateWords *words = find_state (rp_dict_get_string (message, "state"));

  if (rp_dict_get_boolean (message, "under-way"))
    return RP_STYLE_GOOD;
  return words == NULL ? RP_STYLE_WARNING : words->style;
}

gboolean
rp_queue_view_needs_user (GVariant *message)
{
  const char *state = rp_dict_get_string (message, "state");

  return !rp_dict_get_boolean (message, "under-way") && !g_str_equal (state, "waiting")
         && !g_str_equal (state, "held");
}

/* ---- from whom to whom ---- */

static char *
dup_sender (GVariant *message)
{
  const char *sender = rp_dict_get_string (message, "sender");

  /* the null sender of a report or receipt has no address to show */
  return rp_printable_dup (sender[0] == '\0' ? "<>" : sender, -1);
}

static gboolean
has_message (GVariant *recipient)
{
  return g_str_equal (rp_dict_get_string (recipient, "state"), "sent");
}

static void
append_address (GString *list, GVariant *recipient)
{
  g_autofree char *address =
      rp_printable_dup (rp_dict_get_string (recipient, "address"), -1);

  if (list->len > 0)
    g_string_append (list, ", ");
  g_string_append (list, address);
}

static char *
dup_counted (char *list, guint n_others, guint n_done)
{
  g_autofree char *names = list;
  g_autofree char *others = NULL;
  g_autofree char *done = NULL;

  if (n_others > 0)
    others = g_strdup_printf (ngettext (" and %u other", " and %u others", n_others),
                              n_others);
  if (n_done > 0)
    done = g_strdup_printf (
        ngettext (" (%u other has it)", " (%u others have it)", n_done), n_done);
  return g_strconcat (names, others != NULL ? others : "", done != NULL ? done : "",
                      NULL);
}

char *
rp_queue_view_dup_recipients (GVariant *message)
{
  g_autoptr (GVariant) recipients = rp_dict_dup_array (message, "recipients", "aa{sv}");
  GString *list = g_string_new (NULL);
  guint n_open = 0;
  guint n_done = 0;

  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      if (has_message (recipient))
        n_done++;
      else if (n_open++ < MAX_NAMED)
        append_address (list, recipient);
    }
  return dup_counted (g_string_free (list, FALSE),
                      n_open > MAX_NAMED ? n_open - MAX_NAMED : 0, n_done);
}

/* ---- lines ---- */

static guint
get_state_width (GVariant *messages)
{
  guint width = 0;

  for (gsize i = 0; i < g_variant_n_children (messages); i++)
    {
      g_autoptr (GVariant) message = g_variant_get_child_value (messages, i);
      g_autofree char *state = dup_state (message);

      width = MAX (width, rp_output_get_width (state));
    }
  return width;
}

static void
print_state (GVariant *message, guint width)
{
  g_autofree char *state = dup_state (message);

  fputs (rp_output_get_style (stdout, get_style (message)), stdout);
  rp_output_print_padded (state, width);
  fputs (rp_output_get_style (stdout, RP_STYLE_PLAIN), stdout);
}

static void
print_line (GVariant *message, guint width)
{
  g_autofree char *at = rp_output_dup_time (rp_dict_get_time (message, "received-at"));
  g_autofree char *sender = dup_sender (message);
  g_autofree char *recipients = rp_queue_view_dup_recipients (message);

  printf ("%-8s  %s  ", rp_dict_get_string (message, "id"), at);
  print_state (message, width);
  printf ("  %s → %s\n", sender, recipients);
}

void
rp_queue_view_print_list (GVariant *messages)
{
  guint width = get_state_width (messages);

  for (gsize i = 0; i < g_variant_n_children (messages); i++)
    {
      g_autoptr (GVariant) message = g_variant_get_child_value (messages, i);

      print_line (message, width);
    }
}

void
rp_queue_view_print_line (GVariant *message)
{
  print_line (message, 0);
}

/* ---- one message ---- */

static void
print_origin (GVariant *message)
{
  guint n_attempts = rp_dict_get_count (message, "attempts");
  g_autofree char *sender = dup_sender (message);
  g_autofree char *program =
      rp_printable_dup (rp_dict_get_string (message, "program"), -1);

  printf (_ ("from %s"), sender);
  if (program[0] != '\0')
    {
      fputs (", ", stdout);
      printf (_ ("by program %s"), program);
    }
  if (n_attempts > 0)
    {
      fputs (", ", stdout);
      printf (ngettext ("tried %u time", "tried %u times", n_attempts), n_attempts);
    }
  putchar ('\n');
}

void
rp_queue_view_print_head (GVariant *message)
{
  g_autofree char *at = rp_output_dup_time (rp_dict_get_time (message, "received-at"));
  g_autofree char *size = rp_output_dup_size (rp_dict_get_size (message, "bytes"));

  rp_output_print_styled (RP_STYLE_STRONG, rp_dict_get_string (message, "id"));
  printf ("  %s  %s  ", at, size);
  print_state (message, 0);
  putchar ('\n');
  print_origin (message);
  if (g_str_equal (rp_dict_get_string (message, "state"), "damaged"))
    puts (_ ("the message is damaged on disk and cannot be sent; “roampost queue "
             "export” saves what is left of it, “roampost queue drop” deletes it"));
}

static const StateWords recipient_words[] = {
  { "waiting", RP_STYLE_WARNING, N_ ("not sent yet") },
  { "doubt", RP_STYLE_BAD, N_ ("in doubt: may have it or not") },
  { "sent", RP_STYLE_GOOD, N_ ("has it") },
  { "failed", RP_STYLE_BAD, N_ ("does not get it") },
};

static void
print_recipient_state (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (recipient_words); i++)
    if (g_str_equal (recipient_words[i].state, state))
      {
        rp_output_print_styled (recipient_words[i].style, _ (recipient_words[i].words));
        return;
      }
  fputs (state, stdout);
}

static void
print_words_of_server (GVariant *recipient)
{
  g_autofree char *server =
      rp_printable_dup (rp_dict_get_string (recipient, "server"), -1);
  g_autofree char *reply =
      rp_printable_dup (rp_dict_get_string (recipient, "reply"), -1);

  if (server[0] != '\0' && reply[0] != '\0')
    printf ("  %s: %s\n", server, reply);
  else if (reply[0] != '\0')
    printf ("  %s\n", reply);
  else if (server[0] != '\0' && has_message (recipient))
    {
      printf ("  ");
      printf (_ ("sent by %s"), server);
      putchar ('\n');
    }
}

/* Whether a login was what failed. @by_token: (out): the one by a sign-in */
static gboolean
is_about_login (GVariant *recipient, gboolean *by_token)
{
  g_autoptr (GVariant) reason =
      g_variant_lookup_value (recipient, "reason", G_VARIANT_TYPE ("(sas)"));
  const char *name;

  if (reason == NULL)
    return FALSE;
  g_variant_get_child (reason, 0, "&s", &name);
  *by_token = g_str_equal (name, "sign-in-refused");
  return *by_token || g_str_equal (name, "login-refused")
         || g_str_equal (name, "login-disabled");
}

/* Which switch the server's words are about. */
static void
print_trouble (GVariant *recipient)
{
  const char *reply = rp_dict_get_string (recipient, "reply");
  gboolean by_token;
  RpTrouble trouble;

  if (reply[0] == '\0' || !is_about_login (recipient, &by_token))
    return;
  trouble = rp_trouble_from_answer (reply, by_token);
  /* of a wrong password the reason says all */
  if (trouble == RP_TROUBLE_NONE || trouble == RP_TROUBLE_WRONG_PASSWORD)
    return;
  printf ("  %s\n  → %s\n", rp_words_trouble_get_meaning (trouble),
          rp_words_trouble_get_advice (trouble));
}

/* "In doubt" is written down before the end of the message leaves, should we crash: as
 * long as its server's answer can come, nothing is. */
static gboolean
is_answer_awaited (GVariant *message, GVariant *recipient)
{
  return rp_dict_get_boolean (message, "under-way")
         && !g_str_equal (rp_dict_get_string (message, "state"), "doubt")
         && g_str_equal (rp_dict_get_string (recipient, "state"), "doubt");
}

static void
print_recipient (GVariant *message, GVariant *recipient)
{
  g_autofree char *address =
      rp_printable_dup (rp_dict_get_string (recipient, "address"), -1);
  g_autofree char *reason = rp_dict_dup_reason (recipient, "reason");

  printf ("%s  ", address);
  if (is_answer_awaited (message, recipient))
    {
      puts (_ ("being sent, the server's answer is to come"));
      return;
    }

  print_recipient_state (rp_dict_get_string (recipient, "state"));
  putchar ('\n');
  print_words_of_server (recipient);
  if (reason[0] != '\0')
    printf ("  %s\n", reason);
  print_trouble (recipient);
}

void
rp_queue_view_print_recipients (GVariant *message)
{
  g_autoptr (GVariant) recipients = rp_dict_dup_array (message, "recipients", "aa{sv}");

  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      print_recipient (message, recipient);
    }
}
