/* A statement, report or notification of a camt message: what stands around its entries. */
#include <string.h>

#include "camt.h"

void camt_report_start(struct camt *camt)
{
    struct camt_report *report = &camt->report;
    int number = report->number + 1;
    bool interim = report->interim;
    bool no_balances = report->no_balances;
    memset(report, 0, sizeof *report);
    report->number = number;
    report->interim = interim;
    report->no_balances = no_balances;
    report->opening = report->closing = -1;
    report->totals.sum_known = true;
    report->totals.expected.count = -1;
    camt_clear(camt, CAMT_STATEMENT_ID, CAMT_FIELDS);
}

/* OPBD is the opening balance; where there is none, the previous closing one stands for it. */
static void report_place_balance(struct camt_report *report, int index)
{
    struct span type = report->balances[index].balance.type;
    if (span_is(type, "CLBD") && report->closing < 0)
        report->closing = index;
    if (span_is(type, "OPBD")) {
        bool weaker = report->opening < 0 ||
                      span_is(report->balances[report->opening].balance.type, "PRCD");
        if (weaker)
            report->opening = index;
    }
    if (span_is(type, "PRCD") && report->opening < 0)
        report->opening = index;
}

static bool report_currency(struct span text, char out[4])
{
    if (text.length != 3)
        return false;
    memcpy(out, text.data, 3);
    out[3] = '\0';
    return true;
}

/* A balance that cannot be read is a note: no entry is lost by it. */
bool camt_balance_end(struct camt *camt)
{
    struct camt_report *report = &camt->report;
    int sign;
    struct camt_balance row = {.balance = {.known = true, .date = DATE_NONE, .count = -1}};
    struct span amount = camt_text(camt, CAMT_BALANCE_AMOUNT);
    struct span date = camt_text(camt, CAMT_BALANCE_DATE);
    struct span type = camt_text(camt, CAMT_BALANCE_TYPE);
    if (report->balances_count == CAMT_BALANCES_MAX)
        return error_set(&camt->error, ERROR_LIMIT,
                         "Line %lld, column 1: more than %d balances in a statement.",
                         (long long)camt->balance_line, CAMT_BALANCES_MAX);
    if (amount.length == 0 || camt_text(camt, CAMT_BALANCE_MARK).length == 0)
        return camt_fault(camt, camt->balance_line, true, amount, "the balance has no %s",
                          amount.length == 0 ? "amount" : "CdtDbtInd");
    if (!decimal_parse(amount, '.', 0, &row.balance.amount))
        return camt_fault_field(camt, CAMT_BALANCE_AMOUNT, true, "is no amount, in a balance");
    if (!camt_mark(camt_text(camt, CAMT_BALANCE_MARK), &sign))
        return camt_fault_field(camt, CAMT_BALANCE_MARK, true,
                                "is neither CRDT nor DBIT, in a balance");
    if (date.length > 0 && !camt_date(date, &row.balance.date) &&
        !camt_fault_field(camt, CAMT_BALANCE_DATE, true, "is no date, in a balance"))
        return false;
    row.balance.amount.mantissa *= sign;
    row.type_length = type.length < sizeof row.type ? type.length : sizeof row.type;
    if (row.type_length > 0)
        memcpy(row.type, type.data, row.type_length);
    report_currency(camt_text(camt, CAMT_BALANCE_CURRENCY), row.currency);
    struct camt_balance *kept = &report->balances[report->balances_count];
    *kept = row;
    kept->balance.type = (struct span){kept->type, kept->type_length};
    report_place_balance(report, (int)report->balances_count++);
    return true;
}

/* The account's currency, else its balances', else the first entry's. */
static struct span report_currency_text(const struct camt *camt)
{
    const struct camt_report *report = &camt->report;
    struct span account = camt_text(camt, CAMT_ACCOUNT_CURRENCY);
    int balance = report->opening >= 0 ? report->opening : report->closing;
    if (account.length > 0)
        return account;
    if (balance >= 0)
        return span_of(report->balances[balance].currency);
    return span_of(report->currency);
}

/* Totals claimed by the file: the net of the entries, so that it compares with their sum. */
static void report_expected(struct camt *camt, struct statement_balance *expected)
{
    struct decimal credit;
    struct decimal debit;
    int sign = 1;
    int64_t count;
    *expected = (struct statement_balance){.date = DATE_NONE, .count = -1};
    if (text_to_int64(camt_text(camt, CAMT_TOTAL_COUNT), &count) && count >= 0)
        expected->count = count;
    if (decimal_parse(camt_text(camt, CAMT_TOTAL_NET), '.', 0, &expected->amount) &&
        camt_mark(camt_text(camt, CAMT_TOTAL_MARK), &sign)) {
        expected->amount.mantissa *= sign;
        expected->known = true;
        return;
    }
    if (decimal_parse(camt_text(camt, CAMT_CREDIT_SUM), '.', 0, &credit) &&
        decimal_parse(camt_text(camt, CAMT_DEBIT_SUM), '.', 0, &debit)) {
        debit.mantissa = -debit.mantissa;
        expected->known = decimal_add(credit, debit, &expected->amount);
    }
}

