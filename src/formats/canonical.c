/* The canonical rows of every format, one function a kind of row. */
#include "daybook/formats/canonical.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"

enum {
    STATEMENT_ROWS_MAX = 1 << 30 /* bytes of the rows of one statement */
};

typedef void row_writer(struct buffer *out, const struct statement_record *record, int number);

/* What one format prints. NULL: nothing for that kind of record. */
struct canonical_form {
    const char *name;
    const char *heading;  /* first row, or NULL */
    row_writer *statement; /* S, at END */
    row_writer *balance;   /* B */
    row_writer *entry;     /* E */
};

struct canonical {
    const struct canonical_form *form;
    struct buffer rows; /* of the statement that is open */
    bool started;       /* the heading was printed */
    int number;         /* of the statement */
    int64_t entries;    /* in the whole file */
};

/* --- values */

static size_t control_length(const char *at, size_t length)
{
    unsigned char first = (unsigned char)at[0];

    if (first < ' ' || first == 0x7F)
        return 1;
    bool pair = first == 0xC2 && length > 1 && (unsigned char)at[1] >= 0x80 &&
                (unsigned char)at[1] <= 0x9F;
    return pair ? 2 : 0;
}

/* A line break is only kept where what follows it cannot be taken for a row. */
static bool break_stays(const char *at, size_t length)
{
    return length < 2 || at[1] == '\0' || !strchr("SEBX", at[1]) ||
           (length > 2 && (unsigned char)at[2] > ' ');
}

static void add_text(struct buffer *out, struct span value, bool lines)
{
    for (size_t i = 0; i < value.length;) {
        size_t control = control_length(value.data + i, value.length - i);
        bool stays = lines && value.data[i] == '\n' &&
                     break_stays(value.data + i, value.length - i);
        if (control == 0 || stays)
            buffer_append_char(out, value.data[i]);
        else
            buffer_append_char(out, ' ');
        i += control > 1 ? control : 1;
    }
}

/* Every value stands behind a tab: the row starts with its letter. */
static void add(struct buffer *out, struct span value)
{
    buffer_append_char(out, '\t');
    add_text(out, value, false);
}

static void add_number(struct buffer *out, int64_t number)
{
    buffer_printf(out, "\t%" PRId64, number);
}

static void add_date(struct buffer *out, date_day day)
{
    char text[DATE_TEXT];

    add(out, span_of(date_text(day, text)));
}

static void add_amount(struct buffer *out, struct decimal amount)
{
    char text[MONEY_TEXT];

    add(out, span_of(decimal_text(amount, text)));
}

static void add_balance(struct buffer *out, const struct statement_balance *balance)
{
    if (!balance->known) {
        buffer_append_string(out, "\t\t");
        return;
    }
    add_date(out, balance->date);
    add_amount(out, balance->amount);
}

static void row_start(struct buffer *out, char letter, int number)
{
    buffer_append_char(out, letter);
    add_number(out, number);
}

/* --- mt940 and camt */

static void statement_row(struct buffer *out, const struct statement_header *header, int number,
                          struct span currency)
{
    row_start(out, 'S', number);
    buffer_append_char(out, '\t');
    add_text(out, header->account, true);
    add(out, currency);
    add_balance(out, &header->opening);
    add_balance(out, &header->closing);
    add_number(out, header->entries);
    buffer_append_char(out, '\n');
}

/* The currency stands for that of the balances: an MT942 has none. */
static void mt940_statement(struct buffer *out, const struct statement_record *record, int number)
{
    const struct statement_header *header = &record->header;
    bool balances = header->opening.known || header->closing.known;

    statement_row(out, header, number, balances ? header->currency : (struct span){NULL, 0});
}

static void mt940_entry(struct buffer *out, const struct statement_record *record, int number)
{
    const struct statement_entry *entry = &record->entry;

    row_start(out, 'E', number);
    add_date(out, entry->value_date);
    add_date(out, entry->booking_date);
    add_amount(out, entry->amount);
    add(out, entry->mark);
    add(out, entry->type);
    add(out, entry->customer_ref);
    add(out, entry->bank_ref);
    buffer_append_char(out, '\n');
}

static void camt_statement(struct buffer *out, const struct statement_record *record, int number)
{
    statement_row(out, &record->header, number, record->header.currency);
}

static void camt_entry(struct buffer *out, const struct statement_record *record, int number)
{
    const struct statement_entry *entry = &record->entry;

    row_start(out, 'E', number);
    add_date(out, entry->value_date);
    add_date(out, entry->booking_date);
    add_amount(out, entry->amount);
    add(out, entry->currency);
    add(out, entry->status_text);
    add(out, entry->bank_ref);
    add(out, entry->entry_ref);
    add_number(out, entry->transactions);
    add(out, entry->end_to_end);
    add(out, entry->reversal_text);
    buffer_append_char(out, '\n');
}

/* --- bai2 */

static void bai2_statement(struct buffer *out, const struct statement_record *record, int number)
{
    const struct statement_header *header = &record->header;

    row_start(out, 'S', number);
    add(out, header->account);
    add(out, header->currency);
    add_date(out, header->as_of);
    add_number(out, header->entries);
    buffer_append_char(out, '\n');
}

