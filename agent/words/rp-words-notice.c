/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "words/rp-words-notice.h"

#include <glib/gi18n.h>

#include "core/rp-sentence.h"
#include "words/rp-words.h"

/* What a server says may be long; the whole of it is in the story. */
#define MAX_REPLY_CHARS 300

/* "bob@adatum.com", "bob@adatum.com and 2 others" */
static char *
dup_recipients (const RpNotice *notice)
{
  guint n_others = g_strv_length (notice->recipients) - 1;
  g_autofree char *number = g_strdup_printf ("%u", n_others);
  const char *const args[] = { notice->recipients[0], number, NULL };

  if (n_others == 0)
    return g_strdup (notice->recipients[0]);
  return rp_sentence_expand (
      ngettext ("%1$s and %2$s other", "%1$s and %2$s others", n_others), args);
}

/* %1$s: how many messages, %2$s: to whom a single one goes */
static const char *
get_title_pattern (const RpNotice *notice)
{
  gulong n = notice->n_messages;

  switch (notice->kind)
    {
    case RP_NOTICE_DELAYED:
      return ngettext ("Still waiting: mail to %2$s", "%1$s messages are still waiting",
                       n);
    case RP_NOTICE_KEYRING:
      return ngettext ("Waits for your keyring: mail to %2$s",
                       "%1$s messages wait for your keyring", n);
    case RP_NOTICE_SIGN_IN:
      return ngettext ("Waits for you to sign in: mail to %2$s",
                       "%1$s messages wait for you to sign in", n);
    case RP_NOTICE_FAILED:
      return ngettext ("Not delivered: mail to %2$s",
                       "%1$s messages were not delivered", n);
    case RP_NOTICE_DOUBT:
      return ngettext ("Perhaps not delivered: mail to %2$s",
                       "%1$s messages were perhaps not delivered", n);
    case RP_NOTICE_DAMAGED:
      return ngettext ("Damaged: waiting mail to %2$s",
                       "%1$s waiting messages are damaged", n);
    case RP_NOTICE_N_KINDS:
      break;
    }
  g_return_val_if_reached ("");
}

char *
rp_words_notice_title (const RpNotice *notice)
{
  g_autofree char *number = g_strdup_printf ("%u", notice->n_messages);
  g_autofree char *recipients =
      notice->recipients[0] != NULL ? dup_recipients (notice) : g_strdup ("?");

  return rp_sentence_expand (get_title_pattern (notice),
                             (const char *const[]){ number, recipients, NULL });
}

/* What holds whatever the reason is. */
static const char *
get_closing (const RpNotice *notice)
{
  gulong n = notice->n_messages;

  switch (notice->kind)
    {
    case RP_NOTICE_DELAYED:
      return ngettext ("It is sent by itself as soon as that is possible.",
                       "They are sent by themselves as soon as that is possible.", n);
    case RP_NOTICE_KEYRING:
      return ngettext ("It is sent by itself once the keyring is unlocked.",
                       "They are sent by themselves once the keyring is unlocked.", n);
    case RP_NOTICE_SIGN_IN:
      return ngettext ("It is sent by itself once you have signed in.",
                       "They are sent by themselves once you have signed in.", n);
    case RP_NOTICE_FAILED:
      return ngettext ("It is kept until you send it again or drop it.",
                       "They are kept until you send them again or drop them.", n);
    case RP_NOTICE_DOUBT:
      return ngettext ("Its server did not confirm it. It is kept until you send it "
                       "again, which may deliver it twice, or drop it.",
                       "Their servers did not confirm them. They are kept until you "
                       "send them again, which may deliver them twice, or drop them.",
                       n);
    case RP_NOTICE_DAMAGED:
      return ngettext ("What is left of it on the disk is not whole, so it is not "
                       "sent. \"roampost queue\" shows it.",
                       "What is left of them on the disk is not whole, so they are not "
                       "sent. \"roampost queue\" shows them.",
                       n);
    case RP_NOTICE_N_KINDS:
      break;
    }
  g_return_val_if_reached ("");
}

/* The closing says the same as these. */
static gboolean
says_it_all (const RpNotice *notice)
{
  return notice->kind == RP_NOTICE_KEYRING || notice->kind == RP_NOTICE_DOUBT
         || notice->kind == RP_NOTICE_DAMAGED;
}

static gboolean
begins_with_arg (const char *sentence, const RpReason *reason)
{
  for (guint i = 0; reason->args[i] != NULL; i++)
    if (reason->args[i][0] != '\0' && g_str_has_prefix (sentence, reason->args[i]))
      return TRUE;

  return FALSE;
}

/* "The network ..." for "the network ...", but not "Smtps://..." or "Proseware":
 * names stay as they are written. */
static void
append_sentence (GString *text, const RpReason *reason)
{
  g_autofree char *sentence = rp_words_reason (reason, NULL);

  if (sentence[0] == '\0')
    return;
  if (begins_with_arg (sentence, reason))
    g_string_append_unichar (text, g_utf8_get_char (sentence));
  else
    g_string_append_unichar (text, g_unichar_toupper (g_utf8_get_char (sentence)));
  g_string_append (text, g_utf8_next_char (sentence));
  g_string_append (text, ".\n");
}

static void
append_reply (GString *text, const RpReply *reply)
{
  g_autofree char *whole = rp_reply_dup_text (reply);
  g_autofree char *valid = g_utf8_make_valid (whole, -1);
  g_autofree char *cut =
      g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), MAX_REPLY_CHARS));

  g_string_append (text, cut);
  g_string_append (text, g_str_equal (cut, valid) ? "\n" : "…\n");
}

char *
rp_words_notice_text (const RpNotice *notice)
{
  GString *text = g_string_new (NULL);

  if (notice->reply != NULL)
    append_reply (text, notice->reply);
  if (notice->reason != NULL && !says_it_all (notice))
    append_sentence (text, notice->reason);
  g_string_append (text, get_closing (notice));
  return g_string_free (text, FALSE);
}

char *
rp_words_notice_action (RpNoticeAction action)
{
  switch (action)
    {
    case RP_NOTICE_SHOW:
      return g_strdup (_ ("Show"));
    case RP_NOTICE_UNLOCK:
      return g_strdup (_ ("Unlock"));
    case RP_NOTICE_SEND_AGAIN:
      return g_strdup (_ ("Send again"));
    case RP_NOTICE_DROP:
      return g_strdup (_ ("Drop"));
    case RP_NOTICE_N_ACTIONS:
      break;
    }
  g_return_val_if_reached (NULL);
}
