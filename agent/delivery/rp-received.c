/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery/rp-received.h"

/* Whatever the program said of itself must not end the field or open a comment. */
static gboolean
is_harmless (const char *name)
{
  if (name == NULL || *name == '\0')
    return FALSE;

  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '.' && *p != '-' && *p != ':' && *p != '['
        && *p != ']')
      return FALSE;

  return TRUE;
}

static char *
dup_date (gint64 at_s)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (at_s);

  /* Not strftime's names: those are of the user's language. */
  return g_strdup_printf ("%s, %d %s %04d %02d:%02d:%02d +0000",
                          days[g_date_time_get_day_of_week (date) - 1],
                          g_date_time_get_day_of_month (date),
                          months[g_date_time_get_month (date) - 1],
                          g_date_time_get_year (date), g_date_time_get_hour (date),
                          g_date_time_get_minute (date), g_date_time_get_second (date));
}

char *
rp_received_dup_field (const RpMessage *message)
{
  g_autofree char *date = dup_date (message->received_at_s);

  return g_strdup_printf ("Received: from %s (localhost)\r\n"
                          "\tby localhost (roampost) with %s id %s;\r\n"
                          "\t%s\r\n",
                          is_harmless (message->hello) ? message->hello : "localhost",
                          message->is_esmtp ? "ESMTP" : "SMTP", message->id, date);
}
