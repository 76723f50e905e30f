/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notices/rp-notifier.h"

#include "desktop/rp-desktop-bus.h"
#include "notices/rp-notice-way.h"

#define N_WAYS 2
#define CALL_TIMEOUT_MS 10000

/* Where nobody shows notices: every attempt may start a program. */
#define FIRST_RETRY_S 60
#define LONGEST_RETRY_S 3600

/* Entry: one notice
 * @wanted: (nullable): as it ought to be up; %NULL to be taken down
 * @shown: (nullable): as it is up, or was when its user put it away
 * @number: of the server, 0 when it is not up
 */
typedef struct
{
  char *key;
  RpNotice *wanted;
  RpNotice *shown;
  guint32 number;
  gboolean is_calling;
  gboolean is_put_away;
} Entry;

/* RpNotifier:
 * @ways: in order of preference
 * @way: index of the one in use
 * @closed_early: numbers, not known as ours, that were closed while a notice was being
 *   put up: the signal may overtake the answer that tells the number
 * @is_resting: none of them worked; until one comes, or some time later
 */
struct _RpNotifier
{
  GObject parent_instance;

  RpDesktopBus *bus;
  const RpNoticeWay *ways[N_WAYS];
  guint name_watches[N_WAYS];
  guint subscriptions[N_WAYS];
  guint way;
  gboolean has_tried_other;
  gboolean is_resting;
  guint retry_source;
  guint retry_s;
  gboolean has_skills;
  gboolean is_asking_skills;
  RpNoticeSkills skills;
  GPtrArray *entries; /* Entry, oldest first */
  GHashTable *closed_early;
  GCancellable *calling;
};

enum
{
  SIGNAL_ACTION,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpNotifier, rp_notifier, G_TYPE_OBJECT)

static void
entry_free (Entry *self)
{
  g_free (self->key);
  g_clear_pointer (&self->wanted, rp_notice_free);
  g_clear_pointer (&self->shown, rp_notice_free);
  g_free (self);
}

static Entry *
find_entry (RpNotifier *self, const char *key)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (g_str_equal (entry->key, key))
        return entry;
    }

  return NULL;
}

static Entry *
find_number (RpNotifier *self, guint32 number)
{
  for (guint i = 0; number != 0 && i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (entry->number == number)
        return entry;
    }

  return NULL;
}

/* --- calls --- */

static void settle_all (RpNotifier *self);
static void rest (RpNotifier *self);

/* Call: one that is under way
 * @notifier: not to be touched when the call was cancelled: it may be gone
 * @way: in use when it was made
 * @notice: (nullable): that is being put up
 */
typedef struct
{
  RpNotifier *notifier;
  guint way;
  RpNotice *notice;
} Call;

static Call *
call_new (RpNotifier *notifier, const RpNotice *notice)
{
  Call *self = g_new0 (Call, 1);

  self->notifier = notifier;
  self->way = notifier->way;
  self->notice = notice != NULL ? rp_notice_copy (notice) : NULL;
  return self;
}

static void
call_free (Call *self)
{
  rp_notice_free (self->notice);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
call_way (RpNotifier *self,
          const char *method,
          GVariant *arguments,
          const char *reply_type,
          GAsyncReadyCallback callback,
          Call *call)
{
  const RpNoticeWay *way = self->ways[self->way];

  g_dbus_connection_call (
      rp_desktop_bus_get_connection (self->bus), way->name, way->path, way->interface,
      method, arguments, G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NONE,
      CALL_TIMEOUT_MS, callback != NULL ? self->calling : NULL, callback, call);
}

/* What was up with the way before is not up with the next. */
static void
forget_numbers (RpNotifier *self)
{
  self->has_skills = FALSE;
  g_hash_table_remove_all (self->closed_early);
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      entry->number = 0;
      if (!entry->is_put_away)
        g_clear_pointer (&entry->shown, rp_notice_free);
    }
}

static void
use_way (RpNotifier *self, guint way)
{
  self->way = way;
  forget_numbers (self);
  settle_all (self);
}

