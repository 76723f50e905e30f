/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans for people: what would be done, without doing it. */
#include "delivery/rp-delivery-private.h"
#include "delivery/rp-imagined-place.h"

static void
on_explained (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);

  g_task_return_pointer (task, rp_planner_plan_finish (RP_PLANNER (source), result),
                         (GDestroyNotify) rp_plan_free);
}

static const RpAccount *
find_explained_account (RpDelivery *self, const char *sender)
{
  return *sender != '\0' ? rp_config_find_account (self->config, sender)
                         : rp_config_get_default_account (self->config);
}

static void
explain (RpDelivery *self,
         const RpSurroundings *where,
         const RpAccount *account,
         const char *sender,
         const char *const *recipients,
         GTask *task)
{
  g_autoptr (RpEnvelope) envelope = rp_envelope_new (sender);

  for (guint i = 0; recipients[i] != NULL; i++)
    rp_envelope_add_recipient (envelope, recipients[i]);
  rp_planner_plan_async (self->tools.planner, self->config, where, account, envelope,
                         NULL, on_explained, g_object_ref (task));
}

void
rp_delivery_plan_async (RpDelivery *self,
                        const char *sender,
                        const char *const *recipients,
                        const char *network,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const RpAccount *account = find_explained_account (self, sender);
  g_autoptr (RpSurroundings) imagined = NULL;

  g_task_set_source_tag (task, rp_delivery_plan_async);
  if (network != NULL)
    imagined = rp_imagined_place_new (self->config, network);
  if (account == NULL)
    g_task_return_new_error (task, RP_DELIVERY_ERROR, RP_DELIVERY_ERROR_UNKNOWN_SENDER,
                             "no account sends as %s", sender);
  else if (network != NULL && imagined == NULL)
    g_task_return_new_error (task, RP_DELIVERY_ERROR, RP_DELIVERY_ERROR_UNKNOWN_NETWORK,
                             "no network is named %s", network);
  else
    explain (self, imagined != NULL ? imagined : self->here, account, sender,
             recipients, task);
}

RpPlan *
rp_delivery_plan_finish (RpDelivery *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
