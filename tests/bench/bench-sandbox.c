/* How quick boxes are, beside bare processes and a fresh bubblewrap, round by round in one run.
 *
 *     bench-sandbox RUNNER_FOLDER [ROUNDS] [NAME...]
 *
 * As root, with podman where that is installed. One line of JSON each: medians in milliseconds, and
 * the ratio or difference that has a goal. Bare means the same command and environment by fork and
 * exec. */

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box-host.h"
#include "box-pool.h"
#include "box-prepare.h"
#include "box-run.h"

#define READY 4

typedef struct {
  GArray *ms; /* double */
} Series;

static BoxPool *pool;
static GPtrArray *languages;
static const BoxHost *host;
static char *bare_folder;
static guint rounds = 15;
static char **only;
static int podman = -1; /* a socket: a byte asks root for a run by podman, whose time comes back */

static double
now_ms (void)
{
  return g_get_monotonic_time () / 1000.0;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
series_add (Series *series, double ms)
{
  if (series->ms == NULL)
    series->ms = g_array_new (FALSE, FALSE, sizeof (double));
  g_array_append_val (series->ms, ms);
}

static double
series_get (Series *series, double share)
{
  g_array_sort (series->ms, compare_doubles);
  return g_array_index (
    series->ms, double, MIN ((guint) (series->ms->len * share), series->ms->len - 1));
}

static double
median (Series *series)
{
  return series_get (series, 0.5);
}

static gboolean
is_wanted (const char *name)
{
  return only == NULL || *only == NULL || g_strv_contains ((const char *const *) only, name);
}

static void
say (const char *name, const char *what, double value, double goal, Series *bare, Series *ours)
{
  g_print ("{\"bench\":\"sandbox\",\"name\":\"%s\",\"%s\":%.3f,\"goal\":%.3f,\"met\":%s", name,
    what, value, goal, value <= goal ? "true" : "false");
  if (bare != NULL)
    g_print (",\"bare_ms\":%.2f,\"bare_min_ms\":%.2f", median (bare), series_get (bare, 0));
  if (ours != NULL)
    g_print (",\"box_ms\":%.2f,\"box_min_ms\":%.2f", median (ours), series_get (ours, 0));
  g_print ("}\n");
}

/* Bare processes */

static double
run_bare (char **command, char **environment)
{
  double started = now_ms ();
  int status;
  pid_t pid = fork ();

  if (pid == 0) {
    int null = open ("/dev/null", O_RDWR);
    sigset_t none;

    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);
    if (null < 0 || dup2 (null, 0) < 0 || dup2 (null, 1) < 0 || dup2 (null, 2) < 0 ||
        chdir (bare_folder) != 0)
      _exit (125);
    execve (command[0], command, environment);
    _exit (124);
  }
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED (status) || WEXITSTATUS (status) > 1)
    g_error ("%s ended with %d", command[0], status);
  return now_ms () - started;
}

static char *const bwrap_options[] = { (char *) "/usr/bin/bwrap", (char *) "--unshare-all",
  (char *) "--ro-bind", (char *) "/", (char *) "/", (char *) "--proc", (char *) "/proc",
  (char *) "--dev", (char *) "/dev", (char *) "--tmpfs", (char *) "/tmp", (char *) "--", NULL };

static double
run_bwrap (char **command, char **environment)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (char *const *word = bwrap_options; *word != NULL; word++)
    g_ptr_array_add (all, *word);
  for (; *command != NULL; command++)
    g_ptr_array_add (all, *command);
  g_ptr_array_add (all, NULL);
  return run_bare ((char **) all->pdata, environment);
}

/* Podman, which wants to be root, while this process is not any more. */

static char *podman_folder;

/* A root file system with one program and its libraries, so that podman has no layers to copy. */
static gboolean
make_podman_root (void)
{
  g_autofree char *script = NULL;
  char *command[] = { (char *) "/bin/sh", (char *) "-c", NULL, NULL };
  int status = -1;

  podman_folder = g_dir_make_tmp ("bench-podman-XXXXXX", NULL);
  script =
    g_strdup_printf ("set -e; cd '%s'; mkdir -p root/proc root/sys root/dev root/etc root/run "
                     "root/tmp root/usr/bin; cp /usr/bin/true root/usr/bin; "
                     "ldd /usr/bin/true | grep -o '/[^ ]*' | while read l; do "
                     "mkdir -p \"root${l%%/*}\"; cp -L \"$l\" \"root$l\"; done",
      podman_folder);
  command[2] = script;
  return g_spawn_sync (NULL, command, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL) &&
         status == 0;
}

