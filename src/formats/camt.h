/* What the files of the camt reader share.
 *
 * camt.c          the reader: libxml2's events, the stack of places, the order of records
 * camt_grammar.c  which elements are read, as a table, and where their text goes
 * camt_entry.c    an entry and its transactions, from the collected texts
 * camt_report.c   the statement around them: header, balances, totals */
#ifndef DAYBOOK_SRC_FORMATS_CAMT_H
#define DAYBOOK_SRC_FORMATS_CAMT_H

#include <libxml/xmlreader.h>

#include "daybook/base/buffer.h"
#include "daybook/formats/statement.h"
#include "xml_guard.h"

enum {
    CAMT_DEPTH_MAX = 32,           /* elements inside each other */
    CAMT_BALANCES_MAX = 64,        /* in one statement */
    CAMT_FAULTS_MAX = 16,          /* waiting to be given; more of them end the file */
    CAMT_SHORT_MAX = 4096,         /* bytes of a text of which there is one */
    CAMT_LONG_MAX = 16 * 1024 * 1024 /* of texts joined from many transactions */
};

/* Where an element's text is collected. The groups are cleared together: a message's at its start,
 * a statement's at its start, and so on. */
enum camt_field {
    CAMT_NOTHING,
    CAMT_MESSAGE_ID,
    CAMT_STATEMENT_ID, /* a statement's, from here */
    CAMT_ELECTRONIC_SEQUENCE,
    CAMT_LEGAL_SEQUENCE,
    CAMT_CREATED,
    CAMT_FROM,
    CAMT_TO,
    CAMT_ACCOUNT,
    CAMT_ACCOUNT_CURRENCY,
    CAMT_PAGE,
    CAMT_REPORT_TEXT,
    CAMT_TOTAL_COUNT,
    CAMT_TOTAL_NET,
    CAMT_TOTAL_MARK,
    CAMT_CREDIT_SUM,
    CAMT_DEBIT_SUM,
    CAMT_BALANCE_TYPE, /* a balance's, from here */
    CAMT_BALANCE_AMOUNT,
    CAMT_BALANCE_CURRENCY,
    CAMT_BALANCE_MARK,
    CAMT_BALANCE_DATE,
    CAMT_ENTRY_REF, /* an entry's, from here */
    CAMT_AMOUNT,
    CAMT_CURRENCY,
    CAMT_MARK,
    CAMT_REVERSAL,
    CAMT_STATUS,
    CAMT_BOOKING_DATE,
    CAMT_VALUE_DATE,
    CAMT_SERVICER_REF,
    CAMT_DOMAIN_CODE,
    CAMT_OWN_CODE,
    CAMT_FEE_TOTAL,
    CAMT_FEE,
    CAMT_BATCH_ID,
    CAMT_END_TO_END,
    CAMT_TEXT,
    CAMT_ENTRY_TEXT,
    CAMT_EXTRA,
    CAMT_RETURN_CODE,
    CAMT_PAYMENT_ID,
    CAMT_INSTRUCTION_ID,
    CAMT_TX_FEES, /* of the transactions */
    CAMT_FIRST_DEBTOR, /* both sides of the first transaction */
    CAMT_FIRST_DEBTOR_ACCOUNT,
    CAMT_FIRST_CREDITOR,
    CAMT_FIRST_CREDITOR_ACCOUNT,
    CAMT_TX_AMOUNT, /* a transaction's, from here */
    CAMT_TX_CURRENCY,
    CAMT_TX_DETAIL_AMOUNT,
    CAMT_TX_DETAIL_CURRENCY,
    CAMT_TX_MARK,
    CAMT_TX_FEE_TOTAL,
    CAMT_TX_FEE,
    CAMT_DEBTOR,
    CAMT_ULTIMATE_DEBTOR,
    CAMT_DEBTOR_ACCOUNT,
    CAMT_CREDITOR,
    CAMT_ULTIMATE_CREDITOR,
    CAMT_CREDITOR_ACCOUNT,
    CAMT_FIELDS
};

/* Elements that contain what is read; CAMT_LEAF holds text alone, CAMT_SKIP nothing of interest. */
enum camt_state {
    CAMT_ROOT, /* the document, and whatever a bank wraps around it */
    CAMT_MESSAGE,
    CAMT_GROUP_HEADER,
    CAMT_REPORT,
    CAMT_PAGING,
    CAMT_PERIOD,
    CAMT_ACCT,
    CAMT_ACCT_ID,
    CAMT_ACCT_OTHER,
    CAMT_BALANCE,
    CAMT_BALANCE_KIND,
    CAMT_BALANCE_CODE,
    CAMT_BALANCE_DAY,
    CAMT_TOTALS,
    CAMT_TOTALS_ALL,
    CAMT_TOTALS_NET,
    CAMT_TOTALS_CREDIT,
    CAMT_TOTALS_DEBIT,
    CAMT_ENTRY,
    CAMT_ENTRY_STATUS,
    CAMT_ENTRY_BOOKED,
    CAMT_ENTRY_VALUED,
    CAMT_CODE,
    CAMT_CODE_DOMAIN,
    CAMT_CODE_FAMILY,
    CAMT_CODE_OWN,
    CAMT_CHARGES,
    CAMT_CHARGES_RECORD,
    CAMT_DETAILS,
    CAMT_BATCH,
    CAMT_TX,
    CAMT_TX_REFS,
    CAMT_TX_AMOUNTS,
    CAMT_TX_AMOUNTS_TX,
    CAMT_TX_CHARGES,
    CAMT_TX_CHARGES_RECORD,
    CAMT_PARTIES,
    CAMT_P_DEBTOR,
    CAMT_P_DEBTOR_ACCT,
    CAMT_P_DEBTOR_ID,
    CAMT_P_DEBTOR_OTHER,
    CAMT_P_ULTIMATE_DEBTOR,
    CAMT_P_CREDITOR,
    CAMT_P_CREDITOR_ACCT,
    CAMT_P_CREDITOR_ID,
    CAMT_P_CREDITOR_OTHER,
    CAMT_P_ULTIMATE_CREDITOR,
    CAMT_REMITTANCE,
    CAMT_STRUCTURED,
    CAMT_STRUCTURED_REF,
    CAMT_STRUCTURED_DOC,
    CAMT_RETURN,
    CAMT_RETURN_REASON,
    CAMT_STATES,
    CAMT_LEAF = CAMT_STATES,
    CAMT_SKIP
};

