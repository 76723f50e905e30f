/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo/rp-demo-mailbox.h"

#include <string.h>

struct _RpDemoMailbox
{
  GObject parent_instance;

  const RpDemoWorld *world;
  const RpDemoHost *host;
  char *folder;
};

static void message_handler_init (RpMessageHandlerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpDemoMailbox,
                               rp_demo_mailbox,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RP_TYPE_MESSAGE_HANDLER,
                                                      message_handler_init))

static gboolean
check_login (RpMessageHandler *handler, const char *user, const char *password)
{
  return g_str_equal (user, RP_DEMO_USER) && g_str_equal (password, RP_DEMO_PASSWORD);
}

static RpReply *
check_recipient (RpMessageHandler *handler,
                 const RpClient *client,
                 const RpEnvelope *envelope,
                 const RpRecipient *recipient)
{
  RpDemoMailbox *self = RP_DEMO_MAILBOX (handler);

  return rp_demo_world_check_recipient (self->world, self->host, client->user,
                                        recipient->address);
}

/* A name on disk that an address cannot lead out of its folder with. */
static char *
dup_safe_name (const char *text)
{
  char *name = g_strdup (*text == '\0' ? "_" : text);

  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_+.@", '_');
  if (name[0] == '.')
    name[0] = '_';
  return name;
}

static char *
dup_path (RpDemoMailbox *self, const RpMessage *message, const char *recipient)
{
  const char *at = strrchr (recipient, '@');
  g_autofree char *local = at == NULL ? g_strdup (recipient)
                                      : g_strndup (recipient, (gsize) (at - recipient));
  g_autofree char *user = dup_safe_name (local);
  g_autofree char *domain = dup_safe_name (at == NULL ? "" : at + 1);
  g_autofree char *file = g_strdup_printf ("%s.eml", message->id);

  return g_build_filename (self->folder, domain, user, file, NULL);
}

static gboolean
copy_content (RpContent *content, GOutputStream *output, GError **error)
{
  guint8 block[16 * 1024];
  guint64 offset = 0;
  gssize n_read;

  while ((n_read = rp_content_read (content, offset, block, sizeof block, error)) > 0)
    {
      if (!g_output_stream_write_all (output, block, (gsize) n_read, NULL, NULL, error))
        return FALSE;
      offset += (guint64) n_read;
    }

  return n_read == 0 && g_output_stream_close (output, NULL, error);
}

static gboolean
keep (RpDemoMailbox *self, const RpMessage *message, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileOutputStream) output = NULL;

  g_mkdir_with_parents (folder, 0700);
  output = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, error);
  return output != NULL
         && copy_content (message->content, G_OUTPUT_STREAM (output), error);
}

static RpReply *
keep_for_all (RpDemoMailbox *self, const RpMessage *message)
{
  for (guint i = 0; i < rp_envelope_get_n_recipients (message->envelope); i++)
    {
      const char *address = rp_envelope_get_recipient (message->envelope, i)->address;
      g_autofree char *path = dup_path (self, message, address);
      g_autoptr (GError) error = NULL;

      if (!keep (self, message, path, &error))
        return rp_reply_new_printf (451, "4.3.0", "%s", error->message);
    }

  return rp_reply_new_printf (250, "2.0.0", "Ok: queued as %s", message->id);
}

static void
take_message_async (RpMessageHandler *handler,
                    RpMessage *message,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  RpDemoMailbox *self = RP_DEMO_MAILBOX (handler);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_return_pointer (task, keep_for_all (self, message),
                         (GDestroyNotify) rp_reply_free);
}

static RpReply *
take_message_finish (RpMessageHandler *handler, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

static void
rp_demo_mailbox_finalize (GObject *object)
{
  RpDemoMailbox *self = RP_DEMO_MAILBOX (object);

  g_free (self->folder);
  G_OBJECT_CLASS (rp_demo_mailbox_parent_class)->finalize (object);
}

static void
rp_demo_mailbox_class_init (RpDemoMailboxClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_demo_mailbox_finalize;
}

static void
rp_demo_mailbox_init (RpDemoMailbox *self)
{
}

static void
message_handler_init (RpMessageHandlerInterface *iface)
{
  iface->check_login = check_login;
  iface->check_recipient = check_recipient;
  iface->take_message_async = take_message_async;
  iface->take_message_finish = take_message_finish;
}

RpDemoMailbox *
rp_demo_mailbox_new (const RpDemoWorld *world,
                     const RpDemoHost *host,
                     const char *folder)
{
  RpDemoMailbox *self = g_object_new (RP_TYPE_DEMO_MAILBOX, NULL);

  self->world = world;
  self->host = host;
  self->folder = g_strdup (folder);
  return self;
}
