/* The reader of OFX: statements of bank accounts, cards and investment accounts, and their cash
 * entries (STMTTRN). Aggregates that matter are kept on a stack; a value belongs to the one on top.
 * Unclosed aggregates end with the one around them. */
#include "ofx.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "format.h"
#include "tally.h"

enum {
    DEPTH_MAX = 24,
    QUEUE_MAX = 8,              /* records one tag can give, and some */
    VALUE_MAX = 256,            /* bytes kept of a statement's values */
    ENTRY_LIMIT = 2 << 20       /* bytes of one entry's values */
};

enum place {
    PLACE_NONE,
    PLACE_FILE,
    PLACE_ANSWER,    /* STMTTRNRS: the answer a statement comes in */
    PLACE_STATEMENT,
    PLACE_ACCOUNT,
    PLACE_LIST,
    PLACE_ENTRY,
    PLACE_PAYEE,     /* inside an entry: the other side */
    PLACE_OTHER,     /* inside an entry: its account */
    PLACE_CURRENCY,  /* inside an entry: of its amount */
    PLACE_ORIGINAL,  /* inside an entry: before the bank changed it */
    PLACE_LEDGER,
    PLACE_AVAILABLE,
    PLACE_STATUS,
    PLACE_INVESTMENT /* a transaction in securities */
};

static const struct {
    const char *name;
    enum place place;
} aggregates[] = {
    {"OFX", PLACE_FILE},
    {"STMTTRNRS", PLACE_ANSWER},     {"CCSTMTTRNRS", PLACE_ANSWER}, {"INVSTMTTRNRS", PLACE_ANSWER},
    {"STMTRS", PLACE_STATEMENT},     {"CCSTMTRS", PLACE_STATEMENT}, {"INVSTMTRS", PLACE_STATEMENT},
    {"BANKACCTFROM", PLACE_ACCOUNT}, {"CCACCTFROM", PLACE_ACCOUNT}, {"INVACCTFROM", PLACE_ACCOUNT},
    {"BANKTRANLIST", PLACE_LIST},    {"INVTRANLIST", PLACE_LIST},   {"STMTTRN", PLACE_ENTRY},
    {"PAYEE", PLACE_PAYEE},          {"BANKACCTTO", PLACE_OTHER},   {"CCACCTTO", PLACE_OTHER},
    {"CURRENCY", PLACE_CURRENCY},    {"ORIGCURRENCY", PLACE_ORIGINAL},
    {"LEDGERBAL", PLACE_LEDGER},     {"AVAILBAL", PLACE_AVAILABLE}, {"STATUS", PLACE_STATUS},
    {"INVTRAN", PLACE_INVESTMENT},
};
enum { AGGREGATES = sizeof(aggregates) / sizeof(aggregates[0]) };

/* An entry's values, as places in `kept`: it may move while it grows. */
struct value {
    size_t offset, length;
};

enum entry_value {
    ENTRY_TYPE, ENTRY_POSTED, ENTRY_AVAILABLE, ENTRY_AMOUNT, ENTRY_ID, ENTRY_CHECK, ENTRY_NAME,
    ENTRY_MEMO, ENTRY_REFERENCE, ENTRY_ACCOUNT, ENTRY_CURRENCY, ENTRY_EXTRA, ENTRY_VALUES
};

static const struct {
    const char *name;
    enum entry_value value;
} entry_names[] = {
    {"TRNTYPE", ENTRY_TYPE}, {"DTPOSTED", ENTRY_POSTED},   {"DTAVAIL", ENTRY_AVAILABLE},
    {"TRNAMT", ENTRY_AMOUNT}, {"FITID", ENTRY_ID},         {"CHECKNUM", ENTRY_CHECK},
    {"NAME", ENTRY_NAME},    {"MEMO", ENTRY_MEMO},         {"REFNUM", ENTRY_REFERENCE},
};
enum { ENTRY_NAMES = sizeof(entry_names) / sizeof(entry_names[0]) };

struct ofx {
    struct ofx_scan scan;
    struct ofx_token token;
    char leaf[OFX_NAME_MAX + 1]; /* the tag a CDATA section is the value of */
    bool any, closed, ended;     /* <OFX> and </OFX> were seen; the input is at its end */
    bool again;                  /* the token must be taken again */
    enum place stack[DEPTH_MAX];
    int depth;
    struct statement_header header;
    bool open, begun;
    char account[VALUE_MAX], currency[8], reference[VALUE_MAX];
    struct tally tally;
    int64_t investments;
    struct buffer kept;  /* of the entry; the next one clears it */
    struct buffer small; /* one value decoded */
    struct value values[ENTRY_VALUES];
    int64_t entry_line, entry_column;
    struct statement_balance balance; /* being read */
    char status_code[16], status_severity[16], status_message[200];
    struct statement_record *queue; /* QUEUE_MAX */
    int queue_next, queue_count;
};

