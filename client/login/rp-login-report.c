/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "login/rp-login-report.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "core/rp-printable.h"
#include "core/rp-trouble.h"
#include "rp-dict.h"
#include "rp-output.h"
#include "words/rp-words-trouble.h"

/* What an outcome is called, how it looks, and what the test of an account ends with
 * where nothing better came of a server. The higher of two exit codes' weights wins. */
static const struct
{
  const char *outcome;
  RpStyle style;
  const char *words; /* for a password, and where the login does not matter */
  const char *words_of_sign_in;
  const char *words_of_certificate;
  const char *words_of_ticket;
  int exit_code;
  int weight;
} outcomes[] = {
  { "accepted", RP_STYLE_GOOD, N_ ("accepts the password"), N_ ("accepts the sign-in"),
    N_ ("accepts the certificate"), N_ ("accepts the ticket"), EX_OK, 0 },
  { "connected", RP_STYLE_GOOD, N_ ("answers; there is no login here"), NULL, NULL,
    NULL, EX_OK, 0 },
  { "unreachable", RP_STYLE_WARNING, N_ ("cannot be reached from here"), NULL, NULL,
    NULL, EX_TEMPFAIL, 1 },
  { "turned-away", RP_STYLE_WARNING, N_ ("takes nobody from here"), NULL, NULL, NULL,
    EX_TEMPFAIL, 2 },
  { "unavailable", RP_STYLE_WARNING, N_ ("was not asked: the keyring does not answer"),
    N_ ("was not asked: there is no token just now"), NULL, NULL, EX_UNAVAILABLE, 3 },
  { "locked", RP_STYLE_WARNING, N_ ("was not asked: the keyring is locked, unlock it"),
    NULL, NULL, NULL, EX_UNAVAILABLE, 4 },
  { "not-offered", RP_STYLE_BAD, N_ ("offers no login with a password"),
    N_ ("offers no login with a token"), N_ ("offers no login with a certificate"),
    N_ ("offers no login with a ticket"), EX_CONFIG, 5 },
  { "missing", RP_STYLE_BAD, N_ ("was not asked: no password is stored"),
    N_ ("was not asked: nobody signed in"),
    N_ ("was not asked: your certificate cannot be used"),
    N_ ("was not asked: there is no ticket"), EX_NOPERM, 6 },
  { "revoked", RP_STYLE_BAD, N_ ("was not asked: the sign-in does not count any more"),
    NULL, NULL, NULL, EX_NOPERM, 7 },
  { "refused", RP_STYLE_BAD, N_ ("refuses the password"), N_ ("refuses the sign-in"),
    N_ ("refuses the certificate"), N_ ("refuses the ticket"), EX_NOPERM, 8 },
  { "hostile", RP_STYLE_BAD, N_ ("cannot be trusted here, was given nothing"), NULL,
    NULL, NULL, EX_PROTOCOL, 9 },
};

/* Returns: its row, or -1 for one of a newer agent */
static int
find_outcome (GVariant *line)
{
  const char *outcome = rp_dict_get_string (line, "outcome");

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    if (g_str_equal (outcomes[i].outcome, outcome))
      return (int) i;

  return -1;
}

static const char *
get_words (GVariant *line, int row)
{
  const char *access = rp_dict_get_string (line, "access");
  const char *words = NULL;

  if (row < 0)
    return rp_dict_get_string (line, "outcome");
  if (g_str_equal (access, "oauth2"))
    words = outcomes[row].words_of_sign_in;
  else if (g_str_equal (access, "certificate"))
    words = outcomes[row].words_of_certificate;
  else if (g_str_equal (access, "kerberos"))
    words = outcomes[row].words_of_ticket;
  return words != NULL ? _ (words) : _ (outcomes[row].words);
}

/* "TLS, PLAIN" */
static char *
dup_manner (GVariant *line)
{
  const char *tls = rp_dict_get_string (line, "tls");
  g_autofree char *mechanism =
      rp_printable_dup (rp_dict_get_string (line, "mechanism"), -1);
  const char *way = g_str_equal (tls, "implicit")   ? "TLS"
                    : g_str_equal (tls, "starttls") ? "STARTTLS"
                    : g_str_equal (tls, "none")     ? _ ("no TLS")
                                                    : "";

  return g_strdup_printf (
      "%s%s%s", way, way[0] != '\0' && mechanism[0] != '\0' ? ", " : "", mechanism);
}

static void
print_blanks (guint count)
{
  printf ("%*s", (int) count, "");
}

