/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-dot-decoder.h"

#include <gtest/gtest.h>

#include <string>

#include "core/rp-dot-encoder.h"

namespace
{

struct Row
{
  const char *name;
  std::string wire;
  std::string content; /* when there is no fault */
  RpContentFault fault;
  bool has_end;
  std::string rest;
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

constexpr RpContentFault none = RP_CONTENT_FAULT_NONE;
constexpr RpContentFault cr = RP_CONTENT_FAULT_CR;
constexpr RpContentFault lf = RP_CONTENT_FAULT_LF;
constexpr RpContentFault nul = RP_CONTENT_FAULT_NUL;
struct Decoded
{
  std::string content;
  std::string rest;
  RpContentFault fault;
  bool has_end = false;
};

Decoded
decode (RpDotDecoder *decoder, const std::string &wire, size_t step)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  Decoded decoded;
  size_t at = 0;

  while (at < wire.size () && !decoded.has_end)
    {
      gsize consumed = 0;

      decoded.has_end =
          rp_dot_decoder_feed (decoder, wire.data () + at,
                               std::min (step, wire.size () - at), &consumed, out);
      at += consumed;
    }
  decoded.content.assign (reinterpret_cast<char *> (out->data), out->len);
  decoded.rest = wire.substr (at);
  decoded.fault = rp_dot_decoder_get_fault (decoder);
  return decoded;
}

void
check (const Row &row, RpBareNewline bare_newline)
{
  for (size_t step = 1; step <= row.wire.size (); step++)
    {
      g_autoptr (RpDotDecoder) decoder = rp_dot_decoder_new (bare_newline);
      Decoded decoded = decode (decoder, row.wire, step);

      EXPECT_EQ (decoded.fault, row.fault);
      EXPECT_EQ (decoded.has_end, row.has_end);
      EXPECT_EQ (row.fault == none ? decoded.content : "", row.content);
      EXPECT_EQ (row.has_end ? decoded.rest : "", row.rest);
    }
}

const std::string zero (1, '\0');

const Row strict_rows[] = {
  { "line", "a\r\n.\r\n", "a\r\n", none, true, "" },
  { "nothing", ".\r\n", "", none, true, "" },
  { "rest_is_kept", "a\r\n.\r\nQUIT\r\n", "a\r\n", none, true, "QUIT\r\n" },
  { "stuffed", "..\r\n..a\r\n.\r\n", ".\r\n.a\r\n", none, true, "" },
  { "stuffed_at_once", ".a\r\n.\r\n", "a\r\n", none, true, "" },
  { "dot_within", "a.\r\n.\r\n", "a.\r\n", none, true, "" },
  { "no_end", "a\r\n", "a\r\n", none, false, "" },
  { "half_end", "a\r\n.\r", "a\r\n", none, false, "" },
  { "dot_alone_within_line", "a\r\n .\r\n.\r\n", "a\r\n .\r\n", none, true, "" },
  { "lf_dot_lf", "a\n.\nb\r\n.\r\nQ", "", lf, true, "Q" },
  { "lf_dot_crlf", "a\n.\r\nb\r\n.\r\nQ", "", lf, true, "Q" },
  { "crlf_dot_lf", "a\r\n.\nb\r\n.\r\nQ", "", lf, true, "Q" },
  { "cr_dot_cr", "a\r.\rb\r\n.\r\nQ", "", cr, true, "Q" },
  { "cr_dot_crlf", "a\r.\r\nb\r\n.\r\nQ", "", cr, true, "Q" },
  { "crlf_dot_cr", "a\r\n.\rb\r\n.\r\nQ", "", cr, true, "Q" },
  { "crlf_dot_cr_crlf", "a\r\n.\r\r\nb\r\n.\r\nQ", "", cr, true, "Q" },
  { "lf_crlf_dot_crlf", "a\n\r\n.\r\nQ", "", lf, true, "Q" },
  { "cr_crlf_dot_crlf", "a\r\r\n.\r\nQ", "", cr, true, "Q" },
  { "first_fault_counts", "a\nb\rc\r\n.\r\n", "", lf, true, "" },
  { "lf_at_once", "\n.\r\nb\r\n.\r\n", "", lf, true, "" },
  { "cr_at_once", "\r.\r\nb\r\n.\r\n", "", cr, true, "" },
  { "nul", "a" + zero + "b\r\n.\r\n", "", nul, true, "" },
  { "nul_behind_dot", "a\r\n." + zero + "\r\n.\r\nQ", "", nul, true, "Q" },
  { "nul_in_end", "a\r\n.\r" + zero + "\n.\r\n.\r\nQ", "", cr, true, "Q" },
};

class Strict : public testing::TestWithParam<Row>
{
};

TEST_P (Strict, content)
{
  check (GetParam (), RP_BARE_NEWLINE_REFUSE);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Strict,
                          testing::ValuesIn (strict_rows),
                          [] (const auto &row) { return row.param.name; });

const Row normalizing_rows[] = {
  { "clean", "a\r\n..b\r\n.\r\n", "a\r\n.b\r\n", none, true, "" },
  { "lf", "a\nb\r\n.\r\n", "a\r\nb\r\n", none, true, "" },
  { "cr", "a\rb\r\n.\r\n", "a\r\nb\r\n", none, true, "" },
  { "lf_lf", "a\n\nb\r\n.\r\n", "a\r\n\r\nb\r\n", none, true, "" },
  { "cr_crlf", "a\r\r\nb\r\n.\r\n", "a\r\n\r\nb\r\n", none, true, "" },
  { "lf_dot_lf", "a\n.\nb\r\n.\r\nQ", "a\r\n.\r\nb\r\n", none, true, "Q" },
  { "lf_dot_crlf", "a\n.\r\nb\r\n.\r\nQ", "a\r\n.\r\nb\r\n", none, true, "Q" },
  { "crlf_dot_lf", "a\r\n.\nb\r\n.\r\nQ", "a\r\n.\r\nb\r\n", none, true, "Q" },
  { "crlf_dot_cr", "a\r\n.\rb\r\n.\r\nQ", "a\r\n.\r\nb\r\n", none, true, "Q" },
  { "cr_dot_cr", "a\r.\rb\r\n.\r\nQ", "a\r\n.\r\nb\r\n", none, true, "Q" },
  { "stuffed_behind_lf", "a\n..b\r\n.\r\n", "a\r\n.b\r\n", none, true, "" },
  { "unstuffed_behind_lf", "a\n.b\r\n.\r\n", "a\r\n.b\r\n", none, true, "" },
  { "nul_stays_a_fault", "a" + zero + "\r\n.\r\n", "", nul, true, "" },
};

class Normalizing : public testing::TestWithParam<Row>
{
};

TEST_P (Normalizing, content)
{
  check (GetParam (), RP_BARE_NEWLINE_NORMALIZE);
}

INSTANTIATE_TEST_SUITE_P (rows,
                          Normalizing,
                          testing::ValuesIn (normalizing_rows),
                          [] (const auto &row) { return row.param.name; });

TEST (Chunked, dots_mean_nothing)
{
  g_autoptr (RpDotDecoder) decoder =
      rp_dot_decoder_new_chunked (RP_BARE_NEWLINE_REFUSE);
  Decoded decoded = decode (decoder, "a\r\n.\r\n..b\r\n", 1);

  EXPECT_EQ (decoded.content, "a\r\n.\r\n..b\r\n");
  EXPECT_FALSE (decoded.has_end);
  EXPECT_EQ (decoded.fault, none);
}

TEST (Chunked, cr_at_the_end_is_bare)
{
  for (RpBareNewline mode : { RP_BARE_NEWLINE_REFUSE, RP_BARE_NEWLINE_NORMALIZE })
    {
      g_autoptr (RpDotDecoder) decoder = rp_dot_decoder_new_chunked (mode);
      g_autoptr (GByteArray) out = g_byte_array_new ();
      gsize consumed;

      rp_dot_decoder_feed (decoder, "a\r", 2, &consumed, out);
      rp_dot_decoder_finish (decoder, out);
      EXPECT_EQ (rp_dot_decoder_get_fault (decoder),
                 mode == RP_BARE_NEWLINE_REFUSE ? cr : none);
      EXPECT_EQ (out->len, mode == RP_BARE_NEWLINE_REFUSE ? 1u : 3u);
    }
}

std::string
encode (const std::string &content, size_t step)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  RpDotEncoder encoder;

