/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A certificate authority that lives as long as the test program, and server
 * certificates of every kind that a client must tell apart. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <map>
#include <string>
#include <vector>

enum class Identity
{
  good,        /* mail.test, localhost and loopback, signed by the authority */
  wrong_name,  /* signed, but for another host */
  expired,     /* signed, but of last year */
  self_signed, /* right name, signed by itself */
  old_tls,     /* good, but the server speaks TLS 1.1 at most */
  wants_client /* good, and wants a certificate of the client, too */
};

class ThrowawayCa
{
public:
  static ThrowawayCa &
  instance ()
  {
    static ThrowawayCa ca;
    return ca;
  }

  /* PEM file with the authority's certificate. */
  const char *
  ca_file () const
  {
    return ca_file_.c_str ();
  }

  /* PEM file with a certificate and key for a client. */
  const char *
  client_file () const
  {
    return client_file_.c_str ();
  }

  /* One of the files that a client may name as its certificate or key: certificate.pem,
   * key.pem, encrypted-key.pem, other-key.pem, stranger.pem (signed by nobody, with its
   * key). */
  std::string
  client_file (const std::string &name) const
  {
    return folder_ + "/" + name;
  }

  SSL_CTX *
  context (Identity identity)
  {
    return contexts_.at (identity);
  }

  /* PEM file with a server's certificate and key, for servers that are programs. */
  std::string
  server_file (Identity identity)
  {
    const std::string path = folder_ + "/" + std::to_string ((int) identity) + ".pem";
    FILE *file = fopen (path.c_str (), "w");

    g_assert (file != nullptr);
    PEM_write_X509 (file, SSL_CTX_get0_certificate (context (identity)));
    PEM_write_PrivateKey (file, SSL_CTX_get0_privatekey (context (identity)), nullptr,
                          nullptr, 0, nullptr, nullptr);
    fclose (file);
    server_files_.push_back (path);
    return path;
  }

  /* The good identity's key as curl wants it pinned. */
  const std::string &
  pin () const
  {
    return pin_;
  }

private:
  ThrowawayCa ()
  {
    authority_key_ = EVP_EC_gen ("P-256");
    authority_ =
        make ("Throwaway CA", nullptr, authority_key_, nullptr, nullptr, -3600, 3600);
    write_ca_file ();
    const char *here = "DNS:mail.test,DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1";
    add (Identity::good, here, false, -3600);
    add (Identity::wrong_name, "DNS:mail.elsewhere.example", false, -3600);
    add (Identity::expired, here, false, -7200);
    add (Identity::self_signed, here, true, -3600);
    add (Identity::old_tls, here, false, -3600);
    add (Identity::wants_client, here, false, -3600);
  }

  ~ThrowawayCa ()
  {
    for (auto &[identity, context] : contexts_)
      SSL_CTX_free (context);
    X509_free (authority_);
    EVP_PKEY_free (authority_key_);
    g_unlink (ca_file_.c_str ());
    g_unlink (client_file_.c_str ());
    for (const std::string &path : server_files_)
      g_unlink (path.c_str ());
    g_rmdir (folder_.c_str ());
  }

