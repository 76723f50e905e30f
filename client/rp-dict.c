/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-dict.h"

#include "core/rp-printable.h"
#include "words/rp-words.h"

const char *
rp_dict_get_string (GVariant *dict, const char *key)
{
  const char *value = "";

  g_variant_lookup (dict, key, "&s", &value);
  return value;
}

gboolean
rp_dict_get_boolean (GVariant *dict, const char *key)
{
  gboolean value = FALSE;

  g_variant_lookup (dict, key, "b", &value);
  return value;
}

gint64
rp_dict_get_time (GVariant *dict, const char *key)
{
  gint64 value = 0;

  g_variant_lookup (dict, key, "x", &value);
  return value;
}

guint64
rp_dict_get_size (GVariant *dict, const char *key)
{
  guint64 value = 0;

  g_variant_lookup (dict, key, "t", &value);
  return value;
}

guint
rp_dict_get_count (GVariant *dict, const char *key)
{
  guint32 value = 0;

  g_variant_lookup (dict, key, "u", &value);
  return value;
}

GStrv
rp_dict_dup_strings (GVariant *dict, const char *key)
{
  GStrv strings = NULL;

  g_variant_lookup (dict, key, "^as", &strings);
  return strings != NULL ? strings : g_new0 (char *, 1);
}

char *
rp_dict_dup_list (GVariant *dict, const char *key)
{
  g_auto (GStrv) strings = rp_dict_dup_strings (dict, key);

  return g_strjoinv (", ", strings);
}

GVariant *
rp_dict_dup_dict (GVariant *dict, const char *key)
{
  return g_variant_lookup_value (dict, key, G_VARIANT_TYPE_VARDICT);
}

GVariant *
rp_dict_dup_array (GVariant *dict, const char *key, const char *type)
{
  GVariant *array = g_variant_lookup_value (dict, key, G_VARIANT_TYPE (type));

  if (array != NULL)
    return array;
  return g_variant_ref_sink (
      g_variant_new_array (g_variant_type_element (G_VARIANT_TYPE (type)), NULL, 0));
}

char *
rp_dict_dup_sentence (GVariant *reason)
{
  g_autoptr (RpReason) known = rp_reason_from_variant (reason);
  g_autofree char *text = NULL;

  if (known != NULL)
    text = rp_words_reason (known, NULL);
  else
    g_variant_get_child (reason, 0, "s", &text);
  return rp_printable_dup (text, -1);
}

char *
rp_dict_dup_reason (GVariant *dict, const char *key)
{
  g_autoptr (GVariant) reason =
      g_variant_lookup_value (dict, key, G_VARIANT_TYPE ("(sas)"));

  return reason == NULL ? g_strdup ("") : rp_dict_dup_sentence (reason);
}
