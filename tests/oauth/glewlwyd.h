// SPDX-License-Identifier: GPL-3.0-or-later
// A real OAuth server that others wrote: Debian's glewlwyd, unpacked under the build
// folder, with a database and a loopback port of its own. Its issuer has a user terri,
// whose password is "moonlight".
#pragma once

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "json-value.h"
#include "plain-fetch.h"

class Glewlwyd
{
public:
  Glewlwyd ()
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-glewlwyd-XXXXXX", nullptr);

    folder_ = folder;
    unpacked_ = std::string (g_getenv ("RP_TEST_BUILD_DIR")) + "/glewlwyd";
    unpack ();
    make_database ();
    copy_pages ();
    port_ = free_port ();
    start ();
    set_up ();
  }

  Glewlwyd (const Glewlwyd &) = delete;
  Glewlwyd &operator= (const Glewlwyd &) = delete;

  ~Glewlwyd ()
  {
    g_subprocess_send_signal (process_, SIGTERM);
    g_subprocess_wait (process_, nullptr, nullptr);
    g_object_unref (process_);
    std::error_code ignored;
    std::filesystem::remove_all (folder_, ignored);
  }

  std::string
  issuer () const
  {
    return address () + "/api/mail";
  }

  // The client "roampost" may be sent there. It compares ports, too: RFC 8252 section
  // 7.3 is not for it.
  void
  allow_redirect (const std::string &uri)
  {
    const std::string client =
        R"({"name": "roampost", "confidential": false, "enabled": true, "scope": [],
            "token_endpoint_auth_method": ["none"],
            "authorization_type": ["code", "refresh_token", "device_authorization"],
            "redirect_uri": [)"
        + to_json (uri) + "]}";

    order ("PUT", "/api/client/roampost", client);
  }

