// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP by hand, for tests that say themselves what is in a request: libcurl without
// redirects, and parameters in the order that they are given.
#pragma once

#include <curl/curl.h>
#include <glib.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Fetched
{
  long status = 0;
  std::string headers;
  std::string body;

  // The value of a header, "" without one.
  std::string
  header (const std::string &name) const
  {
    g_autofree char *pattern = g_strdup_printf ("^%s: *([^\r\n]*)", name.c_str ());
    g_autoptr (GRegex) regex = g_regex_new (
        pattern, (GRegexCompileFlags) (G_REGEX_MULTILINE | G_REGEX_CASELESS),
        (GRegexMatchFlags) 0, nullptr);
    g_autoptr (GMatchInfo) match = nullptr;

    if (!g_regex_match (regex, headers.c_str (), (GRegexMatchFlags) 0, &match))
      return "";
    g_autofree char *value = g_match_info_fetch (match, 1);
    return value;
  }
};

inline std::string
encode (const Fields &fields)
{
  std::string out;

  for (const auto &[name, value] : fields)
    {
      g_autofree char *left = g_uri_escape_string (name.c_str (), nullptr, FALSE);
      g_autofree char *right = g_uri_escape_string (value.c_str (), nullptr, FALSE);

      out += (out.empty () ? "" : "&") + std::string (left) + "=" + right;
    }
  return out;
}

// The value of a parameter in an address, "" without one.
inline std::string
parameter_of (const std::string &address, const std::string &name)
{
  const std::size_t at = address.find ('?');
  g_autoptr (GHashTable) all =
      at == std::string::npos ? nullptr
                              : g_uri_parse_params (address.c_str () + at + 1, -1, "&",
                                                    G_URI_PARAMS_WWW_FORM, nullptr);
  const char *value =
      all == nullptr
          ? nullptr
          : static_cast<const char *> (g_hash_table_lookup (all, name.c_str ()));

  return value == nullptr ? "" : value;
}

inline std::size_t
append_text (char *data, std::size_t size, std::size_t n, void *user_data)
{
  static_cast<std::string *> (user_data)->append (data, size * n);
  return size * n;
}

// BODY is posted, null is a GET, or whatever METHOD says. Status 0 stands for: no
// answer.
inline Fetched
fetch (const std::string &address,
       const std::string *body = nullptr,
       const std::vector<std::string> &headers = {},
       const std::string &ca_file = "",
       const std::string &method = "",
       long timeout_s = 20)
{
  Fetched fetched;
  CURL *easy = curl_easy_init ();
  curl_slist *list = nullptr;

  for (const std::string &header : headers)
    list = curl_slist_append (list, header.c_str ());
  curl_easy_setopt (easy, CURLOPT_URL, address.c_str ());
  curl_easy_setopt (easy, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt (easy, CURLOPT_PROXY, "");
  curl_easy_setopt (easy, CURLOPT_TIMEOUT, timeout_s);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, append_text);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, &fetched.body);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, append_text);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, &fetched.headers);
  if (body != nullptr)
    curl_easy_setopt (easy, CURLOPT_COPYPOSTFIELDS, body->c_str ());
  if (!method.empty ())
    curl_easy_setopt (easy, CURLOPT_CUSTOMREQUEST, method.c_str ());
  if (!ca_file.empty ())
    curl_easy_setopt (easy, CURLOPT_CAINFO, ca_file.c_str ());
  if (curl_easy_perform (easy) == CURLE_OK)
    curl_easy_getinfo (easy, CURLINFO_RESPONSE_CODE, &fetched.status);
  curl_slist_free_all (list);
  curl_easy_cleanup (easy);
  return fetched;
}

inline Fetched
post (const std::string &address,
      const Fields &fields,
      const std::vector<std::string> &headers = {},
      const std::string &ca_file = "")
{
  const std::string body = encode (fields);

  return fetch (address, &body, headers, ca_file);
}