  rp_dot_encoder_init (&encoder);
  for (size_t at = 0; at < content.size (); at += step)
    rp_dot_encoder_feed (&encoder,
                         reinterpret_cast<const guint8 *> (content.data ()) + at,
                         std::min (step, content.size () - at), out);
  rp_dot_encoder_finish (&encoder, out);
  return std::string (reinterpret_cast<char *> (out->data), out->len);
}

/* Every text of up to seven pieces of a line, cut at every width. */
TEST (Property, decoding_undoes_encoding)
{
  const std::string pieces[] = { ".", "\r\n", "a", "..", "\r\n." };

  for (unsigned n = 0; n < 5 * 5 * 5 * 5 * 5 * 5; n++)
    {
      std::string content;

      for (unsigned digits = n; digits > 0; digits /= 5)
        content += pieces[digits % 5];
      content += "\r\n";
      for (size_t step : { 1, 2, 3, 1000 })
        {
          g_autoptr (RpDotDecoder) decoder =
              rp_dot_decoder_new (RP_BARE_NEWLINE_REFUSE);
          std::string wire = encode (content, step);
          Decoded decoded = decode (decoder, wire + "rest", step);

          ASSERT_EQ (decoded.content, content);
          ASSERT_EQ (decoded.rest, "rest");
          ASSERT_TRUE (decoded.has_end);
          ASSERT_EQ (decoded.fault, none);
          ASSERT_EQ (wire, encode (content, 1));
        }
    }
}

}