private:
  static constexpr const char *host = "127.0.0.1";

  std::string
  address () const
  {
    return std::string ("http://") + host + ":" + std::to_string (port_);
  }

  std::string
  root (const std::string &path) const
  {
    return unpacked_ + "/root" + path;
  }

  static std::string
  read_file (const std::string &path)
  {
    std::ifstream in (path, std::ios::binary);
    std::ostringstream text;

    text << in.rdbuf ();
    return text.str ();
  }

  void
  unpack () const
  {
    const std::string script =
        std::string (g_getenv ("RP_TEST_SOURCE_DIR")) + "/lab/unpack";
    g_autoptr (GError) error = nullptr;
    g_autoptr (GSubprocess) process = g_subprocess_new (
        G_SUBPROCESS_FLAGS_NONE, &error, script.c_str (), unpacked_.c_str (),
        "glewlwyd", "glewlwyd-common", "dbconfig-no-thanks", nullptr);

    g_assert_no_error (error);
    g_subprocess_wait_check (process, nullptr, &error);
    g_assert_no_error (error);
  }

  // Tables and an administrator, as the package has them.
  void
  make_database () const
  {
    const std::string script =
        root ("/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz");
    const std::string packed = read_file (script);
    g_autoptr (GZlibDecompressor) unzip =
        g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    g_autoptr (GInputStream) in = g_memory_input_stream_new_from_data (
        packed.data (), (gssize) packed.size (), nullptr);
    g_autoptr (GInputStream) plain =
        g_converter_input_stream_new (in, G_CONVERTER (unzip));
    std::string text (1 << 20, '\0');
    gsize n_bytes = 0;
    sqlite3 *database = nullptr;
    g_autoptr (GError) error = nullptr;

    g_input_stream_read_all (plain, text.data (), text.size () - 1, &n_bytes, nullptr,
                             &error);
    g_assert_no_error (error);
    sqlite3_open ((folder_ + "/db").c_str (), &database);
    g_assert_cmpint (sqlite3_exec (database, text.c_str (), nullptr, nullptr, nullptr),
                     ==, SQLITE_OK);
    sqlite3_close (database);
  }

  // Its links lead to packages that are unpacked, or that the machine has.
  void
  copy_pages () const
  {
    namespace fs = std::filesystem;
    const fs::path from = root ("/usr/share/glewlwyd/webapp");
    const fs::path to = folder_ + "/pages";

    for (const auto &entry : fs::recursive_directory_iterator (from))
      {
        const fs::path copy = to / entry.path ().lexically_relative (from);

        if (entry.is_directory () && !entry.is_symlink ())
          fs::create_directories (copy);
        else
          copy_page (entry.path (), copy);
      }
  }

  void
  copy_page (const std::filesystem::path &page, const std::filesystem::path &copy) const
  {
    namespace fs = std::filesystem;
    fs::path source = page;

    fs::create_directories (copy.parent_path ());
    if (page.filename () == "config.json")
      source = root ("/etc/glewlwyd/config-2.7.json/config.json");
    else if (fs::is_symlink (page) && !fs::exists (page))
      source = "/"
               / (page.parent_path () / fs::read_symlink (page))
                     .lexically_normal ()
                     .lexically_relative (root ("/"));
    if (fs::exists (source))
      fs::copy_file (source, copy);
  }

  // It wants to be told its port: one that the kernel finds free.
  static guint16
  free_port ()
  {
    sockaddr_in any = {};
    socklen_t size = sizeof any;
    const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    any.sin_family = AF_INET;
    inet_pton (AF_INET, host, &any.sin_addr);
    g_assert_no_errno (bind (fd, (sockaddr *) &any, size));
    g_assert_no_errno (getsockname (fd, (sockaddr *) &any, &size));
    close (fd);
    return ntohs (any.sin_port);
  }

  std::string
  configuration () const
  {
    const std::string modules = root ("/usr/lib/glewlwyd");
    std::string text = "port=" + std::to_string (port_) + "\nbind_address=\"" + host
                       + "\"\nexternal_url=\"" + address ()
                       + "\"\nlogin_url=\"login.html\"\napi_prefix=\"api\"\n"
                         "static_files_path=\""
                       + folder_
                       + "/pages/\"\nlog_mode=\"console\"\nlog_level=\"WARNING\"\n"
                         "cookie_domain=\""
                       + host
                       + "\"\ncookie_secure=0\ncookie_same_site=\"empty\"\n"
                         "session_expiration=3600\nsession_key=\"SESSION\"\n"
                         "admin_scope=\"g_admin\"\nprofile_scope=\"g_profile\"\n"
                         "use_secure_connection=false\n"
                         "secure_connection_key_file=\"none\"\n"
                         "secure_connection_pem_file=\"none\"\n"
                         "hash_algorithm=\"SHA512\"\n"
                         "database={type=\"sqlite3\" path=\""
                       + folder_ + "/db\"};\n";

    for (const char *name :
         { "user", "user_middleware", "client", "user_auth_scheme", "plugin" })
      {
        const std::string place =
            std::string (name) == "user_auth_scheme" ? "scheme" : name;
        text += std::string (name) + "_module_path=\"" + modules + "/" + place + "\"\n";
      }
    return text + mime_types ();
  }

  static std::string
  mime_types ()
  {
    std::string rows;

    for (const auto &[ending, type] : Fields{ { ".html", "text/html" },
                                              { ".css", "text/css" },
                                              { ".js", "application/javascript" },
                                              { ".json", "application/json" } })
      rows += (rows.empty () ? "" : ",") + std::string ("{extension=\"") + ending
              + "\" mime_type=\"" + type + "\" compress=0}";
    return "static_files_mime_types=(" + rows + ")\n";
  }

  void
  start ()
  {
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_MERGE);
    g_autoptr (GError) error = nullptr;
    const std::string file = folder_ + "/conf";

    std::ofstream (file) << configuration ();
    g_subprocess_launcher_set_stdout_file_path (launcher, (folder_ + "/log").c_str ());
    g_subprocess_launcher_set_child_setup (
        launcher, [] (gpointer) { prctl (PR_SET_PDEATHSIG, SIGKILL); }, nullptr,
        nullptr);
    process_ = g_subprocess_launcher_spawn (
        launcher, &error, "/bin/sh", "-c",
        ". \"$0\"; exec glewlwyd --config-file=\"$1\"",
        (unpacked_ + "/environment").c_str (), file.c_str (), nullptr);
    g_assert_no_error (error);
    const gint64 end_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
    while (fetch (address () + "/config").status != 200)
      {
        if (g_get_monotonic_time () > end_us)
          g_error ("glewlwyd does not start: %s",
                   read_file (folder_ + "/log").c_str ());
        g_usleep (20000);
      }
  }

  // By its administration interface, with the cookie of a login.
  Fetched
  order (const std::string &method, const std::string &path, const std::string &json)
  {
    const Fetched fetched =
        fetch (address () + path, &json,
               { "Content-Type: application/json", "Cookie: " + cookie_ }, "", method);

    EXPECT_EQ (fetched.status, 200) << method << " " << path << ": " << fetched.body
                                    << read_file (folder_ + "/log");
    return fetched;
  }

  void
  set_up ()
  {
    const std::string set_cookie =
        order ("POST", "/api/auth/", R"({"username": "admin", "password": "password"})")
            .header ("Set-Cookie");

    cookie_ = set_cookie.substr (0, set_cookie.find (';'));
    order ("POST", "/api/mod/plugin/", plugin ());
    order ("POST", "/api/scope/", R"({"name": "smtp", "display_name": "Send mail",
           "password_required": true, "password_max_age": 0, "scheme": {}})");
    order ("POST", "/api/user/", R"({"username": "terri", "password": "moonlight",
           "name": "Terri", "email": "terri@proseware.com", "enabled": true,
           "scope": ["smtp", "g_profile"]})");
    order ("POST", "/api/client/", R"({"client_id": "roampost", "name": "roampost",
           "confidential": false, "enabled": true, "scope": [], "redirect_uri": [],
           "token_endpoint_auth_method": ["none"],
           "authorization_type": ["code", "refresh_token", "device_authorization"]})");
  }

  // As strict as it can be: PKCE with S256, refresh tokens for one use, iss in
  // redirects.
  std::string
  plugin () const
  {
    std::string parameters = R"("iss": )" + to_json (issuer ());

    for (const char *name :
         { "oauth-as-iss-id", "allow-non-oidc", "auth-type-code-enabled",
           "auth-type-code-revoke-replayed", "auth-type-device-enabled",
           "auth-type-refresh-enabled", "pkce-allowed", "pkce-required",
           "introspection-revocation-allowed",
           "introspection-revocation-allow-target-client" })
      parameters += ", " + to_json (name) + ": true";
    for (const char *name : { "auth-type-token-enabled", "auth-type-id-token-enabled",
                              "auth-type-none-enabled", "auth-type-password-enabled",
                              "auth-type-client-enabled", "pkce-method-plain-allowed",
                              "refresh-token-rolling" })
      parameters += ", " + to_json (name) + ": false";
    return R"({"module": "oidc", "name": "mail", "display_name": "mail",
               "enabled": true, "parameters": {)"
           + parameters + R"(, "jwt-type": "sha", "jwt-key-size": "256",
               "key": "0123456789abcdef0123456789abcdef",
               "access-token-duration": 3600, "refresh-token-duration": 1209600,
               "code-duration": 600, "refresh-token-one-use": "always",
               "introspection-revocation-auth-scope": [],
               "device-authorization-expiration": 600,
               "device-authorization-interval": 1}})";
  }

  std::string folder_;
  std::string unpacked_;
  std::string cookie_;
  guint16 port_ = 0;
  GSubprocess *process_ = nullptr;
};
