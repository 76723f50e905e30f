/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where we are by NetworkManager's word, over plain D-Bus. Lives without the bus, and
 * comes back to it. */
#pragma once

#include "network/rp-detector.h"

G_BEGIN_DECLS

/** RpDetectorNetworkmanager: #RpDetector of NetworkManager. */
#define RP_TYPE_DETECTOR_NETWORKMANAGER (rp_detector_networkmanager_get_type ())
G_DECLARE_FINAL_TYPE (RpDetectorNetworkmanager,
                      rp_detector_networkmanager,
                      RP,
                      DETECTOR_NETWORKMANAGER,
                      RpDetector)

/**
 * RpDetectorNetworkmanager::presence-changed:
 *
 * NetworkManager came and was read, or went, or was found missing at the start: see
 * rp_detector_networkmanager_is_present(). The surroundings of one that went stay as
 * they were.
 */

/** rp_detector_networkmanager_new: (transfer full) */
RpDetector *rp_detector_networkmanager_new (void);

/** rp_detector_networkmanager_is_present: whether the surroundings are NetworkManager's
 * word of now. */
gboolean rp_detector_networkmanager_is_present (RpDetectorNetworkmanager *self);

G_END_DECLS
