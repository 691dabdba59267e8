/* The kinds of faults, as tables, and their planting. Each has payouts of its own, so that the
 * truth about it is one. */
#include "faults.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "daybook/base/memory.h"

enum { PLAIN_GUESSES = 400 };

struct town_truth *town_truth_new(struct town *town, const char *code, const char *state,
                                  const char *what, int channel, int day)
{
    if (town->truth_count == town->truth_room) {
        town->truth_room = town->truth_room ? town->truth_room * 2 : 64;
        town->truths = memory_resize(town->truths, town->truth_room, sizeof *town->truths);
    }
    struct town_truth *truth = &town->truths[town->truth_count++];

    memset(truth, 0, sizeof *truth);
    truth->code = code;
    truth->state = state;
    truth->what = what;
    truth->channel = channel;
    truth->day = day;
    return truth;
}

void town_tell(struct town *town, const struct town_fault *fault, const struct town_payout *payout,
               const struct town_line *line, int64_t amount)
{
    int channel = payout ? payout->channel : line->channel;
    int day = payout ? payout->day : line->day;
    struct town_truth *truth =
        town_truth_new(town, fault->code, fault->state, fault->what, channel, day);

    truth->amount = amount;
    if (payout)
        snprintf(truth->order_no, sizeof truth->order_no, "%s", payout->order_no);
    if (line)
        snprintf(truth->bank_ref, sizeof truth->bank_ref, "%s", line->bank_ref);
}

bool town_file_comes(const struct town *town, int channel, int day)
{
    return town_channels[channel].file_word && !(town->files[channel][day] & TOWN_FILE_MISSING);
}

static bool is_plain(const struct town *town, const struct town_payout *payout)
{
    if (payout->taken || payout->line == TOWN_NO_LINE || strcmp(payout->state, "PAID") != 0)
        return false;
    const struct town_line *line = &town->lines[payout->line];

    if (!town_file_comes(town, line->channel, line->day))
        return false;
    return line->status == TOWN_BOOKED && strcmp(line->ref, payout->bank_ref) == 0
        && town_amounts_count(town->amounts, payout->amount) == 1;
}

struct town_payout *town_plain(struct town *town, int channel, int first_day, int last_day)
{
    if (town->payout_count == 0 || first_day > last_day)
        return NULL;
    size_t count = town->payout_count;

    /* Guesses spread evenly; going through all finds the last ones. */
    for (size_t i = 0; i < PLAIN_GUESSES + count; i++) {
        size_t at = i < PLAIN_GUESSES ? town_random_below(&town->random, count) : i - PLAIN_GUESSES;
        struct town_payout *payout = &town->payouts[at];

        if (channel != TOWN_ANY_FILE && payout->channel != channel)
            continue;
        if (payout->day < first_day || payout->day > last_day || !is_plain(town, payout))
            continue;
        payout->taken = true;
        return payout;
    }
    return NULL;
}

static void plant_table(struct town *town, const struct town_fault *table)
{
    for (const struct town_fault *fault = table; fault->name; fault++) {
        int count = fault->count * town->options.fault_percent / 100;

        if (count == 0 && town->options.fault_percent > 0)
            count = 1;
        for (int i = 0; i < count; i++)
            if (!fault->plant(town, fault))
                break;
    }
}

void town_faults_plant(struct town *town)
{
    plant_table(town, town_file_faults);
    plant_table(town, town_payout_faults);
}
