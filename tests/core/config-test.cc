/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config.h"
#include "core/rp-config-text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace
{

class Loaded
{
public:
  explicit Loaded (const std::vector<std::string> &files)
  {
    g_autoptr (GPtrArray) rows =
        g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
    g_autoptr (GPtrArray) mistakes =
        g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);

    for (size_t i = 0; i < files.size (); i++)
      rp_keyfile_parse (("f" + std::to_string (i + 1)).c_str (), files[i].data (),
                        files[i].size (), rows, mistakes);
    config = rp_config_new (rows, mistakes);
    for (guint i = 0; i < mistakes->len; i++)
      {
        auto error = static_cast<RpConfigError *> (g_ptr_array_index (mistakes, i));
        g_autofree char *line = rp_config_error_dup_text (error, nullptr);

        errors += std::string (line) + "\n";
      }
  }

  Loaded (const Loaded &) = delete;
  Loaded &operator= (const Loaded &) = delete;

  ~Loaded ()
  {
    rp_config_unref (config);
  }

  RpConfig *config;
  std::string errors;
};

std::string
join (GStrv list)
{
  g_autofree char *joined = g_strjoinv ("|", list);

  return joined;
}

const char example[] = R"(
[agent]
listen=127.0.0.1:2526
patience=30s
language=de
bare-newline=normalize
received=yes
max-message-size=10M
when-deferred=tell
in-doubt=retry
queue-days=7
journal-days=365d
journal-subject=yes

[account terri]
address=terri@proseware.com
aliases=terri.chen@proseware.com;*@terri.example
servers=proseware;location
default=yes

[server proseware]
endpoints=smtps://smtp.proseware.com;smtp://smtp.proseware.com:2587/;smtp+insecure://192.0.2.1;smtp://[::1]:26
domains=Proseware.COM;bücher.example
access=network:home;password;pop;address:198.51.100.0/24
user=terri@proseware.com
pop=pop3s://pop.proseware.com
pop-window=30min
senders=*@proseware.com
ca-file=/etc/ssl/own.pem
pin=sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
client-certificate=/home/terri/key.pem
proxy=socks5h://127.0.0.1:9050
secret-command=pass show proseware; true
timeout=2min
ehlo=[192.0.2.9]

[server thephone]
endpoints=smtp://mail.thephone-company.com
access=network:work

[network home]
gateway-mac=52-54-00-AB-34-56
address=192.168.7.0/24;2001:db8::/64

[network home.2]
ssid=Home;Garden\;House
nm-uuid=A1B2C3D4-0000-4000-8000-0123456789AB
vpn=to home

[network work]
dns-domain=Corp.TheFon.example
server=thephone

[network work.2]
ssid=TheFon
)";

TEST (Config, reads_agent)
{
  Loaded loaded ({ example });

  ASSERT_EQ (loaded.errors, "");
  ASSERT_EQ (loaded.config->listen->len, 1U);
  auto listen =
      static_cast<RpListenAddress *> (g_ptr_array_index (loaded.config->listen, 0));
  EXPECT_STREQ (listen->host, "127.0.0.1");
  EXPECT_EQ (listen->port, 2526);
  EXPECT_EQ (loaded.config->patience_s, 30U);
  EXPECT_STREQ (loaded.config->language, "de");
  EXPECT_EQ (loaded.config->bare_newline, RP_BARE_NEWLINE_NORMALIZE);
  EXPECT_TRUE (loaded.config->adds_received);
  EXPECT_EQ (loaded.config->max_message_bytes, 10U * 1024 * 1024);
  EXPECT_TRUE (loaded.config->when_deferred_tells);
  EXPECT_TRUE (loaded.config->retries_doubt);
  EXPECT_EQ (loaded.config->queue_days, 7U);
  EXPECT_EQ (loaded.config->journal_days, 365U);
  EXPECT_TRUE (loaded.config->journal_subject);
}

TEST (Config, reads_account)
{
  Loaded loaded ({ example });

  ASSERT_EQ (loaded.errors, "");
  auto account = rp_config_get_account (loaded.config, "terri");
  ASSERT_NE (account, nullptr);
  EXPECT_STREQ (account->address, "terri@proseware.com");
  EXPECT_EQ (join (account->addresses), "terri@proseware.com|terri.chen@proseware.com");
  EXPECT_EQ (join (account->patterns), "*@terri.example");
  EXPECT_EQ (join (account->servers), "proseware|location");
  EXPECT_TRUE (account->is_default);
  EXPECT_EQ (rp_config_get_account (loaded.config, "other"), nullptr);
}

