// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>
#include <json-glib/json-glib.h>

#include <memory>
#include <string>
#include <vector>

// A JSON value with an owner. Strings that are not there are "".
class Json
{
public:
  Json () = default;

  explicit Json (JsonNode *node)
  {
    if (node != nullptr)
      node_.reset (node, json_node_unref);
  }

  static Json
  parse (const std::string &text)
  {
    g_autoptr (GError) error = nullptr;
    JsonNode *node = json_from_string (text.c_str (), &error);

    EXPECT_EQ (error, nullptr) << error->message << ": " << text;
    return Json (node);
  }

  bool
  has (const char *name) const
  {
    return object () != nullptr && json_object_has_member (object (), name);
  }

  std::string
  text (const char *name) const
  {
    return has (name) ? json_object_get_string_member_with_default (object (), name, "")
                      : "";
  }

  gint64
  number (const char *name) const
  {
    return has (name) ? json_object_get_int_member_with_default (object (), name, 0)
                      : 0;
  }

  bool
  is (const char *name) const
  {
    return has (name)
           && json_object_get_boolean_member_with_default (object (), name, FALSE);
  }

  Json
  member (const char *name) const
  {
    return has (name) ? Json (json_node_ref (json_object_get_member (object (), name)))
                      : Json ();
  }

  std::vector<Json>
  elements () const
  {
    std::vector<Json> all;

    if (node_ == nullptr || !JSON_NODE_HOLDS_ARRAY (node_.get ()))
      return all;
    JsonArray *array = json_node_get_array (node_.get ());
    for (guint i = 0; i < json_array_get_length (array); i++)
      all.push_back (Json (json_node_ref (json_array_get_element (array, i))));
    return all;
  }

private:
  JsonObject *
  object () const
  {
    return node_ != nullptr && JSON_NODE_HOLDS_OBJECT (node_.get ())
               ? json_node_get_object (node_.get ())
               : nullptr;
  }

  std::shared_ptr<JsonNode> node_;
};

// Text as a JSON string, quotes and all.
inline std::string
to_json (const std::string &text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text.c_str ());
  g_autofree char *json = json_to_string (node, FALSE);

  return json;
}
