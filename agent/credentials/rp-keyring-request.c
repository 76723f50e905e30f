/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-keyring-request.h"

#include <glib/gi18n.h>

static const SecretSchema schema = {
  .name = "org.roampost.Password",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "protocol", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "host", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

const SecretSchema *
rp_keyring_request_get_schema (void)
{
  return &schema;
}

static void
request_free (RpKeyringRequest *self)
{
  if (self->timer != NULL)
    {
      g_source_destroy (self->timer);
      g_source_unref (self->timer);
    }
  g_cancellable_disconnect (self->caller, self->caller_id);
  g_clear_object (&self->caller);
  g_clear_object (&self->own);
  g_clear_object (&self->service);
  g_clear_object (&self->probe);
  g_clear_pointer (&self->value, secret_value_unref);
  g_strfreev (self->hosts);
  g_list_free_full (self->items, g_object_unref);
  g_free (self->host);
  g_free (self->user);
  g_free (self);
}

static gboolean
on_timer (gpointer user_data)
{
  RpKeyringRequest *self = user_data;

  self->has_timed_out = TRUE;
  g_cancellable_cancel (self->own);
  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled (GCancellable *caller, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

RpKeyringRequest *
rp_keyring_request_start (GTask *task,
                          const RpServer *server,
                          RpSecretProtocol protocol,
                          GCancellable *caller,
                          guint timeout_ms)
{
  RpKeyringRequest *self = g_new0 (RpKeyringRequest, 1);

  self->protocol = protocol;
  self->user = g_strdup (server->user != NULL ? server->user : "");
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, (GDestroyNotify) request_free);
  self->own = g_cancellable_new ();
  self->timer = g_timeout_source_new (timeout_ms);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, g_task_get_context (task));
  if (caller != NULL)
    {
      self->caller = g_object_ref (caller);
      self->caller_id =
          g_cancellable_connect (caller, G_CALLBACK (on_caller_cancelled),
                                 g_object_ref (self->own), g_object_unref);
    }
  return self;
}

void
rp_keyring_request_set_host (RpKeyringRequest *self, const char *host)
{
  g_free (self->host);
  self->host = g_ascii_strdown (host, -1);
}

gboolean
rp_keyring_request_next_host (RpKeyringRequest *self)
{
  if (self->hosts[self->n_done] == NULL)
    return FALSE;

  rp_keyring_request_set_host (self, self->hosts[self->n_done]);
  self->n_done++;
  return TRUE;
}

static const char *
get_protocol_name (RpSecretProtocol protocol)
{
  switch (protocol)
    {
    case RP_SECRET_SMTP:
      return "smtp";
    case RP_SECRET_POP:
      return "pop3";
    case RP_SECRET_SIGN_IN:
      return "oauth2";
    case RP_SECRET_TOKEN: /* never there */
      return "token";
    }

  g_assert_not_reached ();
}

GHashTable *
rp_keyring_request_make_attributes (const RpKeyringRequest *self)
{
  return secret_attributes_build (&schema, "protocol",
                                  get_protocol_name (self->protocol), "user",
                                  self->user, "host", self->host, NULL);
}

char *
rp_keyring_request_dup_label (const RpKeyringRequest *self)
{
  switch (self->protocol)
    {
    case RP_SECRET_SMTP:
      /* Translators: label of a keyring entry: a user's name, a host. */
      return g_strdup_printf (_ ("roampost: password of %s for SMTP at %s"), self->user,
                              self->host);
    case RP_SECRET_POP:
      /* Translators: label of a keyring entry: a user's name, a host. */
      return g_strdup_printf (_ ("roampost: password of %s for POP3 at %s"), self->user,
                              self->host);
    case RP_SECRET_SIGN_IN:
    case RP_SECRET_TOKEN:
      /* Translators: label of a keyring entry: a user's name, a host. */
      return g_strdup_printf (_ ("roampost: sign-in of %s at %s"), self->user,
                              self->host);
    }

  g_assert_not_reached ();
}

void
rp_keyring_request_return_locked (GTask *task)
{
  g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_LOCKED,
                           "the keyring is locked; unlock it, for example with "
                           "“roampost unlock”");
}

void
rp_keyring_request_return_missing (GTask *task)
{
  const RpKeyringRequest *self = g_task_get_task_data (task);

  switch (self->protocol)
    {
    case RP_SECRET_SMTP:
    case RP_SECRET_POP:
      g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                               "no password of %s is stored for %s", self->user,
                               self->host);
      return;
    case RP_SECRET_SIGN_IN:
    case RP_SECRET_TOKEN:
      g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_MISSING,
                               "no sign-in of %s at %s is stored", self->user,
                               self->host);
      return;
    }

  g_assert_not_reached ();
}

/* A keyring that was reached and then kept silent shows its user a window: KeePassXC
 * answers nothing until it was unlocked. */
void
rp_keyring_request_return_failure (GTask *task, GError *error)
{
  const RpKeyringRequest *self = g_task_get_task_data (task);
  g_autoptr (GError) owned = error;

  if (self->has_timed_out && self->service != NULL)
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_LOCKED,
                             "the keyring did not answer in time; unlock it");
  else if (self->has_timed_out)
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             "the keyring could not be reached in time");
  else if (error == NULL)
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             "the keyring's question was answered with no");
  else if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    rp_keyring_request_return_locked (task);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
           || error->domain == RP_SECRETS_ERROR)
    g_task_return_error (task, g_steal_pointer (&owned));
  else
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             "the keyring failed: %s", error->message);
}
