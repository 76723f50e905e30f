/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Surroundings from a file, for the demo and for tests: rp_detector_new_fake(). */
#pragma once

#include "network/rp-detector.h"

G_BEGIN_DECLS

/** RpDetectorFake: #RpDetector of a file. */
#define RP_TYPE_DETECTOR_FAKE (rp_detector_fake_get_type ())
G_DECLARE_FINAL_TYPE (RpDetectorFake, rp_detector_fake, RP, DETECTOR_FAKE, RpDetector)

G_END_DECLS