/* In milliseconds; negative when it cannot. runc, since Debian 12's crun refuses hosts whose
 * control groups are of both versions. */
static double
run_podman (void)
{
  g_autofree char *root = g_build_filename (podman_folder, "root", NULL);
  g_autofree char *store = g_strdup_printf ("--root=%s/store", podman_folder);
  g_autofree char *state = g_strdup_printf ("--runroot=%s/state", podman_folder);
  g_autofree char *tmp = g_strdup_printf ("--tmpdir=%s/tmp", podman_folder);
  const char *command[] = { "/usr/bin/podman", store, state, tmp, "--storage-driver=vfs",
    "--cgroup-manager=cgroupfs", "--runtime=runc", "run", "--rm", "--network=none",
    "--ulimit=nofile=1024:1024", "--ulimit=nproc=4096:4096", "--rootfs", root, "/usr/bin/true",
    NULL };
  double started = now_ms ();
  int status = -1;

  if (!g_spawn_sync ("/", (char **) command, NULL,
        G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
        NULL) ||
      status != 0)
    return -1;
  return now_ms () - started;
}

static void
remove_folder (const char *folder)
{
  g_autofree char *remove = g_strdup_printf ("rm -rf --one-file-system '%s'", folder);

  if (system (remove) != 0)
    g_printerr ("%s is left\n", folder);
}

/* The parent, which stays root, runs podman when it is asked to; the child goes on. */
static void
fork_podman_server (void)
{
  int ends[2], status = 1;
  pid_t child;
  char byte;

  if (!g_file_test ("/usr/bin/podman", G_FILE_TEST_IS_EXECUTABLE) || !is_wanted ("true") ||
      socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return;
  child = fork ();
  if (child == 0) {
    close (ends[0]);
    podman = ends[1];
    return;
  }
  close (ends[1]);
  if (make_podman_root ())
    while (read (ends[0], &byte, 1) == 1) {
      double ms = run_podman ();

      if (write (ends[0], &ms, sizeof ms) != sizeof ms)
        break;
    }
  close (ends[0]);
  remove_folder (podman_folder);
  waitpid (child, &status, 0);
  exit (WIFEXITED (status) ? WEXITSTATUS (status) : 1);
}

static double
ask_podman (void)
{
  double ms = -1;

  if (podman < 0 || write (podman, "x", 1) != 1 || read (podman, &ms, sizeof ms) != sizeof ms)
    return -1;
  return ms;
}

/* Boxes */

typedef struct {
  guint left;
  double ended_ms;
  GPtrArray *reports;
} Batch;

static void
done_cb (BoxReport *report, gpointer data)
{
  Batch *batch = data;

  batch->ended_ms = now_ms ();
  g_ptr_array_add (batch->reports, report);
  batch->left--;
}

static const BoxRunEvents events = { NULL, NULL, done_cb, FALSE };

static void
wait_until_ready (void)
{
  while (box_pool_count_ready (pool) < READY)
    g_main_context_iteration (NULL, TRUE);
}

/* n_tests 0: a plain job. */
static BoxJob *
make_job (const char *name, const char *text, const char *scope, guint n_tests)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  BoxJob *job = box_job_new (name, &error);

  box_job_add_file (job, name, bytes, &error);
  if (scope != NULL)
    box_job_set_scope (job, scope, &error);
  for (guint i = 0; i < n_tests; i++)
    box_job_add_test (job, bytes, &error);
  g_assert_no_error (error);
  return job;
}

static double
run_jobs (const BoxLanguage *language, BoxJob **jobs, guint n, EntVerdict wanted)
{
  Batch batch = { .left = n };
  double started;

  batch.reports = g_ptr_array_new_with_free_func ((GDestroyNotify) box_report_free);
  wait_until_ready ();
  started = now_ms ();
  for (guint i = 0; i < n; i++)
    box_run_start (pool, language, jobs[i], &events, &batch);
  while (batch.left > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < n; i++) {
    const BoxReport *report = g_ptr_array_index (batch.reports, i);

    if (report->verdict != (int) wanted)
      g_error ("%s: %s %s %s", language->id, ent_verdict_nicks[report->verdict],
        report->message != NULL ? report->message : "",
        report->compile != NULL ? report->compile->output : report->stderr_text);
  }
  g_ptr_array_unref (batch.reports);
  return batch.ended_ms - started;
}

