/* The bank's statement of a day, written from its truth the day after. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bank.h"
#include "daybook/base/memory.h"

enum { MICROSECONDS = 1000000, DAY_S = 86400 };

/* The business day a booking belongs to: after the cut-off and at weekends the next. */
static date_day booking_day(const struct bank_options *options, time_us at)
{
    date_day day = time_day(at, options->offset_s);
    int64_t of_day = (at / MICROSECONDS + options->offset_s) % DAY_S;

    if (of_day >= options->channel->cutoff_s)
        day++;
    while (date_weekday(day) > 4)
        day++;
    return day;
}

static int compare_entries(const void *a, const void *b)
{
    const struct bank_entry *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (int)x->is_return - (int)y->is_return;
}

static void make_line(const struct bank_book *book, const struct bank_entry *entry, size_t number,
                      struct town_line *line)
{
    const struct bank_order *order = &book->orders[entry->order];
    int64_t of_day = (entry->at / MICROSECONDS + book->options->offset_s) % DAY_S;

    *line = (struct town_line){.fee = -1, .second = (int)of_day, .order = number};
    line->amount = entry->is_return ? order->amount : -order->amount;
    snprintf(line->ref, sizeof line->ref, "%.*s", (int)sizeof line->ref - 1, order->ref);
    snprintf(line->bank_ref, sizeof line->bank_ref, "S%c%010zu", book->options->channel->letter,
             number);
    snprintf(line->name, sizeof line->name, "%.*s", (int)sizeof line->name - 1, order->name);
    snprintf(line->account, sizeof line->account, "%.*s", (int)sizeof line->account - 1,
             order->account);
    snprintf(line->text, sizeof line->text, entry->is_return ? "退票" : "代付");
}

static bool save(const struct bank_options *options, const struct buffer *out, struct error *error)
{
    char path[BANK_PATH * 2], part[BANK_PATH * 2 + 8];
    int year, month, of_month;

    date_to_civil(options->day, &year, &month, &of_month);
    snprintf(path, sizeof path, "%s/%04d%02d%02d-%s-%s", options->out, year, month, of_month,
             options->channel->id, options->channel->file_word);
    snprintf(part, sizeof part, "%s.part", path);
    FILE *file = fopen(part, "w");
    bool fine = file != NULL && fwrite(out->data, 1, out->length, file) == out->length;

    if (file != NULL && fclose(file) != 0)
        fine = false;
    if (!fine || rename(part, path) != 0)
        return error_set(error, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    printf("%s\n", path);
    return true;
}

bool bank_statement(const struct bank_options *options, struct error *error)
{
    const struct town_channel *channel = options->channel;
    struct bank_book book;
    struct buffer out;

    if (channel->file_word == NULL)
        return error_set(error, ERROR_USAGE, "%s sends no statement files", channel->id);
    if (!bank_book_open(&book, options, false, error))
        return false;
    qsort(book.entries, book.entry_count, sizeof *book.entries, compare_entries);
    struct town_line *lines = memory_new((book.entry_count + 1) * sizeof *lines);
    const struct town_line **chosen = memory_new((book.entry_count + 1) * sizeof *chosen);
    date_day *days = memory_new((book.entry_count + 1) * sizeof *days);
    struct town_statement statement = {
        .channel = channel,
        .from = options->day,
        .to = options->day,
        .before = options->day - 1,
        .opening = options->opening == INT64_MIN ? channel->opening : options->opening,
        .lines = chosen,
        .days = days,
    };

    while (date_weekday(statement.before) > 4)
        statement.before--;
    int year, month, of_month;
    date_day first;

    date_to_civil(options->day, &year, &month, &of_month);
    date_from_civil(year, 1, 1, &first);
    statement.number = options->day - first + 1;
    for (size_t i = 0; i < book.entry_count; i++) {
        date_day day = booking_day(options, book.entries[i].at);

        make_line(&book, &book.entries[i], i + 1, &lines[i]);
        if (day < options->day)
            statement.opening += lines[i].amount;
        if (day == options->day) {
            days[statement.count] = day;
            chosen[statement.count++] = &lines[i];
            statement.closing += lines[i].amount;
        }
    }
    statement.closing += statement.opening;
    buffer_init(&out, TOWN_FILE_MAX);
    bool fine = channel->write(&statement, &out)
        ? save(options, &out, error)
        : error_set(error, ERROR_LIMIT, "A statement does not fit into one file.");

    buffer_free(&out);
    free(days);
    free(chosen);
    free(lines);
    bank_book_close(&book);
    return fine;
}
