/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include "delivery/rp-received.h"

namespace
{

struct Case
{
  const char *name;
  const char *hello;
  gboolean is_esmtp;
  const char *field;
};

void
PrintTo (const Case &row, std::ostream *out)
{
  *out << row.name;
}

class ReceivedTest : public testing::TestWithParam<Case>
{
};

TEST_P (ReceivedTest, ReadsAsWritten)
{
  g_autoptr (RpMessage) message = rp_message_new ("0123ABCD");

  message->hello = g_strdup (GetParam ().hello);
  message->is_esmtp = GetParam ().is_esmtp;
  message->received_at_s = 1795493105; /* 24 November 2026, a Tuesday */
  g_autofree char *field = rp_received_dup_field (message);

  EXPECT_STREQ (field, GetParam ().field);
}

#define REST(with)                                                                     \
  " (localhost)\r\n\tby localhost (roampost) with " with " id 0123ABCD;\r\n"           \
  "\tTue, 24 Nov 2026 04:05:05 +0000\r\n"

const Case cases[] = {
  { "esmtp", "laptop.local", TRUE, "Received: from laptop.local" REST ("ESMTP") },
  { "smtp", "[127.0.0.1]", FALSE, "Received: from [127.0.0.1]" REST ("SMTP") },
  { "nothing_said", nullptr, FALSE, "Received: from localhost" REST ("SMTP") },
  { "no_way_out_of_the_field", "x\r\nBcc: eve@adatum.com", TRUE,
    "Received: from localhost" REST ("ESMTP") },
  { "no_way_into_a_comment", "x(", TRUE, "Received: from localhost" REST ("ESMTP") },
};

INSTANTIATE_TEST_SUITE_P (Fields,
                          ReceivedTest,
                          testing::ValuesIn (cases),
                          [] (const auto &row) { return row.param.name; });

} // namespace
