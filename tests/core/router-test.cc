/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decision tables: tests/routes/NAME.table holds a configuration, "%%", abbreviations
 * ("let NAME = TEXT") and one case a line: "what is the matter => what is planned".
 *
 * Left of the arrow: at=PLACE (see kPlaces), to=ADDRESS,... from=ADDRESS,
 * cred=SERVER:STATE,... seen=SERVER:PORT:NO,... (what an endpoint cannot: 8bit, utf8,
 * or size=OCTETS), has=8bit,utf8,size=OCTETS, learned=KIND:SUBJECT, dmarc=POLICY,
 * said=ADDRESS (the header From).
 *
 * Right of it, for each recipient, separated by ";": the routes in their order as
 * [~]SERVER:PORT/PERMISSION[!], with "~" for relaying and "!" for put last; then what
 * is left out as -SERVER[:PORT]{REASON:ARGUMENTS}[+], with "+" for what may open
 * later. */
#include "core/rp-router.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace
{

constexpr gint64 kNow = 1764000000;

using Words = std::vector<std::string>;

Words
split (const std::string &text, char separator)
{
  Words words;
  std::string word;
  std::istringstream stream (text);

  while (std::getline (stream, word, separator))
    if (!word.empty ())
      words.push_back (word);
  return words;
}

std::string
read_file (const std::string &path)
{
  std::ifstream stream (path);
  std::ostringstream text;

  text << stream.rdbuf ();
  return text.str ();
}

struct Table
{
  RpConfig *config = nullptr;
  std::map<std::string, std::string> abbreviations;

  Table () = default;
  Table (const Table &) = delete;
  Table &operator= (const Table &) = delete;
  ~Table ()
  {
    rp_config_unref (config);
  }
};

struct Case
{
  std::string table;
  guint line;
  std::string question;
  std::string answer;
};

void
PrintTo (const Case &row, std::ostream *out)
{
  *out << row.table << ":" << row.line;
}

RpConfig *
load_config (const std::string &name, const std::string &text)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (
      reinterpret_cast<GDestroyNotify> (rp_keyfile_row_free));
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (
      reinterpret_cast<GDestroyNotify> (rp_config_error_free));

  rp_keyfile_parse (name.c_str (), text.data (), text.size (), rows, errors);
  RpConfig *config = rp_config_new (rows, errors);
  for (guint i = 0; i < errors->len; i++)
    {
      g_autofree char *error = rp_config_error_dup_text (
          static_cast<RpConfigError *> (g_ptr_array_index (errors, i)), nullptr);
      fprintf (stderr, "%s\n", error);
    }
  g_assert (config != nullptr);
  return config;
}

std::map<std::string, Table> tables;

std::string
expand (const Table &table, const std::string &text)
{
  std::string result;

  for (const std::string &word : split (text, ' '))
    {
      auto found = table.abbreviations.find (word);
      std::string expanded = found == table.abbreviations.end () ? word : found->second;
      result += (result.empty () || expanded.empty () ? "" : " ") + expanded;
    }
  return result;
}

std::vector<Case>
load_table (const std::string &name)
{
  std::string text = read_file (std::string (g_getenv ("RP_TEST_SOURCE_DIR"))
                                + "/routes/" + name + ".table");
  gsize border = text.find ("\n%%\n");
  std::vector<Case> cases;
  std::istringstream stream (text);
  std::string line;
  guint number = 0;
  bool is_case = false;

  g_assert (border != std::string::npos);
  Table &table = tables[name];
  table.config = load_config (name, text.substr (0, border + 1));
  while (std::getline (stream, line))
    {
      gsize arrow = line.find ("=>");

      number++;
      if (line == "%%")
        is_case = true;
      else if (is_case && line.find ("let ") == 0)
        {
          gsize equals = line.find (" = ");
          table.abbreviations[line.substr (4, equals - 4)] =
              expand (table, line.substr (equals + 3));
        }
      else if (is_case && arrow != std::string::npos)
        cases.push_back ({ name, number, line.substr (0, arrow),
                           expand (table, line.substr (arrow + 2)) });
      else
        g_assert (!is_case || line.empty () || line[0] == '#');
    }
  g_assert (!cases.empty ());
  return cases;
}

