/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access tokens over a real gnome-keyring. */
#include <gtest/gtest.h>

#include <string>

#include "private-keyring.h"
#include "token-bench.h"

namespace
{

TEST (TokensInKeyring, OutliveTheAgentTheirRotationAndALock)
{
  PrivateBus bus;
  PrivateKeyring keyring (bus);
  MailServer mail;
  std::string token;

  g_autoptr (RpSecrets) inner = rp_secrets_new (5000);
  TokenBench bench (inner, "");
  EXPECT_EQ (bench.sign_in (mail).error, -1);
  /* each time as after a restart: nothing is in memory */
  for (int i = 0; i < 2; i++)
    {
      bench.begin_anew (inner);
      const Answered fresh = bench.look_up (mail);
      EXPECT_TRUE (bench.server.is_live (fresh.secret)) << fresh.text;
      EXPECT_NE (fresh.secret, token);
      token = fresh.secret;
    }
  EXPECT_EQ (bench.n_asked (), 2u);

  bench.begin_anew (inner);
  keyring.lock ();
  EXPECT_EQ (bench.look_up (mail).error, RP_SECRETS_ERROR_LOCKED);
  EXPECT_EQ (bench.look_up (mail, MAIL_HOST, RP_SECRET_SIGN_IN).error,
             RP_SECRETS_ERROR_LOCKED);
  keyring.unlock ();
  EXPECT_TRUE (bench.server.is_live (bench.look_up (mail).secret));

  const Answered out = bench.forget (mail);
  EXPECT_EQ (out.error, -1) << out.text;
  EXPECT_TRUE (out.was_revoked);
  bench.begin_anew (inner);
  EXPECT_EQ (bench.look_up (mail).error, RP_SECRETS_ERROR_MISSING);
}

}
