/* The inside of an import: what it holds, and its steps. For this room alone. */
#ifndef DAYBOOK_STORE_IMPORT_STEPS_H
#define DAYBOOK_STORE_IMPORT_STEPS_H

#include <sys/types.h>

#include "channels.h"
#include "daybook/formats/source.h"
#include "daybook/store/import.h"
#include "daybook/store/request.h"
#include "daybook/trust/sha256.h"
#include "staging.h"

enum {
    IMPORT_CHUNK = 1 << 20,               /* bytes of the file stored or hashed at once */
    IMPORT_PUT = 128 * 1024,              /* bytes of rows a step makes before it sends them */
    IMPORT_DEADLINE_MS = 30 * 60 * 1000,  /* of one request: matching a large day takes long */
    IMPORT_TURN_US = 200000               /* how often progress is told while waiting */
};

/* A step does a bounded piece of work, or asks the database and names the step that follows. */
typedef enum import_turn import_step_fn(struct import *import);

struct import {
    struct store *store;
    import_step_fn *next;      /* NULL: over */
    int fd;
    char name[256], format[64], channel[32];
    int64_t verify_file_id;
    enum import_phase phase;
    int64_t size, bytes;
    struct sha256 *sha256;
    unsigned char digest[SHA256_BYTES];
    char *chunk;               /* IMPORT_CHUNK bytes */
    char *ahead;               /* as many, read while those are sent */
    ssize_t ahead_length;      /* -1: could not be read, and why */
    int ahead_errno;
    int32_t chunk_no;
    struct channels channels;
    struct source_file source;
    struct statement_reader *reader;
    struct staging staging;
    size_t put;                /* bytes of statement or fault rows sent so far */
    bool staged;               /* staging is in use */
    bool read_over;            /* the reader has given all */
    char unreadable[ERROR_MESSAGE_MAX]; /* why the file could not be read to its end; "" else */
    char import_id[24];
    int64_t asked;             /* the request under way; 0: none */
    struct store_answer answer;
    bool copying, in_transaction, committing;
    bool cancelled, stopped, failing;
    struct error error;
    struct import_outcome outcome;
};

void import_ask(struct import *import, const struct store_call *call, import_step_fn *next);
void import_do(struct import *import, const char *sql, import_step_fn *next);
void import_fail(struct import *import, const struct error *error);

import_step_fn step_hash, step_fetch_describe, step_read_begin;

#endif
