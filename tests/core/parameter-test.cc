/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-parameter.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

struct Row
{
  const char *name;
  std::string text;
  bool is_sender;
  guint code; /* 0 for taken, 1 for grammar */
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "none", "", true, 0 },
  { "blanks", "   ", true, 0 },
  { "all_of_mail", " SIZE=1 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a AUTH=a@b", true,
    0 },
  { "lower_case", " size=1 body=8bitmime", true, 0 },
  { "several_blanks", "  SIZE=1   BODY=7BIT ", true, 0 },
  { "size_most", " SIZE=18446744073709551615", true, 0 },
  { "size_overflow", " SIZE=18446744073709551616", true, 501 },
  { "size_21_digits", " SIZE=000000000000000000001", true, 501 },
  { "size_negative", " SIZE=-1", true, 501 },
  { "size_bare", " SIZE", true, 501 },
  { "size_crlf", " SIZE=1\r\nRCPT", true, 1 },
  { "body_binary", " BODY=BINARYMIME", true, 501 },
  { "body_bare", " BODY", true, 501 },
  { "smtputf8_value", " SMTPUTF8=yes", true, 501 },
  { "ret_other", " RET=ALL", true, 501 },
  { "envid_100", " ENVID=" + std::string (100, 'a'), true, 0 },
  { "envid_101", " ENVID=" + std::string (101, 'a'), true, 501 },
  { "envid_bad_hex", " ENVID=+0a", true, 501 },
  { "envid_hex", " ENVID=+0A", true, 0 },
  { "auth_null", " AUTH=<>", true, 0 },
  { "auth_bad_xtext", " AUTH=a+", true, 501 },
  { "auth_bare", " AUTH", true, 501 },
  { "notify_at_mail", " NOTIFY=NEVER", true, 555 },
  { "unknown", " MT-PRIORITY=3", true, 555 },
  { "keyword_malformed", " -A=1", true, 1 },
  { "keyword_signs", " A_B=1", true, 1 },
  { "keyword_empty", " =1", true, 1 },
  { "value_empty", " SIZE=", true, 1 },
  { "value_two_equals", " ENVID=a=b", true, 1 },
  { "value_latin1", " ENVID=\xfc", true, 1 },
  { "twice", " SIZE=1 size=2", true, 1 },
  { "no_blank_in_front", "SIZE=1", true, 1 },
  { "notify", " NOTIFY=SUCCESS,FAILURE,DELAY", false, 0 },
  { "notify_never", " NOTIFY=never", false, 0 },
  { "notify_never_and_more", " NOTIFY=FAILURE,NEVER", false, 501 },
  { "notify_other", " NOTIFY=ALWAYS", false, 501 },
  { "notify_empty_word", " NOTIFY=FAILURE,", false, 501 },
  { "notify_bare", " NOTIFY", false, 501 },
  { "orcpt", " ORCPT=rfc822;a+2Bb@c", false, 0 },
  { "orcpt_utf8", " ORCPT=utf-8;jürgen@c", false, 0 },
  { "orcpt_utf8_in_other_type", " ORCPT=rfc822;jürgen@c", false, 501 },
  { "orcpt_no_type", " ORCPT=a@b", false, 501 },
  { "orcpt_empty", " ORCPT=rfc822;", false, 501 },
  { "orcpt_bad_type", " ORCPT=rfc_822;a", false, 501 },
  { "orcpt_500", " ORCPT=rfc822;" + std::string (493, 'a'), false, 0 },
  { "orcpt_501", " ORCPT=rfc822;" + std::string (494, 'a'), false, 501 },
  { "size_at_rcpt", " SIZE=1", false, 555 },
};

class Parameters : public testing::TestWithParam<Row>
{
};

TEST_P (Parameters, are_taken_or_refused)
{
  const Row &row = GetParam ();
  g_autoptr (GPtrArray) parameters =
      rp_parameters_parse (row.text.data (), row.text.size ());
  g_autoptr (RpEnvelope) envelope = rp_envelope_new ("");
  g_autoptr (RpReply) refusal = nullptr;

  ASSERT_EQ (parameters == nullptr, row.code == 1);
  if (parameters == nullptr)
    return;

  RpRecipient *recipient = rp_envelope_add_recipient (envelope, "a@b");
  refusal =
      row.is_sender
          ? rp_parameters_apply_to_sender (parameters, RP_FEATURE_ALL, envelope)
          : rp_parameters_apply_to_recipient (parameters, RP_FEATURE_ALL, recipient);
  EXPECT_EQ (refusal != nullptr ? refusal->code : 0, row.code);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Parameters,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

TEST (Parameters, nul_hides_nothing)
{
  EXPECT_EQ (rp_parameters_parse (" SIZE=1\0 XX", 11), nullptr);
}

TEST (Parameters, what_is_not_offered_is_unknown)
{
  g_autoptr (RpEnvelope) envelope = rp_envelope_new ("");
  g_autoptr (GPtrArray) parameters = rp_parameters_parse (" SIZE=1", 7);
  g_autoptr (RpReply) refusal = rp_parameters_apply_to_sender (
      parameters, RP_FEATURE_ALL & ~RP_FEATURE_SIZE, envelope);

  ASSERT_NE (refusal, nullptr);
  EXPECT_EQ (refusal->code, 555u);
}

TEST (Parameters, coded_values_stay_coded)
{
  g_autoptr (RpEnvelope) envelope = rp_envelope_new ("");
  g_autoptr (GPtrArray) parameters = rp_parameters_parse (" ENVID=a+0D+0Ab", 15);

  EXPECT_EQ (rp_parameters_apply_to_sender (parameters, RP_FEATURE_ALL, envelope),
             nullptr);
  EXPECT_STREQ (envelope->envid, "a+0D+0Ab");
}

}
