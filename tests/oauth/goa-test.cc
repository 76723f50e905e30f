/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-goa.h"

#include <gtest/gtest.h>

#include <string>

#include "credentials/rp-secrets.h"
#include "played-goa.h"
#include "run-until.h"

namespace
{

struct Got
{
  bool is_finished = false;
  std::string token;
  std::string error;
  int code = -1;
  GQuark domain = 0;
};

void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  auto *got = static_cast<Got *> (user_data);
  g_autoptr (GError) error = nullptr;
  char *token = rp_goa_get_token_finish (RP_GOA (source), result, &error);

  EXPECT_FALSE (got->is_finished);
  EXPECT_EQ (token == nullptr, error != nullptr);
  got->is_finished = true;
  got->token = token != nullptr ? token : "";
  rp_secret_free (token);
  if (error == nullptr)
    return;

  got->error = error->message;
  got->code = error->code;
  got->domain = error->domain;
}

Got
ask (RpGoa *goa, const char *user = "terri@gmail.com")
{
  Got got;

  rp_goa_get_token_async (goa, user, nullptr, on_token, &got);
  EXPECT_FALSE (got.is_finished);
  EXPECT_TRUE (run_until ([&] { return got.is_finished; }));
  return got;
}

using Account = PlayedGoa::Account;

/* --- which account --- */