static void bai2_balance(struct buffer *out, const struct statement_record *record, int number)
{
    row_start(out, 'B', number);
    add(out, record->balance.type);
    add_number(out, record->balance.amount.mantissa);
    buffer_append_char(out, '\n');
}

/* The file gives amounts without a sign: the mark, made from the type code, has it. */
static void bai2_entry(struct buffer *out, const struct statement_record *record, int number)
{
    const struct statement_entry *entry = &record->entry;
    int64_t amount = entry->amount.mantissa;

    row_start(out, 'E', number);
    add(out, entry->type);
    add_number(out, span_is(entry->mark, "D") ? -amount : amount);
    add(out, entry->bank_ref);
    add(out, entry->customer_ref);
    add(out, entry->text);
    buffer_append_char(out, '\n');
}

/* --- ofx: entries are numbered through the file */

static void ofx_entry(struct buffer *out, const struct statement_record *record, int number)
{
    const struct statement_entry *entry = &record->entry;
    struct span posted = entry->time;

    if (posted.length > 8)
        posted.length = 8;
    row_start(out, 'E', number);
    add(out, entry->type);
    add(out, posted);
    add(out, entry->amount_text);
    add(out, entry->bank_ref);
    add(out, entry->customer_ref);
    add(out, entry->party_name);
    buffer_append_char(out, '\n');
}

/* --- csv */

static void csv_entry(struct buffer *out, const struct statement_record *record, int number)
{
    const struct statement_entry *entry = &record->entry;
    struct decimal amount = entry->amount;
    char text[MONEY_TEXT], day[DATE_TEXT];

    (void)number;
    if (amount.mantissa < 0)
        amount.mantissa = -amount.mantissa;
    add_text(out, span_of(date_text(entry->value_date, day)), false);
    add(out, entry->party_name);
    add(out, entry->text);
    add(out, span_of(decimal_text(amount, text)));
    add(out, entry->currency);
    add(out, entry->customer_ref);
    add(out, entry->time);
    buffer_append_char(out, '\n');
}

static const struct canonical_form forms[] = {
    {.name = "mt940", .statement = mt940_statement, .entry = mt940_entry},
    {.name = "camt", .statement = camt_statement, .entry = camt_entry},
    {.name = "bai2", .statement = bai2_statement, .balance = bai2_balance, .entry = bai2_entry},
    {.name = "ofx", .entry = ofx_entry},
    {.name = "csv", .entry = csv_entry,
     .heading = "date\tpayee\tnarration\tabs_amount\tccy\torderId\tpayTime\n"},
};
enum { FORM_COUNT = sizeof(forms) / sizeof(forms[0]) };

struct canonical *canonical_new(const char *format)
{
    struct canonical *canonical = memory_new(sizeof(*canonical));
    size_t length = strcspn(format, ":");

    for (size_t i = 0; i < FORM_COUNT; i++)
        if (strlen(forms[i].name) == length && memcmp(forms[i].name, format, length) == 0)
            canonical->form = &forms[i];
    assert(canonical->form);
    buffer_init(&canonical->rows, STATEMENT_ROWS_MAX);
    return canonical;
}

void canonical_free(struct canonical *canonical)
{
    if (!canonical)
        return;
    buffer_free(&canonical->rows);
    free(canonical);
}

static void fault_row(struct buffer *out, const struct statement_fault *fault, int number)
{
    if (fault->note)
        return;
    row_start(out, 'X', number);
    add_number(out, fault->line);
    add_number(out, fault->column);
    add(out, span_of(fault->reason));
    buffer_append_char(out, '\n');
}

static void flush_rows(struct canonical *canonical, struct buffer *out)
{
    if (canonical->rows.length > 0)
        buffer_append(out, canonical->rows.data, canonical->rows.length);
    out->overflow |= canonical->rows.overflow;
    buffer_clear(&canonical->rows);
}

bool canonical_add(struct canonical *canonical, const struct statement_record *record,
                   struct buffer *out)
{
    const struct canonical_form *form = canonical->form;
    struct buffer *rows = form->statement ? &canonical->rows : out;

    if (form->heading && !canonical->started)
        buffer_append_string(out, form->heading);
    canonical->started = true;
    switch (record->kind) {
    case STATEMENT_BEGIN:
        flush_rows(canonical, out);
        canonical->number++;
        break;
    case STATEMENT_BALANCE:
        if (form->balance)
            form->balance(rows, record, canonical->number);
        break;
    case STATEMENT_ENTRY:
        canonical->entries++;
        form->entry(rows, record, form->statement ? canonical->number : (int)canonical->entries);
        break;
    case STATEMENT_FAULT:
        fault_row(rows, &record->fault, canonical->number);
        break;
    case STATEMENT_END:
        if (form->statement)
            form->statement(out, record, canonical->number);
        flush_rows(canonical, out);
        break;
    }
    return !out->overflow && !canonical->rows.overflow;
}
