/* Faults of payouts and lines. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"

enum {
    ABC = 2,
    CARRY_WINDOW = 3, /* business days that a payout may wait for its line */
    MEMBERS = 4,      /* of a batch */
    PARTS = 3         /* of a payout that the bank pays in pieces */
};

static int last_day(const struct town *town)
{
    return town->options.days - 1;
}

/* A plain payout whose line may move `days` business days on, into a file that comes. */
static struct town_payout *plain_before(struct town *town, int days)
{
    for (int tries = 0; tries < 50; tries++) {
        struct town_payout *payout = town_plain(town, TOWN_ANY_FILE, 0, last_day(town) - days);

        if (!payout || town_file_comes(town, payout->channel, payout->day + days))
            return payout;
        payout->taken = false;
    }
    return NULL;
}

/* A further line about a payout. The array of lines may move. */
static struct town_line *line_for(struct town *town, const struct town_payout *payout,
                                  enum town_naming naming)
{
    size_t index = town_line_of(town, payout, naming);

    return &town->lines[index];
}

static bool lose_line(struct town *town, const struct town_fault *fault, int first, int last)
{
    struct town_payout *payout = town_plain(town, TOWN_ANY_FILE, first, last);

    if (!payout)
        return false;
    town->lines[payout->line].dropped = true;
    town_tell(town, fault, payout, NULL, payout->amount);
    return true;
}

static bool plant_missing(struct town *town, const struct town_fault *fault)
{
    return lose_line(town, fault, 0, last_day(town) - CARRY_WINDOW - 1);
}

static bool plant_waiting(struct town *town, const struct town_fault *fault)
{
    return lose_line(town, fault, last_day(town), last_day(town));
}

/* A line that nothing in the core explains. */
static bool extra_line(struct town *town, const struct town_fault *fault, int sign)
{
    struct town_line *line = town_line_new(town);

    do {
        line->channel = (int)town_random_below(&town->random, ABC + 1);
        line->day = (int)town_random_below(&town->random, (uint64_t)town->options.days);
    } while (!town_file_comes(town, line->channel, line->day));
    line->second = (int)town_random_between(&town->random, 9 * 3600, 17 * 3600);
    line->amount = sign * town_amounts_fresh(town, 100000);
    town_name(&town->random, line->name);
    town_account(&town->random, line->account);
    snprintf(line->text, sizeof line->text, sign < 0 ? "转账支出" : "来账");
    town_bank_ref(town, line);
    town_tell(town, fault, NULL, line, sign * line->amount);
    return true;
}

static bool plant_extra_debit(struct town *town, const struct town_fault *fault)
{
    return extra_line(town, fault, -1);
}

static bool plant_extra_credit(struct town *town, const struct town_fault *fault)
{
    return extra_line(town, fault, 1);
}

static void move_line(struct town *town, struct town_line *line, int day, int second)
{
    line->day = day;
    line->second = second;
    town_bank_ref(town, line);
}

/* Sent after the bank's cut-off: booked the next business day. */
static bool plant_cutoff(struct town *town, const struct town_fault *fault)
{
    struct town_payout *payout = plain_before(town, 1);

    if (!payout)
        return false;
    payout->second = town_channels[payout->channel].cutoff_s
        + (int)town_random_between(&town->random, 60, 1700);
    move_line(town, &town->lines[payout->line], payout->day + 1,
              (int)town_random_between(&town->random, 60, 3000));
    town_tell(town, fault, payout, &town->lines[payout->line], payout->amount);
    return true;
}

/* Sent in time and booked one or two business days later. */
static bool plant_late(struct town *town, const struct town_fault *fault)
{
    int days = (int)town_random_between(&town->random, 1, 2);
    struct town_payout *payout = plain_before(town, days);

    if (!payout)
        return false;
    move_line(town, &town->lines[payout->line], payout->day + days, 9 * 3600);
    town_tell(town, fault, payout, &town->lines[payout->line], payout->amount);
    return true;
}

/* Another line with everything of the payout's own but the bank's number. */
static struct town_line *line_again(struct town *town, const struct town_payout *payout)
{
    struct town_line *line = line_for(town, payout, TOWN_BY_REFERENCE);

    line->second = town->lines[payout->line].second + 30;
    return line;
}

static bool plant_dup_bank(struct town *town, const struct town_fault *fault)
{
    struct town_payout *payout = town_plain(town, TOWN_ANY_FILE, 0, last_day(town));

    if (!payout)
        return false;
    struct town_line *line = line_again(town, payout);

    town_tell(town, fault, payout, line, payout->amount);
    return true;
}

/* Byte for byte the same line twice in one statement: two lines, not one. */
static bool plant_dup_bank_equal(struct town *town, const struct town_fault *fault)
{
    struct town_payout *payout = town_plain(town, TOWN_ANY_FILE, 0, last_day(town));

    if (!payout)
        return false;
    struct town_line *line = line_again(town, payout);
    struct town_line *first = &town->lines[payout->line];

    line->second = first->second;
    memcpy(line->bank_ref, first->bank_ref, sizeof line->bank_ref);
    town_tell(town, fault, payout, line, payout->amount);
    return true;
}

