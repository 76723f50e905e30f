/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-schedule.h"

#include "core/rp-backoff.h"

/* Entry:
 * @begun_ms: start of the running attempt; counts while @is_in_flight
 * @was_woken: since the last attempt began
 */
typedef struct
{
  char *id;
  gint64 taken_ms;
  gint64 due_ms;
  gint64 begun_ms;
  guint n_attempts;
  gboolean is_in_flight;
  gboolean was_woken;
  gboolean is_held;
  gboolean is_waiting;
} Entry;

struct _RpSchedule
{
  GPtrArray *entries; /* Entry, in the order of acceptance */
  GHashTable *by_id;  /* their id to Entry */
  gint64 lifetime_ms;
  gboolean is_shut; /* no mail can leave this place */
};

static void
entry_free (Entry *self)
{
  g_free (self->id);
  g_free (self);
}

RpSchedule *
rp_schedule_new (void)
{
  RpSchedule *self = g_new0 (RpSchedule, 1);

  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->lifetime_ms = G_MAXINT64;
  return self;
}

void
rp_schedule_free (RpSchedule *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

void
rp_schedule_set_lifetime_ms (RpSchedule *self, gint64 lifetime_ms)
{
  self->lifetime_ms = lifetime_ms;
}

void
rp_schedule_set_connectivity (RpSchedule *self, RpConnectivity connectivity)
{
  self->is_shut =
      connectivity == RP_CONNECTIVITY_NONE || connectivity == RP_CONNECTIVITY_PORTAL;
}

/* --- the messages --- */

static Entry *
get_entry (const RpSchedule *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

void
rp_schedule_add (RpSchedule *self, const char *id, gint64 taken_ms)
{
  Entry *entry;

  g_return_if_fail (get_entry (self, id) == NULL);

  entry = g_new0 (Entry, 1);
  entry->id = g_strdup (id);
  entry->taken_ms = taken_ms;
  entry->due_ms = taken_ms;
  entry->is_waiting = TRUE;
  g_ptr_array_add (self->entries, entry);
  g_hash_table_insert (self->by_id, entry->id, entry);
}

void
rp_schedule_remove (RpSchedule *self, const char *id)
{
  Entry *entry = get_entry (self, id);
  guint index;

  if (entry == NULL)
    return;

  g_hash_table_remove (self->by_id, id);
  if (g_ptr_array_find (self->entries, entry, &index))
    g_ptr_array_remove_index (self->entries, index);
}

void
rp_schedule_set_held (RpSchedule *self, const char *id, gboolean is_held)
{
  Entry *entry = get_entry (self, id);

  g_return_if_fail (entry != NULL);

  entry->is_held = is_held;
}

void
rp_schedule_set_waiting (RpSchedule *self, const char *id, gboolean is_waiting)
{
  Entry *entry = get_entry (self, id);

  g_return_if_fail (entry != NULL);

  entry->is_waiting = is_waiting;
}

static void
wake (Entry *entry, gint64 now_ms)
{
  entry->n_attempts = 0;
  entry->due_ms = now_ms;
  entry->was_woken = TRUE;
}

void
rp_schedule_wake_all (RpSchedule *self, gint64 now_ms)
{
  for (guint i = 0; i < self->entries->len; i++)
    wake (g_ptr_array_index (self->entries, i), now_ms);
}

void
rp_schedule_wake (RpSchedule *self, const char *id, gint64 now_ms)
{
  Entry *entry = get_entry (self, id);

  g_return_if_fail (entry != NULL);

  wake (entry, now_ms);
  entry->taken_ms = now_ms;
}

/* --- what is attempted now --- */

static gboolean
may_begin (const Entry *entry)
{
  return entry->is_waiting && !entry->is_held && !entry->is_in_flight;
}

/* Flight: what is in the air.
 * @oldest_young_ms: start of the oldest of the young ones
 */
typedef struct
{
  guint n_all;
  guint n_young;
  gint64 oldest_young_ms;
} Flight;

static Flight
look_at_flight (const RpSchedule *self, gint64 now_ms)
{
  Flight flight = { 0, 0, G_MAXINT64 };

  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->entries, i);

      if (!entry->is_in_flight)
        continue;
      flight.n_all++;
      if (now_ms - entry->begun_ms >= RP_SCHEDULE_YOUNG_MS)
        continue;
      flight.n_young++;
      flight.oldest_young_ms = MIN (flight.oldest_young_ms, entry->begun_ms);
    }

  return flight;
}

static void
begin (Entry *entry, gint64 now_ms)
{
  entry->is_in_flight = TRUE;
  entry->was_woken = FALSE;
  entry->begun_ms = now_ms;
}

const char *
rp_schedule_begin_next (RpSchedule *self, gint64 now_ms)
{
  Flight flight = look_at_flight (self, now_ms);

  if (self->is_shut || flight.n_young >= RP_SCHEDULE_MAX_YOUNG
      || flight.n_all >= RP_SCHEDULE_MAX_IN_FLIGHT)
    return NULL;

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (!may_begin (entry) || entry->due_ms > now_ms)
        continue;
      begin (entry, now_ms);
      return entry->id;
    }

  return NULL;
}

void
rp_schedule_begin (RpSchedule *self, const char *id, gint64 now_ms)
{
  Entry *entry = get_entry (self, id);

  g_return_if_fail (entry != NULL && !entry->is_in_flight);

  begin (entry, now_ms);
}

gboolean
rp_schedule_end (RpSchedule *self, const char *id, gint64 now_ms, guint32 random)
{
  Entry *entry = get_entry (self, id);
  gboolean was_woken;

  g_return_val_if_fail (entry != NULL && entry->is_in_flight, FALSE);

  was_woken = entry->was_woken;
  entry->is_in_flight = FALSE;
  if (!was_woken)
    entry->due_ms = now_ms + rp_backoff_get_delay_ms (++entry->n_attempts, random);
  return entry->is_waiting && !was_woken && !self->is_shut
         && now_ms - entry->taken_ms >= self->lifetime_ms;
}

/* --- when to look again --- */

gint64
rp_schedule_get_next_ms (const RpSchedule *self, gint64 now_ms)
{
  Flight flight = look_at_flight (self, now_ms);
  gint64 next_ms = G_MAXINT64;

  if (self->is_shut || flight.n_all >= RP_SCHEDULE_MAX_IN_FLIGHT)
    return -1;

  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->entries, i);

      if (may_begin (entry))
        next_ms = MIN (next_ms, entry->due_ms);
    }

  if (next_ms == G_MAXINT64)
    return -1;
  if (flight.n_young >= RP_SCHEDULE_MAX_YOUNG)
    next_ms = MAX (next_ms, flight.oldest_young_ms + RP_SCHEDULE_YOUNG_MS);
  return MAX (next_ms, now_ms);
}

gint64
rp_schedule_get_due_ms (const RpSchedule *self, const char *id)
{
  const Entry *entry = get_entry (self, id);

  return entry != NULL && may_begin (entry) ? entry->due_ms : -1;
}

guint
rp_schedule_get_n_attempts (const RpSchedule *self, const char *id)
{
  const Entry *entry = get_entry (self, id);

  return entry != NULL ? entry->n_attempts : 0;
}

gboolean
rp_schedule_is_in_flight (const RpSchedule *self, const char *id)
{
  const Entry *entry = get_entry (self, id);

  return entry != NULL && entry->is_in_flight;
}
