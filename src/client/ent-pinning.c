#include "client/ent-pinning.h"

#include <string.h>

#include "base/ent-pin.h"

static GQuark ent_pin_quark (void);
G_DEFINE_QUARK (ent_pin, ent_pin)

void
ent_pinning_prepare (SoupSession *session, const char *pin)
{
  g_object_set_qdata_full (G_OBJECT (session), ent_pin_quark (), g_strdup (pin), g_free);
  if (pin != NULL)
    soup_session_set_tls_database (session, NULL);
}

/* The connection does not start before this says yes: no byte of a request goes to another key. */
static gboolean
accept_certificate_cb (SoupMessage *message,
  GTlsCertificate *certificate,
  GTlsCertificateFlags errors,
  gpointer session)
{
  const char *wanted = g_object_get_qdata (session, ent_pin_quark ());
  g_autoptr (GByteArray) der = NULL;
  g_autofree char *pin = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  pin = der != NULL ? ent_pin_of_certificate (der->data, der->len) : NULL;
  return pin != NULL && strcmp (pin, wanted) == 0;
}

void
ent_pinning_watch (SoupSession *session, SoupMessage *message)
{
  if (g_object_get_qdata (G_OBJECT (session), ent_pin_quark ()) != NULL)
    g_signal_connect_object (
      message, "accept-certificate", G_CALLBACK (accept_certificate_cb), session, 0);
}
