/* An entry of a camt message and its transactions: from collected texts to the record. */
#include <string.h>

#include "camt.h"

void camt_entry_start(struct camt *camt)
{
    camt_clear(camt, CAMT_ENTRY_REF, CAMT_FIELDS);
    camt->transactions = 0;
    memset(camt->differs, 0, sizeof camt->differs);
    camt->tx_sum = (struct decimal){0};
    camt->tx_sum_known = true;
}

void camt_tx_start(struct camt *camt)
{
    camt_clear(camt, CAMT_TX_AMOUNT, CAMT_FIELDS);
    camt->transactions++;
}

static struct span either(struct span a, struct span b)
{
    return a.length > 0 ? a : b;
}

/* The transaction's own amount into the sum, for an entry that has none. */
static void tx_add_amount(struct camt *camt)
{
    struct decimal amount;
    struct span text = either(camt_text(camt, CAMT_TX_AMOUNT),
                              camt_text(camt, CAMT_TX_DETAIL_AMOUNT));
    if (!decimal_parse(text, '.', 0, &amount)) {
        camt->tx_sum_known = false;
        return;
    }
    int entry_sign = 1;
    int sign = 1;
    if (camt_mark(camt_text(camt, CAMT_MARK), &entry_sign) &&
        camt_mark(camt_text(camt, CAMT_TX_MARK), &sign) && sign != entry_sign)
        amount.mantissa = -amount.mantissa;
    if (!decimal_add(camt->tx_sum, amount, &camt->tx_sum))
        camt->tx_sum_known = false;
    if (camt_text(camt, CAMT_CURRENCY).length == 0) {
        struct span currency = either(camt_text(camt, CAMT_TX_CURRENCY),
                                      camt_text(camt, CAMT_TX_DETAIL_CURRENCY));
        buffer_append(&camt->fields[CAMT_CURRENCY], currency.data, currency.length);
    }
}

static void tx_add_fee(struct camt *camt)
{
    struct span fee = either(camt_text(camt, CAMT_TX_FEE_TOTAL), camt_text(camt, CAMT_TX_FEE));
    struct buffer *fees = &camt->fields[CAMT_TX_FEES];
    if (fee.length == 0)
        return;
    if (fees->length > 0)
        buffer_append_char(fees, '\n');
    buffer_append(fees, fee.data, fee.length);
}

/* Keeps the first transaction's party, or notices that another one has a different one: an entry
 * of many payees has none of its own. */
static void tx_party(struct camt *camt, enum camt_field first, struct span text)
{
    if (camt->transactions == 1)
        buffer_append(&camt->fields[first], text.data, text.length);
    else if (!span_equal(camt_text(camt, first), text))
        camt->differs[first - CAMT_FIRST_DEBTOR] = true;
}

void camt_tx_end(struct camt *camt)
{
    if (camt_text(camt, CAMT_AMOUNT).length == 0)
        tx_add_amount(camt);
    tx_add_fee(camt);
    tx_party(camt, CAMT_FIRST_DEBTOR, either(camt_text(camt, CAMT_DEBTOR),
                                             camt_text(camt, CAMT_ULTIMATE_DEBTOR)));
    tx_party(camt, CAMT_FIRST_DEBTOR_ACCOUNT, camt_text(camt, CAMT_DEBTOR_ACCOUNT));
    tx_party(camt, CAMT_FIRST_CREDITOR, either(camt_text(camt, CAMT_CREDITOR),
                                               camt_text(camt, CAMT_ULTIMATE_CREDITOR)));
    tx_party(camt, CAMT_FIRST_CREDITOR_ACCOUNT, camt_text(camt, CAMT_CREDITOR_ACCOUNT));
}

/* ISO 20022 gives the amount without a sign and the direction beside it; with RvslInd true the
 * direction is that of the reversal itself, so it needs no turning round. */
