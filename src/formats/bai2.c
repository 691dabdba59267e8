/* The reader of BAI2: files (01..99) of groups (02..98) of accounts (03..49) with entries (16). An
 * account is a statement. Control totals and record counts of all three levels are checked. */
#include "bai2.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "format.h"
#include "tally.h"

enum {
    VALUE_MAX = 256,   /* bytes kept of an account number or file id */
    QUEUE_FIRST = 16,
    QUEUE_MAX = BAI2_SUMMARIES + 64
};

struct level { /* what a trailer of this level must say */
    bool open;
    int64_t sum, parts, records;
};

struct bai2 {
    struct bai2_input input;
    /* The one being read, until something else than an 88 follows; the other is the one before, in
     * which the queue's texts are. */
    struct bai2_record records[2], *record;
    bool have_record, any, ended;
    struct level file, group, account;
    struct statement_header header;
    char file_id[VALUE_MAX];
    char account_number[2][VALUE_MAX], currency[2][4]; /* by turns: an END may wait for its BEGIN */
    char group_currency[4];
    date_day as_of;
    bool interim;
    int exponent;
    struct tally tally;
    struct statement_record *queue; /* what the last record gave */
    int queue_next, queue_count, queue_capacity;
};

static struct statement_record *queue_add(struct bai2 *reader, enum statement_record_kind kind)
{
    assert(reader->queue_count < QUEUE_MAX);
    if (reader->queue_count == reader->queue_capacity) {
        reader->queue_capacity = reader->queue_capacity ? reader->queue_capacity * 2 : QUEUE_FIRST;
        reader->queue = memory_resize(reader->queue, (size_t)reader->queue_capacity,
                                      sizeof(*reader->queue));
    }
    struct statement_record *record = &reader->queue[reader->queue_count++];
    *record = (struct statement_record){.kind = kind};
    return record;
}

