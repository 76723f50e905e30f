/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row into one member of an object. What cannot be read is appended to @errors;
 * what the member is then does not matter, since there is no configuration with errors.
 * Only for the modules that make an RpConfig. */
#pragma once

#include <glib.h>

#include "core/rp-config.h"

G_BEGIN_DECLS

/**
 * RpConfigValueFunc:
 * @row: with a value that is not empty
 * @field: the member, of the type that the function's name and #RpConfig give
 * @errors: (element-type RpConfigError)
 */
typedef void (*RpConfigValueFunc) (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);

/* Texts, numbers, names and addresses: rp-config-value.c */

/** rp_config_value_read_text: @field: a char *: any text. */
void rp_config_value_read_text (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);

/** rp_config_value_read_path: @field: a char *: an absolute path; the file need not be
 * there. */
void rp_config_value_read_path (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);

/** rp_config_value_read_file_name: @field: a char *: the name of a file without its
 * folder: no slash in it, no dot in front. */
void rp_config_value_read_file_name (const RpKeyfileRow *row,
                                     gpointer field,
                                     GPtrArray *errors);

/** rp_config_value_read_boolean: @field: a gboolean: yes, true, no or false. */
void rp_config_value_read_boolean (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);

/** rp_config_value_read_patience: @field: a guint: seconds, from 1 to 600. */
void rp_config_value_read_patience (const RpKeyfileRow *row,
                                    gpointer field,
                                    GPtrArray *errors);

/** rp_config_value_read_timeout: @field: a guint: seconds, from 1 to 3600. */
void rp_config_value_read_timeout (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);

/** rp_config_value_read_pop_window: @field: a guint: seconds, from 1 to a day. */
void rp_config_value_read_pop_window (const RpKeyfileRow *row,
                                      gpointer field,
                                      GPtrArray *errors);

/** rp_config_value_read_message_size: @field: a guint64: octets, 64 KiB at least. */
void rp_config_value_read_message_size (const RpKeyfileRow *row,
                                        gpointer field,
                                        GPtrArray *errors);

/** rp_config_value_read_when_deferred: @field: a gboolean: whether "tell" is said
 * instead of "queue". */
void rp_config_value_read_when_deferred (const RpKeyfileRow *row,
                                         gpointer field,
                                         GPtrArray *errors);

/** rp_config_value_read_in_doubt: @field: a gboolean: whether "retry" is said instead
 * of "hold". */
void rp_config_value_read_in_doubt (const RpKeyfileRow *row,
                                    gpointer field,
                                    GPtrArray *errors);

/** rp_config_value_read_queue_days: @field: a guint: days, 1 at least. */
void rp_config_value_read_queue_days (const RpKeyfileRow *row,
                                      gpointer field,
                                      GPtrArray *errors);

/** rp_config_value_read_journal_days: @field: a guint: days, 1 at least. */
void rp_config_value_read_journal_days (const RpKeyfileRow *row,
                                        gpointer field,
                                        GPtrArray *errors);

/** rp_config_value_read_language: @field: a char *: a code such as "de" or "de_AT". */
void rp_config_value_read_language (const RpKeyfileRow *row,
                                    gpointer field,
                                    GPtrArray *errors);

/** rp_config_value_read_bare_newline: @field: an #RpBareNewline: refuse or normalize.
 */
void rp_config_value_read_bare_newline (const RpKeyfileRow *row,
                                        gpointer field,
                                        GPtrArray *errors);

/** rp_config_value_read_address: @field: a char *: one mail address, no pattern (RFC
 * 5321 section 4.1.2). */
void rp_config_value_read_address (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);

/** rp_config_value_read_senders: @field: a GStrv: mail addresses and patterns. */
void rp_config_value_read_senders (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);

/** rp_config_value_read_aliases: @field: a GStrv, the account's patterns: as senders;
 * rp_config_read() moves the plain addresses out of it. */
void rp_config_value_read_aliases (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);

/** rp_config_value_read_names: @field: a GStrv: names of any kind. */
void rp_config_value_read_names (const RpKeyfileRow *row,
                                 gpointer field,
                                 GPtrArray *errors);

/** rp_config_value_read_domains: @field: a GStrv: domains in the form for comparing,
 * see rp_domain_normalize(). */
void rp_config_value_read_domains (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors);

/** rp_config_value_read_ehlo: @field: a char *, whose default is freed: a domain or an
 * address literal, as written (RFC 5321 section 4.1.1.1). */
void rp_config_value_read_ehlo (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);

/** rp_config_value_read_user: @field: a char *: a login name without control characters
 * (RFC 4616 section 2). */
void rp_config_value_read_user (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);

/** rp_config_value_read_uuids: @field: a GStrv: NetworkManager's UUIDs in lower case.
 */
void rp_config_value_read_uuids (const RpKeyfileRow *row,
                                 gpointer field,
                                 GPtrArray *errors);

/** rp_config_value_read_ssids: @field: a GStrv: wireless names of at most 32 octets. */
void rp_config_value_read_ssids (const RpKeyfileRow *row,
                                 gpointer field,
                                 GPtrArray *errors);

/** rp_config_value_read_macs: @field: a GStrv: MAC addresses in lower case with colons.
 */
void rp_config_value_read_macs (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);

/* Where to listen, where to connect to, what lets relay: rp-config-place.c */

/** rp_config_value_read_listen: @field: a GPtrArray * of #RpListenAddress, which is
 * there: replaces what is in it. */
void rp_config_value_read_listen (const RpKeyfileRow *row,
                                  gpointer field,
                                  GPtrArray *errors);

/** rp_config_value_read_endpoints: @field: a GPtrArray * of #RpEndpoint, which is
 * there: adds to it. */
void rp_config_value_read_endpoints (const RpKeyfileRow *row,
                                     gpointer field,
                                     GPtrArray *errors);

/** rp_config_value_read_pop: @field: an #RpPopEndpoint *. */
void rp_config_value_read_pop (const RpKeyfileRow *row,
                               gpointer field,
                               GPtrArray *errors);

/** rp_config_value_read_access: @field: a GPtrArray * of #RpAccess, which is there:
 * adds to it. */
void rp_config_value_read_access (const RpKeyfileRow *row,
                                  gpointer field,
                                  GPtrArray *errors);

/** rp_config_value_read_pins: @field: a char *: "sha256//..." pins joined by ';'. */
void rp_config_value_read_pins (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors);

/** rp_config_value_read_proxy: @field: a char *: a proxy's URL (SOCKS or HTTP) without
 * user and password. */
void rp_config_value_read_proxy (const RpKeyfileRow *row,
                                 gpointer field,
                                 GPtrArray *errors);

/** rp_config_value_read_ranges: @field: a GPtrArray * of #RpCidr, which is there: adds
 * to it; none has bits behind its prefix. */
void rp_config_value_read_ranges (const RpKeyfileRow *row,
                                  gpointer field,
                                  GPtrArray *errors);

G_END_DECLS
