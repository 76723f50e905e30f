/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-account-test.h"

#include "rp-proof.h"

typedef struct
{
  RpConfig *config; /* the servers of the proofs */
  RpProofs *proofs;
} Job;

static void
job_free (Job *self)
{
  g_ptr_array_unref (self->proofs);
  rp_config_unref (self->config);
  g_free (self);
}

/* (nullable) */
static const RpServer *
find_server (const RpAgentParts *parts, const char *name)
{
  const RpNetworkRule *rule;

  if (!g_str_equal (name, "location"))
    return rp_config_get_server (parts->config, name);

  rule = rp_surroundings_find_network (rp_detector_get_surroundings (parts->detector),
                                       parts->config);
  return rule == NULL || rule->server == NULL
             ? NULL
             : rp_config_get_server (parts->config, rule->server);
}

static void
on_proved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Job *self = g_task_get_task_data (task);

  rp_proofs_run_finish (result);
  g_task_return_pointer (task, rp_proofs_to_variant (self->proofs),
                         (GDestroyNotify) g_variant_unref);
}

void
rp_account_test_async (const RpAgentParts *parts,
                       const RpAccount *account,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GPtrArray) seen = g_ptr_array_new ();
  Job *self = g_new0 (Job, 1);

  self->config = rp_config_ref (parts->config);
  self->proofs = rp_proofs_new ();
  g_task_set_task_data (task, self, (GDestroyNotify) job_free);
  for (guint i = 0; account->servers[i] != NULL; i++)
    {
      const RpServer *server = find_server (parts, account->servers[i]);

      if (server == NULL || g_ptr_array_find (seen, server, NULL))
        continue;
      g_ptr_array_add (seen, (gpointer) server);
      rp_proofs_add_all (self->proofs, server);
    }
  rp_proofs_run_async (self->proofs, parts->curl_loop, parts->secrets, NULL, on_proved,
                       task);
}

GVariant *
rp_account_test_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