/* ---- the question ---- */

const std::map<std::string, const char *> kPlaces = {
  { "home", "{'ssid': <'home'>, 'addresses': <['192.168.7.20']>}" },
  { "cable",
    "{'connection-uuid': <'11111111-2222-3333-4444-555555555555'>, "
    "'connection-type': <'802-3-ethernet'>, 'addresses': <['192.168.1.20']>}" },
  { "work",
    "{'dns-domains': <['corp.thephone-company.com']>, 'addresses': <['10.1.2.3']>}" },
  { "hotel", "{'ssid': <'hotel'>, 'addresses': <['172.16.0.9']>}" },
  { "grand", "{'ssid': <'grand'>, 'addresses': <['172.20.0.4']>}" },
  { "offline", "{'connectivity': <'none'>}" },
};

struct Question
{
  RpSurroundings *surroundings = nullptr;
  RpEnvelope *envelope = nullptr;
  RpContentFacts facts = {};
  bool has_facts = false;
  RpMemory *memory = rp_memory_new ();
  GHashTable *credentials =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, nullptr);
  GHashTable *capabilities =
      g_hash_table_new_full (g_str_hash,
                             g_str_equal,
                             g_free,
                             reinterpret_cast<GDestroyNotify> (rp_capabilities_free));
  RpDmarcPolicy dmarc = RP_DMARC_NONE;

  Question () = default;
  Question (const Question &) = delete;
  Question &operator= (const Question &) = delete;
  ~Question ()
  {
    rp_surroundings_free (surroundings);
    rp_envelope_free (envelope);
    g_free (facts.header_from);
    rp_memory_free (memory);
    g_hash_table_unref (credentials);
    g_hash_table_unref (capabilities);
  }
};

const std::map<std::string, RpCredentialsState> kStates = {
  { "revoked", RP_CREDENTIALS_REVOKED }, { "present", RP_CREDENTIALS_PRESENT },
  { "unknown", RP_CREDENTIALS_UNKNOWN }, { "missing", RP_CREDENTIALS_MISSING },
  { "locked", RP_CREDENTIALS_LOCKED },   { "unavailable", RP_CREDENTIALS_UNAVAILABLE },
};

const RpEndpoint *
find_endpoint (RpConfig *config, const std::string &server, const std::string &port)
{
  const RpServer *found = rp_config_get_server (config, server.c_str ());

  g_assert (found != nullptr);
  for (guint i = 0; i < found->endpoints->len; i++)
    {
      auto endpoint =
          static_cast<const RpEndpoint *> (g_ptr_array_index (found->endpoints, i));

      if (std::to_string (endpoint->port) == port)
        return endpoint;
    }
  g_assert_not_reached ();
}

/* "proseware:587:8bit,size=1000" */
void
read_seen (Question &question, RpConfig *config, const std::string &value)
{
  Words parts = split (value, ':');
  RpCapabilities *seen = rp_capabilities_new ();

  seen->has_8bitmime = TRUE;
  seen->has_smtputf8 = TRUE;
  for (const std::string &lack : split (parts.size () > 2 ? parts[2] : "", ','))
    if (lack == "8bit")
      seen->has_8bitmime = FALSE;
    else if (lack == "utf8")
      seen->has_smtputf8 = FALSE;
    else
      seen->max_message_bytes = std::stoull (lack.substr (5));
  g_hash_table_insert (question.capabilities,
                       g_strdup (find_endpoint (config, parts[0], parts[1])->url),
                       seen);
}

void
read_has (Question &question, const std::string &value)
{
  question.has_facts = true;
  for (const std::string &fact : split (value, ','))
    if (fact == "8bit")
      question.facts.is_8bit = TRUE;
    else if (fact == "utf8")
      question.facts.is_8bit = question.facts.has_utf8_header = TRUE;
    else
      question.facts.n_bytes = std::stoull (fact.substr (5));
}

/* "unreachable:proseware:465", "relay-denied:thephone", each with "@PLACE" behind it
 * where it was learned somewhere else than here, and "-OLD" where it is too old. */
