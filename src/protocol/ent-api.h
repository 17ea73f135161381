#pragma once

#include "protocol/ent-codec.h"
#include "protocol/ent-msg-run.h"
#include "protocol/ent-msg-session.h"

G_BEGIN_DECLS

/* Bodies of HTTP requests and answers, one struct each. Paths: PROTOCOL.md. */

/* Errors, RFC 9457 (application/problem+json). */
typedef struct {
  char *at; /* path of the member */
  char *code;
} EntApiFieldError;
ENT_STRUCT_DECLARE (EntApiFieldError, ent_api_field_error)

typedef struct {
  gint64 starts;
  gint64 ends;
  char *slot; /* id; NULL: in the free hours of the same people */
} EntApiFreeTime;
ENT_STRUCT_DECLARE (EntApiFreeTime, ent_api_free_time)

typedef struct {
  char *type;
  char *title;
  gint64 status;
  char *code; /* stable, for programs */
  char *detail; /* a sentence for people */
  char *request_id;
  GPtrArray *errors; /* EntApiFieldError */
  GPtrArray *free; /* EntApiFreeTime: with slot_taken, the next times that can be had */
} EntApiProblem;
ENT_STRUCT_DECLARE (EntApiProblem, ent_api_problem)

/* What this tree speaks. A server that lists protocols without it is too new or too old. */
#define ENT_PROTOCOL_VERSION 1

/* Whether programs can be run. By this name others ask for it, whatever runs them. */
typedef struct {
  gboolean available;
} EntApiHealthDocker;
ENT_STRUCT_DECLARE (EntApiHealthDocker, ent_api_health_docker)

typedef struct {
  gint64 waiting; /* programs, for a runner */
} EntApiHealthQueue;
ENT_STRUCT_DECLARE (EntApiHealthQueue, ent_api_health_queue)

/* GET /health */
typedef struct {
  char *status; /* ok */
  EntApiHealthDocker *docker;
  char *database; /* ok; told to this machine and the operator, as is the queue */
  EntApiHealthQueue *queue;
  char *version;
  gint64 timestamp;
  GArray *protocols; /* versions of the app's protocol that the server speaks */
} EntApiHealth;
ENT_STRUCT_DECLARE (EntApiHealth, ent_api_health)

/* Accounts */

typedef struct {
  char *email;
  char *password;
  char *name;
  char *locale;
  char *zone; /* IANA name */
  char *invite; /* token of an invitation into an organisation, where the server wants one */
} EntApiRegister;
ENT_STRUCT_DECLARE (EntApiRegister, ent_api_register)

typedef struct {
  char *id;
  char *name;
  char *email;
  char *locale;
  char *zone;
  gboolean verified; /* has shown that the address is theirs */
  gint64 version; /* of the profile; 0: not told */
} EntApiUser;
ENT_STRUCT_DECLARE (EntApiUser, ent_api_user)

typedef struct {
  EntApiUser *user;
} EntApiUserAnswer;
ENT_STRUCT_DECLARE (EntApiUserAnswer, ent_api_user_answer)

typedef struct {
  char *email;
  char *password;
  char *device; /* shown in the list of sessions */
} EntApiLogin;
ENT_STRUCT_DECLARE (EntApiLogin, ent_api_login)

typedef struct {
  char *refresh;
} EntApiRefresh;
ENT_STRUCT_DECLARE (EntApiRefresh, ent_api_refresh)

/* Answer of login (with user) and of refresh. Where a second factor is asked for, login gives the
 * last two members alone. */
typedef struct {
  char *access;
  gint64 expires_in; /* s */
  char *refresh;
  EntApiUser *user;
  gboolean second_factor;
  char *ticket; /* for POST /api/auth/second-factor, within 5 minutes */
} EntApiTokens;
ENT_STRUCT_DECLARE (EntApiTokens, ent_api_tokens)

typedef struct {
  gboolean all;
} EntApiLogout;
ENT_STRUCT_DECLARE (EntApiLogout, ent_api_logout)

/* Where somebody is signed in. */
typedef struct {
  char *id;
  char *device; /* as the app named it */
  gint64 created;
  gint64 used;
  gboolean current; /* the one that asks */
} EntApiSession;
ENT_STRUCT_DECLARE (EntApiSession, ent_api_session)

