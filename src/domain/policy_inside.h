/* What the files of policy.h share. Private to the room. */
#ifndef DAYBOOK_DOMAIN_POLICY_INSIDE_H
#define DAYBOOK_DOMAIN_POLICY_INSIDE_H

#include "daybook/domain/policy.h"

enum { POLICY_CODE = 41 /* bytes of a kind, with a NUL */, POLICY_CURRENCY = 4 };

struct policy_tier_row {
    char kind[POLICY_CODE];         /* "*": any */
    char currency[POLICY_CURRENCY]; /* "*": any */
    int64_t from;                   /* minor units */
    int checkers;
};

struct policy_cap_row {
    bool is_checker;
    char currency[POLICY_CURRENCY];
    int64_t amount; /* minor units a day and person */
};

/* A key that was somebody's: it is never anybody's again. */
struct policy_old_key {
    char login[DOCUMENT_LOGIN_MAX];
    char key[POLICY_KEY];
};

struct policy {
    char environment[POLICY_CODE];
    struct policy_operator *operators;
    size_t operator_count;
    struct policy_tier_row *tiers;
    size_t tier_count;
    struct policy_cap_row *caps;
    size_t cap_count;
    struct policy_old_key *old_keys;
    size_t old_key_count;
};

/* Whether the kind changes the policy itself. */
bool policy_kind_sets(struct span kind);
/* The least number of checkers that no row can lower. */
int policy_floor(struct span kind);
bool policy_channel_fits(const struct policy_operator *person, struct span channel);
/* Whether that key was once the operator's. */
bool policy_key_is_old(const struct policy *policy, const char *login, const char *key);

/* --- rows, of a charter or a change; false with *fault said */

bool policy_row_operator(struct policy *policy, struct span row, bool is_new, const char **fault);
bool policy_row_tier(struct policy *policy, struct span row, const char **fault);
bool policy_row_cap(struct policy *policy, struct span row, const char **fault);
/* Whether policy_apply() would. */
bool policy_can_apply(const struct policy *policy, const struct document *document,
                      struct error *error);
/* Two supervisors at least, or nothing could ever be changed again. */
bool policy_is_alive(const struct policy *policy);

#endif
