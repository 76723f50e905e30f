/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config, account, server and network on real files; the agent's answers are canned. */
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <sysexits.h>

#include "canned-agent.h"
#include "client-run.h"

namespace
{

const char *const base = R"(# my mail
[account terri]
address=terri@proseware.com
aliases=*@terri.example
servers=proseware

[server proseware]
endpoints=smtps://smtp.proseware.com
access=password
user=terri

[network work]
ssid=The Phone
server=proseware

[network work.2]
dns-domain=corp.example
)";

class ConfigCommands : public testing::Test
{
protected:
  ConfigCommands ()
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-config-XXXXXX", nullptr);

    folder_ = folder;
    file_ = folder_ + "/my.conf";
    write (base);
  }

  ~ConfigCommands () override
  {
    g_unlink (file_.c_str ());
    g_rmdir (folder_.c_str ());
  }

  void
  write (const std::string &text) const
  {
    std::ofstream (file_) << text;
  }

  std::string
  read () const
  {
    std::ifstream file (file_);
    std::stringstream text;

    text << file.rdbuf ();
    return text.str ();
  }

  ClientResult
  go (std::vector<std::string> words) const
  {
    words.insert (words.begin () + 2, { "--config", file_ });
    return run_.go (words);
  }

  ClientRun run_;
  std::string folder_;
  std::string file_;
};

