/* The week as files: what the core exports, what the banks send, and the truth. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daybook/base/memory.h"
#include "daybook/domain/money.h"
#include "daybook/town/town.h"

enum { PATH_ROOM = 4096, NOON_S = 12 * 3600 };

static bool make_directory(const char *path, struct error *error)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    return error_set(error, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
}

static bool write_all(int fd, const struct buffer *buffer)
{
    size_t done = 0;

    while (done < buffer->length) {
        ssize_t count = write(fd, buffer->data + done, buffer->length - done);

        if (count < 0 && errno != EINTR)
            return false;
        if (count > 0)
            done += (size_t)count;
    }
    return true;
}

/* Under a name ending in .part first: whoever watches the directory must see whole files only. */
static bool save(const struct town *town, const char *directory, const char *name,
                 const struct buffer *buffer, struct error *error)
{
    char path[PATH_ROOM], part[PATH_ROOM + 8];

    snprintf(path, sizeof path, "%s/%s/%s", town->options.out, directory, name);
    snprintf(part, sizeof part, "%s.part", path);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool fine = fd >= 0 && write_all(fd, buffer);

    if (fd >= 0 && close(fd) != 0)
        fine = false;
    if (!fine || rename(part, path) != 0)
        return error_set(error, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    return true;
}

/* --- what the core exports */

static void put_time(struct buffer *out, const struct town *town, int day, int second)
{
    char text[TIME_TEXT];
    time_us time = ((time_us)town->days[day] * 86400 + second - town->options.offset_s) * 1000000;

    buffer_append_string(out, time_text(time, text));
}

static void put_payout(struct buffer *out, const struct town *town,
                       const struct town_payout *payout)
{
    char amount[MONEY_TEXT], fee[MONEY_TEXT] = "", date[DATE_TEXT];

    if (payout->expected_fee >= 0)
        money_text(payout->expected_fee, 2, false, fee);
    buffer_printf(out, "%s,%s,OUT,%s,%s,%s,%s,%s,%s,%s,%s,", payout->order_no,
                  town_channels[payout->channel].id, money_text(payout->amount, 2, false, amount),
                  payout->currency, payout->name, payout->account, payout->state,
                  payout->batch_no[0] ? "BATCH" : "REALTIME", payout->batch_no, payout->bank_ref);
    put_time(out, town, payout->day, payout->second);
    buffer_append_char(out, ',');
    if (payout->answered)
        put_time(out, town, payout->day, payout->second + 3);
    buffer_printf(out, ",%s,%s\n", date_text(town->days[payout->day], date), fee);
}

static bool save_feed(const struct town *town, int day, struct error *error)
{
    struct buffer out;
    int year, month, of_month;
    char name[64];

    buffer_init(&out, TOWN_FILE_MAX);
    buffer_append_string(&out,
                         "order_no,channel,direction,amount,currency,payee_name,payee_account,"
                         "state,mode,batch_no,bank_ref,sent_at,accepted_at,business_date,"
                         "expected_fee\n");
    for (size_t i = 0; i < town->payout_count; i++)
        if (town->payouts[i].day == day)
            put_payout(&out, town, &town->payouts[i]);
    date_to_civil(town->days[day], &year, &month, &of_month);
    snprintf(name, sizeof name, "payouts-%04d%02d%02d.csv", year, month, of_month);
    bool fine = out.overflow
        ? error_set(error, ERROR_LIMIT, "A day's payouts do not fit into one file.")
        : save(town, "feed", name, &out, error);

    buffer_free(&out);
    return fine;
}

/* --- what the banks send */

/* Lines by channel, day and time; the order of making decides between equal times. */
static int compare_lines(const void *a, const void *b)
{
    const struct town_line *x = *(const struct town_line *const *)a;
    const struct town_line *y = *(const struct town_line *const *)b;

    if (x->channel != y->channel)
        return x->channel < y->channel ? -1 : 1;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

struct ledger {
    const struct town_line **lines;
    date_day *days;
    size_t count;
    size_t first[TOWN_CHANNELS][TOWN_DAYS_MAX + 1];
    int64_t opening[TOWN_CHANNELS][TOWN_DAYS_MAX]; /* as printed */
    int64_t closing[TOWN_CHANNELS][TOWN_DAYS_MAX];
};

static void sort_lines(const struct town *town, struct ledger *ledger)
{
    for (size_t i = 0; i < town->line_count; i++)
        if (!town->lines[i].dropped)
            ledger->lines[ledger->count++] = &town->lines[i];
    qsort(ledger->lines, ledger->count, sizeof(const struct town_line *), compare_lines);
    size_t at = 0;

    for (int channel = 0; channel < TOWN_CHANNELS; channel++) {
        for (int day = 0; day < town->options.days; day++) {
            ledger->first[channel][day] = at;
            while (at < ledger->count && ledger->lines[at]->channel == channel
                   && ledger->lines[at]->day == day) {
                ledger->days[at] = town->days[day];
                at++;
            }
        }
        ledger->first[channel][town->options.days] = at;
    }
}

static int64_t sum_booked(const struct ledger *ledger, size_t from, size_t to)
{
    int64_t sum = 0;

    for (size_t i = from; i < to; i++)
        sum += ledger->lines[i]->status == TOWN_BOOKED ? ledger->lines[i]->amount : 0;
    return sum;
}

/* A wrong balance stays wrong from there on, so that one fault gives one broken file. */
static void find_balances(const struct town *town, struct ledger *ledger)
{
    for (int channel = 0; channel < TOWN_CHANNELS; channel++) {
        int64_t balance = town_channels[channel].opening;

        for (int day = 0; day < town->options.days; day++) {
            unsigned marks = town->files[channel][day];

            if (marks & TOWN_FILE_CHAIN)
                balance += town->shift[channel][day];
            ledger->opening[channel][day] = balance;
            balance += sum_booked(ledger, ledger->first[channel][day],
                                  ledger->first[channel][day + 1]);
            if (marks & TOWN_FILE_SUM)
                balance += town->shift[channel][day];
            ledger->closing[channel][day] = balance;
        }
    }
}

static struct ledger *ledger_new(const struct town *town)
{
    struct ledger *ledger = memory_new(sizeof *ledger);

    ledger->lines = memory_new(town->line_count * sizeof *ledger->lines);
    ledger->days = memory_new(town->line_count * sizeof *ledger->days);
    sort_lines(town, ledger);
    find_balances(town, ledger);
    return ledger;
}

static void ledger_free(struct ledger *ledger)
{
    free(ledger->lines);
    free(ledger->days);
    free(ledger);
}

static date_day workday_before(date_day day)
{
    do {
        day--;
    } while (date_weekday(day) > 4);
    return day;
}

/* One statement over the days from..to. */
static bool statement_text(const struct town *town, const struct ledger *ledger, int channel,
                           int from, int to, bool interim, struct buffer *out, struct error *error)
{
    size_t first = ledger->first[channel][from];
    struct town_statement statement = {
        .channel = &town_channels[channel],
        .from = town->days[from],
        .to = town->days[to],
        .before = from > 0 ? town->days[from - 1] : workday_before(town->days[from]),
        .number = 100 + to,
        .interim = interim,
        .opening = ledger->opening[channel][from],
        .closing = ledger->closing[channel][to],
        .lines = ledger->lines + first,
        .days = ledger->days + first,
        .count = ledger->first[channel][to + 1] - first,
    };

    if (interim) {
        size_t count = 0;

        while (count < statement.count && statement.lines[count]->second < NOON_S)
            count++;
        statement.count = count;
        statement.closing = statement.opening + sum_booked(ledger, first, first + count);
    }
    buffer_clear(out);
    if (town_channels[channel].write(&statement, out))
        return true;
    return error_set(error, ERROR_LIMIT, "A statement does not fit into one file.");
}

static bool save_odd_files(const struct town *town, const struct ledger *ledger, int channel,
                           int day, struct buffer *out, struct error *error)
{
    unsigned marks = town->files[channel][day];
    char name[TOWN_NAME];

    if (marks & (TOWN_FILE_BAD | TOWN_FILE_TWICE)) {
        bool torn = marks & TOWN_FILE_BAD;

        if (!statement_text(town, ledger, channel, day, day, false, out, error))
            return false;
        if (torn)
            out->length = out->length * 2 / 3;
        town_file_name(town, channel, day, torn ? TOWN_PART_TORN : TOWN_PART_AGAIN, name);
        return save(town, "inbox", name, out, error);
    }
    if (marks & TOWN_FILE_OVERLAP) {
        town_file_name(town, channel, day, TOWN_PART_TWO_DAYS, name);
        return statement_text(town, ledger, channel, day - 1, day, false, out, error)
            && save(town, "inbox", name, out, error);
    }
    if (marks & TOWN_FILE_INTERIM) {
        town_file_name(town, channel, day, TOWN_PART_INTERIM, name);
        return statement_text(town, ledger, channel, day, day, true, out, error)
            && save(town, "inbox", name, out, error);
    }
    return true;
}

static bool save_statements(const struct town *town, struct error *error)
{
    struct ledger *ledger = ledger_new(town);
    struct buffer out;
    char name[TOWN_NAME];
    bool fine = true;

    buffer_init(&out, TOWN_FILE_MAX);
    for (int channel = 0; fine && channel < TOWN_CHANNELS; channel++) {
        for (int day = 0; fine && day < town->options.days; day++) {
            if (!town_channels[channel].file_word || town->files[channel][day] & TOWN_FILE_MISSING)
                continue;
            town_file_name(town, channel, day, "", name);
            fine = save_odd_files(town, ledger, channel, day, &out, error)
                && statement_text(town, ledger, channel, day, day, false, &out, error)
                && save(town, "inbox", name, &out, error);
        }
    }
    buffer_free(&out);
    ledger_free(ledger);
    return fine;
}

/* --- the truth */

/* How many lines of a day the desk must hold once all files are in, and their booked sum. */
static bool save_counts(const struct town *town, struct error *error)
{
    struct ledger *ledger = ledger_new(town);
    struct buffer out;

    buffer_init(&out, TOWN_FILE_MAX);
    buffer_append_string(&out, "channel\tbusiness_date\tlines\tsum\n");
    for (int channel = 0; channel < TOWN_CHANNELS; channel++) {
        for (int day = 0; day < town->options.days; day++) {
            size_t first = ledger->first[channel][day], past = ledger->first[channel][day + 1];
            char date[DATE_TEXT], sum[MONEY_TEXT];

            if (first == past || town->files[channel][day] & TOWN_FILE_MISSING)
                continue;
            buffer_printf(&out, "%s\t%s\t%zu\t%s\n", town_channels[channel].id,
                          date_text(town->days[day], date), past - first,
                          money_text(sum_booked(ledger, first, past), 2, false, sum));
        }
    }
    bool fine = save(town, ".", "lines.tsv", &out, error);

    buffer_free(&out);
    ledger_free(ledger);
    return fine;
}

static bool save_truth(const struct town *town, struct error *error)
{
    struct buffer out;

    buffer_init(&out, TOWN_FILE_MAX);
    buffer_append_string(&out,
                         "code\tchannel\tbusiness_date\torder_no\tbank_ref\tfile\tamount\tstate\t"
                         "what\n");
    for (size_t i = 0; i < town->truth_count; i++) {
        const struct town_truth *truth = &town->truths[i];
        char date[DATE_TEXT], amount[MONEY_TEXT];

        buffer_printf(&out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", truth->code,
                      town_channels[truth->channel].id,
                      date_text(town->days[truth->day], date), truth->order_no, truth->bank_ref,
                      truth->file, money_text(truth->amount, 2, false, amount), truth->state,
                      truth->what);
    }
    bool fine = save(town, ".", "truth.tsv", &out, error);

    buffer_free(&out);
    return fine;
}

bool town_output(const struct town *town, struct error *error)
{
    char path[PATH_ROOM];

    if (strlen(town->options.out) > PATH_ROOM / 2)
        return error_set(error, ERROR_USAGE, "The directory's name is too long.");
    if (!make_directory(town->options.out, error))
        return false;
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", town->options.out, i == 0 ? "feed" : "inbox");
        if (!make_directory(path, error))
            return false;
    }
    for (int day = 0; day < town->options.days; day++)
        if (!save_feed(town, day, error))
            return false;
    return save_statements(town, error) && save_counts(town, error) && save_truth(town, error);
}
