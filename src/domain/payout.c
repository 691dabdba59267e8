/* The payout protocol: one table says what each piece of news does in each state. */
#include "daybook/domain/payout.h"

#include <assert.h>
#include <string.h>

#include "daybook/domain/state.h"

enum { SECOND_US = 1000000, MILLISECOND_US = 1000 };

static const char *const state_names[PAYOUT_STATES] = {
    [PAYOUT_CREATED] = "CREATED",
    [PAYOUT_APPROVED] = "APPROVED",
    [PAYOUT_CANCELLED] = "CANCELLED",
    [PAYOUT_REJECTED] = "REJECTED",
    [PAYOUT_SUBMITTED] = "SUBMITTED",
    [PAYOUT_ACCEPTED] = "ACCEPTED",
    [PAYOUT_UNKNOWN] = "UNKNOWN",
    [PAYOUT_PRESUMED_PAID] = "PRESUMED_PAID",
    [PAYOUT_PAID] = "PAID",
    [PAYOUT_FAILED] = "FAILED",
    [PAYOUT_RECONCILED] = "RECONCILED",
    [PAYOUT_NOT_PAID] = "NOT_PAID",
    [PAYOUT_RETURNED] = "RETURNED",
    [PAYOUT_REPAID] = "REPAID",
    [PAYOUT_CREDITED_BACK] = "CREDITED_BACK",
};

static const char *const news_names[PAYOUT_NEWS_KINDS] = {
    [PAYOUT_NEWS_INTENT] = "intent",
    [PAYOUT_NEWS_PAID] = "paid",
    [PAYOUT_NEWS_REFUSED] = "refused",
    [PAYOUT_NEWS_ACCEPTED] = "accepted",
    [PAYOUT_NEWS_PROCESSING] = "processing",
    [PAYOUT_NEWS_NOT_FOUND] = "not-found",
    [PAYOUT_NEWS_SILENCE] = "silence",
    [PAYOUT_NEWS_ERROR] = "error",
    [PAYOUT_NEWS_NOT_SENT] = "not-sent",
    [PAYOUT_NEWS_CLOCK] = "clock",
    [PAYOUT_NEWS_DEBIT] = "debit",
    [PAYOUT_NEWS_CREDIT] = "credit",
};

/* What news does, a column each in the order of enum payout_news_kind:
 *
 *   S P F A U R T  move to SUBMITTED PAID FAILED ACCEPTED UNKNOWN RECONCILED RETURNED
 *   a  the bank has it: a fact, the state stays        d  the debit of what came back already
 *   u  nothing new is known: stay, presume at the end  n  as u, or FAILED where it is final
 *   .  agrees with the state or says nothing           L  contradicts the state: late
 *   x  an intent where none may be
 */
static const char rules[PAYOUT_STATES][PAYOUT_NEWS_KINDS + 1] = {
    [PAYOUT_CREATED]       = "xLLLL.....LL",
    [PAYOUT_APPROVED]      = "SLLLL.....LL",
    [PAYOUT_CANCELLED]     = "xL.LL.....LL",
    [PAYOUT_REJECTED]      = "xL.LL.....LL",
    [PAYOUT_SUBMITTED]     = "xPFAUnUUFcRL",
    [PAYOUT_ACCEPTED]      = "xPFaUnUULcRL",
    [PAYOUT_UNKNOWN]       = "xPFaunuu.cRL",
    [PAYOUT_PRESUMED_PAID] = "xPFaunuu..RT",
    [PAYOUT_PAID]          = "x.L.....L.RT",
    [PAYOUT_FAILED]        = "xL.LL.....LL",
    [PAYOUT_RECONCILED]    = "x.L.....L.LT",
    [PAYOUT_NOT_PAID]      = "xL.LL.....LL",
    [PAYOUT_RETURNED]      = "x.L.....L.dL",
    [PAYOUT_REPAID]        = "xL.LL.....LL",
    [PAYOUT_CREDITED_BACK] = "xL.LL.....LL",
};

