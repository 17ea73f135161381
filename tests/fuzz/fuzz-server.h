#pragma once

#include <glib.h>

/* A whole coordinator in this process, made once, with people, two organisations, slots, an
 * interview and its room. Each request is answered by the main loop alone, and what it did is
 * undone.
 *
 * It is 2027-01-15T08:00:00Z. Ids are 00000000-0000-7000-8000-000000000000 and two last digits: 01
 * host, 02 candidate, 03 lead, 04 hr, 05 admin, 06 somebody of the other organisation, who is a
 * site administrator too; 10 theirs, 11 the other; 12 a team; 20 a slot that is taken, 21 the
 * interview, 22 its room, 23 a free slot, 24 a backup. The password of all is "plain password". */
#define FUZZ_SERVER_PEOPLE 6

void fuzz_server_start (void);

/* An access token of one of the people, from 0; lent. */
const char *fuzz_server_get_token (guint who);

/* As an answer of the coordinator has it: a cursor of this path, for one of the people. */
char *fuzz_server_seal_cursor (guint who, const char *route, const char *place);

/* Sends the bytes on a connection of their own and gives the status of the first answer; 0: none.
 * That the server has made a mistake (500) ends the process. */
guint fuzz_server_ask (const void *data, gsize size);
