/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers of notices, as desktops and portals are, and what their user does with the
 * notices that are up. */
#pragma once

#include <gio/gio.h>

#include <map>
#include <string>
#include <vector>

#include "private-bus.h"

namespace played
{

constexpr const char *DESKTOP_XML =
    "<node><interface name='org.freedesktop.Notifications'>"
    "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
    "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='u' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "</interface></node>";

constexpr const char *PORTAL_XML =
    "<node><interface name='org.freedesktop.portal.Notification'>"
    "<method name='AddNotification'><arg type='s' direction='in'/>"
    "<arg type='a{sv}' direction='in'/></method>"
    "<method name='RemoveNotification'><arg type='s' direction='in'/></method>"
    "</interface></node>";

/* One name on the bus over a connection of its own, which ends with it. */
class Server
{
public:
  Server (const PrivateBus &bus, const char *name, const char *path, const char *xml)
      : path_ (path), connection_ (bus.connect ())
  {
    static const GDBusInterfaceVTable vtable = { on_call, nullptr, nullptr, {} };
    g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, nullptr);

    interface_ = node->interfaces[0]->name;
    g_dbus_connection_register_object (connection_, path, node->interfaces[0], &vtable,
                                       this, nullptr, nullptr);
    G_GNUC_UNUSED g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        connection_, "org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus", "RequestName", g_variant_new ("(su)", name, 0u),
        nullptr, G_DBUS_CALL_FLAGS_NONE, 5000, nullptr, nullptr);
  }

  Server (const Server &) = delete;
  Server &operator= (const Server &) = delete;

  virtual ~Server ()
  {
    for (GDBusMethodInvocation *invocation : held_)
      g_object_unref (invocation);
    g_dbus_connection_close_sync (connection_, nullptr, nullptr);
    g_object_unref (connection_);
  }

  void
  say (const char *signal, GVariant *parameters)
  {
    g_dbus_connection_emit_signal (connection_, nullptr, path_.c_str (),
                                   interface_.c_str (), signal, parameters, nullptr);
  }

  /* Answers to what puts up a notice come with release(). */
  bool holds = false;

  bool
  is_holding () const
  {
    return !held_.empty ();
  }

  void
  release ()
  {
    holds = false;
    for (GDBusMethodInvocation *invocation : held_)
      answer (invocation);
    held_.clear ();
  }

protected:
  /* Returns: whether it may be held back */
  virtual bool take (const std::string &method, GVariant *arguments) = 0;
  virtual GVariant *reply (const std::string &method) = 0;

private:
  static void
  on_call (GDBusConnection *,
           const char *,
           const char *,
           const char *,
           const char *method,
           GVariant *arguments,
           GDBusMethodInvocation *invocation,
           gpointer user_data)
  {
    auto *self = static_cast<Server *> (user_data);

    if (self->take (method, arguments) && self->holds)
      self->held_.push_back (invocation);
    else
      self->answer (invocation);
  }

  void
  answer (GDBusMethodInvocation *invocation)
  {
    g_dbus_method_invocation_return_value (
        invocation, reply (g_dbus_method_invocation_get_method_name (invocation)));
  }

  std::string path_;
  std::string interface_;
  GDBusConnection *connection_;
  std::vector<GDBusMethodInvocation *> held_;
};

struct Up
{
  std::string title, body, actions, category;
  guint32 replaces;
  int expires;
};

class Desktop : public Server
{
public:
  explicit Desktop (const PrivateBus &bus,
                    std::vector<const char *> skills = { "actions", "body",
                                                         "body-markup" })
      : Server (bus,
                "org.freedesktop.Notifications",
                "/org/freedesktop/Notifications",
                DESKTOP_XML),
        skills_ (skills)
  {
    skills_.push_back (nullptr);
  }

  /* as its user does */
  void
  put_away (guint32 number)
  {
    up.erase (number);
    say ("NotificationClosed", g_variant_new ("(uu)", number, 2u));
  }

  void
  choose (guint32 number, const char *action)
  {
    say ("ActionInvoked", g_variant_new ("(us)", number, action));
  }

  std::string
  titles () const
  {
    std::string all;

    for (const auto &[number, notice] : up)
      all += notice.title + "\n";
    return all;
  }

  std::map<guint32, Up> up;
  guint32 last = 0;
  int n_notified = 0;

private:
  bool
  take (const std::string &method, GVariant *arguments) override
  {
    if (method == "CloseNotification")
      {
        guint32 number;

        g_variant_get (arguments, "(u)", &number);
        if (up.erase (number) == 1)
          say ("NotificationClosed", g_variant_new ("(uu)", number, 3u));
      }
    if (method == "Notify")
      notify (arguments);
    return method == "Notify";
  }

  void
  notify (GVariant *arguments)
  {
    const char *title, *body, *category = "";
    g_autofree const char **actions = nullptr;
    g_autoptr (GVariant) hints = nullptr;
    Up notice;

    g_variant_get (arguments, "(&su&s&s&s^a&s@a{sv}i)", nullptr, &notice.replaces,
                   nullptr, &title, &body, &actions, &hints, &notice.expires);
    g_variant_lookup (hints, "category", "&s", &category);
    g_autofree char *joined = g_strjoinv ("|", const_cast<char **> (actions));

    notice.title = title;
    notice.body = body;
    notice.actions = joined;
    notice.category = category;
    n_notified++;
    last = notice.replaces != 0 ? notice.replaces : next_++;
    up[last] = notice;
  }

  GVariant *
  reply (const std::string &method) override
  {
    if (method == "GetCapabilities")
      return g_variant_new ("(^as)", skills_.data ());
    return method == "Notify" ? g_variant_new ("(u)", last) : nullptr;
  }

  std::vector<const char *> skills_;
  guint32 next_ = 7;
};

class Portal : public Server
{
public:
  explicit Portal (const PrivateBus &bus)
      : Server (bus,
                "org.freedesktop.portal.Desktop",
                "/org/freedesktop/portal/desktop",
                PORTAL_XML)
  {
  }

  std::map<std::string, std::string> up; /* key to title and buttons */

private:
  bool
  take (const std::string &method, GVariant *arguments) override
  {
    const char *key, *title = "", *body = "";
    g_autoptr (GVariant) dict = nullptr;
    g_autoptr (GVariant) buttons = nullptr;

    if (method == "RemoveNotification")
      {
        g_variant_get (arguments, "(&s)", &key);
        up.erase (key);
        return false;
      }
    g_variant_get (arguments, "(&s@a{sv})", &key, &dict);
    g_variant_lookup (dict, "title", "&s", &title);
    g_variant_lookup (dict, "body", "&s", &body);
    buttons = g_variant_lookup_value (dict, "buttons", G_VARIANT_TYPE ("aa{sv}"));
    up[key] = std::string (title) + "\n" + body;
    for (gsize i = 0; buttons != nullptr && i < g_variant_n_children (buttons); i++)
      {
        g_autoptr (GVariant) button = g_variant_get_child_value (buttons, i);
        const char *action = "", *label = "";

        g_variant_lookup (button, "action", "&s", &action);
        g_variant_lookup (button, "label", "&s", &label);
        up[key] += std::string ("\n") + action + "|" + label;
      }
    return true;
  }

  GVariant *
  reply (const std::string &) override
  {
    return nullptr;
  }
};

}
