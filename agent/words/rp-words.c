/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "words/rp-words.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "core/rp-sentence.h"

static const char *
get_locale_folder (void)
{
  const char *chosen = g_getenv ("ROAMPOST_LOCALE_DIR");

  return chosen != NULL && chosen[0] != '\0' ? chosen : RP_LOCALE_DIR;
}

/* gettext translates nothing in the locale "C", whatever LANGUAGE says. */
static void
leave_c_locale (void)
{
  const char *locale = setlocale (LC_MESSAGES, NULL);

  if (g_strcmp0 (locale, "C") == 0 || g_strcmp0 (locale, "POSIX") == 0)
    setlocale (LC_MESSAGES, "C.UTF-8");
}

static void
choose_language (const char *language)
{
  static char *language_of_environment = NULL;

  if (language_of_environment == NULL)
    {
      const char *value = g_getenv ("LANGUAGE");

      language_of_environment = g_strdup (value == NULL ? "" : value);
    }
  if (language == NULL)
    language = language_of_environment;
  if (language[0] != '\0')
    leave_c_locale ();
  /* always set, so that a later change never moves the environment under a thread */
  g_setenv ("LANGUAGE", language, TRUE);
}

void
rp_words_init (const char *language)
{
  choose_language (language);
  bindtextdomain (GETTEXT_PACKAGE, get_locale_folder ());
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  /* also empties gettext's memory of the language before */
  textdomain (GETTEXT_PACKAGE);
}

static const char *
get_arg (const char *const *args, guint index)
{
  for (guint i = 0; args != NULL && args[i] != NULL; i++)
    if (i == index)
      return args[i];

  return "";
}

const char *
rp_words_translate (const char *pattern)
{
  return gettext (pattern);
}

/* "10 MB" for "10485760": what a person compares with the size of an attachment. */
static char *
dup_size (const char *octets)
{
  guint64 n_bytes = g_ascii_strtoull (octets, NULL, 10);

  if (n_bytes >= 10 * 1000 * 1000)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " MB", n_bytes / (1000 * 1000));
  if (n_bytes >= 10 * 1000)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " kB", n_bytes / 1000);
  return g_strdup_printf (_ ("%s octets"), octets);
}

/* The first argument, which counts something. */
static gulong
get_number (const char *const *args)
{
  return (gulong) g_ascii_strtoull (get_arg (args, 0), NULL, 10);
}

static const char *
get_bare_newline_pattern (const char *what)
{
  if (g_str_equal (what, "NUL"))
    return _ ("the message holds a NUL octet, which mail cannot carry; attach such "
              "content as a file, so that it is sent in base64");
  if (g_str_equal (what, "CR"))
    return _ ("the message holds a CR without an LF behind it; every line must end in "
              "CR LF");
  return _ ("a line of the message ends in a bare LF; every line must end in CR LF: "
            "\"roampost sendmail\" takes Unix lines, and so does this port with "
            "bare-newline=normalize in roampost.conf");
}

/* The whole policy of words in one place. A place without a name has its own wording.
 */
