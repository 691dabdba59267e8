/* `town bank ...`: options, and the commands a person gives a running bank. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bank.h"
#include "daybook/base/text.h"

static const char usage_text[] =
    "usage: town bank serve --channel ID --state DIR [--port N] [--seed N] [--faults LIST]\n"
    "                       [--idempotent yes|no] [--enforce yes|no] [--maintenance HH:MM-HH:MM]\n"
    "                       [--late SECONDS] [--answer MS] [--return SECONDS] [--clock FILE]\n"
    "                       [--offset HOURS]\n"
    "       town bank hold|release|fail REF|next|all --state DIR\n"
    "       town bank statement --channel ID --state DIR --day YYYY-MM-DD --out DIR\n"
    "                           [--opening MINOR]\n"
    "\n"
    "A bank on 127.0.0.1 that pays, late, twice or never. DIR/truth.tsv is what really happened,\n"
    "DIR/port the port it listens on.\n"
    "\n"
    "  --faults none|usual|NAME=N,...  per mille of slow silent lost reset reset-lost processing\n"
    "                                  late hidden accepted refused ask-silent ask-reset ask-slow\n"
    "                                  returned\n"
    "  --idempotent yes|no   pays a reference once (yes)\n"
    "  --enforce yes|no      executes nothing after not-after (yes)\n"
    "  --maintenance A-B     local hours in which it answers 503\n"
    "  --late SECONDS        how late \"late\" may be (600)\n"
    "  --answer MS           usual time of an answer, at most (80)\n"
    "  --return SECONDS      how late a return may be (259200)\n"
    "  --opening MINOR       the balance before the bank's first booking, in minor units\n"
    "  --clock FILE          milliseconds to add to the clock, read again and again\n";

static const char *const fault_names[BANK_FAULTS] = {
    [BANK_SLOW] = "slow",           [BANK_SILENT] = "silent",
    [BANK_LOST] = "lost",           [BANK_RESET] = "reset",
    [BANK_RESET_LOST] = "reset-lost", [BANK_PROCESSING] = "processing",
    [BANK_LATE] = "late",           [BANK_HIDDEN] = "hidden",
    [BANK_ACCEPTED] = "accepted",   [BANK_REFUSED] = "refused",
    [BANK_ASK_SILENT] = "ask-silent", [BANK_ASK_RESET] = "ask-reset",
    [BANK_ASK_SLOW] = "ask-slow",   [BANK_RETURNED] = "returned",
};

static const int usual_per_mille[BANK_FAULTS] = {
    [BANK_SLOW] = 10,      [BANK_SILENT] = 15,     [BANK_LOST] = 5,      [BANK_RESET] = 10,
    [BANK_RESET_LOST] = 5, [BANK_PROCESSING] = 40, [BANK_LATE] = 15,     [BANK_HIDDEN] = 10,
    [BANK_ACCEPTED] = 150, [BANK_REFUSED] = 15,    [BANK_ASK_SILENT] = 80, [BANK_ASK_RESET] = 20,
    [BANK_ASK_SLOW] = 40,  [BANK_RETURNED] = 10,
};

/* --- options */

static bool take_number(const char *text, int64_t low, int64_t high, int *out)
{
    int64_t number = 0;

    if (!text_to_int64(span_of(text), &number) || number < low || number > high)
        return false;
    *out = (int)number;
    return true;
}

static bool take_channel(struct bank_options *options, const char *id)
{
    for (int i = 0; i < TOWN_CHANNELS; i++) {
        if (strcmp(town_channels[i].id, id) == 0) {
            options->channel = &town_channels[i];
            return true;
        }
    }
    return false;
}

/* "slow=10" of the list; the others stay as they are. */
static bool take_fault(struct bank_options *options, struct span word)
{
    for (int i = 0; i < BANK_FAULTS; i++) {
        size_t length = strlen(fault_names[i]);
        int64_t number = 0;

        if (word.length > length && strncmp(word.data, fault_names[i], length) == 0
            && word.data[length] == '='
            && text_to_int64((struct span){word.data + length + 1, word.length - length - 1},
                             &number)
            && number >= 0 && number <= 1000) {
            options->per_mille[i] = (int)number;
            return true;
        }
    }
    return false;
}

static bool take_faults(struct bank_options *options, const char *list)
{
    memset(options->per_mille, 0, sizeof options->per_mille);
    if (strcmp(list, "none") == 0)
        return true;
    if (strcmp(list, "usual") == 0) {
        memcpy(options->per_mille, usual_per_mille, sizeof options->per_mille);
        return true;
    }
    for (const char *at = list; *at != '\0';) {
        size_t length = strcspn(at, ",");

        if (!take_fault(options, (struct span){at, length}))
            return false;
        at += length + (at[length] == ',');
    }
    return true;
}

static bool take_yes(const char *text, bool *out)
{
    *out = strcmp(text, "yes") == 0;
    return *out || strcmp(text, "no") == 0;
}

