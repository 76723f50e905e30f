// SPDX-License-Identifier: GPL-3.0-or-later
// Mail through the agent to an ISP that wants a token: real Postfix and Dovecot, which
// ask the ISP's sign-in about each.
#include "agent.h"
#include "custody.h"
#include "mailbox.h"
#include "sign-in-server.h"

#include <gtest/gtest.h>

using namespace lab;

namespace
{

const char sender[] = "terri@proseware.com";
const char foreign[] = "bob@adatum.com";
const char token_file[] = "/srv/lab/home/terri/tokens";

class ByCommand : public testing::TestWithParam<const char *>
{
protected:
  void
  SetUp () override
  {
    world ({ "set", "isp", "password" });
    world ({ "set", "isp-mechanisms", GetParam () });
    world ({ "at", "hotel" });
    server = start_sign_in_server ();
  }

  void
  TearDown () override
  {
    agent.reset ();
    reset ();
  }

  std::string
  new_token () const
  {
    return server->give ("smtp.send", sender, "roampost").text ("access_token");
  }

  // The command prints the first of these, the next time the next, and the last again
  // and again.
  void
  start_agent (const std::vector<std::string> &tokens)
  {
    std::string text;
    for (const std::string &token : tokens)
      text += token + "\n";
    write_file (token_file, text);
    run ({ "chown", "terri:", token_file });
    Configuration configuration;
    configuration.access = "oauth2";
    configuration.has_hotel_server = false;
    configuration.secret = std::string ("secret-command=head -n 1 ") + token_file
                           + "; sed -i -e '1{$!d}' " + token_file;
    agent = std::make_unique<Agent> (configuration.text (), "hotel");
  }

  void
  expect_sent ()
  {
    const std::string mark = unique_mark ();
    const std::string message = fragile_message (sender, foreign, mark);
    const Reply reply = agent->submit (sender, { foreign }, message);
    EXPECT_EQ (reply.code, 250) << reply.text << agent->log ();
    EXPECT_NE (reply.text.find ("via proseware"), std::string::npos) << reply.text;
    EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (mark)), message);
  }

  // The tokens that Dovecot asked about, in order.
  std::vector<std::string>
  seen () const
  {
    std::vector<std::string> tokens;
    for (const Json &request : server->requests ("introspect"))
      tokens.push_back (request.member ("form").text ("token"));
    return tokens;
  }

  std::unique_ptr<OAuthServer> server;
  std::unique_ptr<Agent> agent;
};

TEST_P (ByCommand, AFreshTokenLogsIn)
{
  const std::string token = new_token ();
  start_agent ({ token });
  expect_sent ();
  EXPECT_EQ (seen (), std::vector<std::string>{ token });
  EXPECT_NE (server_log ("proseware").find (std::string ("sasl_method=") + GetParam ()),
             std::string::npos);
}

TEST_P (ByCommand, ATokenAsLongAsMicrosoftsLogsIn)
{
  server->set ("access_token_bytes", "1800");
  const std::string token = new_token ();
  start_agent ({ token });
  expect_sent ();
  EXPECT_EQ (seen (), std::vector<std::string>{ token });
}

// The mail program sees nothing of it.
TEST_P (ByCommand, AStaleTokenIsReplacedInsideOneDelivery)
{
  const std::string stale = new_token ();
  server->expire_access ();
  const std::string fresh = new_token ();
  start_agent ({ stale, fresh });
  expect_sent ();
  EXPECT_EQ (seen (), (std::vector<std::string>{ stale, fresh }));
}

