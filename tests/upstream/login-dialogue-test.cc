/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <vector>

#include "upstream/rp-login-dialogue.h"

namespace
{

struct DialogueRow
{
  const char *name;
  RpTlsMode tls;
  std::vector<const char *> lines;
  RpLoginStage reply_stage;
  guint code; /* 0 for no whole reply */
  bool is_authenticated;
  bool has_tls;
  bool is_broken;
};

void
PrintTo (const DialogueRow &row, std::ostream *out)
{
  *out << row.name;
}

class Dialogue : public testing::TestWithParam<DialogueRow>
{
};

TEST_P (Dialogue, KnowsWhatWasAnswered)
{
  const DialogueRow &row = GetParam ();
  g_autoptr (RpLoginDialogue) dialogue = rp_login_dialogue_new (row.tls);

  for (const char *line : row.lines)
    rp_login_dialogue_read_line (dialogue, line, strlen (line));

  EXPECT_EQ (dialogue->reply != nullptr ? dialogue->reply->code : 0, row.code);
  EXPECT_EQ (dialogue->reply_stage, row.reply_stage);
  EXPECT_EQ (dialogue->is_authenticated, row.is_authenticated);
  EXPECT_EQ (dialogue->has_tls, row.has_tls);
  EXPECT_EQ (dialogue->is_broken, row.is_broken);
}

const DialogueRow rows[] = {
  { "nothing", RP_TLS_STARTTLS, {}, RP_LOGIN_STAGE_GREETING, 0, false, false, false },
  { "half_a_greeting",
    RP_TLS_STARTTLS,
    { "220-hello\r\n" },
    RP_LOGIN_STAGE_GREETING,
    0,
    false,
    false,
    false },
  { "refused",
    RP_TLS_STARTTLS,
    { "554 no\r\n" },
    RP_LOGIN_STAGE_GREETING,
    554,
    false,
    false,
    false },
  { "http",
    RP_TLS_STARTTLS,
    { "HTTP/1.1 400 Bad\r\n" },
    RP_LOGIN_STAGE_GREETING,
    0,
    false,
    false,
    true },
  { "ehlo",
    RP_TLS_STARTTLS,
    { "220 hi\r\n", "250-x\r\n", "250 STARTTLS\r\n" },
    RP_LOGIN_STAGE_EHLO,
    250,
    false,
    false,
    false },
  { "helo_after_ehlo",
    RP_TLS_NONE,
    { "220 hi\r\n", "502 no\r\n", "250 x\r\n" },
    RP_LOGIN_STAGE_EHLO,
    250,
    false,
    false,
    false },
  { "starttls_refused",
    RP_TLS_STARTTLS,
    { "220 hi\r\n", "250 STARTTLS\r\n", "454 no\r\n" },
    RP_LOGIN_STAGE_STARTTLS,
    454,
    false,
    false,
    false },
  { "starttls",
    RP_TLS_STARTTLS,
    { "220 hi\r\n", "250 STARTTLS\r\n", "220 go\r\n" },
    RP_LOGIN_STAGE_STARTTLS,
    220,
    false,
    true,
    false },
  { "second_ehlo",
    RP_TLS_STARTTLS,
    { "220 hi\r\n", "250 STARTTLS\r\n", "220 go\r\n", "250 x\r\n" },
    RP_LOGIN_STAGE_EHLO,
    250,
    false,
    true,
    false },
  { "login",
    RP_TLS_STARTTLS,
    { "220 hi\r\n", "250 STARTTLS\r\n", "220 go\r\n", "250 x\r\n", "334 \r\n",
      "235 in\r\n" },
    RP_LOGIN_STAGE_AUTH,
    235,
    true,
    true,
    false },
  { "login_refused",
    RP_TLS_IMPLICIT,
    { "220 hi\r\n", "250 x\r\n", "535 no\r\n" },
    RP_LOGIN_STAGE_AUTH,
    535,
    false,
    true,
    false },
  { "login_250_is_none",
    RP_TLS_IMPLICIT,
    { "220 hi\r\n", "250 x\r\n", "250 ok\r\n" },
    RP_LOGIN_STAGE_AUTH,
    250,
    false,
    true,
    false },
  { "235_as_greeting_is_none",
    RP_TLS_IMPLICIT,
    { "235 in\r\n" },
    RP_LOGIN_STAGE_GREETING,
    235,
    false,
    true,
    false },
  { "235_before_tls_is_none",
    RP_TLS_STARTTLS,
    { "220 hi\r\n", "250 STARTTLS\r\n", "235 in\r\n" },
    RP_LOGIN_STAGE_STARTTLS,
    235,
    false,
    true,
    false },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Dialogue,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

TEST (LoginDialogue, ForgetsWhatWasOfferedBeforeTls)
{
  g_autoptr (RpLoginDialogue) dialogue = rp_login_dialogue_new (RP_TLS_STARTTLS);
  const char *const before[] = { "220 hi\r\n", "250-x\r\n", "250-AUTH PLAIN\r\n",
                                 "250 STARTTLS\r\n" };

  for (const char *line : before)
    rp_login_dialogue_read_line (dialogue, line, strlen (line));
  ASSERT_NE (dialogue->capabilities, nullptr);
  EXPECT_NE (dialogue->capabilities->auth_mechanisms, nullptr);

  rp_login_dialogue_read_line (dialogue, "220 go\r\n", 8);
  EXPECT_EQ (dialogue->capabilities, nullptr);

  rp_login_dialogue_read_line (dialogue, "250-x\r\n", 7);
  EXPECT_TRUE (rp_login_dialogue_read_line (dialogue, "250 SIZE 9\r\n", 12));
  EXPECT_EQ (dialogue->capabilities->auth_mechanisms, nullptr);
  EXPECT_EQ (dialogue->capabilities->max_message_bytes, 9u);
}

} // namespace
