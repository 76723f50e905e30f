/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-keyfile.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

struct Parsed
{
  std::string rows;
  std::string errors;
};

/* "LINE GROUP|KEY|VALUE" and "FILE:LINE: TEXT", a line each. */
Parsed
parse (const std::string &text)
{
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
  g_autoptr (GPtrArray) errors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);
  Parsed parsed;

  rp_keyfile_parse ("f", text.data (), text.size (), rows, errors);
  for (guint i = 0; i < rows->len; i++)
    {
      auto row = static_cast<RpKeyfileRow *> (g_ptr_array_index (rows, i));

      parsed.rows += std::to_string (row->line) + " " + row->group;
      if (row->key != nullptr)
        parsed.rows += std::string ("|") + row->key + "|" + row->value;
      parsed.rows += "\n";
    }
  for (guint i = 0; i < errors->len; i++)
    {
      auto error = static_cast<RpConfigError *> (g_ptr_array_index (errors, i));
      g_autofree char *line = rp_config_error_dup_text (error, nullptr);

      parsed.errors += std::string (line) + "\n";
    }
  return parsed;
}

struct Row
{
  const char *name;
  std::string text;
  std::string rows;
  std::string errors; /* what each line of it must hold, in order */
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

const Row rows[] = {
  { "empty", "", "", "" },
  { "pair", "[a]\nk=v\n", "1 a\n2 a|k|v\n", "" },
  { "no_newline_at_end", "[a]\nk=v", "1 a\n2 a|k|v\n", "" },
  { "crlf", "[a]\r\nk=v\r\n", "1 a\n2 a|k|v\n", "" },
  { "byte_order_mark", "\xEF\xBB\xBF[a]\nk=v\n", "1 a\n2 a|k|v\n", "" },
  { "comments_and_blanks", "# c\n\n[a]\n  # d = e\nk=v\n", "3 a\n5 a|k|v\n", "" },
  { "white_space", "  [ a   b ]  \n  k\t=  v w  \n", "1 a b\n2 a b|k|v w\n", "" },
  { "equals_in_value", "[a]\nk=v=w\n", "1 a\n2 a|k|v=w\n", "" },
  { "empty_value", "[a]\nk=\n", "1 a\n2 a|k|\n", "" },
  { "hash_in_word", "[a]\nk=v#w\n", "1 a\n2 a|k|v#w\n", "" },
  { "hash_first", "[a]\nk=#w\n", "1 a\n2 a|k|#w\n", "" },
  { "escapes", "[a]\nk=\\sv\\tw\\\\n\\;\\s#\n", "1 a\n2 a|k| v\tw\\n; #\n", "" },
  { "utf8", "[a]\nk=Gästehaus\n", "1 a\n2 a|k|Gästehaus\n", "" },
  { "goes_on", "x\n[a]\nj\nk=v\n", "2 a\n4 a|k|v\n",
    "f:1: 'x' stands before the first group\nf:3: no '=' in 'j'\n" },
  { "group_not_closed", "[a\nk=v\n[b]\n", "3 b\n", "f:1: the group's closing ']'\n" },
  { "text_behind_group", "[a] x\nk=v\n", "",
    "f:1: ' x' stands behind the group's ']'\n" },
  { "key_twice", "[a]\nk=v\nl=w\nk=x\n", "1 a\n2 a|k|v\n3 a|l|w\n",
    "f:4: k= stands in line 2 already\n" },
  { "key_in_two_groups", "[a]\nk=v\n[b]\nk=v\n", "1 a\n2 a|k|v\n3 b\n4 b|k|v\n", "" },
  { "group_twice", "[a b]\nk=v\n[a  b]\nl=w\n", "1 a b\n2 a b|k|v\n4 a b|l|w\n",
    "f:3: group [a b] stands in line 1 already\n" },
  { "comment_behind_value", "[a]\nk=v # c\n", "1 a\n",
    "f:2: '#' inside the value of k=\n" },
  { "comment_behind_tab", "[a]\nk=v\t# c\n", "1 a\n",
    "f:2: '#' inside the value of k=\n" },
  { "bad_escape", "[a]\nk=a\\qb\n", "1 a\n",
    "f:2: '\\q' in the value of k= is no escape\n" },
  { "backslash_at_end", "[a]\nk=a\\\n", "1 a\n", "f:2: '\\' in the value of k=\n" },
  { "bad_key", "[a]\nk k=v\n=v\n", "1 a\n",
    "f:2: 'k k' is no key\nf:3: '' is no key\n" },
  { "latin1", "[a]\nk=G\xE4ste\n", "1 a\n", "f:2: octet 4 of this line (0xE4)\n" },
  { "nul", std::string ("[a]\nk=\0v\nl=w\n", 13), "1 a\n3 a|l|w\n",
    "f:2: a NUL octet\n" },
};

class Keyfile : public testing::TestWithParam<Row>
{
};

TEST_P (Keyfile, parses)
{
  Parsed parsed = parse (GetParam ().text);
  g_auto (GStrv) wanted = g_strsplit (GetParam ().errors.c_str (), "\n", -1);
  g_auto (GStrv) seen = g_strsplit (parsed.errors.c_str (), "\n", -1);

  EXPECT_EQ (parsed.rows, GetParam ().rows);
  ASSERT_EQ (g_strv_length (seen), g_strv_length (wanted)) << parsed.errors;
  for (guint i = 0; wanted[i] != nullptr; i++)
    EXPECT_TRUE (g_str_has_prefix (seen[i], wanted[i])) << seen[i];
}

INSTANTIATE_TEST_SUITE_P (rows, Keyfile, testing::ValuesIn (rows), [] (auto &row) {
  return row.param.name;
});

struct ListRow
{
  const char *name;
  const char *raw;
  const char *parts; /* joined by '|' */
};

void
PrintTo (const ListRow &row, std::ostream *out)
{
  *out << row.name;
}

const ListRow list_rows[] = {
  { "one", "a", "a" },
  { "two", "a;b", "a|b" },
  { "closed", "a;b;", "a|b" },
  { "empty_parts", ";a;; ;b", "a|b" },
  { "white_space", " a b ; c ", "a b|c" },
  { "escaped_semicolon", "a\\;b;c", "a;b|c" },
  { "escaped_backslash", "a\\\\;b", "a\\|b" },
  { "escaped_space", "\\sa;b", " a|b" },
  { "nothing", "", "" },
};

class KeyfileList : public testing::TestWithParam<ListRow>
{
};

TEST_P (KeyfileList, splits)
{
  g_auto (GStrv) parts = rp_keyfile_split_list (GetParam ().raw);
  g_autofree char *joined = g_strjoinv ("|", parts);

  EXPECT_STREQ (joined, GetParam ().parts);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          KeyfileList,
                          testing::ValuesIn (list_rows),
                          [] (auto &row) { return row.param.name; });

/* What is escaped comes back, as a value and as a part of a list. */
TEST (KeyfileEscape, comes_back)
{
  for (const char *text :
       { "plain", " a #b ", "a;b\\c", "tab\there", "x #", "#", "\\s" })
    {
      g_autofree char *value = rp_keyfile_escape (text, FALSE);
      g_autofree char *part = rp_keyfile_escape (text, TRUE);
      g_auto (GStrv) parts = rp_keyfile_split_list (part);
      Parsed parsed = parse (std::string ("[a]\nk=") + value + "\n");

      EXPECT_EQ (parsed.rows, std::string ("1 a\n2 a|k|") + text + "\n");
      EXPECT_EQ (parsed.errors, "");
      ASSERT_EQ (g_strv_length (parts), 1U) << part;
      EXPECT_STREQ (parts[0], text);
    }
}

}