/* --- times */

time_us payout_query_due(const struct payout_channel *channel, time_us sent_at, int n)
{
    assert(n >= 1 && n <= PAYOUT_COUNT_MAX);
    assert(channel->ladder_base_s >= 1 && channel->ladder_base_s <= PAYOUT_BASE_S_MAX);
    return sent_at + (time_us)channel->ladder_base_s * ((INT64_C(1) << n) - 1) * SECOND_US;
}

time_us payout_presumption_due(const struct payout_channel *channel, time_us sent_at)
{
    return payout_query_due(channel, sent_at, channel->ladder_count)
        + (time_us)channel->answer_timeout_ms * MILLISECOND_US;
}

/* Follow-ups stand at fixed distances from the presumption; the first one after `now`. */
static time_us follow_up_after(const struct payout_channel *channel, time_us presumed_at,
                               time_us now)
{
    time_us due = presumed_at;
    int last = channel->follow_up_count - 1;

    if (last < 0)
        return TIME_NONE;
    for (int i = 0; i <= last && due <= now; i++)
        due += (time_us)channel->follow_up_s[i] * SECOND_US;
    if (due <= now) {
        time_us gap = (time_us)channel->follow_up_s[last] * SECOND_US;

        assert(gap > 0);
        due += (now - due) / gap * gap + gap;
    }
    return due;
}

static time_us later(time_us a, time_us b)
{
    return a > b ? a : b;
}

/* The rung after `asked` ones. Those missed while no core ran are asked one base apart, not all at
 * once; but none later than the presumption, which does not wait. */
static time_us rung_after(const struct payout *payout, const struct payout_channel *channel,
                          int asked, time_us now)
{
    if (asked >= channel->ladder_count)
        return now;
    time_us due = payout_query_due(channel, payout->sent_at, asked + 1);
    time_us soonest = now + (time_us)channel->ladder_base_s * SECOND_US;
    time_us latest = payout_presumption_due(channel, payout->sent_at);

    if (due > now)
        return due;
    return soonest < latest ? soonest : latest;
}

bool payout_not_found_is_final(const struct payout *payout, const struct payout_channel *channel,
                               time_us asked_at)
{
    return channel->not_after_enforced && payout->accepted_at == TIME_NONE
        && payout->not_after != TIME_NONE
        && asked_at > payout->not_after + (time_us)channel->not_found_final_s * SECOND_US;
}

bool payout_is_open(enum payout_state state)
{
    return state == PAYOUT_SUBMITTED || state == PAYOUT_ACCEPTED || state == PAYOUT_UNKNOWN
        || state == PAYOUT_PRESUMED_PAID;
}

/* --- steps */

static enum payout_posting posting_of(enum payout_state from, enum payout_state to)
{
    switch (to) {
    case PAYOUT_SUBMITTED: return PAYOUT_POST_SENT;
    case PAYOUT_PRESUMED_PAID: return PAYOUT_POST_PRESUMED;
    case PAYOUT_RECONCILED: return PAYOUT_POST_MATCHED;
    case PAYOUT_FAILED: return from == PAYOUT_APPROVED ? PAYOUT_POST_NONE : PAYOUT_POST_FAILED;
    case PAYOUT_RETURNED: return PAYOUT_POST_RETURNED;
    default: return PAYOUT_POST_NONE;
    }
}

static void move(struct payout_step *step, const struct payout *payout, enum payout_state to)
{
    assert(state_may(STATE_PAYMENT, state_names[payout->state], state_names[to], NULL));
    step->outcome = PAYOUT_MOVE;
    step->to = to;
    step->posting = posting_of(payout->state, to);
}

/* Nothing definite: the next question's time, or the presumption once the ladder is through. Only
 * UNKNOWN becomes PRESUMED_PAID; SUBMITTED and ACCEPTED become UNKNOWN first, due at once. */
