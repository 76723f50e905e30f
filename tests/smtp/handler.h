/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message handler that answers as tests/dialogues/README says, at once or when it is
 * told to, and remembers what it was given. */
#pragma once

#include <string>
#include <vector>

#include "../dialogues/replies.h"
#include "smtp/rp-message-handler.h"

struct HandlerLog
{
  std::vector<std::string> contents;
  std::vector<bool> answers; /* whether each was written */
  RpMessage *last = nullptr;
  GCancellable *cancellable = nullptr;
  bool is_held = false;
  GTask *held = nullptr;
};

struct TestHandler
{
  GObject parent_instance;
  HandlerLog *log;
};

struct TestHandlerClass
{
  GObjectClass parent_class;
};

static void test_handler_iface_init (RpMessageHandlerInterface *iface);

G_DEFINE_TYPE_WITH_CODE (TestHandler,
                         test_handler,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (RP_TYPE_MESSAGE_HANDLER,
                                                test_handler_iface_init))

static HandlerLog *
get_log (gpointer handler)
{
  return reinterpret_cast<TestHandler *> (handler)->log;
}

static gboolean
test_handler_check_login (RpMessageHandler *, const char *user, const char *password)
{
  return g_str_equal (user, password);
}

static RpReply *
test_handler_check_sender (RpMessageHandler *,
                           const RpClient *,
                           const RpEnvelope *envelope)
{
  return replies::check_sender (envelope);
}

static RpReply *
test_handler_check_recipient (RpMessageHandler *,
                              const RpClient *,
                              const RpEnvelope *,
                              const RpRecipient *recipient)
{
  return replies::check_recipient (recipient);
}

static std::string
read_content (RpContent *content)
{
  std::string all (rp_content_get_size (content), '\0');
  guint64 at = 0;

  while (at < all.size ())
    {
      gssize n = rp_content_read (content, at, reinterpret_cast<guint8 *> (&all[at]),
                                  all.size () - at, nullptr);

      if (n <= 0)
        break;
      at += guint64 (n);
    }
  return all;
}

static void
test_handler_take_message_async (RpMessageHandler *self,
                                 RpMessage *message,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  HandlerLog *log = get_log (self);
  GTask *task = g_task_new (self, nullptr, callback, user_data);

  g_task_set_task_data (task, replies::take_message (message->envelope, message->facts),
                        reinterpret_cast<GDestroyNotify> (rp_reply_free));
  log->contents.push_back (read_content (message->content));
  rp_message_unref (log->last);
  log->last = rp_message_ref (message);
  g_set_object (&log->cancellable, cancellable);
  if (log->is_held)
    {
      log->held = task;
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static RpReply *
test_handler_take_message_finish (RpMessageHandler *, GAsyncResult *result)
{
  return rp_reply_copy (
      static_cast<RpReply *> (g_task_get_task_data (G_TASK (result))));
}

static void
test_handler_message_answered (RpMessageHandler *self, RpMessage *, gboolean is_written)
{
  get_log (self)->answers.push_back (is_written);
}

static void
test_handler_iface_init (RpMessageHandlerInterface *iface)
{
  iface->check_login = test_handler_check_login;
  iface->check_sender = test_handler_check_sender;
  iface->check_recipient = test_handler_check_recipient;
  iface->take_message_async = test_handler_take_message_async;
  iface->take_message_finish = test_handler_take_message_finish;
  iface->message_answered = test_handler_message_answered;
}

static void
test_handler_init (TestHandler *)
{
}

static void
test_handler_class_init (TestHandlerClass *)
{
}

/* Lends a handler to sessions for the life of a test. */
class Handler
{
public:
  Handler ()
      : handler (
          static_cast<TestHandler *> (g_object_new (test_handler_get_type (), nullptr)))
  {
    handler->log = &log;
  }

  ~Handler ()
  {
    answer ();
    rp_message_unref (log.last);
    g_clear_object (&log.cancellable);
    g_object_unref (handler);
  }

  void
  answer ()
  {
    if (log.held == nullptr)
      return;
    g_task_return_boolean (log.held, TRUE);
    g_clear_object (&log.held);
  }

  RpMessageHandler *
  get ()
  {
    return reinterpret_cast<RpMessageHandler *> (handler);
  }

  HandlerLog log;

private:
  TestHandler *handler;
};