void
read_learned (Question &question, RpConfig *config, std::string value)
{
  gint64 at = kNow;
  const RpSurroundings *where = question.surroundings;
  g_autoptr (RpSurroundings) other = nullptr;

  if (gsize old = value.find ("-OLD"); old != std::string::npos)
    {
      at -= RP_MEMORY_KEPT_S;
      value = value.substr (0, old);
    }
  if (gsize mark = value.find ('@'); mark != std::string::npos)
    {
      g_autoptr (GVariant) seen = g_variant_ref_sink (
          g_variant_new_parsed (kPlaces.at (value.substr (mark + 1))));
      where = other = rp_surroundings_from_variant (seen);
      value = value.substr (0, mark);
    }

  Words parts = split (value, ':');
  RpLessonKind kind;
  g_assert (rp_lesson_kind_from_nick (parts[0].c_str (), &kind));
  g_autofree char *place = rp_surroundings_dup_place (where, config);
  rp_memory_learn (question.memory,
                   rp_lesson_new (kind, place,
                                  kind == RP_LESSON_UNREACHABLE
                                      ? find_endpoint (config, parts[1], parts[2])->url
                                      : parts[1].c_str (),
                                  at));
}

std::string
get_value (const std::string &text, const std::string &key, const char *fallback)
{
  for (const std::string &word : split (text, ' '))
    if (word.find (key + "=") == 0)
      return word.substr (key.size () + 1);
  return fallback;
}

/* "proseware" for all its accesses, "proseware/oauth2" for one. */
void
note_credentials (Question &question,
                  const std::string &subject,
                  RpCredentialsState state)
{
  std::string server = subject.substr (0, subject.find ('/'));
  std::string wanted =
      server.size () < subject.size () ? subject.substr (server.size () + 1) : "";

  for (int kind = RP_ACCESS_PASSWORD; kind <= RP_ACCESS_POP; kind++)
    if (wanted.empty ()
        || wanted == rp_access_kind_to_nick (static_cast<RpAccessKind> (kind)))
      g_hash_table_insert (question.credentials,
                           rp_view_dup_credentials_key (
                               server.c_str (), static_cast<RpAccessKind> (kind)),
                           GINT_TO_POINTER (state));
}

void
read_question (Question &question, RpConfig *config, const std::string &text)
{
  std::string sender = get_value (text, "from", "terri@proseware.com");
  g_autoptr (GVariant) seen = g_variant_ref_sink (
      g_variant_new_parsed (kPlaces.at (get_value (text, "at", "hotel"))));

  question.surroundings = rp_surroundings_from_variant (seen);
  question.envelope = rp_envelope_new (sender == "<>" ? "" : sender.c_str ());
  for (const std::string &to : split (get_value (text, "to", "bob@adatum.com"), ','))
    rp_envelope_add_recipient (question.envelope, to.c_str ());
  for (guint i = 0; i < config->servers->len; i++)
    note_credentials (
        question,
        static_cast<RpServer *> (g_ptr_array_index (config->servers, i))->name,
        RP_CREDENTIALS_PRESENT);

  for (const std::string &word : split (text, ' '))
    {
      std::string key = word.substr (0, word.find ('='));
      std::string value = word.substr (word.find ('=') + 1);

      if (key == "cred")
        for (const std::string &pair : split (value, ','))
          note_credentials (question, split (pair, ':')[0],
                            kStates.at (split (pair, ':')[1]));
      else if (key == "seen")
        read_seen (question, config, value);
      else if (key == "has")
        read_has (question, value);
      else if (key == "learned")
        read_learned (question, config, value);
      else if (key == "dmarc")
        question.dmarc = value == "reject" ? RP_DMARC_REJECT : RP_DMARC_QUARANTINE;
      else if (key == "said")
        {
          question.has_facts = true;
          question.facts.header_from = g_strdup (value.c_str ());
        }
      else
        g_assert (key == "at" || key == "to" || key == "from");
    }
}

/* ---- the answer ---- */

