/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-notice.h"

static const char *const kind_nicks[RP_NOTICE_N_KINDS] = {
  [RP_NOTICE_DELAYED] = "delayed", [RP_NOTICE_KEYRING] = "keyring",
  [RP_NOTICE_SIGN_IN] = "sign-in", [RP_NOTICE_FAILED] = "failed",
  [RP_NOTICE_DOUBT] = "doubt",     [RP_NOTICE_DAMAGED] = "damaged",
};

static const char *const action_nicks[RP_NOTICE_N_ACTIONS] = {
  [RP_NOTICE_SHOW] = "show",
  [RP_NOTICE_UNLOCK] = "unlock",
  [RP_NOTICE_SEND_AGAIN] = "send-again",
  [RP_NOTICE_DROP] = "drop",
};

RpNotice *
rp_notice_copy (const RpNotice *self)
{
  RpNotice *copy = g_new0 (RpNotice, 1);

  copy->key = g_strdup (self->key);
  copy->kind = self->kind;
  copy->id = g_strdup (self->id);
  copy->n_messages = self->n_messages;
  copy->recipients = g_strdupv (self->recipients);
  copy->reason = rp_reason_copy (self->reason);
  copy->reply = self->reply != NULL ? rp_reply_copy (self->reply) : NULL;
  return copy;
}

void
rp_notice_free (RpNotice *self)
{
  if (self == NULL)
    return;

  g_free (self->key);
  g_free (self->id);
  g_strfreev (self->recipients);
  rp_reason_free (self->reason);
  g_clear_pointer (&self->reply, rp_reply_free);
  g_free (self);
}

/* --- which messages each kind is about --- */

static gboolean
waits_for_keyring (const RpCustodyRecipient *recipient)
{
  return recipient->state == RP_CUSTODY_WAITING && recipient->reason != NULL
         && recipient->reason->code == RP_REASON_KEYRING_LOCKED;
}

/* What no other network and no patience mends, but "roampost login", "kinit", another
 * certificate or the desktop's accounts. */
static gboolean
waits_for_sign_in (const RpCustodyRecipient *recipient)
{
  static const RpReasonCode codes[] = {
    RP_REASON_NO_PASSWORD,     RP_REASON_LOGIN_REFUSED,   RP_REASON_NO_SIGN_IN,
    RP_REASON_SIGN_IN_REVOKED, RP_REASON_SIGN_IN_REFUSED, RP_REASON_NO_TICKET,
    RP_REASON_TICKET_REFUSED,  RP_REASON_POP_REFUSED,     RP_REASON_NO_DESKTOP_TOKEN,
    RP_REASON_NO_CERTIFICATE,
  };

  if (recipient->state != RP_CUSTODY_WAITING || recipient->reason == NULL)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (recipient->reason->code == codes[i])
      return TRUE;

  return FALSE;
}

/* NOTIFY=NEVER (RFC 3461 section 4.1): no report of a failure is wanted, ours neither.
 */
static gboolean
wants_no_report (const RpCustody *custody, guint index)
{
  const char *notify = rp_envelope_get_recipient (custody->envelope, index)->notify;

  return notify != NULL && g_ascii_strcasecmp (notify, "NEVER") == 0;
}

/* Whether the notice of @kind is about the recipient at @index of a message that is
 * whole. */
