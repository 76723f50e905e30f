// SPDX-License-Identifier: GPL-3.0-or-later
// What a person gets out of it: the same mail, from everywhere, whatever the provider
// allows; by the way that the plan named; octet for octet.
#include "custody.h"
#include "mailbox.h"

#include <gtest/gtest.h>

using namespace lab;

namespace
{

const char sender[] = "terri@proseware.com";
const char own[] = "joe@proseware.com";
const char foreign[] = "bob@adatum.com";

// What the provider allows, and the line that its subscriber writes for it.
struct Isp
{
  const char *kinds;
  const char *access;
};

const Isp everything = { "password network", "network:home;password" };
const Isp password = { "password", "password" };
const Isp network = { "network", "network:home" };
const Isp range = { "range", "address:203.0.113.64/26" };

struct Row
{
  const char *name;
  Isp isp;
  const char *place;
  bool has_hotel_server;
  const char *foreign_via; // takes mail for other domains, "" when none does
  const char *words;       // where none does: what must be in the answer
  const char *opens_at;    // and the place from where it goes then
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "EverythingHome", everything, "home", true, "proseware", "", "" },
  { "EverythingOffice", everything, "office", true, "proseware", "", "" },
  { "EverythingHotelWithServer", everything, "hotel", true, "proseware", "", "" },
  { "EverythingHotelWithout", everything, "hotel", false, "proseware", "", "" },
  { "PasswordHome", password, "home", true, "proseware", "", "" },
  { "PasswordOffice", password, "office", true, "proseware", "", "" },
  { "PasswordHotelWithServer", password, "hotel", true, "proseware", "", "" },
  { "PasswordHotelWithout", password, "hotel", false, "proseware", "", "" },
  { "NetworkHome", network, "home", true, "proseware", "", "" },
  { "NetworkOffice", network, "office", true, "thephone", "", "" },
  { "NetworkHotelWithServer", network, "hotel", true, "relay", "", "" },
  { "NetworkHotelWithout", network, "hotel", false, "", "home", "home" },
  { "RangeHome", range, "home", true, "", "203.0.113.64/26", "office" },
  { "RangeOffice", range, "office", true, "proseware", "", "" },
  { "RangeHotelWithServer", range, "hotel", true, "relay", "", "" },
  { "RangeHotelWithout", range, "hotel", false, "", "203.0.113.64/26", "office" },
};

const char *
host_of (const std::string &server)
{
  return server == "proseware"  ? "mail.proseware.com"
         : server == "thephone" ? "mail.thephone-company.com"
                                : "relay.hotel.example";
}

class Scenario : public testing::TestWithParam<Row>
{
protected:
  void
  SetUp () override
  {
    const Row &row = GetParam ();
    world ({ "set", "isp", row.isp.kinds });
    world ({ "set", "hotel-server", row.has_hotel_server ? "yes" : "no" });
    world ({ "at", row.place });
    Configuration configuration;
    configuration.access = row.isp.access;
    configuration.has_hotel_server = row.has_hotel_server;
    agent = std::make_unique<Agent> (configuration.text (), row.place);
    mark = unique_mark ();
  }

  void
  expect_arrived (const Mailbox &mailbox, const std::string &message, const char *via)
  {
    const std::string mail = mailbox.wait_for (mark);
    EXPECT_EQ (behind_trace (mail), message);
    EXPECT_EQ (first_hop (mail), host_of (via));
  }

  void
  expect_nowhere ()
  {
    for (const char *server : { "proseware", "thephone", "relay", "adatum" })
      EXPECT_EQ (server_log (server).find (mark), std::string::npos)
          << "content reached " << server;
  }

  // Nobody flushes: being there is enough.
  void
  expect_gone_from (const char *place)
  {
    world ({ "at", place });
    EXPECT_TRUE (agent->is_flushed (5)) << agent->log ();
  }

  std::unique_ptr<Agent> agent;
  std::string mark;
};

TEST_P (Scenario, OwnDomainIsAlwaysAccepted)
{
  const std::string message = fragile_message (sender, own, mark);
  const Reply reply = agent->submit (sender, { own }, message);
  EXPECT_EQ (reply.code, 250) << reply.text << agent->log ();
  expect_arrived ({ "proseware", "joe" }, message, "proseware");
}

TEST_P (Scenario, OtherDomainGoesByTheWayThatThePlanNamed)
{
  const std::string via = GetParam ().foreign_via;
  const std::string message = fragile_message (sender, foreign, mark);
  EXPECT_EQ (agent->planned_servers (sender, { foreign }),
             std::vector<std::string>{ via });
  const Reply reply = agent->submit (sender, { foreign }, message);
  if (via.empty ())
    {
      expect_kept (*agent, reply);
      EXPECT_NE (reply.text.find (GetParam ().words), std::string::npos) << reply.text;
      expect_nowhere ();
      expect_gone_from (GetParam ().opens_at);
      expect_arrived ({ "adatum", "bob" }, message, "proseware");
      return;
    }
  EXPECT_EQ (reply.code, 250) << reply.text << agent->log ();
  EXPECT_NE (reply.text.find ("via " + via), std::string::npos) << reply.text;
  expect_arrived ({ "adatum", "bob" }, message, via.c_str ());
}

TEST_P (Scenario, BothInOneMessageHaveOneAnswer)
{
  const std::string via = GetParam ().foreign_via;
  const std::string message = fragile_message (sender, foreign, mark);
  const Reply reply = agent->submit (sender, { own, foreign }, message);
  if (via.empty ())
    {
      const std::string id = expect_kept (*agent, reply);
      // Kept mail goes to each recipient as soon as it can.
      expect_arrived ({ "proseware", "joe" }, message, "proseware");
      const Queued queued = find_queued (*agent, id);
      ASSERT_EQ (queued.recipients.size (), 2U);
      EXPECT_EQ (queued.recipients[0].state, "sent");
      EXPECT_EQ (queued.recipients[1].state, "waiting");
      EXPECT_EQ (count_arrived ("adatum", "bob", mark), 0);
      expect_gone_from (GetParam ().opens_at);
      expect_arrived ({ "adatum", "bob" }, message, "proseware");
      EXPECT_EQ (count_arrived ("proseware", "joe", mark), 1);
      return;
    }
  EXPECT_EQ (reply.code, 250) << reply.text << agent->log ();
  expect_arrived ({ "proseware", "joe" }, message, "proseware");
  expect_arrived ({ "adatum", "bob" }, message, via.c_str ());
}

INSTANTIATE_TEST_SUITE_P (Isp,
                          Scenario,
                          testing::ValuesIn (rows),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

}