static void go_on_asking(struct payout_step *step, const struct payout *payout,
                         const struct payout_channel *channel, const struct payout_news *news,
                         time_us now)
{
    int asked = payout->queries + (step->counted ? 1 : 0);
    bool through = asked >= channel->ladder_count
        || now >= payout_presumption_due(channel, payout->sent_at);

    if (payout->state == PAYOUT_PRESUMED_PAID) {
        step->next_query_at = follow_up_after(channel, payout->presumed_at, now);
    } else if (!through) {
        bool to_sending = news->question == PAYOUT_NO_QUESTION && news->kind != PAYOUT_NEWS_CLOCK;

        if (step->counted || payout->next_query_at == TIME_NONE)
            step->next_query_at = rung_after(payout, channel, asked, now);
        else if (to_sending) /* until now the sender's lease kept the first question back */
            step->next_query_at = later(payout_query_due(channel, payout->sent_at, asked + 1), now);
    } else if (step->to != PAYOUT_UNKNOWN || payout->state != PAYOUT_UNKNOWN) {
        if (step->to != PAYOUT_UNKNOWN)
            move(step, payout, PAYOUT_UNKNOWN);
        step->next_query_at = now;
    } else {
        move(step, payout, PAYOUT_PRESUMED_PAID);
        /* The clock may have overtaken the ladder while no core ran: then ask at once. */
        step->next_query_at = asked < channel->ladder_count
            ? now
            : follow_up_after(channel, now, now);
    }
}

static void take_clock(struct payout_step *step, const struct payout *payout,
                       const struct payout_channel *channel, const struct payout_news *news,
                       time_us now)
{
    time_us answer_due = payout->sent_at + (time_us)channel->answer_timeout_ms * MILLISECOND_US;

    if (payout->state == PAYOUT_SUBMITTED && now >= answer_due)
        move(step, payout, PAYOUT_UNKNOWN);
    go_on_asking(step, payout, channel, news, now);
}

static void take_intent(struct payout_step *step, const struct payout *payout,
                        const struct payout_channel *channel, time_us now)
{
    move(step, payout, PAYOUT_SUBMITTED);
    step->epoch = payout->epoch + 1;
    step->not_after = now + (time_us)channel->not_after_s * SECOND_US;
    step->next_query_at = payout_query_due(channel, now, 1);
}

static void take_uncertain(struct payout_step *step, const struct payout *payout,
                           const struct payout_channel *channel, const struct payout_news *news,
                           time_us now)
{
    if (news->kind == PAYOUT_NEWS_NOT_FOUND
        && payout_not_found_is_final(payout, channel, news->as_of)) {
        move(step, payout, PAYOUT_FAILED);
        step->next_query_at = TIME_NONE;
        return;
    }
    if (payout->state == PAYOUT_SUBMITTED || payout->state == PAYOUT_ACCEPTED)
        move(step, payout, PAYOUT_UNKNOWN);
    go_on_asking(step, payout, channel, news, now);
}

static void take_accepted(struct payout_step *step, const struct payout *payout,
                          const struct payout_channel *channel, const struct payout_news *news,
                          time_us now)
{
    step->accepted = payout->accepted_at == TIME_NONE;
    if (payout->state == PAYOUT_SUBMITTED)
        move(step, payout, PAYOUT_ACCEPTED);
    go_on_asking(step, payout, channel, news, now);
}

static void take_definite(struct payout_step *step, const struct payout *payout,
                          enum payout_state to)
{
    move(step, payout, to);
    step->next_query_at = TIME_NONE;
    step->moved = (to == PAYOUT_PAID || to == PAYOUT_RECONCILED) && payout->moved_at == TIME_NONE;
}

static enum payout_state letter_state(char letter)
{
    static const struct {
        char letter;
        enum payout_state state;
    } letters[] = {{'P', PAYOUT_PAID},       {'F', PAYOUT_FAILED},   {'R', PAYOUT_RECONCILED},
                   {'T', PAYOUT_RETURNED}};
    size_t i = 0;

