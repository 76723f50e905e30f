/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-sasl-client.h"

G_DEFINE_INTERFACE (RpSaslClient, rp_sasl_client, G_TYPE_OBJECT)

static void
rp_sasl_client_default_init (RpSaslClientInterface *iface)
{
}

void
rp_sasl_client_answer_async (RpSaslClient *self,
                             GBytes *challenge,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  RP_SASL_CLIENT_GET_IFACE (self)->answer_async (self, challenge, cancellable, callback,
                                                 user_data);
}

GBytes *
rp_sasl_client_answer_finish (RpSaslClient *self, GAsyncResult *result, GError **error)
{
  return RP_SASL_CLIENT_GET_IFACE (self)->answer_finish (self, result, error);
}

const char *
rp_sasl_client_get_complaint (RpSaslClient *self)
{
  RpSaslClientInterface *iface = RP_SASL_CLIENT_GET_IFACE (self);

  return iface->get_complaint != NULL ? iface->get_complaint (self) : NULL;
}
