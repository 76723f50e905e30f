/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include "credentials/rp-secrets.h"
#include "lookups.h"

namespace
{

/* Without a bus the two answer differently. */
TEST (SecretsByServer, ACommandIsAskedWhereThereIsOne)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_autoptr (RpSecrets) secrets = rp_secrets_new (1000);
  const Looked by_command = look_up (secrets, make_server ("terri", "echo secret"));
  const Looked by_service = look_up (secrets, make_server ("terri"));

  EXPECT_EQ (by_command.secret, "secret");
  EXPECT_EQ (by_service.domain, RP_SECRETS_ERROR);
  EXPECT_EQ (by_service.code, RP_SECRETS_ERROR_UNAVAILABLE);
  EXPECT_NE (by_service.text.find ("bus"), std::string::npos) << by_service.text;
}

TEST (SecretsByServer, StoringGoesTheSameWay)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_autoptr (RpSecrets) secrets = rp_secrets_new (1000);
  const Looked by_command =
      store (secrets, make_server ("terri", "echo secret"), { "h" }, "p");
  const Looked by_service = store (secrets, make_server ("terri"), { "h" }, "p");

  EXPECT_NE (by_command.text.find ("secret-command"), std::string::npos);
  EXPECT_NE (by_service.text.find ("bus"), std::string::npos) << by_service.text;
}

TEST (SecretsByServer, RemovingGoesTheSameWay)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_autoptr (RpSecrets) secrets = rp_secrets_new (1000);
  const Looked by_command =
      remove_secret (secrets, make_server ("terri", "echo secret"), { "h" });
  const Looked by_service = remove_secret (secrets, make_server ("terri"), { "h" });

  EXPECT_NE (by_command.text.find ("secret-command"), std::string::npos);
  EXPECT_NE (by_service.text.find ("bus"), std::string::npos) << by_service.text;
}

/* Neither has a cache. */
TEST (SecretsByServer, ARefusedSecretIsReadAnew)
{
  g_autoptr (RpSecrets) secrets = rp_secrets_new (1000);
  const RpServer server = make_server ("terri", "echo secret");

  rp_secrets_reject (secrets, &server, RP_SECRET_SMTP, "h", "secret");
  EXPECT_EQ (look_up (secrets, server).secret, "secret");
}

} // namespace
