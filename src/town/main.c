/* town: a simulated town for the demo and the tests. `town day` makes a working week. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank.h"
#include "daybook/base/text.h"
#include "daybook/town/town.h"
#include "shop.h"

static const char usage_text[] =
    "usage: town day --out DIR [--seed N] [--to YYYY-MM-DD] [--days N] [--payouts N]\n"
    "                [--offset HOURS] [--faults PERCENT]\n"
    "       town bank serve|hold|release|fail|statement ...\n"
    "       town shop setup|pay|agree ...\n"
    "\n"
    "Makes a working week that ends on a business day (the last one before today): DIR/feed with\n"
    "what the core exports, DIR/inbox with what the banks send, DIR/truth.tsv with every fault\n"
    "that was planted, and DIR/lines.tsv with what the desk must hold in the end. The same\n"
    "arguments give the same bytes.\n"
    "\n"
    "  --seed N         another number, another town (1)\n"
    "  --to DATE        the last business day\n"
    "  --days N         business days, 1..30 (5)\n"
    "  --payouts N      payouts a day over all channels, 10..200000 (4000)\n"
    "  --offset HOURS   local time, hours from UTC (8)\n"
    "  --faults PERCENT how many faults, in percent of the usual count (100); 0: none\n";

static bool take_number(const char *text, int64_t low, int64_t high, int64_t *out)
{
    return text_to_int64(span_of(text), out) && *out >= low && *out <= high;
}

/* One option and its value. */
static bool take_option(struct town_options *options, const char *name, const char *value)
{
    int64_t number = 0;

    if (strcmp(name, "--out") == 0) {
        options->out = value;
        return value[0] != '\0';
    }
    if (strcmp(name, "--to") == 0)
        return date_parse(span_of(value), &options->to) && date_weekday(options->to) < 5;
    if (strcmp(name, "--seed") == 0 && take_number(value, 0, INT64_MAX, &number)) {
        options->seed = (uint64_t)number;
        return true;
    }
    if (strcmp(name, "--days") == 0 && take_number(value, 1, TOWN_DAYS_MAX, &number)) {
        options->days = (int)number;
        return true;
    }
    if (strcmp(name, "--payouts") == 0 && take_number(value, 10, TOWN_PAYOUTS_MAX, &number)) {
        options->payouts = (int)number;
        return true;
    }
    if (strcmp(name, "--offset") == 0 && take_number(value, -12, 14, &number)) {
        options->offset_s = (int)number * 3600;
        return true;
    }
    if (strcmp(name, "--faults") == 0 && take_number(value, 0, 10000, &number)) {
        options->fault_percent = (int)number;
        return true;
    }
    return false;
}

/* The business days up to and including `to`. */
static void find_days(struct town *town)
{
    date_day day = town->options.to;

    for (int i = town->options.days - 1; i >= 0; i--) {
        while (date_weekday(day) > 4)
            day--;
        town->days[i] = day--;
    }
}

static bool make_town(const struct town_options *options, struct error *error)
{
    struct town *town = calloc(1, sizeof *town);

    if (!town)
        return error_set(error, ERROR_SYSTEM, "There is no memory.");
    town->options = *options;
    town_random_seed(&town->random, options->seed);
    find_days(town);
    town->amounts = town_amounts_new((size_t)options->days * (size_t)options->payouts);
    town_week_make(town);
    town_faults_plant(town);
    bool fine = town_output(town, error);

    town_amounts_free(town->amounts);
    free(town->payouts);
    free(town->lines);
    free(town->truths);
    free(town);
    return fine;
}

int main(int argc, char **argv)
{
    struct town_options options = {
        .seed = 1, .days = 5, .payouts = 4000, .offset_s = 8 * 3600, .fault_percent = 100};
    struct error error = {0};

    options.to = time_day(clock_now(), options.offset_s) - 1;
    while (date_weekday(options.to) > 4)
        options.to--;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage_text, stdout);
        return 0;
    }
    if (argc >= 2 && strcmp(argv[1], "bank") == 0)
        return bank_main(argc - 2, argv + 2);
    if (argc >= 2 && strcmp(argv[1], "shop") == 0)
        return shop_main(argc - 2, argv + 2);
    if (argc < 2 || strcmp(argv[1], "day") != 0) {
        fputs(usage_text, stderr);
        return 2;
    }
    for (int i = 2; i < argc; i += 2) {
        if (i + 1 >= argc || !take_option(&options, argv[i], argv[i + 1])) {
            fprintf(stderr, "town: '%s %s' is no option with a value it can take\n", argv[i],
                    i + 1 < argc ? argv[i + 1] : "");
            return 2;
        }
    }
    if (!options.out) {
        fputs("town: say where with --out DIR\n", stderr);
        return 2;
    }
    if (make_town(&options, &error))
        return 0;
    fprintf(stderr, "town: %s\n", error.message);
    return 1;
}
