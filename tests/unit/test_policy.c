/* Who may sign what: the charter, the tiers, requests judged, and executed ones folded over it. */
#include "table.h"

#include "daybook/base/memory.h"
#include "daybook/domain/policy.h"

enum { SECOND_US = 1000000, HOUR_S = 3600 };

static const struct person {
    const char *login, *person, *roles, *channels;
} people[] = {
    {"clerk1", "p01", "clearing", "*"},     {"clerk2", "p02", "clearing", "CCB,ABC"},
    {"super1", "p03", "supervisor", "*"},   {"super2", "p04", "supervisor", "ICBC"},
    {"support1", "p05", "support", "*"},    {"auditor1", "p06", "auditor", "*"},
    {"super3", "p07", "supervisor", "*"},   {"admin1", "p08", "sysadmin", "*"},
    {"super1b", "p03", "supervisor", "*"},  {"both1", "p10", "clearing,supervisor", "*"},
    {"all1", "p11", "risk,fare,device", "*"},
};
enum { PEOPLE = sizeof people / sizeof people[0] };

/* A key of each: sixty-two zeros and its number. */
static void key_of(const char *login, char out[POLICY_KEY])
{
    size_t number = 0;
    while (number < PEOPLE && strcmp(people[number].login, login) != 0)
        number++;
    snprintf(out, POLICY_KEY, "%062d%02zx", 0, number + 16);
}

static char *charter_text(void)
{
    struct buffer out;
    char key[POLICY_KEY];
    buffer_init(&out, 65536);
    buffer_printf(&out, "format daybook-charter-1\nenvironment TRAINING\n"
                        "made_at 2026-11-01T00:00:00Z\noperators %d\n", (int)PEOPLE);
    for (size_t i = 0; i < PEOPLE; i++) {
        key_of(people[i].login, key);
        buffer_printf(&out, "operator.%zu %s %s %s %s %s\n", i + 1, people[i].login,
                      people[i].person, people[i].roles, people[i].channels, key);
    }
    buffer_append_string(&out, "tiers 7\ntier.1 * * 0 2\ntier.2 * CNY 0 0\ntier.3 * CNY 10000 1\n"
                               "tier.4 * CNY 5000001 2\ntier.5 WRITE_OFF_LOSS CNY 0 1\n"
                               "tier.6 REPAY * 0 1\ntier.7 * - 0 1\n"
                               "caps 2\ncap.1 maker CNY 10000000\ncap.2 checker CNY 20000000\n");
    char *text = memory_copy_string(buffer_text(&out));
    buffer_free(&out);
    return text;
}

static struct policy *usual_policy(void)
{
    struct error error;
    char *text = charter_text();
    struct policy *policy = policy_charter(span_of(text), &error);
    if (policy == NULL)
        fail_msg("%s", error.message);
    free(text);
    return policy;
}

/* --- the charter's form */

static void charter_case(const struct table_row *row, char *out, size_t size)
{
    char *text = charter_text();
    const char *from = table_cell(row, 0);
    const char *at = from[0] == '\0' ? text + strlen(text) : strstr(text, from);
    struct error error = {0};
    if (at == NULL)
        fail_msg("'%s' is not in the charter", from);
    char *changed = memory_format("%.*s%s%s", (int)(at - text), text, table_cell(row, 1),
                                  at + strlen(from));
    struct policy *policy = policy_charter(span_of(changed), &error);
    snprintf(out, size, "%s", policy != NULL ? "fine" : error.message);
    policy_free(policy);
    free(changed);
    free(text);
}

static void charters_have_one_form(void **state)
{
    (void)state;
    table_check("tests/unit/charter.tbl", charter_case);
}

/* --- tiers */

