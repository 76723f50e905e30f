/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands between a program and the C library and lets the N-th call of a kind fail, or
 * the process die in its place. Linked before the C library, or preloaded and told by
 * the environment: FAULT_SHIM_FOLDER=/state FAULT_SHIM=fsync:3:EIO (or :KILL).
 *
 * Preloaded, it can also be led while the program runs, by a test that links it too:
 * FAULT_SHIM_CONTROL=/file, and fault_shim_lead ("/file") in the test before the start.
 *
 * FAULT_SHIM_PLATTER=/folder keeps there, as files named by inode, what the disk has
 * for certain: the content of each file at its last sync, and of each folder the lines
 * "INODE NAME". FAULT_SHIM_SYNCS=none makes every sync a success that does nothing.
 *
 * Kinds: open, write, pwrite, pread, fsync, fdatasync, linkat, rename, unlink,
 * ftruncate, fchmod, send (a reply by a socket); "any" is each that changes the disk,
 * "any-or-send" a reply as well. Only calls on what lies under the watched folder
 * count. A second fsync on a body of which one failed aborts the process: the kernel
 * would call it a success. */
#pragma once

#ifdef __cplusplus
extern "C"
{
#endif

#define FAULT_SHIM_KILL (-1)

  /* What follows is about the program that has this control file. */
  void fault_shim_lead (const char *control_file);

  /* Only files under @folder count; nothing does with NULL. */
  void fault_shim_watch (const char *folder);

  /* From now on the @nth call (1 is the next) of @kind and the @n_times - 1 after it
   * fail with @number, or die of SIGKILL. */
  void fault_shim_fail (const char *kind, unsigned nth, unsigned n_times, int number);

  /* How many calls have failed since fault_shim_fail(). */
  unsigned fault_shim_get_n_failed (void);

  /* No more faults. */
  void fault_shim_clear (void);

  /* Whether O_TMPFILE works, as on some network file systems it does not. */
  void fault_shim_set_unnamed (int is_possible);

  /* A line for each call from now on: "KIND NAME", with the file's name only, and
   * "in the main thread" behind it where that is so; "send CODE" for a reply that
   * leaves by a socket. */
  void fault_shim_start_trace (void);

  /* Adds a line of the caller's own. */
  void fault_shim_note (const char *line);

  /* All lines since the start, until the next start; nothing is added any more. */
  const char *fault_shim_stop_trace (void);

#ifdef __cplusplus
}
#endif
