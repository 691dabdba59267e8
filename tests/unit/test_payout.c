/* The payout protocol: every state with every piece of news, and the ladder's times. */
#include "table.h"

#include <inttypes.h>

#include "daybook/domain/payout.h"
#include "daybook/domain/payout_answer.h"
#include "daybook/domain/state.h"

enum { SECOND_US = 1000000 };

/* Sent at 0 with a ladder of 2 s, eight rungs, five seconds for an answer: presumed at 515. */
static const struct payout_channel usual = {
    .ladder_base_s = 2,
    .ladder_count = 8,
    .follow_up_s = {3600, 86400},
    .follow_up_count = 2,
    .not_after_s = 300,
    .not_found_final_s = 600,
    .answer_timeout_ms = 5000,
};

struct setting {
    struct payout payout;
    struct payout_channel channel;
    struct payout_news news;
    time_us now;
};

static time_us seconds(const char *text)
{
    return strcmp(text, "-") == 0 ? TIME_NONE : strtol(text, NULL, 10) * (time_us)SECOND_US;
}

/* "queries=3": true where the word is that one, with what stands after the sign. */
static bool is_word(const char *word, const char *name, const char **value)
{
    size_t length = strlen(name);

    if (strncmp(word, name, length) != 0)
        return false;
    *value = word + length;
    return true;
}

static void take_word(struct setting *setting, const char *word)
{
    const char *value;

    if (is_word(word, "now=", &value))
        setting->now = seconds(value);
    else if (is_word(word, "asked=", &value))
        setting->news.as_of = seconds(value);
    else if (is_word(word, "queries=", &value))
        setting->payout.queries = (int)strtol(value, NULL, 10);
    else if (is_word(word, "next=", &value))
        setting->payout.next_query_at = seconds(value);
    else if (is_word(word, "count=", &value))
        setting->channel.ladder_count = (int)strtol(value, NULL, 10);
    else if (is_word(word, "follow=", &value))
        setting->channel.follow_up_count = (int)strtol(value, NULL, 10);
    else if (is_word(word, "presumed=", &value))
        setting->payout.presumed_at = seconds(value);
    else if (strcmp(word, "accepted") == 0)
        setting->payout.accepted_at = 1;
    else if (strcmp(word, "moved") == 0)
        setting->payout.moved_at = 1;
    else if (strcmp(word, "enforced") == 0)
        setting->channel.not_after_enforced = true;
    else if (strcmp(word, "stopped") == 0)
        setting->payout.ladder_stopped = true;
    else if (strcmp(word, "settled") == 0)
        setting->payout.settled = true;
    else if (strcmp(word, "stale") == 0)
        setting->news.epoch = 1;
    else
        fail_msg("'%s' is no word of this table", word);
}

/* What usually holds of a payout in that state, ten seconds after sending. */
static void set_usual(struct setting *setting, enum payout_state state)
{
    bool sent = state != PAYOUT_CREATED && state != PAYOUT_APPROVED && state != PAYOUT_CANCELLED
        && state != PAYOUT_REJECTED;

    *setting = (struct setting){.channel = usual, .now = 10 * SECOND_US};
    setting->payout = (struct payout){
        .state = state,
        .epoch = sent ? 2 : 0,
        .sent_at = sent ? 0 : TIME_NONE,
        .not_after = sent ? 300 * (time_us)SECOND_US : TIME_NONE,
        .accepted_at = state == PAYOUT_ACCEPTED ? 1 : TIME_NONE,
        .moved_at = TIME_NONE,
        .presumed_at = TIME_NONE,
        .queries = 2,
        .next_query_at = payout_is_open(state) ? 14 * (time_us)SECOND_US : TIME_NONE,
    };
    setting->news.epoch = setting->payout.epoch;
    setting->news.as_of = 9 * SECOND_US;
}

