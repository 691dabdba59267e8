#include "staging.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "daybook/base/language.h"
#include "daybook/store/copy.h"
#include "daybook/trust/sha256.h"

enum { LINE_COLUMNS = 18 };
const char staging_copy_lines[] =
    "copy desk.stage (import_id, entry_no, line_no, statement_no, value_date, booking_date, amount,"
    " currency, occurrence, identity, status, fee, ref, bank_ref, type, party_name,"
    " party_account, text)"
    " from stdin with (format binary)";
const char staging_copy_statements[] =
    "copy desk.stage_statement (import_id, number, account, currency, reference, sequence, interim,"
    " from_date, as_of, opening_date, opening, closing_date, closing, total, entries, faults,"
    " claimed_entries, claimed_total, balanced) from stdin";
const char staging_copy_faults[] =
    "copy desk.stage_fault (import_id, fault_no, line_no, column_no, reason, raw, note) from"
    " stdin";

/* Days outside are reading errors of somebody's: no partition is made for them. */
static const date_day DAY_MIN = 7305;  /* 1990-01-01 */
static const date_day DAY_MAX = 84005; /* 2199-12-31 */

void staging_init(struct staging *staging, int64_t import_id, staging_currency_fn *currency_of,
                  void *context)
{
    *staging = (struct staging){.import_id = import_id, .currency_of = currency_of,
                                .currency_context = context};
    staging->occurrence = occurrence_new();
    staging->sha256 = sha256_new();
    buffer_init(&staging->lines, STAGING_LINES_MAX);
    buffer_init(&staging->statements, STAGING_STATEMENTS_MAX);
    buffer_init(&staging->faults, STAGING_FAULTS_MAX);
    copy_binary_begin(&staging->lines);
}

void staging_end_lines(struct staging *staging)
{
    copy_binary_end(&staging->lines);
}

void staging_free(struct staging *staging)
{
    occurrence_free(staging->occurrence);
    sha256_free(staging->sha256);
    buffer_free(&staging->lines);
    buffer_free(&staging->statements);
    buffer_free(&staging->faults);
}

/* --- fields */

static void put_date(struct buffer *row, bool *first, date_day day)
{
    char text[DATE_TEXT];
    if (day == DATE_NONE || day < DAY_MIN || day > DAY_MAX)
        copy_null(row, first);
    else
        copy_text(row, first, span_of(date_text(day, text)));
}

/* Minor units where the decimal is exactly that, else NULL. */
static void put_money(struct buffer *row, bool *first, bool known, struct decimal amount,
                      int exponent)
{
    int64_t minor;
    if (known && decimal_to_minor(amount, exponent, &minor))
        copy_int(row, first, minor);
    else
        copy_null(row, first);
}

static void put_count(struct buffer *row, bool *first, int64_t count)
{
    if (count < 0)
        copy_null(row, first);
    else
        copy_int(row, first, count);
}

static bool put_fault(struct staging *staging, const struct statement_fault *fault)
{
    char safe_reason[300], safe_raw[1600];
    text_printable(safe_reason, sizeof safe_reason, span_of(fault->reason));
    text_printable(safe_raw, sizeof safe_raw, fault->raw);
    struct buffer *row = &staging->faults;
    bool first = true;
    copy_int(row, &first, staging->import_id);
    copy_int(row, &first, ++staging->fault_count);
    copy_int(row, &first, fault->line);
    copy_int(row, &first, fault->column);
    copy_text(row, &first, span_of(safe_reason));
    copy_text(row, &first, span_of(safe_raw));
    copy_text(row, &first, span_of(fault->note ? "t" : "f"));
    return copy_end_row(row, &first);
}

/* --- lines */

static struct currency currency_from(struct span text)
{
    struct currency currency = {""};
    if (!currency_parse(text, &currency))
        currency.code[0] = '\0';
    return currency;
}

/* What the desk looks a payment up by: the reference that went out with it. KREF+ and its like only
 * say that the reference stands in :86:. */
static struct span reference_of(const struct statement_entry *entry)
{
    static const char *const none[] = {"NONREF", "NOTPROVIDED", "NOT PROVIDED", "NONE",
                                       "KREF+", "EREF+", "EREF"};
    struct span candidates[] = {entry->end_to_end, entry->customer_ref, entry->entry_ref};
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        struct span candidate = span_trim(candidates[i]);
        bool usable = candidate.length > 0 &&
                      memchr(candidate.data, '|', candidate.length) == NULL;
        for (size_t n = 0; usable && n < sizeof none / sizeof none[0]; n++)
            usable = !span_is(candidate, none[n]);
        if (usable)
            return candidate;
    }
    return (struct span){NULL, 0};
}

