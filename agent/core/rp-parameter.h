/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters of MAIL and RCPT (RFC 5321 section 4.1.1.11): known names only, each
 * value by its own grammar. Coded values (xtext) are checked and stay coded: decoded
 * into anything that is read by lines they could forge one. */
#pragma once

#include <glib.h>

#include "core/rp-envelope.h"
#include "core/rp-reply.h"

G_BEGIN_DECLS

/**
 * RpFeatures:
 *
 * Extensions that a server side offers, and with them the parameters that it takes.
 */
typedef enum
{
  RP_FEATURE_PIPELINING = 1 << 0, /* RFC 2920 */
  RP_FEATURE_SIZE = 1 << 1,       /* RFC 1870 */
  RP_FEATURE_8BITMIME = 1 << 2,   /* RFC 6152 */
  RP_FEATURE_SMTPUTF8 = 1 << 3,   /* RFC 6531 */
  RP_FEATURE_DSN = 1 << 4,        /* RFC 3461 */
  RP_FEATURE_CHUNKING = 1 << 5,   /* RFC 3030 */
  RP_FEATURE_LIMITS = 1 << 6,     /* RFC 9422 */
  RP_FEATURE_AUTH = 1 << 7,       /* RFC 4954 */
  RP_FEATURE_ALL = (1 << 8) - 1
} RpFeatures;

/**
 * RpParameter:
 * @keyword: in upper case
 * @value: (nullable): as given; %NULL without "="
 */
typedef struct
{
  char *keyword;
  char *value;
} RpParameter;

/**
 * rp_parameters_parse:
 * @text: (array length=n_bytes): what follows the path, "" or " KEYWORD=value ..."
 *
 * Returns: (transfer full) (nullable) (element-type RpParameter): in their order;
 *   %NULL when the grammar is broken or a keyword comes twice
 */
GPtrArray *rp_parameters_parse (const char *text, gsize n_bytes);

/**
 * rp_parameters_apply_to_sender:
 * @parameters: (element-type RpParameter): those of MAIL
 * @features: the extensions on offer
 * @envelope: what the values are set in. AUTH= is checked and dropped
 *
 * Returns: (transfer full) (nullable): the refusing reply, %NULL when all is set
 */
RpReply *rp_parameters_apply_to_sender (GPtrArray *parameters,
                                        guint features,
                                        RpEnvelope *envelope);

/**
 * rp_parameters_apply_to_recipient:
 * @parameters: (element-type RpParameter): those of RCPT
 * @features: the extensions on offer
 * @recipient: what the values are set in
 *
 * Returns: (transfer full) (nullable): the refusing reply, %NULL when all is set
 */
RpReply *rp_parameters_apply_to_recipient (GPtrArray *parameters,
                                           guint features,
                                           RpRecipient *recipient);

/** rp_xtext_is_valid: whether @text follows xtext of RFC 3461 section 4; "" does. */
gboolean rp_xtext_is_valid (const char *text);

G_END_DECLS
