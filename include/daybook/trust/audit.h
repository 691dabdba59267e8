/* Verifying the audit (DESIGN.md 4, RELIABILITY.md 4.6): every entry's hash is computed again from
 * what the entry says, every link from the one before, every signed head and every line of the
 * witness compared. Fed in the order of the chain, from a database or from a file.
 *
 *     audit_check_head() for the heads of the next links, in order
 *     audit_check_row() for the links' rows, in order
 *     ... and again, then audit_check_end() */
#ifndef DAYBOOK_TRUST_AUDIT_H
#define DAYBOOK_TRUST_AUDIT_H

#include "daybook/trust/seal.h"

/* The columns of desk.audit_rows(), in its order. */
enum audit_column {
    AUDIT_SEQ, AUDIT_SOURCE, AUDIT_ENTRY, AUDIT_LINK, AUDIT_ROW_HASH, AUDIT_XID, AUDIT_AT,
    AUDIT_LOGIN, AUDIT_ACTOR, AUDIT_ACTION, AUDIT_OBJECT, AUDIT_DETAIL, AUDIT_DAY, AUDIT_EVENT,
    AUDIT_PAYMENT, AUDIT_CYCLE, AUDIT_BATCH, AUDIT_FILE, AUDIT_LINE, AUDIT_CAUSE, AUDIT_POSTED,
    AUDIT_REQUEST, AUDIT_NUMBER, AUDIT_REVERSES,
    AUDIT_POSTING, AUDIT_ACCOUNT, AUDIT_SUB, AUDIT_CURRENCY, AUDIT_AMOUNT, AUDIT_COLUMNS
};
extern const char *const audit_column_names[AUDIT_COLUMNS];

/* Something is wrong: at a link (0: none), of an entry ("" or "D-12", "C-7"), in words. */
typedef void audit_fault_fn(void *context, int64_t seq, const char *entry, const char *what);
/* The witness' next line, "" without its end; NULL: there is none. */
typedef const char *audit_line_fn(void *context);

struct audit_options {
    const char *environment;
    const struct seal_trust *trust; /* NULL: signatures cannot be checked, which is told once */
    audit_line_fn *line;            /* NULL: no witness */
    audit_fault_fn *fault;
    void *context;                  /* of both */
};

struct audit_check;
struct audit_check *audit_check_new(const struct audit_options *options);
void audit_check_free(struct audit_check *check); /* NULL is allowed */

void audit_check_head(struct audit_check *check, const struct seal_head *head);
/* Cells are texts, NULL where the database has none. Rows of one journal follow each other. */
void audit_check_row(struct audit_check *check, const char *const cells[AUDIT_COLUMNS]);
void audit_check_end(struct audit_check *check);

/* So far: links, signed heads, lines of the witness, faults. */
struct audit_counts {
    int64_t links, heads, lines, faults;
    int64_t signed_seq; /* the last link that a head vouches for */
};
struct audit_counts audit_check_counts(const struct audit_check *check);

#endif
