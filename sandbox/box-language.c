#include "box-language.h"

#include <string.h>
#include <sys/wait.h>

#include "box-error.h"
#include "protocol/ent-codec.h"

/* Keys of a language file; whatever is not here is refused. */
static const char *const known_keys[][10] = {
  { "language", "id", "name", "file", "extensions", "environment", "paths", "version", "version-of",
    NULL },
  { "compile", "command", "diagnostics", NULL },
  { "run", "command", NULL },
  { "prepare", "command", NULL },
  { "limits", "wall-s", "cpu-s", "memory-mib", "disk-mib", "processes", "open-files", NULL },
  { "compile-limits", "wall-s", "cpu-s", "memory-mib", "disk-mib", "processes", "open-files",
    NULL },
  { "template", "text", NULL },
};

static gboolean
refuse (GError **error, const char *path, const char *what, const char *name)
{
  g_set_error (error, BOX_ERROR, BOX_ERROR_HOST, "The language file %s is wrong: %s \"%s\".", path,
    what, name);
  return FALSE;
}

static gboolean
check_keys (GKeyFile *file, const char *path, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (char **group = groups; *group != NULL; group++) {
    g_auto (GStrv) keys = g_key_file_get_keys (file, *group, NULL, NULL);
    const char *const *known = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS (known_keys); i++)
      if (g_str_equal (known_keys[i][0], *group))
        known = known_keys[i] + 1;
    if (known == NULL)
      return refuse (error, path, "unknown group", *group);
    for (char **key = keys; *key != NULL; key++)
      if (!g_strv_contains (known, *key))
        return refuse (error, path, "unknown key", *key);
  }
  return TRUE;
}

static gboolean
read_limits (GKeyFile *file, const char *path, const char *group, BoxLimits *limits, GError **error)
{
  static const char *const keys[] = { "wall-s", "cpu-s", "memory-mib", "disk-mib", "processes",
    "open-files" };
  guint64 values[G_N_ELEMENTS (keys)] = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (GError) local = NULL;

    if (!g_key_file_has_key (file, group, keys[i], NULL))
      continue;
    values[i] = g_key_file_get_uint64 (file, group, keys[i], &local);
    if (local != NULL || values[i] == 0 || values[i] > 65536)
      return refuse (error, path, "no whole number from 1 to 65536 in", keys[i]);
  }
  if (values[0] != 0)
    limits->wall_ms = values[0] * 1000;
  if (values[1] != 0)
    limits->cpu_ms = values[1] * 1000;
  if (values[2] != 0)
    limits->memory_bytes = values[2] << 20;
  if (values[3] != 0)
    limits->disk_bytes = values[3] << 20;
  if (values[4] != 0)
    limits->processes = values[4];
  if (values[5] != 0)
    limits->open_files = values[5];
  return TRUE;
}

/* A command names its program by its full path, so that no PATH decides what is run. */
static gboolean
check_command (char **command, const char *path, const char *group, GError **error)
{
  if (command == NULL || command[0] == NULL)
    return refuse (error, path, "no command in", group);
  if (!g_path_is_absolute (command[0]) && !g_str_has_prefix (command[0], "./"))
    return refuse (error, path, "the program has no full path in", group);
  return TRUE;
}

/* Folders that a box never shows, whatever a language file says. */
static gboolean
check_paths (char **paths, const char *path, GError **error)
{
  static const char *const places[] = { "/usr/", "/opt/", "/etc/", "/var/lib/", "/srv/" };

  for (char **p = paths; p != NULL && *p != NULL; p++) {
    gboolean good = FALSE;

    for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
      good |= g_str_has_prefix (*p, places[i]) && strlen (*p) > strlen (places[i]);
    if (!good || strstr (*p, "..") != NULL)
      return refuse (error, path, "a box may not show", *p);
  }
  return TRUE;
}