/* --- records that wait */

static struct statement_record *queue_add(struct ofx *reader, enum statement_record_kind kind)
{
    assert(reader->queue_count < QUEUE_MAX);
    struct statement_record *record = &reader->queue[reader->queue_count++];
    *record = (struct statement_record){.kind = kind};
    return record;
}

static void fault_add(struct ofx *reader, bool note, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void fault_add(struct ofx *reader, bool note, const char *format, ...)
{
    struct statement_fault *fault = &queue_add(reader, STATEMENT_FAULT)->fault;
    va_list args;

    fault->note = note;
    fault->line = reader->token.line;
    fault->column = reader->token.column;
    va_start(args, format);
    vsnprintf(fault->reason, sizeof(fault->reason), format, args);
    va_end(args);
    tally_fault(&reader->tally, fault);
}

/* The decoded value, until the next one is. */
static struct span decoded(struct ofx *reader, struct span text)
{
    buffer_clear(&reader->small);
    ofx_scan_decode(&reader->scan, text, &reader->small);
    return (struct span){buffer_text(&reader->small), reader->small.length};
}

static struct span copy_value(char *out, size_t size, struct span value)
{
    size_t length = value.length < size - 1 ? value.length : size - 1;

    if (length > 0)
        memcpy(out, value.data, length);
    out[length] = '\0';
    return (struct span){out, length};
}

/* --- values */

/* YYYYMMDD and whatever follows; DATE_NONE where it is no date. */
static date_day ofx_date(struct span text)
{
    int64_t number;
    date_day day;

    if (text.length < 8 || !text_to_int64((struct span){text.data, 8}, &number) || number < 0)
        return DATE_NONE;
    return date_from_civil((int)(number / 10000), (int)(number / 100 % 100), (int)(number % 100),
                           &day) ? day : DATE_NONE;
}

/* A point or a comma stands before the decimals. */
static bool ofx_amount(struct span text, struct decimal *out)
{
    bool comma = text.length > 0 && memchr(text.data, ',', text.length) != NULL;

    return decimal_parse(text, comma ? ',' : '.', 0, out);
}

/* --- statements */

static void statement_open(struct ofx *reader)
{
    int number = reader->header.number + 1;

    reader->header = (struct statement_header){
        .number = number, .balances_open = true, .from = DATE_NONE, .to = DATE_NONE,
        .as_of = DATE_NONE, .balanced = -1, .opening = {.date = DATE_NONE, .count = -1},
        .closing = {.date = DATE_NONE, .count = -1}, .expected = {.date = DATE_NONE, .count = -1},
        .reference = span_of(reader->reference)};
    tally_clear(&reader->tally);
    reader->investments = 0;
    reader->open = true;
    reader->begun = false;
}

static void statement_begin(struct ofx *reader)
{
    if (!reader->open || reader->begun)
        return;
    reader->begun = true;
    queue_add(reader, STATEMENT_BEGIN)->header = reader->header;
}

static void statement_close(struct ofx *reader)
{
    if (!reader->open)
        return;
    statement_begin(reader);
    if (reader->investments > 0)
        fault_add(reader, true, "Transactions in securities are no entries of a cash account; left "
                  "out: %" PRId64 ".", reader->investments);
    tally_finish(&reader->tally, &reader->header);
    queue_add(reader, STATEMENT_END)->header = reader->header;
    reader->open = false;
}

static void balance_close(struct ofx *reader, bool ledger)
{
    if (!reader->open)
        return;
    statement_begin(reader);
    reader->balance.count = -1;
    if (!reader->balance.known) {
        fault_add(reader, true, "The %s has no amount that can be read.",
                  ledger ? "ledger balance" : "available balance");
    } else if (ledger) {
        reader->balance.type = SPAN("LEDGERBAL");
        reader->header.closing = reader->balance;
        reader->header.as_of = reader->balance.date;
    } else {
        reader->balance.type = SPAN("AVAILBAL");
        queue_add(reader, STATEMENT_BALANCE)->balance = reader->balance;
    }
}

static void status_close(struct ofx *reader)
{
    if (strcmp(reader->status_severity, "ERROR") == 0)
        fault_add(reader, true, "The bank answered with error %s: %s", reader->status_code,
                  reader->status_message);
}

/* --- entries */

static void entry_open(struct ofx *reader)
{
    statement_begin(reader);
    buffer_clear(&reader->kept);
    memset(reader->values, 0, sizeof(reader->values));
    reader->entry_line = reader->token.line;
    reader->entry_column = reader->token.column;
}

static struct span entry_value(const struct ofx *reader, enum entry_value which)
{
    return (struct span){buffer_text(&reader->kept) + reader->values[which].offset,
                         reader->values[which].length};
}

static void entry_keep(struct ofx *reader, enum entry_value which, struct span text)
{
    size_t offset = reader->kept.length;

    ofx_scan_decode(&reader->scan, text, &reader->kept);
    reader->values[which] = (struct value){offset, reader->kept.length - offset};
}

/* What has no place of its own is kept as NAME=value, one a line. */
static void entry_keep_extra(struct ofx *reader, const char *name, struct span text)
{
    struct span before = entry_value(reader, ENTRY_EXTRA);
    size_t offset = reader->kept.length;

    if (buffer_reserve(&reader->kept, before.length + 1)) /* so that `before` does not move */
        before = entry_value(reader, ENTRY_EXTRA);
    buffer_append(&reader->kept, before.data, before.length);
    if (before.length > 0)
        buffer_append_char(&reader->kept, '\n');
    buffer_append_string(&reader->kept, name);
    buffer_append_char(&reader->kept, '=');
    ofx_scan_decode(&reader->scan, text, &reader->kept);
    reader->values[ENTRY_EXTRA] = (struct value){offset, reader->kept.length - offset};
}

static void entry_leaf(struct ofx *reader, const char *name, struct span text)
{
    for (int i = 0; i < ENTRY_NAMES; i++) {
        if (strcmp(entry_names[i].name, name) == 0) {
            entry_keep(reader, entry_names[i].value, text);
            return;
        }
    }
    entry_keep_extra(reader, name, text);
}

static void entry_dates(struct ofx *reader, struct statement_entry *entry)
{
    struct span posted = entry_value(reader, ENTRY_POSTED);
    struct span available = entry_value(reader, ENTRY_AVAILABLE);

    entry->time = posted;
    entry->booking_date = ofx_date(posted);
    entry->value_date = available.length > 0 ? ofx_date(available) : entry->booking_date;
    if (posted.length > 0 && entry->booking_date == DATE_NONE)
        fault_add(reader, true, "Entry %" PRId64 " has the date '%.*s', which does not exist.",
                  entry->number, (int)(posted.length < 40 ? posted.length : 40), posted.data);
}

static void entry_fill(struct ofx *reader, struct statement_entry *entry)
{
    entry->number = reader->tally.entries + 1;
    entry->line = reader->entry_line;
    entry->amount_text = entry_value(reader, ENTRY_AMOUNT);
    entry->mark = entry->amount.mantissa < 0 ? SPAN("D") : SPAN("C");
    entry->currency = reader->values[ENTRY_CURRENCY].length > 0
        ? entry_value(reader, ENTRY_CURRENCY) : reader->header.currency;
    entry->type = entry_value(reader, ENTRY_TYPE);
    entry->customer_ref = entry_value(reader, ENTRY_CHECK);
    entry->bank_ref = entry_value(reader, ENTRY_ID);
    entry->entry_ref = entry_value(reader, ENTRY_REFERENCE);
    entry->party_name = entry_value(reader, ENTRY_NAME);
    entry->party_account = entry_value(reader, ENTRY_ACCOUNT);
    entry->text = entry_value(reader, ENTRY_MEMO);
    entry->extra = entry_value(reader, ENTRY_EXTRA);
    entry_dates(reader, entry);
}

static void entry_close(struct ofx *reader)
{
    struct span amount = entry_value(reader, ENTRY_AMOUNT);
    struct statement_entry entry = {.number = 0};

    if (reader->kept.overflow || !reader->open || !ofx_amount(amount, &entry.amount)) {
        fault_add(reader, false, "The entry cannot be read: %s '%.*s'.",
                  !reader->open ? "it stands outside any statement, amount"
                  : reader->kept.overflow ? "it is too long, amount" : "there is no amount in",
                  (int)(amount.length < 40 ? amount.length : 40), amount.data);
        reader->queue[reader->queue_count - 1].fault.line = reader->entry_line;
        reader->queue[reader->queue_count - 1].fault.column = reader->entry_column;
        return;
    }
    entry_fill(reader, &entry);
    reader->tally.overflow |= !span_equal(entry.currency, reader->header.currency);
    tally_entry(&reader->tally, &entry);
    queue_add(reader, STATEMENT_ENTRY)->entry = entry;
}

/* --- the stack of aggregates */

static enum place place_of(const char *name)
{
    for (int i = 0; i < AGGREGATES; i++)
        if (strcmp(aggregates[i].name, name) == 0)
            return aggregates[i].place;
    return PLACE_NONE;
}

static enum place place_now(const struct ofx *reader)
{
    return reader->depth > 0 ? reader->stack[reader->depth - 1] : PLACE_NONE;
}

static bool place_around(const struct ofx *reader, enum place place)
{
    for (int i = 0; i < reader->depth; i++)
        if (reader->stack[i] == place)
            return true;
    return false;
}

static void place_leave(struct ofx *reader)
{
    switch (reader->stack[--reader->depth]) {
    case PLACE_ENTRY: entry_close(reader); break;
    case PLACE_LEDGER: balance_close(reader, true); break;
    case PLACE_AVAILABLE: balance_close(reader, false); break;
    case PLACE_STATEMENT: statement_close(reader); break;
    case PLACE_STATUS: status_close(reader); break;
    default: break;
    }
}

static void place_enter(struct ofx *reader, enum place place)
{
    switch (place) {
    case PLACE_FILE: reader->any = true; break;
    case PLACE_ANSWER: reader->reference[0] = '\0'; break;
    case PLACE_STATEMENT: statement_open(reader); break;
    case PLACE_ENTRY: entry_open(reader); break;
    case PLACE_LEDGER:
    case PLACE_AVAILABLE:
        reader->balance = (struct statement_balance){.date = DATE_NONE};
        break;
    case PLACE_STATUS:
        reader->status_code[0] = reader->status_severity[0] = reader->status_message[0] = '\0';
        break;
    case PLACE_INVESTMENT: reader->investments++; break;
    default: break;
    }
    reader->stack[reader->depth++] = place;
}

/* Leaves one aggregate, the innermost first, until `place` was left. True while there is more to
 * leave: the records it gave come first. */
static bool close_step(struct ofx *reader, enum place place)
{
    if (!place_around(reader, place))
        return false;
    bool last = place_now(reader) == place;
    place_leave(reader);
    return !last;
}

/* --- values of aggregates */

static void balance_leaf(struct ofx *reader, const char *name, struct span value)
{
    if (strcmp(name, "BALAMT") == 0)
        reader->balance.known = ofx_amount(value, &reader->balance.amount);
    else if (strcmp(name, "DTASOF") == 0)
        reader->balance.date = ofx_date(value);
}

static void statement_leaf(struct ofx *reader, const char *name, struct span value)
{
    struct statement_header *header = &reader->header;

    if (strcmp(name, "CURDEF") == 0)
        header->currency = copy_value(reader->currency, sizeof(reader->currency), value);
    else if (strcmp(name, "ACCTID") == 0)
        header->account = copy_value(reader->account, sizeof(reader->account), value);
    else if (strcmp(name, "DTSTART") == 0)
        header->from = ofx_date(value);
    else if (strcmp(name, "DTEND") == 0)
        header->to = ofx_date(value);
}

static void status_leaf(struct ofx *reader, const char *name, struct span value)
{
    if (strcmp(name, "CODE") == 0)
        copy_value(reader->status_code, sizeof(reader->status_code), value);
    else if (strcmp(name, "SEVERITY") == 0)
        copy_value(reader->status_severity, sizeof(reader->status_severity), value);
    else if (strcmp(name, "MESSAGE") == 0)
        copy_value(reader->status_message, sizeof(reader->status_message), value);
}

static void take_leaf(struct ofx *reader, const char *name, struct span text)
{
    bool entry = place_around(reader, PLACE_ENTRY);

    switch (place_now(reader)) {
    case PLACE_ENTRY: entry_leaf(reader, name, text); break;
    case PLACE_PAYEE:
        if (entry && strcmp(name, "NAME") == 0)
            entry_keep(reader, ENTRY_NAME, text);
        else if (entry)
            entry_keep_extra(reader, name, text);
        break;
    case PLACE_OTHER:
        if (entry && strcmp(name, "ACCTID") == 0)
            entry_keep(reader, ENTRY_ACCOUNT, text);
        else if (entry)
            entry_keep_extra(reader, name, text);
        break;
    case PLACE_CURRENCY:
    case PLACE_ORIGINAL:
        if (entry && place_now(reader) == PLACE_CURRENCY && strcmp(name, "CURSYM") == 0)
            entry_keep(reader, ENTRY_CURRENCY, text);
        else if (entry)
            entry_keep_extra(reader, name, text);
        break;
    case PLACE_LEDGER:
    case PLACE_AVAILABLE: balance_leaf(reader, name, decoded(reader, text)); break;
    case PLACE_STATUS: status_leaf(reader, name, decoded(reader, text)); break;
    case PLACE_ANSWER:
        if (strcmp(name, "TRNUID") == 0)
            copy_value(reader->reference, sizeof(reader->reference), decoded(reader, text));
        break;
    case PLACE_ACCOUNT:
    case PLACE_LIST:
    case PLACE_STATEMENT:
        if (reader->open)
            statement_leaf(reader, name, decoded(reader, text));
        break;
    default: break;
    }
}

/* --- tokens */

static void take_open(struct ofx *reader, const struct ofx_token *token)
{
    enum place place = place_of(token->name);

    memcpy(reader->leaf, token->name, sizeof(reader->leaf));
    if (place != PLACE_NONE && reader->depth < DEPTH_MAX)
        place_enter(reader, place);
    else if (token->text.length > 0)
        take_leaf(reader, token->name, token->text);
}

/* True while the same token must be taken again. */
static bool take_token(struct ofx *reader)
{
    const struct ofx_token *token = &reader->token;
    enum place place = place_of(token->name);

    if (token->name[0] == '\0') {
        if (token->text.length > 0 && reader->leaf[0] != '\0')
            take_leaf(reader, reader->leaf, token->text);
        return false;
    }
    if (!token->closes) {
        /* One inside its like is not possible: the one before was not closed. */
        bool again = (place == PLACE_ENTRY || place == PLACE_STATEMENT) &&
                     place_around(reader, place);
        if (again) {
            close_step(reader, place);
            return true;
        }
        take_open(reader, token);
        return false;
    }
    reader->leaf[0] = '\0';
    reader->closed |= place == PLACE_FILE;
    return place != PLACE_NONE && close_step(reader, place);
}

/* --- the reader */

static void *ofx_open(const char *profile, struct statement_source source, struct error *error)
{
    struct ofx *reader = memory_new(sizeof(*reader));

    (void)profile;
    (void)error;
    window_init(&reader->scan.window, source, OFX_TOKEN_LIMIT);
    reader->scan.line = reader->scan.column = 1;
    buffer_init(&reader->kept, ENTRY_LIMIT);
    buffer_init(&reader->small, 4 * OFX_TOKEN_LIMIT);
    reader->queue = memory_new(QUEUE_MAX * sizeof(*reader->queue));
    return reader;
}

static void ofx_close(void *state)
{
    struct ofx *reader = state;

    window_free(&reader->scan.window);
    buffer_free(&reader->kept);
    buffer_free(&reader->small);
    free(reader->queue);
    free(reader);
}

/* The end of the input: what is still open is left step by step. */
static enum statement_step input_end(struct ofx *reader, struct error *error)
{
    if (!reader->any) {
        error_set(error, ERROR_INPUT, "Line 1, column 1: there is no <OFX> in the file.");
        return STATEMENT_FAILED;
    }
    if (reader->depth > 0) {
        place_leave(reader);
        return STATEMENT_MORE;
    }
    if (reader->closed)
        return STATEMENT_DONE;
    reader->closed = true;
    fault_add(reader, false, "The file ends before </OFX>.");
    return STATEMENT_MORE;
}

static enum statement_step ofx_read(void *state, struct statement_record *record,
                                    struct error *error)
{
    struct ofx *reader = state;

    while (reader->queue_next == reader->queue_count) {
        reader->queue_next = reader->queue_count = 0;
        if (!reader->again && !reader->ended) {
            enum window_fill fill = ofx_scan_next(&reader->scan, &reader->token, error);
            if (fill == WINDOW_FAILED) {
                error_prefix(error, "Line %" PRId64 ", column %" PRId64, reader->scan.line,
                             reader->scan.column);
                return STATEMENT_FAILED;
            }
            reader->ended = fill == WINDOW_END;
        }
        if (reader->ended) {
            enum statement_step step = input_end(reader, error);
            if (step != STATEMENT_MORE)
                return step;
        } else {
            reader->again = take_token(reader);
        }
    }
    *record = reader->queue[reader->queue_next++];
    return STATEMENT_MORE;
}

const struct statement_format statement_format_ofx = {
    .name = "ofx",
    .clears = true, /* records are copied whole from the queue */
    .open = ofx_open,
    .read = ofx_read,
    .close = ofx_close,
};
