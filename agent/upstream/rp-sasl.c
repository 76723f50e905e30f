/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-sasl.h"

#include <curl/curl.h>

/* Debian's libcurl has no GNU SASL, and so no SCRAM. What needs no feature is in every
 * libcurl that speaks SMTP, or is our own. */
static const struct
{
  const char *mechanism;
  int feature;
} known[] = {
  { "PLAIN", 0 },
  { "LOGIN", 0 },
  { "SCRAM-SHA-256", CURL_VERSION_GSASL },
  { "SCRAM-SHA-1", CURL_VERSION_GSASL },
  { "CRAM-MD5", 0 },
  { "DIGEST-MD5", 0 },
  { "OAUTHBEARER", 0 },
  { "XOAUTH2", 0 },
  { "EXTERNAL", 0 },
#ifdef RP_HAS_KERBEROS
  { "GSSAPI", 0 },
#endif
};

static gboolean
has_feature (int feature)
{
  return (curl_version_info (CURLVERSION_NOW)->features & feature) == feature;
}

const char *const *
rp_sasl_get_mechanisms (void)
{
  static const char *mechanisms[G_N_ELEMENTS (known) + 1];
  static gsize is_filled = 0;

  if (g_once_init_enter (&is_filled))
    {
      guint n_mechanisms = 0;

      for (guint i = 0; i < G_N_ELEMENTS (known); i++)
        if (has_feature (known[i].feature))
          mechanisms[n_mechanisms++] = known[i].mechanism;
      g_once_init_leave (&is_filled, 1);
    }
  return mechanisms;
}

gboolean
rp_sasl_is_supported (const char *mechanism)
{
  return g_strv_contains (rp_sasl_get_mechanisms (), mechanism);
}

const char *
rp_sasl_get_library (void)
{
  return curl_version_info (CURLVERSION_NOW)->version;
}
