// SPDX-License-Identifier: GPL-3.0-or-later
// A secret in a pipe: one line of text, whole, in time, and the pipe closed behind it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "rp-secret-pipe.h"
#include "upstream/rp-password.h"

namespace
{

struct Outcome
{
  std::string secret;
  int error = -1;
};

class SecretPipe : public testing::Test
{
protected:
  void
  SetUp () override
  {
    ASSERT_EQ (pipe2 (ends_, O_CLOEXEC), 0);
  }

  void
  TearDown () override
  {
    end ();
  }

  void
  put (const std::string &octets)
  {
    ASSERT_EQ (write (ends_[1], octets.data (), octets.size ()),
               (ssize_t) octets.size ());
  }

  void
  end ()
  {
    if (ends_[1] >= 0)
      close (ends_[1]);
    ends_[1] = -1;
  }

  void
  begin (guint timeout_ms = 20000)
  {
    rp_secret_pipe_read_async (
        ends_[0], timeout_ms,
        [] (GObject *, GAsyncResult *result, gpointer data) {
          *static_cast<GAsyncResult **> (data) = (GAsyncResult *) g_object_ref (result);
        },
        &result_);
  }

  // Runs what is ready, waits for nothing.
  bool
  is_done ()
  {
    while (g_main_context_iteration (nullptr, FALSE))
      ;
    return result_ != nullptr;
  }

  Outcome
  finish ()
  {
    g_autoptr (GError) error = nullptr;
    Outcome outcome;
    char *secret;

    while (result_ == nullptr)
      g_main_context_iteration (nullptr, TRUE);
    secret = rp_secret_pipe_read_finish (result_, &error);
    g_clear_object (&result_);
    outcome.secret = secret == nullptr ? "" : secret;
    if (error != nullptr && error->domain == G_IO_ERROR)
      outcome.error = error->code;
    rp_password_free (secret);
    return outcome;
  }

  int ends_[2];
  GAsyncResult *result_ = nullptr;
};

struct Row
{
  const char *name;
  std::string octets;
  std::string secret;
  int error;
};

void
PrintTo (const Row &row, std::ostream *stream)
{
  *stream << row.name;
}

class SecretPipeHolds : public SecretPipe, public testing::WithParamInterface<Row>
{
};

TEST_P (SecretPipeHolds, OneLineOfText)
{
  put (GetParam ().octets);
  end ();
  begin ();
  const Outcome outcome = finish ();

  EXPECT_EQ (outcome.secret, GetParam ().secret);
  EXPECT_EQ (outcome.error, GetParam ().error);
}

const Row rows[] = {
  { "a_line", "geheim \xc3\xb6\n", "geheim \xc3\xb6", -1 },
  { "no_end_of_line", "geheim", "geheim", -1 },
  { "end_of_line_of_windows", "geheim\r\n", "geheim", -1 },
  { "only_the_first_line", "geheim\nmore\n", "geheim", -1 },
  { "longest", std::string (4096, 'x'), std::string (4096, 'x'), -1 },
  { "longest_with_end", std::string (4096, 'x') + "\n", std::string (4096, 'x'), -1 },
  { "too_long", std::string (4097, 'x') + "\n", "", G_IO_ERROR_INVALID_DATA },
  { "nothing", "", "", G_IO_ERROR_INVALID_DATA },
  { "empty_line", "\n", "", G_IO_ERROR_INVALID_DATA },
  { "not_utf8", "gehe\xff\n", "", G_IO_ERROR_INVALID_DATA },
  { "nul", std::string ("ge\0heim\n", 8), "", G_IO_ERROR_INVALID_DATA },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          SecretPipeHolds,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

TEST_F (SecretPipe, WaitsForALineThatComesInParts)
{
  begin ();
  put ("gehe");
  EXPECT_FALSE (is_done ());
  put ("im\n");
  EXPECT_EQ (finish ().secret, "geheim");
}

TEST_F (SecretPipe, WriterThatNeverEndsIsGivenUp)
{
  put ("gehe");
  begin (1);
  EXPECT_EQ (finish ().error, G_IO_ERROR_TIMED_OUT);
}

TEST_F (SecretPipe, IsClosedBehindTheSecret)
{
  begin ();
  put ("geheim\n");
  finish ();
  EXPECT_EQ (fcntl (ends_[0], F_GETFD), -1);
}

TEST_F (SecretPipe, WhatIsNoPipeIsAnError)
{
  close (ends_[0]);
  ends_[0] = open ("/", O_RDONLY | O_CLOEXEC);
  begin ();
  EXPECT_EQ (finish ().error, G_IO_ERROR_FAILED);
}

} // namespace
