/* What is read of a camt message, as a table. Versions 1 to 14 differ in few places (a party may
 * stand inside <Pty>, a status inside <Cd>, charges inside <Rcrd>), so one table reads them all.
 * Elements that are not here are passed over with all they contain. */
#include <assert.h>
#include <stdlib.h>

#include "camt.h"
#include "daybook/base/memory.h"

#define IN(state, name, to) {state, name, to, CAMT_NOTHING, CAMT_NOTHING}
#define TEXT(state, name, field) {state, name, CAMT_LEAF, field, CAMT_NOTHING}
#define AMOUNT(state, name, field, currency) {state, name, CAMT_LEAF, field, currency}

/* In the order of enum camt_state. */
static const struct camt_rule camt_rules[] = {
    IN(CAMT_ROOT, "BkToCstmrStmt", CAMT_MESSAGE),
    IN(CAMT_ROOT, "BkToCstmrAcctRpt", CAMT_MESSAGE),
    IN(CAMT_ROOT, "BkToCstmrDbtCdtNtfctn", CAMT_MESSAGE),

    IN(CAMT_MESSAGE, "GrpHdr", CAMT_GROUP_HEADER),
    IN(CAMT_MESSAGE, "Stmt", CAMT_REPORT),
    IN(CAMT_MESSAGE, "Rpt", CAMT_REPORT),
    IN(CAMT_MESSAGE, "Ntfctn", CAMT_REPORT),
    TEXT(CAMT_GROUP_HEADER, "MsgId", CAMT_MESSAGE_ID),

    IN(CAMT_REPORT, "Ntry", CAMT_ENTRY),
    IN(CAMT_REPORT, "Bal", CAMT_BALANCE),
    TEXT(CAMT_REPORT, "Id", CAMT_STATEMENT_ID),
    IN(CAMT_REPORT, "StmtPgntn", CAMT_PAGING),
    IN(CAMT_REPORT, "RptPgntn", CAMT_PAGING),
    TEXT(CAMT_REPORT, "ElctrncSeqNb", CAMT_ELECTRONIC_SEQUENCE),
    TEXT(CAMT_REPORT, "LglSeqNb", CAMT_LEGAL_SEQUENCE),
    TEXT(CAMT_REPORT, "CreDtTm", CAMT_CREATED),
    IN(CAMT_REPORT, "FrToDt", CAMT_PERIOD),
    IN(CAMT_REPORT, "Acct", CAMT_ACCT),
    IN(CAMT_REPORT, "TxsSummry", CAMT_TOTALS),
    TEXT(CAMT_REPORT, "AddtlStmtInf", CAMT_REPORT_TEXT),
    TEXT(CAMT_REPORT, "AddtlRptInf", CAMT_REPORT_TEXT),
    TEXT(CAMT_REPORT, "AddtlNtfctnInf", CAMT_REPORT_TEXT),
    TEXT(CAMT_PAGING, "PgNb", CAMT_PAGE),
    TEXT(CAMT_PERIOD, "FrDtTm", CAMT_FROM),
    TEXT(CAMT_PERIOD, "FrDt", CAMT_FROM),
    TEXT(CAMT_PERIOD, "ToDtTm", CAMT_TO),
    TEXT(CAMT_PERIOD, "ToDt", CAMT_TO),
    IN(CAMT_ACCT, "Id", CAMT_ACCT_ID),
    TEXT(CAMT_ACCT, "Ccy", CAMT_ACCOUNT_CURRENCY),
    TEXT(CAMT_ACCT_ID, "IBAN", CAMT_ACCOUNT),
    IN(CAMT_ACCT_ID, "Othr", CAMT_ACCT_OTHER),
    IN(CAMT_ACCT_ID, "PrtryAcct", CAMT_ACCT_OTHER),
    TEXT(CAMT_ACCT_OTHER, "Id", CAMT_ACCOUNT),

    IN(CAMT_BALANCE, "Tp", CAMT_BALANCE_KIND),
    AMOUNT(CAMT_BALANCE, "Amt", CAMT_BALANCE_AMOUNT, CAMT_BALANCE_CURRENCY),
    TEXT(CAMT_BALANCE, "CdtDbtInd", CAMT_BALANCE_MARK),
    IN(CAMT_BALANCE, "Dt", CAMT_BALANCE_DAY),
    IN(CAMT_BALANCE_KIND, "CdOrPrtry", CAMT_BALANCE_CODE),
    TEXT(CAMT_BALANCE_KIND, "Cd", CAMT_BALANCE_TYPE),
    TEXT(CAMT_BALANCE_CODE, "Cd", CAMT_BALANCE_TYPE),
    TEXT(CAMT_BALANCE_CODE, "Prtry", CAMT_BALANCE_TYPE),
    TEXT(CAMT_BALANCE_DAY, "Dt", CAMT_BALANCE_DATE),
    TEXT(CAMT_BALANCE_DAY, "DtTm", CAMT_BALANCE_DATE),

    IN(CAMT_TOTALS, "TtlNtries", CAMT_TOTALS_ALL),
    IN(CAMT_TOTALS, "TtlCdtNtries", CAMT_TOTALS_CREDIT),
    IN(CAMT_TOTALS, "TtlDbtNtries", CAMT_TOTALS_DEBIT),
    TEXT(CAMT_TOTALS_ALL, "NbOfNtries", CAMT_TOTAL_COUNT),
    TEXT(CAMT_TOTALS_ALL, "TtlNetNtryAmt", CAMT_TOTAL_NET),
    TEXT(CAMT_TOTALS_ALL, "CdtDbtInd", CAMT_TOTAL_MARK),
    IN(CAMT_TOTALS_ALL, "TtlNetNtry", CAMT_TOTALS_NET),
    TEXT(CAMT_TOTALS_NET, "Amt", CAMT_TOTAL_NET),
    TEXT(CAMT_TOTALS_NET, "CdtDbtInd", CAMT_TOTAL_MARK),
    TEXT(CAMT_TOTALS_CREDIT, "Sum", CAMT_CREDIT_SUM),
    TEXT(CAMT_TOTALS_DEBIT, "Sum", CAMT_DEBIT_SUM),

    TEXT(CAMT_ENTRY, "NtryRef", CAMT_ENTRY_REF),
    AMOUNT(CAMT_ENTRY, "Amt", CAMT_AMOUNT, CAMT_CURRENCY),
    TEXT(CAMT_ENTRY, "CdtDbtInd", CAMT_MARK),
    TEXT(CAMT_ENTRY, "RvslInd", CAMT_REVERSAL),
    {CAMT_ENTRY, "Sts", CAMT_ENTRY_STATUS, CAMT_STATUS, CAMT_NOTHING},
    IN(CAMT_ENTRY, "BookgDt", CAMT_ENTRY_BOOKED),
    IN(CAMT_ENTRY, "ValDt", CAMT_ENTRY_VALUED),
    TEXT(CAMT_ENTRY, "AcctSvcrRef", CAMT_SERVICER_REF),
    IN(CAMT_ENTRY, "BkTxCd", CAMT_CODE),
    IN(CAMT_ENTRY, "Chrgs", CAMT_CHARGES),
    IN(CAMT_ENTRY, "NtryDtls", CAMT_DETAILS),
    TEXT(CAMT_ENTRY, "AddtlNtryInf", CAMT_ENTRY_TEXT),
    TEXT(CAMT_ENTRY_STATUS, "Cd", CAMT_STATUS),
    TEXT(CAMT_ENTRY_STATUS, "Prtry", CAMT_STATUS),
    TEXT(CAMT_ENTRY_BOOKED, "Dt", CAMT_BOOKING_DATE),
    TEXT(CAMT_ENTRY_BOOKED, "DtTm", CAMT_BOOKING_DATE),
    TEXT(CAMT_ENTRY_VALUED, "Dt", CAMT_VALUE_DATE),
    TEXT(CAMT_ENTRY_VALUED, "DtTm", CAMT_VALUE_DATE),
    IN(CAMT_CODE, "Domn", CAMT_CODE_DOMAIN),
    IN(CAMT_CODE, "Prtry", CAMT_CODE_OWN),
    TEXT(CAMT_CODE_DOMAIN, "Cd", CAMT_DOMAIN_CODE),
    IN(CAMT_CODE_DOMAIN, "Fmly", CAMT_CODE_FAMILY),
    TEXT(CAMT_CODE_FAMILY, "Cd", CAMT_DOMAIN_CODE),
    TEXT(CAMT_CODE_FAMILY, "SubFmlyCd", CAMT_DOMAIN_CODE),
    TEXT(CAMT_CODE_OWN, "Cd", CAMT_OWN_CODE),
    TEXT(CAMT_CHARGES, "TtlChrgsAndTaxAmt", CAMT_FEE_TOTAL),
    TEXT(CAMT_CHARGES, "Amt", CAMT_FEE),
    IN(CAMT_CHARGES, "Rcrd", CAMT_CHARGES_RECORD),
    TEXT(CAMT_CHARGES_RECORD, "Amt", CAMT_FEE),

    IN(CAMT_DETAILS, "TxDtls", CAMT_TX),
    IN(CAMT_DETAILS, "Btch", CAMT_BATCH),
    TEXT(CAMT_BATCH, "PmtInfId", CAMT_BATCH_ID),
    IN(CAMT_TX, "Refs", CAMT_TX_REFS),
    AMOUNT(CAMT_TX, "Amt", CAMT_TX_AMOUNT, CAMT_TX_CURRENCY),
    TEXT(CAMT_TX, "CdtDbtInd", CAMT_TX_MARK),
    IN(CAMT_TX, "AmtDtls", CAMT_TX_AMOUNTS),
    IN(CAMT_TX, "Chrgs", CAMT_TX_CHARGES),
    IN(CAMT_TX, "RltdPties", CAMT_PARTIES),
    IN(CAMT_TX, "RmtInf", CAMT_REMITTANCE),
    IN(CAMT_TX, "RtrInf", CAMT_RETURN),
    TEXT(CAMT_TX, "AddtlTxInf", CAMT_TEXT),
    TEXT(CAMT_TX_REFS, "EndToEndId", CAMT_END_TO_END),
    TEXT(CAMT_TX_REFS, "PmtInfId", CAMT_PAYMENT_ID),
    TEXT(CAMT_TX_REFS, "InstrId", CAMT_INSTRUCTION_ID),
    IN(CAMT_TX_AMOUNTS, "TxAmt", CAMT_TX_AMOUNTS_TX),
    AMOUNT(CAMT_TX_AMOUNTS_TX, "Amt", CAMT_TX_DETAIL_AMOUNT, CAMT_TX_DETAIL_CURRENCY),
    TEXT(CAMT_TX_CHARGES, "TtlChrgsAndTaxAmt", CAMT_TX_FEE_TOTAL),
    TEXT(CAMT_TX_CHARGES, "Amt", CAMT_TX_FEE),
    IN(CAMT_TX_CHARGES, "Rcrd", CAMT_TX_CHARGES_RECORD),
    TEXT(CAMT_TX_CHARGES_RECORD, "Amt", CAMT_TX_FEE),

    IN(CAMT_PARTIES, "Dbtr", CAMT_P_DEBTOR),
    IN(CAMT_PARTIES, "DbtrAcct", CAMT_P_DEBTOR_ACCT),
    IN(CAMT_PARTIES, "UltmtDbtr", CAMT_P_ULTIMATE_DEBTOR),
    IN(CAMT_PARTIES, "Cdtr", CAMT_P_CREDITOR),
    IN(CAMT_PARTIES, "CdtrAcct", CAMT_P_CREDITOR_ACCT),
    IN(CAMT_PARTIES, "UltmtCdtr", CAMT_P_ULTIMATE_CREDITOR),
    TEXT(CAMT_P_DEBTOR, "Nm", CAMT_DEBTOR),
    IN(CAMT_P_DEBTOR, "Pty", CAMT_P_DEBTOR),
    IN(CAMT_P_DEBTOR_ACCT, "Id", CAMT_P_DEBTOR_ID),
    TEXT(CAMT_P_DEBTOR_ID, "IBAN", CAMT_DEBTOR_ACCOUNT),
    IN(CAMT_P_DEBTOR_ID, "Othr", CAMT_P_DEBTOR_OTHER),
    TEXT(CAMT_P_DEBTOR_OTHER, "Id", CAMT_DEBTOR_ACCOUNT),
    TEXT(CAMT_P_ULTIMATE_DEBTOR, "Nm", CAMT_ULTIMATE_DEBTOR),
    IN(CAMT_P_ULTIMATE_DEBTOR, "Pty", CAMT_P_ULTIMATE_DEBTOR),
    TEXT(CAMT_P_CREDITOR, "Nm", CAMT_CREDITOR),
    IN(CAMT_P_CREDITOR, "Pty", CAMT_P_CREDITOR),
    IN(CAMT_P_CREDITOR_ACCT, "Id", CAMT_P_CREDITOR_ID),
    TEXT(CAMT_P_CREDITOR_ID, "IBAN", CAMT_CREDITOR_ACCOUNT),
    IN(CAMT_P_CREDITOR_ID, "Othr", CAMT_P_CREDITOR_OTHER),
    TEXT(CAMT_P_CREDITOR_OTHER, "Id", CAMT_CREDITOR_ACCOUNT),
    TEXT(CAMT_P_ULTIMATE_CREDITOR, "Nm", CAMT_ULTIMATE_CREDITOR),
    IN(CAMT_P_ULTIMATE_CREDITOR, "Pty", CAMT_P_ULTIMATE_CREDITOR),

    TEXT(CAMT_REMITTANCE, "Ustrd", CAMT_TEXT),
    IN(CAMT_REMITTANCE, "Strd", CAMT_STRUCTURED),
    IN(CAMT_STRUCTURED, "CdtrRefInf", CAMT_STRUCTURED_REF),
    IN(CAMT_STRUCTURED, "RfrdDocInf", CAMT_STRUCTURED_DOC),
    TEXT(CAMT_STRUCTURED, "AddtlRmtInf", CAMT_TEXT),
    TEXT(CAMT_STRUCTURED_REF, "Ref", CAMT_TEXT),
    TEXT(CAMT_STRUCTURED_DOC, "Nb", CAMT_TEXT),
    TEXT(CAMT_STRUCTURED_DOC, "RfrdDocNb", CAMT_TEXT),
    IN(CAMT_RETURN, "Rsn", CAMT_RETURN_REASON),
    TEXT(CAMT_RETURN, "AddtlInf", CAMT_EXTRA),
    TEXT(CAMT_RETURN_REASON, "Cd", CAMT_RETURN_CODE),
    TEXT(CAMT_RETURN_REASON, "Prtry", CAMT_RETURN_CODE),
};