static bool entry_amount(struct camt *camt, struct statement_entry *entry)
{
    int sign;
    struct span text = camt_text(camt, CAMT_AMOUNT);
    bool own = camt_text(camt, CAMT_MARK).length > 0 || camt->transactions != 1;
    enum camt_field mark = own ? CAMT_MARK : CAMT_TX_MARK;
    entry->mark = camt_text(camt, mark);
    if (text.length == 0 && camt->transactions > 0 && camt->tx_sum_known)
        entry->amount = camt->tx_sum;
    else if (text.length == 0)
        return camt_fault(camt, camt->entry_line, false, text, "the entry has no amount"), false;
    else if (!decimal_parse(text, '.', 0, &entry->amount))
        return camt_fault_field(camt, CAMT_AMOUNT, false, "is no amount"), false;
    if (entry->mark.length == 0)
        return camt_fault(camt, camt->entry_line, false, text, "the entry has no CdtDbtInd"), false;
    if (!camt_mark(entry->mark, &sign))
        return camt_fault_field(camt, mark, false, "is neither CRDT nor DBIT"), false;
    entry->amount.mantissa *= sign;
    return true;
}

static bool entry_date(struct camt *camt, enum camt_field field, date_day *out)
{
    struct span text = camt_text(camt, field);
    *out = DATE_NONE;
    if (text.length == 0 || camt_date(text, out))
        return true;
    return camt_fault_field(camt, field, false, "is no date"), false;
}

/* A statement holds what is booked, so an entry there without a status is; elsewhere it is only
 * information. A status that is not known is kept as written and moves no money. */
static enum statement_status entry_status(const struct camt *camt, struct span text)
{
    if (text.length == 0)
        return camt->report.interim ? STATUS_INFORMATION : STATUS_BOOKED;
    if (span_is(text, "BOOK"))
        return STATUS_BOOKED;
    return span_is(text, "PDNG") || span_is(text, "FUTR") ? STATUS_PENDING : STATUS_INFORMATION;
}

/* The sum of amounts on lines of their own, as text in out; the lines themselves where they are
 * one or do not add up. */
static struct span entry_fee_sum(struct camt *camt, enum camt_field field)
{
    struct span lines = camt_text(camt, field);
    struct span rest = lines;
    struct decimal sum = {0};
    if (lines.length == 0 || memchr(lines.data, '\n', lines.length) == NULL)
        return lines;
    while (rest.length > 0) {
        const char *end = memchr(rest.data, '\n', rest.length);
        size_t length = end == NULL ? rest.length : (size_t)(end - rest.data);
        struct decimal amount;
        if (!decimal_parse(span_trim((struct span){rest.data, length}), '.', 0, &amount) ||
            !decimal_add(sum, amount, &sum))
            return lines;
        length += end != NULL;
        rest = (struct span){rest.data + length, rest.length - length};
    }
    char text[MONEY_TEXT];
    buffer_clear(&camt->fields[CAMT_FEE_TOTAL]);
    buffer_append_string(&camt->fields[CAMT_FEE_TOTAL], decimal_text(sum, text));
    return camt_text(camt, CAMT_FEE_TOTAL);
}

static struct span entry_fee(struct camt *camt)
{
    struct span total = camt_text(camt, CAMT_FEE_TOTAL);
    if (total.length > 0)
        return total;
    struct span own = entry_fee_sum(camt, CAMT_FEE);
    return own.length > 0 ? own : entry_fee_sum(camt, CAMT_TX_FEES);
}

static struct span entry_party(const struct camt *camt, enum camt_field first)
{
    bool differs = camt->differs[first - CAMT_FIRST_DEBTOR];
    return differs ? (struct span){0} : camt_text(camt, first);
}

/* A debit's other side is the creditor. A return keeps the parties of the payment it returns, so
 * there the other side is the creditor again, where the bank names it. */
