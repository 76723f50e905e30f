// SPDX-License-Identifier: GPL-3.0-or-later
// The world without the agent: real servers say what they say to people who have none.
#include "conversation.h"
#include "lab.h"
#include "mailbox.h"

#include <gtest/gtest.h>

using namespace lab;

namespace
{

const char home_server[] = "198.51.100.25";

struct Row
{
  const char *name;
  const char *place;
  const char *user;
  const char *domain;
  const char *server; // that keeps the mailbox
  int code;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

class ArticleRow : public testing::TestWithParam<Row>
{
};

// The six rows: straight to the ISP's server at home, without AUTH.
TEST_P (ArticleRow, RealPostfixSaysWhatPeopleSee)
{
  const Row &row = GetParam ();
  world ({ "set", "isp", "password network" });
  world ({ "at", row.place });
  const std::string to = std::string (row.user) + "@" + row.domain;
  const std::string mark = unique_mark ();
  const std::string message = fragile_message ("terri@proseware.com", to, mark);

  Conversation server (home_server, 25);
  const Reply reply = server.submit ("terri@proseware.com", { to }, message);

  EXPECT_EQ (reply.code, row.code) << reply.text;
  if (row.code == 250)
    EXPECT_EQ (behind_trace (Mailbox{ row.server, row.user }.wait_for (mark)), message);
  else
    EXPECT_EQ (reply.text, "554 5.7.1 <" + to + ">: Relay access denied\n");
}

INSTANTIATE_TEST_SUITE_P (
    Article,
    ArticleRow,
    testing::Values (
        Row{ "HomeToOwnDomain", "home", "joe", "proseware.com", "proseware", 250 },
        Row{ "HomeToOther", "home", "bob", "adatum.com", "adatum", 250 },
        Row{ "OfficeToOwnDomain", "office", "joe", "proseware.com", "proseware", 250 },
        Row{ "OfficeToOther", "office", "bob", "adatum.com", "adatum", 554 },
        Row{ "HotelToOwnDomain", "hotel", "joe", "proseware.com", "proseware", 250 },
        Row{ "HotelToOther", "hotel", "bob", "adatum.com", "adatum", 554 }),
    [] (const auto &row) { return std::string (row.param.name); });

struct Permission
{
  const char *name;
  const char *kinds;
  const char *place;
  int code; // to a foreign domain, port 25, no AUTH
};

void
PrintTo (const Permission &row, std::ostream *out)
{
  *out << row.name;
}

class IspPermission : public testing::TestWithParam<Permission>
{
};

TEST_P (IspPermission, DecidesWhoMayRelay)
{
  world ({ "set", "isp", GetParam ().kinds });
  world ({ "at", GetParam ().place });
  Conversation server (home_server, 25);
  server.command ("EHLO laptop.example");
  server.command ("MAIL FROM:<terri@proseware.com>");
  EXPECT_EQ (server.command ("RCPT TO:<bob@adatum.com>").code, GetParam ().code);
}

INSTANTIATE_TEST_SUITE_P (
    Kinds,
    IspPermission,
    testing::Values (Permission{ "PasswordHome", "password", "home", 554 },
                     Permission{ "PasswordOffice", "password", "office", 554 },
                     Permission{ "NetworkHome", "network", "home", 250 },
                     Permission{ "NetworkOffice", "network", "office", 554 },
                     Permission{ "RangeHome", "range", "home", 554 },
                     Permission{ "RangeOffice", "range", "office", 250 },
                     Permission{ "RangeHotel", "range", "hotel", 554 },
                     Permission{ "PopHome", "pop", "home", 554 }),
    [] (const auto &row) { return std::string (row.param.name); });

// The user's own commands, for what needs TLS.
Outcome
swaks (const Arguments &arguments)
{
  Arguments whole = { "swaks",          "--timeout",           "2",
                      "--from",         "terri@proseware.com", "--to",
                      "bob@adatum.com", "--quit-after",        "RCPT" };
  whole.insert (whole.end (), arguments.begin (), arguments.end ());
  return run_on_laptop (whole);
}

const Arguments implicit_tls = {
  "--server",   "mail.proseware.com:465", "-tlsc", "-a", "PLAIN", "-au", "terri", "-ap",
  "pw of terri"
};
const Arguments starttls = {
  "--server",   "mail.proseware.com:587", "-tls", "-a", "LOGIN", "-au", "terri", "-ap",
  "pw of terri"
};
const Arguments clear = { "--server", "mail.proseware.com:25" };

TEST (World, PasswordOpensTheIspFromAnywhere)
{
  world ({ "set", "isp", "password" });
  world ({ "at", "hotel" });
  EXPECT_EQ (swaks (implicit_tls).status, 0);
  EXPECT_EQ (swaks (starttls).status, 0);
  Arguments wrong = starttls;
  wrong.back () = "something else";
  EXPECT_NE (swaks (wrong).output.find ("535 5.7.8"), std::string::npos);
}

TEST (World, PopLoginOpensTheIspForThatAddress)
{
  world ({ "set", "isp", "pop" });
  world ({ "at", "office" });
  EXPECT_NE (swaks (clear).output.find ("554 5.7.1"), std::string::npos);
  const std::string url = "pop3s://terri:pw%20of%20terri@pop.proseware.com/";
  EXPECT_EQ (run_on_laptop ({ "curl", "-sS", url }).status, 0);
  EXPECT_EQ (swaks (clear).status, 0);
  world ({ "at", "hotel" });
  EXPECT_NE (swaks (clear).output.find ("554 5.7.1"), std::string::npos);
}

TEST (World, IspRefusesASenderThatIsNotTheLoginsOwn)
{
  world ({ "set", "isp", "password" });
  world ({ "set", "isp-sender", "own" });
  Arguments rose = starttls;
  rose[6] = "rose";
  rose[8] = "pw of rose";
  EXPECT_NE (swaks (rose).output.find ("553 5.7.1 <terri@proseware.com>: Sender "
                                       "address rejected: not owned by user rose"),
             std::string::npos);
  EXPECT_EQ (swaks (starttls).status, 0);
  world ({ "set", "isp-sender", "any" });
}

TEST (World, HotelHasAServerOfItsOwnOrNone)
{
  world ({ "at", "hotel" });
  const Arguments relay = { "--server", "relay.hotel.example:25" };
  EXPECT_EQ (swaks (relay).status, 0);
  world ({ "set", "hotel-server", "no" });
  EXPECT_NE (swaks (relay).output.find ("Connection refused"), std::string::npos);
  world ({ "set", "hotel-server", "yes" });
}

struct Hotel
{
  const char *name;
  const char *setting;
  const char *value;
  const Arguments *way;
  const char *says;
};

void
PrintTo (const Hotel &row, std::ostream *out)
{
  *out << row.name;
}

class HotelPort : public testing::TestWithParam<Hotel>
{
};

TEST_P (HotelPort, IsInTheWay)
{
  const Hotel &row = GetParam ();
  world ({ "set", "isp", "password" });
  world ({ "at", "hotel" });
  world ({ "set", row.setting, row.value });
  const Outcome outcome = swaks (*row.way);
  world ({ "set", row.setting, "open" });
  EXPECT_NE (outcome.output.find (row.says), std::string::npos) << outcome.output;
}

INSTANTIATE_TEST_SUITE_P (
    Hotel,
    HotelPort,
    testing::Values (
        Hotel{ "25Dropped", "hotel-25", "dropped", &clear, "timeout" },
        Hotel{ "25Refused", "hotel-25", "refused", &clear, "Connection refused" },
        Hotel{ "25Redirected", "hotel-25", "redirected", &clear,
               "220 relay.hotel.example" },
        Hotel{ "25Open", "hotel-25", "open", &clear, "220 mail.proseware.com" },
        Hotel{ "465Dropped", "hotel-465", "dropped", &implicit_tls, "timeout" },
        Hotel{ "587Dropped", "hotel-587", "dropped", &starttls, "timeout" }),
    [] (const auto &row) { return std::string (row.param.name); });

TEST (World, ASilentNameServerAnswersNothing)
{
  world ({ "at", "home" });
  const Arguments ask = { "timeout", "1", "getent", "ahostsv4", "mail.proseware.com" };
  EXPECT_EQ (run_on_laptop (ask).status, 0);
  world ({ "set", "dns", "silent" });
  EXPECT_EQ (run_on_laptop (ask).status, 124);
  world ({ "set", "dns", "open" });
}

}
