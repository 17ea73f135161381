#include <stdint.h>
#include <string.h>

#include "protocol/ent-api.h"
#include "protocol/ent-link-uri.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-runner.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const EntStruct *const bodies[] = {
  &ent_api_problem_struct,
  &ent_api_register_struct,
  &ent_api_tokens_struct,
  &ent_api_me_struct,
  &ent_api_member_list_struct,
  &ent_api_new_slot_struct,
  &ent_api_slot_list_struct,
  &ent_api_booking_struct,
  &ent_api_interview_list_struct,
  &ent_api_new_invitation_struct,
  &ent_api_join_struct,
  &ent_api_joined_struct,
};

/* What was read and is written must read again as the same text. */
static void
round_trip (const EntStruct *type, const char *text, size_t size, EntUnknown unknown)
{
  gpointer value = ent_codec_decode (type, text, size, unknown, NULL);
  g_autofree char *first = NULL, *second = NULL;
  gpointer again;

  if (value == NULL)
    return;
  first = ent_codec_encode (type, value);
  again = ent_codec_decode (type, first, strlen (first), ENT_UNKNOWN_REFUSED, NULL);
  if (again != NULL) {
    second = ent_codec_encode (type, again);
    g_assert_cmpstr (first, ==, second);
  }
  ent_struct_free (type, again);
  ent_struct_free (type, value);
}

/* The first byte chooses the parser: messages of the four sockets, an HTTP body, a binary frame, a
 * join link. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data + 1;
  g_autoptr (EntMessage) message = NULL;

  if (size < 1)
    return 0;
  size--;
  switch (data[0]) {
  case 'r':
    message = ent_room_message_decode (text, size, NULL);
    break;
  case 'm':
    message = ent_person_message_decode (text, size, NULL);
    break;
  case 'j':
    message = ent_runner_message_decode (text, size, NULL);
    break;
  case 'p':
    message = ent_peer_message_decode (text, size, NULL);
    break;
  case 'f': {
    g_autoptr (GBytes) frame = g_bytes_new (text, size);
    g_autoptr (GBytes) payload = NULL;
    g_autofree char *id = NULL;
    EntStream stream;
    guint32 index;

    ent_frame_parse (frame, &id, &stream, &index, &payload);
    break;
  }
  case 'l': {
    g_autofree char *link = g_strndup (text, size);
    g_autoptr (EntLinkUri) uri = ent_link_uri_parse (link, NULL);
    g_autofree char *origin = ent_place_from_text (link, NULL);

    break;
  }
  default:
    round_trip (bodies[data[0] % G_N_ELEMENTS (bodies)], text, size,
      data[0] & 0x80 ? ENT_UNKNOWN_REFUSED : ENT_UNKNOWN_IGNORED);
  }
  return 0;
}
