/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command line of a mail program, taken apart (RFC 5321 section 4.1.1). */
#pragma once

#include <glib.h>

#include "core/rp-reply.h"

G_BEGIN_DECLS

/** RpVerb: the commands that are known, though not each is obeyed. */
typedef enum
{
  RP_VERB_UNKNOWN,
  RP_VERB_HELO,
  RP_VERB_EHLO,
  RP_VERB_MAIL,
  RP_VERB_RCPT,
  RP_VERB_DATA,
  RP_VERB_BDAT,
  RP_VERB_RSET,
  RP_VERB_NOOP,
  RP_VERB_QUIT,
  RP_VERB_VRFY,
  RP_VERB_EXPN,
  RP_VERB_HELP,
  RP_VERB_AUTH,
  RP_VERB_STARTTLS
} RpVerb;

/**
 * RpSmtpCommand:
 * @verb: what is asked, known even when the rest of the line is refused
 * @refusal: (nullable): the reply to a line that breaks the grammar; the members
 *   below mean nothing then
 * @argument: (nullable): the name of HELO and EHLO, the mechanism of AUTH in upper
 *   case, the words of NOOP, VRFY, EXPN and HELP
 * @initial_response: (nullable): of AUTH, still in base64
 * @address: (nullable): of MAIL and RCPT, without brackets; "" for the null sender
 * @parameters: (nullable) (element-type RpParameter): of MAIL and RCPT
 * @chunk_bytes: of BDAT
 * @is_last: BDAT ... LAST
 */
typedef struct
{
  RpVerb verb;
  RpReply *refusal;
  char *argument;
  char *initial_response;
  char *address;
  GPtrArray *parameters;
  guint64 chunk_bytes;
  gboolean is_last;
} RpSmtpCommand;

/**
 * rp_smtp_command_parse:
 * @line: (array length=n_bytes): one line without its CRLF, octets of any kind
 *
 * Verbs and keywords in any case, white space at the end of the line and behind the
 * colon of MAIL and RCPT is taken (RFC 5321 section 4.1.1). Any control character
 * refuses the whole line.
 *
 * Returns: (transfer full): what the line asks for
 */
RpSmtpCommand *rp_smtp_command_parse (const char *line, gsize n_bytes);

/** rp_smtp_command_free: @self: (nullable). */
void rp_smtp_command_free (RpSmtpCommand *self);

/**
 * rp_smtp_command_is_foreign:
 * @line: (array length=n_bytes): one line, or its beginning
 *
 * Whether this is another protocol that was pointed at our port: HTTP by a web page
 * (its body could hold commands), a TLS hello, anything that does not begin with a
 * letter. An empty line is not.
 */
gboolean rp_smtp_command_is_foreign (const char *line, gsize n_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpSmtpCommand, rp_smtp_command_free)

G_END_DECLS
