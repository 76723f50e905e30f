/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>
#include <signal.h>
#include <ostream>

#include "credentials/rp-secrets-command.h"
#include "lookups.h"

namespace
{

struct CommandRow
{
  const char *name;
  const char *command;
  const char *secret; /* null: unavailable */
  const char *text;   /* in the error */
};

void
PrintTo (const CommandRow &row, std::ostream *out)
{
  *out << row.name;
}

class Command : public testing::TestWithParam<CommandRow>
{
};

TEST_P (Command, GivesItsFirstLine)
{
  g_autoptr (RpSecrets) secrets = rp_secrets_command_new (1000);
  const RpServer server = make_server ("terri", GetParam ().command);
  const Looked looked = look_up (secrets, server);

  EXPECT_EQ (looked.is_ok, GetParam ().secret != nullptr) << looked.text;
  EXPECT_EQ (looked.secret, GetParam ().secret != nullptr ? GetParam ().secret : "");
  EXPECT_NE (looked.text.find (GetParam ().text), std::string::npos) << looked.text;
  if (!looked.is_ok)
    {
      EXPECT_EQ (looked.domain, RP_SECRETS_ERROR);
      EXPECT_EQ (looked.code, RP_SECRETS_ERROR_UNAVAILABLE);
    }
}

const CommandRow rows[] = {
  { "one_line", "echo secret", "secret", "" },
  { "without_line_end", "printf secret", "secret", "" },
  { "dos_line_end", "printf 'secret\\r\\n'", "secret", "" },
  { "first_of_many", "printf 'secret\\nuser: terri\\n'", "secret", "" },
  { "blanks_are_kept", "echo ' a b '", " a b ", "" },
  { "utf8", "echo 'pässwörd'", "pässwörd", "" },
  { "by_a_shell", "printf '%s' \"$(echo one)two\" | tr o 0", "0netw0", "" },
  { "long_line", "head -c 9000 /dev/zero | tr '\\0' x | tail -c 10", "xxxxxxxxxx", "" },
  { "words_on_stderr", "echo noise >&2; echo secret", "secret", "" },
  { "stdin_is_empty", "read x; echo got${x:-nothing}", "gotnothing", "" },
  { "status", "echo secret; exit 3", nullptr, "ended with status 3" },
  { "status_with_words", "echo 'gpg: no key' >&2; echo more >&2; exit 2", nullptr,
    "ended with status 2; run it in a terminal to see why" },
  { "not_found", "/nonexistent/pass", nullptr, "status 127, as where a program" },
  { "signal", "kill -9 $$", nullptr, "was ended by signal 9" },
  { "nothing", "true", nullptr, "printed no password" },
  { "empty_line", "echo; echo secret", nullptr, "printed no password" },
  { "nul", "printf 'a\\000b\\n'", nullptr, "printed no password" },
  { "too_slow", "sleep 5; echo secret", nullptr, "did not end within 1000 ms" },
  { "much_on_stderr", "head -c 200000 /dev/zero >&2; echo secret", "secret", "" },
  { "background_child_holds_the_pipe", "sleep 2 & echo secret", "secret", "" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Command,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

/* The agent's log and journal hold what an error says, and its standard error. */
TEST (SecretsCommand, TellsNothingThatTheCommandSaid)
{
  g_autoptr (RpSecrets) secrets = rp_secrets_command_new (1000);
  const char *const commands[] = {
    "set -x; echo hunter2; exit 3", "set -x; p=hunter2; exit 3", "echo hunter2; exit 3",
    "echo; echo hunter2",           "printf 'hunter2\\000\\n'",
  };

  for (const char *command : commands)
    {
      testing::internal::CaptureStderr ();
      const Looked looked = look_up (secrets, make_server ("terri", command));
      const std::string on_stderr = testing::internal::GetCapturedStderr ();

      EXPECT_FALSE (looked.is_ok) << command;
      EXPECT_EQ (looked.text.find ("hunter2"), std::string::npos) << looked.text;
      EXPECT_EQ (on_stderr.find ("hunter2"), std::string::npos) << on_stderr;
    }
}

/* What the shell started goes with it. */
TEST (SecretsCommand, TheTimeOutEndsTheWholeGroup)
{
  g_autofree char *file =
      g_strdup_printf ("%s/roampost-pid-%d", g_get_tmp_dir (), (int) getpid ());
  g_autofree char *command = g_strdup_printf ("sleep 60 & echo $! > %s; wait", file);
  g_autoptr (RpSecrets) secrets = rp_secrets_command_new (500);
  g_autofree char *pid_text = nullptr;

  EXPECT_FALSE (look_up (secrets, make_server ("terri", command)).is_ok);
  ASSERT_TRUE (g_file_get_contents (file, &pid_text, nullptr, nullptr));
  const pid_t pid = (pid_t) atoi (pid_text);
  unlink (file);
  ASSERT_GT (pid, 1);
  /* Ended, or ended and not yet reaped by init. */
  EXPECT_TRUE (run_until ([&] {
    g_autofree char *status = g_strdup_printf ("/proc/%d/stat", pid);
    g_autofree char *text = nullptr;

    return !g_file_get_contents (status, &text, nullptr, nullptr)
           || strstr (text, ") Z ") != nullptr;
  }));
}

TEST (SecretsCommand, IsCancelled)
{
  g_autoptr (RpSecrets) secrets = rp_secrets_command_new (60000);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const RpServer server = make_server ("terri", "sleep 30");
  Looked looked;

  rp_secrets_lookup_async (secrets, &server, RP_SECRET_SMTP, "h", cancellable,
                           on_looked_up, &looked);
  g_cancellable_cancel (cancellable);
  ASSERT_TRUE (run_until ([&] { return looked.is_finished; }, 2000));
  EXPECT_EQ (looked.domain, G_IO_ERROR);
  EXPECT_EQ (looked.code, G_IO_ERROR_CANCELLED);
}

TEST (SecretsCommand, StoresNothingAndSaysWhy)
{
  g_autoptr (RpSecrets) secrets = rp_secrets_command_new (1000);
  const Looked looked =
      store (secrets, make_server ("terri", "echo x"), { "a.example" }, "p");

  EXPECT_FALSE (looked.is_ok);
  EXPECT_EQ (looked.code, RP_SECRETS_ERROR_UNAVAILABLE);
  EXPECT_NE (looked.text.find ("secret-command"), std::string::npos);
}

} // namespace