TEST_P (ByCommand, WithNothingButStaleTokensTheMailIsKept)
{
  const std::string stale = new_token ();
  server->expire_access ();
  start_agent ({ stale });
  const std::string mark = unique_mark ();
  const std::string message = fragile_message (sender, foreign, mark);
  const Reply reply = agent->submit (sender, { foreign }, message);
  expect_kept (*agent, reply);
  EXPECT_EQ (count_arrived ("adatum", "bob", mark), 0);
  EXPECT_EQ (seen (), (std::vector<std::string>{ stale, stale }));
  EXPECT_EQ (agent->log ().find (stale), std::string::npos);

  write_file (token_file, new_token () + "\n");
  EXPECT_EQ (agent->command ({ "queue", "flush" }).status, 0);
  EXPECT_TRUE (agent->is_flushed (10)) << agent->log ();
  EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (mark)), message);
}

INSTANTIATE_TEST_SUITE_P (Mechanisms,
                          ByCommand,
                          testing::Values ("XOAUTH2", "OAUTHBEARER"),
                          [] (const auto &row) { return std::string (row.param); });

// ---- the tokens of a sign-in in the keyring ----------------------------------------

const char provider_file[] =
    "/srv/lab/home/terri/.config/roampost/providers/proseware.conf";
const char browser_script[] = "/srv/lab/browser";

class BySignIn : public testing::TestWithParam<const char *>
{
protected:
  static void
  SetUpTestSuite ()
  {
    static bool has_keyring = false;
    if (has_keyring)
      return;
    has_keyring = true;
    world ({ "keyring" });
    run ({ "install", "-d", "-o", "terri", "/srv/lab/home/terri/.config",
           "/srv/lab/home/terri/.config/roampost",
           "/srv/lab/home/terri/.config/roampost/providers" });
    write_file (provider_file, "[provider]\ntitle=Proseware\n"
                               "issuer=https://login.proseware.com\n"
                               "client-id=roampost\nredirect-path=/\n"
                               "scope=smtp.send offline_access\n");
    // A browser with a person in front of it.
    write_file (browser_script,
                "#!/bin/sh\nexec node " + folder
                    + R"(/source/tests/oauth/person.js '{"user": "terri@proseware.com",
                      "password": "moonlight", "decision": "allow",
                      "ca_file": "/srv/lab/ca/ca.pem"}' "$1")"
                    + "\n");
    run ({ "chmod", "755", browser_script });
  }

  void
  SetUp () override
  {
    world ({ "set", "isp", "password" });
    world ({ "set", "isp-mechanisms", GetParam () });
    world ({ "at", "hotel" });
    server = start_sign_in_server ();
    start_agent ();
    sign_in ();
  }

  void
  TearDown () override
  {
    agent->command ({ "logout", "terri" });
    agent.reset ();
    reset ();
  }

  void
  start_agent ()
  {
    Configuration configuration;
    configuration.access = "oauth2";
    configuration.secret = "oauth-provider=proseware";
    configuration.has_hotel_server = false;
    agent.reset ();
    agent = std::make_unique<Agent> (configuration.text (), "hotel");
  }

  void
  sign_in ()
  {
    const Outcome outcome = agent->command (
        { "login", "terri" }, { std::string ("BROWSER=") + browser_script });
    ASSERT_EQ (outcome.status, 0) << outcome.output << agent->log ();
  }

  Reply
  submit ()
  {
    mark = unique_mark ();
    message = fragile_message (sender, foreign, mark);
    return agent->submit (sender, { foreign }, message);
  }

  void
  expect_sent ()
  {
    const Reply reply = submit ();
    EXPECT_EQ (reply.code, 250) << reply.text << agent->log ();
    EXPECT_NE (reply.text.find ("via proseware"), std::string::npos)
        << reply.text << agent->log ();
    expect_arrived ();
  }

  // It is kept, tried once more and kept, and nobody is told to sign in again.
  void
  expect_waiting ()
  {
    const std::string id = expect_kept (*agent, submit ());
    const std::string log = agent->log ();
    EXPECT_EQ (agent->command ({ "queue", "flush" }).status, 0);
    EXPECT_TRUE (comes_true ([&] {
      const std::string all = agent->log ();
      const std::size_t begun = all.find ("event=planned message=" + id, log.size ());
      return all.find ("event=ended message=" + id, begun) != std::string::npos;
    })) << agent->log ();
    EXPECT_EQ (find_queued (*agent, id).state, "waiting");
    EXPECT_TRUE (agent->attention ().empty ());
    EXPECT_EQ (count_arrived ("adatum", "bob", mark), 0);
  }

  void
  expect_arrived ()
  {
    EXPECT_EQ (behind_trace (Mailbox{ "adatum", "bob" }.wait_for (mark)), message);
    EXPECT_EQ (count_arrived ("adatum", "bob", mark), 1);
  }

  // The refresh tokens that were asked with, in order.
  std::vector<std::string>
  refreshes () const
  {
    std::vector<std::string> tokens;
    for (const Json &request : server->requests ("token"))
      if (request.member ("form").text ("grant_type") == "refresh_token")
        tokens.push_back (request.member ("form").text ("refresh_token"));
    return tokens;
  }

  std::unique_ptr<OAuthServer> server;
  std::unique_ptr<Agent> agent;
  std::string mark;
  std::string message;
};

