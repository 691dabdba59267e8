/* The canonical text form of statements, one record a row, tab-separated: what `daybook parse`
 * prints and conformance tests compare. Control characters inside values print as blanks; only the
 * line breaks of an MT940 account that runs over several lines stay.
 *
 *   mt940  S n account ccy open_date open_amount close_date close_amount entries
 *          E n value_date entry_date amount mark type customer_ref bank_ref
 *   camt   S as above
 *          E n value_date booking_date amount ccy status bank_ref entry_ref transactions
 *            end_to_end reversal
 *   bai2   S n account ccy as_of entries, then B n type amount and
 *          E n type amount bank_ref customer_ref text, amounts unsigned in minor units
 *   ofx    E i type posted amount fitid checknum name, date and amount as written
 *   csv    a row of column names, then date payee narration amount ccy order_id pay_time
 *   all    X n line column reason, for what could not be read; notes have no row */
#ifndef DAYBOOK_FORMATS_CANONICAL_H
#define DAYBOOK_FORMATS_CANONICAL_H

#include "daybook/base/buffer.h"
#include "daybook/formats/statement.h"

/* Some rows need the statement's end (its closing balance and count stand in the S row, before the
 * E rows), so a canonical writer keeps one statement's rows until its END. */
struct canonical;

/* format is one that statement_reader_new() accepted. */
struct canonical *canonical_new(const char *format);
void canonical_free(struct canonical *canonical);
/* Adds the record; what can be printed by now is appended to out. False where out, or the memory
 * for one statement, is full. */
bool canonical_add(struct canonical *canonical, const struct statement_record *record,
                   struct buffer *out);

#endif
