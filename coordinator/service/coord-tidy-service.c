#include "service/coord-tidy-service.h"

#include "store/coord-account-link-store.h"
#include "store/coord-admin-job-store.h"
#include "store/coord-code-job-store.h"
#include "store/coord-export-store.h"
#include "store/coord-identity-store.h"
#include "store/coord-node-store.h"
#include "store/coord-notice-store.h"
#include "store/coord-runner-store.h"
#include "store/coord-second-factor-store.h"

#define EVERY_US G_TIME_SPAN_HOUR
#define MAIL_KEPT_US (14 * G_TIME_SPAN_DAY)
#define SESSION_KEPT_US (30 * G_TIME_SPAN_DAY)

gint64
coord_tidy_service_run (CoordDb *db, const char *subject, gint64 now_us, GError **error)
{
  /* A refresh token stays a day longer than it is good: its use is told apart from a wrong one. */
  if (!coord_db_run (db, error, "DELETE FROM refresh_token WHERE expires_at < $1",
        COORD_INT (now_us - G_TIME_SPAN_DAY)) ||
      !coord_db_run (db, error,
        "DELETE FROM session_family WHERE COALESCE (ended_at, expires_at) < $1",
        COORD_INT (now_us - SESSION_KEPT_US)) ||
      !coord_db_run (
        db, error, "DELETE FROM room_token WHERE expires_at < $1", COORD_INT (now_us)) ||
      !coord_db_run (db, error, "DELETE FROM kept_answer WHERE at < $1",
        COORD_INT (now_us - COORD_KEPT_ANSWER_US)) ||
      !coord_outbox_store_tidy (db, now_us - MAIL_KEPT_US, error) ||
      !coord_ticket_store_tidy (db, now_us, error) ||
      !coord_identity_store_tidy (db, now_us, error) ||
      !coord_account_link_store_tidy (db, now_us - G_TIME_SPAN_DAY, error) ||
      !coord_code_job_store_tidy (db, error) || !coord_export_store_tidy (db, now_us, error) ||
      !coord_notice_store_tidy (db, error) || !coord_runner_link_store_tidy (db, error) ||
      !coord_admin_job_store_tidy (db, now_us, error))
    return -1;
  return now_us + EVERY_US;
}
