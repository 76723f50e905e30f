// SPDX-License-Identifier: GPL-3.0-or-later
// A real bus server whose answers are written down here, as a real agent would give
// them.
#pragma once

#include <gtest/gtest.h>

#include <gio/gunixfdlist.h>
#include <map>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "bus/rp-bus-error.h"
#include "bus/rp-bus-server.h"

class CannedAgent
{
public:
  explicit CannedAgent (const std::string &folder) : server_ (rp_bus_server_new ())
  {
    RpAgent1 *agent = rp_bus_server_get_agent (server_);
    g_autoptr (GError) error = nullptr;

    connect (agent, "handle-get-status", (GCallback) on_get_status);
    connect (agent, "handle-explain", (GCallback) on_explain);
    connect (agent, "handle-list-messages", (GCallback) on_list_messages);
    connect (agent, "handle-get-message", (GCallback) on_get_message);
    connect (agent, "handle-login", (GCallback) on_login);
    connect (agent, "handle-logout", (GCallback) on_logout);
    connect (agent, "handle-test-account", (GCallback) on_test_account);
    connect (agent, "handle-begin-sign-in", (GCallback) on_begin_sign_in);
    connect (agent, "handle-await-sign-in", (GCallback) on_await_sign_in);
    connect (agent, "handle-paste-sign-in", (GCallback) on_paste_sign_in);
    connect (agent, "handle-cancel-sign-in", (GCallback) on_cancel_sign_in);
    connect (agent, "handle-list-networks", (GCallback) on_list_networks);
    connect (agent, "handle-forget-lessons", (GCallback) on_forget_lessons);
    connect (agent, "handle-reload", (GCallback) on_reload);
    connect (agent, "handle-list-queue", (GCallback) on_list_queue);
    connect (agent, "handle-get-queued", (GCallback) on_get_queued);
    connect (agent, "handle-open-queued", (GCallback) on_open_queued);
    connect (agent, "handle-retry-queued", (GCallback) on_retry_queued);
    connect (agent, "handle-hold-queued", (GCallback) on_hold_queued);
    connect (agent, "handle-release-queued", (GCallback) on_release_queued);
    connect (agent, "handle-drop-queued", (GCallback) on_drop_queued);
    connect (agent, "handle-flush-queue", (GCallback) on_flush_queue);
    EXPECT_TRUE (rp_bus_server_listen (server_, folder.c_str (), &error))
        << error->message;
  }

  ~CannedAgent ()
  {
    g_object_unref (server_);
  }

  RpBusServer *
  server ()
  {
    return server_;
  }

  void
  set_listening (const std::string &address)
  {
    const char *const list[] = { address.c_str (), nullptr };

    rp_agent1_set_listening (rp_bus_server_get_agent (server_), list);
  }

  // What the last call asked.
  std::string asked;
  // Answers in GVariant's text form.
  std::string status = empty_status;
  std::string plan = "@a{sv} {}";
  std::string messages = "@aa{sv} []";
  std::string message = "@a{sv} {}";
  std::string report = "@aa{sv} []";
  std::string networks = "@aa{sv} []";
  std::vector<std::string> reload_errors;
  unsigned reloads = 0;
  std::string queue = "@aa{sv} []";
  std::string queued = "@a{sv} {}";
  std::string body;
  unsigned n_flushed = 0;
  // What was asked about the queue, in order.
  std::vector<std::string> calls;
  // Errors of single methods.
  std::map<std::string, RpBusError> errors_of;
  // What BeginSignIn invites to, and whether AwaitSignIn answers at once.
  std::string invitation = "@a{sv} {}";
  bool signs_in_at_once = true;
  // The only address that PasteSignIn takes; "" for any.
  std::string right_address;
  // What an error says.
  std::string error_text = "what the agent says";
  // Answer with this error of the bus instead, when it is 0 or above.
  int error_code = -1;
  int n_status_calls = 0;

  static constexpr const char *empty_status = "{'version': <'0.1.0'>}";

private:
  void
  connect (RpAgent1 *agent, const char *signal, GCallback callback)
  {
    g_signal_connect (agent, signal, callback, this);
  }

  using Value = std::unique_ptr<GVariant, decltype (&g_variant_unref)>;

  static Value
  parse (const std::string &text)
  {
    g_autoptr (GError) error = nullptr;
    Value value (g_variant_parse (nullptr, text.c_str (), nullptr, nullptr, &error),
                 g_variant_unref);

    EXPECT_NE (value, nullptr) << error->message << "\n" << text;
    return value;
  }

  const char *
  get_error_text () const
  {
    return error_text.c_str ();
  }

  bool
  fails (GDBusMethodInvocation *invocation)
  {
    auto found = errors_of.find (g_dbus_method_invocation_get_method_name (invocation));
    int code = found == errors_of.end () ? error_code : found->second;

    if (code < 0)
      return false;
    g_dbus_method_invocation_return_error (invocation, RP_BUS_ERROR, code, "%s",
                                           get_error_text ());
    return true;
  }

