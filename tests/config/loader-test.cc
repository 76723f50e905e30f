/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/rp-config-loader.h"

#include "folder.h"

namespace
{

const char account[] = "[account a]\naddress=a@a.example\nservers=s\n"
                       "[server s]\nendpoints=smtps://s.example\naccess=password\n"
                       "user=u\n";

class LoaderTest : public testing::Test
{
protected:
  LoaderTest () : system (folder.file ("etc")), user (folder.file ("home/roampost"))
  {
    const char *folders[] = { system.c_str (), user.c_str (), nullptr };

    loader = rp_config_loader_new_for_folders (folders);
  }

  ~LoaderTest () override
  {
    rp_config_loader_free (loader);
  }

  std::string
  files (const RpConfigLoad *load)
  {
    g_autofree char *joined = g_strjoinv ("|", load->files);
    std::string text = joined;

    for (size_t at; (at = text.find (folder.path + "/")) != std::string::npos;)
      text.erase (at, folder.path.size () + 1);
    return text;
  }

  Folder folder;
  std::string system;
  std::string user;
  RpConfigLoader *loader;
};

TEST_F (LoaderTest, nothing_is_no_mistake)
{
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);

  EXPECT_EQ (join_errors (load, folder.path), "");
  EXPECT_EQ (load->config->accounts->len, 0U);
  EXPECT_EQ (files (load), "");
}

TEST_F (LoaderTest, later_files_win)
{
  folder.write ("etc/roampost.conf", "[agent]\npatience=1\n");
  g_autoptr (RpConfigLoad) first = rp_config_loader_load (loader);
  folder.write ("etc/roampost.conf.d/10-a.conf", "[agent]\npatience=2\n");
  g_autoptr (RpConfigLoad) second = rp_config_loader_load (loader);
  folder.write ("etc/roampost.conf.d/20-b.conf", "[agent]\npatience=3\n");
  g_autoptr (RpConfigLoad) third = rp_config_loader_load (loader);
  folder.write ("home/roampost/roampost.conf", "[agent]\npatience=4\n");
  g_autoptr (RpConfigLoad) fourth = rp_config_loader_load (loader);
  folder.write ("home/roampost/roampost.conf.d/x.conf", "[agent]\npatience=5\n");
  g_autoptr (RpConfigLoad) fifth = rp_config_loader_load (loader);

  EXPECT_EQ (first->config->patience_s, 1U);
  EXPECT_EQ (second->config->patience_s, 2U);
  EXPECT_EQ (third->config->patience_s, 3U);
  EXPECT_EQ (fourth->config->patience_s, 4U);
  EXPECT_EQ (fifth->config->patience_s, 5U);
  EXPECT_EQ (files (fifth), "etc/roampost.conf|etc/roampost.conf.d/10-a.conf|"
                            "etc/roampost.conf.d/20-b.conf|home/roampost/roampost.conf|"
                            "home/roampost/roampost.conf.d/x.conf");
}

/* However the file system lists them. */
TEST_F (LoaderTest, drop_ins_come_by_name)
{
  std::string wanted;

  for (int i = 30; i >= 10; i--)
    {
      std::string name =
          "etc/roampost.conf.d/" + std::to_string (i * 8 % 21 + 10) + ".conf";

      folder.write (name, "[agent]\n");
    }
  for (int i = 10; i <= 30; i++)
    wanted += (i > 10 ? "|etc/roampost.conf.d/" : "etc/roampost.conf.d/")
              + std::to_string (i) + ".conf";
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);

  EXPECT_EQ (files (load), wanted);
}

TEST_F (LoaderTest, drop_ins_are_conf_files)
{
  folder.write ("etc/roampost.conf.d/a.conf~", "x");
  folder.write ("etc/roampost.conf.d/.b.conf", "x");
  folder.write ("etc/roampost.conf.d/c.txt", "x");
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);

  EXPECT_EQ (join_errors (load, folder.path), "");
}

TEST_F (LoaderTest, errors_stand_in_the_order_of_the_files)
{
  folder.write ("etc/roampost.conf", "[agent]\npatience=x\ny\n");
  folder.write ("home/roampost/roampost.conf", "y\n[agent]\nz=1\n");
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);
  g_auto (GStrv) texts = rp_config_errors_dup_texts (load->errors, nullptr);

  EXPECT_EQ (load->config, nullptr);
  ASSERT_EQ (g_strv_length (texts), 4U) << join_errors (load, folder.path);
  EXPECT_NE (strstr (texts[0], "etc/roampost.conf:2: "), nullptr);
  EXPECT_NE (strstr (texts[1], "etc/roampost.conf:3: "), nullptr);
  EXPECT_NE (strstr (texts[2], "home/roampost/roampost.conf:1: "), nullptr);
  EXPECT_NE (strstr (texts[3], "home/roampost/roampost.conf:3: "), nullptr);
}