static double
run_one (const BoxLanguage *language, BoxJob *job)
{
  return run_jobs (language, &job, 1, ENT_VERDICT_OK);
}

static BoxLanguage *
find (const char *id)
{
  BoxLanguage *language = box_language_find (languages, id);

  if (language == NULL)
    g_print ("{\"bench\":\"sandbox\",\"name\":\"%s\",\"skipped\":\"not installed\"}\n", id);
  return language;
}

static void
write_bare (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (bare_folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Rows */

static void
bench_true (void)
{
  char *command[] = { (char *) "/usr/bin/true", NULL };
  char *environment[] = { (char *) "PATH=/usr/bin:/bin", NULL };
  const BoxLanguage language = { .id = (char *) "true", .run = command };
  Series bare = { 0 }, bwrap = { 0 }, podmans = { 0 }, ours = { 0 };
  gboolean has_podman = ask_podman () > 0; /* its first run sets its store up */

  for (guint i = 0; i < 3 * rounds; i++) {
    series_add (&bare, run_bare (command, environment));
    series_add (&bwrap, run_bwrap (command, environment));
    if (has_podman && i % 3 == 0)
      series_add (&podmans, ask_podman ());
    series_add (&ours, run_one (&language, make_job ("x", "", NULL, 0)));
  }
  say ("true above bare", "ms", median (&ours) - median (&bare), 1.0, &bare, &ours);
  say ("true, of bubblewrap's overhead", "ratio",
    (median (&ours) - median (&bare)) / (median (&bwrap) - median (&bare)), 0.2, &bwrap, &ours);
  if (has_podman)
    say ("true, of podman's overhead", "ratio",
      (median (&ours) - median (&bare)) / (median (&podmans) - median (&bare)), 1 / 60.0, &podmans,
      &ours);
  else
    g_print ("{\"bench\":\"sandbox\",\"name\":\"true, of podman's overhead\","
             "\"skipped\":\"podman is not installed, or cannot run here\"}\n");
}

static const struct {
  const char *name;
  const char *language;
  const char *file;
  const char *text;
  const char *bare; /* shell; NULL: the language's own run command */
  double goal;
  double repeated_goal; /* 0: not compiled */
} rows[] = {
  { "python", "python", "main.py", "print('Hello')\n", NULL, 1.10, 0 },
  { "javascript", "javascript", "main.js", "console.log('Hello');\n", NULL, 1.08, 0 },
  { "typescript", "typescript", "main.ts", "const x: string = 'Hello';\nconsole.log(x);\n",
    "exec /usr/bin/node main.js", 1.4, 1.4 },
  { "cpp", "cpp", "main.cpp",
    "#include <bits/stdc++.h>\nint main() { std::cout << \"Hello\" << std::endl; }\n",
    "/usr/bin/g++ -std=gnu++20 -O2 -Wall -pthread -o program main.cpp && ./program", 0.30, 0.06 },
  { "java", "java", "Main.java",
    "public class Main {\n  public static void main(String[] a) {\n"
    "    System.out.println(\"Hello\");\n  }\n}\n",
    "/usr/bin/javac -d out Main.java && /usr/bin/java -cp out Main", 0.55, 0.35 },
  { "go", "go", "main.go",
    "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"Hello\") }\n",
    "/usr/bin/go build -o program main.go && ./program", 0.6, 0.6 },
  { "rust", "rust", "main.rs", "fn main() { println!(\"Hello\"); }\n",
    "/usr/bin/rustc -O -o program main.rs && ./program", 0.6, 0.6 },
};

static void
bench_row (guint at)
{
  const BoxLanguage *language = find (rows[at].language);
  Series bare = { 0 }, first = { 0 }, repeated = { 0 };
  g_autofree char *again = NULL;

  if (language == NULL)
    return;
  write_bare ("main.js", rows[1].text);
  for (guint i = 0; i < rounds; i++) {
    /* Each source is new to the caches: its last line differs. */
    const char *comment = g_str_has_suffix (rows[at].file, ".py") ? "#" : "//";
    g_autofree char *text = g_strdup_printf ("%s%s %d %u\n", rows[at].text, comment, getpid (), i);
    g_auto (GStrv) environment = box_language_build_environment (language, FALSE);
    g_autoptr (BoxJob) plain = make_job (rows[at].file, text, NULL, 0);
    g_auto (GStrv) command = box_language_build_run (language, plain);
    char *shell[] = { (char *) "/bin/sh", (char *) "-c", (char *) rows[at].bare, NULL };

    write_bare (rows[at].file, text);
    for (char **variable = environment; *variable != NULL; variable++)
      if (g_str_has_prefix (*variable, "GOCACHE=") || g_str_has_prefix (*variable, "GOGC=")) {
        g_free (*variable);
        *variable = g_strdup_printf ("GOCACHE=%s/go-cache", bare_folder);
      }
    series_add (&bare, run_bare (rows[at].bare != NULL ? shell : command, environment));
    if (again == NULL)
      again = g_strdup (text);
    series_add (&first, run_one (language, make_job (rows[at].file, text, "bench", 0)));
    series_add (&repeated, run_one (language, make_job (rows[at].file, again, "bench", 0)));
  }
  say (rows[at].name, "ratio", median (&first) / median (&bare), rows[at].goal, &bare, &first);
  if (rows[at].repeated_goal > 0) {
    g_autofree char *name = g_strconcat (rows[at].name, ", repeated", NULL);

    say (
      name, "ratio", median (&repeated) / median (&bare), rows[at].repeated_goal, &bare, &repeated);
  }
}

/* 100 tests of 20 ms each, against the sum of as many bare runs. */
static void
bench_tests (void)
{
  static const char text[] =
    "#include <time.h>\nint main(void) { struct timespec a, b; "
    "clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a); do "
    "clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b); while ((b.tv_sec - a.tv_sec) * 1e9 + b.tv_nsec - "
    "a.tv_nsec < 20e6); return 0; }\n";
  const BoxLanguage *language = find ("c");
  char *compile[] = { (char *) "/usr/bin/gcc", (char *) "-O2", (char *) "-o", (char *) "program",
    (char *) "main.c", NULL };
  char *command[] = { (char *) "./program", NULL };
  char *environment[] = { (char *) "PATH=/usr/bin:/bin", NULL };
  Series bare = { 0 }, ours = { 0 };

  if (language == NULL)
    return;
  write_bare ("main.c", text);
  run_bare (compile, environment);
  run_one (language, make_job ("main.c", text, "bench", 0)); /* compiled once, before */
  for (guint i = 0; i < MAX (rounds / 5, 1); i++) {
    double sum = 0;

    for (guint j = 0; j < 100; j++)
      sum += run_bare (command, environment);
    series_add (&bare, sum);
    series_add (&ours, run_one (language, make_job ("main.c", text, "bench", 100)));
  }
  say ("100 tests", "ratio", median (&ours) / median (&bare), 1.2, &bare, &ours);
}

static pid_t
start_bare (char **command, char **environment)
{
  pid_t pid = fork ();

  if (pid == 0) {
    run_bare (command, environment);
    _exit (0);
  }
  return pid;
}

/* Two python hellos at a time: throughput, and how late the slowest are. */
static void
bench_two_at_once (void)
{
  const BoxLanguage *language = find ("python");
  g_auto (GStrv) environment = box_language_build_environment (language, FALSE);
  g_autoptr (BoxJob) plain = make_job ("main.py", rows[0].text, NULL, 0);
  g_auto (GStrv) command = box_language_build_run (language, plain);
  Series bare = { 0 }, ours = { 0 };
  int status;

  write_bare ("main.py", rows[0].text);
  for (guint i = 0; i < 2 * rounds; i++) {
    BoxJob *jobs[2];
    double started = now_ms ();
    pid_t first = start_bare (command, environment), second = start_bare (command, environment);

    waitpid (first, &status, 0);
    waitpid (second, &status, 0);
    series_add (&bare, now_ms () - started);
    for (guint j = 0; j < 2; j++)
      jobs[j] = make_job ("main.py", rows[0].text, NULL, 0);
    series_add (&ours, run_jobs (language, jobs, 2, ENT_VERDICT_OK));
  }
  say ("two at once, time of bare's", "ratio", median (&ours) / median (&bare), 1 / 0.85, &bare,
    &ours);
  say ("two at once, p95 of median", "ratio", series_get (&ours, 0.95) / median (&ours), 2, NULL,
    &ours);
}

/* How long after the wall clock's limit the verdict is there. */
static void
bench_limit (void)
{
  const BoxLanguage *language = find ("bash");
  Series late = { 0 };

  for (guint i = 0; i < MAX (rounds / 3, 1); i++) {
    BoxJob *job = make_job ("main.sh", "while :; do :; done & while :; do :; done\n", NULL, 0);
    BoxLimits limits = *box_limits_get_profile ("room");

    limits.wall_ms = 300;
    box_job_set_limits (job, &limits);
    series_add (&late, run_jobs (language, &job, 1, ENT_VERDICT_TIME_LIMIT) - 300);
  }
  say ("limit to verdict", "ms", median (&late), 50, NULL, &late);
}

/* Of this process and its four ready boxes. */
static void
bench_memory (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;
  gint64 total_kib = 0;

  wait_until_ready ();
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *groups_path = g_build_filename ("/proc", name, "cgroup", NULL);
    g_autofree char *path = g_build_filename ("/proc", name, "smaps_rollup", NULL);
    g_autofree char *groups = NULL, *text = NULL, *own = NULL;
    const char *pss;

    if (!g_ascii_isdigit (*name) || !g_file_get_contents (groups_path, &groups, NULL, NULL))
      continue;
    own = g_strdup_printf ("-%d/", (int) getppid ());
    if (strstr (groups, own) == NULL || !g_file_get_contents (path, &text, NULL, NULL))
      continue;
    pss = strstr (text, "\nPss:");
    if (pss != NULL)
      total_kib += g_ascii_strtoll (pss + 5, NULL, 10);
  }
  say ("idle runner, four boxes", "mib", total_kib / 1024.0, 20, NULL, NULL);
}

/* Set-up */

static void
prepared_cb (const char *failure, gpointer data)
{
  if (failure != NULL)
    g_printerr ("%s\n", failure);
  *(gboolean *) data = TRUE;
}

static void
prepare (void)
{
  gboolean is_done = FALSE;
  BoxPrepare *going = box_prepare_start (pool, languages, prepared_cb, &is_done);

  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
  box_prepare_stop (going);
}

static GPtrArray *
load_languages (const char *folder)
{
  const char *folders[] = { folder, NULL };
  GPtrArray *all = box_language_load_folders (folders, NULL);

  for (guint i = 0; i < all->len;) {
    box_language_probe (g_ptr_array_index (all, i), NULL);
    if (((BoxLanguage *) g_ptr_array_index (all, i))->missing == NULL)
      i++;
    else
      g_ptr_array_remove_index (all, i);
  }
  return all;
}

static void
measure (void)
{
  if (is_wanted ("memory"))
    bench_memory ();
  if (is_wanted ("true"))
    bench_true ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (is_wanted (rows[i].name))
      bench_row (i);
  if (is_wanted ("tests"))
    bench_tests ();
  if (is_wanted ("two"))
    bench_two_at_once ();
  if (is_wanted ("limit"))
    bench_limit ();
}

int
main (int argc, char **argv)
{
  g_autofree char *init_path = NULL, *folder = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) init = NULL;
  char *data;
  gsize size;

  if (argc < 2 || geteuid () != 0) {
    g_print ("{\"bench\":\"sandbox\",\"skipped\":\"needs root and the runner's folder\"}\n");
    return 0;
  }
  if (argc > 2)
    rounds = MAX (g_ascii_strtoull (argv[2], NULL, 10), 1);
  only = argc > 3 ? argv + 3 : NULL;
  signal (SIGPIPE, SIG_IGN);
  fork_podman_server ();
  init_path = g_build_filename (argv[1], "box-init", NULL);
  folder = g_build_filename (argv[1], "languages", NULL);
  if (!g_file_get_contents (init_path, &data, &size, &error))
    g_error ("%s", error->message);
  init = g_bytes_new_take (data, size);
  languages = load_languages (folder);
  host = box_host_enter (
    &(BoxHostOptions){ .user = BOX_HOST_DEFAULT_USER, .init_program = init }, &error);
  if (host == NULL)
    g_error ("%s", error->message);
  pool = box_pool_new ((BoxHost *) host, languages, READY, &error);
  if (pool == NULL)
    g_error ("%s", error->message);
  bare_folder = g_dir_make_tmp ("bench-sandbox-XXXXXX", NULL);
  if (box_prepare_is_needed (host, languages))
    prepare ();
  measure ();
  box_pool_close (pool);
  while (!box_pool_is_empty (pool))
    g_main_context_iteration (NULL, TRUE);
  box_pool_free (pool);
  g_ptr_array_unref (languages);
  remove_folder (bare_folder);
  return 0;
}
