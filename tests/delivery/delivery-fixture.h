/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole messages through real connections to scripted servers on loopback addresses:
 * "proseware" hosts proseware.com and relays from network home, "thephone" is the
 * server of network work. The store is a real one, in a folder of the test's own. */
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "config-from-text.h"
#include "delivery/rp-delivery.h"
#include "run-until.h"
#include "scripted-server.h"
#include "table-secrets.h"

inline const Script hello = { say ("220 here\r\n"), expect ("EHLO"),
                              say ("250-here\r\n250 8BITMIME\r\n") };
inline const Script mail = { expect ("MAIL FROM:<terri@proseware.com>"),
                             say ("250 Ok\r\n") };
inline const Script rcpt = { expect ("RCPT TO:"), say ("250 Ok\r\n") };
inline const Script data = { expect ("DATA"), say ("354 go ahead\r\n") };
inline const Script whole = { read_content (),
                              say ("250 2.0.0 Ok: queued as 4F1C\r\n") };
inline const Script silence = { hang () };
inline const Script bye = { expect ("QUIT"), say ("221 bye\r\n"), cut () };

inline const Script accepts = hello + mail + rcpt + data + whole + bye;

class DeliveryTest : public testing::Test
{
protected:
  void
  SetUp () override
  {
    loop = rp_curl_loop_new ();
    secrets =
        static_cast<TableSecrets *> (g_object_new (table_secrets_get_type (), nullptr));
    g_autofree char *path = g_dir_make_tmp ("roampost-delivery-XXXXXX", nullptr);

    folder = path;
    memory = rp_memory_new ();
    here = rp_surroundings_new ();
    here->connectivity = RP_CONNECTIVITY_FULL;
    here->gateway_mac = g_strdup ("52:54:00:12:34:56");
  }

  void
  TearDown () override
  {
    if (self != nullptr)
      {
        EXPECT_TRUE (run_until ([&] { return rp_delivery_get_n_open (self) == 0; }))
            << "a message never ended";
        CloseQueue ();
      }
    std::filesystem::remove_all (folder);
    for (ScriptedServer *server : { proseware.get (), thephone.get () })
      if (server != nullptr)
        {
          /* QUIT is said in the background, after the program has its answer. */
          run_until ([&] { return server->n_finished () == server->n_connections (); });
          server->stop ();
          EXPECT_EQ (server->problem (), "");
        }
    g_object_unref (loop);
    g_object_unref (secrets);
    rp_memory_free (memory);
    rp_surroundings_free (here);
    if (config != nullptr)
      rp_config_unref (config);
  }

  void
  Serve (std::vector<Script> at_proseware, std::vector<Script> at_thephone = {})
  {
    proseware = std::make_unique<ScriptedServer> (at_proseware, "127.0.0.1");
    if (!at_thephone.empty ())
      thephone = std::make_unique<ScriptedServer> (at_thephone, "127.0.0.2");
    Configure ("");
  }

  void
  Configure (const std::string &agent)
  {
    std::string text =
        "[agent]\n" + agent
        + "[account terri]\naddress=terri@proseware.com\nservers=proseware;location\n"
          "[server proseware]\nendpoints=smtp+insecure://127.0.0.1:"
        + std::to_string (proseware ? proseware->port () : 1)
        + "\ndomains=proseware.com\naccess=network:home"
        + (with_password ? ";password\nuser=terri" : "") + login
        + "\n[server thephone]\nendpoints=smtp+insecure://127.0.0.2:"
        + std::to_string (thephone ? thephone->port () : 1)
        + "\naccess=network:work\n"
          "[network home]\ngateway-mac=52:54:00:12:34:56\n"
          "[network work]\ndns-domain=corp.thephone.example\nserver=thephone\n";

    config = config_from_text (text);
    ASSERT_NE (config, nullptr);
    config->patience_s = patience_s;
    Open ();
  }

  /* As an agent does at its start. */
  void
  Open ()
  {
    ASSERT_NO_FATAL_FAILURE (OpenQueue ());
    self = rp_delivery_new (loop, RP_SECRETS (secrets), memory, queue,
                            rp_duplicates_new (store, nullptr), config, here);
    g_signal_connect (self, "begun", G_CALLBACK (OnBegun), this);
    g_signal_connect (self, "step", G_CALLBACK (OnStep), this);
    g_signal_connect (self, "learned", G_CALLBACK (OnLearned), this);
    g_signal_connect (self, "ended", G_CALLBACK (OnEnded), this);
  }

  void
  OpenQueue ()
  {
    g_autoptr (GError) error = nullptr;

    store = rp_store_open (folder.c_str (), &error);
    ASSERT_NE (store, nullptr) << error->message;
    queue = rp_queue_new (store, nullptr, &error);
    ASSERT_NE (queue, nullptr) << error->message;
  }

  /* As after a crash: what is on disk is all that is left. */
  void
  CloseQueue ()
  {
    g_signal_handlers_disconnect_by_data (self, this);
    g_clear_object (&self);
    g_clear_object (&queue);
    rp_store_close (store);
    g_clear_object (&store);
  }

