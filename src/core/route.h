/* The operations of the contract, one table row each: dispatch, metrics and the comparison with
 * openapi.yaml come from it. */
#ifndef DAYBOOK_CORE_ROUTE_H
#define DAYBOOK_CORE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daybook/base/text.h"

enum {
    ROUTE_VARIABLES_MAX = 4,  /* {name} in a path */
    ROUTE_PARAMETERS_MAX = 20 /* of a statement */
};

/* --- bodies */

enum member_kind {
    MEMBER_TEXT,
    MEMBER_INTEGER,
    MEMBER_BOOL,
    MEMBER_OBJECT,
    MEMBER_ARRAY,
    MEMBER_WORDS /* an object that may have further members, all of them texts */
};

/* One member of an object of the body. */
struct core_member {
    const char *name;
    enum member_kind kind;
    bool optional;       /* may be missing or null */
    int64_t least, most; /* a number's range; a text's characters; an array's items */
    const char *form;    /* of a text: "id", "payout" and so on (core_form_fits()), or words a|b;
                            NULL: any text without control characters */
    const struct core_member *inside; /* of an object: its members, a row without a name ends them;
                                         of an array: what each item is, one row */
};

/* --- routes */

/* What an operation does with a request. */
enum route_kind {
    ROUTE_STATEMENT, /* one statement: status, body, and replayed where it is keyed */
    ROUTE_HEALTH,
    ROUTE_METRICS,
    ROUTE_CONTRACT,  /* openapi.yaml, as it is */
    ROUTE_PREVIEW,   /* of a correction (correction.h) */
    ROUTE_EXECUTE,
    ROUTE_RECEIPT
};

struct core_route {
    const char *method, *path; /* "/v1/payouts/{id}:approve" */
    const char *operation;
    const char *right;         /* words of paycore.client, checked in SQL: one of them is needed;
                                  "read": any of them; "any": none */
    enum route_kind kind;
    bool keyed;     /* Idempotency-Key is needed */
    bool versioned; /* If-Match is needed */
    const char *query; /* the parameters it may have, "state channel" */
    const struct core_member *body; /* NULL: it takes none */
    /* The statement, and where its parameters come from, in their order: actor key sha version now,
     * @name of the path (@name! as the number of a payout), $a.b of the body ($a.b! the same, $ all
     * of it), ?name of the query. */
    const char *sql, *parameters;
};

const struct core_route *core_routes(size_t *count);

/* What a path's variables are, by their order in the template. */
struct core_variables {
    struct span name[ROUTE_VARIABLES_MAX], value[ROUTE_VARIABLES_MAX];
    size_t count;
};

enum route_match { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

/* Finds the route of a request line. Values point into path. Where only the method is wrong,
 * allowed gets the methods the path has, "GET, POST". */
enum route_match core_route_find(const char *method, const char *path,
                                 const struct core_route **route,
                                 struct core_variables *variables, char allowed[64]);

/* "P2026112000417" as the number the database has; false where it is none. */
bool core_payout_number(struct span text, int64_t *number);

#endif
