#include "config.h"

#include "ent-colours.h"

#define RGB(r, g, b) \
  { \
    (r) / 255.0f, (g) / 255.0f, (b) / 255.0f, 1.0f \
  }

/* After Okabe and Ito, "Color Universal Design" (2008); black is replaced by a grey that shows on
 * dark and light. */
static const GdkRGBA colours[ENT_COLOURS_N] = {
  RGB (0, 114, 178),
  RGB (213, 94, 0),
  RGB (0, 158, 115),
  RGB (204, 121, 167),
  RGB (230, 159, 0),
  RGB (86, 180, 233),
  RGB (240, 228, 66),
  RGB (128, 128, 128),
};

static const gboolean has_white_text[ENT_COLOURS_N] = { TRUE, TRUE, TRUE };

static const char *const style_classes[ENT_COLOURS_N] = {
  "person-0",
  "person-1",
  "person-2",
  "person-3",
  "person-4",
  "person-5",
  "person-6",
  "person-7",
};

const GdkRGBA *
ent_colours_get (guint index)
{
  return &colours[index % ENT_COLOURS_N];
}

const GdkRGBA *
ent_colours_get_text (guint index)
{
  static const GdkRGBA white = RGB (255, 255, 255);
  static const GdkRGBA black = RGB (0, 0, 0);

  return has_white_text[index % ENT_COLOURS_N] ? &white : &black;
}

const char *
ent_colours_get_style_class (guint index)
{
  return style_classes[index % ENT_COLOURS_N];
}
