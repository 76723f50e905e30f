/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-sign-ins.h"

#include <gio/gunixfdlist.h>

#include "oauth/rp-oauth-providers.h"
#include "oauth/rp-sign-in.h"
#include "oauth/rp-tokens.h"
#include "rp-agent-call.h"
#include "rp-proof.h"
#include "rp-secret-pipe.h"
#include "upstream/rp-password.h"

#define PIPE_TIMEOUT_MS 10000
/* A program that forgets what it began must not fill the agent. */
#define MAX_OPEN 16

struct _RpSignIns
{
  const RpAgentParts *parts;
  RpAgent1 *interface;
  GPtrArray *entries;
  guint n_begun;
};

/* One sign-in. Counted: what is under way for it holds it, too. */
typedef struct
{
  RpSignIns *owner; /* nullable: %NULL once it has ended */
  char *id;
  GDBusConnection *connection;
  char *sender; /* nullable: on the private socket the connection is the peer */
  gulong closed_handler;
  guint name_watch;
  RpConfig *config;
  const RpServer *server;
  RpOAuthProvider *provider;
  RpSignInWay way;
  RpSignIn *sign_in; /* nullable: until the client secret is read */
  GCancellable *cancellable;
  gboolean is_awaited;
} Entry;

static void
entry_clear (Entry *self)
{
  g_free (self->id);
  g_free (self->sender);
  g_object_unref (self->connection);
  g_clear_object (&self->sign_in);
  g_object_unref (self->cancellable);
  rp_oauth_provider_free (self->provider);
  rp_config_unref (self->config);
}

static void
entry_unref (Entry *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) entry_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entry, entry_unref)

/* What is under way for it ends with %G_IO_ERROR_CANCELLED. */
static void
entry_end (Entry *self)
{
  RpSignIns *owner = self->owner;

  if (owner == NULL)
    return;

  self->owner = NULL;
  g_signal_handler_disconnect (self->connection, self->closed_handler);
  g_clear_handle_id (&self->name_watch, g_bus_unwatch_name);
  g_cancellable_cancel (self->cancellable);
  g_ptr_array_remove_fast (owner->entries, self);
}

static void
on_connection_closed (GDBusConnection *connection,
                      gboolean is_remote,
                      GError *error,
                      gpointer user_data)
{
  entry_end (user_data);
}

static void
on_sender_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  entry_end (user_data);
}

/* ---- finding ---- */

static gboolean
is_of_peer (const Entry *entry, GDBusMethodInvocation *invocation)
{
  return entry->connection == g_dbus_method_invocation_get_connection (invocation)
         && g_strcmp0 (entry->sender, g_dbus_method_invocation_get_sender (invocation))
                == 0;
}

/* Answers the call itself when there is none. */
static Entry *
find_entry (RpSignIns *self, RpAgentCall *call, const char *id)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (g_str_equal (entry->id, id) && entry->sign_in != NULL
          && is_of_peer (entry, call->invocation))
        return entry;
    }

  rp_agent_call_fail (call, RP_BUS_ERROR_NO_SUCH_SIGN_IN, id);
  return NULL;
}

static gboolean
is_signed_in_to (const RpServer *server)
{
  return rp_server_get_access (server, RP_ACCESS_OAUTH2) != NULL
         && server->secret_command == NULL && server->secret_credential == NULL
         && server->oauth_provider != NULL
         && !g_str_equal (server->oauth_provider, RP_OAUTH_BROKER);
}

/* @wanted: "" for the first. Returns: (nullable) */
static const RpServer *
find_server (RpConfig *config, const RpAccount *account, const char *wanted)
{
  for (guint i = 0; account->servers[i] != NULL; i++)
    {
      const RpServer *server = rp_config_get_server (config, account->servers[i]);

      if (server != NULL && is_signed_in_to (server)
          && (*wanted == '\0' || g_str_equal (server->name, wanted)))
        return server;
    }

  return NULL;
}

/* ---- errors ---- */

