/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-sasl-kerberos.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>
#include <string.h>

#include "core/rp-printable.h"
#include "upstream/rp-connection.h"

/* Threads that wait for a Kerberos server that is silent. Not those of GTask, which
 * write mail to the disk. */
#define MAX_THREADS 4

/* RFC 4752 section 3.3: octet one is a set of layers, the others are a size. TLS does
 * what the layers are for. */
#define NO_LAYER 1
#define LAYER_OCTETS 4

struct _RpSaslKerberos
{
  GObject parent_instance;

  char *service;
  gss_name_t name;      /* nullable */
  gss_ctx_id_t context; /* nullable */
  gboolean is_established;
};

static void rp_sasl_kerberos_client_init (RpSaslClientInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpSaslKerberos,
                               rp_sasl_kerberos,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RP_TYPE_SASL_CLIENT,
                                                      rp_sasl_kerberos_client_init))

/* --- in the thread --- */

static void
append_status (GString *words, OM_uint32 status, int kind)
{
  OM_uint32 minor = 0, more = 0;

  do
    {
      gss_buffer_desc text = GSS_C_EMPTY_BUFFER;

      if (GSS_ERROR (gss_display_status (&minor, status, kind, (gss_OID) gss_mech_krb5,
                                         &more, &text)))
        return;
      g_string_append_printf (words, "%s%.*s", words->len > 0 ? ", " : "",
                              (int) text.length, (const char *) text.value);
      gss_release_buffer (&minor, &text);
    }
  while (more != 0);
}

/* The mechanism's words say what is wrong, the general ones only that something is. */
static GError *
error_from_status (OM_uint32 major, OM_uint32 minor)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *printable = NULL;

  if (minor != 0)
    append_status (words, minor, GSS_C_MECH_CODE);
  if (words->len == 0)
    append_status (words, major, GSS_C_GSS_CODE);
  printable = rp_printable_dup (words->str, (gssize) words->len);
  return g_error_new_literal (RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_NO_TICKET,
                              printable);
}

static GBytes *
take_buffer (gss_buffer_desc *buffer)
{
  GBytes *bytes = g_bytes_new (buffer->value, buffer->length);
  OM_uint32 minor = 0;

  gss_release_buffer (&minor, buffer);
  return bytes;
}

static gboolean
import_name (RpSaslKerberos *self, GError **error)
{
  gss_buffer_desc service = { strlen (self->service), self->service };
  OM_uint32 minor = 0;
  OM_uint32 major;

  if (self->name != NULL)
    return TRUE;

  major = gss_import_name (&minor, &service, GSS_C_NT_HOSTBASED_SERVICE, &self->name);
  if (!GSS_ERROR (major))
    return TRUE;

  g_propagate_error (error, error_from_status (major, minor));
  return FALSE;
}

/* Without mutual authentication the flags would not hold what was asked for. */
static gboolean
is_complete (OM_uint32 major, OM_uint32 flags)
{
  return major == GSS_S_COMPLETE && (flags & GSS_C_MUTUAL_FLAG) != 0;
}

/* @challenge: (nullable). */
static GBytes *
negotiate (RpSaslKerberos *self, GBytes *challenge, GError **error)
{
  gss_buffer_desc input = GSS_C_EMPTY_BUFFER;
  gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor = 0, flags = 0;
  OM_uint32 major;

  if (!import_name (self, error))
    return NULL;

  if (challenge != NULL)
    input.value = (void *) g_bytes_get_data (challenge, &input.length);
  major = gss_init_sec_context (
      &minor, GSS_C_NO_CREDENTIAL, &self->context, self->name, (gss_OID) gss_mech_krb5,
      GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG, 0, GSS_C_NO_CHANNEL_BINDINGS, &input, NULL,
      &output, &flags, NULL);
  if (GSS_ERROR (major))
    {
      gss_release_buffer (&(OM_uint32){ 0 }, &output);
      g_propagate_error (error, error_from_status (major, minor));
      return NULL;
    }

  self->is_established = is_complete (major, flags);
  return take_buffer (&output);
}

static gboolean
offers_no_layer (const gss_buffer_desc *offer)
{
  return offer->length == LAYER_OCTETS
         && (((const guint8 *) offer->value)[0] & NO_LAYER) != 0;
}

