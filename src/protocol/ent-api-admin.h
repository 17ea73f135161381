#pragma once

#include "protocol/ent-api.h"

G_BEGIN_DECLS

/* Bodies of HTTP requests and answers for site administrators. */

/* One of GET /api/users */
typedef struct {
  char *id;
  char *email;
  char *name;
  gboolean site_admin;
  gboolean active; /* FALSE: nobody can sign in to it */
  gboolean verified; /* the address was shown to be theirs */
} EntApiAccount;
ENT_STRUCT_DECLARE (EntApiAccount, ent_api_account)

typedef struct {
  GPtrArray *items; /* EntApiAccount */
  char *next;
} EntApiAccountList;
ENT_STRUCT_DECLARE (EntApiAccountList, ent_api_account_list)

/* PATCH /api/users/{id} */
typedef struct {
  gboolean active;
} EntApiAccountChange;
ENT_STRUCT_DECLARE (EntApiAccountChange, ent_api_account_change)

/* GET /api/admin/overview: numbers of the whole installation. */
typedef struct {
  gint64 people;
  gint64 blocked;
  gint64 organisations;
  gint64 interviews; /* booked, that have not ended */
  gint64 slots; /* to come, with a free place */
  gint64 sessions; /* where people are signed in */
  gint64 mails_waiting;
  gint64 mails_failed; /* given up within two weeks */
  gint64 jobs_failing; /* will be tried again */
} EntApiOverview;
ENT_STRUCT_DECLARE (EntApiOverview, ent_api_overview)

G_END_DECLS
