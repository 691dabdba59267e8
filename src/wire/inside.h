/* What the files of wire share. */
#ifndef DAYBOOK_WIRE_INSIDE_H
#define DAYBOOK_WIRE_INSIDE_H

#include <curl/curl.h>

#include "daybook/wire/core.h"
#include "daybook/wire/wait.h"

CURLM *wire_multi(const struct wire *wire);

/* One call, through all its attempts. number 0: the slot is free. */
struct core_transfer {
    struct core *core;
    int64_t number;
    CURL *easy;               /* NULL: between two attempts */
    struct curl_slist *headers;
    char *method, *path, *body, *key;
    int64_t version;
    int deadline_ms, attempts, tried;
    bool maybe_sent;          /* an attempt got so far that it may have happened */
    bool too_long;            /* the answer passed CORE_BODY_MAX */
    int64_t sent_us, due_us;  /* of the first attempt; of the next */
    struct buffer *answer;
    char request_id[33];
    core_done_fn *done;
    void *context;
};

struct core {
    struct wire *wire;
    char *url, *root, *certificate;
    struct span key;
    int64_t again_first_us;
    int64_t last_number;
    struct core_transfer transfers[CORE_CALLS_MAX];
};

/* transfer.c: one attempt. False with the error set. */
bool transfer_begin(struct core_transfer *transfer, struct error *error);
void transfer_end(struct core_transfer *transfer);

/* outcome.c: what an attempt that ended with `result` came to. */
void outcome_of(struct core_transfer *transfer, CURLcode result, struct core_answer *answer);

#endif
