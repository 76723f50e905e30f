/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-guard.h"

#include <vector>

#include "state-folder.h"

namespace
{

const gint64 now_s = 1795500000;
using Strings = std::vector<std::string>;

class Guard : public StateFolder
{
protected:
  void
  SetUp () override
  {
    StateFolder::SetUp ();
    open ();
  }

  void
  keep (RpGuardKind kind,
        const char *digest,
        const char *id,
        gint64 at_s = now_s,
        const char *text = nullptr)
  {
    g_autoptr (RpGuardRow) row = rp_guard_row_new (kind, digest, id, at_s, text);

    rp_guard_keep (store, row);
  }

  /* Each row as "digest id kind at text". */
  Strings
  load (gint64 at_s = now_s)
  {
    g_autoptr (GError) error = nullptr;
    g_autoptr (GPtrArray) rows = rp_guard_load (store, at_s, &error);
    Strings strings;

    EXPECT_NE (rows, nullptr);
    for (guint i = 0; rows != nullptr && i < rows->len; i++)
      {
        auto row = static_cast<RpGuardRow *> (g_ptr_array_index (rows, i));

        strings.push_back (std::string (row->digest) + " " + row->message_id + " "
                           + rp_guard_kind_to_nick (row->kind) + " "
                           + std::to_string (row->at_s - now_s) + " "
                           + (row->text != nullptr ? row->text : "-"));
      }
    return strings;
  }
};

TEST_F (Guard, rows_survive_a_restart_oldest_first)
{
  keep (RP_GUARD_UNHEARD, "d2", "B", now_s);
  keep (RP_GUARD_AMBIGUOUS, "d1", "A", now_s - 10, "451 4.4.2 may be delivered");
  close ();
  open ();
  EXPECT_EQ (load (), (Strings{ "d1 A ambiguous -10 451 4.4.2 may be delivered",
                                "d2 B unheard 0 -" }));
}

TEST_F (Guard, one_digest_may_have_several_messages_and_each_one_row)
{
  keep (RP_GUARD_UNHEARD, "d1", "A", now_s - 2);
  keep (RP_GUARD_UNHEARD, "d1", "B", now_s - 1);
  keep (RP_GUARD_AMBIGUOUS, "d1", "A", now_s);
  EXPECT_EQ (load (), (Strings{ "d1 B unheard -1 -", "d1 A ambiguous 0 -" }));
}

TEST_F (Guard, a_digest_is_dropped_alone_and_whole)
{
  keep (RP_GUARD_UNHEARD, "d1", "A");
  keep (RP_GUARD_AMBIGUOUS, "d1", "B");
  keep (RP_GUARD_UNHEARD, "d2", "C");
  rp_guard_drop (store, "d1");
  EXPECT_EQ (load (), Strings{ "d2 C unheard 0 -" });
}

TEST_F (Guard, a_day_later_a_row_no_longer_counts)
{
  keep (RP_GUARD_UNHEARD, "d1", "A", now_s - RP_GUARD_KEPT_S - 1);
  keep (RP_GUARD_UNHEARD, "d2", "B", now_s - RP_GUARD_KEPT_S);
  EXPECT_EQ (load (), Strings{ "d2 B unheard -86400 -" });
  /* Dropped, not only passed over. */
  EXPECT_EQ (load (now_s - 100), Strings{ "d2 B unheard -86400 -" });
}

} /* namespace */
