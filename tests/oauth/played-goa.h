/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GNOME Online Accounts, played over a connection of its own: the real one gets
 * accounts through a web page in a window of its own only. */
#pragma once

#include <gio/gio.h>

#include <map>
#include <string>
#include <vector>

#include "private-bus.h"

#define GOA_ROOT "/org/gnome/OnlineAccounts"

class PlayedGoa
{
public:
  /* Account: what the service says of it; an empty text leaves a property out. */
  struct Account
  {
    std::string provider = "google";
    std::string identity = "terri@gmail.com";
    std::string address = "terri@gmail.com";
    std::string smtp_user = "terri@gmail.com";
    bool gives_tokens = true;
    bool has_mail = true;
    bool mail_disabled = false;
    bool attention_needed = false;
    std::string token = "ya29.of-terri";
    std::string ensure_error; /* name of a D-Bus error */
    std::string token_error;
  };

  explicit PlayedGoa (const PrivateBus &bus, const std::vector<Account> &list = {})
      : connection_ (bus.connect ())
  {
    static const GDBusInterfaceVTable vtable = { on_call, nullptr, nullptr, {} };
    g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (XML, nullptr);

    registrations_.push_back (g_dbus_connection_register_object (
        connection_, GOA_ROOT, node->interfaces[0], &vtable, this, nullptr, nullptr));
    for (const Account &account : list)
      {
        const std::string path = GOA_ROOT "/Accounts/account_" + std::to_string (n_++);

        accounts[path] = account;
        for (int i : { 1, 2 })
          registrations_.push_back (g_dbus_connection_register_object (
              connection_, path.c_str (), node->interfaces[i], &vtable, this, nullptr,
              nullptr));
      }
    G_GNUC_UNUSED g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        connection_, "org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus", "RequestName",
        g_variant_new ("(su)", "org.gnome.OnlineAccounts", 0u), nullptr,
        G_DBUS_CALL_FLAGS_NONE, 5000, nullptr, nullptr);
  }

  PlayedGoa (const PlayedGoa &) = delete;
  PlayedGoa &operator= (const PlayedGoa &) = delete;

  ~PlayedGoa ()
  {
    for (guint registration : registrations_)
      g_dbus_connection_unregister_object (connection_, registration);
    g_dbus_connection_close_sync (connection_, nullptr, nullptr);
    g_object_unref (connection_);
  }

  Account &
  account (int index = 0)
  {
    return accounts[GOA_ROOT "/Accounts/account_" + std::to_string (index)];
  }

  /* As the real one says that a property of its accounts is another now. */
  void
  say_changed (const char *property, bool value)
  {
    GVariantBuilder changed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
    const char *invalidated[] = { nullptr };

    g_variant_builder_add (&changed, "{sv}", property, g_variant_new_boolean (value));
    g_dbus_connection_emit_signal (
        connection_, nullptr, GOA_ROOT "/Accounts/account_0",
        "org.freedesktop.DBus.Properties", "PropertiesChanged",
        g_variant_new ("(sa{sv}^as)", "org.gnome.OnlineAccounts.Account", &changed,
                       invalidated),
        nullptr);
  }

  void
  say_added ()
  {
    GVariantBuilder none = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sa{sv}}"));

    g_dbus_connection_emit_signal (
        connection_, nullptr, GOA_ROOT, "org.freedesktop.DBus.ObjectManager",
        "InterfacesAdded",
        g_variant_new ("(oa{sa{sv}})", GOA_ROOT "/Accounts/new", &none), nullptr);
  }

  std::map<std::string, Account> accounts;
  std::vector<std::string> calls; /* methods, in order */

