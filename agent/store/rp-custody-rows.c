/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-custody-rows.h"

#include "store/rp-custody-store.h"
#include "store/rp-query.h"

#define REPLY_TYPE G_VARIANT_TYPE ("(umsas)")
#define REASON_TYPE G_VARIANT_TYPE ("(sas)")

/* ---- replies and reasons as GVariant text, for the sqlite3 shell to read ---- */

/* A server's words and an address may hold any octets; a variant holds UTF-8 only. */
static GStrv
dup_valid_strv (char **strings)
{
  const guint n_strings = g_strv_length (strings);
  GStrv valid = g_new0 (char *, n_strings + 1);

  for (guint i = 0; i < n_strings; i++)
    valid[i] = g_utf8_make_valid (strings[i], -1);
  return valid;
}

static char *
print (GVariant *floating)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (floating);

  return g_variant_print (variant, FALSE);
}

static char *
print_reply (const RpReply *reply)
{
  g_auto (GStrv) lines = NULL;

  if (reply == NULL)
    return NULL;
  lines = dup_valid_strv (reply->lines);
  return print (g_variant_new ("(ums^as)", reply->code, reply->enhanced, lines));
}

static RpReply *
parse_reply (const char *text)
{
  g_autoptr (GVariant) variant = NULL;
  g_auto (GStrv) lines = NULL;
  g_autofree char *joined = NULL;
  const char *enhanced;
  guint code;

  if (text == NULL)
    return NULL;
  variant = g_variant_parse (REPLY_TYPE, text, NULL, NULL, NULL);
  if (variant == NULL)
    return NULL;
  g_variant_get (variant, "(um&s^as)", &code, &enhanced, &lines);
  joined = g_strjoinv ("\n", lines);
  return rp_reply_new (code, enhanced, joined);
}

static char *
print_reason (const RpReason *reason)
{
  g_auto (GStrv) args = NULL;

  if (reason == NULL)
    return NULL;
  args = dup_valid_strv (reason->args);
  return print (g_variant_new ("(s^as)", rp_reason_code_to_nick (reason->code), args));
}

static RpReason *
parse_reason (const char *text)
{
  g_autoptr (GVariant) variant = NULL;

  if (text == NULL)
    return NULL;
  variant = g_variant_parse (REASON_TYPE, text, NULL, NULL, NULL);
  return variant != NULL ? rp_reason_from_variant (variant) : NULL;
}

/* ---- writing ---- */

static gboolean
insert_recipient (sqlite3 *database, const RpCustody *self, guint index, GError **error)
{
  const RpRecipient *address = rp_envelope_get_recipient (self->envelope, index);
  const RpCustodyRecipient *recipient = rp_custody_get_recipient (self, index);
  g_autofree char *reply = print_reply (recipient->reply);
  g_autofree char *reason = print_reason (recipient->reason);

  return rp_query_run (database, error,
                       "INSERT INTO custody_recipients (message, position, address,"
                       " notify, orcpt, state, server, reply, reason)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       "sxsssssss", self->id, (gint64) index, address->address,
                       address->notify, address->orcpt,
                       rp_custody_state_to_nick (recipient->state), recipient->server,
                       reply, reason);
}

static gboolean
insert_message (sqlite3 *database, const RpCustody *self, gint64 place, GError **error)
{
  const RpEnvelope *envelope = self->envelope;
  const RpContentFacts *facts = self->facts;

  return rp_query_run (
      database, error,
      "INSERT INTO custody (id, place, received_at, sender, ret, envid,"
      " declared_8bit, declared_utf8, declared_bytes, bytes, is_8bit,"
      " has_utf8_header, header_from, hello, is_esmtp, program, digest,"
      " is_answered, is_held, attempts, age)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "sxxsssxxxxxxssxssxxxx", self->id, place, self->received_at_s, envelope->sender,
      envelope->ret, envelope->envid, (gint64) envelope->declared_8bit,
      (gint64) envelope->declared_utf8, (gint64) envelope->declared_bytes,
      (gint64) facts->n_bytes, (gint64) facts->is_8bit, (gint64) facts->has_utf8_header,
      facts->header_from, self->hello, (gint64) self->is_esmtp, self->program,
      self->digest, (gint64) self->is_answered, (gint64) self->is_held,
      (gint64) self->n_attempts, self->age_s);
}

gboolean
rp_custody_rows_insert (sqlite3 *database,
                        gconstpointer data,
                        GVariant **result,
                        GError **error)
{
  const RpCustodyInsertion *insertion = data;
  const RpCustody *self = insertion->custody;

  if (!insert_message (database, self, insertion->place, error))
    return FALSE;
  for (guint i = 0; i < rp_custody_get_n_recipients (self); i++)
    if (!insert_recipient (database, self, i, error))
      return FALSE;
  return TRUE;
}

