/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/rp-config-editor.h"

#include <sys/stat.h>

#include "folder.h"

namespace
{

struct Row
{
  const char *name;
  std::string before;
  const char *verb; /* set, unset, add, remove */
  const char *group;
  const char *key;
  const char *value;
  std::string after;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "set_in_nothing", "", "set", "agent", "patience", "5", "[agent]\npatience=5\n" },
  { "set_again", "# c\n[a]\n k = v \nl=w\n", "set", "a", "k", "x",
    "# c\n[a]\nk=x\nl=w\n" },
  { "set_new_key", "[a]\nk=v\n\n# about b\n[b]\nk=w\n", "set", "a", "l", "x",
    "[a]\nk=v\nl=x\n\n# about b\n[b]\nk=w\n" },
  { "set_in_empty_group", "[a]\n\n[b]\nk=v\n", "set", "a", "k", "x",
    "[a]\nk=x\n\n[b]\nk=v\n" },
  { "set_in_last_line", "[a]\nk=v", "set", "a", "l", "x", "[a]\nk=v\nl=x\n" },
  { "set_in_new_group", "[a]\nk=v\n", "set", "b c", "k", "x",
    "[a]\nk=v\n\n[b c]\nk=x\n" },
  { "set_other_spelling", "[b   c]\nk=v\n", "set", "b c", "k", "x", "[b   c]\nk=x\n" },
  { "set_keeps_crlf", "[a]\r\nk=v\r\n", "set", "a", "l", "x", "[a]\r\nk=v\r\nl=x\r\n" },
  { "set_keeps_what_is_broken", "[a]\nk=v\nxx\n\xff\n", "set", "a", "l", "x",
    "[a]\nk=v\nxx\n\xff\nl=x\n" },
  { "set_keeps_spaces", "  [a]\t\n\n\tk = v\n\n\n#\n", "set", "a", "l", "x",
    "  [a]\t\n\n\tk = v\nl=x\n\n\n#\n" },
  { "unset", "[a]\nk=v\nl=w\n", "unset", "a", "k", nullptr, "[a]\nl=w\n" },
  { "unset_missing", "[a]\nk=v\n", "unset", "a", "l", nullptr, "[a]\nk=v\n" },
  { "add_group", "[a]\nk=v\n", "add", "b", nullptr, nullptr, "[a]\nk=v\n\n[b]\n" },
  { "add_group_again", "[a]\nk=v\n", "add", "a", nullptr, nullptr, "[a]\nk=v\n" },
  { "remove_only", "[a]\nk=v\n", "remove", "a", nullptr, nullptr, "" },
  { "remove_first", "[a]\nk=v\n\n[b]\nk=w\n", "remove", "a", nullptr, nullptr,
    "[b]\nk=w\n" },
  { "remove_middle", "[a]\nk=v\n\n[b]\n# in b\nk=w\n\n# about c\n[c]\n", "remove", "b",
    nullptr, nullptr, "[a]\nk=v\n\n# about c\n[c]\n" },
  { "remove_before_a_broken_group", "[a]\nk=v\n[b\nk=w\n", "remove", "a", nullptr,
    nullptr, "[b\nk=w\n" },
  { "remove_missing", "[a]\nk=v\n", "remove", "b", nullptr, nullptr, "[a]\nk=v\n" },
};

class Editor : public testing::TestWithParam<Row>
{
protected:
  Folder folder;
};

TEST_P (Editor, edits)
{
  const Row &row = GetParam ();
  std::string file = folder.write ("f.conf", row.before);
  g_autoptr (RpConfigEditor) editor = rp_config_editor_open (file.c_str (), nullptr);
  std::string verb = row.verb;
  gboolean is_changed = row.before != row.after;

  ASSERT_NE (editor, nullptr);
  if (verb == "set")
    rp_config_editor_set (editor, row.group, row.key, row.value);
  else if (verb == "unset")
    EXPECT_EQ (rp_config_editor_unset (editor, row.group, row.key), is_changed);
  else if (verb == "add")
    rp_config_editor_add_group (editor, row.group);
  else
    EXPECT_EQ (rp_config_editor_remove_group (editor, row.group), is_changed);

  ASSERT_TRUE (rp_config_editor_save (editor, nullptr));
  EXPECT_EQ (folder.read ("f.conf"), row.after);
}

