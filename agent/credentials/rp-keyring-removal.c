/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-keyring-removal.h"

static void remove_next (GTask *task);
static void delete_next (GTask *task);

static void
on_delete_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpKeyringRequest *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!secret_item_delete_finish (SECRET_ITEM (source), result, &error))
    {
      rp_keyring_request_return_failure (task, error);
      return;
    }

  self->n_removed++;
  delete_next (task);
}

static void
delete_next (GTask *task)
{
  RpKeyringRequest *self = g_task_get_task_data (task);
  g_autoptr (SecretItem) item = NULL;

  if (self->items == NULL)
    {
      remove_next (task);
      return;
    }

  item = self->items->data;
  self->items = g_list_delete_link (self->items, self->items);
  if (secret_item_get_locked (item))
    rp_keyring_request_return_locked (task);
  else
    secret_item_delete (item, self->own, on_delete_done, g_object_ref (task));
}

static void
on_items_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpKeyringRequest *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->items = secret_service_search_finish (SECRET_SERVICE (source), result, &error);
  if (error != NULL)
    rp_keyring_request_return_failure (task, error);
  else
    delete_next (task);
}

static void
find_items (GTask *task)
{
  const RpKeyringRequest *self = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = rp_keyring_request_make_attributes (self);

  secret_service_search (self->service, rp_keyring_request_get_schema (), attributes,
                         SECRET_SEARCH_ALL, self->own, on_items_found,
                         g_object_ref (task));
}

static void
on_remove_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RpKeyringFinding finding;
  GError *error = NULL;

  if (!rp_keyring_probe_look_finish (RP_KEYRING_PROBE (source), result, &finding,
                                     &error))
    {
      rp_keyring_request_return_failure (task, error);
      return;
    }

  switch (finding)
    {
    case RP_KEYRING_NOTHING:
      remove_next (task);
      break;
    case RP_KEYRING_LOCKED:
      rp_keyring_request_return_locked (task);
      break;
    case RP_KEYRING_READABLE:
      find_items (task);
      break;
    }
}

static void
remove_next (GTask *task)
{
  RpKeyringRequest *self = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = NULL;

  if (!rp_keyring_request_next_host (self))
    {
      if (self->n_removed > 0)
        g_task_return_boolean (task, TRUE);
      else
        rp_keyring_request_return_missing (task);
      return;
    }

  attributes = rp_keyring_request_make_attributes (self);
  rp_keyring_probe_look_async (self->probe, self->service, attributes, self->own,
                               on_remove_looked, g_object_ref (task));
}

void
rp_keyring_removal_run (GTask *task, RpKeyringProbe *probe)
{
  RpKeyringRequest *self = g_task_get_task_data (task);

  self->probe = g_object_ref (probe);
  remove_next (task);
}
