/* The request document: reading it line by line, and nothing that is not exactly one. */
#include "daybook/domain/document.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "document_row.h"
#include "lines.h"

enum { ENVIRONMENT_MAX = 32 };

static const char *const kinds[] = {
    "SUSPEND",         "BOOK_LATE",       "CORRECT_STATUS",  "CREDIT_BACK",    "REPAY",
    "LINK_RETURN",     "WRITE_OFF_LOSS",  "WRITE_OFF_GAIN",  "RECALL",         "ACCEPT_FEE",
    "CLAIM_FEE",       "REVERSE",         "DAY_CLOSE",       "EVIDENCE_CLOSE", "TIER_CHANGE",
    "OPERATOR_ENROL",  "OPERATOR_CHANGE", "OPERATOR_REVOKE", "OPERATOR_KEYS",
};

bool document_kind_is_known(struct span kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (span_is(kind, kinds[i]))
            return true;
    return false;
}

bool document_request_is_good(struct span request)
{
    static const char form[] = "R00000000";
    char day[] = "0000-00-00";
    date_day date;
    if (request.length < sizeof form - 1 + 5 || request.length > sizeof form - 1 + 9 ||
        request.data[0] != 'R')
        return false;
    for (size_t i = 1; i < request.length; i++)
        if (request.data[i] < '0' || request.data[i] > '9')
            return false;
    memcpy(day, request.data + 1, 4);
    memcpy(day + 5, request.data + 5, 2);
    memcpy(day + 8, request.data + 7, 2);
    return date_parse(span_of(day), &date);
}

/* Whether the request sets who may sign what: the policy reads its changes (domain/policy.h). */
static bool sets_policy(struct span kind)
{
    static const char operator_kind[] = "OPERATOR_";
    return span_is(kind, "TIER_CHANGE") ||
           (kind.length > sizeof operator_kind - 1 &&
            memcmp(kind.data, operator_kind, sizeof operator_kind - 1) == 0);
}

/* --- the head */

static bool take_code(struct lines *lines, const char *word, bool may_be_none, struct span *value)
{
    if (!lines_take(lines, word, value))
        return false;
    if (may_be_none && span_is(*value, "-"))
        return true;
    return value_is_code(*value) || lines_fault(lines, "capitals, digits and _ only", *value);
}

static bool take_name(struct lines *lines, const char *word, size_t room, struct span *value)
{
    if (!lines_take(lines, word, value))
        return false;
    return value_is_name(*value, room) || lines_fault(lines, "this is no name", *value);
}

static bool take_identity(struct lines *lines, struct document_head *head)
{
    struct span format;
    if (!lines_take(lines, "format", &format))
        return false;
    if (!span_is(format, "daybook-request-1"))
        return lines_fault(lines, "this is no format of a request", format);
    if (!take_code(lines, "environment", false, &head->environment))
        return false;
    if (head->environment.length > ENVIRONMENT_MAX)
        return lines_fault(lines, "too long", head->environment);
    if (!lines_take(lines, "request", &head->request))
        return false;
    if (!document_request_is_good(head->request))
        return lines_fault(lines, "this is no number of a request", head->request);
    if (!lines_take_int(lines, "version", 1, INT32_MAX, &head->version) ||
        !take_code(lines, "kind", false, &head->kind))
        return false;
    return document_kind_is_known(head->kind) ||
           lines_fault(lines, "this kind is not known", head->kind);
}

static bool take_money(struct lines *lines, struct document_head *head)
{
    int64_t tier;
    if (!lines_take(lines, "channel", &head->channel))
        return false;
    if (!value_is_plain(head->channel))
        return lines_fault(lines, "this is no channel", head->channel);
    if (!lines_take(lines, "currency", &head->currency))
        return false;
    if (!span_is(head->currency, "-") && !value_is_currency(head->currency))
        return lines_fault(lines, "this is no currency", head->currency);
    if (!lines_take_int(lines, "amount", 0, INT64_MAX, &head->amount))
        return false;
    if (head->amount > 0 && span_is(head->currency, "-"))
        return lines_fault(lines, "an amount without a currency", head->currency);
    if (!lines_take_int(lines, "tier", 0, DOCUMENT_CHECKERS_MAX, &tier))
        return false;
    head->tier = (int)tier;
    return true;
}

