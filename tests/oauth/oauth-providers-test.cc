/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oauth/rp-oauth-providers.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace
{

using File = std::pair<std::string, std::string>;

/* Keeps what the providers were made of. */
class Read
{
public:
  explicit Read (std::initializer_list<File> files) : Read (std::vector<File> (files))
  {
  }

  explicit Read (const std::vector<File> &files)
  {
    for (const auto &[name, text] : files)
      rp_keyfile_parse (name.c_str (), text.data (), text.size (), rows_, errors_);
    providers = rp_oauth_providers_new (rows_, errors_);
  }

  Read (const Read &) = delete;
  Read &operator= (const Read &) = delete;

  ~Read ()
  {
    rp_oauth_providers_unref (providers);
    g_ptr_array_unref (rows_);
    g_ptr_array_unref (errors_);
  }

  const RpOAuthProvider *
  find (const char *name) const
  {
    return rp_oauth_providers_find (providers, name);
  }

  std::string
  errors () const
  {
    g_auto (GStrv) texts = rp_config_errors_dup_texts (errors_, nullptr);
    g_autofree char *joined = g_strjoinv ("\n", texts);

    return joined;
  }

  /* What the configuration @text says wrong of them. */
  std::string
  check (const std::string &text)
  {
    g_autoptr (GPtrArray) rows =
        g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);

    rp_keyfile_parse ("c", text.data (), text.size (), rows, errors_);
    rp_oauth_providers_check_names (providers, rows, errors_);
    return errors ();
  }

  RpOAuthProviders *providers;

private:
  GPtrArray *rows_ =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
  GPtrArray *errors_ =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);
};

const std::string work = "[provider]\nissuer=https://id.work.example\n";

std::string
join (const GStrv list)
{
  g_autofree char *joined = list != nullptr ? g_strjoinv ("|", list) : g_strdup ("");

  return joined;
}

std::string
text_of (const char *text)
{
  return text != nullptr ? text : "(null)";
}

TEST (OAuthProviders, AllKeysAreRead)
{
  Read read{ { "/p/work.conf",
               "[provider]\ntitle=Work\nissuer=https://id.work.example/{tenant}\n"
               "tenant=mail\nauthorization-endpoint=https://a.example/{tenant}/a?b=c\n"
               "token-endpoint=https://t.example/{tenant}\n"
               "device-endpoint=https://d.example/{tenant}/{tenant}\n"
               "revocation-endpoint=https://r.example\nscope=smtp offline_access\n"
               "client-id=ab cd\nneeds-client-secret=yes\nsecret-in-header=yes\n"
               "redirect-host=localhost\nredirect-path=/back\n"
               "authorization-parameters=a=1;b=2\nsends-issuer=yes\ntesting-days=7\n"
               "ca-file=/etc/ca.pem\nregistration=https://page.example/#here\n"
               "advice=app-password;yahoo-closed\n" } };
  const RpOAuthProvider *found = read.find ("work");

  ASSERT_NE (found, nullptr) << read.errors ();
  EXPECT_STREQ (found->name, "work");
  EXPECT_STREQ (found->title, "Work");
  EXPECT_STREQ (found->issuer, "https://id.work.example/mail");
  EXPECT_STREQ (found->authorization_endpoint, "https://a.example/mail/a?b=c");
  EXPECT_STREQ (found->token_endpoint, "https://t.example/mail");
  EXPECT_STREQ (found->device_endpoint, "https://d.example/mail/mail");
  EXPECT_STREQ (found->revocation_endpoint, "https://r.example");
  EXPECT_STREQ (found->scope, "smtp offline_access");
  EXPECT_STREQ (found->client_id, "ab cd");
  EXPECT_TRUE (found->needs_client_secret);
  EXPECT_TRUE (found->secret_in_header);
  EXPECT_STREQ (found->redirect_host, "localhost");
  EXPECT_STREQ (found->redirect_path, "/back");
  EXPECT_EQ (join (found->authorization_parameters), "a=1|b=2");
  EXPECT_TRUE (found->sends_issuer);
  EXPECT_EQ (found->testing_days, 7U);
  EXPECT_STREQ (found->ca_file, "/etc/ca.pem");
  EXPECT_STREQ (found->registration, "https://page.example/#here");
  EXPECT_EQ (join (found->advice), "app-password|yahoo-closed");
}

