/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replies for tests, read as they come off the wire. */
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "core/rp-reply.h"

/* "550-one\n550 two": lines without CR. */
inline RpReply *
make_reply (const std::string &text)
{
  g_autoptr (RpReplyParser) parser = rp_reply_parser_new ();
  std::string wire;
  RpReply *reply = nullptr;
  gsize consumed;

  for (char c : text)
    wire += c == '\n' ? std::string ("\r\n") : std::string (1, c);
  wire += "\r\n";
  EXPECT_EQ (
      rp_reply_parser_feed (parser, wire.data (), wire.size (), &consumed, &reply),
      RP_REPLY_PARSER_REPLY)
      << text;
  return reply != nullptr ? reply : rp_reply_new (599, nullptr, "not a reply");
}