  void
  GoToWork ()
  {
    g_clear_pointer (&here->gateway_mac, g_free);
    here->gateway_mac = g_strdup ("00:00:5e:00:53:01");
    here->dns_domains = g_strsplit ("corp.thephone.example", ";", -1);
  }

  static void
  OnBegun (RpDelivery *, RpMessage *message, DeliveryTest *test)
  {
    test->n_begun++;
    test->ids.insert (message->id);
  }

  static void
  OnStep (RpDelivery *, const RpStep *step, DeliveryTest *test)
  {
    std::string text = rp_step_kind_to_nick (step->kind);

    EXPECT_GT (step->at_s, 0);
    EXPECT_EQ (test->ids.count (step->message_id), 1u) << step->message_id;
    if (step->recipient != nullptr)
      text += std::string (" ") + step->recipient;
    test->steps.push_back (text);
  }

  static void
  OnLearned (RpDelivery *, const RpLesson *lesson, DeliveryTest *test)
  {
    EXPECT_GT (lesson->learned_at_s, 0);
    test->learned.push_back (lesson->subject);
  }

  static void
  OnEnded (RpDelivery *, const char *, const char *outcome, DeliveryTest *test)
  {
    test->outcomes.push_back (outcome);
  }

  static void
  OnTaken (GObject *source, GAsyncResult *result, gpointer user_data)
  {
    DeliveryTest *test = static_cast<DeliveryTest *> (user_data);
    RpMessageHandler *handler = RP_MESSAGE_HANDLER (source);
    g_autoptr (RpReply) reply =
        RP_MESSAGE_HANDLER_GET_IFACE (handler)->take_message_finish (handler, result);
    g_autofree char *text = rp_reply_dup_text (reply);

    test->answers.push_back (text);
  }

  RpMessage *
  MakeMessage (const std::string &content, std::vector<const char *> recipients)
  {
    RpMessage *message = rp_message_new (id);

    ids.insert (id);
    message->envelope = rp_envelope_new (sender);
    for (const char *address : recipients)
      rp_envelope_add_recipient (message->envelope, address);
    message->facts = g_new0 (RpContentFacts, 1);
    message->facts->n_bytes = content.size ();
    message->facts->header_from = g_strdup (header_from);
    for (char octet : content)
      if (octet & 0x80)
        message->facts->is_8bit = TRUE;
    message->content = rp_content_new (g_get_tmp_dir ());
    EXPECT_TRUE (rp_content_append (message->content,
                                    reinterpret_cast<const guint8 *> (content.data ()),
                                    content.size (), nullptr));
    message->hello = g_strdup ("laptop");
    message->is_esmtp = TRUE;
    message->received_at_s = g_get_real_time () / G_USEC_PER_SEC;
    return message;
  }

  void
  Take (const std::string &content, std::vector<const char *> recipients)
  {
    g_autoptr (RpMessage) message = MakeMessage (content, recipients);
    RpMessageHandler *handler = RP_MESSAGE_HANDLER (self);

    RP_MESSAGE_HANDLER_GET_IFACE (handler)->take_message_async (handler, message,
                                                                program, OnTaken, this);
  }

  std::string
  WaitForAnswer ()
  {
    EXPECT_TRUE (run_until ([&] { return !answers.empty (); }));
    return answers.empty () ? "" : answers.front ();
  }

  std::string
  Send (const std::string &content, std::vector<const char *> recipients)
  {
    Take (content, recipients);
    return WaitForAnswer ();
  }

  void
  ExpectEnd (const char *outcome)
  {
    EXPECT_TRUE (run_until ([&] {
      return rp_delivery_get_n_open (self) == 0 && !outcomes.empty ()
             && outcomes.back () == outcome;
    })) << (outcomes.empty () ? "no outcome" : outcomes.back ());
    EXPECT_EQ (answers.size (), 1u);
    EXPECT_EQ (n_begun, 1u);
  }

  bool
  HasStep (const std::string &text)
  {
    return std::find (steps.begin (), steps.end (), text) != steps.end ();
  }

  RpCurlLoop *loop = nullptr;
  TableSecrets *secrets = nullptr;
  RpMemory *memory = nullptr;
  RpSurroundings *here = nullptr;
  RpConfig *config = nullptr;
  std::string folder;
  RpStore *store = nullptr;
  RpQueue *queue = nullptr;
  RpDelivery *self = nullptr;
  GCancellable *program = nullptr;
  std::unique_ptr<ScriptedServer> proseware, thephone;
  const char *id = "0123ABCD";
  const char *sender = "terri@proseware.com";
  const char *header_from = nullptr;
  guint patience_s = 25;
  bool with_password = false;
  std::string login; /* behind access= of proseware, and what belongs to it */
  guint n_begun = 0;
  std::set<std::string> ids; /* of all messages taken */
  std::vector<std::string> answers, outcomes, steps, learned;
};

inline const char letter[] = "Subject: hello\r\n\r\nbody\r\n";
