/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a folder a disk has for certain: contents as they were at their last sync,
 * names as they were at their folder's last sync. The fault shim, preloaded, tells them
 * as they are synced (see FAULT_SHIM_PLATTER there); this makes a folder of them again,
 * as it is found after the power was gone.
 *
 * What was not synced may be there or not, in any order: each name that came or went
 * since, each block that was written since, by chance. */
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>

#include "mortal-agent.h"

class Platter
{
public:
  Platter (const std::string &work_folder, const std::string &folder)
      : platter_ (work_folder + "/platter"), folder_ (folder)
  {
  }

  /* What the folder holds now is synced. @syncs: what it is told to sync from now on
   * is so too. */
  void
  arm (MortalAgent &agent, bool syncs)
  {
    agent.start ();
    g_assert_true (agent.wait_until_it_answers ());
    g_assert_true (agent.stop ());
    agent.set_environment ("LD_PRELOAD", std::string (g_getenv ("RP_TEST_BUILD_DIR"))
                                             + "/tests/store/libfault-shim.so");
    agent.set_environment ("FAULT_SHIM_FOLDER", folder_);
    agent.set_environment ("FAULT_SHIM_PLATTER", platter_);
    if (!syncs)
      agent.set_environment ("FAULT_SHIM_SYNCS", "none");
    sync_all ();
  }

  /* The folder becomes what may be found of it. */
  void
  lose_power (std::mt19937 &random)
  {
    const std::string found = folder_ + ".found";

    restore (folder_, found, random);
    std::filesystem::remove_all (folder_);
    std::filesystem::rename (found, folder_);
    sync_all ();
  }

private:
  typedef std::map<std::string, std::string> Names; /* to "INODE" */

  static std::string
  read (const std::string &path)
  {
    std::ifstream file (path, std::ios::binary);
    std::ostringstream text;

    text << file.rdbuf ();
    return text.str ();
  }

  static void
  write (const std::string &path, const std::string &text)
  {
    std::ofstream (path, std::ios::binary) << text;
  }

  static std::string
  inode_of (const std::string &path)
  {
    struct stat status;

    g_assert_no_errno (stat (path.c_str (), &status));
    return std::to_string (status.st_ino);
  }

  static Names
  names_in (const std::string &folder)
  {
    Names names;

    for (const auto &entry : std::filesystem::directory_iterator (folder))
      names[entry.path ().filename ()] = inode_of (entry.path ());
    return names;
  }

  Names
  synced_names_in (const std::string &folder) const
  {
    std::istringstream lines (read (platter_ + "/" + inode_of (folder)));
    std::string inode, name;
    Names names;

    while (lines >> inode && lines.get () && std::getline (lines, name))
      names[name] = inode;
    return names;
  }

  /* As the shim writes it when everything is synced. */
  void
  sync_all ()
  {
    std::filesystem::remove_all (platter_);
    std::filesystem::create_directory (platter_);
    sync_folder (folder_);
  }

  void
  sync_folder (const std::string &folder)
  {
    std::string text;

    for (const auto &[name, inode] : names_in (folder))
      {
        const std::string path = folder + "/" + name;

        text += inode + " " + name + "\n";
        if (std::filesystem::is_directory (path))
          sync_folder (path);
        else
          write (platter_ + "/" + inode, read (path));
      }
    write (platter_ + "/" + inode_of (folder), text);
  }

  static std::string
  mix (const std::string &synced, const std::string &live, std::mt19937 &random)
  {
    const size_t block = 512;
    const size_t end =
        live.size () > synced.size ()
            ? synced.size () + random () % (live.size () - synced.size () + 1)
            : synced.size ();
    std::string mixed = synced;

    mixed.resize (end, '\0');
    for (size_t at = 0; at < end && at < live.size (); at += block)
      if (random () % 2 == 0)
        mixed.replace (at, MIN (block, end - at),
                       live.substr (at, MIN (block, end - at)));
    return mixed;
  }

  /* Half of the time nothing that was not synced is there, as if the disk had been
   * slow. */
  void
  restore (const std::string &live, const std::string &found, std::mt19937 &random)
  {
    const Names synced = synced_names_in (live), now = names_in (live);
    Names names = synced;

    is_lazy_ = random () % 2 == 0;
    for (const auto &[name, inode] : now)
      if (!is_lazy_ && random () % 2 == 0)
        names[name] = inode;
    for (const auto &[name, inode] : synced)
      if (!is_lazy_ && now.count (name) == 0 && random () % 2 == 0)
        names.erase (name);

    std::filesystem::create_directory (found);
    std::filesystem::permissions (found, std::filesystem::perms::owner_all);
    for (const auto &[name, inode] : names)
      restore_one (live + "/" + name, found + "/" + name, inode, random);
  }

  void
  restore_one (const std::string &live,
               const std::string &found,
               const std::string &inode,
               std::mt19937 &random)
  {
    const bool is_lazy = is_lazy_;

    if (std::filesystem::is_directory (live))
      {
        restore (live, found, random);
        return;
      }
    const std::string synced = read (platter_ + "/" + inode);
    const bool is_the_same = std::filesystem::exists (live) && inode_of (live) == inode;

    write (found, is_lazy || !is_the_same ? synced : mix (synced, read (live), random));
    std::filesystem::permissions (found, std::filesystem::perms::owner_read
                                             | std::filesystem::perms::owner_write);
  }

  std::string platter_;
  std::string folder_;
  bool is_lazy_ = true;
};
