// SPDX-License-Identifier: GPL-3.0-or-later
#include "mailbox.h"
#include "lab.h"

#include <filesystem>

namespace lab
{

std::vector<std::string>
Mailbox::read () const
{
  namespace fs = std::filesystem;
  std::vector<std::string> mails;
  std::error_code none;
  const std::string path = folder + "/" + server + "/mail/" + user + "/new";
  for (const auto &entry : fs::directory_iterator (path, none))
    mails.push_back (read_file (entry.path ()));
  return mails;
}

std::string
Mailbox::wait_for (const std::string &mark, double seconds) const
{
  std::string found;
  comes_true (
      [&] {
        for (const std::string &mail : read ())
          if (mail.find (mark) != std::string::npos)
            found = mail;
        return !found.empty ();
      },
      seconds);
  return found;
}

namespace
{

bool
starts_trace_field (const std::string &line)
{
  for (const char *name :
       { "Return-Path:", "X-Original-To:", "Delivered-To:", "Received:" })
    if (line.rfind (name, 0) == 0)
      return true;
  return false;
}

}

std::string
behind_trace (const std::string &mail)
{
  std::string out;
  bool front = true;
  bool folded = false;
  for (std::size_t at = 0; at < mail.size ();)
    {
      const std::size_t end = std::min (mail.find ('\n', at), mail.size ());
      const std::string line = mail.substr (at, end - at);
      at = end + 1;
      const bool continues = !line.empty () && (line[0] == ' ' || line[0] == '\t');
      front = front && (starts_trace_field (line) || (continues && folded));
      folded = front;
      if (!front)
        out += line + "\r\n";
    }
  return out;
}

std::string
first_hop (const std::string &mail)
{
  const std::string content = behind_trace (mail);
  const std::string line = content.substr (0, content.find ("\r\n"));
  const std::string trace = mail.substr (0, mail.find ("\n" + line + "\n"));
  const std::size_t by = trace.rfind ("\tby ");
  return by == std::string::npos
             ? ""
             : trace.substr (by + 4, trace.find (' ', by + 4) - by - 4);
}

std::string
fragile_message (const std::string &from,
                 const std::string &to,
                 const std::string &mark)
{
  return "from:  <" + from + ">\r\n" + "TO: \"Zwei, Drei\"\r\n\t<" + to + ">\r\n"
         + "Date: Tue, 24 Nov 2026 10:00:00 +0100\r\n" + "Message-ID: <" + mark
         + "@laptop.example>\r\n" + "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= " + mark
         + "\r\nX-Empty:\r\nMIME-Version: 1.0\r\n"
           "Content-Type: text/plain; charset=utf-8\r\n"
           "Content-Transfer-Encoding: 8bit\r\n\r\n"
           ".\r\n..\r\n.. two dots\r\nblanks at the end   \r\n\tGr\xc3\xbc\xc3\x9f"
           "e\r\nFrom here\r\n\r\n"
         + std::string (900, 'x') + "\r\n-- \r\n\r\n\r\n";
}

std::string
unique_mark ()
{
  static int count = 0;
  return "mark-" + std::to_string (++count) + "-of-this-run";
}

}
