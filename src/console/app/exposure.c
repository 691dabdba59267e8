/* What is presumed paid, on every status line: count, sum, the oldest, the next file that tells. */
#include <stdio.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/domain/money.h"
#include "inside.h"

enum { DAY_S = 24 * 3600, CURRENCIES_MAX = 4 };

/* Sums by currency; rows come by channel. */
struct parts {
    struct {
        const char *code;
        int64_t amount;
    } list[CURRENCIES_MAX];
    size_t count;
};

static void add_part(struct parts *parts, const char *code, int64_t amount)
{
    size_t i = 0;
    while (i < parts->count && strcmp(parts->list[i].code, code) != 0)
        i++;
    if (i == CURRENCIES_MAX)
        return;
    parts->list[i].code = code;
    parts->list[i].amount += amount;
    parts->count += i == parts->count;
}

/* "812,400.00", or with their codes where there are several currencies. */
static void sums(const struct store_result *result, char *out, size_t size)
{
    struct parts parts = {0};
    out[0] = '\0';
    for (size_t r = 0; r < result->rows; r++) {
        const char *code = store_cell(result, r, "currency");
        add_part(&parts, code == NULL ? "" : code, store_cell_int(result, r, "amount", 0));
    }
    for (size_t i = 0; i < parts.count; i++) {
        struct currency currency;
        char money[MONEY_TEXT];
        bool known = currency_parse(span_of(parts.list[i].code), &currency);
        int exponent = known ? currency_exponent(currency) : 2;
        size_t length = strlen(out);
        money_text(parts.list[i].amount, exponent < 0 ? 2 : exponent, true, money);
        snprintf(out + length, size - length, "%s%s%s%.4s", i == 0 ? "" : " + ", money,
                 parts.count > 1 ? " " : "", parts.count > 1 ? parts.list[i].code : "");
    }
}

static void age_words(int64_t age_s, char out[24])
{
    if (age_s < 3600)
        snprintf(out, 24, "%lldm", (long long)(age_s < 0 ? 0 : age_s / 60));
    else if (age_s < 2 * DAY_S)
        snprintf(out, 24, "%lldh", (long long)(age_s / 3600));
    else
        snprintf(out, 24, "%lldd", (long long)(age_s / DAY_S));
}

/* The earliest file that is still to come: "ICBC file due 09:30". */
static bool next_file(const struct console *console, const struct store_result *result,
                      char *out, size_t size)
{
    int64_t due = INT64_MAX;
    const char *channel = NULL;
    char clock[9];
    for (size_t r = 0; r < result->rows; r++) {
        int64_t at = store_cell_int(result, r, "due_us", INT64_MAX);
        if (at < due && store_cell(result, r, "channel") != NULL) {
            due = at;
            channel = store_cell(result, r, "channel");
        }
    }
    if (channel == NULL)
        return false;
    time_clock_text(due, console->world.utc_offset_s, clock);
    char day[DATE_TEXT] = "";
    if (time_day(due, console->world.utc_offset_s) !=
        time_day(console->world.clock.now, console->world.utc_offset_s))
        date_text(time_day(due, console->world.utc_offset_s), day);
    snprintf(out, size, _("%s file due %s%s%.5s"), channel, day[0] == '\0' ? "" : day + 5,
             day[0] == '\0' ? "" : " ", clock);
    return true;
}

static void exposure_done(void *context, struct store_answer *answer)
{
    struct console *console = context;
    struct frame_facts *facts = frame_facts(console->frame);
    console->facts_asked = 0;
    if (answer->outcome != STORE_DONE)
        return;
    const struct store_result *result = answer->result;
    int64_t count = 0, oldest_s = 0;
    char money[96], age[24], file[64], number[MONEY_TEXT];
    for (size_t r = 0; r < result->rows; r++) {
        int64_t row_s = store_cell_int(result, r, "oldest_s", 0);
        count += store_cell_int(result, r, "presumed", 0);
        oldest_s = row_s > oldest_s ? row_s : oldest_s;
    }
    sums(result, money, sizeof money);
    age_words(oldest_s, age);
    money_text(count, 0, true, number);
    size_t at = 0;
    bool filed = next_file(console, result, file, sizeof file);
    if (filed)
        snprintf(console->exposure[at++], sizeof console->exposure[0],
                 _("PRESUMED %s / %s oldest %s, %s"), number, money, age, file);
    snprintf(console->exposure[at++], sizeof console->exposure[0],
             _("PRESUMED %s / %s oldest %s"), number, money, age);
    snprintf(console->exposure[at++], sizeof console->exposure[0], _("PRESUMED %s / %s"), number,
             money);
    for (size_t i = 0; i < FRAME_EXPOSURES; i++)
        facts->exposure[i] = count > 0 && i < at ? console->exposure[i] : NULL;
    console->dirty = true;
}

/* Not before the first rows are there: nothing may stand in their way. */
void exposure_ask(struct console *console, int64_t now_us)
{
    if (console->store == NULL || store_state(console->store) != STORE_READY ||
        console->facts_asked != 0 || now_us < console->facts_due_us ||
        view_fetched_at(places_view(console)) == TIME_NONE)
        return;
    console->facts_due_us = now_us + FACTS_EVERY_S * (int64_t)1000000;
    struct store_call call = {.statement = "exposure", .done = exposure_done, .context = console};
    console->facts_asked = store_send(console->store, &call, NULL);
}
