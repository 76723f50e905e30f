/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notices/rp-notice-way.h"

#include "words/rp-words-notice.h"

static RpNoticeSkills
read_skills (GVariant *reply)
{
  return (RpNoticeSkills){ FALSE, TRUE };
}

static GVariant *
make_buttons (const RpNotice *notice)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < RP_NOTICE_N_ACTIONS; i++)
    if (rp_notice_offers (notice, (RpNoticeAction) i))
      {
        g_autofree char *label = rp_words_notice_action ((RpNoticeAction) i);
        g_auto (GVariantDict) button = G_VARIANT_DICT_INIT (NULL);

        g_variant_dict_insert (&button, "label", "s", label);
        g_variant_dict_insert (&button, "action", "s",
                               rp_notice_action_to_nick ((RpNoticeAction) i));
        g_variant_builder_add_value (&builder, g_variant_dict_end (&button));
      }
  return g_variant_builder_end (&builder);
}

/* Its texts are plain. The same key replaces what is up. */
static GVariant *
make_show (const RpNotice *notice, guint32 number, const RpNoticeSkills *skills)
{
  g_autofree char *title = rp_words_notice_title (notice);
  g_autofree char *body = rp_words_notice_text (notice);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "title", "s", title);
  g_variant_dict_insert (&dict, "body", "s", body);
  g_variant_dict_insert (&dict, "priority", "s", "normal");
  g_variant_dict_insert (&dict, "default-action", "s",
                         rp_notice_action_to_nick (RP_NOTICE_SHOW));
  g_variant_dict_insert_value (&dict, "buttons", make_buttons (notice));
  return g_variant_new ("(s@a{sv})", notice->key, g_variant_dict_end (&dict));
}

/* It has keys instead. */
static guint32
read_number (GVariant *reply)
{
  return 1;
}

static GVariant *
make_withdraw (const char *key, guint32 number)
{
  return g_variant_new ("(s)", key);
}

/* A notice whose action was chosen is gone. Of one that was put away nothing is said.
 */
static gboolean
read_signal (const char *signal, GVariant *parameters, RpNoticeSignal *out)
{
  const char *action;

  if (!g_str_equal (signal, "ActionInvoked")
      || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssav)")))
    return FALSE;

  g_variant_get (parameters, "(&s&sav)", &out->key, &action, NULL);
  out->has_action = rp_notice_action_from_nick (action, &out->action);
  out->is_closed = TRUE;
  return TRUE;
}

const RpNoticeWay rp_notice_way_portal = {
  .name = "org.freedesktop.portal.Desktop",
  .path = "/org/freedesktop/portal/desktop",
  .interface = "org.freedesktop.portal.Notification",
  .read_skills = read_skills,
  .show_method = "AddNotification",
  .show_reply_type = "()",
  .make_show = make_show,
  .read_number = read_number,
  .withdraw_method = "RemoveNotification",
  .make_withdraw = make_withdraw,
  .read_signal = read_signal,
};
