#pragma once

#include <glib.h>

#include "box-job.h"

G_BEGIN_DECLS

/* The languages of a runner: one key file each, `ID.language`. See languages/README.md. */

typedef enum {
  BOX_DIAGNOSTICS_NONE,
  BOX_DIAGNOSTICS_GCC,
  BOX_DIAGNOSTICS_JAVAC,
  BOX_DIAGNOSTICS_GO,
  BOX_DIAGNOSTICS_MCS,
  BOX_DIAGNOSTICS_RUSTC,
  BOX_DIAGNOSTICS_ESBUILD,
} BoxDiagnostics;

typedef struct {
  char *id;
  char *name;
  char *file; /* name of a source that has none */
  char **extensions; /* of sources, without the dot */
  char **run; /* command of the run, with {entry} and {stem} */
  char **compile; /* NULL: not compiled; {sources} stands for all of them */
  char **prepare; /* made once on a host; NULL: nothing */
  char **environment; /* NAME=VALUE, beside the fixed ones */
  char **paths; /* what a box must see beside /usr */
  char **version_command;
  char *version_of; /* the program whose version it is; NULL: the language's own */
  BoxDiagnostics diagnostics;
  BoxLimits run_limits; /* 0: the job's */
  BoxLimits compile_limits; /* all set */
  char *template_text;
  char *version; /* NULL until asked for, or not there */
  char *missing; /* why it cannot be used; NULL: it can */
} BoxLanguage;

/* Reads one key file. Unknown keys and groups are refused with the name of the key. */
BoxLanguage *box_language_load (const char *path, GError **error);
void box_language_free (BoxLanguage *language);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxLanguage, box_language_free)

/* Reads all `*.language` files of the folders, in order of id; a later folder's file replaces an
 * earlier one's of the same id. A folder that is not there is empty. The caller owns the array. */
GPtrArray *box_language_load_folders (const char *const *folders, GError **error);

/* Borrowed; NULL when there is none of this id. */
BoxLanguage *box_language_find (GPtrArray *languages, const char *id);

/* Looks whether the programs are there, on the host or in an image; sets `missing` when one is not.
 */
gboolean box_language_check (BoxLanguage *language, const char *image);

/* Looks, and asks for the version, by running the version command of the host's own toolchain, or
 * of an image's in a bubblewrap of its own. Sets `version` or `missing`. */
void box_language_probe (BoxLanguage *language, const char *image);

/* One JSON object {id, name, version, available, missing, file, extensions, compiled, template};
 * the caller owns the text. */
char *box_language_to_json (const BoxLanguage *language);

/* The commands with their placeholders filled in; the caller owns them. */
char **box_language_build_run (const BoxLanguage *language, BoxJob *job);
char **box_language_build_compile (const BoxLanguage *language, BoxJob *job);

/* The environment of a program: the fixed names and the language's own. */
char **box_language_build_environment (const BoxLanguage *language, gboolean has_terminal);

G_END_DECLS
