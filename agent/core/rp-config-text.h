/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Single values of the configuration: from text to what is meant, or what to
 * write instead. Only for the modules that make an RpConfig. */
#pragma once

#include <glib.h>

#include "core/rp-config.h"

G_BEGIN_DECLS

/**
 * rp_config_text_dup_mac:
 * @text: with colons or dashes, in any case
 *
 * Returns: (transfer full) (nullable): "52:54:00:12:34:56" in lower case, %NULL when
 *   @text is no MAC address
 */
char *rp_config_text_dup_mac (const char *text);

/** rp_config_text_is_loopback: whether @host is this machine under a loopback name or
 * address. */
gboolean rp_config_text_is_loopback (const char *host);

/**
 * rp_config_text_parse_boolean:
 * @text: "yes", "true", "no" or "false", in lower case
 * @out: (out): %FALSE when @text is none of them
 *
 * Returns: whether @text is one of them
 */
gboolean rp_config_text_parse_boolean (const char *text, gboolean *out);

/**
 * rp_config_text_parse_seconds:
 * @text: a number, with "s" or "min" behind it if wanted
 * @out_s: (out): seconds; set on success
 *
 * Returns: whether @text is a duration
 */
gboolean rp_config_text_parse_seconds (const char *text, guint *out_s);

/** rp_config_text_parse_days: a number, with "d" behind it if wanted. */
gboolean rp_config_text_parse_days (const char *text, guint *out_days);

/**
 * rp_config_text_parse_bytes:
 * @text: a number up to 4294967295, with K, M or G (powers of 1024) behind it if wanted
 * @out_bytes: (out): octets; set on success
 *
 * Returns: whether @text is a size
 */
gboolean rp_config_text_parse_bytes (const char *text, guint64 *out_bytes);

/** rp_config_text_is_pin: whether @text is "sha256//" and 32 octets in base64. */
gboolean rp_config_text_is_pin (const char *text);

/**
 * rp_config_text_parse_listen:
 * @text: "127.0.0.1:2525" or "[::1]:2525"
 * @problem: (out) (optional) (transfer full): why, and what to write instead
 *
 * Returns: (transfer full) (nullable)
 */
RpListenAddress *rp_config_text_parse_listen (const char *text,
                                              RpConfigError **problem);

/** rp_listen_address_free: @self: (nullable). */
void rp_listen_address_free (RpListenAddress *self);

/**
 * rp_config_text_parse_endpoint:
 * @text: URL with scheme smtps, smtp or smtp+insecure; without a port 465, 587 and 25
 * @problem: (out) (optional) (transfer full): why, and what to write instead
 *
 * Returns: (transfer full) (nullable)
 */
RpEndpoint *rp_config_text_parse_endpoint (const char *text, RpConfigError **problem);

/** rp_endpoint_free: @self: (nullable). */
void rp_endpoint_free (RpEndpoint *self);

/**
 * rp_config_text_parse_pop:
 * @text: URL with scheme pop3s, pop3 or pop3+insecure; without a port 995, 110 and 110
 * @problem: (out) (optional) (transfer full): why, and what to write instead
 *
 * Returns: (transfer full) (nullable)
 */
RpPopEndpoint *rp_config_text_parse_pop (const char *text, RpConfigError **problem);

/** rp_pop_endpoint_free: @self: (nullable). */
void rp_pop_endpoint_free (RpPopEndpoint *self);

G_END_DECLS
