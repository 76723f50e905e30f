// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>

#include <string>

#include <fcntl.h>

#include "smtp/rp-content.h"
#include "smtp/rp-message.h"

namespace
{

class Content : public testing::Test
{
protected:
  void
  SetUp () override
  {
    folder_ = g_dir_make_tmp ("content-test-XXXXXX", nullptr);
  }

  void
  TearDown () override
  {
    EXPECT_EQ (g_rmdir (folder_), 0) << "a file was left behind";
    g_free (folder_);
  }

  static gboolean
  Append (RpContent *content, const std::string &bytes, GError **error = nullptr)
  {
    return rp_content_append (content, reinterpret_cast<const guint8 *> (bytes.data ()),
                              bytes.size (), error);
  }

  static std::string
  ReadAll (RpContent *content, gsize n_block)
  {
    std::string all;
    std::string block (n_block, '\0');
    gssize n_read;

    while ((n_read = rp_content_read (content, all.size (),
                                      reinterpret_cast<guint8 *> (block.data ()),
                                      n_block, nullptr))
           > 0)
      all.append (block, 0, static_cast<gsize> (n_read));
    EXPECT_EQ (n_read, 0);
    return all;
  }

  char *folder_ = nullptr;
};

TEST_F (Content, SmallStaysInMemory)
{
  g_autoptr (RpContent) content = rp_content_new (folder_);

  ASSERT_TRUE (Append (content, "one "));
  ASSERT_TRUE (Append (content, std::string ("two\0three", 9)));
  EXPECT_TRUE (rp_content_is_in_memory (content));
  EXPECT_EQ (rp_content_get_size (content), 13u);
  EXPECT_EQ (ReadAll (content, 3), std::string ("one two\0three", 13));
}

TEST_F (Content, LargeGoesToAnUnnamedFile)
{
  g_autoptr (RpContent) content = rp_content_new (folder_);
  std::string expected;

  for (int i = 0; i < 40; i++)
    {
      const std::string block (10000, static_cast<char> ('a' + i % 26));

      expected += block;
      ASSERT_TRUE (Append (content, block));
    }
  EXPECT_FALSE (rp_content_is_in_memory (content));
  EXPECT_EQ (rp_content_get_size (content), expected.size ());
  EXPECT_EQ (ReadAll (content, 7777), expected);
}

TEST_F (Content, ExactlyTheLimitStaysInMemory)
{
  g_autoptr (RpContent) content = rp_content_new (folder_);

  ASSERT_TRUE (Append (content, std::string (RP_CONTENT_IN_MEMORY_BYTES, 'x')));
  EXPECT_TRUE (rp_content_is_in_memory (content));
  ASSERT_TRUE (Append (content, "y"));
  EXPECT_FALSE (rp_content_is_in_memory (content));
}

TEST_F (Content, AllTogetherAreLimited)
{
  const std::string block (RP_CONTENT_IN_MEMORY_BYTES, 'x');
  g_autoptr (GPtrArray) contents = g_ptr_array_new_with_free_func (g_object_unref);
  const guint n_fit = RP_CONTENT_ALL_IN_MEMORY_BYTES / RP_CONTENT_IN_MEMORY_BYTES;

  for (guint i = 0; i <= n_fit; i++)
    {
      RpContent *content = rp_content_new (folder_);

      g_ptr_array_add (contents, content);
      ASSERT_TRUE (Append (content, block));
      EXPECT_EQ (rp_content_is_in_memory (content), i < n_fit) << i;
    }

  g_ptr_array_set_size (contents, 0);
  g_autoptr (RpContent) after = rp_content_new (folder_);
  ASSERT_TRUE (Append (after, block));
  EXPECT_TRUE (rp_content_is_in_memory (after)) << "memory was not given back";
}

TEST_F (Content, WithoutAFolderEverythingStaysInMemory)
{
  g_autoptr (RpContent) content = rp_content_new (nullptr);

  ASSERT_TRUE (Append (content, std::string (2 * RP_CONTENT_IN_MEMORY_BYTES, 'x')));
  EXPECT_TRUE (rp_content_is_in_memory (content));
}

TEST_F (Content, AMissingFolderIsAnErrorThatNamesIt)
{
  g_autoptr (RpContent) content = rp_content_new ("/nonexistent/queue");
  g_autoptr (GError) error = nullptr;

  EXPECT_FALSE (
      Append (content, std::string (RP_CONTENT_IN_MEMORY_BYTES + 1, 'x'), &error));
  ASSERT_NE (error, nullptr);
  EXPECT_NE (std::string (error->message).find ("/nonexistent/queue"),
             std::string::npos);
}

TEST_F (Content, AFullDiskIsAnError)
{
  g_autoptr (RpContent) content = rp_content_new (folder_);
  g_autoptr (GError) error = nullptr;
  struct rlimit before, small = { 300000, RLIM_INFINITY };

  signal (SIGXFSZ, SIG_IGN);
  ASSERT_EQ (getrlimit (RLIMIT_FSIZE, &before), 0);
  small.rlim_max = before.rlim_max;
  ASSERT_EQ (setrlimit (RLIMIT_FSIZE, &small), 0);
  EXPECT_FALSE (Append (content, std::string (400000, 'x'), &error));
  EXPECT_EQ (setrlimit (RLIMIT_FSIZE, &before), 0);
  EXPECT_NE (error, nullptr);
}

TEST_F (Content, ReadingPastTheEndGivesNothing)
{
  g_autoptr (RpContent) content = rp_content_new (folder_);
  guint8 buffer[4];

  ASSERT_TRUE (Append (content, "abc"));
  EXPECT_EQ (rp_content_read (content, 3, buffer, sizeof buffer, nullptr), 0);
  EXPECT_EQ (rp_content_read (content, 4000, buffer, sizeof buffer, nullptr), 0);
}

/* Of "abc", from FIPS 180-2. */
const char kDigestOfAbc[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST_F (Content, DigestFollowsEveryAppend)
{
  g_autoptr (RpContent) content = rp_content_new (folder_);

  ASSERT_TRUE (Append (content, "a"));
  const std::string first = rp_content_get_digest (content);
  ASSERT_TRUE (Append (content, "bc"));
  EXPECT_STREQ (rp_content_get_digest (content), kDigestOfAbc);
  EXPECT_STREQ (rp_content_get_digest (content), kDigestOfAbc);
  EXPECT_NE (first, kDigestOfAbc);
}

TEST_F (Content, DigestIsTheSameInMemoryInAFileAndReadBack)
{
  const std::string bytes (RP_CONTENT_IN_MEMORY_BYTES + 1000, 'x');
  g_autoptr (RpContent) in_memory = rp_content_new (nullptr);
  g_autoptr (RpContent) in_file = rp_content_new (folder_);

  ASSERT_TRUE (Append (in_memory, bytes));
  ASSERT_TRUE (Append (in_file, bytes));
  ASSERT_GE (rp_content_get_fd (in_file), 0);
  const int fd = fcntl (rp_content_get_fd (in_file), F_DUPFD_CLOEXEC, 3);
  g_autoptr (RpContent) back = rp_content_new_from_fd (fd, bytes.size ());

  EXPECT_EQ (rp_content_get_fd (back), fd);
  EXPECT_EQ (rp_content_get_size (back), bytes.size ());
  EXPECT_FALSE (rp_content_is_in_memory (back));
  EXPECT_EQ (ReadAll (back, 100000), bytes);
  EXPECT_STREQ (rp_content_get_digest (in_memory), rp_content_get_digest (in_file));
  EXPECT_STREQ (rp_content_get_digest (back), rp_content_get_digest (in_file));
}

TEST_F (Content, BytesOrFile)
{
  g_autoptr (RpContent) content = rp_content_new (folder_);

  ASSERT_TRUE (Append (content, std::string ("one\0two", 7)));
  g_autoptr (GBytes) bytes = rp_content_dup_bytes (content);
  ASSERT_NE (bytes, nullptr);
  EXPECT_EQ (g_bytes_get_size (bytes), 7u);
  EXPECT_EQ (rp_content_get_fd (content), -1);

  ASSERT_TRUE (Append (content, std::string (RP_CONTENT_IN_MEMORY_BYTES, 'x')));
  EXPECT_EQ (rp_content_dup_bytes (content), nullptr);
  EXPECT_GE (rp_content_get_fd (content), 0);
}

TEST_F (Content, OneReadBackClosesItsFile)
{
  const int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  RpContent *content = rp_content_new_from_fd (fd, 0);

  g_object_unref (content);
  EXPECT_EQ (fcntl (fd, F_GETFD), -1);
}

std::string
DigestOf (const char *sender, const char *recipients, const char *content)
{
  g_autoptr (RpMessage) message = rp_message_new ("0123ABCD");
  g_auto (GStrv) addresses = g_strsplit (recipients, " ", -1);

  message->envelope = rp_envelope_new (sender);
  for (guint i = 0; addresses[i] != nullptr; i++)
    rp_envelope_add_recipient (message->envelope, addresses[i]);
  message->content = rp_content_new (nullptr);
  rp_content_append (message->content, reinterpret_cast<const guint8 *> (content),
                     strlen (content), nullptr);
  g_autofree char *digest = rp_message_dup_digest (message);
  return digest;
}

struct Other
{
  const char *name;
  const char *sender;
  const char *recipients;
  const char *content;
};

void
PrintTo (const Other &row, std::ostream *out)
{
  *out << row.name;
}

class MessageDigest : public testing::TestWithParam<Other>
{
};

TEST_P (MessageDigest, TellsMessagesApart)
{
  const Other &row = GetParam ();
  const std::string digest = DigestOf ("t@x", "a@x b@x", "hello");

  EXPECT_EQ (digest.size (), 64u);
  EXPECT_EQ (digest, DigestOf ("t@x", "a@x b@x", "hello"));
  EXPECT_NE (digest, DigestOf (row.sender, row.recipients, row.content));
}

const Other kOthers[] = {
  { "Sender", "u@x", "a@x b@x", "hello" },
  { "NullSender", "", "a@x b@x", "hello" },
  { "Recipient", "t@x", "a@x c@x", "hello" },
  { "FewerRecipients", "t@x", "a@x", "hello" },
  { "MoreRecipients", "t@x", "a@x b@x b@x", "hello" },
  { "OrderOfRecipients", "t@x", "b@x a@x", "hello" },
  { "AddressesRunTogether", "t@x", "a@xb@x", "hello" },
  { "Content", "t@x", "a@x b@x", "hello " },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          MessageDigest,
                          testing::ValuesIn (kOthers),
                          [] (const auto &row) { return row.param.name; });

} // namespace
