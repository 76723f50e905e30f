/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's side of one SASL mechanism (RFC 4422) that libcurl does not do as we
 * need it. Knows octets, not SMTP; rp-sasl-exchange.h carries them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define RP_TYPE_SASL_CLIENT (rp_sasl_client_get_type ())
G_DECLARE_INTERFACE (RpSaslClient, rp_sasl_client, RP, SASL_CLIENT, GObject)

struct _RpSaslClientInterface
{
  GTypeInterface g_iface;

  void (*answer_async) (RpSaslClient *self,
                        GBytes *challenge,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  GBytes *(*answer_finish) (RpSaslClient *self, GAsyncResult *result, GError **error);
  const char *(*get_complaint) (RpSaslClient *self);
};

/**
 * rp_sasl_client_answer_async:
 * @challenge: (nullable): what the server sent; %NULL to get the initial response
 * @cancellable: (nullable): nobody waits any more
 *
 * One at a time.
 */
void rp_sasl_client_answer_async (RpSaslClient *self,
                                  GBytes *challenge,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * rp_sasl_client_answer_finish:
 * @error: of the domain #RP_CONNECTION_ERROR
 *
 * Returns: (transfer full) (nullable): the response, which may be empty; wiped when it
 *   is freed where it holds a secret. %NULL without an error where the mechanism has no
 *   initial response
 */
GBytes *rp_sasl_client_answer_finish (RpSaslClient *self,
                                      GAsyncResult *result,
                                      GError **error);

/** rp_sasl_client_get_complaint: (nullable): what the server said within the mechanism
 * about why it refuses, printable. */
const char *rp_sasl_client_get_complaint (RpSaslClient *self);

G_END_DECLS