TEST (Config, reads_server)
{
  Loaded loaded ({ example });

  ASSERT_EQ (loaded.errors, "");
  auto server = rp_config_get_server (loaded.config, "proseware");
  ASSERT_NE (server, nullptr);
  EXPECT_EQ (join (server->domains), "proseware.com|xn--bcher-kva.example");
  EXPECT_STREQ (server->user, "terri@proseware.com");
  EXPECT_STREQ (server->pop->host, "pop.proseware.com");
  EXPECT_EQ (server->pop->port, 995);
  EXPECT_EQ (server->pop->tls, RP_TLS_IMPLICIT);
  EXPECT_EQ (server->pop_window_s, 1800U);
  EXPECT_EQ (join (server->senders), "*@proseware.com");
  EXPECT_STREQ (server->ca_file, "/etc/ssl/own.pem");
  EXPECT_STREQ (server->pins, "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  EXPECT_STREQ (server->client_certificate, "/home/terri/key.pem");
  EXPECT_STREQ (server->proxy, "socks5h://127.0.0.1:9050");
  EXPECT_STREQ (server->secret_command, "pass show proseware; true");
  EXPECT_STREQ (server->ehlo, "[192.0.2.9]");
  EXPECT_EQ (server->timeout_s, 120U);
  EXPECT_TRUE (rp_server_has_tls_endpoint (server));
}

TEST (Config, reads_accesses)
{
  Loaded loaded ({ example });

  ASSERT_EQ (loaded.errors, "");
  auto server = rp_config_get_server (loaded.config, "proseware");
  ASSERT_EQ (server->accesses->len, 4U);
  auto access = reinterpret_cast<RpAccess **> (server->accesses->pdata);
  EXPECT_EQ (access[0]->kind, RP_ACCESS_NETWORK);
  EXPECT_STREQ (access[0]->network, "home");
  EXPECT_EQ (access[1]->kind, RP_ACCESS_PASSWORD);
  EXPECT_EQ (access[2]->kind, RP_ACCESS_POP);
  EXPECT_EQ (access[3]->kind, RP_ACCESS_ADDRESS);
  EXPECT_STREQ (access[3]->range.text, "198.51.100.0/24");
  EXPECT_EQ (rp_server_get_access (server, RP_ACCESS_POP), access[2]);
  EXPECT_EQ (rp_server_get_access (rp_config_get_server (loaded.config, "thephone"),
                                   RP_ACCESS_POP),
             nullptr);
}

TEST (Config, reads_endpoints)
{
  Loaded loaded ({ example });

  ASSERT_EQ (loaded.errors, "");
  auto server = rp_config_get_server (loaded.config, "proseware");
  ASSERT_EQ (server->endpoints->len, 4U);
  auto endpoint = reinterpret_cast<RpEndpoint **> (server->endpoints->pdata);
  EXPECT_STREQ (endpoint[0]->url, "smtps://smtp.proseware.com");
  EXPECT_STREQ (endpoint[0]->host, "smtp.proseware.com");
  EXPECT_EQ (endpoint[0]->tls, RP_TLS_IMPLICIT);
  EXPECT_EQ (endpoint[0]->port, 465);
  EXPECT_FALSE (endpoint[0]->is_loopback);
  EXPECT_EQ (endpoint[1]->tls, RP_TLS_STARTTLS);
  EXPECT_EQ (endpoint[1]->port, 2587);
  EXPECT_EQ (endpoint[2]->tls, RP_TLS_NONE);
  EXPECT_STREQ (endpoint[2]->host, "192.0.2.1");
  EXPECT_EQ (endpoint[2]->port, 25);
  EXPECT_STREQ (endpoint[3]->host, "::1");
  EXPECT_EQ (endpoint[3]->port, 26);
  EXPECT_TRUE (endpoint[3]->is_loopback);
  server = rp_config_get_server (loaded.config, "thephone");
  EXPECT_EQ (static_cast<RpEndpoint *> (g_ptr_array_index (server->endpoints, 0))->port,
             587);
}

TEST (Config, reads_networks)
{
  Loaded loaded ({ example });

  ASSERT_EQ (loaded.errors, "");
  ASSERT_EQ (loaded.config->networks->len, 4U);
  auto rule = reinterpret_cast<RpNetworkRule **> (loaded.config->networks->pdata);
  EXPECT_STREQ (rule[0]->name, "home");
  EXPECT_EQ (join (rule[0]->gateway_macs), "52:54:00:ab:34:56");
  EXPECT_EQ (rule[0]->addresses->len, 2U);
  EXPECT_EQ (rule[0]->server, nullptr);
  EXPECT_STREQ (rule[1]->name, "home");
  EXPECT_EQ (join (rule[1]->ssids), "Home|Garden;House");
  EXPECT_EQ (join (rule[1]->nm_uuids), "a1b2c3d4-0000-4000-8000-0123456789ab");
  EXPECT_EQ (join (rule[1]->vpns), "to home");
  EXPECT_STREQ (rule[2]->name, "work");
  EXPECT_EQ (join (rule[2]->dns_domains), "corp.thefon.example");
  EXPECT_STREQ (rule[2]->server, "thephone");
  EXPECT_STREQ (rule[3]->server, "thephone"); /* shared by the name */
}

TEST (Config, has_defaults)
{
  Loaded loaded ({ "" });

  ASSERT_EQ (loaded.errors, "");
  ASSERT_EQ (loaded.config->listen->len, 2U);
  auto listen = reinterpret_cast<RpListenAddress **> (loaded.config->listen->pdata);
  EXPECT_STREQ (listen[0]->host, "127.0.0.1");
  EXPECT_STREQ (listen[1]->host, "::1");
  EXPECT_EQ (listen[0]->port, 2525);
  EXPECT_EQ (listen[1]->port, 2525);
  EXPECT_EQ (loaded.config->patience_s, 25U);
  EXPECT_EQ (loaded.config->language, nullptr);
  EXPECT_EQ (loaded.config->bare_newline, RP_BARE_NEWLINE_REFUSE);
  EXPECT_FALSE (loaded.config->adds_received);
  EXPECT_FALSE (loaded.config->when_deferred_tells);
  EXPECT_FALSE (loaded.config->retries_doubt);
  EXPECT_EQ (loaded.config->queue_days, 5U);
  EXPECT_EQ (loaded.config->journal_days, 90U);
  EXPECT_FALSE (loaded.config->journal_subject);
  EXPECT_EQ (rp_config_find_account (loaded.config, "a@b"), nullptr);
}

const char base[] = R"([account a]
address=a@a.example
aliases=b@a.example;c@a.example
servers=s
[server s]
endpoints=smtps://s.example
access=password
user=u
[network home]
gateway-mac=52:54:00:00:00:01
ssid=one;two
)";

