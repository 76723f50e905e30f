/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-dmarc.h"

#include <string.h>

#include "core/rp-dmarc-record.h"

#define KEPT_US (G_TIME_SPAN_HOUR)
#define SILENCE_KEPT_US (G_TIME_SPAN_MINUTE)
#define MAX_QUESTIONS 5

struct _RpDmarc
{
  GObject parent_instance;

  guint timeout_ms;
  GHashTable *known; /* domain to Known */
  GHashTable *open;  /* domain to the task that asks about it just now */
};

G_DEFINE_FINAL_TYPE (RpDmarc, rp_dmarc, G_TYPE_OBJECT)

typedef struct
{
  RpDmarcPolicy policy;
  gint64 ends_us;
} Known;

typedef struct
{
  char *domain;
  const char *asked; /* within @domain */
  guint n_questions;
  gboolean was_silent;
  GPtrArray *others; /* GTask: the same question, in the order in which it came */
  GCancellable *cancellable;
  GSource *timeout;
} Question;

static void
question_free (Question *question)
{
  g_free (question->domain);
  g_ptr_array_unref (question->others);
  g_object_unref (question->cancellable);
  if (question->timeout != NULL)
    {
      g_source_destroy (question->timeout);
      g_source_unref (question->timeout);
    }
  g_free (question);
}

static void
rp_dmarc_finalize (GObject *object)
{
  RpDmarc *self = RP_DMARC (object);

  g_hash_table_unref (self->known);
  g_hash_table_unref (self->open);
  G_OBJECT_CLASS (rp_dmarc_parent_class)->finalize (object);
}

static void
rp_dmarc_class_init (RpDmarcClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_dmarc_finalize;
}

static void
rp_dmarc_init (RpDmarc *self)
{
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->open = g_hash_table_new (g_str_hash, g_str_equal);
}

RpDmarc *
rp_dmarc_new (guint timeout_ms)
{
  RpDmarc *self = g_object_new (RP_TYPE_DMARC, NULL);

  self->timeout_ms = timeout_ms;
  return self;
}

static void
settle (GTask *task, RpDmarcPolicy policy)
{
  RpDmarc *self = RP_DMARC (g_task_get_source_object (task));
  Question *question = g_task_get_task_data (task);
  g_autoptr (GPtrArray) others = g_ptr_array_ref (question->others);
  Known *known = g_new0 (Known, 1);

  known->policy = policy;
  known->ends_us =
      g_get_monotonic_time () + (question->was_silent ? SILENCE_KEPT_US : KEPT_US);
  g_hash_table_replace (self->known, g_strdup (question->domain), known);
  g_hash_table_remove (self->open, question->domain);
  g_source_destroy (question->timeout);
  g_task_return_int (task, policy);
  for (guint i = 0; i < others->len; i++)
    g_task_return_int (g_ptr_array_index (others, i), policy);
}

static gboolean
find_policy (GList *records, gboolean is_parent, RpDmarcPolicy *policy)
{
  for (GList *item = records; item != NULL; item = item->next)
    {
      g_auto (GStrv) parts = NULL;
      g_autofree char *text = NULL;

      g_variant_get ((GVariant *) item->data, "(^as)", &parts);
      text = g_strjoinv ("", parts);
      if (rp_dmarc_record_parse (text, is_parent, policy))
        return TRUE;
    }

  return FALSE;
}

static void ask (GTask *task);

static void
free_records (GList *records)
{
  g_list_free_full (records, (GDestroyNotify) g_variant_unref);
}

/* Takes the reference to the task. */
static void
on_resolver_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GList *records =
      g_resolver_lookup_records_finish (G_RESOLVER (source), result, &error);
  RpDmarcPolicy policy = RP_DMARC_NONE;
  gboolean is_found =
      find_policy (records, question->asked != question->domain, &policy);
  const char *dot = strchr (question->asked, '.');

  free_records (records);
  question->was_silent =
      error != NULL
      && !g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  /* Nothing stands above the one below the top: "com" has no policy for others. */
  if (is_found || question->was_silent || question->n_questions >= MAX_QUESTIONS
      || dot == NULL || strchr (dot + 1, '.') == NULL)
    {
      settle (task, policy);
      return;
    }

  question->asked = dot + 1;
  ask (g_steal_pointer (&task));
}

static void
ask (GTask *task)
{
  Question *question = g_task_get_task_data (task);
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autofree char *name = g_strdup_printf ("_dmarc.%s", question->asked);

  question->n_questions++;
  g_resolver_lookup_records_async (resolver, name, G_RESOLVER_RECORD_TXT,
                                   question->cancellable, on_resolver_answered, task);
}

static gboolean
on_timeout (gpointer user_data)
{
  Question *question = user_data;

  g_cancellable_cancel (question->cancellable);
  return G_SOURCE_REMOVE;
}

/* Many messages that leave together ask one question, and go on in their order. */
static gboolean
join_open_question (RpDmarc *self, const char *domain, GTask *task)
{
  GTask *open = g_hash_table_lookup (self->open, domain);
  Question *question;

  if (open == NULL)
    return FALSE;

  question = g_task_get_task_data (open);
  g_ptr_array_add (question->others, g_object_ref (task));
  return TRUE;
}

void
rp_dmarc_lookup_async (RpDmarc *self,
                       const char *domain,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const Known *known = (const Known *) g_hash_table_lookup (self->known, domain);
  Question *question;

  g_task_set_source_tag (task, rp_dmarc_lookup_async);
  g_task_set_check_cancellable (task, FALSE);
  if (strchr (domain, '.') == NULL || *domain == '[')
    {
      g_task_return_int (task, RP_DMARC_NONE);
      return;
    }
  if (known != NULL && known->ends_us > g_get_monotonic_time ())
    {
      g_task_return_int (task, known->policy);
      return;
    }
  if (join_open_question (self, domain, task))
    return;

  question = g_new0 (Question, 1);
  question->domain = g_strdup (domain);
  question->others = g_ptr_array_new_with_free_func (g_object_unref);
  question->asked = question->domain;
  question->cancellable = g_cancellable_new ();
  question->timeout = g_timeout_source_new (self->timeout_ms);
  g_source_set_callback (question->timeout, on_timeout, question, NULL);
  g_source_attach (question->timeout, g_main_context_get_thread_default ());
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  g_hash_table_insert (self->open, question->domain, task);
  ask (g_steal_pointer (&task));
}

RpDmarcPolicy
rp_dmarc_lookup_finish (RpDmarc *self, GAsyncResult *result)
{
  gssize policy;

  g_return_val_if_fail (g_task_is_valid (result, self), RP_DMARC_NONE);

  policy = g_task_propagate_int (G_TASK (result), NULL);
  return policy < 0 ? RP_DMARC_NONE : (RpDmarcPolicy) policy;
}