static RpBusError
get_error_code (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return RP_BUS_ERROR_CANCELLED;
  if (error->domain != RP_OAUTH_ERROR)
    return RP_BUS_ERROR_FAILED;

  switch ((RpOAuthError) error->code)
    {
    case RP_OAUTH_ERROR_OUTAGE:
      return RP_BUS_ERROR_OUTAGE;
    case RP_OAUTH_ERROR_EXPIRED:
      return RP_BUS_ERROR_EXPIRED;
    case RP_OAUTH_ERROR_MISMATCH:
      return RP_BUS_ERROR_MISMATCH;
    case RP_OAUTH_ERROR_DENIED:
    case RP_OAUTH_ERROR_REVOKED:
    case RP_OAUTH_ERROR_CLIENT:
    case RP_OAUTH_ERROR_CONSENT:
    case RP_OAUTH_ERROR_PROTOCOL:
      return RP_BUS_ERROR_SIGN_IN_REFUSED;
    }

  g_assert_not_reached ();
}

/* ---- BeginSignIn ---- */

/* A call for a sign-in, and what is under way for it. */
typedef struct
{
  Entry *entry;
  RpAgentCall *call;
  RpProofs *proofs; /* nullable: of an awaited one */
} Errand;

static Errand *
errand_new (Entry *entry, RpAgentCall *call)
{
  Errand *self = g_new0 (Errand, 1);

  self->entry = g_rc_box_acquire (entry);
  self->call = call;
  return self;
}

static void
errand_free (Errand *self)
{
  entry_unref (self->entry);
  rp_agent_call_free (self->call);
  g_clear_pointer (&self->proofs, g_ptr_array_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

static void
insert_string (GVariantDict *dict, const char *key, const char *value)
{
  if (value != NULL)
    g_variant_dict_insert (dict, key, "s", value);
}

static GVariant *
build_invitation (const Entry *self)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "server", "s", self->server->name);
  g_variant_dict_insert (&dict, "provider", "s",
                         rp_oauth_provider_get_title (self->provider));
  insert_string (&dict, "address", rp_sign_in_get_address (self->sign_in));
  insert_string (&dict, "complete-address",
                 rp_sign_in_get_complete_address (self->sign_in));
  insert_string (&dict, "user-code", rp_sign_in_get_user_code (self->sign_in));
  g_variant_dict_insert (&dict, "expires-in", "u",
                         rp_sign_in_get_expires_in_s (self->sign_in));
  return g_variant_dict_end (&dict);
}

static void
on_sign_in_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) self = user_data;
  RpAgentCall *call = self->call;
  g_autoptr (GError) error = NULL;

  if (rp_sign_in_begin_finish (RP_SIGN_IN (source), result, &error))
    {
      rp_agent1_complete_begin_sign_in (call->interface, call->invocation, NULL,
                                        self->entry->id,
                                        build_invitation (self->entry));
      return;
    }
  rp_agent_call_fail (call, get_error_code (error), error->message);
  entry_end (self->entry);
}

static void
begin (Errand *errand, const char *client_secret)
{
  Entry *entry = errand->entry;

  entry->sign_in = rp_sign_in_new (errand->call->parts->curl_loop, entry->provider,
                                   entry->server->user, entry->way, client_secret);
  rp_sign_in_set_proxy (entry->sign_in, entry->server->proxy);
  rp_sign_in_begin_async (entry->sign_in, entry->cancellable, on_sign_in_begun, errand);
}

static void
on_client_secret_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) self = user_data;
  g_autoptr (GError) error = NULL;
  char *secret = rp_secret_pipe_read_finish (result, &error);

  if (secret == NULL)
    {
      rp_agent_call_fail (self->call, RP_BUS_ERROR_NO_SECRET, error->message);
      entry_end (self->entry);
      return;
    }
  begin (g_steal_pointer (&self), secret);
  rp_password_free (secret);
}

