// SPDX-License-Identifier: GPL-3.0-or-later
// roampost diagnose, as a person uses it: a text in, a meaning out.
#include <gtest/gtest.h>
#include <sysexits.h>

#include "client-run.h"

namespace
{

struct Case
{
  const char *name;
  const char *text;
  const char *verdict; // "" for a text that is not known
};

void
PrintTo (const Case &row, std::ostream *stream)
{
  *stream << row.name;
}

class DiagnoseTest : public testing::TestWithParam<Case>
{
};

std::string
line_of (const char *verdict)
{
  return std::string ("\"verdict\" : \"") + verdict + "\"";
}

void
expect_verdict (const ClientResult &result, const Case &row)
{
  bool is_known = row.verdict[0] != '\0';

  EXPECT_EQ (result.exit_code, is_known ? EX_OK : 1) << result.output;
  expect_in (is_known ? "\"known\" : true" : "\"known\" : false", result.output);
  if (is_known)
    expect_in (line_of (row.verdict), result.output);
  EXPECT_EQ (result.errors, "");
}

TEST_P (DiagnoseTest, ReadsArgument)
{
  ClientRun run;

  expect_verdict (run.go ({ "diagnose", "--json", "--", GetParam ().text }),
                  GetParam ());
}

TEST_P (DiagnoseTest, ReadsStandardInput)
{
  ClientRun run;

  expect_verdict (run.go ({ "diagnose", "--json" }, GetParam ().text), GetParam ());
}

const Case cases[] = {
  { "german_reply", "550 <bob@adatum.com>... Weiterleitung verweigert",
    "relay-denied" },
  { "qmail_reply",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    "relay-denied" },
  { "lines",
    "550-Please turn on SMTP Authentication in your mail client.\r\n"
    "550-host.example [192.0.2.7]:50123 is not permitted to relay\r\n"
    "550 through this server without authentication.\r\n",
    "relay-denied" },
  { "gmail_lines",
    "535-5.7.8 Username and Password not accepted. Learn more at\n"
    "535 5.7.8 https://support.google.com/mail/?p=BadCredentials - gsmtp",
    "credentials" },
  { "outlook_dialog",
    "The message could not be sent because one of the recipients was rejected by the "
    "server. The rejected e-mail address was 'someone@example.com'. Subject: 'Test', "
    "Account: 'Test', Server: 'smtp.example.com', Protocol: SMTP, Server Response: "
    "'550 <someone@example.com>... Relaying denied', Port: 25, Secure (SSL): No, "
    "Server "
    "Error: 550, Error Number: 0x800CCC79",
    "relay-denied" },
  { "outlook_dialog_user_unknown",
    "Server: 'smtp.example.com', Protocol: SMTP, Server Response: '550 5.1.1 "
    "<someone@example.com>: User unknown', Port: 25, Secure (SSL): No, Server Error: "
    "550, Error Number: 0x800CCC79",
    "recipient-refused" },
  { "outlook_dialog_german",
    "Konto: \"Test\", Server: \"smtp.beispiel.com\", Protokoll: SMTP, Serverantwort: "
    "\"550 <jemand@beispiel.com>... Relay verweigert\", Anschluss: 25, Secure (SSL): "
    "Nein, Serverfehler: 550, Fehlernummer: 0x800CCC79",
    "relay-denied" },
  { "outlook_dialog_without_reply",
    "Server: 'smtp.example.com', Protocol: SMTP, Port: 587, Secure (SSL): Yes, Server "
    "Error: 550, Error Number: 0x800CCC79",
    "relay-denied" },
  { "outlook_sentence_alone",
    "The message could not be sent because one of the recipients was rejected by the "
    "server.",
    "relay-denied" },
  { "outlook_sentence_alone_german",
    "Die Nachricht konnte nicht gesendet werden, da einer der Empf\xc3\xa4nger vom "
    "Server nicht akzeptiert wurde.",
    "relay-denied" },
  { "thunderbird_dialog",
    "An error occurred while sending mail. The mail server responded: 5.7.1 "
    "<bob@adatum.com>: Relay access denied. Please check the message recipient "
    "\"bob@adatum.com\" and try again.",
    "relay-denied" },
  { "thunderbird_enhanced_only",
    "Die Antwort des Servers war: 5.1.1 <bob@adatum.com>: gibt es nicht",
    "recipient-refused" },
  { "thunderbird_connect",
    "Sending of the message failed. The message could not be sent because connecting "
    "to Outgoing server (SMTP) localhost failed.",
    "unreachable" },
  { "evolution_dialog", "RCPT TO <bob@adatum.com> failed: relay not permitted",
    "relay-denied" },
  { "words_of_login",
    "Authentication unsuccessful, SmtpClientAuthentication is disabled "
    "for the Tenant.",
    "auth-disabled" },
  { "number", "0x800CCC79", "relay-denied" },
  { "number_small", "0x800ccc79", "relay-denied" },
  { "number_bare", "Fehler 800CCC78 beim Senden", "sender-refused" },
  { "number_with_times",
    "0\xc3\x97"
    "800CCC0F",
    "unreachable" },
  { "number_password", "0x800CCC92", "credentials" },
  { "number_connect", "Outlook: (0x800CCC0E)", "unreachable" },
  { "number_time", "0x800CCC19", "unreachable" },
  { "number_554", "0x800CCC6F", "policy" },
  { "number_421", "0x800CCC67", "temporary" },
  { "number_outgoing", "0x80042109", "unreachable" },
  { "number_unknown", "0x80070005", "" },
  { "number_within_word", "a800CCC79b", "" },
  { "code_alone", "421", "temporary" },
  { "code_with_port", "Port: 587, 452 4.5.3 Too many recipients", "split" },
  { "size", "552 5.3.4 Message size exceeds fixed limit", "too-big" },
  { "listed", "554 5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.org",
    "network-listed" },
  { "policy", "550 5.7.1 message rejected as spam", "policy" },
  { "login", "530 5.7.0 Authentication required", "auth-needed" },
  { "certificate", "Das Zertifikat von smtp.example.com ist nicht g\xc3\xbcltig",
    "hostile" },
  { "timeout", "smtp.example.com: Connection timed out", "unreachable" },
  { "unknown_reply", "554 5.6.0 something of our own", "" },
  { "unknown_text", "the coffee is cold", "" },
  { "no_utf8", "550 Retransmisi\xf3n denegada", "relay-denied" },
};

INSTANTIATE_TEST_SUITE_P (Texts,
                          DiagnoseTest,
                          testing::ValuesIn (cases),
                          name_of<Case>);

TEST (DiagnoseOutput, TellsMeaningAnswerAndAdvice)
{
  ClientRun run;
  ClientResult result = run.go (
      { "diagnose", "550", "<bob@adatum.com>...", "Weiterleitung", "verweigert" });

  EXPECT_EQ (result.exit_code, EX_OK);
  expect_in ("means     The server passes mail on", result.output);
  expect_in ("roampost  roampost logs in where it can", result.output);
  expect_in ("you can   Let your mail program send to localhost:2525", result.output);
  expect_in ("seen on   Outlook's help, German", result.output);
}

TEST (DiagnoseOutput, MeaningOfANumberBeginsLikeTheOthers)
{
  ClientRun run;
  ClientResult result = run.go ({ "diagnose", "0x800ccc79" });

  expect_in ("means     The server refused a recipient", result.output);
}

TEST (DiagnoseOutput, NamesNumberInJson)
{
  ClientRun run;
  ClientResult result = run.go ({ "diagnose", "--json", "0x800ccc79" });

  expect_in ("\"number\" : \"0x800CCC79\"", result.output);
  expect_in ("\"name\" : \"SMTP_REJECTED_RECIPIENTS\"", result.output);
}

TEST (DiagnoseOutput, NamesCodeAndReplyInJson)
{
  ClientRun run;
  ClientResult result = run.go (
      { "diagnose", "--json", "Serverantwort: '550 Relay verweigert', Port: 25" });

  expect_in ("\"code\" : 550", result.output);
  expect_in ("\"reply\" : \"Relay verweigert\"", result.output);
  expect_in ("\"language\" : \"de\"", result.output);
}

TEST (DiagnoseOutput, InventsNoCode)
{
  ClientRun run;
  ClientResult result = run.go ({ "diagnose", "--json", "relay not permitted" });

  EXPECT_EQ (result.output.find ("\"code\""), std::string::npos) << result.output;
}

struct Switch
{
  const char *name;
  const char *text;
  const char *language;
  const char *meaning;
  const char *advice;
};

void
PrintTo (const Switch &row, std::ostream *stream)
{
  *stream << row.name;
}

class DiagnoseSwitch : public testing::TestWithParam<Switch>
{
};

TEST_P (DiagnoseSwitch, IsNamedWithItsPlace)
{
  ClientRun run;

  run.set_language (GetParam ().language);
  const ClientResult result = run.go ({ "diagnose", GetParam ().text });

  EXPECT_EQ (result.exit_code, EX_OK);
  expect_in (GetParam ().meaning, result.output);
  expect_in (GetParam ().advice, result.output);
}

const Switch switches[] = {
  { "app_password", "534-5.7.9 Application-specific password required.", "en",
    "means     Google refused user name or password",
    "you can   Make an app password at https://myaccount.google.com/apppasswords" },
  { "tenant",
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for "
    "the Tenant.",
    "en", "off for your whole organisation", "Set-CASMailbox" },
  { "words_alone",
    "The mail server responded: 5.7.139 Authentication unsuccessful, user is locked by "
    "your organization's security defaults policy.",
    "en", "Security Defaults let no login", "Manage security defaults" },
  { "consent_wall", "AADSTS65001: The user or administrator has not consented", "en",
    "before an administrator has approved it", "Consent and permissions" },
  { "consent_wall_german", "AADSTS65001: The user or administrator has not consented",
    "de", "bevor ein Administrator es genehmigt hat", "Consent and permissions" },
  { "seven_days", "invalid_grant: Token has been expired or revoked.", "en",
    "lasts seven days", "Publish app" },
  { "anonymous_mail",
    "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL "
    "FROM",
    "en", "wants a login before it takes mail", "Authenticated SMTP" },
};

INSTANTIATE_TEST_SUITE_P (Switches,
                          DiagnoseSwitch,
                          testing::ValuesIn (switches),
                          name_of<Switch>);

TEST (DiagnoseOutput, NamesTheSwitchInJson)
{
  ClientRun run;
  ClientResult result = run.go ({ "diagnose", "--json", "AADSTS7000112" });

  expect_in ("\"trouble\" : \"client-disabled\"", result.output);
}

TEST (DiagnoseOutput, WantsText)
{
  ClientRun run;
  ClientResult result = run.go ({ "diagnose" }, " \n");

  EXPECT_EQ (result.exit_code, EX_USAGE);
  expect_in ("no text", result.errors);
}

} // namespace
