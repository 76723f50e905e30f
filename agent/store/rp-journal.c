/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-journal.h"

#include "store/rp-query.h"
#include "store/rp-request.h"

#define COLUMNS                                                                        \
  "id, received_at, sender, recipients, bytes, network, program, outcome, subject"

typedef struct
{
  char *message_id;
  char *outcome;
} Ending;

typedef struct
{
  char *message_id;
  gint64 at_s;
  GVariant *step;
} Line;

void
rp_journal_entry_free (RpJournalEntry *self)
{
  if (self == NULL)
    return;

  g_free (self->message_id);
  g_free (self->sender);
  g_strfreev (self->recipients);
  g_free (self->network);
  g_free (self->program);
  g_free (self->subject);
  g_free (self);
}

static void
ending_free (Ending *self)
{
  g_free (self->message_id);
  g_free (self->outcome);
  g_free (self);
}

static void
line_free (Line *self)
{
  g_free (self->message_id);
  g_variant_unref (self->step);
  g_free (self);
}

/* ---- writing; these run in the store's thread ---- */

/* An address in a message may hold any octets; a variant holds UTF-8 only. */
static char *
dup_recipients_text (char **recipients)
{
  g_autoptr (GStrvBuilder) valid = g_strv_builder_new ();
  g_auto (GStrv) strings = NULL;
  g_autoptr (GVariant) variant = NULL;

  for (guint i = 0; recipients != NULL && recipients[i] != NULL; i++)
    {
      g_autofree char *string = g_utf8_make_valid (recipients[i], -1);

      g_strv_builder_add (valid, string);
    }
  strings = g_strv_builder_end (valid);
  variant = g_variant_ref_sink (g_variant_new_strv ((const char *const *) strings, -1));
  return g_variant_print (variant, FALSE);
}

