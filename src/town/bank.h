/* A bank of the town: an HTTP server on loopback that answers payouts, well or oddly, and keeps the
 * truth in an append-only file, from which it starts again after any end and from which its
 * statement is written the next day.
 *
 *     POST /pay {"ref","epoch","not_after","amount","currency","payee_name","payee_account"}
 *     GET /pay/REF
 *         {"ref","result":"paid|accepted|processing|refused|not-found","code","text","bank_ref"}
 *     POST /batch (pain.001), GET /batch/MESSAGE (pain.002)
 *
 * amount is in minor units, not_after RFC 3339. */
#ifndef DAYBOOK_TOWN_BANK_H
#define DAYBOOK_TOWN_BANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/town/names.h"
#include "daybook/town/random.h"
#include "daybook/town/town.h"

enum {
    BANK_PATH = 1024,
    BANK_REF = 64,
    BANK_CODE = 16,
    BANK_ORDERS_MAX = 1000000,
    BANK_BODY_MAX = 16 << 20,
    BANK_IDLE_S = 60,  /* a connection that says nothing is closed */
    BANK_MUTE_S = 300  /* a silent one too, without an answer */
};

/* What can go wrong with a request, in per mille; the rest is answered at once. */
enum bank_fault {
    BANK_SLOW,         /* executed, the answer takes long */
    BANK_SILENT,       /* executed, no answer */
    BANK_LOST,         /* nothing happens, no answer */
    BANK_RESET,        /* executed, the connection is reset */
    BANK_RESET_LOST,   /* reset, nothing happened */
    BANK_PROCESSING,   /* "processing" for a while, then executed or refused */
    BANK_LATE,         /* no answer; executed later */
    BANK_HIDDEN,       /* no answer and "not found" for a while; executed meanwhile or later */
    BANK_ACCEPTED,     /* "accepted"; executed later */
    BANK_REFUSED,      /* refused with a code */
    BANK_ASK_SILENT,   /* questions: no answer */
    BANK_ASK_RESET,    /* questions: reset */
    BANK_ASK_SLOW,     /* questions: a late answer */
    BANK_RETURNED,     /* comes back days after it was executed */
    BANK_FAULTS
};

struct bank_options {
    const struct town_channel *channel;
    const char *state;      /* a directory */
    const char *clock_file; /* milliseconds to add to the system's clock; NULL: none */
    const char *out;        /* of a statement */
    date_day day;           /* of a statement */
    int64_t opening;        /* before the first booking, minor units; INT64_MIN: the channel's */
    int64_t port;           /* 0: any free one; the one it is stands in STATE/port */
    uint64_t seed;
    int per_mille[BANK_FAULTS];
    bool idempotent;        /* pays a reference once */
    bool enforces;          /* never executes after not-after */
    int maintenance_from_s, maintenance_to_s; /* local, since midnight; equal: none */
    int late_s;             /* how late "late" may be */
    int answer_ms;          /* usual time of an answer, at most */
    int return_s;           /* how late a return may be */
    int offset_s;           /* of local time from UTC */
};

/* What a person said about a payout (town bank hold|release|fail). */
enum bank_hold { BANK_FREE, BANK_HELD, BANK_FAIL };

struct bank_order {
    char ref[BANK_REF], batch[BANK_REF];
    char name[TOWN_NAME * 2], account[BANK_REF];
    char currency[4];
    char code[BANK_CODE]; /* of a refusal; "" where it is not refused */
    int64_t amount;
    int64_t epoch;
    size_t number;        /* of the bank's own */
    int requests, executions, returns;
    enum bank_hold hold;
    bool taken;           /* false: the request was lost, or only a hold is known */
    /* TIME_NONE: never. */
    time_us taken_at, not_after, visible_at, accepted_at, execute_at, refuse_at, return_at;
    bool pending;         /* stands in the book's list of what time will change */
};

struct bank_entry {
    time_us at;
    size_t order;
    bool is_return;
};

/* Everything the bank knows, in memory and in STATE/truth.tsv. */
struct bank_book {
    const struct bank_options *options;
    struct town_random random;
    FILE *truth;
    struct bank_order *orders;
    size_t count, room;
    size_t *table; /* open addressing; SIZE_MAX is free */
    size_t table_room;
    size_t *pending;
    size_t pending_count, pending_room;
    struct bank_entry *entries; /* executions and returns, in the order of time */
    size_t entry_count, entry_room;
    bool hold_next, hold_all;
};

/* --- bank_book.c */
time_us bank_now(const struct bank_options *options);
/* Reads the truth, if there is any; `write` opens it for what comes. */
bool bank_book_open(struct bank_book *book, const struct bank_options *options, bool write,
                    struct error *error);
void bank_book_close(struct bank_book *book);
struct bank_order *bank_book_find(struct bank_book *book, const char *ref);
struct bank_order *bank_book_add(struct bank_book *book, const char *ref); /* NULL: full */
/* Writes what happened with the order as it is now: one line, one write. */
void bank_book_tell(struct bank_book *book, struct bank_order *order, const char *event,
                    time_us now);
void bank_book_execute(struct bank_book *book, struct bank_order *order, time_us now);
void bank_book_refuse(struct bank_book *book, struct bank_order *order, const char *code,
                      time_us now);
/* Does what is due. Returns when the next is; TIME_NONE: nothing. */
time_us bank_book_pass_time(struct bank_book *book, time_us now);
const char *bank_order_number(const struct bank_book *book, const struct bank_order *order,
                              char out[TOWN_REF]);

/* --- bank_answer.c */
enum bank_manner { BANK_AT_ONCE, BANK_AFTER, BANK_NEVER, BANK_BREAK };
struct bank_reply {
    enum bank_manner manner;
    int status;
    int64_t delay_ms;       /* with BANK_AFTER */
    const char *type;       /* of the body */
    struct buffer body;
};
void bank_reply_start(struct bank_reply *reply);
/* method, path and body of one request; the reply is filled. */
void bank_answer(struct bank_book *book, const char *method, const char *path,
                 struct span body, time_us now, struct bank_reply *reply);
/* "hold REF", "release REF", "fail REF"; REF may be `next` or `all`. The answer is a sentence. */
void bank_command(struct bank_book *book, const char *line, time_us now, char *out, size_t size);

/* --- bank_batch.c */
void bank_take_batch(struct bank_book *book, struct span body, time_us now,
                     struct bank_reply *reply);
void bank_tell_batch(struct bank_book *book, const char *message, time_us now,
                     struct bank_reply *reply);
/* A new order of a batch, or one that came singly; never answers. */
void bank_take_item(struct bank_book *book, struct bank_order *order, time_us now);
/* What the bank says of an order now: "paid", "refused", ..., "not-found". */
const char *bank_result(const struct bank_order *order, time_us now);

/* --- bank_serve.c, bank_statement.c, bank_main.c */
int bank_serve(const struct bank_options *options);
bool bank_statement(const struct bank_options *options, struct error *error);
int bank_main(int argc, char **argv);

#endif