enum { CAMT_RULES = sizeof camt_rules / sizeof camt_rules[0] };

char camt_field_separator(enum camt_field field)
{
    switch (field) {
    case CAMT_END_TO_END:
    case CAMT_RETURN_CODE:
        return '|';
    case CAMT_DOMAIN_CODE:
        return '-';
    case CAMT_FEE:
    case CAMT_TX_FEE:
    case CAMT_TX_FEES:
    case CAMT_TEXT:
    case CAMT_EXTRA:
    case CAMT_REPORT_TEXT:
        return '\n';
    default:
        return '\0';
    }
}

size_t camt_field_limit(enum camt_field field)
{
    return camt_field_separator(field) == '\0' ? CAMT_SHORT_MAX : CAMT_LONG_MAX;
}

bool camt_grammar_start(struct camt_grammar *grammar, xmlTextReaderPtr reader)
{
    grammar->names = memory_new(CAMT_RULES * sizeof *grammar->names);
    enum camt_state state = CAMT_ROOT;
    for (uint16_t i = 0; i < CAMT_RULES; i++) {
        assert(camt_rules[i].from >= state);
        while (state < camt_rules[i].from)
            grammar->first[++state] = i;
        grammar->names[i] = xmlTextReaderConstString(reader, BAD_CAST camt_rules[i].name);
        if (grammar->names[i] == NULL)
            return false;
    }
    while (state < CAMT_STATES)
        grammar->first[++state] = CAMT_RULES;
    grammar->currency = xmlTextReaderConstString(reader, BAD_CAST "Ccy");
    return grammar->currency != NULL;
}

void camt_grammar_end(struct camt_grammar *grammar)
{
    free(grammar->names);
    grammar->names = NULL;
}

const struct camt_rule *camt_grammar_find(const struct camt_grammar *grammar,
                                          enum camt_state state, const xmlChar *name)
{
    assert(state < CAMT_STATES);
    for (size_t i = grammar->first[state]; i < grammar->first[state + 1]; i++)
        if (grammar->names[i] == name)
            return &camt_rules[i];
    return NULL;
}