static gboolean
read_diagnostics (GKeyFile *file, const char *path, BoxDiagnostics *diagnostics, GError **error)
{
  g_autofree char *name = g_key_file_get_string (file, "compile", "diagnostics", NULL);

  if (name == NULL || g_str_equal (name, "none"))
    *diagnostics = BOX_DIAGNOSTICS_NONE;
  else if (g_str_equal (name, "gcc"))
    *diagnostics = BOX_DIAGNOSTICS_GCC;
  else if (g_str_equal (name, "javac"))
    *diagnostics = BOX_DIAGNOSTICS_JAVAC;
  else if (g_str_equal (name, "go"))
    *diagnostics = BOX_DIAGNOSTICS_GO;
  else if (g_str_equal (name, "mcs"))
    *diagnostics = BOX_DIAGNOSTICS_MCS;
  else if (g_str_equal (name, "rustc"))
    *diagnostics = BOX_DIAGNOSTICS_RUSTC;
  else if (g_str_equal (name, "esbuild"))
    *diagnostics = BOX_DIAGNOSTICS_ESBUILD;
  else
    return refuse (error, path, "unknown diagnostics", name);
  return TRUE;
}

static gboolean
check_id (const char *id)
{
  for (const char *c = id; *c != '\0'; c++)
    if (!g_ascii_islower (*c) && !g_ascii_isdigit (*c) && *c != '-')
      return FALSE;
  return *id != '\0' && strlen (id) <= 32;
}

BoxLanguage *
box_language_load (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (BoxLanguage) language = g_new0 (BoxLanguage, 1);
  const char *group = "language";

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error)) {
    g_prefix_error (error, "The language file %s cannot be read: ", path);
    return NULL;
  }
  if (!check_keys (file, path, error))
    return NULL;

  language->id = g_key_file_get_string (file, group, "id", NULL);
  language->name = g_key_file_get_string (file, group, "name", NULL);
  language->file = g_key_file_get_string (file, group, "file", NULL);
  language->extensions = g_key_file_get_string_list (file, group, "extensions", NULL, NULL);
  language->environment = g_key_file_get_string_list (file, group, "environment", NULL, NULL);
  language->paths = g_key_file_get_string_list (file, group, "paths", NULL, NULL);
  language->version_command = g_key_file_get_string_list (file, group, "version", NULL, NULL);
  language->version_of = g_key_file_get_string (file, group, "version-of", NULL);
  language->run = g_key_file_get_string_list (file, "run", "command", NULL, NULL);
  language->compile = g_key_file_get_string_list (file, "compile", "command", NULL, NULL);
  language->prepare = g_key_file_get_string_list (file, "prepare", "command", NULL, NULL);
  language->template_text = g_key_file_get_string (file, "template", "text", NULL);
  language->compile_limits = *box_limits_get_compile ();

  if (language->id == NULL || !check_id (language->id)) {
    refuse (error, path, "no usable id:", language->id ? language->id : "");
    return NULL;
  }
  if (language->name == NULL || language->file == NULL || language->extensions == NULL) {
    refuse (error, path, "name, file and extensions are needed in", group);
    return NULL;
  }
  if (!box_job_check_path (language->file, error) ||
      !check_command (language->run, path, "run", error) ||
      !check_command (language->version_command, path, "version", error) ||
      (g_key_file_has_group (file, "compile") &&
        !check_command (language->compile, path, "compile", error)) ||
      (g_key_file_has_group (file, "prepare") &&
        !check_command (language->prepare, path, "prepare", error)) ||
      !check_paths (language->paths, path, error) ||
      !read_diagnostics (file, path, &language->diagnostics, error) ||
      !read_limits (file, path, "limits", &language->run_limits, error) ||
      !read_limits (file, path, "compile-limits", &language->compile_limits, error))
    return NULL;
  return g_steal_pointer (&language);
}

void
box_language_free (BoxLanguage *language)
{
  if (language == NULL)
    return;
  g_free (language->id);
  g_free (language->name);
  g_free (language->file);
  g_strfreev (language->extensions);
  g_strfreev (language->run);
  g_strfreev (language->compile);
  g_strfreev (language->prepare);
  g_strfreev (language->environment);
  g_strfreev (language->paths);
  g_strfreev (language->version_command);
  g_free (language->version_of);
  g_free (language->template_text);
  g_free (language->version);
  g_free (language->missing);
  g_free (language);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(BoxLanguage *const *) a)->id, (*(BoxLanguage *const *) b)->id);
}

GPtrArray *
box_language_load_folders (const char *const *folders, GError **error)
{
  g_autoptr (GPtrArray) languages =
    g_ptr_array_new_with_free_func ((GDestroyNotify) box_language_free);

  for (; *folders != NULL; folders++) {
    g_autoptr (GDir) folder = g_dir_open (*folders, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
      g_autofree char *path = g_build_filename (*folders, name, NULL);
      BoxLanguage *language, *earlier;

      if (!g_str_has_suffix (name, ".language"))
        continue;
      language = box_language_load (path, error);
      if (language == NULL)
        return NULL;
      earlier = box_language_find (languages, language->id);
      if (earlier != NULL)
        g_ptr_array_remove (languages, earlier);
      g_ptr_array_add (languages, language);
    }
  }
  g_ptr_array_sort (languages, compare_ids);
  return g_steal_pointer (&languages);
}