TEST (OAuthProviders, WhatIsNotSaidIsPlain)
{
  Read read{ { "work.conf", work } };
  const RpOAuthProvider *found = read.find ("work");

  ASSERT_NE (found, nullptr) << read.errors ();
  EXPECT_STREQ (found->redirect_host, "127.0.0.1");
  EXPECT_FALSE (found->needs_client_secret);
  EXPECT_FALSE (found->sends_issuer);
  EXPECT_EQ (found->client_id, nullptr);
  EXPECT_EQ (read.find ("home"), nullptr);
}

/* A user's file needs its client-id= alone. */
TEST (OAuthProviders, ALaterFileIsLaidOverAnEarlierOne)
{
  Read read{ { "/usr/google.conf", work + "scope=a\nclient-id=theirs\n" },
             { "/usr/other.conf", work },
             { "/etc/google.conf", "[provider]\nscope=b\ntitle=G\n" },
             { "/home/google.conf", "[provider]\nclient-id=mine\ntitle=\n" } };
  const RpOAuthProvider *google = read.find ("google");

  ASSERT_NE (google, nullptr) << read.errors ();
  EXPECT_STREQ (google->issuer, "https://id.work.example");
  EXPECT_STREQ (google->scope, "b");
  EXPECT_STREQ (google->client_id, "mine");
  EXPECT_EQ (google->title, nullptr) << "an empty value unsets";
  EXPECT_EQ (read.find ("other")->client_id, nullptr);
}

TEST (OAuthProviders, TheTenantOfTheUserIsPutIn)
{
  Read read{ { "/usr/m.conf", "[provider]\ntenant=organizations\n"
                              "token-endpoint=https://l.example/{tenant}/t\n"
                              "device-endpoint=https://l.example/{tenant}/d\n" },
             { "/home/m.conf", "[provider]\ntenant=contoso.example\n" } };

  ASSERT_NE (read.find ("m"), nullptr) << read.errors ();
  EXPECT_STREQ (read.find ("m")->token_endpoint, "https://l.example/contoso.example/t");
}

/* Whoever uses them while the files change keeps its own. */
TEST (OAuthProviders, ARefKeepsThem)
{
  Read read{ { "work.conf", work } };
  RpOAuthProviders *kept = rp_oauth_providers_ref (read.providers);

  rp_oauth_providers_unref (read.providers);
  EXPECT_NE (rp_oauth_providers_find (kept, "work"), nullptr);
  read.providers = kept;
}

/* --- mistakes --- */

struct Mistake
{
  const char *name;
  std::vector<File> files;
  const char *error;
};

void
PrintTo (const Mistake &row, std::ostream *out)
{
  *out << row.name;
}

class Mistakes : public testing::TestWithParam<Mistake>
{
};

TEST_P (Mistakes, AreToldWithTheirPlace)
{
  Read read (GetParam ().files);

  EXPECT_EQ (read.errors (), GetParam ().error);
  EXPECT_EQ (read.find ("w"), nullptr) << "one with mistakes is none";
}

Mistake
in (const char *name, const std::string &line, const char *error)
{
  return { name, { { "w.conf", work + line + "\n" } }, error };
}

