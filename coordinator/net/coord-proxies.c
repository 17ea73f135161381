#include "net/coord-proxies.h"

#include <gio/gio.h>
#include <string.h>

struct _CoordProxies {
  GPtrArray *masks; /* GInetAddressMask */
};

CoordProxies *
coord_proxies_new (const char *const *list, GError **error)
{
  g_autoptr (CoordProxies) proxies = g_new0 (CoordProxies, 1);

  proxies->masks = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; list != NULL && list[i] != NULL; i++) {
    GInetAddressMask *mask = g_inet_address_mask_new_from_string (list[i], NULL);

    if (mask == NULL) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "'%s' is no address and no network such as 127.0.0.1 or 10.0.0.0/8", list[i]);
      return NULL;
    }
    g_ptr_array_add (proxies->masks, mask);
  }
  return g_steal_pointer (&proxies);
}

void
coord_proxies_free (CoordProxies *proxies)
{
  g_ptr_array_unref (proxies->masks);
  g_free (proxies);
}

static gboolean
contains (CoordProxies *proxies, GInetAddress *address)
{
  for (guint i = 0; i < proxies->masks->len; i++)
    if (g_inet_address_mask_matches (proxies->masks->pdata[i], address))
      return TRUE;
  return FALSE;
}

gboolean
coord_proxies_contain (CoordProxies *proxies, const char *address)
{
  g_autoptr (GInetAddress) inet =
    proxies->masks->len > 0 ? g_inet_address_new_from_string (address) : NULL;

  return inet != NULL && contains (proxies, inet);
}

/* A proxy that listens by IPv6 writes IPv4 addresses as such of IPv6. Takes inet, may be NULL. */
static GInetAddress *
unmap (GInetAddress *inet)
{
  static const guint8 start[12] = { [10] = 0xff, [11] = 0xff };
  const guint8 *bytes = inet != NULL ? g_inet_address_to_bytes (inet) : NULL;
  GInetAddress *plain;

  if (bytes == NULL || g_inet_address_get_family (inet) != G_SOCKET_FAMILY_IPV6 ||
      memcmp (bytes, start, sizeof start) != 0)
    return inet;
  plain = g_inet_address_new_from_bytes (bytes + sizeof start, G_SOCKET_FAMILY_IPV4);
  g_object_unref (inet);
  return plain;
}

char *
coord_proxies_find_client (CoordProxies *proxies, const char *peer, const char *forwarded_for)
{
  g_autofree char *client = g_strdup (peer);
  g_auto (GStrv) hops = g_strsplit (forwarded_for != NULL ? forwarded_for : "", ",", -1);

  for (guint i = g_strv_length (hops); i > 0 && coord_proxies_contain (proxies, client); i--) {
    g_autoptr (GInetAddress) inet =
      unmap (g_inet_address_new_from_string (g_strstrip (hops[i - 1])));

    if (inet == NULL)
      break;
    g_free (client);
    client = g_inet_address_to_string (inet);
  }
  return g_steal_pointer (&client);
}
