/* Holds the desk's payouts of a day against the banks' own truth, after the statements were read:
 * what a bank executed is reconciled, what came back is returned, what never happened has failed.
 * In doubt may stand only what goes through a channel without files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank.h"
#include "shop.h"

enum verdict { AGREES, IN_DOUBT, DIFFERS };

struct count {
    int64_t payouts, executed, returned, refused, lost, agree, doubt, doubt_with_file, differ;
};

/* Rows of the list by their number. */
static json_t *read_list(struct error *error)
{
    json_error_t where;
    json_t *list = json_loadf(stdin, 0, &where), *found = json_object(), *row;
    size_t i;

    if (!json_is_array(list)) {
        json_decref(list);
        json_decref(found);
        error_set(error, ERROR_INPUT, "stdin is no list of payouts: %s", where.text);
        return NULL;
    }
    json_array_foreach(list, i, row) {
        const char *number = json_string_value(json_object_get(row, "payment_no"));

        if (number)
            json_object_set(found, number, row);
    }
    json_decref(list);
    return found;
}

static bool is(const char *state, const char *a, const char *b)
{
    return strcmp(state, a) == 0 || strcmp(state, b) == 0;
}

/* Of a channel with files the statement's word is wanted, not only the bank's answer. What came
 * back is told once that line stands on a statement. */
static enum verdict judge(const struct bank_order *order, bool has_files, const char *state)
{
    if (is(state, "SUBMITTED", "ACCEPTED") || is(state, "UNKNOWN", "PRESUMED_PAID"))
        return IN_DOUBT;
    if (order->executions == 0)
        return is(state, "FAILED", "NOT_PAID") ? AGREES : DIFFERS;
    if (order->returns > 0 && is(state, "RETURNED", "RETURNED"))
        return AGREES;
    return is(state, "RECONCILED", has_files ? "RECONCILED" : "PAID") ? AGREES : DIFFERS;
}

static void count_order(const struct bank_order *order, const struct town_channel *channel,
                        json_t *list, struct count *count)
{
    json_t *row = json_object_get(list, order->ref);
    const char *state = json_string_value(json_object_get(row, "payment_state"));
    enum verdict verdict = state ? judge(order, channel->file_word != NULL, state) : DIFFERS;

    count->payouts++;
    count->executed += order->executions > 0;
    count->returned += order->returns > 0;
    count->refused += order->code[0] != '\0';
    count->lost += order->executions == 0 && order->code[0] == '\0';
    count->agree += verdict == AGREES;
    count->doubt += verdict == IN_DOUBT;
    count->doubt_with_file += verdict == IN_DOUBT && channel->file_word;
    count->differ += verdict == DIFFERS;
    if (verdict == DIFFERS || (verdict == IN_DOUBT && channel->file_word))
        printf("  %s %s: the desk says %s; the bank executed it %d times, returned it %d times\n",
               channel->id, order->ref, state ? state : "nothing", order->executions,
               order->returns);
}

static bool count_channel(const struct shop_options *options, const struct town_channel *channel,
                          json_t *list, struct count *count, struct error *error)
{
    char state[SHOP_PATH], prefix[48];
    struct bank_options bank = {.channel = channel, .state = state};
    struct bank_book book;
    int year, month, day;

    snprintf(state, sizeof state, "%s/%s", options->banks, channel->id);
    date_to_civil(options->day, &year, &month, &day);
    snprintf(prefix, sizeof prefix, "P%04d%02d%02d", year, month, day);
    if (!bank_book_open(&book, &bank, false, error))
        return false;
    for (size_t i = 0; i < book.count; i++)
        if (strncmp(book.orders[i].ref, prefix, strlen(prefix)) == 0)
            count_order(&book.orders[i], channel, list, count);
    bank_book_close(&book);
    return true;
}

bool shop_agree(const struct shop_options *options, struct error *error)
{
    struct count count = {0};
    json_t *list = read_list(error);
    char day[DATE_TEXT];
    bool fine = list != NULL;

    for (int i = 0; i < TOWN_CHANNELS && fine; i++)
        fine = count_channel(options, &town_channels[i], list, &count, error);
    json_decref(list);
    if (!fine)
        return false;
    printf("%-24s %8lld   of %s: executed %lld, returned %lld, refused %lld, lost %lld\n",
           "payouts by the core", (long long)count.payouts, date_text(options->day, day),
           (long long)count.executed, (long long)count.returned, (long long)count.refused,
           (long long)count.lost);
    printf("%-24s %8lld   differ %lld, in doubt %lld, of them at banks with files %lld\n",
           "the desk and banks agree", (long long)count.agree, (long long)count.differ,
           (long long)count.doubt, (long long)count.doubt_with_file);
    return count.payouts > 0 && count.differ == 0 && count.doubt_with_file == 0;
}