TEST_F (LoaderTest, a_folder_is_no_file)
{
  std::filesystem::create_directories (folder.file ("etc/roampost.conf"));
  folder.write ("home/roampost/roampost.conf.d", "");
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);

  EXPECT_EQ (load->errors->len, 2U) << join_errors (load, folder.path);
}

TEST_F (LoaderTest, a_dangling_drop_in_is_told)
{
  std::filesystem::create_directories (folder.file ("etc/roampost.conf.d"));
  std::filesystem::create_symlink (folder.file ("gone"),
                                   folder.file ("etc/roampost.conf.d/a.conf"));
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);

  EXPECT_EQ (join_errors (load, folder.path),
             "etc/roampost.conf.d/a.conf: there is no such file\n");
}

TEST_F (LoaderTest, a_huge_file_is_no_configuration)
{
  folder.write ("etc/roampost.conf", std::string (RP_CONFIG_MAX_FILE_BYTES + 1, '\n'));
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);

  EXPECT_EQ (load->errors->len, 1U);
}

TEST_F (LoaderTest, one_file_alone)
{
  g_autoptr (RpConfigLoader) only =
      rp_config_loader_new (folder.write ("my.conf", account).c_str ());

  folder.write ("my.conf.d/a.conf", "x");
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (only);

  EXPECT_EQ (join_errors (load, folder.path), "");
  EXPECT_EQ (files (load), "my.conf");
  EXPECT_EQ (rp_config_loader_get_user_file (only), folder.file ("my.conf"));
}

TEST_F (LoaderTest, one_file_that_is_missing)
{
  g_autoptr (RpConfigLoader) only =
      rp_config_loader_new (folder.file ("my.conf").c_str ());
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (only);

  EXPECT_EQ (load->config, nullptr);
  EXPECT_EQ (join_errors (load, folder.path), "my.conf: there is no such file\n");
}

TEST_F (LoaderTest, digest_tells_a_change)
{
  folder.write ("etc/roampost.conf", account);
  g_autoptr (RpConfigLoad) before = rp_config_loader_load (loader);
  folder.write ("etc/roampost.conf", account);
  g_autoptr (RpConfigLoad) same = rp_config_loader_load (loader);
  folder.write ("etc/roampost.conf", std::string (account) + "#");
  g_autoptr (RpConfigLoad) other = rp_config_loader_load (loader);
  folder.write ("home/roampost/roampost.conf", "");
  g_autoptr (RpConfigLoad) more = rp_config_loader_load (loader);

  EXPECT_STREQ (before->digest, same->digest);
  EXPECT_STRNE (before->digest, other->digest);
  EXPECT_STRNE (other->digest, more->digest);
}

TEST_F (LoaderTest, what_an_edit_would_give)
{
  const char text[] = "[agent]\npatience=7\n";
  std::string file = folder.write ("home/roampost/roampost.conf", account);
  g_autoptr (RpConfigLoad) load =
      rp_config_loader_load_with (loader, file.c_str (), text, strlen (text));

  EXPECT_EQ (load->config->patience_s, 7U);
  EXPECT_EQ (load->config->accounts->len, 0U);
  EXPECT_EQ (rp_config_loader_get_user_file (loader), file);
}

TEST_F (LoaderTest, environment_chooses)
{
  g_setenv ("ROAMPOST_CONFIG", folder.write ("env.conf", account).c_str (), TRUE);
  g_autoptr (RpConfigLoader) from_environment = rp_config_loader_new (nullptr);
  g_autoptr (RpConfigLoader) given =
      rp_config_loader_new (folder.file ("given.conf").c_str ());
  g_unsetenv ("ROAMPOST_CONFIG");
  g_setenv ("ROAMPOST_SYSTEM_CONFIG_DIR", system.c_str (), TRUE);
  g_autoptr (RpConfigLoader) folders = rp_config_loader_new (nullptr);
  g_unsetenv ("ROAMPOST_SYSTEM_CONFIG_DIR");
  g_auto (GStrv) watched = rp_config_loader_dup_watched (folders);

  EXPECT_EQ (rp_config_loader_get_user_file (from_environment),
             folder.file ("env.conf"));
  EXPECT_EQ (rp_config_loader_get_user_file (given), folder.file ("given.conf"));
  ASSERT_EQ (g_strv_length (watched), 6U);
  EXPECT_EQ (watched[0], system);
  EXPECT_EQ (watched[1], system + "/roampost.conf.d");
}

