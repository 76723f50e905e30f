/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access tokens of a mail server whose provider is the strict server, with a keyring
 * and a clock in the test's hand. */
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "memory-keyring.h"
#include "oauth-server.h"
#include "oauth/rp-tokens.h"
#include "run-until.h"

constexpr const char *MAIL_HOST = "smtp.proseware.com";
constexpr const char *OTHER_HOST = "smtp.adatum.com";

inline gint64 bench_boot_s = 1000;
inline gint64 bench_wall_s = 1700000000;

/* A mail server with TLS on each host, whose user signs in at "strict". */
class MailServer
{
public:
  explicit MailServer (const std::vector<const char *> &hosts = { MAIL_HOST })
  {
    server.name = const_cast<char *> ("proseware");
    server.user = const_cast<char *> ("terri@proseware.com");
    server.oauth_provider = const_cast<char *> ("strict");
    server.ehlo = const_cast<char *> ("[127.0.0.1]");
    server.endpoints = g_ptr_array_new_with_free_func (g_free);
    for (const char *host : hosts)
      {
        RpEndpoint *endpoint = g_new0 (RpEndpoint, 1);

        endpoint->host = const_cast<char *> (host);
        g_ptr_array_add (server.endpoints, endpoint);
      }
  }

  MailServer (const MailServer &) = delete;
  MailServer &operator= (const MailServer &) = delete;

  ~MailServer ()
  {
    g_ptr_array_unref (server.endpoints);
  }

  RpServer server = {};
};

struct Answered
{
  bool is_finished = false;
  std::string secret;
  GQuark domain = 0;
  int error = -1;
  std::string text;
  gboolean was_revoked = FALSE;
  guint n_stores_before = 0; /* of the keyring, when it was answered */

  void
  take (GError *failure)
  {
    EXPECT_FALSE (is_finished) << "finished twice";
    is_finished = true;
    if (failure == nullptr)
      return;

    domain = failure->domain;
    error = failure->code;
    text = failure->message;
    g_error_free (failure);
  }

  bool
  wait ()
  {
    return run_until ([&] { return is_finished; });
  }
};

inline void
on_secret (GObject *source, GAsyncResult *result, gpointer user_data)
{
  auto *answered = static_cast<Answered *> (user_data);
  GError *error = nullptr;
  char *secret = rp_secrets_lookup_finish (RP_SECRETS (source), result, &error);

  EXPECT_EQ (secret == nullptr, error != nullptr);
  answered->secret = secret != nullptr ? secret : "";
  rp_secret_free (secret);
  answered->take (error);
}

inline void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = nullptr;

  rp_tokens_keep_finish (RP_TOKENS (source), result, &error);
  static_cast<Answered *> (user_data)->take (error);
}

inline void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  auto *answered = static_cast<Answered *> (user_data);
  GError *error = nullptr;

  rp_tokens_forget_finish (RP_TOKENS (source), result, &answered->was_revoked, &error);
  answered->take (error);
}

class TokenBench
{
public:
  explicit TokenBench (const std::string &more = "",
                       const OAuthServerOptions &options = {})
      : server (options), loop_ (rp_curl_loop_new ())
  {
    g_autoptr (RpSecrets) inner = memory_keyring_new (keyring);

    use (inner, more);
  }

  /* Over another keyring. */
  TokenBench (RpSecrets *inner, const std::string &more) : loop_ (rp_curl_loop_new ())
  {
    use (inner, more);
  }

  TokenBench (const TokenBench &) = delete;
  TokenBench &operator= (const TokenBench &) = delete;

  ~TokenBench ()
  {
    g_object_unref (secrets);
    rp_oauth_providers_unref (providers);
    g_object_unref (loop_);
  }

  /* As after a restart of the agent. */
  void
  begin_anew ()
  {
    g_autoptr (RpSecrets) inner = memory_keyring_new (keyring);

    begin_anew (inner);
  }

  void
  begin_anew (RpSecrets *inner)
  {
    g_object_unref (secrets);
    make_secrets (inner);
  }

  RpTokens *
  tokens () const
  {
    return RP_TOKENS (secrets);
  }

  /* Somebody signs in, and the tokens are kept for @mail. */
  Answered
  sign_in (const MailServer &mail)
  {
    const Json given = server.give ();
    RpOAuthGrant grant = {};
    const std::string access = given.text ("access_token");
    const std::string refresh = given.text ("refresh_token");
    Answered answered;

    grant.access_token = const_cast<char *> (access.c_str ());
    grant.refresh_token = const_cast<char *> (refresh.c_str ());
    grant.expires_in_s = (guint) given.number ("expires_in");
    grant.provider = rp_oauth_provider_copy (find ());
    rp_tokens_keep_async (tokens (), &mail.server, &grant, nullptr, on_kept, &answered);
    EXPECT_TRUE (answered.wait ());
    rp_oauth_provider_free (grant.provider);
    return answered;
  }

  Answered
  look_up (const MailServer &mail,
           const char *host = MAIL_HOST,
           RpSecretProtocol protocol = RP_SECRET_TOKEN)
  {
    Answered answered;

    rp_secrets_lookup_async (secrets, &mail.server, protocol, host, nullptr, on_secret,
                             &answered);
    EXPECT_FALSE (answered.is_finished);
    EXPECT_TRUE (answered.wait ());
    return answered;
  }

  Answered
  forget (const MailServer &mail)
  {
    Answered answered;

    rp_tokens_forget_async (tokens (), &mail.server, nullptr, on_forgotten, &answered);
    EXPECT_TRUE (answered.wait ());
    return answered;
  }

  const RpOAuthProvider *
  find () const
  {
    return rp_oauth_providers_find (providers, "strict");
  }

  std::size_t
  n_asked () const
  {
    return server.requests ("token").size ();
  }

  OAuthServer server;
  KeyringContent keyring;
  RpOAuthProviders *providers = nullptr;
  RpSecrets *secrets = nullptr;

private:
  void
  use (RpSecrets *inner, const std::string &more)
  {
    g_autoptr (GPtrArray) rows =
        g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
    g_autoptr (GPtrArray) errors = g_ptr_array_new ();
    const std::string text =
        "[provider]\ntitle=Strict\nclient-id=public\n"
        "scope=smtp.send offline_access\n"
        "authorization-endpoint="
        + server.issuer () + "/authorize\ntoken-endpoint=" + server.issuer ()
        + "/token\nrevocation-endpoint=" + server.issuer () + "/revoke\n";
    /* as the user would overlay it */
    const std::string overlay = "[provider]\n" + more;

    rp_keyfile_parse ("a/strict.conf", text.data (), text.size (), rows, errors);
    rp_keyfile_parse ("b/strict.conf", overlay.data (), overlay.size (), rows, errors);
    providers = rp_oauth_providers_new (rows, errors);
    g_assert_cmpuint (errors->len, ==, 0);
    make_secrets (inner);
  }

  void
  make_secrets (RpSecrets *inner)
  {
    const RpTokensClock clock = { [] { return bench_boot_s; },
                                  [] { return bench_wall_s; } };

    secrets = rp_tokens_new (inner, loop_, providers);
    rp_tokens_set_clock (tokens (), &clock);
  }

  RpCurlLoop *loop_;
};
