/* What the files of the CSV reader share.
 *
 * csv_text.c   rows and cells of delimited text
 * csv_decode.c a row's cells in UTF-8
 * csv_value.c  dates and amounts as a profile says they are written
 * csv_edge.c   what stands above and below the rows
 * csv_row.c    one row as an entry
 * csv.c        the reader: the order of all that */
#ifndef DAYBOOK_SRC_FORMATS_CSV_H
#define DAYBOOK_SRC_FORMATS_CSV_H

#include <iconv.h>

#include "daybook/formats/csv_text.h"
#include "profile.h"
#include "tally.h"

enum {
    CSV_PREAMBLE_ROWS_MAX = 200,
    CSV_FAULTS_MAX = 16,           /* waiting to be given */
    CSV_KEPT_MAX = 65536           /* bytes of what is kept from above and below the rows */
};

/* Cells of one row in UTF-8, without blanks at their ends. */
struct csv_decoder {
    enum profile_encoding encoding;
    iconv_t converter; /* (iconv_t)-1 where none is needed */
    struct buffer bytes;
    struct span cells[CSV_TEXT_CELLS_MAX];
};
bool csv_decoder_start(struct csv_decoder *decoder, enum profile_encoding encoding,
                       struct error *error);
void csv_decoder_end(struct csv_decoder *decoder);
void csv_decoder_row(struct csv_decoder *decoder, const struct csv_text_row *row);

/* Trims blanks, tabs, no-break and full-width blanks. */
struct span csv_trim(struct span text);

struct csv_day {
    date_day day;
    bool clock; /* the text holds a time of day as well */
};
/* A statement's month, for dates without a year; month 0 where it is not known. */
struct csv_month {
    int year, month;
};
/* The whole text is a date by one of the profile's patterns; with `prefix` it may go on. */
bool csv_value_date(const struct profile *profile, struct csv_month month, struct span text,
                    bool prefix, struct csv_day *out);
/* Finds the month by its pattern anywhere in the text. */
bool csv_value_month(const char *pattern, struct span text, struct csv_month *out);
/* An amount with its marks; currency gets what a mark says, or stays as it is. */
bool csv_value_amount(const struct profile *profile, struct span text, struct decimal *amount,
                      const char **currency);
/* What follows the label in the text: without a colon, blanks and an opening bracket in front, up
 * to a closing bracket, two blanks or the end. False where the label is not there. */
bool csv_value_after(struct span text, const char *label, struct span *value);

enum csv_stage { CSV_ABOVE, CSV_ROWS, CSV_BELOW, CSV_ENDED };

struct csv_chain {
    bool known;
    struct decimal before, after; /* the balance around the row */
    date_day day;
};

struct csv {
    struct profile *profile;
    struct csv_text *text;
    struct csv_decoder decoder;
    struct csv_text_row row; /* the current one */
    enum csv_stage stage;
    int places[PROFILE_COLUMNS_MAX]; /* of the profile's columns in the row; -1: not there */
    size_t width;                    /* cells of the header row */
    int64_t rows_above;
    size_t nearest_found; /* columns found in the row most like the header row */
    int64_t nearest_line;
    const char *nearest_lacks;
    struct arena *kept;
    struct csv_month month;
    struct statement_header header;
    struct tally tally;
    struct csv_chain first, last; /* rows with a balance */
    bool begin_ready, entry_ready, end_ready;
    struct statement_entry entry;
    struct statement_fault faults[CSV_FAULTS_MAX];
    size_t faults_count, faults_given;
    struct buffer joined; /* texts of several columns of the current row */
};

/* Reports what is wrong with a cell of the current row (index), or with the row (-1). */
void csv_fault(struct csv *csv, int index, bool note, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The column of that name wherever the profile has it: the first cell that says something, and its
 * place. Empty where none does. */
struct span csv_cell(const struct csv *csv, enum profile_field field, int *index);

/* True where the row is the header row; the columns are placed then. */
bool csv_edge_header(struct csv *csv);
void csv_edge_above(struct csv *csv);
/* True where the row is one of those below the rows; its values are taken. */
bool csv_edge_below(struct csv *csv);
/* The statement's currency is its first entry's, where nothing above said one. */
void csv_keep_currency(struct csv *csv, struct span currency);
bool csv_edge_missing(const struct csv *csv, struct error *error);

/* Makes the entry of the current row, or reports why there is none. */
void csv_row_read(struct csv *csv);

#endif