static void
print_way (GVariant *line, guint indent, guint width, gboolean is_whole)
{
  const int row = find_outcome (line);
  g_autofree char *manner = dup_manner (line);

  print_blanks (indent);
  rp_output_print_padded (rp_dict_get_string (line, "endpoint"), width + 2);
  rp_output_print_styled (row < 0 ? RP_STYLE_PLAIN : outcomes[row].style,
                          get_words (line, row));
  if (is_whole && manner[0] != '\0')
    printf (" (%s)", manner);
  if (rp_dict_get_boolean (line, "stored"))
    printf (", %s", _ ("stored"));
  putchar ('\n');
}

static gboolean
is_good (GVariant *line)
{
  const int row = find_outcome (line);

  return row >= 0 && outcomes[row].exit_code == EX_OK;
}

static void
print_words (GVariant *line, guint indent, gboolean is_whole)
{
  g_autofree char *reply = rp_printable_dup (rp_dict_get_string (line, "reply"), -1);

  if (reply[0] == '\0' || (!is_whole && is_good (line)))
    return;
  print_blanks (indent);
  printf ("%s\n", reply);
}

static RpTrouble
find_trouble (const char *nick, const char *text)
{
  const RpTrouble trouble = rp_trouble_from_nick (nick);

  if (trouble != RP_TROUBLE_NONE || text == NULL)
    return trouble;
  return rp_trouble_from_text (text);
}

void
rp_login_report_print_advice (const char *nick, const char *text, guint indent)
{
  const RpTrouble trouble = find_trouble (nick, text);

  if (trouble == RP_TROUBLE_NONE)
    return;
  print_blanks (indent);
  printf ("%s\n", rp_words_trouble_get_meaning (trouble));
  print_blanks (indent);
  printf ("→ %s\n", rp_words_trouble_get_advice (trouble));
}

static gboolean
has_trouble_before (GVariant *report, gsize index, const char *nick)
{
  for (gsize i = 0; i < index; i++)
    {
      g_autoptr (GVariant) line = g_variant_get_child_value (report, i);

      if (g_str_equal (rp_dict_get_string (line, "trouble"), nick))
        return TRUE;
    }
  return FALSE;
}

static guint
get_endpoint_width (GVariant *report)
{
  guint width = 0;

  for (gsize i = 0; i < g_variant_n_children (report); i++)
    {
      g_autoptr (GVariant) line = g_variant_get_child_value (report, i);

      width = MAX (width, rp_output_get_width (rp_dict_get_string (line, "endpoint")));
    }
  return width;
}

void
rp_login_report_print (GVariant *report, guint indent, gboolean is_whole)
{
  const guint width = get_endpoint_width (report);

  for (gsize i = 0; i < g_variant_n_children (report); i++)
    {
      g_autoptr (GVariant) line = g_variant_get_child_value (report, i);
      const char *trouble = rp_dict_get_string (line, "trouble");

      print_way (line, indent, width, is_whole);
      print_words (line, indent + 2, is_whole);
      if (!has_trouble_before (report, i, trouble))
        rp_login_report_print_advice (trouble, NULL, indent + 2);
    }
}

gboolean
rp_login_report_has (GVariant *report, const char *outcome)
{
  for (gsize i = 0; i < g_variant_n_children (report); i++)
    {
      g_autoptr (GVariant) line = g_variant_get_child_value (report, i);

      if (g_str_equal (rp_dict_get_string (line, "outcome"), outcome))
        return TRUE;
    }
  return FALSE;
}

/* Whether some way lets us in at the server; a POP login alone sends no mail. */
static gboolean
is_open (GVariant *report, const char *server)
{
  for (gsize i = 0; i < g_variant_n_children (report); i++)
    {
      g_autoptr (GVariant) line = g_variant_get_child_value (report, i);

      if (g_str_equal (rp_dict_get_string (line, "server"), server) && is_good (line)
          && !g_str_equal (rp_dict_get_string (line, "access"), "pop"))
        return TRUE;
    }
  return FALSE;
}

int
rp_login_report_get_exit_code (GVariant *report)
{
  int exit_code = EX_OK;
  int weight = 0;

  for (gsize i = 0; i < g_variant_n_children (report); i++)
    {
      g_autoptr (GVariant) line = g_variant_get_child_value (report, i);
      const gboolean is_pop = g_str_equal (rp_dict_get_string (line, "access"), "pop");
      const int row = find_outcome (line);

      if (row < 0 || outcomes[row].weight <= weight)
        continue;
      /* what no other endpoint makes good */
      if (!is_pop && is_open (report, rp_dict_get_string (line, "server")))
        continue;
      weight = outcomes[row].weight;
      exit_code = outcomes[row].exit_code;
    }
  return exit_code;
}
