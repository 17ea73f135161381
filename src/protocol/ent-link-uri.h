#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Join links: entrevue://join/HOST/ROOM#TOKEN, and https://HOST/join/ROOM#TOKEN, where HOST may
 * carry a port. Plain HTTP is meant only for hosts on this machine (127.0.0.1, ::1, localhost); all
 * others are reached by TLS. A link without #TOKEN is for people who are signed in. */
typedef struct {
  char *origin; /* "https://HOST" or "http://127.0.0.1:8080": where to send requests */
  char *room; /* NULL: a link to book a time with */
  char *token; /* NULL: none */
  char *pin; /* base64url SHA-256 of the server's public key; NULL: none */
} EntLinkUri;

void ent_link_uri_free (EntLinkUri *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntLinkUri, ent_link_uri_free)

/* Reads either form, with white space around it passed over. The error is a sentence. */
EntLinkUri *ent_link_uri_parse (const char *text, GError **error);

/* The same of a link to book a time with, entrevue://book/HOST#TOKEN or https://HOST/book#TOKEN. */
EntLinkUri *ent_link_uri_parse_booking (const char *text, GError **error);

/* Of an invitation into an organisation, entrevue://invite/HOST#TOKEN or
 * https://HOST/invite#TOKEN. */
EntLinkUri *ent_link_uri_parse_invitation (const char *text, GError **error);

/* Where a server is: an origin, and "#pin=PIN" behind it when its certificate is one of its own,
 * which nobody else vouches for. */
char *ent_place_new (const char *origin, const char *pin); /* pin may be NULL */

/* The origin of a place, and its pin, NULL when there is none. The caller owns both; pin may be
 * NULL.
 */
char *ent_place_split (const char *place, char **pin);

/* Whether the link is for the server at this place. A pin is part of what a server is: a link with
 * another one, or with none, is for somebody else. */
gboolean ent_link_uri_is_for (const EntLinkUri *link, const char *place);

/* "interviews.example.org" of the origin "https://interviews.example.org", with its port. Borrowed
 * from origin. */
const char *ent_link_uri_get_host (const char *origin);

/* The two forms; token may be NULL. The caller owns the text. NULL when place is none. */
char *ent_link_uri_build (const char *place, const char *room, const char *token);
char *ent_link_uri_build_web (const char *place, const char *room, const char *token);

/* Of a link to book a time with; likewise. */
char *ent_link_uri_build_booking (const char *place, const char *token);
char *ent_link_uri_build_booking_web (const char *place, const char *token);

/* Of an invitation into an organisation; likewise. */
char *ent_link_uri_build_invitation (const char *place, const char *token);
char *ent_link_uri_build_invitation_web (const char *place, const char *token);

/* The token of an invitation into an organisation, or of a text that is the token alone; NULL when
 * it is neither. The caller owns it. */
char *ent_link_uri_dup_invitation_token (const char *text);

/* Makes a place of what people type as a server ("interviews.example.org", with or without a
 * scheme, path, port or pin); plain HTTP only to this machine. NULL with a sentence otherwise. */
char *ent_place_from_text (const char *text, GError **error);

G_END_DECLS
