/* Who may sign what: the words, the roles, and how many must check. */
#include "daybook/domain/policy.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy_inside.h"

/* --- words */

static const char *const decisions[] = {
    [POLICY_PROPOSE] = "propose",
    [POLICY_APPROVE] = "approve",
    [POLICY_REJECT] = "reject",
};

const char *policy_decision_name(enum policy_decision decision)
{
    assert((size_t)decision < sizeof decisions / sizeof decisions[0]);
    return decisions[decision];
}

bool policy_decision_find(struct span name, enum policy_decision *decision)
{
    for (size_t i = 0; i < sizeof decisions / sizeof decisions[0]; i++)
        if (span_is(name, decisions[i])) {
            *decision = (enum policy_decision)i;
            return true;
        }
    return false;
}

static const struct role {
    const char *word;
    enum policy_role bit;
} roles_known[] = {
    {"clearing", POLICY_CLEARING}, {"support", POLICY_SUPPORT},
    {"supervisor", POLICY_SUPERVISOR}, {"risk", POLICY_RISK},
    {"fare", POLICY_FARE}, {"device", POLICY_DEVICE},
    {"auditor", POLICY_AUDITOR}, {"sysadmin", POLICY_SYSADMIN},
};

static unsigned int role_bit(struct span word)
{
    for (size_t i = 0; i < sizeof roles_known / sizeof roles_known[0]; i++)
        if (span_is(word, roles_known[i].word))
            return roles_known[i].bit;
    return 0;
}

/* Takes what stands before the next comma; false at the end. */
static bool next_of_list(struct span *list, struct span *word, bool *more)
{
    if (!*more)
        return false;
    const char *comma = list->length > 0 ? memchr(list->data, ',', list->length) : NULL;
    size_t length = comma != NULL ? (size_t)(comma - list->data) : list->length;
    *word = (struct span){list->data, length};
    *more = comma != NULL;
    size_t used = comma != NULL ? length + 1 : length;
    *list = (struct span){list->data + used, list->length - used};
    return true;
}

bool policy_roles_parse(struct span words, unsigned int *roles)
{
    bool more = true;
    struct span word;
    *roles = 0;
    while (next_of_list(&words, &word, &more)) {
        unsigned int bit = role_bit(word);
        if (bit == 0 || (*roles & bit) != 0)
            return false;
        *roles |= bit;
    }
    return *roles != 0;
}

/* --- operators */

const char *policy_environment(const struct policy *policy)
{
    return policy->environment;
}

const struct policy_operator *policy_operator(const struct policy *policy, const char *login)
{
    for (size_t i = 0; i < policy->operator_count; i++)
        if (strcmp(policy->operators[i].login, login) == 0)
            return &policy->operators[i];
    return NULL;
}

size_t policy_operator_count(const struct policy *policy)
{
    return policy->operator_count;
}

const struct policy_operator *policy_operator_at(const struct policy *policy, size_t index)
{
    assert(index < policy->operator_count);
    return &policy->operators[index];
}

bool policy_channel_fits(const struct policy_operator *person, struct span channel)
{
    struct span list = span_of(person->channels), word;
    bool more = true;
    if (span_is(list, "*") || span_is(channel, "-"))
        return true;
    while (next_of_list(&list, &word, &more))
        if (span_equal(word, channel))
            return true;
    return false;
}

bool policy_key_is_old(const struct policy *policy, const char *login, const char *key)
{
    for (size_t i = 0; i < policy->old_key_count; i++)
        if (strcmp(policy->old_keys[i].key, key) == 0 &&
            strcmp(policy->old_keys[i].login, login) == 0)
            return true;
    return false;
}

/* --- kinds */

static bool begins_with(struct span text, const char *start)
{
    size_t length = strlen(start);
    return text.length > length && memcmp(text.data, start, length) == 0;
}

bool policy_kind_sets(struct span kind)
{
    return begins_with(kind, "OPERATOR_") || span_is(kind, "TIER_CHANGE");
}

unsigned int policy_makers(struct span kind)
{
    if (!document_kind_is_known(kind))
        return 0;
    if (policy_kind_sets(kind))
        return POLICY_SYSADMIN | POLICY_SUPERVISOR;
    if (span_is(kind, "CREDIT_BACK"))
        return POLICY_CLEARING | POLICY_SUPERVISOR | POLICY_SUPPORT;
    return POLICY_CLEARING | POLICY_SUPERVISOR;
}

unsigned int policy_checkers(struct span kind)
{
    return document_kind_is_known(kind) ? POLICY_SUPERVISOR : 0;
}

/* --- tiers */

int policy_floor(struct span kind)
{
    if (policy_kind_sets(kind))
        return 2;
    return begins_with(kind, "WRITE_OFF_") || span_is(kind, "DAY_CLOSE") ||
                   span_is(kind, "EVIDENCE_CLOSE")
               ? 1
               : 0;
}

/* 3 where kind and currency are named, 2 the kind, 1 the currency, 0 neither; -1 where it is
 * another's row. */
static int row_fit(const struct policy_tier_row *row, struct span kind, struct span currency)
{
    bool any_kind = strcmp(row->kind, "*") == 0, any_currency = strcmp(row->currency, "*") == 0;
    if ((!any_kind && !span_is(kind, row->kind)) ||
        (!any_currency && !span_is(currency, row->currency)))
        return -1;
    return (any_kind ? 0 : 2) + (any_currency ? 0 : 1);
}

int policy_tier(const struct policy *policy, struct span kind, struct span currency,
                int64_t amount)
{
    const struct policy_tier_row *best = NULL;
    int best_fit = -1, floor = policy_floor(kind);
    for (size_t i = 0; i < policy->tier_count; i++) {
        const struct policy_tier_row *row = &policy->tiers[i];
        int fit = row->from <= amount ? row_fit(row, kind, currency) : -1;
        if (fit > best_fit || (fit >= 0 && fit == best_fit && row->from > best->from)) {
            best = row;
            best_fit = fit;
        }
    }
    int tier = best != NULL ? best->checkers : DOCUMENT_CHECKERS_MAX;
    return tier > floor ? tier : floor;
}
