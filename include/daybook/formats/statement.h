/* Bank statements: bytes in, records out. One reader for every format; it streams, keeps one window
 * of the input, knows no database and drops nothing in silence.
 *
 *     struct statement_reader *reader = statement_reader_new("mt940", source, &error);
 *     struct statement_record record;
 *     while ((step = statement_read(reader, &record, &error)) == STATEMENT_MORE)
 *         ...
 *
 * Spans in a record are bytes of the file as written (converted to UTF-8 where the format or
 * profile says the encoding; ill-formed bytes are left in) and live until the next
 * statement_read(). Whoever shows them calls text_printable() first. */
#ifndef DAYBOOK_FORMATS_STATEMENT_H
#define DAYBOOK_FORMATS_STATEMENT_H

#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/base/text.h"
#include "daybook/domain/money.h"

/* Where the bytes come from. read returns the count, 0 at the end, -1 with the error set. It may
 * return any count from 1 to size. */
struct statement_source {
    long (*read)(void *context, char *out, size_t size, struct error *error);
    void *context;
};

enum statement_record_kind {
    STATEMENT_BEGIN,   /* a statement starts: `header` */
    STATEMENT_BALANCE, /* a balance or summary other than opening and closing: `balance` */
    STATEMENT_ENTRY,   /* one entry: `entry` */
    STATEMENT_END,     /* the statement is complete: `header` with closing balance, totals, count */
    STATEMENT_FAULT    /* something could not be read and is reported, not skipped: `fault` */
};

/* A balance with its date; `known` false where the file gives none. Signed: debit is negative. */
struct statement_balance {
    bool known;
    date_day date; /* DATE_NONE where the file gives none */
    struct decimal amount;
    struct span type; /* 60F, 60M, 62F, 64, 65, 34F, 90D; OPBD, CLBD, ITBD...; 010, 015, 040 */
    int64_t count;    /* of a summary (:90D:, TtlNtries, BAI2 item count); -1 where there is none */
};

struct statement_header {
    int number; /* 1, 2, ... within the file */
    struct span account;
    struct span currency;   /* three letters, or empty */
    struct span reference;  /* :20:, camt Stmt/Id, BAI2 file id, OFX TRNUID */
    struct span sequence;   /* :28C:, ElctrncSeqNb or LglSeqNb */
    int64_t sequence_number; /* of `sequence`, :28C: before the slash; 0 where there is none */
    int64_t page;            /* after the slash; 0 where there is none. Pages of one statement
                              * number belong together: opening.type 60M, closing.type 62M */
    struct span message_id; /* camt MsgId */
    bool interim;           /* MT942, camt.052, camt.054: provisional until the day's final one */
    bool balances_open;     /* false: the kind has no balances at all (camt.054) */
    date_day from, to;      /* period, or DATE_NONE */
    date_day as_of;         /* BAI2 as-of date; else the closing balance's date */
    struct statement_balance opening; /* known at BEGIN where the format gives it there */
    struct statement_balance closing; /* at END */
    /* At END only: */
    int64_t entries;            /* entries read */
    int64_t faults;             /* faults inside this statement, notes not counted */
    struct span text; /* what the bank says of the whole statement: :86: after its end, :NS:, and
                       * unknown tags with their name; lines joined by '\n' */
    struct decimal sum;         /* of the entries' signed booked amounts */
    bool sum_known;             /* false where it overflowed or currencies differ */
    struct statement_balance expected; /* trailer or summary: count and sum the file claims */
    /* opening + sum = closing: 1 yes, 0 no, -1 cannot be said (a balance missing). Exactly the
     * statements that do not add up are 0. */
    int balanced;
};

enum statement_status { STATUS_BOOKED, STATUS_PENDING, STATUS_INFORMATION, STATUS_FAILED };

struct statement_entry {
    int64_t number;         /* 1, 2, ... within the statement */
    int64_t line;           /* line of the file where it starts, from 1 */
    date_day value_date;    /* DATE_NONE where the file gives none */
    date_day booking_date;  /* entry date; DATE_NONE */
    struct decimal amount;  /* signed: credit and reversal of debit positive (RC is negative) */
    struct span amount_text; /* OFX: TRNAMT as written; else empty */
    struct span currency;   /* the entry's own, or the statement's */
    struct span mark;       /* as written: C D RC RD EC ED; CRDT DBIT; a CSV's sign word */
    bool reversal;          /* RC, RD, RvslInd */
    struct span reversal_text; /* RvslInd as written: an absent one is no "false" */
    enum statement_status status;
    struct span status_text;   /* as written: BOOK, PDNG, a CSV's status word */
    struct span type;          /* MT940 N158, camt bank transaction code, BAI2 type code, TRNTYPE */
    struct span customer_ref;  /* :61: sub 7, BAI2 customer ref, checknum, CSV order id */
    struct span bank_ref;      /* :61: after //, AcctSvcrRef, BAI2 bank ref, FITID */
    struct span entry_ref;     /* camt NtryRef */
    struct span end_to_end;    /* EndToEndIds, several joined by '|' */
    int64_t transactions;      /* TxDtls inside; 0 where there are none */
    struct span party_name;    /* the other side */
    struct span party_account;
    struct span text;          /* remittance information, :86:, memo; lines joined by '\n' */
    struct span fee;           /* bank charge as written in the entry (Chrgs, CSV fee), or empty */
    struct span extra;         /* supplementary details (:61: second line), unknown codes kept */
    struct span time;          /* CSV pay time, OFX DTPOSTED as written, or empty */
};

struct statement_fault {
    bool note;      /* true: no entry is lost by it (an unreadable balance, an unknown tag);
                     * false: an X row of the canonical form, and the file is not whole */
    int64_t line;   /* from 1 */
    int64_t column; /* from 1, in bytes; 0 where it cannot be said */
    struct span raw; /* the bytes it is about, at most 512 */
    char reason[256];
};

struct statement_record {
    enum statement_record_kind kind;
    struct statement_header header; /* BEGIN, END */
    struct statement_entry entry;
    struct statement_balance balance;
    struct statement_fault fault;
};

enum statement_step {
    STATEMENT_MORE,  /* a record was read */
    STATEMENT_DONE,  /* the file ended as it should */
    STATEMENT_FAILED /* the file cannot be read further: the error names line, column and reason */
};

struct statement_reader;

/* format: mt940 (MT942 too), camt, bai2, ofx, csv:PROFILE. NULL with the error set where the name
 * or the profile is wrong. */
struct statement_reader *statement_reader_new(const char *format, struct statement_source source,
                                              struct error *error);
void statement_reader_free(struct statement_reader *reader); /* NULL is allowed */
enum statement_step statement_read(struct statement_reader *reader, struct statement_record *record,
                                   struct error *error);
/* Bytes of the input consumed so far, for progress. */
int64_t statement_reader_bytes(const struct statement_reader *reader);

/* A guess at the format from the first bytes (at least 512 where there are that many): "mt940",
 * "camt", "bai2", "ofx", or NULL: CSV needs its profile, which the channel knows. */
const char *statement_detect(struct span head);

#endif