static char *
dup_valid (const char *text)
{
  return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

static gboolean
begin (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  const RpJournalEntry *entry = data;
  g_autofree char *recipients = dup_recipients_text (entry->recipients);
  g_autofree char *sender = g_utf8_make_valid (entry->sender ? entry->sender : "", -1);
  g_autofree char *network = dup_valid (entry->network);
  g_autofree char *program = dup_valid (entry->program);
  g_autofree char *subject = dup_valid (entry->subject);

  return rp_query_run (database, error,
                       "INSERT INTO messages"
                       " (id, received_at, sender, recipients, bytes, network, program,"
                       " subject) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                       "sxssxsss", entry->message_id, entry->received_at_s, sender,
                       recipients, (gint64) entry->n_bytes, network, program, subject);
}

static gboolean
add (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  const Line *line = data;
  g_autofree char *text = g_variant_print (line->step, TRUE);

  return rp_query_run (database, error,
                       "INSERT INTO steps (message, at, step) VALUES (?, ?, ?)", "sxs",
                       line->message_id, line->at_s, text);
}

static gboolean
end (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  const Ending *ending = data;

  return rp_query_run (database, error, "UPDATE messages SET outcome = ? WHERE id = ?",
                       "ss", ending->outcome, ending->message_id);
}

static gboolean
expire (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  gint64 oldest_s = *(const gint64 *) data;

  /* Steps of a message go with it, never before it: a story stays whole. */
  return rp_query_run (database, error, "DELETE FROM messages WHERE received_at < ?",
                       "x", oldest_s)
         && rp_query_run (database, error,
                          "DELETE FROM steps WHERE NOT EXISTS"
                          " (SELECT 1 FROM messages WHERE id = steps.message)"
                          " AND at < ?",
                          "x", oldest_s);
}

void
rp_journal_begin (RpStore *store, RpJournalEntry *entry)
{
  rp_store_push (store, begin, entry, (GDestroyNotify) rp_journal_entry_free);
}

void
rp_journal_add (RpStore *store, const RpStep *step)
{
  Line *line = g_new0 (Line, 1);

  line->message_id = g_strdup (step->message_id);
  line->at_s = step->at_s;
  line->step = g_variant_ref_sink (rp_step_to_variant (step));
  rp_store_push (store, add, line, (GDestroyNotify) line_free);
}

void
rp_journal_end (RpStore *store, const char *message_id, const char *outcome)
{
  Ending *ending = g_new0 (Ending, 1);

  ending->message_id = g_strdup (message_id);
  ending->outcome = g_strdup (outcome);
  rp_store_push (store, end, ending, (GDestroyNotify) ending_free);
}

void
rp_journal_expire (RpStore *store, gint64 now_s, gint64 max_age_s)
{
  gint64 *oldest_s = g_new (gint64, 1);

  *oldest_s = now_s - max_age_s;
  rp_store_push (store, expire, oldest_s, g_free);
}

/* ---- reading; these run in the store's thread, but for _async and _finish ---- */

static void
add_text (GVariantDict *dict, const char *key, RpQuery *row, int column)
{
  const char *text = rp_query_get_text (row, column);

  if (text != NULL)
    g_variant_dict_insert (dict, key, "s", text);
}

/* A row of COLUMNS as the bus tells it. */
static void
read_entry (GVariantDict *dict, RpQuery *row)
{
  g_autoptr (GVariant) recipients = g_variant_parse (
      G_VARIANT_TYPE_STRING_ARRAY, rp_query_get_text (row, 3), NULL, NULL, NULL);

  add_text (dict, "id", row, 0);
  g_variant_dict_insert (dict, "received-at", "x", rp_query_get_number (row, 1));
  add_text (dict, "sender", row, 2);
  if (recipients != NULL)
    g_variant_dict_insert_value (dict, "recipients", recipients);
  g_variant_dict_insert (dict, "bytes", "t", (guint64) rp_query_get_number (row, 4));
  add_text (dict, "network", row, 5);
  add_text (dict, "program", row, 6);
  add_text (dict, "outcome", row, 7);
  add_text (dict, "subject", row, 8);
}

static gboolean
list (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (RpQuery) query = NULL;
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  query =
      rp_query_new (database, error,
                    "SELECT " COLUMNS " FROM messages ORDER BY sequence DESC LIMIT ?",
                    "x", (gint64) * (const guint *) data);
  if (query == NULL)
    return FALSE;

  while (rp_query_next (query, &failure))
    {
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

      read_entry (&dict, query);
      g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
    }
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  *result = g_variant_ref_sink (g_variant_builder_end (&builder));
  return TRUE;
}

/* The one message that is named so, or begins so: in *id. */
static gboolean
find_id (sqlite3 *database, const char *name, char **id, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (RpQuery) query =
      rp_query_new (database, error,
                    "SELECT id FROM messages"
                    " WHERE length (?1) > 0"
                    " AND substr (id, 1, length (?1)) = ?1 COLLATE NOCASE"
                    " ORDER BY length (id) LIMIT 2",
                    "s", name);
  const char *other;

  if (query == NULL)
    return FALSE;
  if (!rp_query_next (query, &failure))
    {
      if (failure == NULL)
        g_set_error (&failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                     "no message is named '%s': 'roampost log' lists them", name);
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  *id = g_strdup (rp_query_get_text (query, 0));
  if (g_ascii_strcasecmp (*id, name) == 0)
    return TRUE;
  if (!rp_query_next (query, &failure))
    {
      if (failure == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  other = rp_query_get_text (query, 0);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "several messages begin with '%s', such as %s and %s: give more of the "
               "name",
               name, *id, other);
  return FALSE;
}

static GVariant *
read_steps (sqlite3 *database, const char *id, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (RpQuery) query = rp_query_new (
      database, error, "SELECT step FROM steps WHERE message = ? ORDER BY sequence",
      "s", id);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  if (query == NULL)
    return NULL;
  while (rp_query_next (query, &failure))
    {
      g_autoptr (GVariant) step = g_variant_parse (
          G_VARIANT_TYPE_VARDICT, rp_query_get_text (query, 0), NULL, NULL, NULL);

      if (step != NULL)
        g_variant_builder_add_value (&builder, step);
    }
  if (failure == NULL)
    return g_variant_builder_end (&builder);

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static gboolean
story (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *id = NULL;
  g_autoptr (RpQuery) query = NULL;
  GVariant *steps;

  if (!find_id (database, data, &id, error))
    return FALSE;
  query = rp_query_new (database, error,
                        "SELECT " COLUMNS " FROM messages WHERE id = ?", "s", id);
  if (query == NULL || !rp_query_next (query, error))
    return FALSE;
  steps = read_steps (database, id, error);
  if (steps == NULL)
    return FALSE;

  read_entry (&dict, query);
  g_variant_dict_insert_value (&dict, "steps", steps);
  *result = g_variant_ref_sink (g_variant_dict_end (&dict));
  return TRUE;
}

void
rp_journal_list_async (RpStore *store,
                       guint limit,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  guint *kept = g_new (guint, 1);

  *kept = limit;
  rp_store_run_async (store, list, kept, g_free, cancellable, callback, user_data);
}

GVariant *
rp_journal_list_finish (RpStore *store, GAsyncResult *result, GError **error)
{
  return rp_store_run_finish (store, result, error);
}

void
rp_journal_story_async (RpStore *store,
                        const char *message_id,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  rp_store_run_async (store, story, g_strdup (message_id), g_free, cancellable,
                      callback, user_data);
}

GVariant *
rp_journal_story_finish (RpStore *store, GAsyncResult *result, GError **error)
{
  return rp_store_run_finish (store, result, error);
}