static void add(char *out, size_t size, const char *text)
{
    size_t length = strlen(out);

    snprintf(out + length, size - length, "%s%s", length > 0 ? " " : "", text);
}

static void describe(const struct setting *setting, const struct payout_step *step, char *out,
                     size_t size)
{
    static const char *const outcomes[] = {"move", "stay", "late", "stale", "refused"};
    char text[64];

    add(out, size, outcomes[step->outcome]);
    if (step->outcome == PAYOUT_MOVE)
        add(out, size, payout_state_name(step->to));
    if (step->posting != PAYOUT_POST_NONE)
        add(out, size, payout_posting_name(step->posting));
    if (step->from_presumed && step->posting != PAYOUT_POST_NONE)
        add(out, size, "from-presumed");
    if (step->accepted)
        add(out, size, "accepted");
    if (step->moved)
        add(out, size, "moved");
    if (step->counted)
        add(out, size, "counted");
    if (step->epoch != setting->payout.epoch)
        add(out, size, "epoch");
    if (step->not_after != setting->payout.not_after) {
        snprintf(text, sizeof text, "not-after=%" PRId64, step->not_after / SECOND_US);
        add(out, size, text);
    }
    if (step->next_query_at == TIME_NONE && setting->payout.next_query_at != TIME_NONE)
        add(out, size, "next=-");
    else if (step->next_query_at != setting->payout.next_query_at) {
        snprintf(text, sizeof text, "next=%" PRId64, step->next_query_at / SECOND_US);
        add(out, size, text);
    }
}

static bool seen[PAYOUT_STATES][PAYOUT_NEWS_KINDS];

/* Columns: state, news, question (send, ladder, asked), what differs from the usual. */
static void take_case(const struct table_row *row, char *out, size_t size)
{
    static const char *const questions[] = {"send", "ladder", "asked"};
    struct setting setting;
    enum payout_state state;
    char words[256], *rest = NULL;
    int question = 0;

    assert_true(payout_state_parse(table_cell(row, 0), &state));
    set_usual(&setting, state);
    assert_true(payout_news_parse(table_cell(row, 1), &setting.news.kind));
    while (strcmp(questions[question], table_cell(row, 2)) != 0)
        assert_true(++question < 3);
    setting.news.question = (enum payout_question)question;
    snprintf(words, sizeof words, "%s", table_cell(row, 3));
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        take_word(&setting, word);
    seen[state][setting.news.kind] = true;

    struct payout_step step =
        payout_take(&setting.payout, &setting.channel, &setting.news, setting.now);
    describe(&setting, &step, out, size);
}

static void test_table(void **state)
{
    (void)state;
    table_check("tests/unit/payout.tbl", take_case);
    for (int from = 0; from < PAYOUT_STATES; from++)
        for (int kind = 0; kind < PAYOUT_NEWS_KINDS; kind++)
            if (!seen[from][kind])
                fail_msg("payout.tbl has no case of %s with %s",
                         payout_state_name((enum payout_state)from),
                         payout_news_name((enum payout_news_kind)kind));
}

/* Whatever the times, a step is a legal edge that takes no signature, or no step. */
static void test_every_move_is_a_legal_edge(void **unused)
{
    (void)unused;
    for (int from = 0; from < PAYOUT_STATES; from++) {
        for (int trial = 0; trial < PAYOUT_NEWS_KINDS * 3 * 8 * 4; trial++) {
            struct setting setting;
            int rest = trial;
            bool is_signed = false;

            set_usual(&setting, (enum payout_state)from);
            setting.news.kind = (enum payout_news_kind)(rest % PAYOUT_NEWS_KINDS);
            rest /= PAYOUT_NEWS_KINDS;
            setting.news.question = (enum payout_question)(rest % 3);
            rest /= 3;
            setting.now = (time_us)(1 << rest % 8 * 3) * SECOND_US;
            setting.news.as_of = setting.now;
            rest /= 8;
            setting.payout.queries = rest * 3;
            setting.channel.not_after_enforced = rest % 2;
            if (from == PAYOUT_PRESUMED_PAID)
                setting.payout.presumed_at = 515 * (time_us)SECOND_US;
            struct payout_step step =
                payout_take(&setting.payout, &setting.channel, &setting.news, setting.now);
            if (step.outcome != PAYOUT_MOVE)
                continue;
            assert_true(state_may(STATE_PAYMENT, payout_state_name((enum payout_state)from),
                                  payout_state_name(step.to), &is_signed));
            assert_false(is_signed);
        }
    }
}

