/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-secrets-credential.h"

#include <errno.h>
#include <fcntl.h>
#include <libsecret/secret.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No password is longer, and a wrong file is not read for long. */
#define MAX_BYTES (64 * 1024)

struct _RpSecretsCredential
{
  GObject parent_instance;
};

static void rp_secrets_credential_iface_init (RpSecretsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpSecretsCredential,
                               rp_secrets_credential,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RP_TYPE_SECRETS,
                                                      rp_secrets_credential_iface_init))

/* File: what a thread reads
 * @folder: (nullable): $CREDENTIALS_DIRECTORY
 */
typedef struct
{
  char *folder;
  char *name;
} File;

static void
file_free (File *self)
{
  g_free (self->folder);
  g_free (self->name);
  g_free (self);
}

static void
set_error (GError **error, const File *file, const char *what)
{
  g_set_error (error, RP_SECRETS_ERROR, RP_SECRETS_ERROR_UNAVAILABLE,
               "secret-credential=%s %s", file->name, what);
}

/* Returns: a descriptor, or -1 with @error set */
static int
open_in_folder (const File *file, GError **error)
{
  const int folder = open (file->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_autofree char *what = NULL;
  int fd;
  int number;

  /* O_NONBLOCK: opening a FIFO would wait for its writer. */
  fd = openat (folder, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  number = errno;
  if (folder >= 0)
    close (folder);
  if (fd >= 0)
    return fd;

  if (number == ELOOP)
    what = g_strdup_printf ("is a symbolic link in %s; let it be a file", file->folder);
  else
    what = g_strdup_printf ("cannot be read in %s: %s; does the service have "
                            "LoadCredential=%s:FILE?",
                            file->folder, g_strerror (number), file->name);
  set_error (error, file, what);
  return -1;
}

static int
open_file (const File *file, GError **error)
{
  struct stat status;
  int fd;

  if (file->folder == NULL)
    set_error (error, file,
               "needs a service manager that hands credentials over, and "
               "$CREDENTIALS_DIRECTORY is not set; does the service have "
               "LoadCredential=?");
  else if (strchr (file->name, '/') != NULL || file->name[0] == '.')
    set_error (error, file, "is no name; write it without folders");
  else if ((fd = open_in_folder (file, error)) >= 0)
    {
      if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
        return fd;
      set_error (error, file, "is no file");
      close (fd);
    }
  return -1;
}

/* Returns: octets read, more than @max_bytes never; -1 on failure */
static gssize
read_all (int fd, char *bytes, gsize max_bytes)
{
  gsize n_bytes = 0;

  while (n_bytes < max_bytes)
    {
      const gssize n_read = read (fd, bytes + n_bytes, max_bytes - n_bytes);

      if (n_read < 0 && errno != EINTR)
        return -1;
      if (n_read == 0)
        break;
      n_bytes += (gsize) MAX (n_read, 0);
    }
  return (gssize) n_bytes;
}

static gsize
cut_line_end (const char *bytes, gsize n_bytes)
{
  if (n_bytes > 0 && bytes[n_bytes - 1] == '\n')
    n_bytes--;
  if (n_bytes > 0 && bytes[n_bytes - 1] == '\r')
    n_bytes--;
  return n_bytes;
}

static void
free_secret (gpointer secret)
{
  rp_secret_free (secret);
}

static void
return_secret (GTask *task, const File *file, const char *bytes, gssize n_read)
{
  const gsize n_bytes = n_read > 0 ? cut_line_end (bytes, (gsize) n_read) : 0;
  GError *error = NULL;

  if (n_read < 0)
    set_error (&error, file, "cannot be read");
  else if (n_read == MAX_BYTES)
    set_error (&error, file, "is too large for a password");
  else if (n_bytes == 0)
    set_error (&error, file, "is empty");
  else if (memchr (bytes, '\n', n_bytes) != NULL)
    set_error (&error, file, "has more than one line; it has to be the password alone");
  else if (memchr (bytes, '\0', n_bytes) != NULL)
    set_error (&error, file, "holds a NUL octet; it has to be the password alone");

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (
        task,
        secret_value_unref_to_password (
            secret_value_new (bytes, (gssize) n_bytes, "text/plain"), NULL),
        free_secret);
}

static void
read_in_thread (GTask *task,
                gpointer source,
                gpointer task_data,
                GCancellable *cancellable)
{
  const File *file = task_data;
  GError *error = NULL;
  const int fd = open_file (file, &error);

  if (fd < 0)
    {
      g_task_return_error (task, error);
      return;
    }

  g_autofree char *bytes = g_malloc (MAX_BYTES);
  const gssize n_read = read_all (fd, bytes, MAX_BYTES);

  close (fd);
  return_secret (task, file, bytes, n_read);
  explicit_bzero (bytes, MAX_BYTES);
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
  File *file = g_new0 (File, 1);

  g_task_set_source_tag (task, lookup_async);
  file->folder = g_strdup (g_getenv ("CREDENTIALS_DIRECTORY"));
  file->name = g_strdup (server->secret_credential);
  g_task_set_task_data (task, file, (GDestroyNotify) file_free);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, read_in_thread);
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
  return g_strdup_printf ("the password of server %s is the credential %s; change it "
                          "there, or remove secret-credential=",
                          server->name, server->secret_credential);
}

static void
rp_secrets_credential_iface_init (RpSecretsInterface *iface)
{
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
  iface->dup_origin = dup_origin;
}

static void
rp_secrets_credential_class_init (RpSecretsCredentialClass *klass)
{
}

static void
rp_secrets_credential_init (RpSecretsCredential *self)
{
}

RpSecrets *
rp_secrets_credential_new (void)
{
  return RP_SECRETS (g_object_new (RP_TYPE_SECRETS_CREDENTIAL, NULL));
}
