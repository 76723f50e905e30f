/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-keyring-probe.h"

#include "credentials/rp-keyring-collections.h"

#define SERVICE_INTERFACE "org.freedesktop.Secret.Service"

/* RpKeyringProbe:
 * @waiting: (element-type GTask): looks that are to search, after the one that does
 * @asker: (nullable): the look that searches, until it is given up
 * @is_searching: the keyring has a question of ours that it did not answer yet
 */
struct _RpKeyringProbe
{
  GObject parent_instance;

  GQueue waiting;
  GTask *asker;
  gboolean is_searching;
};

enum
{
  SIGNAL_ANSWERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpKeyringProbe, rp_keyring_probe, G_TYPE_OBJECT)

/* Look:
 * @has_hidden: that of #RpKeyringCollections
 * @giving_up: (nullable): turns when the cancellable does
 */
typedef struct
{
  SecretService *service;
  GVariant *attributes;
  gboolean has_hidden;
  GSource *giving_up;
} Look;

static void
look_free (Look *self)
{
  if (self->giving_up != NULL)
    {
      g_source_destroy (self->giving_up);
      g_source_unref (self->giving_up);
    }
  g_object_unref (self->service);
  g_variant_unref (self->attributes);
  g_free (self);
}

static void
return_finding (GTask *task, RpKeyringFinding finding)
{
  g_task_return_int (task, finding);
}

/* --- the search, one at a time --- */

static void search_next (RpKeyringProbe *self);

static RpKeyringFinding
read_finding (const Look *look, GVariant *answer)
{
  g_autoptr (GVariant) unlocked = g_variant_get_child_value (answer, 0);
  g_autoptr (GVariant) locked = g_variant_get_child_value (answer, 1);

  if (g_variant_n_children (unlocked) > 0)
    return RP_KEYRING_READABLE;
  return g_variant_n_children (locked) > 0 || look->has_hidden ? RP_KEYRING_LOCKED
                                                               : RP_KEYRING_NOTHING;
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpKeyringProbe) self = user_data;
  g_autoptr (GTask) asker = g_steal_pointer (&self->asker);
  GError *error = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  self->is_searching = FALSE;
  if (asker == NULL)
    {
      g_clear_error (&error);
      g_signal_emit (self, signals[SIGNAL_ANSWERED], 0);
    }
  else if (answer == NULL)
    g_task_return_error (asker, error);
  else
    return_finding (asker, read_finding (g_task_get_task_data (asker), answer));
  search_next (self);
}

/* Without a time-out: a call that was given up would be forgotten here, and its window
 * would still be open there. It ends with the keyring at the latest. */
static void
search_next (RpKeyringProbe *self)
{
  const Look *look;
  GDBusProxy *proxy;

  if (self->is_searching || g_queue_is_empty (&self->waiting))
    return;

  self->asker = g_queue_pop_head (&self->waiting);
  self->is_searching = TRUE;
  look = g_task_get_task_data (self->asker);
  proxy = G_DBUS_PROXY (look->service);
  g_dbus_connection_call (g_dbus_proxy_get_connection (proxy),
                          g_dbus_proxy_get_name (proxy),
                          g_dbus_proxy_get_object_path (proxy), SERVICE_INTERFACE,
                          "SearchItems", g_variant_new ("(@a{ss})", look->attributes),
                          G_VARIANT_TYPE ("(aoao)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          G_MAXINT, NULL, on_searched, g_object_ref (self));
}

static gboolean
on_given_up (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  RpKeyringProbe *self = g_task_get_source_object (task);

  if (self->asker == task)
    g_clear_object (&self->asker);
  else if (g_queue_remove (&self->waiting, task))
    g_object_unref (task);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "given up");
  return G_SOURCE_REMOVE;
}

static void
search (GTask *task)
{
  RpKeyringProbe *self = g_task_get_source_object (task);
  Look *look = g_task_get_task_data (task);

  if (self->is_searching && self->asker == NULL)
    {
      return_finding (task, RP_KEYRING_LOCKED);
      return;
    }

  look->giving_up = g_cancellable_source_new (g_task_get_cancellable (task));
  g_source_set_callback (look->giving_up, G_SOURCE_FUNC (on_given_up), task, NULL);
  g_source_attach (look->giving_up, g_task_get_context (task));
  g_queue_push_tail (&self->waiting, g_object_ref (task));
  search_next (self);
}

/* --- the collections --- */

static void
on_collections_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *look = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (RpKeyringCollections) collections =
      rp_keyring_collections_read_finish (result, &error);

  if (collections == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  look->has_hidden = collections->has_hidden;
  if (collections->has_unlocked)
    search (task);
  else
    return_finding (task, RP_KEYRING_LOCKED);
}

void
rp_keyring_probe_look_async (RpKeyringProbe *self,
                             SecretService *service,
                             GHashTable *attributes,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Look *look = g_new0 (Look, 1);
  GHashTableIter each;
  gpointer name;
  gpointer value;
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  g_task_set_source_tag (task, rp_keyring_probe_look_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, look, (GDestroyNotify) look_free);
  g_hash_table_iter_init (&each, attributes);
  while (g_hash_table_iter_next (&each, &name, &value))
    g_variant_builder_add (&builder, "{ss}", name, value);
  look->attributes = g_variant_ref_sink (g_variant_builder_end (&builder));
  look->service = g_object_ref (service);
  rp_keyring_collections_read_async (service, cancellable, on_collections_read,
                                     g_object_ref (task));
}

gboolean
rp_keyring_probe_look_finish (RpKeyringProbe *self,
                              GAsyncResult *result,
                              RpKeyringFinding *finding,
                              GError **error)
{
  gssize found;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  found = g_task_propagate_int (G_TASK (result), error);
  if (found < 0)
    return FALSE;

  *finding = (RpKeyringFinding) found;
  return TRUE;
}

/* --- the object --- */

static void
rp_keyring_probe_class_init (RpKeyringProbeClass *klass)
{
  signals[SIGNAL_ANSWERED] =
      g_signal_new ("answered", RP_TYPE_KEYRING_PROBE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
rp_keyring_probe_init (RpKeyringProbe *self)
{
  g_queue_init (&self->waiting);
}

RpKeyringProbe *
rp_keyring_probe_new (void)
{
  return g_object_new (RP_TYPE_KEYRING_PROBE, NULL);
}
