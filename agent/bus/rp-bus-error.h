/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The errors of org.roampost.Agent1, as GError on both sides of the bus. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** RpBusError: each is org.roampost.Error.NAME on the bus. */
typedef enum
{
  RP_BUS_ERROR_UNKNOWN_SENDER,
  RP_BUS_ERROR_UNKNOWN_NETWORK,
  RP_BUS_ERROR_UNKNOWN_ACCOUNT,
  RP_BUS_ERROR_UNKNOWN_SERVER,
  RP_BUS_ERROR_NO_SUCH_MESSAGE,
  RP_BUS_ERROR_UNDER_WAY,
  RP_BUS_ERROR_DAMAGED,
  RP_BUS_ERROR_NO_LOGIN,
  RP_BUS_ERROR_KEYRING,
  RP_BUS_ERROR_NO_SECRET,
  RP_BUS_ERROR_NO_CLIENT,
  RP_BUS_ERROR_NO_WAY,
  RP_BUS_ERROR_NO_SUCH_SIGN_IN,
  RP_BUS_ERROR_SIGN_IN_REFUSED,
  RP_BUS_ERROR_OUTAGE,
  RP_BUS_ERROR_EXPIRED,
  RP_BUS_ERROR_MISMATCH,
  RP_BUS_ERROR_CANCELLED,
  RP_BUS_ERROR_BAD_ADDRESS,
  RP_BUS_ERROR_FAILED
} RpBusError;

/**
 * RP_BUS_ERROR:
 *
 * Give such an error to g_dbus_method_invocation_return_gerror() and the other side
 * gets the same one. Also registers the names.
 */
#define RP_BUS_ERROR (rp_bus_error_quark ())

/** rp_bus_error_quark: the domain #RP_BUS_ERROR, known to GDBus. */
GQuark rp_bus_error_quark (void);

G_END_DECLS
