/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A detector at work, and what it said. */
#pragma once

#include <string>
#include <vector>

#include "network/rp-detector.h"
#include "world.h"

inline std::string
text_of (const char *text)
{
  return text != nullptr ? text : "";
}

inline std::string
joined (char **list)
{
  g_autofree char *text = list != nullptr ? g_strjoinv (" ", list) : g_strdup ("");

  return text;
}

class Watched
{
public:
  RpDetector *detector;
  int n_changes = 0;
  gint64 changed_us = 0; /* when the last change was told */

  explicit Watched (RpDetector *watched) : detector (watched)
  {
    g_signal_connect (detector, "changed", G_CALLBACK (on_changed), this);
    rp_detector_start (detector);
  }

  ~Watched ()
  {
    g_signal_handlers_disconnect_by_data (detector, this);
    g_object_unref (detector);
  }

  const RpSurroundings *
  operator->() const
  {
    return rp_detector_get_surroundings (detector);
  }

  std::string
  gateway () const
  {
    return text_of ((*this)->gateway);
  }

  std::string
  mac () const
  {
    return text_of ((*this)->gateway_mac);
  }

  std::string
  addresses () const
  {
    return joined ((*this)->addresses);
  }

  std::string
  domains () const
  {
    return joined ((*this)->dns_domains);
  }

  std::string
  uuid () const
  {
    return text_of ((*this)->connection_uuid);
  }

  /* Everything, for a message of a failed test. */
  std::string
  all () const
  {
    g_autoptr (GVariant) variant = g_variant_ref_sink (
        rp_surroundings_to_variant (rp_detector_get_surroundings (detector)));
    g_autofree char *text = g_variant_print (variant, FALSE);

    return text;
  }

private:
  static void
  on_changed (RpDetector *, gpointer data)
  {
    auto self = static_cast<Watched *> (data);

    self->n_changes++;
    self->changed_us = g_get_monotonic_time ();
  }
};
