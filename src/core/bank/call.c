#include "call.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/buffer.h"
#include "daybook/base/json.h"
#include "daybook/base/log.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"

enum { ANSWER_MAX = 65536, REQUEST_MAX = 8192, CONNECT_MS = 3000 };

struct bank_call {
    CURL *easy;
    struct core_task task;
    const struct bank_caller *caller;
    struct curl_slist *headers;
    struct buffer request, answer;
    bool started; /* from here on a byte may have left */
};

/* --- what curl calls */

static size_t take_bytes(char *data, size_t size, size_t count, void *context)
{
    struct bank_call *call = context;

    /* Less than was given ends the transfer: no bank's answer is that long. */
    return buffer_append(&call->answer, data, size * count) ? size * count : 0;
}

static int before_request(void *context, char *remote, char *local, int remote_port,
                          int local_port)
{
    struct bank_call *call = context;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    /* The library may try a request again over a new connection: a payout is sent once. */
    if (call->started)
        return CURL_PREREQFUNC_ABORT;
    if (call->task.is_send && !call->caller->permit(call->caller->context, &call->task))
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

static bool write_request(struct bank_call *call)
{
    const struct core_task *task = &call->task;
    struct json json;
    char not_after[TIME_TEXT];
    int64_t amount = 0;

    text_to_int64(span_of(task->amount), &amount);
    json_write_start(&json, &call->request);
    json_write_object(&json);
    json_write_key(&json, "ref");
    json_write_string(&json, task->no);
    json_write_key(&json, "epoch");
    json_write_int(&json, task->payout.epoch);
    json_write_key(&json, "not_after");
    json_write_string(&json, time_text(task->payout.not_after, not_after));
    json_write_key(&json, "amount");
    json_write_int(&json, amount);
    json_write_key(&json, "currency");
    json_write_string(&json, task->currency);
    json_write_key(&json, "payee_name");
    json_write_string(&json, task->payee_name);
    json_write_key(&json, "payee_account");
    json_write_string(&json, task->payee_account);
    json_write_end(&json);
    return !call->request.overflow && amount > 0;
}

static void set_limits(struct bank_call *call)
{
    CURL *easy = call->easy;
    long timeout_ms = call->task.channel.answer_timeout_ms;

    if (timeout_ms > call->caller->most_ms)
        timeout_ms = call->caller->most_ms;
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
    if (call->caller->ca)
        curl_easy_setopt(easy, CURLOPT_CAINFO, call->caller->ca);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
}

static bool set_request(struct bank_call *call)
{
    CURL *easy = call->easy;
    char url[CORE_TASK_URL + CORE_TASK_WORD + 8];

    call->headers = curl_slist_append(NULL, "Expect:");
    if (!call->task.is_send) {
        snprintf(url, sizeof url, "%s/pay/%s", call->task.url, call->task.no);
        curl_easy_setopt(easy, CURLOPT_URL, url);
        return true;
    }
    if (!write_request(call))
        return false;
    call->headers = curl_slist_append(call->headers, "Content-Type: application/json");
    snprintf(url, sizeof url, "%s/pay", call->task.url);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, buffer_text(&call->request));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)call->request.length);
    /* A kept connection may be dead already; then nobody could say what left. */
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    return true;
}

struct bank_call *bank_call_start(const struct bank_caller *caller, const struct core_task *task)
{
    struct bank_call *call = memory_new(sizeof *call);

    call->caller = caller;
    call->task = *task;
    call->easy = curl_easy_init();
    buffer_init(&call->request, REQUEST_MAX);
    buffer_init(&call->answer, ANSWER_MAX);
    bool fine = call->easy != NULL && may_call(task->url, caller->ca) && set_request(call);

    if (fine)
        set_limits(call);
    if (fine && curl_multi_add_handle(caller->multi, call->easy) == CURLM_OK)
        return call;
    log_write(LOG_ERROR, "bank.address", "payout=%s url=%s", task->no, task->url);
    if (call->easy)
        curl_easy_cleanup(call->easy);
    call->easy = NULL;
    bank_call_free(caller, call);
    return NULL;
}

struct core_task *bank_call_task(struct bank_call *call)
{
    return &call->task;
}

struct bank_call *bank_call_of(CURL *easy)
{
    char *call = NULL;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
    return (struct bank_call *)(void *)call;
}

/* --- the answer */

static void copy_text(const json_t *root, const char *key, char *out, size_t size)
{
    const json_t *value = json_object_get(root, key);

    if (json_is_string(value))
        text_printable(out, size,
                       (struct span){json_string_value(value), json_string_length(value)});
}

static void read_answer(const struct bank_call *call, struct bank_answer *out)
{
    json_t *root = json_loadb(buffer_text(&call->answer), call->answer.length,
                              JSON_REJECT_DUPLICATES, NULL);

    copy_text(root, "ref", out->ref, sizeof out->ref);
    copy_text(root, "result", out->result, sizeof out->result);
    copy_text(root, "code", out->code, sizeof out->code);
    copy_text(root, "text", out->text, sizeof out->text);
    copy_text(root, "bank_ref", out->bank_ref, sizeof out->bank_ref);
    json_decref(root);
}

void bank_call_answer(struct bank_call *call, CURLcode result, struct bank_answer *out)
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
    read_answer(call, out);
}

void bank_call_free(const struct bank_caller *caller, struct bank_call *call)
{
    if (call->easy) {
        curl_multi_remove_handle(caller->multi, call->easy);
        curl_easy_cleanup(call->easy);
    }
    curl_slist_free_all(call->headers);
    buffer_free(&call->request);
    buffer_free(&call->answer);
    free(call);
}
