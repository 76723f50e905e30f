/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mail that goes by an account of the desktop: the agent has its tokens from GNOME
 * Online Accounts, which is played on a bus of the test's own. */
#include "../oauth/played-goa.h"
#include "upstream-scripts.h"

namespace
{

#define USER "terri@proseware.com"

/* What XOAUTH2 and OAUTHBEARER say of the token before it is coded in base64. */
bool
shows_token (const ScriptedServer &server, const std::string &token)
{
  const std::string log = server.tls_log ();

  for (size_t at = 0; (at = log.find (' ', at)) != std::string::npos; at++)
    {
      const std::string word = log.substr (at + 1, log.find ('\r', at) - at - 1);
      gsize n_bytes = 0;
      g_autofree guchar *plain = g_base64_decode (word.c_str (), &n_bytes);

      if (std::string ((const char *) plain, n_bytes).find ("Bearer " + token)
          != std::string::npos)
        return true;
    }
  return false;
}

const Script accepts = { start_tls (),
                         say ("220 here\r\n"),
                         expect ("EHLO"),
                         say ("250-here\r\n250 AUTH XOAUTH2\r\n"),
                         expect ("AUTH XOAUTH2"),
                         say ("235 2.7.0 welcome\r\n"),
                         expect ("MAIL"),
                         say ("250 Ok\r\n"),
                         expect ("RCPT"),
                         say ("250 Ok\r\n"),
                         expect ("DATA"),
                         say ("354 go ahead\r\n"),
                         read_content (),
                         say ("250 2.0.0 Ok: queued as DESKTOP\r\n"),
                         expect ("QUIT"),
                         say ("221 bye\r\n"),
                         cut () };

PlayedGoa::Account
make_account (bool attention_needed = false, const char *provider = "google")
{
  PlayedGoa::Account account;

  account.identity = account.address = account.smtp_user = USER;
  account.attention_needed = attention_needed;
  account.provider = provider;
  return account;
}

class DesktopAccount : public testing::Test
{
protected:
  DesktopAccount () : server (accepts)
  {
    agent.set_environment ("DBUS_SESSION_BUS_ADDRESS", bus.address ());
    agent.configure (listen_at (find_free_port ())
                     + "[account terri]\naddress=" USER "\nservers=proseware\n"
                       "[server proseware]\naccess=oauth2\nuser=" USER
                       "\noauth-provider=gnome-online-accounts\nca-file="
                     + ThrowawayCa::instance ().ca_file ()
                     + "\nendpoints=smtps://127.0.0.1:"
                     + std::to_string (server.port ()) + "\n");
  }

  std::string
  list_states () const
  {
    return agent.ask ({ "queue", "list" }, "$[*].state");
  }

  PrivateBus bus;
  ScriptedServer server;
  RunningAgent agent;
};

TEST_F (DesktopAccount, SendsWithItsToken)
{
  PlayedGoa goa (bus, { make_account () });

  agent.start ();
  expect_in ("queued as DESKTOP", send_message (agent.port (), "kim@adatum.com"));
  EXPECT_EQ (server.problem (), "");
  EXPECT_TRUE (shows_token (server, "ya29.of-terri"));
  EXPECT_EQ (agent.log ().find ("ya29"), std::string::npos);
}

TEST_F (DesktopAccount, KeepsTheMailUntilTheUserHasSignedInAgain)
{
  PlayedGoa goa (bus, { make_account (true) });

  agent.start ();
  const std::string answer = send_message (agent.port (), "kim@adatum.com");

  expect_in ("250 2.0.0 Queued as ", answer);
  expect_in ("sign in again in GNOME Settings under \"Online Accounts\"", answer);
  EXPECT_EQ (server.n_connections (), 0u);
  goa.account ().attention_needed = false;
  goa.say_changed ("AttentionNeeded", false);
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 1; })) << agent.log ();
  EXPECT_TRUE (run_until ([&] { return list_states () == "[]"; }));
  EXPECT_EQ (server.problem (), "");
}

TEST_F (DesktopAccount, OfMicrosoftSaysThatItCannot)
{
  PlayedGoa goa (bus, { make_account (false, "ms_graph") });

  agent.start ();
  const std::string answer = send_message (agent.port (), "kim@adatum.com");

  expect_in ("250 2.0.0 Queued as ", answer);
  expect_in ("may not send by SMTP; write oauth-provider=microsoft", answer);
  EXPECT_EQ (server.n_connections (), 0u);
  EXPECT_EQ (list_states (), "[\"waiting\"]");
}

TEST_F (DesktopAccount, IsNotThere)
{
  PlayedGoa goa (bus);

  agent.start ();
  const std::string answer = send_message (agent.port (), "kim@adatum.com");

  expect_in ("250 2.0.0 Queued as ", answer);
  expect_in ("GNOME Settings has no account " USER "; add it there", answer);
}

} // namespace
