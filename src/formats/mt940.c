/* The reader of MT940 and MT942. Groups of fields come from mt940_scan.c one at a time; this file
 * says which statement they belong to and which record they become. One group becomes one record at
 * most; what a header's fields have to report waits in a short queue behind the BEGIN. */
#include "mt940.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "find.h"
#include "format.h"
#include "tally.h"

enum {
    WAITING_MAX = 8,      /* records that wait behind a BEGIN */
    RAW_MAX = 512,        /* bytes of a faulty field that are shown */
    WORDS_LIMIT = 64 * 1024 /* bytes of what a bank says of a whole statement */
};

struct kept { /* a header's value, copied because the window moves on */
    char data[MT940_VALUE_MAX];
    size_t length;
};

struct waiting {
    enum statement_record_kind kind;
    struct statement_balance balance;
    struct statement_fault fault;
    char name[4], raw[RAW_MAX];
};

struct mt940 {
    struct mt940_scan scan;
    struct mt940_group group;
    bool have_group;
    bool open, begun, closed; /* a statement is; its BEGIN was given; its :62: was read */
    bool account_assumed;     /* from the statement before */
    struct statement_header header;
    struct kept account, currency, reference, sequence;
    char opening_name[4], closing_name[4];
    struct tally tally;
    struct mt940_dates dates;
    struct buffer words;         /* header.text */
    struct buffer text, scratch; /* of the last entry */
    struct waiting waiting[WAITING_MAX];
    int waiting_first, waiting_count;
};

static void keep(struct kept *kept, struct span value, struct span *span)
{
    kept->length = value.length < MT940_VALUE_MAX ? value.length : MT940_VALUE_MAX;
    if (kept->length > 0)
        memcpy(kept->data, value.data, kept->length);
    *span = (struct span){kept->data, kept->length};
}

/* Appends the value with its lines joined by '\n'. The value stands in the window. */
static void append_lines(struct buffer *buffer, struct span value)
{
    char *room;

    if (buffer->length > 0)
        buffer_append_char(buffer, '\n');
    room = buffer_reserve(buffer, value.length + FIND_SLACK);
    if (room && value.length > 0)
        buffer->length += copy_lines(room, value.data, value.data + value.length);
}

/* --- records that wait */

static struct waiting *wait_add(struct mt940 *reader, const struct mt940_field *field)
{
    assert(reader->waiting_count < WAITING_MAX);
    int slot = (reader->waiting_first + reader->waiting_count) % WAITING_MAX;
    struct waiting *waiting = &reader->waiting[slot];
    struct span name = mt940_field_name(&reader->scan, field);

    reader->waiting_count++;
    *waiting = (struct waiting){.kind = STATEMENT_BALANCE};
    memcpy(waiting->name, name.data, name.length < 3 ? name.length : 3);
    return waiting;
}

static void wait_balance(struct mt940 *reader, const struct mt940_field *field,
                         const struct statement_balance *balance)
{
    wait_add(reader, field)->balance = *balance;
}

/* `at` counts bytes of the field's value; the line and column are the file's. */
static void wait_fault(struct mt940 *reader, const struct mt940_field *field, size_t at, bool note,
                       const char *what, const char *reason)
{
    struct waiting *waiting = wait_add(reader, field);
    const char *start = window_bytes(&reader->scan.window) + field->start;
    const char *place = start + field->tag_length + at, *line = start;
    size_t raw = field->end - field->start < RAW_MAX ? field->end - field->start : RAW_MAX;

    waiting->kind = STATEMENT_FAULT;
    waiting->fault.note = note;
    waiting->fault.line = field->line;
    for (const char *p = start; p < place; p++) {
        if (*p == '\n') {
            line = p + 1;
            waiting->fault.line++;
        }
    }
    waiting->fault.column = place - line + 1;
    memcpy(waiting->raw, start, raw);
    waiting->fault.raw = (struct span){waiting->raw, raw};
    snprintf(waiting->fault.reason, sizeof(waiting->fault.reason), "The :%s: %s: %s.",
             waiting->name, what, reason);
}

