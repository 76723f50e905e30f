/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two ways to put up a notice, as D-Bus calls made and signals read. Each is a
 * table; rp-notifier.c does the calling. */
#pragma once

#include <gio/gio.h>

#include "core/rp-notice.h"

G_BEGIN_DECLS

/**
 * RpNoticeSkills: what a server of notices can do
 * @takes_markup: "&lt;" is shown as "<", and "<b>" is no text
 * @takes_actions: buttons
 */
typedef struct
{
  gboolean takes_markup;
  gboolean takes_actions;
} RpNoticeSkills;

/**
 * RpNoticeSignal: what a server said of a notice that is up
 * @number: of the notice, or 0 where the way has none
 * @key: (nullable): of the notice, where the way has it
 * @has_action: @action was chosen
 * @is_closed: the notice is not up any more
 */
typedef struct
{
  guint32 number;
  const char *key;
  gboolean has_action;
  RpNoticeAction action;
  gboolean is_closed;
} RpNoticeSignal;

/**
 * RpNoticeWay:
 * @skills_method: (nullable): tells what the server can do; its answer is read with
 *   @read_skills
 * @show_method: puts up a notice, or changes the one that is up
 * @read_number: the number of the notice that is now up, never 0
 * @read_signal: whether it was a signal about a notice; texts are lent by @parameters
 */
typedef struct
{
  const char *name;
  const char *path;
  const char *interface;

  const char *skills_method;
  RpNoticeSkills (*read_skills) (GVariant *reply);

  const char *show_method;
  const char *show_reply_type;
  GVariant *(*make_show) (const RpNotice *notice,
                          guint32 number,
                          const RpNoticeSkills *skills);
  guint32 (*read_number) (GVariant *reply);

  const char *withdraw_method;
  GVariant *(*make_withdraw) (const char *key, guint32 number);

  gboolean (*read_signal) (const char *signal,
                           GVariant *parameters,
                           RpNoticeSignal *out);
} RpNoticeWay;

/* rp_notice_way_desktop: org.freedesktop.Notifications (Desktop Notifications
 * Specification 1.2), which every desktop has. */
extern const RpNoticeWay rp_notice_way_desktop;

/* rp_notice_way_portal: org.freedesktop.portal.Notification, for sandboxes. */
extern const RpNoticeWay rp_notice_way_portal;

G_END_DECLS
