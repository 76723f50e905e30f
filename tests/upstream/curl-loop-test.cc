/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include "run-until.h"
#include "scripted-server.h"
#include "upstream/rp-curl-loop.h"

namespace
{

struct Transfer
{
  RpCurlLoop *loop = nullptr;
  CURL *easy = nullptr;
  guint n_done = 0;
  guint n_lines = 0;
  CURLcode result = CURLE_OK;
  bool is_inside = false; /* of curl */
  bool removes_on_line = false;
  bool removes_when_done = false;
};

void
on_done (CURL *easy, CURLcode result, gpointer user_data)
{
  auto *transfer = static_cast<Transfer *> (user_data);

  EXPECT_EQ (easy, transfer->easy);
  EXPECT_FALSE (transfer->is_inside);
  transfer->n_done++;
  transfer->result = result;
  if (transfer->removes_when_done)
    rp_curl_loop_remove (transfer->loop, g_steal_pointer (&transfer->easy));
}

size_t
on_line (char *, size_t size, size_t n_items, void *data)
{
  auto *transfer = static_cast<Transfer *> (data);

  transfer->is_inside = true;
  transfer->n_lines++;
  if (transfer->removes_on_line)
    rp_curl_loop_remove (transfer->loop, g_steal_pointer (&transfer->easy));
  transfer->is_inside = false;
  return size * n_items;
}

CURL *
make_easy (Transfer *transfer, guint16 port)
{
  CURL *easy = curl_easy_init ();
  g_autofree char *url = g_strdup_printf ("smtp://127.0.0.1:%u/x", port);

  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_PROXY, "");
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, on_line);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, transfer);
  return easy;
}

const Script talk = { say ("220-a\r\n220 b\r\n"), expect ("EHLO"), say ("250 x\r\n"),
                      hang () };

TEST (CurlLoop, ReportsATransferOnceOutsideOfCurl)
{
  ScriptedServer server (talk);
  g_autoptr (RpCurlLoop) loop = rp_curl_loop_new ();
  Transfer transfer;

  transfer.loop = loop;
  transfer.easy = make_easy (&transfer, server.port ());
  rp_curl_loop_start (loop, transfer.easy, on_done, &transfer);
  EXPECT_EQ (transfer.n_done, 0u);
  ASSERT_TRUE (run_until ([&] { return transfer.n_done > 0; }));
  EXPECT_EQ (transfer.result, CURLE_OK);
  EXPECT_EQ (transfer.n_lines, 3u);

  /* The connection stays until the handle is removed. */
  EXPECT_FALSE (run_until ([&] { return server.n_finished () > 0; }, 100));
  rp_curl_loop_remove (loop, transfer.easy);
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 1; }));
  EXPECT_EQ (transfer.n_done, 1u);
}

TEST (CurlLoop, AHandleMayBeRemovedWhenDone)
{
  ScriptedServer server (talk);
  g_autoptr (RpCurlLoop) loop = rp_curl_loop_new ();
  Transfer first, second;

  for (Transfer *transfer : { &first, &second })
    {
      transfer->loop = loop;
      transfer->removes_when_done = true;
      transfer->easy = make_easy (transfer, server.port ());
      rp_curl_loop_start (loop, transfer->easy, on_done, transfer);
    }
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 2; }));
  EXPECT_EQ (first.n_done, 1u);
  EXPECT_EQ (second.n_done, 1u);
}

/* curl forbids it; the loop waits until curl has returned. */
TEST (CurlLoop, AHandleMayBeRemovedInsideOfCurl)
{
  ScriptedServer server (talk);
  g_autoptr (RpCurlLoop) loop = rp_curl_loop_new ();
  Transfer transfer;

  transfer.loop = loop;
  transfer.removes_on_line = true;
  transfer.easy = make_easy (&transfer, server.port ());
  rp_curl_loop_start (loop, transfer.easy, on_done, &transfer);
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 1; }));
  EXPECT_EQ (transfer.n_lines, 1u);
  EXPECT_EQ (transfer.n_done, 0u);
}

TEST (CurlLoop, TakesWhatIsUnderWayWithIt)
{
  ScriptedServer server (Script{ hang () });
  RpCurlLoop *loop = rp_curl_loop_new ();
  Transfer transfer;

  transfer.loop = loop;
  transfer.easy = make_easy (&transfer, server.port ());
  rp_curl_loop_start (loop, transfer.easy, on_done, &transfer);
  ASSERT_TRUE (run_until ([&] { return server.n_connections () == 1; }));
  g_object_unref (loop);
  EXPECT_TRUE (run_until ([&] { return server.n_finished () == 1; }));
  EXPECT_EQ (transfer.n_done, 0u);
}

} // namespace
