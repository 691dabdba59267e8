/* Headless output: data on stdout as text, JSON or CSV; narration on stderr (UI.md 12). */
#ifndef DAYBOOK_APP_OUTPUT_H
#define DAYBOOK_APP_OUTPUT_H

#include "daybook/base/buffer.h"
#include "daybook/base/error.h"
#include "daybook/screen/screen.h"
#include "daybook/store/request.h"
#include "options.h"

/* A list in pieces: begin, rows as often as they come, end. Text is tab-separated with a heading,
 * CSV has one too and defuses formulas, JSON is one array of objects. Money is written in its
 * currency's digits ("12480.00"), by the fields of the screens. */
struct output {
    enum options_format format;
    const struct screen_set *screens;
    int fd;
    bool one;           /* a single object: text and CSV as before, JSON without the array */
    size_t rows;
    struct buffer line; /* what is not written yet */
    bool failed;        /* the other side of the pipe is gone, or the disk is full */
};

void output_begin(struct output *output, enum options_format format,
                  const struct screen_set *screens, int fd);
/* columns NULL: all of the result. */
void output_rows(struct output *output, const struct store_result *result,
                 const char *const *columns, size_t column_count);
/* False with the error set where something could not be written. */
bool output_end(struct output *output, struct error *error);

/* One sentence on stderr. */
void narrate(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Exit status for an error (UI.md 12). */
int output_status(enum error_code code);

/* Writes everything; false where it cannot. */
bool write_all(int fd, const char *data, size_t length);

#endif