/* A change of what is not there would else be lost without a word. */
static gboolean
check_changed (sqlite3 *database, const char *id, GError **error)
{
  if (sqlite3_changes (database) > 0)
    return TRUE;

  g_set_error (error, RP_STORE_ERROR, RP_STORE_ERROR_FAILED,
               "%s: no message %s in custody, or no such recipient of it",
               sqlite3_db_filename (database, NULL), id);
  return FALSE;
}

gboolean
rp_custody_rows_update (sqlite3 *database,
                        gconstpointer data,
                        GVariant **result,
                        GError **error)
{
  const RpCustodyUpdate *self = data;

  for (guint i = 0; i < self->changes->len; i++)
    {
      const RpCustodyChange *change = g_ptr_array_index (self->changes, i);
      const RpCustodyRecipient *recipient = change->recipient;
      g_autofree char *reply = print_reply (recipient->reply);
      g_autofree char *reason = print_reason (recipient->reason);

      if (!rp_query_run (database, error,
                         "UPDATE custody_recipients"
                         " SET state = ?, server = ?, reply = ?, reason = ?"
                         " WHERE message = ? AND position = ?",
                         "sssssx", rp_custody_state_to_nick (recipient->state),
                         recipient->server, reply, reason, self->id,
                         (gint64) change->index)
          || !check_changed (database, self->id, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
rp_custody_rows_set_answered (sqlite3 *database,
                              gconstpointer data,
                              GVariant **result,
                              GError **error)
{
  const RpCustodySetting *self = data;

  return rp_query_run (database, error,
                       "UPDATE custody SET is_answered = 1 WHERE id = ?", "s",
                       self->id);
}

gboolean
rp_custody_rows_set_held (sqlite3 *database,
                          gconstpointer data,
                          GVariant **result,
                          GError **error)
{
  const RpCustodySetting *self = data;

  return rp_query_run (database, error, "UPDATE custody SET is_held = ? WHERE id = ?",
                       "xs", self->number, self->id);
}

gboolean
rp_custody_rows_note_attempt (sqlite3 *database,
                              gconstpointer data,
                              GVariant **result,
                              GError **error)
{
  const RpCustodySetting *self = data;

  return rp_query_run (database, error,
                       "UPDATE custody SET attempts = ?, age = ?"
                       " WHERE id = ?",
                       "xxs", self->number, self->at_s, self->id);
}

gboolean
rp_custody_rows_mark_done (sqlite3 *database,
                           gconstpointer data,
                           GVariant **result,
                           GError **error)
{
  const char *id = data;

  return rp_query_run (database, error, "UPDATE custody SET is_done = 1 WHERE id = ?",
                       "s", id)
         && check_changed (database, id, error);
}

gboolean
rp_custody_rows_delete (sqlite3 *database,
                        gconstpointer data,
                        GVariant **result,
                        GError **error)
{
  const char *id = data;

  return rp_query_run (database, error,
                       "DELETE FROM custody_recipients WHERE message = ?", "s", id)
         && rp_query_run (database, error, "DELETE FROM custody WHERE id = ?", "s", id);
}

/* ---- reading ---- */

enum
{
  ID,
  PLACE,
  IS_DONE,
  RECEIVED_AT,
  SENDER,
  RET,
  ENVID,
  DECLARED_8BIT,
  DECLARED_UTF8,
  DECLARED_BYTES,
  BYTES,
  IS_8BIT,
  HAS_UTF8_HEADER,
  HEADER_FROM,
  HELLO,
  IS_ESMTP,
  PROGRAM,
  DIGEST,
  IS_ANSWERED,
  IS_HELD,
  ATTEMPTS,
  AGE
};

static const char select_messages[] =
    "SELECT id, place, is_done, received_at, sender, ret, envid, declared_8bit,"
    " declared_utf8, declared_bytes, bytes, is_8bit, has_utf8_header, header_from,"
    " hello, is_esmtp, program, digest, is_answered, is_held, attempts,"
    " age FROM custody ORDER BY place, sequence";

static RpEnvelope *
read_envelope (RpQuery *row)
{
  RpEnvelope *envelope = rp_envelope_new (rp_query_get_text (row, SENDER));

  envelope->ret = g_strdup (rp_query_get_text (row, RET));
  envelope->envid = g_strdup (rp_query_get_text (row, ENVID));
  envelope->declared_8bit = rp_query_get_number (row, DECLARED_8BIT) != 0;
  envelope->declared_utf8 = rp_query_get_number (row, DECLARED_UTF8) != 0;
  envelope->declared_bytes = (guint64) rp_query_get_number (row, DECLARED_BYTES);
  return envelope;
}

static RpContentFacts *
read_facts (RpQuery *row)
{
  RpContentFacts *facts = g_new0 (RpContentFacts, 1);

  facts->n_bytes = (guint64) rp_query_get_number (row, BYTES);
  facts->is_8bit = rp_query_get_number (row, IS_8BIT) != 0;
  facts->has_utf8_header = rp_query_get_number (row, HAS_UTF8_HEADER) != 0;
  facts->header_from = g_strdup (rp_query_get_text (row, HEADER_FROM));
  return facts;
}

static RpCustody *
read_message (RpQuery *row)
{
  g_autoptr (RpEnvelope) envelope = read_envelope (row);
  g_autoptr (RpContentFacts) facts = read_facts (row);
  RpCustody *self = rp_custody_new (rp_query_get_text (row, ID), envelope, facts);

  self->received_at_s = rp_query_get_number (row, RECEIVED_AT);
  self->hello = g_strdup (rp_query_get_text (row, HELLO));
  self->is_esmtp = rp_query_get_number (row, IS_ESMTP) != 0;
  self->program = g_strdup (rp_query_get_text (row, PROGRAM));
  self->digest = g_strdup (rp_query_get_text (row, DIGEST));
  self->is_answered = rp_query_get_number (row, IS_ANSWERED) != 0;
  self->is_held = rp_query_get_number (row, IS_HELD) != 0;
  self->n_attempts = (guint) rp_query_get_number (row, ATTEMPTS);
  self->age_s = rp_query_get_number (row, AGE);
  return self;
}

static void
set_torn (RpCustody *self)
{
  if (self->damage == NULL)
    self->damage = g_strdup (RP_CUSTODY_TORN);
}

/* Columns: message, position, address, notify, orcpt, state, server, reply, reason. */
static void
read_recipient (RpCustody *self, RpQuery *row)
{
  /* A state that nobody knows must not lead to a second copy. */
  RpCustodyRecipient *recipient = rp_custody_recipient_new (RP_CUSTODY_DOUBT);
  RpRecipient *address;

  if (rp_query_get_number (row, 1) != self->recipients->len
      || !rp_custody_state_from_nick (rp_query_get_text (row, 5), &recipient->state))
    set_torn (self);
  address = rp_envelope_add_recipient (self->envelope, rp_query_get_text (row, 2));
  address->notify = g_strdup (rp_query_get_text (row, 3));
  address->orcpt = g_strdup (rp_query_get_text (row, 4));
  recipient->server = g_strdup (rp_query_get_text (row, 6));
  recipient->reply = parse_reply (rp_query_get_text (row, 7));
  recipient->reason = parse_reason (rp_query_get_text (row, 8));
  g_ptr_array_add (self->recipients, recipient);
}

static gboolean
load_recipients (sqlite3 *database, GHashTable *by_id, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (RpQuery) query =
      rp_query_new (database, error,
                    "SELECT message, position, address, notify, orcpt, state, server,"
                    " reply, reason FROM custody_recipients ORDER BY message, position",
                    "");

  if (query == NULL)
    return FALSE;
  while (rp_query_next (query, &failure))
    {
      RpCustody *self = g_hash_table_lookup (by_id, rp_query_get_text (query, 0));

      if (self != NULL)
        read_recipient (self, query);
    }
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
load_messages (sqlite3 *database,
               const RpCustodyLoad *load,
               GHashTable *by_id,
               GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (RpQuery) query = rp_query_new (database, error, select_messages, "");

  if (query == NULL)
    return FALSE;
  while (rp_query_next (query, &failure))
    {
      *load->last_place = rp_query_get_number (query, PLACE);
      if (rp_query_get_number (query, IS_DONE) != 0)
        g_ptr_array_add (load->done, g_strdup (rp_query_get_text (query, ID)));
      else
        {
          RpCustody *self = read_message (query);

          g_ptr_array_add (load->messages, self);
          g_hash_table_insert (by_id, self->id, self);
        }
    }
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
rp_custody_rows_load (sqlite3 *database,
                      gconstpointer data,
                      GVariant **result,
                      GError **error)
{
  const RpCustodyLoad *load = data;
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);

  if (!load_messages (database, load, by_id, error)
      || !load_recipients (database, by_id, error))
    return FALSE;

  for (guint i = 0; i < load->messages->len; i++)
    {
      RpCustody *self = g_ptr_array_index (load->messages, i);

      if (self->recipients->len == 0)
        set_torn (self);
    }
  return TRUE;
}