/* The core booked one instruction under two orders. */
static bool plant_dup_core(struct town *town, const struct town_fault *fault)
{
    struct town_payout *first = town_plain(town, TOWN_ANY_FILE, 0, last_day(town));
    struct town_payout *second =
        first ? town_plain(town, first->channel, first->day, first->day) : NULL;

    if (!second)
        return false;
    if (second < first) {
        struct town_payout *swap = first;

        first = second;
        second = swap;
    }
    town->lines[second->line].dropped = true;
    second->amount = first->amount;
    second->second = first->second + 1;
    memcpy(second->bank_ref, first->bank_ref, sizeof second->bank_ref);
    memcpy(second->name, first->name, sizeof second->name);
    memcpy(second->account, first->account, sizeof second->account);
    town_tell(town, fault, second, &town->lines[first->line], first->amount);
    return true;
}

static bool bring_back(struct town *town, const struct town_fault *fault, bool by_reference)
{
    int days = (int)town_random_between(&town->random, 1, 2);
    struct town_payout *payout = plain_before(town, days);

    if (!payout)
        return false;
    struct town_line *line =
        line_for(town, payout, by_reference ? TOWN_BY_REFERENCE : TOWN_BY_PAYEE);

    line->amount = payout->amount;
    line->fee = -1;
    snprintf(line->text, sizeof line->text, "退票 账号不符");
    move_line(town, line, payout->day + days, 11 * 3600);
    town_tell(town, fault, payout, line, payout->amount);
    return true;
}

static bool plant_return(struct town *town, const struct town_fault *fault)
{
    return bring_back(town, fault, true);
}

static bool plant_return_unnamed(struct town *town, const struct town_fault *fault)
{
    return bring_back(town, fault, false);
}

static bool plant_amount(struct town *town, const struct town_fault *fault)
{
    struct town_payout *payout = town_plain(town, TOWN_ANY_FILE, 0, last_day(town));

    if (!payout)
        return false;
    struct town_line *line = &town->lines[payout->line];

    line->amount = -town_amounts_fresh(town, payout->amount);
    town_tell(town, fault, payout, line, llabs(line->amount + payout->amount));
    return true;
}

static bool plant_fee(struct town *town, const struct town_fault *fault)
{
    struct town_payout *payout = NULL;

    /* Some channels name no fee on their lines. */
    for (int tries = 0; tries < 50 && !payout; tries++) {
        int channel = (int)town_random_below(&town->random, ABC + 1);

        if (town_channels[channel].fee >= 0)
            payout = town_plain(town, channel, 0, last_day(town));
    }
    if (!payout)
        return false;
    struct town_line *line = &town->lines[payout->line];

    line->fee += town_random_between(&town->random, 1, 500);
    town_tell(town, fault, payout, line, line->fee - payout->expected_fee);
    return true;
}

static bool bank_paid(struct town *town, const struct town_fault *fault, const char *state)
{
    struct town_payout *payout = town_plain(town, TOWN_ANY_FILE, 0, last_day(town));

    if (!payout)
        return false;
    payout->state = state;
    payout->answered = false;
    town_tell(town, fault, payout, &town->lines[payout->line], payout->amount);
    return true;
}

static bool plant_bank_ok_failed(struct town *town, const struct town_fault *fault)
{
    return bank_paid(town, fault, "FAILED");
}

static bool plant_bank_ok_unknown(struct town *town, const struct town_fault *fault)
{
    return bank_paid(town, fault, "UNKNOWN");
}

static bool plant_bank_fail(struct town *town, const struct town_fault *fault)
{
    struct town_payout *payout = town_plain(town, ABC, 0, last_day(town));

    if (!payout)
        return false;
    struct town_line *line = &town->lines[payout->line];

    line->status = TOWN_FAILED;
    line->fee = 0;
    town_tell(town, fault, payout, line, payout->amount);
    return true;
}

static bool plant_details(struct town *town, const struct town_fault *fault)
{
    struct town_payout *payout = town_plain(town, TOWN_ANY_FILE, 0, last_day(town));

    if (!payout)
        return false;
    struct town_line *line = &town->lines[payout->line];

    do {
        town_name(&town->random, line->name);
    } while (strcmp(line->name, payout->name) == 0);
    town_account(&town->random, line->account);
    town_tell(town, fault, payout, line, payout->amount);
    return true;
}

static bool plant_currency(struct town *town, const struct town_fault *fault)
{
    struct town_payout *payout = town_plain(town, TOWN_ANY_FILE, 0, last_day(town));

    if (!payout)
        return false;
    payout->currency = "HKD";
    town_tell(town, fault, payout, &town->lines[payout->line], payout->amount);
    return true;
}

