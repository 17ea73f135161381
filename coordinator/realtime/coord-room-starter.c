#include "realtime/coord-room-starter.h"

#include "base/ent-id.h"
#include "document/ent-doc.h"

typedef struct {
  const char *path;
  const char *language;
  const char *text;
} Starter;

/* Each greets whoever is named on standard input, so that the first run shows both directions. */
static const Starter starters[] = {
  { "main.py", "python",
    "# Greets the name on the first line of the input.\n"
    "import sys\n"
    "\n"
    "name = sys.stdin.readline().strip() or \"world\"\n"
    "print(f\"Hello, {name}!\")\n" },
  { "main.js", "javascript",
    "// Greets the name on the first line of the input.\n"
    "const input = require(\"fs\").readFileSync(0, \"utf8\");\n"
    "const name = input.split(\"\\n\")[0].trim() || \"world\";\n"
    "\n"
    "console.log(`Hello, ${name}!`);\n" },
  { "main.cpp", "cpp",
    "// Greets the name on the first line of the input.\n"
    "#include <iostream>\n"
    "#include <string>\n"
    "\n"
    "int main() {\n"
    "  std::string name;\n"
    "  std::getline(std::cin, name);\n"
    "  std::cout << \"Hello, \" << (name.empty() ? \"world\" : name) << \"!\" << std::endl;\n"
    "}\n" },
};

static void
set_text (EntType *map, const char *key, const char *text)
{
  g_autoptr (EntValue) value = ent_value_new_string (text, -1);

  ent_map_set (map, key, value, NULL);
}

static void
add_file (EntDoc *doc, const Starter *starter)
{
  g_autofree char *id = ent_id_new ();
  g_autofree char *name = g_strconcat ("text:", id, NULL);
  EntType *file = ent_map_set_type (ent_doc_get_map (doc, "files"), id, ENT_TYPE_MAP, NULL);

  set_text (file, "path", starter->path);
  set_text (file, "language", starter->language);
  set_text (file, "kind", "source");
  ent_text_insert (ent_doc_get_text (doc, name), 0, starter->text, -1, NULL);
}

GBytes *
coord_room_starter_new (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (COORD_STARTER_CLIENT, ENT_DOC_DEFAULT);

  ent_doc_begin (doc, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (starters); i++)
    add_file (doc, &starters[i]);
  ent_doc_commit (doc);
  return ent_doc_encode (doc);
}
