/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes in the user's language. */
#include <algorithm>
#include <vector>

#include "folder.h"
#include "words/rp-words.h"

namespace
{

struct Row
{
  const char *name;
  const char *text;
  const char *german;
};

const Row rows[] = {
  { "unknown_key", "[agent]\npatiense=5\n",
    ":2: unbekannter Schlüssel „patiense“ in [agent]; meinten Sie „patience“?" },
  { "not_UTF8", "[agent]\nx=\xFF\n",
    ":2: Oktett 3 dieser Zeile (0xFF) ist kein UTF-8; speichern Sie die Datei als"
    " UTF-8" },
  /* A sentence within a sentence: both are German. */
  { "port", "[agent]\nlisten=127.0.0.1:x\n",
    ":2: listen=: „x“ in „127.0.0.1:x“ ist kein Port; schreiben Sie eine Zahl von 1 bis"
    " 65535" },
  { "address", "[account a]\naddress=a@b@c\nservers=s\n",
    ":2: „a@b@c“ ist keine E-Mail-Adresse: der Teil nach dem @ ist kein Domainname" },
  { "number", "[agent]\npatience=601\n",
    ":2: patience=601 ist keine Dauer; schreiben Sie Sekunden von 1 bis 600, etwa"
    " patience=25" },
  /* A placeholder in what the user wrote is not one of ours. */
  { "placeholder", "[agent]\n%2$s%%=5\n",
    ":2: „%2$s%%“ ist kein Schlüssel; ein Schlüssel besteht aus Buchstaben, Ziffern und"
    " „-“" },
};

class German : public testing::TestWithParam<Row>
{
};

TEST_P (German, is_told)
{
  Folder folder;
  std::string file = folder.write ("roampost.conf", GetParam ().text);
  g_autoptr (RpConfigLoader) loader = rp_config_loader_new (file.c_str ());
  g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);
  g_auto (GStrv) texts = nullptr;

  rp_words_init ("de");
  texts = rp_config_errors_dup_texts (load->errors, rp_words_translate);
  ASSERT_NE (texts[0], nullptr);
  EXPECT_EQ (texts[0], file + GetParam ().german);
}

INSTANTIATE_TEST_SUITE_P (rows, German, testing::ValuesIn (rows), [] (auto &row) {
  return std::string (row.param.name);
});

/* A text that the catalogue lacks would come back as it is. */
void
expect_translated (const RpConfigError *error)
{
  EXPECT_STRNE (rp_words_translate (error->pattern), error->pattern);
}

bool
is_frame (const RpConfigError *error)
{
  return error->detail != nullptr && g_str_equal (error->pattern, "%1$s=: %2$s");
}

TEST (GermanTest, every_broken_file_is_told_in_german)
{
  std::string folder = std::string (g_getenv ("RP_TEST_SOURCE_DIR")) + "/config/broken";
  guint n_errors = 0;

  rp_words_init ("de");
  for (auto &entry : std::filesystem::directory_iterator (folder))
    {
      if (entry.path ().extension () != ".conf")
        continue;
      SCOPED_TRACE (entry.path ());
      g_autoptr (RpConfigLoader) loader = rp_config_loader_new (entry.path ().c_str ());
      g_autoptr (RpConfigLoad) load = rp_config_loader_load (loader);

      for (guint i = 0; i < load->errors->len; i++, n_errors++)
        {
          auto error = static_cast<const RpConfigError *> (load->errors->pdata[i]);

          if (!is_frame (error))
            expect_translated (error);
          if (error->detail != nullptr)
            expect_translated (error->detail);
        }
    }
  EXPECT_GE (n_errors, 99U);
}

}