/* Asked to its end on time: 2, 4, 8 ... 256, the last at 510, then presumed and followed up. */
static void test_the_ladder_takes_510_seconds(void **unused)
{
    struct payout payout = {.state = PAYOUT_APPROVED, .accepted_at = TIME_NONE,
                            .moved_at = TIME_NONE, .presumed_at = TIME_NONE,
                            .next_query_at = TIME_NONE};
    struct payout_news news = {.kind = PAYOUT_NEWS_INTENT};
    struct payout_step step = payout_take(&payout, &usual, &news, 0);
    time_us last = 0, gap = 2;

    (void)unused;
    payout_apply(&payout, &step, 0);
    for (int n = 1; n <= 8; n++) {
        time_us now = payout.next_query_at;

        assert_int_equal(now - last, gap * SECOND_US);
        gap *= 2;
        last = now;
        news = (struct payout_news){PAYOUT_NEWS_SILENCE, PAYOUT_LADDER, payout.epoch, now};
        step = payout_take(&payout, &usual, &news, now);
        payout_apply(&payout, &step, now);
    }
    assert_int_equal(last, 510 * (time_us)SECOND_US);
    assert_int_equal(payout.state, PAYOUT_PRESUMED_PAID);
    assert_int_equal(payout.presumed_at, last);
    assert_int_equal(payout.next_query_at, last + 3600 * (time_us)SECOND_US);
    for (int i = 0; i < 3; i++) {
        news.as_of = last = payout.next_query_at;
        step = payout_take(&payout, &usual, &news, last);
        payout_apply(&payout, &step, last);
        assert_int_equal(payout.next_query_at - last, 86400 * (time_us)SECOND_US);
    }
    assert_int_equal(payout.queries, 11);
}

static void answer_case(const struct table_row *row, char *out, size_t size)
{
    static const char *const transports[] = {"answered", "not-sent", "broken", "timeout"};
    struct bank_answer answer = {.status = (int)table_number(row, 1)};
    int transport = 0;

    while (strcmp(transports[transport], table_cell(row, 0)) != 0)
        assert_true(++transport < 4);
    answer.transport = (enum bank_transport)transport;
    snprintf(answer.ref, sizeof answer.ref, "%s", table_cell(row, 2));
    snprintf(answer.result, sizeof answer.result, "%s", table_cell(row, 3));
    snprintf(out, size, "%s",
             payout_news_name(bank_answer_news(&answer, "R1",
                                               strcmp(table_cell(row, 4), "query") == 0)));
}

static void test_answers(void **unused)
{
    (void)unused;
    table_check("tests/unit/payout_answer.tbl", answer_case);
}

static void test_reasons(void **unused)
{
    (void)unused;
    assert_null(payout_reason_class(""));
    assert_null(payout_reason_class(NULL));
    assert_string_equal(payout_reason_class("AC04"), "ACCOUNT_CLOSED");
    assert_string_equal(payout_reason_class("ac01"), "ACCOUNT_INVALID");
    assert_string_equal(payout_reason_class("R16"), "BLOCKED");
    assert_string_equal(payout_reason_class("AM05"), "DUPLICATE");
    assert_string_equal(payout_reason_class("no such code"), "OTHER");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_every_move_is_a_legal_edge),
        cmocka_unit_test(test_the_ladder_takes_510_seconds),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_reasons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
