/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each place taught us about servers. A lesson only puts a route last, never
 * out, and is forgotten with time and with the network. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** RpLessonKind: what was learned. */
typedef enum
{
  RP_LESSON_UNREACHABLE, /* the endpoint cannot be reached from there */
  RP_LESSON_RELAY_DENIED /* the server does not relay for us from there */
} RpLessonKind;

/**
 * RpLesson:
 * @place: rp_surroundings_dup_place() of where it was learned
 * @subject: an endpoint's URL, or a server's name
 * @learned_at_s: seconds since the epoch
 */
typedef struct
{
  RpLessonKind kind;
  char *place;
  char *subject;
  gint64 learned_at_s;
} RpLesson;

/** rp_lesson_free: @self: (nullable). */
void rp_lesson_free (RpLesson *self);

/**
 * rp_lesson_new:
 * @place: rp_surroundings_dup_place() of where it was learned
 * @subject: an endpoint's URL for %RP_LESSON_UNREACHABLE, a server's name for
 *   %RP_LESSON_RELAY_DENIED
 * @learned_at_s: seconds since the epoch
 *
 * Returns: (transfer full): a new lesson
 */
RpLesson *rp_lesson_new (RpLessonKind kind,
                         const char *place,
                         const char *subject,
                         gint64 learned_at_s);

/** RP_MEMORY_KEPT_S: how long a lesson counts, in seconds. */
#define RP_MEMORY_KEPT_S (6 * 60 * 60)

/** RpMemory: all lessons, each kind of a place and subject once. */
typedef struct _RpMemory RpMemory;

/** rp_memory_new: (transfer full): one that knows nothing. */
RpMemory *rp_memory_new (void);

/** rp_memory_free: @self: (nullable). */
void rp_memory_free (RpMemory *self);

/** rp_memory_learn: @lesson: (transfer full): replaces one of the same kind, place and
 * subject. */
void rp_memory_learn (RpMemory *self, RpLesson *lesson);

/**
 * rp_memory_unlearn:
 *
 * The opposite was seen: forgets that lesson.
 *
 * Returns: whether there was one
 */
gboolean rp_memory_unlearn (RpMemory *self,
                            RpLessonKind kind,
                            const char *place,
                            const char *subject);

/** rp_memory_forget_place: forgets all that was learned at @place. */
void rp_memory_forget_place (RpMemory *self, const char *place);

/** rp_memory_knows: whether that lesson was learned and still counts at @now_s, in
 * seconds since the epoch. */
gboolean rp_memory_knows (const RpMemory *self,
                          RpLessonKind kind,
                          const char *place,
                          const char *subject,
                          gint64 now_s);

/**
 * rp_memory_list_place:
 * @now_s: seconds since the epoch
 *
 * Returns: (transfer container) (element-type RpLesson): what was learned at @place
 *   and still counts at @now_s, sorted by kind and subject; lent by the memory
 */
GPtrArray *rp_memory_list_place (const RpMemory *self, const char *place, gint64 now_s);

/** rp_lesson_kind_to_nick: (transfer none): the kind's name in records and on the bus.
 */
const char *rp_lesson_kind_to_nick (RpLessonKind kind);

/** rp_lesson_kind_from_nick: whether @nick names a kind, which is then in @kind. */
gboolean rp_lesson_kind_from_nick (const char *nick, RpLessonKind *kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpLesson, rp_lesson_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpMemory, rp_memory_free)

G_END_DECLS
