/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-sasl-token.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "core/rp-printable.h"
#include "upstream/rp-password.h"

#define SEPARATOR "\x01"
#define MAX_COMPLAINT_BYTES 100

struct _RpSaslToken
{
  GObject parent_instance;

  gboolean is_standard; /* OAUTHBEARER */
  char *user;
  char *host;
  guint16 port;
  char *token;
  char *complaint; /* nullable */
};

static void rp_sasl_token_client_init (RpSaslClientInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpSaslToken,
                               rp_sasl_token,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RP_TYPE_SASL_CLIENT,
                                                      rp_sasl_token_client_init))

/* In the header of GS2 a comma and an equals sign mean something (RFC 5801 section 4).
 */
static char *
dup_gs2_name (const char *name)
{
  g_autoptr (GString) escaped = g_string_new (name);

  g_string_replace (escaped, "=", "=3D", 0);
  g_string_replace (escaped, ",", "=2C", 0);
  return g_string_free (g_steal_pointer (&escaped), FALSE);
}

/* RFC 7628 section 3.1. */
static char *
dup_standard_message (const RpSaslToken *self)
{
  g_autofree char *name = dup_gs2_name (self->user);

  return g_strdup_printf ("n,%s%s," SEPARATOR "host=%s" SEPARATOR "port=%u" SEPARATOR
                          "auth=Bearer %s" SEPARATOR SEPARATOR,
                          *name != '\0' ? "a=" : "", name, self->host, self->port,
                          self->token);
}

static char *
dup_old_message (const RpSaslToken *self)
{
  return g_strdup_printf ("user=%s" SEPARATOR "auth=Bearer %s" SEPARATOR SEPARATOR,
                          self->user, self->token);
}

/* Both mechanisms describe a failure as JSON: RFC 7628 section 3.2.2 has words for
 * "status", servers of XOAUTH2 a number of HTTP. Returns: (nullable): with @root */
static const char *
find_status (JsonNode *root)
{
  JsonNode *status = NULL;

  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    status = json_object_get_member (json_node_get_object (root), "status");
  if (status == NULL || json_node_get_value_type (status) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (status);
}

static void
read_complaint (RpSaslToken *self, GBytes *challenge)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize n_bytes = 0;
  const char *text = g_bytes_get_data (challenge, &n_bytes);
  const char *status;

  if (n_bytes == 0
      || !json_parser_load_from_data (parser, text, (gssize) n_bytes, NULL))
    return;

  status = find_status (json_parser_get_root (parser));
  if (status == NULL)
    return;

  g_free (self->complaint);
  self->complaint = rp_printable_dup (status, -1);
  rp_printable_cut (self->complaint, MAX_COMPLAINT_BYTES);
}

/* An answer to the error message that says nothing is what makes the server give its
 * reply (RFC 7628 section 3.2.3). */
static GBytes *
make_answer (RpSaslToken *self, GBytes *challenge)
{
  char *message;

  if (challenge != NULL)
    {
      read_complaint (self, challenge);
      return self->is_standard ? g_bytes_new_static (SEPARATOR, 1)
                               : g_bytes_new_static ("", 0);
    }

  message = self->is_standard ? dup_standard_message (self) : dup_old_message (self);
  return rp_password_new_bytes (message, strlen (message));
}

static void
rp_sasl_token_answer_async (RpSaslClient *client,
                            GBytes *challenge,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (client, cancellable, callback, user_data);

  g_task_set_source_tag (task, rp_sasl_token_answer_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_return_pointer (task, make_answer (RP_SASL_TOKEN (client), challenge),
                         (GDestroyNotify) g_bytes_unref);
}

static GBytes *
rp_sasl_token_answer_finish (RpSaslClient *client, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static const char *
rp_sasl_token_get_complaint (RpSaslClient *client)
{
  return RP_SASL_TOKEN (client)->complaint;
}

static void
rp_sasl_token_client_init (RpSaslClientInterface *iface)
{
  iface->answer_async = rp_sasl_token_answer_async;
  iface->answer_finish = rp_sasl_token_answer_finish;
  iface->get_complaint = rp_sasl_token_get_complaint;
}

static void
rp_sasl_token_finalize (GObject *object)
{
  RpSaslToken *self = RP_SASL_TOKEN (object);

  rp_password_free (self->token);
  g_free (self->user);
  g_free (self->host);
  g_free (self->complaint);
  G_OBJECT_CLASS (rp_sasl_token_parent_class)->finalize (object);
}

static void
rp_sasl_token_class_init (RpSaslTokenClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_sasl_token_finalize;
}

static void
rp_sasl_token_init (RpSaslToken *self)
{
}

RpSaslToken *
rp_sasl_token_new (const char *mechanism,
                   const char *user,
                   const char *host,
                   guint16 port,
                   const char *token)
{
  RpSaslToken *self = g_object_new (RP_TYPE_SASL_TOKEN, NULL);

  self->is_standard = g_str_equal (mechanism, "OAUTHBEARER");
  self->user = g_strdup (user != NULL ? user : "");
  self->host = g_strdup (host);
  self->port = port;
  self->token = rp_password_copy (token);
  return self;
}
