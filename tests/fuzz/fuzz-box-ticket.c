#include <stdint.h>
#include <string.h>

#include "sandbox/box-ticket.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A job from whoever may ask the runner of this host. One that is taken is written as it was read.
 */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *language = NULL;
  g_autofree char *again_language = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BoxJob) job = box_ticket_read ((const char *) data, size, &language, &error);
  g_autoptr (BoxJob) again = NULL;

  g_assert_true ((job == NULL) == (error != NULL));
  if (job == NULL)
    return 0;
  text = box_ticket_write (language, job);
  g_assert_nonnull (text);
  again = box_ticket_read (text, strlen (text), &again_language, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again_language, ==, language);
  g_assert_cmpstr (box_job_get_entry (again), ==, box_job_get_entry (job));
  return 0;
}