  static gboolean
  on_get_status (RpAgent1 *agent, GDBusMethodInvocation *invocation, CannedAgent *self)
  {
    self->n_status_calls++;
    if (!self->fails (invocation))
      rp_agent1_complete_get_status (agent, invocation, parse (self->status).get ());
    return TRUE;
  }

  static gboolean
  on_explain (RpAgent1 *agent,
              GDBusMethodInvocation *invocation,
              const char *sender,
              const char *const *recipients,
              const char *network,
              CannedAgent *self)
  {
    g_autofree char *list = g_strjoinv (" ", (char **) recipients);

    self->asked = std::string (sender) + " > " + list + " @ " + network;
    if (!self->fails (invocation))
      rp_agent1_complete_explain (agent, invocation, parse (self->plan).get ());
    return TRUE;
  }

  static gboolean
  on_list_messages (RpAgent1 *agent,
                    GDBusMethodInvocation *invocation,
                    guint limit,
                    CannedAgent *self)
  {
    self->asked = std::to_string (limit);
    if (!self->fails (invocation))
      rp_agent1_complete_list_messages (agent, invocation,
                                        parse (self->messages).get ());
    return TRUE;
  }

  static gboolean
  on_get_message (RpAgent1 *agent,
                  GDBusMethodInvocation *invocation,
                  const char *id,
                  CannedAgent *self)
  {
    self->asked = id;
    if (!self->fails (invocation))
      rp_agent1_complete_get_message (agent, invocation, parse (self->message).get ());
    return TRUE;
  }

  static gboolean
  on_login (RpAgent1 *agent,
            GDBusMethodInvocation *invocation,
            GUnixFDList *fds,
            const char *account,
            const char *server,
            GVariant *password,
            gboolean store_unproved,
            CannedAgent *self)
  {
    self->asked = std::string (account) + "/" + server + "/" + read_pipe (fds, password)
                  + (store_unproved ? "/anyway" : "");
    if (!self->fails (invocation))
      rp_agent1_complete_login (agent, invocation, nullptr,
                                parse (self->report).get ());
    return TRUE;
  }

  static gboolean
  on_logout (RpAgent1 *agent,
             GDBusMethodInvocation *invocation,
             const char *account,
             const char *server,
             CannedAgent *self)
  {
    self->asked = std::string ("logout ") + account + "/" + server;
    if (!self->fails (invocation))
      rp_agent1_complete_logout (agent, invocation, parse (self->report).get ());
    return TRUE;
  }

  static gboolean
  on_test_account (RpAgent1 *agent,
                   GDBusMethodInvocation *invocation,
                   const char *account,
                   CannedAgent *self)
  {
    self->asked += std::string ("test ") + account + ";";
    if (!self->fails (invocation))
      rp_agent1_complete_test_account (agent, invocation, parse (self->report).get ());
    return TRUE;
  }

  static gboolean
  on_begin_sign_in (RpAgent1 *agent,
                    GDBusMethodInvocation *invocation,
                    GUnixFDList *fds,
                    const char *account,
                    const char *server,
                    const char *way,
                    GVariant *options,
                    CannedAgent *self)
  {
    g_autoptr (GVariant) secret =
        g_variant_lookup_value (options, "client-secret", G_VARIANT_TYPE_HANDLE);

    self->calls.push_back (std::string ("begin ") + account + "/" + server + "/" + way
                           + (secret == nullptr ? "" : "/" + read_pipe (fds, secret)));
    if (!self->fails (invocation))
      rp_agent1_complete_begin_sign_in (agent, invocation, nullptr, "7",
                                        parse (self->invitation).get ());
    return TRUE;
  }

  static gboolean
  on_await_sign_in (RpAgent1 *agent,
                    GDBusMethodInvocation *invocation,
                    const char *id,
                    CannedAgent *self)
  {
    if (!self->is_fine (invocation, id))
      return TRUE;
    if (self->signs_in_at_once)
      rp_agent1_complete_await_sign_in (agent, invocation, parse (self->report).get ());
    else
      self->waiting_ = invocation;
    return TRUE;
  }

  static gboolean
  on_paste_sign_in (RpAgent1 *agent,
                    GDBusMethodInvocation *invocation,
                    GUnixFDList *fds,
                    const char *,
                    GVariant *address,
                    CannedAgent *self)
  {
    const std::string pasted = read_pipe (fds, address);

    self->calls.push_back ("paste " + pasted);
    if (self->right_address.empty () || pasted == self->right_address)
      rp_agent1_complete_paste_sign_in (agent, invocation, nullptr);
    else
      g_dbus_method_invocation_return_error (invocation, RP_BUS_ERROR,
                                             RP_BUS_ERROR_MISMATCH, "another");
    return TRUE;
  }

  static gboolean
  on_cancel_sign_in (RpAgent1 *agent,
                     GDBusMethodInvocation *invocation,
                     const char *id,
                     CannedAgent *self)
  {
    self->calls.push_back (std::string ("cancel ") + id);
    rp_agent1_complete_cancel_sign_in (agent, invocation);
    if (self->waiting_ != nullptr)
      g_dbus_method_invocation_return_error (self->waiting_, RP_BUS_ERROR,
                                             RP_BUS_ERROR_CANCELLED, "cancelled");
    self->waiting_ = nullptr;
    return TRUE;
  }

