/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-quiet-timer.h"

struct _RpQuietTimer
{
  gint64 quiet_us;
  gint64 longest_us;
  RpQuietFunc on_quiet;
  gpointer user_data;
  gint64 latest_us; /* monotonic; 0 while nothing was signalled */
  GSource *source;
};

static gboolean
on_source_ready (gpointer data)
{
  RpQuietTimer *self = data;

  rp_quiet_timer_stop (self);
  self->on_quiet (self->user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

RpQuietTimer *
rp_quiet_timer_new (guint quiet_ms,
                    guint longest_ms,
                    RpQuietFunc on_quiet,
                    gpointer user_data)
{
  static GSourceFuncs functions = { .dispatch = dispatch };
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  RpQuietTimer *self = g_new0 (RpQuietTimer, 1);

  self->quiet_us = quiet_ms * G_TIME_SPAN_MILLISECOND;
  self->longest_us = longest_ms * G_TIME_SPAN_MILLISECOND;
  self->on_quiet = on_quiet;
  self->user_data = user_data;
  self->source = g_source_new (&functions, sizeof (GSource));
  g_source_set_callback (self->source, on_source_ready, self, NULL);
  g_source_attach (self->source, context);
  return self;
}

void
rp_quiet_timer_free (RpQuietTimer *self)
{
  if (self == NULL)
    return;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_free (self);
}

void
rp_quiet_timer_signal (RpQuietTimer *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->latest_us == 0)
    self->latest_us = now_us + self->longest_us;
  g_source_set_ready_time (self->source,
                           MIN (now_us + self->quiet_us, self->latest_us));
}

void
rp_quiet_timer_stop (RpQuietTimer *self)
{
  self->latest_us = 0;
  g_source_set_ready_time (self->source, -1);
}
