/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost sendmail: what programs expect of sendmail(8); the agent does the rest. */
#include "commands/rp-commands.h"

#include <errno.h>
#include <getopt.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/rp-address.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "sendmail/rp-address-list.h"
#include "sendmail/rp-submission.h"
#include "sendmail/rp-unix-message.h"

#define DEFAULT_LISTENING "127.0.0.1:2525"

/* As a user may give them to sendmail of sendmail, Postfix and Exim. The "+" ends the
 * options at the first address, so that an address cannot pass for an option. */
#define OPTIONS "+A:B:C:F:GIL:N:O:R:UV:X:b:ce:f:h:imno:p:q::r:tvx"

typedef struct
{
  const RpCommand *command;
  const char *sender; /* nullable: as given with -f */
  const char *name;   /* nullable: as given with -F */
  gboolean dot_ends;
  gboolean reads_recipients;
  gboolean is_verbose;
  RpAgent1 *agent; /* nullable */
  RpUnixMessage *message;
  GPtrArray *recipients;
  char *envelope_sender;
} Sendmail;

static void
clear_sendmail (Sendmail *self)
{
  g_clear_object (&self->agent);
  g_clear_pointer (&self->message, rp_unix_message_free);
  g_clear_pointer (&self->recipients, g_ptr_array_unref);
  g_free (self->envelope_sender);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sendmail, clear_sendmail)

static int
refuse_mode (const RpCommand *command, const char *mode)
{
  if (g_str_equal (mode, "s"))
    return rp_command_usage_error (
        command, "%s",
        _ ("-bs is not offered: let the program speak SMTP to localhost:2525"));
  if (g_str_equal (mode, "p"))
    return rp_command_usage_error (
        command, "%s", _ ("-bp is not offered: “roampost log” shows what was sent"));
  return rp_command_usage_error (command, _ ("-b%s is not offered, only -bm"), mode);
}

/* Returns EX_OK, or what to exit with. */
static int
take_option (Sendmail *self, int option)
{
  switch (option)
    {
    case 'f':
    case 'r':
      self->sender = optarg;
      return EX_OK;
    case 'F':
      self->name = optarg;
      return EX_OK;
    case 't':
      self->reads_recipients = TRUE;
      return EX_OK;
    case 'i':
      self->dot_ends = FALSE;
      return EX_OK;
    case 'o': /* -oi; the others (-oem, -odb, ...) are about things that are not here */
      if (optarg[0] == 'i')
        self->dot_ends = FALSE;
      return EX_OK;
    case 'v':
      self->is_verbose = TRUE;
      return EX_OK;
    case 'b':
      return g_str_equal (optarg, "m") ? EX_OK : refuse_mode (self->command, optarg);
    case 'N':
    case 'R':
    case 'V':
      return rp_command_usage_error (
          self->command, _ ("-%c is not offered: delivery reports cannot be asked for"),
          option);
    case 'q':
    case 'C':
    case 'X':
      return rp_command_usage_error (self->command, _ ("-%c is not offered"), option);
    case '?':
      return rp_command_usage_error (
          self->command, _ ("-%c is no option, or lacks its value"), optopt);
    default: /* -A -B -G -I -L -O -U -c -e -h -m -n -p -x: nothing to do for them here
              */
      return EX_OK;
    }
}

static int
take_options (Sendmail *self, int argc, char **argv)
{
  int option;

  opterr = 0;
  while ((option = getopt (argc, argv, OPTIONS)) != -1)
    {
      int exit_code;

      /* getopt would name a “--” that nobody wrote */
      if (option == '?' && optopt == '-' && optind < argc
          && g_str_has_prefix (argv[optind], "--"))
        return rp_command_usage_error (self->command, _ ("there is no option “%s”"),
                                       argv[optind]);
      exit_code = take_option (self, option);

      if (exit_code != EX_OK)
        return exit_code;
    }
  for (int i = optind; i < argc; i++)
    rp_address_list_parse (argv[i], self->recipients);
  return EX_OK;
}

static GBytes *
read_input (const RpCommand *command)
{
  g_autoptr (GByteArray) input = g_byte_array_new ();
  guint8 buffer[65536];
  ssize_t n_read;

  while ((n_read = read (STDIN_FILENO, buffer, sizeof buffer)) > 0)
    g_byte_array_append (input, buffer, (guint) n_read);
  if (n_read == 0)
    return g_byte_array_free_to_bytes (g_steal_pointer (&input));

  rp_command_error (command, _ ("the message cannot be read: %s"), g_strerror (errno));
  return NULL;
}