static void the_row_that_fits_best_decides(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *currency;
        int64_t amount;
        int tier;
    } cases[] = {
        {"CREDIT_BACK", "CNY", 0, 0}, {"CREDIT_BACK", "CNY", 9999, 0},
        {"CREDIT_BACK", "CNY", 10000, 1}, {"CREDIT_BACK", "CNY", 5000000, 1},
        {"CREDIT_BACK", "CNY", 5000001, 2}, {"CREDIT_BACK", "CNY", INT64_MAX, 2},
        {"CREDIT_BACK", "USD", 0, 2}, {"CREDIT_BACK", "-", 0, 1},
        {"REPAY", "CNY", 9000000, 1}, {"REPAY", "USD", 9000000, 1}, /* the kind goes first */
        {"WRITE_OFF_LOSS", "CNY", 1, 1}, {"WRITE_OFF_LOSS", "CNY", 5000001, 1},
        {"WRITE_OFF_GAIN", "CNY", 1, 1}, {"WRITE_OFF_GAIN", "CNY", 5000001, 2},
        {"DAY_CLOSE", "-", 0, 1}, {"EVIDENCE_CLOSE", "CNY", 1, 1},
        {"OPERATOR_ENROL", "-", 0, 2}, {"OPERATOR_REVOKE", "-", 0, 2},
        {"TIER_CHANGE", "-", 0, 2}, {"TIER_CHANGE", "CNY", 0, 2},
    };
    struct policy *policy = usual_policy();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int tier = policy_tier(policy, span_of(cases[i].kind), span_of(cases[i].currency),
                               cases[i].amount);
        if (tier != cases[i].tier)
            fail_msg("case %zu: %d", i, tier);
    }
    policy_free(policy);
}

/* --- requests */

struct request {
    const char *environment, *kind, *channel, *currency, *maker, *person;
    int64_t amount;
    int tier;
    const char *excluded; /* one person, or NULL */
    const char *change;   /* rows of changes, commas and newlines as written; or NULL */
};

/* The document; its bytes from malloc. */
static char *request_open(const struct request *r, struct document *document)
{
    struct error error;
    size_t changes = r->change != NULL && r->change[0] != '\0' ? 1 : 0;
    char *text = memory_format(
        "format daybook-request-1\nenvironment %s\nrequest R2026112300001\nversion 1\nkind %s\n"
        "channel %s\ncurrency %s\namount %lld\ntier %d\nmaker %s\nperson %s\n"
        "made_at 2026-11-23T02:00:00Z\napprove_by 2026-11-24T02:00:00Z\n"
        "execute_by 2026-11-25T02:00:00Z\nreason OTHER\ntext -\nexcluded %d\n%s%s%s"
        "items 1\nitem.1 X-1 %lld\nbasis 0\nmoves 0\npostings 0\nchanges %zu\n%s%s%sbalances 0\n",
        r->environment, r->kind, r->channel, r->currency, (long long)r->amount, r->tier, r->maker,
        r->person, r->excluded != NULL, r->excluded != NULL ? "excluded.1 " : "",
        r->excluded != NULL ? r->excluded : "", r->excluded != NULL ? "\n" : "",
        (long long)r->amount, changes, changes > 0 ? "change.1 " : "",
        changes > 0 ? r->change : "", changes > 0 ? "\n" : "");
    if (!document_parse(document, span_of(text), &error))
        fail_msg("%s\n%s", error.message, text);
    return text;
}

static bool take_word(char **rest, char *word, size_t size)
{
    size_t length = strcspn(*rest, " ");
    if (length == 0)
        return false;
    snprintf(word, size, "%.*s", (int)length, *rest);
    *rest += length;
    *rest += **rest == ' ';
    return true;
}

/* "approve:super1", "approve:super1@p04" with another person, "approve:super1#ff" with another key,
 * "approve:super1+" with another expiry. */