/* Amounts of different currencies never add up; where a balance is missing nothing can be said. */
static int report_balanced(const struct camt_report *report, const struct statement_header *header)
{
    struct decimal result;
    if (!header->opening.known || !header->closing.known)
        return -1;
    const char *opening = report->balances[report->opening].currency;
    const char *closing = report->balances[report->closing].currency;
    return header->sum_known && strcmp(opening, closing) == 0 &&
           decimal_add(header->opening.amount, header->sum, &result) &&
           decimal_compare(result, header->closing.amount) == 0;
}

static date_day report_date(const struct camt *camt, enum camt_field field)
{
    date_day day;
    return camt_date(camt_text(camt, field), &day) ? day : DATE_NONE;
}

static void report_header(struct camt *camt, struct statement_header *header)
{
    struct camt_report *report = &camt->report;
    struct span electronic = camt_text(camt, CAMT_ELECTRONIC_SEQUENCE);
    *header = report->totals;
    header->number = report->number;
    header->account = camt_text(camt, CAMT_ACCOUNT);
    header->currency = report_currency_text(camt);
    header->reference = camt_text(camt, CAMT_STATEMENT_ID);
    header->sequence = electronic.length > 0 ? electronic : camt_text(camt, CAMT_LEGAL_SEQUENCE);
    if (!text_to_int64(header->sequence, &header->sequence_number))
        header->sequence_number = 0;
    if (!text_to_int64(camt_text(camt, CAMT_PAGE), &header->page))
        header->page = 0;
    header->message_id = camt_text(camt, CAMT_MESSAGE_ID);
    header->interim = report->interim;
    header->balances_open = !report->no_balances;
    header->from = report_date(camt, CAMT_FROM);
    header->to = report_date(camt, CAMT_TO);
    header->opening = (struct statement_balance){.date = DATE_NONE, .count = -1};
    header->closing = header->opening;
    if (report->opening >= 0)
        header->opening = report->balances[report->opening].balance;
    if (report->closing >= 0)
        header->closing = report->balances[report->closing].balance;
    header->as_of = header->closing.date != DATE_NONE ? header->closing.date : header->to;
    if (header->as_of == DATE_NONE)
        header->as_of = report_date(camt, CAMT_CREATED);
    header->text = camt_text(camt, CAMT_REPORT_TEXT);
    report_expected(camt, &header->expected);
    header->balanced = report_balanced(report, header);
}

bool camt_report_end(struct camt *camt)
{
    camt->report.ready = true;
    camt->report.end_ready = true;
    return true;
}

void camt_report_count(struct camt *camt, const struct statement_entry *entry)
{
    struct camt_report *report = &camt->report;
    report->totals.entries++;
    if (report->currency[0] == '\0')
        report_currency(entry->currency, report->currency);
    if (entry->status != STATUS_BOOKED)
        return;
    struct span own = report_currency_text(camt);
    if (entry->currency.length > 0 && own.length > 0 && !span_equal(entry->currency, own))
        report->totals.sum_known = false;
    if (!decimal_add(report->totals.sum, entry->amount, &report->totals.sum))
        report->totals.sum_known = false;
}

static bool report_give_balance(struct camt_report *report, struct statement_record *record)
{
    while (report->balances_given < report->balances_count) {
        int index = (int)report->balances_given++;
        if (index == report->opening || index == report->closing)
            continue;
        record->kind = STATEMENT_BALANCE;
        record->balance = report->balances[index].balance;
        return true;
    }
    return false;
}

static bool report_give_fault(struct camt_report *report, struct statement_record *record)
{
    if (report->faults_given == report->faults_count) {
        report->faults_given = report->faults_count = 0;
        return false;
    }
    record->kind = STATEMENT_FAULT;
    record->fault = report->faults[report->faults_given++];
    return true;
}

bool camt_report_give(struct camt *camt, struct statement_record *record)
{
    struct camt_report *report = &camt->report;
    if (!report->ready)
        return false;
    if (!report->begun) {
        report->begun = true;
        record->kind = STATEMENT_BEGIN;
        report_header(camt, &record->header);
        return true;
    }
    if (report_give_balance(report, record) || report_give_fault(report, record))
        return true;
    if (report->entry_ready) {
        report->entry_ready = false;
        record->kind = STATEMENT_ENTRY;
        record->entry = camt->entry;
        if (record->entry.currency.length == 0)
            record->entry.currency = report_currency_text(camt);
        return true;
    }
    report->ready = false;
    if (!report->end_ready)
        return false;
    report->end_ready = false;
    record->kind = STATEMENT_END;
    report_header(camt, &record->header);
    return true;
}