TEST (Config, merges_key_by_key)
{
  Loaded loaded ({ base,
                   "[account a]\naliases=d@a.example\n[network home]\nssid=\n"
                   "[agent]\npatience=5\n",
                   "[agent]\npatience=6\n" });

  ASSERT_EQ (loaded.errors, "");
  auto account = rp_config_get_account (loaded.config, "a");
  EXPECT_EQ (join (account->addresses), "a@a.example|d@a.example");
  auto rule =
      static_cast<RpNetworkRule *> (g_ptr_array_index (loaded.config->networks, 0));
  EXPECT_EQ (join (rule->ssids), "");
  EXPECT_EQ (join (rule->gateway_macs), "52:54:00:00:00:01");
  EXPECT_EQ (loaded.config->patience_s, 6U);
  EXPECT_EQ (loaded.config->accounts->len, 1U);
}

TEST (Config, later_value_hides_a_wrong_one)
{
  Loaded loaded ({ "[agent]\npatience=long\n", "[agent]\npatience=5\n" });

  EXPECT_EQ (loaded.errors, "");
}

TEST (Config, says_where_an_unset_key_is_missed)
{
  Loaded loaded ({ base, "\n[server s]\nuser=\n" });

  EXPECT_EQ (loaded.config, nullptr);
  EXPECT_EQ (loaded.errors,
             "f1:7: access=password needs a user name; write user=NAME in"
             " [server s]\n");
}

TEST (Config, tells_all_mistakes)
{
  Loaded loaded (
      { "[agent]\npatience=x\ncolour=red\n[account a]\n[server s]\naccess=oauth\n" });

  EXPECT_EQ (loaded.config, nullptr);
  EXPECT_EQ (
      loaded.errors,
      "f1:3: unknown key 'colour' in [agent]; known are listen, patience,"
      " language, bare-newline, received, max-message-size, when-deferred,"
      " in-doubt, queue-days, journal-days, journal-subject\n"
      "f1:2: patience=x is no duration; write seconds from 1 to 600, such as"
      " patience=25\n"
      "f1:6: unknown access 'oauth'; write password, oauth2, certificate,"
      " kerberos, pop, network:NAME or address:192.168.7.0/24\n"
      "f1:4: [account a] has no address; write address=name@example.org\n"
      "f1:4: [account a] has no servers; write servers=NAME, where [server NAME]"
      " is its outgoing server\n"
      "f1:5: [server s] has no endpoints; write endpoints=smtps://HOST;smtp://HOST"
      "\n");
}

struct SenderRow
{
  const char *name;
  const char *sender;
  const char *account; /* nullptr: none */
};

