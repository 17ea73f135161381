#include "client/ent-client-sign-in.h"

#include "client-fixture.h"

static void
test_wrong_password (Fixture *f, gconstpointer data)
{
  client_fixture_log_in (f, "wrong");
  g_assert_false (f->ok);
  g_assert_cmpstr (f->error->message, ==, "Address or password is wrong.");
  g_assert_cmpstr (ent_client_error_get_code (f->error), ==, "bad_credentials");
  g_assert_cmpuint (ent_client_error_get_retry_after (f->error), ==, 7);
  g_assert_false (ent_client_is_signed_in (f->client));
}

static void
code_given_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;
  g_autoptr (EntApiUser) user =
    ent_client_give_code_finish (ENT_CLIENT (source), result, &f->error);

  f->ok = user != NULL;
  g_main_loop_quit (f->loop);
}

static void
give_code (Fixture *f, const char *code)
{
  g_clear_error (&f->error);
  ent_client_give_code_async (f->client, code, NULL, code_given_cb, f);
  g_main_loop_run (f->loop);
}

/* The ticket of the password goes on with a code, also after a wrong one. */
static void
test_second_factor (Fixture *f, gconstpointer data)
{
  client_fixture_log_in (f, "two");
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SECOND_FACTOR);
  g_assert_false (ent_client_is_signed_in (f->client));
  give_code (f, "111111");
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_REFUSED);
  g_assert_cmpstr (ent_client_error_get_code (f->error), ==, "wrong_code");
  give_code (f, "222222");
  g_assert_no_error (f->error);
  g_assert_true (f->ok);
  g_assert_cmpstr (f->kept, ==, "r1");
}

static void
test_sign_out (Fixture *f, gconstpointer data)
{
  client_fixture_log_in (f, "right");
  g_assert_true (ent_client_is_signed_in (f->client));
  ent_client_sign_out (f->client);
  g_assert_false (ent_client_is_signed_in (f->client));
  g_assert_true (f->forgot);
  /* The server is told behind the caller's back, with a reference. */
  while (G_OBJECT (f->client)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
}

static void
resumed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;

  f->ok = ent_client_resume_finish (ENT_CLIENT (source), result, &f->error);
  g_main_loop_quit (f->loop);
}

static void
test_resume (Fixture *f, gconstpointer data)
{
  ent_client_resume_async (f->client, "r0", NULL, resumed_cb, f);
  g_main_loop_run (f->loop);
  g_assert_no_error (f->error);
  g_assert_cmpint (f->refreshes, ==, 1);
  g_assert_cmpint (f->calls, ==, 1);
  g_assert_true (ent_client_is_signed_in (f->client));

  f->refuse_refresh = TRUE;
  ent_client_resume_async (f->client, "r0", NULL, resumed_cb, f);
  g_main_loop_run (f->loop);
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SIGNED_OUT);
  g_assert_true (f->forgot);
  g_assert_false (ent_client_is_signed_in (f->client));
}

/* A server that is away must not cost the kept token. */
static void
test_resume_unreachable (Fixture *f, gconstpointer data)
{
  soup_server_disconnect (f->server);
  ent_client_resume_async (f->client, "r0", NULL, resumed_cb, f);
  g_main_loop_run (f->loop);
  g_assert_error (f->error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE);
  g_assert_false (f->forgot);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CLIENT_TEST_ADD ("/client/sign-in/wrong-password", test_wrong_password);
  CLIENT_TEST_ADD ("/client/sign-in/second-factor", test_second_factor);
  CLIENT_TEST_ADD ("/client/sign-in/out-again", test_sign_out);
  CLIENT_TEST_ADD ("/client/resume", test_resume);
  CLIENT_TEST_ADD ("/client/resume-keeps-token-when-unreachable", test_resume_unreachable);
  return g_test_run ();
}