static void read_fact(char *word, struct policy_fact *fact, time_us expiry)
{
    char *login = strchr(word, ':');
    assert_non_null(login);
    *login++ = '\0';
    assert_true(policy_decision_find(span_of(word), &fact->decision));
    fact->expiry = expiry;
    char *mark = strpbrk(login, "@#+");
    char kind = mark != NULL ? *mark : '\0';
    if (mark != NULL)
        *mark++ = '\0';
    snprintf(fact->login, sizeof fact->login, "%s", login);
    snprintf(fact->person, sizeof fact->person, "p99");
    for (size_t i = 0; i < PEOPLE; i++)
        if (strcmp(people[i].login, login) == 0)
            snprintf(fact->person, sizeof fact->person, "%s", people[i].person);
    key_of(login, fact->key);
    if (kind == '@')
        snprintf(fact->person, sizeof fact->person, "%s", mark);
    if (kind == '#')
        memcpy(fact->key + 62, mark, 2);
    if (kind == '+')
        fact->expiry += SECOND_US;
}

/* Settings of a case: "environment=PROD excluded=p03 hours=49 sum=p01 ..." */
struct setting {
    struct request request;
    char excluded[DOCUMENT_PERSON_MAX], environment[16], change[256];
    int hours;
    struct policy_sum sums[2];
    size_t sum_count;
};

static void read_setting(char *word, struct setting *setting)
{
    char *value = strchr(word, '=');
    assert_non_null(value);
    *value++ = '\0';
    if (strcmp(word, "environment") == 0) {
        snprintf(setting->environment, sizeof setting->environment, "%s", value);
        setting->request.environment = setting->environment;
    } else if (strcmp(word, "excluded") == 0) {
        snprintf(setting->excluded, sizeof setting->excluded, "%s", value);
        setting->request.excluded = setting->excluded;
    } else if (strcmp(word, "hours") == 0) {
        setting->hours = (int)strtol(value, NULL, 10);
    } else { /* made=p01:123 checked=p03:123 */
        char *amount = strchr(value, ':');
        struct policy_sum *sum = &setting->sums[setting->sum_count++];
        *amount++ = '\0';
        *sum = (struct policy_sum){0};
        snprintf(sum->person, sizeof sum->person, "%s", value);
        *(strcmp(word, "made") == 0 ? &sum->as_maker : &sum->as_checker) =
            strtoll(amount, NULL, 10);
    }
}

static const char *person_of(const char *login)
{
    for (size_t i = 0; i < PEOPLE; i++)
        if (strcmp(people[i].login, login) == 0)
            return people[i].person;
    return "p99";
}

static void judge_case(const struct table_row *row, char *out, size_t size)
{
    struct policy *policy = usual_policy();
    struct document document;
    struct policy_fact facts[POLICY_FACTS_MAX + 1];
    struct policy_verdict verdict;
    size_t count = 0;
    char word[256];
    struct setting setting = {.request = {"TRAINING", table_cell(row, 0), table_cell(row, 1),
                                          table_cell(row, 2), table_cell(row, 5),
                                          person_of(table_cell(row, 5)),
                                          strtoll(table_cell(row, 3), NULL, 10),
                                          (int)table_number(row, 4), NULL, table_cell(row, 7)}};
    char *rest = (char *)row->cells[8].data;
    for (; rest[0] != '\0' && take_word(&rest, word, sizeof word);)
        read_setting(word, &setting);
    char *text = request_open(&setting.request, &document);
    rest = (char *)row->cells[6].data;
    while (rest[0] != '\0' && take_word(&rest, word, sizeof word))
        read_fact(word, &facts[count++], document.head.execute_by);
    time_us now = document.head.made_at + (time_us)setting.hours * HOUR_S * SECOND_US;
    bool fine = policy_judge(policy, &document, facts, count, now, setting.sums,
                             setting.sum_count, &verdict);
    assert_int_equal(fine, verdict.word[0] == '\0');
    snprintf(out, size, "%s", fine ? "fine" : verdict.word);
    document_free(&document);
    free(text);
    policy_free(policy);
}

static void requests_are_judged(void **state)
{
    (void)state;
    table_check("tests/unit/policy.tbl", judge_case);
}

/* --- folding */