/* One element that is read: inside `from` the element `name` leads to `to`; its text goes to
 * `field` and its Ccy attribute to `currency`. */
struct camt_rule {
    enum camt_state from;
    const char *name;
    enum camt_state to;
    enum camt_field field;
    enum camt_field currency;
};

/* The rules with their names as pointers of one reader's dictionary. */
struct camt_grammar {
    const xmlChar **names; /* one a rule */
    const xmlChar *currency; /* "Ccy" */
    uint16_t first[CAMT_STATES + 1];
};

bool camt_grammar_start(struct camt_grammar *grammar, xmlTextReaderPtr reader);
void camt_grammar_end(struct camt_grammar *grammar);
/* The rule of the element in that state, or NULL. */
const struct camt_rule *camt_grammar_find(const struct camt_grammar *grammar,
                                          enum camt_state state, const xmlChar *name);
/* How texts for the same field join: '\0' keeps the first and ignores the rest. */
char camt_field_separator(enum camt_field field);
size_t camt_field_limit(enum camt_field field);

struct camt_balance {
    struct statement_balance balance; /* type points to the name below */
    char type[36];
    size_t type_length;
    char currency[4];
};

struct camt_report {
    int number;
    bool interim, no_balances; /* by the kind of message */
    bool ready;   /* there is something to give: an entry or the end was read */
    bool begun, entry_ready, end_ready;
    struct camt_balance balances[CAMT_BALANCES_MAX];
    size_t balances_count, balances_given;
    int opening, closing; /* index in balances, or -1 */
    struct statement_fault faults[CAMT_FAULTS_MAX];
    char raws[CAMT_FAULTS_MAX][64];
    size_t faults_count, faults_given; /* given back to 0 when all are given */
    struct statement_header totals; /* entries, faults, sum, expected while they are counted */
    char currency[4];               /* the first entry's, where nothing before it said one */
};

struct camt_place {
    uint8_t state; /* enum camt_state */
    uint8_t field; /* enum camt_field: where text goes */
};

struct camt {
    xmlTextReaderPtr reader;
    struct xml_guard guard;
    struct error error; /* the first thing that ends the file */
    struct camt_grammar grammar;
    struct camt_place places[CAMT_DEPTH_MAX + 1];
    int depth;
    bool text_started; /* of the current field: its separator is written */
    int64_t line;      /* of the last text between entries */
    struct buffer fields[CAMT_FIELDS];
    int64_t lines[CAMT_FIELDS]; /* where each field's text was first found */
    struct camt_report report;
    struct statement_entry entry; /* the last one read */
    int64_t entry_line, balance_line;
    int64_t transactions;
    bool differs[4]; /* between transactions: from CAMT_FIRST_DEBTOR on */
    struct decimal tx_sum; /* of the transactions' own amounts, signed by the entry's mark */
    bool tx_sum_known;
};

/* The collected text, without blanks at its ends. */
struct span camt_text(const struct camt *camt, enum camt_field field);
void camt_clear(struct camt *camt, enum camt_field first, enum camt_field end);
/* Reports what is wrong with raw; false where there were too many (camt->error is set). */
bool camt_fault(struct camt *camt, int64_t line, bool note, struct span raw, const char *format,
                ...) __attribute__((format(printf, 5, 6)));
/* The same about a field's text, which is not empty and has a line of its own. */
bool camt_fault_field(struct camt *camt, enum camt_field field, bool note, const char *reason);
bool camt_date(struct span text, date_day *out); /* the day of an ISODate or ISODateTime */
bool camt_mark(struct span text, int *sign);     /* CRDT 1, DBIT -1 */

void camt_entry_start(struct camt *camt);
void camt_tx_start(struct camt *camt);
void camt_tx_end(struct camt *camt);
bool camt_entry_end(struct camt *camt);

void camt_report_start(struct camt *camt);
bool camt_balance_end(struct camt *camt);
bool camt_report_end(struct camt *camt);
void camt_report_count(struct camt *camt, const struct statement_entry *entry);
/* The next record there is to give; false where the file must be read on. */
bool camt_report_give(struct camt *camt, struct statement_record *record);

#endif
