/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One message's content: in memory while it is small, else in an unnamed file. Written
 * once by the intake, read by delivery at any offset; constant memory for any size. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define RP_TYPE_CONTENT (rp_content_get_type ())
G_DECLARE_FINAL_TYPE (RpContent, rp_content, RP, CONTENT, GObject)

/** RP_CONTENT_IN_MEMORY_BYTES: a longer message goes to a file. */
#define RP_CONTENT_IN_MEMORY_BYTES (256 * 1024)
/** RP_CONTENT_ALL_IN_MEMORY_BYTES: what all messages may hold in memory together. */
#define RP_CONTENT_ALL_IN_MEMORY_BYTES (32 * 1024 * 1024)

/**
 * rp_content_new:
 * @folder: (nullable): where an unnamed file may be made (O_TMPFILE, else a ".tmp"
 *   name that is unlinked); %NULL keeps everything in memory
 */
RpContent *rp_content_new (const char *folder);

/**
 * rp_content_new_from_fd:
 * @fd: (transfer full): a file that is whole and is read only, such as a body in
 *   custody; closed with the content
 * @n_bytes: its octets
 *
 * Nothing can be appended to it.
 */
RpContent *rp_content_new_from_fd (int fd, guint64 n_bytes);

/**
 * rp_content_append:
 * @error: a #GIOError when the disk refuses (no space, I/O error)
 */
gboolean rp_content_append (RpContent *self,
                            const guint8 *bytes,
                            gsize n_bytes,
                            GError **error);

/** rp_content_get_size: octets appended so far. */
guint64 rp_content_get_size (RpContent *self);

/** rp_content_is_in_memory: whether no file was needed yet. */
gboolean rp_content_is_in_memory (RpContent *self);

/**
 * rp_content_read:
 * @offset: from 0
 *
 * Returns: octets read into @buffer, 0 at the end, -1 with @error set
 */
gssize rp_content_read (
    RpContent *self, guint64 offset, guint8 *buffer, gsize n_bytes, GError **error);

/** rp_content_get_fd: the file, still the content's, to be read by offset only; -1
 * while the content is in memory. */
int rp_content_get_fd (RpContent *self);

/** rp_content_dup_bytes: (transfer full) (nullable): a copy of all octets, %NULL when
 * they are in a file. */
GBytes *rp_content_dup_bytes (RpContent *self);

/**
 * rp_content_get_digest:
 *
 * SHA-256 of the octets so far, kept up with every rp_content_append(). Of a content
 * from rp_content_new_from_fd() the whole file is read, which blocks.
 *
 * Returns: (transfer none) (nullable): 64 hexadecimal digits, or %NULL when the file
 *   cannot be read
 */
const char *rp_content_get_digest (RpContent *self);

G_END_DECLS
