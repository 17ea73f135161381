#pragma once

#include "protocol/ent-api-schedule.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* No slot is longer: lists from a moment on start so long before it. */
#define COORD_LONGEST_SLOT_US (12 * G_TIME_SPAN_HOUR)

/* Slots, what may not overlap, and interviews with their room. */
typedef struct {
  char *id;
  char *org_id;
  char *interviewer_id;
  char *interviewer_name; /* only when read */
  char *title;
  char *zone;
  gint64 starts_at_us;
  gint64 ends_at_us;
  gint64 capacity;
  gint64 taken;
  gint64 version;
  char **panel; /* ids of those who interview too; NULL: nobody */
  char *series_id; /* of those that were offered together; NULL: a single one */
  gboolean is_cancelled;
  gboolean is_from_hours; /* made for one booking, and gone with it */
} CoordSlot;

void coord_slot_free (CoordSlot *slot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordSlot, coord_slot_free)

gboolean
coord_booking_store_add_slot (CoordDb *db, const CoordSlot *slot, gint64 now_us, GError **error);

/* New times and title of a slot that nobody has booked, and its end. */
gboolean coord_booking_store_change_slot (CoordDb *db, const CoordSlot *slot, GError **error);
gboolean coord_booking_store_cancel_slot (CoordDb *db, const char *id, GError **error);

/* Of the slot's series those that nobody has booked, from this one on; ids, owned. */
GPtrArray *coord_booking_store_list_rest (CoordDb *db, const CoordSlot *slot, GError **error);

/* COORD_ERROR_NOT_FOUND. */
CoordSlot *coord_booking_store_find_slot (CoordDb *db, const char *id, GError **error);

/* Slots of all organisations of a person that end after from and start before until, after a cursor
 * (start and id) in order of start; full ones only of organisations where the person is not a
 * candidate. GPtrArray of CoordSlot, owned. */
typedef struct {
  gint64 from_us;
  gint64 until_us;
  gint64 after_us; /* cursor; 0 and "" from the start */
  const char *after_id;
  guint limit;
} CoordRange;

GPtrArray *coord_booking_store_list_slots (CoordDb *db,
  const char *person_id,
  const CoordRange *range,
  GError **error);

/* The next slots of an interviewer with a free place that start after a time; owned. */
GPtrArray *coord_booking_store_list_free_slots (CoordDb *db,
  const char *org_id,
  const char *interviewer_id,
  gint64 after_us,
  guint limit,
  GError **error);

/* Takes one place; COORD_ERROR_SLOT_TAKEN when there is none. Gives one back. */
gboolean coord_booking_store_take_place (CoordDb *db, const char *slot_id, GError **error);
gboolean coord_booking_store_give_place (CoordDb *db, const char *slot_id, GError **error);

/* Reserves a person's time; COORD_ERROR_OVERLAP when it is not free. */
gboolean coord_booking_store_reserve (CoordDb *db,
  const char *person_id,
  gint64 starts_at_us,
  gint64 ends_at_us,
  const char *source,
  GError **error);

/* Frees what was reserved under a source. */
gboolean coord_booking_store_release (CoordDb *db, const char *source, GError **error);

typedef struct {
  char *name;
  char *email;
  char *locale; /* these two may be NULL */
  char *zone;
} CoordGuest;

typedef struct {
  char *id;
  char *org_id;
  char *org_name; /* only when read */
  char *slot_id;
  char *room_id;
  char *interviewer_id;
  char *interviewer_name; /* only when read */
  char *candidate_id; /* NULL: a guest */
  char *candidate_name; /* only when read; may be NULL */
  char *title;
  char *note;
  char *zone; /* the slot's; only when read */
  char *state; /* booked, ended, cancelled, no-show; only when read */
  gint64 sequence; /* of its calendar entry; only when read */
  CoordGuest guest; /* who booked without an account; email NULL: nobody did */
  gint64 starts_at_us;
  gint64 ends_at_us;
  gint64 version;
  gint64 record_removed_us; /* what was written in it is gone since; 0: it is there */
  char *role; /* of the person a list was made for, in the room; may be NULL */
} CoordInterview;

void coord_interview_free (CoordInterview *interview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordInterview, coord_interview_free)

/* Adds the interview and its open room. */
gboolean coord_booking_store_add_interview (CoordDb *db,
  const CoordInterview *interview,
  const char *created_by,
  gint64 now_us,
  GError **error);

/* Whether it is still going to be held, as far as its people decided. */
gboolean coord_interview_is_booked (const CoordInterview *interview);

/* Other times, slot and interviewer; the calendar entry's sequence grows. */
gboolean coord_booking_store_move_interview (CoordDb *db,
  const char *id,
  const CoordSlot *slot,
  GError **error);

/* A state that is final; the calendar entry's sequence grows. */
gboolean
coord_booking_store_set_state (CoordDb *db, const char *id, const char *state, GError **error);

/* What became of an interview. kind is one of ent_api_change_nicks. */
gboolean coord_booking_store_add_change (CoordDb *db,
  const char *interview_id,
  const char *actor,
  const char *kind,
  gint64 starts_at_us,
  const char *reason,
  gint64 now_us,
  GError **error);

/* In the order in which it happened (GPtrArray of EntApiChange, owned). */
GPtrArray *coord_booking_store_list_changes (CoordDb *db, const char *interview_id, GError **error);

/* COORD_ERROR_NOT_FOUND, also when the person has no place in it and is no member of its
 * organisation; "" is the operator, who sees all. role is that of person_id in the room when it has
 * one there. */
CoordInterview *coord_booking_store_find_interview (CoordDb *db,
  const char *id,
  const char *person_id,
  GError **error);

/* Interviews in whose room the person has a place: those ending at or after from_us in order of
 * start, or, when is_past, those ending before until_us with the newest first. */
GPtrArray *coord_booking_store_list_interviews (CoordDb *db,
  const char *person_id,
  gboolean is_past,
  const CoordRange *range,
  GError **error);

/* Interviews of an organisation that end at or after from_us, in order of start; of the members
 * of a team, or (NULL) of all. role is that of person_id. */
GPtrArray *coord_booking_store_list_of_org (CoordDb *db,
  const char *org_id,
  const char *team_id,
  const char *person_id,
  const CoordRange *range,
  GError **error);

/* Marks the interview of a room as ended, and frees the time of its people from now on. */
gboolean
coord_booking_store_end_interview (CoordDb *db, const char *room_id, gint64 now_us, GError **error);

G_END_DECLS
