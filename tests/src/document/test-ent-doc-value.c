#include <math.h>

#include "document/ent-doc-value.h"

/* Values and their JSON. */

/* Numbers are text as JavaScript makes it: marks and embedded objects travel as JSON. */
static void
test_numbers (void)
{
  static const struct {
    double number;
    const char *json;
  } cases[] = { { 0, "0" }, { -0.0, "0" }, { 1, "1" }, { -2147483648.0, "-2147483648" },
    { 0.1, "0.1" }, { 100.25, "100.25" }, { -1.5, "-1.5" }, { 1e-6, "0.000001" },
    { 1.25e-6, "0.00000125" }, { 1e-7, "1e-7" }, { -1.5e-7, "-1.5e-7" },
    { 12e19, "120000000000000000000" }, { 123456789012345680000.0, "123456789012345680000" },
    { 1e21, "1e+21" }, { 1.5e300, "1.5e+300" }, { 5e-324, "5e-324" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { 0.30000000000000004, "0.30000000000000004" }, { 9007199254740991, "9007199254740991" },
    { INFINITY, "null" }, { -INFINITY, "null" }, { NAN, "null" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (EntValue) value = ent_value_new_double (cases[i].number);
    g_autofree char *json = ent_value_to_json (value);

    g_assert_cmpstr (json, ==, cases[i].json);
  }
}

/* Whatever the number, its text reads back the same. */
static void
test_any_number (void)
{
  for (guint i = 0; i < 20000; i++) {
    union {
      guint64 bits;
      double number;
    } any = { .bits = (guint64) g_test_rand_int () << 32 | (guint32) g_test_rand_int () };
    g_autoptr (EntValue) value = ent_value_new_double (any.number);
    g_autofree char *json = ent_value_to_json (value);
    g_autoptr (EntValue) again = NULL;

    if (!isfinite (any.number))
      continue;
    again = ent_value_from_json (json, -1, 1, NULL);
    g_assert_nonnull (again);
    g_assert_true (ent_value_get_double (again) == any.number);
  }
}

static void
test_trees (void)
{
  static const char json[] =
    "{\"b\":[1,null,true,\"\\u0001\\n\\\"\\\\é😀\"],\"a\":{\"\":[]},\"c\":-0.5}";
  g_autoptr (EntValue) value = ent_value_from_json (json, -1, 3, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *again = ent_value_to_json (value);

  g_assert_cmpstr (again, ==, json);
  g_assert_null (ent_value_from_json (json, -1, 1, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc-value/numbers-as-javascript-writes-them", test_numbers);
  g_test_add_func ("/doc-value/any-number-reads-back", test_any_number);
  g_test_add_func ("/doc-value/trees-of-values", test_trees);
  return g_test_run ();
}
