#include <string.h>

#include "box-diagnostics.h"
#include "protocol/ent-msg-run.h"

static void
assert_error (GPtrArray *errors,
  guint at,
  const char *file,
  gint64 line,
  gint64 column,
  const char *message)
{
  const EntMsgCompileError *error;

  g_assert_cmpuint (at, <, errors->len);
  error = g_ptr_array_index (errors, at);
  g_assert_cmpstr (error->file, ==, file);
  g_assert_cmpint (error->line, ==, line);
  g_assert_cmpint (error->column, ==, column);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_gcc (void)
{
  const char *text = "./main.c: In function 'main':\n"
                     "./main.c:3:11: error: expected expression before ';' token\n"
                     "    3 |   int x = ;\n"
                     "./main.c:5:7: warning: unused variable 'x' [-Wunused-variable]\n"
                     "./lib/a:b.c:12:1: fatal error: x.h: No such file or directory\n"
                     "/usr/bin/ld: /tmp/ccX.o: in function `main':\n"
                     "main.c:(.text+0x5): undefined reference to `f'\n"
                     "collect2: error: ld returned 1 exit status\n";
  g_autoptr (GPtrArray) errors = box_diagnostics_parse (BOX_DIAGNOSTICS_GCC, text, strlen (text));

  g_assert_cmpuint (errors->len, ==, 3);
  assert_error (errors, 0, "main.c", 3, 11, "expected expression before ';' token");
  assert_error (errors, 1, "lib/a:b.c", 12, 1, "x.h: No such file or directory");
  assert_error (errors, 2, "", 0, 0, "main.c:(.text+0x5): undefined reference to `f'");
}

static void
test_javac (void)
{
  const char *text = "./Main.java:4: error: ';' expected\n"
                     "    int x = 3\n"
                     "             ^\n"
                     "./Main.java:9: warning: [deprecation] x\n"
                     "1 error\n";
  g_autoptr (GPtrArray) errors = box_diagnostics_parse (BOX_DIAGNOSTICS_JAVAC, text, strlen (text));

  g_assert_cmpuint (errors->len, ==, 1);
  assert_error (errors, 0, "Main.java", 4, 14, "';' expected");
}

static void
test_go (void)
{
  const char *text = "# command-line-arguments\n"
                     "./main.go:4:2: declared but not used: x\n"
                     "\tmain.go:9:9: other declaration of f\n"
                     "main.go:7:13: cannot use \"a\" (untyped string constant) as int value: no\n";
  g_autoptr (GPtrArray) errors = box_diagnostics_parse (BOX_DIAGNOSTICS_GO, text, strlen (text));

  g_assert_cmpuint (errors->len, ==, 2);
  assert_error (errors, 0, "main.go", 4, 2, "declared but not used: x");
  assert_error (
    errors, 1, "main.go", 7, 13, "cannot use \"a\" (untyped string constant) as int value: no");
}

static void
test_mcs (void)
{
  const char *text =
    "./e.cs(1,40): error CS0029: Cannot implicitly convert type `string' to `int'\n"
    "lib(2)/f.cs(7,3): warning CS0168: The variable `x' is declared\n"
    "error CS5001: Program `a.exe' does not contain a static `Main' method\n"
    "Compilation failed: 2 error(s), 1 warnings\n(: error CS: \n";
  g_autoptr (GPtrArray) errors = box_diagnostics_parse (BOX_DIAGNOSTICS_MCS, text, strlen (text));

  g_assert_cmpuint (errors->len, ==, 2);
  assert_error (errors, 0, "e.cs", 1, 40, "Cannot implicitly convert type `string' to `int'");
  assert_error (errors, 1, "", 0, 0, "Program `a.exe' does not contain a static `Main' method");
}

static void
test_rustc (void)
{
  const char *text = "warning: unused variable: `x`\n"
                     " --> ./main.rs:2:7\n"
                     "\n"
                     "error[E0425]: cannot find value `y` in this scope\n"
                     " --> ./src/a.rs:3:5\n"
                     "  |\n"
                     "3 |     y\n"
                     "  |     ^ not found in this scope\n"
                     "\n"
                     "error: aborting due to previous error; 1 warning emitted\n";
  const char *lineless = "error: linking with `cc` failed: exit status: 1\n  = note: cc\n";
  g_autoptr (GPtrArray) errors = box_diagnostics_parse (BOX_DIAGNOSTICS_RUSTC, text, strlen (text));
  g_autoptr (GPtrArray) linker =
    box_diagnostics_parse (BOX_DIAGNOSTICS_RUSTC, lineless, strlen (lineless));

  g_assert_cmpuint (errors->len, ==, 1);
  assert_error (errors, 0, "src/a.rs", 3, 5, "cannot find value `y` in this scope");
  g_assert_cmpuint (linker->len, ==, 1);
  assert_error (linker, 0, "", 0, 0, "linking with `cc` failed: exit status: 1");
}

static void
test_esbuild (void)
{
  const char *text = "\342\234\230 [ERROR] Unexpected \";\"\n"
                     "\n"
                     "    lib/main.ts:1:10:\n"
                     "      1 \342\224\202 const x = ;\n"
                     "        \342\225\265           ^\n"
                     "\342\226\262 [WARNING] Comparison with -0\n"
                     "\n"
                     "    lib/main.ts:4:1:\n"
                     "\342\234\230 [ERROR] Could not resolve \"./nope\"\n"
                     "\n"
                     "    lib/main.ts:9:16:\n";
  g_autoptr (GPtrArray) errors =
    box_diagnostics_parse (BOX_DIAGNOSTICS_ESBUILD, text, strlen (text));

  g_assert_cmpuint (errors->len, ==, 2);
  assert_error (errors, 0, "lib/main.ts", 1, 11, "Unexpected \";\"");
  assert_error (errors, 1, "lib/main.ts", 9, 17, "Could not resolve \"./nope\"");
}

static void
test_hostile (void)
{
  g_autoptr (GString) many = g_string_new (NULL);
  g_autofree char *message = g_strnfill (100000, 'x');
  g_autofree char *line = g_strdup_printf ("m.c:99999999999999999999:1: error: %s", message);
  g_autoptr (GPtrArray) none = box_diagnostics_parse (BOX_DIAGNOSTICS_NONE, "a:1: error: x", 13);
  g_autoptr (GPtrArray) empty = box_diagnostics_parse (BOX_DIAGNOSTICS_GCC, "", 0);
  g_autoptr (GPtrArray) bytes =
    box_diagnostics_parse (BOX_DIAGNOSTICS_GCC, "\xff\0:1:2: error: \xfe\n::::1:", 24);
  g_autoptr (GPtrArray) large = box_diagnostics_parse (BOX_DIAGNOSTICS_GCC, line, strlen (line));
  g_autoptr (GPtrArray) bound = NULL;

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (empty->len, ==, 0);
  for (guint i = 0; i < bytes->len; i++) {
    const EntMsgCompileError *error = g_ptr_array_index (bytes, i);

    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_true (g_utf8_validate (error->file, -1, NULL));
  }
  g_assert_cmpuint (large->len, ==, 1);
  g_assert_cmpint (((EntMsgCompileError *) large->pdata[0])->line, ==, 10000000);
  g_assert_cmpuint (strlen (((EntMsgCompileError *) large->pdata[0])->message), ==, 500);
  for (int i = 0; i < 500; i++)
    g_string_append (many, "m.c:1:1: error: x\n");
  bound = box_diagnostics_parse (BOX_DIAGNOSTICS_GCC, many->str, many->len);
  g_assert_cmpuint (bound->len, ==, BOX_DIAGNOSTICS_MAX);
}

/* A hundred errors with names of files by #line that are long and full of control characters made a
 * message so large that the coordinator closed the runner's connection. */
static void
test_wire_size (void)
{
  g_autoptr (GString) many = g_string_new (NULL);
  g_autofree char *name = g_strnfill (500, '\1');
  g_autoptr (GPtrArray) errors = NULL;
  gsize total = 0;

  for (int i = 0; i < 100; i++)
    g_string_append_printf (many, "%s:1:1: error: tab\t%s\n", name, name);
  errors = box_diagnostics_parse (BOX_DIAGNOSTICS_GCC, many->str, many->len);
  g_assert_cmpuint (errors->len, >, 10);
  for (guint i = 0; i < errors->len; i++) {
    const EntMsgCompileError *error = g_ptr_array_index (errors, i);

    g_assert_true (g_str_has_prefix (error->message, "tab ?"));
    g_assert_true (g_str_has_prefix (error->file, "???"));
    total += strlen (error->file) + strlen (error->message);
  }
  g_assert_cmpuint (total, <=, BOX_DIAGNOSTICS_MAX_BYTES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box-diagnostics/gcc", test_gcc);
  g_test_add_func ("/box-diagnostics/javac", test_javac);
  g_test_add_func ("/box-diagnostics/go", test_go);
  g_test_add_func ("/box-diagnostics/mcs", test_mcs);
  g_test_add_func ("/box-diagnostics/rustc", test_rustc);
  g_test_add_func ("/box-diagnostics/esbuild", test_esbuild);
  g_test_add_func ("/box-diagnostics/hostile", test_hostile);
  g_test_add_func ("/box-diagnostics/wire-size", test_wire_size);
  return g_test_run ();
}
