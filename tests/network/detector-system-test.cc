/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With the real NetworkManager on a bus of its own. */
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <sched.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <thread>

#include "watched.h"

namespace
{

/* The page that NetworkManager looks at to tell a portal from the internet. It stands
 * at the gateway: its socket belongs to that network namespace. */
class CheckPage
{
public:
  bool is_portal = false;

  CheckPage ()
  {
    int fd = -1;

    std::thread ([&fd] { fd = listen_at_home (); }).join ();
    g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, nullptr);
    service = g_socket_service_new ();
    g_socket_listener_add_socket (G_SOCKET_LISTENER (service), socket, nullptr,
                                  nullptr);
    g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), this);
  }

  ~CheckPage ()
  {
    g_socket_service_stop (service);
    g_object_unref (service);
  }

private:
  GSocketService *service;

  static int
  listen_at_home ()
  {
    int place = open ("/run/netns/home", O_RDONLY | O_CLOEXEC);
    struct sockaddr_in address = {};
    int fd, yes = 1;

    setns (place, CLONE_NEWNET);
    close (place);
    fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    address.sin_family = AF_INET;
    address.sin_port = htons (80);
    bind (fd, reinterpret_cast<sockaddr *> (&address), sizeof address);
    listen (fd, 16);
    return fd;
  }

  static gboolean
  on_incoming (GSocketService *,
               GSocketConnection *connection,
               GObject *,
               gpointer data)
  {
    auto self = static_cast<CheckPage *> (data);
    std::string reply = self->is_portal
                            ? "HTTP/1.0 302 Found\r\nLocation: http://192.168.7.1/login"
                              "\r\nContent-Length: 0\r\n\r\n"
                            : "HTTP/1.0 200 OK\r\nX-NetworkManager-Status: online\r\n"
                              "Content-Length: 0\r\n\r\n";
    char request[4096];

    g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                         request, sizeof request, nullptr, nullptr);
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                               reply.data (), reply.size (), nullptr, nullptr, nullptr);
    return TRUE;
  }
};

class System : public World
{
protected:
  std::string folder, script, packages;
  std::unique_ptr<Watched> seen;
  GDBusConnection *bus = nullptr;
  gint64 signalled_us = 0; /* when NetworkManager told of another primary connection */

  void
  SetUp () override
  {
    g_autofree char *path = g_dir_make_tmp ("roampost-system-XXXXXX", nullptr);

    folder = path;
    script = std::string (g_getenv ("RP_TEST_SOURCE_DIR")) + "/lab/networkmanager";
    packages = std::string (g_getenv ("RP_TEST_BUILD_DIR")) + "/lab";
    g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + folder + "/bus").c_str (),
              TRUE);
    allow_echo (true);
  }

  void
  TearDown () override
  {
    seen.reset ();
    g_clear_object (&bus);
    manager ("down");
    World::TearDown ();
    std::filesystem::remove_all (folder);
  }

  void
  manager (const std::string &command)
  {
    shell ("'" + script + "' " + command + " '" + folder + "' '" + packages
           + "' >/dev/null");
  }

  void
  nmcli (const std::string &arguments)
  {
    shell (". '" + packages + "/environment'; nmcli " + arguments + " >/dev/null");
  }

  void
  configure (const std::string &text)
  {
    std::filesystem::create_directories (folder + "/conf.d");
    std::ofstream (folder + "/conf.d/test.conf") << text;
  }

  /* One cable, two places behind it, as on a laptop's one radio: each gateway has its
   * own MAC. */
  static void
  build_both ()
  {
    build (home);
    shell (std::string ("ip netns exec home sh -c"
                        " 'echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore';"
                        "ip -n home link add lan1 link lan0 type macvlan mode bridge;"
                        "ip -n home link set lan1 address ")
           + office.mac + " up; ip -n home addr add " + office.gateway
           + "/24 dev lan1");
  }

  void
  add_profile (const Place &place, const std::string &domain)
  {
    std::string name = place.name;

    nmcli ("connection add type ethernet ifname wan0 con-name " + name
           + " autoconnect no ipv4.method manual ipv4.addresses " + place.laptop
           + "/24 ipv4.gateway " + place.gateway + " ipv4.dns " + place.gateway
           + " ipv4.dns-search " + domain + " ipv6.method disabled");
  }

  void
  boot ()
  {
    manager ("bus");
    manager ("start");
    add_profile (home, "lan.example");
    add_profile (office, "corp.example");
  }

  void
  go_to (const Place &place)
  {
    nmcli (std::string ("connection up ") + place.name);
  }

  void
  start ()
  {
    seen = std::make_unique<Watched> (rp_detector_new_system ());
  }

  bool
  is_by_manager_at (const Place &place)
  {
    return wait_until (
        [&] { return seen->mac () == place.mac && !seen->uuid ().empty (); });
  }

  bool
  is_by_kernel_at (const Place &place)
  {
    return wait_until (
        [&] { return seen->mac () == place.mac && seen->uuid ().empty (); });
  }

  static void
  on_manager_signal (GDBusConnection *,
                     const char *,
                     const char *,
                     const char *,
                     const char *,
                     GVariant *parameters,
                     gpointer data)
  {
    g_autoptr (GVariant) changed = g_variant_get_child_value (parameters, 1);
    g_autoptr (GVariant) primary =
        g_variant_lookup_value (changed, "PrimaryConnection", nullptr);

    if (primary != nullptr)
      static_cast<System *> (data)->signalled_us = g_get_monotonic_time ();
  }

  void
  listen_to_manager ()
  {
    bus = g_dbus_connection_new_for_address_sync (
        g_getenv ("DBUS_SYSTEM_BUS_ADDRESS"),
        static_cast<GDBusConnectionFlags> (
            G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION),
        nullptr, nullptr, nullptr);
    ASSERT_NE (bus, nullptr);
    g_dbus_connection_signal_subscribe (
        bus, "org.freedesktop.NetworkManager", "org.freedesktop.DBus.Properties",
        "PropertiesChanged", "/org/freedesktop/NetworkManager", nullptr,
        G_DBUS_SIGNAL_FLAGS_NONE, on_manager_signal, this, nullptr);
  }
};

