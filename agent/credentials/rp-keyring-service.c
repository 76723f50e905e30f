/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "credentials/rp-keyring-service.h"

struct _RpKeyringService
{
  SecretService parent_instance;
};

G_DEFINE_FINAL_TYPE (RpKeyringService, rp_keyring_service, SECRET_TYPE_SERVICE)

/* libsecret's own constructor asks for the shared session bus, whatever connection it
 * was given, and a proxy takes one or the other. */
static GObject *
rp_keyring_service_constructor (GType type,
                                guint n_properties,
                                GObjectConstructParam *properties)
{
  GObject *object = G_OBJECT_CLASS (rp_keyring_service_parent_class)
                        ->constructor (type, n_properties, properties);

  g_object_set (object, "g-bus-type", G_BUS_TYPE_NONE, NULL);
  return object;
}

static void
rp_keyring_service_class_init (RpKeyringServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->constructor = rp_keyring_service_constructor;
}

static void
rp_keyring_service_init (RpKeyringService *self)
{
}
