/* States and their legal edges, one row a state and its successors. */
#include "daybook/domain/state.h"

#include <assert.h>
#include <string.h>

const struct state_edge state_edges[] = {
    {.kind = STATE_PAYMENT, .from = "CREATED", .to = "APPROVED CANCELLED REJECTED"},
    {.kind = STATE_PAYMENT, .from = "APPROVED", .to = "SUBMITTED CANCELLED FAILED"},
    {.kind = STATE_PAYMENT, .from = "SUBMITTED", .to = "ACCEPTED PAID FAILED UNKNOWN RECONCILED"},
    {.kind = STATE_PAYMENT, .from = "ACCEPTED", .to = "PAID FAILED UNKNOWN RECONCILED"},
    {.kind = STATE_PAYMENT, .from = "UNKNOWN", .to = "PAID FAILED PRESUMED_PAID RECONCILED"},
    {.kind = STATE_PAYMENT, .from = "PRESUMED_PAID", .to = "PAID FAILED RECONCILED RETURNED"},
    {.kind = STATE_PAYMENT, .from = "PRESUMED_PAID", .to = "NOT_PAID", .is_signed = true},
    {.kind = STATE_PAYMENT, .from = "PAID", .to = "RECONCILED RETURNED"},
    {.kind = STATE_PAYMENT, .from = "PAID", .to = "NOT_PAID", .is_signed = true},
    {.kind = STATE_PAYMENT, .from = "RECONCILED", .to = "RETURNED"},
    {.kind = STATE_PAYMENT, .from = "RECONCILED", .to = "PAID", .is_signed = true},
    {.kind = STATE_PAYMENT, .from = "FAILED", .to = "PAID REPAID CREDITED_BACK",
     .is_signed = true},
    {.kind = STATE_PAYMENT, .from = "NOT_PAID", .to = "PAID REPAID CREDITED_BACK",
     .is_signed = true},
    {.kind = STATE_PAYMENT, .from = "RETURNED", .to = "REPAID CREDITED_BACK", .is_signed = true},

    {.kind = STATE_EXCEPTION, .from = "OPEN", .to = "CLAIMED AUTO_CLOSED"},
    {.kind = STATE_EXCEPTION, .from = "CLAIMED",
     .to = "OPEN WAITING_BANK WAITING_MERCHANT WAITING_CARD PROPOSED CLOSED AUTO_CLOSED"},
    {.kind = STATE_EXCEPTION, .from = "CLAIMED", .to = "POSTED", .is_signed = true},
    {.kind = STATE_EXCEPTION, .from = "WAITING_BANK", .to = "CLAIMED PROPOSED CLOSED AUTO_CLOSED"},
    {.kind = STATE_EXCEPTION, .from = "WAITING_MERCHANT",
     .to = "CLAIMED PROPOSED CLOSED AUTO_CLOSED"},
    {.kind = STATE_EXCEPTION, .from = "WAITING_CARD", .to = "CLAIMED PROPOSED CLOSED AUTO_CLOSED"},
    {.kind = STATE_EXCEPTION, .from = "PROPOSED", .to = "APPROVED REJECTED CLAIMED POSTED",
     .is_signed = true},
    {.kind = STATE_EXCEPTION, .from = "APPROVED", .to = "POSTED CLAIMED", .is_signed = true},
    {.kind = STATE_EXCEPTION, .from = "POSTED", .to = "CLOSED", .is_signed = true},
    {.kind = STATE_EXCEPTION, .from = "POSTED", .to = "PROPOSED"},
    {.kind = STATE_EXCEPTION, .from = "REJECTED", .to = "CLAIMED POSTED"},
    {.kind = STATE_EXCEPTION, .from = "CLOSED", .to = "REOPENED"},
    {.kind = STATE_EXCEPTION, .from = "AUTO_CLOSED", .to = "REOPENED"},
    {.kind = STATE_EXCEPTION, .from = "REOPENED", .to = "CLAIMED AUTO_CLOSED"},

    {.kind = STATE_FILE, .from = "EXPECTED", .to = "RECEIVED"},
    {.kind = STATE_FILE, .from = "RECEIVED", .to = "PARSED BAD EMPTY IGNORED"},
    {.kind = STATE_FILE, .from = "PARSED", .to = "BALANCED UNBALANCED"},
    {.kind = STATE_FILE, .from = "BALANCED", .to = "MATCHING SUPERSEDED"},
    {.kind = STATE_FILE, .from = "UNBALANCED", .to = "MATCHING SUPERSEDED IGNORED"},
    {.kind = STATE_FILE, .from = "EMPTY", .to = "DONE SUPERSEDED"},
    {.kind = STATE_FILE, .from = "MATCHING", .to = "DONE"},
    {.kind = STATE_FILE, .from = "DONE", .to = "CLOSED SUPERSEDED"},
    {.kind = STATE_FILE, .from = "BAD", .to = "IGNORED SUPERSEDED"},

    {.kind = STATE_REQUEST, .from = "PENDING", .to = "PARTLY_APPROVED APPROVED REJECTED",
     .is_signed = true},
    {.kind = STATE_REQUEST, .from = "PENDING", .to = "WITHDRAWN EXPIRED"},
    {.kind = STATE_REQUEST, .from = "PARTLY_APPROVED", .to = "APPROVED REJECTED",
     .is_signed = true},
    {.kind = STATE_REQUEST, .from = "PARTLY_APPROVED", .to = "WITHDRAWN EXPIRED"},
    {.kind = STATE_REQUEST, .from = "APPROVED", .to = "STALE EXEC_FAILED EXPIRED"},
};
const size_t state_edge_count = sizeof state_edges / sizeof state_edges[0];

const char *state_kind_name(enum state_kind kind)
{
    static const char *const names[] = {
        [STATE_PAYMENT] = "payment", [STATE_EXCEPTION] = "exception", [STATE_FILE] = "file",
        [STATE_REQUEST] = "request"};
    assert(kind <= STATE_REQUEST);
    return names[kind];
}

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; *at != '\0';) {
        size_t n = strcspn(at, " ");
        if (n == length && memcmp(at, word, n) == 0)
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

bool state_may(enum state_kind kind, const char *from, const char *to, bool *is_signed)
{
    for (size_t i = 0; i < state_edge_count; i++) {
        const struct state_edge *edge = &state_edges[i];
        if (edge->kind == kind && strcmp(edge->from, from) == 0 && has_word(edge->to, to)) {
            if (is_signed != NULL)
                *is_signed = edge->is_signed;
            return true;
        }
    }
    return false;
}