std::string
write_route (const RpRoute *route)
{
  return std::string (route->is_relaying ? "~" : "") + route->server->name + ":"
         + std::to_string (route->endpoint->port) + "/"
         + rp_permission_to_nick (route->permission)
         + (route->demotion != nullptr ? "!" : "");
}

std::string
write_left_out (const RpLeftOut *left_out)
{
  std::string text = "-";
  std::string server = left_out->server != nullptr ? left_out->server : "";

  text += server;
  if (left_out->endpoint != nullptr)
    text += std::string (strrchr (left_out->endpoint, ':'));
  text += std::string ("{") + rp_reason_code_to_nick (left_out->reason->code);
  for (guint i = 0; left_out->reason->args[i] != nullptr; i++)
    if ((server.empty () || left_out->reason->args[i] != server)
        && g_strcmp0 (left_out->reason->args[i], left_out->endpoint) != 0)
      text += std::string (":") + left_out->reason->args[i];
  return text + "}" + (left_out->can_open_later ? "+" : "");
}

std::string
write_plan (const RpPlan *plan)
{
  std::string text;

  for (guint i = 0; i < plan->recipients->len; i++)
    {
      const RpRecipientPlan *recipient = rp_plan_get_recipient (plan, i);
      Words words;

      for (guint j = 0; j < recipient->routes->len; j++)
        words.push_back (write_route (rp_recipient_plan_get_route (recipient, j)));
      for (guint j = 0; j < recipient->left_out->len; j++)
        words.push_back (
            write_left_out (rp_recipient_plan_get_left_out (recipient, j)));
      if (words.empty ())
        words.push_back ("(nothing)");
      for (const std::string &word : words)
        text += (text.empty () ? "" : " ") + word;
      if (i + 1 < plan->recipients->len)
        text += " ;";
    }
  return text;
}

RpPlan *
make_plan (const Question &question, RpConfig *config)
{
  RpView view = {};
  const RpAccount *account =
      question.envelope->sender[0] != '\0'
          ? rp_config_find_account (config, question.envelope->sender)
          : rp_config_get_default_account (config);

  g_assert (account != nullptr);
  view.now_s = kNow;
  view.surroundings = question.surroundings;
  view.memory = question.memory;
  view.credentials = question.credentials;
  view.capabilities = question.capabilities;
  view.dmarc = question.dmarc;
  return rp_router_plan (config, &view, account, question.envelope,
                         question.has_facts ? &question.facts : nullptr);
}

/* A word a line, as diff -U0 would show both. */
std::string
show_difference (const std::string &expected, const std::string &actual)
{
  Words left = split (expected, ' ');
  Words right = split (actual, ' ');
  std::string text;
  gsize same = 0;

  while (same < left.size () && same < right.size () && left[same] == right[same])
    same++;
  for (gsize i = 0; i < same; i++)
    text += "  " + left[i] + "\n";
  for (gsize i = same; i < left.size (); i++)
    text += "- " + left[i] + "\n";
  for (gsize i = same; i < right.size (); i++)
    text += "+ " + right[i] + "\n";
  return text;
}

class Routes : public testing::TestWithParam<Case>
{
};

TEST_P (Routes, ArePlanned)
{
  const Case &row = GetParam ();
  const Table &table = tables[row.table];
  Question question;

  read_question (question, table.config, row.question);
  g_autoptr (RpPlan) plan = make_plan (question, table.config);
  std::string actual = write_plan (plan);

  EXPECT_TRUE (actual == row.answer)
      << "tests/routes/" << row.table << ".table:" << row.line << ": " << row.question
      << "\n--- the table\n+++ the plan\n"
      << show_difference (row.answer, actual);
}

std::string
name_of (const testing::TestParamInfo<Case> &row)
{
  std::string name = std::to_string (row.param.line);

  for (char c : row.param.question.substr (0, 60))
    name += g_ascii_isalnum (c) ? c : '_';
  return name;
}

#define RP_ROUTES(suite, table)                                                        \
  INSTANTIATE_TEST_SUITE_P (suite, Routes, testing::ValuesIn (load_table (table)),     \
                            name_of)

