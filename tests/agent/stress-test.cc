/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent as a process, with many programs at once, between two networks that change
 * all the time and two servers that leave in the middle of everything. Whatever comes,
 * the answers are true: who got a server's 250 has one copy with each recipient's
 * server; who got ours has it when the servers are calm again, or is in doubt and has
 * one at the most; who got something else has none, unless the answer says that there
 * may be one. */
#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <glib/gstdio.h>

#include <set>
#include <string>

#include "core/rp-surroundings.h"
#include "moody-server.h"

namespace
{

const guint N_PROGRAMS = 200;
const guint N_MESSAGES = 3; /* by each, over one connection */

const char at_proseware[] = "amy@proseware.com";
const char elsewhere[] = "bob@adatum.com";

struct Sent
{
  std::string id;
  std::vector<std::string> recipients;
  std::string answer; /* empty: none came */
  gint64 took_ms;
};

void
send_message (LineSocket &socket, Sent &sent)
{
  const gint64 start_us = g_get_monotonic_time ();
  std::string reply;
  bool is_fine = say (socket, "MAIL FROM:<terri@proseware.com>", reply);

  for (const std::string &recipient : sent.recipients)
    is_fine = is_fine && say (socket, "RCPT TO:<" + recipient + ">", reply);
  is_fine = is_fine && say (socket, "DATA", reply) && reply.compare (0, 3, "354") == 0;
  if (is_fine && say (socket, "Message-ID: " + sent.id + "\r\n\r\nHello\r\n.", reply))
    sent.answer = reply;
  sent.took_ms = (g_get_monotonic_time () - start_us) / 1000;
}

void
play_program (guint16 port, Sent *sent)
{
  const int fd = connect_to (port);
  LineSocket socket (fd);
  std::string reply;

  if (fd >= 0 && read_reply (socket, reply) && say (socket, "EHLO program", reply))
    for (guint i = 0; i < N_MESSAGES; i++)
      send_message (socket, sent[i]);
  if (fd >= 0)
    close (fd);
}

class StressTest : public testing::Test
{
protected:
  void
  SetUp () override
  {
    folder = g_dir_make_tmp ("roampost-stress-XXXXXX", nullptr);
    ASSERT_NE (folder, nullptr);
    Write ("roampost.conf",
           "[agent]\nlisten=127.0.0.1:" + std::to_string (FindFreePort ())
               + "\npatience=5\n"
                 "[account terri]\naddress=terri@proseware.com\n"
                 "servers=proseware;thephone\n"
                 "[server proseware]\nendpoints=smtp+insecure://127.0.0.1:"
               + std::to_string (proseware.port ())
               + "\ndomains=proseware.com\naccess=network:home\n"
                 "[server thephone]\nendpoints=smtp+insecure://127.0.0.2:"
               + std::to_string (thephone.port ())
               + "\naccess=network:work\n"
                 "[network home]\ngateway-mac=52:54:00:12:34:56\n"
                 "[network work]\ngateway-mac=00:00:5e:00:53:01\n");
    Move (true);
    ASSERT_NO_FATAL_FAILURE (StartAgent ());
  }