static bool wait_take(struct mt940 *reader, struct statement_record *record)
{
    if (reader->waiting_count == 0)
        return false;
    struct waiting *waiting = &reader->waiting[reader->waiting_first];
    reader->waiting_first = (reader->waiting_first + 1) % WAITING_MAX;
    reader->waiting_count--;
    record->kind = waiting->kind;
    if (waiting->kind == STATEMENT_FAULT) {
        record->fault = waiting->fault;
        tally_fault(&reader->tally, &record->fault);
    } else {
        record->balance = waiting->balance;
        record->balance.type = span_of(waiting->name);
    }
    return true;
}

/* --- statements */

/* A statement that follows another without a :20: is of the same account, where it names none. */
static void statement_open(struct mt940 *reader, enum mt940_tag tag)
{
    int number = reader->header.number + 1;

    reader->account_assumed = tag != MT940_20 && number > 1;
    if (!reader->account_assumed)
        reader->account.length = 0;
    reader->header = (struct statement_header){
        .number = number, .account = {reader->account.data, reader->account.length},
        .interim = reader->scan.interim, .balances_open = !reader->scan.interim,
        .from = DATE_NONE, .to = DATE_NONE, .as_of = DATE_NONE, .balanced = -1,
        .opening = {.date = DATE_NONE, .count = -1}, .closing = {.date = DATE_NONE, .count = -1},
        .expected = {.date = DATE_NONE, .type = SPAN("90"), .count = -1}};
    tally_clear(&reader->tally);
    buffer_clear(&reader->words);
    reader->open = true;
    reader->begun = reader->closed = false;
}

static enum statement_step statement_begin(struct mt940 *reader, struct statement_record *record)
{
    reader->begun = true;
    record->kind = STATEMENT_BEGIN;
    record->header = reader->header;
    return STATEMENT_MORE;
}

static enum statement_step statement_end(struct mt940 *reader, struct statement_record *record)
{
    struct statement_header *header = &reader->header;

    header->from = header->opening.date;
    header->to = header->closing.date;
    if (header->closing.known)
        header->as_of = header->closing.date;
    header->text = (struct span){buffer_text(&reader->words), reader->words.length};
    tally_finish(&reader->tally, header);
    record->kind = STATEMENT_END;
    record->header = *header;
    reader->open = reader->begun = false;
    return STATEMENT_MORE;
}

/* Does this field start another statement than the open one? Banks that leave :20: out are known
 * by a heading after the closing balance. */
static bool field_starts(const struct mt940 *reader, enum mt940_tag tag)
{
    if (tag == MT940_20)
        return true;
    return reader->closed && (tag == MT940_25 || tag == MT940_28 || tag == MT940_60);
}

/* --- fields */

static void take_sequence(struct mt940 *reader, struct span value)
{
    const char *slash = value.length ? memchr(value.data, '/', value.length) : NULL;
    size_t number = slash ? (size_t)(slash - value.data) : value.length;

    keep(&reader->sequence, value, &reader->header.sequence);
    if (!text_to_int64((struct span){value.data, number}, &reader->header.sequence_number))
        reader->header.sequence_number = 0;
    if (!slash || !text_to_int64((struct span){slash + 1, value.length - number - 1},
                                 &reader->header.page))
        reader->header.page = 0;
}

static void take_account(struct mt940 *reader, const struct mt940_field *field, struct span value)
{
    if (!reader->account_assumed && reader->header.account.length > 0 &&
        !span_equal(reader->header.account, value))
        wait_fault(reader, field, 0, true, "field",
                   "a second account in one statement; the last one counts");
    keep(&reader->account, value, &reader->header.account);
    reader->account_assumed = false;
}