static void entry_parties(const struct camt *camt, struct statement_entry *entry)
{
    struct span debtor = entry_party(camt, CAMT_FIRST_DEBTOR);
    struct span creditor = entry_party(camt, CAMT_FIRST_CREDITOR);
    struct span debtor_account = entry_party(camt, CAMT_FIRST_DEBTOR_ACCOUNT);
    struct span creditor_account = entry_party(camt, CAMT_FIRST_CREDITOR_ACCOUNT);
    int sign = 1;
    bool returned = entry->reversal || camt_text(camt, CAMT_RETURN_CODE).length > 0;
    camt_mark(entry->mark, &sign);
    bool wants_creditor = (sign < 0) != returned;
    bool has_creditor = creditor.length + creditor_account.length > 0;
    bool has_debtor = debtor.length + debtor_account.length > 0;
    if (returned && !(wants_creditor ? has_creditor : has_debtor))
        wants_creditor = !wants_creditor;
    entry->party_name = wants_creditor ? creditor : debtor;
    entry->party_account = wants_creditor ? creditor_account : debtor_account;
}

static void entry_add_line(struct buffer *buffer, const char *label, struct span text)
{
    if (text.length == 0)
        return;
    if (buffer->length > 0)
        buffer_append_char(buffer, '\n');
    buffer_append_string(buffer, label);
    buffer_append(buffer, text.data, text.length);
}

/* The domain's code is the type; the bank's own code stands in for it or goes to `extra`. */
static void entry_codes(struct camt *camt, struct statement_entry *entry)
{
    struct buffer *extra = &camt->fields[CAMT_EXTRA];
    struct span domain = camt_text(camt, CAMT_DOMAIN_CODE);
    struct span own = camt_text(camt, CAMT_OWN_CODE);
    entry->type = either(domain, own);
    if (domain.length > 0)
        entry_add_line(extra, "code ", own);
    entry_add_line(extra, "return ", camt_text(camt, CAMT_RETURN_CODE));
    entry->extra = camt_text(camt, CAMT_EXTRA);
}

static bool entry_overflow(struct camt *camt)
{
    for (int field = CAMT_ENTRY_REF; field < CAMT_FIELDS; field++)
        if (camt->fields[field].overflow)
            return camt_fault(camt, camt->entry_line, false, (struct span){0},
                              "a text of the entry is longer than %zu bytes",
                              camt->fields[field].limit),
                   true;
    return false;
}

static void entry_texts(struct camt *camt, struct statement_entry *entry)
{
    entry->reversal_text = camt_text(camt, CAMT_REVERSAL);
    entry->reversal = span_is(entry->reversal_text, "true") || span_is(entry->reversal_text, "1");
    entry->status_text = camt_text(camt, CAMT_STATUS);
    entry->status = entry_status(camt, entry->status_text);
    entry->customer_ref = either(either(camt_text(camt, CAMT_BATCH_ID),
                                        camt_text(camt, CAMT_PAYMENT_ID)),
                                 camt_text(camt, CAMT_INSTRUCTION_ID));
    entry->bank_ref = camt_text(camt, CAMT_SERVICER_REF);
    entry->entry_ref = camt_text(camt, CAMT_ENTRY_REF);
    entry->end_to_end = camt_text(camt, CAMT_END_TO_END);
    entry->transactions = camt->transactions;
    entry->fee = entry_fee(camt);
    entry_codes(camt, entry);
    entry_parties(camt, entry);
    entry_add_line(&camt->fields[CAMT_TEXT], "", camt_text(camt, CAMT_ENTRY_TEXT));
    entry->text = camt_text(camt, CAMT_TEXT);
}

bool camt_entry_end(struct camt *camt)
{
    struct statement_entry *entry = &camt->entry;
    *entry = (struct statement_entry){.line = camt->entry_line};
    camt->report.ready = true;
    if (!entry_amount(camt, entry) ||
        !entry_date(camt, CAMT_VALUE_DATE, &entry->value_date) ||
        !entry_date(camt, CAMT_BOOKING_DATE, &entry->booking_date))
        return camt->error.code == ERROR_NONE;
    entry_texts(camt, entry);
    if (entry_overflow(camt))
        return camt->error.code == ERROR_NONE;
    entry->currency = camt_text(camt, CAMT_CURRENCY);
    entry->number = camt->report.totals.entries + 1;
    camt_report_count(camt, entry);
    camt->report.entry_ready = true;
    return true;
}
