/* Who may sign what (rules B13, B19): the charter that the root signed, and folded over it, in
 * order, the executed requests that changed it. Pure: signatures were verified before
 * (trust/sign.h), the clock and the day's sums are arguments. The payment core judges by this and
 * by no database. */
#ifndef DAYBOOK_DOMAIN_POLICY_H
#define DAYBOOK_DOMAIN_POLICY_H

#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/base/text.h"
#include "daybook/domain/document.h"

enum {
    POLICY_BYTES_MAX = 1 << 20, /* of a charter */
    POLICY_OPERATORS_MAX = 2000,
    POLICY_TIERS_MAX = 1000,
    POLICY_CAPS_MAX = 200,
    POLICY_FACTS_MAX = 16, /* signatures of one request */
    POLICY_KEY = 65        /* SHA-256 in hex and a NUL */
};

enum policy_decision { POLICY_PROPOSE, POLICY_APPROVE, POLICY_REJECT };

/* "propose", "approve", "reject", as they are signed. */
const char *policy_decision_name(enum policy_decision decision);
bool policy_decision_find(struct span name, enum policy_decision *decision);

/* Roles as bits; their words are those of the groups g_clearing and so on. */
enum policy_role {
    POLICY_CLEARING = 1 << 0,
    POLICY_SUPPORT = 1 << 1,
    POLICY_SUPERVISOR = 1 << 2,
    POLICY_RISK = 1 << 3,
    POLICY_FARE = 1 << 4,
    POLICY_DEVICE = 1 << 5,
    POLICY_AUDITOR = 1 << 6,
    POLICY_SYSADMIN = 1 << 7
};

struct policy_operator {
    char login[DOCUMENT_LOGIN_MAX];
    char person[DOCUMENT_PERSON_MAX];
    unsigned int roles; /* of enum policy_role */
    char *channels;     /* "*", or names with commas between; owned by the policy */
    char key[POLICY_KEY];
    bool is_revoked;
};

struct policy;

/* Reads a charter whose signature was verified. NULL with the line's fault. */
struct policy *policy_charter(struct span charter, struct error *error);
void policy_free(struct policy *policy); /* NULL is allowed */

const char *policy_environment(const struct policy *policy);
const struct policy_operator *policy_operator(const struct policy *policy, const char *login);
size_t policy_operator_count(const struct policy *policy);
const struct policy_operator *policy_operator_at(const struct policy *policy, size_t index);

/* Folds an executed OPERATOR_* or TIER_CHANGE request into the policy; judge it first, by the one
 * before it. Other kinds change nothing. False where it cannot be applied (enrolled already,
 * fewer than two supervisors left ...): the policy is then as it was. */
bool policy_apply(struct policy *policy, const struct document *document, struct error *error);

/* How many must check: of the rows whose kind and then currency fit best, the one with the highest
 * `from` not above the amount; 2 where none fits. Never 0 for a write-off, a close of a day or one
 * by evidence; always 2 for what changes the policy. */
int policy_tier(const struct policy *policy, struct span kind, struct span currency,
                int64_t amount);

/* Who may propose and who may check a kind: bits of roles. */
unsigned int policy_makers(struct span kind);
unsigned int policy_checkers(struct span kind);
/* "clearing,supervisor" as bits; false for an unknown role, one twice, or none. */
bool policy_roles_parse(struct span words, unsigned int *roles);

/* One signature that was found good. */
struct policy_fact {
    enum policy_decision decision;
    char login[DOCUMENT_LOGIN_MAX];
    char person[DOCUMENT_PERSON_MAX];
    char key[POLICY_KEY];
    time_us expiry;
};

/* What a person has made and checked today in the request's currency, without this request. */
struct policy_sum {
    char person[DOCUMENT_PERSON_MAX];
    int64_t as_maker, as_checker; /* minor units */
};

struct policy_verdict {
    const char *word; /* "" fine; else the refusal's word: "tier-short" ... */
    char detail[256]; /* printable words=values of the case */
};

/* Judges a request with all its signatures. True where it may be executed now. The refusals in the
 * order in which they are looked for: environment-differs, maker-unknown, key-unknown, key-revoked,
 * signature-bad, rejected, expired, role-missing, same-person, excluded-person, tier-short, stale,
 * cap-exceeded, document-bad. Persons without a row in sums have done nothing today. */
bool policy_judge(const struct policy *policy, const struct document *document,
                  const struct policy_fact *facts, size_t count, time_us now,
                  const struct policy_sum *sums, size_t sum_count,
                  struct policy_verdict *verdict);
/* The same before anybody signed: whether the maker of the head may propose it at all, and the tier
 * it takes (for the preview). */
bool policy_judge_maker(const struct policy *policy, const struct document_head *head,
                        struct policy_verdict *verdict);

#endif
