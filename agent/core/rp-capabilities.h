/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server offered in its last EHLO reply. Only the last one counts. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RpCapabilities:
 * @max_message_bytes: from SIZE, 0 for no limit told
 * @max_recipients: RCPTMAX of LIMITS (RFC 9422), 0 for no limit told
 * @auth_mechanisms: (nullable): in upper case
 */
typedef struct
{
  gboolean has_pipelining;
  gboolean has_8bitmime;
  gboolean has_smtputf8;
  gboolean has_dsn;
  gboolean has_size;
  gboolean has_chunking;
  gboolean has_starttls;
  gboolean has_enhanced_codes;
  guint64 max_message_bytes;
  guint max_recipients;
  GStrv auth_mechanisms;
} RpCapabilities;

/** rp_capabilities_new: (transfer full): of a server that offers nothing. */
RpCapabilities *rp_capabilities_new (void);

/** rp_capabilities_copy: (transfer full): a deep copy. */
RpCapabilities *rp_capabilities_copy (const RpCapabilities *self);

/** rp_capabilities_free: @self: (nullable). */
void rp_capabilities_free (RpCapabilities *self);

/** rp_capabilities_add_line: reads one line of an EHLO reply after the first, the
 * text behind "250-", such as "SIZE 10240000" (RFC 5321 section 4.1.1.1). Keywords in
 * any case; unknown ones are passed over. */
void rp_capabilities_add_line (RpCapabilities *self, const char *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpCapabilities, rp_capabilities_free)

G_END_DECLS
