/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reason as a code with arguments. Core says why in codes; agent/words turns a
 * code into a sentence of the user's language, the bus and JSON carry the code's
 * name and the arguments. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpReasonCode:
 *
 * Every reason that roampost can give. The comment behind each value names its
 * arguments in order.
 */
typedef enum
{
  RP_REASON_NONE, /* */

  /* why a route is open */
  RP_REASON_HOSTS_DOMAIN,     /* server, domain */
  RP_REASON_CREDENTIALS,      /* server, user */
  RP_REASON_SIGNED_IN,        /* server, user */
  RP_REASON_OWN_CERTIFICATE,  /* server, file */
  RP_REASON_TICKET,           /* server, user */
  RP_REASON_POP_FIRST,        /* server, POP server */
  RP_REASON_ON_NETWORK,       /* server, network */
  RP_REASON_ADDRESS_IN_RANGE, /* server, our address, range */

  /* why an open route comes last */
  RP_REASON_UNREACHABLE_BEFORE,  /* endpoint, network */
  RP_REASON_RELAY_DENIED_BEFORE, /* server, network */

  /* why a route was left out */
  RP_REASON_NOT_ON_NETWORK,         /* server, network that it wants */
  RP_REASON_ADDRESS_OUTSIDE,        /* server, range */
  RP_REASON_NO_PASSWORD,            /* server, user */
  RP_REASON_NO_SIGN_IN,             /* server, user */
  RP_REASON_SIGN_IN_REVOKED,        /* server, user */
  RP_REASON_KEYRING_LOCKED,         /* server, user */
  RP_REASON_KEYRING_UNAVAILABLE,    /* server, user */
  RP_REASON_NO_RELAY_PERMISSION,    /* server, domain of the recipient */
  RP_REASON_SENDER_NOT_LISTED,      /* server, sender */
  RP_REASON_DMARC_FOREIGN,          /* server, domain of the sender, policy */
  RP_REASON_NO_LOCATION_SERVER,     /* network, or "" for an unnamed one */
  RP_REASON_CLEAR_TEXT_CREDENTIALS, /* endpoint */
  RP_REASON_CLEAR_TEXT_NOT_HERE,    /* endpoint */
  RP_REASON_CANNOT_8BIT,            /* server */
  RP_REASON_CANNOT_UTF8,            /* server */
  RP_REASON_TOO_LARGE_FOR,          /* server, its limit in octets */

  /* why a message or a recipient has to wait */
  RP_REASON_OFFLINE,             /* */
  RP_REASON_PORTAL,              /* network, or "" */
  RP_REASON_NO_ROUTE_HERE,       /* address, network that would open one */
  RP_REASON_TEMPORARY,           /* server */
  RP_REASON_UNREACHABLE,         /* endpoint, what failed */
  RP_REASON_TIMED_OUT,           /* server, seconds */
  RP_REASON_HOSTILE,             /* endpoint, what was seen */
  RP_REASON_LOGIN_REFUSED,       /* server, user */
  RP_REASON_POP_REFUSED,         /* POP server, user, its words */
  RP_REASON_POP_TEMPORARY,       /* POP server, its words */
  RP_REASON_SIGN_IN_REFUSED,     /* server, user */
  RP_REASON_CERTIFICATE_REFUSED, /* server, file */
  RP_REASON_TICKET_REFUSED,      /* server, user */
  RP_REASON_LOGIN_NOT_OFFERED,   /* endpoint */
  RP_REASON_NO_TOKEN,            /* server, what failed */
  RP_REASON_NO_DESKTOP_TOKEN,    /* server, why and what to do */
  RP_REASON_NO_TICKET,           /* server, what failed */
  RP_REASON_NO_CERTIFICATE,      /* server, what failed */
  RP_REASON_LOGIN_NEEDED,        /* server */
  RP_REASON_LOGIN_DISABLED,      /* server, user */
  RP_REASON_NETWORK_CHANGED,     /* */
  RP_REASON_STOPPING,            /* */
  RP_REASON_IN_DOUBT,            /* server */
  RP_REASON_PARTLY_SENT,         /* addresses that have it, addresses that have not */
  RP_REASON_PARTLY_IN_DOUBT, /* addresses that have it, addresses that may have it */
  RP_REASON_PROGRAM_GONE,    /* */
  RP_REASON_TOO_SLOW,        /* server, seconds */
  RP_REASON_UNREADABLE,      /* what failed on our own disk */

  /* why a message or a recipient was refused */
  RP_REASON_RELAY_DENIED,      /* address, server */
  RP_REASON_RECIPIENT_REFUSED, /* address, server */
  RP_REASON_SENDER_REFUSED,    /* sender, server */
  RP_REASON_POLICY_REFUSED,    /* server */
  RP_REASON_NETWORK_LISTED,    /* server */
  RP_REASON_MESSAGE_REFUSED,   /* server */
  RP_REASON_NO_ROUTE,          /* address */
  RP_REASON_UNKNOWN_SENDER,    /* sender, configured addresses */
  RP_REASON_NO_ACCOUNT,        /* */
  RP_REASON_TOO_BIG,           /* limit in octets */
  RP_REASON_8BIT_NOWHERE,      /* */
  RP_REASON_UTF8_NOWHERE,      /* */
  RP_REASON_NOTHING_SENT,      /* : to nobody, since somebody was refused */
  RP_REASON_GIVEN_UP,          /* days that it was tried */

  /* what becomes of a message */
  RP_REASON_QUEUED,       /* its id: we have it and deliver it */
  RP_REASON_KEPT_FAILED,  /* its id, addresses that were refused: we keep it for you */
  RP_REASON_NOT_KEPT,     /* what failed: it is nowhere but in the mail program */
  RP_REASON_SEND_AGAIN,   /* : nothing was sent and nothing is kept */
  RP_REASON_ALREADY_SENT, /* id of an equal message whose answer was not heard */
  RP_REASON_ALREADY_QUEUED, /* : so is this one, whose answer was not heard */
  RP_REASON_SENT_BEFORE,    /* id of an equal message that may have been delivered */

  /* what the listener says of its own accord */
  RP_REASON_BARE_NEWLINE,        /* what: "CR", "LF" or "NUL" */
  RP_REASON_NOT_SMTP,            /* */
  RP_REASON_FOREIGN_USER,        /* */
  RP_REASON_TOO_MANY_SESSIONS,   /* */
  RP_REASON_TOO_MANY_ERRORS,     /* */
  RP_REASON_TOO_MANY_RECIPIENTS, /* limit */
  RP_REASON_IDLE,                /* */
  RP_REASON_NO_SPACE,            /* */
  RP_REASON_ACCEPTED_VIA,        /* server, network or "" */
  RP_REASON_ALSO_VIA,            /* server */

  /* what of the queue needs the user */
  RP_REASON_QUEUE_DOUBT,        /* number of messages */
  RP_REASON_QUEUE_FAILED,       /* number of messages */
  RP_REASON_QUEUE_DAMAGED,      /* number of messages */
  RP_REASON_DATABASE_SET_ASIDE, /* folder that the damaged database was moved to */
  RP_REASON_QUEUE_SET_ASIDE,    /* number of files */

  RP_REASON_LAST
} RpReasonCode;

