#include "protocol/ent-api.h"

#include "protocol/ent-limits.h"

const char *const ent_org_role_nicks[] = { "candidate", "interviewer", "lead", "hr", "admin",
  NULL };
const char *const ent_code_job_state_nicks[] = { "queued", "running", "done", "failed", "cancelled",
  NULL };
const char *const ent_slot_state_nicks[] = { "open", "booked", "cancelled", NULL };
const char *const ent_interview_state_nicks[] = { "scheduled", "in_progress", "ended", "cancelled",
  "no_show", NULL };

#define STRING(Type, member, flags, max) ENT_FIELD (Type, member, ENT_FIELD_STRING, flags, max)
#define ID(Type, member, flags) ENT_FIELD (Type, member, ENT_FIELD_ID, flags, 0)
#define TIME(Type, member, flags) ENT_FIELD (Type, member, ENT_FIELD_TIME, flags, 0)
#define ITEMS(Type, of) \
  ENT_FIELD_STRUCT_OF (Type, items, ENT_FIELD_LIST, ENT_REQUIRED, ENT_MAX_LIST, of), \
    STRING (Type, next, ENT_OPTIONAL, ENT_MAX_TOKEN)

static const EntField ent_api_field_error_fields[] = {
  STRING (EntApiFieldError, at, ENT_REQUIRED, ENT_MAX_TEXT),
  STRING (EntApiFieldError, code, ENT_REQUIRED, 64),
};
ENT_STRUCT_DEFINE (EntApiFieldError, ent_api_field_error)

static const EntField ent_api_free_time_fields[] = {
  TIME (EntApiFreeTime, starts, ENT_REQUIRED),
  TIME (EntApiFreeTime, ends, ENT_REQUIRED),
  ID (EntApiFreeTime, slot, ENT_OPTIONAL),
};
ENT_STRUCT_DEFINE (EntApiFreeTime, ent_api_free_time)

