/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine's own detector: rp_detector_new_system(). */
#pragma once

#include "network/rp-detector.h"

G_BEGIN_DECLS

/** RpDetectorSystem: #RpDetector that chooses between two others. */
#define RP_TYPE_DETECTOR_SYSTEM (rp_detector_system_get_type ())
G_DECLARE_FINAL_TYPE (
    RpDetectorSystem, rp_detector_system, RP, DETECTOR_SYSTEM, RpDetector)

G_END_DECLS
