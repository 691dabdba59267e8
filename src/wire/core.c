#include "daybook/wire/core.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "inside.h"

/* --- keys and ids */

static void random_bytes(unsigned char *out, size_t count)
{
    for (size_t have = 0; have < count;) {
        ssize_t got = getrandom(out + have, count - have, 0);
        have += got > 0 ? (size_t)got : 0;
    }
}

const char *core_key_new(char out[CORE_KEY_TEXT])
{
    unsigned char b[16];
    random_bytes(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(out, CORE_KEY_TEXT,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
    return out;
}

static void request_id_new(char out[33])
{
    unsigned char b[8];
    random_bytes(b, sizeof b);
    snprintf(out, 33, "desk-%02x%02x%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5],
             b[6], b[7]);
}

/* --- the core */

/* https://host[:port], nothing before or behind. */
static bool url_is_right(const char *url, struct error *error)
{
    char *scheme = NULL, *path = NULL, *user = NULL, *query = NULL;
    CURLU *parsed = curl_url();
    bool good = parsed != NULL && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
                curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                strcmp(scheme, "https") == 0 &&
                curl_url_get(parsed, CURLUPART_PATH, &path, 0) == CURLUE_OK &&
                strcmp(path, "/") == 0 && url[strlen(url) - 1] != '/' &&
                curl_url_get(parsed, CURLUPART_USER, &user, 0) != CURLUE_OK &&
                curl_url_get(parsed, CURLUPART_QUERY, &query, 0) != CURLUE_OK;
    curl_free(scheme);
    curl_free(path);
    curl_free(user);
    curl_free(query);
    curl_url_cleanup(parsed);
    return good || error_set(error, ERROR_USAGE,
                             _("the payment core's address is written as https://host:port, "
                               "not '%s'"), url);
}

static bool file_is_there(const char *path, struct error *error)
{
    return access(path, R_OK) == 0 ||
           error_set(error, ERROR_USAGE, "%s: %s", path, strerror(errno));
}

struct core *core_new(struct wire *wire, const struct core_options *options, struct error *error)
{
    assert(options->key.length > 0);
    if (!url_is_right(options->url, error) || !file_is_there(options->root, error) ||
        !file_is_there(options->certificate, error))
        return NULL;
    struct core *core = memory_new(sizeof *core);
    core->wire = wire;
    core->url = memory_copy_string(options->url);
    core->root = memory_copy_string(options->root);
    core->certificate = memory_copy_string(options->certificate);
    core->key = options->key;
    core->again_first_us = options->again_first_ms > 0
                               ? options->again_first_ms * (int64_t)1000
                               : CORE_AGAIN_FIRST_S * (int64_t)1000000;
    return core;
}

static void transfer_release(struct core_transfer *transfer)
{
    transfer_end(transfer);
    buffer_free(transfer->answer);
    free(transfer->answer);
    free(transfer->method);
    free(transfer->path);
    free(transfer->body);
    free(transfer->key);
    *transfer = (struct core_transfer){0};
}

void core_free(struct core *core)
{
    if (core == NULL)
        return;
    for (size_t i = 0; i < CORE_CALLS_MAX; i++)
        if (core->transfers[i].number != 0)
            transfer_release(&core->transfers[i]);
    free(core->url);
    free(core->root);
    free(core->certificate);
    free(core);
}

/* --- calls */

static struct core_transfer *slot_find(struct core *core, int64_t number)
{
    for (size_t i = 0; i < CORE_CALLS_MAX; i++)
        if (core->transfers[i].number == number)
            return &core->transfers[i];
    return NULL;
}

static char *copy_or_null(const char *text)
{
    return text == NULL ? NULL : memory_copy_string(text);
}

int64_t core_send(struct core *core, const struct core_call *call, int64_t now_us,
                  struct error *error)
{
    assert(call->path[0] == '/' && call->done != NULL);
    assert(call->attempts <= 1 || call->key != NULL);
    struct core_transfer *transfer = slot_find(core, 0);
    if (transfer == NULL) {
        error_set(error, ERROR_LIMIT, _("Too many requests to the payment core are under way."));
        return 0;
    }
    *transfer = (struct core_transfer){
        .core = core, .number = ++core->last_number, .method = memory_copy_string(call->method),
        .path = memory_copy_string(call->path), .body = copy_or_null(call->body),
        .key = copy_or_null(call->key), .version = call->version,
        .deadline_ms = call->deadline_ms > 0 ? call->deadline_ms : CORE_DEADLINE_MS,
        .attempts = call->attempts > 0 ? call->attempts : 1, .sent_us = now_us,
        .due_us = INT64_MAX, .done = call->done, .context = call->context};
    transfer->answer = memory_new(sizeof *transfer->answer);
    buffer_init(transfer->answer, CORE_BODY_MAX);
    request_id_new(transfer->request_id);
    if (transfer_begin(transfer, error))
        return transfer->number;
    transfer_release(transfer);
    return 0;
}

void core_forget(struct core *core, int64_t number)
{
    struct core_transfer *transfer = number == 0 ? NULL : slot_find(core, number);
    if (transfer != NULL)
        transfer_release(transfer);
}

/* The gap after attempt n is 2^n seconds: 2, 4, 8 ... */
static int64_t gap_us(const struct core_transfer *transfer)
{
    int64_t gap = transfer->core->again_first_us;
    for (int i = 1; i < transfer->tried && i < 8; i++)
        gap *= 2;
    return gap;
}

static void attempt_over(struct core_transfer *transfer, CURLcode result, int64_t now_us)
{
    struct core_answer answer = {.sent_us = transfer->sent_us, .ended_us = now_us};
    outcome_of(transfer, result, &answer);
    memcpy(answer.request_id, transfer->request_id, sizeof answer.request_id);
    transfer_end(transfer);
    if (answer.outcome == CORE_UNKNOWN && transfer->tried < transfer->attempts) {
        int64_t gap = gap_us(transfer);
        answer.again_s = gap < 1000000 ? 1 : (int)(gap / 1000000);
        transfer->due_us = now_us + gap;
    }
    core_done_fn *done = transfer->done;
    void *context = transfer->context;
    struct core *core = transfer->core;
    int64_t number = transfer->number;
    done(context, &answer);
    /* The callback may have forgotten this call or made others. */
    transfer = slot_find(core, number);
    if (transfer != NULL && answer.again_s == 0)
        transfer_release(transfer);
}

static void send_again(struct core_transfer *transfer, int64_t now_us)
{
    struct core_answer answer = {.outcome = CORE_UNKNOWN, .sent_us = transfer->sent_us,
                                 .ended_us = now_us};
    transfer->due_us = INT64_MAX;
    if (transfer_begin(transfer, &answer.error))
        return;
    transfer->done(transfer->context, &answer);
    transfer_release(transfer);
}

void core_advance(struct core *core, int64_t now_us)
{
    CURLM *multi = wire_multi(core->wire);
    int running = 0, left = 0;
    for (size_t i = 0; i < CORE_CALLS_MAX; i++)
        if (core->transfers[i].number != 0 && core->transfers[i].due_us <= now_us)
            send_again(&core->transfers[i], now_us);
    (void)curl_multi_perform(multi, &running);
    for (const CURLMsg *told; (told = curl_multi_info_read(multi, &left)) != NULL;) {
        void *mine = NULL;
        if (told->msg != CURLMSG_DONE)
            continue;
        CURLcode result = told->data.result;
        (void)curl_easy_getinfo(told->easy_handle, CURLINFO_PRIVATE, (char **)&mine);
        assert(mine != NULL);
        attempt_over(mine, result, now_us);
    }
}

int64_t core_due(const struct core *core)
{
    int64_t due_us = INT64_MAX;
    for (size_t i = 0; i < CORE_CALLS_MAX; i++)
        if (core->transfers[i].number != 0 && core->transfers[i].due_us < due_us)
            due_us = core->transfers[i].due_us;
    return due_us;
}

size_t core_pending(const struct core *core)
{
    size_t count = 0;
    for (size_t i = 0; i < CORE_CALLS_MAX; i++)
        count += core->transfers[i].number != 0;
    return count;
}

/* --- waiting for one */

struct core_running {
    struct core_answer *answer;
    bool over;
};

static void run_done(void *context, const struct core_answer *answer)
{
    struct core_running *running = context;
    if (answer->again_s > 0)
        return;
    running->over = true;
    *running->answer = *answer;
    if (answer->body.length == 0) {
        running->answer->body = (struct span){0};
        return;
    }
    running->answer->kept = memory_copy(answer->body.data, answer->body.length + 1);
    running->answer->body.data = running->answer->kept;
}

bool core_run(struct core *core, const struct core_call *call, struct core_answer *answer)
{
    struct core_running running = {.answer = answer};
    struct core_call mine = *call;
    mine.done = run_done;
    mine.context = &running;
    *answer = (struct core_answer){.outcome = CORE_REFUSED};
    if (core_send(core, &mine, clock_monotonic_us(), &answer->error) == 0)
        return false;
    while (!running.over) {
        wire_wait(core->wire, NULL, 0, core_due(core));
        core_advance(core, clock_monotonic_us());
    }
    return answer->outcome == CORE_DONE;
}

void core_answer_release(struct core_answer *answer)
{
    free(answer->kept);
    *answer = (struct core_answer){0};
}
