/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-lessons.h"

#include "store/rp-query.h"
#include "store/rp-request.h"

/* These run in the store's thread. */

static gboolean
load (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (RpQuery) query =
      rp_query_new (database, error,
                    "SELECT kind, place, subject, learned_at FROM lessons"
                    " ORDER BY learned_at",
                    "");
  g_auto (GVariantBuilder) builder =
      G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sssx)"));

  if (query == NULL)
    return FALSE;
  while (rp_query_next (query, &failure))
    g_variant_builder_add (&builder, "(sssx)", rp_query_get_text (query, 0),
                           rp_query_get_text (query, 1), rp_query_get_text (query, 2),
                           rp_query_get_number (query, 3));
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  *result = g_variant_ref_sink (g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
keep (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  const RpLesson *lesson = data;

  return rp_query_run (database, error,
                       "INSERT OR REPLACE INTO lessons"
                       " (kind, place, subject, learned_at) VALUES (?, ?, ?, ?)",
                       "sssx", rp_lesson_kind_to_nick (lesson->kind), lesson->place,
                       lesson->subject, lesson->learned_at_s)
         && rp_query_run (database, error, "DELETE FROM lessons WHERE learned_at < ?",
                          "x", lesson->learned_at_s - RP_MEMORY_KEPT_S);
}

static gboolean
drop (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  const RpLesson *lesson = data;

  return rp_query_run (database, error,
                       "DELETE FROM lessons"
                       " WHERE kind = ? AND place = ? AND subject = ?",
                       "sss", rp_lesson_kind_to_nick (lesson->kind), lesson->place,
                       lesson->subject);
}

static gboolean
drop_place (sqlite3 *database, gconstpointer data, GVariant **result, GError **error)
{
  const char *place = data;

  return rp_query_run (database, error, "DELETE FROM lessons WHERE place = ?", "s",
                       place);
}

/* And these in the main context. */

RpMemory *
rp_lessons_load (RpStore *store, GError **error)
{
  g_autoptr (RpMemory) memory = NULL;
  g_autoptr (GVariant) rows = NULL;
  const char *nick, *place, *subject;
  gint64 learned_at_s;
  GVariantIter iter;

  if (!rp_store_run (store, load, NULL, NULL, &rows, error))
    return NULL;

  memory = rp_memory_new ();
  g_variant_iter_init (&iter, rows);
  while (
      g_variant_iter_next (&iter, "(&s&s&sx)", &nick, &place, &subject, &learned_at_s))
    {
      RpLessonKind kind;

      if (rp_lesson_kind_from_nick (nick, &kind))
        rp_memory_learn (memory, rp_lesson_new (kind, place, subject, learned_at_s));
    }
  return g_steal_pointer (&memory);
}

static void
push_lesson (RpStore *store, RpWork work, const RpLesson *lesson)
{
  RpLesson *copy = rp_lesson_new (lesson->kind, lesson->place, lesson->subject,
                                  lesson->learned_at_s);

  rp_store_push (store, work, copy, (GDestroyNotify) rp_lesson_free);
}

void
rp_lessons_keep (RpStore *store, const RpLesson *lesson)
{
  push_lesson (store, keep, lesson);
}

void
rp_lessons_drop (RpStore *store, const RpLesson *lesson)
{
  push_lesson (store, drop, lesson);
}

void
rp_lessons_drop_place (RpStore *store, const char *place)
{
  rp_store_push (store, drop_place, g_strdup (place), g_free);
}
