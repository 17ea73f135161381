#include "media/ent-sdp.h"

#include <gio/gio.h>
#include <string.h>

#include "media/ent-media.h"

static char *
load (const char *name)
{
  g_autofree char *path =
    g_test_build_filename (G_TEST_DIST, "..", "..", "data", "sdp", name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static char *
replace (const char *text, const char *old, const char *new)
{
  g_auto (GStrv) parts = g_strsplit (text, old, -1);

  g_assert_cmpuint (g_strv_length (parts), >, 1);
  return g_strjoinv (new, parts);
}

static const struct {
  const char *file;
  EntLinkKind kind;
} good[] = {
  { "data-offer.sdp", ENT_LINK_DATA },
  { "data-answer.sdp", ENT_LINK_DATA },
  { "call-offer.sdp", ENT_LINK_CALL },
  { "call-answer.sdp", ENT_LINK_CALL },
};

static void
test_real_descriptions (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autofree char *sdp = load (good[i].file);
    g_autofree char *unix_lines = replace (sdp, "\r\n", "\n");
    g_autofree char *fingerprint = ent_sdp_dup_fingerprint (sdp);
    g_autoptr (GError) error = NULL;

    ent_sdp_check (sdp, good[i].kind, ENT_ICE_POLICY_ALL, &error);
    g_assert_no_error (error);
    ent_sdp_check (unix_lines, good[i].kind, ENT_ICE_POLICY_RELAY, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (strlen (fingerprint), ==, 95);
    g_assert_false (ent_sdp_check (sdp,
      good[i].kind == ENT_LINK_DATA ? ENT_LINK_CALL : ENT_LINK_DATA, ENT_ICE_POLICY_ALL, NULL));
  }
}

/* One change to a good description, and why it is refused then. */
static const struct {
  const char *name;
  const char *file;
  const char *old;
  const char *new;
  const char *message;
} bad[] = {
  /* This one crashed webrtcbin at the first packet. */
  { "no-ssrc", "call-offer.sdp", "a=ssrc:", "a=tssrc:", "*naming its source*" },
  { "no-ssrc-in-answer", "call-answer.sdp", "a=ssrc:", "a=x:", "*naming its source*" },
  { "no-direction-sends-too", "call-offer.sdp", "a=sendrecv\r\na=rtpmap:96", "a=rtpmap:96", NULL },
  { "two-directions", "call-offer.sdp", "a=sendrecv", "a=recvonly\r\na=sendrecv", "*direction*" },
  { "session-direction", "call-offer.sdp", "t=0 0", "t=0 0\r\na=recvonly", "*direction*" },
  { "blank-before-attribute", "call-offer.sdp", "a=sendrecv", "a= sendrecv", "*without a name*" },
  { "no-fingerprint", "data-offer.sdp", "a=fingerprint:", "a=thumbprint:", "*no fingerprint*" },
  { "sha-1", "data-offer.sdp", "sha-256 ", "sha-1 ", "*not SHA-256*" },
  { "short-fingerprint", "data-offer.sdp", ":46:09", ":46", "*not SHA-256*" },
  { "odd-fingerprint", "data-offer.sdp", ":46:09", ":46:0G", "*not SHA-256*" },
  { "third-fingerprint", "call-offer.sdp", "a=mid:audio1",
    "a=mid:audio1\r\na=fingerprint:sha-256 "
    "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
    "00",
    "*two different*" },
  { "extra-stream", "data-offer.sdp", "a=mid:application0",
    "a=mid:application0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel", "*more streams*" },
  { "media-in-data", "data-offer.sdp", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111", "*other streams*" },
  { "audio-first", "call-offer.sdp", "m=video", "m=audio", "*other streams*" },
  { "plain-rtp", "call-offer.sdp", "UDP/TLS/RTP/SAVPF", "RTP/AVP", "*other streams*" },
  { "no-formats", "call-offer.sdp", "SAVPF 96", "SAVPF", "*other streams*" },
  { "bad-port", "data-offer.sdp", "m=application 9 ", "m=application 99999 ", "*port*" },
  { "other-codec", "call-offer.sdp", "VP8/90000", "H264/90000", "*codec*" },
  { "no-codec", "call-offer.sdp", "a=rtpmap:", "a=rtpmop:", "*codec*" },
  { "codec-in-session", "call-offer.sdp", "t=0 0", "t=0 0\r\na=rtpmap:96 VP8/90000", "*codec*" },
  { "simulcast", "call-offer.sdp", "a=mid:video0", "a=mid:video0\r\na=rid:h send", "*qualities*" },
  { "control-character", "data-offer.sdp", "s=-", "s=\x07", "*characters*" },
  { "not-ascii", "data-offer.sdp", "s=-", "s=\xc3\xa4", "*characters*" },
  { "inner-return", "data-offer.sdp", "s=-", "s=-\ra=mid:x", "*characters*" },
  { "not-a-line", "data-offer.sdp", "s=-", "session", "*not written*" },
  { "empty-line", "data-offer.sdp", "s=-", "\r\ns=-", "*not written*" },
  { "no-version", "data-offer.sdp", "v=0", "v=1", "*not written*" },
  { "name-candidate", "data-offer.sdp", "a=mid:application0",
    "a=mid:application0\r\na=candidate:1 1 UDP 1 spy.example 9 typ host", "*network address*" },
};

static void
test_bad_description (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *sdp = load (bad[i].file);
  g_autofree char *changed = replace (sdp, bad[i].old, bad[i].new);
  EntLinkKind kind = g_str_has_prefix (bad[i].file, "call") ? ENT_LINK_CALL : ENT_LINK_DATA;
  g_autoptr (GError) error = NULL;

  if (bad[i].message == NULL) {
    ent_sdp_check (changed, kind, ENT_ICE_POLICY_ALL, &error);
    g_assert_no_error (error);
    return;
  }
  g_assert_false (ent_sdp_check (changed, kind, ENT_ICE_POLICY_ALL, &error));
  g_assert_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_DESCRIPTION);
  if (!g_pattern_match_simple (bad[i].message, error->message))
    g_error ("%s: %s", bad[i].name, error->message);
}

/* Without a direction line a stream sends and needs its source all the same. */
static void
test_default_direction (void)
{
  g_autofree char *sdp = load ("call-offer.sdp");
  g_autofree char *no_direction = replace (sdp, "a=sendrecv\r\n", "");
  g_autofree char *no_source = replace (no_direction, "a=ssrc:", "a=tssrc:");
  g_autofree char *receives = replace (sdp, "a=sendrecv", "a=recvonly");
  g_autofree char *receives_only = replace (receives, "a=ssrc:", "a=tssrc:");

  g_assert_true (ent_sdp_check (no_direction, ENT_LINK_CALL, ENT_ICE_POLICY_ALL, NULL));
  g_assert_false (ent_sdp_check (no_source, ENT_LINK_CALL, ENT_ICE_POLICY_ALL, NULL));
  g_assert_true (ent_sdp_check (receives_only, ENT_LINK_CALL, ENT_ICE_POLICY_ALL, NULL));
}

static void
test_sizes (void)
{
  g_autofree char *sdp = load ("data-offer.sdp");
  g_autoptr (GString) text = g_string_new (sdp);
  g_autoptr (GError) error = NULL;

  while (text->len < ENT_SDP_MAX_BYTES - 1000)
    g_string_append_printf (text, "a=x:%0500d\r\n", 0);
  g_assert_true (ent_sdp_check (text->str, ENT_LINK_DATA, ENT_ICE_POLICY_ALL, NULL));
  g_string_append_printf (text, "a=x:%01000d\r\n", 0);
  g_assert_false (ent_sdp_check (text->str, ENT_LINK_DATA, ENT_ICE_POLICY_ALL, &error));
  g_assert_nonnull (strstr (error->message, "too long"));
  g_string_assign (text, sdp);
  for (int i = 0; i < ENT_SDP_MAX_LINES; i++)
    g_string_append (text, "a=x\r\n");
  g_assert_false (ent_sdp_check (text->str, ENT_LINK_DATA, ENT_ICE_POLICY_ALL, NULL));
  g_string_assign (text, sdp);
  g_string_append_printf (text, "a=x:%02100d\r\n", 0);
  g_assert_false (ent_sdp_check (text->str, ENT_LINK_DATA, ENT_ICE_POLICY_ALL, NULL));
  g_assert_false (ent_sdp_check ("", ENT_LINK_DATA, ENT_ICE_POLICY_ALL, NULL));
  g_assert_false (ent_sdp_check ("v=0", ENT_LINK_DATA, ENT_ICE_POLICY_ALL, NULL));
}

static void
test_many_sources (void)
{
  g_autofree char *sdp = load ("call-answer.sdp");
  g_autoptr (GString) text = g_string_new (sdp);

  for (int i = 0; i < ENT_SDP_MAX_SSRCS; i++)
    g_string_append_printf (text, "a=ssrc:%d cname:x\r\n", i);
  g_assert_false (ent_sdp_check (text->str, ENT_LINK_CALL, ENT_ICE_POLICY_ALL, NULL));
}

static const struct {
  const char *text;
  gboolean is_good;
  gboolean is_good_relayed;
} candidates[] = {
  { "0 candidate:1 1 UDP 2015363327 192.168.1.2 50000 typ host", TRUE, FALSE },
  { "1 candidate:1 1 UDP 2015363327 192.168.1.2 50000 typ host", TRUE, FALSE },
  { "0 candidate:2 1 TCP 1015021823 fe80::1 9 typ host tcptype active", TRUE, FALSE },
  { "0 candidate:3 1 UDP 1679819007 1.2.3.4 3 typ srflx raddr 10.0.0.1 rport 3", TRUE, FALSE },
  { "0 candidate:4 1 udp 505413887 1.2.3.4 5 typ relay raddr 1.2.3.5 rport 6", TRUE, TRUE },
  { "0 ", TRUE, TRUE },
  { "", FALSE, FALSE },
  { "candidate:1 1 UDP 1 1.2.3.4 5 typ host", FALSE, FALSE },
  { "100 candidate:1 1 UDP 1 1.2.3.4 5 typ host", FALSE, FALSE },
  { "0 candidate:1 1 UDP 1 1.2.3.4 5", FALSE, FALSE },
  { "0 candidate:1 1 UDP 1 1.2.3.4 5 typ", FALSE, FALSE },
  { "0 candidate:1 1 UDP 1 1.2.3.4 70000 typ host", FALSE, FALSE },
  { "0 candidate:1 3 UDP 1 1.2.3.4 5 typ host", FALSE, FALSE },
  { "0 candidate:1 1 QUIC 1 1.2.3.4 5 typ host", FALSE, FALSE },
  { "0 candidate:1 1 UDP 1 1.2.3.4 5 typ magic", FALSE, FALSE },
  { "0 candidate:1 1 UDP 1 3f2b.local 5 typ host", FALSE, FALSE },
  { "0 candidate:1 1 UDP 1 spy.example 5 typ relay", FALSE, FALSE },
  { "0 candidate:1 1 UDP 99999999999 1.2.3.4 5 typ host", FALSE, FALSE },
  { "0 candidate:1 1 UDP 1 1.2.3.4 5 typ host\r\na=x", FALSE, FALSE },
  { "0 candidate:1 1 UDP 1 1.2.3.4 5 typ host \xff", FALSE, FALSE },
};

static void
test_candidates (void)
{
  g_autofree char *long_one = g_strdup_printf (
    "0 candidate:1 1 UDP 1 1.2.3.4 5 typ relay x %0*d", ENT_CANDIDATE_MAX_BYTES, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("candidate %u", (guint) i);
    g_assert_cmpint (ent_sdp_check_candidate (candidates[i].text, ENT_ICE_POLICY_ALL, &error), ==,
      candidates[i].is_good);
    if (!candidates[i].is_good)
      g_assert_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_CANDIDATE);
    g_assert_cmpint (ent_sdp_check_candidate (candidates[i].text, ENT_ICE_POLICY_RELAY, NULL), ==,
      candidates[i].is_good_relayed);
  }
  g_assert_false (ent_sdp_check_candidate (long_one, ENT_ICE_POLICY_ALL, NULL));
}

static void
test_relay_description (void)
{
  g_autofree char *sdp = load ("data-offer.sdp");
  g_autofree char *host =
    g_strconcat (sdp, "a=candidate:1 1 UDP 1 192.168.1.2 5 typ host\r\n", NULL);
  g_autofree char *relay =
    g_strconcat (sdp, "a=candidate:1 1 UDP 1 192.168.1.2 5 typ relay\r\n", NULL);

  g_assert_true (ent_sdp_check (host, ENT_LINK_DATA, ENT_ICE_POLICY_ALL, NULL));
  g_assert_false (ent_sdp_check (host, ENT_LINK_DATA, ENT_ICE_POLICY_RELAY, NULL));
  g_assert_true (ent_sdp_check (relay, ENT_LINK_DATA, ENT_ICE_POLICY_RELAY, NULL));
}

static void
test_fingerprints (void)
{
  static const char pem[] = "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n";
  g_autofree char *sdp = load ("data-offer.sdp");
  g_autofree char *lower = replace (sdp, "5E:7D", "5e:7d");
  g_autofree char *a = ent_sdp_dup_fingerprint (sdp);
  g_autofree char *b = ent_sdp_dup_fingerprint (lower);
  g_autofree char *certificate = ent_sdp_dup_certificate_fingerprint (pem);

  g_assert_cmpstr (a, ==, b);
  g_assert_true (g_str_has_prefix (a, "5E:7D:23:4A"));
  /* SHA-256 of "abc" */
  g_assert_true (g_str_has_prefix (certificate, "BA:78:16:BF:8F:01:CF:EA"));
  g_assert_cmpuint (strlen (certificate), ==, 95);
  g_assert_null (ent_sdp_dup_fingerprint ("v=0\r\n"));
  g_assert_null (ent_sdp_dup_certificate_fingerprint (""));
  g_assert_null (
    ent_sdp_dup_certificate_fingerprint ("-----END CERTIFICATE----------BEGIN CERTIFICATE-----"));
  g_assert_null (
    ent_sdp_dup_certificate_fingerprint ("-----BEGIN CERTIFICATE----------END CERTIFICATE-----"));
}

static void
test_short_code (void)
{
  g_autofree char *ab = ent_sdp_new_short_code ("AA:01", "BB:02");
  g_autofree char *ba = ent_sdp_new_short_code ("BB:02", "AA:01");
  g_autofree char *ac = ent_sdp_new_short_code ("AA:01", "BB:03");

  g_assert_cmpstr (ab, ==, ba);
  g_assert_cmpstr (ab, !=, ac);
  g_assert_true (g_regex_match_simple ("^[0-9]{3}( [0-9]{3}){3}$", ab, 0, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdp/real-descriptions", test_real_descriptions);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *path = g_strconcat ("/sdp/refused/", bad[i].name, NULL);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_bad_description);
  }
  g_test_add_func ("/sdp/default-direction", test_default_direction);
  g_test_add_func ("/sdp/sizes", test_sizes);
  g_test_add_func ("/sdp/many-sources", test_many_sources);
  g_test_add_func ("/sdp/candidates", test_candidates);
  g_test_add_func ("/sdp/relay-description", test_relay_description);
  g_test_add_func ("/sdp/fingerprints", test_fingerprints);
  g_test_add_func ("/sdp/short-code", test_short_code);
  return g_test_run ();
}
