#include "media/ent-sdp.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A description or a candidate from a peer. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *fingerprint = ent_sdp_dup_fingerprint (text);
  g_autofree char *certificate = ent_sdp_dup_certificate_fingerprint (text);

  ent_sdp_check (text, ENT_LINK_DATA, ENT_ICE_POLICY_ALL, NULL);
  ent_sdp_check (text, ENT_LINK_CALL, ENT_ICE_POLICY_RELAY, NULL);
  ent_sdp_check_candidate (text, ENT_ICE_POLICY_ALL, NULL);
  ent_sdp_check_candidate (text, ENT_ICE_POLICY_RELAY, NULL);
  return 0;
}
