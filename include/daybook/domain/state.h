/* States of payments, exceptions, statement files and requests, and the edges between them (rules
 * B3, B4, B5, B13). desk.state_edge in the schema is what counts; `make check` compares the two. */
#ifndef DAYBOOK_DOMAIN_STATE_H
#define DAYBOOK_DOMAIN_STATE_H

#include <stdbool.h>
#include <stddef.h>

enum state_kind { STATE_PAYMENT, STATE_EXCEPTION, STATE_FILE, STATE_REQUEST };

struct state_edge {
    enum state_kind kind;
    const char *from;
    const char *to;  /* several states, separated by blanks */
    bool is_signed;  /* only by a signed request */
};

extern const struct state_edge state_edges[];
extern const size_t state_edge_count;

/* "payment", "exception", "file", "request", as the schema writes them. */
const char *state_kind_name(enum state_kind kind);
/* Whether the edge is legal at all; *is_signed (may be NULL) says whether it takes a request. */
bool state_may(enum state_kind kind, const char *from, const char *to, bool *is_signed);

#endif
