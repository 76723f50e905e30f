/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost demo: a small world of mail servers on this machine. */
#include "commands/rp-commands.h"

#include <glib/gi18n.h>

#include "demo/rp-demo.h"

#define DEFAULT_PORT 2525

static gboolean
parse_isp (const char *text, RpAccessKind *isp)
{
  static const struct
  {
    const char *nick;
    RpAccessKind kind;
  } kinds[] = {
    { "password", RP_ACCESS_PASSWORD },
    { "pop", RP_ACCESS_POP },
    { "network", RP_ACCESS_NETWORK },
    { "address", RP_ACCESS_ADDRESS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].nick, text))
      {
        *isp = kinds[i].kind;
        return TRUE;
      }

  return FALSE;
}

static int
run_demo (const RpCommand *command, int argc, char **argv)
{
  g_autofree char *place = NULL;
  g_autofree char *isp = NULL;
  g_autofree char *folder = NULL;
  gboolean hotel_has_server = FALSE, ends_after_table = FALSE, is_json = FALSE;
  int port = DEFAULT_PORT;
  int exit_code;
  RpDemoOptions options = { .place = RP_DEMO_HOTEL, .isp = RP_ACCESS_PASSWORD };
  g_autoptr (RpDemo) demo = NULL;
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_INT, &port,
      N_ ("Let the agent listen on this port (2525), or on the next free one"),
      N_ ("PORT") },
    { "at", 0, 0, G_OPTION_ARG_STRING, &place,
      N_ ("Leave the laptop at home, at work or in the hotel after the table"),
      "home|work|hotel" },
    { "isp", 0, 0, G_OPTION_ARG_STRING, &isp,
      N_ ("How the home provider lets its customers relay from elsewhere"),
      "password|pop|network|address" },
    { "hotel-server", 0, 0, G_OPTION_ARG_NONE, &hotel_has_server,
      N_ ("Give the hotel a mail server of its own"), NULL },
    { "mail", 0, 0, G_OPTION_ARG_FILENAME, &folder,
      N_ ("Keep accepted mail in this folder"), N_ ("FOLDER") },
    { "once", 0, 0, G_OPTION_ARG_NONE, &ends_after_table, N_ ("End after the table"),
      NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &is_json, N_ ("Print the table as JSON and end"),
      NULL },
    G_OPTION_ENTRY_NULL
  };

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  if (argc > 1)
    return rp_command_usage_error (command, _ ("“%s” is one argument too many"),
                                   argv[1]);
  if (port < 1 || port > 65535)
    return rp_command_usage_error (command, _ ("%d is no port"), port);
  if (place != NULL && !rp_demo_place_from_nick (place, &options.place))
    return rp_command_usage_error (
        command, _ ("“%s” is no place: write home, work or hotel"), place);
  if (isp != NULL && !parse_isp (isp, &options.isp))
    return rp_command_usage_error (
        command, _ ("“%s” is no way in: write password, pop, network or address"), isp);

  options.port = (guint16) port;
  options.hotel_has_server = hotel_has_server;
  options.folder = folder;
  options.ends_after_table = ends_after_table || is_json;
  options.is_json = is_json;
  demo = rp_demo_new (&options);
  return rp_demo_run (demo);
}

const RpCommand rp_command_demo = {
  .name = "demo",
  .summary = N_ ("plays with a small world of mail servers on this machine"),
  .run = run_demo,
};
