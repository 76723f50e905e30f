// SPDX-License-Identifier: GPL-3.0-or-later
// Signing in from the command line, against a bus server with canned answers: what is
// shown, asked and opened, and what ends it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "canned-agent.h"
#include "client-run.h"
#include "running-client.h"

namespace
{

constexpr const char *address = "https://login.example/authorize?state=s&client_id=c";

class SignInTest : public testing::Test
{
protected:
  SignInTest ()
  {
    for (const char *name : { "DISPLAY", "WAYLAND_DISPLAY", "BROWSER" })
      run_.set_environment (name, "");
    run_.set_environment ("XDG_CONFIG_HOME", "/home/terri/.config");
    set_login ("");
    agent_.invitation = std::string ("{'provider': <'Example'>, 'address': <'")
                        + address + "'>, 'expires-in': <uint32 900>}";
    agent_.report = R"([{'server': <'example'>, 'endpoint': <'smtp://a:587'>,
      'access': <'oauth2'>, 'outcome': <'accepted'>, 'stored': <true>}])";
  }

  // An account with one sign-in, of which this is more.
  void
  set_login (const std::string &more)
  {
    agent_.status =
        "{'accounts': <[{'name': <'terri'>, 'logins': <[{'server': <'example'>, "
        "'access': <'oauth2'>, 'user': <'terri@example.net'>, 'provider': <'example'>, "
        "'title': <'Example'>, 'ways': <['browser', 'device', 'paste']>"
        + more + "}]>}]>}";
  }

  std::string
  calls () const
  {
    std::string all;

    for (const std::string &call : agent_.calls)
      all += call + ";";
    return all;
  }

  ClientRun run_;
  CannedAgent agent_{ run_.folder () };
};

TEST_F (SignInTest, BrowserOpensTheAddressAndTheServerTakesTheToken)
{
  const std::string browser = run_.folder () + "/browser";
  const std::string opened = run_.folder () + "/opened";
  const std::string script = "#!/bin/sh\nprintf %s \"$2\" > " + opened + ".new && mv "
                             + opened + ".new " + opened + "\n";

  ASSERT_TRUE (g_file_set_contents (browser.c_str (), script.c_str (), -1, nullptr));
  chmod (browser.c_str (), 0700);
  run_.set_environment ("BROWSER", browser + " --new-tab %s");
  const ClientResult result = run_.go ({ "login", "terri" });

  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  EXPECT_EQ (calls (), "begin terri/example/browser;AwaitSignIn 7;");
  EXPECT_EQ (
      result.output,
      std::string ("Your browser opens this address; sign in there:\n\n  ") + address
          + "\n\n"
            "smtp://a:587  accepts the sign-in, stored\n"
            "Signed in at Example as terri@example.net; the sign-in is stored\n");
  const gint64 deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  g_autofree char *text = nullptr;

  while (!g_file_get_contents (opened.c_str (), &text, nullptr, nullptr)
         && g_get_monotonic_time () < deadline)
    g_usleep (1000);
  EXPECT_STREQ (text, address);
  g_unlink (browser.c_str ());
  g_unlink (opened.c_str ());
}

TEST_F (SignInTest, WithoutADisplayACodeIsTyped)
{
  agent_.invitation =
      "{'provider': <'Example'>, 'address': <'https://login.example/device'>, "
      "'complete-address': <'https://login.example/device?code=ABCD-EFGH'>, "
      "'user-code': <'ABCD-EFGH'>, 'expires-in': <uint32 900>}";
  const ClientResult result = run_.go ({ "login", "terri" });

  EXPECT_EQ (calls (), "begin terri/example/device;AwaitSignIn 7;");
  expect_in ("Open this address on any device:\n\n  https://login.example/device\n\n"
             "and type this code there: ABCD-EFGH\n"
             "Or open this one, which has the code in it:\n\n"
             "  https://login.example/device?code=ABCD-EFGH\n",
             result.output);
  EXPECT_EQ (result.errors, "") << "no countdown without a terminal";
}

