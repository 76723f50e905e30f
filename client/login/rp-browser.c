/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "login/rp-browser.h"

#include <string.h>

static gboolean
has_variable (const char *name)
{
  const char *value = g_getenv (name);

  return value != NULL && value[0] != '\0';
}

gboolean
rp_browser_is_likely (void)
{
  return has_variable ("BROWSER") || has_variable ("DISPLAY")
         || has_variable ("WAYLAND_DISPLAY");
}

/* An address comes from the agent, but a browser is a program that does much. */
static gboolean
is_safe (const char *address)
{
  if (!g_str_has_prefix (address, "https://")
      && !g_str_has_prefix (address, "http://127.0.0.1")
      && !g_str_has_prefix (address, "http://localhost")
      && !g_str_has_prefix (address, "http://[::1]"))
    return FALSE;
  for (const char *p = address; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;

  return TRUE;
}

static gboolean
start (char **argv)
{
  return g_spawn_async (NULL, argv, NULL,
                        G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                            | G_SPAWN_STDERR_TO_DEV_NULL,
                        NULL, NULL, NULL, NULL);
}

/* One entry of $BROWSER: "firefox", or "firefox -new-tab %s". No shell reads it. */
static gboolean
start_entry (const char *entry, const char *address)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  gboolean has_address = FALSE;

  if (!g_shell_parse_argv (entry, NULL, &words, NULL))
    return FALSE;
  for (guint i = 0; words[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (words[i], "%s", -1);
      g_autofree char *word = g_strjoinv (address, parts);

      has_address |= strstr (words[i], "%s") != NULL;
      g_strv_builder_add (builder, word);
    }
  if (!has_address)
    g_strv_builder_add (builder, address);
  argv = g_strv_builder_end (builder);
  return start (argv);
}

gboolean
rp_browser_open (const char *address)
{
  char *by_xdg[] = { "xdg-open", (char *) address, NULL };
  char *by_gio[] = { "gio", "open", (char *) address, NULL };
  const char *browser = g_getenv ("BROWSER");
  g_auto (GStrv) entries = g_strsplit (browser == NULL ? "" : browser, ":", -1);

  if (!is_safe (address))
    return FALSE;
  for (guint i = 0; entries[i] != NULL; i++)
    if (entries[i][0] != '\0' && start_entry (entries[i], address))
      return TRUE;
  if (!has_variable ("DISPLAY") && !has_variable ("WAYLAND_DISPLAY"))
    return FALSE;
  return start (by_xdg) || start (by_gio);
}
