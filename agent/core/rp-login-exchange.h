/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server side of AUTH PLAIN (RFC 4616) and AUTH LOGIN, one response at a time
 * (RFC 4954). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpLoginStatus:
 * @RP_LOGIN_PROMPT: say rp_login_exchange_get_prompt() behind 334, hand in the answer
 * @RP_LOGIN_COMPLETE: name and password are there
 * @RP_LOGIN_CANCELLED: the program sent "*"
 * @RP_LOGIN_MALFORMED: no base64, or not what the mechanism wants
 * @RP_LOGIN_UNKNOWN: a mechanism that is not ours
 */
typedef enum
{
  RP_LOGIN_PROMPT,
  RP_LOGIN_COMPLETE,
  RP_LOGIN_CANCELLED,
  RP_LOGIN_MALFORMED,
  RP_LOGIN_UNKNOWN
} RpLoginStatus;

/** RpLoginExchange: one AUTH, from its command to its end. */
typedef struct _RpLoginExchange RpLoginExchange;

/** rp_login_exchange_new: (transfer full): begin with rp_login_exchange_start(). */
RpLoginExchange *rp_login_exchange_new (void);

/** rp_login_exchange_free: @self: (nullable). Wipes the password. */
void rp_login_exchange_free (RpLoginExchange *self);

/**
 * rp_login_exchange_start:
 * @mechanism: in upper case
 * @initial_response: (nullable): in base64, "=" for an empty one (RFC 4954 section 4)
 *
 * Returns: what comes next
 */
RpLoginStatus rp_login_exchange_start (RpLoginExchange *self,
                                       const char *mechanism,
                                       const char *initial_response);

/** rp_login_exchange_answer: @line: answers the last prompt, in base64 or "*", without
 * CRLF; still to be wiped by its owner. */
RpLoginStatus rp_login_exchange_answer (RpLoginExchange *self, const char *line);

/** rp_login_exchange_get_prompt: (transfer none): base64, may be empty. */
const char *rp_login_exchange_get_prompt (RpLoginExchange *self);

/** rp_login_exchange_get_user: (transfer none) (nullable): %NULL before it was told. */
const char *rp_login_exchange_get_user (RpLoginExchange *self);

/** rp_login_exchange_get_password: (transfer none) (nullable): %NULL before it was
 * told. */
const char *rp_login_exchange_get_password (RpLoginExchange *self);

/** rp_login_exchange_is_for_other: whether the program wants to act as somebody else
 * than it logs in as. Git and Perl name the same user twice, which is none. */
gboolean rp_login_exchange_is_for_other (RpLoginExchange *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpLoginExchange, rp_login_exchange_free)

G_END_DECLS
