// SPDX-License-Identifier: GPL-3.0-or-later
// The private socket: who is let in, what it survives, whom its signals reach.
#include <gtest/gtest.h>

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/rp-bus-error.h"
#include "bus/rp-bus-path.h"
#include "bus/rp-bus-server.h"

namespace
{

gboolean
on_handle_get_message (RpAgent1 *agent,
                       GDBusMethodInvocation *invocation,
                       const char *id,
                       gpointer)
{
  g_dbus_method_invocation_return_error (invocation, RP_BUS_ERROR,
                                         RP_BUS_ERROR_NO_SUCH_MESSAGE, "none: %s", id);
  return TRUE;
}

gboolean
on_handle_reload (RpAgent1 *agent, GDBusMethodInvocation *invocation, gpointer)
{
  const char *const errors[] = { "a.conf:1: wrong", nullptr };

  rp_agent1_complete_reload (agent, invocation, errors);
  return TRUE;
}

void
on_result (GObject *, GAsyncResult *result, gpointer user_data)
{
  *static_cast<GAsyncResult **> (user_data) = (GAsyncResult *) g_object_ref (result);
}

void
on_count (gpointer, gpointer user_data)
{
  ++*static_cast<int *> (user_data);
}

void
on_step (gpointer, GVariant *step, gpointer user_data)
{
  const char *id = "";

  g_variant_lookup (step, "id", "&s", &id);
  *static_cast<std::string *> (user_data) = id;
}

gboolean
on_too_late (gpointer user_data)
{
  *static_cast<bool *> (user_data) = true;
  return G_SOURCE_REMOVE;
}

// Runs the main loop until the condition holds, at most ten seconds.
template <typename Condition>
bool
wait_until (Condition condition)
{
  bool is_late = false;
  guint timer = g_timeout_add_seconds (10, on_too_late, &is_late);

  while (!condition () && !is_late)
    g_main_context_iteration (nullptr, TRUE);
  if (!is_late)
    g_source_remove (timer);
  return condition ();
}

class BusTest : public testing::Test
{
protected:
  void
  SetUp () override
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-bus-XXXXXX", nullptr);

    folder_ = folder;
    runtime_ = folder_ + "/roampost";
    server_ = start (runtime_);
    ASSERT_NE (server_, nullptr);
  }

  void
  TearDown () override
  {
    g_clear_object (&server_);
    g_unlink ((runtime_ + "/bus").c_str ());
    g_rmdir (runtime_.c_str ());
    g_rmdir (folder_.c_str ());
  }

  static RpBusServer *
  start (const std::string &folder)
  {
    g_autoptr (RpBusServer) server = rp_bus_server_new ();
    g_autoptr (GError) error = nullptr;

    g_signal_connect (rp_bus_server_get_agent (server), "handle-get-message",
                      G_CALLBACK (on_handle_get_message), nullptr);
    g_signal_connect (rp_bus_server_get_agent (server), "handle-reload",
                      G_CALLBACK (on_handle_reload), nullptr);
    if (!rp_bus_server_listen (server, folder.c_str (), &error))
      {
        ADD_FAILURE () << error->message;
        return nullptr;
      }
    return (RpBusServer *) g_steal_pointer (&server);
  }

  std::string
  address () const
  {
    g_autofree char *text = rp_bus_path_dup_address ((runtime_ + "/bus").c_str ());

    return text;
  }

  RpAgent1 *
  connect () const
  {
    g_autoptr (GAsyncResult) connected = nullptr;
    g_autoptr (GAsyncResult) made = nullptr;
    g_autoptr (GDBusConnection) connection = nullptr;
    g_autoptr (GError) error = nullptr;
    RpAgent1 *agent;

    g_dbus_connection_new_for_address (address ().c_str (),
                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                                       nullptr, nullptr, on_result, &connected);
    EXPECT_TRUE (wait_until ([&] { return connected != nullptr; }));
    connection = g_dbus_connection_new_for_address_finish (connected, &error);
    EXPECT_NE (connection, nullptr) << error->message;
    rp_agent1_proxy_new (connection, G_DBUS_PROXY_FLAGS_NONE, nullptr,
                         RP_BUS_OBJECT_PATH, nullptr, on_result, &made);
    EXPECT_TRUE (wait_until ([&] { return made != nullptr; }));
    agent = rp_agent1_proxy_new_finish (made, &error);
    EXPECT_NE (agent, nullptr) << error->message;
    return agent;
  }

