/* What a format is to the dispatcher (statement.c): a name and three functions. One row of its
 * table per format; each reader's file ends with its row. */
#ifndef DAYBOOK_SRC_FORMATS_FORMAT_H
#define DAYBOOK_SRC_FORMATS_FORMAT_H

#include "daybook/formats/statement.h"

struct statement_format {
    const char *name; /* "mt940", "camt"; "csv" where a profile follows after the colon */
    bool profiled;    /* the name is followed by ':' and a profile, which open() gets */
    bool clears;      /* read() clears what it fills itself: a millionfold memset is felt */
    /* The reader's state, or NULL with the error set. profile is NULL unless `profiled`. The source
     * outlives the state. */
    void *(*open)(const char *profile, struct statement_source source, struct error *error);
    /* The record comes in zeroed, but for `clears`. After DONE or FAILED it is not called again. */
    enum statement_step (*read)(void *state, struct statement_record *record, struct error *error);
    void (*close)(void *state); /* never NULL */
};

extern const struct statement_format statement_format_mt940;
extern const struct statement_format statement_format_camt;
extern const struct statement_format statement_format_bai2;
extern const struct statement_format statement_format_ofx;
extern const struct statement_format statement_format_csv;

#endif
