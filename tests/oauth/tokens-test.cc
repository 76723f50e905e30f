/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include <string>

#include "token-bench.h"

namespace
{

constexpr int MISSING = RP_SECRETS_ERROR_MISSING;
constexpr int LOCKED = RP_SECRETS_ERROR_LOCKED;
constexpr int UNAVAILABLE = RP_SECRETS_ERROR_UNAVAILABLE;
constexpr int REVOKED = RP_SECRETS_ERROR_REVOKED;
constexpr gint64 DAY_S = 24 * 60 * 60;

/* Time goes on for the server and for us. */
void
pass (TokenBench &bench, guint seconds)
{
  bench_boot_s += seconds;
  bench_wall_s += seconds;
  bench.server.advance (seconds);
}

TEST (Tokens, ASignInGivesItsTokenAtOnce)
{
  TokenBench bench;
  MailServer mail;
  guint n_unlocked = 0;

  g_signal_connect_swapped (bench.secrets, "unlocked",
                            G_CALLBACK (+[] (guint *n) { (*n)++; }), &n_unlocked);
  EXPECT_EQ (bench.sign_in (mail).error, -1);
  EXPECT_EQ (n_unlocked, 1u);
  const Answered token = bench.look_up (mail);
  EXPECT_TRUE (bench.server.is_live (token.secret)) << token.text;
  EXPECT_EQ (bench.n_asked (), 0u);
}

TEST (Tokens, AreMadeOfWhatIsInTheKeyring)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  bench.begin_anew ();
  const Answered token = bench.look_up (mail);
  EXPECT_TRUE (bench.server.is_live (token.secret)) << token.text;
  EXPECT_EQ (bench.n_asked (), 1u);
  EXPECT_EQ (bench.look_up (mail).secret, token.secret);
  EXPECT_EQ (bench.n_asked (), 1u);
}

TEST (Tokens, AreRenewedAheadOfTheirEnd)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  const std::string first = bench.look_up (mail).secret;
  pass (bench, 3600 - 121);
  EXPECT_EQ (bench.look_up (mail).secret, first);
  pass (bench, 1);
  const std::string second = bench.look_up (mail).secret;
  EXPECT_NE (second, first);
  EXPECT_TRUE (bench.server.is_live (second));
}

TEST (Tokens, ShortOnesAreRenewedLater)
{
  TokenBench bench;
  MailServer mail;

  bench.server.set ("access_token_lifetime_s", "100");
  bench.sign_in (mail);
  const std::string first = bench.look_up (mail).secret;
  pass (bench, 89);
  EXPECT_EQ (bench.look_up (mail).secret, first);
  pass (bench, 1);
  EXPECT_NE (bench.look_up (mail).secret, first);
}

TEST (Tokens, OneThatWasRefusedIsNotGivenAgain)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  const std::string first = bench.look_up (mail).secret;
  rp_secrets_reject (bench.secrets, &mail.server, RP_SECRET_TOKEN, MAIL_HOST,
                     "another");
  EXPECT_EQ (bench.look_up (mail).secret, first);
  bench.server.expire_access ();
  rp_secrets_reject (bench.secrets, &mail.server, RP_SECRET_TOKEN, MAIL_HOST,
                     first.c_str ());
  EXPECT_TRUE (bench.server.is_live (bench.look_up (mail).secret));
}

/* The server takes a refresh token once: a second refresh at a time would end it all.
 */
TEST (Tokens, AreRefreshedOnceForAllWhoAsk)
{
  TokenBench bench;
  MailServer mail;
  Answered answers[5];

  bench.sign_in (mail);
  bench.begin_anew ();
  for (Answered &answered : answers)
    rp_secrets_lookup_async (bench.secrets, &mail.server, RP_SECRET_TOKEN, MAIL_HOST,
                             nullptr, on_secret, &answered);
  for (Answered &answered : answers)
    {
      EXPECT_TRUE (answered.wait ());
      EXPECT_EQ (answered.secret, answers[0].secret) << answered.text;
    }
  /* one for the earlier sign-in, one for the refresh */
  EXPECT_EQ (bench.keyring.n_lookups, 2u);
  EXPECT_EQ (bench.n_asked (), 1u);
  EXPECT_TRUE (bench.server.is_live (answers[0].secret));
}

