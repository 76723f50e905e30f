// SPDX-License-Identifier: GPL-3.0-or-later
// A real browser that a test drives: headless Chromium behind chromedriver, spoken to
// over WebDriver's HTTP (W3C WebDriver). Each call turns the default main loop until
// the browser is done, so what it visits may be served by this process.
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include "json-value.h"
#include "plain-fetch.h"

class Browser
{
public:
  Browser ()
  {
    g_autofree char *folder = g_dir_make_tmp ("roampost-browser-XXXXXX", nullptr);

    folder_ = folder;
    start_driver ();
    const Json session = call ("/session", capabilities ());
    session_ = "/session/" + session.text ("sessionId");
    // How long a thing that is looked for may take to appear.
    call (session_ + "/timeouts", R"({"implicit": 20000})");
  }

  Browser (const Browser &) = delete;
  Browser &operator= (const Browser &) = delete;

  ~Browser ()
  {
    ask ("DELETE", session_, "");
    g_subprocess_send_signal (driver_, SIGTERM);
    g_subprocess_wait (driver_, nullptr, nullptr);
    g_object_unref (driver_);
    std::error_code ignored;
    std::filesystem::remove_all (folder_, ignored);
  }

  void
  open (const std::string &address)
  {
    call (session_ + "/url", R"({"url": )" + to_json (address) + "}");
  }

  // Writes into a field, in place of what is in there. What is looked for is a CSS
  // selector, here and below.
  void
  fill (const std::string &field, const std::string &text)
  {
    const std::string element = find (field);

    call (element + "/clear", "{}");
    call (element + "/value", R"({"text": )" + to_json (text) + "}");
  }

  void
  click (const std::string &button)
  {
    call (find (button) + "/click", "{}");
  }

  // The button that says TEXT, where pages give it no better name.
  void
  click_text (const std::string &text)
  {
    const std::string button =
        find_by ("xpath", "//button[contains(., " + quoted (text) + ")]");

    EXPECT_NE (button, "") << text << " is not on " << address ();
    call (button + "/click", "{}");
  }

  // Waits until a page shows TEXT; false when it does not.
  bool
  shows (const std::string &text)
  {
    return !find_by ("xpath", "//body[contains(., " + quoted (text) + ")]").empty ();
  }

  // What is in the address line.
  std::string
  address ()
  {
    return ask ("GET", session_ + "/url", "").text ("value");
  }

  // The text of the page as a person reads it.
  std::string
  text ()
  {
    return ask ("GET", find ("body") + "/text", "").text ("value");
  }

private:
  void
  start_driver ()
  {
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
    g_autoptr (GError) error = nullptr;

    // Nothing of the user's is read or written.
    g_subprocess_launcher_setenv (launcher, "HOME", folder_.c_str (), TRUE);
    for (const char *name : { "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME" })
      g_subprocess_launcher_unsetenv (launcher, name);
    g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS",
                                  "disabled:", TRUE);
    driver_ = g_subprocess_launcher_spawn (launcher, &error, "chromedriver", "--port=0",
                                           nullptr);
    g_assert_no_error (error);
    read_port ();
  }

  // "ChromeDriver was started successfully on port 40123."
  void
  read_port ()
  {
    const std::string before = "started successfully on port ";
    g_autoptr (GDataInputStream) output =
        g_data_input_stream_new (g_subprocess_get_stdout_pipe (driver_));

    for (;;)
      {
        g_autofree char *line =
            g_data_input_stream_read_line (output, nullptr, nullptr, nullptr);
        g_assert_nonnull (line);
        const std::string text = line;
        const std::size_t at = text.find (before);
        if (at == std::string::npos)
          continue;
        driver_address_ =
            "http://127.0.0.1:"
            + std::to_string (std::stoi (text.substr (at + before.size ())));
        return;
      }
  }

  std::string
  capabilities () const
  {
    std::string arguments;

    for (const char *argument :
         { "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
           "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
           "--no-proxy-server" })
      arguments += to_json (argument) + ", ";
    arguments += to_json ("--user-data-dir=" + folder_ + "/profile");
    return R"({"capabilities": {"alwaysMatch": {"browserName": "chrome",
               "acceptInsecureCerts": true,
               "goog:chromeOptions": {"args": [)"
           + arguments + "]}}}}";
  }

  // The value of an answer that is a success.
  Json
  call (const std::string &path, const std::string &body)
  {
    const Json value = ask ("POST", path, body).member ("value");

    EXPECT_FALSE (value.has ("error")) << path << ": " << value.text ("message");
    return value;
  }

  Json
  ask (const std::string &method, const std::string &path, const std::string &body)
  {
    std::atomic<bool> is_done{ false };
    Fetched fetched;
    std::thread thread ([&] {
      fetched = fetch (driver_address_ + path, method == "POST" ? &body : nullptr,
                       { "Content-Type: application/json" }, "", method, 60);
      is_done = true;
      g_main_context_wakeup (nullptr);
    });

    while (!is_done)
      g_main_context_iteration (nullptr, TRUE);
    thread.join ();
    EXPECT_NE (fetched.status, 0) << "chromedriver does not answer to " << path;
    return fetched.status == 0 ? Json () : Json::parse (fetched.body);
  }

  // The path of an element, "" when none appears.
  std::string
  find_by (const std::string &strategy, const std::string &what)
  {
    // The name that WebDriver gives to references, section 12.
    const char *reference = "element-6066-11e4-a52e-4f735466cecf";
    const Json value = ask ("POST", session_ + "/element",
                            R"({"using": )" + to_json (strategy) + R"(, "value": )"
                                + to_json (what) + "}")
                           .member ("value");

    return value.has (reference) ? session_ + "/element/" + value.text (reference) : "";
  }

  std::string
  find (const std::string &selector)
  {
    const std::string element = find_by ("css selector", selector);

    EXPECT_NE (element, "") << selector << " is not on " << address ();
    return element;
  }

  // XPath knows no escapes in its strings.
  static std::string
  quoted (const std::string &text)
  {
    return text.find ('\'') == std::string::npos ? "'" + text + "'" : '"' + text + '"';
  }

  std::string folder_;
  GSubprocess *driver_ = nullptr;
  std::string driver_address_;
  std::string session_;
};
