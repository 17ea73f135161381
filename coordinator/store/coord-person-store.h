#pragma once

#include "store/coord-account-store.h"

G_BEGIN_DECLS

/* Where people stand in the database, all of it, and what becomes of it when somebody is erased.
 * Whoever adds a table with the id of a person adds a line to the list: a test compares it with the
 * schemas of both engines. */

typedef enum {
  COORD_FATE_REMOVED, /* the row goes with the person */
  COORD_FATE_KEPT, /* the row stays; the id in it names nobody any more */
} CoordFate;

typedef struct {
  const char *table;
  const char *column; /* with the id of a person */
  CoordFate fate;
  const char *document; /* of the person's copy that tells of it; NULL: nothing there to tell */
  const char *remove; /* the statement; NULL where the row stays */
} CoordPersonPlace;

const CoordPersonPlace *coord_person_store_list_places (guint *n_places);

/* What stands where a name was. */
#define COORD_FORMER_NAME "A former participant"

/* Forgets the person: what names them goes, the id stays as a pseudonym. is_proven: the address is
 * known to be theirs, so that what is kept of it without an account goes too. */
gboolean coord_person_store_erase (CoordDb *db,
  const CoordPerson *person,
  gboolean is_proven,
  gint64 now_us,
  GError **error);

/* Interviewer and candidate are seen in what is over, though they have left. */
gboolean coord_person_store_keep_places (CoordDb *db, const char *person_id, GError **error);

/* The same as erasing for an address without an account: somebody who was booked as a guest. */
gboolean coord_person_store_erase_address (CoordDb *db, const char *email, GError **error);

/* Whether there is anything that this would erase; COORD_ERROR_NOT_FOUND. */
gboolean coord_person_store_check_address (CoordDb *db, const char *email, GError **error);

/* Lists of ids (char, owned). Interviews that are booked and not over, of which this person is
 * interviewer or candidate, or where a guest with this address (NULL: none) is. */
GPtrArray *coord_person_store_list_coming (CoordDb *db,
  const char *person_id,
  const char *email,
  gint64 now_us,
  GError **error);

/* Offered appointments to come whose interviewer this is. */
GPtrArray *
coord_person_store_list_slots (CoordDb *db, const char *person_id, gint64 now_us, GError **error);

/* Rooms of which this person, or a guest with this address, is the candidate. */
GPtrArray *coord_person_store_list_candidate_rooms (CoordDb *db,
  const char *person_id,
  const char *email,
  GError **error);

/* Their places in rooms that have not ended: ids of participants. */
GPtrArray *coord_person_store_list_open_places (CoordDb *db, const char *person_id, GError **error);

/* Names of the organisations that have other members and no other administrator. */
GPtrArray *coord_person_store_list_hand_over (CoordDb *db, const char *person_id, GError **error);

G_END_DECLS