TEST_P (BySignIn, TheBrowserIsAllThatItTakes)
{
  expect_sent ();
  EXPECT_EQ (server->grants ().size (), 1U);
  EXPECT_NE (server_log ("proseware").find (std::string ("sasl_method=") + GetParam ()),
             std::string::npos);
}

// The mail program sees nothing of it.
TEST_P (BySignIn, AStaleTokenIsRefreshedInsideOneDelivery)
{
  expect_sent ();
  const std::size_t n_refreshes = refreshes ().size ();
  server->expire_access ();
  expect_sent ();
  EXPECT_EQ (refreshes ().size (), n_refreshes + 1);
  EXPECT_EQ (server->requests ("introspect").back ().number ("status"), 200);
}

TEST_P (BySignIn, ARevokedSignInKeepsTheMailUntilTheNext)
{
  server->revoke_all ();
  const Reply reply = submit ();
  expect_kept (*agent, reply);
  EXPECT_EQ (count_arrived ("adatum", "bob", mark), 0);
  EXPECT_EQ (agent->attention (), std::vector<std::string>{ "sign-in-revoked" });
  sign_in ();
  EXPECT_TRUE (agent->is_flushed (10)) << agent->log ();
  expect_arrived ();
  EXPECT_TRUE (agent->attention ().empty ());
}

// An hour or a second: what counts is that nobody listens when it is tried. The agent
// is a new one, with no token in its memory.
TEST_P (BySignIn, AProviderThatIsDownCostsNoSignIn)
{
  expect_sent ();
  const std::size_t n_refreshes = refreshes ().size ();
  server->go_down ();
  start_agent ();
  expect_waiting ();
  server->come_up ();
  EXPECT_EQ (agent->command ({ "queue", "flush" }).status, 0);
  EXPECT_TRUE (agent->is_flushed (30)) << agent->log ();
  expect_arrived ();
  // The refresh token that the sign-in gave, and no other sign-in.
  EXPECT_EQ (refreshes ().size (), n_refreshes + 1);
  ASSERT_EQ (server->grants ().size (), 1U);
  EXPECT_FALSE (server->grants ()[0].is ("is_revoked"));
}

TEST_P (BySignIn, AMailServerThatCannotAskTheProviderIsAskedAgainLater)
{
  expect_sent ();
  server->go_down ();
  expect_waiting ();
  server->come_up ();
  EXPECT_EQ (agent->command ({ "queue", "flush" }).status, 0);
  EXPECT_TRUE (agent->is_flushed (30)) << agent->log ();
  expect_arrived ();
}

INSTANTIATE_TEST_SUITE_P (Mechanisms,
                          BySignIn,
                          testing::Values ("XOAUTH2", "OAUTHBEARER"),
                          [] (const auto &row) { return std::string (row.param); });

}
