/* `town shop ...`: options. */
#include <stdio.h>
#include <string.h>

#include "daybook/base/text.h"
#include "shop.h"

static const char usage_text[] =
    "usage: town shop setup CORE [--bank CHANNEL=URL]...\n"
    "       town shop pay CORE [--count N] [--per-minute N] [--seed N]\n"
    "       town shop agree --banks DIR --day YYYY-MM-DD < LIST\n"
    "\n"
    "CORE is --url https://HOST:PORT --root FILE --certificate FILE --key FILE. setup makes\n"
    "channels, own funds, and customers with money; doing it again changes nothing. pay creates,\n"
    "approves and submits payouts until N are done, or for ever. agree holds the output of\n"
    "`daybook list payouts --json` against the banks' truth in DIR/CHANNEL/truth.tsv.\n";

/* CHANNEL=URL */
static bool take_bank(struct shop_options *options, const char *value)
{
    for (int i = 0; i < TOWN_CHANNELS; i++) {
        size_t length = strlen(town_channels[i].id);

        if (strncmp(value, town_channels[i].id, length) == 0 && value[length] == '='
            && strchr(value + length, ':')) {
            options->urls[i] = value + length + 1;
            return true;
        }
    }
    return false;
}

static bool take_number(const char *value, int64_t most, int64_t *out)
{
    return text_to_int64(span_of(value), out) && *out >= 0 && *out <= most;
}

static bool take_option(struct shop_options *options, const char *name, const char *value)
{
    int64_t seed = 0;

    if (strcmp(name, "--url") == 0)
        options->url = value;
    else if (strcmp(name, "--root") == 0)
        options->root = value;
    else if (strcmp(name, "--certificate") == 0)
        options->certificate = value;
    else if (strcmp(name, "--key") == 0)
        options->key = value;
    else if (strcmp(name, "--banks") == 0)
        options->banks = value;
    else if (strcmp(name, "--bank") == 0)
        return take_bank(options, value);
    else if (strcmp(name, "--day") == 0)
        return date_parse(span_of(value), &options->day);
    else if (strcmp(name, "--count") == 0)
        return take_number(value, 1000000, &options->count);
    else if (strcmp(name, "--per-minute") == 0)
        return take_number(value, 60000, &options->per_minute);
    else if (strcmp(name, "--seed") == 0 && take_number(value, INT64_MAX, &seed))
        options->seed = (uint64_t)seed;
    else
        return false;
    return value[0] != '\0';
}

static int run(const struct shop_options *options, const char *verb)
{
    struct error error = {0};
    bool asks_core = options->url && options->root && options->certificate && options->key;
    bool fine;

    if (strcmp(verb, "setup") == 0 && asks_core)
        fine = shop_setup(options, &error);
    else if (strcmp(verb, "pay") == 0 && asks_core)
        fine = shop_pay(options, &error);
    else if (strcmp(verb, "agree") == 0 && options->banks && options->day != DATE_NONE)
        fine = shop_agree(options, &error);
    else {
        fputs(usage_text, stderr);
        return 2;
    }
    if (!fine && error.code != ERROR_NONE)
        fprintf(stderr, "town: %s\n", error.message);
    return fine ? 0 : 1;
}

int shop_main(int argc, char **argv)
{
    struct shop_options options = {.seed = 1, .day = DATE_NONE};

    for (int i = 1; i < argc; i += 2) {
        if (i + 1 >= argc || !take_option(&options, argv[i], argv[i + 1])) {
            fprintf(stderr, "town: '%s %s' is no option with a value it can take\n", argv[i],
                    i + 1 < argc ? argv[i + 1] : "");
            return 2;
        }
    }
    return run(&options, argc > 0 ? argv[0] : "");
}
