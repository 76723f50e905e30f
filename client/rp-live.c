/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-live.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

struct _RpLive
{
  const RpCommand *command;
  GDBusConnection *connection;
  GMainLoop *loop;
  guint interrupt_source;
  guint terminate_source;
  int exit_code;
};

void
rp_live_quit (RpLive *self, int exit_code)
{
  self->exit_code = exit_code;
  g_main_loop_quit (self->loop);
}

static void
on_connection_closed (GDBusConnection *connection,
                      gboolean is_remote,
                      GError *error,
                      gpointer user_data)
{
  RpLive *self = user_data;

  rp_command_error (self->command, "%s", _ ("the agent ended"));
  rp_live_quit (self, EX_UNAVAILABLE);
}

static gboolean
on_signal (gpointer user_data)
{
  rp_live_quit (user_data, EX_OK);
  return G_SOURCE_CONTINUE;
}

RpLive *
rp_live_new (const RpCommand *command, RpAgent1 *agent)
{
  RpLive *self = g_new0 (RpLive, 1);

  self->command = command;
  self->connection = g_object_ref (g_dbus_proxy_get_connection (G_DBUS_PROXY (agent)));
  self->loop = g_main_loop_new (NULL, FALSE);
  self->interrupt_source = g_unix_signal_add (SIGINT, on_signal, self);
  self->terminate_source = g_unix_signal_add (SIGTERM, on_signal, self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_connection_closed),
                    self);
  return self;
}

void
rp_live_free (RpLive *self)
{
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_source_remove (self->interrupt_source);
  g_source_remove (self->terminate_source);
  g_main_loop_unref (self->loop);
  g_object_unref (self->connection);
  g_free (self);
}

int
rp_live_run (RpLive *self)
{
  g_main_loop_run (self->loop);
  return self->exit_code;
}