  static void
  expect_served (RpAgent1 *agent)
  {
    g_autoptr (GAsyncResult) result = nullptr;
    g_autoptr (GError) error = nullptr;
    g_auto (GStrv) errors = nullptr;

    rp_agent1_call_reload (agent, nullptr, on_result, &result);
    ASSERT_TRUE (wait_until ([&] { return result != nullptr; }));
    ASSERT_TRUE (rp_agent1_call_reload_finish (agent, &errors, result, &error))
        << error->message;
    EXPECT_STREQ (errors[0], "a.conf:1: wrong");
  }

  std::string folder_;
  std::string runtime_;
  RpBusServer *server_ = nullptr;
};

TEST_F (BusTest, AnswersAndTellsItsVersion)
{
  g_autoptr (RpAgent1) agent = connect ();

  EXPECT_STREQ (rp_agent1_get_version (agent), RP_VERSION);
  expect_served (agent);
}

TEST_F (BusTest, ErrorsKeepTheirCode)
{
  g_autoptr (RpAgent1) agent = connect ();
  g_autoptr (GAsyncResult) result = nullptr;
  g_autoptr (GVariant) message = nullptr;
  g_autoptr (GError) error = nullptr;

  rp_agent1_call_get_message (agent, "4F1C", nullptr, on_result, &result);
  ASSERT_TRUE (wait_until ([&] { return result != nullptr; }));
  EXPECT_FALSE (rp_agent1_call_get_message_finish (agent, &message, result, &error));
  EXPECT_TRUE (g_error_matches (error, RP_BUS_ERROR, RP_BUS_ERROR_NO_SUCH_MESSAGE));
}

TEST_F (BusTest, SocketIsForTheOwnerAlone)
{
  struct stat status;

  ASSERT_EQ (stat (runtime_.c_str (), &status), 0);
  EXPECT_EQ (status.st_mode & 0777, 0700u);
}

TEST_F (BusTest, FolderThatIsOpenToOthersIsClosedToThem)
{
  std::string open_folder = folder_ + "/open";
  struct stat status;

  ASSERT_EQ (g_mkdir (open_folder.c_str (), 0777), 0);
  ASSERT_EQ (g_chmod (open_folder.c_str (), 0777), 0);
  {
    g_autoptr (RpBusServer) server = start (open_folder);

    ASSERT_NE (server, nullptr);
    ASSERT_EQ (stat (open_folder.c_str (), &status), 0);
    EXPECT_EQ (status.st_mode & 0777, 0700u);
  }
  g_rmdir (open_folder.c_str ());
}

TEST_F (BusTest, FolderBehindALinkIsRefused)
{
  g_autoptr (RpBusServer) server = rp_bus_server_new ();
  g_autoptr (GError) error = nullptr;
  std::string link = folder_ + "/link";

  ASSERT_EQ (symlink (runtime_.c_str (), link.c_str ()), 0);
  EXPECT_FALSE (rp_bus_server_listen (server, link.c_str (), &error));
  EXPECT_NE (error, nullptr);
  g_unlink (link.c_str ());
}

TEST_F (BusTest, SocketOfALivingAgentIsNotTaken)
{
  g_autoptr (RpBusServer) second = rp_bus_server_new ();
  g_autoptr (GError) error = nullptr;

  EXPECT_FALSE (rp_bus_server_listen (second, runtime_.c_str (), &error));
  EXPECT_TRUE (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE));

  g_autoptr (RpAgent1) agent = connect ();
  expect_served (agent);
}

TEST_F (BusTest, SocketOfADeadAgentIsReplaced)
{
  std::string folder = folder_ + "/stale";
  std::string path = folder + "/bus";

  ASSERT_EQ (g_mkdir (folder.c_str (), 0700), 0);
  {
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path.c_str ());
    g_autoptr (GSocket) socket = g_socket_new (
        G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, nullptr);

    ASSERT_TRUE (g_socket_bind (socket, address, FALSE, nullptr));
  }
  ASSERT_TRUE (g_file_test (path.c_str (), G_FILE_TEST_EXISTS));
  {
    g_autoptr (RpBusServer) server = start (folder);

    EXPECT_NE (server, nullptr);
  }
  EXPECT_FALSE (g_file_test (path.c_str (), G_FILE_TEST_EXISTS));
  g_rmdir (folder.c_str ());
}

TEST_F (BusTest, PathThatIsTooLongIsNamed)
{
  g_autoptr (RpBusServer) server = rp_bus_server_new ();
  g_autoptr (GError) error = nullptr;
  std::string folder = folder_ + "/" + std::string (120, 'x');

  EXPECT_FALSE (rp_bus_server_listen (server, folder.c_str (), &error));
  EXPECT_TRUE (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG));
  g_rmdir (folder.c_str ());
}