  /* What is in a pipe that came along, which its writer has closed. */
  static std::string
  read_pipe (GUnixFDList *fds, GVariant *handle)
  {
    char buffer[8192];
    int fd = g_unix_fd_list_get (fds, g_variant_get_handle (handle), nullptr);
    ssize_t n_read = read (fd, buffer, sizeof buffer);

    close (fd);
    return n_read < 0 ? "(unreadable)" : std::string (buffer, (size_t) n_read);
  }

  static gboolean
  on_list_networks (RpAgent1 *agent,
                    GDBusMethodInvocation *invocation,
                    CannedAgent *self)
  {
    if (!self->fails (invocation))
      rp_agent1_complete_list_networks (agent, invocation,
                                        parse (self->networks).get ());
    return TRUE;
  }

  static gboolean
  on_forget_lessons (RpAgent1 *agent,
                     GDBusMethodInvocation *invocation,
                     const char *network,
                     CannedAgent *self)
  {
    self->asked = std::string ("forget ") + network;
    if (!self->fails (invocation))
      rp_agent1_complete_forget_lessons (agent, invocation);
    return TRUE;
  }

  static gboolean
  on_reload (RpAgent1 *agent, GDBusMethodInvocation *invocation, CannedAgent *self)
  {
    std::vector<const char *> errors;

    self->reloads++;
    for (const std::string &error : self->reload_errors)
      errors.push_back (error.c_str ());
    errors.push_back (nullptr);
    if (!self->fails (invocation))
      rp_agent1_complete_reload (agent, invocation, errors.data ());
    return TRUE;
  }

  bool
  is_fine (GDBusMethodInvocation *invocation, const std::string &id)
  {
    std::string method = g_dbus_method_invocation_get_method_name (invocation);

    calls.push_back (id.empty () ? method : method + " " + id);
    return !fails (invocation);
  }

  static gboolean
  on_list_queue (RpAgent1 *agent, GDBusMethodInvocation *invocation, CannedAgent *self)
  {
    if (self->is_fine (invocation, ""))
      rp_agent1_complete_list_queue (agent, invocation, parse (self->queue).get ());
    return TRUE;
  }

  static gboolean
  on_get_queued (RpAgent1 *agent,
                 GDBusMethodInvocation *invocation,
                 const char *id,
                 CannedAgent *self)
  {
    if (self->is_fine (invocation, id))
      rp_agent1_complete_get_queued (agent, invocation, parse (self->queued).get ());
    return TRUE;
  }

  static gboolean
  on_open_queued (RpAgent1 *agent,
                  GDBusMethodInvocation *invocation,
                  GUnixFDList *,
                  const char *id,
                  CannedAgent *self)
  {
    g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
    int fd = memfd_create ("body", MFD_CLOEXEC);

    EXPECT_EQ (write (fd, self->body.data (), self->body.size ()),
               (ssize_t) self->body.size ());
    g_unix_fd_list_append (list, fd, nullptr);
    close (fd);
    if (self->is_fine (invocation, id))
      rp_agent1_complete_open_queued (agent, invocation, list,
                                      g_variant_new_handle (0));
    return TRUE;
  }

  static gboolean
  on_retry_queued (RpAgent1 *agent,
                   GDBusMethodInvocation *invocation,
                   const char *id,
                   CannedAgent *self)
  {
    if (self->is_fine (invocation, id))
      rp_agent1_complete_retry_queued (agent, invocation);
    return TRUE;
  }

  static gboolean
  on_hold_queued (RpAgent1 *agent,
                  GDBusMethodInvocation *invocation,
                  const char *id,
                  CannedAgent *self)
  {
    if (self->is_fine (invocation, id))
      rp_agent1_complete_hold_queued (agent, invocation);
    return TRUE;
  }

  static gboolean
  on_release_queued (RpAgent1 *agent,
                     GDBusMethodInvocation *invocation,
                     const char *id,
                     CannedAgent *self)
  {
    if (self->is_fine (invocation, id))
      rp_agent1_complete_release_queued (agent, invocation);
    return TRUE;
  }

  static gboolean
  on_drop_queued (RpAgent1 *agent,
                  GDBusMethodInvocation *invocation,
                  const char *id,
                  CannedAgent *self)
  {
    if (self->is_fine (invocation, id))
      rp_agent1_complete_drop_queued (agent, invocation);
    return TRUE;
  }

  static gboolean
  on_flush_queue (RpAgent1 *agent, GDBusMethodInvocation *invocation, CannedAgent *self)
  {
    if (self->is_fine (invocation, ""))
      rp_agent1_complete_flush_queue (agent, invocation, self->n_flushed);
    return TRUE;
  }

  RpBusServer *server_;
  GDBusMethodInvocation *waiting_ = nullptr;
};
