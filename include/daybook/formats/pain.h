/* File based payouts by ISO 20022: pain.001 (customer credit transfer initiation) out, pain.002
 * (payment status report) in; and for a bank's side of the town the two other directions. Readers
 * stream through libxml2, keep no tree, take any version of the message by local names and refuse
 * a DOCTYPE. Writers append to a buffer, one item at a time, and refuse what a schema would refuse.
 *
 * How a payout's own facts travel (rule B3): EndToEndId is the payout's reference at the bank,
 * InstrId is free for the sender's epoch, PmtInfId is the batch, and the not-after time stands in
 * the payment's InstrForDbtrAgt as "NOT-AFTER 2026-11-20T09:31:00Z". */
#ifndef DAYBOOK_FORMATS_PAIN_H
#define DAYBOOK_FORMATS_PAIN_H

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/base/text.h"
#include "daybook/domain/money.h"
#include "daybook/formats/statement.h"

/* Characters that the schemas allow. */
enum {
    PAIN_ID_MAX = 35,
    PAIN_ACCOUNT_MAX = 34,
    PAIN_NAME_MAX = 140,
    PAIN_REASON_TEXT_MAX = 105
};

/* --- pain.001 */

/* One payment information block: everything its items have in common. The writer makes one block a
 * message. Spans of a reader live until the next read. */
struct pain001_batch {
    struct span message_id;     /* GrpHdr/MsgId: unique for ever at the bank */
    struct span batch_id;       /* PmtInfId */
    time_us created_at;         /* TIME_NONE where a file gives none that can be read */
    struct span debtor_name;
    struct span debtor_account; /* IBAN or Othr/Id */
    struct span bank;           /* DbtrAgt: BICFI or a name; written as Othr/Id */
    date_day execution_day;     /* ReqdExctnDt, DATE_NONE where a file gives none */
    time_us not_after;          /* TIME_NONE: none was given to the bank */
    int64_t items;              /* NbOfTxs of the block, else of the message; -1 where absent */
    int64_t total;              /* CtrlSum in minor units of `currency`; -1 where absent */
    struct currency currency;   /* of every item; a reader knows it only with the first item */
};

struct pain001_item {
    struct span end_to_end;     /* EndToEndId: the payout's reference */
    struct span instruction_id; /* InstrId, or empty */
    int64_t amount;             /* minor units, above 0 */
    struct currency currency;
    struct span payee_name;
    struct span payee_account;
    struct span text;           /* RmtInf/Ustrd, or empty */
};

struct pain001_writer {
    struct buffer *out;
    struct currency currency;
    int64_t items, total;             /* as the batch says */
    int64_t items_given, total_given; /* so far */
};

/* All three return false with the error set: a text that is too long, not UTF-8 or empty where it
 * must not be (ERROR_INPUT), items or total that are not what the batch said, a full buffer
 * (ERROR_LIMIT). Control characters in names become blanks. What was appended is then worthless. */
bool pain001_write_start(struct pain001_writer *writer, struct buffer *out,
                         const struct pain001_batch *batch, struct error *error);
bool pain001_write_item(struct pain001_writer *writer, const struct pain001_item *item,
                        struct error *error);
bool pain001_write_end(struct pain001_writer *writer, struct error *error);

enum pain001_kind { PAIN001_BATCH, PAIN001_ITEM, PAIN001_END };

/* BATCH stands before the first item of each block, END once after everything. A bank refuses a
 * message whose END has other items or another total than it found. */
struct pain001_record {
    enum pain001_kind kind;
    struct pain001_batch batch; /* BATCH; at END what the message's header claims: message_id,
                                 * items and total, -1 where it claims nothing */
    struct pain001_item item;   /* ITEM */
    int64_t items, total;       /* END: as counted; total -1 where currencies differ */
};

struct pain001_reader;
struct pain001_reader *pain001_reader_new(struct statement_source source);
void pain001_reader_free(struct pain001_reader *reader); /* NULL is allowed */
/* A message that is no pain.001, an item without reference or with an amount that its currency does
 * not have, a DOCTYPE: STATEMENT_FAILED with line and column. */
enum statement_step pain001_read(struct pain001_reader *reader, struct pain001_record *record,
                                 struct error *error);

/* --- pain.002 */

enum pain002_kind {
    PAIN002_GROUP,   /* OrgnlGrpInfAndSts: the whole original message */
    PAIN002_PAYMENT, /* OrgnlPmtInfAndSts: one of its blocks */
    PAIN002_ITEM     /* TxInfAndSts: one payout */
};

/* Statuses and reasons as the bank wrote them (ACTC, ACSP, ACSC, PDNG, RJCT, PART, ...); what they
 * mean is the channel's matter. An item that is not listed has the status of its payment, and that
 * of its group where the payment has none; PART decides nothing. */
struct pain002_record {
    enum pain002_kind kind;
    struct span report_id;      /* the report's own MsgId */
    struct span message_id;     /* GROUP, and kept for what is inside: OrgnlMsgId */
    struct span message_name;   /* GROUP: OrgnlMsgNmId, "pain.001.001.10" */
    struct span batch_id;       /* PAYMENT and its items: OrgnlPmtInfId */
    struct span end_to_end;     /* ITEM: OrgnlEndToEndId */
    struct span instruction_id; /* ITEM: OrgnlInstrId */
    struct span status;         /* GrpSts, PmtInfSts, TxSts; empty where absent */
    struct span reasons;        /* StsRsnInf codes (Cd or Prtry), several joined by ',' */
    struct span text;           /* AddtlInf, several joined by "; " */
    struct span bank_ref;       /* ITEM: AcctSvcrRef, else ClrSysRef */
    time_us accepted_at;        /* ITEM: AccptncDtTm, or TIME_NONE */
};

struct pain002_reader;
struct pain002_reader *pain002_reader_new(struct statement_source source);
void pain002_reader_free(struct pain002_reader *reader); /* NULL is allowed */
/* What is no pain.002, not well-formed, holds a DOCTYPE or says an item's status twice is
 * STATEMENT_FAILED with line and column. Records come before that is known: whoever acts on them
 * reads the whole file first. */
enum statement_step pain002_read(struct pain002_reader *reader, struct pain002_record *record,
                                 struct error *error);

/* The bank's side. Start writes GROUP's facts (report_id, message_id, message_name, status,
 * reasons, text); then for each block one PAYMENT and its ITEMs, in that order; end closes.
 * `reasons` is one code here. Errors as for pain.001. */
struct pain002_writer {
    struct buffer *out;
    bool payment_open;
};
bool pain002_write_start(struct pain002_writer *writer, struct buffer *out,
                         const struct pain002_record *group, time_us created_at,
                         struct error *error);
bool pain002_write(struct pain002_writer *writer, const struct pain002_record *record,
                   struct error *error);
bool pain002_write_end(struct pain002_writer *writer, struct error *error);

/* The canonical rows of a pain.002 file, appended to out: `G msgid msgnm status reasons`,
 * `P pmtinfid - status reasons`, `T endtoendid instrid status reasons`, with tabs. */
void pain002_row(const struct pain002_record *record, struct buffer *out);

#endif