TEST_F (SignInTest, WithoutDisplayAndCodesTheAddressIsPasted)
{
  agent_.status = "{'accounts': <[{'name': <'terri'>, 'logins': <[{'server': "
                  "<'example'>, 'access': <'oauth2'>, 'ways': <['browser', "
                  "'paste']>}]>}]>}";
  const ClientResult result =
      run_.go ({ "login", "terri" }, "http://127.0.0.1:1/?code=x&state=s\n");

  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  EXPECT_EQ (calls (), "begin terri/example/paste;"
                       "paste http://127.0.0.1:1/?code=x&state=s;AwaitSignIn 7;");
  expect_in ("Copy the whole address of that page.", result.output);
}

TEST_F (SignInTest, AnotherAddressIsAskedForAgain)
{
  Terminal terminal;
  g_autoptr (GSubprocess) process =
      run_.start_on (terminal.theirs (), { "login", "terri", "--paste" });

  agent_.right_address = "right";
  ASSERT_TRUE (terminal.wait_for ("Address (not shown): "));
  terminal.type ("wrong\n");
  ASSERT_TRUE (terminal.wait_for ("sign-in ends\r\nAddress (not shown): "));
  terminal.type ("right\n");
  ASSERT_TRUE (terminal.wait_for ("the sign-in is stored"));
  ASSERT_TRUE (g_subprocess_wait (process, nullptr, nullptr));
  EXPECT_EQ (g_subprocess_get_exit_status (process), EX_OK);
}

TEST_F (SignInTest, AnotherAddressFromAPipeFails)
{
  agent_.right_address = "right";
  EXPECT_EQ (run_.go ({ "login", "terri", "--paste" }, "wrong\n").exit_code,
             EX_DATAERR);
}

TEST_F (SignInTest, CountdownIsShownOnATerminalAndInterruptedCleanly)
{
  Terminal terminal;
  g_autoptr (GSubprocess) process =
      run_.start_on (terminal.theirs (), { "login", "terri", "--device" });

  agent_.signs_in_at_once = false;
  ASSERT_TRUE (terminal.wait_for ("time left: 14:5"));
  g_subprocess_send_signal (process, SIGINT);
  ASSERT_TRUE (terminal.wait_for ("the sign-in was cancelled"));
  ASSERT_TRUE (g_subprocess_wait (process, nullptr, nullptr));
  EXPECT_EQ (calls (), "begin terri/example/device;AwaitSignIn 7;cancel 7;");
  ASSERT_TRUE (g_subprocess_get_if_signaled (process));
  EXPECT_EQ (g_subprocess_get_term_sig (process), SIGINT);
}

TEST_F (SignInTest, WithoutAClientIdItSaysWhatToRegister)
{
  set_login (", 'needs-client-id': <true>, 'registration': "
             "<'https://console.example/'>, 'advice': <['google-client', "
             "'of-a-later-version']>");
  const ClientResult result = run_.go ({ "login", "terri" });

  EXPECT_EQ (result.exit_code, EX_CONFIG);
  EXPECT_EQ (calls (), "");
  expect_in ("Example gives tokens only to registered programs", result.errors);
  expect_in ("Register a client of your own at https://console.example/:\n"
             "  - make a client of the type “Desktop app”",
             result.errors);
  expect_in ("Then write into /home/terri/.config/roampost/providers/example.conf:\n"
             "  [provider]\n"
             "  client-id=CLIENT-ID\n",
             result.errors);
}

TEST_F (SignInTest, ClientSecretIsAskedForAndHandedOverByPipe)
{
  Terminal terminal;

  set_login (", 'needs-client-secret': <true>");
  g_autoptr (GSubprocess) process =
      run_.start_on (terminal.theirs (), { "login", "terri", "--device" });

  ASSERT_TRUE (terminal.wait_for ("Client secret of your registration at Example: "));
  EXPECT_FALSE (terminal.echoes ());
  terminal.type ("geheim\n");
  ASSERT_TRUE (terminal.wait_for ("the sign-in is stored"));
  ASSERT_TRUE (g_subprocess_wait (process, nullptr, nullptr));
  EXPECT_EQ (calls (), "begin terri/example/device/geheim;AwaitSignIn 7;");
  EXPECT_EQ (terminal.shown ().find ("geheim"), std::string::npos);
}

