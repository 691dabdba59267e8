/* One request as the contract sees it: no sockets, no HTTP library. What answers it borrows all of
 * it for the time of the call. */
#ifndef DAYBOOK_CORE_REQUEST_H
#define DAYBOOK_CORE_REQUEST_H

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "database.h"
#include "metrics.h"
#include "route.h"

enum {
    REQUEST_QUERY_MAX = 8,
    REQUEST_ID_MAX = 65,        /* with the final NUL */
    REPLY_BODY_MAX = 16 << 20   /* bytes */
};

struct core_request {
    const char *method, *path; /* the path decoded, without the query */
    struct {
        const char *name, *value;
    } query[REQUEST_QUERY_MAX];
    size_t query_count;
    bool query_overflow;
    const char *key;          /* Idempotency-Key; NULL: none */
    const char *if_match;     /* NULL: none */
    const char *content_type; /* NULL: none */
    const char *request_id;   /* X-Request-Id; NULL: none */
    const char *twice;        /* a header that stood twice and may not; NULL: none */
    const char *actor;        /* the peer certificate's name; NULL: it names nobody */
    struct span body;
    bool body_overflow;       /* more came than the limit */
    time_us now;
};

struct core_reply {
    int status;
    struct buffer body;
    const char *content_type;
    const struct core_route *route;  /* NULL: none was found */
    char request_id[REQUEST_ID_MAX]; /* the client's, or one of ours */
    char etag[24];                   /* "" : none */
    char allow[64];                  /* "" : none */
    char code[64];                   /* of a problem, for the log; "" : none */
    bool replayed;                   /* the answer of an earlier request under the same key */
    int retry_after_s;               /* 0: none */
};

struct core_authority;

/* Answers. reply->body is the caller's to free. authority may be NULL: no requests then. */
void core_answer(struct core_database *database, struct core_metrics *metrics,
                 const struct core_authority *authority, const struct core_request *request,
                 struct core_reply *reply);

#endif
