/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-secret-prompt.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define MAX_SECRET_BYTES 4096

static struct termios terminal_before;

/* A user who presses Ctrl-C must not be left with a terminal that shows nothing. */
static void
on_signal (int signal_number)
{
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &terminal_before);
  raise (signal_number); /* SA_RESETHAND: now it does what it always does */
}

static void
handle_signals (void (*handler) (int))
{
  static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
  struct sigaction action = { .sa_handler = handler,
                              .sa_flags = (int) (SA_RESETHAND | SA_NODEFER) };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    sigaction (numbers[i], &action, NULL);
}

/* read(), not stdio: stdio would keep a copy of the password in its buffer. */
static char *
read_line (void)
{
  char *line = g_malloc0 (MAX_SECRET_BYTES + 1);
  gsize n_bytes = 0;
  ssize_t n_read = 0;
  char *end;

  do
    {
      n_read = read (STDIN_FILENO, line + n_bytes, MAX_SECRET_BYTES - n_bytes);
      if (n_read > 0)
        n_bytes += (gsize) n_read;
    }
  while (n_read > 0 && n_bytes < MAX_SECRET_BYTES
         && memchr (line, '\n', n_bytes) == NULL);

  end = line + strcspn (line, "\r\n");
  memset (end, 0, (gsize) (line + n_bytes - end));
  if (line[0] != '\0' && g_utf8_validate (line, -1, NULL))
    return line;
  rp_secret_prompt_free (line);
  return NULL;
}

static char *
read_without_echo (const char *question)
{
  struct termios silent;
  char *line;

  silent = terminal_before;
  silent.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK | ECHONL);
  handle_signals (on_signal);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
  /* asked only now: what somebody quick types is neither shown nor thrown away */
  fputs (question, stderr);
  line = read_line ();
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &terminal_before);
  handle_signals (SIG_DFL);
  fputc ('\n', stderr);
  return line;
}

char *
rp_secret_prompt_read (const char *question)
{
  if (tcgetattr (STDIN_FILENO, &terminal_before) == 0)
    return read_without_echo (question);
  return read_line ();
}

void
rp_secret_prompt_free (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