  static void
  extend (X509 *certificate, X509 *issuer, int nid, const char *value)
  {
    X509V3_CTX context;

    X509V3_set_ctx (&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid (nullptr, &context, nid, value);
    g_assert (extension != nullptr);
    X509_add_ext (certificate, extension, -1);
    X509_EXTENSION_free (extension);
  }

  static X509 *
  make (const char *name,
        const char *alternative_names,
        EVP_PKEY *key,
        X509 *issuer,
        EVP_PKEY *issuer_key,
        long begin_s,
        long end_s)
  {
    static long serial = 1;
    X509 *certificate = X509_new ();
    X509_NAME *subject = X509_get_subject_name (certificate);

    X509_set_version (certificate, 2);
    ASN1_INTEGER_set (X509_get_serialNumber (certificate), serial++);
    X509_gmtime_adj (X509_getm_notBefore (certificate), begin_s);
    X509_gmtime_adj (X509_getm_notAfter (certificate), end_s);
    X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_ASC,
                                (const unsigned char *) name, -1, -1, 0);
    X509_set_issuer_name (certificate,
                          issuer != nullptr ? X509_get_subject_name (issuer) : subject);
    X509_set_pubkey (certificate, key);
    if (alternative_names == nullptr)
      extend (certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    else
      extend (certificate, certificate, NID_subject_alt_name, alternative_names);
    X509_sign (certificate, issuer_key != nullptr ? issuer_key : key, EVP_sha256 ());
    return certificate;
  }

  void
  add (Identity identity, const char *names, bool is_self_signed, long begin_s)
  {
    EVP_PKEY *key = EVP_EC_gen ("P-256");
    X509 *certificate =
        make ("server", names, key, is_self_signed ? nullptr : authority_,
              is_self_signed ? nullptr : authority_key_, begin_s,
              begin_s < -3600 ? -3600 : 3600);
    SSL_CTX *context = SSL_CTX_new (TLS_server_method ());

    SSL_CTX_use_certificate (context, certificate);
    SSL_CTX_use_PrivateKey (context, key);
    if (identity == Identity::old_tls)
      {
        SSL_CTX_set_security_level (context, 0);
        SSL_CTX_set_min_proto_version (context, TLS1_VERSION);
        SSL_CTX_set_max_proto_version (context, TLS1_1_VERSION);
      }
    if (identity == Identity::wants_client)
      {
        SSL_CTX_load_verify_file (context, ca_file_.c_str ());
        SSL_CTX_set_verify (context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                            nullptr);
        write_client_file (certificate, key);
        write_client_parts (certificate, key);
      }
    if (identity == Identity::good)
      pin_ = make_pin (certificate);
    contexts_[identity] = context;
    X509_free (certificate);
    EVP_PKEY_free (key);
  }

  static std::string
  make_pin (X509 *certificate)
  {
    unsigned char *der = nullptr;
    unsigned char digest[32];
    unsigned int n_digest = 0;
    int n_der = i2d_X509_PUBKEY (X509_get_X509_PUBKEY (certificate), &der);

    EVP_Digest (der, (size_t) n_der, digest, &n_digest, EVP_sha256 (), nullptr);
    OPENSSL_free (der);
    g_autofree char *text = g_base64_encode (digest, n_digest);
    return std::string ("sha256//") + text;
  }

  void
  write_ca_file ()
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-ca-XXXXXX", nullptr);

    folder_ = folder;
    ca_file_ = folder_ + "/ca.pem";
    FILE *file = fopen (ca_file_.c_str (), "w");
    g_assert (file != nullptr);
    PEM_write_X509 (file, authority_);
    fclose (file);
  }

  void
  write_client_file (X509 *certificate, EVP_PKEY *key)
  {
    client_file_ = folder_ + "/client.pem";
    FILE *file = fopen (client_file_.c_str (), "w");
    g_assert (file != nullptr);
    PEM_write_X509 (file, certificate);
    PEM_write_PrivateKey (file, key, nullptr, nullptr, 0, nullptr, nullptr);
    fclose (file);
  }

  void
  write (const char *name, X509 *certificate, EVP_PKEY *key, const char *passphrase)
  {
    const std::string path = folder_ + "/" + name;
    FILE *file = fopen (path.c_str (), "w");

    g_assert (file != nullptr);
    if (certificate != nullptr)
      PEM_write_X509 (file, certificate);
    if (key != nullptr)
      PEM_write_PrivateKey (file, key,
                            passphrase != nullptr ? EVP_aes_128_cbc () : nullptr,
                            nullptr, 0, nullptr, const_cast<char *> (passphrase));
    fclose (file);
    server_files_.push_back (path);
  }

  void
  write_client_parts (X509 *certificate, EVP_PKEY *key)
  {
    EVP_PKEY *other = EVP_EC_gen ("P-256");
    X509 *stranger =
        make ("stranger", "DNS:laptop", other, nullptr, nullptr, -3600, 3600);

    write ("certificate.pem", certificate, nullptr, nullptr);
    write ("key.pem", nullptr, key, nullptr);
    write ("encrypted-key.pem", nullptr, key, "passphrase");
    write ("other-key.pem", nullptr, other, nullptr);
    write ("stranger.pem", stranger, other, nullptr);
    X509_free (stranger);
    EVP_PKEY_free (other);
  }

  std::string folder_;
  std::string ca_file_;
  std::string client_file_;
  std::string pin_;
  std::vector<std::string> server_files_;
  EVP_PKEY *authority_key_ = nullptr;
  X509 *authority_ = nullptr;
  std::map<Identity, SSL_CTX *> contexts_;
};
