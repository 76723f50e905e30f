/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-carrier.h"

#include "upstream/rp-connection.h"
#include "upstream/rp-password.h"

typedef enum
{
  UPLOAD_NONE,
  UPLOAD_CONTENT, /* blocks follow */
  UPLOAD_LAST,    /* the last block has not left yet */
  UPLOAD_READY,   /* it has; the end of data is asked for when its time has come */
  UPLOAD_END      /* the end of data has not left yet */
} Upload;

struct _RpCarrier
{
  GObject parent_instance;

  RpCurlLoop *loop;
  RpSecrets *secrets;
  RpPopLogins *pop_logins;
  guint64 pop_login; /* that counted when the connection was made; 0 for none */
  guint lane;
  const RpRoute *route;
  RpCarrierFunc report;
  gpointer user_data;

  GCancellable *cancellable;
  RpConnection *connection;
  char *token;         /* nullable: while its login is under way or was refused */
  RpContentFeed *feed; /* nullable: from the content to its end */
  Upload upload;
  gboolean is_closed;
};

G_DEFINE_FINAL_TYPE (RpCarrier, rp_carrier, G_TYPE_OBJECT)

static void
drop_connection (RpCarrier *self)
{
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
}

static void
rp_carrier_dispose (GObject *object)
{
  RpCarrier *self = RP_CARRIER (object);

  drop_connection (self);
  g_clear_pointer (&self->feed, rp_content_feed_free);
  G_OBJECT_CLASS (rp_carrier_parent_class)->dispose (object);
}

static void
rp_carrier_finalize (GObject *object)
{
  RpCarrier *self = RP_CARRIER (object);

  rp_password_free (self->token);
  g_object_unref (self->loop);
  g_object_unref (self->secrets);
  g_object_unref (self->pop_logins);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (rp_carrier_parent_class)->finalize (object);
}

static void
rp_carrier_class_init (RpCarrierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rp_carrier_dispose;
  object_class->finalize = rp_carrier_finalize;
}

static void
rp_carrier_init (RpCarrier *self)
{
  self->cancellable = g_cancellable_new ();
}

RpCarrier *
rp_carrier_new (RpCurlLoop *loop,
                RpSecrets *secrets,
                RpPopLogins *pop_logins,
                guint lane,
                const RpRoute *route,
                RpCarrierFunc report,
                gpointer user_data)
{
  RpCarrier *self = g_object_new (RP_TYPE_CARRIER, NULL);

  self->loop = g_object_ref (loop);
  self->secrets = g_object_ref (secrets);
  self->pop_logins = g_object_ref (pop_logins);
  self->lane = lane;
  self->route = route;
  self->report = report;
  self->user_data = user_data;
  return self;
}

const RpRoute *
rp_carrier_get_route (RpCarrier *self)
{
  return self->route;
}

static void
report (RpCarrier *self, RpEvent event)
{
  event.lane = self->lane;
  if (!self->is_closed)
    self->report (self, &event, self->user_data);
}

/* --- failures --- */

static RpFailure
get_connection_failure (const GError *error)
{
  if (error->domain != RP_CONNECTION_ERROR)
    return RP_FAILURE_UNREACHABLE;

  switch ((RpConnectionError) error->code)
    {
    case RP_CONNECTION_ERROR_UNREACHABLE:
    case RP_CONNECTION_ERROR_CANCELLED:
      return RP_FAILURE_UNREACHABLE;
    case RP_CONNECTION_ERROR_TIMED_OUT:
      return RP_FAILURE_TIMED_OUT;
    case RP_CONNECTION_ERROR_REPLY:
      return RP_FAILURE_REPLY;
    case RP_CONNECTION_ERROR_LOGIN:
      return RP_FAILURE_LOGIN;
    case RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED:
      return RP_FAILURE_LOGIN_NOT_OFFERED;
    case RP_CONNECTION_ERROR_NO_TICKET:
      return RP_FAILURE_NO_TICKET;
    case RP_CONNECTION_ERROR_NO_CERTIFICATE:
      return RP_FAILURE_NO_CERTIFICATE;
    case RP_CONNECTION_ERROR_CERTIFICATE:
    case RP_CONNECTION_ERROR_TLS_STRIPPED:
    case RP_CONNECTION_ERROR_NOT_SMTP:
      return RP_FAILURE_HOSTILE;
    }
  return RP_FAILURE_UNREACHABLE;
}

/* What is missing of a token is mostly the provider's answer, not the keyring's. */
static RpFailure
get_secrets_failure (const RpCarrier *self, const GError *error)
{
  const gboolean is_token = self->route->permission == RP_PERMISSION_OAUTH2;

  if (error->domain == RP_SECRETS_ERROR)
    switch ((RpSecretsError) error->code)
      {
      case RP_SECRETS_ERROR_MISSING:
        return RP_FAILURE_NO_PASSWORD;
      case RP_SECRETS_ERROR_LOCKED:
        return RP_FAILURE_KEYRING_LOCKED;
      case RP_SECRETS_ERROR_REVOKED:
        return RP_FAILURE_SIGN_IN_REVOKED;
      case RP_SECRETS_ERROR_UNAVAILABLE:
        break;
      }
  return is_token ? RP_FAILURE_NO_TOKEN : RP_FAILURE_KEYRING_UNAVAILABLE;
}