typedef struct {
  GPtrArray *items; /* EntApiSession */
  char *next;
} EntApiSessionList;
ENT_STRUCT_DECLARE (EntApiSessionList, ent_api_session_list)

/* POST /api/me/password */
typedef struct {
  char *old;
  char *new;
} EntApiNewPassword;
ENT_STRUCT_DECLARE (EntApiNewPassword, ent_api_new_password)

/* What somebody is in an organisation. */
typedef enum {
  ENT_ORG_CANDIDATE,
  ENT_ORG_INTERVIEWER,
  ENT_ORG_LEAD,
  ENT_ORG_HR,
  ENT_ORG_ADMIN,
} EntOrgRole;
extern const char *const ent_org_role_nicks[]; /* candidate interviewer lead hr admin */

typedef struct {
  char *org; /* id */
  char *name;
  int role; /* EntOrgRole */
} EntApiMembership;
ENT_STRUCT_DECLARE (EntApiMembership, ent_api_membership)

/* GET /api/me */
typedef struct {
  EntApiUser *user;
  GPtrArray *memberships; /* EntApiMembership */
  gint64 version; /* of the profile: the ETag */
} EntApiMe;
ENT_STRUCT_DECLARE (EntApiMe, ent_api_me)

/* Organisations */

typedef struct {
  char *id; /* answers only */
  char *name;
  char *zone;
  gint64 version; /* answers only */
  gint64 record_days; /* answers only; absent: as the server is configured */
} EntApiOrg;
ENT_STRUCT_DECLARE (EntApiOrg, ent_api_org)

typedef struct {
  GPtrArray *items; /* EntApiOrg */
  char *next;
} EntApiOrgList;
ENT_STRUCT_DECLARE (EntApiOrgList, ent_api_org_list)

typedef struct {
  char *user; /* id; answers only */
  char *email;
  char *name; /* answers only */
  int role; /* EntOrgRole */
  char *team; /* id; NULL: none */
} EntApiMember;
ENT_STRUCT_DECLARE (EntApiMember, ent_api_member)

typedef struct {
  GPtrArray *items; /* EntApiMember */
  char *next;
} EntApiMemberList;
ENT_STRUCT_DECLARE (EntApiMemberList, ent_api_member_list)

/* API keys */

typedef struct {
  char *org; /* id */
  char *name;
  char **scopes; /* execute, tests, questions, read */
  gint64 expires; /* 0: never */
} EntApiNewKey;
ENT_STRUCT_DECLARE (EntApiNewKey, ent_api_new_key)

typedef struct {
  char *id;
  char *name;
  char *start; /* its first characters */
  char *key; /* once, in the answer that made it */
  char **scopes;
  gint64 created;
  gint64 expires;
} EntApiKey;
ENT_STRUCT_DECLARE (EntApiKey, ent_api_key)

typedef struct {
  GPtrArray *items; /* EntApiKey */
  char *next;
} EntApiKeyList;
ENT_STRUCT_DECLARE (EntApiKeyList, ent_api_key_list)

/* The audit */

typedef struct {
  gint64 seq;
  gint64 at;
  char *actor; /* a person's id, or "operator" */
  char *action; /* such as member.set */
  char *subject; /* id of what it was done to */
  char *detail;
  char *chain; /* hash over this entry and those before it; absent for some seconds */
} EntApiAuditEntry;
ENT_STRUCT_DECLARE (EntApiAuditEntry, ent_api_audit_entry)

/* GET /api/audit: the newest first. */
typedef struct {
  GPtrArray *items; /* EntApiAuditEntry */
  char *next;
} EntApiAuditList;
ENT_STRUCT_DECLARE (EntApiAuditList, ent_api_audit_list)

/* GET /api/audit/verify */
typedef struct {
  gint64 entries;
  gint64 waiting; /* at the end, without a hash yet */
  char *head; /* the last hash; absent when there is none */
} EntApiAuditProof;
ENT_STRUCT_DECLARE (EntApiAuditProof, ent_api_audit_proof)

/* Running code without a room */

typedef struct {
  char *path;
  char *content;
} EntApiCodeFile;
ENT_STRUCT_DECLARE (EntApiCodeFile, ent_api_code_file)

