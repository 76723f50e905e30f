/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notices/rp-notice-way.h"

#include "words/rp-words-notice.h"

/* By the servers' own measure, or until the user puts it away. */
#define EXPIRES_BY_ITSELF (-1)
#define NEVER_EXPIRES 0

#define URGENCY_NORMAL 1

/* What a click on the notice itself invokes. */
#define DEFAULT_ACTION "default"

static RpNoticeSkills
read_skills (GVariant *reply)
{
  RpNoticeSkills skills = { FALSE, FALSE };
  g_autofree const char **names = NULL;

  if (!g_variant_is_of_type (reply, G_VARIANT_TYPE ("(as)")))
    return skills;

  g_variant_get (reply, "(^a&s)", &names);
  skills.takes_markup = g_strv_contains (names, "body-markup");
  skills.takes_actions = g_strv_contains (names, "actions");
  return skills;
}

/* A server's words may hold what looks like markup, a link even. */
static char *
dup_body (const RpNotice *notice, const RpNoticeSkills *skills)
{
  g_autofree char *text = rp_words_notice_text (notice);

  return skills->takes_markup ? g_markup_escape_text (text, -1)
                              : g_steal_pointer (&text);
}

/* Desktops differ in whether a click on the notice is a button as well, so that showing
 * is the default alone. */
static const char *
get_action_name (RpNoticeAction action)
{
  return action == RP_NOTICE_SHOW ? DEFAULT_ACTION : rp_notice_action_to_nick (action);
}

static GVariant *
make_actions (const RpNotice *notice, const RpNoticeSkills *skills)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  for (guint i = 0; skills->takes_actions && i < RP_NOTICE_N_ACTIONS; i++)
    if (rp_notice_offers (notice, (RpNoticeAction) i))
      {
        g_autofree char *label = rp_words_notice_action ((RpNoticeAction) i);

        g_variant_builder_add (&builder, "s", get_action_name ((RpNoticeAction) i));
        g_variant_builder_add (&builder, "s", label);
      }
  return g_variant_builder_end (&builder);
}

static GVariant *
make_hints (const RpNotice *notice)
{
  const char *category = notice->kind == RP_NOTICE_FAILED ? "email.bounced" : "email";
  g_auto (GVariantDict) hints = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&hints, "urgency", g_variant_new_byte (URGENCY_NORMAL));
  g_variant_dict_insert (&hints, "category", "s", category);
  g_variant_dict_insert (&hints, "desktop-entry", "s", "org.roampost.Roampost");
  return g_variant_dict_end (&hints);
}

/* What passes by itself may pass from the screen, what is to be decided may not. */
static gboolean
passes_by_itself (const RpNotice *notice)
{
  return notice->kind == RP_NOTICE_DELAYED || notice->kind == RP_NOTICE_KEYRING
         || notice->kind == RP_NOTICE_SIGN_IN;
}

static GVariant *
make_show (const RpNotice *notice, guint32 number, const RpNoticeSkills *skills)
{
  gboolean is_passing = passes_by_itself (notice);
  g_autofree char *title = rp_words_notice_title (notice);
  g_autofree char *body = dup_body (notice, skills);

  return g_variant_new ("(susss@as@a{sv}i)", "roampost", number,
                        is_passing ? "dialog-information" : "dialog-warning", title,
                        body, make_actions (notice, skills), make_hints (notice),
                        is_passing ? EXPIRES_BY_ITSELF : NEVER_EXPIRES);
}

static guint32
read_number (GVariant *reply)
{
  guint32 number;

  g_variant_get (reply, "(u)", &number);
  return number;
}

static GVariant *
make_withdraw (const char *key, guint32 number)
{
  return g_variant_new ("(u)", number);
}

static gboolean
read_action (const char *name, RpNoticeAction *action)
{
  if (!g_str_equal (name, DEFAULT_ACTION))
    return rp_notice_action_from_nick (name, action);

  *action = RP_NOTICE_SHOW;
  return TRUE;
}

static gboolean
read_signal (const char *signal, GVariant *parameters, RpNoticeSignal *out)
{
  const char *action;

  if (g_str_equal (signal, "NotificationClosed")
      && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uu)")))
    {
      g_variant_get (parameters, "(uu)", &out->number, NULL);
      out->is_closed = TRUE;
      return TRUE;
    }
  if (g_str_equal (signal, "ActionInvoked")
      && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(us)")))
    {
      g_variant_get (parameters, "(u&s)", &out->number, &action);
      out->has_action = read_action (action, &out->action);
      return out->has_action;
    }

  return FALSE;
}

const RpNoticeWay rp_notice_way_desktop = {
  .name = "org.freedesktop.Notifications",
  .path = "/org/freedesktop/Notifications",
  .interface = "org.freedesktop.Notifications",
  .skills_method = "GetCapabilities",
  .read_skills = read_skills,
  .show_method = "Notify",
  .show_reply_type = "(u)",
  .make_show = make_show,
  .read_number = read_number,
  .withdraw_method = "CloseNotification",
  .make_withdraw = make_withdraw,
  .read_signal = read_signal,
};