static Entry *
add_entry (RpSignIns *self,
           GDBusMethodInvocation *invocation,
           RpConfig *config,
           const RpServer *server,
           const RpOAuthProvider *provider)
{
  Entry *entry = g_rc_box_new0 (Entry);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);

  entry->owner = self;
  entry->id = g_strdup_printf ("%u", ++self->n_begun);
  entry->connection =
      g_object_ref (g_dbus_method_invocation_get_connection (invocation));
  entry->sender = g_strdup (sender);
  entry->closed_handler = g_signal_connect (entry->connection, "closed",
                                            G_CALLBACK (on_connection_closed), entry);
  if (sender != NULL)
    entry->name_watch = g_bus_watch_name_on_connection (
        entry->connection, sender, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
        on_sender_vanished, entry, NULL);
  entry->config = rp_config_ref (config);
  entry->server = server;
  entry->provider = rp_oauth_provider_copy (provider);
  entry->cancellable = g_cancellable_new ();
  g_ptr_array_add (self->entries, entry);
  return entry;
}

/* Answers the call itself when there is none. */
static const RpOAuthProvider *
find_provider (RpAgentCall *call, const RpServer *server)
{
  const RpOAuthProvider *provider = rp_oauth_providers_find (
      rp_config_watch_get_providers (call->parts->config_watch),
      server->oauth_provider);

  if (provider != NULL && provider->client_id != NULL)
    return provider;
  rp_agent_call_fail (call, RP_BUS_ERROR_NO_CLIENT, server->oauth_provider);
  return NULL;
}

static gboolean
parse_way (const char *text, RpSignInWay *way)
{
  if (g_str_equal (text, "browser"))
    *way = RP_SIGN_IN_BROWSER;
  else if (g_str_equal (text, "device"))
    *way = RP_SIGN_IN_DEVICE;
  else if (g_str_equal (text, "paste"))
    *way = RP_SIGN_IN_PASTE;
  else
    return FALSE;
  return TRUE;
}

/* A device endpoint may also stand in metadata that are not read yet. */
static gboolean
has_way (const RpOAuthProvider *provider, RpSignInWay way)
{
  return way != RP_SIGN_IN_DEVICE || provider->device_endpoint != NULL
         || (provider->issuer != NULL && provider->token_endpoint == NULL);
}

/* Returns: the pipe with the client secret, -1 for none */
static int
take_client_secret (GUnixFDList *fds, GVariant *options)
{
  gint32 handle;

  if (fds == NULL || !g_variant_lookup (options, "client-secret", "h", &handle))
    return -1;
  return g_unix_fd_list_get (fds, handle, NULL);
}

/* Answers the call itself when the sign-in cannot begin. */
static const RpServer *
find_what_to_sign_in_to (RpAgentCall *call, const char *account_name, const char *name)
{
  RpConfig *config = call->parts->config;
  const RpAccount *account = rp_config_get_account (config, account_name);
  const RpServer *server;

  if (account == NULL)
    {
      rp_agent_call_fail (call, RP_BUS_ERROR_UNKNOWN_ACCOUNT, account_name);
      return NULL;
    }
  if (*name != '\0' && !g_strv_contains ((const char *const *) account->servers, name))
    {
      rp_agent_call_fail (call, RP_BUS_ERROR_UNKNOWN_SERVER, name);
      return NULL;
    }
  server = find_server (config, account, name);
  if (server == NULL)
    rp_agent_call_fail (call, RP_BUS_ERROR_NO_LOGIN, account_name);
  return server;
}

