#include "media/ent-sdp.h"

#include <gio/gio.h>
#include <string.h>

#include "media/ent-media.h"

/* GStreamer's parser is lenient (it skips blanks, takes odd line ends). This one is strict, so that
 * both see the same text the same way: what is not plain is refused. */

#define MAX_LINE_BYTES 2048
#define FINGERPRINT_LENGTH 95 /* 32 pairs of hex digits and the colons between them */
#define MAX_MEDIAS 2

typedef enum {
  MEDIA_APPLICATION,
  MEDIA_VIDEO,
  MEDIA_AUDIO,
} MediaType;

typedef struct {
  MediaType type;
  guint n_directions;
  gboolean sends; /* also when no direction is written: that means both */
  guint n_ssrcs;
  gboolean has_codec;
} Media;

typedef struct {
  EntLinkKind kind;
  EntIcePolicy policy;
  Media medias[MAX_MEDIAS];
  guint n_medias;
  char *fingerprint;
} Check;

typedef struct {
  const char *line; /* the start of the m-line's value */
  const char *protocol;
} MediaForm;

static const MediaForm media_forms[] = {
  [MEDIA_APPLICATION] = { "application", "UDP/DTLS/SCTP" },
  [MEDIA_VIDEO] = { "video", "UDP/TLS/RTP/SAVPF" },
  [MEDIA_AUDIO] = { "audio", "UDP/TLS/RTP/SAVPF" },
};

static const MediaType data_medias[] = { MEDIA_APPLICATION };
static const MediaType call_medias[] = { MEDIA_VIDEO, MEDIA_AUDIO };

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_DESCRIPTION,
    "The connection was refused: the other side's description %s.", what);
  return FALSE;
}

static const MediaType *
get_expected (EntLinkKind kind, guint *n)
{
  switch (kind) {
  case ENT_LINK_DATA:
    *n = G_N_ELEMENTS (data_medias);
    return data_medias;
  case ENT_LINK_CALL:
    *n = G_N_ELEMENTS (call_medias);
    return call_medias;
  }
  g_return_val_if_reached (NULL);
}

/* "sha-256 aa:bb:..." to "AA:BB:..."; NULL when it is not such a value. */
static char *
parse_fingerprint (const char *value)
{
  const char *hex;

  if (g_ascii_strncasecmp (value, "sha-256 ", 8) != 0)
    return NULL;
  hex = value + 8;
  if (strlen (hex) != FINGERPRINT_LENGTH)
    return NULL;
  for (gsize i = 0; i < FINGERPRINT_LENGTH; i++)
    if (i % 3 == 2 ? hex[i] != ':' : !g_ascii_isxdigit (hex[i]))
      return NULL;
  return g_ascii_strup (hex, -1);
}

static gboolean
check_media_line (Check *check, const char *value, GError **error)
{
  g_auto (GStrv) fields = g_strsplit (value, " ", -1);
  guint n_expected = 0;
  const MediaType *expected = get_expected (check->kind, &n_expected);
  Media *media;
  const MediaForm *form;

  if (check->n_medias >= n_expected)
    return refuse (error, "has more streams than this connection carries");
  media = &check->medias[check->n_medias];
  media->type = expected[check->n_medias];
  media->sends = media->type != MEDIA_APPLICATION;
  form = &media_forms[media->type];
  if (g_strv_length (fields) < 4 || strcmp (fields[0], form->line) != 0 ||
      strcmp (fields[2], form->protocol) != 0)
    return refuse (error, "has other streams than this connection carries");
  if (!g_ascii_string_to_unsigned (fields[1], 10, 0, 65535, NULL, NULL))
    return refuse (error, "has a stream without a port");
  check->n_medias++;
  return TRUE;
}

static gboolean
check_direction (Media *media, const char *name, GError **error)
{
  if (media == NULL || media->n_directions++ > 0)
    return refuse (error, "gives the direction of a stream twice or in the wrong place");
  media->sends = strcmp (name, "sendrecv") == 0 || strcmp (name, "sendonly") == 0;
  return TRUE;
}

static gboolean
check_fingerprint (Check *check, const char *value, GError **error)
{
  g_autofree char *fingerprint = parse_fingerprint (value);

  if (fingerprint == NULL)
    return refuse (error, "has a fingerprint that is not SHA-256");
  if (check->fingerprint != NULL && strcmp (check->fingerprint, fingerprint) != 0)
    return refuse (error, "has two different fingerprints");
  if (check->fingerprint == NULL)
    check->fingerprint = g_steal_pointer (&fingerprint);
  return TRUE;
}

static gboolean
check_codec (Media *media, const char *value, GError **error)
{
  const char *codec = strchr (value, ' ');
  const char *wanted = media != NULL && media->type == MEDIA_VIDEO ? "VP8/90000" : "OPUS/48000";

  if (media == NULL || media->type == MEDIA_APPLICATION || codec == NULL)
    return refuse (error, "names a codec in the wrong place");
  codec++;
  if (g_ascii_strncasecmp (codec, wanted, strlen (wanted)) == 0)
    media->has_codec = TRUE;
  else if (g_ascii_strncasecmp (codec, "rtx/", 4) != 0)
    return refuse (error, "names a codec other than VP8 and Opus");
  return TRUE;
}