TEST (Tokens, ANewRefreshTokenIsKeptBeforeTheTokenIsGiven)
{
  TokenBench bench;
  MailServer mail;
  Answered answered;
  bool was_early = false;

  bench.sign_in (mail);
  bench.begin_anew ();
  bench.keyring.on_store = [&] { was_early = !answered.is_finished; };
  rp_secrets_lookup_async (bench.secrets, &mail.server, RP_SECRET_TOKEN, MAIL_HOST,
                           nullptr, on_secret, &answered);
  EXPECT_TRUE (answered.wait ());
  EXPECT_TRUE (was_early);
  EXPECT_EQ (bench.keyring.n_stores, 2u);
  /* so the next refresh works, after a restart as well */
  for (int i = 0; i < 3; i++)
    {
      bench.begin_anew ();
      EXPECT_TRUE (bench.server.is_live (bench.look_up (mail).secret));
    }
}

TEST (Tokens, WithoutANewRefreshTokenNothingIsStored)
{
  TokenBench bench;
  MailServer mail;

  bench.server.set ("rotates", "false");
  bench.sign_in (mail);
  bench.begin_anew ();
  EXPECT_TRUE (bench.server.is_live (bench.look_up (mail).secret));
  EXPECT_EQ (bench.keyring.n_stores, 1u);
}

/* The keyring locks itself while the answer is on its way: the only refresh token that
 * still counts is in memory. */
TEST (Tokens, ARefreshTokenThatCannotBeKeptIsNotLost)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  rp_secrets_reject (bench.secrets, &mail.server, RP_SECRET_TOKEN, MAIL_HOST,
                     bench.look_up (mail).secret.c_str ());
  bench.keyring.store_error = LOCKED;
  EXPECT_EQ (bench.look_up (mail).error, LOCKED);
  EXPECT_EQ (bench.look_up (mail).error, LOCKED);
  EXPECT_EQ (bench.n_asked (), 1u);
  bench.keyring.store_error = -1;
  EXPECT_TRUE (bench.server.is_live (bench.look_up (mail).secret));
  bench.begin_anew ();
  EXPECT_TRUE (bench.server.is_live (bench.look_up (mail).secret));
}

/* --- what goes wrong --- */

struct FailureRow
{
  const char *name;
  int error;
  RpTokensAdvice advice;
  const char *words;
  void (*spoil) (TokenBench &bench);
  void (*mend) (TokenBench &bench);
};

void
PrintTo (const FailureRow &row, std::ostream *out)
{
  *out << row.name;
}

class TokensFail : public testing::TestWithParam<FailureRow>
{
};

TEST_P (TokensFail, AndTheSignInStays)
{
  const FailureRow &row = GetParam ();
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  const auto kept = bench.keyring.entries;
  bench.begin_anew ();
  row.spoil (bench);
  const Answered failed = bench.look_up (mail);
  EXPECT_EQ (failed.domain, RP_SECRETS_ERROR);
  EXPECT_EQ (failed.error, row.error) << failed.text;
  EXPECT_NE (failed.text.find (row.words), std::string::npos) << failed.text;
  EXPECT_EQ (failed.text.find ("refresh-"), std::string::npos);
  EXPECT_EQ (rp_tokens_get_advice (bench.tokens (), &mail.server), row.advice);
  EXPECT_EQ (bench.keyring.entries, kept);
  if (row.error == REVOKED)
    {
      EXPECT_EQ (bench.look_up (mail, MAIL_HOST, RP_SECRET_SIGN_IN).error, REVOKED);
    }
  /* Whatever it was: when it is over, mail goes again. */
  row.mend (bench);
  bench_boot_s += 601;
  EXPECT_TRUE (bench.server.is_live (bench.look_up (mail).secret));
  EXPECT_EQ (rp_tokens_get_advice (bench.tokens (), &mail.server),
             RP_TOKENS_ADVICE_NONE);
}

void
nothing (TokenBench &)
{
}

/* The next question is answered with this. */
void
order (TokenBench &bench, const std::string &answer)
{
  bench.server.command (R"({"do": "next", "endpoint": "token", "answer": )" + answer
                        + "}");
}

