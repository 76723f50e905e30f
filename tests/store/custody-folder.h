/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A state folder with messages in custody: taking, loading, and looking at the disk. */
#pragma once

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "state-folder.h"
#include "store/rp-custody-store.h"

using Strings = std::vector<std::string>;

/* One message, waiting; its content is as long as its record says. */
inline RpCustody *
make_custody (const std::string &id,
              const std::string &content,
              const Strings &recipients = { "joe@proseware.com" })
{
  g_autoptr (RpEnvelope) envelope = rp_envelope_new ("terri@proseware.com");
  RpContentFacts facts = { content.size (), FALSE, FALSE, nullptr };

  for (const std::string &recipient : recipients)
    rp_envelope_add_recipient (envelope, recipient.c_str ());
  RpCustody *custody = rp_custody_new (id.c_str (), envelope, &facts);
  custody->received_at_s = 1795500000;
  return custody;
}

class CustodyFolder : public StateFolder
{
protected:
  struct Messages
  {
    GPtrArray *all = nullptr;
    Strings set_aside;

    Messages () = default;
    Messages (const Messages &) = delete;
    Messages (Messages &&other) : all (other.all), set_aside (other.set_aside)
    {
      other.all = nullptr;
    }

    ~Messages ()
    {
      g_clear_pointer (&all, g_ptr_array_unref);
    }

    const RpCustody *
    operator[] (size_t index) const
    {
      return static_cast<const RpCustody *> (g_ptr_array_index (all, index));
    }

    Strings
    ids () const
    {
      Strings ids;

      for (guint i = 0; i < all->len; i++)
        ids.push_back ((*this)[i]->id);
      return ids;
    }
  };

  std::string
  queue (const std::string &name = "") const
  {
    return folder + "/queue" + (name.empty () ? "" : "/" + name);
  }

  std::string
  body (const std::string &id) const
  {
    return queue (id + ".eml");
  }

  /* Where there is such a folder: what is measured or walked then is our work, and not
   * what the disk does for others meanwhile. */
  void
  move_to_memory ()
  {
    char path[] = "/dev/shm/roampost-store-XXXXXX";

    if (g_mkdtemp (path) == nullptr)
      return;
    std::filesystem::remove_all (folder);
    folder = path;
  }

  /* Names in queue/, set-aside/ apart. */
  std::set<std::string>
  names () const
  {
    std::set<std::string> names;

    for (const auto &entry : std::filesystem::directory_iterator (queue ()))
      if (entry.path ().filename () != "set-aside")
        names.insert (entry.path ().filename ());
    return names;
  }

  static std::string
  read_file (const std::string &path)
  {
    std::ostringstream text;

    text << std::ifstream (path, std::ios::binary).rdbuf ();
    return text.str ();
  }

  static void
  write_file (const std::string &path, const std::string &text)
  {
    std::ofstream (path, std::ios::binary) << text;
  }

