/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where we are by the kernel alone: default route, gateway's MAC, addresses, and the
 * domains of resolv.conf. Nobody is asked about the internet beyond: connectivity is
 * "none" without a way out, else "unknown". */
#pragma once

#include "network/rp-detector.h"

G_BEGIN_DECLS

/** RpDetectorNetlink: #RpDetector of the kernel. */
#define RP_TYPE_DETECTOR_NETLINK (rp_detector_netlink_get_type ())
G_DECLARE_FINAL_TYPE (
    RpDetectorNetlink, rp_detector_netlink, RP, DETECTOR_NETLINK, RpDetector)

/**
 * rp_detector_netlink_new:
 * @resolv_conf: path, such as "/etc/resolv.conf"; need not be there
 *
 * Returns: (transfer full)
 */
RpDetector *rp_detector_netlink_new (const char *resolv_conf);

G_END_DECLS
