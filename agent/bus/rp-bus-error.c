/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bus/rp-bus-error.h"

#include <gio/gio.h>

static const GDBusErrorEntry entries[] = {
  { RP_BUS_ERROR_UNKNOWN_SENDER, "org.roampost.Error.UnknownSender" },
  { RP_BUS_ERROR_UNKNOWN_NETWORK, "org.roampost.Error.UnknownNetwork" },
  { RP_BUS_ERROR_UNKNOWN_ACCOUNT, "org.roampost.Error.UnknownAccount" },
  { RP_BUS_ERROR_UNKNOWN_SERVER, "org.roampost.Error.UnknownServer" },
  { RP_BUS_ERROR_NO_SUCH_MESSAGE, "org.roampost.Error.NoSuchMessage" },
  { RP_BUS_ERROR_UNDER_WAY, "org.roampost.Error.UnderWay" },
  { RP_BUS_ERROR_DAMAGED, "org.roampost.Error.Damaged" },
  { RP_BUS_ERROR_NO_LOGIN, "org.roampost.Error.NoLogin" },
  { RP_BUS_ERROR_KEYRING, "org.roampost.Error.Keyring" },
  { RP_BUS_ERROR_NO_SECRET, "org.roampost.Error.NoSecret" },
  { RP_BUS_ERROR_NO_CLIENT, "org.roampost.Error.NoClient" },
  { RP_BUS_ERROR_NO_WAY, "org.roampost.Error.NoWay" },
  { RP_BUS_ERROR_NO_SUCH_SIGN_IN, "org.roampost.Error.NoSuchSignIn" },
  { RP_BUS_ERROR_SIGN_IN_REFUSED, "org.roampost.Error.SignInRefused" },
  { RP_BUS_ERROR_OUTAGE, "org.roampost.Error.Outage" },
  { RP_BUS_ERROR_EXPIRED, "org.roampost.Error.Expired" },
  { RP_BUS_ERROR_MISMATCH, "org.roampost.Error.Mismatch" },
  { RP_BUS_ERROR_CANCELLED, "org.roampost.Error.Cancelled" },
  { RP_BUS_ERROR_BAD_ADDRESS, "org.roampost.Error.BadAddress" },
  { RP_BUS_ERROR_FAILED, "org.roampost.Error.Failed" },
};

GQuark
rp_bus_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("rp-bus-error-quark", &quark, entries,
                                      G_N_ELEMENTS (entries));
  return (GQuark) quark;
}