/* Without an authorization identity we are who the ticket says. */
static GBytes *
choose_layer (RpSaslKerberos *self, GBytes *challenge, GError **error)
{
  guint8 choice[LAYER_OCTETS] = { NO_LAYER, 0, 0, 0 };
  gss_buffer_desc plain = { sizeof choice, choice };
  gss_buffer_desc input = GSS_C_EMPTY_BUFFER;
  gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor = 0;
  OM_uint32 major;
  gboolean is_offered;

  input.value = (void *) g_bytes_get_data (challenge, &input.length);
  major = gss_unwrap (&minor, self->context, &input, &output, NULL, NULL);
  if (GSS_ERROR (major))
    {
      g_propagate_error (error, error_from_status (major, minor));
      return NULL;
    }

  is_offered = offers_no_layer (&output);
  g_bytes_unref (take_buffer (&output));
  if (!is_offered)
    {
      g_set_error_literal (
          error, RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED,
          "the server's GSSAPI wants encryption of its own inside TLS");
      return NULL;
    }

  major = gss_wrap (&minor, self->context, 0, GSS_C_QOP_DEFAULT, &plain, NULL, &output);
  if (!GSS_ERROR (major))
    return take_buffer (&output);

  g_propagate_error (error, error_from_status (major, minor));
  return NULL;
}

static void
answer_in_thread (gpointer data, gpointer unused)
{
  g_autoptr (GTask) task = data;
  RpSaslKerberos *self = g_task_get_source_object (task);
  GBytes *challenge = g_task_get_task_data (task);
  GError *error = NULL;
  GBytes *response = self->is_established ? choose_layer (self, challenge, &error)
                                          : negotiate (self, challenge, &error);

  if (response != NULL)
    g_task_return_pointer (task, response, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

/* --- in the main loop --- */

static GThreadPool *
get_threads (void)
{
  static GThreadPool *threads = NULL;
  static gsize is_made = 0;

  if (g_once_init_enter (&is_made))
    {
      threads = g_thread_pool_new (answer_in_thread, NULL, MAX_THREADS, FALSE, NULL);
      g_once_init_leave (&is_made, 1);
    }
  return threads;
}

static void
rp_sasl_kerberos_answer_async (RpSaslClient *client,
                               GBytes *challenge,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (client, cancellable, callback, user_data);

  g_task_set_source_tag (task, rp_sasl_kerberos_answer_async);
  g_task_set_check_cancellable (task, FALSE);
  if (challenge != NULL)
    g_task_set_task_data (task, g_bytes_ref (challenge),
                          (GDestroyNotify) g_bytes_unref);
  g_thread_pool_push (get_threads (), g_steal_pointer (&task), NULL);
}

static GBytes *
rp_sasl_kerberos_answer_finish (RpSaslClient *client,
                                GAsyncResult *result,
                                GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
rp_sasl_kerberos_client_init (RpSaslClientInterface *iface)
{
  iface->answer_async = rp_sasl_kerberos_answer_async;
  iface->answer_finish = rp_sasl_kerberos_answer_finish;
}

static void
rp_sasl_kerberos_finalize (GObject *object)
{
  RpSaslKerberos *self = RP_SASL_KERBEROS (object);
  OM_uint32 minor = 0;

  if (self->context != GSS_C_NO_CONTEXT)
    gss_delete_sec_context (&minor, &self->context, GSS_C_NO_BUFFER);
  if (self->name != GSS_C_NO_NAME)
    gss_release_name (&minor, &self->name);
  g_free (self->service);
  G_OBJECT_CLASS (rp_sasl_kerberos_parent_class)->finalize (object);
}

static void
rp_sasl_kerberos_class_init (RpSaslKerberosClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_sasl_kerberos_finalize;
}

static void
rp_sasl_kerberos_init (RpSaslKerberos *self)
{
}

RpSaslKerberos *
rp_sasl_kerberos_new (const char *host)
{
  RpSaslKerberos *self = g_object_new (RP_TYPE_SASL_KERBEROS, NULL);

  self->service = g_strdup_printf ("smtp@%s", host);
  return self;
}