  void
  TearDown () override
  {
    const char *argv[] = { "rm", "-r", folder, nullptr };

    if (pid > 0)
      StopAgent ();
    g_spawn_sync (nullptr, const_cast<char **> (argv), nullptr, G_SPAWN_SEARCH_PATH,
                  nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
    g_free (folder);
  }

  std::string
  Path (const char *name)
  {
    return std::string (folder) + "/" + name;
  }

  void
  Write (const char *name, const std::string &text)
  {
    ASSERT_TRUE (
        g_file_set_contents (Path (name).c_str (), text.c_str (), -1, nullptr));
  }

  std::string
  ReadLog ()
  {
    g_autofree char *text = nullptr;

    g_file_get_contents (Path ("log").c_str (), &text, nullptr, nullptr);
    return text != nullptr ? text : "";
  }

  guint16
  FindFreePort ()
  {
    sockaddr_in address = {};
    socklen_t n_bytes = sizeof address;
    const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    g_assert_no_errno (bind (fd, (sockaddr *) &address, sizeof address));
    g_assert_no_errno (getsockname (fd, (sockaddr *) &address, &n_bytes));
    close (fd);
    return port = ntohs (address.sin_port);
  }

  void
  Move (bool is_home)
  {
    g_autoptr (RpSurroundings) here = rp_surroundings_new ();
    g_autoptr (GVariant) variant = nullptr;
    g_autofree char *text = nullptr;

    here->connectivity = RP_CONNECTIVITY_FULL;
    here->gateway = g_strdup (is_home ? "192.168.7.1" : "10.1.0.1");
    here->gateway_mac = g_strdup (is_home ? "52:54:00:12:34:56" : "00:00:5e:00:53:01");
    here->addresses = g_strsplit (is_home ? "192.168.7.5" : "10.1.0.5", ";", -1);
    variant = g_variant_ref_sink (rp_surroundings_to_variant (here));
    text = g_variant_print (variant, TRUE);
    Write ("surroundings", text);
  }

  void
  StartAgent ()
  {
    const std::string program =
        std::string (g_getenv ("RP_TEST_BUILD_DIR")) + "/agent/roampost-agent";
    const std::string config = Path ("roampost.conf"), state = Path ("state"),
                      runtime = Path ("run"), surroundings = Path ("surroundings");
    const char *argv[] = { program.c_str (),      "--config",
                           config.c_str (),       "--state-dir",
                           state.c_str (),        "--runtime-dir",
                           runtime.c_str (),      "--fake-surroundings",
                           surroundings.c_str (), nullptr };
    const int log =
        g_open (Path ("log").c_str (), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    g_autoptr (GError) error = nullptr;

    g_mkdir (runtime.c_str (), 0700);
    EXPECT_TRUE (g_spawn_async_with_fds (nullptr, const_cast<char **> (argv), nullptr,
                                         G_SPAWN_DO_NOT_REAP_CHILD, nullptr, nullptr,
                                         &pid, -1, -1, log, &error))
        << error->message;
    close (log);
    for (guint i = 0;
         i < 1000 && ReadLog ().find ("event=listening") == std::string::npos; i++)
      g_usleep (10 * 1000);
    ASSERT_NE (ReadLog ().find ("event=listening"), std::string::npos) << ReadLog ();
  }

  /* What a sanitizer finds, leaks too, is its exit status. */
  void
  StopAgent ()
  {
    int status = 0;
    pid_t ended = 0;

    kill (pid, SIGTERM);
    for (guint i = 0; i < 2000 && ended == 0; i++)
      {
        g_usleep (10 * 1000);
        ended = waitpid (pid, &status, WNOHANG);
      }
    EXPECT_EQ (ended, pid) << "the agent did not end";
    EXPECT_TRUE (WIFEXITED (status) && WEXITSTATUS (status) == 0)
        << status << ReadLog ();
    if (ended == 0)
      kill (pid, SIGKILL);
    pid = 0;
  }

  guint
  CountCopies (const Sent &message, const std::string &recipient)
  {
    return proseware.n_copies (message.id, recipient)
           + thephone.n_copies (message.id, recipient);
  }

  /* The names of what is in the queue; all of it, or what is in doubt. */
  std::set<std::string>
  ListQueue (bool in_doubt_only)
  {
    const std::string program =
        std::string (g_getenv ("RP_TEST_BUILD_DIR")) + "/client/roampost";
    const std::string runtime = Path ("run");
    const char *argv[] = { program.c_str (), "--runtime-dir", runtime.c_str (),
                           "queue",          "list",          nullptr };
    std::set<std::string> names;
    g_autofree char *out = nullptr;

    EXPECT_TRUE (g_spawn_sync (nullptr, const_cast<char **> (argv), nullptr,
                               G_SPAWN_DEFAULT, nullptr, nullptr, &out, nullptr,
                               nullptr, nullptr));
    g_auto (GStrv) lines = g_strsplit (out, "\n", -1);
    for (guint i = 0; lines[i] != nullptr; i++)
      if (strstr (lines[i], "terri@") != nullptr
          && (!in_doubt_only || strstr (lines[i], "in doubt") != nullptr))
        names.insert (std::string (lines[i]).substr (0, 8));
    return names;
  }

  static std::string
  GetName (const Sent &message)
  {
    const char queued[] = "Queued as ";
    const size_t at = message.answer.find (queued);

    return at == std::string::npos ? ""
                                   : message.answer.substr (at + sizeof queued - 1, 8);
  }

  void
  Judge (const Sent &message, const std::set<std::string> &doubtful)
  {
    const std::string code = message.answer.substr (0, 3);
    const std::string name = GetName (message);
    const bool is_in_doubt = name.empty ()
                                 ? message.answer.find ("may have") != std::string::npos
                                 : doubtful.count (name) > 0;

    EXPECT_TRUE (code == "250" || (code == "451" && is_in_doubt)) << message.answer;
    EXPECT_LT (message.took_ms, 15000) << message.answer;
    for (const std::string &recipient : message.recipients)
      {
        const guint n_copies = CountCopies (message, recipient);

        if (is_in_doubt)
          EXPECT_LE (n_copies, 1u) << message.id << " " << recipient << message.answer;
        else
          EXPECT_EQ (n_copies, 1u) << message.id << " " << recipient << message.answer;
      }
  }

  MoodyServer proseware{ "127.0.0.1" };
  MoodyServer thephone{ "127.0.0.2" };
  char *folder = nullptr;
  guint16 port = 0;
  GPid pid = 0;
};

TEST_F (StressTest, EveryAnswerIsTrue)
{
  std::vector<Sent> messages (N_PROGRAMS * N_MESSAGES);
  std::vector<std::thread> programs;
  std::atomic<guint> n_ended{ 0 };
  guint n_accepted = 0, n_queued = 0;

  for (guint i = 0; i < messages.size (); i++)
    {
      messages[i].id = "<" + std::to_string (i) + "@stress>";
      if (i % 3 != 0)
        messages[i].recipients.push_back (at_proseware);
      if (i % 3 != 1)
        messages[i].recipients.push_back (elsewhere);
    }
  for (guint i = 0; i < N_PROGRAMS; i++)
    programs.emplace_back ([&, i] {
      play_program (port, &messages[i * N_MESSAGES]);
      n_ended++;
    });
  /* In haste, then with time enough in between for some to get through. */
  for (guint i = 0; n_ended < N_PROGRAMS; i++)
    {
      Move (i % 2 != 0);
      g_usleep ((i % 20 < 10 ? 100 : 400) * 1000);
    }
  for (std::thread &program : programs)
    program.join ();
  proseware.calm ();
  thephone.calm ();
  std::set<std::string> doubtful;
  /* Being elsewhere wakes the queue. */
  for (guint i = 0; i < 60; i++)
    {
      doubtful = ListQueue (true);
      if (ListQueue (false).size () == doubtful.size ())
        break;
      Move (i % 2 != 0);
      g_usleep (1000 * 1000);
    }
  EXPECT_EQ (ListQueue (false), doubtful) << "something never left";
  StopAgent ();

  for (const Sent &message : messages)
    {
      Judge (message, doubtful);
      (GetName (message).empty () ? n_accepted : n_queued)++;
    }
  EXPECT_GT (n_accepted, messages.size () / 10);
  EXPECT_GT (n_queued, messages.size () / 10);
  RecordProperty ("accepted", (int) n_accepted);
  RecordProperty ("queued", (int) n_queued);
  RecordProperty ("doubtful", (int) doubtful.size ());
}

} // namespace