RP_ROUTES (Password, "password");
RP_ROUTES (Logins, "logins");
RP_ROUTES (Pop, "pop");
RP_ROUTES (Network, "network");
RP_ROUTES (Address, "address");
RP_ROUTES (Several, "several");
RP_ROUTES (Senders, "senders");
RP_ROUTES (Dmarc, "dmarc");
RP_ROUTES (ClearText, "clear-text");
RP_ROUTES (Content, "content");
RP_ROUTES (Lessons, "lessons");

/* ---- the plan as a value ---- */

TEST (PlanVariant, IsAsTheBusDescribesIt)
{
  const Table &table = tables["network"];
  Question question;

  read_question (question, table.config,
                 "at=work to=joe@proseware.com,bob@adatum.com "
                 "learned=relay-denied:thephone");
  g_autoptr (RpPlan) plan = make_plan (question, table.config);
  g_autoptr (GVariant) variant = g_variant_ref_sink (rp_plan_to_variant (plan));
  g_autofree char *text = g_variant_print (variant, FALSE);

  EXPECT_NE (strstr (text, "'account': <'terri'>"), nullptr) << text;
  EXPECT_NE (strstr (text, "'network': <'work'>"), nullptr) << text;
  EXPECT_NE (strstr (text, "'connectivity': <'unknown'>"), nullptr) << text;
  EXPECT_NE (strstr (text, "'address': <'joe@proseware.com'>, 'routes': <[{"), nullptr)
      << text;
  EXPECT_NE (strstr (text, "'server': <'proseware'>"), nullptr) << text;
  EXPECT_NE (strstr (text, "'endpoint': <'smtps://smtp.proseware.com:465'>"), nullptr)
      << text;
  EXPECT_NE (strstr (text, "'permission': <'hosts'>"), nullptr) << text;
  EXPECT_NE (strstr (text, "'relaying': <false>"), nullptr) << text;
  EXPECT_NE (strstr (text, "'relaying': <true>"), nullptr) << text;
  EXPECT_NE (strstr (text, "'reason': <('hosts-domain', ['proseware', "
                           "'proseware.com'])>"),
             nullptr)
      << text;
  EXPECT_NE (strstr (text, "'demotion': <('relay-denied-before', ['thephone', "
                           "'work'])>"),
             nullptr)
      << text;
  EXPECT_NE (strstr (text, "'left-out': <[{"), nullptr) << text;
  EXPECT_NE (strstr (text, "'can-open-later': <true>"), nullptr) << text;
  EXPECT_NE (strstr (text, "('not-on-network', ['proseware', 'home'])"), nullptr)
      << text;
}

TEST (PlanOpenable, NamesTheNetworkThatWouldOpenARoute)
{
  const Table &table = tables["network"];
  Question question;

  read_question (question, table.config, "at=hotel");
  g_autoptr (RpPlan) plan = make_plan (question, table.config);
  const RpLeftOut *openable =
      rp_recipient_plan_find_openable (rp_plan_get_recipient (plan, 0));

  ASSERT_NE (openable, nullptr);
  EXPECT_EQ (openable->reason->code, RP_REASON_NOT_ON_NETWORK);
  EXPECT_STREQ (openable->reason->args[1], "home");
}

TEST (PlanOpenable, FindsNothingWhereNothingOpens)
{
  const Table &table = tables["several"];
  Question question;

  read_question (question, table.config, "at=hotel from=plain@proseware.com");
  g_autoptr (RpPlan) plan = make_plan (question, table.config);

  EXPECT_EQ (rp_recipient_plan_find_openable (rp_plan_get_recipient (plan, 0)),
             nullptr);
}

TEST (PlanPlace, KnowsNetworkAndConnectivity)
{
  const Table &table = tables["password"];
  Question question;

  read_question (question, table.config, "at=offline");
  g_autoptr (RpPlan) plan = make_plan (question, table.config);

  EXPECT_EQ (plan->connectivity, RP_CONNECTIVITY_NONE);
  EXPECT_EQ (plan->network, nullptr);
  EXPECT_STREQ (plan->place, "");
}

} // namespace