static void take_currency(struct mt940 *reader, struct span currency)
{
    if (reader->header.currency.length == 0)
        keep(&reader->currency, currency, &reader->header.currency);
}

/* Opening and closing balances stand in the header; one that is given again replaces it, and the
 * first is passed on as a balance like others. */
static void take_balance(struct mt940 *reader, const struct mt940_field *field, struct span value)
{
    bool opening = field->tag == MT940_60;
    struct statement_balance *slot = opening ? &reader->header.opening : &reader->header.closing;
    char *name = opening ? reader->opening_name : reader->closing_name;
    struct statement_balance balance = {.known = false};
    struct span currency = {NULL, 0};
    struct mt940_wrong wrong = {NULL, 0};

    reader->closed |= !opening;
    if (!mt940_line_balance(value, &balance, &currency, &wrong)) {
        wait_fault(reader, field, wrong.at, true, "balance cannot be read", wrong.reason);
        return;
    }
    if (slot->known)
        wait_balance(reader, field, slot);
    take_currency(reader, currency);
    if (!span_equal(currency, reader->header.currency) && reader->waiting_count < WAITING_MAX)
        wait_fault(reader, field, 7, true, "balance", "another currency than the statement's");
    memcpy(name, mt940_field_name(&reader->scan, field).data, 3);
    balance.type = (struct span){name, 3};
    *slot = balance;
}

/* :90D: and :90C: say how many entries there are and what they sum to. */
static void take_total(struct mt940 *reader, struct statement_balance *total, bool debit)
{
    struct statement_balance *expected = &reader->header.expected;

    if (debit)
        total->amount.mantissa = -total->amount.mantissa;
    expected->known = true;
    expected->count = (expected->count < 0 ? 0 : expected->count) + total->count;
    if (!decimal_add(expected->amount, total->amount, &expected->amount))
        expected->known = false;
}

static void take_other(struct mt940 *reader, const struct mt940_field *field, struct span value)
{
    struct statement_balance balance = {.known = false};
    struct span currency = {NULL, 0};
    struct mt940_wrong wrong = {NULL, 0};
    bool fine;

    if (field->tag == MT940_34)
        fine = mt940_line_floor(value, &balance, &currency, &wrong);
    else if (field->tag == MT940_90)
        fine = mt940_line_total(value, &balance, &currency, &wrong);
    else
        fine = mt940_line_balance(value, &balance, &currency, &wrong);
    if (!fine) {
        wait_fault(reader, field, wrong.at, true, "balance cannot be read", wrong.reason);
        return;
    }
    if (field->tag == MT940_34 || field->tag == MT940_90) {
        reader->header.interim = true;
        reader->header.balances_open = false;
    }
    if (field->tag == MT940_90)
        take_total(reader, &balance, mt940_field_name(&reader->scan, field).data[2] == 'D');
    take_currency(reader, currency);
    wait_balance(reader, field, &balance);
}

/* :13D:1701191815+0100 makes it an interim report of that day. */
static void take_moment(struct mt940 *reader, struct span value)
{
    int64_t day;

    reader->header.interim = true;
    reader->header.balances_open = false;
    if (value.length < 6 || !text_to_int64((struct span){value.data, 6}, &day) || day < 0)
        return;
    if (!date_from_civil(2000 + (int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100),
                         &reader->header.as_of))
        reader->header.as_of = DATE_NONE;
}

/* Kept with its tag among the bank's words on the whole statement. */
static void take_words(struct mt940 *reader, const struct mt940_field *field, struct span value)
{
    bool plain = field->tag == MT940_86 || field->tag == MT940_NS;
    size_t more = plain ? 0 : field->tag_length;

    append_lines(&reader->words, (struct span){value.data - more, value.length + more});
    if (reader->words.overflow) {
        wait_fault(reader, field, 0, true, "field", "more text than is kept of one statement");
        reader->words.overflow = false;
    } else if (field->tag == MT940_UNKNOWN) {
        wait_fault(reader, field, 0, true, "field", "unknown; kept as text");
    }
}

