/* A request on its way to its answer, as the files that answer requests share it. */
#ifndef DAYBOOK_CORE_PASSAGE_H
#define DAYBOOK_CORE_PASSAGE_H

#include <jansson.h>

#include "daybook/base/memory.h"
#include "request.h"

struct passage {
    struct core_database *database;
    struct core_metrics *metrics;
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

/* Fills the parameters of the route's statement; returns their number. */
int passage_parameters(struct passage *passage, const char *values[ROUTE_PARAMETERS_MAX]);

#endif
