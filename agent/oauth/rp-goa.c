/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-goa.h"

#include <glib/gi18n.h>

#include "credentials/rp-secrets.h"
#include "desktop/rp-desktop-bus.h"
#include "oauth/rp-goa-account.h"

#define SERVICE "org.gnome.OnlineAccounts"
#define ROOT "/org/gnome/OnlineAccounts"
#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define NOT_AUTHORIZED SERVICE ".Error.NotAuthorized"

/* The service asks the provider over the network, and is silent meanwhile. */
#define CALL_TIMEOUT_MS 20000

/* RpGoa:
 * @connection: (nullable): while the bus of the last question lives
 * @subscriptions: to what tells that accounts changed */
struct _RpGoa
{
  GObject parent_instance;

  GDBusConnection *connection;
  guint subscriptions[2];
};

enum
{
  SIGNAL_UNLOCKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpGoa, rp_goa, G_TYPE_OBJECT)

/* Question: for the token of one user
 * @path: (nullable): of the account, once it is found */
typedef struct
{
  char *user;
  char *path;
} Question;

static void
question_free (Question *self)
{
  g_free (self->user);
  g_free (self->path);
  g_free (self);
}

/* --- failures --- */

static gboolean
is_absent (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

static void
return_failure (GTask *task, const GError *error)
{
  const Question *question = g_task_get_task_data (task);
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  g_autoptr (GError) plain = g_error_copy (error);

  g_dbus_error_strip_remote_error (plain);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (error));
  else if (is_absent (error))
    g_task_return_new_error (
        task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE, "%s",
        _ ("GNOME Online Accounts does not run on the session bus, and cannot be"
           " started there"));
  else if (g_strcmp0 (name, NOT_AUTHORIZED) == 0)
    g_task_return_new_error (
        task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_REVOKED,
        _ ("the sign-in of the account %s has ended; sign in again in GNOME"
           " Settings under \"Online Accounts\""),
        question->user);
  else
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             _ ("GNOME Online Accounts gave no token: %s"),
                             plain->message);
}

/* --- the questions --- */

static void
call (GTask *task,
      const char *path,
      const char *interface,
      const char *method,
      const char *answer_type,
      GAsyncReadyCallback callback)
{
  RpGoa *self = g_task_get_source_object (task);

  g_dbus_connection_call (self->connection, SERVICE, path, interface, method, NULL,
                          G_VARIANT_TYPE (answer_type), G_DBUS_CALL_FLAGS_NONE,
                          CALL_TIMEOUT_MS, g_task_get_cancellable (task), callback,
                          g_object_ref (task));
}

/* Returns: (transfer full) (nullable): %NULL when @task is ended */
static GVariant *
take_answer (GTask *task, GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL)
    return_failure (task, error);
  return answer;
}

static void
free_secret (gpointer secret)
{
  rp_secret_free (secret);
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) answer = take_answer (task, source, result);
  char *token = NULL;

  if (answer == NULL)
    return;

  g_variant_get (answer, "(si)", &token, NULL);
  if (token[0] != '\0')
    {
      g_task_return_pointer (task, token, free_secret);
      return;
    }

  g_free (token);
  g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE, "%s",
                           _ ("GNOME Online Accounts gave an empty token"));
}

static void
on_credentials_ensured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Question *question = g_task_get_task_data (task);
  g_autoptr (GVariant) answer = take_answer (task, source, result);

  if (answer != NULL)
    call (task, question->path, RP_GOA_TOKEN_INTERFACE, "GetAccessToken", "(si)",
          on_token);
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  g_autoptr (GVariant) answer = take_answer (task, source, result);
  g_autoptr (GVariant) objects = NULL;
  GError *error = NULL;

  if (answer == NULL)
    return;

  objects = g_variant_get_child_value (answer, 0);
  question->path = rp_goa_account_find (objects, question->user, &error);
  if (question->path == NULL)
    g_task_return_error (task, error);
  else
    call (task, question->path, RP_GOA_ACCOUNT_INTERFACE, "EnsureCredentials", "(i)",
          on_credentials_ensured);
}