TEST_F (System, without_a_bus_the_kernels_word_counts)
{
  arrive (home);
  start ();
  EXPECT_TRUE (is_by_kernel_at (home)) << seen->all ();
  EXPECT_EQ ((*seen)->connectivity, RP_CONNECTIVITY_UNKNOWN);
}

TEST_F (System, without_networkmanager_the_kernels_word_counts)
{
  manager ("bus");
  arrive (home);
  start ();
  EXPECT_TRUE (is_by_kernel_at (home)) << seen->all ();
}

TEST_F (System, a_bus_that_says_nothing_is_not_waited_for)
{
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  g_autoptr (GSocketAddress) address =
      g_unix_socket_address_new ((folder + "/bus").c_str ());

  ASSERT_TRUE (g_socket_listener_add_address (silent, address, G_SOCKET_TYPE_STREAM,
                                              G_SOCKET_PROTOCOL_DEFAULT, nullptr,
                                              nullptr, nullptr));
  arrive (home);
  start ();
  gint64 started_us = g_get_monotonic_time ();
  EXPECT_TRUE (is_by_kernel_at (home)) << seen->all ();
  EXPECT_LT (g_get_monotonic_time () - started_us, 2 * G_USEC_PER_SEC);
}

TEST_F (System, at_home_from_the_start)
{
  build_both ();
  boot ();
  go_to (home);
  start ();
  ASSERT_TRUE (is_by_manager_at (home)) << seen->all ();
  EXPECT_EQ (text_of ((*seen)->connection_type), "802-3-ethernet");
  EXPECT_EQ (seen->gateway (), home.gateway);
  EXPECT_EQ (seen->addresses (), home.laptop);
  EXPECT_EQ (seen->domains (), "lan.example");
  EXPECT_EQ ((*seen)->connectivity, RP_CONNECTIVITY_FULL);
  EXPECT_EQ ((*seen)->metered, RP_METERED_NO);
  EXPECT_EQ ((*seen)->ssid, nullptr);
  EXPECT_EQ (seen->n_changes, 1);
}

TEST_F (System, roams_within_a_second_of_the_signal)
{
  build_both ();
  boot ();
  go_to (home);
  start ();
  listen_to_manager ();
  ASSERT_TRUE (is_by_manager_at (home)) << seen->all ();
  std::string uuid_at_home = seen->uuid ();

  for (const Place *place : { &office, &home, &office })
    {
      settle (700);
      signalled_us = 0;
      go_to (*place);
      ASSERT_TRUE (is_by_manager_at (*place)) << seen->all ();
      ASSERT_NE (signalled_us, 0);
      EXPECT_LT (seen->changed_us - signalled_us, G_USEC_PER_SEC);
      EXPECT_EQ (seen->gateway (), place->gateway);
      EXPECT_EQ (seen->addresses (), place->laptop);
      EXPECT_EQ (seen->uuid () == uuid_at_home, place == &home);
      EXPECT_EQ (seen->domains (), place == &home ? "lan.example" : "corp.example");
    }
}