static bool take_hours(struct bank_options *options, const char *text)
{
    int from_h, from_m, to_h, to_m;

    if (sscanf(text, "%2d:%2d-%2d:%2d", &from_h, &from_m, &to_h, &to_m) != 4)
        return false;
    options->maintenance_from_s = from_h * 3600 + from_m * 60;
    options->maintenance_to_s = to_h * 3600 + to_m * 60;
    return options->maintenance_from_s <= options->maintenance_to_s;
}

static bool take_option(struct bank_options *options, const char *name, const char *value)
{
    int number = 0;

    if (strcmp(name, "--channel") == 0)
        return take_channel(options, value);
    if (strcmp(name, "--state") == 0)
        return (options->state = value)[0] != '\0' && strlen(value) < BANK_PATH / 2;
    if (strcmp(name, "--out") == 0)
        return (options->out = value)[0] != '\0' && strlen(value) < BANK_PATH / 2;
    if (strcmp(name, "--clock") == 0)
        return (options->clock_file = value)[0] != '\0';
    if (strcmp(name, "--day") == 0)
        return date_parse(span_of(value), &options->day) && date_weekday(options->day) < 5;
    if (strcmp(name, "--opening") == 0)
        return text_to_int64(span_of(value), &options->opening);
    if (strcmp(name, "--faults") == 0)
        return take_faults(options, value);
    if (strcmp(name, "--idempotent") == 0)
        return take_yes(value, &options->idempotent);
    if (strcmp(name, "--enforce") == 0)
        return take_yes(value, &options->enforces);
    if (strcmp(name, "--maintenance") == 0)
        return take_hours(options, value);
    if (strcmp(name, "--late") == 0)
        return take_number(value, 1, 604800, &options->late_s);
    if (strcmp(name, "--answer") == 0)
        return take_number(value, 0, 60000, &options->answer_ms);
    if (strcmp(name, "--return") == 0)
        return take_number(value, 1, 2592000, &options->return_s);
    if (strcmp(name, "--port") == 0 && take_number(value, 0, 65535, &number)) {
        options->port = number;
        return true;
    }
    if (strcmp(name, "--offset") == 0 && take_number(value, -12, 14, &number)) {
        options->offset_s = number * 3600;
        return true;
    }
    if (strcmp(name, "--seed") == 0 && take_number(value, 0, INT32_MAX, &number)) {
        options->seed = (uint64_t)number;
        return true;
    }
    return false;
}

/* --- commands to a running bank */

static int command(const struct bank_options *options, const char *verb, const char *ref)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char line[256], answer[256];
    int length = snprintf(line, sizeof line, "%s %s\n", verb, ref);
    ssize_t count = -1;

    if (length < (int)sizeof line
        && snprintf(address.sun_path, sizeof address.sun_path, "%s/control", options->state)
            < (int)sizeof address.sun_path
        && fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0
        && write(fd, line, (size_t)length) == length)
        count = read(fd, answer, sizeof answer - 1);
    if (fd >= 0)
        close(fd);
    if (count <= 0) {
        fprintf(stderr, "town: no bank answers in %s\n", options->state);
        return 1;
    }
    answer[count] = '\0';
    fputs(answer, stdout);
    return 0;
}

static int run(const struct bank_options *options, const char *verb, const char *ref)
{
    struct error error = {0};

    if (strcmp(verb, "serve") == 0) {
        if (mkdir(options->state, 0777) == 0 || errno == EEXIST)
            return bank_serve(options);
        fprintf(stderr, "town: %s: %s\n", options->state, strerror(errno));
        return 1;
    }
    if (strcmp(verb, "statement") != 0)
        return command(options, verb, ref);
    if (bank_statement(options, &error))
        return 0;
    fprintf(stderr, "town: %s\n", error.message);
    return 1;
}

int bank_main(int argc, char **argv)
{
    struct bank_options options = {.seed = 1,
                                   .day = DATE_NONE,
                                   .idempotent = true,
                                   .enforces = true,
                                   .late_s = 600,
                                   .answer_ms = 80,
                                   .return_s = 259200,
                                   .offset_s = 8 * 3600,
                                   .opening = INT64_MIN};
    const char *verb = argc > 0 ? argv[0] : "";
    bool serves = strcmp(verb, "serve") == 0, writes = strcmp(verb, "statement") == 0;
    bool commands = strcmp(verb, "hold") == 0 || strcmp(verb, "release") == 0
        || strcmp(verb, "fail") == 0;
    int first = commands ? 2 : 1;

    memcpy(options.per_mille, usual_per_mille, sizeof options.per_mille);
    if ((!serves && !writes && !commands) || argc < first) {
        fputs(usage_text, stderr);
        return 2;
    }
    for (int i = first; i < argc; i += 2) {
        if (i + 1 >= argc || !take_option(&options, argv[i], argv[i + 1])) {
            fprintf(stderr, "town: '%s %s' is no option with a value it can take\n", argv[i],
                    i + 1 < argc ? argv[i + 1] : "");
            return 2;
        }
    }
    if (!options.state || (!commands && !options.channel)
        || (writes && (!options.out || options.day == DATE_NONE))) {
        fputs(usage_text, stderr);
        return 2;
    }
    return run(&options, verb, commands ? argv[1] : NULL);
}
