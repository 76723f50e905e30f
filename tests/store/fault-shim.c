/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fault-shim.h"

#include <ctype.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define N_FAILED_FILES 64
#define TRACE_BYTES (256 * 1024)

/* What tests lead; in a file that two processes have mapped, or our own. A test leads
 * while the program rests, so each has a lock of its own. */
typedef struct
{
  char kind_to_fail[16];
  unsigned n_calls, first_failing, n_failing, n_failed;
  int number_to_fail_with;
  int is_unnamed_impossible;
  char trace[TRACE_BYTES];
  size_t n_trace_bytes;
  int is_tracing;
} Control;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Control own_control;
static Control *control = &own_control;
static char watched[PATH_MAX];
static char platter[PATH_MAX];
static int is_sync_empty;
static int failed_files[N_FAILED_FILES];
static unsigned n_failed_files;

#define REAL(type, name) ((type) dlsym (RTLD_NEXT, #name))

/* ---- control ---- */

void
fault_shim_lead (const char *control_file)
{
  const int fd = (int) syscall (SYS_openat, AT_FDCWD, control_file,
                                O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  void *mapped = MAP_FAILED;

  if (fd >= 0 && syscall (SYS_ftruncate, fd, sizeof (Control)) == 0)
    mapped = mmap (NULL, sizeof (Control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED)
    abort ();
  syscall (SYS_close, fd);
  control = mapped;
}

void
fault_shim_watch (const char *folder)
{
  pthread_mutex_lock (&mutex);
  snprintf (watched, sizeof watched, "%s", folder != NULL ? folder : "");
  pthread_mutex_unlock (&mutex);
}

void
fault_shim_fail (const char *kind, unsigned nth, unsigned n_times, int number)
{
  pthread_mutex_lock (&mutex);
  snprintf (control->kind_to_fail, sizeof control->kind_to_fail, "%s", kind);
  control->n_calls = control->n_failed = 0;
  control->first_failing = nth;
  control->n_failing = n_times;
  control->number_to_fail_with = number;
  pthread_mutex_unlock (&mutex);
}

unsigned
fault_shim_get_n_failed (void)
{
  unsigned n;

  pthread_mutex_lock (&mutex);
  n = control->n_failed;
  pthread_mutex_unlock (&mutex);
  return n;
}

void
fault_shim_clear (void)
{
  pthread_mutex_lock (&mutex);
  control->kind_to_fail[0] = '\0';
  pthread_mutex_unlock (&mutex);
}

void
fault_shim_set_unnamed (int is_possible)
{
  pthread_mutex_lock (&mutex);
  control->is_unnamed_impossible = !is_possible;
  pthread_mutex_unlock (&mutex);
}

static void
add_to_trace (const char *kind, const char *name)
{
  const size_t n_free = sizeof control->trace - control->n_trace_bytes;
  const int is_blocking = name[0] != '\0' && gettid () == getpid ();
  const int n = snprintf (control->trace + control->n_trace_bytes, n_free, "%s%s%s%s\n",
                          kind, name[0] != '\0' ? " " : "", name,
                          is_blocking ? " in the main thread" : "");

  if (n > 0 && (size_t) n < n_free)
    control->n_trace_bytes += (size_t) n;
}

void
fault_shim_start_trace (void)
{
  pthread_mutex_lock (&mutex);
  control->trace[control->n_trace_bytes = 0] = '\0';
  control->is_tracing = 1;
  pthread_mutex_unlock (&mutex);
}

void
fault_shim_note (const char *line)
{
  pthread_mutex_lock (&mutex);
  if (control->is_tracing)
    add_to_trace (line, "");
  pthread_mutex_unlock (&mutex);
}

const char *
fault_shim_stop_trace (void)
{
  pthread_mutex_lock (&mutex);
  control->is_tracing = 0;
  pthread_mutex_unlock (&mutex);
  return control->trace;
}

static int
number_from_name (const char *name)
{
  static const struct
  {
    const char *name;
    int number;
  } numbers[] = { { "ENOSPC", ENOSPC }, { "EIO", EIO },
                  { "EMFILE", EMFILE }, { "EDQUOT", EDQUOT },
                  { "ENOMEM", ENOMEM }, { "KILL", FAULT_SHIM_KILL } };

  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    if (strcmp (numbers[i].name, name) == 0)
      return numbers[i].number;
  return EIO;
}

__attribute__ ((constructor)) static void
read_environment (void)
{
  const char *folder = getenv ("FAULT_SHIM_FOLDER");
  const char *fault = getenv ("FAULT_SHIM");
  char kind[16], number[16];
  unsigned nth;
  const char *control_file = getenv ("FAULT_SHIM_CONTROL");
  const char *synced = getenv ("FAULT_SHIM_PLATTER");
  const char *syncs = getenv ("FAULT_SHIM_SYNCS");

  if (folder != NULL)
    fault_shim_watch (folder);
  if (control_file != NULL)
    fault_shim_lead (control_file);
  if (synced != NULL)
    snprintf (platter, sizeof platter, "%s", synced);
  is_sync_empty = syncs != NULL && strcmp (syncs, "none") == 0;
  if (fault != NULL && sscanf (fault, "%15[a-z]:%u:%15[A-Z]", kind, &nth, number) == 3)
    fault_shim_fail (kind, nth, 1, number_from_name (number));
}

/* ---- judging a call ---- */

static void
get_path_of_fd (int fd, char *path)
{
  char link[64];
  ssize_t n;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  n = readlink (link, path, PATH_MAX - 1);
  path[n > 0 ? n : 0] = '\0';
}

static void
get_path_at (int fd, const char *name, char *path)
{
  char folder[PATH_MAX] = "";

  if (name[0] != '/' && fd != AT_FDCWD)
    get_path_of_fd (fd, folder);
  if (snprintf (path, PATH_MAX, "%s%s%s", folder, folder[0] != '\0' ? "/" : "", name)
      >= PATH_MAX)
    path[0] = '\0';
}

static const char *
get_name (const char *path)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;

  return name[0] == '#' ? "(unnamed)" : name;
}

static int
is_watched (const char *path)
{
  return watched[0] != '\0' && strncmp (path, watched, strlen (watched)) == 0;
}

static int
is_among (const char *kind, const char *asked)
{
  if (strcmp (asked, "any") == 0)
    return strcmp (kind, "pread") != 0 && strcmp (kind, "send") != 0;
  if (strcmp (asked, "any-or-send") == 0)
    return strcmp (kind, "pread") != 0;
  return strcmp (asked, kind) == 0;
}

static int
is_to_fail (const char *kind)
{
  if (!is_among (kind, control->kind_to_fail))
    return 0;

  control->n_calls++;
  return control->n_calls >= control->first_failing
         && control->n_calls - control->first_failing < control->n_failing;
}

/* Whether this call fails now; errno is set then. @path: (nullable): of no file */
static int
fails (const char *kind, const char *path)
{
  int is_failing = 0;

  pthread_mutex_lock (&mutex);
  if (watched[0] != '\0' && (path == NULL || is_watched (path)))
    {
      if (control->is_tracing && path != NULL)
        add_to_trace (kind, get_name (path));
      is_failing = is_to_fail (kind);
    }
  if (is_failing && control->number_to_fail_with == FAULT_SHIM_KILL)
    raise (SIGKILL);
  if (is_failing)
    {
      control->n_failed++;
      errno = control->number_to_fail_with;
    }
  pthread_mutex_unlock (&mutex);
  return is_failing;
}

static int
fails_on_fd (const char *kind, int fd)
{
  char path[PATH_MAX];

  get_path_of_fd (fd, path);
  return fails (kind, path);
}

static int
fails_at (const char *kind, int fd, const char *name)
{
  char path[PATH_MAX];

  get_path_at (fd, name, path);
  return fails (kind, path);
}

/* ---- what a failed sync forbids ---- */

static void
remember_failed_file (int fd)
{
  pthread_mutex_lock (&mutex);
  if (n_failed_files < N_FAILED_FILES)
    failed_files[n_failed_files++] = fd;
  pthread_mutex_unlock (&mutex);
}

static void
forget_failed_file (int fd)
{
  pthread_mutex_lock (&mutex);
  for (unsigned i = 0; i < n_failed_files; i++)
    if (failed_files[i] == fd)
      failed_files[i--] = failed_files[--n_failed_files];
  pthread_mutex_unlock (&mutex);
}

/* SQLite writes its log's lost pages anew before it syncs again; a body is not. */
static void
check_first_sync (int fd)
{
  char path[PATH_MAX];

  pthread_mutex_lock (&mutex);
  for (unsigned i = 0; i < n_failed_files; i++)
    if (failed_files[i] == fd)
      {
        get_path_of_fd (fd, path);
        fprintf (stderr, "fault-shim: a second sync of %s\n", path);
        abort ();
      }
  pthread_mutex_unlock (&mutex);
}

static int
is_database (int fd)
{
  char path[PATH_MAX];

  get_path_of_fd (fd, path);
  return strstr (path, ".db") != NULL;
}

/* ---- what is on disk for certain ---- */

static void
write_names (DIR *dir, FILE *to)
{
  const struct dirent *entry;

  while ((entry = readdir (dir)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      fprintf (to, "%lu %s\n", (unsigned long) entry->d_ino, entry->d_name);
}

static void
write_content (FILE *from, FILE *to)
{
  char bytes[16 * 1024];
  size_t n_bytes;

  while ((n_bytes = fread (bytes, 1, sizeof bytes, from)) > 0)
    fwrite (bytes, 1, n_bytes, to);
}

/* A file that was opened for writing only is read by a descriptor of its own. */
static void
write_present_state (int fd, int is_folder, FILE *to)
{
  char link[64];

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  if (is_folder)
    {
      DIR *dir = opendir (link);

      if (dir != NULL)
        write_names (dir, to);
      if (dir != NULL)
        closedir (dir);
    }
  else
    {
      FILE *from = fopen (link, "re");

      if (from != NULL)
        write_content (from, to);
      if (from != NULL)
        fclose (from);
    }
}

/* What a sync that begins now makes certain goes into @path, which is to get the name
 * of the inode when the sync has succeeded; 0 when nothing is kept. */
static unsigned long
prepare_platter (int fd, char *path)
{
  char name[PATH_MAX];
  struct stat status;
  FILE *to;

  get_path_of_fd (fd, name);
  if (platter[0] == '\0' || !is_watched (name) || fstat (fd, &status) < 0)
    return 0;
  if (snprintf (path, PATH_MAX, "%s/%lu.%d", platter, (unsigned long) status.st_ino,
                gettid ())
      >= PATH_MAX)
    return 0;

  to = fopen (path, "we");
  if (to == NULL)
    abort ();
  write_present_state (fd, S_ISDIR (status.st_mode), to);
  fclose (to);
  return (unsigned long) status.st_ino;
}

static void
name_on_platter (const char *from, unsigned long inode)
{
  char to[PATH_MAX];

  if (snprintf (to, PATH_MAX, "%s/%lu", platter, inode) < PATH_MAX)
    syscall (SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* A new file may have the inode of one that is gone. */
static void
forget_inode (int fd)
{
  char path[PATH_MAX];
  struct stat status;

  if (platter[0] == '\0' || fd < 0 || fstat (fd, &status) < 0)
    return;
  if (snprintf (path, PATH_MAX, "%s/%lu", platter, (unsigned long) status.st_ino)
      < PATH_MAX)
    syscall (SYS_unlinkat, AT_FDCWD, path, 0);
}

/* One after the other, or an older state of a folder would replace a newer one. */
static int
sync_to_platter (int (*really) (int), int fd)
{
  static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
  char path[PATH_MAX];
  unsigned long inode;
  int result;

  pthread_mutex_lock (&order);
  inode = prepare_platter (fd, path);
  result = really (fd);
  if (inode != 0 && result == 0)
    name_on_platter (path, inode);
  pthread_mutex_unlock (&order);
  return result;
}

static int
sync_by (int (*really) (int), int fd)
{
  if (is_sync_empty)
    return 0;
  return platter[0] != '\0' ? sync_to_platter (really, fd) : really (fd);
}

/* ---- the calls ---- */

typedef int (*OpenAt) (int, const char *, int, ...);

static int
open_at (const char *symbol, int fd, const char *name, int flags, mode_t mode)
{
  const int is_unnamed = (flags & O_TMPFILE) == O_TMPFILE;
  int opened;

  if (is_unnamed && control->is_unnamed_impossible)
    {
      errno = EOPNOTSUPP;
      return -1;
    }
  if (fails_at ("open", fd, name))
    return -1;
  opened = ((OpenAt) dlsym (RTLD_NEXT, symbol)) (fd, name, flags, mode);
  if (is_unnamed || (flags & O_EXCL) != 0)
    forget_inode (opened);
  return opened;
}

#define READ_MODE(mode, flags)                                                         \
  mode_t mode = 0;                                                                     \
  if (((flags) & (O_CREAT | __O_TMPFILE)) != 0)                                        \
    {                                                                                  \
      va_list arguments;                                                               \
      va_start (arguments, flags);                                                     \
      mode = va_arg (arguments, mode_t);                                               \
      va_end (arguments);                                                              \
    }

int
open (const char *name, int flags, ...)
{
  READ_MODE (mode, flags);
  return open_at ("openat", AT_FDCWD, name, flags, mode);
}

int
open64 (const char *name, int flags, ...)
{
  READ_MODE (mode, flags);
  return open_at ("openat64", AT_FDCWD, name, flags, mode);
}

int
openat (int fd, const char *name, int flags, ...)
{
  READ_MODE (mode, flags);
  return open_at ("openat", fd, name, flags, mode);
}

int
openat64 (int fd, const char *name, int flags, ...)
{
  READ_MODE (mode, flags);
  return open_at ("openat64", fd, name, flags, mode);
}

int
close (int fd)
{
  forget_failed_file (fd);
  return REAL (int (*) (int), close) (fd);
}

ssize_t
write (int fd, const void *bytes, size_t n_bytes)
{
  if (fails_on_fd ("write", fd))
    return -1;
  return REAL (ssize_t (*) (int, const void *, size_t), write) (fd, bytes, n_bytes);
}

ssize_t
pwrite (int fd, const void *bytes, size_t n_bytes, off_t offset)
{
  if (fails_on_fd ("pwrite", fd))
    return -1;
  return REAL (ssize_t (*) (int, const void *, size_t, off_t),
               pwrite) (fd, bytes, n_bytes, offset);
}

ssize_t
pwrite64 (int fd, const void *bytes, size_t n_bytes, off64_t offset)
{
  if (fails_on_fd ("pwrite", fd))
    return -1;
  return REAL (ssize_t (*) (int, const void *, size_t, off64_t),
               pwrite64) (fd, bytes, n_bytes, offset);
}

ssize_t
pread (int fd, void *bytes, size_t n_bytes, off_t offset)
{
  if (fails_on_fd ("pread", fd))
    return -1;
  return REAL (ssize_t (*) (int, void *, size_t, off_t), pread) (fd, bytes, n_bytes,
                                                                 offset);
}

ssize_t
pread64 (int fd, void *bytes, size_t n_bytes, off64_t offset)
{
  if (fails_on_fd ("pread", fd))
    return -1;
  return REAL (ssize_t (*) (int, void *, size_t, off64_t), pread64) (fd, bytes, n_bytes,
                                                                     offset);
}

int
fsync (int fd)
{
  check_first_sync (fd);
  if (fails_on_fd ("fsync", fd))
    {
      if (!is_database (fd))
        remember_failed_file (fd);
      return -1;
    }
  return sync_by (REAL (int (*) (int), fsync), fd);
}

int
fdatasync (int fd)
{
  check_first_sync (fd);
  if (fails_on_fd ("fdatasync", fd))
    {
      if (!is_database (fd))
        remember_failed_file (fd);
      return -1;
    }
  return sync_by (REAL (int (*) (int), fdatasync), fd);
}

int
linkat (int from_fd, const char *from, int to_fd, const char *to, int flags)
{
  if (fails_at ("linkat", to_fd, to))
    return -1;
  return REAL (int (*) (int, const char *, int, const char *, int),
               linkat) (from_fd, from, to_fd, to, flags);
}

int
rename (const char *from, const char *to)
{
  if (fails_at ("rename", AT_FDCWD, to))
    return -1;
  return REAL (int (*) (const char *, const char *), rename) (from, to);
}

int
renameat (int from_fd, const char *from, int to_fd, const char *to)
{
  if (fails_at ("rename", to_fd, to))
    return -1;
  return REAL (int (*) (int, const char *, int, const char *), renameat) (from_fd, from,
                                                                          to_fd, to);
}

int
renameat2 (int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
  if (fails_at ("rename", to_fd, to))
    return -1;
  return REAL (int (*) (int, const char *, int, const char *, unsigned),
               renameat2) (from_fd, from, to_fd, to, flags);
}

int
unlink (const char *name)
{
  if (fails_at ("unlink", AT_FDCWD, name))
    return -1;
  return REAL (int (*) (const char *), unlink) (name);
}

int
unlinkat (int fd, const char *name, int flags)
{
  if (fails_at ("unlink", fd, name))
    return -1;
  return REAL (int (*) (int, const char *, int), unlinkat) (fd, name, flags);
}

int
ftruncate (int fd, off_t n_bytes)
{
  if (fails_on_fd ("ftruncate", fd))
    return -1;
  return REAL (int (*) (int, off_t), ftruncate) (fd, n_bytes);
}

int
ftruncate64 (int fd, off64_t n_bytes)
{
  if (fails_on_fd ("ftruncate", fd))
    return -1;
  return REAL (int (*) (int, off64_t), ftruncate64) (fd, n_bytes);
}

int
fchmod (int fd, mode_t mode)
{
  if (fails_on_fd ("fchmod", fd))
    return -1;
  return REAL (int (*) (int, mode_t), fchmod) (fd, mode);
}

/* ---- replies ---- */

/* What a server says; whether saying it fails now. */
static int
fails_to_reply (const char *bytes, size_t n_bytes)
{
  char line[] = "send 000";

  if (n_bytes <= 3 || !isdigit ((unsigned char) bytes[0])
      || !isdigit ((unsigned char) bytes[1]) || !isdigit ((unsigned char) bytes[2]))
    return 0;

  memcpy (line + strlen ("send "), bytes, 3);
  fault_shim_note (line);
  return fails ("send", NULL);
}

ssize_t
send (int fd, const void *bytes, size_t n_bytes, int flags)
{
  if (fails_to_reply (bytes, n_bytes))
    return -1;
  return REAL (ssize_t (*) (int, const void *, size_t, int), send) (fd, bytes, n_bytes,
                                                                    flags);
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  if (message->msg_iovlen > 0
      && fails_to_reply (message->msg_iov[0].iov_base, message->msg_iov[0].iov_len))
    return -1;
  return REAL (ssize_t (*) (int, const struct msghdr *, int), sendmsg) (fd, message,
                                                                        flags);
}
