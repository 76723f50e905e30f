/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-sasl-digest.h"

#include <string.h>
#include <sys/random.h>

#include "upstream/rp-connection.h"
#include "upstream/rp-password.h"

#define MD5_BYTES 16
#define NONCE_COUNT "00000001" /* each nonce of a server's is used once */

struct _RpSaslDigest
{
  GObject parent_instance;

  char *uri;
  char *user;
  char *password;
  char *nonce;
  char *expected; /* nullable: what proves that the server knows the password */
};

static void rp_sasl_digest_client_init (RpSaslClientInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpSaslDigest,
                               rp_sasl_digest,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RP_TYPE_SASL_CLIENT,
                                                      rp_sasl_digest_client_init))

/* --- the challenge: name=value, name="value", ... (RFC 2831 section 7.1) --- */

static const char *
skip_separators (const char *text)
{
  return text + strspn (text, ", \t\r\n");
}

/* Returns: (transfer full) (nullable): behind the equals sign; moves @text past it */
static char *
take_value (const char **text)
{
  g_autoptr (GString) value = g_string_new (NULL);
  const char *p = *text;
  const gboolean is_quoted = *p == '"';

  if (is_quoted)
    p++;
  while (*p != '\0' && (is_quoted ? *p != '"' : strchr (", \t", *p) == NULL))
    {
      if (is_quoted && *p == '\\' && p[1] != '\0')
        p++;
      g_string_append_c (value, *p++);
    }
  if (is_quoted && *p++ != '"')
    return NULL;

  *text = p;
  return g_string_free (g_steal_pointer (&value), FALSE);
}

/* The first of a name counts. Returns: (transfer full) (nullable): name to value */
static GHashTable *
parse_challenge (GBytes *challenge)
{
  g_autoptr (GHashTable) fields =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gsize n_bytes = 0;
  const char *octets = g_bytes_get_data (challenge, &n_bytes);
  g_autofree char *text = g_strndup (n_bytes > 0 ? octets : "", n_bytes);
  const char *p = skip_separators (text);

  while (*p != '\0')
    {
      const char *equals = strchr (p, '=');
      g_autofree char *name = equals != NULL ? g_ascii_strdown (p, equals - p) : NULL;
      g_autofree char *value = NULL;

      if (name == NULL)
        return NULL;
      p = equals + 1;
      value = take_value (&p);
      if (value == NULL)
        return NULL;
      if (!g_hash_table_contains (fields, name))
        g_hash_table_insert (fields, g_steal_pointer (&name), g_steal_pointer (&value));
      p = skip_separators (p);
    }
  return g_steal_pointer (&fields);
}

static gboolean
offers_auth (const char *qop)
{
  g_auto (GStrv) words = qop != NULL ? g_strsplit_set (qop, ", ", -1) : NULL;

  return words == NULL || g_strv_contains ((const char *const *) words, "auth");
}

static gboolean
is_usable (GHashTable *fields)
{
  const char *algorithm =
      fields != NULL ? g_hash_table_lookup (fields, "algorithm") : NULL;

  return algorithm != NULL && g_str_equal (algorithm, "md5-sess")
         && g_hash_table_lookup (fields, "nonce") != NULL
         && offers_auth (g_hash_table_lookup (fields, "qop"));
}

/* --- the response (RFC 2831 section 2.1.2.1) --- */