TEST_F (SignInTest, ClientSecretThatIsNotGivenBeginsNothing)
{
  set_login (", 'needs-client-secret': <true>");
  EXPECT_EQ (run_.go ({ "login", "terri" }, "\n").exit_code, EX_NOINPUT);
  EXPECT_EQ (calls (), "");
}

TEST_F (SignInTest, WhoTakesNoCodesSaysSo)
{
  agent_.status = "{'accounts': <[{'name': <'terri'>, 'logins': <[{'server': "
                  "<'example'>, 'access': <'oauth2'>, 'title': <'Google'>, 'ways': "
                  "<['browser', 'paste']>}]>}]>}";
  const ClientResult result = run_.go ({ "login", "terri", "--device" });

  EXPECT_EQ (result.exit_code, EX_CONFIG);
  expect_in ("Google has no signing in with a code; use --paste", result.errors);
}

TEST_F (SignInTest, GnomeHasItsOwnSettings)
{
  agent_.status = "{'accounts': <[{'name': <'terri'>, 'logins': <[{'server': "
                  "<'example'>, 'access': <'oauth2'>, 'provider': "
                  "<'gnome-online-accounts'>}]>}]>}";
  const ClientResult result = run_.go ({ "login", "terri" });

  EXPECT_EQ (result.exit_code, EX_CONFIG);
  expect_in ("Online Accounts", result.errors);
}

TEST_F (SignInTest, RefusalOfTheProviderComesWithAdvice)
{
  agent_.errors_of["AwaitSignIn"] = RP_BUS_ERROR_SIGN_IN_REFUSED;
  agent_.error_text = "access_denied: AADSTS90094: The grant requires administrator "
                      "permission.";
  const ClientResult result = run_.go ({ "login", "terri" });

  EXPECT_EQ (result.exit_code, EX_NOPERM);
  expect_in ("the provider answers: access_denied: AADSTS90094", result.errors);
  expect_in ("→ Ask the administrator to approve the client", result.output);
}

struct Fault
{
  const char *name;
  RpBusError error;
  int exit_code;
  const char *words;
};

void
PrintTo (const Fault &row, std::ostream *stream)
{
  *stream << row.name;
}

class SignInFails : public SignInTest, public testing::WithParamInterface<Fault>
{
};

TEST_P (SignInFails, InWords)
{
  agent_.errors_of["AwaitSignIn"] = GetParam ().error;
  const ClientResult result = run_.go ({ "login", "terri" });

  EXPECT_EQ (result.exit_code, GetParam ().exit_code);
  expect_in (GetParam ().words, result.errors);
}

const Fault faults[] = {
  { "expired", RP_BUS_ERROR_EXPIRED, EX_TEMPFAIL, "nobody signed in in time" },
  { "outage", RP_BUS_ERROR_OUTAGE, EX_TEMPFAIL, "cannot be asked just now: what" },
  { "over", RP_BUS_ERROR_NO_SUCH_SIGN_IN, EX_TEMPFAIL, "the sign-in is over" },
  { "keyring", RP_BUS_ERROR_KEYRING, EX_UNAVAILABLE, "keyring" },
  { "cancelled", RP_BUS_ERROR_CANCELLED, EX_TEMPFAIL, "cancelled" },
  { "client", RP_BUS_ERROR_NO_CLIENT, EX_CONFIG, "no client ID" },
  { "way", RP_BUS_ERROR_NO_WAY, EX_CONFIG, "no such way" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          SignInFails,
                          testing::ValuesIn (faults),
                          name_of<Fault>);

TEST_F (SignInTest, ServerThatRefusesTheTokenIsToldApart)
{
  agent_.report = R"([{'server': <'example'>, 'endpoint': <'smtp://a:587'>,
    'access': <'oauth2'>, 'outcome': <'refused'>, 'reply': <'535 5.7.3 no'>,
    'trouble': <'token-refused'>, 'stored': <true>}])";
  const ClientResult result = run_.go ({ "login", "terri" });

  EXPECT_EQ (result.exit_code, EX_NOPERM);
  expect_in ("refuses the sign-in, stored", result.output);
  expect_in ("the server does not let it in", result.errors);
}