TEST_F (BusTest, EveryConnectionGetsTheSignals)
{
  g_autoptr (RpAgent1) first = connect ();
  g_autoptr (RpAgent1) second = connect ();
  int n_first = 0;
  int n_second = 0;
  std::string id;

  g_signal_connect (first, "changed", G_CALLBACK (on_count), &n_first);
  g_signal_connect (second, "changed", G_CALLBACK (on_count), &n_second);
  g_signal_connect (second, "stepped", G_CALLBACK (on_step), &id);
  rp_bus_server_emit_changed (server_);
  rp_bus_server_emit_stepped (server_, g_variant_new_parsed ("{'id': <'4F1C7Z2K'>}"));

  EXPECT_TRUE (wait_until ([&] { return n_first == 1 && n_second == 1; }));
  EXPECT_TRUE (wait_until ([&] { return id == "4F1C7Z2K"; }));
}

TEST_F (BusTest, AConnectionThatLeavesTakesNobodyAlong)
{
  g_autoptr (RpAgent1) stays = connect ();
  int n_changed = 0;

  {
    g_autoptr (RpAgent1) leaves = connect ();

    g_dbus_connection_close_sync (g_dbus_proxy_get_connection (G_DBUS_PROXY (leaves)),
                                  nullptr, nullptr);
  }
  g_signal_connect (stays, "changed", G_CALLBACK (on_count), &n_changed);
  rp_bus_server_emit_changed (server_);
  EXPECT_TRUE (wait_until ([&] { return n_changed == 1; }));
  expect_served (stays);
}

gboolean
on_handle_get_status (RpAgent1 *agent, GDBusMethodInvocation *invocation, gpointer)
{
  rp_agent1_complete_get_status (agent, invocation, g_variant_new ("a{sv}", nullptr));
  return TRUE;
}

void
on_name_appeared (GDBusConnection *, const char *, const char *, gpointer user_data)
{
  *static_cast<bool *> (user_data) = true;
}

void
on_name_vanished (GDBusConnection *, const char *, gpointer user_data)
{
  *static_cast<bool *> (user_data) = false;
}

GSubprocess *
start_session_bus (std::string &address)
{
  const char *const argv[] = { "dbus-daemon", "--session",       "--nofork",
                               "--nopidfile", "--print-address", nullptr };
  g_autoptr (GError) error = nullptr;
  GSubprocess *bus =
      g_subprocess_newv (argv,
                         (GSubprocessFlags) (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                             | G_SUBPROCESS_FLAGS_STDERR_SILENCE),
                         &error);

  if (bus == nullptr)
    {
      ADD_FAILURE () << error->message;
      return nullptr;
    }
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (bus));
  g_autofree char *line =
      g_data_input_stream_read_line (lines, nullptr, nullptr, nullptr);
  address = line == nullptr ? "" : line;
  return bus;
}

// A session bus of the test's own, which ends while the agent goes on.
TEST_F (BusTest, OwnsItsNameOnTheSessionBusAndOutlivesIt)
{
  std::string address;
  g_autoptr (GSubprocess) bus = start_session_bus (address);
  g_autoptr (GAsyncResult) connected = nullptr;
  g_autoptr (GAsyncResult) called = nullptr;
  g_autoptr (GError) error = nullptr;
  bool is_there = false;
  guint watch;

  ASSERT_NE (bus, nullptr);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address.c_str (), TRUE);
  g_signal_connect (rp_bus_server_get_agent (server_), "handle-get-status",
                    G_CALLBACK (on_handle_get_status), nullptr);
  rp_bus_server_join_session (server_);

  g_dbus_connection_new_for_address (
      address.c_str (),
      (GDBusConnectionFlags) (G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                              | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION),
      nullptr, nullptr, on_result, &connected);
  ASSERT_TRUE (wait_until ([&] { return connected != nullptr; }));
  g_autoptr (GDBusConnection) other =
      g_dbus_connection_new_for_address_finish (connected, &error);
  ASSERT_NE (other, nullptr) << error->message;
  watch = g_bus_watch_name_on_connection (
      other, RP_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_name_appeared,
      on_name_vanished, &is_there, nullptr);
  ASSERT_TRUE (wait_until ([&] { return is_there; }));

  g_dbus_connection_call (other, RP_BUS_NAME, RP_BUS_OBJECT_PATH, "org.roampost.Agent1",
                          "GetStatus", nullptr, nullptr, G_DBUS_CALL_FLAGS_NONE, -1,
                          nullptr, on_result, &called);
  ASSERT_TRUE (wait_until ([&] { return called != nullptr; }));
  g_autoptr (GVariant) status = g_dbus_connection_call_finish (other, called, &error);
  EXPECT_NE (status, nullptr) << error->message;

  g_subprocess_force_exit (bus);
  ASSERT_TRUE (wait_until ([&] { return !is_there; }));
  g_bus_unwatch_name (watch);
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");

  g_autoptr (RpAgent1) agent = connect ();
  expect_served (agent);
}