static bool take_times(struct lines *lines, struct document_head *head)
{
    if (!lines_take_time(lines, "made_at", &head->made_at) ||
        !lines_take_time(lines, "approve_by", &head->approve_by) ||
        !lines_take_time(lines, "execute_by", &head->execute_by))
        return false;
    return (head->made_at <= head->approve_by && head->approve_by <= head->execute_by) ||
           lines_fault(lines, "these times are not in their order", SPAN("made_at"));
}

static bool take_head(struct lines *lines, struct document_head *head)
{
    return take_identity(lines, head) && take_money(lines, head) &&
           take_name(lines, "maker", DOCUMENT_LOGIN_MAX, &head->maker) &&
           take_name(lines, "person", DOCUMENT_PERSON_MAX, &head->person) &&
           take_times(lines, head) && take_code(lines, "reason", true, &head->reason) &&
           lines_take_text(lines, "text", DOCUMENT_TEXT_MAX, &head->text);
}

/* --- the lists */

/* What must be remembered from row to row. */
struct reading {
    struct document *document;
    struct lines lines;
    struct span *next;  /* where the next row goes, in the one array with room for every line */
    int64_t sum;        /* of the items' amounts */
    int64_t journal;    /* of the posting before */
    int64_t journal_sum;
    size_t journal_rows;
};

/* Whether the row may stand there; else *fault is what is wrong with it. */
typedef bool (*row_check)(struct reading *reading, struct span row, const char **fault);

struct list {
    const char *counted, *row; /* "items 2", "item.1 ..." */
    size_t least, most;
    row_check check;
};

static bool take_list(struct reading *reading, const struct list *list, struct document_rows *rows)
{
    size_t count;
    if (!lines_take_count(&reading->lines, list->counted, list->most, &count))
        return false;
    if (count < list->least)
        return lines_fault(&reading->lines, "too few", span_of(list->counted));
    *rows = (struct document_rows){reading->next, 0};
    for (; rows->count < count; rows->count++) {
        const char *fault = "this row is wrong:";
        struct span row;
        if (!lines_take_row(&reading->lines, list->row, rows->count + 1, &row))
            return false;
        if (!list->check(reading, row, &fault))
            return lines_fault(&reading->lines, fault, row);
        *reading->next++ = row;
    }
    return true;
}

static bool check_excluded(struct reading *reading, struct span row, const char **fault)
{
    (void)reading;
    *fault = "this is no person:";
    return value_is_name(row, DOCUMENT_PERSON_MAX);
}

static bool check_item(struct reading *reading, struct span row, const char **fault)
{
    struct document_item item;
    if (!row_item(row, &item, fault))
        return false;
    *fault = "the items' amounts are too much:";
    return !__builtin_add_overflow(reading->sum, item.amount, &reading->sum);
}

static bool check_basis(struct reading *reading, struct span row, const char **fault)
{
    struct document_basis basis;
    (void)reading;
    return row_basis(row, &basis, fault);
}

static bool check_move(struct reading *reading, struct span row, const char **fault)
{
    struct document_move move;
    (void)reading;
    return row_move(row, &move, fault);
}

/* Rule B16: a journal has two postings at least, and they add up to zero. */
static bool journal_is_whole(const struct reading *reading)
{
    return reading->journal == 0 || (reading->journal_rows >= 2 && reading->journal_sum == 0);
}

static bool check_posting(struct reading *reading, struct span row, const char **fault)
{
    struct document_posting posting;
    if (!row_posting(row, &posting, fault))
        return false;
    *fault = "a posting in another currency than the request's:";
    if (!span_equal(posting.currency, reading->document->head.currency))
        return false;
    if (posting.journal != reading->journal) {
        *fault = "the journal before does not add up to zero:";
        if (!journal_is_whole(reading))
            return false;
        *fault = "journals are numbered from 1:";
        if (posting.journal != reading->journal + 1)
            return false;
        reading->journal = posting.journal;
        reading->journal_sum = 0;
        reading->journal_rows = 0;
    }
    reading->journal_rows++;
    *fault = "the journal's amounts are too much:";
    return !__builtin_add_overflow(reading->journal_sum, posting.amount, &reading->journal_sum);
}

