/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks up and stores as the agent does, and watches that its main loop goes on. */
#pragma once

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "credentials/rp-secrets.h"
#include "run-until.h"

/* The agent's listener answers within a second, whatever a keyring does. */
constexpr gint64 MAX_PAUSE_US = 1000 * 1000;

struct Looked
{
  bool is_finished = false;
  bool is_ok = false;
  std::string secret;
  GQuark domain = 0;
  int code = -1;
  std::string text;

  void
  take (GError *error)
  {
    EXPECT_FALSE (is_finished) << "finished twice";
    is_finished = true;
    is_ok = error == nullptr;
    if (error == nullptr)
      return;

    domain = error->domain;
    code = error->code;
    text = error->message;
    g_error_free (error);
  }
};

inline RpServer
make_server (const char *user, const char *secret_command = nullptr)
{
  RpServer server = {};

  server.name = const_cast<char *> ("proseware");
  server.user = const_cast<char *> (user);
  server.secret_command = const_cast<char *> (secret_command);
  return server;
}

inline void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  auto *looked = static_cast<Looked *> (user_data);
  GError *error = nullptr;
  char *secret = rp_secrets_lookup_finish (RP_SECRETS (source), result, &error);

  EXPECT_EQ (secret == nullptr, error != nullptr);
  if (secret != nullptr)
    looked->secret = secret;
  rp_secret_free (secret);
  looked->take (error);
}

inline void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = nullptr;

  rp_secrets_store_finish (RP_SECRETS (source), result, &error);
  static_cast<Looked *> (user_data)->take (error);
}

inline void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = nullptr;

  rp_secrets_remove_finish (RP_SECRETS (source), result, &error);
  static_cast<Looked *> (user_data)->take (error);
}

inline Looked
look_up (RpSecrets *secrets,
         const RpServer &server,
         const char *host = "smtp.proseware.com",
         RpSecretProtocol protocol = RP_SECRET_SMTP)
{
  Looked looked;

  rp_secrets_lookup_async (secrets, &server, protocol, host, nullptr, on_looked_up,
                           &looked);
  EXPECT_FALSE (looked.is_finished);
  EXPECT_LT (measure_longest_pause_us ([&] { return looked.is_finished; }),
             MAX_PAUSE_US);
  return looked;
}

inline Looked
store (RpSecrets *secrets,
       const RpServer &server,
       std::vector<const char *> hosts,
       const char *password,
       RpSecretProtocol protocol = RP_SECRET_SMTP)
{
  Looked looked;

  hosts.push_back (nullptr);
  rp_secrets_store_async (secrets, &server, protocol, hosts.data (), password, nullptr,
                          on_stored, &looked);
  EXPECT_LT (measure_longest_pause_us ([&] { return looked.is_finished; }),
             MAX_PAUSE_US);
  return looked;
}

inline void
on_unlock_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = nullptr;

  rp_secrets_unlock_finish (RP_SECRETS (source), result, &error);
  static_cast<Looked *> (user_data)->take (error);
}

inline Looked
remove_secret (RpSecrets *secrets,
               const RpServer &server,
               std::vector<const char *> hosts,
               RpSecretProtocol protocol = RP_SECRET_SMTP)
{
  Looked looked;

  hosts.push_back (nullptr);
  rp_secrets_remove_async (secrets, &server, protocol, hosts.data (), nullptr,
                           on_removed, &looked);
  EXPECT_LT (measure_longest_pause_us ([&] { return looked.is_finished; }),
             MAX_PAUSE_US);
  return looked;
}