static void fault_add(struct bai2 *reader, bool note, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void fault_add(struct bai2 *reader, bool note, const char *format, ...)
{
    struct statement_fault *fault = &queue_add(reader, STATEMENT_FAULT)->fault;
    va_list args;

    fault->note = note;
    fault->line = reader->record->line;
    fault->column = reader->record->column;
    fault->raw = (struct span){buffer_text(&reader->record->kept), reader->record->kept.length};
    if (fault->raw.length > 512)
        fault->raw.length = 512;
    va_start(args, format);
    vsnprintf(fault->reason, sizeof(fault->reason), format, args);
    va_end(args);
    tally_fault(&reader->tally, fault);
}

static struct span field(const struct bai2 *reader, int index)
{
    const struct bai2_record *record = reader->record;

    if (index >= record->field_count)
        return (struct span){NULL, 0};
    return bai2_record_text(record, record->fields[index]);
}

static struct span copy_value(char *out, size_t size, struct span value)
{
    size_t length = value.length < size - 1 ? value.length : size - 1;

    if (length > 0)
        memcpy(out, value.data, length);
    out[length] = '\0';
    return (struct span){out, length};
}

/* --- control totals */

static void level_open(struct level *level)
{
    *level = (struct level){.open = true};
}

static void level_sum(struct bai2 *reader, struct level *level, int64_t amount)
{
    if (__builtin_add_overflow(level->sum, amount, &level->sum))
        fault_add(reader, false, "The control total does not fit in 64 bits.");
}

/* Compares a trailer's fields: sum, parts (not for an account: `parts` NULL), records. */
static void level_check(struct bai2 *reader, const struct level *level, const char *what,
                        const char *parts)
{
    int64_t sum, count = level->parts, records;

    if (!bai2_number(field(reader, 0), &sum) || (parts && !bai2_number(field(reader, 1), &count)) ||
        !bai2_number(field(reader, parts ? 2 : 1), &records)) {
        fault_add(reader, false, "The %s's trailer cannot be read.", what);
        return;
    }
    if (sum != level->sum)
        fault_add(reader, false, "The %s's control total is %" PRId64 ", its records sum to %"
                  PRId64 ".", what, sum, level->sum);
    if (count != level->parts)
        fault_add(reader, false, "The %s's trailer counts %" PRId64 " %s, there are %" PRId64 ".",
                  what, count, parts, level->parts);
    if (records != level->records)
        fault_add(reader, false, "The %s's trailer counts %" PRId64 " records, there are %" PRId64
                  ".", what, records, level->records);
}

/* --- 01, 02 */

static void file_start(struct bai2 *reader)
{
    if (reader->file.open)
        fault_add(reader, false, "Another file starts before the last one's 99 record.");
    int64_t records = reader->file.records;
    level_open(&reader->file);
    reader->file.records = records;
    copy_value(reader->file_id, sizeof(reader->file_id), field(reader, 4));
}

/* Group status 1 is an update; 2, 3, 4 are a deletion, a correction, a test. */
static void group_status(struct bai2 *reader)
{
    static const char *const names[] = {"deletion", "correction", "test"};
    struct span status = field(reader, 2);

    if (status.length == 1 && status.data[0] >= '2' && status.data[0] <= '4')
        fault_add(reader, true, "The group is marked as a %s.", names[status.data[0] - '2']);
}

static void group_start(struct bai2 *reader)
{
    struct span modifier = field(reader, 6), currency = field(reader, 5);

    if (reader->group.open)
        fault_add(reader, false, "Another group starts before the last one's 98 record.");
    int64_t records = reader->group.records;
    level_open(&reader->group);
    reader->group.records = records;
    reader->as_of = bai2_date(field(reader, 3));
    if (reader->as_of == DATE_NONE)
        fault_add(reader, true, "The group has no as-of date that can be read.");
    copy_value(reader->group_currency, sizeof(reader->group_currency),
               currency.length == 3 ? currency : SPAN("USD"));
    reader->interim = modifier.length == 1 && (modifier.data[0] == '1' || modifier.data[0] == '3');
    group_status(reader);
}

/* --- 03 */

static struct decimal minor(const struct bai2 *reader, int64_t amount)
{
    return (struct decimal){.mantissa = amount, .scale = reader->exponent};
}

static struct statement_balance balance_of(const struct bai2 *reader,
                                           const struct bai2_summary *summary)
{
    return (struct statement_balance){.known = summary->given, .date = reader->as_of,
                                      .amount = minor(reader, summary->amount),
                                      .type = bai2_record_text(reader->record, summary->type),
                                      .count = summary->count};
}

/* The ledger balances; their type must outlive the record. */
static void header_balance(struct bai2 *reader, const struct statement_balance *balance)
{
    if (span_is(balance->type, "010")) {
        reader->header.opening = *balance;
        reader->header.opening.type = SPAN("010");
    } else if (span_is(balance->type, "015")) {
        reader->header.closing = *balance;
        reader->header.closing.type = SPAN("015");
    }
}

static void account_currency(struct bai2 *reader)
{
    struct currency currency;
    struct span written = field(reader, 1);

    if (written.length != 3)
        written = span_of(reader->group_currency[0] ? reader->group_currency : "USD");
    int turn = reader->header.number % 2;
    reader->header.currency = copy_value(reader->currency[turn], sizeof(reader->currency[turn]),
                                         written);
    reader->exponent = currency_parse(written, &currency) ? currency_exponent(currency) : -1;
    if (reader->exponent < 0) {
        reader->exponent = 2;
        fault_add(reader, true, "Nobody knows the currency '%s'; two decimals are assumed.",
                  reader->currency[turn]);
    }
}

static void account_end(struct bai2 *reader)
{
    tally_finish(&reader->tally, &reader->header);
    queue_add(reader, STATEMENT_END)->header = reader->header;
    reader->account.open = false;
}

static void account_start(struct bai2 *reader)
{
    if (reader->account.open) {
        fault_add(reader, false, "Another account starts before the last one's 49 record.");
        account_end(reader);
    }
    int number = reader->header.number + 1;
    int64_t records = reader->account.records;
    level_open(&reader->account);
    reader->account.records = records;
    tally_clear(&reader->tally);
    reader->header = (struct statement_header){
        .number = number, .interim = reader->interim, .balances_open = true, .from = DATE_NONE,
        .to = DATE_NONE, .as_of = reader->as_of, .balanced = -1,
        .opening = {.date = DATE_NONE, .count = -1}, .closing = {.date = DATE_NONE, .count = -1},
        .expected = {.date = DATE_NONE, .count = -1}};
    reader->header.account = copy_value(reader->account_number[number % 2], VALUE_MAX,
                                        field(reader, 0));
    reader->header.reference = span_of(reader->file_id);
    /* The BEGIN stands before what its currency may have to report. */
    int begin = reader->queue_count;
    queue_add(reader, STATEMENT_BEGIN);
    account_currency(reader);
    for (int i = 0; i < reader->record->summary_count; i++) {
        struct statement_balance balance = balance_of(reader, &reader->record->summaries[i]);
        header_balance(reader, &balance);
        queue_add(reader, STATEMENT_BALANCE)->balance = balance;
    }
    reader->queue[begin].header = reader->header;
    if (reader->record->reason[0] != '\0')
        fault_add(reader, true, "The account's summaries: %s.", reader->record->reason);
    level_sum(reader, &reader->account, reader->record->total);
}

/* --- 16 */

/* Debits: 400..699 and the customer range 960..999. */
static bool type_is_debit(struct span type)
{
    if (type.length != 3)
        return false;
    return (type.data[0] >= '4' && type.data[0] <= '6') ||
           (type.data[0] == '9' && type.data[1] >= '6');
}

static void entry_fill(struct bai2 *reader, struct statement_entry *entry)
{
    const struct bai2_record *record = reader->record;

    entry->number = reader->tally.entries + 1;
    entry->line = record->line;
    entry->type = bai2_record_text(record, record->type);
    bool debit = type_is_debit(entry->type);
    entry->mark = debit ? SPAN("D") : SPAN("C");
    entry->amount = minor(reader, debit ? -record->amount : record->amount);
    entry->currency = reader->header.currency;
    entry->booking_date = reader->as_of;
    entry->value_date = record->value_date != DATE_NONE ? record->value_date : reader->as_of;
    entry->bank_ref = bai2_record_text(record, record->bank);
    entry->customer_ref = bai2_record_text(record, record->customer);
    entry->text = bai2_record_text(record, record->text);
    entry->extra = bai2_record_text(record, record->funds);
    if (span_is(entry->type, "890")) /* a message without money */
        entry->status = STATUS_INFORMATION;
}

static void entry_take(struct bai2 *reader)
{
    const struct bai2_record *record = reader->record;

    if (!reader->account.open) {
        fault_add(reader, false, "The entry stands outside any account.");
        return;
    }
    level_sum(reader, &reader->account, record->total);
    if (record->type.length == 0 || record->reason[0] != '\0' || record->overflow) {
        fault_add(reader, false, "The entry cannot be read: %s.",
                  record->reason[0] ? record->reason : "it has no type");
        return;
    }
    struct statement_entry *entry = &queue_add(reader, STATEMENT_ENTRY)->entry;
    entry_fill(reader, entry);
    tally_entry(&reader->tally, entry);
}

/* --- 49, 98, 99 */

static void account_trailer(struct bai2 *reader)
{
    if (!reader->account.open) {
        fault_add(reader, false, "The account's trailer stands outside any account.");
        return;
    }
    level_check(reader, &reader->account, "account", NULL);
    level_sum(reader, &reader->group, reader->account.sum);
    reader->group.parts++;
    account_end(reader);
    reader->account = (struct level){.open = false};
}

static void group_trailer(struct bai2 *reader)
{
    if (!reader->group.open || reader->account.open) {
        fault_add(reader, false, "The group's trailer stands %s.",
                  reader->account.open ? "before an account's" : "outside any group");
        return;
    }
    level_check(reader, &reader->group, "group", "accounts");
    level_sum(reader, &reader->file, reader->group.sum);
    reader->file.parts++;
    reader->group = (struct level){.open = false};
}

static void file_trailer(struct bai2 *reader)
{
    if (!reader->file.open || reader->group.open) {
        fault_add(reader, false, "The file's trailer stands %s.",
                  reader->group.open ? "before a group's" : "outside any file");
        return;
    }
    level_check(reader, &reader->file, "file", "groups");
    reader->file = (struct level){.open = false};
}

/* --- records */

static void record_finish(struct bai2 *reader)
{
    switch (reader->record->code) {
    case 1: file_start(reader); break;
    case 2: group_start(reader); break;
    case 3: account_start(reader); break;
    case 16: entry_take(reader); break;
    case 49: account_trailer(reader); break;
    case 98: group_trailer(reader); break;
    case 99: file_trailer(reader); break;
    default:
        fault_add(reader, false, "No record of BAI2 starts like this: '%.*s'.",
                  (int)(reader->record->kept.length < 40 ? reader->record->kept.length : 40),
                  buffer_text(&reader->record->kept));
    }
    reader->have_record = false;
}

/* Every record counts for the levels it stands in, trailers for their own, headers too. */
static void record_count(struct bai2 *reader, int code)
{
    bool in_group = code != 1 && code != 99, in_account = in_group && code != 2 && code != 98;

    reader->file.records++;
    reader->group.records += in_group;
    reader->account.records += in_account;
}

static void levels_missing(struct bai2 *reader)
{
    if (reader->account.open) {
        fault_add(reader, false, "The file ends before the account's 49 record.");
        account_end(reader);
    }
    if (reader->group.open)
        fault_add(reader, false, "The file ends before the group's 98 record.");
    if (reader->file.open)
        fault_add(reader, false, "The file ends before its 99 record.");
}

/* --- the reader */

static void *bai2_open(const char *profile, struct statement_source source, struct error *error)
{
    struct bai2 *reader = memory_new(sizeof(*reader));

    (void)profile;
    (void)error;
    window_init(&reader->input.window, source, BAI2_LINE_LIMIT);
    reader->input.line = reader->input.column = 1;
    reader->as_of = DATE_NONE;
    reader->exponent = 2;
    bai2_record_init(&reader->records[0]);
    bai2_record_init(&reader->records[1]);
    reader->record = &reader->records[0];
    return reader;
}

static void bai2_close(void *state)
{
    struct bai2 *reader = state;

    window_free(&reader->input.window);
    bai2_record_free(&reader->records[0]);
    bai2_record_free(&reader->records[1]);
    free(reader->queue);
    free(reader);
}

static bool first_is_wrong(struct bai2 *reader, const struct bai2_piece *piece,
                           struct error *error)
{
    if (reader->any || piece->code == 1)
        return false;
    if (piece->code > 0)
        error_set(error, ERROR_INPUT, "Line %" PRId64 ", column %" PRId64 ": a BAI2 file starts "
                  "with a 01 record, not with a %02d.", piece->line, piece->column, piece->code);
    else
        error_set(error, ERROR_INPUT, "Line %" PRId64 ", column %" PRId64 ": a BAI2 file starts "
                  "with a 01 record, not with '%.*s'.", piece->line, piece->column,
                  (int)(piece->content.length < 40 ? piece->content.length : 40),
                  piece->content.data);
    return true;
}

/* Takes the piece: a continuation at once, another record when the one before is done with. */
static void piece_take(struct bai2 *reader, const struct bai2_piece *piece)
{
    if (piece->code == 88 && reader->have_record) {
        bai2_record_continue(reader->record, piece);
    } else {
        if (reader->have_record)
            record_finish(reader);
        reader->record = &reader->records[reader->record == &reader->records[0]];
        bai2_record_start(reader->record, piece);
        reader->have_record = true;
    }
    record_count(reader, reader->record->code);
    reader->any = true;
}

static enum statement_step input_end(struct bai2 *reader, struct error *error)
{
    if (!reader->any) {
        error_set(error, ERROR_INPUT, "Line 1, column 1: the file is empty.");
        return STATEMENT_FAILED;
    }
    if (reader->have_record)
        record_finish(reader);
    levels_missing(reader);
    reader->ended = true;
    return STATEMENT_MORE;
}

static enum statement_step bai2_read(void *state, struct statement_record *record,
                                     struct error *error)
{
    struct bai2 *reader = state;
    struct bai2_piece piece;

    while (reader->queue_next == reader->queue_count) {
        reader->queue_next = reader->queue_count = 0;
        if (reader->ended)
            return STATEMENT_DONE;
        enum window_fill fill = bai2_piece_next(&reader->input, &piece, error);
        if (fill == WINDOW_FAILED) {
            error_prefix(error, "Line %" PRId64 ", column %" PRId64, reader->input.line,
                         reader->input.column);
            return STATEMENT_FAILED;
        }
        if (fill == WINDOW_END) {
            if (input_end(reader, error) == STATEMENT_FAILED)
                return STATEMENT_FAILED;
        } else if (first_is_wrong(reader, &piece, error)) {
            return STATEMENT_FAILED;
        } else {
            piece_take(reader, &piece);
        }
    }
    *record = reader->queue[reader->queue_next++];
    return STATEMENT_MORE;
}

const struct statement_format statement_format_bai2 = {
    .name = "bai2",
    .clears = true, /* records are copied whole from the queue */
    .open = bai2_open,
    .read = bai2_read,
    .close = bai2_close,
};
