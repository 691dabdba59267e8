/* A request on its way to its answer, as the files that answer requests share it. */
#ifndef DAYBOOK_CORE_PASSAGE_H
#define DAYBOOK_CORE_PASSAGE_H

#include <jansson.h>

#include "daybook/base/memory.h"
#include "request.h"

struct passage {
    struct core_database *database;
    struct core_metrics *metrics;
    const struct core_authority *authority; /* NULL: this core executes no requests */
    const struct core_request *request;
    struct core_reply *reply;
    const struct core_route *route;
    struct core_variables variables;
    struct arena *arena;
    json_t *body;      /* NULL: none came */
    int64_t version;   /* of If-Match */
    char sha[3 + 64];  /* "\x" and digits: a bytea as text */
};

/* Ends the passage with a problem, its words `key=value key=value` or NULL; returns false. */
bool passage_problem(struct passage *passage, const char *code, int status, const char *words);
/* One of our own, whose status stands in the table of problems. */
bool passage_refuse(struct passage *passage, const char *code, const char *words);

/* Runs a statement as often as its answer is lost and nothing speaks against it: reading does
 * nothing, and what writes is known by its key. False, with the passage ended, where it was refused
 * or did not answer; `writes`: then the outcome is not known. *result is the caller's to clear. */
bool passage_run(struct passage *passage, const char *sql, int count, const char *const *values,
                 bool writes, PGresult **result);

/* Fills the parameters of the route's statement; returns their number. */
int passage_parameters(struct passage *passage, const char *values[ROUTE_PARAMETERS_MAX]);

#endif
