/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-login-exchange.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace
{

std::string
base64 (const std::string &octets)
{
  g_autofree char *coded = g_base64_encode (
      reinterpret_cast<const guchar *> (octets.data ()), octets.size ());

  return coded;
}

const std::string zero (1, '\0');

struct Row
{
  const char *name;
  const char *mechanism;
  const char *initial; /* null for none */
  std::vector<std::string> answers;
  RpLoginStatus status;
  const char *user;
  const char *password;
  bool is_for_other;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const std::string terri = base64 (zero + "terri" + zero + "secret");
const std::string terri_as_terri = base64 ("terri" + zero + "terri" + zero + "secret");
const std::string benny_as_terri = base64 ("terri" + zero + "benny" + zero + "secret");
const std::string no_password = base64 (zero + "terri" + zero);
const std::string one_nul = base64 (zero + "terri");
const std::string no_nul = base64 ("terri");
const std::string three_nuls = base64 (zero + "terri" + zero + "sec" + zero + "ret");
const std::string no_user = base64 (zero + zero + "secret");
const std::string latin1 = base64 (zero + "terri" + zero + "\xfc");

const Row rows[] = {
  { "plain", "PLAIN", terri.c_str (), {}, RP_LOGIN_COMPLETE, "terri", "secret", false },
  { "plain_prompt",
    "PLAIN",
    nullptr,
    { terri },
    RP_LOGIN_COMPLETE,
    "terri",
    "secret",
    false },
  { "plain_same_twice",
    "PLAIN",
    terri_as_terri.c_str (),
    {},
    RP_LOGIN_COMPLETE,
    "terri",
    "secret",
    false },
  { "plain_for_other",
    "PLAIN",
    benny_as_terri.c_str (),
    {},
    RP_LOGIN_COMPLETE,
    "benny",
    "secret",
    true },
  { "plain_empty_password",
    "PLAIN",
    no_password.c_str (),
    {},
    RP_LOGIN_COMPLETE,
    "terri",
    "",
    false },
  { "plain_one_nul",
    "PLAIN",
    one_nul.c_str (),
    {},
    RP_LOGIN_MALFORMED,
    nullptr,
    nullptr,
    false },
  { "plain_no_nul",
    "PLAIN",
    no_nul.c_str (),
    {},
    RP_LOGIN_MALFORMED,
    nullptr,
    nullptr,
    false },
  { "plain_three_nuls",
    "PLAIN",
    three_nuls.c_str (),
    {},
    RP_LOGIN_MALFORMED,
    nullptr,
    nullptr,
    false },
  { "plain_no_user",
    "PLAIN",
    no_user.c_str (),
    {},
    RP_LOGIN_MALFORMED,
    nullptr,
    nullptr,
    false },
  { "plain_latin1",
    "PLAIN",
    latin1.c_str (),
    {},
    RP_LOGIN_MALFORMED,
    nullptr,
    nullptr,
    false },
  { "plain_empty", "PLAIN", "=", {}, RP_LOGIN_MALFORMED, nullptr, nullptr, false },
  { "plain_no_base64",
    "PLAIN",
    "!!!!",
    {},
    RP_LOGIN_MALFORMED,
    nullptr,
    nullptr,
    false },
  { "plain_cut_base64",
    "PLAIN",
    "AHR",
    {},
    RP_LOGIN_MALFORMED,
    nullptr,
    nullptr,
    false },
  { "plain_padding_within",
    "PLAIN",
    "AH==AAAA",
    {},
    RP_LOGIN_MALFORMED,
    nullptr,
    nullptr,
    false },
  { "plain_cancelled",
    "PLAIN",
    nullptr,
    { "*" },
    RP_LOGIN_CANCELLED,
    nullptr,
    nullptr,
    false },
  { "login",
    "LOGIN",
    nullptr,
    { "dGVycmk=", "c2VjcmV0" },
    RP_LOGIN_COMPLETE,
    "terri",
    "secret",
    false },
  { "login_initial",
    "LOGIN",
    "dGVycmk=",
    { "c2VjcmV0" },
    RP_LOGIN_COMPLETE,
    "terri",
    "secret",
    false },
  { "login_empty_password",
    "LOGIN",
    "dGVycmk=",
    { "" },
    RP_LOGIN_COMPLETE,
    "terri",
    "",
    false },
  { "login_half",
    "LOGIN",
    nullptr,
    { "dGVycmk=" },
    RP_LOGIN_PROMPT,
    "terri",
    nullptr,
    false },
  { "login_cancelled",
    "LOGIN",
    "dGVycmk=",
    { "*" },
    RP_LOGIN_CANCELLED,
    "terri",
    nullptr,
    false },
  { "login_nul", "LOGIN", "AAAA", {}, RP_LOGIN_MALFORMED, nullptr, nullptr, false },
  { "unknown", "CRAM-MD5", nullptr, {}, RP_LOGIN_UNKNOWN, nullptr, nullptr, false },
};

class Login : public testing::TestWithParam<Row>
{
};

TEST_P (Login, exchange)
{
  const Row &row = GetParam ();
  g_autoptr (RpLoginExchange) login = rp_login_exchange_new ();
  RpLoginStatus status = rp_login_exchange_start (login, row.mechanism, row.initial);

  for (auto &answer : row.answers)
    {
      ASSERT_EQ (status, RP_LOGIN_PROMPT);
      status = rp_login_exchange_answer (login, answer.c_str ());
    }
  EXPECT_EQ (status, row.status);
  EXPECT_STREQ (rp_login_exchange_get_user (login), row.user);
  EXPECT_STREQ (rp_login_exchange_get_password (login), row.password);
  EXPECT_EQ (bool (rp_login_exchange_is_for_other (login)), row.is_for_other);
}

INSTANTIATE_TEST_SUITE_P (rows, Login, testing::ValuesIn (rows), [] (const auto &row) {
  return row.param.name;
});

TEST (Login, prompts_are_the_words_that_programs_look_for)
{
  g_autoptr (RpLoginExchange) login = rp_login_exchange_new ();

  rp_login_exchange_start (login, "LOGIN", nullptr);
  EXPECT_EQ (rp_login_exchange_get_prompt (login), base64 ("Username:"));
  rp_login_exchange_answer (login, "dGVycmk=");
  EXPECT_EQ (rp_login_exchange_get_prompt (login), base64 ("Password:"));
}

TEST (Login, prompt_of_plain_is_empty)
{
  g_autoptr (RpLoginExchange) login = rp_login_exchange_new ();

  rp_login_exchange_start (login, "PLAIN", nullptr);
  EXPECT_STREQ (rp_login_exchange_get_prompt (login), "");
}

}
