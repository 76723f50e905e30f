// SPDX-License-Identifier: GPL-3.0-or-later
// The queue's methods over a private socket, on a queue of the test's own: what is
// asked of it, how its messages and errors are told.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "bus/rp-bus-error.h"
#include "bus/rp-bus-path.h"
#include "rp-agent-queue.h"

// ---- a queue that notes what it is asked ----

struct _RpQueue
{
  GObject parent;
  GPtrArray *messages;
  std::string *asked;
  int error_code; // fails with it, when it is 0 or above
  guint64 n_sent; // of the first message, when it is under way
};

G_DEFINE_FINAL_TYPE (RpQueue, rp_queue, G_TYPE_OBJECT)
G_DEFINE_QUARK (rp_queue_error, rp_queue_error)

static void
rp_queue_class_init (RpQueueClass *)
{
}

static void
rp_queue_init (RpQueue *self)
{
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) rp_custody_free);
  self->error_code = -1;
}

namespace
{

gboolean
answer (RpQueue *self, const char *verb, const char *id, GError **error)
{
  *self->asked += std::string (verb) + " " + id + "\n";
  if (self->error_code < 0)
    return TRUE;
  g_set_error_literal (error, RP_QUEUE_ERROR, self->error_code, "why");
  return FALSE;
}

} // namespace

const GPtrArray *
rp_queue_get_messages (RpQueue *self)
{
  return self->messages;
}

const RpCustody *
rp_queue_find (RpQueue *self, const char *id, GError **error)
{
  return answer (self, "find", id, error)
             ? static_cast<RpCustody *> (self->messages->pdata[0])
             : nullptr;
}

gboolean
rp_queue_is_under_way (RpQueue *self, const char *id)
{
  return g_str_equal (id, "4F1C7Z2K") && self->n_sent > 0;
}

gboolean
rp_queue_is_in_doubt (RpQueue *self, const RpCustody *custody)
{
  return rp_custody_count (custody, RP_CUSTODY_DOUBT) > 0
         && !rp_queue_is_under_way (self, custody->id);
}

RpCustodySummary
rp_queue_get_summary (RpQueue *self, const RpCustody *custody)
{
  const RpCustodySummary summary = rp_custody_get_summary (custody);

  return summary == RP_CUSTODY_SUMMARY_DOUBT && !rp_queue_is_in_doubt (self, custody)
             ? RP_CUSTODY_SUMMARY_WAITING
             : summary;
}

gboolean
rp_queue_get_progress (RpQueue *self, const char *id, guint64 *n_sent, guint64 *n_bytes)
{
  *n_sent = self->n_sent;
  *n_bytes = 4711;
  return rp_queue_is_under_way (self, id);
}

gint64
rp_queue_get_next_attempt_s (RpQueue *, const char *id)
{
  return g_str_equal (id, "4F1C7Z2K") ? 1795489260 : 0;
}

gboolean
rp_queue_retry (RpQueue *self, const char *id, GError **error)
{
  return answer (self, "retry", id, error);
}