static const EntField ent_api_problem_fields[] = {
  STRING (EntApiProblem, type, ENT_OPTIONAL, ENT_MAX_URL),
  STRING (EntApiProblem, title, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD (EntApiProblem, status, ENT_FIELD_INT, ENT_REQUIRED, 599),
  STRING (EntApiProblem, code, ENT_REQUIRED, 64),
  STRING (EntApiProblem, detail, ENT_OPTIONAL, ENT_MAX_TEXT),
  STRING (EntApiProblem, request_id, ENT_OPTIONAL, 64),
  ENT_FIELD_STRUCT_OF (EntApiProblem,
    errors,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    100,
    &ent_api_field_error_struct),
  ENT_FIELD_STRUCT_OF (EntApiProblem,
    free,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    20,
    &ent_api_free_time_struct),
};
ENT_STRUCT_DEFINE (EntApiProblem, ent_api_problem)

static const EntField ent_api_health_docker_fields[] = {
  ENT_FIELD (EntApiHealthDocker, available, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntApiHealthDocker, ent_api_health_docker)

static const EntField ent_api_health_queue_fields[] = {
  ENT_FIELD (EntApiHealthQueue, waiting, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
};
ENT_STRUCT_DEFINE (EntApiHealthQueue, ent_api_health_queue)

static const EntField ent_api_health_fields[] = {
  STRING (EntApiHealth, status, ENT_REQUIRED, 32),
  ENT_FIELD_STRUCT_OF (EntApiHealth,
    docker,
    ENT_FIELD_OBJECT,
    ENT_OPTIONAL,
    0,
    &ent_api_health_docker_struct),
  STRING (EntApiHealth, database, ENT_OPTIONAL, 32),
  ENT_FIELD_STRUCT_OF (EntApiHealth,
    queue,
    ENT_FIELD_OBJECT,
    ENT_OPTIONAL,
    0,
    &ent_api_health_queue_struct),
  STRING (EntApiHealth, version, ENT_REQUIRED, 64),
  TIME (EntApiHealth, timestamp, ENT_OPTIONAL),
  ENT_FIELD (EntApiHealth, protocols, ENT_FIELD_INTS, ENT_OPTIONAL, 16),
};
ENT_STRUCT_DEFINE (EntApiHealth, ent_api_health)

static const EntField ent_api_register_fields[] = {
  STRING (EntApiRegister, email, ENT_REQUIRED, ENT_MAX_EMAIL),
  STRING (EntApiRegister, password, ENT_REQUIRED, ENT_MAX_PASSWORD),
  STRING (EntApiRegister, name, ENT_REQUIRED, ENT_MAX_NAME),
  STRING (EntApiRegister, locale, ENT_OPTIONAL, 35),
  STRING (EntApiRegister, zone, ENT_OPTIONAL, 64),
  STRING (EntApiRegister, invite, ENT_OPTIONAL, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntApiRegister, ent_api_register)

static const EntField ent_api_user_fields[] = {
  ID (EntApiUser, id, ENT_REQUIRED),
  STRING (EntApiUser, name, ENT_REQUIRED, ENT_MAX_NAME),
  STRING (EntApiUser, email, ENT_OPTIONAL, ENT_MAX_EMAIL),
  STRING (EntApiUser, locale, ENT_OPTIONAL, 35),
  STRING (EntApiUser, zone, ENT_OPTIONAL, 64),
  ENT_FIELD (EntApiUser, verified, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntApiUser, version, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT64),
};
ENT_STRUCT_DEFINE (EntApiUser, ent_api_user)

static const EntField ent_api_user_answer_fields[] = {
  ENT_FIELD_STRUCT_OF (EntApiUserAnswer,
    user,
    ENT_FIELD_OBJECT,
    ENT_REQUIRED,
    0,
    &ent_api_user_struct),
};
ENT_STRUCT_DEFINE (EntApiUserAnswer, ent_api_user_answer)

static const EntField ent_api_login_fields[] = {
  STRING (EntApiLogin, email, ENT_REQUIRED, ENT_MAX_EMAIL),
  STRING (EntApiLogin, password, ENT_REQUIRED, ENT_MAX_PASSWORD),
  STRING (EntApiLogin, device, ENT_OPTIONAL, ENT_MAX_NAME),
};
ENT_STRUCT_DEFINE (EntApiLogin, ent_api_login)

static const EntField ent_api_refresh_fields[] = {
  STRING (EntApiRefresh, refresh, ENT_REQUIRED, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntApiRefresh, ent_api_refresh)

static const EntField ent_api_tokens_fields[] = {
  STRING (EntApiTokens, access, ENT_OPTIONAL, ENT_MAX_TOKEN),
  ENT_FIELD (EntApiTokens, expires_in, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  STRING (EntApiTokens, refresh, ENT_OPTIONAL, ENT_MAX_TOKEN),
  ENT_FIELD_STRUCT_OF (EntApiTokens, user, ENT_FIELD_OBJECT, ENT_OPTIONAL, 0, &ent_api_user_struct),
  ENT_FIELD (EntApiTokens, second_factor, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  STRING (EntApiTokens, ticket, ENT_OPTIONAL, ENT_MAX_TOKEN),
};
ENT_STRUCT_DEFINE (EntApiTokens, ent_api_tokens)

static const EntField ent_api_logout_fields[] = {
  ENT_FIELD (EntApiLogout, all, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (EntApiLogout, ent_api_logout)

static const EntField ent_api_session_fields[] = {
  ID (EntApiSession, id, ENT_REQUIRED),
  STRING (EntApiSession, device, ENT_OPTIONAL, ENT_MAX_NAME),
  TIME (EntApiSession, created, ENT_REQUIRED),
  TIME (EntApiSession, used, ENT_REQUIRED),
  ENT_FIELD (EntApiSession, current, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (EntApiSession, ent_api_session)

static const EntField ent_api_session_list_fields[] = {
  ITEMS (EntApiSessionList, &ent_api_session_struct),
};
ENT_STRUCT_DEFINE (EntApiSessionList, ent_api_session_list)

static const EntField ent_api_new_password_fields[] = {
  STRING (EntApiNewPassword, old, ENT_REQUIRED, ENT_MAX_PASSWORD),
  STRING (EntApiNewPassword, new, ENT_REQUIRED, ENT_MAX_PASSWORD),
};
ENT_STRUCT_DEFINE (EntApiNewPassword, ent_api_new_password)

static const EntField ent_api_membership_fields[] = {
  ID (EntApiMembership, org, ENT_REQUIRED),
  STRING (EntApiMembership, name, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD_ENUM_OF (EntApiMembership, role, ENT_REQUIRED, ent_org_role_nicks),
};
ENT_STRUCT_DEFINE (EntApiMembership, ent_api_membership)

static const EntField ent_api_me_fields[] = {
  ENT_FIELD_STRUCT_OF (EntApiMe, user, ENT_FIELD_OBJECT, ENT_REQUIRED, 0, &ent_api_user_struct),
  ENT_FIELD_STRUCT_OF (EntApiMe,
    memberships,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    ENT_MAX_LIST,
    &ent_api_membership_struct),
  ENT_FIELD (EntApiMe, version, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT64),
};
ENT_STRUCT_DEFINE (EntApiMe, ent_api_me)

static const EntField ent_api_org_fields[] = {
  ID (EntApiOrg, id, ENT_OPTIONAL),
  STRING (EntApiOrg, name, ENT_REQUIRED, ENT_MAX_NAME),
  STRING (EntApiOrg, zone, ENT_OPTIONAL, 64),
  ENT_FIELD (EntApiOrg, version, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT64),
  ENT_FIELD (EntApiOrg, record_days, ENT_FIELD_INT, ENT_OPTIONAL, ENT_MAX_RECORD_DAYS),
};
ENT_STRUCT_DEFINE (EntApiOrg, ent_api_org)

static const EntField ent_api_org_list_fields[] = { ITEMS (EntApiOrgList, &ent_api_org_struct) };
ENT_STRUCT_DEFINE (EntApiOrgList, ent_api_org_list)

static const EntField ent_api_new_key_fields[] = {
  ID (EntApiNewKey, org, ENT_REQUIRED),
  STRING (EntApiNewKey, name, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (EntApiNewKey, scopes, ENT_FIELD_STRINGS, ENT_REQUIRED, 16),
  TIME (EntApiNewKey, expires, ENT_OPTIONAL),
};
ENT_STRUCT_DEFINE (EntApiNewKey, ent_api_new_key)

static const EntField ent_api_key_fields[] = {
  ID (EntApiKey, id, ENT_REQUIRED),
  STRING (EntApiKey, name, ENT_REQUIRED, ENT_MAX_NAME),
  STRING (EntApiKey, start, ENT_REQUIRED, 64),
  STRING (EntApiKey, key, ENT_OPTIONAL, ENT_MAX_TOKEN),
  ENT_FIELD (EntApiKey, scopes, ENT_FIELD_STRINGS, ENT_REQUIRED, 16),
  TIME (EntApiKey, created, ENT_REQUIRED),
  TIME (EntApiKey, expires, ENT_OPTIONAL),
};
ENT_STRUCT_DEFINE (EntApiKey, ent_api_key)

static const EntField ent_api_key_list_fields[] = { ITEMS (EntApiKeyList, &ent_api_key_struct) };
ENT_STRUCT_DEFINE (EntApiKeyList, ent_api_key_list)

static const EntField ent_api_audit_entry_fields[] = {
  ENT_FIELD (EntApiAuditEntry, seq, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  TIME (EntApiAuditEntry, at, ENT_REQUIRED),
  STRING (EntApiAuditEntry, actor, ENT_REQUIRED, ENT_MAX_NAME),
  STRING (EntApiAuditEntry, action, ENT_REQUIRED, 64),
  STRING (EntApiAuditEntry, subject, ENT_REQUIRED, ENT_MAX_TEXT),
  STRING (EntApiAuditEntry, detail, ENT_REQUIRED, ENT_MAX_TEXT),
  STRING (EntApiAuditEntry, chain, ENT_OPTIONAL, 64),
};
ENT_STRUCT_DEFINE (EntApiAuditEntry, ent_api_audit_entry)

static const EntField ent_api_audit_list_fields[] = { ITEMS (EntApiAuditList,
  &ent_api_audit_entry_struct) };
ENT_STRUCT_DEFINE (EntApiAuditList, ent_api_audit_list)

static const EntField ent_api_audit_proof_fields[] = {
  ENT_FIELD (EntApiAuditProof, entries, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (EntApiAuditProof, waiting, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  STRING (EntApiAuditProof, head, ENT_OPTIONAL, 64),
};
ENT_STRUCT_DEFINE (EntApiAuditProof, ent_api_audit_proof)

static const EntField ent_api_code_file_fields[] = {
  STRING (EntApiCodeFile, path, ENT_REQUIRED, ENT_MAX_PATH),
  STRING (EntApiCodeFile, content, ENT_REQUIRED, ENT_MAX_FILE_TEXT),
};
ENT_STRUCT_DEFINE (EntApiCodeFile, ent_api_code_file)

static const EntField ent_api_code_test_fields[] = {
  ENT_FIELD_NAMED (EntApiCodeTest,
    stdin_text,
    "stdin",
    ENT_FIELD_STRING,
    ENT_OPTIONAL,
    ENT_MAX_FILE_TEXT),
};
ENT_STRUCT_DEFINE (EntApiCodeTest, ent_api_code_test)

static const EntField ent_api_execute_fields[] = {
  STRING (EntApiExecute, code, ENT_REQUIRED, ENT_MAX_FILE_TEXT),
  STRING (EntApiExecute, language, ENT_REQUIRED, 32),
  ENT_FIELD_NAMED (EntApiExecute,
    stdin_text,
    "stdin",
    ENT_FIELD_STRING,
    ENT_OPTIONAL,
    ENT_MAX_FILE_TEXT),
  ENT_FIELD_STRUCT_OF (EntApiExecute,
    files,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    ENT_MAX_FILES,
    &ent_api_code_file_struct),
  ENT_FIELD_STRUCT_OF (EntApiExecute,
    tests,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    ENT_MAX_TESTS,
    &ent_api_code_test_struct),
};
ENT_STRUCT_DEFINE (EntApiExecute, ent_api_execute)

static const EntField ent_api_tested_fields[] = {
  STRING (EntApiTested, output, ENT_REQUIRED, 4 * ENT_MAX_OUTPUT),
  STRING (EntApiTested, error, ENT_REQUIRED, 4 * ENT_MAX_OUTPUT),
  ENT_FIELD (EntApiTested, executionTime, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT32),
  ENT_FIELD (EntApiTested, success, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntApiTested, timedOut, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntApiTested, exit_code, ENT_FIELD_INT, ENT_REQUIRED | ENT_SIGNED, G_MAXINT32),
  ENT_FIELD (EntApiTested, signal, ENT_FIELD_INT, ENT_OPTIONAL, 128),
  ENT_FIELD (EntApiTested, memory_kb, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT32),
  ENT_FIELD (EntApiTested, truncated, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD_ENUM_OF (EntApiTested, verdict, ENT_REQUIRED, ent_verdict_nicks),
  STRING (EntApiTested, message, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntApiTested, ent_api_tested)

static const EntField ent_api_executed_fields[] = {
  STRING (EntApiExecuted, output, ENT_REQUIRED, 4 * ENT_MAX_OUTPUT),
  STRING (EntApiExecuted, error, ENT_REQUIRED, 4 * ENT_MAX_OUTPUT),
  ENT_FIELD (EntApiExecuted, executionTime, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT32),
  ENT_FIELD (EntApiExecuted, success, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntApiExecuted, timedOut, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (EntApiExecuted, exit_code, ENT_FIELD_INT, ENT_REQUIRED | ENT_SIGNED, G_MAXINT32),
  ENT_FIELD (EntApiExecuted, signal, ENT_FIELD_INT, ENT_OPTIONAL, 128),
  ENT_FIELD (EntApiExecuted, memory_kb, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT32),
  ENT_FIELD (EntApiExecuted, truncated, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD_ENUM_OF (EntApiExecuted, verdict, ENT_REQUIRED, ent_verdict_nicks),
  STRING (EntApiExecuted, message, ENT_OPTIONAL, ENT_MAX_TEXT),
  STRING (EntApiExecuted, note, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD_STRUCT_OF (EntApiExecuted,
    compile_errors,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    100,
    &ent_msg_compile_error_struct),
  ENT_FIELD_STRUCT_OF (EntApiExecuted,
    tests,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    ENT_MAX_TESTS,
    &ent_api_tested_struct),
};
ENT_STRUCT_DEFINE (EntApiExecuted, ent_api_executed)

static const EntField ent_api_code_job_fields[] = {
  ID (EntApiCodeJob, id, ENT_REQUIRED),
  ENT_FIELD_ENUM_OF (EntApiCodeJob, state, ENT_REQUIRED, ent_code_job_state_nicks),
  ENT_FIELD (EntApiCodeJob, place, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  TIME (EntApiCodeJob, created, ENT_REQUIRED),
  ENT_FIELD_STRUCT_OF (EntApiCodeJob,
    result,
    ENT_FIELD_OBJECT,
    ENT_OPTIONAL,
    0,
    &ent_api_executed_struct),
};
ENT_STRUCT_DEFINE (EntApiCodeJob, ent_api_code_job)

static const EntField ent_api_language_list_fields[] = {
  ITEMS (EntApiLanguageList, &ent_msg_language_struct),
};
ENT_STRUCT_DEFINE (EntApiLanguageList, ent_api_language_list)

static const EntField ent_api_member_fields[] = {
  ID (EntApiMember, user, ENT_OPTIONAL),
  STRING (EntApiMember, email, ENT_REQUIRED, ENT_MAX_EMAIL),
  STRING (EntApiMember, name, ENT_OPTIONAL, ENT_MAX_NAME),
  ENT_FIELD_ENUM_OF (EntApiMember, role, ENT_REQUIRED, ent_org_role_nicks),
  ID (EntApiMember, team, ENT_OPTIONAL),
};
ENT_STRUCT_DEFINE (EntApiMember, ent_api_member)

static const EntField ent_api_member_list_fields[] = { ITEMS (EntApiMemberList,
  &ent_api_member_struct) };
ENT_STRUCT_DEFINE (EntApiMemberList, ent_api_member_list)

static const EntField ent_api_slot_fields[] = {
  ID (EntApiSlot, id, ENT_REQUIRED),
  ID (EntApiSlot, org, ENT_REQUIRED),
  ID (EntApiSlot, interviewer, ENT_REQUIRED),
  STRING (EntApiSlot, interviewer_name, ENT_OPTIONAL, ENT_MAX_NAME),
  STRING (EntApiSlot, title, ENT_OPTIONAL, ENT_MAX_NAME),
  TIME (EntApiSlot, starts, ENT_REQUIRED),
  TIME (EntApiSlot, ends, ENT_REQUIRED),
  STRING (EntApiSlot, zone, ENT_OPTIONAL, 64),
  ENT_FIELD_ENUM_OF (EntApiSlot, state, ENT_REQUIRED, ent_slot_state_nicks),
  ENT_FIELD (EntApiSlot, panel, ENT_FIELD_STRINGS, ENT_OPTIONAL, 8),
  ENT_FIELD (EntApiSlot, capacity, ENT_FIELD_INT, ENT_OPTIONAL, 1000),
  ENT_FIELD (EntApiSlot, taken, ENT_FIELD_INT, ENT_OPTIONAL, 1000),
  ID (EntApiSlot, series, ENT_OPTIONAL),
  ENT_FIELD (EntApiSlot, version, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT64),
};
ENT_STRUCT_DEFINE (EntApiSlot, ent_api_slot)

static const EntField ent_api_new_slot_fields[] = {
  ID (EntApiNewSlot, org, ENT_REQUIRED),
  ID (EntApiNewSlot, interviewer, ENT_OPTIONAL),
  STRING (EntApiNewSlot, title, ENT_OPTIONAL, ENT_MAX_NAME),
  TIME (EntApiNewSlot, starts, ENT_REQUIRED),
  TIME (EntApiNewSlot, ends, ENT_REQUIRED),
  STRING (EntApiNewSlot, zone, ENT_OPTIONAL, 64),
  ENT_FIELD (EntApiNewSlot, panel, ENT_FIELD_STRINGS, ENT_OPTIONAL, 8),
  ENT_FIELD (EntApiNewSlot, capacity, ENT_FIELD_INT, ENT_OPTIONAL, 100),
};
ENT_STRUCT_DEFINE (EntApiNewSlot, ent_api_new_slot)

static const EntField ent_api_slot_list_fields[] = { ITEMS (EntApiSlotList, &ent_api_slot_struct) };
ENT_STRUCT_DEFINE (EntApiSlotList, ent_api_slot_list)

static const EntField ent_api_booking_fields[] = {
  ID (EntApiBooking, slot_id, ENT_OPTIONAL),
  ID (EntApiBooking, org, ENT_OPTIONAL),
  ENT_FIELD (EntApiBooking, interviewers, ENT_FIELD_STRINGS, ENT_OPTIONAL, 1 + ENT_MAX_PANEL),
  TIME (EntApiBooking, starts, ENT_OPTIONAL),
  STRING (EntApiBooking, title, ENT_OPTIONAL, ENT_MAX_NAME),
  ID (EntApiBooking, candidate, ENT_OPTIONAL),
  STRING (EntApiBooking, note, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntApiBooking, ent_api_booking)

static const EntField ent_api_interview_fields[] = {
  ID (EntApiInterview, id, ENT_REQUIRED),
  ID (EntApiInterview, org, ENT_REQUIRED),
  STRING (EntApiInterview, org_name, ENT_OPTIONAL, ENT_MAX_NAME),
  STRING (EntApiInterview, title, ENT_OPTIONAL, ENT_MAX_NAME),
  ID (EntApiInterview, room, ENT_REQUIRED),
  ENT_FIELD_ENUM_OF (EntApiInterview, state, ENT_REQUIRED, ent_interview_state_nicks),
  TIME (EntApiInterview, starts, ENT_REQUIRED),
  TIME (EntApiInterview, ends, ENT_REQUIRED),
  TIME (EntApiInterview, opens, ENT_OPTIONAL),
  STRING (EntApiInterview, zone, ENT_OPTIONAL, 64),
  STRING (EntApiInterview, host_name, ENT_OPTIONAL, ENT_MAX_NAME),
  STRING (EntApiInterview, candidate_name, ENT_OPTIONAL, ENT_MAX_NAME),
  ENT_FIELD_ENUM_OF (EntApiInterview, role, ENT_REQUIRED, ent_role_nicks),
  ENT_FIELD (EntApiInterview, version, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT64),
  TIME (EntApiInterview, record_removed, ENT_OPTIONAL),
};
ENT_STRUCT_DEFINE (EntApiInterview, ent_api_interview)

static const EntField ent_api_place_fields[] = {
  STRING (EntApiPlace, name, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD_ENUM_OF (EntApiPlace, role, ENT_REQUIRED, ent_role_nicks),
  STRING (EntApiPlace, zone, ENT_OPTIONAL, 64),
};
ENT_STRUCT_DEFINE (EntApiPlace, ent_api_place)

static const EntField ent_api_interview_answer_fields[] = {
  ENT_FIELD_STRUCT_OF (EntApiInterviewAnswer,
    interview,
    ENT_FIELD_OBJECT,
    ENT_REQUIRED,
    0,
    &ent_api_interview_struct),
  ENT_FIELD_STRUCT_OF (EntApiInterviewAnswer,
    people,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    ENT_MAX_LIST,
    &ent_api_place_struct),
};
ENT_STRUCT_DEFINE (EntApiInterviewAnswer, ent_api_interview_answer)

static const EntField ent_api_interview_list_fields[] = { ITEMS (EntApiInterviewList,
  &ent_api_interview_struct) };
ENT_STRUCT_DEFINE (EntApiInterviewList, ent_api_interview_list)

static const EntField ent_api_new_invitation_fields[] = {
  STRING (EntApiNewInvitation, name, ENT_OPTIONAL, ENT_MAX_NAME),
  ENT_FIELD_ENUM_OF (EntApiNewInvitation, role, ENT_REQUIRED, ent_role_nicks),
};
ENT_STRUCT_DEFINE (EntApiNewInvitation, ent_api_new_invitation)

static const EntField ent_api_invitation_fields[] = {
  ID (EntApiInvitation, id, ENT_REQUIRED),
  STRING (EntApiInvitation, name, ENT_OPTIONAL, ENT_MAX_NAME),
  ENT_FIELD_ENUM_OF (EntApiInvitation, role, ENT_REQUIRED, ent_role_nicks),
  TIME (EntApiInvitation, expires, ENT_OPTIONAL),
  STRING (EntApiInvitation, link, ENT_OPTIONAL, ENT_MAX_URL),
  STRING (EntApiInvitation, web_link, ENT_OPTIONAL, ENT_MAX_URL),
};
ENT_STRUCT_DEFINE (EntApiInvitation, ent_api_invitation)

static const EntField ent_api_invitation_list_fields[] = { ITEMS (EntApiInvitationList,
  &ent_api_invitation_struct) };
ENT_STRUCT_DEFINE (EntApiInvitationList, ent_api_invitation_list)

static const EntField ent_api_join_fields[] = {
  STRING (EntApiJoin, invite, ENT_OPTIONAL, ENT_MAX_TOKEN),
  STRING (EntApiJoin, name, ENT_OPTIONAL, ENT_MAX_NAME),
  STRING (EntApiJoin, device_key, ENT_REQUIRED, 128),
};
ENT_STRUCT_DEFINE (EntApiJoin, ent_api_join)

static const EntField ent_api_joined_fields[] = {
  ID (EntApiJoined, room, ENT_REQUIRED),
  ID (EntApiJoined, interview, ENT_OPTIONAL),
  ID (EntApiJoined, participant, ENT_REQUIRED),
  STRING (EntApiJoined, name, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD_ENUM_OF (EntApiJoined, role, ENT_REQUIRED, ent_role_nicks),
  STRING (EntApiJoined, room_token, ENT_OPTIONAL, ENT_MAX_TOKEN),
  STRING (EntApiJoined, waiting_token, ENT_OPTIONAL, ENT_MAX_TOKEN),
  TIME (EntApiJoined, renew, ENT_REQUIRED),
  ENT_FIELD (EntApiJoined, clients, ENT_FIELD_INTS, ENT_OPTIONAL, ENT_CLIENT_IDS),
  ENT_FIELD_STRUCT_OF (EntApiJoined,
    ice,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    8,
    &ent_msg_ice_server_struct),
  ENT_FIELD (EntApiJoined, relay_only, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD_STRUCT_OF (EntApiJoined,
    state,
    ENT_FIELD_OBJECT,
    ENT_OPTIONAL,
    0,
    &ent_msg_room_struct),
};
ENT_STRUCT_DEFINE (EntApiJoined, ent_api_joined)
