/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-detector-fake.h"

#include "network/rp-quiet-timer.h"

/* A file is written in more than one step: what a reader sees between them is half. */
#define QUIET_MS 20
#define LONGEST_MS 200

struct _RpDetectorFake
{
  RpDetector parent;

  char *path;
  GFileMonitor *monitor;
  RpQuietTimer *quiet;
};

G_DEFINE_FINAL_TYPE (RpDetectorFake, rp_detector_fake, RP_TYPE_DETECTOR)

static void
read_file (gpointer data)
{
  RpDetectorFake *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autofree char *text = NULL;

  if (g_file_get_contents (self->path, &text, NULL, &error))
    variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  if (variant != NULL)
    rp_detector_publish (RP_DETECTOR (self), rp_surroundings_from_variant (variant));
  else
    g_message ("surroundings of %s stay as they were: %s", self->path, error->message);
}

static void
on_file_changed (GFileMonitor *monitor,
                 GFile *file,
                 GFile *other,
                 GFileMonitorEvent event,
                 gpointer data)
{
  rp_quiet_timer_signal (RP_DETECTOR_FAKE (data)->quiet);
}

static void
rp_detector_fake_start (RpDetector *detector)
{
  RpDetectorFake *self = RP_DETECTOR_FAKE (detector);
  g_autoptr (GFile) file = g_file_new_for_path (self->path);

  self->quiet = rp_quiet_timer_new (QUIET_MS, LONGEST_MS, read_file, self);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect (self->monitor, "changed", G_CALLBACK (on_file_changed), self);
  read_file (self);
}

static void
rp_detector_fake_finalize (GObject *object)
{
  RpDetectorFake *self = RP_DETECTOR_FAKE (object);

  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  rp_quiet_timer_free (self->quiet);
  g_free (self->path);
  G_OBJECT_CLASS (rp_detector_fake_parent_class)->finalize (object);
}

static void
rp_detector_fake_class_init (RpDetectorFakeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_detector_fake_finalize;
  RP_DETECTOR_CLASS (klass)->start = rp_detector_fake_start;
}

static void
rp_detector_fake_init (RpDetectorFake *self)
{
}

RpDetector *
rp_detector_new_fake (const char *path)
{
  RpDetectorFake *self = g_object_new (RP_TYPE_DETECTOR_FAKE, NULL);

  self->path = g_strdup (path);
  return RP_DETECTOR (self);
}
