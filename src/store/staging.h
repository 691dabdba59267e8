/* Records of a statement file as rows of COPY for desk.stage, stage_statement and stage_fault. */
#ifndef DAYBOOK_STORE_STAGING_H
#define DAYBOOK_STORE_STAGING_H

#include "daybook/base/buffer.h"
#include "daybook/domain/money.h"
#include "daybook/formats/statement.h"
#include "occurrence.h"

enum {
    STAGING_LINES_MAX = 4 << 20,      /* bytes of lines not yet sent */
    STAGING_STATEMENTS_MAX = 32 << 20, /* bytes of statement rows: they go out after the lines */
    STAGING_FAULTS_MAX = 8 << 20       /* bytes of fault rows */
};

extern const char staging_copy_lines[], staging_copy_statements[], staging_copy_faults[];

/* The currency of an account's channel; "" where it is not known. */
typedef struct currency staging_currency_fn(void *context, struct span account);

struct staging {
    int64_t import_id;
    staging_currency_fn *currency_of;
    void *currency_context;
    struct occurrence *occurrence;
    struct sha256 *sha256;
    struct buffer lines, statements, faults; /* lines in COPY's binary format, the others as text */
    /* Of the statement being read. */
    int statement;
    struct currency currency;
    int64_t sequence_number, page;
    char account[64];
    int64_t rejected; /* of its lines: readable, but not exactly money */
    /* Of the file. */
    int64_t statement_count, line_count, fault_count;
};

void staging_init(struct staging *staging, int64_t import_id, staging_currency_fn *currency_of,
                  void *context);
void staging_free(struct staging *staging);
/* Adds a record. False with the error set where a limit is passed. */
bool staging_add(struct staging *staging, const struct statement_record *record,
                 struct error *error);
/* Ends the lines' stream; nothing may be added afterwards. */
void staging_end_lines(struct staging *staging);

#endif
