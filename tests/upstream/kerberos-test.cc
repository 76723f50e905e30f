/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a Kerberos library does that finds no ticket, or waits for a server of its own.
 * Logins that succeed are the laboratory's, with a real realm. */
#include <gtest/gtest.h>

#include <glib/gstdio.h>
#include <krb5.h>

#include "run-until.h"
#include "scripted-server.h"
#include "server-maker.h"
#include "upstream/rp-connection.h"

namespace
{

const char principal_name[] = "terri@TEST.EXAMPLE";

/* A realm whose server takes what it is sent, over UDP and TCP, and never answers. */
class SilentRealm
{
public:
  SilentRealm ()
  {
    struct sockaddr_in address = {};
    socklen_t size = sizeof address;

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    /* The port that the system gives for one protocol may be taken for the other. */
    do
      {
        close_all ();
        address.sin_port = 0;
        tcp_ = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        udp_ = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (bind (tcp_, (struct sockaddr *) &address, size) != 0
            || listen (tcp_, 8) != 0
            || getsockname (tcp_, (struct sockaddr *) &address, &size) != 0)
          g_error ("no port on loopback");
      }
    while (bind (udp_, (struct sockaddr *) &address, size) != 0);
    port_ = ntohs (address.sin_port);
  }

  ~SilentRealm ()
  {
    close_all ();
  }

  SilentRealm (const SilentRealm &) = delete;
  SilentRealm &operator= (const SilentRealm &) = delete;

  int
  port () const
  {
    return port_;
  }

  bool
  was_asked ()
  {
    char octets[2048];

    was_asked_ = was_asked_ || recv (udp_, octets, sizeof octets, 0) > 0;
    return was_asked_;
  }

private:
  void
  close_all ()
  {
    if (tcp_ >= 0)
      close (tcp_);
    if (udp_ >= 0)
      close (udp_);
  }

  int tcp_ = -1;
  int udp_ = -1;
  int port_ = 0;
  bool was_asked_ = false;
};

/* A user's Kerberos configuration in a folder of its own. */
class Kerberos : public testing::Test
{
protected:
  Kerberos ()
  {
    const std::string conf =
        "[libdefaults]\ndefault_realm=TEST.EXAMPLE\ndns_lookup_kdc=false\n"
        "dns_canonicalize_hostname=false\n[realms]\nTEST.EXAMPLE={\nkdc=127.0.0.1:"
        + std::to_string (realm_.port ()) + "\n}\n";

    folder_ = g_dir_make_tmp ("kerberos-XXXXXX", nullptr);
    g_file_set_contents (path ("krb5.conf").c_str (), conf.c_str (), -1, nullptr);
    g_setenv ("KRB5_CONFIG", path ("krb5.conf").c_str (), TRUE);
    g_setenv ("KRB5CCNAME", ("FILE:" + path ("tickets")).c_str (), TRUE);
    g_setenv ("KRB5_CLIENT_KTNAME", ("FILE:" + path ("keytab")).c_str (), TRUE);
    server_.server.timeout_s = 1;
  }

  ~Kerberos () override
  {
    for (const char *name : { "krb5.conf", "tickets", "keytab" })
      g_unlink (path (name).c_str ());
    g_rmdir (folder_);
    g_free (folder_);
  }

  std::string
  path (const std::string &name) const
  {
    return std::string (folder_) + "/" + name;
  }

  /* With a key for the user the library gets the first ticket by itself. */
  void
  make_keytab ()
  {
    krb5_context context = nullptr;
    krb5_keytab keytab = nullptr;
    krb5_keytab_entry entry = {};
    unsigned char octets[32] = {};

    ASSERT_EQ (krb5_init_context (&context), 0);
    ASSERT_EQ (krb5_parse_name (context, principal_name, &entry.principal), 0);
    entry.vno = 1;
    entry.key.enctype = ENCTYPE_AES256_CTS_HMAC_SHA1_96;
    entry.key.length = sizeof octets;
    entry.key.contents = octets;
    ASSERT_EQ (krb5_kt_resolve (context, ("FILE:" + path ("keytab")).c_str (), &keytab),
               0);
    ASSERT_EQ (krb5_kt_add_entry (context, keytab, &entry), 0);
    krb5_kt_close (context, keytab);
    krb5_free_principal (context, entry.principal);
    krb5_free_context (context);
  }

  static void
  on_open_done (GObject *source, GAsyncResult *result, gpointer user_data)
  {
    auto *self = static_cast<Kerberos *> (user_data);
    g_autoptr (GError) error = nullptr;

    rp_connection_open_finish (RP_CONNECTION (source), result, &error);
    self->is_finished_ = true;
    self->error_ = error != nullptr ? error->code : -1;
    self->error_text_ = error != nullptr ? error->message : "";
  }

  /* Returns: the longest time that the main loop stood still */
  gint64
  log_in ()
  {
    const RpCredential credential = { RP_CREDENTIAL_KERBEROS, nullptr };
    g_autoptr (RpCurlLoop) loop = rp_curl_loop_new ();
    g_autoptr (RpConnection) connection =
        rp_connection_new (loop, &server_.server, &server_.endpoint);

    rp_connection_open_async (connection, &credential, nullptr, on_open_done, this);
    return measure_longest_pause_us ([this] { return is_finished_; });
  }

  SilentRealm realm_;
  char *folder_;
  ScriptedServer smtp_{ Script{ start_tls (), say ("220 hi\r\n"), expect ("EHLO"),
                                say ("250-x\r\n250 AUTH PLAIN GSSAPI\r\n"), hang () } };
  ServerMaker server_{ RP_TLS_IMPLICIT, "127.0.0.1", smtp_.port (),
                       ThrowawayCa::instance ().ca_file () };
  bool is_finished_ = false;
  int error_ = -1;
  std::string error_text_;
};

TEST_F (Kerberos, WithoutATicketNothingIsTried)
{
  log_in ();
  EXPECT_EQ (error_, RP_CONNECTION_ERROR_NO_TICKET);
  EXPECT_NE (error_text_.find ("No Kerberos credentials available"), std::string::npos)
      << error_text_;
  smtp_.stop ();
  EXPECT_EQ (smtp_.tls_log ().find ("AUTH"), std::string::npos) << smtp_.tls_log ();
}

TEST_F (Kerberos, ASilentServerOfTheRealmStopsNobodyElse)
{
  make_keytab ();
  EXPECT_LT (log_in (), 500 * 1000);
  EXPECT_TRUE (realm_.was_asked ());
  EXPECT_EQ (error_, RP_CONNECTION_ERROR_NO_TICKET);
  EXPECT_NE (error_text_.find ("no ticket for it came within 1 s"), std::string::npos)
      << error_text_;
  smtp_.stop ();
  EXPECT_EQ (smtp_.tls_log ().find ("AUTH"), std::string::npos) << smtp_.tls_log ();
}

} // namespace
