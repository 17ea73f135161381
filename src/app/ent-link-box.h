#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A link that a server shows once: what it is, and ways to pass it on. It is not shown while it has
 * none.
 *
 * Signal toast (const char *sentence). */
#define ENT_TYPE_LINK_BOX (ent_link_box_get_type ())
G_DECLARE_FINAL_TYPE (EntLinkBox, ent_link_box, ENT, LINK_BOX, AdwBin)

/* sentence says what the link is; screen readers say it too, since the keyboard comes to the button
 * that copies the link. email and subject are of the mail that can be written with it. */
void ent_link_box_show (EntLinkBox *box,
  const char *sentence,
  const char *link,
  const char *email,
  const char *subject);

/* Forgets the link. */
void ent_link_box_clear (EntLinkBox *box);

G_END_DECLS