  /* As the intake holds a large one. */
  int
  make_unnamed_file (const std::string &content) const
  {
    int fd = ::open (queue ().c_str (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    EXPECT_GE (fd, 0);
    EXPECT_EQ (write (fd, content.data (), content.size ()),
               static_cast<ssize_t> (content.size ()));
    return fd;
  }

  void
  start_take (const RpCustody *custody,
              const std::string &content,
              Awaited *awaited,
              int fd = -1)
  {
    g_autoptr (GBytes) bytes =
        fd < 0 ? g_bytes_new (content.data (), content.size ()) : nullptr;

    rp_custody_store_take_async (store, custody, bytes, fd, Awaited::on_ready, awaited);
  }

  /* Empty when it succeeded, else what was wrong. */
  std::string
  finish_take (Awaited *awaited)
  {
    g_autoptr (GError) error = nullptr;

    if (!wait_until ([&] { return awaited->result != nullptr; }))
      return "no answer";
    if (rp_custody_store_take_finish (store, awaited->result, &error))
      return "";
    EXPECT_TRUE (g_error_matches (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED));
    EXPECT_NE (std::string (error->message), "");
    return error->message;
  }

  std::string
  take (const std::string &id, const std::string &content = "Subject: x\r\n\r\n")
  {
    g_autoptr (RpCustody) custody = make_custody (id, content);
    Awaited awaited;

    start_take (custody, content, &awaited);
    return finish_take (&awaited);
  }

  std::string
  take_file (const std::string &id, const std::string &content)
  {
    g_autoptr (RpCustody) custody = make_custody (id, content);
    Awaited awaited;
    int fd = make_unnamed_file (content);

    start_take (custody, content, &awaited, fd);
    std::string failure = finish_take (&awaited);
    ::close (fd);
    return failure;
  }

  std::string
  record (const std::string &id, guint index, const RpCustodyRecipient *recipient)
  {
    g_autoptr (GPtrArray) changes =
        g_ptr_array_new_with_free_func ((GDestroyNotify) rp_custody_change_free);
    g_autoptr (GError) error = nullptr;
    Awaited awaited;

    g_ptr_array_add (changes, rp_custody_change_new (index, recipient));
    rp_custody_store_record_async (store, id.c_str (), changes, Awaited::on_ready,
                                   &awaited);
    if (!wait_until ([&] { return awaited.result != nullptr; }))
      return "no answer";
    rp_custody_store_record_finish (store, awaited.result, &error);
    return error != nullptr ? error->message : "";
  }

  std::string
  record (const std::string &id, guint index, RpCustodyState state)
  {
    g_autoptr (RpCustodyRecipient) recipient = rp_custody_recipient_new (state);

    return record (id, index, recipient);
  }

  std::string
  remove (const std::string &id)
  {
    g_autoptr (GError) error = nullptr;
    Awaited awaited;

    rp_custody_store_remove_async (store, id.c_str (), Awaited::on_ready, &awaited);
    if (!wait_until ([&] { return awaited.result != nullptr; }))
      return "no answer";
    rp_custody_store_remove_finish (store, awaited.result, &error);
    return error != nullptr ? error->message : "";
  }

  Messages
  load ()
  {
    g_autoptr (GPtrArray) set_aside = nullptr;
    g_autoptr (GError) error = nullptr;
    Messages messages;

    messages.all = rp_custody_store_load (store, &set_aside, &error);
    EXPECT_NE (messages.all, nullptr) << error->message;
    for (guint i = 0; set_aside != nullptr && i < set_aside->len; i++)
      messages.set_aside.push_back (
          static_cast<const char *> (g_ptr_array_index (set_aside, i)));
    return messages;
  }

  Messages
  restart ()
  {
    close ();
    open ();
    return load ();
  }

  /* While the store is closed. */
  void
  run_sql (const std::string &sql) const
  {
    sqlite3 *file = nullptr;
    char *message = nullptr;

    ASSERT_EQ (sqlite3_open (database ().c_str (), &file), SQLITE_OK);
    EXPECT_EQ (sqlite3_exec (file, sql.c_str (), nullptr, nullptr, &message), SQLITE_OK)
        << message;
    sqlite3_free (message);
    sqlite3_close (file);
  }

  gint64
  count_rows (const std::string &table) const
  {
    sqlite3 *file = nullptr;
    sqlite3_stmt *statement = nullptr;
    gint64 n = -1;

    EXPECT_EQ (sqlite3_open (database ().c_str (), &file), SQLITE_OK);
    sqlite3_prepare_v2 (file, ("SELECT count(*) FROM " + table).c_str (), -1,
                        &statement, nullptr);
    if (sqlite3_step (statement) == SQLITE_ROW)
      n = sqlite3_column_int64 (statement, 0);
    sqlite3_finalize (statement);
    sqlite3_close (file);
    return n;
  }
};
