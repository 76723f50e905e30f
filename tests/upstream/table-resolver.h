/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GLib's default resolver for as long as it lives: answers from a table, or never. */
#pragma once

#include <gio/gio.h>
#include <map>
#include <string>
#include <vector>

using NameTable = std::map<std::string, std::vector<std::string>>;

struct TestResolver
{
  GResolver parent;
  const NameTable *table; /* null: never answers */
};

struct TestResolverClass
{
  GResolverClass parent;
};

G_DEFINE_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

inline gboolean
on_test_resolver_cancelled (GCancellable *, gpointer user_data)
{
  g_task_return_error_if_cancelled (G_TASK (user_data));
  return G_SOURCE_REMOVE;
}

inline void
test_resolver_free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (static_cast<GList *> (addresses));
}

inline void
test_resolver_lookup_async (GResolver *resolver,
                            const gchar *host,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  const NameTable *table = reinterpret_cast<TestResolver *> (resolver)->table;
  GTask *task = g_task_new (resolver, cancellable, callback, user_data);
  GList *addresses = nullptr;

  if (table == nullptr)
    {
      g_autoptr (GSource) source = g_cancellable_source_new (cancellable);

      g_task_attach_source (task, source, G_SOURCE_FUNC (on_test_resolver_cancelled));
      g_object_unref (task);
      return;
    }

  g_autofree char *key = g_ascii_strdown (host, -1);
  if (auto row = table->find (key); row != table->end ())
    for (const std::string &address : row->second)
      addresses =
          g_list_append (addresses, g_inet_address_new_from_string (address.c_str ()));
  if (addresses != nullptr)
    g_task_return_pointer (task, addresses, test_resolver_free_addresses);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                             "no such name: %s", host);
  g_object_unref (task);
}

inline void
test_resolver_lookup_with_flags_async (GResolver *resolver,
                                       const gchar *host,
                                       GResolverNameLookupFlags,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  test_resolver_lookup_async (resolver, host, cancellable, callback, user_data);
}

inline GList *
test_resolver_lookup_finish (GResolver *, GAsyncResult *result, GError **error)
{
  return static_cast<GList *> (g_task_propagate_pointer (G_TASK (result), error));
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  klass->parent.lookup_by_name_async = test_resolver_lookup_async;
  klass->parent.lookup_by_name_finish = test_resolver_lookup_finish;
  klass->parent.lookup_by_name_with_flags_async = test_resolver_lookup_with_flags_async;
  klass->parent.lookup_by_name_with_flags_finish = test_resolver_lookup_finish;
}

static void
test_resolver_init (TestResolver *)
{
}

class TableResolver
{
public:
  struct Silent
  {
  };
  static constexpr Silent silent = {};

  explicit TableResolver (NameTable table) : table_ (std::move (table))
  {
    install (&table_);
  }

  explicit TableResolver (Silent)
  {
    install (nullptr);
  }

  TableResolver (const TableResolver &) = delete;
  TableResolver &operator= (const TableResolver &) = delete;

  ~TableResolver ()
  {
    g_resolver_set_default (before_);
    g_object_unref (before_);
  }

private:
  void
  install (const NameTable *table)
  {
    g_autoptr (GResolver) resolver =
        G_RESOLVER (g_object_new (test_resolver_get_type (), nullptr));

    reinterpret_cast<TestResolver *> (resolver)->table = table;
    before_ = g_resolver_get_default ();
    g_resolver_set_default (resolver);
  }

  NameTable table_;
  GResolver *before_ = nullptr;
};
