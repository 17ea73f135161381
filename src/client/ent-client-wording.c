#include "config.h"

#include "client/ent-client-wording.h"

#include <glib/gi18n-lib.h>

typedef struct {
  const char *code;
  const char *sentence;
} Known;

static const Known http_codes[] = {
  { "not_signed_in", N_ ("You are signed out. Sign in again.") },
  { "token_expired", N_ ("You are signed out. Sign in again.") },
  { "wrong_password", N_ ("The email address or the password is not right. Try again.") },
  { "wrong_code",
    N_ ("This code is not right, or was used already. Wait for the next one and try again.") },
  { "link_ended", N_ ("This link was used already, or is too old. Ask for a new one.") },
  { "sign_in_ended", N_ ("This sign-in was used already, or is too old. Begin again.") },
  { "sign_in_denied", N_ ("The sign-in was cancelled at the other service.") },
  { "address_unverified", N_ ("The service that you signed in with does not say that your email "
                              "address is yours. Confirm it there, and try again.") },
  { "link_needed", N_ ("There is an account with this email address already. Sign in with your "
                       "password once, to connect it.") },
  { "provider_failed",
    N_ ("The service that you wanted to sign in with does not answer as it should. Try again "
        "later, or sign in with your password.") },
  { "registration_closed",
    N_ ("This server takes no new accounts. Ask the people who run it for one.") },
  { "storage_full", N_ ("The server has no room left. Tell the people who run it.") },
  { "slot_taken", N_ ("Somebody else has just taken this time. Choose another one.") },
  { "overlap", N_ ("One of you has another interview at this time. Choose another one.") },
  { "changed",
    N_ ("Somebody else has changed this meanwhile. Look at it again, then repeat your change.") },
  { "internal", N_ ("The server made a mistake. Try again, or tell the people who run it.") },
  { "unavailable", N_ ("The server is busy. Try again in a moment.") },
  { "invitation_wrong",
    N_ ("This invitation is not right. Check that the link was copied whole.") },
  { "invitation_expired", N_ ("This invitation has expired. Ask the interviewer for a new link.") },
  { "invitation_closed",
    N_ ("This invitation was withdrawn. Ask the interviewer for a new link.") },
  { "invitation_other_device", N_ ("This link was used on another device. Use that device, or ask "
                                   "the interviewer for a new link.") },
  { "room_not_open",
    N_ ("This interview is not open yet. Try again a few minutes before it begins.") },
  { "room_full",
    N_ ("This interview is full. Ask the interviewer, or try again when somebody has left.") },
  { "room_ended", N_ ("This interview has ended.") },
  { "removed", N_ ("You were removed from this interview. Ask the interviewer if you think that "
                   "this is a mistake.") },
};

static const Known join_codes[] = {
  { "not_found", N_ ("The server does not know this interview. Check that the link was copied "
                     "whole, or ask the interviewer for a new one.") },
  { "denied", N_ ("You have no place in this interview. Ask the interviewer for an invitation.") },
  { "not_signed_in",
    N_ ("This link is for people with an account. Sign in first, or open the whole "
        "link of your invitation.") },
};

static const Known room_codes[] = {
  { "denied", N_ ("Your role in this interview does not allow that.") },
  { "call_full", N_ ("The call is full (4 people). You can edit and chat.") },
  { "run_in_progress", N_ ("A program is running in this interview already. Stop it first.") },
  { "run_locked", N_ ("The interviewer has locked Run for the moment.") },
  { "no_runner", N_ ("Programs cannot be run: no runner is connected to the server. Editing goes "
                     "on.") },
  { "language_unknown", N_ ("No connected runner can run this language.") },
  { "busy", N_ ("The server is busy. Try again in a moment.") },
  { "too_fast", N_ ("Too many programs were started within a minute. Wait a little.") },
  { "storage_full", N_ ("The server cannot save edits right now. They are kept on your devices, "
                        "and it keeps trying.") },
};

static const char *
find (const Known *known, gsize n_known, const char *code)
{
  for (gsize i = 0; code != NULL && i < n_known; i++)
    if (g_str_equal (known[i].code, code))
      return _ (known[i].sentence);
  return NULL;
}

const char *
ent_client_wording_get (const char *code)
{
  return find (http_codes, G_N_ELEMENTS (http_codes), code);
}

const char *
ent_client_wording_get_for_join (const char *code)
{
  const char *sentence = find (join_codes, G_N_ELEMENTS (join_codes), code);

  return sentence != NULL ? sentence : ent_client_wording_get (code);
}

const char *
ent_client_wording_get_for_room (const char *code)
{
  const char *sentence = find (room_codes, G_N_ELEMENTS (room_codes), code);

  return sentence != NULL ? sentence : ent_client_wording_get (code);
}
