#include "call.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "daybook/base/buffer.h"
#include "daybook/base/json.h"
#include "daybook/base/log.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"

enum {
    ANSWER_MAX = 65536, /* bytes */
    REPORT_MAX = 16 << 20,
    REQUEST_MAX = 16 << 20,
    URL_MAX_BYTES = 640,
    CONNECT_MS = 3000
};

struct bank_caller {
    CURLM *multi;
    const char *ca;
    bank_call_permit *permit;
    void *context;
};

struct call {
    CURL *easy;
    struct bank_caller *caller;
    void *owner; /* what the caller's user knows it by */
    bool is_send;
    bool started; /* from here on a byte may have left */
    struct curl_slist *headers;
    struct buffer request, answer;
};

/* --- what curl calls */

static size_t take_bytes(char *data, size_t size, size_t count, void *context)
{
    struct call *call = context;

    /* Less than was given ends the transfer: no bank's answer is that long. */
    return buffer_append(&call->answer, data, size * count) ? size * count : 0;
}

static int before_request(void *context, char *remote, char *local, int remote_port,
                          int local_port)
{
    struct call *call = context;
    const struct bank_caller *caller = call->caller;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    /* The library may try a request again over a new connection: a question as often as it likes,
     * a payout never. */
    if (call->is_send && (call->started || !caller->permit(caller->context, call->owner)))
        return CURL_PREREQFUNC_ABORT;
    call->started = true;
    return CURL_PREREQFUNC_OK;
}

/* --- the request */

/* Plain HTTP goes to this machine only. */
static bool may_call(const char *url, const char *ca)
{
    static const char *const local[] = {"http://127.0.0.1:", "http://[::1]:"};

    if (strncmp(url, "https://", 8) == 0)
        return ca != NULL;
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
        if (strncmp(url, local[i], strlen(local[i])) == 0)
            return strchr(url, '@') == NULL;
    return false;
}

static bool is_word(const char *text)
{
    return text[0] != '\0'
        && text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")]
        == '\0';
}

static bool write_request(struct call *call, const struct bank_request *request)
{
    struct json json;
    char not_after[TIME_TEXT];

    json_write_start(&json, &call->request);
    json_write_object(&json);
    json_write_key(&json, "ref");
    json_write_string(&json, request->ref);
    json_write_key(&json, "epoch");
    json_write_int(&json, request->epoch);
    json_write_key(&json, "not_after");
    json_write_string(&json, time_text(request->not_after, not_after));
    json_write_key(&json, "amount");
    json_write_int(&json, request->amount);
    json_write_key(&json, "currency");
    json_write_string(&json, request->currency);
    json_write_key(&json, "payee_name");
    json_write_string(&json, request->payee_name);
    json_write_key(&json, "payee_account");
    json_write_string(&json, request->payee_account);
    json_write_end(&json);
    return !call->request.overflow && request->amount > 0;
}

static void set_limits(struct call *call, long timeout_ms)
{
    CURL *easy = call->easy;
    const char *ca = call->caller->ca;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     timeout_ms < CONNECT_MS ? timeout_ms : (long)CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (ca)
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
}

static bool set_request(struct call *call, const struct bank_request *request)
{
    CURL *easy = call->easy;
    char url[URL_MAX_BYTES];
    bool is_batch = request->path == BANK_BATCH;
    int length = snprintf(url, sizeof url, "%s/%s%s%s", request->url, is_batch ? "batch" : "pay",
                          request->is_send ? "" : "/", request->is_send ? "" : request->ref);

    if (length >= (int)sizeof url || !is_word(request->ref))
        return false;
    call->headers = curl_slist_append(NULL, "Expect:");
    curl_easy_setopt(easy, CURLOPT_URL, url);
    if (!request->is_send)
        return true;
    if (is_batch ? !buffer_append(&call->request, request->message.data, request->message.length)
                 : !write_request(call, request))
        return false;
    call->headers = curl_slist_append(call->headers, is_batch ? "Content-Type: application/xml"
                                                              : "Content-Type: application/json");
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, buffer_text(&call->request));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)call->request.length);
    /* A kept connection may be dead already; then nobody could say what left. */
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    return true;
}

static void call_free(struct call *call)
{
    if (call->easy)
        curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    buffer_free(&call->request);
    buffer_free(&call->answer);
    free(call);
}

bool bank_caller_start(struct bank_caller *caller, const struct bank_request *request, void *owner)
{
    struct call *call = memory_new(sizeof *call);

    *call = (struct call){.easy = curl_easy_init(), .caller = caller, .owner = owner,
                          .is_send = request->is_send};
    buffer_init(&call->request, REQUEST_MAX);
    buffer_init(&call->answer, request->path == BANK_BATCH ? REPORT_MAX : ANSWER_MAX);
    bool fine = call->easy != NULL && may_call(request->url, caller->ca)
        && set_request(call, request);

    if (fine) {
        set_limits(call, request->timeout_ms);
        fine = curl_multi_add_handle(caller->multi, call->easy) == CURLM_OK;
    }
    if (!fine) {
        log_write(LOG_ERROR, "bank.address", "payout=%s url=%s", request->ref, request->url);
        call_free(call);
    }
    return fine;
}

/* --- the answer */

static void read_answer(const struct call *call, CURLcode result, struct bank_answer *out)
{
    long status = 0;

    *out = (struct bank_answer){.transport = BANK_ANSWERED};
    if (!call->started)
        out->transport = BANK_NOT_SENT;
    else if (result == CURLE_OPERATION_TIMEDOUT)
        out->transport = BANK_TIMEOUT;
    else if (result != CURLE_OK)
        out->transport = BANK_BROKEN;
    if (out->transport != BANK_ANSWERED) {
        snprintf(out->text, sizeof out->text, "%s", curl_easy_strerror(result));
        return;
    }
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    out->status = (int)status;
    bank_answer_read((struct span){buffer_text(&call->answer), call->answer.length}, out);
}

void *bank_caller_next(struct bank_caller *caller, struct bank_answer *answer,
                       struct buffer *body)
{
    int running, left;
    char *private = NULL;
    CURLMsg *message;

    curl_multi_perform(caller->multi, &running);
    do
        message = curl_multi_info_read(caller->multi, &left);
    while (message != NULL && message->msg != CURLMSG_DONE);
    if (message == NULL)
        return NULL;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
    struct call *call = (struct call *)(void *)private;
    void *owner = call->owner;

    read_answer(call, message->data.result, answer);
    *body = call->answer;
    buffer_init(&call->answer, ANSWER_MAX);
    curl_multi_remove_handle(caller->multi, call->easy);
    call_free(call);
    return owner;
}

/* --- the caller */

struct bank_caller *bank_caller_new(const char *ca, bank_call_permit *permit, void *context)
{
    struct bank_caller *caller = memory_new(sizeof *caller);

    *caller = (struct bank_caller){curl_multi_init(), ca, permit, context};
    if (caller->multi != NULL)
        return caller;
    free(caller);
    return NULL;
}

void bank_caller_free(struct bank_caller *caller)
{
    if (caller == NULL)
        return;
    curl_multi_cleanup(caller->multi);
    free(caller);
}

void bank_caller_wait(struct bank_caller *caller, int most_ms)
{
    curl_multi_poll(caller->multi, NULL, 0, most_ms, NULL);
}

void bank_caller_wake(struct bank_caller *caller)
{
    curl_multi_wakeup(caller->multi);
}