static gboolean
check_attribute (Check *check, const char *value, GError **error)
{
  Media *media = check->n_medias > 0 ? &check->medias[check->n_medias - 1] : NULL;
  gsize length = strspn (value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
  g_autofree char *name = g_strndup (value, length);
  const char *rest = value[length] == ':' ? value + length + 1 : "";

  if (length == 0 || (value[length] != ':' && value[length] != '\0'))
    return refuse (error, "has an attribute without a name");
  if (strcmp (name, "sendrecv") == 0 || strcmp (name, "sendonly") == 0 ||
      strcmp (name, "recvonly") == 0 || strcmp (name, "inactive") == 0)
    return check_direction (media, name, error);
  if (strcmp (name, "fingerprint") == 0)
    return check_fingerprint (check, rest, error);
  if (strcmp (name, "rtpmap") == 0)
    return check_codec (media, rest, error);
  if (strcmp (name, "candidate") == 0) {
    g_autofree char *candidate = g_strconcat ("0 ", value, NULL);
    g_autoptr (GError) why = NULL;

    return ent_sdp_check_candidate (candidate, check->policy, &why) ||
           refuse (error, "has a network address that is not acceptable");
  }
  if (strcmp (name, "rid") == 0 || strcmp (name, "simulcast") == 0)
    return refuse (error, "sends one stream in several qualities");
  if (strcmp (name, "ssrc") != 0)
    return TRUE;
  if (media == NULL || !g_ascii_isdigit (rest[0]))
    return refuse (error, "names a source in the wrong place");
  if (++media->n_ssrcs > ENT_SDP_MAX_SSRCS)
    return refuse (error, "names too many sources");
  return TRUE;
}

static gboolean
check_line (Check *check, const char *line, GError **error)
{
  if (strlen (line) > MAX_LINE_BYTES)
    return refuse (error, "has a line that is too long");
  if (line[0] == '\0' || line[1] != '=' || strchr ("vosiuepcbtrzkam", line[0]) == NULL)
    return refuse (error, "is not written as such");
  for (const char *c = line; *c != '\0'; c++)
    if (*c < ' ' || *c > '~')
      return refuse (error, "has characters that do not belong there");
  if (line[0] == 'm')
    return check_media_line (check, line + 2, error);
  if (line[0] == 'a')
    return check_attribute (check, line + 2, error);
  return TRUE;
}

static gboolean
check_whole (Check *check, GError **error)
{
  guint n_expected = 0;

  get_expected (check->kind, &n_expected);
  if (check->n_medias != n_expected)
    return refuse (error, "has fewer streams than this connection carries");
  if (check->fingerprint == NULL)
    return refuse (error, "has no fingerprint");
  for (guint i = 0; i < check->n_medias; i++) {
    Media *media = &check->medias[i];

    if (media->type == MEDIA_APPLICATION)
      continue;
    /* webrtcbin 1.22 and 1.26 crash at the first packet of such a stream. */
    if (media->sends && media->n_ssrcs == 0)
      return refuse (error, "sends a stream without naming its source");
    if (!media->has_codec)
      return refuse (error, "has a stream without a known codec");
  }
  return TRUE;
}

static gboolean
check_lines (Check *check, const char *sdp, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (sdp, "\n", ENT_SDP_MAX_LINES + 1);
  guint n_lines = g_strv_length (lines);

  /* The last line ends like every other one, so an empty text follows it. */
  if (n_lines < 2 || n_lines > ENT_SDP_MAX_LINES || lines[n_lines - 1][0] != '\0' ||
      strcmp (g_strchomp (lines[0]), "v=0") != 0)
    return refuse (error, "is not written as such");
  for (guint i = 0; i < n_lines - 1; i++) {
    gsize length = strlen (lines[i]);

    if (length > 0 && lines[i][length - 1] == '\r')
      lines[i][length - 1] = '\0';
    if (!check_line (check, lines[i], error))
      return FALSE;
  }
  return check_whole (check, error);
}

gboolean
ent_sdp_check (const char *sdp, EntLinkKind kind, EntIcePolicy policy, GError **error)
{
  Check check = { .kind = kind, .policy = policy };
  gboolean is_good;

  if (strnlen (sdp, ENT_SDP_MAX_BYTES + 1) > ENT_SDP_MAX_BYTES)
    return refuse (error, "is too long");
  is_good = check_lines (&check, sdp, error);
  g_free (check.fingerprint);
  return is_good;
}

static gboolean
refuse_candidate (GError **error, const char *what)
{
  g_set_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_CANDIDATE,
    "A network address of the other side was refused: %s.", what);
  return FALSE;
}

static gboolean
is_one_of (const char *text, const char *const *list)
{
  for (gsize i = 0; list[i] != NULL; i++)
    if (g_ascii_strcasecmp (text, list[i]) == 0)
      return TRUE;
  return FALSE;
}

/* candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type> ... */
static gboolean
check_candidate_fields (char **fields, EntIcePolicy policy, GError **error)
{
  static const char *const transports[] = { "udp", "tcp", NULL };
  static const char *const types[] = { "host", "srflx", "prflx", "relay", NULL };

  if (g_strv_length (fields) < 8 || strcmp (fields[6], "typ") != 0)
    return refuse_candidate (error, "it is not written as such");
  if (!g_ascii_string_to_unsigned (fields[1], 10, 1, 2, NULL, NULL) ||
      !is_one_of (fields[2], transports) ||
      !g_ascii_string_to_unsigned (fields[3], 10, 0, G_MAXUINT32, NULL, NULL) ||
      !g_ascii_string_to_unsigned (fields[5], 10, 0, 65535, NULL, NULL) ||
      !is_one_of (fields[7], types))
    return refuse_candidate (error, "a field of it is out of range");
  /* A name would be looked up, which tells a stranger's server who we are. */
  if (!g_hostname_is_ip_address (fields[4]))
    return refuse_candidate (error, "it has a name instead of an address");
  if (policy == ENT_ICE_POLICY_RELAY && g_ascii_strcasecmp (fields[7], "relay") != 0)
    return refuse_candidate (error, "only relayed connections are allowed here");
  return TRUE;
}

gboolean
ent_sdp_check_candidate (const char *candidate, EntIcePolicy policy, GError **error)
{
  g_auto (GStrv) fields = NULL;
  gsize digits;
  const char *text;

  if (strnlen (candidate, ENT_CANDIDATE_MAX_BYTES + 1) > ENT_CANDIDATE_MAX_BYTES)
    return refuse_candidate (error, "it is too long");
  for (const char *c = candidate; *c != '\0'; c++)
    if (*c < ' ' || *c > '~')
      return refuse_candidate (error, "it has characters that do not belong there");
  digits = strspn (candidate, "0123456789");
  if (digits == 0 || digits > 2 || candidate[digits] != ' ')
    return refuse_candidate (error, "it does not say which stream it is for");
  text = candidate + digits + 1;
  if (text[0] == '\0')
    return TRUE;
  if (!g_str_has_prefix (text, "candidate:"))
    return refuse_candidate (error, "it is not written as such");
  fields = g_strsplit (text, " ", -1);
  return check_candidate_fields (fields, policy, error);
}

char *
ent_sdp_dup_fingerprint (const char *sdp)
{
  g_auto (GStrv) lines = g_strsplit_set (sdp, "\r\n", -1);
  g_autofree char *found = NULL;

  for (gsize i = 0; lines[i] != NULL; i++) {
    g_autofree char *one = NULL;

    if (!g_str_has_prefix (lines[i], "a=fingerprint:"))
      continue;
    one = parse_fingerprint (lines[i] + strlen ("a=fingerprint:"));
    if (one == NULL || (found != NULL && strcmp (one, found) != 0))
      return NULL;
    if (found == NULL)
      found = g_steal_pointer (&one);
  }
  return g_steal_pointer (&found);
}

char *
ent_sdp_dup_certificate_fingerprint (const char *pem)
{
  static const char begin_mark[] = "-----BEGIN CERTIFICATE-----";
  const char *begin = strstr (pem, begin_mark);
  const char *end = strstr (pem, "-----END CERTIFICATE-----");
  g_autofree char *base64 = NULL;
  g_autofree guchar *der = NULL;
  g_autofree char *sum = NULL;
  GString *fingerprint;
  gsize size = 0;

  if (begin == NULL || end == NULL || end < begin + strlen (begin_mark))
    return NULL;
  begin += strlen (begin_mark);
  base64 = g_strndup (begin, end - begin);
  der = g_base64_decode (base64, &size);
  if (size == 0)
    return NULL;
  sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der, size);
  fingerprint = g_string_new (NULL);
  for (gsize i = 0; sum[i] != '\0'; i += 2)
    g_string_append_printf (fingerprint, "%s%c%c", i > 0 ? ":" : "", g_ascii_toupper (sum[i]),
      g_ascii_toupper (sum[i + 1]));
  return g_string_free (fingerprint, FALSE);
}

char *
ent_sdp_new_short_code (const char *fingerprint_a, const char *fingerprint_b)
{
  gboolean in_order = strcmp (fingerprint_a, fingerprint_b) <= 0;
  g_autofree char *text = g_strdup_printf ("entrevue short code 1\n%s\n%s",
    in_order ? fingerprint_a : fingerprint_b, in_order ? fingerprint_b : fingerprint_a);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;
  guint64 number;

  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, digest, &size);
  for (guint i = 0; i < ENT_SHORT_CODE_ROUNDS; i++) {
    g_checksum_reset (checksum);
    g_checksum_update (checksum, digest, sizeof digest);
    g_checksum_update (checksum, (const guchar *) text, -1);
    g_checksum_get_digest (checksum, digest, &size);
  }
  memcpy (&number, digest, sizeof number);
  number = GUINT64_FROM_BE (number) % G_GUINT64_CONSTANT (1000000000000);
  return g_strdup_printf ("%03u %03u %03u %03u", (guint) (number / 1000000000),
    (guint) (number / 1000000 % 1000), (guint) (number / 1000 % 1000), (guint) (number % 1000));
}
