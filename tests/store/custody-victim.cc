/* SPDX-License-Identifier: GPL-3.0-or-later */
/* custody-victim take|remove FOLDER N: takes three messages, or takes and then removes
 * them, one after the other, and dies at the N-th call of that work. Tells on stdout
 * each that was answered. */
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "custody-folder.h"
#include "fault-shim.h"

static GAsyncResult *
await (Awaited *awaited)
{
  while (awaited->result == nullptr)
    g_main_context_iteration (nullptr, TRUE);
  return awaited->result;
}

static void
take (RpStore *store, const char *id)
{
  const std::string content = "Subject: x\r\n\r\n" + std::string (100 * 1000, 'x');
  g_autoptr (RpCustody) custody = make_custody (id, content);
  g_autoptr (GBytes) bytes = g_bytes_new (content.data (), content.size ());
  Awaited awaited;

  rp_custody_store_take_async (store, custody, bytes, -1, Awaited::on_ready, &awaited);
  if (!rp_custody_store_take_finish (store, await (&awaited), nullptr))
    exit (2);
}

static void
remove_message (RpStore *store, const char *id)
{
  Awaited awaited;

  rp_custody_store_remove_async (store, id, Awaited::on_ready, &awaited);
  if (!rp_custody_store_remove_finish (store, await (&awaited), nullptr))
    exit (3);
}

int
main (int argc, char **argv)
{
  const char *const ids[] = { "ID1", "ID2", "ID3" };
  const bool removes = argc == 4 && strcmp (argv[1], "remove") == 0;

  if (argc != 4)
    return 4;
  g_autoptr (RpStore) store = rp_store_open (argv[2], nullptr);
  g_autoptr (GPtrArray) messages =
      store != nullptr ? rp_custody_store_load (store, nullptr, nullptr) : nullptr;
  if (messages == nullptr)
    return 5;
  for (const char *id : ids)
    if (removes)
      take (store, id);

  fault_shim_watch (argv[2]);
  fault_shim_fail ("any", static_cast<unsigned> (atoi (argv[3])), 1, FAULT_SHIM_KILL);
  for (const char *id : ids)
    {
      if (removes)
        remove_message (store, id);
      else
        take (store, id);
      printf ("%s\n", id);
      fflush (stdout);
    }
  fault_shim_clear ();
  rp_store_close (store);
  return 0;
}
