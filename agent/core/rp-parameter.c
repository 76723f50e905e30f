/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-parameter.h"

#include <string.h>

/* RFC 3461 sections 4.2 and 4.4. */
#define MAX_ORCPT_BYTES 500
#define MAX_ENVID_BYTES 100

/* What a parameter is set in: one of the two is there. */
typedef struct
{
  RpEnvelope *envelope;
  RpRecipient *recipient;
} Target;

typedef struct
{
  const char *keyword;
  guint feature;
  gboolean (*apply) (const char *value, Target *target);
} Rule;

static void
parameter_free (RpParameter *self)
{
  g_free (self->keyword);
  g_free (self->value);
  g_free (self);
}

static gboolean
is_hex (char c)
{
  return g_ascii_isdigit (c) || (c >= 'A' && c <= 'F');
}

gboolean
rp_xtext_is_valid (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p < '!' || *p > '~' || *p == '=')
        return FALSE;
      if (*p == '+' && (!is_hex (p[1]) || !is_hex (p[2])))
        return FALSE;
    }

  return TRUE;
}

static gboolean
keyword_is_valid (const char *keyword)
{
  if (!g_ascii_isalnum (keyword[0]))
    return FALSE;
  for (const char *p = keyword; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-')
      return FALSE;

  return TRUE;
}

/* esmtp-value, with UTF-8 as RFC 6531 section 3.3 extends it. */
static gboolean
value_is_valid (const char *value)
{
  if (value[0] == '\0' || !g_utf8_validate (value, -1, NULL))
    return FALSE;
  for (const char *p = value; *p != '\0'; p++)
    if (*p == '=' || *p == ' ' || g_ascii_iscntrl (*p))
      return FALSE;

  return TRUE;
}

static RpParameter *
parse_parameter (const char *word)
{
  const char *equals = strchr (word, '=');
  g_autofree char *keyword =
      equals != NULL ? g_strndup (word, (gsize) (equals - word)) : g_strdup (word);
  RpParameter *self;

  if (!keyword_is_valid (keyword) || (equals != NULL && !value_is_valid (equals + 1)))
    return NULL;

  self = g_new0 (RpParameter, 1);
  self->keyword = g_ascii_strup (keyword, -1);
  self->value = equals != NULL ? g_strdup (equals + 1) : NULL;
  return self;
}

static gboolean
has_keyword (GPtrArray *parameters, const char *keyword)
{
  for (guint i = 0; i < parameters->len; i++)
    {
      const RpParameter *parameter = g_ptr_array_index (parameters, i);

      if (g_str_equal (parameter->keyword, keyword))
        return TRUE;
    }

  return FALSE;
}

GPtrArray *
rp_parameters_parse (const char *text, gsize n_bytes)
{
  g_autoptr (GPtrArray) parameters =
      g_ptr_array_new_with_free_func ((GDestroyNotify) parameter_free);
  g_autofree char *copy = g_strndup (text, n_bytes);
  g_auto (GStrv) words = g_strsplit (copy, " ", -1);

  /* "<a@b>SIZE=1" is no parameter, and NUL would hide what follows it. */
  if (strlen (copy) != n_bytes || (copy[0] != '\0' && copy[0] != ' '))
    return NULL;

  for (guint i = 0; words[i] != NULL; i++)
    {
      RpParameter *parameter;

      if (words[i][0] == '\0')
        continue;
      parameter = parse_parameter (words[i]);
      if (parameter == NULL)
        return NULL;
      if (has_keyword (parameters, parameter->keyword))
        {
          parameter_free (parameter);
          return NULL;
        }
      g_ptr_array_add (parameters, parameter);
    }

  return g_steal_pointer (&parameters);
}

static gboolean
apply_size (const char *value, Target *target)
{
  guint64 n_bytes;

  if (value == NULL || strlen (value) > 20
      || !g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT64, &n_bytes, NULL))
    return FALSE;

  target->envelope->declared_bytes = n_bytes;
  return TRUE;
}

static gboolean
apply_body (const char *value, Target *target)
{
  if (value == NULL)
    return FALSE;

  target->envelope->declared_8bit = g_ascii_strcasecmp (value, "8BITMIME") == 0;
  return target->envelope->declared_8bit || g_ascii_strcasecmp (value, "7BIT") == 0;
}

static gboolean
apply_smtputf8 (const char *value, Target *target)
{
  target->envelope->declared_utf8 = TRUE;
  return value == NULL;
}

