#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The coordinator's errors. Each value is one decision that some caller makes differently, and one
 * stable `code` of the HTTP interface. Messages are sentences for the person who asked. */
#define COORD_ERROR (coord_error_quark ())

typedef enum {
  COORD_ERROR_INTERNAL, /* ours; the message is logged and not shown */
  COORD_ERROR_UNAVAILABLE, /* try again later: busy, full, going down */
  COORD_ERROR_STORAGE_FULL,
  COORD_ERROR_INVALID,
  COORD_ERROR_UNKNOWN_FIELD,
  COORD_ERROR_NOT_SIGNED_IN,
  COORD_ERROR_TOKEN_EXPIRED,
  COORD_ERROR_WRONG_PASSWORD,
  COORD_ERROR_WRONG_CODE, /* of the second factor */
  COORD_ERROR_SIGN_IN_TOO_OLD,
  COORD_ERROR_DENIED,
  COORD_ERROR_REGISTRATION_CLOSED,
  COORD_ERROR_NOT_FOUND,
  COORD_ERROR_METHOD,
  COORD_ERROR_CONFLICT,
  COORD_ERROR_SLOT_TAKEN,
  COORD_ERROR_OVERLAP,
  COORD_ERROR_CHANGED, /* another version than the one that was seen */
  COORD_ERROR_VERSION_NEEDED,
  COORD_ERROR_TOO_LARGE,
  COORD_ERROR_TOO_FAST,
  COORD_ERROR_INVITATION_WRONG,
  COORD_ERROR_INVITATION_EXPIRED,
  COORD_ERROR_INVITATION_CLOSED,
  COORD_ERROR_INVITATION_OTHER_DEVICE,
  COORD_ERROR_SIGN_IN_ENDED, /* with another service: used, too old, or begun elsewhere */
  COORD_ERROR_SIGN_IN_DENIED, /* there, by the person */
  COORD_ERROR_ADDRESS_UNVERIFIED, /* by that service */
  COORD_ERROR_LINK_NEEDED, /* its address has an account that is not connected with it */
  COORD_ERROR_PROVIDER, /* it cannot be reached, or what it says cannot be believed */
  COORD_ERROR_LINK_ENDED, /* of a mail: used, too old, or none of ours */
  COORD_ERROR_ROOM_NOT_OPEN,
  COORD_ERROR_ROOM_ENDED,
  COORD_ERROR_ROOM_FULL,
  COORD_ERROR_REMOVED,
  COORD_ERROR_KEY_REUSED,
  COORD_ERROR_NO_RUNNER,
  COORD_ERROR_MOVED, /* the room is at home at another node; the message is its address */
} CoordError;

GQuark coord_error_quark (void);

/* With COORD_ERROR_SLOT_TAKEN: the times that can be had instead (GPtrArray of EntApiFreeTime).
 * take consumes the array, get lends it or NULL. */
void coord_error_take_free (GError *error, GPtrArray *times);
GPtrArray *coord_error_get_free (const GError *error);

/* The stable code on the wire ("slot_taken") and the HTTP status of an error. An error of another
 * domain counts as internal. */
const char *coord_error_get_code (const GError *error);
guint coord_error_get_status (const GError *error);

G_END_DECLS