BoxLanguage *
box_language_find (GPtrArray *languages, const char *id)
{
  for (guint i = 0; i < languages->len; i++) {
    BoxLanguage *language = g_ptr_array_index (languages, i);

    if (g_str_equal (language->id, id))
      return language;
  }
  return NULL;
}

/* Links of an image point into the image, and not to what is there on the host. */
static gboolean
is_in_image (const char *image, const char *path)
{
  g_autofree char *full = g_strconcat (image, path, NULL);

  return g_file_test (full, G_FILE_TEST_IS_SYMLINK) ||
         g_file_test (full, G_FILE_TEST_IS_EXECUTABLE);
}

static char *
find_missing_program (char **command, const char *image)
{
  if (command == NULL || !g_path_is_absolute (command[0]) ||
      (image != NULL ? is_in_image (image, command[0])
                     : g_file_test (command[0], G_FILE_TEST_IS_EXECUTABLE)))
    return NULL;
  return g_strdup_printf ("%s is not installed", command[0]);
}

/* The first number with points in it ("v18.20.4" and "go1.19.8" too), after the name of the program
 * that has it where that is not the language's own. */
static char *
find_version (const BoxLanguage *language, const char *text)
{
  g_autoptr (GRegex) pattern = g_regex_new ("(?:^|[\\s\"v(]|\\bgo)(\\d+(?:\\.\\d+)+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *number = NULL;

  if (!g_regex_match (pattern, text, 0, &match))
    return NULL;
  number = g_match_info_fetch (match, 1);
  return language->version_of != NULL ? g_strdup_printf ("%s %s", language->version_of, number)
                                      : g_steal_pointer (&number);
}

gboolean
box_language_check (BoxLanguage *language, const char *image)
{
  g_clear_pointer (&language->missing, g_free);
  language->missing = find_missing_program (language->version_command, image);
  if (language->missing == NULL)
    language->missing = find_missing_program (language->run, image);
  if (language->missing == NULL)
    language->missing = find_missing_program (language->compile, image);
  return language->missing == NULL;
}

/* In an image the command runs with nothing of the host but its kernel. */
static char **
build_version_command (const BoxLanguage *language, const char *image)
{
  static const char *const folders[] = { "/usr", "/bin", "/lib", "/lib64", "/etc", NULL };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (image == NULL)
    return g_strdupv (language->version_command);
  g_strv_builder_add_many (builder, "bwrap", "--unshare-all", "--die-with-parent", "--proc",
    "/proc", "--dev", "/dev", "--tmpfs", "/tmp", NULL);
  for (gsize i = 0; folders[i] != NULL; i++) {
    g_autofree char *source = g_strconcat (image, folders[i], NULL);

    g_strv_builder_add_many (builder, "--ro-bind-try", source, folders[i], NULL);
  }
  g_strv_builder_add (builder, "--");
  g_strv_builder_addv (builder, (const char **) language->version_command);
  return g_strv_builder_end (builder);
}

void
box_language_probe (BoxLanguage *language, const char *image)
{
  g_auto (GStrv) command = build_version_command (language, image);
  g_autofree char *out = NULL, *err = NULL;
  char *environment[] = { (char *) "PATH=/usr/bin:/bin", (char *) "LC_ALL=C.UTF-8",
    (char *) "HOME=/nonexistent", (char *) "GOCACHE=off", NULL };
  int status = -1;

  g_clear_pointer (&language->version, g_free);
  if (!box_language_check (language, image))
    return;
  if (g_spawn_sync (
        "/", command, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, NULL) &&
      WIFEXITED (status) && WEXITSTATUS (status) == 0) {
    language->version = find_version (language, out);
    if (language->version == NULL)
      language->version = find_version (language, err);
  }
  if (language->version == NULL)
    language->missing =
      g_strdup_printf ("%s does not tell its version", language->version_command[0]);
}

static gboolean
is_source (const BoxLanguage *language, const char *path)
{
  const char *dot = strrchr (path, '.');

  return dot != NULL && g_strv_contains ((const char *const *) language->extensions, dot + 1);
}

/* The entry first, then every other source; "./" before a name that a tool would take as option. */
static void
add_sources (const BoxLanguage *language, BoxJob *job, GPtrArray *command)
{
  GPtrArray *files = box_job_get_files (job);
  const char *entry = box_job_get_entry (job);

  g_ptr_array_add (command, g_strconcat ("./", entry, NULL));
  for (guint i = 0; i < files->len; i++) {
    const BoxFile *file = g_ptr_array_index (files, i);

    if (!g_str_equal (file->path, entry) && is_source (language, file->path))
      g_ptr_array_add (command, g_strconcat ("./", file->path, NULL));
  }
}

static char *
replace (const char *text, const char *what, const char *by)
{
  g_auto (GStrv) parts = g_strsplit (text, what, -1);

  return g_strjoinv (by, parts);
}

static GPtrArray *
fill_in (const BoxLanguage *language, char **command, BoxJob *job)
{
  GPtrArray *filled = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *entry = g_strconcat ("./", box_job_get_entry (job), NULL);
  g_autofree char *stem = g_path_get_basename (entry);
  char *dot = strrchr (stem, '.');

  if (dot != NULL)
    *dot = '\0';
  for (char **word = command; *word != NULL; word++) {
    g_autofree char *half = NULL;

    if (g_str_equal (*word, "{sources}")) {
      add_sources (language, job, filled);
      continue;
    }
    half = replace (*word, "{stem}", stem);
    g_ptr_array_add (filled, replace (half, "{entry}", entry));
  }
  return filled;
}

char **
box_language_build_run (const BoxLanguage *language, BoxJob *job)
{
  GPtrArray *command = fill_in (language, language->run, job);

  for (const char *const *arg = box_job_get_args (job); *arg != NULL; arg++)
    g_ptr_array_add (command, g_strdup (*arg));
  g_ptr_array_add (command, NULL);
  return (char **) g_ptr_array_free (command, FALSE);
}

char **
box_language_build_compile (const BoxLanguage *language, BoxJob *job)
{
  GPtrArray *command = fill_in (language, language->compile, job);

  g_ptr_array_add (command, NULL);
  return (char **) g_ptr_array_free (command, FALSE);
}

char **
box_language_build_environment (const BoxLanguage *language, gboolean has_terminal)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add_many (
    builder, "PATH=/usr/bin:/bin", "HOME=/work", "TMPDIR=/tmp", "LC_ALL=C.UTF-8", "TZ=UTC", NULL);
  if (has_terminal)
    g_strv_builder_add (builder, "TERM=xterm-256color");
  if (language->environment != NULL)
    g_strv_builder_addv (builder, (const char **) language->environment);
  return g_strv_builder_end (builder);
}

