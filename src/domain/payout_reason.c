/* Classes of the reasons banks give (rule B3.8). The raw code is always kept beside the class. */
#include <strings.h>

#include "daybook/domain/payout.h"

static const struct {
    const char *code;
    const char *class_name;
} reasons[] = {
    /* ISO 20022 external reason codes */
    {"AC01", "ACCOUNT_INVALID"},
    {"AC02", "ACCOUNT_INVALID"},
    {"AC03", "ACCOUNT_INVALID"},
    {"AC04", "ACCOUNT_CLOSED"},
    {"AC05", "ACCOUNT_CLOSED"},
    {"AC06", "BLOCKED"},
    {"AC07", "ACCOUNT_CLOSED"},
    {"AG01", "BLOCKED"},
    {"AM02", "LIMIT"},
    {"AM04", "LIMIT"},
    {"AM05", "DUPLICATE"},
    {"AM13", "LIMIT"},
    {"AM14", "LIMIT"},
    {"AB05", "BANK_DOWN"},
    {"AB06", "BANK_DOWN"},
    {"AB08", "BANK_DOWN"},
    {"BE01", "NAME_MISMATCH"},
    {"DUPL", "DUPLICATE"},
    {"RR01", "REGULATORY"},
    {"RR02", "REGULATORY"},
    {"RR03", "REGULATORY"},
    {"RR04", "REGULATORY"},
    /* NACHA returns */
    {"R02", "ACCOUNT_CLOSED"},
    {"R03", "ACCOUNT_INVALID"},
    {"R04", "ACCOUNT_INVALID"},
    {"R16", "BLOCKED"},
    {"R20", "ACCOUNT_INVALID"},
    {"R24", "DUPLICATE"},
    /* words of payment APIs */
    {"counterpartyAccountBlocked", "BLOCKED"},
    {"counterpartyAccountClosed", "ACCOUNT_CLOSED"},
    {"counterpartyAccountNotFound", "ACCOUNT_INVALID"},
    {"counterpartyBankTimedOut", "BANK_DOWN"},
    {"counterpartyBankUnavailable", "BANK_DOWN"},
    {"refusedByCounterpartyBank", "OTHER"},
};

const char *payout_reason_class(const char *code)
{
    if (code == NULL || code[0] == '\0')
        return NULL;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (strcasecmp(reasons[i].code, code) == 0)
            return reasons[i].class_name;
    return "OTHER";
}
