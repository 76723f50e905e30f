/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-memory.h"

#include <string.h>

struct _RpMemory
{
  GHashTable *lessons; /* key of kind, place and subject to RpLesson */
};

static const char *const nicks[] = {
  [RP_LESSON_UNREACHABLE] = "unreachable",
  [RP_LESSON_RELAY_DENIED] = "relay-denied",
};

RpLesson *
rp_lesson_new (RpLessonKind kind,
               const char *place,
               const char *subject,
               gint64 learned_at_s)
{
  RpLesson *self = g_new0 (RpLesson, 1);

  self->kind = kind;
  self->place = g_strdup (place);
  self->subject = g_strdup (subject);
  self->learned_at_s = learned_at_s;
  return self;
}

void
rp_lesson_free (RpLesson *self)
{
  if (self == NULL)
    return;

  g_free (self->place);
  g_free (self->subject);
  g_free (self);
}

const char *
rp_lesson_kind_to_nick (RpLessonKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (nicks), "");

  return nicks[kind];
}

gboolean
rp_lesson_kind_from_nick (const char *nick, RpLessonKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++)
    if (g_str_equal (nicks[i], nick))
      {
        *kind = (RpLessonKind) i;
        return TRUE;
      }

  return FALSE;
}

/* The lengths keep apart what the texts could run together: an SSID, and with it a
 * place, holds whatever its owner liked. */
static char *
dup_key (RpLessonKind kind, const char *place, const char *subject)
{
  return g_strdup_printf ("%d %" G_GSIZE_FORMAT " %s %s", (int) kind,
                          (gsize) strlen (place), place, subject);
}

RpMemory *
rp_memory_new (void)
{
  RpMemory *self = g_new0 (RpMemory, 1);

  self->lessons = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) rp_lesson_free);
  return self;
}

void
rp_memory_free (RpMemory *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->lessons);
  g_free (self);
}

void
rp_memory_learn (RpMemory *self, RpLesson *lesson)
{
  g_hash_table_replace (self->lessons,
                        dup_key (lesson->kind, lesson->place, lesson->subject), lesson);
}

gboolean
rp_memory_unlearn (RpMemory *self,
                   RpLessonKind kind,
                   const char *place,
                   const char *subject)
{
  g_autofree char *key = dup_key (kind, place, subject);

  return g_hash_table_remove (self->lessons, key);
}

static gboolean
is_of_place (gpointer key, gpointer value, gpointer user_data)
{
  const RpLesson *lesson = (const RpLesson *) value;

  return g_str_equal (lesson->place, (const char *) user_data);
}

void
rp_memory_forget_place (RpMemory *self, const char *place)
{
  g_hash_table_foreach_remove (self->lessons, is_of_place, (gpointer) place);
}

/* A clock that was set back must not keep a lesson for ever: one from the future counts
 * no longer than one from the past. */
static gboolean
still_counts (const RpLesson *lesson, gint64 now_s)
{
  gint64 age_s = now_s - lesson->learned_at_s;

  return age_s > -RP_MEMORY_KEPT_S && age_s < RP_MEMORY_KEPT_S;
}

gboolean
rp_memory_knows (const RpMemory *self,
                 RpLessonKind kind,
                 const char *place,
                 const char *subject,
                 gint64 now_s)
{
  g_autofree char *key = dup_key (kind, place, subject);
  const RpLesson *lesson = (const RpLesson *) g_hash_table_lookup (self->lessons, key);

  return lesson != NULL && still_counts (lesson, now_s);
}

static gint
compare_lessons (gconstpointer a, gconstpointer b)
{
  const RpLesson *left = *(const RpLesson *const *) a;
  const RpLesson *right = *(const RpLesson *const *) b;

  if (left->kind != right->kind)
    return left->kind < right->kind ? -1 : 1;
  return g_strcmp0 (left->subject, right->subject);
}

GPtrArray *
rp_memory_list_place (const RpMemory *self, const char *place, gint64 now_s)
{
  GPtrArray *found = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->lessons);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RpLesson *lesson = (RpLesson *) value;

      if (g_str_equal (lesson->place, place) && still_counts (lesson, now_s))
        g_ptr_array_add (found, lesson);
    }

  g_ptr_array_sort (found, compare_lessons);
  return found;
}
