/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks for secrets in everything that leaves the agent: what files hold, what two
 * buses carried, what programs were started with. */
#pragma once

#include <glib.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

/* Secrets in every form in which they could be written down. */
class SecretsScan
{
public:
  /* user: whose AUTH PLAIN it would be part of (RFC 4616); "" for none. */
  void
  add_secret (const std::string &name,
              const std::string &secret,
              const std::string &user = "")
  {
    add_form (name, secret);
    add_form (name + ", escaped", g_uri_escape_string (secret.c_str (), "", FALSE));
    add_form (name + ", hexadecimal", to_hex (secret));
    for (size_t shift = 0; shift < 3; shift++)
      add_form (name + ", base64", to_base64_within (secret, shift));
    if (!user.empty ())
      add_form (name + ", PLAIN", to_base64 (std::string (1, '\0') + user
                                             + std::string (1, '\0') + secret));
  }

  /* What was found in a text, "" for nothing. */
  std::string
  find_in (const std::string &place, const std::string &text) const
  {
    std::string found;

    for (const auto &[name, form] : forms_)
      if (text.find (form) != std::string::npos)
        found += name + " in " + place + "\n";
    return found;
  }

  /* The same in all files of a folder and its folders. */
  std::string
  find_in_folder (const std::string &folder) const
  {
    g_autoptr (GDir) dir = g_dir_open (folder.c_str (), 0, nullptr);
    std::string found;
    const char *name;

    if (dir == nullptr)
      return find_in (folder, read (folder));
    while ((name = g_dir_read_name (dir)) != nullptr)
      found += find_in_folder (folder + "/" + name);
    return found;
  }

  /* Where a running process holds them in memory that it can write: "NAME: N times". */
  std::string
  find_in_memory (const std::string &pid) const
  {
    std::ifstream maps ("/proc/" + pid + "/maps");
    std::ifstream memory ("/proc/" + pid + "/mem", std::ios::binary);
    std::string found;
    std::string line;

    while (std::getline (maps, line))
      {
        const std::string bytes = read_mapping (memory, line);

        for (const auto &[name, form] : forms_)
          for (size_t at = bytes.find (form); at != std::string::npos;
               at = bytes.find (form, at + 1))
            found += name + " in " + describe (line, at, bytes) + "\n";
      }
    return found;
  }

  static std::string
  read (const std::string &path)
  {
    g_autofree char *text = nullptr;
    gsize n_bytes = 0;

    /* Sockets and pipes hold nothing that could be read again. */
    if (!g_file_test (path.c_str (), G_FILE_TEST_IS_REGULAR)
        || !g_file_get_contents (path.c_str (), &text, &n_bytes, nullptr))
      return "";
    return std::string (text, n_bytes);
  }

private:
  void
  add_form (const std::string &name, const std::string &form)
  {
    for (const auto &known : forms_)
      if (known.second == form)
        return;
    forms_.emplace_back (name, form);
  }

  void
  add_form (const std::string &name, char *form)
  {
    add_form (name, std::string (form));
    g_free (form);
  }

  static std::string
  to_base64 (const std::string &text)
  {
    g_autofree char *coded =
        g_base64_encode ((const guchar *) text.data (), text.size ());

    return coded;
  }

  /* What base64 makes of it in the middle of something longer: the letters that hang on
   * no neighbour. */
  static std::string
  to_base64_within (const std::string &text, size_t shift)
  {
    const std::string coded = to_base64 (std::string (shift, 'x') + text);
    const size_t n_before = shift == 0 ? 0 : shift + 1;
    const size_t n_bits = (shift + text.size ()) * 8;

    return coded.substr (n_before, n_bits / 6 - n_before);
  }

  static std::string
  to_hex (const std::string &text)
  {
    std::string hex;

    for (unsigned char c : text)
      {
        char digits[3];

        g_snprintf (digits, sizeof digits, "%02x", c);
        hex += digits;
      }
    return hex;
  }

  static std::string
  read_mapping (std::ifstream &memory, const std::string &line)
  {
    unsigned long begin = 0;
    unsigned long end = 0;
    char rights[5] = "";

    if (sscanf (line.c_str (), "%lx-%lx %4s", &begin, &end, rights) != 3
        || rights[0] != 'r' || rights[1] != 'w')
      return "";

    std::string bytes (end - begin, '\0');

    memory.clear ();
    memory.seekg ((std::streamoff) begin);
    memory.read (bytes.data (), (std::streamsize) bytes.size ());
    bytes.resize ((size_t) std::max<std::streamsize> (memory.gcount (), 0));
    return bytes;
  }

  /* With what stands around it, for whoever has to find out whose it is. */
  static std::string
  describe (const std::string &line, size_t at, const std::string &bytes)
  {
    const size_t begin = at < 48 ? 0 : at - 48;
    std::string around = bytes.substr (begin, 128);

    for (char &c : around)
      if (!g_ascii_isprint (c))
        c = '.';
    return line.substr (0, line.find (' '))
           + line.substr (std::min (line.size (), line.rfind (' '))) + ": " + around;
  }

  std::vector<std::pair<std::string, std::string>> forms_;
};
