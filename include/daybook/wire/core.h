/* The payment core over REST, asynchronous: mutual TLS with the operator's own login key, deadlines
 * of our own, three outcomes. Transfers run in the one wait (wire_wait()); core_advance() takes
 * what came of them.
 *
 *     struct core *core = core_new(wire, &options, &error);
 *     core_send(core, &call, clock_monotonic_us(), &error);
 *     for (;;) {
 *         ... wire_wait(wire, ..., core_due(core)) ...
 *         core_advance(core, clock_monotonic_us());
 *     }
 *
 * Times are clock_monotonic_us(). Redirections, proxies, compression and anything but TLS 1.3 to
 * the one address are refused. */
#ifndef DAYBOOK_WIRE_CORE_H
#define DAYBOOK_WIRE_CORE_H

#include <stddef.h>
#include <stdint.h>

#include "daybook/base/buffer.h"
#include "daybook/base/error.h"
#include "daybook/base/text.h"
#include "daybook/wire/wait.h"

enum {
    CORE_CALLS_MAX = 32,           /* under way at once */
    CORE_BODY_MAX = 2 << 20,       /* bytes of an answer, and of what is sent */
    CORE_KEY_TEXT = 37,            /* an idempotency key and its NUL */
    CORE_DEADLINE_MS = 10000,      /* of one attempt, where a call names none */
    CORE_AGAIN_FIRST_S = 2         /* unknown outcomes are asked again after 2, 4, 8 ... seconds */
};

struct core_options {
    const char *url;         /* https://host:port */
    const char *root;        /* PEM file of the authority that signed the core's certificate */
    const char *certificate; /* PEM file, the operator's */
    struct span key;         /* its key, unencrypted PEM; borrowed while the core lives */
    int again_first_ms;      /* the first gap; 0: CORE_AGAIN_FIRST_S. Tests count in ticks. */
};

/* Three outcomes, never two. */
enum core_outcome {
    CORE_DONE,
    CORE_REFUSED, /* decided against, or nothing was sent: it has not happened */
    CORE_UNKNOWN  /* sent, and no answer that decides: it may have happened */
};

struct core_answer {
    enum core_outcome outcome;
    int status;              /* HTTP's; 0: no answer came */
    struct span body;        /* until the callback returns; ends in a NUL */
    char code[64];           /* the problem's stable word (RFC 9457), "" for none */
    char detail[256];        /* its `key=value` words, printable */
    char request_id[33];     /* what both logs call it */
    struct error error;      /* REFUSED and UNKNOWN: a sentence */
    int64_t sent_us, ended_us;
    int again_s;             /* UNKNOWN: the same request goes out again in so many seconds, and
                                the callback is called again; 0: this answer is the last */
    char *kept;              /* core_run() only: owns the body */
};

typedef void core_done_fn(void *context, const struct core_answer *answer);

struct core_call {
    const char *method;  /* GET, POST, PUT */
    const char *path;    /* "/v1/payouts/P2026112000417:ask" */
    const char *body;    /* JSON; NULL: none */
    const char *key;     /* Idempotency-Key of core_key_new(); NULL for what changes nothing */
    int64_t version;     /* If-Match; 0: none */
    int deadline_ms;     /* of one attempt; 0: CORE_DEADLINE_MS */
    int attempts;        /* with a key, how often it may go out while unknown; 0: once */
    core_done_fn *done;
    void *context;
};

struct core;

/* NULL with the error set: the address is wrong, or a file cannot be read. */
struct core *core_new(struct wire *wire, const struct core_options *options,
                      struct error *error);
/* Calls under way are forgotten without a word. NULL is allowed. */
void core_free(struct core *core);

/* Copies the call; its number, or 0 with the error set: nothing was or will be sent. */
int64_t core_send(struct core *core, const struct core_call *call, int64_t now_us,
                  struct error *error);
/* No callback will come any more; what was sent stays sent. */
void core_forget(struct core *core, int64_t number);

/* Moves transfers, calls back what ended, sends again what is due. */
void core_advance(struct core *core, int64_t now_us);
/* When core_advance() must be called even if nothing moves; INT64_MAX: never. */
int64_t core_due(const struct core *core);
size_t core_pending(const struct core *core);

/* For commands, which may wait: sends and returns the last answer. False where it was not DONE.
 * core_answer_release() frees it in either case. */
bool core_run(struct core *core, const struct core_call *call, struct core_answer *answer);
void core_answer_release(struct core_answer *answer);
/* A whole number of the answer's JSON object; false where there is none of this name. */
bool core_answer_int(const struct core_answer *answer, const char *name, int64_t *value);

/* A text member, added to out; false where there is none, or no room. */
bool core_answer_text(const struct core_answer *answer, const char *name, struct buffer *out);

/* A fresh random key. Made once a wish, before the first sending; never twice. */
const char *core_key_new(char out[CORE_KEY_TEXT]);

#endif
