/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roampost queue show: one message of the queue: its header, whom it goes to, its
 * story. */
#include "commands/rp-command-queue.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "queue/rp-header-text.h"
#include "queue/rp-queue-link.h"
#include "queue/rp-queue-view.h"
#include "rp-agent-link.h"
#include "rp-dict.h"
#include "rp-message-view.h"
#include "rp-output.h"

/* More than any header that a person would read. */
#define MAX_HEADER_BYTES (256 * 1024)

typedef struct
{
  GVariant *message;
  GVariant *story;   /* nullable */
  GStrv header;      /* nullable: it could not be read */
  GError *no_header; /* why */
} Shown;

static void
shown_clear (Shown *self)
{
  g_clear_pointer (&self->message, g_variant_unref);
  g_clear_pointer (&self->story, g_variant_unref);
  g_clear_pointer (&self->header, g_strfreev);
  g_clear_error (&self->no_header);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shown, shown_clear)

/* ---- asking ---- */

static gssize
read_beginning (int fd, char *buffer, gsize max_bytes)
{
  gsize n_bytes = 0;
  ssize_t n_read = 0;

  do
    {
      n_read = pread (fd, buffer + n_bytes, max_bytes - n_bytes, (off_t) n_bytes);
      if (n_read > 0)
        n_bytes += (gsize) n_read;
    }
  while ((n_read > 0 && n_bytes < max_bytes) || (n_read < 0 && errno == EINTR));

  return n_read < 0 ? -1 : (gssize) n_bytes;
}

static GStrv
read_header (int fd, GError **error)
{
  g_autofree char *buffer = g_malloc (MAX_HEADER_BYTES);
  gssize n_bytes = read_beginning (fd, buffer, MAX_HEADER_BYTES);

  if (n_bytes < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, (int) g_io_error_from_errno (errno),
                           g_strerror (errno));
      return NULL;
    }
  return rp_header_text_dup_fields (
      buffer, rp_header_text_get_length (buffer, (gsize) n_bytes));
}

/* A message without a body or a story is shown all the same. */
static void
ask (Shown *self, RpAgent1 *agent)
{
  const char *id = rp_dict_get_string (self->message, "id");
  int fd = rp_queue_link_open_body (agent, id, &self->no_header);

  if (fd >= 0)
    {
      self->header = read_header (fd, &self->no_header);
      close (fd);
    }
  rp_agent1_call_get_message_sync (agent, id, &self->story, NULL, NULL);
}

/* ---- printing ---- */

/* A field without a name, as after a broken line, is all value. */
static GVariant *
build_field (const char *field)
{
  const char *colon = strchr (field, ':');
  gsize n_name = colon == NULL ? 0 : (gsize) (colon - field);
  g_autofree char *name = g_strchomp (g_strndup (field, n_name));
  g_autofree char *value = g_strstrip (g_strdup (colon == NULL ? field : colon + 1));

  /* a fold stands for the blanks behind it */
  for (char *p = value; *p != '\0'; p++)
    if (*p == '\n')
      memmove (p, p + 1, strlen (p));
  return g_variant_new ("(ss)", name, value);
}

static void
print_json (const Shown *self)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (self->message);
  GVariantBuilder header = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));

  for (guint i = 0; self->header != NULL && self->header[i] != NULL; i++)
    g_variant_builder_add_value (&header, build_field (self->header[i]));
  g_variant_dict_insert_value (&dict, "header", g_variant_builder_end (&header));
  if (self->story != NULL)
    {
      g_autoptr (GVariant) steps = rp_dict_dup_array (self->story, "steps", "aa{sv}");

      g_variant_dict_insert_value (&dict, "steps", steps);
    }
  rp_output_print_json (g_variant_dict_end (&dict));
}

static void
print_header (const Shown *self)
{
  putchar ('\n');
  if (self->header == NULL)
    {
      g_dbus_error_strip_remote_error (self->no_header);
      printf (_ ("the text of this message cannot be read: %s"),
              self->no_header->message);
      putchar ('\n');
    }
  else if (self->header[0] == NULL)
    puts (_ ("this message has no header"));
  for (guint i = 0; self->header != NULL && self->header[i] != NULL; i++)
    puts (self->header[i]);
}

static void
print_text (const Shown *self)
{
  rp_queue_view_print_head (self->message);
  print_header (self);
  putchar ('\n');
  rp_queue_view_print_recipients (self->message);
  if (self->story != NULL)
    {
      putchar ('\n');
      rp_message_view_print_steps (self->story);
    }
}

static int
show (const RpCommand *command, const char *id, gboolean is_json)
{
  int exit_code = EX_OK;
  g_autoptr (RpAgent1) agent = rp_agent_link_open (command, &exit_code);
  g_auto (Shown) shown = { 0 };

  if (agent == NULL)
    return exit_code;
  shown.message = rp_queue_link_get (command, agent, id, &exit_code);
  if (shown.message == NULL)
    return exit_code;
  ask (&shown, agent);
  if (is_json)
    print_json (&shown);
  else
    print_text (&shown);
  return EX_OK;
}

static int
run (const RpCommand *command, int argc, char **argv)
{
  gboolean is_json = FALSE;
  const GOptionEntry entries[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &is_json,
                                     N_ ("Print JSON, as the manual describes it"),
                                     NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autofree char *id = NULL;
  int exit_code = EX_OK;

  if (!rp_command_parse (command, entries, &argc, &argv, &exit_code))
    return exit_code;
  id = rp_queue_link_take_id (command, argc, argv, 0, &exit_code);
  return id == NULL ? exit_code : show (command, id, is_json);
}

const RpCommand rp_command_queue_show = {
  .name = "queue show",
  .synopsis = N_ ("ID"),
  .summary = N_ ("shows the header of a message, its recipients and its story"),
  .run = run,
};