static void hash_span(struct sha256 *sha256, struct span span)
{
    unsigned char length[4] = {(unsigned char)(span.length >> 24),
                               (unsigned char)(span.length >> 16),
                               (unsigned char)(span.length >> 8), (unsigned char)span.length};
    sha256_add(sha256, length, sizeof length);
    if (span.length > 0)
        sha256_add(sha256, span.data, span.length);
}

/* A line's identity apart from account, day and amount, which stand beside it: the bank's own
 * reference, or everything it says where it gives none (rule B5). */
static void identity_of(struct sha256 *sha256, const struct statement_entry *entry,
                        unsigned char out[SHA256_BYTES])
{
    sha256_restart(sha256);
    struct span bank_ref = span_trim(entry->bank_ref);
    hash_span(sha256, bank_ref);
    if (bank_ref.length == 0 || span_is(bank_ref, "NONREF")) {
        hash_span(sha256, entry->customer_ref);
        hash_span(sha256, entry->end_to_end);
        hash_span(sha256, entry->entry_ref);
        hash_span(sha256, entry->party_name);
        hash_span(sha256, entry->party_account);
        hash_span(sha256, entry->text);
        hash_span(sha256, entry->time);
    }
    sha256_finish(sha256, out);
}

/* Equal account, day, amount and identity within one statement number are counted together. The
 * digest is spread evenly already, so that odd factors are enough to mix day and amount in. */
static int occurrence_of(struct staging *staging, date_day day, int64_t minor,
                         const unsigned char digest[SHA256_BYTES])
{
    uint64_t key;
    memcpy(&key, digest, sizeof key);
    key += (uint64_t)minor * 0x9E3779B97F4A7C15u + (uint64_t)day * 0xC2B2AE3D27D4EB4Fu;
    return occurrence_next(staging->occurrence, key);
}

static const char *status_word(enum statement_status status)
{
    static const char *const words[] = {[STATUS_BOOKED] = "BOOKED", [STATUS_PENDING] = "PENDING",
                                        [STATUS_INFORMATION] = "INFORMATION",
                                        [STATUS_FAILED] = "FAILED"};
    return words[status];
}

static void put_day(struct buffer *row, date_day day)
{
    if (day == DATE_NONE)
        copy_binary_null(row);
    else
        copy_binary_date(row, day);
}

/* A fee as the formats write it: 1.50, 1,50 or, in MT940, EUR1,50 with the line's own currency. */
static bool fee_parse(struct span text, struct currency currency, int64_t *minor)
{
    struct decimal fee;
    text = span_trim(text);
    size_t code = strlen(currency.code);
    bool swift = text.length > code && memcmp(text.data, currency.code, code) == 0;
    if (swift)
        text = span_trim((struct span){text.data + code, text.length - code});
    bool read = swift ? decimal_parse(text, ',', 0, &fee)
                      : decimal_parse(text, '.', ',', &fee) || decimal_parse(text, ',', 0, &fee);
    return read && decimal_to_minor(fee, currency_exponent(currency), minor);
}

static void put_fee(struct buffer *row, struct span text, struct currency currency)
{
    int64_t minor;
    if (text.length > 0 && fee_parse(text, currency, &minor))
        copy_binary_int8(row, minor);
    else
        copy_binary_null(row);
}

/* The columns of staging_copy_lines, in their order and with their types. */
static void put_line(struct staging *staging, const struct statement_entry *entry,
                     struct currency currency, int64_t minor)
{
    unsigned char digest[SHA256_BYTES];
    identity_of(staging->sha256, entry, digest);
    date_day day = entry->value_date != DATE_NONE ? entry->value_date : entry->booking_date;
    struct buffer *row = &staging->lines;
    copy_binary_row(row, LINE_COLUMNS);
    copy_binary_int8(row, staging->import_id);
    copy_binary_int8(row, staging->line_count + 1);
    copy_binary_int8(row, entry->line);
    copy_binary_int4(row, staging->statement);
    put_day(row, entry->value_date);
    put_day(row, entry->booking_date);
    copy_binary_int8(row, minor);
    copy_binary_text(row, span_of(currency.code));
    copy_binary_int4(row, occurrence_of(staging, day, minor, digest));
    copy_binary_uuid(row, digest);
    copy_binary_text(row, span_of(status_word(entry->status)));
    put_fee(row, entry->fee, currency);
    copy_binary_text(row, reference_of(entry));
    copy_binary_text(row, span_trim(entry->bank_ref));
    copy_binary_text(row, entry->type);
    copy_binary_text(row, entry->party_name);
    copy_binary_text(row, entry->party_account);
    copy_binary_lines(row, entry->text, entry->extra);
    staging->line_count++;
}

static bool day_is_possible(date_day day)
{
    return day == DATE_NONE || (day >= DAY_MIN && day <= DAY_MAX);
}

