/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message as programs give it to sendmail: Unix line ends, perhaps without some
 * header fields, with its recipients perhaps only in the header. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpUnixMessage:
 * @fields: (element-type utf8): header fields with CRLF at the end of each line
 * @body: what comes behind the empty line, lines ended by CRLF
 */
typedef struct
{
  GPtrArray *fields;
  GString *body;
} RpUnixMessage;

/**
 * rp_unix_message_parse:
 * @text: (array length=n_bytes): lines that end in LF or CRLF
 * @dot_ends: a line with a single dot ends the message
 *
 * Line ends become CRLF; nothing else is changed. A "From " line of a mailbox at the
 * beginning is left out. A first line that is no field begins the body.
 *
 * Returns: (transfer full)
 */
RpUnixMessage *rp_unix_message_parse (const char *text,
                                      gsize n_bytes,
                                      gboolean dot_ends);

/** rp_unix_message_free: @self: (nullable). */
void rp_unix_message_free (RpUnixMessage *self);

/** rp_unix_message_has: whether there is a field called @name. */
gboolean rp_unix_message_has (const RpUnixMessage *self, const char *name);

/** rp_unix_message_add: @value: without line end; the field comes last in the header.
 */
void rp_unix_message_add (RpUnixMessage *self, const char *name, const char *value);

/** rp_unix_message_remove: takes away every field called @name. */
void rp_unix_message_remove (RpUnixMessage *self, const char *name);

/**
 * rp_unix_message_list:
 * @addresses: (element-type utf8): the addresses in every field called @name are
 *   appended, as rp_address_list_parse() finds them
 */
void rp_unix_message_list (const RpUnixMessage *self,
                           const char *name,
                           GPtrArray *addresses);

/** rp_unix_message_to_string: (transfer full): the whole message, lines ended by CRLF.
 */
GString *rp_unix_message_to_string (const RpUnixMessage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpUnixMessage, rp_unix_message_free)

G_END_DECLS
