/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads tests/dialogues/NAME.smtp; the README beside it has the notation. */
#pragma once

#include <glib.h>

#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

struct Transcript
{
  struct Turn
  {
    std::string client;
    std::string server;
  };

  std::string name;
  std::map<std::string, std::string> settings;
  std::vector<Turn> turns;
  std::vector<std::string> messages;
  bool is_closed = false;

  std::string
  all_client () const
  {
    std::string all;

    for (auto &turn : turns)
      all += turn.client;
    return all;
  }

  std::string
  all_server () const
  {
    std::string all;

    for (auto &turn : turns)
      all += turn.server;
    return all;
  }

  std::string
  get (const std::string &key, const std::string &otherwise) const
  {
    auto found = settings.find (key);

    return found != settings.end () ? found->second : otherwise;
  }
};

inline void
PrintTo (const Transcript &transcript, std::ostream *out)
{
  *out << transcript.name;
}

class TranscriptReader
{
public:
  static Transcript
  read (const std::string &path, const std::string &name)
  {
    TranscriptReader reader (path, name);
    std::string line;

    while (std::getline (reader.file, line))
      reader.take_line (line);
    return reader.transcript;
  }

  static std::vector<Transcript>
  read_all ()
  {
    std::string folder = std::string (g_getenv ("RP_TEST_SOURCE_DIR")) + "/dialogues";
    g_autoptr (GDir) dir = g_dir_open (folder.c_str (), 0, nullptr);
    std::map<std::string, Transcript> sorted;
    std::vector<Transcript> all;

    while (const char *file = g_dir_read_name (dir))
      if (g_str_has_suffix (file, ".smtp"))
        {
          std::string name (file, strlen (file) - strlen (".smtp"));
          sorted[name] = read (folder + "/" + file, name);
        }
    for (auto &entry : sorted)
      all.push_back (entry.second);
    return all;
  }

private:
  std::ifstream file;
  Transcript transcript;
  bool server_spoke = true;

  TranscriptReader (const std::string &path, const std::string &name) : file (path)
  {
    for (char c : name)
      transcript.name += g_ascii_isalnum (c) ? c : '_';
  }

  static std::string
  unescape (const std::string &text)
  {
    std::string out;

    for (size_t i = 0; i < text.size (); i++)
      {
        if (text[i] != '\\')
          {
            out += text[i];
            continue;
          }
        switch (text.at (++i))
          {
          case 'r':
            out += '\r';
            break;
          case 'n':
            out += '\n';
            break;
          case 't':
            out += '\t';
            break;
          case '0':
            out += '\0';
            break;
          case '\\':
            out += '\\';
            break;
          case 'x':
            out += char (std::stoi (text.substr (i + 1, 2), nullptr, 16));
            i += 2;
            break;
          default:
            throw std::runtime_error ("unknown escape in " + text);
          }
      }
    return out;
  }

  void
  add_client (const std::string &octets)
  {
    if (server_spoke)
      transcript.turns.emplace_back ();
    server_spoke = false;
    transcript.turns.back ().client += octets;
  }

  void
  add_server (const std::string &octets)
  {
    if (transcript.turns.empty ())
      transcript.turns.emplace_back ();
    server_spoke = true;
    transcript.turns.back ().server += octets;
  }

  void
  take_line (const std::string &line)
  {
    std::string text = line.size () > 3 ? line.substr (3) : "";
    size_t blank;
    unsigned times = 1;

    if (line.empty () || line[0] == '#')
      return;
    if (line.size () > 1 && line[1] == '*')
      {
        blank = text.find (' ');
        times = unsigned (std::stoul (text));
        text = text.substr (blank + 1);
      }
    for (text = unescape (text); times > 0; times--)
      switch (line[0])
        {
        case 'C':
          add_client (line[1] == '-' ? text : text + "\r\n");
          break;
        case 'S':
          add_server (text + "\r\n");
          break;
        case 'M':
          transcript.messages.push_back (text);
          break;
        case 'X':
          transcript.is_closed = true;
          break;
        case '=':
          transcript.settings[text.substr (0, text.find (' '))] =
              text.substr (text.find (' ') + 1);
          break;
        default:
          throw std::runtime_error ("unknown line " + line);
        }
  }
};
