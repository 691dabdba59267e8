/* Joins a reader and the canonical writer, and says what the exit status is. */
#include "daybook/formats/parse.h"

#include <string.h>

#include "daybook/formats/canonical.h"
#include "daybook/formats/pain.h"

enum {
    OUT_LIMIT = 1 << 30,   /* bytes of rows that one statement may have */
    OUT_FLUSH = 256 * 1024 /* bytes given to write() at once, about */
};

struct parse {
    const struct canonical_output *output;
    struct canonical *canonical;
    struct buffer rows;
    bool lost;       /* an entry could not be read */
    int64_t begun;   /* statements */
};

static bool parse_flush(struct parse *parse, struct error *error)
{
    if (parse->rows.length > 0 &&
        !parse->output->write(parse->output->context, parse->rows.data, parse->rows.length, error))
        return false;
    buffer_clear(&parse->rows);
    return true;
}

static bool parse_record(struct parse *parse, const struct statement_record *record,
                         struct error *error)
{
    parse->begun += record->kind == STATEMENT_BEGIN;
    if (record->kind == STATEMENT_FAULT) {
        parse->lost |= !record->fault.note;
        if (parse->output->fault)
            parse->output->fault(parse->output->context, &record->fault);
    }
    if (!canonical_add(parse->canonical, record, &parse->rows))
        return error_set(error, ERROR_LIMIT, "One statement has more than %d bytes of rows.",
                         OUT_LIMIT);
    return parse->rows.length < OUT_FLUSH || parse_flush(parse, error);
}

/* Reads to the end. False: broken file, with the error set. What was whole is written anyway. */
static bool parse_all(struct parse *parse, struct statement_reader *reader, struct error *error)
{
    struct statement_record record;
    enum statement_step step;

    while ((step = statement_read(reader, &record, error)) == STATEMENT_MORE)
        if (!parse_record(parse, &record, error))
            return false;
    struct error ignored;
    bool flushed = parse_flush(parse, step == STATEMENT_FAILED ? &ignored : error);
    return flushed && step == STATEMENT_DONE;
}

/* A payment status report has records of its own. */
static int reports_parse(struct statement_source source, struct parse *parse, struct error *error)
{
    struct pain002_reader *reader = pain002_reader_new(source);
    struct pain002_record record;
    enum statement_step step;
    bool written = true;

    while (written && (step = pain002_read(reader, &record, error)) == STATEMENT_MORE) {
        pain002_row(&record, &parse->rows);
        written = parse->rows.length < OUT_FLUSH || parse_flush(parse, error);
    }
    struct error ignored;
    if (written)
        written = parse_flush(parse, step == STATEMENT_FAILED ? &ignored : error);
    pain002_reader_free(reader);
    return written && step == STATEMENT_DONE ? 0 : 1;
}

int canonical_parse(const char *format, struct statement_source source,
                    const struct canonical_output *output, struct error *error)
{
    struct parse parse = {.output = output};

    buffer_init(&parse.rows, OUT_LIMIT);
    if (strcmp(format, "pain002") == 0) {
        int status = reports_parse(source, &parse, error);
        buffer_free(&parse.rows);
        return status;
    }
    struct statement_reader *reader = statement_reader_new(format, source, error);
    if (!reader)
        return 1;
    parse.canonical = canonical_new(format);
    bool whole = parse_all(&parse, reader, error);
    if (whole && parse.begun == 0 && strcmp(format, "camt") == 0)
        whole = error_set(error, ERROR_INPUT, "There is no statement in the file.");
    buffer_free(&parse.rows);
    canonical_free(parse.canonical);
    statement_reader_free(reader);
    return whole && !parse.lost ? 0 : 1;
}