static gboolean
concerns (RpNoticeKind kind, const RpCustody *custody, guint index)
{
  const RpCustodyRecipient *recipient = rp_custody_get_recipient (custody, index);

  switch (kind)
    {
    case RP_NOTICE_DELAYED:
      return recipient->state == RP_CUSTODY_WAITING;
    case RP_NOTICE_KEYRING:
      return waits_for_keyring (recipient);
    case RP_NOTICE_SIGN_IN:
      return waits_for_sign_in (recipient);
    case RP_NOTICE_FAILED:
      return recipient->state == RP_CUSTODY_FAILED && !wants_no_report (custody, index);
    case RP_NOTICE_DOUBT:
      return recipient->state == RP_CUSTODY_DOUBT;
    case RP_NOTICE_DAMAGED:
      return recipient->state != RP_CUSTODY_SENT;
    case RP_NOTICE_N_KINDS:
      break;
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
concerns_somebody (RpNoticeKind kind, const RpCustody *custody)
{
  for (guint i = 0; i < rp_custody_get_n_recipients (custody); i++)
    if (concerns (kind, custody, i))
      return TRUE;

  return FALSE;
}

/* Whether the message waits for what only its user can do. */
static gboolean
waits_for_user (RpNoticeKind kind, const RpCustody *custody)
{
  return custody->damage == NULL && !custody->is_held && custody->n_attempts > 0
         && concerns_somebody (kind, custody);
}

/* Whether the message would be late, once it is there for long enough. */
static gboolean
can_be_late (const RpCustody *custody)
{
  return custody->damage == NULL && !custody->is_held
         && !waits_for_user (RP_NOTICE_KEYRING, custody)
         && !waits_for_user (RP_NOTICE_SIGN_IN, custody)
         && concerns_somebody (RP_NOTICE_DELAYED, custody);
}

static gboolean
is_about (RpNoticeKind kind, const RpNoticeMessage *message, gint64 now_ms)
{
  const RpCustody *custody = message->custody;

  switch (kind)
    {
    case RP_NOTICE_DELAYED:
      return can_be_late (custody)
             && now_ms - message->since_ms >= RP_NOTICE_DELAYED_MS;
    case RP_NOTICE_KEYRING:
    case RP_NOTICE_SIGN_IN:
      return waits_for_user (kind, custody);
    case RP_NOTICE_DOUBT:
      return custody->damage == NULL && !message->is_reply_awaited
             && concerns_somebody (kind, custody);
    case RP_NOTICE_FAILED:
      return custody->damage == NULL && concerns_somebody (kind, custody);
    case RP_NOTICE_DAMAGED:
      return custody->damage != NULL;
    case RP_NOTICE_N_KINDS:
      break;
    }
  g_return_val_if_reached (FALSE);
}

/* --- making one --- */

/* The addresses of @custody that @kind is about, each once. */
static void
add_recipients (GPtrArray *addresses, RpNoticeKind kind, const RpCustody *custody)
{
  for (guint i = 0; i < rp_custody_get_n_recipients (custody); i++)
    {
      char *address = rp_envelope_get_recipient (custody->envelope, i)->address;

      if (concerns (kind, custody, i)
          && !g_ptr_array_find_with_equal_func (addresses, address, g_str_equal, NULL))
        g_ptr_array_add (addresses, address);
    }
}

static GStrv
dup_recipients (RpNoticeKind kind, const GPtrArray *messages)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();

  for (guint i = 0; i < messages->len; i++)
    add_recipients (addresses, kind, g_ptr_array_index (messages, i));
  g_ptr_array_add (addresses, NULL);
  return g_strdupv ((char **) addresses->pdata);
}

/* The reason that all of them have in common. */
static const RpReason *
find_reason (RpNoticeKind kind, const GPtrArray *messages)
{
  const RpReason *found = NULL;

  for (guint i = 0; i < messages->len; i++)
    {
      const RpCustody *custody = g_ptr_array_index (messages, i);

      for (guint n = 0; n < rp_custody_get_n_recipients (custody); n++)
        {
          const RpCustodyRecipient *recipient = rp_custody_get_recipient (custody, n);

          if (!concerns (kind, custody, n))
            continue;
          if (recipient->reason == NULL
              || (found != NULL && !rp_reason_equal (found, recipient->reason)))
            return NULL;
          found = recipient->reason;
        }
    }

  return found;
}

/* Of several servers the one that spoke of the first recipient. */
static const RpReply *
find_reply (RpNoticeKind kind, const RpCustody *custody)
{
  for (guint i = 0; i < rp_custody_get_n_recipients (custody); i++)
    if (concerns (kind, custody, i))
      return rp_custody_get_recipient (custody, i)->reply;

  return NULL;
}

/* @messages: (element-type RpCustody): at least one
 * @is_single: of its own, though there may be others of its kind */
static RpNotice *
make_notice (RpNoticeKind kind, const GPtrArray *messages, gboolean is_single)
{
  const RpCustody *first = g_ptr_array_index (messages, 0);
  const RpReply *reply = find_reply (kind, first);
  RpNotice *self = g_new0 (RpNotice, 1);

  self->kind = kind;
  self->key = is_single ? g_strconcat (kind_nicks[kind], ":", first->id, NULL)
                        : g_strdup (kind_nicks[kind]);
  self->id = messages->len == 1 ? g_strdup (first->id) : NULL;
  self->n_messages = messages->len;
  self->recipients = dup_recipients (kind, messages);
  self->reason = rp_reason_copy (find_reason (kind, messages));
  if (messages->len == 1 && reply != NULL)
    self->reply = rp_reply_copy (reply);
  return self;
}

static gboolean
is_one_a_message (RpNoticeKind kind)
{
  return kind == RP_NOTICE_FAILED || kind == RP_NOTICE_DOUBT;
}

static void
add_notices (GPtrArray *notices, RpNoticeKind kind, const GPtrArray *messages)
{
  if (messages->len == 0)
    return;

  if (!is_one_a_message (kind) || messages->len > RP_NOTICE_MAX_SINGLE)
    {
      g_ptr_array_add (notices, make_notice (kind, messages, FALSE));
      return;
    }

  for (guint i = 0; i < messages->len; i++)
    {
      g_autoptr (GPtrArray) single = g_ptr_array_new ();

      g_ptr_array_add (single, g_ptr_array_index (messages, i));
      g_ptr_array_add (notices, make_notice (kind, single, TRUE));
    }
}

static gint64
find_next_ms (const RpNoticeMessage *messages, guint n_messages, gint64 now_ms)
{
  gint64 next_ms = -1;

  for (guint i = 0; i < n_messages; i++)
    {
      gint64 late_ms = messages[i].since_ms + RP_NOTICE_DELAYED_MS;

      if (can_be_late (messages[i].custody) && late_ms > now_ms
          && (next_ms == -1 || late_ms < next_ms))
        next_ms = late_ms;
    }

  return next_ms;
}

GPtrArray *
rp_notice_find_all (const RpNoticeMessage *messages,
                    guint n_messages,
                    gint64 now_ms,
                    gint64 *next_ms)
{
  GPtrArray *notices = g_ptr_array_new_with_free_func ((GDestroyNotify) rp_notice_free);

  for (guint kind = 0; kind < RP_NOTICE_N_KINDS; kind++)
    {
      g_autoptr (GPtrArray) concerned = g_ptr_array_new ();

      for (guint i = 0; i < n_messages; i++)
        if (is_about ((RpNoticeKind) kind, &messages[i], now_ms))
          g_ptr_array_add (concerned, (gpointer) messages[i].custody);
      add_notices (notices, (RpNoticeKind) kind, concerned);
    }

  if (next_ms != NULL)
    *next_ms = find_next_ms (messages, n_messages, now_ms);
  return notices;
}

/* --- comparing, and what can be done --- */

static gboolean
reply_equal (const RpReply *a, const RpReply *b)
{
  g_autofree char *text_a = a != NULL ? rp_reply_dup_text (a) : NULL;
  g_autofree char *text_b = b != NULL ? rp_reply_dup_text (b) : NULL;

  return g_strcmp0 (text_a, text_b) == 0;
}

gboolean
rp_notice_equal (const RpNotice *a, const RpNotice *b)
{
  g_autofree char *recipients_a = g_strjoinv (" ", a->recipients);
  g_autofree char *recipients_b = g_strjoinv (" ", b->recipients);

  return g_str_equal (a->key, b->key) && g_strcmp0 (a->id, b->id) == 0
         && a->n_messages == b->n_messages && g_str_equal (recipients_a, recipients_b)
         && rp_reason_equal (a->reason, b->reason) && reply_equal (a->reply, b->reply);
}

gboolean
rp_notice_is_news (const RpNotice *self, const RpNotice *before)
{
  return self->n_messages > before->n_messages
         || (self->n_messages == before->n_messages
             && g_strv_length (self->recipients) > g_strv_length (before->recipients));
}

gboolean
rp_notice_offers (const RpNotice *self, RpNoticeAction action)
{
  switch (action)
    {
    case RP_NOTICE_SHOW:
      return self->id != NULL;
    case RP_NOTICE_UNLOCK:
      return self->kind == RP_NOTICE_KEYRING;
    case RP_NOTICE_SEND_AGAIN:
    case RP_NOTICE_DROP:
      return self->id != NULL && is_one_a_message (self->kind);
    case RP_NOTICE_N_ACTIONS:
      break;
    }
  g_return_val_if_reached (FALSE);
}

const char *
rp_notice_action_to_nick (RpNoticeAction action)
{
  g_return_val_if_fail ((guint) action < RP_NOTICE_N_ACTIONS, "show");

  return action_nicks[action];
}

gboolean
rp_notice_action_from_nick (const char *nick, RpNoticeAction *action)
{
  for (guint i = 0; i < RP_NOTICE_N_ACTIONS; i++)
    if (g_str_equal (action_nicks[i], nick))
      {
        *action = (RpNoticeAction) i;
        return TRUE;
      }

  return FALSE;
}
