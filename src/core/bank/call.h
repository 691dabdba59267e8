/* Requests to banks, many at once: each with a deadline of its own, without redirects and proxies,
 * and none ever repeated by the library. A caller belongs to one thread. */
#ifndef DAYBOOK_CORE_BANK_CALL_H
#define DAYBOOK_CORE_BANK_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/base/text.h"
#include "daybook/domain/payout_answer.h"

struct bank_caller;

enum bank_path {
    BANK_PAY,    /* POST /pay for a sending, else GET /pay/REF */
    BANK_BATCH   /* POST /batch with `message`, else GET /batch/REF */
};

/* Everything is copied. */
struct bank_request {
    enum bank_path path;
    bool is_send;
    const char *url; /* of the bank, without a path */
    const char *ref; /* of the payout or the message: letters, digits, '-' */
    long timeout_ms;
    struct span message; /* of a batch's sending: pain.001 */
    /* Of a payout's sending: */
    int epoch;
    time_us not_after;
    int64_t amount;
    const char *currency, *payee_name, *payee_account;
};

/* Asked once the connection of a sending stands and before its first byte; false: not a byte is
 * sent. `call` is what bank_caller_start() was given. */
typedef bool bank_call_permit(void *context, void *call);

/* ca: who signed the banks' certificates, or NULL: then plain HTTP to this machine only. NULL where
 * the library refuses. */
struct bank_caller *bank_caller_new(const char *ca, bank_call_permit *permit, void *context);
void bank_caller_free(struct bank_caller *caller); /* NULL is allowed; nothing may be under way */
/* False where that address may not be called: nothing was sent and nothing will be answered. */
bool bank_caller_start(struct bank_caller *caller, const struct bank_request *request, void *call);
/* The next call that came to its end, with what came of it; NULL: none. `body` gets the answer's
 * bytes: initialised here, freed by the caller's user, also where it is empty. */
void *bank_caller_next(struct bank_caller *caller, struct bank_answer *answer,
                       struct buffer *body);
void bank_caller_wait(struct bank_caller *caller, int most_ms);
void bank_caller_wake(struct bank_caller *caller); /* from another thread */

#endif
