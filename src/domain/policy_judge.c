/* A request judged with its signatures: the refusals in the order of policy.h. */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy_inside.h"

/* One case: what is judged, and by whom it was signed. */
struct trial {
    const struct policy *policy;
    const struct document_head *head;
    const struct document *document; /* NULL before there is one */
    const struct policy_fact *facts;
    size_t count;
    const struct policy_sum *sums;
    size_t sum_count;
    struct policy_verdict *verdict;
};

__attribute__((format(printf, 3, 4))) static bool refuse(const struct trial *trial,
                                                         const char *word, const char *format, ...)
{
    va_list args;
    char detail[sizeof trial->verdict->detail];
    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    trial->verdict->word = word;
    text_printable(trial->verdict->detail, sizeof trial->verdict->detail, span_of(detail));
    return false;
}

static const struct policy_operator *find_span(const struct policy *policy, struct span login)
{
    char name[DOCUMENT_LOGIN_MAX];
    if (login.length >= sizeof name)
        return NULL;
    memcpy(name, login.data, login.length);
    name[login.length] = '\0';
    return policy_operator(policy, name);
}

/* --- the maker */

static bool maker_is_known(const struct trial *trial)
{
    const struct document_head *head = trial->head;
    if (!span_is(head->environment, policy_environment(trial->policy)))
        return refuse(trial, "environment-differs", "environment=%s",
                      policy_environment(trial->policy));
    const struct policy_operator *maker = find_span(trial->policy, head->maker);
    if (maker == NULL || !span_is(head->person, maker->person))
        return refuse(trial, "maker-unknown", "login=%.*s person=%.*s", (int)head->maker.length,
                      head->maker.data, (int)head->person.length, head->person.data);
    return true;
}

static bool may(const struct trial *trial, const struct policy_operator *person,
                unsigned int roles, const char *part)
{
    if ((person->roles & roles) == 0)
        return refuse(trial, "role-missing", "login=%s part=%s kind=%.*s", person->login, part,
                      (int)trial->head->kind.length, trial->head->kind.data);
    if (!policy_channel_fits(person, trial->head->channel))
        return refuse(trial, "role-missing", "login=%s part=%s channel=%.*s", person->login, part,
                      (int)trial->head->channel.length, trial->head->channel.data);
    return true;
}

bool policy_judge_maker(const struct policy *policy, const struct document_head *head,
                        struct policy_verdict *verdict)
{
    struct trial trial = {.policy = policy, .head = head, .verdict = verdict};
    *verdict = (struct policy_verdict){.word = ""};
    if (!maker_is_known(&trial))
        return false;
    const struct policy_operator *maker = find_span(policy, head->maker);
    if (maker->is_revoked)
        return refuse(&trial, "key-revoked", "login=%s", maker->login);
    return may(&trial, maker, policy_makers(head->kind), "maker");
}

/* --- the keys */

static bool key_is_current(const struct trial *trial, const struct policy_fact *fact)
{
    const struct policy_operator *person = policy_operator(trial->policy, fact->login);
    if (person == NULL || strcmp(person->person, fact->person) != 0)
        return refuse(trial, "key-unknown", "login=%s person=%s", fact->login, fact->person);
    if (person->is_revoked || policy_key_is_old(trial->policy, fact->login, fact->key))
        return refuse(trial, "key-revoked", "login=%s", fact->login);
    if (strcmp(person->key, fact->key) != 0)
        return refuse(trial, "key-unknown", "login=%s key=%s", fact->login, fact->key);
    if (fact->expiry != trial->head->execute_by)
        return refuse(trial, "signature-bad", "login=%s expiry", fact->login);
    return true;
}

/* One proposal, by the maker; all else are decisions of others. */
static bool decisions_are_whole(const struct trial *trial)
{
    size_t proposals = 0;
    for (size_t i = 0; i < trial->count; i++) {
        const struct policy_fact *fact = &trial->facts[i];
        if (fact->decision != POLICY_PROPOSE)
            continue;
        proposals++;
        if (!span_is(trial->head->maker, fact->login) ||
            !span_is(trial->head->person, fact->person))
            return refuse(trial, "signature-bad", "login=%s proposes as %.*s", fact->login,
                          (int)trial->head->maker.length, trial->head->maker.data);
    }
    if (proposals != 1)
        return refuse(trial, "signature-bad", "proposals=%zu", proposals);
    for (size_t i = 0; i < trial->count; i++)
        if (trial->facts[i].decision == POLICY_REJECT)
            return refuse(trial, "rejected", "login=%s", trial->facts[i].login);
    return true;
}

/* --- the persons */

static bool roles_fit(const struct trial *trial)
{
    unsigned int makers = policy_makers(trial->head->kind);
    unsigned int checkers = policy_checkers(trial->head->kind);
    for (size_t i = 0; i < trial->count; i++) {
        const struct policy_fact *fact = &trial->facts[i];
        bool is_maker = fact->decision == POLICY_PROPOSE;
        if (!may(trial, policy_operator(trial->policy, fact->login),
                 is_maker ? makers : checkers, is_maker ? "maker" : "checker"))
            return false;
    }
    return true;
}

