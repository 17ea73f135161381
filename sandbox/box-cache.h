#pragma once

#include <glib.h>

#include "box-language.h"
#include "box-report.h"
#include "box-work.h"

G_BEGIN_DECLS

/* What compilers made. A build lives as long as somebody holds it; those of jobs that say whose
 * they are (their scope, an organisation) are kept for the next job of the same scope with the same
 * files, language and command, until room is needed for others. Nothing is shared between scopes:
 * how long a run takes would tell who has compiled what. */

#define BOX_CACHE_MAX_BYTES (256 * 1024 * 1024) /* of builds that nobody holds any more */
#define BOX_BUILD_MAX_BYTES (64 * 1024 * 1024)

typedef struct _BoxCache BoxCache;
typedef struct _BoxBuild BoxBuild;

/* Mounts a place for builds at BASE/builds; freeing unmounts it. All builds must be gone. */
BoxCache *box_cache_new (const char *base, GError **error);
void box_cache_free (BoxCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxCache, box_cache_free)

/* What identifies a build: scope, language, version, command, environment, and all files. NULL for
 * a job without scope, whose build nobody else gets. The caller owns it. */
char *box_cache_make_key (const BoxLanguage *language, BoxJob *job);

/* A build that is kept under this key, or NULL. The caller gets a reference. */
BoxBuild *box_cache_find (BoxCache *cache, const char *key);

/* Copies what a dead compiler's box has in BOX_JOB_BUILD_FOLDER; kept under the key unless that is
 * NULL. The report is copied. The caller gets a reference; NULL with an error when what is there
 * cannot be used. */
BoxBuild *box_cache_add (BoxCache *cache,
  const char *key,
  BoxWork *from,
  const BoxCompileReport *report,
  GError **error);

void box_build_unref (BoxBuild *build);

/* Copies the build into a box that nothing runs in yet. */
gboolean box_build_copy_to (BoxBuild *build, BoxWork *to, guint64 max_bytes, GError **error);

/* What the compiler said when it made this. */
const BoxCompileReport *box_build_get_report (BoxBuild *build);

G_END_DECLS
