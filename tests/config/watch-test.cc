/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/rp-config-watch.h"

#include "folder.h"

namespace
{

#define DEADLINE_S 10

std::string
with_patience (int patience)
{
  return "[agent]\npatience=" + std::to_string (patience)
         + "\n[account a]\naddress=a@a.example\nservers=s\n[server s]\n"
           "endpoints=smtps://s.example\naccess=password\nuser=u\n";
}

gboolean
on_deadline (gpointer user_data)
{
  *static_cast<bool *> (user_data) = true;
  return G_SOURCE_REMOVE;
}

class WatchTest : public testing::Test
{
protected:
  WatchTest ()
  {
    std::string system = folder.file ("etc/roampost");
    std::string user = folder.file ("home/.config/roampost");
    const char *folders[] = { system.c_str (), user.c_str (), nullptr };

    std::filesystem::create_directories (folder.file ("etc"));
    std::filesystem::create_directories (folder.file ("home"));
    watch = rp_config_watch_new (rp_config_loader_new_for_folders (folders));
    g_signal_connect_swapped (watch, "loaded",
                              G_CALLBACK (+[] (int *count) { (*count)++; }), &n_loaded);
    g_signal_connect_swapped (watch, "failed",
                              G_CALLBACK (+[] (int *count) { (*count)++; }), &n_failed);
  }

  ~WatchTest () override
  {
    g_object_unref (watch);
  }

  guint
  patience ()
  {
    return rp_config_watch_get_config (watch)->patience_s;
  }

  std::string
  errors ()
  {
    g_auto (GStrv) texts =
        rp_config_errors_dup_texts (rp_config_watch_get_errors (watch), nullptr);
    g_autofree char *joined = g_strjoinv ("\n", texts);

    return joined;
  }

  /* Runs the loop until @count is reached. */
  testing::AssertionResult
  reaches (const int &count, int wanted)
  {
    bool is_late = false;
    guint source = g_timeout_add_seconds (DEADLINE_S, on_deadline, &is_late);

    while (count < wanted && !is_late)
      g_main_context_iteration (nullptr, TRUE);
    if (is_late)
      return testing::AssertionFailure () << count << " instead of " << wanted;
    g_source_remove (source);
    return testing::AssertionSuccess ();
  }

