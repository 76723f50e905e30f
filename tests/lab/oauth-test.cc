// SPDX-License-Identifier: GPL-3.0-or-later
// Logging in by a token where a real Dovecot asks the ISP's sign-in whether it counts.
#include "lab.h"
#include "mailbox.h"
#include "sign-in-server.h"

#include <gtest/gtest.h>

using namespace lab;

namespace
{

const char sender[] = "terri@proseware.com";
const char foreign[] = "bob@adatum.com";

// curl without the agent: what the world itself says.
struct StraightRow
{
  const char *name;
  const char *mechanism;
  const char *scope;
  const char *owner;
  bool is_stale;
  int n_bytes; // of randomness in the token
  bool is_taken;
};

void
PrintTo (const StraightRow &row, std::ostream *out)
{
  *out << row.name;
}

class Straight : public testing::TestWithParam<StraightRow>
{
protected:
  void
  SetUp () override
  {
    world ({ "set", "isp", "password" });
    world ({ "set", "isp-mechanisms", GetParam ().mechanism });
    world ({ "at", "hotel" });
  }

  void
  TearDown () override
  {
    reset ();
  }
};

Outcome
send_by_curl (const std::string &token, const std::string &message)
{
  return run_on_laptop ({ "curl", "-sS", "-v", "--user", "terri", "--oauth2-bearer",
                          token, "--mail-from", sender, "--mail-rcpt", foreign, "-T",
                          "-", "smtps://mail.proseware.com:465/laptop" },
                        message);
}

TEST_P (Straight, DovecotAsksTheSignIn)
{
  const StraightRow &row = GetParam ();
  const auto server =
      start_sign_in_server ({ { "access_token_bytes", std::to_string (row.n_bytes) } });
  const std::string token =
      server->give (row.scope, row.owner, "roampost").text ("access_token");
  if (row.is_stale)
    server->expire_access ();
  const std::string mark = unique_mark ();
  const Outcome outcome = send_by_curl (token, fragile_message (sender, foreign, mark));

  const std::vector<Json> asked = server->requests ("introspect");
  ASSERT_EQ (asked.size (), 1U);
  EXPECT_EQ (asked[0].member ("form").text ("token"), token);
  EXPECT_NE (outcome.output.find (std::string ("AUTH ") + row.mechanism + "\r"),
             std::string::npos)
      << outcome.output;
  EXPECT_EQ (outcome.status, row.is_taken ? 0 : 67) << outcome.output;
  const Mailbox bob = { "adatum", "bob" };
  EXPECT_EQ (!bob.wait_for (mark, row.is_taken ? 10 : 0).empty (), row.is_taken);
  // {"status":... in base64: RFC 7628 section 3.2.2. curl leaves XOAUTH2 at that.
  EXPECT_EQ (outcome.output.find ("334 eyJzdGF0dXMiO") != std::string::npos,
             !row.is_taken);
}

INSTANTIATE_TEST_SUITE_P (
    Tokens,
    Straight,
    testing::Values (
        StraightRow{ "XoauthFresh", "XOAUTH2", "smtp.send", sender, false, 32, true },
        StraightRow{ "XoauthStale", "XOAUTH2", "smtp.send", sender, true, 32, false },
        StraightRow{ "XoauthLong", "XOAUTH2", "smtp.send", sender, false, 1800, true },
        StraightRow{ "XoauthOtherScope", "XOAUTH2", "profile", sender, false, 32,
                     false },
        StraightRow{ "XoauthOtherUser", "XOAUTH2", "smtp.send", "rose@proseware.com",
                     false, 32, false },
        StraightRow{ "BearerFresh", "OAUTHBEARER", "smtp.send", sender, false, 32,
                     true },
        StraightRow{ "BearerStale", "OAUTHBEARER", "smtp.send", sender, true, 32,
                     false },
        StraightRow{ "BearerLong", "OAUTHBEARER", "smtp.send", sender, false, 1800,
                     true },
        StraightRow{ "BearerOtherScope", "OAUTHBEARER", "profile", sender, false, 32,
                     false },
        StraightRow{ "BearerOtherUser", "OAUTHBEARER", "smtp.send",
                     "rose@proseware.com", false, 32, false }),
    [] (const auto &row) { return std::string (row.param.name); });

}
