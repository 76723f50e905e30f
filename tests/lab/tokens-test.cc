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

}
