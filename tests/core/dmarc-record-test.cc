/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include "core/rp-dmarc-record.h"

namespace
{

struct Case
{
  const char *name;
  const char *text;
  gboolean is_parent;
  gboolean is_record;
  RpDmarcPolicy policy;
};

void
PrintTo (const Case &row, std::ostream *out)
{
  *out << row.name;
}

class DmarcRecordTest : public testing::TestWithParam<Case>
{
};

TEST_P (DmarcRecordTest, IsRead)
{
  const Case &row = GetParam ();
  RpDmarcPolicy policy = RP_DMARC_NONE;

  EXPECT_EQ (rp_dmarc_record_parse (row.text, row.is_parent, &policy), row.is_record);
  EXPECT_EQ (policy, row.policy);
}

const Case cases[] = {
  { "reject", "v=DMARC1; p=reject; rua=mailto:a@b.example", FALSE, TRUE,
    RP_DMARC_REJECT },
  { "quarantine", "v=DMARC1;p=quarantine", FALSE, TRUE, RP_DMARC_QUARANTINE },
  { "none", "v=DMARC1; p=none", FALSE, TRUE, RP_DMARC_NONE },
  { "spaces_and_case", "v = DMARC1 ; P = Reject ;", FALSE, TRUE, RP_DMARC_REJECT },
  { "subdomain_policy_counts_for_what_is_below", "v=DMARC1; p=none; sp=reject", TRUE,
    TRUE, RP_DMARC_REJECT },
  { "subdomain_policy_does_not_count_for_itself", "v=DMARC1; p=none; sp=reject", FALSE,
    TRUE, RP_DMARC_NONE },
  { "without_subdomain_policy_the_policy_counts", "v=DMARC1; p=quarantine", TRUE, TRUE,
    RP_DMARC_QUARANTINE },
  { "without_any_policy", "v=DMARC1; rua=mailto:a@b.example", FALSE, TRUE,
    RP_DMARC_NONE },
  { "unknown_policy", "v=DMARC1; p=bounce", FALSE, TRUE, RP_DMARC_NONE },
  { "spf_is_no_dmarc", "v=spf1 -all", FALSE, FALSE, RP_DMARC_NONE },
  { "version_stands_first", "p=reject; v=DMARC1", FALSE, FALSE, RP_DMARC_NONE },
  { "other_version", "v=DMARC2; p=reject", FALSE, FALSE, RP_DMARC_NONE },
  { "empty", "", FALSE, FALSE, RP_DMARC_NONE },
};

INSTANTIATE_TEST_SUITE_P (Records,
                          DmarcRecordTest,
                          testing::ValuesIn (cases),
                          [] (const auto &row) { return row.param.name; });

} // namespace
