/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-agent-status.h"

#include <unistd.h>

#include "rp-account-logins.h"
#include "rp-agent-queue.h"
#include "store/rp-journal.h"
#include "upstream/rp-sasl.h"
#include "words/rp-words.h"

/* A domain that no server hosts (RFC 2606): the plan for it shows who relays. */
#define FOREIGN_RECIPIENT "somebody@foreign.invalid"
#define N_LAST 5

typedef struct
{
  const RpAgentParts *parts;
  RpConfig *config;
  guint next_account;
  GVariantBuilder accounts;
  GVariantBuilder attention; /* of sign-ins */
  GVariant *logins;          /* nullable: of the next account */
  GVariant *last;
} Job;

static void
job_free (Job *self)
{
  rp_config_unref (self->config);
  g_variant_builder_clear (&self->accounts);
  g_variant_builder_clear (&self->attention);
  g_clear_pointer (&self->logins, g_variant_unref);
  g_clear_pointer (&self->last, g_variant_unref);
  g_free (self);
}

static void
insert_strv (GVariantDict *dict, const char *key, const char *const *value)
{
  if (value != NULL)
    g_variant_dict_insert (dict, key, "^as", value);
}

static GVariant *
build_configuration (const RpAgentParts *parts)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_auto (GStrv) errors = rp_config_errors_dup_texts (
      rp_config_watch_get_errors (parts->config_watch), rp_words_translate);

  insert_strv (&dict, "files", rp_config_watch_get_files (parts->config_watch));
  insert_strv (&dict, "errors", (const char *const *) errors);
  return g_variant_dict_end (&dict);
}

static void
add_attention (GVariantBuilder *attention, RpReason *reason)
{
  g_variant_builder_add_value (attention, rp_reason_to_variant (reason));
  rp_reason_free (reason);
}

static GVariant *
build_attention (Job *self, const RpSurroundings *here, const char *network)
{
  const RpAgentParts *parts = self->parts;
  g_autoptr (GVariant) sign_ins =
      g_variant_ref_sink (g_variant_builder_end (&self->attention));
  GVariantBuilder attention = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sas)"));

  if (parts->config->accounts->len == 0)
    add_attention (&attention, rp_reason_new (RP_REASON_NO_ACCOUNT, NULL));
  if (here->connectivity == RP_CONNECTIVITY_NONE)
    add_attention (&attention, rp_reason_new (RP_REASON_OFFLINE, NULL));
  if (here->connectivity == RP_CONNECTIVITY_PORTAL)
    add_attention (&attention, rp_reason_new (RP_REASON_PORTAL, network, NULL));
  if (rp_store_get_set_aside (parts->store) != NULL)
    add_attention (&attention,
                   rp_reason_new (RP_REASON_DATABASE_SET_ASIDE,
                                  rp_store_get_set_aside (parts->store), NULL));
  for (gsize i = 0; i < g_variant_n_children (sign_ins); i++)
    {
      g_autoptr (GVariant) reason = g_variant_get_child_value (sign_ins, i);

      g_variant_builder_add_value (&attention, reason);
    }
  rp_agent_queue_add_attention (parts->queue, (const char *const *) parts->set_aside,
                                &attention);

  return g_variant_builder_end (&attention);
}

static GVariant *
build_status (Job *self)
{
  const RpAgentParts *parts = self->parts;
  const RpSurroundings *here = rp_detector_get_surroundings (parts->detector);
  const RpNetworkRule *rule = rp_surroundings_find_network (here, parts->config);
  const char *network = rule == NULL ? "" : rule->name;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "version", "s", RP_VERSION);
  g_variant_dict_insert (&dict, "pid", "u", (guint32) getpid ());
  insert_strv (&dict, "listening", rp_agent_listening_get_addresses (parts->listening));
  g_variant_dict_insert_value (&dict, "surroundings",
                               rp_surroundings_to_variant (here));
  g_variant_dict_insert (&dict, "network", "s", network);
  g_variant_dict_insert_value (&dict, "accounts",
                               g_variant_builder_end (&self->accounts));
  g_variant_dict_insert_value (&dict, "configuration", build_configuration (parts));
  g_variant_dict_insert_value (&dict, "attention",
                               build_attention (self, here, network));
  g_variant_dict_insert_value (&dict, "queue",
                               rp_agent_queue_build_status (parts->queue));
  insert_strv (&dict, "sasl", rp_sasl_get_mechanisms ());
  g_variant_dict_insert (&dict, "libcurl", "s", rp_sasl_get_library ());
  insert_strv (&dict, "set-aside", (const char *const *) parts->set_aside);
  g_variant_dict_insert_value (&dict, "last", self->last);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void plan_next_account (GTask *task);

static void
add_account (Job *self, const RpPlan *plan)
{
  const RpAccount *account =
      g_ptr_array_index (self->config->accounts, self->next_account);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "name", "s", account->name);
  g_variant_dict_insert (&dict, "address", "s", account->address);
  if (plan != NULL)
    {
      g_autoptr (GVariant) all = g_variant_ref_sink (rp_plan_to_variant (plan));
      g_autoptr (GVariant) recipients =
          g_variant_lookup_value (all, "recipients", G_VARIANT_TYPE ("aa{sv}"));
      g_autoptr (GVariant) relaying = g_variant_get_child_value (recipients, 0);

      g_variant_dict_insert_value (&dict, "relaying", relaying);
    }
  g_variant_dict_insert_value (&dict, "logins", self->logins);
  g_clear_pointer (&self->logins, g_variant_unref);
  g_variant_builder_add_value (&self->accounts, g_variant_dict_end (&dict));
}

static void
on_account_planned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *self = g_task_get_task_data (task);
  g_autoptr (RpPlan) plan =
      rp_delivery_plan_finish (RP_DELIVERY (source), result, NULL);

  add_account (self, plan);
  self->next_account++;
  plan_next_account (task);
}

static void
on_logins_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char *const recipients[] = { FOREIGN_RECIPIENT, NULL };
  GTask *task = user_data;
  Job *self = g_task_get_task_data (task);
  const RpAccount *account =
      g_ptr_array_index (self->config->accounts, self->next_account);

  self->logins = rp_account_logins_finish (result, &self->attention);
  rp_delivery_plan_async (self->parts->delivery, account->address, recipients, NULL,
                          NULL, on_account_planned, task);
}

/* Takes the reference of @task. */
static void
plan_next_account (GTask *task)
{
  Job *self = g_task_get_task_data (task);
  const RpAccount *account;

  if (self->next_account == self->config->accounts->len)
    {
      g_task_return_pointer (task, build_status (self),
                             (GDestroyNotify) g_variant_unref);
      g_object_unref (task);
      return;
    }

  account = g_ptr_array_index (self->config->accounts, self->next_account);
  rp_account_logins_async (self->parts, self->config, account, on_logins_listed, task);
}

static void
on_journal_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *self = g_task_get_task_data (task);

  self->last = rp_journal_list_finish (RP_STORE (source), result, NULL);
  if (self->last == NULL)
    self->last =
        g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("a{sv}"), NULL, 0));
  plan_next_account (task);
}

void
rp_agent_status_async (const RpAgentParts *parts,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Job *self = g_new0 (Job, 1);

  self->parts = parts;
  self->config = rp_config_ref (parts->config);
  g_variant_builder_init (&self->accounts, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_builder_init (&self->attention, G_VARIANT_TYPE ("a(sas)"));
  g_task_set_task_data (task, self, (GDestroyNotify) job_free);
  rp_journal_list_async (parts->store, N_LAST, NULL, on_journal_listed, task);
}

GVariant *
rp_agent_status_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
