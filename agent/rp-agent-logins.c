/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-agent-logins.h"

#include <gio/gunixfdlist.h>

#include "rp-account-test.h"
#include "rp-agent-call.h"
#include "rp-login.h"
#include "rp-logout.h"
#include "rp-secret-pipe.h"
#include "upstream/rp-password.h"

#define PIPE_TIMEOUT_MS 10000

/* The account and, where a server is named, whether it is one of the account's. Answers
 * the call itself when there is none. */
static const RpAccount *
find_account (RpAgentCall *call, const char *name, const char *server)
{
  const RpAccount *account = rp_config_get_account (call->parts->config, name);

  if (account == NULL)
    {
      rp_agent_call_fail (call, RP_BUS_ERROR_UNKNOWN_ACCOUNT, name);
      return NULL;
    }
  if (*server != '\0'
      && !g_strv_contains ((const char *const *) account->servers, server))
    {
      rp_agent_call_fail (call, RP_BUS_ERROR_UNKNOWN_SERVER, server);
      return NULL;
    }
  return account;
}

/* Returns: the descriptor, the caller's from now on, or -1 */
static int
take_pipe (GUnixFDList *fds, GVariant *handle)
{
  return fds == NULL ? -1
                     : g_unix_fd_list_get (fds, g_variant_get_handle (handle), NULL);
}

/* Mail may have waited for just this password. */
static void
tell_new_secrets (const RpAgentCall *call)
{
  rp_queue_wake (call->parts->queue);
  rp_bus_server_emit_changed (call->parts->bus);
}

/* ---- Login ---- */

/* A login whose password is still in the pipe; the configuration may change until then,
 * so that names are kept. */
typedef struct
{
  RpAgentCall *call;
  char *account;
  char *server;
  gboolean stores_unproved;
} Login;

static void
login_free (Login *self)
{
  g_clear_pointer (&self->call, rp_agent_call_free);
  g_free (self->account);
  g_free (self->server);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Login, login_free)

static RpBusError
get_login_error_code (const GError *error)
{
  if (error->domain != RP_LOGIN_ERROR)
    return RP_BUS_ERROR_FAILED;

  switch ((RpLoginError) error->code)
    {
    case RP_LOGIN_ERROR_NO_LOGIN:
      return RP_BUS_ERROR_NO_LOGIN;
    case RP_LOGIN_ERROR_KEYRING:
      return RP_BUS_ERROR_KEYRING;
    }

  g_assert_not_reached ();
}

static void
on_login_proved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpAgentCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) report = rp_login_prove_finish (result, &error);

  if (report == NULL)
    rp_agent_call_fail (call, get_login_error_code (error), error->message);
  else
    {
      rp_agent1_complete_login (call->interface, call->invocation, NULL, report);
      tell_new_secrets (call);
    }
}

static void
on_password_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Login) self = user_data;
  const RpAgentParts *parts = self->call->parts;
  g_autoptr (GError) error = NULL;
  char *password = rp_secret_pipe_read_finish (result, &error);
  const RpAccount *account;

  if (password == NULL)
    {
      rp_agent_call_fail (self->call, RP_BUS_ERROR_NO_SECRET, error->message);
      return;
    }

  account = find_account (self->call, self->account, self->server);
  if (account != NULL)
    rp_login_prove_async (parts->curl_loop, parts->secrets, parts->config, account,
                          *self->server == '\0' ? NULL : self->server, password,
                          self->stores_unproved, on_login_proved,
                          g_steal_pointer (&self->call));
  rp_password_free (password);
}

static gboolean
on_handle_login (RpAgent1 *interface,
                 GDBusMethodInvocation *invocation,
                 GUnixFDList *fds,
                 const char *account,
                 const char *server,
                 GVariant *password,
                 gboolean stores_unproved,
                 gpointer user_data)
{
  g_autoptr (RpAgentCall) call = rp_agent_call_new (user_data, interface, invocation);
  int fd;

  if (find_account (call, account, server) == NULL)
    return TRUE;
  fd = take_pipe (fds, password);
  if (fd < 0)
    {
      rp_agent_call_fail (call, RP_BUS_ERROR_NO_SECRET, "no pipe came along");
      return TRUE;
    }

  Login *login = g_new0 (Login, 1);

  login->call = g_steal_pointer (&call);
  login->account = g_strdup (account);
  login->server = g_strdup (server);
  login->stores_unproved = stores_unproved;
  rp_secret_pipe_read_async (fd, PIPE_TIMEOUT_MS, on_password_read, login);
  return TRUE;
}

/* ---- Logout ---- */

static void
on_logged_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpAgentCall) call = user_data;
  g_autoptr (GVariant) report = rp_logout_finish (result);

  rp_agent1_complete_logout (call->interface, call->invocation, report);
  rp_bus_server_emit_changed (call->parts->bus);
}

static gboolean
on_handle_logout (RpAgent1 *interface,
                  GDBusMethodInvocation *invocation,
                  const char *account_name,
                  const char *server,
                  gpointer user_data)
{
  g_autoptr (RpAgentCall) call = rp_agent_call_new (user_data, interface, invocation);
  const RpAgentParts *parts = call->parts;
  const RpAccount *account = find_account (call, account_name, server);

  if (account != NULL)
    rp_logout_async (parts->secrets, parts->config, account,
                     *server == '\0' ? NULL : server, on_logged_out,
                     g_steal_pointer (&call));
  return TRUE;
}

/* ---- UnlockKeyring ---- */

static void
on_keyring_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpAgentCall) call = user_data;
  g_autoptr (GError) error = NULL;

  if (rp_secrets_unlock_finish (RP_SECRETS (source), result, &error))
    rp_agent1_complete_unlock_keyring (call->interface, call->invocation);
  else
    rp_agent_call_fail (call, RP_BUS_ERROR_KEYRING, error->message);
}

static gboolean
on_handle_unlock_keyring (RpAgent1 *interface,
                          GDBusMethodInvocation *invocation,
                          gpointer user_data)
{
  RpAgentCall *call = rp_agent_call_new (user_data, interface, invocation);

  rp_secrets_unlock_async (call->parts->secrets, NULL, on_keyring_unlocked, call);
  return TRUE;
}

/* ---- TestAccount ---- */

static void
on_account_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpAgentCall) call = user_data;
  g_autoptr (GVariant) report = rp_account_test_finish (result);

  rp_agent1_complete_test_account (call->interface, call->invocation, report);
}

static gboolean
on_handle_test_account (RpAgent1 *interface,
                        GDBusMethodInvocation *invocation,
                        const char *account_name,
                        gpointer user_data)
{
  g_autoptr (RpAgentCall) call = rp_agent_call_new (user_data, interface, invocation);
  const RpAgentParts *parts = call->parts;
  const RpAccount *account = find_account (call, account_name, "");

  if (account != NULL)
    rp_account_test_async (parts, account, on_account_tested, g_steal_pointer (&call));
  return TRUE;
}

void
rp_agent_logins_connect (const RpAgentParts *parts, RpAgent1 *interface)
{
  const struct
  {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "handle-login", G_CALLBACK (on_handle_login) },
    { "handle-logout", G_CALLBACK (on_handle_logout) },
    { "handle-unlock-keyring", G_CALLBACK (on_handle_unlock_keyring) },
    { "handle-test-account", G_CALLBACK (on_handle_test_account) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect (interface, handlers[i].signal, handlers[i].handler,
                      (gpointer) parts);
}