/* One more run of the same build, with an input of its own. */
typedef struct {
  char *stdin_text; /* "stdin" */
} EntApiCodeTest;
ENT_STRUCT_DECLARE (EntApiCodeTest, ent_api_code_test)

typedef struct {
  char *code; /* of the file that is run */
  char *language; /* an id of the list of languages */
  char *stdin_text; /* "stdin" */
  GPtrArray *files; /* EntApiCodeFile: further ones */
  GPtrArray *tests; /* EntApiCodeTest; instead of one run with stdin */
} EntApiExecute;
ENT_STRUCT_DECLARE (EntApiExecute, ent_api_execute)

typedef struct {
  char *output; /* stdout */
  char *error; /* stderr */
  gint64 executionTime; /* ms */
  gboolean success; /* verdict ok */
  gboolean timedOut;
  gint64 exit_code;
  gint64 signal;
  gint64 memory_kb; /* peak */
  gboolean truncated;
  int verdict; /* EntVerdict */
  char *message; /* a sentence about the verdict */
} EntApiTested;
ENT_STRUCT_DECLARE (EntApiTested, ent_api_tested)

/* Output that is not UTF-8 has U+FFFD where it is not. With tests the worst verdict and the sums;
 * what was printed stands with each of them. */
typedef struct {
  char *output; /* stdout */
  char *error; /* stderr; the compiler's words when it refused */
  gint64 executionTime; /* ms */
  gboolean success; /* verdict ok */
  gboolean timedOut;
  gint64 exit_code;
  gint64 signal;
  gint64 memory_kb; /* peak */
  gboolean truncated;
  int verdict; /* EntVerdict */
  char *message; /* a sentence about the verdict */
  char *note; /* said with every result of this runner */
  GPtrArray *compile_errors; /* EntMsgCompileError */
  GPtrArray *tests; /* EntApiTested, in order; fewer than asked for when it ended before */
} EntApiExecuted;
ENT_STRUCT_DECLARE (EntApiExecuted, ent_api_executed)

typedef enum {
  ENT_CODE_JOB_QUEUED,
  ENT_CODE_JOB_RUNNING,
  ENT_CODE_JOB_DONE,
  ENT_CODE_JOB_FAILED, /* nothing to do with the program: verdict internal_error */
  ENT_CODE_JOB_CANCELLED,
} EntCodeJobState;
extern const char *const ent_code_job_state_nicks[]; /* queued running done failed cancelled */

/* A run that nobody waits for: POST /api/code/execute?async=1 and /api/jobs/{id}. */
typedef struct {
  char *id;
  int state; /* EntCodeJobState */
  gint64 place; /* in the queue, from 1; 0: it waits no more */
  gint64 created; /* us */
  EntApiExecuted *result; /* when it is over */
} EntApiCodeJob;
ENT_STRUCT_DECLARE (EntApiCodeJob, ent_api_code_job)

typedef struct {
  GPtrArray *items; /* EntMsgLanguage */
  char *next;
} EntApiLanguageList;
ENT_STRUCT_DECLARE (EntApiLanguageList, ent_api_language_list)

/* Slots and interviews */

typedef enum {
  ENT_SLOT_OPEN,
  ENT_SLOT_BOOKED,
  ENT_SLOT_CANCELLED,
} EntSlotState;
extern const char *const ent_slot_state_nicks[];

/* POST /api/slots takes org, interviewer (own user when absent), title, starts, ends, zone. */
typedef struct {
  char *id; /* answers only */
  char *org;
  char *interviewer;
  char *interviewer_name; /* answers only */
  char *title;
  gint64 starts; /* us */
  gint64 ends; /* us */
  char *zone;
  int state; /* EntSlotState; answers only */
  char **panel; /* ids of those who interview beside the interviewer */
  gint64 capacity; /* how many can book it */
  gint64 taken;
  char *series; /* id, of those that were offered together */
  gint64 version;
} EntApiSlot;
ENT_STRUCT_DECLARE (EntApiSlot, ent_api_slot)

typedef struct {
  char *org;
  char *interviewer;
  char *title;
  gint64 starts;
  gint64 ends;
  char *zone;
  char **panel; /* ids */
  gint64 capacity; /* 0: one */
} EntApiNewSlot;
ENT_STRUCT_DECLARE (EntApiNewSlot, ent_api_new_slot)

