#pragma once

#include "protocol/ent-api.h"
#include "protocol/ent-msg-run.h"

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

/* One of GET /api/admin/runners. A runner that a coordinator has started itself has no id, and
 * cannot be drained: it ends with that coordinator. */
typedef struct {
  char *id;
  char *name;
  gboolean connected; /* to one of the coordinators at least */
  gboolean draining; /* it gets no new programs */
  gboolean drained; /* and has none any more: it can be stopped */
  gint64 busy; /* boxes that run something now, of all coordinators; some seconds late */
  gint64 slots; /* programs at once; 0 while it is not connected, as what follows is missing then */
  char *version;
  char *note; /* a warning, such as missing control groups */
  gint64 seen; /* when it was last heard of; 0: never */
  GPtrArray *languages; /* EntMsgLanguage: what it has ready; none while it is not connected */
} EntApiRunner;
ENT_STRUCT_DECLARE (EntApiRunner, ent_api_runner)

typedef struct {
  GPtrArray *items; /* EntApiRunner, by name */
  char *next;
} EntApiRunnerList;
ENT_STRUCT_DECLARE (EntApiRunnerList, ent_api_runner_list)

/* One of GET /api/admin/images: a language in one version. */
typedef struct {
  char *language; /* its id */
  char *name;
  char *version; /* NULL: the runner does not say */
  char **runners; /* names of connected ones that have it ready */
  char **missing; /* of those that have not got it in this version */
} EntApiImage;
ENT_STRUCT_DECLARE (EntApiImage, ent_api_image)

typedef struct {
  GPtrArray *items; /* EntApiImage, by language and version */
} EntApiImageList;
ENT_STRUCT_DECLARE (EntApiImageList, ent_api_image_list)

extern const char *const ent_api_admin_job_nicks[]; /* running done failed removed */
enum {
  ENT_ADMIN_JOB_RUNNING,
  ENT_ADMIN_JOB_DONE,
  ENT_ADMIN_JOB_FAILED,
  ENT_ADMIN_JOB_REMOVED, /* it was done; newer copies took its place */
};

/* GET /api/admin/jobs/{id}: something that takes long. */
typedef struct {
  char *id;
  char *kind; /* backup */
  int state; /* index into the nicks above */
  gint64 percent;
  gint64 rows; /* that were copied; 0 until it is done */
  gint64 bytes; /* that the copy takes; the same */
  char *folder; /* on the server's host, where the copy is once it is done */
  char *message; /* why it failed, and what to do */
  char *by; /* who asked: a person's id, or "operator" */
  char *name; /* of that person; NULL: the operator */
  gint64 asked;
  gint64 ended;
} EntApiAdminJob;
ENT_STRUCT_DECLARE (EntApiAdminJob, ent_api_admin_job)

/* GET /api/admin/backups */
typedef struct {
  GPtrArray *items; /* EntApiAdminJob, the newest first */
  char *next;
} EntApiBackupList;
ENT_STRUCT_DECLARE (EntApiBackupList, ent_api_backup_list)

/* What POST /api/admin/backup answers. */
typedef struct {
  char *job; /* its id */
} EntApiAdminJobBegun;
ENT_STRUCT_DECLARE (EntApiAdminJobBegun, ent_api_admin_job_begun)

G_END_DECLS