INSTANTIATE_TEST_SUITE_P (
    Rows,
    Mistakes,
    testing::Values (
        in ("unknown_key",
            "client_id=a",
            "w.conf:3: unknown key 'client_id' in [provider]; did you mean"
            " 'client-id'?"),
        in ("no_key",
            "endpoint-of-love=a",
            "w.conf:3: unknown key 'endpoint-of-love' in [provider]; known are title,"
            " issuer, authorization-endpoint, token-endpoint, device-endpoint,"
            " revocation-endpoint, scope, client-id, needs-client-secret,"
            " secret-in-header, redirect-host, redirect-path, authorization-parameters,"
            " sends-issuer, testing-days, ca-file, registration, advice, tenant"),
        in ("client_secret",
            "client-secret=GOCSPX-abc",
            "w.conf:3: a secret may not stand in this file; 'roampost login' asks for"
            " it and puts it into the keyring"),
        in ("password",
            "password=abc",
            "w.conf:3: a secret may not stand in this file; 'roampost login' asks for"
            " it and puts it into the keyring"),
        in ("clear_endpoint",
            "token-endpoint=http://t.example/",
            "w.conf:3: token-endpoint=http://t.example/ is no address that tokens may"
            " cross; write token-endpoint=https://HOST/..."),
        in ("looks_like_loopback",
            "token-endpoint=http://127.0.0.1.t.example/",
            "w.conf:3: token-endpoint=http://127.0.0.1.t.example/ is no address that"
            " tokens may cross; write token-endpoint=https://HOST/..."),
        in ("user_in_endpoint",
            "token-endpoint=https://a@t.example/",
            "w.conf:3: token-endpoint=https://a@t.example/ is no address that tokens"
            " may cross; write token-endpoint=https://HOST/..."),
        in ("fragment_in_endpoint",
            "token-endpoint=https://t.example/#a",
            "w.conf:3: token-endpoint=https://t.example/#a is no address that tokens"
            " may cross; write token-endpoint=https://HOST/..."),
        in ("endpoint_without_host",
            "device-endpoint=https:///a",
            "w.conf:3: device-endpoint=https:///a is no address that tokens may cross;"
            " write device-endpoint=https://HOST/..."),
        in ("page",
            "registration=www.example.com",
            "w.conf:3: registration=www.example.com is no page; write"
            " registration=https://HOST/..."),
        in ("scope",
            "scope=a  b",
            "w.conf:3: scope=a  b is no scope; write its words with one blank between"
            " them"),
        in ("scope_quoted",
            "scope=\"a\"",
            "w.conf:3: scope=\"a\" is no scope; write its words with one blank between"
            " them"),
        in ("client_id",
            "client-id=a\\nb",
            "w.conf:3: client-id= holds letters that no client ID has; copy it as the"
            " provider shows it"),
        in ("redirect_host",
            "redirect-host=evil.example",
            "w.conf:3: redirect-host=evil.example is not this machine; write"
            " redirect-host=127.0.0.1 or redirect-host=localhost, whichever the"
            " provider knows"),
        in ("redirect_path",
            "redirect-path=back",
            "w.conf:3: redirect-path=back is no path; write what follows the host in"
            " the redirect address that you registered, from '/' on"),
        in ("redirect_path_query",
            "redirect-path=/a?code=1",
            "w.conf:3: redirect-path=/a?code=1 is no path; write what follows the host"
            " in the redirect address that you registered, from '/' on"),
        in ("parameter",
            "authorization-parameters=prompt",
            "w.conf:3: 'prompt' in authorization-parameters= is no parameter; write"
            " NAME=VALUE"),
        in ("parameter_without_name",
            "authorization-parameters=a=b;=c",
            "w.conf:3: '=c' in authorization-parameters= is no parameter; write"
            " NAME=VALUE"),
        in ("own_parameter",
            "authorization-parameters=prompt=none;redirect_uri=https://evil.example",
            "w.conf:3: 'redirect_uri=https://evil.example' in"
            " authorization-parameters= is said by roampost itself; leave it out"),
        in ("boolean",
            "sends-issuer=perhaps",
            "w.conf:3: sends-issuer=perhaps is neither yes nor no; write"
            " sends-issuer=yes or sends-issuer=no"),
        in ("days",
            "testing-days=400",
            "w.conf:3: testing-days=400 is no number of days; write one from 1 to 366,"
            " such as testing-days=7"),
        in ("ca_file",
            "ca-file=ca.pem",
            "w.conf:3: ca-file=ca.pem is no whole path; write it from '/' on"),
        in ("tenant_without_place",
            "tenant=a",
            "w.conf:3: tenant= is put in for {tenant}, which no endpoint of this"
            " provider has; leave it out"),
        in ("place_without_tenant",
            "token-endpoint=https://t.example/{tenant}",
            "w.conf:3: token-endpoint= holds {tenant}, and nothing says which one;"
            " write tenant=NAME"),
        in ("tenant_elsewhere",
            "token-endpoint=https://t.example/{tenant}\ntenant=a/../b",
            "w.conf:4: tenant=a/../b is no tenant; write its domain or its ID, made of"
            " letters, digits, '-' and '.'"),
        in ("another_group",
            "[server s]\nendpoints=smtps://a.example",
            "w.conf:3: unknown group [server s]; write [provider]"),
        in ("twice",
            "scope=a\nscope=b\nsecret=c",
            "w.conf:4: scope= stands in line 3 already; keep one of the two (a list is"
            " written scope=ONE;TWO)\nw.conf:5: a secret may not stand in this file;"
            " 'roampost login' asks for it and puts it into the keyring"),
        Mistake{ "issuer_query",
                 { { "w.conf", "[provider]\nissuer=https://i.example/?a\n" } },
                 "w.conf:2: issuer=https://i.example/?a has a '?'; an issuer is"
                 " written as its own metadata writes it" },
        Mistake{ "advice",
                 { { "w.conf", work + "advice=pray\n" } },
                 "w.conf:3: 'pray' in advice= is unknown; known are google-project,"
                 " google-production, google-client, google-unverified, google-device,"
                 " microsoft-app, microsoft-redirect, microsoft-scope,"
                 " microsoft-consent, microsoft-smtp, microsoft-tenant, yahoo-closed,"
                 " fastmail-client, app-password" },
        Mistake{ "nothing_to_lay_over",
                 { { "/home/w.conf", "[provider]\nclient-id=a\n" } },
                 "/home/w.conf: nothing says where 'w' is asked; write issuer=, or"
                 " token-endpoint= with authorization-endpoint= or device-endpoint= (or"
                 " give this file the name of a provider that is described already)" },
        Mistake{ "token_endpoint_alone",
                 { { "w.conf", "[provider]\ntoken-endpoint=https://t.example/\n" } },
                 "w.conf: nothing says where 'w' is asked; write issuer=, or"
                 " token-endpoint= with authorization-endpoint= or device-endpoint= (or"
                 " give this file the name of a provider that is described already)" },
        Mistake{ "the_broker",
                 { { "/p/gnome-online-accounts.conf", work } },
                 "/p/gnome-online-accounts.conf: 'gnome-online-accounts' means the"
                 " accounts of GNOME Settings, which no file describes; give this file"
                 " another name" },
        Mistake{ "file_name",
                 { { "/p/my work.conf", work } },
                 "/p/my work.conf: 'my work' is no name; a name is one word of"
                 " letters, digits, '-', '_' and '.'" },
        Mistake{
            "of_the_later_file",
            { { "/usr/w.conf", work }, { "/home/w.conf", "[provider]\n\nscope=ä\n" } },
            "/home/w.conf:3: scope=ä is no scope; write its words with one blank"
            " between them" }),
    [] (const testing::TestParamInfo<Mistake> &row) { return row.param.name; });

