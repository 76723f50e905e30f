/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <fstream>
#include <string>

#include "upstream/rp-password.h"

/* AddressSanitizer lets no program lock memory. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CANNOT_LOCK 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define CANNOT_LOCK 1
#endif

namespace
{

/* The flags that the kernel keeps for the mapping at this address. */
std::string
flags_at (const void *address)
{
  std::ifstream maps ("/proc/self/smaps");
  std::string line;
  bool is_here = false;

  while (std::getline (maps, line))
    {
      unsigned long begin, end;

      if (sscanf (line.c_str (), "%lx-%lx ", &begin, &end) == 2)
        is_here = begin <= (unsigned long) address && (unsigned long) address < end;
      else if (is_here && line.rfind ("VmFlags:", 0) == 0)
        return line + " ";
    }
  return "";
}

TEST (Password, IsCopiedWhole)
{
  for (size_t n_bytes : { 0, 1, 4095, 4096, 4097, 10000 })
    {
      const std::string password (n_bytes, 'p');
      char *copy = rp_password_copy (password.c_str ());

      EXPECT_EQ (copy, password);
      rp_password_free (copy);
    }
  rp_password_free (nullptr);
}

TEST (Password, IsNeitherSwappedNorDumped)
{
  char *copy = rp_password_copy ("secret");
  const std::string flags = flags_at (copy);

#ifndef CANNOT_LOCK
  EXPECT_NE (flags.find (" lo "), std::string::npos) << flags;
#endif
  EXPECT_NE (flags.find (" dd "), std::string::npos) << flags;
  rp_password_free (copy);
}

TEST (Password, OctetsWithASecretAreGivenAsTheyAre)
{
  g_autoptr (GBytes) bytes = rp_password_new_bytes (g_strdup ("a"), 1);
  gsize n_bytes = 0;

  EXPECT_STREQ (static_cast<const char *> (g_bytes_get_data (bytes, &n_bytes)), "a");
  EXPECT_EQ (n_bytes, 1u);
}

} // namespace
