/* What goes wrong, as clients read it: application/problem+json (RFC 9457) with a stable code. */
#ifndef DAYBOOK_CORE_PROBLEM_H
#define DAYBOOK_CORE_PROBLEM_H

#include "daybook/base/buffer.h"
#include "database.h"

/* One code. SQL refuses with the same words (SQLSTATE DB4xx: the status is in it). */
struct core_problem {
    const char *code;
    int status;
    const char *title;
};

/* All, sorted by code. */
const struct core_problem *core_problems(size_t *count);
/* NULL where the code is not known. */
const struct core_problem *core_problem_find(const char *code);

/* What a refusal, a lost connection or an unknown outcome is called. `writes` says whether the
 * request could have changed anything: a read whose answer was lost is merely unreachable. */
const char *core_problem_of(enum core_outcome outcome, const struct core_refusal *refusal,
                            bool writes, int *status);

/* Writes the document. detail: `key=value key=value`, the words a sentence is made of; NULL: none.
 * request_id: of this request. */
void core_problem_write(struct buffer *out, const char *code, int status, const char *detail,
                        const char *request_id);

#endif