static void take_field(struct mt940 *reader, const struct mt940_field *field)
{
    struct span value = mt940_field_value(&reader->scan, field);
    struct span trimmed = span_trim(value);
    bool kept = field->tag == MT940_20 || field->tag == MT940_25 || field->tag == MT940_28;

    if (kept && trimmed.length > MT940_VALUE_MAX)
        wait_fault(reader, field, MT940_VALUE_MAX, true, "field", "longer than is kept of it");
    switch (field->tag) {
    case MT940_20: keep(&reader->reference, trimmed, &reader->header.reference); break;
    case MT940_25: take_account(reader, field, trimmed); break;
    case MT940_28: take_sequence(reader, trimmed); break;
    case MT940_60:
    case MT940_62: take_balance(reader, field, value); break;
    case MT940_34:
    case MT940_64:
    case MT940_65:
    case MT940_90: take_other(reader, field, value); break;
    case MT940_13: take_moment(reader, trimmed); take_words(reader, field, value); break;
    case MT940_21:
    case MT940_86:
    case MT940_NS:
    case MT940_UNKNOWN:
    case MT940_61: take_words(reader, field, value); break;
    }
}

/* --- entries */

/* Puts together the text of an entry that does not stand in the window as it is given: of several
 * fields, or with carriage returns. */
static void entry_text_join(struct mt940 *reader, struct statement_entry *entry)
{
    const struct mt940_group *group = &reader->group;

    buffer_clear(&reader->text);
    /* Once, so that what is in it does not move. */
    buffer_reserve(&reader->text, group->length + MT940_GROUP_FIELDS + FIND_SLACK);
    if (group->returns && entry->extra.length > 0 &&
        memchr(entry->extra.data, '\r', entry->extra.length))
        append_lines(&reader->text, entry->extra);
    size_t extra = reader->text.length;
    if (group->count > 1) {
        for (int i = 1; i < group->count; i++)
            append_lines(&reader->text, mt940_field_value(&reader->scan, &group->fields[i]));
        size_t from = extra > 0 ? extra + 1 : 0;
        entry->text = (struct span){reader->text.data + from, reader->text.length - from};
    }
    if (extra > 0)
        entry->extra = (struct span){reader->text.data, extra};
}

/* The text of the :86: and :NS: fields behind the :61:. */
static inline void entry_text(struct mt940 *reader, struct statement_entry *entry)
{
    const struct mt940_group *group = &reader->group;

    if (group->returns || group->count > 2)
        entry_text_join(reader, entry);
    else if (group->count == 2)
        entry->text = mt940_field_value(&reader->scan, &group->fields[1]);
}

/* By blocks: of a whole, compilers make one `rep stos`, whose start alone costs as much as a tenth
 * of an entry. */
static void entry_clear(struct statement_entry *entry)
{
    enum { BLOCK = 64, BLOCKS = sizeof(*entry) / BLOCK, REST = sizeof(*entry) % BLOCK };
    char *at = (char *)entry;

#pragma GCC unroll 8
    for (int i = 0; i < BLOCKS; i++)
        memset(at + i * BLOCK, 0, BLOCK);
    memset(at + BLOCKS * BLOCK, 0, REST);
}

static bool take_entry(struct mt940 *reader, struct statement_record *record)
{
    const struct mt940_group *group = &reader->group;
    const struct mt940_field *field = &group->fields[0];
    struct statement_entry *entry = &record->entry;
    struct mt940_wrong wrong = {NULL, 0};

    struct span value = mt940_field_value(&reader->scan, field);
    size_t first_line = group->first_end > field->tag_length ? group->first_end -
                                                               field->tag_length - 1 : 0;

    if (group->first_end == 0 || first_line > value.length)
        first_line = value.length;
    entry_clear(entry);
    entry->number = reader->tally.entries + 1;
    if (!mt940_line_entry(value, first_line, &reader->dates, entry, &wrong)) {
        wait_fault(reader, field, wrong.at, false, "line cannot be read", wrong.reason);
        return false;
    }
    entry_text(reader, entry);
    if (group->count > 1)
        mt940_details_read(entry, group->fields[1].tag == MT940_NS, &reader->scratch);
    entry->line = field->line;
    entry->currency = reader->header.currency;
    record->kind = STATEMENT_ENTRY;
    tally_entry(&reader->tally, entry);
    return true;
}

