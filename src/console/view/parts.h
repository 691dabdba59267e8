/* Pictures of details: each draws its rows from `row` on and returns the row after the last. They
 * are pure functions from rows to cells. Private to view. */
#ifndef DAYBOOK_CONSOLE_VIEW_PARTS_INSIDE_H
#define DAYBOOK_CONSOLE_VIEW_PARTS_INSIDE_H

#include "inside.h"

struct part_canvas {
    struct surface *surface;
    const struct view_world *world;
    int row, col, width;
};

/* `page` is the part's rows; `own` the detail's own row. */
int part_compare(const struct part_canvas *canvas, const struct screen_item *item,
                 const struct page *own);
/* What the core asked the bank: rows query_no, kind, asked_at, answered_at, answer, code, text,
 * actor. `own` has payment_state, sent_at, ladder_base_s, ladder_count, queries, next_query_at,
 * ladder_stopped, presumed_at. */
int part_ladder(const struct part_canvas *canvas, const struct page *own,
                const struct page *page);
/* Journals: rows journal_id, event, posted_at, account, sub, currency, amount (debit positive). */
int part_postings(const struct part_canvas *canvas, const struct page *own,
                  const struct page *page);
/* What may be told to the customer (S7), from `own`: payment_state, certain_at, moved_at,
 * business_date. */
int part_customer(const struct part_canvas *canvas, const struct page *own);
/* A request's document, from `own`: document (its bytes), document_fault ("" where the core's
 * signature on them holds), document_words (their digest in words). */
int part_document(const struct part_canvas *canvas, const struct page *own);
int part_timeline(const struct part_canvas *canvas, const struct page *page);
int part_bars(const struct part_canvas *canvas, const struct page *page);
int part_gates(const struct part_canvas *canvas, const struct page *page);

#endif