const FailureRow failure_rows[] = {
  { "server_down", UNAVAILABLE, RP_TOKENS_ADVICE_NONE,
    "Strict: ", [] (TokenBench &bench) { bench.server.go_down (); },
    [] (TokenBench &bench) { bench.server.come_up (); } },
  { "connection_cut", UNAVAILABLE, RP_TOKENS_ADVICE_NONE, "port",
    [] (TokenBench &bench) { bench.server.cut_next ("token"); }, nothing },
  { "in_trouble", UNAVAILABLE, RP_TOKENS_ADVICE_NONE, "503",
    [] (TokenBench &bench) { bench.server.fail_next ("token", 503); }, nothing },
  { "trouble_that_says_invalid_grant", UNAVAILABLE, RP_TOKENS_ADVICE_NONE,
    "invalid_grant",
    [] (TokenBench &bench) {
      order (bench, R"({"status": 500, "json": {"error": "invalid_grant"}})");
    },
    nothing },
  { "too_many_questions", UNAVAILABLE, RP_TOKENS_ADVICE_NONE, "429",
    [] (TokenBench &bench) { bench.server.fail_next ("token", 429); }, nothing },
  { "page_of_a_portal", UNAVAILABLE, RP_TOKENS_ADVICE_NONE, "no JSON",
    [] (TokenBench &bench) { bench.server.fail_next ("token", 200); }, nothing },
  { "refused_by_something_between", UNAVAILABLE, RP_TOKENS_ADVICE_NONE, "403",
    [] (TokenBench &bench) { bench.server.fail_next ("token", 403); }, nothing },
  { "redirected", UNAVAILABLE, RP_TOKENS_ADVICE_NONE, "302",
    [] (TokenBench &bench) { bench.server.fail_next ("token", 302); }, nothing },
  { "error_unknown", UNAVAILABLE, RP_TOKENS_ADVICE_NONE, "gone_fishing",
    [] (TokenBench &bench) { bench.server.refuse_next ("token", "gone_fishing", ""); },
    nothing },
  { "client_disabled", UNAVAILABLE, RP_TOKENS_ADVICE_CLIENT, "invalid_client",
    [] (TokenBench &bench) {
      bench.server.refuse_next ("token", "invalid_client", "deleted");
    },
    nothing },
  { "administrator", REVOKED, RP_TOKENS_ADVICE_CONSENT, "AADSTS65001",
    [] (TokenBench &bench) {
      bench.server.refuse_next ("token", "invalid_grant", "AADSTS65001: no consent");
    },
    nothing },
  { "this_network_disliked", REVOKED, RP_TOKENS_ADVICE_NONE, "AADSTS53003",
    [] (TokenBench &bench) {
      bench.server.refuse_next ("token", "interaction_required",
                                "AADSTS53003: not here");
    },
    nothing },
  { "keyring_locked", LOCKED, RP_TOKENS_ADVICE_NONE, "lookup",
    [] (TokenBench &bench) { bench.keyring.lookup_error = LOCKED; },
    [] (TokenBench &bench) { bench.keyring.lookup_error = -1; } },
  { "no_keyring", UNAVAILABLE, RP_TOKENS_ADVICE_NONE, "lookup",
    [] (TokenBench &bench) { bench.keyring.lookup_error = UNAVAILABLE; },
    [] (TokenBench &bench) { bench.keyring.lookup_error = -1; } },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          TokensFail,
                          testing::ValuesIn (failure_rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

TEST (Tokens, ARevokedSignInIsNotTriedAgainAtOnce)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  const auto kept = bench.keyring.entries;
  bench.begin_anew ();
  bench.server.revoke_all ();
  EXPECT_EQ (bench.look_up (mail).error, REVOKED);
  EXPECT_EQ (bench.look_up (mail).error, REVOKED);
  EXPECT_EQ (bench.look_up (mail, MAIL_HOST, RP_SECRET_SIGN_IN).error, REVOKED);
  EXPECT_EQ (bench.n_asked (), 1u);
  EXPECT_EQ (bench.keyring.entries, kept);
  bench_boot_s += 601;
  EXPECT_EQ (bench.look_up (mail, MAIL_HOST, RP_SECRET_SIGN_IN).error, -1);
  EXPECT_EQ (bench.look_up (mail).error, REVOKED);
  EXPECT_EQ (bench.n_asked (), 2u);
  bench.sign_in (mail);
  EXPECT_TRUE (bench.server.is_live (bench.look_up (mail).secret));
}

TEST (Tokens, AnHourOfOutageCostsNoSignIn)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  bench.server.go_down ();
  for (int i = 0; i < 12; i++)
    {
      bench_boot_s += 600;
      EXPECT_EQ (bench.look_up (mail).error, i < 5 ? -1 : UNAVAILABLE) << i;
    }
  bench.server.come_up ();
  EXPECT_TRUE (bench.server.is_live (bench.look_up (mail).secret));
}

