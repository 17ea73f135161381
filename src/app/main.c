#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "ent-application.h"
#include "media/ent-media.h"

static int
run (int argc, char **argv)
{
  g_autoptr (EntApplication) app = NULL;
  g_autoptr (GError) media_error = NULL;
  const char *locale_dir = g_getenv ("ENTREVUE_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (ENT_GETTEXT_PACKAGE, locale_dir ? locale_dir : ENT_LOCALE_DIR);
  bind_textdomain_codeset (ENT_GETTEXT_PACKAGE, "UTF-8");
  textdomain (ENT_GETTEXT_PACKAGE);

  /* Before any other thread exists. */
  ent_media_init (&media_error);
  app = ent_application_new (media_error ? media_error->message : NULL);
  return g_application_run (G_APPLICATION (app), argc, argv);
}

int
main (int argc, char **argv)
{
  ent_media_exit (run (argc, argv), ENT_APPLICATION_MEDIA_END_MS);
}