/* Payouts of one batch; the bank books `missing` fewer of them, as one line. */
static bool make_batch(struct town *town, const struct town_fault *fault, int missing)
{
    struct town_payout *first = town_plain(town, TOWN_ANY_FILE, 0, last_day(town));
    struct town_payout *members[MEMBERS] = {first};
    int64_t sum = 0, total = 0;

    for (int i = 1; first && i < MEMBERS; i++) {
        members[i] = town_plain(town, first->channel, first->day, first->day);
        if (!members[i])
            return false;
    }
    if (!first)
        return false;
    for (int i = 0; i < MEMBERS; i++) {
        snprintf(members[i]->batch_no, TOWN_REF, "T%.20s", first->bank_ref);
        town->lines[members[i]->line].dropped = true;
        sum += i < MEMBERS - missing ? members[i]->amount : 0;
        total += members[i]->amount;
    }
    struct town_line *line = line_for(town, first, TOWN_BY_AMOUNT);

    snprintf(line->ref, sizeof line->ref, "%s", first->batch_no);
    snprintf(line->text, sizeof line->text, "批量代付");
    line->amount = -sum;
    line->fee = -1;
    if (town_amounts_count(town->amounts, sum) == 0)
        town_amounts_add(town->amounts, sum);
    town_tell(town, fault, missing ? NULL : first, line, missing ? total - sum : sum);
    return true;
}

static bool plant_batch(struct town *town, const struct town_fault *fault)
{
    return make_batch(town, fault, 0);
}

static bool plant_batch_short(struct town *town, const struct town_fault *fault)
{
    return make_batch(town, fault, 1);
}

/* The bank pays one payout in pieces; `missing` of them never. */
static bool make_parts(struct town *town, const struct town_fault *fault, int missing)
{
    struct town_payout *payout = town_plain(town, TOWN_ANY_FILE, 0, last_day(town));
    struct town_line *line = NULL;
    int64_t left = payout ? payout->amount : 0;

    if (!payout)
        return false;
    town->lines[payout->line].dropped = true;
    for (int i = 0; i < PARTS - missing; i++) {
        line = line_for(town, payout, TOWN_BY_REFERENCE);
        line->second = payout->second + 60 * (i + 1);
        line->amount = -(i == PARTS - 1 ? left : payout->amount / (PARTS + 1));
        line->fee = -1;
        left += line->amount;
    }
    town_tell(town, fault, payout, missing ? NULL : line, missing ? left : payout->amount);
    return true;
}

static bool plant_parts(struct town *town, const struct town_fault *fault)
{
    return make_parts(town, fault, 0);
}

static bool plant_parts_short(struct town *town, const struct town_fault *fault)
{
    return make_parts(town, fault, 1);
}

const struct town_fault town_payout_faults[] = {
    {"missing", "CORE_ONLY", "OPEN", "the bank never booked it", 4, plant_missing},
    {"waiting", "-", "WAITING", "not booked yet, inside the window", 4, plant_waiting},
    {"extra-debit", "BANK_ONLY_DR", "OPEN", "a debit that nobody ordered", 4, plant_extra_debit},
    {"extra-credit", "BANK_ONLY_CR", "OPEN", "a credit nobody waits for", 3, plant_extra_credit},
    {"cutoff", "CUTOFF", "AUTO_CLOSED", "sent after the cut-off", 6, plant_cutoff},
    {"late", "CUTOFF", "AUTO_CLOSED", "sent in time, booked a day or two later", 4, plant_late},
    {"dup-bank", "DUP_BANK", "OPEN", "paid twice by the bank", 3, plant_dup_bank},
    {"dup-bank-equal", "DUP_BANK", "OPEN", "the same line twice", 1, plant_dup_bank_equal},
    {"dup-core", "DUP_CORE", "OPEN", "one instruction, two orders", 2, plant_dup_core},
    {"return", "RETURN", "OPEN", "came back with its reference", 4, plant_return},
    {"return-unnamed", "RETURN", "OPEN", "came back without reference", 2, plant_return_unnamed},
    {"amount", "AMOUNT", "OPEN", "the bank booked another amount", 4, plant_amount},
    {"fee", "FEE", "OPEN", "the bank charged another fee", 3, plant_fee},
    {"bank-ok-failed", "STATUS_BANK_OK", "OPEN", "paid, failed here", 2, plant_bank_ok_failed},
    {"bank-ok-unknown", "STATUS_BANK_OK", "OPEN", "paid, unknown here", 2, plant_bank_ok_unknown},
    {"bank-fail", "STATUS_BANK_FAIL", "OPEN", "refused, paid here", 3, plant_bank_fail},
    {"details", "DETAILS", "OPEN", "another payee", 2, plant_details},
    {"currency", "CURRENCY", "OPEN", "another currency", 1, plant_currency},
    {"batch", "-", "MATCHED", "a batch as one line", 4, plant_batch},
    {"batch-short", "SPLIT", "OPEN", "a batch lacks a payout", 2, plant_batch_short},
    {"parts", "-", "MATCHED", "one payout in pieces", 3, plant_parts},
    {"parts-short", "SPLIT", "OPEN", "a piece is missing", 2, plant_parts_short},
    {0},
};