typedef struct {
  char *id;
  char *name;
  char *version;
  gboolean available;
  char *missing;
  char *file;
  char **extensions;
  gboolean compiled;
  char *template_text;
} Shown;

static const EntField shown_fields[] = {
  ENT_FIELD (Shown, id, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (Shown, name, ENT_FIELD_STRING, ENT_REQUIRED, 100),
  ENT_FIELD (Shown, version, ENT_FIELD_STRING, ENT_OPTIONAL, 100),
  ENT_FIELD (Shown, available, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (Shown, missing, ENT_FIELD_STRING, ENT_OPTIONAL, 1000),
  ENT_FIELD (Shown, file, ENT_FIELD_STRING, ENT_REQUIRED, BOX_JOB_MAX_PATH),
  ENT_FIELD (Shown, extensions, ENT_FIELD_STRINGS, ENT_REQUIRED, 16),
  ENT_FIELD (Shown, compiled, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD_NAMED (Shown, template_text, "template", ENT_FIELD_STRING, ENT_OPTIONAL, 4000),
};

char *
box_language_to_json (const BoxLanguage *language)
{
  static const EntStruct type = { "Language", sizeof (Shown), shown_fields,
    G_N_ELEMENTS (shown_fields) };
  const Shown shown = {
    .id = language->id,
    .name = language->name,
    .version = language->version,
    .available = language->missing == NULL,
    .missing = language->missing,
    .file = language->file,
    .extensions = language->extensions,
    .compiled = language->compile != NULL,
    .template_text = language->template_text,
  };

  return ent_codec_encode (&type, &shown);
}