typedef struct {
  GPtrArray *items; /* EntApiSlot */
  char *next;
} EntApiSlotList;
ENT_STRUCT_DECLARE (EntApiSlotList, ent_api_slot_list)

/* POST /api/interviews: books a slot, or a time in the free hours of interviewers; candidate is the
 * caller when absent. */
typedef struct {
  char *slot_id;
  char *org; /* with the two below */
  char **interviewers; /* ids; the first one hosts */
  gint64 starts;
  char *title;
  char *candidate; /* user id; only for H, I, A */
  char *note;
} EntApiBooking;
ENT_STRUCT_DECLARE (EntApiBooking, ent_api_booking)

typedef enum {
  ENT_INTERVIEW_SCHEDULED,
  ENT_INTERVIEW_IN_PROGRESS,
  ENT_INTERVIEW_ENDED,
  ENT_INTERVIEW_CANCELLED,
  ENT_INTERVIEW_NO_SHOW,
} EntInterviewState;
extern const char *const ent_interview_state_nicks[]; /* scheduled ... no_show */

typedef struct {
  char *id;
  char *org;
  char *org_name;
  char *title;
  char *room;
  int state; /* EntInterviewState */
  gint64 starts; /* us */
  gint64 ends; /* us */
  gint64 opens; /* us: from when a candidate may enter */
  char *zone;
  char *host_name;
  char *candidate_name;
  int role; /* EntRole of the caller */
  gint64 version;
  gint64 record_removed; /* when what was written in it was removed */
} EntApiInterview;
ENT_STRUCT_DECLARE (EntApiInterview, ent_api_interview)

typedef struct {
  char *name;
  int role; /* EntRole */
  char *zone; /* NULL: a guest's is not known */
} EntApiPlace;
ENT_STRUCT_DECLARE (EntApiPlace, ent_api_place)

typedef struct {
  EntApiInterview *interview;
  GPtrArray *people; /* EntApiPlace: who takes part; in the answer to GET alone */
} EntApiInterviewAnswer;
ENT_STRUCT_DECLARE (EntApiInterviewAnswer, ent_api_interview_answer)

typedef struct {
  GPtrArray *items; /* EntApiInterview */
  char *next;
} EntApiInterviewList;
ENT_STRUCT_DECLARE (EntApiInterviewList, ent_api_interview_list)

/* POST /api/interviews/{id}/invitations */
typedef struct {
  char *name; /* of the guest */
  int role; /* EntRole; host is refused */
} EntApiNewInvitation;
ENT_STRUCT_DECLARE (EntApiNewInvitation, ent_api_new_invitation)

typedef struct {
  char *id;
  char *name;
  int role; /* EntRole */
  gint64 expires; /* us */
  char *link; /* entrevue://join/..., only in the answer that makes it */
  char *web_link; /* https://.../join/..., likewise */
} EntApiInvitation;
ENT_STRUCT_DECLARE (EntApiInvitation, ent_api_invitation)

typedef struct {
  GPtrArray *items; /* EntApiInvitation */
  char *next;
} EntApiInvitationList;
ENT_STRUCT_DECLARE (EntApiInvitationList, ent_api_invitation_list)

/* POST /api/rooms/{room}/join */
typedef struct {
  char *invite; /* token of a link; absent for a signed-in participant */
  char *name; /* of a guest */
  char *device_key; /* random, kept by the device: the first one binds the invitation */
} EntApiJoin;
ENT_STRUCT_DECLARE (EntApiJoin, ent_api_join)

typedef struct {
  char *room;
  char *interview;
  char *participant;
  char *name;
  int role; /* EntRole */
  char *room_token; /* NULL: in the lobby; then clients, ice, interview and state are missing too */
  char *waiting_token; /* in the lobby: good for a hello on the room socket, and nothing else */
  gint64 renew; /* us: when the token ends; join again before */
  GArray *clients; /* 16 client IDs below 2^20 for this device in this room */
  GPtrArray *ice; /* EntMsgIceServer */
  gboolean relay_only;
  EntMsgRoom *state;
} EntApiJoined;
ENT_STRUCT_DECLARE (EntApiJoined, ent_api_joined)

G_END_DECLS
