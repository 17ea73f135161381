#pragma once

#include "protocol/ent-api.h"

G_BEGIN_DECLS

/* Bodies of HTTP requests and answers about what is kept of a person: a copy of it, and its end. */

/* Once more that it is really this person: POST /api/me/export, /api/me/erase,
 * /api/users/{id}/erase. */
typedef struct {
  char *password; /* NULL: the account has none, and its sign-in is fresh */
  char *code; /* of the device or the paper, where there is a second factor */
} EntApiConfirm;
ENT_STRUCT_DECLARE (EntApiConfirm, ent_api_confirm)

extern const char *const ent_api_export_nicks[]; /* preparing ready */
enum {
  ENT_API_EXPORT_PREPARING,
  ENT_API_EXPORT_READY,
};

/* GET, POST /api/me/export: the archive itself is at /api/me/export/archive. */
typedef struct {
  int state; /* index into the nicks above */
  gint64 requested;
  gint64 ready; /* these are absent while it is made */
  gint64 expires;
  gint64 bytes;
  char *sha256; /* hex */
} EntApiExport;
ENT_STRUCT_DECLARE (EntApiExport, ent_api_export)

/* GET /api/me/erasure: what erasing the account would do, and what stands in its way. */
typedef struct {
  gint64 cancelled; /* interviews to come that would be cancelled, everybody told by mail */
  gint64 records; /* interviews as candidate whose record would be removed */
  char **hand_over; /* organisations that would be without an administrator: erasing is refused */
} EntApiErasure;
ENT_STRUCT_DECLARE (EntApiErasure, ent_api_erasure)

G_END_DECLS