TEST_F (ConfigCommands, CheckTellsWhatIsInForce)
{
  ClientResult result = go ({ "config", "check" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output, "read " + file_
                                + "\nmail is taken at 127.0.0.1:2525, [::1]:2525\n"
                                  "account terri sends as terri@proseware.com by"
                                  " proseware\n1 server, 2 places\n");
  EXPECT_EQ (result.errors, "");
}

TEST_F (ConfigCommands, CheckWarnsOfAPopLoginInClear)
{
  const std::string with_pop =
      "[account a]\naddress=a@a.example\nservers=s\n"
      "[server s]\nendpoints=smtps://s.example\naccess=pop\nuser=u\npop=";

  write (with_pop + "pop3+insecure://pop.a.example\n");
  ClientResult result = go ({ "config", "check" });
  EXPECT_EQ (result.exit_code, EX_OK);
  expect_in ("server s: nothing protects the login at pop3+insecure://pop.a.example;"
             " whoever is on the way reads the password",
             result.output);
  for (const char *url : { "pop3://pop.a.example", "pop3+insecure://127.0.0.1" })
    {
      write (with_pop + url + "\n");
      EXPECT_EQ (go ({ "config", "check" }).output.find ("nothing protects"),
                 std::string::npos)
          << url;
    }
}

TEST_F (ConfigCommands, CheckTellsEveryMistake)
{
  write ("[agent]\npatience=x\nlanguages=de\n");
  ClientResult result = run_.go ({ "config", "check", file_ });

  EXPECT_EQ (result.exit_code, EX_CONFIG);
  EXPECT_EQ (result.output, "");
  EXPECT_EQ (
      result.errors,
      file_
          + ":2: patience=x is no duration; write seconds from 1 to 600, such as"
            " patience=25\n"
          + file_
          + ":3: unknown key 'languages' in [agent]; did you mean 'language'?\n");
}

TEST_F (ConfigCommands, CheckSpeaksTheUsersLanguage)
{
  run_.set_language ("de");
  write ("[agent]\npatience=x\n");
  expect_in (":2: patience=x ist keine Dauer; schreiben Sie Sekunden von 1 bis 600",
             go ({ "config", "check" }).errors);
  expect_in ("\"text\" : \"patience=x ist keine Dauer",
             go ({ "config", "check", "--json" }).output);
}

TEST_F (ConfigCommands, CheckPrintsMistakesAsJson)
{
  write ("[agent]\npatience=x\n");
  ClientResult result = go ({ "config", "check", "--json" });

  EXPECT_EQ (result.exit_code, EX_CONFIG);
  expect_in ("\"line\" : 2", result.output);
  expect_in ("\"text\" : \"patience=x is no duration", result.output);
  EXPECT_EQ (result.errors, "");
}

TEST_F (ConfigCommands, CheckMissesAFile)
{
  ClientResult result = run_.go ({ "config", "check", folder_ + "/gone.conf" });

  EXPECT_EQ (result.exit_code, EX_CONFIG);
  EXPECT_EQ (result.errors, folder_ + "/gone.conf: there is no such file\n");
}

TEST_F (ConfigCommands, AccountsAreListedAndShown)
{
  EXPECT_EQ (go ({ "account", "list" }).output,
             "terri  terri@proseware.com  proseware\n");
  EXPECT_EQ (go ({ "account", "show", "terri" }).output,
             "[account terri]\naddress=terri@proseware.com\naliases=*@terri.example\n"
             "servers=proseware\n");
  EXPECT_EQ (go ({ "server", "list" }).output,
             "proseware  smtps://smtp.proseware.com  password\n");
  EXPECT_EQ (go ({ "server", "show", "proseware" }).output,
             "[server proseware]\nendpoints=smtps://smtp.proseware.com\n"
             "access=password\nuser=terri\ntimeout=60\nehlo=[127.0.0.1]\n");
  expect_in ("\"endpoints\" : [",
             go ({ "server", "show", "proseware", "--json" }).output);
  EXPECT_EQ (go ({ "account", "show", "tim" }).exit_code, EX_DATAERR);
}

TEST_F (ConfigCommands, AddWritesBehindAllThatIsThere)
{
  ClientResult result =
      go ({ "server", "add", "adatum", "--endpoint", "smtps://smtp.adatum.com",
            "--endpoint", "smtp://smtp.adatum.com", "--user", "tim", "--domain",
            "adatum.com", "--secret-command", "pass show a; true" });

  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  EXPECT_EQ (read (), std::string (base)
                          + "\n[server adatum]\n"
                            "endpoints=smtps://smtp.adatum.com;smtp://smtp.adatum.com\n"
                            "domains=adatum.com\naccess=password\nuser=tim\n"
                            "secret-command=pass show a; true\n");

  result = go ({ "account", "add", "tim", "--address", "tim@adatum.com", "--alias",
                 "*@tim.example", "--server", "adatum", "--server", "location",
                 "--default" });
  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  expect_in ("\n[account tim]\naddress=tim@adatum.com\naliases=*@tim.example\n"
             "servers=adatum;location\ndefault=yes\n",
             read ());
}

TEST_F (ConfigCommands, AddPointsToTheLogin)
{
  expect_in ("roampost login tim", go ({ "account", "add", "tim", "--address",
                                         "tim@adatum.com", "--server", "proseware" })
                                       .output);
}

struct RefusedCase
{
  const char *name;
  std::vector<std::string> words;
  int exit_code;
  const char *in_errors;
};

void
PrintTo (const RefusedCase &row, std::ostream *stream)
{
  *stream << row.name;
}

class RefusedCommands : public ConfigCommands,
                        public testing::WithParamInterface<RefusedCase>
{
};

TEST_P (RefusedCommands, WriteNothing)
{
  ClientResult result = go (GetParam ().words);

  EXPECT_EQ (result.exit_code, GetParam ().exit_code);
  expect_in (GetParam ().in_errors, result.errors);
  EXPECT_EQ (read (), base);
}

const RefusedCase refused_cases[] = {
  { "no_name",
    { "account", "add", "--address", "a@b.c" },
    EX_USAGE,
    "name is missing" },
  { "two_names", { "account", "add", "a", "b" }, EX_USAGE, "“b” is too much" },
  { "no_address",
    { "account", "add", "tim", "--server", "proseware" },
    EX_CONFIG,
    "[account tim] has no address" },
  { "unknown_server",
    { "account", "add", "tim", "--address", "a@b.c", "--server", "prosewear" },
    EX_CONFIG,
    "did you mean 'proseware'?" },
  { "taken", { "account", "add", "terri" }, EX_DATAERR, "a [account terri] already" },
  { "twice",
    { "account", "add", "tim", "--address", "a@b.c", "--address", "d@e.f" },
    EX_USAGE,
    "--address was given twice" },
  { "bad_endpoint",
    { "server", "add", "adatum", "--endpoint", "smtp.adatum.com", "--user", "u" },
    EX_CONFIG,
    "says nothing about TLS" },
  { "server_in_use", { "server", "remove", "proseware" }, EX_CONFIG, "my.conf:5: " },
  { "remove_unknown",
    { "server", "remove", "x" },
    EX_DATAERR,
    "there is no [server x]" },
  { "name_without_agent",
    { "network", "name", "home" },
    EX_UNAVAILABLE,
    "no agent answers" },
  { "forget_without_agent",
    { "network", "forget", "work" },
    EX_UNAVAILABLE,
    "no agent answers" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          RefusedCommands,
                          testing::ValuesIn (refused_cases),
                          name_of<RefusedCase>);

TEST_F (ConfigCommands, RemoveLeavesTheRest)
{
  ClientResult result = go ({ "account", "remove", "terri" });

  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  EXPECT_EQ (read (), "# my mail\n"
                          + std::string (base).substr (
                              std::string (base).find ("\n[server proseware]")));
}

TEST_F (ConfigCommands, BrokenFilesAreMendedFirst)
{
  write ("[account\n");
  ClientResult result = go ({ "account", "remove", "terri" });

  EXPECT_EQ (result.exit_code, EX_CONFIG);
  expect_in ("my.conf:1: ", result.errors);
  EXPECT_EQ (read (), "[account\n");
}

class NetworkCommands : public ConfigCommands
{
protected:
  CannedAgent agent_{ run_.folder () };
};

// The agent may have been given another file than this command reads.
struct OtherFile
{
  const char *name;
  std::vector<std::string> words;
  const char *status; // MINE stands for the file that is read
  const char *in_errors;
};

void
PrintTo (const OtherFile &row, std::ostream *stream)
{
  *stream << row.name;
}

class OtherFileTest : public NetworkCommands,
                      public testing::WithParamInterface<OtherFile>
{
};

TEST_P (OtherFileTest, IsTold)
{
  std::string status = GetParam ().status;
  size_t at = status.find ("MINE");

  if (at != std::string::npos)
    status.replace (at, 4, file_);
  agent_.status = status;
  run_.set_environment ("ROAMPOST_CONFIG", file_);
  ClientResult result = run_.go (GetParam ().words);

  EXPECT_EQ (result.exit_code, EX_OK);
  expect_in ("proseware", result.output);
  expect_in (GetParam ().in_errors, result.errors);
}

const char *const elsewhere = "{'configuration': <{'files': <['/demo/agent.conf']>}>}";
const char *const note =
    "the agent reads /demo/agent.conf, which is not read here; “--config"
    " /demo/agent.conf” is about that file\n";
const OtherFile other_files[] = {
  { "accounts", { "account", "list" }, elsewhere, note },
  { "servers", { "server", "list" }, elsewhere, note },
  { "one_server", { "server", "show", "proseware" }, elsewhere, note },
  { "as_json", { "account", "list", "--json" }, elsewhere, note },
  { "one_of_two",
    { "account", "list" },
    "{'configuration': <{'files': <['MINE', '/demo/agent.conf']>}>}",
    note },
  { "the_same",
    { "account", "list" },
    "{'configuration': <{'files': <['MINE']>}>}",
    "" },
  { "none", { "account", "list" }, "{'configuration': <{'files': <@as []>}>}", "" },
  { "not_said", { "account", "list" }, "{'version': <'0.1.0'>}", "" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          OtherFileTest,
                          testing::ValuesIn (other_files),
                          name_of<OtherFile>);

TEST_F (NetworkCommands, AFileThatIsNamedIsMeant)
{
  agent_.status = elsewhere;
  EXPECT_EQ (go ({ "account", "list" }).errors, "");
}

TEST_F (NetworkCommands, List)
{
  agent_.networks = R"([
    {'name': <'home'>, 'is-here': <true>, 'server': <''>},
    {'name': <'work'>, 'is-here': <false>, 'server': <'thephone'>, 'lessons': <[
      ('unreachable', 'smtp://smtp.proseware.com:25'), ('relay-denied', 'proseware')]>}
    ])";
  ClientResult result = run_.go ({ "network", "list" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (result.output,
             "* home\n  work  its server is thephone\n"
             "    smtp://smtp.proseware.com:25 could not be reached from there\n"
             "    proseware does not relay from there\n");
  expect_in ("\"is-here\" : true", run_.go ({ "network", "list", "--json" }).output);
}

TEST_F (NetworkCommands, ListPointsToNaming)
{
  expect_in ("roampost network name NAME", run_.go ({ "network", "list" }).output);
}

TEST_F (NetworkCommands, NameWritesWhatIsSeen)
{
  agent_.status = R"({'network': <''>, 'surroundings': <{
    'gateway-mac': <'52:54:00:12:34:56'>, 'ssid': <'Chen'>,
    'dns-domains': <['lan', 'example.org']>}>})";
  ClientResult result = go ({ "network", "name", "home", "--server", "proseware" });

  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  EXPECT_EQ (read (), std::string (base)
                          + "\n[network home]\ngateway-mac=52:54:00:12:34:56\n"
                            "dns-domain=lan;example.org\nserver=proseware\n");
}