/* --- the reader */

static void *mt940_open(const char *profile, struct statement_source source, struct error *error)
{
    struct mt940 *reader = memory_new(sizeof(*reader));

    (void)profile;
    (void)error;
    window_init(&reader->scan.window, source, MT940_GROUP_LIMIT);
    reader->scan.line = 1;
    buffer_init(&reader->words, WORDS_LIMIT + FIND_SLACK);
    buffer_init(&reader->text, MT940_TEXT_LIMIT);
    buffer_init(&reader->scratch, MT940_SCRATCH_LIMIT);
    return reader;
}

static void mt940_close(void *state)
{
    struct mt940 *reader = state;

    window_free(&reader->scan.window);
    buffer_free(&reader->words);
    buffer_free(&reader->text);
    buffer_free(&reader->scratch);
    free(reader);
}

static enum statement_step no_more_groups(struct mt940 *reader, struct statement_record *record,
                                          struct error *error)
{
    if (reader->open)
        return reader->begun ? statement_end(reader, record) : statement_begin(reader, record);
    if (reader->scan.any)
        return STATEMENT_DONE;
    error_set(error, ERROR_INPUT, "Line 1, column 1: no field of an MT940 or MT942 was found.");
    return STATEMENT_FAILED;
}

/* Gives the BEGIN or END that is due before the group is taken, or takes it. False: nothing to
 * give yet. */
static bool group_take(struct mt940 *reader, struct statement_record *record)
{
    const struct mt940_field *field = &reader->group.fields[0];
    bool body = field->tag == MT940_61 || field->tag == MT940_62;
    bool given = false;

    if (reader->open && field_starts(reader, field->tag)) {
        if (reader->begun)
            statement_end(reader, record);
        else
            statement_begin(reader, record);
        return true;
    }
    if (!reader->open && field->tag != MT940_86 && field->tag != MT940_NS &&
        field->tag != MT940_UNKNOWN)
        statement_open(reader, field->tag);
    if (reader->open && !reader->begun && (body || reader->waiting_count > WAITING_MAX - 3)) {
        statement_begin(reader, record);
        return true;
    }
    if (!reader->open)
        wait_fault(reader, field, 0, true, "field", "outside any statement");
    else if (field->tag == MT940_61)
        given = take_entry(reader, record);
    else
        take_field(reader, field);
    mt940_scan_consume(&reader->scan, &reader->group);
    reader->have_group = false;
    return given;
}

static enum statement_step mt940_read(void *state, struct statement_record *record,
                                      struct error *error)
{
    struct mt940 *reader = state;

    for (;;) {
        if ((reader->begun || !reader->open) && wait_take(reader, record))
            return STATEMENT_MORE;
        if (!reader->have_group) {
            enum window_fill fill = mt940_scan_group(&reader->scan, &reader->group, error);
            if (fill == WINDOW_END)
                return no_more_groups(reader, record, error);
            if (fill == WINDOW_FAILED) {
                error_prefix(error, "Line %" PRId64 ", column 1", reader->scan.line);
                return STATEMENT_FAILED;
            }
            reader->have_group = true;
        }
        if (group_take(reader, record))
            return STATEMENT_MORE;
    }
}

const struct statement_format statement_format_mt940 = {
    .name = "mt940",
    .clears = true, /* every record it gives is filled whole: the entry, header, balance or fault */
    .open = mt940_open,
    .read = mt940_read,
    .close = mt940_close,
};
