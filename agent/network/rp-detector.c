/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-detector.h"

typedef struct
{
  RpSurroundings *surroundings;
  RpSurroundings *held; /* nullable: published when held_source fires */
  guint held_source;
} RpDetectorPrivate;

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (RpDetector, rp_detector, G_TYPE_OBJECT)

static void
forget_held (RpDetectorPrivate *priv)
{
  g_clear_handle_id (&priv->held_source, g_source_remove);
  g_clear_pointer (&priv->held, rp_surroundings_free);
}

void
rp_detector_start (RpDetector *self)
{
  g_return_if_fail (RP_IS_DETECTOR (self));

  RP_DETECTOR_GET_CLASS (self)->start (self);
}

const RpSurroundings *
rp_detector_get_surroundings (RpDetector *self)
{
  RpDetectorPrivate *priv = rp_detector_get_instance_private (self);

  return priv->surroundings;
}

void
rp_detector_publish (RpDetector *self, RpSurroundings *surroundings)
{
  RpDetectorPrivate *priv = rp_detector_get_instance_private (self);
  g_autoptr (RpSurroundings) former = g_steal_pointer (&priv->surroundings);

  forget_held (priv);
  priv->surroundings = surroundings;
  if (!rp_surroundings_equal (former, surroundings))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
on_held_long_enough (gpointer data)
{
  RpDetector *self = data;
  RpDetectorPrivate *priv = rp_detector_get_instance_private (self);

  priv->held_source = 0;
  rp_detector_publish (self, g_steal_pointer (&priv->held));
  return G_SOURCE_REMOVE;
}

void
rp_detector_publish_within (RpDetector *self,
                            RpSurroundings *surroundings,
                            guint within_ms)
{
  RpDetectorPrivate *priv = rp_detector_get_instance_private (self);

  /* The wait is not begun anew, else a noisy link would never be published. */
  g_clear_pointer (&priv->held, rp_surroundings_free);
  priv->held = surroundings;
  if (priv->held_source == 0)
    priv->held_source = g_timeout_add (within_ms, on_held_long_enough, self);
}

static void
rp_detector_finalize (GObject *object)
{
  RpDetectorPrivate *priv = rp_detector_get_instance_private (RP_DETECTOR (object));

  forget_held (priv);
  rp_surroundings_free (priv->surroundings);
  G_OBJECT_CLASS (rp_detector_parent_class)->finalize (object);
}

static void
rp_detector_class_init (RpDetectorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_detector_finalize;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", RP_TYPE_DETECTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
}

static void
rp_detector_init (RpDetector *self)
{
  RpDetectorPrivate *priv = rp_detector_get_instance_private (self);

  priv->surroundings = rp_surroundings_new ();
}
