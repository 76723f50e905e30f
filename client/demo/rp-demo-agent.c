/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo/rp-demo-agent.h"

#include <signal.h>
#include <string.h>

struct _RpDemoAgent
{
  GObject parent_instance;

  char *folder;
  char *runtime_folder;
  char *config_file;
  char *surroundings_file;
  GSubprocess *process;
  GDataInputStream *log;
  GOutputStream *log_file;
  char *last_line;
};

enum
{
  LISTENING,
  MOVED,
  TROUBLE,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RpDemoAgent, rp_demo_agent, G_TYPE_OBJECT)

/* The program beside this one in the build folder, else the installed one. */
static char *
dup_agent_path (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *here = g_path_get_dirname (self == NULL ? "." : self);
  g_autofree char *built =
      g_build_filename (here, "..", "agent", "roampost-agent", NULL);

  if (g_file_test (built, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&built);

  return g_build_filename (RP_BIN_DIR, "roampost-agent", NULL);
}

/* The value of KEY in a line of key=value, as far as the next space. */
static char *
dup_value (const char *line, const char *key)
{
  g_autofree char *start = g_strdup_printf (" %s=", key);
  const char *value = strstr (line, start);

  if (value == NULL)
    return g_strdup ("");

  value += strlen (start);
  return g_strndup (value, strcspn (value, " "));
}

/* The sentence of a line that ends in text="..."; the whole line where there is none.
 */
static char *
dup_text (const char *line)
{
  const char *text = strstr (line, " text=\"");
  g_autofree char *inner = NULL;

  if (text == NULL || !g_str_has_suffix (line, "\""))
    return g_strdup (line);

  text += strlen (" text=\"");
  inner = g_strndup (text, strlen (text) - 1);
  return g_strcompress (inner);
}

static void
handle_line (RpDemoAgent *self, const char *line)
{
  if (g_str_has_prefix (line, "event=listening "))
    {
      g_autofree char *address = dup_value (line, "address");

      g_signal_emit (self, signals[LISTENING], 0, address);
    }
  else if (g_str_has_prefix (line, "event=surroundings "))
    {
      g_autofree char *network = dup_value (line, "network");

      g_signal_emit (self, signals[MOVED], 0, network);
    }
  else if (g_str_has_prefix (line, "event=trouble "))
    {
      g_autofree char *text = dup_text (line);

      g_signal_emit (self, signals[TROUBLE], 0, text);
    }
}

static void
on_log_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RpDemoAgent) self = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (
      G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (line == NULL)
    {
      g_signal_emit (self, signals[ENDED], 0,
                     self->last_line == NULL ? "" : self->last_line);
      return;
    }

  g_output_stream_printf (self->log_file, NULL, NULL, NULL, "%s\n", line);
  handle_line (self, line);
  g_free (self->last_line);
  self->last_line = g_steal_pointer (&line);
  g_data_input_stream_read_line_async (self->log, G_PRIORITY_DEFAULT, NULL, on_log_line,
                                       g_object_ref (self));
}

static gboolean
spawn (RpDemoAgent *self, GError **error)
{
  g_autofree char *program = dup_agent_path ();
  g_autofree char *state = g_build_filename (self->folder, "state", NULL);
  g_autofree char *log_path = g_build_filename (self->folder, "agent.log", NULL);
  g_autoptr (GFile) log_file = g_file_new_for_path (log_path);
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
  const char *const argv[] = { program,
                               "--config",
                               self->config_file,
                               "--state-dir",
                               state,
                               "--runtime-dir",
                               self->runtime_folder,
                               "--fake-surroundings",
                               self->surroundings_file,
                               NULL };

  self->log_file = G_OUTPUT_STREAM (
      g_file_replace (log_file, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, error));
  if (self->log_file == NULL)
    return FALSE;
  /* Its providers are not those of the user. */
  g_subprocess_launcher_setenv (launcher, "XDG_CONFIG_HOME", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "ROAMPOST_SYSTEM_CONFIG_DIR", self->folder,
                                TRUE);
  self->process = g_subprocess_launcher_spawnv (launcher, argv, error);
  if (self->process == NULL)
    return FALSE;

  self->log = g_data_input_stream_new (g_subprocess_get_stderr_pipe (self->process));
  g_data_input_stream_read_line_async (self->log, G_PRIORITY_DEFAULT, NULL, on_log_line,
                                       g_object_ref (self));
  return TRUE;
}

gboolean
rp_demo_agent_start (RpDemoAgent *self,
                     const char *config,
                     const char *surroundings,
                     GError **error)
{
  return g_file_set_contents (self->config_file, config, -1, error)
         && rp_demo_agent_move (self, surroundings, error) && spawn (self, error);
}

gboolean
rp_demo_agent_move (RpDemoAgent *self, const char *surroundings, GError **error)
{
  return g_file_set_contents (self->surroundings_file, surroundings, -1, error);
}

void
rp_demo_agent_stop (RpDemoAgent *self)
{
  if (self->process == NULL)
    return;

  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

const char *
rp_demo_agent_get_runtime_folder (RpDemoAgent *self)
{
  return self->runtime_folder;
}

static void
rp_demo_agent_finalize (GObject *object)
{
  RpDemoAgent *self = RP_DEMO_AGENT (object);

  rp_demo_agent_stop (self);
  g_free (self->folder);
  g_free (self->runtime_folder);
  g_free (self->config_file);
  g_free (self->surroundings_file);
  g_free (self->last_line);
  g_clear_object (&self->log);
  g_clear_object (&self->log_file);
  G_OBJECT_CLASS (rp_demo_agent_parent_class)->finalize (object);
}

static void
rp_demo_agent_class_init (RpDemoAgentClass *klass)
{
  static const char *const names[N_SIGNALS] = { "listening", "moved", "trouble",
                                                "ended" };

  G_OBJECT_CLASS (klass)->finalize = rp_demo_agent_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                               0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rp_demo_agent_init (RpDemoAgent *self)
{
}

RpDemoAgent *
rp_demo_agent_new (const char *folder)
{
  RpDemoAgent *self = g_object_new (RP_TYPE_DEMO_AGENT, NULL);

  self->folder = g_strdup (folder);
  self->runtime_folder = g_build_filename (folder, "run", NULL);
  self->config_file = g_build_filename (folder, "roampost.conf", NULL);
  self->surroundings_file = g_build_filename (folder, "surroundings", NULL);
  return self;
}