static gboolean
on_handle_begin (RpAgent1 *interface,
                 GDBusMethodInvocation *invocation,
                 GUnixFDList *fds,
                 const char *account,
                 const char *server_name,
                 const char *way_name,
                 GVariant *options,
                 gpointer user_data)
{
  RpSignIns *self = user_data;
  g_autoptr (RpAgentCall) call = rp_agent_call_new (self->parts, interface, invocation);
  const RpServer *server = find_what_to_sign_in_to (call, account, server_name);
  const RpOAuthProvider *provider =
      server == NULL ? NULL : find_provider (call, server);
  RpSignInWay way;
  Errand *errand;
  int fd;

  if (provider == NULL)
    return TRUE;
  if (!parse_way (way_name, &way) || !has_way (provider, way))
    {
      rp_agent_call_fail (call, RP_BUS_ERROR_NO_WAY,
                          rp_oauth_provider_get_title (provider));
      return TRUE;
    }
  if (self->entries->len >= MAX_OPEN)
    {
      rp_agent_call_fail (call, RP_BUS_ERROR_FAILED, "too many sign-ins are open");
      return TRUE;
    }
  fd = take_client_secret (fds, options);
  if (fd < 0 && provider->needs_client_secret)
    {
      rp_agent_call_fail (call, RP_BUS_ERROR_NO_SECRET, "no client secret came along");
      return TRUE;
    }

  errand =
      errand_new (add_entry (self, invocation, self->parts->config, server, provider),
                  g_steal_pointer (&call));
  errand->entry->way = way;
  if (fd >= 0)
    rp_secret_pipe_read_async (fd, PIPE_TIMEOUT_MS, on_client_secret_read, errand);
  else
    begin (errand, NULL);
  return TRUE;
}

/* ---- AwaitSignIn ---- */

static void
on_token_proved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) self = user_data;
  RpAgentCall *call = self->call;
  g_autoptr (GVariant) report = NULL;

  rp_proofs_run_finish (result);
  for (guint i = 0; i < self->proofs->len; i++)
    ((RpProof *) self->proofs->pdata[i])->is_stored = TRUE;
  report = rp_proofs_to_variant (self->proofs);
  rp_agent1_complete_await_sign_in (call->interface, call->invocation, report);
}

/* The sign-in is kept, so it counts for mail that waits; what the endpoints say to its
 * token is for the user. */
static void
prove_token (Errand *self, const RpOAuthGrant *grant)
{
  const RpAgentParts *parts = self->call->parts;
  const RpCredential credential = { RP_CREDENTIAL_TOKEN, grant->access_token };

  rp_queue_wake (parts->queue);
  rp_bus_server_emit_changed (parts->bus);
  self->proofs = rp_proofs_new ();
  rp_proofs_add_login (self->proofs, self->entry->server, RP_ACCESS_OAUTH2);
  rp_proofs_run_async (self->proofs, parts->curl_loop, NULL, &credential,
                       on_token_proved, self);
}

/* A grant on its way into the keyring. */
typedef struct
{
  Errand *errand;
  RpOAuthGrant *grant;
} Keeping;

static void
on_sign_in_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Keeping *self = user_data;
  g_autoptr (Errand) errand = self->errand;
  g_autoptr (RpOAuthGrant) grant = self->grant;
  g_autoptr (GError) error = NULL;

  g_free (self);
  if (rp_tokens_keep_finish (RP_TOKENS (source), result, &error))
    prove_token (g_steal_pointer (&errand), grant);
  else
    rp_agent_call_fail (errand->call, RP_BUS_ERROR_KEYRING, error->message);
}

static void
on_sign_in_awaited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) errand = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RpOAuthGrant) grant =
      rp_sign_in_await_finish (RP_SIGN_IN (source), result, &error);
  Keeping *keeping;

  entry_end (errand->entry);
  if (grant == NULL)
    {
      rp_agent_call_fail (errand->call, get_error_code (error), error->message);
      return;
    }

  keeping = g_new0 (Keeping, 1);
  keeping->grant = grant;
  keeping->errand = errand;
  rp_tokens_keep_async (RP_TOKENS (errand->call->parts->secrets), errand->entry->server,
                        grant, NULL, on_sign_in_kept, keeping);
  g_steal_pointer (&grant);
  g_steal_pointer (&errand);
}