TEST_F (BusTest, NoSessionBusIsNoTrouble)
{
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_setenv ("XDG_RUNTIME_DIR", folder_.c_str (), TRUE);
  rp_bus_server_join_session (server_);

  g_autoptr (RpAgent1) agent = connect ();
  expect_served (agent);
}

struct Garbage
{
  const char *name;
  std::string octets;
};

void
PrintTo (const Garbage &row, std::ostream *stream)
{
  *stream << row.name;
}

class GarbageTest : public BusTest, public testing::WithParamInterface<Garbage>
{
};

TEST_P (GarbageTest, IsSurvived)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address =
      g_unix_socket_address_new ((runtime_ + "/bus").c_str ());
  g_autoptr (GSocketConnection) connection = g_socket_client_connect (
      client, G_SOCKET_CONNECTABLE (address), nullptr, nullptr);
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  g_output_stream_write_all (out, GetParam ().octets.data (),
                             GetParam ().octets.size (), nullptr, nullptr, nullptr);

  g_autoptr (RpAgent1) agent = connect ();
  expect_served (agent);
  g_io_stream_close (G_IO_STREAM (connection), nullptr, nullptr);
  expect_served (agent);
}

const std::string logged_in = std::string ("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n", 30);

const Garbage garbage[] = {
  { "nothing", "" },
  { "http", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" },
  { "zeros", std::string (100000, '\0') },
  { "long_line", std::string (1, '\0') + "AUTH " + std::string (60000, 'A') },
  { "anonymous", std::string ("\0AUTH ANONYMOUS\r\nBEGIN\r\n", 25) },
  { "no_message_behind_login", logged_in + std::string (4096, '\377') },
  { "length_of_four_gigabytes",
    logged_in + std::string ("l\1\0\1\377\377\377\377", 8) },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          GarbageTest,
                          testing::ValuesIn (garbage),
                          [] (const auto &row) {
                            return std::string (row.param.name);
                          });

// What a login of the user "nobody" gets; an ordinary user needs sudo to become one.
std::string
log_in_as_nobody (const std::string &path)
{
  const char *const script =
      "use IO::Socket::UNIX;"
      "my $s = IO::Socket::UNIX->new (Peer => $ARGV[0]) or exit 0; print \"reached\";"
      "syswrite ($s, \"\\0AUTH EXTERNAL 3635353334\\r\\n\"); print scalar <$s>;";
  const char *const argv[] = {
    "sudo", "-n", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
    "perl", "-e", script,    path.c_str (),   nullptr
  };
  g_autoptr (GSubprocess) process = nullptr;
  g_autoptr (GAsyncResult) result = nullptr;
  g_autoptr (GError) error = nullptr;
  g_autofree char *answer = nullptr;

  process = g_subprocess_newv (geteuid () == 0 ? argv + 2 : argv,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  if (process == nullptr)
    return error->message;
  g_subprocess_communicate_utf8_async (process, nullptr, nullptr, on_result, &result);
  wait_until ([&] { return result != nullptr; });
  g_subprocess_communicate_utf8_finish (process, result, &answer, nullptr, &error);
  return g_subprocess_get_successful (process) ? answer : "could not become nobody";
}

TEST_F (BusTest, AnotherUserIsRefused)
{
  std::string path = runtime_ + "/bus";

  ASSERT_EQ (g_chmod (folder_.c_str (), 0755), 0);
  EXPECT_EQ (log_in_as_nobody (path), "") << "the folder lets nobody pass";

  ASSERT_EQ (g_chmod (runtime_.c_str (), 0755), 0);
  ASSERT_EQ (g_chmod (path.c_str (), 0777), 0);
  EXPECT_EQ (log_in_as_nobody (path), "reached") << "closed without a word";

  g_autoptr (RpAgent1) agent = connect ();
  expect_served (agent);
}

} // namespace
