/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sees where we are: abstract. NetworkManager, netlink and a fake derive it. */
#pragma once

#include <gio/gio.h>

#include "core/rp-surroundings.h"

G_BEGIN_DECLS

/** RpDetector: knows the surroundings and tells when they change. */
#define RP_TYPE_DETECTOR (rp_detector_get_type ())
G_DECLARE_DERIVABLE_TYPE (RpDetector, rp_detector, RP, DETECTOR, GObject)

/**
 * RpDetectorClass:
 * @start: begins to watch; the first surroundings follow by rp_detector_publish()
 */
struct _RpDetectorClass
{
  GObjectClass parent_class;

  void (*start) (RpDetector *self);
};

/**
 * RpDetector::changed:
 *
 * The surroundings differ from those of the last signal. Debounced: one signal for
 * one change of place.
 */

/** rp_detector_start: begins to watch; once. */
void rp_detector_start (RpDetector *self);

/** rp_detector_get_surroundings: (transfer none): the latest; empty before start. */
const RpSurroundings *rp_detector_get_surroundings (RpDetector *self);

/**
 * rp_detector_publish:
 * @surroundings: (transfer full): what was seen
 *
 * For subclasses: signals only when it differs.
 */
void rp_detector_publish (RpDetector *self, RpSurroundings *surroundings);

/**
 * rp_detector_publish_within:
 * @surroundings: (transfer full): what was seen so far
 * @within_ms: how long to wait for more, in milliseconds
 *
 * For subclasses: as rp_detector_publish(), but not before @within_ms have passed, and
 * not at all when another publication comes first. So a gateway's MAC that is about to
 * be learned does not make two changes of one.
 */
void rp_detector_publish_within (RpDetector *self,
                                 RpSurroundings *surroundings,
                                 guint within_ms);

/** rp_detector_new_system: (transfer full): NetworkManager while it is on the system
 * bus, netlink when it is not or when it leaves the way out to others, changing over by
 * itself. */
RpDetector *rp_detector_new_system (void);

/**
 * rp_detector_new_fake:
 * @path: a file with the text of a variant "a{sv}" as rp_surroundings_to_variant()
 *   makes it; read again whenever it changes
 *
 * What cannot be read changes nothing.
 *
 * Returns: (transfer full)
 */
RpDetector *rp_detector_new_fake (const char *path);

G_END_DECLS