/* Applies one change; the fault's text, or "" where it was applied. */
static const char *apply(struct policy *policy, const char *kind, const char *change)
{
    static struct error error;
    struct document document;
    struct request request = {"TRAINING", kind, "-", "-", "admin1", "p08", 0, 2, NULL, change};
    error_clear(&error);
    char *text = request_open(&request, &document);
    if (policy_apply(policy, &document, &error))
        error_clear(&error);
    document_free(&document);
    free(text);
    return error.message;
}

#define NEW_KEY "00000000000000000000000000000000000000000000000000000000000000f1"
#define NEXT_KEY "00000000000000000000000000000000000000000000000000000000000000f2"

static void people_come_and_go(void **state)
{
    (void)state;
    struct policy *policy = usual_policy();
    assert_string_equal(
        apply(policy, "OPERATOR_ENROL", "operator clerk9 p09 clearing ICBC " NEW_KEY), "");
    assert_string_equal(policy_operator(policy, "clerk9")->channels, "ICBC");
    /* Nobody twice, no key twice, not even one that was given back. */
    assert_string_not_equal(
        apply(policy, "OPERATOR_ENROL", "operator clerk9 p09 clearing ICBC " NEXT_KEY), "");
    assert_string_not_equal(
        apply(policy, "OPERATOR_ENROL", "operator clerk8 p12 clearing * " NEW_KEY), "");
    assert_string_equal(apply(policy, "OPERATOR_KEYS", "operator-key clerk9 " NEXT_KEY), "");
    assert_string_equal(policy_operator(policy, "clerk9")->key, NEXT_KEY);
    assert_string_not_equal(apply(policy, "OPERATOR_KEYS", "operator-key clerk1 " NEW_KEY), "");
    assert_string_not_equal(apply(policy, "OPERATOR_KEYS", "operator-key clerk9 " NEW_KEY), "");
    /* Roles change; the person and the key do not. */
    assert_string_equal(
        apply(policy, "OPERATOR_CHANGE", "operator clerk9 p09 clearing,risk * " NEXT_KEY), "");
    assert_int_equal(policy_operator(policy, "clerk9")->roles, POLICY_CLEARING | POLICY_RISK);
    assert_string_not_equal(
        apply(policy, "OPERATOR_CHANGE", "operator clerk9 p03 clearing * " NEXT_KEY), "");
    assert_string_not_equal(
        apply(policy, "OPERATOR_CHANGE", "operator clerk9 p09 clearing * " NEW_KEY), "");
    assert_string_equal(apply(policy, "OPERATOR_REVOKE", "operator-revoke clerk9"), "");
    assert_true(policy_operator(policy, "clerk9")->is_revoked);
    assert_string_not_equal(apply(policy, "OPERATOR_REVOKE", "operator-revoke clerk9"), "");
    assert_string_not_equal(apply(policy, "OPERATOR_KEYS", "operator-key clerk9 " NEW_KEY), "");
    assert_string_not_equal(
        apply(policy, "OPERATOR_CHANGE", "operator clerk9 p09 clearing * " NEXT_KEY), "");
    assert_string_not_equal(
        apply(policy, "OPERATOR_ENROL", "operator clerk9 p09 clearing * " NEXT_KEY), "");
    assert_string_equal(
        apply(policy, "OPERATOR_ENROL", "operator clerk9 p09 clearing * "
              "00000000000000000000000000000000000000000000000000000000000000f3"), "");
    assert_false(policy_operator(policy, "clerk9")->is_revoked);
    policy_free(policy);
}