TEST_F (SignInTest, ServerOutOfReachLeavesTheSignInGood)
{
  agent_.report = R"([{'server': <'example'>, 'endpoint': <'smtp://a:587'>,
    'access': <'oauth2'>, 'outcome': <'unreachable'>, 'stored': <true>}])";
  EXPECT_EQ (run_.go ({ "login", "terri" }).exit_code, EX_OK);
}

TEST_F (SignInTest, JsonStandsAloneOnStandardOutput)
{
  const ClientResult result = run_.go ({ "login", "terri", "--json" });

  EXPECT_EQ (result.output[0], '[');
  expect_in ("https://login.example", result.errors);
}

TEST_F (SignInTest, PasswordIsAskedForAfterTheSignIn)
{
  agent_.status = "{'accounts': <[{'name': <'terri'>, 'logins': <["
                  "{'server': <'isp'>, 'access': <'password'>}, "
                  "{'server': <'example'>, 'access': <'oauth2'>, 'ways': "
                  "<['device']>}]>}]>}";
  run_.go ({ "login", "terri" }, "secret\n");
  EXPECT_EQ (calls (), "begin terri/example/device;AwaitSignIn 7;");
  EXPECT_EQ (agent_.asked, "terri//secret");
}

TEST_F (SignInTest, PasswordIsTheOtherWayWhereNobodyCanSignInYet)
{
  agent_.status = "{'accounts': <[{'name': <'terri'>, 'logins': <["
                  "{'server': <'example'>, 'access': <'oauth2'>, 'needs-client-id': "
                  "<true>}, {'server': <'example'>, 'access': <'password'>}]>}]>}";
  agent_.report = "[{'outcome': <'accepted'>, 'stored': <true>}]";
  const ClientResult result = run_.go ({ "login", "terri" }, "secret\n");

  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  EXPECT_EQ (agent_.asked, "terri//secret");
  agent_.asked = "";
  EXPECT_EQ (run_.go ({ "login", "terri", "--device" }, "secret\n").exit_code,
             EX_CONFIG);
  EXPECT_EQ (agent_.asked, "");
}

TEST_F (SignInTest, OnlyTheServerThatIsMeant)
{
  agent_.status = "{'accounts': <[{'name': <'terri'>, 'logins': <["
                  "{'server': <'isp'>, 'access': <'password'>}, "
                  "{'server': <'example'>, 'access': <'oauth2'>, 'ways': "
                  "<['device']>}]>}]>}";
  run_.go ({ "login", "terri", "--server", "isp" }, "secret\n");
  EXPECT_EQ (calls (), "");
  EXPECT_EQ (agent_.asked, "terri/isp/secret");
}

TEST_F (SignInTest, WaysAreForSignInsAlone)
{
  agent_.status = "{'accounts': <[{'name': <'terri'>, 'logins': <["
                  "{'server': <'isp'>, 'access': <'password'>}]>}]>}";
  EXPECT_EQ (run_.go ({ "login", "terri", "--paste" }, "x\n").exit_code, EX_CONFIG);
  EXPECT_EQ (run_.go ({ "login", "terri", "--paste", "--device" }).exit_code, EX_USAGE);
  EXPECT_EQ (agent_.asked, "");
}

TEST_F (SignInTest, SpeaksGerman)
{
  run_.set_language ("de");
  const ClientResult result = run_.go ({ "login", "terri" });

  expect_in ("Öffnen Sie diese Adresse auf irgendeinem Gerät:", result.output);
  expect_in ("Bei Example angemeldet als terri@example.net; die Anmeldung ist "
             "gespeichert",
             result.output);
}

TEST_F (SignInTest, StatusTellsWhetherTheSignInIsGood)
{
  set_login (", 'state': <'revoked'>");
  agent_.status.insert (1, "'sasl': <['PLAIN', 'XOAUTH2']>, 'libcurl': <'7.88.1'>, ");
  const ClientResult result = run_.go ({ "status" });

  expect_in ("    example: the sign-in does not count any more (terri@example.net)\n",
             result.output);
  expect_in ("Logins that libcurl 7.88.1 can make here: PLAIN, XOAUTH2\n",
             result.output);
}

} // namespace