static void
list_all (Sendmail *self, const char *const *names)
{
  for (; *names != NULL; names++)
    rp_unix_message_list (self->message, *names, self->recipients);
}

/* A message that is sent on (RFC 5322 section 3.6.6) goes to the new recipients. */
static void
read_recipients (Sendmail *self)
{
  const char *const plain[] = { "To", "Cc", "Bcc", NULL };
  const char *const resent[] = { "Resent-To", "Resent-Cc", "Resent-Bcc", NULL };
  guint n_before = self->recipients->len;

  list_all (self, resent);
  if (self->recipients->len == n_before)
    list_all (self, plain);
  rp_unix_message_remove (self->message, "Bcc");
  rp_unix_message_remove (self->message, "Resent-Bcc");
}

static int
check_recipients (Sendmail *self)
{
  if (self->recipients->len == 0)
    return rp_command_usage_error (
        self->command, "%s",
        _ ("nobody to send to: name recipients, or use -t to "
           "take them from the message"));
  for (guint i = 0; i < self->recipients->len; i++)
    {
      const char *address = g_ptr_array_index (self->recipients, i);

      if (rp_address_is_valid (address))
        continue;
      rp_command_error (
          self->command,
          _ ("“%s” is no mail address; write it in full, since nothing is "
             "delivered on this computer"),
          address);
      return EX_NOUSER;
    }
  return EX_OK;
}

/* Returns: (transfer full) (nullable): the first valid address in @text. */
static char *
dup_valid_address (const char *text)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);

  rp_address_list_parse (text, found);
  for (guint i = 0; i < found->len; i++)
    if (rp_address_is_valid (g_ptr_array_index (found, i)))
      return g_strdup (g_ptr_array_index (found, i));

  return NULL;
}

static char *
dup_sender_of_header (const RpUnixMessage *message)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);

  rp_unix_message_list (message, "From", found);
  return found->len == 0 ? NULL : dup_valid_address (g_ptr_array_index (found, 0));
}

static char *
dup_sender_of_agent (RpAgent1 *agent)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) accounts = NULL;
  g_autoptr (GVariant) first = NULL;

  if (agent == NULL || !rp_agent1_call_get_status_sync (agent, &status, NULL, NULL))
    return NULL;
  accounts = rp_dict_dup_array (status, "accounts", "aa{sv}");
  if (g_variant_n_children (accounts) == 0)
    return NULL;
  first = g_variant_get_child_value (accounts, 0);
  return dup_valid_address (rp_dict_get_string (first, "address"));
}

static int
choose_sender (Sendmail *self)
{
  const char *email = g_getenv ("EMAIL");

  if (self->sender != NULL
      && (self->sender[0] == '\0' || g_str_equal (self->sender, "<>")))
    self->envelope_sender = g_strdup ("");
  else if (self->sender != NULL)
    self->envelope_sender = dup_valid_address (self->sender);
  else
    {
      self->envelope_sender = dup_sender_of_header (self->message);
      if (self->envelope_sender == NULL && email != NULL)
        self->envelope_sender = dup_valid_address (email);
      if (self->envelope_sender == NULL)
        self->envelope_sender = dup_sender_of_agent (self->agent);
    }
  if (self->envelope_sender != NULL)
    return EX_OK;
  if (self->sender != NULL)
    rp_command_error (self->command, _ ("“%s” behind -f is no mail address"),
                      self->sender);
  else
    rp_command_error (
        self->command, "%s",
        _ ("no sender is known: name one with -f, in From of the message or "
           "in the environment as EMAIL"));
  return EX_DATAERR;
}

static char *
dup_from (const Sendmail *self)
{
  g_autofree char *clean = NULL;
  g_auto (GStrv) parts = NULL;

  if (self->name == NULL || self->name[0] == '\0')
    return g_strdup (self->envelope_sender);
  /* quoted, so that no name can become an address (RFC 5322 section 3.2.4) */
  parts = g_strsplit_set (self->name, "\"\\\r\n", -1);
  clean = g_strjoinv ("", parts);
  return g_strdup_printf ("\"%s\" <%s>", clean, self->envelope_sender);
}

/* Month and weekday in English, whatever the user speaks (RFC 5322 section 3.3). */
static char *
dup_date (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  const char *before = setlocale (LC_TIME, NULL);
  g_autofree char *kept = g_strdup (before);
  char *date;

  setlocale (LC_TIME, "C");
  date = g_date_time_format (now, "%a, %d %b %Y %H:%M:%S %z");
  setlocale (LC_TIME, kept);
  return date;
}

