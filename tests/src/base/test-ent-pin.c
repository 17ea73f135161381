#include <glib.h>
#include <string.h>

#include "base/ent-pin.h"

/* Made and asked for its pin by openssl. */
static const char certificate[] =
  "MIIBdTCCARugAwIBAgIUCKajUVhEwpE4XQcZ5IytD6Uq5S4wCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEVGVzdDAgFw"
  "0yNjExMjExMjEyMTFaGA8yMTA5MDExMDEyMTIxMVowDzENMAsGA1UEAwwEVGVzdDBZMBMGByqGSM49AgEGCCqGSM49"
  "AwEHA0IABM083Iq9DSj3XRak37pPELqiEoe/MUnY5/E+qBMlaUX91GtmTyEQrot+g1obEv/Y6k188MEOxmKZlMsPg8"
  "y+iD+jUzBRMB0GA1UdDgQWBBRGic9VR/Kyn8ArlCrA01T+YV5Q6TAfBgNVHSMEGDAWgBRGic9VR/Kyn8ArlCrA01T+"
  "YV5Q6TAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDHptwCldGMYWuWb3A9lnyO06lHtBx49nYlxt"
  "vUCSsE6wIgB6l/eL9Cm947mp01XNLcr+ZeR2F3CxFU+GqLF0TxghY=";
#define PIN "x7cZDd74fUkKXp3Oji85moQvKY52SDy3efcCYETYdGo"

static void
test_known (void)
{
  gsize size;
  g_autofree guchar *der = g_base64_decode (certificate, &size);
  g_autofree char *pin = ent_pin_of_certificate (der, size);

  g_assert_cmpstr (pin, ==, PIN);
}

/* Cut off or changed anywhere it is no certificate, has another pin, or the change was elsewhere;
 * and nothing outside of it is ever read. */
static void
test_damaged (void)
{
  gsize size;
  g_autofree guchar *der = g_base64_decode (certificate, &size);
  guint n_other = 0;

  for (gsize i = 0; i < size; i++) {
    g_autofree guchar *cut = g_memdup2 (der, i);

    g_assert_null (ent_pin_of_certificate (cut, i));
  }
  for (gsize i = 0; i < size * 8; i++) {
    g_autofree guchar *changed = g_memdup2 (der, size);
    g_autofree char *pin = NULL;

    changed[i / 8] ^= 1 << i % 8;
    pin = ent_pin_of_certificate (changed, size);
    n_other += g_strcmp0 (pin, PIN) != 0;
  }
  g_assert_cmpuint (n_other, >, 91 * 8); /* the key's own bytes, and every length */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pin/known", test_known);
  g_test_add_func ("/pin/damaged", test_damaged);
  return g_test_run ();
}