static gboolean
on_handle_await (RpAgent1 *interface,
                 GDBusMethodInvocation *invocation,
                 const char *id,
                 gpointer user_data)
{
  RpSignIns *self = user_data;
  g_autoptr (RpAgentCall) call = rp_agent_call_new (self->parts, interface, invocation);
  Entry *entry = find_entry (self, call, id);

  if (entry == NULL)
    return TRUE;
  if (entry->is_awaited)
    {
      rp_agent_call_fail (call, RP_BUS_ERROR_NO_SUCH_SIGN_IN, id);
      return TRUE;
    }
  entry->is_awaited = TRUE;
  rp_sign_in_await_async (entry->sign_in, entry->cancellable, on_sign_in_awaited,
                          errand_new (entry, g_steal_pointer (&call)));
  return TRUE;
}

/* ---- PasteSignIn ---- */

static void
on_address_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) self = user_data;
  RpAgentCall *call = self->call;
  g_autoptr (GError) error = NULL;
  char *address = rp_secret_pipe_read_finish (result, &error);

  if (address == NULL)
    rp_agent_call_fail (call, RP_BUS_ERROR_NO_SECRET, error->message);
  else if (rp_sign_in_paste (self->entry->sign_in, address, &error))
    rp_agent1_complete_paste_sign_in (call->interface, call->invocation, NULL);
  else
    rp_agent_call_fail (call, get_error_code (error), error->message);
  rp_password_free (address);
}

static gboolean
on_handle_paste (RpAgent1 *interface,
                 GDBusMethodInvocation *invocation,
                 GUnixFDList *fds,
                 const char *id,
                 GVariant *address,
                 gpointer user_data)
{
  RpSignIns *self = user_data;
  g_autoptr (RpAgentCall) call = rp_agent_call_new (self->parts, interface, invocation);
  Entry *entry = find_entry (self, call, id);
  int fd;

  if (entry == NULL)
    return TRUE;
  fd =
      fds == NULL ? -1 : g_unix_fd_list_get (fds, g_variant_get_handle (address), NULL);
  if (fd < 0)
    {
      rp_agent_call_fail (call, RP_BUS_ERROR_NO_SECRET, "no pipe came along");
      return TRUE;
    }
  rp_secret_pipe_read_async (fd, PIPE_TIMEOUT_MS, on_address_read,
                             errand_new (entry, g_steal_pointer (&call)));
  return TRUE;
}

/* ---- CancelSignIn ---- */

static gboolean
on_handle_cancel (RpAgent1 *interface,
                  GDBusMethodInvocation *invocation,
                  const char *id,
                  gpointer user_data)
{
  RpSignIns *self = user_data;
  g_autoptr (RpAgentCall) call = rp_agent_call_new (self->parts, interface, invocation);
  Entry *entry = find_entry (self, call, id);

  if (entry == NULL)
    return TRUE;
  entry_end (entry);
  rp_agent1_complete_cancel_sign_in (interface, invocation);
  return TRUE;
}

/* ---- all of them ---- */

RpSignIns *
rp_sign_ins_new (const RpAgentParts *parts, RpAgent1 *interface)
{
  RpSignIns *self = g_new0 (RpSignIns, 1);

  self->parts = parts;
  self->interface = g_object_ref (interface);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_unref);
  g_signal_connect (interface, "handle-begin-sign-in", G_CALLBACK (on_handle_begin),
                    self);
  g_signal_connect (interface, "handle-await-sign-in", G_CALLBACK (on_handle_await),
                    self);
  g_signal_connect (interface, "handle-paste-sign-in", G_CALLBACK (on_handle_paste),
                    self);
  g_signal_connect (interface, "handle-cancel-sign-in", G_CALLBACK (on_handle_cancel),
                    self);
  return self;
}

void
rp_sign_ins_free (RpSignIns *self)
{
  if (self == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->interface, self);
  while (self->entries->len > 0)
    entry_end (g_ptr_array_index (self->entries, 0));
  g_ptr_array_unref (self->entries);
  g_object_unref (self->interface);
  g_free (self);
}
