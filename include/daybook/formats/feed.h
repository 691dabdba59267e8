/* The payouts feed: what a company's core exports as CSV when it does not write to the database
 * itself. UTF-8 text, comma, RFC 4180, one row of names and then one payment a row; columns in any
 * order. A feed is a stream like a statement; the caller decides what a fault does to the whole (by
 * default it takes nothing of a feed that has one).
 *
 * Columns (* required, cell never empty):
 *   order_no*       the core's own number, unique for ever
 *   channel*        the channel's name at the desk
 *   amount*         decimal number above 0, exact in its currency
 *   currency*       ISO 4217
 *   state*          a state of rule B3: SUBMITTED, PAID, PRESUMED_PAID, ...
 *   business_date*  YYYY-MM-DD
 *   direction       OUT (when empty) or IN
 *   mode            REALTIME (when empty) or BATCH
 *   batch_no        the batch it was sent in; needed where mode is BATCH
 *   bank_ref        the reference given to the bank (end-to-end)
 *   payee_name, payee_account
 *   sent_at, accepted_at   RFC 3339
 *   expected_fee    decimal number, 0 or more */
#ifndef DAYBOOK_FORMATS_FEED_H
#define DAYBOOK_FORMATS_FEED_H

#include "daybook/formats/statement.h"

enum { FEED_TEXT_MAX = 512 }; /* bytes of one text */

/* Texts are printable UTF-8 without control characters; empty where the feed says nothing. */
struct feed_payment {
    int64_t line; /* of the file, from 1 */
    struct span order_no;
    struct span channel;
    bool incoming; /* direction IN */
    bool batch;    /* mode BATCH */
    int64_t amount; /* minor units, above 0 */
    struct currency currency;
    const char *state; /* one of the words of rule B3 */
    date_day business_date;
    struct span batch_no;
    struct span bank_ref;
    struct span payee_name;
    struct span payee_account;
    time_us sent_at, accepted_at; /* TIME_NONE where the feed says nothing */
    int64_t expected_fee;         /* minor units; -1 where the feed says nothing */
};

enum feed_kind {
    FEED_PAYMENT,
    FEED_FAULT /* a row that was refused, or (fault.note) a column that nobody reads */
};

struct feed_record {
    enum feed_kind kind;
    struct feed_payment payment;
    struct statement_fault fault;
};

struct feed_reader;

struct feed_reader *feed_reader_new(struct statement_source source);
void feed_reader_free(struct feed_reader *reader); /* NULL is allowed */
/* Spans live until the next call. FAILED: no feed, or no CSV to be read further. */
enum statement_step feed_read(struct feed_reader *reader, struct feed_record *record,
                              struct error *error);
int64_t feed_reader_bytes(const struct feed_reader *reader); /* consumed so far */

#endif