TEST_F (System, one_roam_is_one_change)
{
  build_both ();
  boot ();
  /* Both gateways are known: nothing is left to be learned late. */
  shell ("ip link set wan0 up; ip neigh replace 192.168.7.1 lladdr 52:54:00:12:34:56"
         " dev wan0; ip neigh replace 203.0.113.1 lladdr 52:54:00:aa:bb:cc dev wan0");
  go_to (home);
  start ();
  ASSERT_TRUE (is_by_manager_at (home)) << seen->all ();
  settle (1000);
  int n_before = seen->n_changes;
  go_to (office);
  ASSERT_TRUE (is_by_manager_at (office)) << seen->all ();
  settle (1000);
  EXPECT_EQ (seen->n_changes, n_before + 1);
}

TEST_F (System, domain_given_by_dhcp)
{
  build_both ();
  shell (
      ". '" + packages
      + "/environment'; ip netns exec home dnsmasq"
        " --conf-file=/dev/null --port=0 --user=root --interface=lan0 --bind-interfaces"
        " --dhcp-range=192.168.7.100,192.168.7.150 --domain=Lan.Example --no-ping"
        " --dhcp-authoritative --dhcp-option=option:router,192.168.7.1"
        " --dhcp-leasefile="
      + folder + "/leases --pid-file=" + folder + "/dnsmasq.pid");
  boot ();
  nmcli ("connection add type ethernet ifname wan0 con-name dhcp autoconnect no"
         " connection.metered yes ipv6.method disabled");
  nmcli ("connection up dhcp");
  start ();
  EXPECT_TRUE (is_by_manager_at (home)) << seen->all ();
  EXPECT_EQ (seen->domains (), "lan.example");
  EXPECT_EQ (seen->addresses ().find ("192.168.7.1"), 0u) << seen->addresses ();
  EXPECT_EQ ((*seen)->metered, RP_METERED_YES);
  shell ("kill $(cat " + folder + "/dnsmasq.pid)");
}

TEST_F (System, portal_and_behind_it)
{
  build_both ();
  CheckPage page;
  page.is_portal = true;
  configure ("[connectivity]\nuri=http://192.168.7.1/check\ninterval=1\n");
  boot ();
  start ();
  /* nmcli would wait while the page, on this main loop, cannot answer. */
  std::thread traveller ([&] { go_to (home); });
  EXPECT_TRUE (wait_until ([&] {
    return (*seen)->connectivity == RP_CONNECTIVITY_PORTAL;
  })) << seen->all ();
  traveller.join ();
  EXPECT_TRUE (is_by_manager_at (home)) << seen->all ();

  page.is_portal = false;
  EXPECT_TRUE (wait_until ([&] {
    return (*seen)->connectivity == RP_CONNECTIVITY_FULL;
  })) << seen->all ();
}

TEST_F (System, nothing_answers_the_check)
{
  build_both ();
  configure ("[connectivity]\nuri=http://192.168.7.1/check\ninterval=1\n");
  boot ();
  go_to (home);
  start ();
  EXPECT_TRUE (wait_until ([&] {
    return (*seen)->connectivity == RP_CONNECTIVITY_LIMITED;
  })) << seen->all ();
}

TEST_F (System, disconnected)
{
  build_both ();
  boot ();
  go_to (home);
  start ();
  ASSERT_TRUE (is_by_manager_at (home)) << seen->all ();
  nmcli ("connection down home");
  EXPECT_TRUE (wait_until ([&] {
    return (*seen)->connectivity == RP_CONNECTIVITY_NONE && seen->gateway ().empty ();
  })) << seen->all ();
}

TEST_F (System, networkmanager_goes_and_comes_back)
{
  build_both ();
  boot ();
  go_to (home);
  start ();
  ASSERT_TRUE (is_by_manager_at (home)) << seen->all ();
  std::string uuid = seen->uuid ();

  manager ("stop");
  EXPECT_TRUE (is_by_kernel_at (home)) << seen->all ();
  manager ("start");
  ASSERT_TRUE (is_by_manager_at (home)) << seen->all ();
  EXPECT_EQ (seen->uuid (), uuid);
}

TEST_F (System, the_bus_goes_and_comes_back)
{
  build_both ();
  boot ();
  go_to (home);
  start ();
  ASSERT_TRUE (is_by_manager_at (home)) << seen->all ();

  manager ("down");
  EXPECT_TRUE (is_by_kernel_at (home)) << seen->all ();
  manager ("bus");
  manager ("start");
  EXPECT_TRUE (is_by_manager_at (home)) << seen->all ();
}

TEST_F (System, an_interface_that_networkmanager_leaves_alone)
{
  configure ("[keyfile]\nunmanaged-devices=interface-name:wan1\n");
  build (home);
  boot ();
  start ();
  arrive (office);
  EXPECT_TRUE (is_by_kernel_at (office)) << seen->all ();
  go_to (home);
  EXPECT_TRUE (is_by_manager_at (home)) << seen->all ();
}

} /* namespace */