/**
 * RpReason:
 * @code: what is said
 * @args: (array zero-terminated=1): its arguments in the order of #RpReasonCode
 *
 * A value; never changed after it was made.
 */
typedef struct
{
  RpReasonCode code;
  GStrv args;
} RpReason;

/**
 * RpSentenceFunc:
 * @reason: what is to be said
 * @user_data: as given with the function
 *
 * Turns a reason into one sentence of the user's language, without a full stop at
 * the end. Handed into core, so that core needs no gettext.
 *
 * Returns: (transfer full): UTF-8 text on one line
 */
typedef char *(*RpSentenceFunc) (const RpReason *reason, gpointer user_data);

/**
 * rp_reason_new:
 * @code: what is said
 * @...: the arguments as strings, ended by %NULL
 *
 * Returns: (transfer full): a new reason
 */
RpReason *rp_reason_new (RpReasonCode code, ...) G_GNUC_NULL_TERMINATED;

/** rp_reason_copy: (transfer full) (nullable): a deep copy; %NULL of %NULL. */
RpReason *rp_reason_copy (const RpReason *self);

/** rp_reason_equal: whether both say the same; @a and @b: (nullable). */
gboolean rp_reason_equal (const RpReason *a, const RpReason *b);

/** rp_reason_free: @self: (nullable). */
void rp_reason_free (RpReason *self);

/**
 * rp_reason_code_to_nick:
 *
 * Returns: (transfer none): the code's name on the bus and in JSON, in lower case
 *   with dashes, such as "hosts-domain"
 */
const char *rp_reason_code_to_nick (RpReasonCode code);

/**
 * rp_reason_code_from_nick:
 *
 * Returns: the code, or %RP_REASON_LAST when @nick names none
 */
RpReasonCode rp_reason_code_from_nick (const char *nick);

/**
 * rp_reason_to_variant:
 *
 * Returns: (transfer floating): a pair "(sas)" of nick and arguments
 */
GVariant *rp_reason_to_variant (const RpReason *self);

/**
 * rp_reason_from_variant:
 * @variant: of type "(sas)"
 *
 * Returns: (transfer full) (nullable): the reason, %NULL for an unknown nick
 */
RpReason *rp_reason_from_variant (GVariant *variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpReason, rp_reason_free)

G_END_DECLS