/* --- providers of tokens --- */

const char oauth_account[] =
    "[account a]\naddress=a@a.example\nservers=s\n"
    "[server s]\nendpoints=smtps://s.example\naccess=oauth2\nuser=u\n"
    "oauth-provider=work\n";
const char work[] = "[provider]\nissuer=https://id.work.example\n";

std::string
client_id_of (const RpConfigLoad *load, const char *name)
{
  const RpOAuthProvider *provider = rp_oauth_providers_find (load->providers, name);

  return provider == nullptr              ? "(none)"
         : provider->client_id == nullptr ? "(no id)"
                                          : provider->client_id;
}

/* Those of the program are there, and named nowhere: nobody wrote them. */
TEST_F (LoaderTest, providers_are_laid_over_those_of_the_program)
{
  g_autoptr (RpConfigLoad) before = rp_config_loader_load (loader);
  folder.write ("etc/providers/google.conf", "[provider]\nclient-id=of-all\n");
  g_autoptr (RpConfigLoad) system_wide = rp_config_loader_load (loader);
  folder.write ("home/roampost/providers/google.conf", "[provider]\nclient-id=mine\n");
  g_autoptr (RpConfigLoad) own = rp_config_loader_load (loader);

  EXPECT_EQ (client_id_of (before, "google"), "(no id)");
  EXPECT_EQ (client_id_of (system_wide, "google"), "of-all");
  EXPECT_EQ (client_id_of (own, "google"), "mine");
  EXPECT_EQ (files (before), "");
  EXPECT_EQ (files (own),
             "etc/providers/google.conf|home/roampost/providers/google.conf");
  EXPECT_STRNE (before->digest, own->digest) << "a watch sees that they changed";
}

TEST_F (LoaderTest, mistakes_in_providers_are_told_with_the_others)
{
  folder.write ("etc/roampost.conf", std::string (oauth_account) + "ehlo=\\x\n");
  folder.write ("home/roampost/providers/work.conf",
                std::string (work) + "client_secret=abc\n");
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);

  EXPECT_EQ (load->config, nullptr);
  EXPECT_EQ (join_errors (load, folder.path),
             "etc/roampost.conf:9: '\\x' in the value of ehlo= is no escape; write"
             " '\\\\' for a backslash (known are \\s \\n \\t \\r \\; \\\\)\n"
             "home/roampost/providers/work.conf:3: a secret may not stand in this file;"
             " 'roampost login' asks for it and puts it into the keyring\n");
}

TEST_F (LoaderTest, mistakes_in_providers_alone_leave_no_configuration)
{
  folder.write ("etc/roampost.conf", oauth_account);
  folder.write ("etc/providers/work.conf", std::string (work) + "scope=\"\n");
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);

  EXPECT_EQ (load->config, nullptr);
  EXPECT_EQ (load->errors->len, 1U);
}

TEST_F (LoaderTest, a_server_names_a_provider_that_is_there)
{
  folder.write ("etc/roampost.conf", oauth_account);
  g_autoptr (RpConfigLoad) before = rp_config_loader_load (loader);
  folder.write ("home/roampost/providers/work.conf", work);
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);

  EXPECT_EQ (before->config, nullptr);
  EXPECT_EQ (
      join_errors (before, folder.path),
      "etc/roampost.conf:8: oauth-provider=work: no file describes this provider;"
      " described are fastmail, google, microsoft-consumer, microsoft, yahoo\n");
  EXPECT_EQ (join_errors (load, folder.path), "");
  EXPECT_NE (load->config, nullptr);
}

/* --config is about the configuration, not about what there is to name in it. */
TEST_F (LoaderTest, one_file_knows_the_providers_too)
{
  const std::string file = folder.write ("own.conf", oauth_account);

  g_setenv ("ROAMPOST_SYSTEM_CONFIG_DIR", system.c_str (), TRUE);
  folder.write ("etc/providers/work.conf", work);
  g_autoptr (RpConfigLoader) one = rp_config_loader_new (file.c_str ());
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (one);
  g_unsetenv ("ROAMPOST_SYSTEM_CONFIG_DIR");

  EXPECT_EQ (join_errors (load, folder.path), "");
  EXPECT_EQ (files (load), "own.conf|etc/providers/work.conf");
}

TEST_F (LoaderTest, the_users_own_provider_file)
{
  g_autofree char *file = rp_config_loader_dup_provider_file (loader, "google");

  EXPECT_EQ (file, user + "/providers/google.conf");
}

}
