/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sign-in as the agent does it, and the strict server as its provider. */
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "oauth-server.h"
#include "oauth/rp-sign-in.h"
#include "run-until.h"

/* The provider that a user would describe for @server. */
inline RpOAuthProvider *
describe (const OAuthServer &server, const char *client = "public")
{
  RpOAuthProvider *provider = rp_oauth_provider_new ("strict");
  const std::string &issuer = server.issuer ();

  provider->client_id = g_strdup (client);
  provider->scope = g_strdup ("smtp.send offline_access");
  provider->redirect_path = g_strdup ("/");
  provider->issuer = g_strdup (issuer.c_str ());
  provider->authorization_endpoint = g_strdup ((issuer + "/authorize").c_str ());
  provider->token_endpoint = g_strdup ((issuer + "/token").c_str ());
  provider->device_endpoint = g_strdup ((issuer + "/device_authorization").c_str ());
  provider->revocation_endpoint = g_strdup ((issuer + "/revoke").c_str ());
  provider->sends_issuer = TRUE;
  return provider;
}

/* How one of the two steps of a sign-in ended. */
struct Ended
{
  bool is_finished = false;
  GQuark domain = 0;
  int error = -1;
  std::string text;
  RpOAuthGrant *grant = nullptr;

  Ended () = default;
  Ended (const Ended &) = delete;
  Ended &operator= (const Ended &) = delete;

  ~Ended ()
  {
    rp_oauth_grant_free (grant);
  }

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
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = nullptr;

  rp_sign_in_begin_finish (RP_SIGN_IN (source), result, &error);
  static_cast<Ended *> (user_data)->take (error);
}

inline void
on_awaited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  auto *ended = static_cast<Ended *> (user_data);
  GError *error = nullptr;

  ended->grant = rp_sign_in_await_finish (RP_SIGN_IN (source), result, &error);
  EXPECT_EQ (ended->grant == nullptr, error != nullptr);
  ended->take (error);
}

class SigningIn
{
public:
  SigningIn (const RpOAuthProvider *provider,
             RpSignInWay way,
             const char *client_secret = nullptr)
      : loop_ (rp_curl_loop_new ())
  {
    self = rp_sign_in_new (loop_, provider, "terri@proseware.com", way, client_secret);
    /* the pauses of a device, and no more time than a test has */
    rp_sign_in_set_second_ms (self, 20);
  }

  SigningIn (const SigningIn &) = delete;
  SigningIn &operator= (const SigningIn &) = delete;

  ~SigningIn ()
  {
    g_clear_object (&self);
    g_object_unref (loop_);
  }

  void
  begin ()
  {
    rp_sign_in_begin_async (self, nullptr, on_begun, &begun);
    EXPECT_FALSE (begun.is_finished);
    EXPECT_TRUE (begun.wait ());
  }

  void
  begin_well ()
  {
    begin ();
    ASSERT_EQ (begun.error, -1) << begun.text;
  }

  void
  await (GCancellable *cancellable = nullptr)
  {
    rp_sign_in_await_async (self, cancellable, on_awaited, &ended);
  }

  RpSignIn *self;
  Ended begun;
  Ended ended;

private:
  RpCurlLoop *loop_;
};