/* --- who may be named --- */

TEST (OAuthProviders, ANameThatNoFileDescribesIsAMistake)
{
  Read read{ { "google.conf", work }, { "microsoft.conf", work } };

  EXPECT_EQ (
      read.check ("[server a]\noauth-provider=google\n"
                  "[server b]\noauth-provider=gnome-online-accounts\n"
                  "[server c]\noauth-provider=gogle\n"
                  "[server d]\noauth-provider=\n"
                  "[server f]\noauth-provider=../google\n"
                  "[server e]\noauth-provider=contoso\n"),
      "c:6: oauth-provider=gogle: no file describes this provider; did you mean"
      " 'google'?\nc:12: oauth-provider=contoso: no file describes this provider;"
      " described are google, microsoft");
}

/* As with every key. */
TEST (OAuthProviders, TheLastNameCounts)
{
  Read read{ { "google.conf", work } };
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
  g_autoptr (GPtrArray) errors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);
  const std::string first = "[server a]\noauth-provider=nobody\n";
  const std::string second = "[server a]\noauth-provider=google\n";

  rp_keyfile_parse ("1", first.data (), first.size (), rows, errors);
  rp_keyfile_parse ("2", second.data (), second.size (), rows, errors);
  rp_oauth_providers_check_names (read.providers, rows, errors);
  EXPECT_EQ (errors->len, 0U);
}

