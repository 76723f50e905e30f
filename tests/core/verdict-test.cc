/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-verdict.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/rp-phrases.h"
#include "reply-from-text.h"

namespace
{

/* Where the reply came: "25" is a server's own port, "587" a submission port;
 * "+login" says that we are logged in. */
struct Case
{
  const char *name;
  RpVerdictStage stage;
  const char *where;
  const char *reply;
  RpVerdict verdict;
};

void
PrintTo (const Case &row, std::ostream *out)
{
  *out << row.name;
}

RpVerdict
judge (RpVerdictStage stage, const std::string &where, const std::string &text)
{
  g_autoptr (RpReply) reply = make_reply (text);
  RpVerdictContext context = {};

  context.stage = stage;
  context.is_submission = where.find ("587") == 0;
  context.is_authenticated = where.find ("+login") != std::string::npos;
  return rp_verdict_from_reply (reply, &context);
}

class Verdict : public testing::TestWithParam<Case>
{
};

TEST_P (Verdict, IsTrue)
{
  const Case &row = GetParam ();

  EXPECT_STREQ (rp_verdict_to_nick (judge (row.stage, row.where, row.reply)),
                rp_verdict_to_nick (row.verdict))
      << row.reply;
}

constexpr RpVerdictStage kConnect = RP_STAGE_CONNECT;
constexpr RpVerdictStage kAuth = RP_STAGE_AUTH;
constexpr RpVerdictStage kMail = RP_STAGE_MAIL;
constexpr RpVerdictStage kRcpt = RP_STAGE_RCPT;
constexpr RpVerdictStage kData = RP_STAGE_DATA;
constexpr RpVerdictStage kContent = RP_STAGE_CONTENT;

constexpr RpVerdict kAccepted = RP_VERDICT_ACCEPTED;
constexpr RpVerdict kRelay = RP_VERDICT_RELAY_DENIED;
constexpr RpVerdict kRecipient = RP_VERDICT_RECIPIENT_REFUSED;
constexpr RpVerdict kSender = RP_VERDICT_SENDER_REFUSED;
constexpr RpVerdict kAuthNeeded = RP_VERDICT_AUTH_NEEDED;
constexpr RpVerdict kCredentials = RP_VERDICT_CREDENTIALS;
constexpr RpVerdict kDisabled = RP_VERDICT_AUTH_DISABLED;
constexpr RpVerdict kPolicy = RP_VERDICT_POLICY;
constexpr RpVerdict kListed = RP_VERDICT_NETWORK_LISTED;
constexpr RpVerdict kTemporary = RP_VERDICT_TEMPORARY;
constexpr RpVerdict kSplit = RP_VERDICT_SPLIT;
constexpr RpVerdict kTooBig = RP_VERDICT_TOO_BIG;
constexpr RpVerdict kUnreachable = RP_VERDICT_UNREACHABLE;
constexpr RpVerdict kHostile = RP_VERDICT_HOSTILE;
constexpr RpVerdict kRefused = RP_VERDICT_REFUSED;

/* What a stage waits for. */
const Case kPositive[] = {
  { "Greeting", kConnect, "25", "220 mail.proseware.com ESMTP", kAccepted },
  { "Ehlo", kConnect, "25", "250-mail.proseware.com\n250 SIZE 1000", kAccepted },
  { "Login", kAuth, "587", "235 2.7.0 Authentication successful", kAccepted },
  { "LoginThatNeverHappened", kAuth, "587", "250 Ok", kDisabled },
  { "LoginLeftOpen", kAuth, "587", "334 UGFzc3dvcmQ6", kDisabled },
  { "Mail", kMail, "25", "250 2.1.0 Ok", kAccepted },
  { "Rcpt", kRcpt, "25", "250 2.1.5 Ok", kAccepted },
  { "RcptForwarded", kRcpt, "25", "251 User not local; will forward", kAccepted },
  { "RcptNotVerified", kRcpt, "25", "252 Cannot VRFY user", kAccepted },
  { "RcptAnsweredWithGoAhead", kRcpt, "25", "354 Go ahead", kHostile },
  { "Data", kData, "25", "354 End data with <CR><LF>.<CR><LF>", kAccepted },
  { "DataAnsweredWithOk", kData, "25", "250 Ok", kHostile },
  { "Content", kContent, "25", "250 2.0.0 Ok: queued as 4F1C", kAccepted },
  { "ContentAnsweredWithGoAhead", kContent, "25", "354 Go ahead", kHostile },
};

/* The table of the design, word for word as far as it names replies. */
const Case kDesign[] = {
  { "Sendmail550", kRcpt, "25", "550 <someone@example.com>... Relaying denied",
    kRelay },
  { "German550", kRcpt, "25", "550 <someone@example.com>... Weiterleitung verweigert",
    kRelay },
  { "Qmail553", kRcpt, "25",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", kRelay },
  { "German553", kRcpt, "25",
    "553 Entschuldigung, diese Dom\xc3\xa4ne ist nicht in meiner Liste erlaubter "
    "rcpthosts (#5.7.1)",
    kRelay },
  { "Postfix554", kRcpt, "25", "554 5.7.1 <bob@adatum.com>: Relay access denied",
    kRelay },
  { "Postfix454", kRcpt, "25", "454 4.7.1 <bob@adatum.com>: Relay access denied",
    kRelay },
  { "Relay551", kRcpt, "25", "551 we do not relay", kRelay },
  { "RelayToWhoIsLoggedIn", kRcpt, "587+login",
    "554 5.7.1 <bob@adatum.com>: Relay access denied", kRelay },
  { "RelayNamesAddress", kRcpt, "25",
    "550 5.7.1 <bob@adatum.com>... Relaying denied. IP name lookup failed [192.0.2.7]",
    kRelay },
  { "RelayAsksForLogin", kRcpt, "25",
    "550 5.7.1 <bob@adatum.com>... Relaying denied. Proper authentication required.",
    kRelay },
  { "RelayingNotPermitted", kRcpt, "25", "550 5.7.1 Mail relaying not permitted",
    kRelay },
  { "ForwardingDisabled", kRcpt, "25", "551 Forwarding to remote hosts disabled",
    kRelay },
  { "RelayWordBesideTheCode", kRcpt, "25", "550 5.7.1 There is no relay for you here",
    kRelay },
  { "RelayWordBesideTheCode553", kRcpt, "25",
    "553 Bitte keine Weiterleitungen (#5.7.1)", kRelay },
  { "RelayWordOfTheServersName", kRcpt, "25",
    "550 5.7.1 <bob@adatum.com> not taken by relay.example.com", kRecipient },
  { "TlsRequired", kMail, "25", "550 5.7.1 TLS required", kAuthNeeded },
  { "JunkMailFromHost", kRcpt, "25",
    "550 \"JunkMail rejected - host [192.0.2.7] is in an RBL\"", kListed },
  { "EximBlackList", kRcpt, "25",
    "550 rejected because 192.0.2.7 is in a black list at bl.example", kListed },
  { "NoSuchDomain", kRcpt, "25",
    "550 5.1.2 <bob@adatum.com>: Recipient address rejected: Domain not found",
    kRecipient },
  { "SenderDomainForNow", kRcpt, "25",
    "450 4.1.8 <terri@proseware.com>: Sender address rejected: Domain not found",
    kTemporary },
  { "Unknown511", kRcpt, "25", "550 5.1.1 <bob@adatum.com>: User unknown", kRecipient },
  { "Unknown510", kRcpt, "25", "550 #5.1.0 Address rejected.", kRecipient },
  { "Unknown551", kRcpt, "25", "551 user unknown", kRecipient },
  { "MailboxUnavailable", kRcpt, "25",
    "550 Requested action not taken: mailbox unavailable", kRecipient },
  { "UnknownWithRelayWord", kRcpt, "25", "550 5.1.1 user unknown: relay", kRecipient },
  { "NotOwned", kRcpt, "587+login",
    "553 5.7.1 <terri@contoso.com>: Sender address rejected: not owned by user "
    "terri@proseware.com",
    kSender },
  { "NotOwned554", kRcpt, "25",
    "554 5.7.1 <x@y.example>: Sender address rejected: "
    "not owned by user z",
    kSender },
  { "SendAs5760", kContent, "587+login",
    "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    kSender },
  { "SendAs52252", kContent, "587+login",
    "554 5.2.252 SendAsDenied; terri@proseware.com not allowed to send as x@y.example",
    kSender },
  { "SenderNotAllowed", kMail, "587+login", "550 Sender address is not allowed.",
    kSender },
  { "OfficeWithAntiSpoof", kRcpt, "25",
    "553 5.7.1 <terri@proseware.com>: Sender address rejected: Access denied",
    kSender },
  { "Auth530", kMail, "25", "530 5.7.0 Authentication required", kAuthNeeded },
  { "Auth530Starttls", kMail, "25", "530 5.7.0 Must issue a STARTTLS command first",
    kAuthNeeded },
  { "Auth5757", kMail, "587",
    "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL "
    "FROM",
    kAuthNeeded },
  { "Auth554", kRcpt, "25", "554 authentication required", kAuthNeeded },
  { "Wrong535", kAuth, "587", "535 5.7.8 Error: authentication failed", kCredentials },
  { "Wrong5353", kAuth, "587", "535 5.7.3 Authentication unsuccessful", kCredentials },
  { "Wrong5349", kAuth, "587",
    "534-5.7.9 Application-specific password required.\n534 5.7.9 more", kCredentials },
  { "Wrong454", kAuth, "587", "454 4.7.0 Temporary authentication failure",
    kCredentials },
  { "WrongUserUnknown", kAuth, "587", "535 5.7.8 user unknown", kCredentials },
  { "WrongAfterMail", kMail, "587+login", "535 5.7.8 log in again", kCredentials },
  { "TokenRefused", kAuth, "587", "535 5.7.8 invalid_grant", kCredentials },
  { "Disabled", kAuth, "587",
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for "
    "the Tenant.",
    kDisabled },
  { "DisabledOtherWords", kAuth, "587", "535 5.7.139 no", kDisabled },
  { "NoSuchCommand", kAuth, "587", "502 5.5.1 Unrecognized command", kDisabled },
  { "NoSuchMechanism", kAuth, "587", "504 5.5.4 Unrecognized mechanism", kDisabled },
  { "Gmail5726", kContent, "25",
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n"
    "550-5.7.26 SPF [proseware.com] with ip: [192.0.2.7] = Did not pass\n550 5.7.26 x",
    kPolicy },
  { "Outlook57515", kContent, "25",
    "550 5.7.515 Access denied, sending domain proseware.com does not meet the "
    "required "
    "authentication level.",
    kPolicy },
  { "Policy575", kContent, "25", "554 5.7.5 Permanent error evaluating DMARC policy",
    kPolicy },
  { "Spam", kContent, "25", "550 5.7.1 message rejected as spam", kPolicy },
  { "ListedBeforeSpam", kRcpt, "25",
    "554 5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.org", kListed },
  { "ListedSpamFromAddress", kContent, "25",
    "554 5.7.1 Spam from [192.0.2.7] is not taken here, blocked", kListed },
  { "ListedDynamic", kRcpt, "25", "554 5.7.1 Dynamic IP addresses are not taken",
    kListed },
  { "ListedPbl", kRcpt, "25",
    "550 5.7.1 Refused: https://www.spamhaus.org/query/bl?ip=192.0.2.7 (PBL)",
    kListed },
  { "ListedPblAlone", kRcpt, "25", "554 5.7.1 Listed in PBL", kListed },
  { "ListedBlockedIp", kRcpt, "25", "554 5.7.1 Blocked IP", kListed },
  { "ListedIpIsBlocked", kRcpt, "25", "550 5.7.1 Your IP address is blocked", kListed },
  { "ListedFor451", kRcpt, "25", "451 4.7.1 192.0.2.7 is listed at bl.example",
    kListed },
  { "Greylisted", kRcpt, "25",
    "450 4.2.0 <bob@adatum.com>: Recipient address "
    "rejected: Greylisted",
    kTemporary },
  { "Greylisted5xx", kRcpt, "25", "550 Greylisted, come back", kTemporary },
  { "NotAvailable421", kMail, "25", "421 4.3.2 Service not available", kTemporary },
  { "UnknownFor450", kRcpt, "25", "450 4.1.1 <bob@adatum.com>: User unknown",
    kTemporary },
  { "SpamFor451", kContent, "25", "451 4.7.1 looks like spam, try later", kTemporary },
  { "NoStorage452", kMail, "25", "452 4.3.1 Insufficient system storage", kTemporary },
  { "TooMany452", kRcpt, "25", "452 4.5.3 Error: too many recipients", kSplit },
  { "TooMany552", kRcpt, "25", "552 too many recipients", kSplit },
  { "TooMany553", kRcpt, "25", "552 5.5.3 no", kSplit },
  { "TooManyOnSubmission", kRcpt, "587+login", "452 4.5.3 Too many recipients",
    kSplit },
  { "TooBig534", kMail, "25", "552 5.3.4 Message size exceeds fixed limit", kTooBig },
  { "TooBigAtTheEnd", kContent, "25", "552 5.3.4 Error: message file too big",
    kTooBig },
  { "TooBigSizeExceeded", kRcpt, "25", "552 SIZE exceeded", kTooBig },
  { "MailboxSizeExceeded", kRcpt, "25", "552 Mailbox size exceeded", kRecipient },
  { "TooBigByCode", kMail, "25", "552 no", kTooBig },
  { "TooBigWithCodeOfLogin", kMail, "25", "534 SIZE=Message too big.", kTooBig },
  { "MailboxFull552", kRcpt, "25", "552 5.2.2 Mailbox full", kRecipient },
  { "MailboxFullByCode", kRcpt, "25", "552 no", kRecipient },
};

/* On 465 and 587 who did not log in learns nothing but that. */
const Case kSubmission[] = {
  { "AccessDenied", kRcpt, "587",
    "554 5.7.1 <bob@adatum.com>: Recipient address rejected: Access denied",
    kAuthNeeded },
  { "AccessDeniedAfterLogin", kRcpt, "587+login",
    "554 5.7.1 <bob@adatum.com>: Recipient address rejected: Access denied", kRefused },
  { "AccessDeniedOnPort25", kRcpt, "25",
    "554 5.7.1 <bob@adatum.com>: Recipient address rejected: Access denied", kRefused },
  { "Relay", kRcpt, "587", "554 5.7.1 <bob@adatum.com>: Relay access denied",
    kAuthNeeded },
  { "ClientHost", kRcpt, "587",
    "554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied",
    kAuthNeeded },
  { "SenderRejected", kMail, "587", "550 Sender address is not allowed.", kAuthNeeded },
  { "Spam", kContent, "587", "550 5.7.1 spam", kAuthNeeded },
  { "NoWords", kRcpt, "587", "550 no", kAuthNeeded },
  { "NoWordsAfterLogin", kRcpt, "587+login", "550 no", kRecipient },
  { "UserUnknown", kRcpt, "587", "550 5.1.1 <bob@adatum.com>: User unknown",
    kRecipient },
  { "TooBig", kMail, "587", "552 5.3.4 Message size exceeds fixed limit", kTooBig },
  { "TooMany", kRcpt, "587", "552 5.5.3 Too many recipients", kSplit },
  { "Temporary", kRcpt, "587", "450 4.3.0 later", kTemporary },
  { "RelayFor454", kRcpt, "587", "454 4.7.1 Relay access denied", kRelay },
  { "AskedAgain530", kMail, "587+login", "530 5.7.0 Authentication required",
    kCredentials },
  { "AskedAgain554", kMail, "587+login", "554 authentication required", kRefused },
  { "BlockedAtGreeting", kConnect, "587",
    "554 5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.org", kListed },
};

/* What no row knows. */
const Case kByCode[] = {
  { "Greeting421", kConnect, "25", "421 too busy", kTemporary },
  { "Greeting554", kConnect, "25", "554 no SMTP service here", kListed },
  { "Greeting521", kConnect, "25", "521 does not accept mail", kUnreachable },
  { "Ehlo556", kConnect, "25", "556 does not accept mail", kUnreachable },
  { "Auth451", kAuth, "587", "451 later", kTemporary },
  { "Auth421", kAuth, "587", "421 closing", kTemporary },
  { "Auth454", kAuth, "587", "454 4.7.0 no", kCredentials },
  { "Auth535", kAuth, "587", "535 no", kCredentials },
  { "Auth550", kAuth, "587", "550 no", kCredentials },
  { "Auth500", kAuth, "587", "500 what", kDisabled },
  { "Mail550", kMail, "25", "550 no", kRefused },
  { "Mail553", kMail, "25", "553 no", kSender },
  { "Mail510", kMail, "25", "550 5.1.0 no", kSender },
  { "Mail517", kMail, "25", "501 5.1.7 no", kSender },
  { "Rcpt518", kRcpt, "25", "550 5.1.8 no", kSender },
  { "Rcpt550", kRcpt, "25", "550 no", kRecipient },
  { "Rcpt553", kRcpt, "25", "553 no", kRecipient },
  { "Rcpt554", kRcpt, "25", "554 no", kRefused },
  { "Rcpt501", kRcpt, "25", "501 syntax", kRefused },
  { "Rcpt555", kRcpt, "25", "555 parameter not known", kRefused },
  { "Data503", kData, "25", "503 no valid recipients", kRefused },
  { "Data451", kData, "25", "451 later", kTemporary },
  { "Content550", kContent, "25", "550 no", kRefused },
  { "Content554", kContent, "25", "554 5.6.0 no", kRefused },
};

std::string
name_of (const testing::TestParamInfo<Case> &row)
{
  return row.param.name;
}

INSTANTIATE_TEST_SUITE_P (Positive, Verdict, testing::ValuesIn (kPositive), name_of);
INSTANTIATE_TEST_SUITE_P (Design, Verdict, testing::ValuesIn (kDesign), name_of);
INSTANTIATE_TEST_SUITE_P (Submission,
                          Verdict,
                          testing::ValuesIn (kSubmission),
                          name_of);
INSTANTIATE_TEST_SUITE_P (ByCode, Verdict, testing::ValuesIn (kByCode), name_of);

/* Each row of the table leads to its own verdict on an ordinary connection. */
TEST (VerdictOfTable, FollowsEachRow)
{
  guint n_phrases;
  const RpPhrase *phrases = rp_phrases_get_all (&n_phrases);

  for (guint i = 0; i < n_phrases; i++)
    {
      RpVerdictStage stage = phrases[i].stages & RP_PHRASE_AT (kRcpt)   ? kRcpt
                             : phrases[i].stages & RP_PHRASE_AT (kAuth) ? kAuth
                                                                        : kMail;

      EXPECT_STREQ (rp_verdict_to_nick (judge (stage, "25", phrases[i].sample)),
                    rp_verdict_to_nick (phrases[i].verdict))
          << phrases[i].sample;
    }
}

/* Never a false yes: whatever the words, a refusal is no consent. */
TEST (VerdictOfRefusal, IsNeverAcceptance)
{
  for (guint code = 400; code < 600; code++)
    for (int stage = kConnect; stage <= kContent; stage++)
      EXPECT_NE (judge (static_cast<RpVerdictStage> (stage), "25",
                        std::to_string (code) + " 2.0.0 Ok: accepted"),
                 kAccepted)
          << code;
}

TEST (VerdictNick, IsUniqueForEach)
{
  std::set<std::string> nicks;

  for (int i = RP_VERDICT_ACCEPTED; i <= RP_VERDICT_REFUSED; i++)
    nicks.insert (rp_verdict_to_nick (static_cast<RpVerdict> (i)));
  EXPECT_EQ (nicks.size (), static_cast<gsize> (RP_VERDICT_REFUSED) + 1);
}

} // namespace