/* --- the bus --- */

static void
on_account_added (GDBusConnection *connection,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant *parameters,
                  gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_UNLOCKED], 0);
}

static gboolean
was_cleared (GVariant *changed, const char *property)
{
  gboolean value;

  return g_variant_lookup (changed, property, "b", &value) && !value;
}

/* A question of ours can be what ends a sign-in: that is no reason to ask again. */
static void
on_account_changed (GDBusConnection *connection,
                    const char *sender,
                    const char *path,
                    const char *interface,
                    const char *signal,
                    GVariant *parameters,
                    gpointer user_data)
{
  g_autoptr (GVariant) changed = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;

  changed = g_variant_get_child_value (parameters, 1);
  if (was_cleared (changed, "AttentionNeeded") || was_cleared (changed, "MailDisabled"))
    g_signal_emit (user_data, signals[SIGNAL_UNLOCKED], 0);
}

static void
forget_connection (RpGoa *self)
{
  if (self->connection == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (self->subscriptions); i++)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscriptions[i]);
  g_clear_object (&self->connection);
}

static void
take_connection (RpGoa *self, GDBusConnection *connection)
{
  self->connection = g_object_ref (connection);
  self->subscriptions[0] = g_dbus_connection_signal_subscribe (
      connection, SERVICE, OBJECT_MANAGER, "InterfacesAdded", ROOT, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_account_added, self, NULL);
  self->subscriptions[1] = g_dbus_connection_signal_subscribe (
      connection, SERVICE, PROPERTIES, "PropertiesChanged", NULL,
      RP_GOA_ACCOUNT_INTERFACE, G_DBUS_SIGNAL_FLAGS_NONE, on_account_changed, self,
      NULL);
}

static void
ask (GTask *task)
{
  call (task, ROOT, OBJECT_MANAGER, "GetManagedObjects", "(a{oa{sa{sv}}})", on_objects);
}

static void
return_no_bus (GTask *task)
{
  g_task_return_new_error (
      task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE, "%s",
      _ ("there is no session bus, so no GNOME Online Accounts; they are there while"
         " you are logged in"));
}

static void
on_bus_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpGoa *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection =
      g_dbus_connection_new_for_address_finish (result, &error);

  if (connection != NULL)
    {
      if (self->connection == NULL)
        take_connection (self, connection);
      ask (task);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    return_no_bus (task);
}

static void
connect_to_bus (GTask *task)
{
  g_autofree char *address = rp_desktop_bus_dup_address ();

  if (address == NULL)
    return_no_bus (task);
  else
    g_dbus_connection_new_for_address (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, g_task_get_cancellable (task), on_bus_connected, g_object_ref (task));
}

/* --- the object --- */

void
rp_goa_get_token_async (RpGoa *self,
                        const char *user,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  question->user = g_strdup (user);
  g_task_set_source_tag (task, rp_goa_get_token_async);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  if (self->connection != NULL && g_dbus_connection_is_closed (self->connection))
    forget_connection (self);

  if (self->connection != NULL)
    ask (task);
  else
    connect_to_bus (task);
}

char *
rp_goa_get_token_finish (RpGoa *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
rp_goa_dispose (GObject *object)
{
  forget_connection (RP_GOA (object));
  G_OBJECT_CLASS (rp_goa_parent_class)->dispose (object);
}

static void
rp_goa_class_init (RpGoaClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rp_goa_dispose;
  signals[SIGNAL_UNLOCKED] = g_signal_new ("unlocked", RP_TYPE_GOA, G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rp_goa_init (RpGoa *self)
{
}

RpGoa *
rp_goa_new (void)
{
  return g_object_new (RP_TYPE_GOA, NULL);
}
