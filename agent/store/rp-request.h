/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the store's rooms ask of its thread. For modules of this folder only. */
#pragma once

#include <sqlite3.h>

#include "store/rp-store.h"

G_BEGIN_DECLS

/**
 * RpWork:
 * @database: to read and write; inside a transaction
 * @data: as given with the work
 * @result: (out) (transfer full) (nullable): what was read, not floating
 *
 * Runs in the store's thread. Whatever it wrote is undone when it fails.
 *
 * Returns: whether it succeeded
 */
typedef gboolean (*RpWork) (sqlite3 *database,
                            gconstpointer data,
                            GVariant **result,
                            GError **error);

/**
 * RpRequest:
 * @task: (nullable): who waits for the result on a main loop
 * @wait: (nullable): who waits for it and blocks
 *
 * One piece of work, from its asking to its answer.
 */
typedef struct
{
  RpWork work;
  gpointer data;
  GDestroyNotify free_data;
  GTask *task;
  struct _RpWait *wait;
  GVariant *result;
  GError *error;
} RpRequest;

/**
 * rp_request_new:
 * @data: (transfer full): for @work; freed by @free_data in any thread
 */
RpRequest *rp_request_new (RpWork work, gpointer data, GDestroyNotify free_data);

/** rp_request_free: @self: (transfer full): with its result and its error. */
void rp_request_free (RpRequest *self);

/** rp_request_run: does the work inside a SAVEPOINT of its own. */
void rp_request_run (RpRequest *self, sqlite3 *database);

/**
 * rp_store_push:
 *
 * Returns at once; work is done in the order in which it was pushed. A failure is told
 * by #RpStore::failed. Work that is pushed after rp_store_close() is dropped.
 */
void rp_store_push (RpStore *self,
                    RpWork work,
                    gpointer data,
                    GDestroyNotify free_data);

/**
 * rp_store_run_async:
 *
 * As rp_store_push(); @callback is called when the result is committed.
 */
void rp_store_run_async (RpStore *self,
                         RpWork work,
                         gpointer data,
                         GDestroyNotify free_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);

/** rp_store_run_finish: (transfer full) (nullable): the work's result. */
GVariant *rp_store_run_finish (RpStore *self, GAsyncResult *result, GError **error);

/**
 * rp_store_run:
 * @result: (out) (transfer full) (nullable) (optional): the work's result
 *
 * Blocks until the work is committed: for the start only.
 *
 * Returns: whether it is
 */
gboolean rp_store_run (RpStore *self,
                       RpWork work,
                       gpointer data,
                       GDestroyNotify free_data,
                       GVariant **result,
                       GError **error);

G_END_DECLS
