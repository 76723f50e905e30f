/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mail addresses: one grammar for MAIL, RCPT, configuration and command line
 * (RFC 5321 section 4.1.2, RFC 6531 section 3.3). An address is kept as the octets
 * that were given; what is compared is made from it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** RP_ADDRESS_MAX_BYTES: of an address without its angle brackets (RFC 5321 section
 * 4.5.3.1.3 gives the path with brackets 256). The 64 octets of section 4.5.3.1.1 for
 * the local part are not enforced: reply addresses of real services are longer. */
#define RP_ADDRESS_MAX_BYTES 254

/**
 * RpAddressFault:
 * @RP_ADDRESS_OK: no fault
 * @RP_ADDRESS_NO_BRACKETS: a path does not begin with "<"
 * @RP_ADDRESS_NOT_CLOSED: a path has no ">"
 * @RP_ADDRESS_CONTROL: CR, LF, NUL or another control character
 * @RP_ADDRESS_NOT_UTF8: octets above 127 that are not UTF-8
 * @RP_ADDRESS_TOO_LONG: more than %RP_ADDRESS_MAX_BYTES
 * @RP_ADDRESS_LOCAL_PART: what stands before the "@" is no dot-string and no
 *   quoted string
 * @RP_ADDRESS_NO_DOMAIN: there is no "@"
 * @RP_ADDRESS_DOMAIN: what stands behind the "@" is no domain
 * @RP_ADDRESS_LITERAL: what stands in square brackets is no address literal
 * @RP_ADDRESS_ROUTE: a source route that does not follow the grammar
 */
typedef enum
{
  RP_ADDRESS_OK,
  RP_ADDRESS_NO_BRACKETS,
  RP_ADDRESS_NOT_CLOSED,
  RP_ADDRESS_CONTROL,
  RP_ADDRESS_NOT_UTF8,
  RP_ADDRESS_TOO_LONG,
  RP_ADDRESS_LOCAL_PART,
  RP_ADDRESS_NO_DOMAIN,
  RP_ADDRESS_DOMAIN,
  RP_ADDRESS_LITERAL,
  RP_ADDRESS_ROUTE
} RpAddressFault;

/**
 * rp_address_check:
 * @address: a mailbox without angle brackets, such as "terri@proseware.com",
 *   "\"a b\"@example.org" or "terri@[192.0.2.1]"
 *
 * Returns: the first fault (RFC 5321 section 4.1.2, RFC 6531 section 3.3)
 */
RpAddressFault rp_address_check (const char *address);

/** rp_address_is_valid: whether rp_address_check() finds no fault. */
static inline gboolean
rp_address_is_valid (const char *address)
{
  return rp_address_check (address) == RP_ADDRESS_OK;
}

/**
 * rp_address_parse_path:
 * @text: (array length=n_bytes): octets that begin with "<"
 * @consumed: (out): octets up to and with the ">"
 * @address: (out) (transfer full): the octets of the mailbox; "" for the null path
 *   "<>". A source route ("<@a,@b:user@c>") is accepted and dropped, as RFC 5321
 *   section 3.3 and appendix C ask
 *
 * Reads a path of MAIL or RCPT (RFC 5321 section 4.1.2). Nothing is repaired.
 *
 * Returns: the first fault; @consumed and @address are set when there is none
 */
RpAddressFault rp_address_parse_path (const char *text,
                                      gsize n_bytes,
                                      gsize *consumed,
                                      char **address);

/**
 * rp_address_fault_to_text:
 *
 * Returns: (transfer none): what is wrong and how to write it, plain English, for a
 *   protocol reply or the configuration's errors; no full stop
 */
const char *rp_address_fault_to_text (RpAddressFault fault);

/**
 * rp_address_get_domain:
 *
 * Returns: (transfer none): what stands behind the last "@" as it was written; ""
 *   when there is none
 */
const char *rp_address_get_domain (const char *address);

/**
 * rp_address_dup_domain:
 *
 * Returns: (transfer full): the domain for comparing: lower case, IDN in A-label
 *   form (RFC 5890), "" when there is none
 */
char *rp_address_dup_domain (const char *address);

/**
 * rp_address_is_same:
 *
 * Whether a person would call both the same mailbox: local parts without regard to
 * case and to needless quotes, domains in their normal form. For matching accounts;
 * never for deciding whether two recipients are one (RFC 5321 section 2.4).
 */
gboolean rp_address_is_same (const char *a, const char *b);

/**
 * rp_address_is_pattern:
 *
 * Whether @text is a pattern: an address with "*" for any octets in the local part,
 * and a domain that may begin with "*." (any subdomain, not the domain itself) or be
 * "*" (any). "*@proseware.com", "terri+*@proseware.com", "*@*.terri.example".
 */
gboolean rp_address_is_pattern (const char *text);

/**
 * rp_address_matches:
 * @pattern: a pattern, or a plain address, which matches what is the same
 *
 * Returns: whether @address is one that @pattern means, without regard to case
 */
gboolean rp_address_matches (const char *address, const char *pattern);

G_END_DECLS
