/* The charter read, and executed requests folded over it: rows in, the same rules for both. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "lines.h"
#include "policy_inside.h"

enum { OLD_KEYS_MAX = 20000 };

static bool copy_span(char *out, size_t size, struct span text)
{
    if (text.length >= size)
        return false;
    memcpy(out, text.data, text.length);
    out[text.length] = '\0';
    return true;
}

/* --- one row */

static bool is_key(struct span text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
            return false;
    }
    return text.length == POLICY_KEY - 1;
}

/* "*", or names with a comma between. */
static bool are_channels(struct span text)
{
    if (span_is(text, "*"))
        return true;
    for (size_t from = 0; from <= text.length;) {
        size_t to = from;
        while (to < text.length && text.data[to] != ',')
            to++;
        if (!value_is_plain((struct span){text.data + from, to - from}))
            return false;
        from = to + 1;
    }
    return true;
}

/* Whether anybody has or had the key. */
static bool key_is_taken(const struct policy *policy, const char *key)
{
    for (size_t i = 0; i < policy->operator_count; i++)
        if (strcmp(policy->operators[i].key, key) == 0)
            return true;
    for (size_t i = 0; i < policy->old_key_count; i++)
        if (strcmp(policy->old_keys[i].key, key) == 0)
            return true;
    return false;
}

static struct policy_operator *find(struct policy *policy, struct span login)
{
    for (size_t i = 0; i < policy->operator_count; i++)
        if (span_is(login, policy->operators[i].login))
            return &policy->operators[i];
    return NULL;
}

static bool retire_key(struct policy *policy, const struct policy_operator *person)
{
    if (policy->old_key_count == OLD_KEYS_MAX)
        return false;
    policy->old_keys = memory_resize(policy->old_keys, policy->old_key_count + 1,
                                     sizeof *policy->old_keys);
    struct policy_old_key *old = &policy->old_keys[policy->old_key_count++];
    memcpy(old->login, person->login, sizeof old->login);
    memcpy(old->key, person->key, sizeof old->key);
    return true;
}

static bool operator_words(struct span row, struct policy_operator *person, struct span *channels,
                           const char **fault)
{
    struct span words[5];
    *fault = "not login, person, roles, channels and key:";
    if (!row_cut(row, words, 5))
        return false;
    *fault = "this is no login or person:";
    if (!value_is_name(words[0], sizeof person->login) ||
        !value_is_name(words[1], sizeof person->person))
        return false;
    copy_span(person->login, sizeof person->login, words[0]);
    copy_span(person->person, sizeof person->person, words[1]);
    *fault = "these are no roles:";
    if (!policy_roles_parse(words[2], &person->roles))
        return false;
    *fault = "these are no channels:";
    if (!are_channels(words[3]))
        return false;
    *channels = words[3];
    *fault = "this is no key's fingerprint:";
    return is_key(words[4]) && copy_span(person->key, sizeof person->key, words[4]);
}

static void set_channels(struct policy_operator *person, struct span channels)
{
    char *copy = memory_new(channels.length + 1);
    memcpy(copy, channels.data, channels.length);
    free(person->channels);
    person->channels = copy;
}

/* A new row, or one in the place of somebody who was revoked and comes back with another key. */
static bool operator_enrol(struct policy *policy, const struct policy_operator *person,
                           struct span channels, const char **fault)
{
    struct policy_operator *known = find(policy, span_of(person->login));
    *fault = "this login is enrolled already:";
    if (known != NULL && !known->is_revoked)
        return false;
    *fault = "this login was another person's:";
    if (known != NULL && strcmp(known->person, person->person) != 0)
        return false;
    *fault = "this key is or was somebody's already:";
    if (key_is_taken(policy, person->key))
        return false;
    if (known == NULL) {
        *fault = "there are too many operators:";
        if (policy->operator_count == POLICY_OPERATORS_MAX)
            return false;
        policy->operators = memory_resize(policy->operators, policy->operator_count + 1,
                                          sizeof *policy->operators);
        known = &policy->operators[policy->operator_count++];
        *known = (struct policy_operator){0};
    }
    char *channels_before = known->channels;
    *known = *person;
    known->channels = channels_before;
    set_channels(known, channels);
    return true;
}