static bool persons_differ(const struct trial *trial)
{
    for (size_t i = 0; i < trial->count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(trial->facts[i].person, trial->facts[j].person) == 0)
                return refuse(trial, "same-person", "person=%s", trial->facts[i].person);
    return true;
}

/* Whether one of the changes is of an operator who is that person. */
static bool changes_person(const struct trial *trial, const char *person)
{
    for (size_t i = 0; i < trial->document->changes.count; i++) {
        struct span words[3];
        size_t count = document_words(trial->document->changes.rows[i], words, 3);
        if (count < 2 || words[0].length < 8 || memcmp(words[0].data, "operator", 8) != 0)
            continue;
        const struct policy_operator *subject = find_span(trial->policy, words[1]);
        if ((subject != NULL && strcmp(subject->person, person) == 0) ||
            (count >= 3 && span_is(words[2], person)))
            return true;
    }
    return false;
}

static bool nobody_is_excluded(const struct trial *trial)
{
    const struct document_rows *excluded = &trial->head->excluded;
    bool sets = policy_kind_sets(trial->head->kind);
    for (size_t i = 0; i < trial->count; i++) {
        const struct policy_fact *fact = &trial->facts[i];
        if (fact->decision == POLICY_PROPOSE)
            continue;
        for (size_t j = 0; j < excluded->count; j++)
            if (span_is(excluded->rows[j], fact->person))
                return refuse(trial, "excluded-person", "person=%s", fact->person);
        if (sets && changes_person(trial, fact->person))
            return refuse(trial, "excluded-person", "person=%s", fact->person);
    }
    return true;
}

/* --- the amounts */

static bool tier_is_met(const struct trial *trial)
{
    const struct document_head *head = trial->head;
    int tier = policy_tier(trial->policy, head->kind, head->currency, head->amount);
    size_t approvals = trial->count - 1; /* all but the one proposal, none rejects */
    if (head->tier < tier || approvals < (size_t)tier)
        return refuse(trial, "tier-short", "tier=%d document=%d approvals=%zu", tier, head->tier,
                      approvals);
    if (head->tier > tier)
        return refuse(trial, "stale", "tier=%d document=%d", tier, head->tier);
    return true;
}

/* -1 where there is no cap. */
static int64_t cap_of(const struct trial *trial, bool is_checker)
{
    for (size_t i = 0; i < trial->policy->cap_count; i++) {
        const struct policy_cap_row *cap = &trial->policy->caps[i];
        if (cap->is_checker == is_checker && span_is(trial->head->currency, cap->currency))
            return cap->amount;
    }
    return -1;
}

static int64_t sum_of(const struct trial *trial, const char *person, bool is_checker)
{
    for (size_t i = 0; i < trial->sum_count; i++)
        if (strcmp(trial->sums[i].person, person) == 0)
            return is_checker ? trial->sums[i].as_checker : trial->sums[i].as_maker;
    return 0;
}

static bool caps_are_kept(const struct trial *trial)
{
    for (size_t i = 0; i < trial->count; i++) {
        const struct policy_fact *fact = &trial->facts[i];
        bool is_checker = fact->decision != POLICY_PROPOSE;
        int64_t cap = cap_of(trial, is_checker), sum;
        if (cap < 0)
            continue;
        if (__builtin_add_overflow(sum_of(trial, fact->person, is_checker), trial->head->amount,
                                   &sum) || sum > cap)
            return refuse(trial, "cap-exceeded", "person=%s part=%s cap=%" PRId64, fact->person,
                          is_checker ? "checker" : "maker", cap);
    }
    return true;
}

static bool change_is_possible(const struct trial *trial)
{
    struct error error;
    if (!policy_kind_sets(trial->head->kind) ||
        policy_can_apply(trial->policy, trial->document, &error))
        return true;
    return refuse(trial, "document-bad", "%s", error.message);
}

bool policy_judge(const struct policy *policy, const struct document *document,
                  const struct policy_fact *facts, size_t count, time_us now,
                  const struct policy_sum *sums, size_t sum_count,
                  struct policy_verdict *verdict)
{
    struct trial trial = {.policy = policy, .head = &document->head, .document = document,
                          .facts = facts, .count = count, .sums = sums,
                          .sum_count = sum_count, .verdict = verdict};
    assert(document->lines != NULL);
    *verdict = (struct policy_verdict){.word = ""};
    if (!maker_is_known(&trial))
        return false;
    if (count > POLICY_FACTS_MAX)
        return refuse(&trial, "signature-bad", "signatures=%zu", count);
    for (size_t i = 0; i < count; i++)
        if (!key_is_current(&trial, &facts[i]))
            return false;
    if (!decisions_are_whole(&trial))
        return false;
    if (now > document->head.execute_by)
        return refuse(&trial, "expired", "execute_by");
    return roles_fit(&trial) && persons_differ(&trial) && nobody_is_excluded(&trial) &&
           tier_is_met(&trial) && caps_are_kept(&trial) && change_is_possible(&trial);
}