private:
  static constexpr const char *XML =
      "<node><interface name='org.freedesktop.DBus.ObjectManager'>"
      "<method name='GetManagedObjects'>"
      "<arg type='a{oa{sa{sv}}}' direction='out'/></method></interface>"
      "<interface name='org.gnome.OnlineAccounts.Account'>"
      "<method name='EnsureCredentials'><arg type='i' direction='out'/></method>"
      "</interface><interface name='org.gnome.OnlineAccounts.OAuth2Based'>"
      "<method name='GetAccessToken'><arg type='s' direction='out'/>"
      "<arg type='i' direction='out'/></method></interface></node>";

  static void
  add_text (GVariantBuilder *builder, const char *property, const std::string &text)
  {
    if (!text.empty ())
      g_variant_builder_add (builder, "{sv}", property,
                             g_variant_new_string (text.c_str ()));
  }

  static void
  add_account (GVariantBuilder *builder, const Account &account)
  {
    g_variant_builder_open (builder, G_VARIANT_TYPE ("{sa{sv}}"));
    g_variant_builder_add (builder, "s", "org.gnome.OnlineAccounts.Account");
    g_variant_builder_open (builder, G_VARIANT_TYPE_VARDICT);
    add_text (builder, "ProviderType", account.provider);
    add_text (builder, "ProviderName", "the " + account.provider);
    add_text (builder, "PresentationIdentity", account.identity);
    g_variant_builder_add (builder, "{sv}", "MailDisabled",
                           g_variant_new_boolean (account.mail_disabled));
    g_variant_builder_add (builder, "{sv}", "AttentionNeeded",
                           g_variant_new_boolean (account.attention_needed));
    g_variant_builder_close (builder);
    g_variant_builder_close (builder);
  }

  static void
  add_mail (GVariantBuilder *builder, const Account &account)
  {
    g_variant_builder_open (builder, G_VARIANT_TYPE ("{sa{sv}}"));
    g_variant_builder_add (builder, "s", "org.gnome.OnlineAccounts.Mail");
    g_variant_builder_open (builder, G_VARIANT_TYPE_VARDICT);
    add_text (builder, "EmailAddress", account.address);
    add_text (builder, "SmtpUserName", account.smtp_user);
    g_variant_builder_close (builder);
    g_variant_builder_close (builder);
  }

  GVariant *
  describe () const
  {
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{oa{sa{sv}}}"));

    for (const auto &[path, account] : accounts)
      {
        g_variant_builder_open (&builder, G_VARIANT_TYPE ("{oa{sa{sv}}}"));
        g_variant_builder_add (&builder, "o", path.c_str ());
        g_variant_builder_open (&builder, G_VARIANT_TYPE ("a{sa{sv}}"));
        add_account (&builder, account);
        if (account.has_mail)
          add_mail (&builder, account);
        if (account.gives_tokens)
          {
            g_variant_builder_open (&builder, G_VARIANT_TYPE ("{sa{sv}}"));
            g_variant_builder_add (&builder, "s",
                                   "org.gnome.OnlineAccounts.OAuth2Based");
            g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
            g_variant_builder_close (&builder);
            g_variant_builder_close (&builder);
          }
        g_variant_builder_close (&builder);
        g_variant_builder_close (&builder);
      }
    return g_variant_new ("(a{oa{sa{sv}}})", &builder);
  }

  static void
  on_call (GDBusConnection *,
           const char *,
           const char *path,
           const char *,
           const char *method,
           GVariant *,
           GDBusMethodInvocation *invocation,
           gpointer user_data)
  {
    auto *self = static_cast<PlayedGoa *> (user_data);
    const std::string name = method;

    self->calls.push_back (name);
    if (name == "GetManagedObjects")
      {
        g_dbus_method_invocation_return_value (invocation, self->describe ());
        return;
      }

    const Account &account = self->accounts[path];
    const bool ensures = name == "EnsureCredentials";
    const std::string &error = ensures ? account.ensure_error : account.token_error;

    if (!error.empty ())
      g_dbus_method_invocation_return_dbus_error (invocation, error.c_str (),
                                                  "the service's words");
    else if (ensures)
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(i)", 3599));
    else
      g_dbus_method_invocation_return_value (
          invocation, g_variant_new ("(si)", account.token.c_str (), 3599));
  }

  GDBusConnection *connection_;
  std::vector<guint> registrations_;
  int n_ = 0;
};