bool policy_row_operator(struct policy *policy, struct span row, bool is_new, const char **fault)
{
    struct policy_operator person = {0};
    struct span channels;
    if (!operator_words(row, &person, &channels, fault))
        return false;
    if (is_new)
        return operator_enrol(policy, &person, channels, fault);
    struct policy_operator *known = find(policy, span_of(person.login));
    *fault = "this login is not enrolled, or its person or key would change:";
    if (known == NULL || known->is_revoked || strcmp(known->person, person.person) != 0 ||
        strcmp(known->key, person.key) != 0)
        return false;
    known->roles = person.roles;
    set_channels(known, channels);
    return true;
}

static bool operator_revoke(struct policy *policy, struct span row, const char **fault)
{
    struct policy_operator *known = find(policy, row);
    *fault = "this login is not enrolled:";
    if (known == NULL || known->is_revoked || !retire_key(policy, known))
        return false;
    known->is_revoked = true;
    return true;
}

static bool operator_key(struct policy *policy, struct span row, const char **fault)
{
    struct span words[2];
    char key[POLICY_KEY];
    *fault = "not a login and a key:";
    if (!row_cut(row, words, 2) || !is_key(words[1]) || !copy_span(key, sizeof key, words[1]))
        return false;
    struct policy_operator *known = find(policy, words[0]);
    *fault = "this login is not enrolled:";
    if (known == NULL || known->is_revoked)
        return false;
    *fault = "this key is or was somebody's already:";
    if (key_is_taken(policy, key) || !retire_key(policy, known))
        return false;
    memcpy(known->key, key, sizeof known->key);
    return true;
}

/* --- tiers and caps */

/* The words of a tier's row; `count` 3 without the checkers. */
static bool tier_words(struct span row, size_t count, struct policy_tier_row *tier,
                       const char **fault)
{
    struct span words[4];
    int64_t checkers = 0;
    *fault = "not kind, currency, amount and checkers:";
    if (!row_cut(row, words, count))
        return false;
    if ((!span_is(words[0], "*") && !document_kind_is_known(words[0])) ||
        (!span_is(words[1], "*") && !span_is(words[1], "-") && !value_is_currency(words[1])))
        return false;
    if (!copy_span(tier->kind, sizeof tier->kind, words[0]) ||
        !copy_span(tier->currency, sizeof tier->currency, words[1]) ||
        !value_to_int(words[2], &tier->from) || tier->from < 0)
        return false;
    if (count == 3)
        return true;
    if (!value_to_int(words[3], &checkers) || checkers < 0 || checkers > DOCUMENT_CHECKERS_MAX)
        return false;
    *fault = "this kind needs more who check:";
    tier->checkers = (int)checkers;
    return tier->checkers >= policy_floor(words[0]);
}

static struct policy_tier_row *find_tier(struct policy *policy, const struct policy_tier_row *tier)
{
    for (size_t i = 0; i < policy->tier_count; i++)
        if (strcmp(policy->tiers[i].kind, tier->kind) == 0 &&
            strcmp(policy->tiers[i].currency, tier->currency) == 0 &&
            policy->tiers[i].from == tier->from)
            return &policy->tiers[i];
    return NULL;
}

bool policy_row_tier(struct policy *policy, struct span row, const char **fault)
{
    struct policy_tier_row tier = {0};
    if (!tier_words(row, 4, &tier, fault))
        return false;
    struct policy_tier_row *known = find_tier(policy, &tier);
    if (known != NULL) {
        *known = tier;
        return true;
    }
    *fault = "there are too many tiers:";
    if (policy->tier_count == POLICY_TIERS_MAX)
        return false;
    policy->tiers = memory_resize(policy->tiers, policy->tier_count + 1, sizeof *policy->tiers);
    policy->tiers[policy->tier_count++] = tier;
    return true;
}

static bool tier_remove(struct policy *policy, struct span row, const char **fault)
{
    struct policy_tier_row tier = {0};
    if (!tier_words(row, 3, &tier, fault))
        return false;
    struct policy_tier_row *known = find_tier(policy, &tier);
    *fault = "there is no such tier:";
    if (known == NULL)
        return false;
    *known = policy->tiers[--policy->tier_count];
    return true;
}