void
rp_queue_hold_async (RpQueue *self,
                     const char *id,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, nullptr, callback, user_data);
  GError *error = nullptr;

  if (answer (self, "hold", id, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

gboolean
rp_queue_hold_finish (RpQueue *, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
rp_queue_release (RpQueue *self, const char *id, GError **error)
{
  return answer (self, "release", id, error);
}

void
rp_queue_drop_async (RpQueue *self,
                     const char *id,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, nullptr, callback, user_data);
  GError *error = nullptr;

  if (answer (self, "drop", id, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

gboolean
rp_queue_drop_finish (RpQueue *, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
rp_queue_flush (RpQueue *self)
{
  return self->messages->len;
}

int
rp_queue_open_body (RpQueue *self, const char *id, GError **error)
{
  int fd;

  if (!answer (self, "open", id, error))
    return -1;
  fd = memfd_create ("body", MFD_CLOEXEC);
  EXPECT_EQ (write (fd, "a\0b\xFF", 4), 4);
  return fd;
}

namespace
{

// ---- messages ----

// To as many as there are letters: w waiting, d doubt, s sent, f failed.
RpCustody *
make_message (const char *id, const std::string &states)
{
  g_autoptr (RpEnvelope) envelope = rp_envelope_new ("terri@proseware.com");
  RpContentFacts facts = { 4711, FALSE, FALSE, nullptr };
  RpCustody *custody;

  for (size_t i = 0; i < states.size (); i++)
    rp_envelope_add_recipient (envelope, ("r" + std::to_string (i) + "@x").c_str ());
  custody = rp_custody_new (id, envelope, &facts);
  for (guint i = 0; i < states.size (); i++)
    {
      auto state = static_cast<RpCustodyState> (std::string ("wdsf").find (states[i]));
      g_autoptr (RpCustodyRecipient) recipient = rp_custody_recipient_new (state);

      rp_custody_set_recipient (custody, i, recipient);
    }
  return custody;
}

class QueueOnBusTest : public testing::Test
{
protected:
  QueueOnBusTest ()
      : queue_ ((RpQueue *) g_object_new (RP_TYPE_QUEUE, nullptr)),
        server_ (rp_bus_server_new ())
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-queue-XXXXXX", nullptr);
    g_autoptr (GAsyncResult) result = nullptr;
    g_autofree char *socket = nullptr;
    g_autofree char *address = nullptr;

    folder_ = folder;
    queue_->asked = &asked_;
    rp_agent_queue_connect (queue_, rp_bus_server_get_agent (server_));
    EXPECT_TRUE (rp_bus_server_listen (server_, folder, nullptr));
    socket = rp_bus_path_dup_socket (folder);
    address = rp_bus_path_dup_address (socket);
    g_dbus_connection_new_for_address (address,
                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                                       nullptr, nullptr, on_result, &result);
    wait_for (&result);
    connection_ = g_dbus_connection_new_for_address_finish (result, nullptr);
  }

  ~QueueOnBusTest () override
  {
    g_clear_pointer (&answer_, g_variant_unref);
    g_object_unref (connection_);
    g_object_unref (server_);
    g_ptr_array_unref (queue_->messages);
    g_object_unref (queue_);
    g_unlink ((folder_ + "/bus").c_str ());
    g_rmdir (folder_.c_str ());
  }

  static void
  on_result (GObject *, GAsyncResult *result, gpointer user_data)
  {
    *static_cast<GAsyncResult **> (user_data) = (GAsyncResult *) g_object_ref (result);
  }

  static void
  wait_for (GAsyncResult **result)
  {
    while (*result == nullptr)
      g_main_context_iteration (nullptr, TRUE);
  }

  // The answer, or the error's name on the bus.
  std::string
  call (const char *method, const char *id = nullptr, GUnixFDList **fds = nullptr)
  {
    g_autoptr (GAsyncResult) result = nullptr;
    g_autoptr (GVariant) value = nullptr;
    g_autoptr (GError) error = nullptr;

    g_dbus_connection_call_with_unix_fd_list (
        connection_, nullptr, RP_BUS_OBJECT_PATH, "org.roampost.Agent1", method,
        id == nullptr ? nullptr : g_variant_new ("(s)", id), nullptr,
        G_DBUS_CALL_FLAGS_NONE, -1, nullptr, nullptr, on_result, &result);
    wait_for (&result);
    value = g_dbus_connection_call_with_unix_fd_list_finish (connection_, fds, result,
                                                             &error);
    g_clear_pointer (&answer_, g_variant_unref);
    answer_ = value == nullptr ? nullptr : g_variant_ref (value);
    g_autofree char *text = value == nullptr ? g_dbus_error_get_remote_error (error)
                                             : g_variant_print (value, FALSE);
    return text;
  }

  // One of the messages of the last answer.
  std::string
  print_message (gsize index) const
  {
    g_autoptr (GVariant) list = g_variant_get_child_value (answer_, 0);
    g_autoptr (GVariant) message = g_variant_get_child_value (list, index);
    g_autofree char *text = g_variant_print (message, FALSE);

    return text;
  }

  void
  add (const char *id, const std::string &states)
  {
    g_ptr_array_add (queue_->messages, make_message (id, states));
  }

  RpCustody *
  message (guint index)
  {
    return static_cast<RpCustody *> (queue_->messages->pdata[index]);
  }

  std::string folder_;
  std::string asked_;
  RpQueue *queue_;
  RpBusServer *server_;
  GDBusConnection *connection_;
  GVariant *answer_ = nullptr;
};

TEST_F (QueueOnBusTest, ListsInOrderWithWhatTheQueueKnows)
{
  add ("4F1C7Z2K", "ws");
  add ("5A2D8Y3L", "f");
  queue_->n_sent = 310;

  call ("ListQueue");
  std::string first = print_message (0);
  std::string second = print_message (1);

  // the keys of a dictionary have no order
  for (const char *fact :
       { "'id': <'4F1C7Z2K'>", "'state': <'waiting'>", "'under-way': <true>",
         "'sent-bytes': <uint64 310>", "'bytes': <uint64 4711>",
         "'next-attempt-at': <int64 1795489260>", "'sender': <'terri@proseware.com'>" })
    EXPECT_NE (first.find (fact), std::string::npos) << fact << "\nin: " << first;
  for (const char *fact :
       { "'id': <'5A2D8Y3L'>", "'state': <'failed'>", "'under-way': <false>" })
    EXPECT_NE (second.find (fact), std::string::npos) << fact << "\nin: " << second;
  for (const char *key : { "sent-bytes", "next-attempt-at" })
    EXPECT_EQ (second.find (key), std::string::npos) << second;
}

TEST_F (QueueOnBusTest, AnEmptyQueue)
{
  EXPECT_EQ (call ("ListQueue"), "([],)");
  EXPECT_EQ (call ("FlushQueue"), "(0,)");
}

TEST_F (QueueOnBusTest, OpensTheBody)
{
  g_autoptr (GUnixFDList) fds = nullptr;
  char octets[16];
  int fd;

  EXPECT_EQ (call ("OpenQueued", "4f1c", &fds), "(0,)");
  ASSERT_NE (fds, nullptr);
  fd = g_unix_fd_list_get (fds, 0, nullptr);
  EXPECT_EQ (pread (fd, octets, sizeof octets, 0), 4);
  EXPECT_EQ (memcmp (octets, "a\0b\xFF", 4), 0);
  close (fd);
  EXPECT_EQ (asked_, "open 4f1c\n");
}

struct Verb
{
  const char *name;
  const char *method;
  const char *asked;
};

class VerbTest : public QueueOnBusTest, public testing::WithParamInterface<Verb>
{
};

TEST_P (VerbTest, AsksTheQueue)
{
  add ("4F1C7Z2K", "w");
  EXPECT_EQ (call (GetParam ().method, "4f1c").substr (0, 1), "(");
  EXPECT_EQ (asked_, GetParam ().asked);
}

TEST_P (VerbTest, TellsEachError)
{
  const std::pair<RpQueueError, const char *> errors[] = {
    { RP_QUEUE_ERROR_NOT_FOUND, "NoSuchMessage" },
    { RP_QUEUE_ERROR_AMBIGUOUS, "NoSuchMessage" },
    { RP_QUEUE_ERROR_UNDER_WAY, "UnderWay" },
    { RP_QUEUE_ERROR_DAMAGED, "Damaged" },
    { RP_QUEUE_ERROR_FAILED, "Failed" },
  };

  for (const auto &[code, name] : errors)
    {
      queue_->error_code = code;
      EXPECT_EQ (call (GetParam ().method, "4f1c"),
                 std::string ("org.roampost.Error.") + name);
    }
}

const Verb verbs[] = {
  { "get", "GetQueued", "find 4f1c\n" },
  { "open", "OpenQueued", "open 4f1c\n" },
  { "retry", "RetryQueued", "retry 4f1c\n" },
  { "hold", "HoldQueued", "hold 4f1c\n" },
  { "release", "ReleaseQueued", "release 4f1c\n" },
  { "drop", "DropQueued", "drop 4f1c\n" },
};

INSTANTIATE_TEST_SUITE_P (Rows, VerbTest, testing::ValuesIn (verbs), [] (auto &row) {
  return std::string (row.param.name);
});

TEST_F (QueueOnBusTest, StatusCountsEachStateAndNamesUploads)
{
  add ("4F1C7Z2K", "ws");
  add ("5A2D8Y3L", "w");
  add ("6B3E9X4M", "wf");
  message (2)->is_held = TRUE;
  add ("7C4F0W5N", "wd");
  add ("8D5G1V6P", "sf");
  add ("9E6H2U7Q", "w");
  message (5)->damage = g_strdup (RP_CUSTODY_TORN);
  queue_->n_sent = 310;

  g_autoptr (GVariant) status =
      g_variant_ref_sink (rp_agent_queue_build_status (queue_));
  g_autoptr (GVariant) under_way =
      g_variant_lookup_value (status, "under-way", G_VARIANT_TYPE ("aa{sv}"));
  const std::pair<const char *, guint> wanted[] = {
    { "waiting", 2 }, { "held", 1 }, { "doubt", 1 }, { "failed", 1 }, { "damaged", 1 },
  };

  for (const auto &[state, count] : wanted)
    {
      guint found = 99;

      EXPECT_TRUE (g_variant_lookup (status, state, "u", &found)) << state;
      EXPECT_EQ (found, count) << state;
    }
  ASSERT_EQ (g_variant_n_children (under_way), 1u);
  g_autoptr (GVariant) upload = g_variant_get_child_value (under_way, 0);
  const char *id = "";
  guint64 n_sent = 0;

  g_variant_lookup (upload, "id", "&s", &id);
  g_variant_lookup (upload, "sent-bytes", "t", &n_sent);
  EXPECT_STREQ (id, "4F1C7Z2K");
  EXPECT_EQ (n_sent, 310u);
}

std::string
attention_of (RpQueue *queue, const char *const *set_aside)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sas)"));

  rp_agent_queue_add_attention (queue, set_aside, &builder);
  g_autoptr (GVariant) list = g_variant_ref_sink (g_variant_builder_end (&builder));
  g_autofree char *text = g_variant_print (list, FALSE);
  return text;
}

TEST_F (QueueOnBusTest, NothingNeedsTheUser)
{
  add ("4F1C7Z2K", "ws");
  EXPECT_EQ (attention_of (queue_, nullptr), "[]");
}

TEST_F (QueueOnBusTest, EachTroubleOnceWithItsNumber)
{
  const char *const files[] = { "0Z.eml", nullptr };

  add ("4F1C7Z2K", "wf");
  add ("5A2D8Y3L", "fd");
  add ("6B3E9X4M", "f");
  add ("7C4F0W5N", "df");
  message (3)->damage = g_strdup (RP_CUSTODY_NO_BODY);
  EXPECT_EQ (attention_of (queue_, files),
             "[('queue-doubt', ['1']), ('queue-failed', ['3']), "
             "('queue-damaged', ['1']), ('queue-set-aside', ['1'])]");
}

} // namespace
