// SPDX-License-Identifier: GPL-3.0-or-later
// A program that signs in at the OAuth server by hand, step by step, so that a test can
// do each step wrong.
#pragma once

#include "oauth-server.h"
#include "plain-fetch.h"

// RFC 7636 appendix B.
inline const std::string example_verifier =
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
inline const std::string example_challenge =
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
inline const std::string example_redirect = "http://127.0.0.1:50123/";
inline const std::string device_grant = "urn:ietf:params:oauth:grant-type:device_code";

// FIELDS with these changed, or added at the end; "-" takes one out.
inline Fields
changed (Fields fields, const Fields &changes)
{
  for (const auto &[name, value] : changes)
    {
      auto found = fields.begin ();

      while (found != fields.end () && found->first != name)
        ++found;
      if (found == fields.end ())
        fields.push_back ({ name, value });
      else if (value == "-")
        fields.erase (found);
      else
        found->second = value;
    }
  return fields;
}

class SignIn
{
public:
  explicit SignIn (OAuthServer &server, const std::string &ca_file = "")
      : server_ (server), ca_file_ (ca_file)
  {
  }

  static Fields
  request ()
  {
    return { { "response_type", "code" },
             { "client_id", "public" },
             { "redirect_uri", example_redirect },
             { "scope", "smtp.send offline_access" },
             { "state", "s/1 &=%" },
             { "code_challenge", example_challenge },
             { "code_challenge_method", "S256" } };
  }

  static Fields
  code_form (const std::string &code)
  {
    return { { "grant_type", "authorization_code" },
             { "client_id", "public" },
             { "code", code },
             { "redirect_uri", example_redirect },
             { "code_verifier", example_verifier } };
  }

  static Fields
  refresh_form (const std::string &token)
  {
    return { { "grant_type", "refresh_token" },
             { "client_id", "public" },
             { "refresh_token", token } };
  }

  static Fields
  device_form (const std::string &code)
  {
    return { { "grant_type", device_grant },
             { "client_id", "public" },
             { "device_code", code } };
  }

  Fetched
  open (const Fields &changes = {}) const
  {
    return fetch (server_.issuer () + "/authorize?"
                      + encode (changed (request (), changes)),
                  nullptr, {}, ca_file_);
  }

  // Fills the form of a page.
  Fetched
  press (const Fetched &page,
         const std::string &decision,
         const std::string &password = "moonlight") const
  {
    return post (server_.issuer () + "/consent",
                 { { "request", hidden_field (page) },
                   { "user", "terri@proseware.com" },
                   { "password", password },
                   { "decision", decision } },
                 {}, ca_file_);
  }

  static std::string
  hidden_field (const Fetched &page)
  {
    const std::string before = R"(name="request" value=")";
    const std::size_t at = page.body.find (before);

    EXPECT_NE (at, std::string::npos) << page.body;
    if (at == std::string::npos)
      return "";
    const std::size_t begin = at + before.size ();
    return page.body.substr (begin, page.body.find ('"', begin) - begin);
  }

  // A code that was given on this request.
  std::string
  code (const Fields &changes = {}) const
  {
    const std::string where = press (open (changes), "allow").header ("Location");

    EXPECT_NE (parameter_of (where, "code"), "") << where;
    return parameter_of (where, "code");
  }

  Fetched
  ask (const Fields &form, const std::vector<std::string> &headers = {}) const
  {
    return post (server_.issuer () + "/token", form, headers, ca_file_);
  }

  // The answer to a form that is right.
  Json
  tokens (const Fields &form) const
  {
    const Fetched fetched = ask (form);

    EXPECT_EQ (fetched.status, 200) << fetched.body;
    return Json::parse (fetched.body);
  }

  Json
  sign_in () const
  {
    return tokens (code_form (code ()));
  }

  Json
  begin_device () const
  {
    const Fetched fetched = post (server_.issuer () + "/device_authorization",
                                  { { "client_id", "public" } }, {}, ca_file_);

    EXPECT_EQ (fetched.status, 200) << fetched.body;
    return Json::parse (fetched.body);
  }

private:
  OAuthServer &server_;
  std::string ca_file_;
};

// That an answer is this refusal, in the form of RFC 6749 section 5.2.
inline void
expect_refusal (const Fetched &fetched, long status, const std::string &error)
{
  EXPECT_EQ (fetched.status, status) << fetched.body;
  EXPECT_EQ (fetched.header ("Content-Type"), "application/json;charset=UTF-8");
  EXPECT_EQ (fetched.header ("Cache-Control"), "no-store");
  EXPECT_EQ (Json::parse (fetched.body).text ("error"), error) << fetched.body;
}