static bool cap_words(struct span row, size_t count, struct policy_cap_row *cap,
                      const char **fault)
{
    struct span words[3];
    *fault = "not maker or checker, currency and amount:";
    if (!row_cut(row, words, count) || !value_is_currency(words[1]))
        return false;
    cap->is_checker = span_is(words[0], "checker");
    copy_span(cap->currency, sizeof cap->currency, words[1]);
    if (!cap->is_checker && !span_is(words[0], "maker"))
        return false;
    return count == 2 || (value_to_int(words[2], &cap->amount) && cap->amount >= 0);
}

static struct policy_cap_row *find_cap(struct policy *policy, const struct policy_cap_row *cap)
{
    for (size_t i = 0; i < policy->cap_count; i++)
        if (policy->caps[i].is_checker == cap->is_checker &&
            strcmp(policy->caps[i].currency, cap->currency) == 0)
            return &policy->caps[i];
    return NULL;
}

bool policy_row_cap(struct policy *policy, struct span row, const char **fault)
{
    struct policy_cap_row cap = {0};
    if (!cap_words(row, 3, &cap, fault))
        return false;
    struct policy_cap_row *known = find_cap(policy, &cap);
    if (known != NULL) {
        *known = cap;
        return true;
    }
    *fault = "there are too many caps:";
    if (policy->cap_count == POLICY_CAPS_MAX)
        return false;
    policy->caps = memory_resize(policy->caps, policy->cap_count + 1, sizeof *policy->caps);
    policy->caps[policy->cap_count++] = cap;
    return true;
}

static bool cap_remove(struct policy *policy, struct span row, const char **fault)
{
    struct policy_cap_row cap = {0};
    if (!cap_words(row, 2, &cap, fault))
        return false;
    struct policy_cap_row *known = find_cap(policy, &cap);
    *fault = "there is no such cap:";
    if (known == NULL)
        return false;
    *known = policy->caps[--policy->cap_count];
    return true;
}

/* --- the charter */

typedef bool (*charter_row)(struct policy *policy, struct span row, const char **fault);

static bool take_rows(struct lines *lines, struct policy *policy, const char *counted,
                      const char *word, size_t max, charter_row take)
{
    size_t count;
    if (!lines_take_count(lines, counted, max, &count))
        return false;
    for (size_t i = 1; i <= count; i++) {
        struct span row;
        const char *fault;
        if (!lines_take_row(lines, word, i, &row))
            return false;
        if (!take(policy, row, &fault))
            return lines_fault(lines, fault, row);
    }
    return true;
}

static bool charter_operator(struct policy *policy, struct span row, const char **fault)
{
    return policy_row_operator(policy, row, true, fault);
}

/* A row of a charter replaces none before it. */
static bool charter_tier(struct policy *policy, struct span row, const char **fault)
{
    size_t before = policy->tier_count;
    if (!policy_row_tier(policy, row, fault))
        return false;
    *fault = "this tier comes twice:";
    return policy->tier_count > before;
}

static bool charter_cap(struct policy *policy, struct span row, const char **fault)
{
    size_t before = policy->cap_count;
    if (!policy_row_cap(policy, row, fault))
        return false;
    *fault = "this cap comes twice:";
    return policy->cap_count > before;
}

static bool take_charter(struct lines *lines, struct policy *policy)
{
    struct span format, environment;
    time_us made_at;
    if (!lines_take(lines, "format", &format))
        return false;
    if (!span_is(format, "daybook-charter-1"))
        return lines_fault(lines, "this is no format of a charter", format);
    if (!lines_take(lines, "environment", &environment))
        return false;
    if (!value_is_code(environment) ||
        !copy_span(policy->environment, sizeof policy->environment, environment))
        return lines_fault(lines, "this is no environment", environment);
    if (!lines_take_time(lines, "made_at", &made_at) ||
        !take_rows(lines, policy, "operators", "operator", POLICY_OPERATORS_MAX,
                   charter_operator) ||
        !take_rows(lines, policy, "tiers", "tier", POLICY_TIERS_MAX, charter_tier) ||
        !take_rows(lines, policy, "caps", "cap", POLICY_CAPS_MAX, charter_cap) ||
        !lines_end(lines))
        return false;
    return policy_is_alive(policy) ||
           lines_fault(lines, "fewer than two persons are supervisors:", SPAN("operators"));
}

