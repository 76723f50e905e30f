/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A state folder of a test's own, and waiting on the main loop with a deadline. */
#pragma once

#include <gio/gio.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>

#include "store/rp-store.h"

class StateFolder : public testing::Test
{
protected:
  std::string folder;
  RpStore *store = nullptr;

  void
  SetUp () override
  {
    g_autofree char *path = g_dir_make_tmp ("roampost-store-XXXXXX", nullptr);

    ASSERT_NE (path, nullptr);
    folder = path;
  }

  void
  TearDown () override
  {
    close ();
    while (g_main_context_iteration (nullptr, FALSE))
      ;
    std::filesystem::remove_all (folder);
  }

  std::string
  database () const
  {
    return folder + "/roampost.db";
  }

  void
  open ()
  {
    g_autoptr (GError) error = nullptr;

    store = rp_store_open (folder.c_str (), &error);
    ASSERT_NE (store, nullptr) << error->message;
  }

  void
  close ()
  {
    if (store != nullptr)
      rp_store_close (store);
    g_clear_object (&store);
  }

  static bool
  wait_until (const std::function<bool ()> &is_reached, int timeout_s = 20)
  {
    gint64 deadline_us = g_get_monotonic_time () + timeout_s * G_USEC_PER_SEC;
    guint ticker = g_timeout_add (
        10, [] (gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr);

    while (!is_reached () && g_get_monotonic_time () < deadline_us)
      g_main_context_iteration (nullptr, TRUE);
    g_source_remove (ticker);
    return is_reached ();
  }
};

/* The result of an asynchronous call, once it is there. */
struct Awaited
{
  GAsyncResult *result = nullptr;

  ~Awaited ()
  {
    g_clear_object (&result);
  }

  static void
  on_ready (GObject *, GAsyncResult *result, gpointer data)
  {
    static_cast<Awaited *> (data)->result = G_ASYNC_RESULT (g_object_ref (result));
  }
};
