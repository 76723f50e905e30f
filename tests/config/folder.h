/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder for one test, removed with all that is in it. */
#pragma once

#include <glib/gstdio.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "config/rp-config-loader.h"

class Folder
{
public:
  Folder ()
  {
    g_autofree char *made = g_dir_make_tmp ("roampost-test-XXXXXX", nullptr);

    path = made;
  }

  Folder (const Folder &) = delete;
  Folder &operator= (const Folder &) = delete;

  ~Folder ()
  {
    std::filesystem::remove_all (path);
  }

  std::string
  file (const std::string &name) const
  {
    return path + "/" + name;
  }

  /* Makes the folders on the way too. */
  std::string
  write (const std::string &name, const std::string &text) const
  {
    std::filesystem::create_directories (
        std::filesystem::path (file (name)).parent_path ());
    EXPECT_TRUE (g_file_set_contents (file (name).c_str (), text.data (),
                                      static_cast<gssize> (text.size ()), nullptr));
    return file (name);
  }

  std::string
  read (const std::string &name) const
  {
    g_autofree char *text = nullptr;
    gsize n_bytes = 0;

    if (!g_file_get_contents (file (name).c_str (), &text, &n_bytes, nullptr))
      return "(no file)";
    return std::string (text, n_bytes);
  }

  std::string path;
};

/* The errors, a line each, without the folder's name. */
inline std::string
join_errors (const RpConfigLoad *load, const std::string &folder)
{
  g_auto (GStrv) texts = rp_config_errors_dup_texts (load->errors, nullptr);
  std::string joined;

  for (guint i = 0; texts[i] != nullptr; i++)
    joined += std::string (texts[i]) + "\n";
  for (size_t at; (at = joined.find (folder + "/")) != std::string::npos;)
    joined.erase (at, folder.size () + 1);
  return joined;
}