    while (letters[i].letter != letter)
        assert(++i < sizeof letters / sizeof letters[0]);
    return letters[i].state;
}

struct payout_step payout_take(const struct payout *payout, const struct payout_channel *channel,
                               const struct payout_news *news, time_us now)
{
    assert(payout->state < PAYOUT_STATES && news->kind < PAYOUT_NEWS_KINDS);
    char rule = rules[payout->state][news->kind];
    struct payout_step step = {
        .outcome = PAYOUT_STAY,
        .to = payout->state,
        .from_presumed = payout->presumed_at != TIME_NONE,
        .epoch = payout->epoch,
        .not_after = payout->not_after,
        .next_query_at = payout->next_query_at,
    };

    if (news->kind != PAYOUT_NEWS_INTENT && news->epoch != payout->epoch) {
        step.outcome = PAYOUT_STALE;
        return step;
    }
    step.counted = news->question == PAYOUT_LADDER && payout_is_open(payout->state);
    switch (rule) {
    case 'x': step.outcome = PAYOUT_REFUSED; break;
    case 'L': step.outcome = PAYOUT_LATE; break;
    case '.': break;
    case 'S': take_intent(&step, payout, channel, now); break;
    case 'A':
    case 'a': take_accepted(&step, payout, channel, news, now); break;
    case 'U':
    case 'u':
    case 'n': take_uncertain(&step, payout, channel, news, now); break;
    case 'c': take_clock(&step, payout, channel, news, now); break;
    case 'd':
        step.outcome = payout->settled ? PAYOUT_LATE : PAYOUT_STAY;
        step.posting = payout->settled ? PAYOUT_POST_NONE : PAYOUT_POST_MATCHED;
        break;
    default: take_definite(&step, payout, letter_state(rule)); break;
    }
    return step;
}

void payout_apply(struct payout *payout, const struct payout_step *step, time_us now)
{
    if (step->outcome != PAYOUT_MOVE && step->outcome != PAYOUT_STAY)
        return;
    payout->state = step->to;
    payout->epoch = step->epoch;
    payout->not_after = step->not_after;
    payout->next_query_at = step->next_query_at;
    payout->queries += step->counted ? 1 : 0;
    if (step->posting == PAYOUT_POST_SENT)
        payout->sent_at = now;
    if (step->accepted)
        payout->accepted_at = now;
    if (step->moved)
        payout->moved_at = now;
    if (step->posting == PAYOUT_POST_PRESUMED)
        payout->presumed_at = now;
    if (step->posting == PAYOUT_POST_MATCHED)
        payout->settled = true;
}

/* --- names */

const char *payout_state_name(enum payout_state state)
{
    assert(state < PAYOUT_STATES);
    return state_names[state];
}

bool payout_state_parse(const char *word, enum payout_state *out)
{
    for (int i = 0; i < PAYOUT_STATES; i++) {
        if (strcmp(state_names[i], word) == 0) {
            *out = (enum payout_state)i;
            return true;
        }
    }
    return false;
}

const char *payout_news_name(enum payout_news_kind kind)
{
    assert(kind < PAYOUT_NEWS_KINDS);
    return news_names[kind];
}

bool payout_news_parse(const char *word, enum payout_news_kind *out)
{
    for (int i = 0; i < PAYOUT_NEWS_KINDS; i++) {
        if (strcmp(news_names[i], word) == 0) {
            *out = (enum payout_news_kind)i;
            return true;
        }
    }
    return false;
}

const char *payout_posting_name(enum payout_posting posting)
{
    static const char *const names[] = {
        [PAYOUT_POST_NONE] = NULL,       [PAYOUT_POST_SENT] = "E12",
        [PAYOUT_POST_PRESUMED] = "E13",  [PAYOUT_POST_MATCHED] = "E14",
        [PAYOUT_POST_FAILED] = "E15",    [PAYOUT_POST_RETURNED] = "E16",
    };

    assert(posting <= PAYOUT_POST_RETURNED);
    return names[posting];
}
