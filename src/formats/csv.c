/* The reader of bank CSV by profile: one file is one statement. */
#include "csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

void csv_fault(struct csv *csv, int index, bool note, const char *format, ...)
{
    if (csv->faults_count == CSV_FAULTS_MAX)
        return; /* a row with so many faults is no entry by the first of them */
    struct statement_fault *fault = &csv->faults[csv->faults_count++];
    *fault = (struct statement_fault){.note = note, .line = csv->row.line, .column = 1};
    if (csv->stage != CSV_ABOVE) /* those from above are given when their row is gone */
        fault->raw = csv->row.raw;
    if (index >= 0 && (size_t)index < csv->row.count) {
        fault->line = csv->row.cells[index].line;
        fault->column = csv->row.cells[index].column;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(fault->reason, sizeof fault->reason, format, args);
    va_end(args);
    tally_fault(&csv->tally, fault);
}

static void csv_close(void *state)
{
    struct csv *csv = state;
    csv_text_free(csv->text);
    csv_decoder_end(&csv->decoder);
    buffer_free(&csv->joined);
    arena_free(csv->kept);
    profile_free(csv->profile);
    free(csv);
}

static void *csv_open(const char *name, struct statement_source source, struct error *error)
{
    struct profile *profile = profile_load(name, error);
    if (profile == NULL)
        return NULL;
    struct csv *csv = memory_new(sizeof *csv);
    csv->profile = profile;
    csv->kept = arena_new(CSV_KEPT_MAX);
    buffer_init(&csv->joined, 8 * CSV_TEXT_ROW_MAX);
    csv->text = csv_text_new(source, (struct csv_text_layout){
        .delimiter = profile->delimiter,
        .quote = profile->quote,
        .double_byte = profile->encoding == ENCODING_GB18030,
        .mark = profile->encoding == ENCODING_UTF8});
    struct statement_header *header = &csv->header;
    header->number = 1;
    header->currency = span_of(profile->currency);
    header->balances_open = profile_has(profile, FIELD_BALANCE) || profile->footer.count > 0;
    header->from = header->to = header->as_of = DATE_NONE;
    header->opening = (struct statement_balance){.date = DATE_NONE, .count = -1};
    header->closing = header->expected = header->opening;
    tally_clear(&csv->tally);
    if (csv_decoder_start(&csv->decoder, profile->encoding, error))
        return csv;
    csv_close(csv);
    return NULL;
}

/* Balances that the file does not state are those around its first and last row. */
static void csv_chain_balances(struct csv *csv)
{
    struct statement_header *header = &csv->header;
    bool newest_first = csv->profile->rows == ROWS_NEWEST_FIRST;
    const struct csv_chain *earliest = newest_first ? &csv->last : &csv->first;
    const struct csv_chain *latest = newest_first ? &csv->first : &csv->last;
    if (csv->profile->rows == ROWS_ANY)
        return;
    if (!header->opening.known && earliest->known) {
        header->opening.known = true;
        header->opening.amount = earliest->before;
        header->opening.date = earliest->day;
    }
    if (!header->closing.known && latest->known) {
        header->closing.known = true;
        header->closing.amount = latest->after;
        header->closing.date = latest->day;
    }
}

static void csv_finish(struct csv *csv)
{
    struct statement_header *header = &csv->header;
    csv_chain_balances(csv);
    if (header->opening.known && header->opening.date == DATE_NONE)
        header->opening.date = header->from;
    if (header->closing.known && header->closing.date == DATE_NONE)
        header->closing.date = header->to;
    header->as_of = header->to != DATE_NONE ? header->to : header->closing.date;
    tally_finish(&csv->tally, header);
    csv->stage = CSV_ENDED;
    csv->end_ready = true;
}

/* A row of text that could be cut into cells. */
static void csv_row(struct csv *csv)
{
    if (csv_text_blank(&csv->row))
        return;
    csv_decoder_row(&csv->decoder, &csv->row);
    if (csv->stage == CSV_ABOVE) {
        if (csv_edge_header(csv)) {
            csv->stage = CSV_ROWS;
            csv->begin_ready = true;
        } else {
            csv_edge_above(csv);
        }
    } else if (csv_edge_below(csv)) {
        csv->stage = CSV_BELOW;
    } else if (csv->stage == CSV_BELOW) {
        csv_fault(csv, -1, false, "a row that the profile does not know stands below the totals");
    } else {
        csv_row_read(csv);
    }
}

/* The next record of what was read so far. Faults from above the rows wait for the beginning. */
static bool csv_give(struct csv *csv, struct statement_record *record)
{
    if (csv->stage == CSV_ABOVE)
        return false;
    if (csv->begin_ready) {
        csv->begin_ready = false;
        record->kind = STATEMENT_BEGIN;
        record->header = csv->header;
        return true;
    }
    if (csv->faults_given < csv->faults_count) {
        record->kind = STATEMENT_FAULT;
        record->fault = csv->faults[csv->faults_given++];
        return true;
    }
    csv->faults_given = csv->faults_count = 0;
    if (csv->entry_ready) {
        csv->entry_ready = false;
        record->kind = STATEMENT_ENTRY;
        record->entry = csv->entry;
        return true;
    }
    if (!csv->end_ready)
        return false;
    csv->end_ready = false;
    record->kind = STATEMENT_END;
    record->header = csv->header;
    return true;
}

/* Takes the next row; false where the file cannot be read further. */
static bool csv_take(struct csv *csv, struct error *error)
{
    switch (csv_text_read(csv->text, &csv->row, error)) {
    case CSV_TEXT_ROW:
        csv_row(csv);
        break;
    case CSV_TEXT_FAULT:
        csv_fault(csv, -1, false, "%s", csv->row.reason);
        if (csv->faults_count > 0) {
            csv->faults[csv->faults_count - 1].line = csv->row.fault_line;
            csv->faults[csv->faults_count - 1].column = csv->row.fault_column;
        }
        break;
    case CSV_TEXT_END:
        if (csv->stage == CSV_ABOVE)
            return csv_edge_missing(csv, error);
        csv_finish(csv);
        break;
    case CSV_TEXT_FAILED:
        return false;
    }
    if (csv->stage != CSV_ABOVE)
        return true;
    if (csv->faults_count == CSV_FAULTS_MAX)
        return error_set(error, ERROR_INPUT, "Line %lld, column 1: more than %d faults above the "
                         "row of column names.", (long long)csv->row.line, CSV_FAULTS_MAX - 1);
    if (++csv->rows_above > CSV_PREAMBLE_ROWS_MAX)
        return csv_edge_missing(csv, error);
    return true;
}

static enum statement_step csv_read(void *state, struct statement_record *record,
                                    struct error *error)
{
    struct csv *csv = state;
    while (!csv_give(csv, record)) {
        if (csv->stage == CSV_ENDED)
            return STATEMENT_DONE;
        if (!csv_take(csv, error))
            return STATEMENT_FAILED;
    }
    return STATEMENT_MORE;
}

const struct statement_format statement_format_csv = {
    .name = "csv",
    .profiled = true,
    .open = csv_open,
    .read = csv_read,
    .close = csv_close,
};
