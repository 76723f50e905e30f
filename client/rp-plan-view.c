/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-plan-view.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "rp-dict.h"
#include "rp-output.h"
#include "words/rp-words.h"

static const char *
get_connectivity_words (const char *connectivity)
{
  if (g_str_equal (connectivity, "full"))
    return _ ("online");
  if (g_str_equal (connectivity, "limited"))
    return _ ("no way to the Internet was found");
  if (g_str_equal (connectivity, "portal"))
    return _ ("waits for a login in the web browser");
  if (g_str_equal (connectivity, "none"))
    return _ ("offline");
  return _ ("whether it is online is not known");
}

char *
rp_plan_view_dup_place (const char *network, const char *connectivity)
{
  const char *name = network[0] == '\0' ? _ ("a network without a name") : network;

  if (g_str_equal (connectivity, "none"))
    return g_strdup (_ ("offline"));
  return g_strdup_printf ("%s (%s)", name, get_connectivity_words (connectivity));
}

static void
print_reason (GVariant *dict, const char *key, const char *indent)
{
  g_autofree char *text = rp_dict_dup_reason (dict, key);

  if (text[0] != '\0')
    printf ("%s%s\n", indent, text);
}

static void
print_route (GVariant *route, gsize number)
{
  printf ("  %" G_GSIZE_FORMAT ". ", number);
  rp_output_print_styled (RP_STYLE_STRONG, rp_dict_get_string (route, "server"));
  printf ("  %s  ", rp_dict_get_string (route, "endpoint"));
  rp_output_print_styled (RP_STYLE_FAINT, rp_dict_get_boolean (route, "relaying")
                                              ? _ ("relaying")
                                              : _ ("no relaying"));
  putchar ('\n');
  print_reason (route, "reason", "     ");
  print_reason (route, "demotion", "     ");
}

static void
print_left_out (GVariant *left_out)
{
  const char *server = rp_dict_get_string (left_out, "server");

  printf ("  -  %s", server[0] == '\0' ? _ ("server of this network") : server);
  if (rp_dict_get_string (left_out, "endpoint")[0] != '\0')
    printf ("  %s", rp_dict_get_string (left_out, "endpoint"));
  printf ("  ");
  rp_output_print_styled (RP_STYLE_WARNING, _ ("left out"));
  putchar ('\n');
  print_reason (left_out, "reason", "     ");
}

void
rp_plan_view_print_recipient (GVariant *recipient)
{
  g_autoptr (GVariant) routes = rp_dict_dup_array (recipient, "routes", "aa{sv}");
  g_autoptr (GVariant) left_out = rp_dict_dup_array (recipient, "left-out", "aa{sv}");

  rp_output_print_styled (RP_STYLE_STRONG, rp_dict_get_string (recipient, "address"));
  putchar ('\n');
  if (g_variant_n_children (routes) == 0)
    {
      printf ("  ");
      rp_output_print_styled (RP_STYLE_BAD, _ ("No server takes this mail here"));
      putchar ('\n');
    }
  for (gsize i = 0; i < g_variant_n_children (routes); i++)
    {
      g_autoptr (GVariant) route = g_variant_get_child_value (routes, i);

      print_route (route, i + 1);
    }
  for (gsize i = 0; i < g_variant_n_children (left_out); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (left_out, i);

      print_left_out (one);
    }
}

static void
print_why_none (GVariant *recipient)
{
  g_autoptr (GVariant) left_out = rp_dict_dup_array (recipient, "left-out", "aa{sv}");

  printf ("    ");
  rp_output_print_styled (RP_STYLE_BAD, _ ("no server relays for it here"));
  putchar ('\n');
  for (gsize i = 0; i < g_variant_n_children (left_out); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (left_out, i);

      print_reason (one, "reason", "    ");
    }
}

void
rp_plan_view_print_first (GVariant *recipient)
{
  g_autoptr (GVariant) routes = rp_dict_dup_array (recipient, "routes", "aa{sv}");
  g_autoptr (GVariant) route = NULL;

  if (g_variant_n_children (routes) == 0)
    {
      print_why_none (recipient);
      return;
    }
  route = g_variant_get_child_value (routes, 0);
  printf ("    ");
  rp_output_print_styled (RP_STYLE_GOOD, rp_dict_get_string (route, "server"));
  printf ("  %s\n", rp_dict_get_string (route, "endpoint"));
  print_reason (route, "reason", "    ");
  print_reason (route, "demotion", "    ");
}
