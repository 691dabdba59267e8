/* The parts of the BAI2 reader: pieces (bai2_piece.c) and what they mean (bai2.c). */
#ifndef DAYBOOK_SRC_FORMATS_BAI2_H
#define DAYBOOK_SRC_FORMATS_BAI2_H

#include "daybook/base/buffer.h"
#include "window.h"

enum {
    BAI2_LINE_LIMIT = 1 << 20,   /* bytes of one piece */
    BAI2_RECORD_LIMIT = 4 << 20, /* bytes of a record with its continuations */
    BAI2_SUMMARIES = 4096        /* of one account */
};

/* One record as it stands in the file; an 88 continues the one before it. */
struct bai2_piece {
    int code;            /* 1, 2, 3, 16, 49, 88, 98, 99; -1: another word stands there */
    struct span content; /* behind the code's comma, without the slash at the end */
    int64_t line, column;
};

struct bai2_input {
    struct window window;
    int64_t line, column; /* of the window's first byte, from 1 */
    int last_code;        /* of the record before, 88 not counted */
};

/* The next piece, left in the window until the next call. */
enum window_fill bai2_piece_next(struct bai2_input *input, struct bai2_piece *piece,
                                 struct error *error);

/* What a record with its continuations says, read field by field: a continuation goes on where the
 * piece before it stopped, be that in the middle of a summary. Texts are kept in `kept`. */
struct bai2_text {
    size_t offset, length; /* in `kept` */
};

struct bai2_summary {
    struct bai2_text type;
    bool given; /* its amount was */
    int64_t amount, count; /* minor units; count -1: none */
};

struct bai2_record {
    int code;
    int64_t line, column; /* where it starts */
    struct buffer kept;
    struct bai2_text fields[8]; /* of 01, 02, 49, 98, 99 and the first two of 03 */
    int field_count;
    /* 03: summaries. */
    struct bai2_summary *summaries;
    int summary_count, summary_capacity;
    /* 16: */
    struct bai2_text type, funds, bank, customer, text;
    int64_t amount;
    date_day value_date; /* of funds type V */
    /* Where the next field goes. */
    int stage, left;
    int64_t total; /* of the amounts as written, for the control totals */
    bool overflow;
    char reason[128]; /* why it cannot be read; "" where it can */
};

void bai2_record_init(struct bai2_record *record);
void bai2_record_free(struct bai2_record *record);
void bai2_record_start(struct bai2_record *record, const struct bai2_piece *piece);
void bai2_record_continue(struct bai2_record *record, const struct bai2_piece *piece);
struct span bai2_record_text(const struct bai2_record *record, struct bai2_text text);
/* An optional sign and digits; an empty one is 0. False: not a number, or too large. */
bool bai2_number(struct span text, int64_t *number);
/* YYMMDD; DATE_NONE where it is none. */
date_day bai2_date(struct span text);

#endif
