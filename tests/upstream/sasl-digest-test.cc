/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "upstream/rp-connection.h"
#include "upstream/rp-sasl-digest.h"

namespace
{

struct Answer
{
  bool is_answered = false;
  bool has_response = false;
  std::string response;
  int error = -1;
};

void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  auto *answer = static_cast<Answer *> (user_data);
  g_autoptr (GError) error = nullptr;
  g_autoptr (GBytes) response =
      rp_sasl_client_answer_finish (RP_SASL_CLIENT (source), result, &error);

  answer->is_answered = true;
  answer->error = error != nullptr ? error->code : -1;
  answer->has_response = response != nullptr;
  if (response != nullptr && g_bytes_get_size (response) > 0)
    answer->response.assign (
        static_cast<const char *> (g_bytes_get_data (response, nullptr)),
        g_bytes_get_size (response));
}

/* The user, the host and the nonces of RFC 2831 section 4. */
class Digest
{
public:
  Answer
  ask (const char *challenge)
  {
    g_autoptr (GBytes) octets =
        challenge != nullptr ? g_bytes_new (challenge, strlen (challenge)) : nullptr;
    Answer answer;

    rp_sasl_client_answer_async (RP_SASL_CLIENT (client_), octets, nullptr, on_answered,
                                 &answer);
    while (!answer.is_answered)
      g_main_context_iteration (nullptr, TRUE);
    return answer;
  }

  ~Digest ()
  {
    g_object_unref (client_);
  }

private:
  RpSaslDigest *client_ = rp_sasl_digest_new (
      "imap/elwood.innosoft.com", "chris", "secret", "OA6MHXh6VqTrRk");
};

const char rfc_response[] =
    "charset=utf-8,username=\"chris\",realm=\"elwood.innosoft.com\",nonce="
    "\"OA6MG9tEQGm2hh\",nc=00000001,cnonce=\"OA6MHXh6VqTrRk\",digest-uri="
    "\"imap/elwood.innosoft.com\",response=d388dad90d4bbd760a152321f2143af7,qop=auth";

struct ChallengeRow
{
  const char *name;
  const char *challenge;
  bool is_usable;
};

void
PrintTo (const ChallengeRow &row, std::ostream *out)
{
  *out << row.name;
}

class Challenge : public testing::TestWithParam<ChallengeRow>
{
};

TEST_P (Challenge, GivesTheResponseOfTheRfc)
{
  Digest digest;
  const Answer answer = digest.ask (GetParam ().challenge);

  EXPECT_EQ (answer.response, GetParam ().is_usable ? rfc_response : "");
  EXPECT_EQ (answer.error,
             GetParam ().is_usable ? -1 : (int) RP_CONNECTION_ERROR_LOGIN_NOT_OFFERED);
}

#define REALM "realm=\"elwood.innosoft.com\","
#define NONCE "nonce=\"OA6MG9tEQGm2hh\","

const ChallengeRow challenge_rows[] = {
  { "rfc_2831", REALM NONCE "qop=\"auth\",algorithm=md5-sess,charset=utf-8", true },
  { "dovecot", REALM NONCE "qop=\"auth\",charset=\"utf-8\",algorithm=\"md5-sess\"",
    true },
  { "cyrus",
    NONCE REALM "qop=\"auth,auth-int,auth-conf\",cipher=\"rc4-40,rc4\","
                "maxbuf=4096,charset=utf-8,algorithm=md5-sess",
    true },
  { "spaces_and_empty_elements",
    " " REALM " ,, " NONCE "\r\n qop=auth , ALGORITHM=md5-sess", true },
  { "escaped_realm", "realm=\"elwood\\.innosoft.com\"," NONCE "algorithm=md5-sess",
    true },
  { "first_of_two_realms", REALM "realm=\"other\"," NONCE "algorithm=md5-sess", true },
  { "no_nonce", REALM "qop=\"auth\",algorithm=md5-sess", false },
  { "no_algorithm", REALM NONCE "qop=\"auth\"", false },
  { "other_algorithm", REALM NONCE "qop=\"auth\",algorithm=md5", false },
  { "other_protection", REALM NONCE "qop=\"auth-conf\",algorithm=md5-sess", false },
  { "open_quote", REALM NONCE "algorithm=\"md5-sess", false },
  { "no_equals_sign", "hello", false },
  { "empty", "", false },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Challenge,
                          testing::ValuesIn (challenge_rows),
                          [] (const auto &row) { return row.param.name; });

const char rfc_challenge[] = REALM NONCE "qop=\"auth\",algorithm=md5-sess";

TEST (SaslDigest, HasNoInitialResponse)
{
  Digest digest;
  const Answer answer = digest.ask (nullptr);

  EXPECT_FALSE (answer.has_response);
  EXPECT_EQ (answer.error, -1);
  EXPECT_EQ (digest.ask (rfc_challenge).response, rfc_response);
}

TEST (SaslDigest, BelievesTheServerThatKnowsThePassword)
{
  Digest digest;

  digest.ask (rfc_challenge);
  const Answer answer = digest.ask ("rspauth=ea40f60335c427b5527b84dbabcdfffd");

  EXPECT_TRUE (answer.has_response);
  EXPECT_EQ (answer.response, "");
}

TEST (SaslDigest, DoesNotBelieveAnotherOne)
{
  for (const char *proof :
       { "rspauth=ea40f60335c427b5527b84dbabcdfffe", "rspauth=", "", "hello" })
    {
      Digest digest;

      digest.ask (rfc_challenge);
      EXPECT_EQ (digest.ask (proof).error, RP_CONNECTION_ERROR_NOT_SMTP) << proof;
    }
}

TEST (SaslDigest, MakesANonceOfItsOwnForEachLogin)
{
  std::string responses[2];

  for (std::string &response : responses)
    {
      g_autoptr (RpSaslDigest) client =
          rp_sasl_digest_new ("smtp/mail.test", "terri", "secret", nullptr);
      g_autoptr (GBytes) challenge =
          g_bytes_new (rfc_challenge, strlen (rfc_challenge));
      Answer answer;

      rp_sasl_client_answer_async (RP_SASL_CLIENT (client), challenge, nullptr,
                                   on_answered, &answer);
      while (!answer.is_answered)
        g_main_context_iteration (nullptr, TRUE);
      response = answer.response;
    }
  EXPECT_NE (responses[0], responses[1]);
}

} // namespace
