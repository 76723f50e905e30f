// SPDX-License-Identifier: GPL-3.0-or-later
// Which switch the words of a refusal are about.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/rp-trouble.h"
#include "reply-from-text.h"

namespace
{

struct Row
{
  const char *name;
  const char *reply;
  const char *by_password;
  const char *by_token;
};

void
PrintTo (const Row &row, std::ostream *stream)
{
  *stream << row.name;
}

class TroubleOfReply : public testing::TestWithParam<Row>
{
};

TEST_P (TroubleOfReply, DependsOnWhatTheLoginWasMadeWith)
{
  g_autoptr (RpReply) reply = make_reply (GetParam ().reply);

  EXPECT_STREQ (rp_trouble_to_nick (rp_trouble_from_reply (reply, FALSE)),
                GetParam ().by_password);
  EXPECT_STREQ (rp_trouble_to_nick (rp_trouble_from_reply (reply, TRUE)),
                GetParam ().by_token);

  /* as it is kept: on one line */
  g_autofree char *answer = rp_reply_dup_text (reply);
  EXPECT_STREQ (rp_trouble_to_nick (rp_trouble_from_answer (answer, FALSE)),
                GetParam ().by_password);
  EXPECT_STREQ (rp_trouble_to_nick (rp_trouble_from_answer (answer, TRUE)),
                GetParam ().by_token);
}

const Row rows[] = {
  { "postfix", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "wrong-password",
    "token-refused" },
  { "bare_535", "535 no", "wrong-password", "token-refused" },
  { "bare_535_5_7_8", "535 5.7.8 no", "wrong-password", "token-refused" },
  { "google_535",
    "535-5.7.8 Username and Password not accepted. For more information, go to\n"
    "535 5.7.8  https://support.google.com/mail/?p=BadCredentials 5b1 - gsmtp",
    "app-password", "token-refused" },
  { "google_534_5_7_9",
    "534-5.7.9 Application-specific password required. For more information, go to\n"
    "534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor 5b1 - gsmtp",
    "app-password", "token-refused" },
  { "google_534_5_7_14",
    "534-5.7.14 <https://accounts.google.com/signin/continue> Please log in via\n"
    "534-5.7.14 your web browser and then try again.\n"
    "534 5.7.14  Learn more at https://support.google.com/mail/?p=WebLoginRequired",
    "web-login", "web-login" },
  { "google_too_many", "454 4.7.0 Too many login attempts, please try again later.",
    "too-many-logins", "too-many-logins" },
  { "postfix_454",
    "454 4.7.0 Temporary authentication failure: Connection lost to authentication "
    "server",
    "login-service-down", "login-service-down" },
  { "other_4xx", "451 4.3.0 try later", "", "" },
  { "tenant",
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for "
    "the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [AM0]",
    "smtp-off-tenant", "smtp-off-tenant" },
  { "mailbox",
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for "
    "the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information. [AM0]",
    "smtp-off-mailbox", "smtp-off-mailbox" },
  { "consumer",
    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [AM0]",
    "passwords-off", "passwords-off" },
  { "security_defaults",
    "535 5.7.139 Authentication unsuccessful, user is locked by your organization's "
    "security defaults policy. Contact your administrator. [AM0]",
    "security-defaults", "security-defaults" },
  { "criteria",
    "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to "
    "be authenticated successfully. Contact your administrator. [AM0]",
    "organisation-rule", "organisation-rule" },
  { "microsoft_password",
    "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. "
    "[AM0]",
    "wrong-password", "token-refused" },
  { "exchange", "535 5.7.3 Authentication unsuccessful [AM0.EURP.PROD.OUTLOOK.COM]",
    "exchange-refused", "token-refused" },
  { "no_refusal", "235 2.7.0 Authentication successful", "", "" },
  { "user_unknown", "550 5.1.1 User unknown", "wrong-password", "token-refused" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          TroubleOfReply,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

struct Text
{
  const char *text;
  const char *nick;
};

void
PrintTo (const Text &row, std::ostream *stream)
{
  *stream << row.text;
}

class TroubleOfText : public testing::TestWithParam<Text>
{
};

TEST_P (TroubleOfText, IsFoundInAnErrorOfAnAuthorizationServer)
{
  EXPECT_STREQ (rp_trouble_to_nick (rp_trouble_from_text (GetParam ().text)),
                GetParam ().nick);
}

const Text texts[] = {
  { "invalid_grant", "sign-in-ended" },
  { "invalid_grant: AADSTS700082: The refresh token has expired due to inactivity.",
    "sign-in-ended" },
  { "invalid_grant: Token has been expired or revoked.", "google-sign-in-ended" },
  { "invalid_grant: AADSTS50076: Due to a configuration change made by your "
    "administrator, or because you moved to a new location, you must use multi-factor "
    "authentication",
    "more-proof-wanted" },
  { "access_denied: AADSTS53003: Access has been blocked by Conditional Access "
    "policies.",
    "more-proof-wanted" },
  { "invalid_client: The OAuth client was not found.", "client-unknown" },
  { "unauthorized_client: AADSTS700016: Application with identifier 'x' was not found "
    "in the directory 'y'.",
    "client-unknown" },
  { "invalid_client: AADSTS7000215: Invalid client secret provided.", "client-secret" },
  { "invalid_client: AADSTS7000218: The request body must contain the following "
    "parameter: 'client_assertion' or 'client_secret'.",
    "client-secret" },
  { "invalid_request: client_secret is missing.", "client-secret" },
  { "unauthorized_client: AADSTS7000112: Application 'x'(y) is disabled.",
    "client-disabled" },
  { "invalid_request: AADSTS50011: The redirect URI 'http://127.0.0.1:1/' specified in "
    "the request does not match",
    "redirect" },
  { "Error 400: redirect_uri_mismatch", "redirect" },
  { "invalid_resource: AADSTS500011: The resource principal named x was not found",
    "" },
  { "invalid_scope: Some requested scopes were invalid.", "scope" },
  { "invalid_request: AADSTS50020: User account from identity provider 'live.com' does "
    "not exist in tenant",
    "wrong-directory" },
  { "invalid_grant: AADSTS65001: The user or administrator has not consented to use "
    "the application",
    "admin-consent" },
  { "access_denied: AADSTS90094: The grant requires administrator permission.",
    "admin-consent" },
  { "AADSTS90095: Admin consent is required.", "admin-consent" },
  { "Need admin approval", "admin-consent" },
  { "Administratorgenehmigung erforderlich", "admin-consent" },
  { "Error 400: admin_policy_enforced", "admin-consent" },
  { "access_denied", "not-granted" },
  { "access_denied: AADSTS65004: User declined to consent to access the app.",
    "not-granted" },
  { "server_error", "" },
  { "", "" },
};

INSTANTIATE_TEST_SUITE_P (Rows, TroubleOfText, testing::ValuesIn (texts));

TEST (TroubleNick, IsItsOwnAndReadBack)
{
  std::set<std::string> seen;

  for (int i = RP_TROUBLE_NONE; i < RP_TROUBLE_LAST; i++)
    {
      const char *nick = rp_trouble_to_nick ((RpTrouble) i);

      EXPECT_TRUE (seen.insert (nick).second) << nick;
      EXPECT_EQ (rp_trouble_from_nick (nick), i);
    }
  EXPECT_EQ (rp_trouble_from_nick ("of-a-later-version"), RP_TROUBLE_NONE);
}

} // namespace
