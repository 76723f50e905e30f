/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-json.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

/* The metadata of large providers have a few dozen. */
#define MAX_BRACKETS 256

struct _RpOAuthJson
{
  JsonNode *root;
};

static gboolean
has_few_brackets (const char *text, gsize n_bytes)
{
  guint n_brackets = 0;

  for (gsize i = 0; i < n_bytes; i++)
    n_brackets += text[i] == '[' || text[i] == '{' ? 1U : 0U;
  return n_brackets <= MAX_BRACKETS;
}

RpOAuthJson *
rp_oauth_json_parse (const char *text, gsize n_bytes)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  RpOAuthJson *self;

  if (n_bytes == 0 || !g_utf8_validate (text, (gssize) n_bytes, NULL)
      || !has_few_brackets (text, n_bytes)
      || !json_parser_load_from_data (parser, text, (gssize) n_bytes, NULL)
      || json_parser_get_root (parser) == NULL
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return NULL;

  self = g_new0 (RpOAuthJson, 1);
  self->root = json_parser_steal_root (parser);
  return self;
}

static void
wipe (JsonObject *object, const char *name, JsonNode *node, gpointer user_data)
{
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    {
      char *text = (char *) json_node_get_string (node);

      explicit_bzero (text, strlen (text));
    }
}

void
rp_oauth_json_free (RpOAuthJson *self)
{
  if (self == NULL)
    return;

  json_object_foreach_member (json_node_get_object (self->root), wipe, NULL);
  json_node_unref (self->root);
  g_free (self);
}

static JsonNode *
get_member (const RpOAuthJson *self, const char *name)
{
  return json_object_get_member (json_node_get_object (self->root), name);
}

const char *
rp_oauth_json_get_text (const RpOAuthJson *self, const char *name)
{
  JsonNode *node = get_member (self, name);
  const char *text = node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node)
                         : NULL;

  return text != NULL && text[0] != '\0' ? text : NULL;
}

static gint64
clamp (double value, gint64 fallback, gint64 max)
{
  if (isnan (value))
    return fallback;
  if (value >= (double) max)
    return max;
  return value <= 0 ? 0 : (gint64) value;
}

gint64
rp_oauth_json_get_number (const RpOAuthJson *self,
                          const char *name,
                          gint64 fallback,
                          gint64 max)
{
  JsonNode *node = get_member (self, name);
  const GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_INVALID;
  gint64 value;

  if (type == G_TYPE_INT64)
    return CLAMP (json_node_get_int (node), 0, max);
  if (type == G_TYPE_DOUBLE)
    return clamp (json_node_get_double (node), fallback, max);
  if (type == G_TYPE_STRING
      && g_ascii_string_to_signed (json_node_get_string (node), 10, 0, max, &value,
                                   NULL))
    return value;
  return fallback;
}

gboolean
rp_oauth_json_get_truth (const RpOAuthJson *self, const char *name)
{
  JsonNode *node = get_member (self, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN
         && json_node_get_boolean (node);
}

GStrv
rp_oauth_json_dup_texts (const RpOAuthJson *self, const char *name)
{
  JsonNode *node = get_member (self, name);
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;

  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (json_node_get_value_type (element) == G_TYPE_STRING)
        g_strv_builder_add (texts, json_node_get_string (element));
    }
  return g_strv_builder_end (texts);
}