INSTANTIATE_TEST_SUITE_P (rows, Editor, testing::ValuesIn (rows), [] (auto &row) {
  return row.param.name;
});

mode_t
get_mode (const std::string &file)
{
  struct stat info = {};

  EXPECT_EQ (stat (file.c_str (), &info), 0);
  return info.st_mode & 07777;
}

class EditorFile : public testing::Test
{
protected:
  void
  edit (const std::string &name)
  {
    g_autoptr (GError) error = nullptr;
    g_autoptr (RpConfigEditor) editor =
        rp_config_editor_open (folder.file (name).c_str (), &error);

    ASSERT_NE (editor, nullptr) << error->message;
    rp_config_editor_set (editor, "a", "k", "v");
    EXPECT_TRUE (rp_config_editor_save (editor, &error)) << error->message;
  }

  Folder folder;
};

TEST_F (EditorFile, makes_a_private_file)
{
  edit ("new/deep/f.conf");

  EXPECT_EQ (folder.read ("new/deep/f.conf"), "[a]\nk=v\n");
  EXPECT_EQ (get_mode (folder.file ("new")), 0700U);
  EXPECT_EQ (get_mode (folder.file ("new/deep")), 0700U);
  EXPECT_EQ (get_mode (folder.file ("new/deep/f.conf")), 0600U);
}

TEST_F (EditorFile, keeps_the_mode)
{
  std::string file = folder.write ("f.conf", "");

  chmod (file.c_str (), 0640);
  edit ("f.conf");
  EXPECT_EQ (folder.read ("f.conf"), "[a]\nk=v\n");
  EXPECT_EQ (get_mode (file), 0640U);
}

TEST_F (EditorFile, follows_a_link)
{
  folder.write ("dotfiles/f", "");
  std::filesystem::create_symlink ("dotfiles/f", folder.file ("f.conf"));
  edit ("f.conf");

  EXPECT_TRUE (std::filesystem::is_symlink (folder.file ("f.conf")));
  EXPECT_EQ (folder.read ("dotfiles/f"), "[a]\nk=v\n");
}

TEST_F (EditorFile, follows_a_link_to_a_file_that_is_not_there_yet)
{
  std::filesystem::create_directories (folder.file ("dotfiles"));
  std::filesystem::create_symlink ("../dotfiles/f", folder.file ("dotfiles/link"));
  std::filesystem::create_symlink ("dotfiles/link", folder.file ("f.conf"));
  edit ("f.conf");

  EXPECT_TRUE (std::filesystem::is_symlink (folder.file ("f.conf")));
  EXPECT_EQ (folder.read ("dotfiles/f"), "[a]\nk=v\n");
}

TEST_F (EditorFile, leaves_nothing_beside)
{
  folder.write ("f.conf", "");
  edit ("f.conf");

  auto entries = std::filesystem::directory_iterator (folder.path);
  EXPECT_EQ (std::distance (begin (entries), end (entries)), 1);
}

TEST_F (EditorFile, overwrites_no_other_hand)
{
  g_autoptr (GError) error = nullptr;
  std::string file = folder.write ("f.conf", "[a]\n");
  g_autoptr (RpConfigEditor) editor = rp_config_editor_open (file.c_str (), nullptr);

  folder.write ("f.conf", "[b]\n");
  rp_config_editor_set (editor, "a", "k", "v");
  EXPECT_FALSE (rp_config_editor_save (editor, &error));
  EXPECT_TRUE (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG));
  EXPECT_EQ (folder.read ("f.conf"), "[b]\n");
}

TEST_F (EditorFile, saves_twice)
{
  std::string file = folder.write ("f.conf", "");
  g_autoptr (RpConfigEditor) editor = rp_config_editor_open (file.c_str (), nullptr);

  rp_config_editor_set (editor, "a", "k", "v");
  EXPECT_TRUE (rp_config_editor_save (editor, nullptr));
  rp_config_editor_set (editor, "a", "k", "w");
  EXPECT_TRUE (rp_config_editor_save (editor, nullptr));
  EXPECT_EQ (folder.read ("f.conf"), "[a]\nk=w\n");
}

TEST_F (EditorFile, tells_what_it_cannot_read)
{
  g_autoptr (GError) error = nullptr;
  g_autoptr (RpConfigEditor) editor =
      rp_config_editor_open (folder.path.c_str (), &error);

  EXPECT_EQ (editor, nullptr);
  EXPECT_NE (error, nullptr);
}

}