static bool check_change(struct reading *reading, struct span row, const char **fault)
{
    (void)reading;
    return row_change(row, fault);
}

static bool check_balance(struct reading *reading, struct span row, const char **fault)
{
    struct document_balance balance;
    if (!row_balance(row, &balance, fault))
        return false;
    *fault = "a balance in another currency than the request's:";
    return span_equal(balance.currency, reading->document->head.currency);
}

enum { ROWS_MAX = DOCUMENT_BYTES_MAX / 4 }; /* no line is shorter */

static const struct list list_excluded = {"excluded", "excluded", 0, DOCUMENT_EXCLUDED_MAX,
                                          check_excluded};
static const struct list list_items = {"items", "item", 1, DOCUMENT_ITEMS_MAX, check_item};
static const struct list list_basis = {"basis", "basis", 0, ROWS_MAX, check_basis};
static const struct list list_moves = {"moves", "move", 0, ROWS_MAX, check_move};
static const struct list list_postings = {"postings", "posting", 0, ROWS_MAX, check_posting};
static const struct list list_changes = {"changes", "change", 0, ROWS_MAX, check_change};
static const struct list list_balances = {"balances", "balance", 0, ROWS_MAX, check_balance};

/* --- the whole */

static struct span part(const char *from, const struct reading *reading)
{
    return (struct span){from, (size_t)(reading->lines.at - from)};
}

static bool take_items(struct reading *reading)
{
    struct document *document = reading->document;
    if (!take_list(reading, &list_excluded, &document->head.excluded))
        return false;
    if (!rows_differ(&document->head.excluded))
        return lines_fault(&reading->lines, "a person twice among", SPAN("excluded"));
    const char *from = reading->lines.at;
    if (!take_list(reading, &list_items, &document->items))
        return false;
    document->items_part = part(from, reading);
    if (!rows_differ(&document->items))
        return lines_fault(&reading->lines, "an object twice among", SPAN("items"));
    return reading->sum == document->head.amount ||
           lines_fault(&reading->lines, "the amount is not the sum of the", SPAN("items"));
}

static bool take_effect(struct reading *reading)
{
    struct document *document = reading->document;
    const char *from = reading->lines.at;
    if (!take_list(reading, &list_basis, &document->basis) ||
        !take_list(reading, &list_moves, &document->moves) ||
        !take_list(reading, &list_postings, &document->postings))
        return false;
    if (!journal_is_whole(reading))
        return lines_fault(&reading->lines, "this does not add up to zero:", SPAN("journal"));
    if (!take_list(reading, &list_changes, &document->changes))
        return false;
    document->effect = part(from, reading);
    if (!sets_policy(document->head.kind))
        return true;
    return (document->changes.count > 0 && document->moves.count == 0 &&
            document->postings.count == 0 && document->head.amount == 0) ||
           lines_fault(&reading->lines, "it changes who may sign what, and nothing else:",
                       document->head.kind);
}

static bool take_document(struct reading *reading)
{
    struct document *document = reading->document;
    if (!take_head(&reading->lines, &document->head) || !take_items(reading) ||
        !take_effect(reading))
        return false;
    const char *from = reading->lines.at;
    if (!take_list(reading, &list_balances, &document->balances))
        return false;
    document->balances_part = part(from, reading);
    return lines_end(&reading->lines);
}

static size_t count_lines(struct span bytes)
{
    size_t count = 0;
    const char *end = bytes.data + bytes.length;
    for (const char *at = bytes.data; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++) {
        count++;
        if (at + 1 == end)
            break;
    }
    return count;
}

bool document_parse(struct document *document, struct span bytes, struct error *error)
{
    struct reading reading = {.document = document};
    *document = (struct document){.bytes = bytes};
    if (!lines_start(&reading.lines, "document", bytes, DOCUMENT_BYTES_MAX, error))
        return false;
    document->lines = memory_resize(NULL, count_lines(bytes), sizeof *document->lines);
    reading.next = document->lines;
    if (take_document(&reading))
        return true;
    document_free(document);
    return false;
}

void document_free(struct document *document)
{
    free(document->lines);
    *document = (struct document){0};
}
