#pragma once

#include <libsoup/soup.h>

#include "protocol/ent-api.h"

/* A real coordinator in a process of its own, on loopback, with a data folder that goes with it.
 * The program is named by ENTREVUE_COORDINATOR. */
typedef struct {
  char *folder;
  GSubprocess *process; /* NULL: not running */
  GDataInputStream *words; /* its stdout */
  char *origin; /* http://127.0.0.1:PORT; the same after a restart */
  SoupSession *session;
  char *config; /* a file; NULL: the defaults */
} TestServer;

TestServer *test_server_new (void);
void test_server_free (TestServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestServer, test_server_free)

/* Starts it, again on the port that it had. */
void test_server_start (TestServer *server);

/* Stops it, and starts it with these lines of configuration. */
void test_server_configure (TestServer *server, const char *lines);

/* Ends it without warning, as a power cut does. */
void test_server_kill (TestServer *server);

/* Ends it politely; it must exit with 0. */
void test_server_stop (TestServer *server);

/* An interview that starts now, with the invitations of a candidate, an observer and somebody who
 * leads. */
typedef struct {
  char *id;
  char *candidate;
  char *observer;
  char *lead;
} TestRoom;

TestRoom *test_server_add_room (TestServer *server);
void test_room_free (TestRoom *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestRoom, test_room_free)

/* Joins with an invitation; device tells devices apart. */
EntApiJoined *
test_server_join (TestServer *server, TestRoom *room, const char *invite, const char *device);

/* Registers a runner and starts it (the program named by ENTREVUE_RUNNER) with one slot. Look with
 * test_server_can_run() first. */
GSubprocess *test_server_add_runner (TestServer *server, const char *name);

/* From the command line, as an operator does. */
void test_server_revoke_runner (TestServer *server, const char *name);

/* Whether programs can be run in boxes on this host, and by this user. */
gboolean test_server_can_run (void);
