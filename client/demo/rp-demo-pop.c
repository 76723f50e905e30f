/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo/rp-demo-pop.h"

#include <string.h>

#include "demo/rp-demo-world.h"

typedef struct
{
  RpDemoPopFunc logged_in;
  gpointer user_data;
} Owner;

typedef struct
{
  GSocketService *service; /* keeps the owner alive */
  GSocketConnection *connection;
  GDataInputStream *input;
  const Owner *owner;
  char *user;
} Session;

static void
session_free (Session *self)
{
  g_clear_object (&self->input);
  g_clear_object (&self->connection);
  g_clear_object (&self->service);
  g_free (self->user);
  g_free (self);
}

/* The mailbox is always empty, the lines are always short: a blocking write cannot
 * stall the demo. */
static gboolean
reply (Session *self, const char *text)
{
  GOutputStream *output =
      g_io_stream_get_output_stream (G_IO_STREAM (self->connection));
  g_autofree char *line = g_strconcat (text, "\r\n", NULL);

  return g_output_stream_write_all (output, line, strlen (line), NULL, NULL, NULL);
}

static const char *
handle_pass (Session *self, const char *password)
{
  if (self->user == NULL || !g_str_equal (self->user, RP_DEMO_USER)
      || !g_str_equal (password, RP_DEMO_PASSWORD))
    return "-ERR [AUTH] wrong user name or password";

  self->owner->logged_in (self->owner->user_data);
  return "+OK mailbox open, 0 messages";
}

static const char *
handle (Session *self, const char *verb, const char *argument)
{
  if (g_ascii_strcasecmp (verb, "CAPA") == 0)
    return "+OK\r\nUSER\r\n.";
  if (g_ascii_strcasecmp (verb, "USER") == 0)
    {
      g_free (self->user);
      self->user = g_strdup (argument);
      return "+OK";
    }
  if (g_ascii_strcasecmp (verb, "PASS") == 0)
    return handle_pass (self, argument);
  if (g_ascii_strcasecmp (verb, "STAT") == 0)
    return "+OK 0 0";
  if (g_ascii_strcasecmp (verb, "LIST") == 0)
    return "+OK\r\n.";
  if (g_ascii_strcasecmp (verb, "NOOP") == 0 || g_ascii_strcasecmp (verb, "QUIT") == 0)
    return "+OK";

  return "-ERR what?";
}

static void
on_input_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Session *self = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (
      G_DATA_INPUT_STREAM (source), result, NULL, NULL);
  char *argument;

  if (line == NULL)
    {
      session_free (self);
      return;
    }

  g_strchomp (line);
  argument = strchr (line, ' ');
  if (argument != NULL)
    *argument++ = '\0';
  if (!reply (self, handle (self, line, argument == NULL ? "" : argument))
      || g_ascii_strcasecmp (line, "QUIT") == 0)
    {
      session_free (self);
      return;
    }

  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL,
                                       on_input_line, self);
}

static gboolean
on_service_incoming (GSocketService *service,
                     GSocketConnection *connection,
                     GObject *source,
                     gpointer user_data)
{
  Session *session = g_new0 (Session, 1);

  session->owner = user_data;
  session->service = g_object_ref (service);
  session->connection = g_object_ref (connection);
  session->input =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  reply (session, "+OK pop.proseware.com ready");
  g_data_input_stream_read_line_async (session->input, G_PRIORITY_DEFAULT, NULL,
                                       on_input_line, session);
  return TRUE;
}

GSocketService *
rp_demo_pop_new (const char *address,
                 guint16 *port,
                 RpDemoPopFunc logged_in,
                 gpointer user_data,
                 GError **error)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (GSocketAddress) wanted =
      g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GSocketAddress) effective = NULL;
  Owner *owner = g_new0 (Owner, 1);

  owner->logged_in = logged_in;
  owner->user_data = user_data;
  g_object_set_data_full (G_OBJECT (service), "owner", owner, g_free);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), wanted,
                                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                      &effective, error))
    return NULL;

  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  g_signal_connect (service, "incoming", G_CALLBACK (on_service_incoming), owner);
  return g_steal_pointer (&service);
}
