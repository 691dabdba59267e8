/* The pictures that `part` lines of detail screens draw, and the rows each wants. A part that names
 * a query gets all its rows (NEED_ROW, the detail's parameter passed on when the query takes one).
 *
 *   part compare LEFT "Bank line" RIGHT "Core payment" FIELD...
 *       two sides of the detail's own row: columns LEFT_FIELD and RIGHT_FIELD side by side under
 * the       label of FIELD, differing ones marked. A side whose columns are all NULL is "none".
 *   part timeline QUERY    at (time), who, what, text; in the query's order
 *   part bars QUERY        label, value (int8), and whole (int8, NULL: the largest value)
 *   part gates QUERY       gate (words), done (bool), note; what keeps a day open
 *   part ladder QUERY      the questions to the bank, query_no, kind, asked_at, answered_at,
 *                          answer, code, text, actor, oldest first; the detail's own row has
 *                          payment_state, sent_at, ladder_base_s, ladder_count, queries,
 *                          next_query_at, ladder_stopped, presumed_at
 *   part postings QUERY    journal_id, event, posted_at, account, sub, currency, amount (debit
 *                          positive); in the query's order
 *   part customer          what may be told to the customer, of the detail's own row:
 *                          payment_state, certain_at
 *   part document          a request as it was signed, of the detail's own row: document (its
 *                          bytes, from which all is drawn), document_fault, document_words; app
 *                          adds the last two when it has verified the core's signature
 *   part today             the Today picture; fills the screen and takes these queries, each
 * without                          parameter:
 *       today-files     channel, format, due_at (time), state (code of field file_state), note,
 *                       lines, matched (hundredths of a per cent), remaining, at_risk, currency,
 *                       file_id (NULL: none yet). Enter opens statement-file with file_id, or
 *                       channel with channel; on a code it opens exceptions filtered by code
 *       today-codes     code (of field code), count, amount, currency; all open ones
 *       today-ages      label, count
 *       today-waiting   label, count, tone (word of a field tone)
 *       today-rate      day (date), matched (hundredths of a per cent); at most 30, oldest first
 *       today-gates     gate, done (bool), note, of_day (the day they are of, as 11-20)
 *       today-exposure  channel, doubtful, presumed, amount, currency, oldest_s, due_at; what is
 *                       not known of payouts, a row a channel
 *       today-resolved  after (the number of the question), count; how many questions it took
 *       today-facts     day (date the desk works in), statement_day (date), risk, currency,
 *                       oldest_s (age of the oldest presumed payout), presumed (their count),
 *                       message; one row
 */
#ifndef DAYBOOK_VIEW_PARTS_H
#define DAYBOOK_VIEW_PARTS_H

#include <stddef.h>

/* The words after `part` that views can draw, for screen_names.parts. */
extern const char *const view_part_names[];
extern const size_t view_part_count;

#endif
