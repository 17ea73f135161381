#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "commands/coord-command.h"
#include "fuzz-same.h"
#include "support/coord-test-store.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

/* A file of accounts of another system. As many are there afterwards as it says it has added. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static CoordTestStore *store;
  int fd = memfd_create ("import", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  const CoordOptions options = { .argument = path };
  g_autoptr (CoordImported) imported = NULL;
  g_autoptr (GError) error = NULL;

  if (store == NULL) {
    fuzz_same_set_up ();
    store = coord_test_store_new_sqlite ();
    coord_test_remove_folder (store->folder); /* the database stays while it is open */
  }
  g_assert_cmpint (write (fd, data, size), ==, size);
  coord_db_run (store->db, &error, "BEGIN");
  g_assert_no_error (error);
  imported = coord_command_import_users (store->db, &options, NOW_US, &error);
  g_assert_true ((imported == NULL) == (error != NULL));
  if (imported != NULL)
    g_assert_cmpint (
      coord_test_count (store->db, "SELECT count (*) FROM person"), ==, imported->added);
  coord_db_run (store->db, NULL, "ROLLBACK");
  close (fd);
  return 0;
}