/* Its own mistake is told already. */
TEST (OAuthProviders, OneWithMistakesIsNotUnknownAsWell)
{
  Read read{ { "w.conf", work + "scope=\"\n" } };

  EXPECT_EQ (read.check ("[server a]\noauth-provider=w\n"),
             "w.conf:3: scope=\" is no scope; write its words with one blank between"
             " them");
}

/* --- those that come with the program --- */

File
read_shipped (const std::string &name)
{
  const std::string file =
      std::string (g_getenv ("ROAMPOST_PROVIDERS_DIR")) + "/" + name + ".conf";
  g_autofree char *text = nullptr;

  EXPECT_TRUE (g_file_get_contents (file.c_str (), &text, nullptr, nullptr)) << file;
  return { file, text != nullptr ? text : "" };
}

struct Shipped
{
  const char *name;
  const char *token_endpoint;
  const char *device_endpoint;
  const char *scope;
  const char *redirect_host;
  gboolean needs_client_secret;
};

void
PrintTo (const Shipped &row, std::ostream *out)
{
  *out << row.name;
}

class ShippedProviders : public testing::TestWithParam<Shipped>
{
};

TEST_P (ShippedProviders, HoldWhatIsPublic)
{
  const Shipped &row = GetParam ();
  Read read{ read_shipped (row.name) };
  const RpOAuthProvider *found = read.find (row.name);

  ASSERT_NE (found, nullptr) << read.errors ();
  EXPECT_EQ (read.errors (), "");
  EXPECT_STREQ (found->token_endpoint, row.token_endpoint);
  EXPECT_EQ (text_of (found->device_endpoint), row.device_endpoint);
  EXPECT_STREQ (found->scope, row.scope);
  EXPECT_STREQ (found->redirect_host, row.redirect_host);
  EXPECT_EQ (found->needs_client_secret, row.needs_client_secret);
  EXPECT_EQ (found->client_id, nullptr) << "nobody else's";
  EXPECT_NE (found->title, nullptr);
  EXPECT_NE (found->registration, nullptr);
  EXPECT_NE (found->advice, nullptr);
}

#define MICROSOFT "https://login.microsoftonline.com/"

INSTANTIATE_TEST_SUITE_P (
    Rows,
    ShippedProviders,
    testing::Values (Shipped{ "google", "https://oauth2.googleapis.com/token", "(null)",
                              "https://mail.google.com/", "127.0.0.1", TRUE },
                     Shipped{ "microsoft", MICROSOFT "organizations/oauth2/v2.0/token",
                              MICROSOFT "organizations/oauth2/v2.0/devicecode",
                              "https://outlook.office.com/SMTP.Send offline_access",
                              "localhost", FALSE },
                     Shipped{ "microsoft-consumer",
                              MICROSOFT "consumers/oauth2/v2.0/token",
                              MICROSOFT "consumers/oauth2/v2.0/devicecode",
                              "https://outlook.office.com/SMTP.Send offline_access",
                              "localhost", FALSE },
                     Shipped{ "yahoo", "https://api.login.yahoo.com/oauth2/get_token",
                              "(null)", "mail-w", "localhost", TRUE },
                     Shipped{ "fastmail", "https://api.fastmail.com/oauth/refresh",
                              "(null)",
                              "urn:ietf:params:oauth:scope:mail offline_access",
                              "localhost", FALSE }),
    [] (const testing::TestParamInfo<Shipped> &row) {
      std::string name = row.param.name;

      for (char &c : name)
        c = c == '-' ? '_' : c;
      return name;
    });

/* One that nobody looked at would be shipped without its row above. */
TEST (OAuthProviders, EachShippedOneHasItsRow)
{
  g_autoptr (GDir) dir = g_dir_open (g_getenv ("ROAMPOST_PROVIDERS_DIR"), 0, nullptr);
  int n_files = 0;

  ASSERT_NE (dir, nullptr);
  while (g_dir_read_name (dir) != nullptr)
    n_files++;
  EXPECT_EQ (n_files, 5);
}

} // namespace
