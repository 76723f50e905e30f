/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <ostream>

#include "credentials/rp-secrets-credential.h"
#include "lookups.h"

namespace
{

/* A folder as the service manager makes it, and a file beside it. */
class SecretsCredential : public testing::Test
{
protected:
  SecretsCredential ()
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-credentials-XXXXXX", nullptr);

    parent = folder;
    g_mkdir ((parent + "/given").c_str (), 0700);
    write ("outside", "hunter2\n");
    g_setenv ("CREDENTIALS_DIRECTORY", (parent + "/given").c_str (), TRUE);
  }

  ~SecretsCredential () override
  {
    g_unsetenv ("CREDENTIALS_DIRECTORY");
    for (const std::string &path : made)
      unlink (path.c_str ());
    g_rmdir ((parent + "/given/folder").c_str ());
    g_rmdir ((parent + "/given").c_str ());
    g_rmdir (parent.c_str ());
    g_object_unref (secrets);
  }

  std::string
  make (const std::string &name)
  {
    made.push_back (parent + "/" + name);
    return made.back ();
  }

  void
  write (const std::string &name, const std::string &content)
  {
    ASSERT_TRUE (g_file_set_contents (make (name).c_str (), content.data (),
                                      (gssize) content.size (), nullptr));
  }

  Looked
  read (const char *name)
  {
    return look_up (secrets, make_credential_server (name));
  }

  static RpServer
  make_credential_server (const char *name)
  {
    RpServer server = make_server ("terri");

    server.secret_credential = const_cast<char *> (name);
    return server;
  }

  void
  expect_unavailable (const Looked &looked, const std::string &text)
  {
    EXPECT_FALSE (looked.is_ok);
    EXPECT_EQ (looked.domain, RP_SECRETS_ERROR);
    EXPECT_EQ (looked.code, RP_SECRETS_ERROR_UNAVAILABLE);
    EXPECT_NE (looked.text.find (text), std::string::npos) << looked.text;
    EXPECT_EQ (looked.text.find ("hunter2"), std::string::npos) << looked.text;
  }

  std::string parent;
  std::vector<std::string> made;
  RpSecrets *secrets = rp_secrets_credential_new ();
};

struct ContentRow
{
  const char *name;
  std::string content;
  const char *secret; /* null: unavailable */
  const char *text;   /* in the error */
};

void
PrintTo (const ContentRow &row, std::ostream *out)
{
  *out << row.name;
}

class Content : public SecretsCredential, public testing::WithParamInterface<ContentRow>
{
};

TEST_P (Content, IsThePasswordAsAWhole)
{
  const ContentRow &row = GetParam ();

  write ("given/mail", row.content);
  const Looked looked = read ("mail");

  if (row.secret == nullptr)
    expect_unavailable (looked, row.text);
  else
    EXPECT_EQ (looked.secret, row.secret) << looked.text;
}

const ContentRow rows[] = {
  { "one_line", "secret\n", "secret", "" },
  { "without_line_end", "secret", "secret", "" },
  { "dos_line_end", "secret\r\n", "secret", "" },
  { "blanks_are_kept", " a b ", " a b ", "" },
  { "utf8", "pässwörd\n", "pässwörd", "" },
  { "many_lines", "hunter2\nuser: terri\n", nullptr, "more than one line" },
  { "an_empty_line_more", "hunter2\n\n", nullptr, "more than one line" },
  { "nothing", "", nullptr, "is empty" },
  { "a_line_end_alone", "\n", nullptr, "is empty" },
  { "nul", std::string ("hunter2\0x", 9), nullptr, "NUL" },
  { "large", std::string (70000, 'x'), nullptr, "too large" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Content,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

TEST_F (SecretsCredential, WithoutAServiceManagerSaysWhatIsWanted)
{
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  expect_unavailable (read ("mail"), "$CREDENTIALS_DIRECTORY is not set");
}

TEST_F (SecretsCredential, WithoutTheFileNamesItAndTheSetting)
{
  const Looked looked = read ("mail");

  expect_unavailable (looked, "LoadCredential=mail:");
  expect_unavailable (looked, parent + "/given");
}

TEST_F (SecretsCredential, WithoutTheFolderSaysSo)
{
  g_setenv ("CREDENTIALS_DIRECTORY", "/nonexistent/credentials", TRUE);
  expect_unavailable (read ("mail"), "/nonexistent/credentials");
}

/* Relative names would be of the agent's working folder. */
TEST_F (SecretsCredential, AMissingFolderIsNotTheWorkingFolder)
{
  g_autofree char *before = g_get_current_dir ();

  g_setenv ("CREDENTIALS_DIRECTORY", "/nonexistent/credentials", TRUE);
  ASSERT_EQ (chdir (parent.c_str ()), 0);
  expect_unavailable (read ("outside"), "/nonexistent/credentials");
  ASSERT_EQ (chdir (before), 0);
}

TEST_F (SecretsCredential, NeverLeavesTheFolder)
{
  ASSERT_EQ (symlink ("../outside", make ("given/link").c_str ()), 0);
  expect_unavailable (read ("link"), "symbolic link");
  expect_unavailable (read ("../outside"), "without folders");
  expect_unavailable (read ((parent + "/outside").c_str ()), "without folders");
  expect_unavailable (read (".."), "without folders");
}

TEST_F (SecretsCredential, WhatIsNoFileIsNotWaitedFor)
{
  ASSERT_EQ (mkfifo (make ("given/fifo").c_str (), 0600), 0);
  ASSERT_EQ (g_mkdir ((parent + "/given/folder").c_str (), 0700), 0);
  expect_unavailable (read ("fifo"), "is no file");
  expect_unavailable (read ("folder"), "is no file");
}

TEST_F (SecretsCredential, StoresAndRemovesNothingAndSaysWhy)
{
  const RpServer server = make_credential_server ("mail");

  expect_unavailable (store (secrets, server, { "a.example" }, "hunter2"),
                      "the credential mail");
  expect_unavailable (remove_secret (secrets, server, { "a.example" }),
                      "the credential mail");
}

TEST_F (SecretsCredential, IsAskedForPasswordsAlone)
{
  g_autoptr (RpSecrets) by_server = rp_secrets_new (1000);
  const RpServer server = make_credential_server ("mail");

  write ("given/mail", "secret\n");
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  EXPECT_EQ (look_up (by_server, server, "h", RP_SECRET_SMTP).secret, "secret");
  EXPECT_EQ (look_up (by_server, server, "h", RP_SECRET_POP).secret, "secret");
  expect_unavailable (look_up (by_server, server, "h", RP_SECRET_SIGN_IN), "bus");
}

TEST_F (SecretsCredential, IsCancelled)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const RpServer server = make_credential_server ("mail");
  Looked looked;

  write ("given/mail", "secret\n");
  g_cancellable_cancel (cancellable);
  rp_secrets_lookup_async (secrets, &server, RP_SECRET_SMTP, "h", cancellable,
                           on_looked_up, &looked);
  ASSERT_TRUE (run_until ([&] { return looked.is_finished; }, 2000));
  EXPECT_EQ (looked.code, G_IO_ERROR_CANCELLED);
}

} // namespace
