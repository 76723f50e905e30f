/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-duplicates.h"

struct _RpDuplicates
{
  RpStore *store;
  GHashTable *rows; /* digest to RpGuardRow */
};

static void
take_row (RpDuplicates *self, RpGuardRow *row)
{
  g_hash_table_replace (self->rows, row->digest, row);
}

static gboolean
load (RpDuplicates *self, GError **error)
{
  g_autoptr (GPtrArray) rows =
      rp_guard_load (self->store, g_get_real_time () / G_USEC_PER_SEC, error);

  if (rows == NULL)
    return FALSE;

  while (rows->len > 0)
    take_row (self, g_ptr_array_steal_index (rows, 0));
  return TRUE;
}

RpDuplicates *
rp_duplicates_new (RpStore *store, GError **error)
{
  g_autoptr (RpDuplicates) self = g_new0 (RpDuplicates, 1);

  self->store = store;
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                      (GDestroyNotify) rp_guard_row_free);
  if (store != NULL && !load (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
rp_duplicates_free (RpDuplicates *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->rows);
  g_free (self);
}

void
rp_duplicates_recall (RpDuplicates *self,
                      RpGuardKind kind,
                      const char *digest,
                      const char *message_id,
                      gint64 at_s)
{
  take_row (self, rp_guard_row_new (kind, digest, message_id, at_s, NULL));
}

/* On disk too: of two rows of a digest, a restart could not tell the later one. */
static void
drop (RpDuplicates *self, const char *digest)
{
  if (g_hash_table_remove (self->rows, digest) && self->store != NULL)
    rp_guard_drop (self->store, digest);
}

void
rp_duplicates_note (RpDuplicates *self,
                    RpGuardKind kind,
                    const char *digest,
                    const char *message_id,
                    gint64 at_s)
{
  RpGuardRow *row = rp_guard_row_new (kind, digest, message_id, at_s, NULL);

  drop (self, digest);
  if (self->store != NULL)
    rp_guard_keep (self->store, row);
  take_row (self, row);
}

void
rp_duplicates_forget (RpDuplicates *self, const char *digest, const char *message_id)
{
  const RpGuardRow *row = g_hash_table_lookup (self->rows, digest);

  if (row != NULL && g_str_equal (row->message_id, message_id))
    drop (self, digest);
}

const RpGuardRow *
rp_duplicates_find (RpDuplicates *self, const char *digest, gint64 now_s)
{
  const RpGuardRow *row = g_hash_table_lookup (self->rows, digest);

  if (row == NULL || now_s - row->at_s <= RP_GUARD_KEPT_S)
    return row;

  drop (self, digest);
  return NULL;
}