TEST (Tokens, TheOldTokenCountsToItsEndWhileNoNewOneIsToBeHad)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  const std::string first = bench.look_up (mail).secret;
  pass (bench, 3600 - 60);
  bench.server.fail_next ("token", 503, 2);
  EXPECT_EQ (bench.look_up (mail).secret, first);
  pass (bench, 60);
  EXPECT_EQ (bench.look_up (mail).error, UNAVAILABLE);
}

TEST (Tokens, TheProviderIsLeftAloneAsLongAsItWants)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  bench.begin_anew ();
  order (bench, R"({"status": 429, "text": "", "headers": {"Retry-After": "300"}})");
  EXPECT_EQ (bench.look_up (mail).error, UNAVAILABLE);
  bench_boot_s += 299;
  EXPECT_EQ (bench.look_up (mail).error, UNAVAILABLE);
  EXPECT_EQ (bench.n_asked (), 1u);
  bench_boot_s += 1;
  EXPECT_TRUE (bench.server.is_live (bench.look_up (mail).secret));
}

/* --- Google's seven days --- */

struct AgeRow
{
  const char *name;
  gint64 alive_until_s; /* refreshed at this age, in the same run; 0: not */
  gint64 ended_s;       /* found out at this age */
  const char *more;
  RpTokensAdvice advice;
};

void
PrintTo (const AgeRow &row, std::ostream *out)
{
  *out << row.name;
}

class TokensAge : public testing::TestWithParam<AgeRow>
{
};

TEST_P (TokensAge, TellsAClientInTesting)
{
  const AgeRow &row = GetParam ();
  TokenBench bench (row.more);
  MailServer mail;

  bench.sign_in (mail);
  bench.begin_anew ();
  if (row.alive_until_s > 0)
    {
      pass (bench, (guint) row.alive_until_s);
      EXPECT_EQ (bench.look_up (mail).error, -1);
    }
  pass (bench, (guint) (row.ended_s - row.alive_until_s));
  bench.server.revoke_all ();
  EXPECT_EQ (bench.look_up (mail).error, REVOKED);
  EXPECT_EQ (rp_tokens_get_advice (bench.tokens (), &mail.server), row.advice);
}

constexpr const char *GOOGLE = "testing-days=7\n";

INSTANTIATE_TEST_SUITE_P (
    Rows,
    TokensAge,
    testing::Values (
        AgeRow{ "week", 0, 7 * DAY_S + 60, GOOGLE, RP_TOKENS_ADVICE_TESTING },
        AgeRow{ "alive_the_day_before", 6 * DAY_S, 7 * DAY_S + 60, GOOGLE,
                RP_TOKENS_ADVICE_TESTING },
        AgeRow{ "found_out_later", 6 * DAY_S, 12 * DAY_S, GOOGLE,
                RP_TOKENS_ADVICE_TESTING },
        AgeRow{ "too_early", 0, 5 * DAY_S, GOOGLE, RP_TOKENS_ADVICE_NONE },
        AgeRow{ "alive_too_late", 8 * DAY_S, 9 * DAY_S, GOOGLE, RP_TOKENS_ADVICE_NONE },
        AgeRow{ "other_provider", 0, 7 * DAY_S + 60, "", RP_TOKENS_ADVICE_NONE }),
    [] (const auto &row) { return std::string (row.param.name); });

/* --- to whom --- */

