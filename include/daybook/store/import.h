/* The import of a statement file: bytes -> records -> COPY into staging -> desk.import_finish(),
 * all in one transaction on a connection of its own, so that a cancelled or killed import leaves
 * nothing (rule B5). One piece of work for the console, headless commands and daybookd; it never
 * waits:
 *
 *     while ((turn = import_step(import)) != IMPORT_OVER)
 *         ... wait for the connection if turn is IMPORT_WAITS, else go on ...
 *
 * or import_run() for programs that may wait. */
#ifndef DAYBOOK_STORE_IMPORT_H
#define DAYBOOK_STORE_IMPORT_H

#include <stdint.h>

#include "daybook/base/error.h"
#include "daybook/store/connection.h"

struct import_options {
    const char *path;    /* the file; NULL for a second reading */
    const char *format;  /* NULL: by content, or by the channel's profile */
    const char *channel; /* NULL: from the account inside */
    int64_t verify_file_id; /* not 0: read this file's stored bytes again and compare */
    const char *bad_reason; /* not NULL: keep the bytes as BAD for this reason, unread */
    bool keep_bad;          /* import_run(): what the file is to blame for is kept as BAD too, so
                             * that people see it where nobody reads what this program says */
};

enum import_phase {
    IMPORT_HASHING,   /* reading the file for its digest */
    IMPORT_KEEPING,   /* storing the bytes */
    IMPORT_READING,   /* parsing and staging */
    IMPORT_MATCHING,  /* the database turns staged rows into lines */
    IMPORT_ENDED
};

struct import_progress {
    enum import_phase phase;
    int64_t bytes, bytes_total;
    int64_t rows;
};

struct import_outcome {
    int64_t file_id;
    char state[16];      /* BALANCED UNBALANCED EMPTY BAD ... */
    char format[64];
    int64_t statements, lines, lines_new, matched, faults;
    char reason[ERROR_MESSAGE_MAX]; /* why BAD; "" else */
    bool known;          /* refused: the same bytes are here already, or were as bad before */
    bool agrees;         /* of a second reading */
    int64_t differences;
};

enum import_turn {
    IMPORT_GOES_ON, /* call again at once (or after looking at the keyboard) */
    IMPORT_WAITS,   /* for the connection */
    IMPORT_OVER
};

struct import;

/* The connection is used by nothing else until it is over; it must have no statement timeout. */
struct import *import_new(struct store *store, const struct import_options *options,
                          struct error *error);
void import_free(struct import *import); /* NULL is allowed; while it runs: cancels */
enum import_turn import_step(struct import *import);
/* Stops it; the next steps undo what was begun. */
void import_cancel(struct import *import);
struct import_progress import_progress(const struct import *import);
/* After IMPORT_OVER: true when the file is in (BAD ones too, which are kept), else the error. */
bool import_result(const struct import *import, struct import_outcome *outcome,
                   struct error *error);

/* Whether the file itself is at fault, so that the same bytes would fail again. */
bool import_blames_file(const struct error *error);

/* Runs one to its end. progress may be NULL; where it returns false the import is cancelled. */
bool import_run(struct store *store, const struct import_options *options,
                bool (*progress)(void *context, const struct import_progress *progress),
                void *context, struct import_outcome *outcome, struct error *error);

#endif
