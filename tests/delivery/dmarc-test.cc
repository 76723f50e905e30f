/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk up the domains, against a resolver with a table of TXT records. */
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "delivery/rp-dmarc.h"
#include "run-until.h"

namespace
{

using Records = std::map<std::string, std::string>;

struct TxtResolver
{
  GResolver parent;
  const Records *records; /* null: never answers */
  std::vector<std::string> *asked;
};

struct TxtResolverClass
{
  GResolverClass parent;
};

G_DEFINE_TYPE (TxtResolver, txt_resolver, G_TYPE_RESOLVER)

gboolean
on_cancelled (GCancellable *, gpointer task)
{
  g_task_return_error_if_cancelled (G_TASK (task));
  return G_SOURCE_REMOVE;
}

void
txt_resolver_lookup_async (GResolver *resolver,
                           const char *name,
                           GResolverRecordType,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  TxtResolver *self = reinterpret_cast<TxtResolver *> (resolver);
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  self->asked->push_back (name);
  if (self->records == nullptr)
    {
      g_autoptr (GSource) source = g_cancellable_source_new (cancellable);

      g_task_attach_source (task, source, G_SOURCE_FUNC (on_cancelled));
      return;
    }

  auto row = self->records->find (name);
  if (row == self->records->end ())
    {
      g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                               "no such record");
      return;
    }

  /* In two parts, as long records come. */
  const char *const parts[] = { row->second.c_str (), "; fo=1", nullptr };

  g_task_return_pointer (
      task,
      g_list_append (nullptr, g_variant_ref_sink (g_variant_new ("(^as)", parts))),
      nullptr);
}

GList *
txt_resolver_lookup_finish (GResolver *, GAsyncResult *result, GError **error)
{
  return static_cast<GList *> (g_task_propagate_pointer (G_TASK (result), error));
}

void
txt_resolver_class_init (TxtResolverClass *klass)
{
  klass->parent.lookup_records_async = txt_resolver_lookup_async;
  klass->parent.lookup_records_finish = txt_resolver_lookup_finish;
}

void
txt_resolver_init (TxtResolver *)
{
}

class DmarcTest : public testing::Test
{
protected:
  void
  Install (const Records *records)
  {
    before = g_resolver_get_default ();
    resolver =
        static_cast<TxtResolver *> (g_object_new (txt_resolver_get_type (), nullptr));
    resolver->records = records;
    resolver->asked = &asked;
    g_resolver_set_default (&resolver->parent);
    self = rp_dmarc_new (50);
  }

  void
  TearDown () override
  {
    g_resolver_set_default (before);
    g_object_unref (before);
    g_object_unref (resolver);
    g_object_unref (self);
  }

  static void
  OnAnswered (GObject *source, GAsyncResult *result, gpointer user_data)
  {
    DmarcTest *test = static_cast<DmarcTest *> (user_data);

    test->policy = rp_dmarc_lookup_finish (RP_DMARC (source), result);
    test->n_answers++;
  }

  RpDmarcPolicy
  Lookup (const char *domain)
  {
    guint n_before = n_answers;

    rp_dmarc_lookup_async (self, domain, nullptr, OnAnswered, this);
    EXPECT_TRUE (run_until ([&] { return n_answers > n_before; }));
    return policy;
  }

  GResolver *before = nullptr;
  TxtResolver *resolver = nullptr;
  RpDmarc *self = nullptr;
  std::vector<std::string> asked;
  RpDmarcPolicy policy = RP_DMARC_NONE;
  guint n_answers = 0;
};

TEST_F (DmarcTest, OwnRecordCounts)
{
  Records records = { { "_dmarc.proseware.com", "v=DMARC1; p=reject" } };

  Install (&records);
  EXPECT_EQ (Lookup ("proseware.com"), RP_DMARC_REJECT);
  EXPECT_EQ (asked, std::vector<std::string> ({ "_dmarc.proseware.com" }));
}

TEST_F (DmarcTest, WalksUpToTheDomainBelowTheTop)
{
  Records records = { { "_dmarc.proseware.com", "v=DMARC1; p=none; sp=quarantine" } };

  Install (&records);
  EXPECT_EQ (Lookup ("mail.eu.proseware.com"), RP_DMARC_QUARANTINE);
  EXPECT_EQ (asked.size (), 3u);
}

TEST_F (DmarcTest, NeverAsksTheTop)
{
  Records records = { { "_dmarc.com", "v=DMARC1; p=reject" } };

  Install (&records);
  EXPECT_EQ (Lookup ("proseware.com"), RP_DMARC_NONE);
  EXPECT_EQ (asked, std::vector<std::string> ({ "_dmarc.proseware.com" }));
}

TEST_F (DmarcTest, AnswersAreKept)
{
  Records records = { { "_dmarc.proseware.com", "v=DMARC1; p=reject" } };

  Install (&records);
  EXPECT_EQ (Lookup ("proseware.com"), RP_DMARC_REJECT);
  EXPECT_EQ (Lookup ("proseware.com"), RP_DMARC_REJECT);
  EXPECT_EQ (asked.size (), 1u);
}

TEST_F (DmarcTest, WhoAsksMeanwhileIsAnsweredFromTheSameQuestionInOrder)
{
  Records records = { { "_dmarc.proseware.com", "v=DMARC1; p=reject" } };
  struct Asker
  {
    std::vector<int> *order;
    int number;
    RpDmarcPolicy policy;

    static void
    OnAnswered (GObject *source, GAsyncResult *result, gpointer user_data)
    {
      Asker *asker = static_cast<Asker *> (user_data);

      asker->policy = rp_dmarc_lookup_finish (RP_DMARC (source), result);
      asker->order->push_back (asker->number);
    }
  };
  std::vector<int> order;
  Asker askers[] = { { &order, 0, RP_DMARC_NONE },
                     { &order, 1, RP_DMARC_NONE },
                     { &order, 2, RP_DMARC_NONE } };

  Install (&records);
  for (Asker &asker : askers)
    rp_dmarc_lookup_async (self, "proseware.com", nullptr, Asker::OnAnswered, &asker);
  EXPECT_TRUE (run_until ([&] { return order.size () == 3; }));
  EXPECT_EQ (order, std::vector<int> ({ 0, 1, 2 }));
  for (const Asker &asker : askers)
    EXPECT_EQ (asker.policy, RP_DMARC_REJECT);
  EXPECT_EQ (asked.size (), 1u);
}

TEST_F (DmarcTest, SilenceCountsAsNoPolicy)
{
  Install (nullptr);
  EXPECT_EQ (Lookup ("a.proseware.com"), RP_DMARC_NONE);
  EXPECT_EQ (asked.size (), 1u) << "a silent name server is asked once";
}

TEST_F (DmarcTest, LiteralsAndBareNamesAreNotAsked)
{
  Records records;

  Install (&records);
  EXPECT_EQ (Lookup ("[192.0.2.1]"), RP_DMARC_NONE);
  EXPECT_EQ (Lookup ("localhost"), RP_DMARC_NONE);
  EXPECT_TRUE (asked.empty ());
}

} // namespace