static void
report_failure (RpCarrier *self,
                RpEventKind kind,
                RpFailure failure,
                const RpReply *reply,
                const GError *error)
{
  RpEvent event = {
    .kind = kind, .failure = failure, .reply = reply, .text = error->message
  };

  report (self, event);
}

/* --- the dialogue --- */

static void
on_connection_reply (RpConnection *connection, const RpReply *reply, RpCarrier *self)
{
  RpEvent event = { .kind = RP_EVENT_REPLY, .reply = reply };

  report (self, event);
}

static void
end_upload (RpCarrier *self)
{
  g_clear_pointer (&self->feed, rp_content_feed_free);
  self->upload = UPLOAD_NONE;
}

static void on_block_left (RpCarrier *self);

static void
on_connection_lost (RpConnection *connection, const char *text, RpCarrier *self)
{
  RpEvent event = { .kind = RP_EVENT_LOST, .text = text };

  end_upload (self);
  report (self, event);
}

/* Without the rest the message must not end: no dot, the connection goes. */
static void
on_content_unreadable (RpCarrier *self, const GError *error)
{
  RpEvent event = { .kind = RP_EVENT_CONTENT_FAILED, .text = error->message };

  end_upload (self);
  report (self, event);
}

/* The next block goes when the one before has left: one block in memory, not the whole
 * message. */
static void
send_next_block (RpCarrier *self)
{
  g_autoptr (GError) error = NULL;
  gboolean is_last = FALSE;
  g_autoptr (GBytes) block = rp_content_feed_take_block (self->feed, &is_last, &error);

  if (block == NULL)
    {
      on_content_unreadable (self, error);
      return;
    }

  if (is_last)
    self->upload = UPLOAD_LAST;
  if (g_bytes_get_size (block) > 0)
    rp_connection_send (self->connection, block);
  else
    on_block_left (self);
}

/* One block and all before it have left. Content counts as sent when its end has left
 * as well: a reply that is read before that cannot be about the message, whatever a
 * hurried server says. */
static void
on_block_left (RpCarrier *self)
{
  RpEvent progress = { .kind = RP_EVENT_PROGRESS };
  RpEvent ready = { .kind = RP_EVENT_CONTENT_READY };
  RpEvent sent = { .kind = RP_EVENT_CONTENT_SENT };

  switch (self->upload)
    {
    case UPLOAD_CONTENT:
      progress.n_bytes = rp_content_feed_get_offset (self->feed);
      report (self, progress);
      if (self->feed != NULL)
        send_next_block (self);
      break;
    case UPLOAD_LAST:
      self->upload = UPLOAD_READY;
      report (self, ready);
      break;
    case UPLOAD_END:
      end_upload (self);
      report (self, sent);
      break;
    case UPLOAD_NONE:
    case UPLOAD_READY:
      break;
    }
}

static void
on_connection_drained (RpConnection *connection, RpCarrier *self)
{
  if (!self->is_closed)
    on_block_left (self);
}

void
rp_carrier_send (RpCarrier *self, GBytes *bytes)
{
  if (self->connection != NULL)
    rp_connection_send (self->connection, bytes);
}

void
rp_carrier_send_content (RpCarrier *self, RpContentFeed *feed)
{
  end_upload (self);
  self->feed = feed;
  self->upload = UPLOAD_CONTENT;
  if (self->connection != NULL)
    send_next_block (self);
}

void
rp_carrier_send_end (RpCarrier *self)
{
  g_autoptr (GBytes) end = NULL;

  if (self->upload != UPLOAD_READY || self->connection == NULL)
    return;

  end = rp_content_feed_take_end (self->feed);
  self->upload = UPLOAD_END;
  rp_connection_send (self->connection, end);
}

/* --- opening --- */

/* The words go along only where they are the failure. */
static void
report_open_failure (RpCarrier *self, RpConnection *connection, const GError *error)
{
  RpFailure failure = get_connection_failure (error);
  gboolean is_answer = failure == RP_FAILURE_REPLY || failure == RP_FAILURE_LOGIN;

  report_failure (self, RP_EVENT_CONNECT_FAILED, failure,
                  is_answer ? rp_connection_get_reply (connection) : NULL, error);
}

static void
on_connection_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpCarrier) self = RP_CARRIER (user_data);
  RpConnection *connection = RP_CONNECTION (source);
  g_autoptr (GError) error = NULL;
  RpEvent event = { .kind = RP_EVENT_CONNECTED };

  if (!rp_connection_open_finish (connection, result, &error))
    {
      report_open_failure (self, connection, error);
      return;
    }

  g_clear_pointer (&self->token, rp_password_free);
  event.capabilities = rp_connection_get_capabilities (connection);
  report (self, event);
}