struct Row
{
  const char *name;
  std::vector<Account> accounts;
  const char *user;
  const char *token; /* or null */
  int code;
  const char *error;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

class GoaAccounts : public testing::TestWithParam<Row>
{
};

TEST_P (GoaAccounts, GiveTheirTokenOrSayWhyNot)
{
  const Row &row = GetParam ();
  PrivateBus bus;
  PlayedGoa service (bus, row.accounts);
  g_autoptr (RpGoa) goa = rp_goa_new ();
  const Got got = ask (goa, row.user);

  if (row.token != nullptr)
    {
      EXPECT_EQ (got.token, row.token) << got.error;
      EXPECT_EQ (service.calls,
                 (std::vector<std::string>{ "GetManagedObjects", "EnsureCredentials",
                                            "GetAccessToken" }));
      return;
    }
  EXPECT_EQ (got.token, "");
  EXPECT_EQ (got.domain, RP_SECRETS_ERROR);
  EXPECT_EQ (got.code, row.code);
  EXPECT_EQ (got.error, row.error);
}

Account
make (const std::function<void (Account &)> &change)
{
  Account account;

  change (account);
  return account;
}

Account
of_somebody_else ()
{
  return make ([] (Account &a) {
    a.identity = a.address = a.smtp_user = "bob@gmail.com";
    a.token = "ya29.of-bob";
  });
}

const Account google;
const Account exchange = make ([] (Account &a) {
  a.provider = "exchange";
  a.gives_tokens = false;
});
const Account graph = make ([] (Account &a) { a.provider = "ms_graph"; });

constexpr int GONE = RP_SECRETS_ERROR_UNAVAILABLE;
constexpr int NONE = RP_SECRETS_ERROR_MISSING;
constexpr int ENDED = RP_SECRETS_ERROR_REVOKED;

#define NO_MICROSOFT                                                                   \
  "the token that GNOME gets at Microsoft for terri@gmail.com may not send by SMTP;"   \
  " write oauth-provider=microsoft, or microsoft-consumer for outlook.com"
#define ENDED_WORDS                                                                    \
  "the sign-in of the account terri@gmail.com has ended; sign in again in GNOME"       \
  " Settings under \"Online Accounts\""
#define NO_ACCOUNT                                                                     \
  "GNOME Settings has no account terri@gmail.com; add it there under \"Online "        \
  "Accounts\""

INSTANTIATE_TEST_SUITE_P (
    Rows,
    GoaAccounts,
    testing::Values (
        Row{ "google", { google }, "terri@gmail.com", "ya29.of-terri", 0, "" },
        Row{ "any_case", { google }, "Terri@Gmail.COM", "ya29.of-terri", 0, "" },
        Row{ "by_address",
             { make ([] (Account &a) { a.identity = a.smtp_user = "terri"; }) },
             "terri@gmail.com",
             "ya29.of-terri",
             0,
             "" },
        Row{ "by_smtp_user",
             { make ([] (Account &a) {
               a.identity = "Terri";
               a.address = "";
             }) },
             "terri@gmail.com",
             "ya29.of-terri",
             0,
             "" },
        Row{ "by_identity",
             { make ([] (Account &a) { a.address = a.smtp_user = "other"; }) },
             "terri@gmail.com",
             "ya29.of-terri",
             0,
             "" },
        Row{ "the_right_one",
             { of_somebody_else (), google },
             "terri@gmail.com",
             "ya29.of-terri",
             0,
             "" },
        Row{ "the_one_that_can",
             { exchange, google, graph },
             "terri@gmail.com",
             "ya29.of-terri",
             0,
             "" },
        Row{ "none", {}, "terri@gmail.com", nullptr, NONE, NO_ACCOUNT },
        Row{ "of_others",
             { of_somebody_else () },
             "terri@gmail.com",
             nullptr,
             NONE,
             NO_ACCOUNT },
        Row{ "ms_graph", { graph }, "terri@gmail.com", nullptr, NONE, NO_MICROSOFT },
        Row{ "windows_live",
             { make ([] (Account &a) { a.provider = "windows_live"; }) },
             "terri@gmail.com",
             nullptr,
             NONE,
             NO_MICROSOFT },
        Row{ "ms365",
             { make ([] (Account &a) { a.provider = "ms365"; }) },
             "terri@gmail.com",
             nullptr,
             NONE,
             NO_MICROSOFT },
        Row{ "exchange",
             { exchange },
             "terri@gmail.com",
             nullptr,
             NONE,
             "the account terri@gmail.com of GNOME Settings (the exchange) gives out"
             " no token; write access=password" },
        Row{ "mail_switched_off",
             { make ([] (Account &a) { a.mail_disabled = true; }) },
             "terri@gmail.com",
             nullptr,
             NONE,
             "mail is switched off for the account terri@gmail.com in GNOME Settings;"
             " switch it on there under \"Online Accounts\"" },
        Row{ "without_mail",
             { make ([] (Account &a) { a.has_mail = false; }) },
             "terri@gmail.com",
             nullptr,
             NONE,
             "mail is switched off for the account terri@gmail.com in GNOME Settings;"
             " switch it on there under \"Online Accounts\"" },
        Row{ "attention",
             { make ([] (Account &a) { a.attention_needed = true; }) },
             "terri@gmail.com",
             nullptr,
             ENDED,
             ENDED_WORDS },
        Row{ "not_authorized",
             { make ([] (Account &a) {
               a.ensure_error = "org.gnome.OnlineAccounts.Error.NotAuthorized";
             }) },
             "terri@gmail.com",
             nullptr,
             ENDED,
             ENDED_WORDS },
        Row{ "not_authorized_late",
             { make ([] (Account &a) {
               a.token_error = "org.gnome.OnlineAccounts.Error.NotAuthorized";
             }) },
             "terri@gmail.com",
             nullptr,
             ENDED,
             ENDED_WORDS },
        Row{ "outage",
             { make ([] (Account &a) {
               a.ensure_error = "org.freedesktop.Goa.Error.Failed";
             }) },
             "terri@gmail.com",
             nullptr,
             GONE,
             "GNOME Online Accounts gave no token: the service's words" },
        Row{ "empty_token",
             { make ([] (Account &a) { a.token = ""; }) },
             "terri@gmail.com",
             nullptr,
             GONE,
             "GNOME Online Accounts gave an empty token" }),
    [] (const testing::TestParamInfo<Row> &row) { return row.param.name; });

/* --- the service and the bus come and go --- */

/* Each time anew: what was refused is not in a cache of ours. */
TEST (Goa, IsAskedEachTime)
{
  PrivateBus bus;
  PlayedGoa service (bus, { google });
  g_autoptr (RpGoa) goa = rp_goa_new ();

  EXPECT_EQ (ask (goa).token, "ya29.of-terri");
  service.account ().token = "ya29.fresh";
  EXPECT_EQ (ask (goa).token, "ya29.fresh");
}

TEST (Goa, WithoutAService)
{
  PrivateBus bus;
  g_autoptr (RpGoa) goa = rp_goa_new ();
  const Got got = ask (goa);

  EXPECT_EQ (got.code, GONE);
  EXPECT_EQ (got.error, "GNOME Online Accounts does not run on the session bus, and"
                        " cannot be started there");
}

/* An agent of the background: the desktop may start later, and anew. */
TEST (Goa, OutlivesTheBus)
{
  g_autoptr (RpGoa) goa = rp_goa_new ();

  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  EXPECT_EQ (ask (goa).error,
             "there is no session bus, so no GNOME Online Accounts; they are there"
             " while you are logged in");
  for (int i = 0; i < 2; i++)
    {
      PrivateBus bus;
      {
        PlayedGoa service (bus, { google });

        EXPECT_EQ (ask (goa).token, "ya29.of-terri") << i;
      }
      bus.stop ();
    }
  EXPECT_EQ (ask (goa).code, GONE);
}

TEST (Goa, TwoAtOnce)
{
  PrivateBus bus;
  PlayedGoa service (bus, { google, of_somebody_else () });
  g_autoptr (RpGoa) goa = rp_goa_new ();
  Got terri;
  Got bob;

  rp_goa_get_token_async (goa, "terri@gmail.com", nullptr, on_token, &terri);
  rp_goa_get_token_async (goa, "bob@gmail.com", nullptr, on_token, &bob);
  EXPECT_TRUE (run_until ([&] { return terri.is_finished && bob.is_finished; }));
  EXPECT_EQ (terri.token, "ya29.of-terri");
  EXPECT_EQ (bob.token, "ya29.of-bob");

  int n_said = 0;

  g_signal_connect_swapped (goa, "unlocked",
                            G_CALLBACK (+[] (int *count) { (*count)++; }), &n_said);
  service.say_added ();
  EXPECT_TRUE (run_until ([&] { return n_said > 0; }));
  ask (goa);
  EXPECT_EQ (n_said, 1) << "one connection is kept";
}

TEST (Goa, CanBeCancelled)
{
  PrivateBus bus;
  PlayedGoa service (bus, { google });
  g_autoptr (RpGoa) goa = rp_goa_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Got got;

  rp_goa_get_token_async (goa, "terri@gmail.com", cancellable, on_token, &got);
  g_cancellable_cancel (cancellable);
  EXPECT_TRUE (run_until ([&] { return got.is_finished; }));
  EXPECT_EQ (got.domain, G_IO_ERROR);
  EXPECT_EQ (got.code, G_IO_ERROR_CANCELLED);
}

/* --- what waits is tried again --- */

TEST (Goa, SaysThatAnAccountMayServeAgain)
{
  PrivateBus bus;
  PlayedGoa service (bus, { make ([] (Account &a) { a.attention_needed = true; }) });
  g_autoptr (RpGoa) goa = rp_goa_new ();
  int n_said = 0;

  g_signal_connect_swapped (goa, "unlocked",
                            G_CALLBACK (+[] (int *count) { (*count)++; }), &n_said);
  EXPECT_EQ (ask (goa).code, ENDED);
  service.say_changed ("AttentionNeeded", false);
  EXPECT_TRUE (run_until ([&] { return n_said == 1; }));
  service.say_changed ("MailDisabled", false);
  EXPECT_TRUE (run_until ([&] { return n_said == 2; }));
  service.say_changed ("AttentionNeeded", true);
  service.say_changed ("IsTemporary", false);
  service.say_added ();
  EXPECT_TRUE (run_until ([&] { return n_said == 3; }));
  ask (goa);
  EXPECT_EQ (n_said, 3) << "an account that ends is no reason to ask again";
}

} // namespace
