#include "net/coord-certificate.h"

#include <gio/gio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#include "base/ent-pin.h"
#include "base/ent-secret.h"
#include "coord-secrets.h"

#define LIFE_S (20 * 365 * 86400L) /* what counts is the pin */
#define SERIAL_SIZE 16

static gboolean
fail (GError **error, int code)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Could not make a certificate: %s.",
    gnutls_strerror (code));
  return FALSE;
}

/* Both as PEM, the key first. */
static char *
export_pem (gnutls_x509_privkey_t key, gnutls_x509_crt_t certificate)
{
  gnutls_datum_t key_pem = { 0 }, certificate_pem = { 0 };
  char *text = NULL;

  if (gnutls_x509_privkey_export2_pkcs8 (
        key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_pem) >= 0 &&
      gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_pem) >= 0)
    text = g_strdup_printf ("%.*s%.*s", (int) key_pem.size, key_pem.data,
      (int) certificate_pem.size, certificate_pem.data);
  if (key_pem.data != NULL)
    explicit_bzero (key_pem.data, key_pem.size);
  gnutls_free (key_pem.data);
  gnutls_free (certificate_pem.data);
  return text;
}

static int
fill_in (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
  static const char name[] = "Entrevue coordinator";
  guint8 serial[SERIAL_SIZE];
  time_t now = time (NULL);
  int code;

  ent_secret_fill_random (serial, sizeof serial);
  serial[0] &= 0x7f;
  serial[0] |= 0x40; /* positive, and of full length */
  if ((code = gnutls_x509_crt_set_version (certificate, 3)) < 0 ||
      (code = gnutls_x509_crt_set_serial (certificate, serial, sizeof serial)) < 0 ||
      (code = gnutls_x509_crt_set_activation_time (certificate, now - 86400)) < 0 ||
      (code = gnutls_x509_crt_set_expiration_time (certificate, now + LIFE_S)) < 0 ||
      (code = gnutls_x509_crt_set_dn_by_oid (
         certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, sizeof name - 1)) < 0 ||
      (code = gnutls_x509_crt_set_basic_constraints (certificate, 0, -1)) < 0 ||
      (code = gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE)) < 0 ||
      (code = gnutls_x509_crt_set_key_purpose_oid (certificate, GNUTLS_KP_TLS_WWW_SERVER, 0)) < 0 ||
      (code = gnutls_x509_crt_set_key (certificate, key)) < 0)
    return code;
  return gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
}

static char *
make_pem (GError **error)
{
  gnutls_x509_privkey_t key = NULL;
  gnutls_x509_crt_t certificate = NULL;
  char *text = NULL;
  int code;

  if ((code = gnutls_x509_privkey_init (&key)) >= 0 &&
      (code = gnutls_x509_crt_init (&certificate)) >= 0 &&
      (code = gnutls_x509_privkey_generate (
         key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0)) >= 0 &&
      (code = fill_in (certificate, key)) >= 0)
    text = export_pem (key, certificate);
  if (certificate != NULL)
    gnutls_x509_crt_deinit (certificate);
  if (key != NULL)
    gnutls_x509_privkey_deinit (key);
  if (text == NULL)
    fail (error, code < 0 ? code : GNUTLS_E_MEMORY_ERROR);
  return text;
}

/* NULL when there is no certificate in the text. */
static char *
find_pin (const char *pem)
{
  const gnutls_datum_t text = { (unsigned char *) pem, strlen (pem) };
  gnutls_x509_crt_t certificate = NULL;
  gnutls_datum_t der = { 0 };
  char *pin = NULL;

  if (gnutls_x509_crt_init (&certificate) < 0)
    return NULL;
  if (gnutls_x509_crt_import (certificate, &text, GNUTLS_X509_FMT_PEM) >= 0 &&
      gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_DER, &der) >= 0)
    pin = ent_pin_of_certificate (der.data, der.size);
  gnutls_free (der.data);
  gnutls_x509_crt_deinit (certificate);
  return pin;
}

char *
coord_certificate_load (const char *data_folder, char **pin, GError **error)
{
  char *text = coord_secrets_load_one (data_folder, "tls.pem", make_pem, error);
  char *found = text != NULL ? find_pin (text) : NULL;

  if (text != NULL && found == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
      "The secret %s/secrets/tls.pem is damaged. Restore it from a backup: with another one, the "
      "links that were given out do not work any more.",
      data_folder);
    g_clear_pointer (&text, ent_secret_free);
  }
  if (text != NULL)
    *pin = found;
  return text;
}
