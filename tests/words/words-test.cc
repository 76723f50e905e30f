// SPDX-License-Identifier: GPL-3.0-or-later
// Every reason as a sentence, in English and in German.
#include <gtest/gtest.h>

#include <locale.h>
#include <string>
#include <vector>

#include "core/rp-sentence.h"
#include "words/rp-words.h"

namespace
{

struct Row
{
  RpReasonCode code;
  std::vector<const char *> args;
  const char *english;
};

void
PrintTo (const Row &row, std::ostream *stream)
{
  *stream << rp_reason_code_to_nick (row.code);
}

const Row rows[] = {
  { RP_REASON_HOSTS_DOMAIN,
    { "proseware", "proseware.com" },
    "proseware hosts proseware.com, so it takes this mail from anywhere" },
  { RP_REASON_CREDENTIALS,
    { "proseware", "terri" },
    "proseware relays for terri after a login with the password" },
  { RP_REASON_POP_FIRST,
    { "proseware", "pop3s://pop.proseware.com" },
    "proseware relays for us after a login at its POP server "
    "pop3s://pop.proseware.com" },
  { RP_REASON_ON_NETWORK,
    { "proseware", "home" },
    "proseware relays for network home, and we are on it" },
  { RP_REASON_ADDRESS_IN_RANGE,
    { "proseware", "192.168.7.23", "192.168.7.0/24" },
    "proseware relays for the addresses 192.168.7.0/24, and ours is 192.168.7.23" },
  { RP_REASON_UNREACHABLE_BEFORE,
    { "smtps://a:465", "hotel" },
    "comes last: smtps://a:465 could not be reached lately from network hotel" },
  { RP_REASON_UNREACHABLE_BEFORE,
    { "smtps://a:465", "" },
    "comes last: smtps://a:465 could not be reached lately from here" },
  { RP_REASON_RELAY_DENIED_BEFORE,
    { "proseware", "hotel" },
    "comes last: proseware refused to relay lately from network hotel" },
  { RP_REASON_RELAY_DENIED_BEFORE,
    { "proseware", "" },
    "comes last: proseware refused to relay lately from here" },
  { RP_REASON_NOT_ON_NETWORK,
    { "thephone", "work" },
    "thephone relays only on network work, and we are not on it" },
  { RP_REASON_ADDRESS_OUTSIDE,
    { "proseware", "192.0.2.0/24" },
    "proseware relays only for the addresses 192.0.2.0/24, and ours is not one of "
    "them" },
  { RP_REASON_NO_PASSWORD,
    { "proseware", "terri" },
    "no password of terri is stored for proseware; store it with \"roampost login\"" },
  { RP_REASON_SIGNED_IN,
    { "proseware", "terri" },
    "proseware relays for terri after a login by the sign-in at its provider" },
  { RP_REASON_OWN_CERTIFICATE,
    { "proseware", "/home/terri/own.pem" },
    "proseware relays for us after a login by the certificate /home/terri/own.pem" },
  { RP_REASON_TICKET,
    { "proseware", "terri" },
    "proseware relays for terri after a login by the Kerberos ticket" },
  { RP_REASON_NO_SIGN_IN,
    { "proseware", "terri" },
    "nobody has signed in as terri at the provider of proseware; do it with "
    "\"roampost login\"" },
  { RP_REASON_SIGN_IN_REVOKED,
    { "proseware", "terri" },
    "the sign-in of terri for proseware does not count any more; sign in again with "
    "\"roampost login\"" },
  { RP_REASON_SIGN_IN_REFUSED,
    { "proseware", "terri" },
    "proseware refused the sign-in of terri; sign in again with \"roampost login\"" },
  { RP_REASON_CERTIFICATE_REFUSED,
    { "proseware", "/home/terri/own.pem" },
    "proseware refused the certificate /home/terri/own.pem; ask the provider which one "
    "it takes" },
  { RP_REASON_TICKET_REFUSED,
    { "proseware", "terri" },
    "proseware refused the Kerberos ticket of terri; get a new one with \"kinit\"" },
  { RP_REASON_NO_TOKEN,
    { "proseware", "login.example did not answer" },
    "the provider of proseware gave no token (login.example did not answer), it is "
    "asked again later" },
  { RP_REASON_NO_DESKTOP_TOKEN,
    { "gmail", "GNOME Settings has no account terri@gmail.com" },
    "there is no token for gmail: GNOME Settings has no account terri@gmail.com" },
  { RP_REASON_NO_TICKET,
    { "proseware", "no credentials cache" },
    "there is no Kerberos ticket for proseware (no credentials cache); get one with "
    "\"kinit\"" },
  { RP_REASON_NO_CERTIFICATE,
    { "proseware", "unable to set private key file" },
    "proseware got no certificate of yours that it takes (unable to set private key "
    "file); see client-certificate= in its group" },
  { RP_REASON_KEYRING_LOCKED,
    { "proseware", "terri" },
    "the keyring with the password of terri for proseware is locked; unlock it" },
  { RP_REASON_KEYRING_UNAVAILABLE,
    { "proseware", "terri" },
    "no keyring gives out the password of terri for proseware; start one, or name a "
    "secret-command= for this server in roampost.conf" },
  { RP_REASON_NO_RELAY_PERMISSION,
    { "proseware", "adatum.com" },
    "proseware does not host adatum.com, and no access= in roampost.conf says how it "
    "would relay for us" },
  { RP_REASON_SENDER_NOT_LISTED,
    { "proseware", "adam@adatum.com" },
    "proseware takes no mail from adam@adatum.com (its senders= in roampost.conf)" },
  { RP_REASON_DMARC_FOREIGN,
    { "thephone", "proseware.com", "reject" },
    "thephone is no server of proseware.com, whose DMARC policy (reject) has mail from "
    "foreign servers refused or put among the spam" },
  { RP_REASON_NO_LOCATION_SERVER,
    { "hotel" },
    "network hotel has no server of its own in roampost.conf" },
  { RP_REASON_NO_LOCATION_SERVER,
    { "" },
    "this network has no server of its own in roampost.conf" },
  { RP_REASON_CLEAR_TEXT_CREDENTIALS,
    { "smtp+insecure://a:25" },
    "smtp+insecure://a:25 has no TLS, and a password is never sent without it" },
  { RP_REASON_CLEAR_TEXT_NOT_HERE,
    { "smtp+insecure://a:25" },
    "smtp+insecure://a:25 has no TLS and is used only where its server lets us relay "
    "by network or address" },
  { RP_REASON_CANNOT_8BIT, { "proseware" }, "proseware takes no 8-bit text" },
  { RP_REASON_CANNOT_UTF8,
    { "proseware" },
    "proseware takes no addresses or headers with letters outside ASCII" },
  { RP_REASON_TOO_LARGE_FOR,
    { "proseware", "26214400" },
    "proseware takes messages of at most 26 MB" },
  { RP_REASON_TOO_LARGE_FOR,
    { "proseware", "204800" },
    "proseware takes messages of at most 204 kB" },
  { RP_REASON_TOO_LARGE_FOR,
    { "proseware", "9999" },
    "proseware takes messages of at most 9999 octets" },
  { RP_REASON_OFFLINE, {}, "this computer has no network connection" },
  { RP_REASON_PORTAL,
    { "hotel" },
    "network hotel wants a login in the web browser first; log in there" },
  { RP_REASON_PORTAL,
    { "" },
    "this network wants a login in the web browser first; log in there" },
  { RP_REASON_NO_ROUTE_HERE,
    { "bob@adatum.com", "home" },
    "no server takes mail to bob@adatum.com from here; it goes when you are on network "
    "home" },
  { RP_REASON_NO_ROUTE_HERE,
    { "bob@adatum.com", "" },
    "no server takes mail to bob@adatum.com from here; it goes from another network" },
  { RP_REASON_TEMPORARY,
    { "proseware" },
    "proseware cannot take the message just now" },
  { RP_REASON_UNREACHABLE,
    { "smtps://a:465", "connection refused" },
    "smtps://a:465 cannot be reached from here (connection refused)" },
  { RP_REASON_UNREACHABLE,
    { "smtps://a:465", "" },
    "smtps://a:465 cannot be reached from here" },
  { RP_REASON_TIMED_OUT,
    { "proseware", "10" },
    "proseware did not answer within 10 seconds" },
  { RP_REASON_HOSTILE,
    { "smtps://a:465", "wrong certificate" },
    "what answers as smtps://a:465 cannot be trusted (wrong certificate), so it was "
    "given nothing" },
  { RP_REASON_HOSTILE,
    { "smtps://a:465", "" },
    "what answers as smtps://a:465 cannot be trusted, so it was given nothing" },
  { RP_REASON_LOGIN_REFUSED,
    { "proseware", "terri" },
    "proseware refused the password of terri; store the right one with \"roampost "
    "login\"" },
  { RP_REASON_POP_REFUSED,
    { "pop.a", "terri", "-ERR [AUTH] no" },
    "the POP server pop.a refused the password of terri (-ERR [AUTH] no); store the "
    "right one with \"roampost login\"" },
  { RP_REASON_POP_TEMPORARY,
    { "pop.a", "-ERR [IN-USE] locked" },
    "the POP server pop.a lets nobody in just now (-ERR [IN-USE] locked)" },
  { RP_REASON_LOGIN_NOT_OFFERED,
    { "smtps://a:465" },
    "smtps://a:465 offers no login with a password, and nothing is sent there without "
    "one; ask the provider how this account may log in" },
  { RP_REASON_LOGIN_NEEDED,
    { "proseware" },
    "proseware wants a login before it takes mail; give it user= and access=password "
    "in roampost.conf, then store the password with \"roampost login\"" },
  { RP_REASON_LOGIN_DISABLED,
    { "proseware", "terri" },
    "proseware has login with a password switched off for terri; switch it on in the "
    "provider's settings, or use an app password" },
  { RP_REASON_NETWORK_CHANGED,
    {},
    "the network changed while the message was on its way" },
  { RP_REASON_STOPPING, {}, "roampost is just being stopped" },
  { RP_REASON_IN_DOUBT,
    { "proseware" },
    "proseware did not confirm the message after all of it had been sent, so it may "
    "have been delivered; ask the recipient before it is sent again" },
  { RP_REASON_PARTLY_SENT,
    { "a@x.org", "b@y.org" },
    "the message was sent to a@x.org, but not to b@y.org; send it again only to those "
    "who do not have it" },
  { RP_REASON_PARTLY_IN_DOUBT,
    { "a@x.org", "b@y.org" },
    "the message was sent to a@x.org, and b@y.org may have it as well; ask there "
    "before "
    "you send it again" },
  { RP_REASON_PROGRAM_GONE, {}, "the mail program left before it had an answer" },
  { RP_REASON_TOO_SLOW,
    { "proseware", "25" },
    "proseware had not taken all of the message within 25 seconds" },
  { RP_REASON_UNREADABLE,
    { "Input/output error" },
    "the message cannot be read from or recorded on the disk of this computer "
    "(Input/output error)" },
  { RP_REASON_GIVEN_UP,
    { "5" },
    "it could not be sent for 5 days and is no longer tried" },
  { RP_REASON_QUEUED, { "4F1C7Z2K" }, "Queued as 4F1C7Z2K" },
  { RP_REASON_KEPT_FAILED,
    { "4F1C7Z2K", "b@y.org" },
    "roampost keeps the message as 4F1C7Z2K, since it was not sent to b@y.org; "
    "\"roampost queue show 4F1C7Z2K\" tells more" },
  { RP_REASON_NOT_KEPT,
    { "No space left on device" },
    "roampost could not keep the message (No space left on device); send it again "
    "later" },
  { RP_REASON_SEND_AGAIN,
    {},
    "roampost has not kept the message; send it again later" },
  { RP_REASON_ALREADY_SENT,
    { "4F1C7Z2K" },
    "roampost has already sent this message, as 4F1C7Z2K" },
  { RP_REASON_ALREADY_QUEUED, {}, "roampost has this message already" },
  { RP_REASON_SENT_BEFORE,
    { "4F1C7Z2K" },
    "the same message may have been delivered before, as 4F1C7Z2K; ask the recipient, "
    "then have it sent or dropped with \"roampost queue\"" },
  { RP_REASON_RELAY_DENIED,
    { "bob@adatum.com", "proseware" },
    "proseware does not pass on mail to bob@adatum.com from here; give it a login "
    "(access=password) in roampost.conf, or send from its own network" },
  { RP_REASON_RECIPIENT_REFUSED,
    { "bob@adatum.com", "proseware" },
    "proseware takes no mail for bob@adatum.com; check this address" },
  { RP_REASON_SENDER_REFUSED,
    { "adam@adatum.com", "proseware" },
    "proseware does not let you send as adam@adatum.com; choose another sender, or "
    "have the provider allow this one" },
  { RP_REASON_POLICY_REFUSED,
    { "proseware" },
    "proseware refused the message under its own rules; its answer says why" },
  { RP_REASON_NETWORK_LISTED,
    { "proseware" },
    "proseware takes no mail from the address of this network; send from another "
    "network, or through a server that you log in to" },
  { RP_REASON_MESSAGE_REFUSED,
    { "proseware" },
    "proseware refused the message for good; its answer says why" },
  { RP_REASON_NO_ROUTE,
    { "bob@adatum.com" },
    "no server in roampost.conf takes mail to bob@adatum.com; \"roampost explain\" "
    "shows why" },
  { RP_REASON_UNKNOWN_SENDER,
    { "me@x.org", "a@x.org, b@x.org" },
    "no account sends as me@x.org; add this address to roampost.conf, or choose one of "
    "these: a@x.org, b@x.org" },
  { RP_REASON_NO_ACCOUNT,
    {},
    "no account is set up yet; add one with \"roampost account add\" or in "
    "roampost.conf" },
  { RP_REASON_TOO_BIG,
    { "52428800" },
    "the message is larger than 52 MB, the most that can be sent; leave out or shrink "
    "attachments" },
  { RP_REASON_8BIT_NOWHERE,
    {},
    "no server that could take this message takes 8-bit text; set the mail program to "
    "quoted-printable" },
  { RP_REASON_UTF8_NOWHERE,
    {},
    "no server that could take this message takes letters outside ASCII in addresses "
    "or headers; write them in ASCII" },
  { RP_REASON_NOTHING_SENT,
    {},
    "the message was sent to nobody; correct or remove what was refused and send "
    "again" },
  { RP_REASON_BARE_NEWLINE,
    { "LF" },
    "a line of the message ends in a bare LF; every line must end in CR LF: \"roampost "
    "sendmail\" takes Unix lines, and so does this port with bare-newline=normalize in "
    "roampost.conf" },
  { RP_REASON_BARE_NEWLINE,
    { "CR" },
    "the message holds a CR without an LF behind it; every line must end in CR LF" },
  { RP_REASON_BARE_NEWLINE,
    { "NUL" },
    "the message holds a NUL octet, which mail cannot carry; attach such content as a "
    "file, so that it is sent in base64" },
  { RP_REASON_NOT_SMTP, {}, "this port takes mail (SMTP), and this is something else" },
  { RP_REASON_FOREIGN_USER,
    {},
    "this agent belongs to another user of this computer; start your own" },
  { RP_REASON_TOO_MANY_SESSIONS,
    {},
    "too many connections at a time; send again in a moment" },
  { RP_REASON_TOO_MANY_ERRORS,
    {},
    "too many errors in this session; check the settings of the mail program" },
  { RP_REASON_TOO_MANY_RECIPIENTS,
    { "1000" },
    "a message takes at most 1000 recipients; send to the others separately" },
  { RP_REASON_IDLE, {}, "nothing came for a long time; connect again" },
  { RP_REASON_NO_SPACE,
    {},
    "the disk of this computer is full; make room and send again" },
  { RP_REASON_ACCEPTED_VIA,
    { "proseware", "hotel" },
    "via proseware from network hotel" },
  { RP_REASON_ACCEPTED_VIA, { "proseware", "" }, "via proseware" },
  { RP_REASON_ALSO_VIA, { "thephone" }, "and thephone" },
  { RP_REASON_QUEUE_DOUBT,
    { "1" },
    "1 message may have arrived or not, since its server did not confirm it; "
    "\"roampost queue\" shows it, to be sent again or dropped" },
  { RP_REASON_QUEUE_DOUBT,
    { "2" },
    "2 messages may have arrived or not, since their servers did not confirm them; "
    "\"roampost queue\" shows them, to be sent again or dropped" },
  { RP_REASON_QUEUE_FAILED,
    { "1" },
    "1 message could not be delivered; \"roampost queue\" shows it, to be sent again "
    "or dropped" },
  { RP_REASON_QUEUE_FAILED,
    { "2" },
    "2 messages could not be delivered; \"roampost queue\" shows them, to be sent "
    "again or dropped" },
  { RP_REASON_QUEUE_DAMAGED,
    { "1" },
    "the file of 1 message in the queue is damaged; \"roampost queue\" shows which" },
  { RP_REASON_QUEUE_DAMAGED,
    { "3" },
    "the files of 3 messages in the queue are damaged; \"roampost queue\" shows "
    "which" },
  { RP_REASON_DATABASE_SET_ASIDE,
    { "/state/damaged-1795500000" },
    "the database was damaged and is kept as /state/damaged-1795500000; queue and "
    "journal begin anew" },
  { RP_REASON_QUEUE_SET_ASIDE,
    { "1" },
    "1 file in the queue belonged to no message and was put into queue/set-aside, "
    "where it is kept for 30 days" },
  { RP_REASON_QUEUE_SET_ASIDE,
    { "2" },
    "2 files in the queue belonged to no message and were put into queue/set-aside, "
    "where they are kept for 30 days" },
};

std::string
say (const Row &row)
{
  g_autoptr (GStrvBuilder) args = g_strv_builder_new ();
  RpReason reason = { row.code, nullptr };

  for (const char *arg : row.args)
    g_strv_builder_add (args, arg);
  g_auto (GStrv) list = g_strv_builder_end (args);
  reason.args = list;
  g_autofree char *text = rp_words_reason (&reason, nullptr);
  return text;
}

class WordsTest : public testing::TestWithParam<Row>
{
protected:
  void
  TearDown () override
  {
    rp_words_init (nullptr);
  }
};

TEST_P (WordsTest, English)
{
  rp_words_init ("en");
  std::string text = say (GetParam ());

  EXPECT_EQ (text, GetParam ().english);
  EXPECT_TRUE (g_str_is_ascii (text.c_str ()));
  EXPECT_NE (text.back (), '.');
}

TEST_P (WordsTest, German)
{
  rp_words_init ("de");
  std::string text = say (GetParam ());

  EXPECT_NE (text, GetParam ().english) << "is not translated";
  EXPECT_NE (text.back (), '.');
  EXPECT_TRUE (g_utf8_validate (text.c_str (), -1, nullptr));
  EXPECT_LE (text.size (), 400u)
      << "leaves too little for long addresses in 512 octets";
  for (const char *arg : GetParam ().args)
    {
      // what a size or a kind of line end is made of is said in other words
      if (std::string (GetParam ().english).find (arg) == std::string::npos)
        continue;
      EXPECT_NE (text.find (arg), std::string::npos) << text;
    }
}

INSTANTIATE_TEST_SUITE_P (Reasons, WordsTest, testing::ValuesIn (rows), [] (auto &row) {
  std::string name = rp_reason_code_to_nick (row.param.code);

  for (char &c : name)
    c = c == '-' ? '_' : c;
  return name + "_" + std::to_string (row.index);
});

TEST (WordsRowsTest, NameEveryReason)
{
  for (int code = RP_REASON_NONE + 1; code < RP_REASON_LAST; code++)
    {
      bool is_there = false;

      for (const Row &row : rows)
        is_there |= row.code == code;
      EXPECT_TRUE (is_there) << rp_reason_code_to_nick ((RpReasonCode) code);
    }
}

TEST (WordsInitTest, SpeaksGermanInTheLocaleOfAService)
{
  setlocale (LC_ALL, "C");
  rp_words_init ("de");
  EXPECT_EQ (say ({ RP_REASON_ALSO_VIA, { "thephone" }, "" }), "und thephone");
  setlocale (LC_ALL, "");
}

TEST (WordsInitTest, ChangesTheLanguageWhileItRuns)
{
  for (int i = 0; i < 3; i++)
    {
      rp_words_init ("de");
      EXPECT_EQ (say ({ RP_REASON_ALSO_VIA, { "thephone" }, "" }), "und thephone");
      rp_words_init ("en");
      EXPECT_EQ (say ({ RP_REASON_ALSO_VIA, { "thephone" }, "" }), "and thephone");
    }
  rp_words_init (nullptr);
}

TEST (WordsVerdictTest, EveryVerdictInBothLanguages)
{
  for (int verdict = RP_VERDICT_ACCEPTED; verdict <= RP_VERDICT_REFUSED; verdict++)
    {
      rp_words_init ("en");
      g_autofree char *english = rp_words_verdict ((RpVerdict) verdict);
      rp_words_init ("de");
      g_autofree char *german = rp_words_verdict ((RpVerdict) verdict);

      EXPECT_STRNE (english, "");
      EXPECT_STRNE (english, german);
    }
  rp_words_init (nullptr);
}

struct Expansion
{
  const char *name;
  const char *pattern;
  std::vector<const char *> args;
  const char *text;
};

void
PrintTo (const Expansion &row, std::ostream *stream)
{
  *stream << row.name;
}

class ExpandTest : public testing::TestWithParam<Expansion>
{
};

TEST_P (ExpandTest, Expands)
{
  std::vector<const char *> args = GetParam ().args;

  args.push_back (nullptr);
  g_autofree char *text = rp_sentence_expand (GetParam ().pattern, args.data ());
  EXPECT_STREQ (text, GetParam ().text);
}

const Expansion expansions[] = {
  { "order", "%2$s before %1$s", { "a", "b" }, "b before a" },
  { "twice", "%1$s %1$s", { "a" }, "a a" },
  { "missing_argument", "[%1$s %3$s]", { "a" }, "[a ]" },
  { "no_arguments", "plain", {}, "plain" },
  { "percent", "100%% of %1$s", { "a" }, "100% of a" },
  { "argument_is_no_pattern", "%1$s", { "%1$s%%n" }, "%1$s%%n" },
  { "other_formats_stay", "%s %n %1$d %0$s %", { "a" }, "%s %n %1$d %0$s %" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          ExpandTest,
                          testing::ValuesIn (expansions),
                          [] (auto &row) { return std::string (row.param.name); });

} // namespace