struct policy *policy_charter(struct span charter, struct error *error)
{
    struct lines lines;
    if (!lines_start(&lines, "charter", charter, POLICY_BYTES_MAX, error))
        return NULL;
    struct policy *policy = memory_new(sizeof *policy);
    if (take_charter(&lines, policy))
        return policy;
    policy_free(policy);
    return NULL;
}

void policy_free(struct policy *policy)
{
    if (policy == NULL)
        return;
    for (size_t i = 0; i < policy->operator_count; i++)
        free(policy->operators[i].channels);
    free(policy->operators);
    free(policy->tiers);
    free(policy->caps);
    free(policy->old_keys);
    free(policy);
}

/* --- folding */

bool policy_is_alive(const struct policy *policy)
{
    const struct policy_operator *first = NULL;
    for (size_t i = 0; i < policy->operator_count; i++) {
        const struct policy_operator *person = &policy->operators[i];
        if (person->is_revoked || (person->roles & POLICY_SUPERVISOR) == 0)
            continue;
        if (first != NULL && strcmp(first->person, person->person) != 0)
            return true;
        first = first != NULL ? first : person;
    }
    return false;
}

static struct policy *policy_copy(const struct policy *policy)
{
    struct policy *copy = memory_copy(policy, sizeof *policy);
    copy->operators = memory_copy(policy->operators,
                                  policy->operator_count * sizeof *policy->operators);
    for (size_t i = 0; i < copy->operator_count; i++)
        copy->operators[i].channels = memory_copy_string(policy->operators[i].channels);
    copy->tiers = memory_copy(policy->tiers, policy->tier_count * sizeof *policy->tiers);
    copy->caps = memory_copy(policy->caps, policy->cap_count * sizeof *policy->caps);
    copy->old_keys = memory_copy(policy->old_keys,
                                 policy->old_key_count * sizeof *policy->old_keys);
    return copy;
}

static bool change_operator(struct policy *policy, struct span row, const char **fault)
{
    return policy_row_operator(policy, row, false, fault);
}

/* Which changes a kind of request may make. */
static const struct change {
    const char *kind, *word;
    charter_row apply;
} changes[] = {
    {"OPERATOR_ENROL", "operator", charter_operator},
    {"OPERATOR_CHANGE", "operator", change_operator},
    {"OPERATOR_REVOKE", "operator-revoke", operator_revoke},
    {"OPERATOR_KEYS", "operator-key", operator_key},
    {"TIER_CHANGE", "tier", policy_row_tier},
    {"TIER_CHANGE", "tier-remove", tier_remove},
    {"TIER_CHANGE", "cap", policy_row_cap},
    {"TIER_CHANGE", "cap-remove", cap_remove},
};

static bool apply_row(struct policy *policy, struct span kind, struct span row,
                      const char **fault)
{
    struct span rest = row, word;
    *fault = "this request cannot change that:";
    if (!row_next(&rest, &word) || rest.length == 0)
        return false;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        if (span_is(kind, changes[i].kind) && span_is(word, changes[i].word))
            return changes[i].apply(policy, rest, fault);
    return false;
}

static bool apply_all(struct policy *policy, const struct document *document, struct error *error)
{
    for (size_t i = 0; i < document->changes.count; i++) {
        struct span row = document->changes.rows[i];
        const char *fault;
        if (!apply_row(policy, document->head.kind, row, &fault))
            return error_set(error, ERROR_INPUT, "change.%zu: %s '%.*s'", i + 1, fault,
                             (int)(row.length < 200 ? row.length : 200), row.data);
    }
    return policy_is_alive(policy) ||
           error_set(error, ERROR_REFUSED, "fewer than two supervisors would be left");
}

bool policy_apply(struct policy *policy, const struct document *document, struct error *error)
{
    if (!policy_kind_sets(document->head.kind))
        return true;
    if (!span_is(document->head.environment, policy->environment))
        return error_set(error, ERROR_REFUSED, "the request is another environment's");
    struct policy *next = policy_copy(policy);
    bool applied = apply_all(next, document, error);
    if (applied) {
        struct policy before = *policy;
        *policy = *next;
        *next = before;
    }
    policy_free(next);
    return applied;
}

bool policy_can_apply(const struct policy *policy, const struct document *document,
                      struct error *error)
{
    struct policy *copy = policy_copy(policy);
    bool can = policy_apply(copy, document, error);
    policy_free(copy);
    return can;
}