static gboolean
apply_ret (const char *value, Target *target)
{
  if (value == NULL
      || (g_ascii_strcasecmp (value, "FULL") != 0
          && g_ascii_strcasecmp (value, "HDRS") != 0))
    return FALSE;

  target->envelope->ret = g_strdup (value);
  return TRUE;
}

static gboolean
apply_envid (const char *value, Target *target)
{
  if (value == NULL || strlen (value) > MAX_ENVID_BYTES || !rp_xtext_is_valid (value))
    return FALSE;

  target->envelope->envid = g_strdup (value);
  return TRUE;
}

/* Checked and not kept: whom the next server trusts is its own affair. */
static gboolean
apply_auth (const char *value, Target *target)
{
  return value != NULL && (g_str_equal (value, "<>") || rp_xtext_is_valid (value));
}

/* NEVER stands alone, the others may be combined (RFC 3461 section 4.1). */
static gboolean
notify_word_is_valid (const char *word, guint n_words)
{
  if (g_ascii_strcasecmp (word, "NEVER") == 0)
    return n_words == 1;
  return g_ascii_strcasecmp (word, "SUCCESS") == 0
         || g_ascii_strcasecmp (word, "FAILURE") == 0
         || g_ascii_strcasecmp (word, "DELAY") == 0;
}

static gboolean
apply_notify (const char *value, Target *target)
{
  g_auto (GStrv) words = NULL;

  if (value == NULL)
    return FALSE;

  words = g_strsplit (value, ",", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (!notify_word_is_valid (words[i], g_strv_length (words)))
      return FALSE;

  target->recipient->notify = g_strdup (value);
  return TRUE;
}

/* "rfc822;xtext"; RFC 6533 adds "utf-8;" whose value may hold UTF-8. */
static gboolean
apply_orcpt (const char *value, Target *target)
{
  const char *semicolon = value != NULL ? strchr (value, ';') : NULL;
  g_autofree char *type = NULL;

  if (semicolon == NULL || strlen (value) > MAX_ORCPT_BYTES)
    return FALSE;

  type = g_strndup (value, (gsize) (semicolon - value));
  if (!keyword_is_valid (type) || semicolon[1] == '\0')
    return FALSE;
  if (g_ascii_strcasecmp (type, "utf-8") != 0 && !rp_xtext_is_valid (semicolon + 1))
    return FALSE;

  target->recipient->orcpt = g_strdup (value);
  return TRUE;
}

static const Rule sender_rules[] = {
  { "SIZE", RP_FEATURE_SIZE, apply_size },
  { "BODY", RP_FEATURE_8BITMIME, apply_body },
  { "SMTPUTF8", RP_FEATURE_SMTPUTF8, apply_smtputf8 },
  { "RET", RP_FEATURE_DSN, apply_ret },
  { "ENVID", RP_FEATURE_DSN, apply_envid },
  { "AUTH", RP_FEATURE_AUTH, apply_auth },
};

static const Rule recipient_rules[] = {
  { "NOTIFY", RP_FEATURE_DSN, apply_notify },
  { "ORCPT", RP_FEATURE_DSN, apply_orcpt },
};

static RpReply *
apply_one (const RpParameter *parameter,
           const Rule *rules,
           guint n_rules,
           guint features,
           Target *target)
{
  for (guint i = 0; i < n_rules; i++)
    if (g_str_equal (parameter->keyword, rules[i].keyword)
        && (features & rules[i].feature) != 0)
      return rules[i].apply (parameter->value, target)
                 ? NULL
                 : rp_reply_new_printf (501, "5.5.4",
                                        "The value of the parameter %s is malformed",
                                        parameter->keyword);

  return rp_reply_new_printf (555, "5.5.4", "Parameter %s is not known here",
                              parameter->keyword);
}

static RpReply *
apply_all (GPtrArray *parameters,
           const Rule *rules,
           guint n_rules,
           guint features,
           Target target)
{
  for (guint i = 0; i < parameters->len; i++)
    {
      RpReply *refusal = apply_one (g_ptr_array_index (parameters, i), rules, n_rules,
                                    features, &target);

      if (refusal != NULL)
        return refusal;
    }

  return NULL;
}

RpReply *
rp_parameters_apply_to_sender (GPtrArray *parameters,
                               guint features,
                               RpEnvelope *envelope)
{
  return apply_all (parameters, sender_rules, G_N_ELEMENTS (sender_rules), features,
                    (Target){ envelope, NULL });
}

RpReply *
rp_parameters_apply_to_recipient (GPtrArray *parameters,
                                  guint features,
                                  RpRecipient *recipient)
{
  return apply_all (parameters, recipient_rules, G_N_ELEMENTS (recipient_rules),
                    features, (Target){ NULL, recipient });
}