static const char *
get_pattern (const RpReason *reason, const char *const *args)
{
  gboolean has_first = get_arg (args, 0)[0] != '\0';
  gboolean has_second = get_arg (args, 1)[0] != '\0';

  switch (reason->code)
    {
    case RP_REASON_NONE:
    case RP_REASON_LAST:
      return "";

    case RP_REASON_HOSTS_DOMAIN:
      return _ ("%1$s hosts %2$s, so it takes this mail from anywhere");
    case RP_REASON_CREDENTIALS:
      return _ ("%1$s relays for %2$s after a login with the password");
    case RP_REASON_SIGNED_IN:
      return _ ("%1$s relays for %2$s after a login by the sign-in at its provider");
    case RP_REASON_OWN_CERTIFICATE:
      return _ ("%1$s relays for us after a login by the certificate %2$s");
    case RP_REASON_TICKET:
      return _ ("%1$s relays for %2$s after a login by the Kerberos ticket");
    case RP_REASON_POP_FIRST:
      return _ ("%1$s relays for us after a login at its POP server %2$s");
    case RP_REASON_ON_NETWORK:
      return _ ("%1$s relays for network %2$s, and we are on it");
    case RP_REASON_ADDRESS_IN_RANGE:
      return _ ("%1$s relays for the addresses %3$s, and ours is %2$s");

    case RP_REASON_UNREACHABLE_BEFORE:
      if (has_second)
        return _ ("comes last: %1$s could not be reached lately from network %2$s");
      return _ ("comes last: %1$s could not be reached lately from here");
    case RP_REASON_RELAY_DENIED_BEFORE:
      if (has_second)
        return _ ("comes last: %1$s refused to relay lately from network %2$s");
      return _ ("comes last: %1$s refused to relay lately from here");

    case RP_REASON_NOT_ON_NETWORK:
      return _ ("%1$s relays only on network %2$s, and we are not on it");
    case RP_REASON_ADDRESS_OUTSIDE:
      return _ ("%1$s relays only for the addresses %2$s, and ours is not one of "
                "them");
    case RP_REASON_NO_PASSWORD:
      return _ ("no password of %2$s is stored for %1$s; store it with \"roampost "
                "login\"");
    case RP_REASON_NO_SIGN_IN:
      return _ ("nobody has signed in as %2$s at the provider of %1$s; do it with "
                "\"roampost login\"");
    case RP_REASON_SIGN_IN_REVOKED:
      return _ ("the sign-in of %2$s for %1$s does not count any more; sign in again "
                "with \"roampost login\"");
    case RP_REASON_KEYRING_LOCKED:
      return _ ("the keyring with the password of %2$s for %1$s is locked; unlock it");
    case RP_REASON_KEYRING_UNAVAILABLE:
      return _ (
          "no keyring gives out the password of %2$s for %1$s; start one, or name "
          "a secret-command= for this server in roampost.conf");
    case RP_REASON_NO_RELAY_PERMISSION:
      return _ ("%1$s does not host %2$s, and no access= in roampost.conf says how it "
                "would relay for us");
    case RP_REASON_SENDER_NOT_LISTED:
      return _ ("%1$s takes no mail from %2$s (its senders= in roampost.conf)");
    case RP_REASON_DMARC_FOREIGN:
      return _ ("%1$s is no server of %2$s, whose DMARC policy (%3$s) has mail from "
                "foreign servers refused or put among the spam");
    case RP_REASON_NO_LOCATION_SERVER:
      if (has_first)
        return _ ("network %1$s has no server of its own in roampost.conf");
      return _ ("this network has no server of its own in roampost.conf");
    case RP_REASON_CLEAR_TEXT_CREDENTIALS:
      return _ ("%1$s has no TLS, and a password is never sent without it");
    case RP_REASON_CLEAR_TEXT_NOT_HERE:
      return _ ("%1$s has no TLS and is used only where its server lets us relay by "
                "network or address");
    case RP_REASON_CANNOT_8BIT:
      return _ ("%1$s takes no 8-bit text");
    case RP_REASON_CANNOT_UTF8:
      return _ ("%1$s takes no addresses or headers with letters outside ASCII");
    case RP_REASON_TOO_LARGE_FOR:
      return _ ("%1$s takes messages of at most %2$s");

    case RP_REASON_OFFLINE:
      return _ ("this computer has no network connection");
    case RP_REASON_PORTAL:
      if (has_first)
        return _ ("network %1$s wants a login in the web browser first; log in there");
      return _ ("this network wants a login in the web browser first; log in there");
    case RP_REASON_NO_ROUTE_HERE:
      if (has_second)
        return _ ("no server takes mail to %1$s from here; it goes when you are on "
                  "network %2$s");
      return _ ("no server takes mail to %1$s from here; it goes from another network");
    case RP_REASON_TEMPORARY:
      return _ ("%1$s cannot take the message just now");
    case RP_REASON_UNREACHABLE:
      if (has_second)
        return _ ("%1$s cannot be reached from here (%2$s)");
      return _ ("%1$s cannot be reached from here");
    case RP_REASON_TIMED_OUT:
      return _ ("%1$s did not answer within %2$s seconds");
    case RP_REASON_HOSTILE:
      if (has_second)
        return _ ("what answers as %1$s cannot be trusted (%2$s), so it was given "
                  "nothing");
      return _ ("what answers as %1$s cannot be trusted, so it was given nothing");
    case RP_REASON_LOGIN_REFUSED:
      return _ (
          "%1$s refused the password of %2$s; store the right one with \"roampost "
          "login\"");
    case RP_REASON_SIGN_IN_REFUSED:
      return _ ("%1$s refused the sign-in of %2$s; sign in again with \"roampost "
                "login\"");
    case RP_REASON_CERTIFICATE_REFUSED:
      return _ (
          "%1$s refused the certificate %2$s; ask the provider which one it takes");
    case RP_REASON_TICKET_REFUSED:
      return _ ("%1$s refused the Kerberos ticket of %2$s; get a new one with "
                "\"kinit\"");
    case RP_REASON_NO_TOKEN:
      return _ ("the provider of %1$s gave no token (%2$s), it is asked again later");
    case RP_REASON_NO_DESKTOP_TOKEN:
      return _ ("there is no token for %1$s: %2$s");
    case RP_REASON_NO_TICKET:
      return _ ("there is no Kerberos ticket for %1$s (%2$s); get one with \"kinit\"");
    case RP_REASON_POP_REFUSED:
      return _ ("the POP server %1$s refused the password of %2$s (%3$s); store the "
                "right one with \"roampost login\"");
    case RP_REASON_POP_TEMPORARY:
      return _ ("the POP server %1$s lets nobody in just now (%2$s)");
    case RP_REASON_NO_CERTIFICATE:
      return _ ("%1$s got no certificate of yours that it takes (%2$s); see "
                "client-certificate= in its group");
    case RP_REASON_LOGIN_NOT_OFFERED:
      return _ (
          "%1$s offers no login with a password, and nothing is sent there without "
          "one; ask the provider how this account may log in");
    case RP_REASON_LOGIN_NEEDED:
      return _ ("%1$s wants a login before it takes mail; give it user= and "
                "access=password in roampost.conf, then store the password with "
                "\"roampost login\"");
    case RP_REASON_LOGIN_DISABLED:
      return _ ("%1$s has login with a password switched off for %2$s; switch it on "
                "in the provider's settings, or use an app password");
    case RP_REASON_NETWORK_CHANGED:
      return _ ("the network changed while the message was on its way");
    case RP_REASON_STOPPING:
      return _ ("roampost is just being stopped");
    case RP_REASON_IN_DOUBT:
      return _ (
          "%1$s did not confirm the message after all of it had been sent, so it may "
          "have been delivered; ask the recipient before it is sent again");
    case RP_REASON_PARTLY_SENT:
      return _ ("the message was sent to %1$s, but not to %2$s; send it again only to "
                "those who do not have it");
    case RP_REASON_PARTLY_IN_DOUBT:
      return _ ("the message was sent to %1$s, and %2$s may have it as well; ask there "
                "before you send it again");
    case RP_REASON_PROGRAM_GONE:
      return _ ("the mail program left before it had an answer");
    case RP_REASON_TOO_SLOW:
      return _ ("%1$s had not taken all of the message within %2$s seconds");
    case RP_REASON_UNREADABLE:
      return _ ("the message cannot be read from or recorded on the disk of this "
                "computer (%1$s)");

    case RP_REASON_RELAY_DENIED:
      return _ ("%2$s does not pass on mail to %1$s from here; give it a login "
                "(access=password) in roampost.conf, or send from its own network");
    case RP_REASON_RECIPIENT_REFUSED:
      return _ ("%2$s takes no mail for %1$s; check this address");
    case RP_REASON_SENDER_REFUSED:
      return _ (
          "%2$s does not let you send as %1$s; choose another sender, or have the "
          "provider allow this one");
    case RP_REASON_POLICY_REFUSED:
      return _ ("%1$s refused the message under its own rules; its answer says why");
    case RP_REASON_NETWORK_LISTED:
      return _ ("%1$s takes no mail from the address of this network; send from "
                "another network, or through a server that you log in to");
    case RP_REASON_MESSAGE_REFUSED:
      return _ ("%1$s refused the message for good; its answer says why");
    case RP_REASON_NO_ROUTE:
      return _ ("no server in roampost.conf takes mail to %1$s; \"roampost explain\" "
                "shows why");
    case RP_REASON_UNKNOWN_SENDER:
      return _ ("no account sends as %1$s; add this address to roampost.conf, or "
                "choose one of these: %2$s");
    case RP_REASON_NO_ACCOUNT:
      return _ ("no account is set up yet; add one with \"roampost account add\" or "
                "in roampost.conf");
    case RP_REASON_TOO_BIG:
      return _ (
          "the message is larger than %1$s, the most that can be sent; leave out or "
          "shrink attachments");
    case RP_REASON_8BIT_NOWHERE:
      return _ ("no server that could take this message takes 8-bit text; set the "
                "mail program to quoted-printable");
    case RP_REASON_UTF8_NOWHERE:
      return _ ("no server that could take this message takes letters outside ASCII "
                "in addresses or headers; write them in ASCII");
    case RP_REASON_NOTHING_SENT:
      return _ (
          "the message was sent to nobody; correct or remove what was refused and "
          "send again");
    case RP_REASON_GIVEN_UP:
      return _ ("it could not be sent for %1$s days and is no longer tried");
    case RP_REASON_QUEUED:
      return _ ("Queued as %1$s");
    case RP_REASON_KEPT_FAILED:
      return _ ("roampost keeps the message as %1$s, since it was not sent to %2$s; "
                "\"roampost queue show %1$s\" tells more");
    case RP_REASON_NOT_KEPT:
      return _ ("roampost could not keep the message (%1$s); send it again later");
    case RP_REASON_SEND_AGAIN:
      return _ ("roampost has not kept the message; send it again later");
    case RP_REASON_ALREADY_SENT:
      return _ ("roampost has already sent this message, as %1$s");
    case RP_REASON_ALREADY_QUEUED:
      return _ ("roampost has this message already");
    case RP_REASON_SENT_BEFORE:
      return _ ("the same message may have been delivered before, as %1$s; ask the "
                "recipient, then have it sent or dropped with \"roampost queue\"");

    case RP_REASON_BARE_NEWLINE:
      return get_bare_newline_pattern (get_arg (args, 0));
    case RP_REASON_NOT_SMTP:
      return _ ("this port takes mail (SMTP), and this is something else");
    case RP_REASON_FOREIGN_USER:
      return _ ("this agent belongs to another user of this computer; start your own");
    case RP_REASON_TOO_MANY_SESSIONS:
      return _ ("too many connections at a time; send again in a moment");
    case RP_REASON_TOO_MANY_ERRORS:
      return _ (
          "too many errors in this session; check the settings of the mail program");
    case RP_REASON_TOO_MANY_RECIPIENTS:
      return _ (
          "a message takes at most %1$s recipients; send to the others separately");
    case RP_REASON_IDLE:
      return _ ("nothing came for a long time; connect again");
    case RP_REASON_NO_SPACE:
      return _ ("the disk of this computer is full; make room and send again");
    case RP_REASON_ACCEPTED_VIA:
      if (has_second)
        return _ ("via %1$s from network %2$s");
      return _ ("via %1$s");
    case RP_REASON_ALSO_VIA:
      return _ ("and %1$s");

    case RP_REASON_QUEUE_DOUBT:
      return ngettext (
          "%1$s message may have arrived or not, since its server did not confirm it; "
          "\"roampost queue\" shows it, to be sent again or dropped",
          "%1$s messages may have arrived or not, since their servers did not confirm "
          "them; \"roampost queue\" shows them, to be sent again or dropped",
          get_number (args));
    case RP_REASON_QUEUE_FAILED:
      return ngettext (
          "%1$s message could not be delivered; \"roampost queue\" shows it, to be "
          "sent again or dropped",
          "%1$s messages could not be delivered; \"roampost queue\" shows them, to be "
          "sent again or dropped",
          get_number (args));
    case RP_REASON_QUEUE_DAMAGED:
      return ngettext ("the file of %1$s message in the queue is damaged; \"roampost "
                       "queue\" shows which",
                       "the files of %1$s messages in the queue are damaged; "
                       "\"roampost queue\" shows which",
                       get_number (args));
    case RP_REASON_DATABASE_SET_ASIDE:
      return _ ("the database was damaged and is kept as %1$s; queue and journal "
                "begin anew");
    case RP_REASON_QUEUE_SET_ASIDE:
      return ngettext ("%1$s file in the queue belonged to no message and was put "
                       "into queue/set-aside, where it is kept for 30 days",
                       "%1$s files in the queue belonged to no message and were put "
                       "into queue/set-aside, where they are kept for 30 days",
                       get_number (args));
    }
  g_return_val_if_reached ("");
}