/* One of p03's two logins gone, p04, then p07: two supervisors must be left. */
static void two_supervisors_are_always_left(void **state)
{
    (void)state;
    struct policy *policy = usual_policy();
    static const char *const going[] = {"super2", "super3", "super1b"};
    for (size_t i = 0; i < 3; i++) {
        char *change = memory_format("operator-revoke %s", going[i]);
        assert_string_equal(apply(policy, "OPERATOR_REVOKE", change), "");
        free(change);
    }
    size_t count = policy_operator_count(policy);
    assert_string_equal(apply(policy, "OPERATOR_REVOKE", "operator-revoke both1"),
                        "fewer than two supervisors would be left");
    assert_false(policy_operator(policy, "both1")->is_revoked);
    assert_int_equal(policy_operator_count(policy), count);
    policy_free(policy);
}

static void limits_change(void **state)
{
    (void)state;
    struct policy *policy = usual_policy();
    struct span kind = SPAN("CREDIT_BACK"), cny = SPAN("CNY");
    assert_string_equal(apply(policy, "TIER_CHANGE", "tier CREDIT_BACK CNY 500 2"), "");
    assert_int_equal(policy_tier(policy, kind, cny, 499), 0);
    assert_int_equal(policy_tier(policy, kind, cny, 500), 2);
    assert_string_equal(apply(policy, "TIER_CHANGE", "tier CREDIT_BACK CNY 500 1"), "");
    assert_int_equal(policy_tier(policy, kind, cny, 500), 1);
    assert_string_equal(apply(policy, "TIER_CHANGE", "tier-remove CREDIT_BACK CNY 500"), "");
    assert_int_equal(policy_tier(policy, kind, cny, 500), 0);
    assert_string_not_equal(apply(policy, "TIER_CHANGE", "tier-remove CREDIT_BACK CNY 500"), "");
    assert_string_not_equal(apply(policy, "TIER_CHANGE", "tier WRITE_OFF_GAIN CNY 0 0"), "");
    assert_string_not_equal(apply(policy, "TIER_CHANGE", "tier OPERATOR_KEYS * 0 1"), "");
    assert_string_not_equal(apply(policy, "TIER_CHANGE", "tier CREDIT_BACK CNY 500 3"), "");
    assert_string_not_equal(apply(policy, "TIER_CHANGE", "tier NO_SUCH CNY 500 1"), "");
    assert_string_equal(apply(policy, "TIER_CHANGE", "cap maker CNY 1"), "");
    assert_string_equal(apply(policy, "TIER_CHANGE", "cap-remove checker CNY"), "");
    assert_string_not_equal(apply(policy, "TIER_CHANGE", "cap-remove checker CNY"), "");
    assert_string_not_equal(apply(policy, "TIER_CHANGE", "cap anyone CNY 1"), "");
    /* A kind changes its own things and no others. */
    assert_string_not_equal(apply(policy, "TIER_CHANGE", "operator-revoke clerk1"), "");
    assert_string_not_equal(apply(policy, "OPERATOR_REVOKE", "tier CREDIT_BACK CNY 500 1"), "");
    assert_string_not_equal(apply(policy, "OPERATOR_KEYS", "operator-revoke clerk1"), "");
    policy_free(policy);
}

/* Cut anywhere or with any bit turned, a charter is refused or says something else: nothing fails
 * in another way. */
static void damaged_charters_are_refused_or_read(void **state)
{
    (void)state;
    char *text = charter_text();
    size_t length = strlen(text), read = 0;
    struct error error;
    for (size_t cut = 0; cut < length; cut++)
        assert_null(policy_charter((struct span){text, cut}, &error));
    for (size_t bit = 0; bit < 8 * length; bit++) {
        text[bit / 8] ^= (char)(1 << bit % 8);
        struct policy *policy = policy_charter((struct span){text, length}, &error);
        read += policy != NULL;
        policy_free(policy);
        text[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_true(read > 0 && read < 8 * length);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charters_have_one_form),
        cmocka_unit_test(the_row_that_fits_best_decides),
        cmocka_unit_test(requests_are_judged),
        cmocka_unit_test(people_come_and_go),
        cmocka_unit_test(two_supervisors_are_always_left),
        cmocka_unit_test(limits_change),
        cmocka_unit_test(damaged_charters_are_refused_or_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
