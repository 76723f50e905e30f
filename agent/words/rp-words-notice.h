/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notices as texts of the user's language. */
#pragma once

#include "core/rp-notice.h"

G_BEGIN_DECLS

/** rp_words_notice_title: (transfer full): one short line, plain text. */
char *rp_words_notice_title (const RpNotice *notice);

/** rp_words_notice_text: (transfer full): a few lines, plain text: the server's own
 * words first, then ours. */
char *rp_words_notice_text (const RpNotice *notice);

/** rp_words_notice_action: (transfer full): what stands on the button. */
char *rp_words_notice_action (RpNoticeAction action);

G_END_DECLS
