#include "store/coord-overview-store.h"

#define COUNT(what) "(SELECT COUNT(*) FROM " what ")"

EntApiOverview *
coord_overview_store_read (CoordDb *db, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " COUNT ("person WHERE erased_at IS NULL") ", " COUNT (
      "person WHERE is_active = 0 AND "
      "erased_at IS NULL") ", " COUNT ("org") ", " COUNT ("interview WHERE state = 'booked' AND "
                                                          "ends_at > $1") ", " COUNT ("slot WHERE "
                                                                                      "taken < "
                                                                                      "capacity "
                                                                                      "AND "
                                                                                      "starts_at > "
                                                                                      "$1") ","
                                                                                            " " COUNT (
                                                                                              "sess"
                                                                                              "ion_"
                                                                                              "fami"
                                                                                              "ly "
                                                                                              "WHER"
                                                                                              "E "
                                                                                              "ende"
                                                                                              "d_"
                                                                                              "at "
                                                                                              "IS "
                                                                                              "NULL"
                                                                                              " "
                                                                                              "AND "
                                                                                              "expi"
                                                                                              "res_"
                                                                                              "at "
                                                                                              "> "
                                                                                              "$1") ", " COUNT ("outbox WHERE state IN ('waiting', 'sending')") ", " COUNT ("outbox WHERE state = 'failed'") ", " COUNT ("job WHERE attempts > 0"),
    COORD_INT (now_us));
  EntApiOverview *overview;

  if (rows == NULL || !coord_rows_next (rows))
    return NULL;
  overview = ent_api_overview_new ();
  overview->people = coord_rows_get_int (rows, 0);
  overview->blocked = coord_rows_get_int (rows, 1);
  overview->organisations = coord_rows_get_int (rows, 2);
  overview->interviews = coord_rows_get_int (rows, 3);
  overview->slots = coord_rows_get_int (rows, 4);
  overview->sessions = coord_rows_get_int (rows, 5);
  overview->mails_waiting = coord_rows_get_int (rows, 6);
  overview->mails_failed = coord_rows_get_int (rows, 7);
  overview->jobs_failing = coord_rows_get_int (rows, 8);
  return overview;
}
