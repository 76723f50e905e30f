/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A secret that comes through a pipe: messages of a bus are copied, queued and shown by
 * its monitors, what is in a pipe is read once. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** RP_SECRET_PIPE_MAX_BYTES: of one secret, without the end of its line. */
#define RP_SECRET_PIPE_MAX_BYTES 4096

/**
 * rp_secret_pipe_read_async:
 * @fd: read from, closed at the end
 * @timeout_ms: how long the writer may take
 *
 * Reads one line, up to its LF or the end of the pipe, without blocking.
 */
void rp_secret_pipe_read_async (int fd,
                                guint timeout_ms,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * rp_secret_pipe_read_finish:
 * @error: %G_IO_ERROR_INVALID_DATA when it is empty, longer than
 *   %RP_SECRET_PIPE_MAX_BYTES, or no UTF-8 text; %G_IO_ERROR_TIMED_OUT;
 * %G_IO_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the line without its end, for rp_password_free()
 */
char *rp_secret_pipe_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
