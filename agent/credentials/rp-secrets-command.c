/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-secrets-command.h"

#include <libsecret/secret.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* No pipe holds more by default, so a command that has ended left all it said in the
 * pipe; one that says more is stopped by the time-out. */
#define MAX_OUTPUT_BYTES (64 * 1024)

/* The shell's own: POSIX.1-2017, XCU section 2.8.2. */
#define STATUS_NOT_FOUND 127

struct _RpSecretsCommand
{
  GObject parent_instance;

  guint timeout_ms;
};

static void rp_secrets_command_iface_init (RpSecretsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpSecretsCommand,
                               rp_secrets_command,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RP_TYPE_SECRETS,
                                                      rp_secrets_command_iface_init))

typedef struct
{
  GSubprocess *process;
  GCancellable *waiting;
  GCancellable *caller; /* nullable */
  gulong caller_id;
  GSource *timer;
  guint timeout_ms;
  gboolean has_timed_out;
} Run;

static void
run_free (Run *self)
{
  if (self->timer != NULL)
    {
      g_source_destroy (self->timer);
      g_source_unref (self->timer);
    }
  g_cancellable_disconnect (self->caller, self->caller_id);
  g_clear_object (&self->caller);
  g_clear_object (&self->waiting);
  g_clear_object (&self->process);
  g_free (self);
}

/* What the command started goes with it: a password prompt that nobody answers. */
static void
kill_group (GSubprocess *process)
{
  const char *pid = g_subprocess_get_identifier (process);

  if (pid != NULL)
    kill (-(pid_t) g_ascii_strtoll (pid, NULL, 10), SIGKILL);
}

static void
lead_own_group (gpointer user_data)
{
  setpgid (0, 0);
}

/* Reads what lies in the pipe, of a process that has ended, up to the first line end.
 * Returns: the octets of that line */
static gsize
read_first_line (GInputStream *pipe, char *line, gsize max_bytes)
{
  gsize n_bytes = 0;
  char *end;

  while (n_bytes < max_bytes && memchr (line, '\n', n_bytes) == NULL)
    {
      gssize n_read = g_pollable_input_stream_read_nonblocking (
          G_POLLABLE_INPUT_STREAM (pipe), line + n_bytes, max_bytes - n_bytes, NULL,
          NULL);

      if (n_read <= 0)
        break;
      n_bytes += (gsize) n_read;
    }
  end = memchr (line, '\n', n_bytes);
  if (end != NULL)
    n_bytes = (gsize) (end - line);
  if (n_bytes > 0 && line[n_bytes - 1] == '\r')
    n_bytes--;
  return n_bytes;
}

static void
return_failure (GTask *task, const char *what)
{
  g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                           "secret-command %s; run it in a terminal to see why", what);
}

static void
free_secret (gpointer secret)
{
  rp_secret_free (secret);
}

static void
return_secret (GTask *task)
{
  const Run *self = g_task_get_task_data (task);
  g_autofree char *output = g_malloc (MAX_OUTPUT_BYTES);
  gsize n_bytes = read_first_line (g_subprocess_get_stdout_pipe (self->process), output,
                                   MAX_OUTPUT_BYTES);

  /* A NUL would cut the password short without a word. */
  if (n_bytes == 0 || memchr (output, '\0', n_bytes) != NULL)
    return_failure (task, "printed no password");
  else
    g_task_return_pointer (
        task,
        secret_value_unref_to_password (
            secret_value_new (output, (gssize) n_bytes, "text/plain"), NULL),
        free_secret);
  explicit_bzero (output, MAX_OUTPUT_BYTES);
}

static void
return_unfinished (GTask *task)
{
  const Run *self = g_task_get_task_data (task);

  kill_group (self->process);
  if (self->has_timed_out)
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             "secret-command did not end within %u ms",
                             self->timeout_ms);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
}

/* Returns: (transfer full): how it ended, where it did not as it should */
static char *
dup_end (GSubprocess *process)
{
  int status;

  if (!g_subprocess_get_if_exited (process))
    return g_strdup_printf ("was ended by signal %d",
                            g_subprocess_get_term_sig (process));

  status = g_subprocess_get_exit_status (process);
  if (status == STATUS_NOT_FOUND)
    return g_strdup_printf ("ended with status %d, as where a program is not found",
                            status);
  return g_strdup_printf ("ended with status %d", status);
}

static void
on_process_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GSubprocess *process = G_SUBPROCESS (source);

  if (!g_subprocess_wait_finish (process, result, NULL))
    {
      return_unfinished (task);
      return;
    }

  if (g_subprocess_get_if_exited (process)
      && g_subprocess_get_exit_status (process) == 0)
    {
      return_secret (task);
      return;
    }

  g_autofree char *what = dup_end (process);

  return_failure (task, what);
}

static gboolean
on_timer (gpointer user_data)
{
  Run *self = user_data;

  self->has_timed_out = TRUE;
  g_cancellable_cancel (self->waiting);
  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled (GCancellable *caller, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
wait_for_end (GTask *task)
{
  Run *self = g_task_get_task_data (task);

  self->timer = g_timeout_source_new (self->timeout_ms);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, g_task_get_context (task));
  if (self->caller != NULL)
    self->caller_id =
        g_cancellable_connect (self->caller, G_CALLBACK (on_caller_cancelled),
                               g_object_ref (self->waiting), g_object_unref);
  g_subprocess_wait_async (self->process, self->waiting, on_process_ended,
                           g_object_ref (task));
}

static void
lookup_async (RpSecrets *secrets,
              const RpServer *server,
              RpSecretProtocol protocol,
              const char *host,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (secrets, cancellable, callback, user_data);
  /* Its standard error may hold the password ("set -x"), so nobody keeps it: an error's
   * text goes to the log, and what the agent inherits goes to the journal. */
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  Run *self = g_new0 (Run, 1);

  g_task_set_source_tag (task, lookup_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, (GDestroyNotify) run_free);
  self->timeout_ms = RP_SECRETS_COMMAND (secrets)->timeout_ms;
  self->waiting = g_cancellable_new ();
  self->caller = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  g_subprocess_launcher_set_child_setup (launcher, lead_own_group, NULL, NULL);
  self->process = g_subprocess_launcher_spawn (launcher, &error, "/bin/sh", "-c",
                                               server->secret_command, NULL);
  if (self->process == NULL)
    g_task_return_new_error (task, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
                             "secret-command cannot be run: %s", error->message);
  else
    wait_for_end (task);
}

static char *
lookup_finish (RpSecrets *secrets, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, secrets), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static char *
dup_origin (RpSecrets *secrets, const RpServer *server)
{
  return g_strdup_printf ("the password of server %s comes from its secret-command; "
                          "change it there, or remove secret-command=",
                          server->name);
}

static void
rp_secrets_command_iface_init (RpSecretsInterface *iface)
{
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
  iface->dup_origin = dup_origin;
}

static void
rp_secrets_command_class_init (RpSecretsCommandClass *klass)
{
}

static void
rp_secrets_command_init (RpSecretsCommand *self)
{
}

RpSecrets *
rp_secrets_command_new (guint timeout_ms)
{
  RpSecretsCommand *self = g_object_new (RP_TYPE_SECRETS_COMMAND, NULL);

  self->timeout_ms = timeout_ms;
  return RP_SECRETS (self);
}
