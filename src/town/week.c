/* An undisturbed week: payouts, and the lines that honest banks write about them. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "daybook/town/town.h"

enum { MORNING_S = 8 * 3600 + 1800, EVENING_GAP_S = 1800 };

static void *grow(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room ? *room * 2 : 1024;
    return memory_resize(items, *room, size);
}

static struct town_payout *payout_new(struct town *town)
{
    town->payouts = grow(town->payouts, town->payout_count, &town->payout_room,
                         sizeof *town->payouts);
    struct town_payout *payout = &town->payouts[town->payout_count++];

    memset(payout, 0, sizeof *payout);
    payout->line = TOWN_NO_LINE;
    payout->currency = "CNY";
    return payout;
}

struct town_line *town_line_new(struct town *town)
{
    town->lines = grow(town->lines, town->line_count, &town->line_room, sizeof *town->lines);
    struct town_line *line = &town->lines[town->line_count];

    memset(line, 0, sizeof *line);
    line->order = town->line_count++;
    line->fee = -1;
    return line;
}

/* yymmdd of a business day. */
static int short_date(const struct town *town, int day)
{
    int year, month, of_month;

    date_to_civil(town->days[day], &year, &month, &of_month);
    return year % 100 * 10000 + month * 100 + of_month;
}

void town_bank_ref(struct town *town, struct town_line *line)
{
    snprintf(line->bank_ref, sizeof line->bank_ref, "B%c%06d%08zu",
             town_channels[line->channel].letter, short_date(town, line->day),
             line->order % 100000000);
}

/* From tens to tens of thousands, small ones likelier. */
static int64_t any_amount(struct town_random *random)
{
    uint64_t kind = town_random_below(random, 100);

    if (kind < 40)
        return town_random_between(random, 1000, 20000);
    if (kind < 80)
        return town_random_between(random, 20000, 200000);
    return town_random_between(random, 200000, 5000000);
}

static const char *any_state(struct town_random *random)
{
    uint64_t kind = town_random_below(random, 1000);

    if (kind < 940)
        return "PAID";
    if (kind < 960)
        return "ACCEPTED";
    if (kind < 970)
        return "SUBMITTED";
    if (kind < 990)
        return "PRESUMED_PAID";
    return "FAILED";
}

static enum town_naming any_naming(struct town_random *random)
{
    uint64_t kind = town_random_below(random, 1000);

    if (kind < 880)
        return TOWN_BY_REFERENCE;
    if (kind < 930)
        return TOWN_BY_ORDER;
    if (kind < 960)
        return TOWN_BY_TEXT;
    if (kind < 990)
        return TOWN_BY_PAYEE;
    return TOWN_BY_AMOUNT;
}

static void name_line(struct town_line *line, const struct town_payout *payout,
                      enum town_naming naming)
{
    memcpy(line->name, payout->name, sizeof line->name);
    memcpy(line->account, payout->account, sizeof line->account);
    snprintf(line->text, sizeof line->text, "代付");
    switch (naming) {
    case TOWN_BY_REFERENCE:
        snprintf(line->ref, sizeof line->ref, "%s", payout->bank_ref);
        break;
    case TOWN_BY_ORDER:
        snprintf(line->ref, sizeof line->ref, "%s", payout->order_no);
        break;
    case TOWN_BY_TEXT:
        snprintf(line->text, sizeof line->text, "代付 %s", payout->bank_ref);
        break;
    case TOWN_BY_PAYEE:
        break;
    case TOWN_BY_AMOUNT:
        line->name[0] = line->account[0] = '\0';
        break;
    }
}

size_t town_line_of(struct town *town, const struct town_payout *payout, enum town_naming naming)
{
    struct town_line *line = town_line_new(town);

    line->channel = payout->channel;
    line->day = payout->day;
    line->second = payout->second + (int)town_random_between(&town->random, 5, 900);
    line->amount = -payout->amount;
    line->fee = town_channels[payout->channel].fee;
    name_line(line, payout, naming);
    town_bank_ref(town, line);
    return line->order;
}

/* What the bank lists of a payout: a debit, a row marked failed, or nothing. */
static void let_bank_write(struct town *town, struct town_payout *payout)
{
    const struct town_channel *channel = &town_channels[payout->channel];
    bool failed = strcmp(payout->state, "FAILED") == 0;
    enum town_naming naming = any_naming(&town->random);

    if (!channel->file_word || (failed && !channel->lists_failures))
        return;
    /* Vague lines need an amount that is theirs alone. */
    if (naming > TOWN_BY_ORDER)
        payout->amount = town_amounts_fresh(town, payout->amount);
    payout->line = town_line_of(town, payout, failed ? TOWN_BY_REFERENCE : naming);
    if (failed) {
        town->lines[payout->line].status = TOWN_FAILED;
        town->lines[payout->line].fee = 0;
    }
}

static struct town_payout *make_payout(struct town *town, int channel, int day, int number)
{
    const struct town_channel *bank = &town_channels[channel];
    struct town_random *random = &town->random;
    struct town_payout *payout = payout_new(town);

    payout->channel = channel;
    payout->day = day;
    payout->second = (int)town_random_between(random, MORNING_S, bank->cutoff_s - EVENING_GAP_S);
    payout->amount = any_amount(random);
    payout->expected_fee = bank->fee;
    payout->state = any_state(random);
    payout->answered = strcmp(payout->state, "PAID") == 0 || strcmp(payout->state, "ACCEPTED") == 0;
    town_name(random, payout->name);
    town_account(random, payout->account);
    snprintf(payout->order_no, sizeof payout->order_no, "P20%06d%c%06d", short_date(town, day),
             bank->letter, number);
    snprintf(payout->bank_ref, sizeof payout->bank_ref, "%c%06d%08d", bank->letter,
             short_date(town, day), number);
    return payout;
}

/* The same sum to the same payee again, minutes later: two payouts and two lines, nothing wrong. */
static void make_twin(struct town *town, size_t first, int number)
{
    struct town_payout *twin =
        make_payout(town, town->payouts[first].channel, town->payouts[first].day, number);
    struct town_payout *model = &town->payouts[first]; /* after the array may have moved */

    twin->amount = model->amount;
    twin->second = model->second + 120;
    twin->state = model->state = "PAID";
    twin->answered = model->answered = true;
    twin->taken = model->taken = true;
    memcpy(twin->name, model->name, sizeof twin->name);
    memcpy(twin->account, model->account, sizeof twin->account);
    for (int i = 0; i < 2 && town_channels[twin->channel].file_word; i++) {
        struct town_payout *each = i == 0 ? model : twin;

        each->line = town_line_of(town, each, TOWN_BY_REFERENCE);
        town_amounts_add(town->amounts, each->amount);
    }
}

static void make_day(struct town *town, int channel, int day)
{
    int count = town->options.payouts * town_channels[channel].share / 100;
    int number = 1;

    while (number <= count) {
        make_payout(town, channel, day, number++);
        size_t index = town->payout_count - 1;

        if (number <= count && town_random_chance(&town->random, 8)) {
            make_twin(town, index, number++);
        } else {
            let_bank_write(town, &town->payouts[index]);
            town_amounts_add(town->amounts, town->payouts[index].amount);
        }
    }
}

void town_week_make(struct town *town)
{
    for (int day = 0; day < town->options.days; day++)
        for (int channel = 0; channel < TOWN_CHANNELS; channel++)
            make_day(town, channel, day);
}
