#pragma once

/* Limits of what travels, stated once for every program. Bytes unless the name says otherwise. */

#define ENT_MAX_RECORD_DAYS 36500 /* after an interview its record is kept */
#define ENT_MAX_NAME 200 /* of a person, a title, an organisation */
#define ENT_MAX_TEXT 4000 /* of a note or a sentence */
#define ENT_MAX_EMAIL 254
#define ENT_MAX_PASSWORD 1024
#define ENT_MIN_PASSWORD_CHARS 10
#define ENT_MAX_PICTURE (64 * 1024) /* of a person */
#define ENT_MAX_TOKEN 4096
#define ENT_MAX_URL 2048
#define ENT_MAX_SDP (64 * 1024)
#define ENT_MAX_CANDIDATE 4096
#define ENT_MAX_SOCKET_MESSAGE (64 * 1024) /* one text frame */
#define ENT_MAX_UPDATE (2 * 1024 * 1024) /* one document update */
#define ENT_MAX_STEP2 (32 * 1024 * 1024) /* one sync step 2 */
#define ENT_MAX_PATH 512
#define ENT_MAX_FILES 200 /* count, in a room */
#define ENT_MAX_FILE_TEXT (1024 * 1024)
#define ENT_MAX_ROOM_TEXT (16 * 1024 * 1024)
#define ENT_MAX_STDIN (32 * 1024) /* in one text frame */
#define ENT_MAX_OUTPUT (1024 * 1024)
#define ENT_MAX_OUTPUT_CHUNK (16 * 1024)
#define ENT_MAX_TESTS 200 /* count, in one job */
#define ENT_MAX_TERMINAL 1000 /* rows or columns */
#define ENT_MAX_TERMINAL_INPUT 4096 /* in one message */
#define ENT_MAX_PEOPLE 12 /* count, in a room */
#define ENT_MAX_SEATS 4 /* count of people with peer links */
#define ENT_CLIENT_IDS 16 /* count, of one device in a room */
#define ENT_MAX_PEER_CLIENTS 1024 /* count, of client IDs of one person: half given, half drawn */
#define ENT_MAX_ROOM_CLIENTS \
  (16 * ENT_MAX_PEER_CLIENTS) /* likewise, of a room, removed people too */
#define ENT_MAX_STATE_VECTOR (10 * ENT_MAX_ROOM_CLIENTS + 256) /* an ID and its clock: 5 each */
#define ENT_MAX_PANEL 7 /* count of colleagues who interview beside who hosts */
#define ENT_MAX_LIST 200 /* count, of items in an HTTP list */
