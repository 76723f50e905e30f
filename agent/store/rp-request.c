/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rp-request.h"

#include "store/rp-query.h"

RpRequest *
rp_request_new (RpWork work, gpointer data, GDestroyNotify free_data)
{
  RpRequest *self = g_new0 (RpRequest, 1);

  self->work = work;
  self->data = data;
  self->free_data = free_data;
  return self;
}

void
rp_request_free (RpRequest *self)
{
  if (self->free_data != NULL)
    self->free_data (self->data);
  g_clear_object (&self->task);
  g_clear_pointer (&self->result, g_variant_unref);
  g_clear_error (&self->error);
  g_free (self);
}

void
rp_request_run (RpRequest *self, sqlite3 *database)
{
  if (!rp_query_run (database, &self->error, "SAVEPOINT request", ""))
    return;

  if (self->work (database, self->data, &self->result, &self->error))
    {
      rp_query_run (database, &self->error, "RELEASE request", "");
      return;
    }

  /* A full disk may have undone the whole transaction, and the savepoint with it. */
  if (!sqlite3_get_autocommit (database))
    sqlite3_exec (database, "ROLLBACK TO request; RELEASE request", NULL, NULL, NULL);
}