/* A line becomes money exactly or is reported; it is never rounded (DOMAIN B5). */
static void add_entry(struct staging *staging, const struct statement_entry *entry)
{
    struct currency currency = currency_from(entry->currency);
    if (currency.code[0] == '\0')
        currency = staging->currency;
    int exponent = currency_exponent(currency);
    char amount[MONEY_TEXT];
    struct statement_fault fault = {.line = entry->line, .raw = entry->text};
    int64_t minor;
    if (exponent < 0)
        snprintf(fault.reason, sizeof fault.reason, _("the currency '%s' is not known"),
                 currency.code);
    else if (!decimal_to_minor(entry->amount, exponent, &minor))
        snprintf(fault.reason, sizeof fault.reason,
                 _("%s %s cannot be written in minor units exactly"),
                 decimal_text(entry->amount, amount), currency.code);
    else if (!day_is_possible(entry->value_date) || !day_is_possible(entry->booking_date))
        snprintf(fault.reason, sizeof fault.reason, "%s", _("the date lies outside 1990 to 2199"));
    else {
        put_line(staging, entry, currency, minor);
        return;
    }
    staging->rejected++;
    put_fault(staging, &fault);
}

/* --- statements */

static void begin_statement(struct staging *staging, const struct statement_header *header)
{
    bool same_statement = header->sequence_number > 0 && header->page > 1 &&
                          header->sequence_number == staging->sequence_number &&
                          span_is(header->account, staging->account);
    if (!same_statement)
        occurrence_clear(staging->occurrence);
    staging->statement = header->number;
    staging->sequence_number = header->sequence_number;
    staging->page = header->page;
    snprintf(staging->account, sizeof staging->account, "%.*s", (int)header->account.length,
             header->account.length == 0 ? "" : header->account.data);
    staging->rejected = 0;
    staging->currency = currency_from(header->currency);
    if (staging->currency.code[0] == '\0' && staging->currency_of != NULL)
        staging->currency = staging->currency_of(staging->currency_context, header->account);
}

static void put_balance(struct buffer *row, bool *first, const struct statement_balance *balance,
                        int exponent)
{
    put_date(row, first, balance->known ? balance->date : DATE_NONE);
    put_money(row, first, balance->known, balance->amount, exponent);
}

static void put_sequence(struct buffer *row, bool *first, const struct statement_header *header)
{
    char text[48];
    if (header->sequence_number > 0 && header->page > 0)
        snprintf(text, sizeof text, "%lld/%lld", (long long)header->sequence_number,
                 (long long)header->page);
    else
        snprintf(text, sizeof text, "%.*s", (int)header->sequence.length,
                 header->sequence.length == 0 ? "" : header->sequence.data);
    copy_text(row, first, span_of(text));
}

static void end_statement(struct staging *staging, const struct statement_header *header)
{
    int exponent = currency_exponent(staging->currency);
    struct buffer *row = &staging->statements;
    bool first = true;
    copy_int(row, &first, staging->import_id);
    copy_int(row, &first, header->number);
    copy_text(row, &first, header->account);
    copy_text(row, &first, span_of(staging->currency.code));
    copy_text(row, &first, header->reference);
    put_sequence(row, &first, header);
    copy_text(row, &first, span_of(header->interim ? "t" : "f"));
    put_date(row, &first, header->from);
    put_date(row, &first, header->to != DATE_NONE ? header->to : header->as_of);
    put_balance(row, &first, &header->opening, exponent);
    put_balance(row, &first, &header->closing, exponent);
    put_money(row, &first, header->sum_known, header->sum, exponent);
    copy_int(row, &first, header->entries);
    copy_int(row, &first, header->faults + staging->rejected);
    put_count(row, &first, header->expected.known ? header->expected.count : -1);
    put_money(row, &first, header->expected.known, header->expected.amount, exponent);
    if (header->balanced < 0)
        copy_null(row, &first);
    else
        copy_text(row, &first, span_of(header->balanced == 1 ? "t" : "f"));
    copy_end_row(row, &first);
    staging->statement_count++;
}

bool staging_add(struct staging *staging, const struct statement_record *record,
                 struct error *error)
{
    switch (record->kind) {
    case STATEMENT_BEGIN:
        begin_statement(staging, &record->header);
        break;
    case STATEMENT_ENTRY:
        add_entry(staging, &record->entry);
        break;
    case STATEMENT_END:
        end_statement(staging, &record->header);
        break;
    case STATEMENT_FAULT:
        put_fault(staging, &record->fault);
        break;
    case STATEMENT_BALANCE:
        break;
    }
    if (staging->statements.overflow || staging->faults.overflow)
        return error_set(error, ERROR_LIMIT, _("the file has too many statements or faults"));
    assert(!staging->lines.overflow && "lines are sent long before the buffer is full");
    return true;
}
