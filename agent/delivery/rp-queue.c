/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-queue.h"

#include <time.h>

#include "delivery/rp-queue-private.h"
#include "store/rp-custody-store.h"

G_DEFINE_QUARK (rp - queue - error - quark, rp_queue_error)

/* GLib's timers stand still while the computer sleeps: look again after so long. */
#define LONGEST_TIMER_MS (60 * 1000)
#define PROGRESS_INTERVAL_MS 1000
#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

G_DEFINE_FINAL_TYPE (RpQueue, rp_queue, G_TYPE_OBJECT)

enum
{
  SIGNAL_DUE,
  SIGNAL_DROPPED,
  SIGNAL_STEP,
  SIGNAL_SETTLED,
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

gint64
rp_queue_get_clock_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
entry_free (RpQueueEntry *entry)
{
  rp_custody_free (entry->custody);
  g_free (entry);
}

RpQueueEntry *
rp_queue_get_entry (RpQueue *self, const char *id)
{
  return g_hash_table_lookup (self->entries, id);
}

/* --- when --- */

static void set_timer (RpQueue *self);

static void
begin_due (RpQueue *self)
{
  const char *id;

  while (self->is_started
         && (id = rp_schedule_begin_next (self->schedule, rp_queue_get_clock_ms ()))
                != NULL)
    {
      RpQueueEntry *entry = rp_queue_get_entry (self, id);

      entry->n_sent = 0;
      entry->n_doubt = rp_custody_count (entry->custody, RP_CUSTODY_DOUBT);
      g_signal_emit (self, signals[SIGNAL_DUE], 0, entry->custody);
    }
}

static gboolean
on_timer_due (gpointer user_data)
{
  g_autoptr (RpQueue) self = g_object_ref (user_data);

  g_clear_pointer (&self->timer, g_source_unref);
  begin_due (self);
  set_timer (self);
  return G_SOURCE_REMOVE;
}

static void
drop_timer (RpQueue *self)
{
  if (self->timer == NULL)
    return;

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
set_timer (RpQueue *self)
{
  const gint64 now_ms = rp_queue_get_clock_ms ();
  const gint64 next_ms = rp_schedule_get_next_ms (self->schedule, now_ms);

  drop_timer (self);
  if (!self->is_started || next_ms < 0)
    return;

  self->timer =
      g_timeout_source_new ((guint) CLAMP (next_ms - now_ms, 0, LONGEST_TIMER_MS));
  g_source_set_static_name (self->timer, "queue");
  g_source_set_callback (self->timer, on_timer_due, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

void
rp_queue_kick (RpQueue *self)
{
  set_timer (self);
}

void
rp_queue_start (RpQueue *self)
{
  self->is_started = TRUE;
  rp_queue_kick (self);
}

void
rp_queue_stop (RpQueue *self)
{
  self->is_started = FALSE;
  drop_timer (self);
}

void
rp_queue_wake (RpQueue *self)
{
  rp_schedule_wake_all (self->schedule, rp_queue_get_clock_ms ());
  rp_queue_kick (self);
}

void
rp_queue_set_connectivity (RpQueue *self, RpConnectivity connectivity)
{
  self->is_cut_off =
      connectivity == RP_CONNECTIVITY_NONE || connectivity == RP_CONNECTIVITY_PORTAL;
  rp_schedule_set_connectivity (self->schedule, connectivity);
  rp_queue_wake (self);
}

gboolean
rp_queue_is_pending (RpQueue *self, const RpCustody *custody, guint index)
{
  const RpCustodyState state = rp_custody_get_recipient (custody, index)->state;

  return state == RP_CUSTODY_WAITING
         || (state == RP_CUSTODY_DOUBT && self->retries_doubt);
}

gboolean
rp_queue_has_pending (RpQueue *self, const RpCustody *custody)
{
  if (custody->damage != NULL)
    return FALSE;

  for (guint i = 0; i < rp_custody_get_n_recipients (custody); i++)
    if (rp_queue_is_pending (self, custody, i))
      return TRUE;

  return FALSE;
}

void
rp_queue_tell_schedule (RpQueue *self, const RpCustody *custody)
{
  rp_schedule_set_waiting (self->schedule, custody->id,
                           rp_queue_has_pending (self, custody));
}

void
rp_queue_set_config (RpQueue *self, const RpConfig *config)
{
  self->queue_days = config->queue_days;
  self->retries_doubt = config->retries_doubt;
  rp_schedule_set_lifetime_ms (self->schedule, config->queue_days * DAY_MS);
  for (guint i = 0; i < self->messages->len; i++)
    rp_queue_tell_schedule (self, g_ptr_array_index (self->messages, i));
  rp_queue_kick (self);
}

/* --- what there is --- */

void
rp_queue_tell (RpQueue *self, const RpCustody *custody)
{
  g_autofree char *id = g_strdup (custody->id);

  g_signal_emit (self, signals[SIGNAL_SETTLED], 0, id, rp_queue_get_outcome (custody));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
is_everybody_served (const RpCustody *custody)
{
  return custody->damage == NULL
         && rp_custody_count (custody, RP_CUSTODY_SENT)
                == rp_custody_get_n_recipients (custody);
}

RpQueueEntry *
rp_queue_add_entry (RpQueue *self, RpCustody *custody)
{
  RpQueueEntry *entry = g_new0 (RpQueueEntry, 1);

  entry->custody = custody;
  custody->n_attempts = 0; /* as the schedule counts them */
  entry->since_ms = rp_queue_get_clock_ms ();
  entry->born_ms = entry->since_ms - custody->age_s * 1000;
  g_hash_table_insert (self->entries, custody->id, entry);
  g_ptr_array_add (self->messages, custody);
  rp_schedule_add (self->schedule, custody->id, entry->born_ms);
  rp_schedule_set_held (self->schedule, custody->id, custody->is_held);
  rp_queue_tell_schedule (self, custody);
  return entry;
}

RpCustody *
rp_queue_steal_entry (RpQueue *self, RpQueueEntry *entry)
{
  RpCustody *custody = g_steal_pointer (&entry->custody);

  rp_schedule_remove (self->schedule, custody->id);
  g_ptr_array_remove (self->messages, custody);
  g_hash_table_steal (self->entries, custody->id);
  g_free (entry);
  return custody;
}

/* Off the disk as well. */
static void
remove_entry (RpQueue *self, RpQueueEntry *entry)
{
  g_autoptr (RpCustody) custody = rp_queue_steal_entry (self, entry);

  rp_custody_store_remove_async (self->store, custody->id, NULL, NULL);
}

/* Messages that everybody has, whose removal a crash or a full disk prevented, go now.
 */
static void
add_loaded (RpQueue *self, GPtrArray *loaded)
{
  while (loaded->len > 0)
    {
      RpQueueEntry *entry =
          rp_queue_add_entry (self, g_ptr_array_steal_index (loaded, 0));

      if (is_everybody_served (entry->custody))
        remove_entry (self, entry);
    }
}

RpQueue *
rp_queue_new (RpStore *store, GPtrArray **set_aside, GError **error)
{
  g_autoptr (RpQueue) self = g_object_new (RP_TYPE_QUEUE, NULL);
  g_autoptr (GPtrArray) loaded = rp_custody_store_load (store, set_aside, error);

  if (loaded == NULL)
    return NULL;

  self->store = g_object_ref (store);
  add_loaded (self, loaded);
  return g_steal_pointer (&self);
}

/* --- while an attempt runs --- */

void
rp_queue_note_progress (RpQueue *self, const char *id, guint64 n_sent)
{
  RpQueueEntry *entry = rp_queue_get_entry (self, id);
  const gint64 now_ms = rp_queue_get_clock_ms ();

  if (entry == NULL)
    return;

  entry->n_sent = n_sent;
  if (now_ms - self->told_ms < PROGRESS_INTERVAL_MS)
    return;

  self->told_ms = now_ms;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* --- the end of an attempt --- */

static void
tell_given_up (RpQueue *self, const RpCustody *custody, guint index)
{
  g_autoptr (RpStep) step = rp_step_new (RP_STEP_REFUSED, custody->id);

  step->recipient =
      g_strdup (rp_envelope_get_recipient (custody->envelope, index)->address);
  step->reason = rp_reason_copy (rp_custody_get_recipient (custody, index)->reason);
  g_signal_emit (self, signals[SIGNAL_STEP], 0, step);
}

/* Whoever would be tried again, in doubt or not: else that would be for ever. */
static void
give_up (RpQueue *self, RpQueueEntry *entry)
{
  g_autofree char *days = g_strdup_printf ("%u", self->queue_days);
  g_autoptr (RpReason) reason = rp_reason_new (RP_REASON_GIVEN_UP, days, NULL);
  RpCustody *custody = entry->custody;
  g_autofree gboolean *is_pending =
      g_new0 (gboolean, rp_custody_get_n_recipients (custody));

  for (guint i = 0; i < rp_custody_get_n_recipients (custody); i++)
    is_pending[i] = rp_queue_is_pending (self, custody, i);
  rp_queue_move_recipients (self, entry, RP_CUSTODY_WAITING, RP_CUSTODY_FAILED, reason);
  if (self->retries_doubt)
    rp_queue_move_recipients (self, entry, RP_CUSTODY_DOUBT, RP_CUSTODY_FAILED, reason);
  for (guint i = 0; i < rp_custody_get_n_recipients (custody); i++)
    if (is_pending[i])
      tell_given_up (self, custody, i);
}

void
rp_queue_note_attempt (RpQueue *self, RpQueueEntry *entry)
{
  RpCustody *custody = entry->custody;

  custody->age_s = (rp_queue_get_clock_ms () - entry->born_ms) / 1000;
  rp_custody_store_note_attempt (self->store, custody->id, custody->n_attempts,
                                 custody->age_s);
}

static void
reschedule (RpQueue *self, RpQueueEntry *entry)
{
  RpCustody *custody = entry->custody;
  gboolean is_over;

  is_over = rp_schedule_end (self->schedule, custody->id, rp_queue_get_clock_ms (),
                             g_random_int ());
  custody->n_attempts = rp_schedule_get_n_attempts (self->schedule, custody->id);
  rp_queue_note_attempt (self, entry);
  /* What a stop has ended was no full attempt. */
  if (is_over && self->is_started)
    give_up (self, entry);
}

void
rp_queue_end_attempt (RpQueue *self, const char *id)
{
  RpQueueEntry *entry = rp_queue_get_entry (self, id);

  if (entry == NULL)
    return;

  entry->n_sent = 0;
  if (!is_everybody_served (entry->custody))
    reschedule (self, entry);
  rp_queue_tell (self, entry->custody);
  /* Who was told may have dropped it. */
  entry = rp_queue_get_entry (self, id);
  if (entry != NULL && is_everybody_served (entry->custody))
    remove_entry (self, entry);
  rp_queue_kick (self);
}

/* --- the object --- */

static void
rp_queue_dispose (GObject *object)
{
  rp_queue_stop (RP_QUEUE (object));
  G_OBJECT_CLASS (rp_queue_parent_class)->dispose (object);
}

static void
rp_queue_finalize (GObject *object)
{
  RpQueue *self = RP_QUEUE (object);

  g_ptr_array_unref (self->messages);
  g_hash_table_unref (self->entries);
  rp_schedule_free (self->schedule);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (rp_queue_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n_params, GType first, GType second)
{
  return g_signal_new (name, RP_TYPE_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_params, first, second);
}

static void
rp_queue_class_init (RpQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rp_queue_dispose;
  object_class->finalize = rp_queue_finalize;
  signals[SIGNAL_DUE] = add_signal ("due", 1, G_TYPE_POINTER, 0);
  signals[SIGNAL_DROPPED] = add_signal ("dropped", 1, G_TYPE_POINTER, 0);
  signals[SIGNAL_STEP] = add_signal ("step", 1, G_TYPE_POINTER, 0);
  signals[SIGNAL_SETTLED] = add_signal ("settled", 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_CHANGED] = add_signal ("changed", 0, 0, 0);
}

static void
rp_queue_init (RpQueue *self)
{
  self->messages = g_ptr_array_new ();
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) entry_free);
  self->schedule = rp_schedule_new ();
}