static char *
dup_md5 (const char *text)
{
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

/* H(user:realm:password), as octets, with the two nonces behind it. */
static char *
dup_session_hash (const RpSaslDigest *self, const char *realm, const char *nonce)
{
  g_autoptr (GChecksum) secret = g_checksum_new (G_CHECKSUM_MD5);
  g_autoptr (GChecksum) session = g_checksum_new (G_CHECKSUM_MD5);
  g_autofree char *start = g_strdup_printf ("%s:%s:", self->user, realm);
  g_autofree char *end = g_strdup_printf (":%s:%s", nonce, self->nonce);
  guint8 digest[MD5_BYTES];
  gsize n_digest = sizeof digest;

  g_checksum_update (secret, (const guchar *) start, -1);
  g_checksum_update (secret, (const guchar *) self->password, -1);
  g_checksum_get_digest (secret, digest, &n_digest);
  g_checksum_update (session, digest, (gssize) n_digest);
  g_checksum_update (session, (const guchar *) end, -1);
  explicit_bzero (digest, sizeof digest);
  return g_strdup (g_checksum_get_string (session));
}

/* @verb: "AUTHENTICATE" for ours, nothing for the server's. */
static char *
dup_proof (const RpSaslDigest *self,
           const char *session,
           const char *nonce,
           const char *verb)
{
  g_autofree char *method = g_strdup_printf ("%s:%s", verb, self->uri);
  g_autofree char *method_hash = dup_md5 (method);
  g_autofree char *all = g_strdup_printf ("%s:%s:" NONCE_COUNT ":%s:auth:%s", session,
                                          nonce, self->nonce, method_hash);

  return dup_md5 (all);
}

static char *
dup_quoted (const char *text)
{
  g_autoptr (GString) quoted = g_string_new (text);

  g_string_replace (quoted, "\\", "\\\\", 0);
  g_string_replace (quoted, "\"", "\\\"", 0);
  return g_string_free (g_steal_pointer (&quoted), FALSE);
}

static GBytes *
make_response (RpSaslDigest *self, GHashTable *fields)
{
  const char *nonce = g_hash_table_lookup (fields, "nonce");
  const char *offered_realm = g_hash_table_lookup (fields, "realm");
  const char *realm = offered_realm != NULL ? offered_realm : "";
  g_autofree char *session = dup_session_hash (self, realm, nonce);
  g_autofree char *proof = dup_proof (self, session, nonce, "AUTHENTICATE");
  g_autofree char *user = dup_quoted (self->user);
  g_autofree char *quoted_realm = dup_quoted (realm);
  g_autofree char *quoted_nonce = dup_quoted (nonce);
  char *response = g_strdup_printf (
      "charset=utf-8,username=\"%s\",realm=\"%s\",nonce=\"%s\",nc=" NONCE_COUNT
      ",cnonce=\"%s\",digest-uri=\"%s\",response=%s,qop=auth",
      user, quoted_realm, quoted_nonce, self->nonce, self->uri, proof);

  self->expected = dup_proof (self, session, nonce, "");
  return g_bytes_new_take (response, strlen (response));
}

static GBytes *
answer_proof (RpSaslDigest *self, GHashTable *fields, GError **error)
{
  const char *proof = fields != NULL ? g_hash_table_lookup (fields, "rspauth") : NULL;

  if (g_strcmp0 (proof, self->expected) == 0)
    return g_bytes_new_static ("", 0);

  g_set_error_literal (error, RP_CONNECTION_ERROR, RP_CONNECTION_ERROR_NOT_SMTP,
                       "the server does not know the password itself");
  return NULL;
}

static GBytes *
answer (RpSaslDigest *self, GBytes *challenge, GError **error)
{
  g_autoptr (GHashTable) fields = parse_challenge (challenge);

  if (self->expected != NULL)
    return answer_proof (self, fields, error);
  if (is_usable (fields))
    return make_response (self, fields);

  g_set_error_literal (error, RP_CONNECTION_ERROR,
                       RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED,
                       "the server's DIGEST-MD5 is none that roampost knows");
  return NULL;
}

static void
rp_sasl_digest_answer_async (RpSaslClient *client,
                             GBytes *challenge,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (client, cancellable, callback, user_data);
  GError *error = NULL;
  GBytes *response = NULL;

  g_task_set_source_tag (task, rp_sasl_digest_answer_async);
  g_task_set_check_cancellable (task, FALSE);
  if (challenge != NULL)
    response = answer (RP_SASL_DIGEST (client), challenge, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, response, (GDestroyNotify) g_bytes_unref);
}

static GBytes *
rp_sasl_digest_answer_finish (RpSaslClient *client,
                              GAsyncResult *result,
                              GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
rp_sasl_digest_client_init (RpSaslClientInterface *iface)
{
  iface->answer_async = rp_sasl_digest_answer_async;
  iface->answer_finish = rp_sasl_digest_answer_finish;
}

static void
rp_sasl_digest_finalize (GObject *object)
{
  RpSaslDigest *self = RP_SASL_DIGEST (object);

  g_free (self->uri);
  g_free (self->user);
  rp_password_free (self->password);
  g_free (self->nonce);
  g_free (self->expected);
  G_OBJECT_CLASS (rp_sasl_digest_parent_class)->finalize (object);
}

static void
rp_sasl_digest_class_init (RpSaslDigestClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rp_sasl_digest_finalize;
}

static void
rp_sasl_digest_init (RpSaslDigest *self)
{
}

static char *
make_nonce (void)
{
  guint8 octets[18];

  if (getrandom (octets, sizeof octets, 0) != sizeof octets)
    g_error ("no random octets");

  return g_base64_encode (octets, sizeof octets);
}

RpSaslDigest *
rp_sasl_digest_new (const char *uri,
                    const char *user,
                    const char *password,
                    const char *nonce)
{
  RpSaslDigest *self = g_object_new (RP_TYPE_SASL_DIGEST, NULL);

  self->uri = g_strdup (uri);
  self->user = g_strdup (user != NULL ? user : "");
  self->password = rp_password_copy (password);
  self->nonce = nonce != NULL ? g_strdup (nonce) : make_nonce ();
  return self;
}