void
PrintTo (const SenderRow &row, std::ostream *out)
{
  *out << row.name;
}

const char accounts[] = R"(
[account one]
address=a@one.example
aliases=*@one.example;*@both.example
servers=s
[account two]
address=b@two.example
aliases=x@one.example;sales-*@one.example;*@BÜCHER.example;b*@both.example
servers=s
[account three]
address=c@three.example
aliases=*a@both.example
servers=s
[server s]
endpoints=smtps://s.example
access=password
user=u
)";

const SenderRow sender_rows[] = {
  { "address", "b@two.example", "two" },
  { "case", "B@Two.Example", "two" },
  { "alias_over_pattern", "x@one.example", "two" },
  { "pattern", "y@one.example", "one" },
  { "longer_pattern", "sales-de@one.example", "two" },
  { "u_label_pattern", "q@xn--bcher-kva.example", "two" },
  { "tie_by_file_order", "ba@both.example", "two" },
  { "shorter_pattern", "z@both.example", "one" },
  { "subdomain_is_another", "a@sub.one.example", nullptr },
  { "unknown", "a@four.example", nullptr },
};

class FindAccount : public testing::TestWithParam<SenderRow>
{
};

TEST_P (FindAccount, finds)
{
  Loaded loaded ({ accounts });

  ASSERT_EQ (loaded.errors, "");
  auto account = rp_config_find_account (loaded.config, GetParam ().sender);
  EXPECT_STREQ (account != nullptr ? account->name : nullptr, GetParam ().account);
}

TEST_P (FindAccount, falls_back_to_the_default)
{
  Loaded loaded ({ accounts, "[account three]\ndefault=yes\n" });

  ASSERT_EQ (loaded.errors, "");
  auto account = rp_config_find_account (loaded.config, GetParam ().sender);
  ASSERT_NE (account, nullptr);
  EXPECT_STREQ (account->name,
                GetParam ().account != nullptr ? GetParam ().account : "three");
}

INSTANTIATE_TEST_SUITE_P (rows,
                          FindAccount,
                          testing::ValuesIn (sender_rows),
                          [] (auto &row) { return row.param.name; });

TEST (Config, has_a_default_account)
{
  Loaded several ({ accounts });
  Loaded chosen ({ accounts, "[account two]\ndefault=yes\n" });
  Loaded alone ({ base });

  ASSERT_EQ (several.errors + chosen.errors + alone.errors, "");
  EXPECT_EQ (rp_config_get_default_account (several.config), nullptr);
  EXPECT_STREQ (rp_config_get_default_account (chosen.config)->name, "two");
  EXPECT_STREQ (rp_config_get_default_account (alone.config)->name, "a");
}

TEST (Config, names_its_addresses)
{
  Loaded loaded ({ example });

  ASSERT_EQ (loaded.errors, "");
  g_autofree char *text = rp_config_dup_addresses (loaded.config);
  EXPECT_STREQ (text, "terri@proseware.com, terri.chen@proseware.com, *@terri.example");
}

TEST (Server, hosts)
{
  Loaded loaded ({ example });

  ASSERT_EQ (loaded.errors, "");
  auto server = rp_config_get_server (loaded.config, "proseware");
  auto other = rp_config_get_server (loaded.config, "thephone");
  EXPECT_TRUE (rp_server_hosts (server, "any@PROSEWARE.com"));
  EXPECT_TRUE (rp_server_hosts (server, "any@Bücher.example"));
  EXPECT_TRUE (rp_server_hosts (server, "any@xn--bcher-kva.example"));
  EXPECT_FALSE (rp_server_hosts (server, "any@mail.proseware.com"));
  EXPECT_FALSE (rp_server_hosts (server, "proseware.com"));
  EXPECT_FALSE (rp_server_hosts (other, "any@proseware.com"));
}

TEST (Server, accepts_senders)
{
  Loaded loaded ({ example });

  ASSERT_EQ (loaded.errors, "");
  auto server = rp_config_get_server (loaded.config, "proseware");
  auto other = rp_config_get_server (loaded.config, "thephone");
  EXPECT_TRUE (rp_server_accepts_sender (server, "Terri@Proseware.com"));
  EXPECT_FALSE (rp_server_accepts_sender (server, "terri@contoso.com"));
  EXPECT_TRUE (rp_server_accepts_sender (other, "terri@contoso.com"));
}

TEST (Config, nothing_is_freed_calmly)
{
  rp_endpoint_free (nullptr);
  rp_pop_endpoint_free (nullptr);
  rp_listen_address_free (nullptr);
  rp_config_error_free (nullptr);
  rp_config_unref (nullptr);
}

}