TEST (Tokens, GoToNoHostButThoseSignedInFor)
{
  TokenBench bench;
  MailServer mail;
  MailServer moved ({ OTHER_HOST });

  bench.sign_in (mail);
  for (int i = 0; i < 2; i++)
    {
      EXPECT_EQ (bench.look_up (mail, OTHER_HOST).error, MISSING);
      EXPECT_EQ (bench.look_up (moved, OTHER_HOST).error, MISSING);
      EXPECT_EQ (bench.look_up (moved, OTHER_HOST, RP_SECRET_SIGN_IN).error, MISSING);
      EXPECT_EQ (bench.n_asked (), 0u);
      bench.begin_anew ();
    }
  EXPECT_EQ (bench.look_up (mail, "SMTP.Proseware.COM").error, -1);
}

TEST (Tokens, ASecondServerOfTheSameUserJoins)
{
  TokenBench bench;
  MailServer mail;
  MailServer other ({ OTHER_HOST });

  bench.sign_in (mail);
  bench.sign_in (other);
  bench.begin_anew ();
  EXPECT_TRUE (bench.server.is_live (bench.look_up (other, OTHER_HOST).secret));
  EXPECT_TRUE (bench.server.is_live (bench.look_up (mail).secret));
}

TEST (Tokens, EndpointsInClearAreNotSignedInFor)
{
  TokenBench bench;
  MailServer mail ({ MAIL_HOST, OTHER_HOST });

  static_cast<RpEndpoint *> (g_ptr_array_index (mail.server.endpoints, 1))->tls =
      RP_TLS_NONE;
  bench.sign_in (mail);
  EXPECT_EQ (bench.look_up (mail).error, -1);
  EXPECT_EQ (bench.look_up (mail, OTHER_HOST).error, MISSING);
}

TEST (Tokens, ASignInIsSeenWithoutNetwork)
{
  TokenBench bench;
  MailServer mail;

  EXPECT_EQ (bench.look_up (mail, MAIL_HOST, RP_SECRET_SIGN_IN).error, MISSING);
  EXPECT_EQ (bench.look_up (mail).error, MISSING);
  bench.sign_in (mail);
  const Answered seen = bench.look_up (mail, "any", RP_SECRET_SIGN_IN);
  EXPECT_EQ (seen.error, -1) << seen.text;
  EXPECT_EQ (seen.secret, "signed in");
  EXPECT_TRUE (bench.server.requests ().empty ());
}

TEST (Tokens, WhatCannotBeReadIsNoSignIn)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  bench.begin_anew ();
  for (auto &entry : bench.keyring.entries)
    entry.second = "roampost sign-in 2\nrefresh-token=x\nclient-id=y\n"
                   "hosts=smtp.proseware.com\n";
  EXPECT_EQ (bench.look_up (mail).error, MISSING);
  EXPECT_EQ (bench.look_up (mail, MAIL_HOST, RP_SECRET_SIGN_IN).error, MISSING);
}

TEST (Tokens, AreAskedForThroughTheServersProxyOfNow)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  bench.begin_anew ();
  /* the strict server is asked in clear, which no proxy is trusted with */
  mail.server.proxy = const_cast<char *> ("http://127.0.0.1:1");
  EXPECT_EQ (bench.look_up (mail).error, UNAVAILABLE);
  EXPECT_EQ (bench.n_asked (), 0u);
  mail.server.proxy = nullptr;
  EXPECT_EQ (bench.look_up (mail).error, -1);
}

TEST (Tokens, OfAnUnknownProviderAreMissing)
{
  TokenBench bench;
  MailServer mail;

  mail.server.oauth_provider = const_cast<char *> ("nobody");
  EXPECT_EQ (bench.look_up (mail).error, MISSING);
  EXPECT_EQ (bench.look_up (mail, MAIL_HOST, RP_SECRET_SIGN_IN).error, MISSING);
}

TEST (Tokens, OfACommandAreTheCommands)
{
  TokenBench bench;
  MailServer mail;

  mail.server.secret_command = const_cast<char *> ("print-token");
  EXPECT_EQ (bench.look_up (mail, MAIL_HOST, RP_SECRET_SIGN_IN).error, -1);
  EXPECT_EQ (bench.keyring.n_lookups, 0u);
  EXPECT_EQ (bench.look_up (mail).secret, "from the command");
}

TEST (Tokens, PasswordsComeFromTheKeyringBehind)
{
  TokenBench bench;
  MailServer mail;

  bench.keyring.entries["terri@proseware.com smtp.proseware.com other"] = "password";
  EXPECT_EQ (bench.look_up (mail, MAIL_HOST, RP_SECRET_SMTP).secret, "password");
}

