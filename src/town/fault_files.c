/* Faults of whole files. Each takes a channel and day of its own. */
#include <stdio.h>
#include <string.h>

#include "faults.h"

enum { ICBC, CCB, ABC };

void town_file_name(const struct town *town, int channel, int day, const char *part,
                    char out[TOWN_NAME])
{
    int year, month, of_month;
    bool interim = strcmp(part, TOWN_PART_INTERIM) == 0;

    date_to_civil(town->days[day], &year, &month, &of_month);
    snprintf(out, TOWN_NAME, "%04d%02d%02d-%s-%s%s", year, month, of_month,
             town_channels[channel].id, part,
             interim ? town_channels[channel].interim_word : town_channels[channel].file_word);
}

static void tell_file(struct town *town, const struct town_fault *fault, int channel, int day,
                      const char *part)
{
    struct town_truth *truth =
        town_truth_new(town, fault->code, fault->state, fault->what, channel, day);

    town_file_name(town, channel, day, part, truth->file);
}

/* An unmarked channel and day of the range; false where there is none. channel -1: any. */
static bool free_file(struct town *town, int only, int first_day, int last_day, int *channel,
                      int *day)
{
    if (first_day > last_day)
        return false;
    for (int tries = 0; tries < 200; tries++) {
        *channel = only >= 0 ? only : (int)town_random_between(&town->random, ICBC, ABC);
        *day = (int)town_random_between(&town->random, first_day, last_day);
        if (town->files[*channel][*day] == 0)
            return true;
    }
    return false;
}

static bool mark(struct town *town, const struct town_fault *fault, int only, int first_day,
                 int last_day, enum town_file_mark what, const char *part)
{
    int channel, day;

    if (!free_file(town, only, first_day, last_day, &channel, &day))
        return false;
    town->files[channel][day] |= what;
    if (what == TOWN_FILE_SUM || what == TOWN_FILE_CHAIN)
        town->shift[channel][day] = town_random_between(&town->random, 1, 99999);
    tell_file(town, fault, channel, day, part);
    return true;
}

/* A file that never comes leaves no hole in a chain only on the last day. */
static bool plant_missing(struct town *town, const struct town_fault *fault)
{
    return mark(town, fault, -1, town->options.days - 1, town->options.days - 1,
                TOWN_FILE_MISSING, "");
}

static bool plant_sum(struct town *town, const struct town_fault *fault)
{
    return mark(town, fault, -1, 0, town->options.days - 1, TOWN_FILE_SUM, "");
}

static bool plant_chain(struct town *town, const struct town_fault *fault)
{
    return mark(town, fault, -1, 1, town->options.days - 1, TOWN_FILE_CHAIN, "");
}

/* Only a torn XML file is sure to be unreadable. */
static bool plant_bad(struct town *town, const struct town_fault *fault)
{
    return mark(town, fault, ICBC, 0, town->options.days - 1, TOWN_FILE_BAD, TOWN_PART_TORN);
}

static bool plant_twice(struct town *town, const struct town_fault *fault)
{
    return mark(town, fault, -1, 0, town->options.days - 1, TOWN_FILE_TWICE, TOWN_PART_AGAIN);
}

static bool plant_overlap(struct town *town, const struct town_fault *fault)
{
    for (int tries = 0; tries < 50; tries++) {
        int channel, day;

        if (!free_file(town, -1, 1, town->options.days - 1, &channel, &day))
            return false;
        /* Both days it repeats must be whole. */
        if (town->files[channel][day - 1] != 0)
            continue;
        town->files[channel][day] |= TOWN_FILE_OVERLAP;
        tell_file(town, fault, channel, day, TOWN_PART_TWO_DAYS);
        return true;
    }
    return false;
}

static bool plant_interim(struct town *town, const struct town_fault *fault)
{
    return mark(town, fault, (int)town_random_between(&town->random, ICBC, CCB), 0,
                town->options.days - 1, TOWN_FILE_INTERIM, TOWN_PART_INTERIM);
}

const struct town_fault town_file_faults[] = {
    {"file-missing", "FILE_MISSING", "OPEN", "no file came", 1, plant_missing},
    {"file-sum", "FILE_BALANCE", "OPEN", "opening and entries do not give closing", 1, plant_sum},
    {"file-chain", "FILE_BALANCE", "OPEN", "opening is not the previous closing", 1, plant_chain},
    {"file-bad", "FILE_BAD", "OPEN", "a torn file; the whole one came later", 1, plant_bad},
    {"file-twice", "-", "STORED", "the same bytes under another name", 1, plant_twice},
    {"file-overlap", "-", "STORED", "a file that repeats two days", 1, plant_overlap},
    {"file-interim", "-", "STORED", "an interim report before the day's file", 2, plant_interim},
    {0},
};
