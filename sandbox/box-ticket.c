#include "box-ticket.h"

#include <string.h>

#include "box-error.h"
#include "protocol/ent-codec.h"

#define ANY G_MAXINT64

typedef struct {
  gint64 wall_ms;
  gint64 idle_ms;
  gint64 cpu_ms;
  gint64 memory_bytes;
  gint64 disk_bytes;
  gint64 output_bytes;
  gint64 processes;
  gint64 open_files;
  gint64 cpu_percent;
} TicketLimits;

static const EntField ticket_limits_fields[] = {
  ENT_FIELD (TicketLimits, wall_ms, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (TicketLimits, idle_ms, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (TicketLimits, cpu_ms, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (TicketLimits, memory_bytes, ENT_FIELD_INT, ENT_OPTIONAL, ANY),
  ENT_FIELD (TicketLimits, disk_bytes, ENT_FIELD_INT, ENT_OPTIONAL, ANY),
  ENT_FIELD (TicketLimits, output_bytes, ENT_FIELD_INT, ENT_OPTIONAL, ANY),
  ENT_FIELD (TicketLimits, processes, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (TicketLimits, open_files, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (TicketLimits, cpu_percent, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
};
static const EntStruct ticket_limits_struct = { "limits", sizeof (TicketLimits),
  ticket_limits_fields, G_N_ELEMENTS (ticket_limits_fields) };

typedef struct {
  char *path; /* NULL: the input of a test */
  GBytes *bytes;
} TicketPart;

static const EntField ticket_part_fields[] = {
  ENT_FIELD (TicketPart, path, ENT_FIELD_STRING, ENT_OPTIONAL, BOX_JOB_MAX_PATH),
  ENT_FIELD (TicketPart, bytes, ENT_FIELD_BYTES, ENT_OPTIONAL, BOX_JOB_MAX_BYTES),
};
static const EntStruct ticket_part_struct = { "part", sizeof (TicketPart), ticket_part_fields,
  G_N_ELEMENTS (ticket_part_fields) };

typedef struct {
  char *language;
  char *entry;
  char *scope;
  GPtrArray *files; /* TicketPart */
  GPtrArray *tests; /* TicketPart */
  GBytes *input;
  char **args;
  char **collect;
  TicketLimits *limits;
  TicketLimits *compile_limits;
} Ticket;

static const EntField ticket_fields[] = {
  ENT_FIELD (Ticket, language, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (Ticket, entry, ENT_FIELD_STRING, ENT_REQUIRED, BOX_JOB_MAX_PATH),
  ENT_FIELD (Ticket, scope, ENT_FIELD_STRING, ENT_OPTIONAL, BOX_JOB_MAX_SCOPE),
  ENT_FIELD_STRUCT_OF (Ticket,
    files,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    BOX_JOB_MAX_FILES,
    &ticket_part_struct),
  ENT_FIELD_STRUCT_OF (Ticket,
    tests,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    BOX_JOB_MAX_TESTS,
    &ticket_part_struct),
  ENT_FIELD (Ticket, input, ENT_FIELD_BYTES, ENT_OPTIONAL, BOX_JOB_MAX_STDIN),
  ENT_FIELD (Ticket, args, ENT_FIELD_STRINGS, ENT_OPTIONAL, BOX_JOB_MAX_ARGS),
  ENT_FIELD (Ticket, collect, ENT_FIELD_STRINGS, ENT_OPTIONAL, BOX_JOB_MAX_COLLECT),
  ENT_FIELD_STRUCT_OF (Ticket, limits, ENT_FIELD_OBJECT, ENT_REQUIRED, 0, &ticket_limits_struct),
  ENT_FIELD_STRUCT_OF (Ticket,
    compile_limits,
    ENT_FIELD_OBJECT,
    ENT_REQUIRED,
    0,
    &ticket_limits_struct),
};
static const EntStruct ticket_struct = { "ticket", sizeof (Ticket), ticket_fields,
  G_N_ELEMENTS (ticket_fields) };

static void
write_limits (const BoxLimits *from, TicketLimits *to)
{
  *to = (TicketLimits){
    .wall_ms = from->wall_ms,
    .idle_ms = from->idle_ms,
    .cpu_ms = from->cpu_ms,
    .memory_bytes = from->memory_bytes,
    .disk_bytes = from->disk_bytes,
    .output_bytes = from->output_bytes,
    .processes = from->processes,
    .open_files = from->open_files,
    .cpu_percent = from->cpu_percent,
  };
}

static BoxLimits
read_limits (const TicketLimits *from)
{
  return (BoxLimits){
    .wall_ms = from->wall_ms,
    .idle_ms = from->idle_ms,
    .cpu_ms = from->cpu_ms,
    .memory_bytes = from->memory_bytes,
    .disk_bytes = from->disk_bytes,
    .output_bytes = from->output_bytes,
    .processes = from->processes,
    .open_files = from->open_files,
    .cpu_percent = from->cpu_percent,
  };
}

char *
box_ticket_write (const char *language, BoxJob *job)
{
  g_autofree TicketPart *tests = g_new0 (TicketPart, box_job_get_tests (job)->len + 1);
  g_autoptr (GPtrArray) test_list = g_ptr_array_new ();
  g_autoptr (GPtrArray) collect = g_ptr_array_new ();
  TicketLimits limits, compile_limits;
  Ticket ticket = {
    .language = (char *) language,
    .entry = (char *) box_job_get_entry (job),
    .scope = (char *) box_job_get_scope (job),
    .files = box_job_get_files (job), /* a BoxFile is laid out like a TicketPart */
    .tests = test_list,
    .input = box_job_get_stdin (job),
    .args = (char **) box_job_get_args (job),
    .limits = &limits,
    .compile_limits = &compile_limits,
  };

  G_STATIC_ASSERT (sizeof (BoxFile) == sizeof (TicketPart) &&
                   G_STRUCT_OFFSET (BoxFile, bytes) == G_STRUCT_OFFSET (TicketPart, bytes));
  for (char **arg = ticket.args; *arg != NULL; arg++)
    if (!g_utf8_validate (*arg, -1, NULL))
      return NULL;
  for (guint i = 0; i < box_job_get_tests (job)->len; i++) {
    tests[i].bytes = g_ptr_array_index (box_job_get_tests (job), i);
    g_ptr_array_add (test_list, &tests[i]);
  }
  for (guint i = 0; i < box_job_get_collect (job)->len; i++)
    g_ptr_array_add (collect, g_ptr_array_index (box_job_get_collect (job), i));
  g_ptr_array_add (collect, NULL);
  ticket.collect = (char **) collect->pdata;
  write_limits (box_job_get_limits (job), &limits);
  write_limits (box_job_get_compile_limits (job), &compile_limits);
  return ent_codec_encode (&ticket_struct, &ticket);
}

static GBytes *
bytes_or_none (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_ref (bytes) : g_bytes_new (NULL, 0);
}

static gboolean
add_parts (BoxJob *job, const Ticket *ticket, GError **error)
{
  for (guint i = 0; ticket->files != NULL && i < ticket->files->len; i++) {
    const TicketPart *file = g_ptr_array_index (ticket->files, i);
    g_autoptr (GBytes) bytes = bytes_or_none (file->bytes);

    if (!box_job_add_file (job, file->path != NULL ? file->path : "", bytes, error))
      return FALSE;
  }
  for (guint i = 0; ticket->tests != NULL && i < ticket->tests->len; i++) {
    g_autoptr (GBytes) bytes =
      bytes_or_none (((TicketPart *) g_ptr_array_index (ticket->tests, i))->bytes);

    if (!box_job_add_test (job, bytes, error))
      return FALSE;
  }
  for (char **path = ticket->collect; path != NULL && *path != NULL; path++)
    if (!box_job_add_collect (job, *path, error))
      return FALSE;
  return ticket->input == NULL || box_job_set_stdin (job, ticket->input, error);
}

static gboolean
set_limits (BoxJob *job, const Ticket *ticket, GError **error)
{
  BoxLimits limits = read_limits (ticket->limits);
  BoxLimits compile_limits = read_limits (ticket->compile_limits);

  if (limits.wall_ms == 0 || limits.cpu_ms == 0 || limits.memory_bytes == 0 ||
      limits.disk_bytes == 0 || limits.output_bytes == 0 || limits.processes == 0 ||
      limits.open_files == 0) {
    g_set_error_literal (error, BOX_ERROR, BOX_ERROR_INVALID, "A limit of the job is not set.");
    return FALSE;
  }
  box_job_set_limits (job, &limits);
  box_job_set_compile_limits (job, &compile_limits);
  return TRUE;
}

BoxJob *
box_ticket_read (const char *text, gsize size, char **language, GError **error)
{
  Ticket *ticket = ent_codec_decode (&ticket_struct, text, size, ENT_UNKNOWN_REFUSED, error);
  g_autoptr (BoxJob) job = ticket != NULL ? box_job_new (ticket->entry, error) : NULL;
  gboolean good = job != NULL && add_parts (job, ticket, error) && set_limits (job, ticket, error);

  good = good && (ticket->args == NULL ||
                   box_job_set_args (job, (const char *const *) ticket->args, error));
  good = good && (ticket->scope == NULL || box_job_set_scope (job, ticket->scope, error));
  good = good && box_job_is_complete (job, error);
  if (good)
    *language = g_steal_pointer (&ticket->language);
  ent_struct_free (&ticket_struct, ticket);
  return good ? g_steal_pointer (&job) : NULL;
}