/* @credential: (nullable). */
static void
open_connection (RpCarrier *self, const RpCredential *credential)
{
  drop_connection (self);
  self->connection =
      rp_connection_new (self->loop, self->route->server, self->route->endpoint);
  g_signal_connect (self->connection, "reply", G_CALLBACK (on_connection_reply), self);
  g_signal_connect (self->connection, "drained", G_CALLBACK (on_connection_drained),
                    self);
  g_signal_connect (self->connection, "lost", G_CALLBACK (on_connection_lost), self);
  rp_connection_open_async (self->connection, credential, self->cancellable,
                            on_connection_opened, g_object_ref (self));
}

static void
on_password_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpCarrier) self = RP_CARRIER (user_data);
  g_autoptr (GError) error = NULL;
  char *password = rp_secrets_lookup_finish (RP_SECRETS (source), result, &error);
  const RpCredential credential = { RP_CREDENTIAL_PASSWORD, password };

  if (password == NULL)
    report_failure (self, RP_EVENT_CONNECT_FAILED, get_secrets_failure (self, error),
                    NULL, error);
  else if (!self->is_closed)
    open_connection (self, &credential);
  rp_secret_free (password);
}

/* A token is kept until it is known to be good: only who can name it can reject it. */
static void
on_token_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpCarrier) self = RP_CARRIER (user_data);
  g_autoptr (GError) error = NULL;
  char *token = rp_secrets_lookup_finish (RP_SECRETS (source), result, &error);
  const RpCredential credential = { RP_CREDENTIAL_TOKEN, token };

  if (token == NULL)
    report_failure (self, RP_EVENT_CONNECT_FAILED, get_secrets_failure (self, error),
                    NULL, error);
  else if (!self->is_closed)
    {
      self->token = rp_password_copy (token);
      open_connection (self, &credential);
    }
  rp_secret_free (token);
}

static void
reject_token (RpCarrier *self)
{
  if (self->token != NULL)
    rp_secrets_reject (self->secrets, self->route->server, RP_SECRET_TOKEN,
                       self->route->endpoint->host, self->token);
  g_clear_pointer (&self->token, rp_password_free);
}

static void
look_up (RpCarrier *self, RpSecretProtocol protocol, GAsyncReadyCallback on_found)
{
  rp_secrets_lookup_async (self->secrets, self->route->server, protocol,
                           self->route->endpoint->host, self->cancellable, on_found,
                           g_object_ref (self));
}

/* A server may be open for us though nobody on this lane needs it. */
static void
note_pop_login (RpCarrier *self)
{
  const RpServer *server = self->route->server;

  if (self->pop_login == 0 && server->pop != NULL && server->user != NULL)
    self->pop_login = rp_pop_logins_find (self->pop_logins, server);
}

void
rp_carrier_connect (RpCarrier *self, gboolean wants_fresh_secret)
{
  const RpCredential certificate = { RP_CREDENTIAL_CERTIFICATE, NULL };
  const RpCredential ticket = { RP_CREDENTIAL_KERBEROS, NULL };

  note_pop_login (self);
  if (wants_fresh_secret)
    reject_token (self);
  switch (self->route->permission)
    {
    case RP_PERMISSION_PASSWORD:
      look_up (self, RP_SECRET_SMTP, on_password_found);
      return;
    case RP_PERMISSION_OAUTH2:
      look_up (self, RP_SECRET_TOKEN, on_token_found);
      return;
    case RP_PERMISSION_CERTIFICATE:
      open_connection (self, &certificate);
      return;
    case RP_PERMISSION_KERBEROS:
      open_connection (self, &ticket);
      return;
    case RP_PERMISSION_HOSTS:
    case RP_PERMISSION_POP:
    case RP_PERMISSION_NETWORK:
    case RP_PERMISSION_ADDRESS:
      open_connection (self, NULL);
      return;
    }
}

/* --- POP first --- */

static void
on_pop_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpCarrier) self = RP_CARRIER (user_data);
  g_autoptr (GError) error = NULL;
  RpEvent event = { .kind = RP_EVENT_POP_DONE };

  self->pop_login = rp_pop_logins_open_finish (RP_POP_LOGINS (source), result,
                                               &event.is_earlier, &error);
  if (error == NULL)
    report (self, event);
  else
    report_failure (self, RP_EVENT_POP_FAILED,
                    error->domain == RP_SECRETS_ERROR
                        ? get_secrets_failure (self, error)
                        : get_connection_failure (error),
                    NULL, error);
}

void
rp_carrier_pop (RpCarrier *self)
{
  rp_pop_logins_open_async (self->pop_logins, self->route->server, self->cancellable,
                            on_pop_opened, g_object_ref (self));
}

void
rp_carrier_forget_pop (RpCarrier *self)
{
  rp_pop_logins_forget (self->pop_logins, self->route->server, self->pop_login);
}

void
rp_carrier_close (RpCarrier *self, gboolean is_polite)
{
  if (self->is_closed)
    return;

  self->is_closed = TRUE;
  g_cancellable_cancel (self->cancellable);
  end_upload (self);
  if (self->connection != NULL)
    rp_connection_close (self->connection, is_polite);
  drop_connection (self);
}