static gboolean
is_anything_up (RpNotifier *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (((Entry *) g_ptr_array_index (self->entries, i))->number != 0)
      return TRUE;

  return FALSE;
}

/* The way of this moment does not work, or not for this notice. */
static void
give_up_way (RpNotifier *self, const GError *error)
{
  g_debug ("notices by %s: %s", self->ways[self->way]->name, error->message);
  if (self->has_tried_other || is_anything_up (self))
    {
      rest (self);
      return;
    }

  self->has_tried_other = TRUE;
  use_way (self, (self->way + 1) % N_WAYS);
}

static void
on_skills_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  RpNotifier *self = call->notifier;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->is_asking_skills = FALSE;
  if (call->way != self->way)
    settle_all (self);
  else if (reply == NULL)
    give_up_way (self, error);
  else
    {
      self->skills = self->ways[self->way]->read_skills (reply);
      self->has_skills = TRUE;
      settle_all (self);
    }
}

/* Returns: whether the skills are known already */
static gboolean
ask_skills (RpNotifier *self)
{
  const RpNoticeWay *way = self->ways[self->way];

  if (!self->has_skills && way->skills_method == NULL)
    {
      self->skills = way->read_skills (NULL);
      self->has_skills = TRUE;
    }
  if (!self->has_skills && !self->is_asking_skills)
    {
      self->is_asking_skills = TRUE;
      call_way (self, way->skills_method, NULL, "(as)", on_skills_read,
                call_new (self, NULL));
    }
  return self->has_skills;
}

/* --- one notice --- */

static void settle (RpNotifier *self, Entry *entry);

static gboolean
is_calling_for_any (RpNotifier *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (((Entry *) g_ptr_array_index (self->entries, i))->is_calling)
      return TRUE;

  return FALSE;
}

static void
take_number (RpNotifier *self, Entry *entry, guint32 number, RpNotice *shown)
{
  g_clear_pointer (&entry->shown, rp_notice_free);
  entry->shown = shown;
  entry->is_put_away =
      g_hash_table_contains (self->closed_early, GUINT_TO_POINTER (number));
  entry->number = entry->is_put_away ? 0 : number;
  self->has_tried_other = FALSE;
  if (!is_calling_for_any (self))
    g_hash_table_remove_all (self->closed_early);
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  RpNotifier *self = call->notifier;
  Entry *entry;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  entry = find_entry (self, call->notice->key);
  g_return_if_fail (entry != NULL);

  entry->is_calling = FALSE;
  if (reply == NULL && call->way == self->way)
    {
      give_up_way (self, error);
      return;
    }
  if (reply != NULL && call->way == self->way)
    take_number (self, entry, self->ways[self->way]->read_number (reply),
                 g_steal_pointer (&call->notice));
  settle (self, entry);
}

static void
show (RpNotifier *self, Entry *entry)
{
  const RpNoticeWay *way = self->ways[self->way];

  if (!ask_skills (self))
    return;

  entry->is_calling = TRUE;
  call_way (self, way->show_method,
            way->make_show (entry->wanted, entry->number, &self->skills),
            way->show_reply_type, on_shown, call_new (self, entry->wanted));
}

/* Nobody waits for the answer: where it is not up any more, all is well. */
static void
withdraw (RpNotifier *self, Entry *entry)
{
  const RpNoticeWay *way = self->ways[self->way];

  if (entry->number != 0 && rp_desktop_bus_get_connection (self->bus) != NULL)
    call_way (self, way->withdraw_method,
              way->make_withdraw (entry->key, entry->number), "()", NULL, NULL);
  entry->number = 0;
}

/* Brings what is up nearer to what is wanted; may free @entry, which is kept as long as
 * it is called for. */
static void
settle (RpNotifier *self, Entry *entry)
{
  if (entry->is_calling)
    return;
  if (entry->wanted == NULL)
    {
      withdraw (self, entry);
      g_ptr_array_remove (self->entries, entry);
      return;
    }
  if (entry->is_put_away || self->is_resting
      || rp_desktop_bus_get_connection (self->bus) == NULL)
    return;
  if (entry->shown == NULL || !rp_notice_equal (entry->shown, entry->wanted))
    show (self, entry);
}

