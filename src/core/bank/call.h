/* One request to a bank, run by a curl multi handle: its deadline is the channel's, it follows no
 * redirect, uses no proxy, and is never repeated by the library. */
#ifndef DAYBOOK_CORE_BANK_CALL_H
#define DAYBOOK_CORE_BANK_CALL_H

#include <curl/curl.h>
#include <stdbool.h>

#include "../task.h"
#include "daybook/domain/payout_answer.h"

struct bank_call;

/* Asked once the connection stands and before the first byte of a sending; false: not a byte is
 * sent. Runs within curl_multi_perform(). */
typedef bool bank_call_permit(void *context, const struct core_task *task);

struct bank_caller {
    CURLM *multi;
    const char *ca;  /* who signed the banks' certificates; NULL: plain HTTP to loopback only */
    long most_ms;    /* of any call: the lease must outlive it */
    bank_call_permit *permit;
    void *context;
};

/* Starts the call; NULL where the channel's address may not be called. Owns a copy of the task. */
struct bank_call *bank_call_start(const struct bank_caller *caller, const struct core_task *task);
struct core_task *bank_call_task(struct bank_call *call);
/* The call that a finished easy handle belongs to. */
struct bank_call *bank_call_of(CURL *easy);
/* What came of it, with curl's result. */
void bank_call_answer(struct bank_call *call, CURLcode result, struct bank_answer *out);
void bank_call_free(const struct bank_caller *caller, struct bank_call *call);

#endif