TEST_F (NetworkCommands, NameAddsAPlace)
{
  agent_.status = R"({'surroundings': <{'ssid': <'Phone; Guests'>,
    'dns-domains': <['vpn.example']>, 'vpns': <['office']>}>})";
  ClientResult result = go ({ "network", "name", "work" });

  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  EXPECT_EQ (read (),
             std::string (base) + "\n[network work.3]\nssid=Phone\\; Guests\n");
  EXPECT_EQ (agent_.reloads, 1u);
}

TEST_F (NetworkCommands, NameThatWasNotWrittenIsNotRead)
{
  go ({ "network", "name", "home" });

  EXPECT_EQ (agent_.reloads, 0u);
}

TEST_F (NetworkCommands, NameNeedsFacts)
{
  ClientResult result = go ({ "network", "name", "home" });

  EXPECT_EQ (result.exit_code, EX_UNAVAILABLE);
  EXPECT_EQ (read (), base);
}

TEST_F (NetworkCommands, NameRefusesASecondName)
{
  agent_.status = "{'network': <'work'>}";
  ClientResult result = go ({ "network", "name", "home" });

  EXPECT_EQ (result.exit_code, EX_DATAERR);
  expect_in ("roampost network forget work", result.errors);
}

TEST_F (NetworkCommands, ForgetTakesAllPlacesAndLessons)
{
  ClientResult result = go ({ "network", "forget", "work" });

  EXPECT_EQ (result.exit_code, EX_OK) << result.errors;
  EXPECT_EQ (read (),
             std::string (base).substr (0, std::string (base).find ("[network work]")));
  EXPECT_EQ (agent_.asked, "forget work");
  EXPECT_EQ (agent_.reloads, 1u);
}

TEST_F (NetworkCommands, ForgetHere)
{
  ClientResult result = run_.go ({ "network", "forget" });

  EXPECT_EQ (result.exit_code, EX_OK);
  EXPECT_EQ (agent_.asked, "forget ");
}

TEST_F (NetworkCommands, ReloadTellsWhatTheAgentSays)
{
  EXPECT_EQ (run_.go ({ "config", "reload" }).exit_code, EX_OK);
  agent_.reload_errors = { "my.conf:3: wrong" };
  ClientResult result = run_.go ({ "config", "reload" });

  EXPECT_EQ (result.exit_code, EX_CONFIG);
  expect_in ("my.conf:3: wrong\n", result.errors);
}

} // namespace