/* The fields without which many servers take a message for spam. */
static void
complete_header (Sendmail *self)
{
  const char *at = strrchr (self->envelope_sender, '@');

  if (!rp_unix_message_has (self->message, "From") && at != NULL)
    {
      g_autofree char *from = dup_from (self);

      rp_unix_message_add (self->message, "From", from);
    }
  if (!rp_unix_message_has (self->message, "Date"))
    {
      g_autofree char *date = dup_date ();

      rp_unix_message_add (self->message, "Date", date);
    }
  if (!rp_unix_message_has (self->message, "Message-ID"))
    {
      g_autofree char *uuid = g_uuid_string_random ();
      g_autofree char *id =
          g_strdup_printf ("<%s%s>", uuid, at != NULL ? at : "@localhost");

      rp_unix_message_add (self->message, "Message-ID", id);
    }
}

static int
tell_answer (const Sendmail *self, const RpSubmissionAnswer *answer)
{
  int exit_code = rp_submission_answer_get_exit_code (answer);
  g_auto (GStrv) lines = g_strsplit (answer->text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (exit_code != EX_OK)
      rp_command_error (self->command, "%s", lines[i]);
    else if (self->is_verbose)
      puts (lines[i]);
  return exit_code;
}

static int
tell_failure (const Sendmail *self, const GError *error)
{
  rp_command_error (self->command, "%s", error->message);
  switch ((RpSubmissionError) error->code)
    {
    case RP_SUBMISSION_ERROR_NOBODY:
      rp_agent_link_tell_how_to_start ();
      return EX_UNAVAILABLE;
    case RP_SUBMISSION_ERROR_FOREIGN:
      return EX_UNAVAILABLE;
    case RP_SUBMISSION_ERROR_BROKEN:
      return EX_TEMPFAIL;
    }
  g_return_val_if_reached (EX_SOFTWARE);
}

static int
submit (Sendmail *self)
{
  const char *const *listening =
      self->agent == NULL ? NULL : rp_agent1_get_listening (self->agent);
  const char *address =
      listening == NULL || listening[0] == NULL ? DEFAULT_LISTENING : listening[0];
  GString *text = rp_unix_message_to_string (self->message);
  g_autoptr (GError) error = NULL;
  g_autoptr (RpSubmissionAnswer) answer = rp_submission_send (
      address, self->envelope_sender, self->recipients, text, &error);

  g_string_free (text, TRUE);
  return answer == NULL ? tell_failure (self, error) : tell_answer (self, answer);
}

static int
send_input (Sendmail *self)
{
  g_autoptr (GBytes) input = read_input (self->command);
  const char *text;
  gsize n_bytes;
  int exit_code;

  if (input == NULL)
    return EX_NOINPUT;
  text = g_bytes_get_data (input, &n_bytes);
  self->message = rp_unix_message_parse (text, n_bytes, self->dot_ends);
  if (self->reads_recipients)
    read_recipients (self);
  exit_code = check_recipients (self);
  if (exit_code != EX_OK)
    return exit_code;

  self->agent = rp_agent_link_try ();
  exit_code = choose_sender (self);
  if (exit_code != EX_OK)
    return exit_code;
  complete_header (self);
  return submit (self);
}

static void
print_help (const RpCommand *command)
{
  printf (_ ("Usage: roampost %s %s"), command->name, _ (command->synopsis));
  printf ("\n\n%s\n\n", _ (command->summary));
  printf ("  -t          %s\n",
          _ ("Take recipients from To, Cc and Bcc; Bcc is removed"));
  printf ("  -f %s  %s\n", _ ("ADDRESS"), _ ("Envelope sender (also -r)"));
  printf ("  -F NAME     %s\n", _ ("Name of the sender, when the message has no From"));
  printf ("  -i          %s\n",
          _ ("A line with a single dot does not end the message"));
  printf ("  -v          %s\n", _ ("Print the answer also when the message was taken"));
  printf ("\n%s\n", _ ("Other options of sendmail(8) are told in roampost(1)"));
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  g_auto (Sendmail) self = { .command = command, .dot_ends = TRUE };
  int exit_code;

  if (argc > 1 && g_str_equal (argv[1], "--help"))
    {
      print_help (command);
      return EX_OK;
    }
  self.recipients = g_ptr_array_new_with_free_func (g_free);
  exit_code = take_options (&self, argc, argv);
  return exit_code == EX_OK ? send_input (&self) : exit_code;
}

const RpCommand rp_command_sendmail = {
  .name = "sendmail",
  .synopsis = N_ ("[-t] [-i] [-f ADDRESS] [-F NAME] [--] [ADDRESS…]"),
  .summary = N_ ("takes a message from standard input, as sendmail(8) does"),
  .run = run,
};