static void
settle_all (RpNotifier *self)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_copy (self->entries, NULL, NULL);

  g_ptr_array_set_free_func (entries, NULL);
  for (guint i = 0; i < entries->len; i++)
    settle (self, g_ptr_array_index (entries, i));
}

/* --- what is wanted --- */

static void
want (RpNotifier *self, const RpNotice *notice)
{
  Entry *entry = find_entry (self, notice->key);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->key = g_strdup (notice->key);
      g_ptr_array_add (self->entries, entry);
    }
  g_clear_pointer (&entry->wanted, rp_notice_free);
  entry->wanted = rp_notice_copy (notice);
  if (entry->is_put_away && rp_notice_is_news (entry->wanted, entry->shown))
    entry->is_put_away = FALSE;
}

static gboolean
has_key (GPtrArray *notices, const char *key)
{
  for (guint i = 0; i < notices->len; i++)
    if (g_str_equal (((RpNotice *) g_ptr_array_index (notices, i))->key, key))
      return TRUE;

  return FALSE;
}

void
rp_notifier_set (RpNotifier *self, GPtrArray *notices)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (!has_key (notices, entry->key))
        g_clear_pointer (&entry->wanted, rp_notice_free);
    }
  for (guint i = 0; i < notices->len; i++)
    want (self, g_ptr_array_index (notices, i));
  settle_all (self);
}

/* --- what the server says --- */

static void
on_signal (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *name,
           GVariant *parameters,
           gpointer user_data)
{
  g_autoptr (RpNotifier) self = g_object_ref (user_data);
  const RpNoticeWay *way = self->ways[self->way];
  RpNoticeSignal signal = { 0 };
  g_autoptr (RpNotice) notice = NULL;
  Entry *entry;

  if (!g_str_equal (interface, way->interface)
      || !way->read_signal (name, parameters, &signal))
    return;

  entry = signal.key != NULL ? find_entry (self, signal.key)
                             : find_number (self, signal.number);
  if (entry == NULL && signal.is_closed && is_calling_for_any (self))
    g_hash_table_add (self->closed_early, GUINT_TO_POINTER (signal.number));
  if (entry == NULL || entry->shown == NULL)
    return;

  if (signal.is_closed)
    {
      entry->number = 0;
      entry->is_put_away = TRUE;
    }
  notice = rp_notice_copy (entry->shown);
  if (signal.has_action && rp_notice_offers (notice, signal.action))
    g_signal_emit (self, signals[SIGNAL_ACTION], 0, notice->key, (guint) signal.action,
                   notice->id);
}

/* --- servers and the bus come and go --- */

static void
stop_resting (RpNotifier *self)
{
  self->is_resting = FALSE;
  self->has_tried_other = FALSE;
  g_clear_handle_id (&self->retry_source, g_source_remove);
}

static gboolean
on_retry_due (gpointer user_data)
{
  RpNotifier *self = user_data;

  self->retry_source = 0;
  stop_resting (self);
  settle_all (self);
  return G_SOURCE_REMOVE;
}

static void
rest (RpNotifier *self)
{
  if (self->is_resting)
    return;

  self->is_resting = TRUE;
  self->retry_source = g_timeout_add_seconds (self->retry_s, on_retry_due, self);
  self->retry_s = MIN (self->retry_s * 2, LONGEST_RETRY_S);
}

static guint
find_way (RpNotifier *self, const char *name)
{
  return g_str_equal (self->ways[0]->name, name) ? 0 : 1;
}

static void
withdraw_all (RpNotifier *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    withdraw (self, g_ptr_array_index (self->entries, i));
}

/* One that is back knows nothing of what was up. */
static void
on_name_appeared (GDBusConnection *connection,
                  const char *name,
                  const char *owner,
                  gpointer user_data)
{
  RpNotifier *self = user_data;
  guint way = find_way (self, name);

  if (way != self->way && way != 0 && !self->is_resting)
    return;

  if (way != self->way)
    withdraw_all (self);
  stop_resting (self);
  self->retry_s = FIRST_RETRY_S;
  use_way (self, way);
}

