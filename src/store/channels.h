/* The channels an import may belong to: their accounts, formats and currencies. */
#ifndef DAYBOOK_STORE_CHANNELS_H
#define DAYBOOK_STORE_CHANNELS_H

#include "daybook/base/text.h"
#include "daybook/domain/money.h"
#include "daybook/store/request.h"

/* Rows of sql/query/import-channels.sql: channel_id, currency, statement_format, account. */
struct channels {
    struct store_result *rows; /* owned */
};

void channels_free(struct channels *channels);
/* The row of an account as banks write it (blanks and case do not count), or of a channel; -1. */
int channels_of_account(const struct channels *channels, struct span account);
int channels_of_name(const struct channels *channels, const char *channel_id);
struct currency channels_currency(const struct channels *channels, int row);

/* Chooses format and channel for the bytes in fd. format and channel are what the operator gave, or
 * "". Both are filled on return; channel stays "" where the account inside decides. */
bool channels_choose(const struct channels *channels, int fd, char format[64], char channel[32],
                     struct error *error);

#endif