/* --- out --- */

TEST (Tokens, SigningOutLeavesNothingAnywhere)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  const std::string token = bench.look_up (mail).secret;
  const Answered out = bench.forget (mail);
  EXPECT_EQ (out.error, -1) << out.text;
  EXPECT_TRUE (out.was_revoked);
  EXPECT_TRUE (bench.keyring.entries.empty ());
  EXPECT_FALSE (bench.server.is_live (token));
  EXPECT_EQ (bench.look_up (mail).error, MISSING);
}

TEST (Tokens, SigningOutNeedsNoNetwork)
{
  TokenBench bench;
  MailServer mail;

  bench.sign_in (mail);
  bench.server.go_down ();
  const Answered out = bench.forget (mail);
  EXPECT_EQ (out.error, -1) << out.text;
  EXPECT_FALSE (out.was_revoked);
  EXPECT_TRUE (bench.keyring.entries.empty ());
  EXPECT_EQ (bench.look_up (mail).error, MISSING);
  bench.server.come_up ();
}

class TokensBehindASignOut : public testing::TestWithParam<int>
{
};

/* The sign-in may not come back with what a refresh brings, be it early or late. */
TEST_P (TokensBehindASignOut, AreNotKept)
{
  TokenBench bench ("revocation-endpoint=\n");
  MailServer mail;
  Answered answered;
  Answered out;
  auto forget = [&] {
    rp_tokens_forget_async (bench.tokens (), &mail.server, nullptr, on_forgotten, &out);
  };
  std::function<void ()> forget_now = forget;

  bench.sign_in (mail);
  bench.begin_anew ();
  bench.keyring.on_lookup = [&] {
    if (bench.keyring.n_lookups != 2) /* of the refresh */
      return;
    if (GetParam () == G_PRIORITY_HIGH)
      forget ();
    else /* the question is on its way before the loop is idle */
      g_idle_add (
          [] (gpointer data) -> gboolean {
            (*static_cast<std::function<void ()> *> (data)) ();
            return G_SOURCE_REMOVE;
          },
          &forget_now);
  };
  rp_secrets_lookup_async (bench.secrets, &mail.server, RP_SECRET_TOKEN, MAIL_HOST,
                           nullptr, on_secret, &answered);
  EXPECT_TRUE (answered.wait ());
  EXPECT_TRUE (out.wait ());
  EXPECT_EQ (answered.error, UNAVAILABLE);
  EXPECT_EQ (bench.n_asked (), GetParam () == G_PRIORITY_HIGH ? 0u : 1u);
  EXPECT_EQ (bench.keyring.n_stores, 1u);
  EXPECT_TRUE (bench.keyring.entries.empty ());
  EXPECT_EQ (bench.look_up (mail).error, MISSING);
}

INSTANTIATE_TEST_SUITE_P (Priorities,
                          TokensBehindASignOut,
                          testing::Values (G_PRIORITY_HIGH, G_PRIORITY_LOW));

TEST (Tokens, WhoIsCancelledDoesNotBreakTheRefreshOff)
{
  TokenBench bench;
  MailServer mail;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Answered cancelled;
  Answered other;

  bench.sign_in (mail);
  bench.begin_anew ();
  rp_secrets_lookup_async (bench.secrets, &mail.server, RP_SECRET_TOKEN, MAIL_HOST,
                           cancellable, on_secret, &cancelled);
  EXPECT_TRUE (run_until ([&] { return bench.keyring.n_lookups > 1; }));
  rp_secrets_lookup_async (bench.secrets, &mail.server, RP_SECRET_TOKEN, MAIL_HOST,
                           nullptr, on_secret, &other);
  g_cancellable_cancel (cancellable);
  EXPECT_TRUE (cancelled.wait ());
  EXPECT_EQ (cancelled.domain, G_IO_ERROR);
  EXPECT_EQ (cancelled.error, G_IO_ERROR_CANCELLED);
  EXPECT_TRUE (other.wait ());
  EXPECT_TRUE (bench.server.is_live (other.secret)) << other.text;
  EXPECT_EQ (bench.n_asked (), 1u);
}

}
