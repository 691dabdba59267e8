#include "channels.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daybook/base/language.h"
#include "daybook/formats/source.h"
#include "daybook/formats/statement.h"

enum {
    HEAD_BYTES = 4096,   /* enough to tell a format */
    TRIAL_RECORDS = 24   /* enough to tell a CSV layout */
};

void channels_free(struct channels *channels)
{
    store_result_free(channels->rows);
    channels->rows = NULL;
}

/* Equal but for blanks and case: banks group the digits of an account. */
static bool account_equal(struct span given, const char *known)
{
    for (size_t i = 0; i < given.length; i++) {
        char c = given.data[i];
        if (c == ' ' || c == '\t')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (*known++ != c)
            return false;
    }
    return *known == '\0';
}

int channels_of_account(const struct channels *channels, struct span account)
{
    size_t rows = channels->rows == NULL ? 0 : channels->rows->rows;
    for (size_t i = 0; i < rows; i++) {
        const char *known = store_cell(channels->rows, i, "account");
        if (known != NULL && account.length > 0 && account_equal(account, known))
            return (int)i;
    }
    return -1;
}

int channels_of_name(const struct channels *channels, const char *channel_id)
{
    size_t rows = channels->rows == NULL ? 0 : channels->rows->rows;
    for (size_t i = 0; i < rows; i++) {
        const char *known = store_cell(channels->rows, i, "channel_id");
        if (known != NULL && strcmp(known, channel_id) == 0)
            return (int)i;
    }
    return -1;
}

struct currency channels_currency(const struct channels *channels, int row)
{
    struct currency currency = {""};
    const char *code = row < 0 ? NULL : store_cell(channels->rows, (size_t)row, "currency");
    if (code == NULL || !currency_parse(span_of(code), &currency))
        currency.code[0] = '\0';
    return currency;
}

/* --- choosing */

static ssize_t read_head(int fd, char *out, size_t size)
{
    size_t have = 0;
    ssize_t got;
    while (have < size && (got = pread(fd, out + have, size - have, (off_t)have)) > 0)
        have += (size_t)got;
    return (ssize_t)have;
}

/* Whether the file reads as this layout: an entry without a fault before it. *account_row gets the
 * channel of the account that stands in it, or -1. */
static bool trial(const struct channels *channels, int fd, const char *format, int *account_row)
{
    *account_row = -1;
    if (lseek(fd, 0, SEEK_SET) != 0)
        return false;
    struct source_file file = {.fd = fd};
    struct statement_reader *reader = statement_reader_new(format, source_of_file(&file), NULL);
    if (reader == NULL)
        return false;
    struct statement_record record;
    struct error error;
    bool fits = false, over = false;
    for (int n = 0; n < TRIAL_RECORDS && !over; n++) {
        over = statement_read(reader, &record, &error) != STATEMENT_MORE;
        if (over)
            break;
        if (record.kind == STATEMENT_BEGIN || record.kind == STATEMENT_END)
            *account_row = channels_of_account(channels, record.header.account);
        fits = fits || record.kind == STATEMENT_ENTRY || record.kind == STATEMENT_END;
        over = fits || (record.kind == STATEMENT_FAULT && !record.fault.note);
    }
    statement_reader_free(reader);
    return fits;
}

static bool choose_layout(const struct channels *channels, int fd, char format[64],
                          char channel[32], struct error *error)
{
    int chosen = -1;
    bool by_account = false;
    size_t fitting = 0;
    size_t rows = channels->rows == NULL ? 0 : channels->rows->rows;
    for (size_t i = 0; i < rows && !by_account; i++) {
        const char *layout = store_cell(channels->rows, i, "statement_format");
        int account_row;
        if (layout == NULL || strncmp(layout, "csv:", 4) != 0 ||
            !trial(channels, fd, layout, &account_row))
            continue;
        by_account = account_row == (int)i;
        /* One channel may have several accounts, hence several rows. */
        if (chosen < 0 || strcmp(store_cell(channels->rows, (size_t)chosen, "channel_id"),
                                 store_cell(channels->rows, i, "channel_id")) != 0)
            fitting++;
        chosen = (int)i;
    }
    if (chosen < 0)
        return error_set(error, ERROR_INPUT, _("no format or channel's layout fits this file; "
                                               "say --format and --channel"));
    if (!by_account && fitting > 1)
        return error_set(error, ERROR_INPUT, _("this file fits %zu channels; say --channel"),
                         fitting);
    snprintf(format, 64, "%s", store_cell(channels->rows, (size_t)chosen, "statement_format"));
    if (!by_account)
        snprintf(channel, 32, "%s", store_cell(channels->rows, (size_t)chosen, "channel_id"));
    return true;
}

bool channels_choose(const struct channels *channels, int fd, char format[64], char channel[32],
                     struct error *error)
{
    if (channel[0] != '\0') {
        int row = channels_of_name(channels, channel);
        if (row < 0)
            return error_set(error, ERROR_NOT_FOUND, _("there is no channel %s"), channel);
        const char *its = store_cell(channels->rows, (size_t)row, "statement_format");
        if (format[0] == '\0' && its != NULL && strncmp(its, "csv:", 4) == 0)
            snprintf(format, 64, "%s", its);
    }
    if (format[0] != '\0')
        return true;
    char head[HEAD_BYTES];
    ssize_t length = read_head(fd, head, sizeof head);
    const char *found = statement_detect((struct span){head, (size_t)length});
    if (found == NULL)
        return choose_layout(channels, fd, format, channel, error);
    snprintf(format, 64, "%s", found);
    return true;
}