  Folder folder;
  RpConfigWatch *watch;
  int n_loaded = 0;
  int n_failed = 0;
};

TEST_F (WatchTest, loads_at_the_start)
{
  folder.write ("etc/roampost/roampost.conf", with_patience (5));

  EXPECT_TRUE (rp_config_watch_start (watch));
  EXPECT_EQ (n_loaded, 1);
  EXPECT_EQ (patience (), 5U);
  EXPECT_STREQ (rp_config_watch_get_files (watch)[0],
                folder.file ("etc/roampost/roampost.conf").c_str ());
}

TEST_F (WatchTest, fails_at_the_start)
{
  folder.write ("etc/roampost/roampost.conf", "x\n");

  EXPECT_FALSE (rp_config_watch_start (watch));
  EXPECT_EQ (n_failed, 1);
  EXPECT_EQ (rp_config_watch_get_config (watch), nullptr);
  EXPECT_NE (errors (), "");
  folder.write ("etc/roampost/roampost.conf", with_patience (5));
  EXPECT_TRUE (reaches (n_loaded, 1));
  EXPECT_EQ (errors (), "");
}

TEST_F (WatchTest, sees_a_change)
{
  folder.write ("etc/roampost/roampost.conf", with_patience (5));
  rp_config_watch_start (watch);
  folder.write ("etc/roampost/roampost.conf", with_patience (6));

  EXPECT_TRUE (reaches (n_loaded, 2));
  EXPECT_EQ (patience (), 6U);
}

TEST_F (WatchTest, sees_folders_that_come_later)
{
  rp_config_watch_start (watch);
  folder.write ("home/.config/roampost/roampost.conf", with_patience (6));
  ASSERT_TRUE (reaches (n_loaded, 2));
  EXPECT_EQ (patience (), 6U);

  folder.write ("home/.config/roampost/roampost.conf.d/a.conf",
                "[agent]\npatience=7\n");
  ASSERT_TRUE (reaches (n_loaded, 3));
  EXPECT_EQ (patience (), 7U);

  folder.write ("home/.config/roampost/roampost.conf.d/a.conf",
                "[agent]\npatience=8\n");
  ASSERT_TRUE (reaches (n_loaded, 4));
  EXPECT_EQ (patience (), 8U);
}

TEST_F (WatchTest, sees_a_removed_drop_in)
{
  folder.write ("etc/roampost/roampost.conf", with_patience (5));
  folder.write ("etc/roampost/roampost.conf.d/a.conf", "[agent]\npatience=6\n");
  rp_config_watch_start (watch);
  std::filesystem::remove_all (folder.file ("etc/roampost/roampost.conf.d"));

  EXPECT_TRUE (reaches (n_loaded, 2));
  EXPECT_EQ (patience (), 5U);
}

TEST_F (WatchTest, sees_the_target_of_a_link)
{
  folder.write ("dotfiles/mail.conf", with_patience (5));
  std::filesystem::create_directories (folder.file ("etc/roampost"));
  std::filesystem::create_symlink (folder.file ("dotfiles/mail.conf"),
                                   folder.file ("etc/roampost/roampost.conf"));
  rp_config_watch_start (watch);
  folder.write ("dotfiles/mail.conf", with_patience (6));

  EXPECT_TRUE (reaches (n_loaded, 2));
  EXPECT_EQ (patience (), 6U);
}

TEST_F (WatchTest, keeps_the_last_good_one)
{
  folder.write ("etc/roampost/roampost.conf", with_patience (5));
  rp_config_watch_start (watch);
  folder.write ("etc/roampost/roampost.conf", with_patience (0));

  ASSERT_TRUE (reaches (n_failed, 1));
  EXPECT_EQ (patience (), 5U);
  EXPECT_NE (errors ().find ("roampost.conf:2: "), std::string::npos) << errors ();
  EXPECT_FALSE (rp_config_watch_reload (watch));
  EXPECT_EQ (patience (), 5U);
}

TEST_F (WatchTest, loses_no_accounts_unasked)
{
  folder.write ("etc/roampost/roampost.conf", with_patience (5));
  rp_config_watch_start (watch);
  folder.write ("etc/roampost/roampost.conf", "[agent]\npatience=9\n");

  ASSERT_TRUE (reaches (n_failed, 1));
  EXPECT_EQ (patience (), 5U);
  EXPECT_NE (errors ().find ("no account is left"), std::string::npos) << errors ();
  EXPECT_TRUE (rp_config_watch_reload (watch));
  EXPECT_EQ (patience (), 9U);
}

/* A burst is one change; a wrong moment in it is never seen. */
TEST_F (WatchTest, waits_for_quiet)
{
  folder.write ("etc/roampost/roampost.conf", with_patience (5));
  rp_config_watch_start (watch);
  folder.write ("etc/roampost/roampost.conf", "");
  folder.write ("etc/roampost/roampost.conf", "x");
  folder.write ("etc/roampost/roampost.conf", with_patience (6));

  EXPECT_TRUE (reaches (n_loaded, 2));
  EXPECT_EQ (n_failed, 0);
}

TEST_F (WatchTest, sees_providers_come_and_go_wrong)
{
  const auto client_id = [&] {
    return std::string (
        rp_oauth_providers_find (rp_config_watch_get_providers (watch), "google")
            ->client_id);
  };

  folder.write ("etc/roampost/roampost.conf", with_patience (5));
  rp_config_watch_start (watch);
  folder.write ("home/.config/roampost/providers/google.conf",
                "[provider]\nclient-id=a\n");
  ASSERT_TRUE (reaches (n_loaded, 2));
  EXPECT_EQ (client_id (), "a");

  folder.write ("home/.config/roampost/providers/google.conf",
                "[provider]\nclient-secret=b\n");
  ASSERT_TRUE (reaches (n_failed, 1));
  EXPECT_EQ (client_id (), "a") << "the last good one stays";
}

}