static void
on_name_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  RpNotifier *self = user_data;

  if (find_way (self, name) == self->way)
    forget_numbers (self);
}

static void
on_bus_connected (RpNotifier *self)
{
  GDBusConnection *connection = rp_desktop_bus_get_connection (self->bus);

  self->calling = g_cancellable_new ();
  self->way = 0;
  for (guint i = 0; i < N_WAYS; i++)
    {
      self->name_watches[i] = g_bus_watch_name_on_connection (
          connection, self->ways[i]->name, G_BUS_NAME_WATCHER_FLAGS_NONE,
          on_name_appeared, on_name_vanished, self, NULL);
      self->subscriptions[i] = g_dbus_connection_signal_subscribe (
          connection, self->ways[i]->name, self->ways[i]->interface, NULL,
          self->ways[i]->path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
    }
  settle_all (self);
}

static void
on_bus_lost (RpNotifier *self)
{
  GDBusConnection *connection = rp_desktop_bus_get_connection (self->bus);

  for (guint i = 0; connection != NULL && i < N_WAYS; i++)
    {
      g_clear_handle_id (&self->name_watches[i], g_bus_unwatch_name);
      if (self->subscriptions[i] != 0)
        g_dbus_connection_signal_unsubscribe (connection, self->subscriptions[i]);
      self->subscriptions[i] = 0;
    }
  if (self->calling != NULL)
    g_cancellable_cancel (self->calling);
  g_clear_object (&self->calling);
  self->is_asking_skills = FALSE;
  for (guint i = 0; i < self->entries->len; i++)
    ((Entry *) g_ptr_array_index (self->entries, i))->is_calling = FALSE;
  forget_numbers (self);
  stop_resting (self);
}

/* --- the object --- */

static void
rp_notifier_dispose (GObject *object)
{
  RpNotifier *self = RP_NOTIFIER (object);

  GDBusConnection *connection = rp_desktop_bus_get_connection (self->bus);

  g_signal_handlers_disconnect_by_data (self->bus, self);
  withdraw_all (self);
  /* keeps the connection until that has left */
  if (connection != NULL)
    g_dbus_connection_flush (connection, NULL, NULL, NULL);
  g_ptr_array_set_size (self->entries, 0);
  on_bus_lost (self);
  G_OBJECT_CLASS (rp_notifier_parent_class)->dispose (object);
}

static void
rp_notifier_finalize (GObject *object)
{
  RpNotifier *self = RP_NOTIFIER (object);

  g_object_unref (self->bus);
  g_ptr_array_unref (self->entries);
  g_hash_table_unref (self->closed_early);
  G_OBJECT_CLASS (rp_notifier_parent_class)->finalize (object);
}

static void
rp_notifier_class_init (RpNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rp_notifier_dispose;
  G_OBJECT_CLASS (klass)->finalize = rp_notifier_finalize;
  signals[SIGNAL_ACTION] =
      g_signal_new ("action", RP_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING);
}

static void
rp_notifier_init (RpNotifier *self)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  self->closed_early = g_hash_table_new (NULL, NULL);
  self->retry_s = FIRST_RETRY_S;
  self->bus = rp_desktop_bus_new ();
  g_signal_connect_swapped (self->bus, "connected", G_CALLBACK (on_bus_connected),
                            self);
  g_signal_connect_swapped (self->bus, "lost", G_CALLBACK (on_bus_lost), self);
}

RpNotifier *
rp_notifier_new (gboolean is_sandboxed)
{
  RpNotifier *self = g_object_new (RP_TYPE_NOTIFIER, NULL);

  self->ways[0] = is_sandboxed ? &rp_notice_way_portal : &rp_notice_way_desktop;
  self->ways[1] = is_sandboxed ? &rp_notice_way_desktop : &rp_notice_way_portal;
  return self;
}
