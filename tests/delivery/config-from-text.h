/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "core/rp-config.h"
#include "core/rp-keyfile.h"

/* A configuration as a person writes it; its mistakes fail the test. */
inline RpConfig *
config_from_text (const std::string &text)
{
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_keyfile_row_free);
  g_autoptr (GPtrArray) errors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_config_error_free);

  rp_keyfile_parse ("test", text.c_str (), text.size (), rows, errors);
  RpConfig *config = rp_config_new (rows, errors);

  for (guint i = 0; i < errors->len; i++)
    {
      g_autofree char *mistake = rp_config_error_dup_text (
          static_cast<RpConfigError *> (g_ptr_array_index (errors, i)), nullptr);

      ADD_FAILURE () << mistake;
    }
  return config;
}
