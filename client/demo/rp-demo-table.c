/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo/rp-demo-table.h"

#include <glib/gi18n.h>
#include <string.h>

void
rp_demo_result_clear (RpDemoResult *self)
{
  g_clear_pointer (&self->straight, g_free);
  g_clear_pointer (&self->through, g_free);
}

static const char *
get_place_name (RpDemoPlace place)
{
  switch (place)
    {
    case RP_DEMO_HOME:
      return _ ("home");
    case RP_DEMO_WORK:
      return _ ("work");
    case RP_DEMO_HOTEL:
      return _ ("hotel");
    }

  g_assert_not_reached ();
}

static gboolean
is_accepted (const char *reply)
{
  return reply != NULL && reply[0] == '2';
}

/* One answer under its label; the further lines of a reply are indented. */
static void
append_answer (GString *text, const char *label, const char *reply, gboolean has_colour)
{
  const char *begin = !has_colour ? "" : is_accepted (reply) ? "\033[32m" : "\033[31m";
  const char *end = has_colour ? "\033[0m" : "";
  g_auto (GStrv) lines = g_strsplit (reply == NULL ? _ ("no answer") : reply, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *shown = i == 0 ? label : "";
      const glong n_missing = 12 - g_utf8_strlen (shown, -1);

      g_string_append_printf (text, "     %s%*s%s%s%s\n", shown,
                              (int) MAX (n_missing, 1), "", begin, lines[i], end);
    }
}

char *
rp_demo_table_dup_text (const RpDemoResult *results, gboolean has_colour)
{
  const RpDemoScenario *scenarios = rp_demo_world_get_scenarios ();
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < RP_DEMO_N_SCENARIOS; i++)
    {
      const RpDemoScenario *scenario = &scenarios[i];

      g_string_append_printf (text, "  %u  %s → %s  (%s)\n", i + 1,
                              get_place_name (scenario->place), scenario->recipient,
                              scenario->is_relaying ? _ ("relaying")
                                                    : _ ("own domain"));
      append_answer (text, _ ("straight"), results[i].straight, has_colour);
      append_answer (text, "roampost", results[i].through, has_colour);
    }

  return g_string_free (text, FALSE);
}

GVariant *
rp_demo_table_to_variant (const RpDemoResult *results)
{
  const RpDemoScenario *scenarios = rp_demo_world_get_scenarios ();
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < RP_DEMO_N_SCENARIOS; i++)
    {
      g_auto (GVariantDict) row = G_VARIANT_DICT_INIT (NULL);

      g_variant_dict_insert (&row, "place", "s",
                             rp_demo_place_to_nick (scenarios[i].place));
      g_variant_dict_insert (&row, "recipient", "s", scenarios[i].recipient);
      g_variant_dict_insert (&row, "relaying", "b", scenarios[i].is_relaying);
      if (results[i].straight != NULL)
        g_variant_dict_insert (&row, "straight", "s", results[i].straight);
      if (results[i].through != NULL)
        g_variant_dict_insert (&row, "through", "s", results[i].through);
      g_variant_builder_add_value (&rows, g_variant_dict_end (&row));
    }

  return g_variant_builder_end (&rows);
}