char *
rp_words_reason (const RpReason *reason, gpointer user_data)
{
  const char *const *args = (const char *const *) reason->args;
  const char *pattern = get_pattern (reason, args);
  g_autofree char *size = NULL;

  if (reason->code == RP_REASON_TOO_BIG)
    {
      size = dup_size (get_arg (args, 0));
      return rp_sentence_expand (pattern, (const char *const[]){ size, NULL });
    }
  if (reason->code == RP_REASON_TOO_LARGE_FOR)
    {
      size = dup_size (get_arg (args, 1));
      return rp_sentence_expand (
          pattern, (const char *const[]){ get_arg (args, 0), size, NULL });
    }
  return rp_sentence_expand (pattern, args);
}

static const char *
get_verdict_words (RpVerdict verdict)
{
  switch (verdict)
    {
    case RP_VERDICT_ACCEPTED:
      return _ ("accepted");
    case RP_VERDICT_RELAY_DENIED:
      return _ ("does not relay for us from here");
    case RP_VERDICT_RECIPIENT_REFUSED:
      return _ ("does not take this recipient");
    case RP_VERDICT_SENDER_REFUSED:
      return _ ("does not take this sender");
    case RP_VERDICT_AUTH_NEEDED:
      return _ ("wants a login");
    case RP_VERDICT_CREDENTIALS:
      return _ ("refuses the password");
    case RP_VERDICT_AUTH_DISABLED:
      return _ ("has login with a password switched off");
    case RP_VERDICT_POLICY:
      return _ ("refuses by a rule of its own");
    case RP_VERDICT_NETWORK_LISTED:
      return _ ("takes nothing from the address of this network");
    case RP_VERDICT_TEMPORARY:
      return _ ("cannot take it just now");
    case RP_VERDICT_SPLIT:
      return _ ("takes fewer recipients at a time");
    case RP_VERDICT_TOO_BIG:
      return _ ("takes no message of this size");
    case RP_VERDICT_UNREACHABLE:
      return _ ("cannot be reached");
    case RP_VERDICT_HOSTILE:
      return _ ("cannot be trusted");
    case RP_VERDICT_AMBIGUOUS:
      return _ ("may have taken it, or not");
    case RP_VERDICT_REFUSED:
      return _ ("refuses for good");
    }
  g_return_val_if_reached ("");
}

char *
rp_words_verdict (RpVerdict verdict)
{
  return g_strdup (get_verdict_words (verdict));
}
