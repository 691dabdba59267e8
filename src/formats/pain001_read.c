/* The reader of pain.001: what a bank does with a file of payouts. */
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "daybook/formats/pain.h"
#include "xml_walk.h"

enum {
    MESSAGE_ID = 1,
    CREATED,
    MESSAGE_ITEMS,
    MESSAGE_TOTAL,
    BATCH_ID, /* a block's, from here */
    BATCH_ITEMS,
    BATCH_TOTAL,
    EXECUTION,
    DEBTOR_NAME,
    DEBTOR_ACCOUNT,
    BANK,
    NOT_AFTER,
    END_TO_END, /* an item's, from here */
    INSTRUCTION_ID,
    AMOUNT,
    CURRENCY,
    PAYEE_NAME,
    PAYEE_ACCOUNT,
    TEXT,
    FIELDS
};

enum {
    MESSAGE = 1, HEADER, BLOCK, DAY, DEBTOR, DEBTOR_ACCT, DEBTOR_ID, DEBTOR_OTHER, AGENT, AGENT_ID,
    AGENT_OTHER, ITEM, IDS, AMOUNTS, PAYEE, PAYEE_ACCT, PAYEE_ID, PAYEE_OTHER, REMITTANCE
};

#define ACCOUNT_OF(acct, id, other, field)                                                         \
    {acct, "Id", id, 0, 0}, {id, "IBAN", XML_LEAF, field, 0}, {id, "Othr", other, 0, 0},           \
    {other, "Id", XML_LEAF, field, 0}

static const struct xml_rule rules[] = {
    {XML_OUTSIDE, "CstmrCdtTrfInitn", MESSAGE, 0, 0},
    {MESSAGE, "GrpHdr", HEADER, 0, 0},
    {HEADER, "MsgId", XML_LEAF, MESSAGE_ID, 0},
    {HEADER, "CreDtTm", XML_LEAF, CREATED, 0},
    {HEADER, "NbOfTxs", XML_LEAF, MESSAGE_ITEMS, 0},
    {HEADER, "CtrlSum", XML_LEAF, MESSAGE_TOTAL, 0},
    {MESSAGE, "PmtInf", BLOCK, 0, 0},
    {BLOCK, "PmtInfId", XML_LEAF, BATCH_ID, 0},
    {BLOCK, "NbOfTxs", XML_LEAF, BATCH_ITEMS, 0},
    {BLOCK, "CtrlSum", XML_LEAF, BATCH_TOTAL, 0},
    {BLOCK, "ReqdExctnDt", DAY, EXECUTION, 0},
    {DAY, "Dt", XML_LEAF, EXECUTION, 0},
    {DAY, "DtTm", XML_LEAF, EXECUTION, 0},
    {BLOCK, "Dbtr", DEBTOR, 0, 0},
    {DEBTOR, "Nm", XML_LEAF, DEBTOR_NAME, 0},
    {BLOCK, "DbtrAcct", DEBTOR_ACCT, 0, 0},
    ACCOUNT_OF(DEBTOR_ACCT, DEBTOR_ID, DEBTOR_OTHER, DEBTOR_ACCOUNT),
    {BLOCK, "DbtrAgt", AGENT, 0, 0},
    {AGENT, "FinInstnId", AGENT_ID, 0, 0},
    {AGENT_ID, "BICFI", XML_LEAF, BANK, 0},
    {AGENT_ID, "BIC", XML_LEAF, BANK, 0},
    {AGENT_ID, "Nm", XML_LEAF, BANK, 0},
    {AGENT_ID, "Othr", AGENT_OTHER, 0, 0},
    {AGENT_OTHER, "Id", XML_LEAF, BANK, 0},
    {BLOCK, "InstrForDbtrAgt", XML_LEAF, NOT_AFTER, 0},
    {BLOCK, "CdtTrfTxInf", ITEM, 0, 0},
    {ITEM, "PmtId", IDS, 0, 0},
    {IDS, "EndToEndId", XML_LEAF, END_TO_END, 0},
    {IDS, "InstrId", XML_LEAF, INSTRUCTION_ID, 0},
    {ITEM, "Amt", AMOUNTS, 0, 0},
    {AMOUNTS, "InstdAmt", XML_LEAF, AMOUNT, CURRENCY},
    {ITEM, "Cdtr", PAYEE, 0, 0},
    {PAYEE, "Nm", XML_LEAF, PAYEE_NAME, 0},
    {ITEM, "CdtrAcct", PAYEE_ACCT, 0, 0},
    ACCOUNT_OF(PAYEE_ACCT, PAYEE_ID, PAYEE_OTHER, PAYEE_ACCOUNT),
    {ITEM, "RmtInf", REMITTANCE, 0, 0},
    {REMITTANCE, "Ustrd", XML_LEAF, TEXT, 0},
    {0, NULL, 0, 0, 0},
};

static const struct xml_field names[FIELDS] = {
    [MESSAGE_ID] = {.name = "MsgId"},
    [CREATED] = {.name = "CreDtTm"},
    [MESSAGE_ITEMS] = {.name = "NbOfTxs"},
    [MESSAGE_TOTAL] = {.name = "CtrlSum"},
    [BATCH_ID] = {.name = "PmtInfId"},
    [BATCH_ITEMS] = {.name = "NbOfTxs"},
    [BATCH_TOTAL] = {.name = "CtrlSum"},
    [EXECUTION] = {.name = "ReqdExctnDt"},
    [DEBTOR_NAME] = {.name = "Dbtr/Nm"},
    [DEBTOR_ACCOUNT] = {.name = "DbtrAcct/Id"},
    [BANK] = {.name = "DbtrAgt", .first = true},
    [NOT_AFTER] = {.name = "InstrForDbtrAgt"},
    [END_TO_END] = {.name = "EndToEndId"},
    [INSTRUCTION_ID] = {.name = "InstrId"},
    [AMOUNT] = {.name = "InstdAmt"},
    [CURRENCY] = {.name = "Ccy"},
    [PAYEE_NAME] = {.name = "Cdtr/Nm"},
    [PAYEE_ACCOUNT] = {.name = "CdtrAcct/Id"},
    [TEXT] = {.name = "Ustrd", .separator = "\n"},
};

struct pain001_reader {
    struct xml_walk walk;
    bool message;    /* a pain.001 was found */
    bool block_open; /* a block began whose own facts were not yet given */
    bool item_ready; /* an item was read and waits behind its block */
    bool ended;      /* END was given */
    struct currency currency; /* of the first item */
    bool mixed;      /* of currencies, or the total is past what can be said */
    int64_t items, total;
    enum statement_step last;
};

struct pain001_reader *pain001_reader_new(struct statement_source source)
{
    struct pain001_reader *reader = memory_new(sizeof *reader);
    xml_walk_start(&reader->walk, source, rules, names, FIELDS);
    reader->last = STATEMENT_MORE;
    return reader;
}

void pain001_reader_free(struct pain001_reader *reader)
{
    if (reader == NULL)
        return;
    xml_walk_stop(&reader->walk);
    free(reader);
}

/* A claimed sum in minor units, -1 where there is none or it is none of that currency. */
static int64_t claimed_total(const struct pain001_reader *reader, int field)
{
    struct decimal sum;
    int64_t minor;
    int exponent = currency_exponent(reader->currency);
    if (exponent < 0 || reader->mixed ||
        !decimal_parse(xml_walk_text(&reader->walk, field), '.', 0, &sum) ||
        !decimal_to_minor(sum, exponent, &minor))
        return -1;
    return minor;
}

static int64_t claimed_items(const struct pain001_reader *reader, int field)
{
    int64_t count;
    return text_to_int64(xml_walk_text(&reader->walk, field), &count) && count >= 0 ? count : -1;
}

static date_day execution_day(struct span text)
{
    enum { ISO_DATE = 10 };
    date_day day = DATE_NONE;
    if (text.length >= ISO_DATE)
        (void)date_parse((struct span){text.data, ISO_DATE}, &day);
    return day;
}

/* "NOT-AFTER 2026-11-20T09:31:00Z"; TIME_NONE for anything else. */
static time_us not_after(struct span text)
{
    static const char word[] = "NOT-AFTER ";
    enum { WORD = sizeof word - 1 };
    time_us time = TIME_NONE;
    if (text.length > WORD && memcmp(text.data, word, WORD) == 0 &&
        !time_parse((struct span){text.data + WORD, text.length - WORD}, &time))
        time = TIME_NONE;
    return time;
}

static void batch_give(const struct pain001_reader *reader, struct pain001_record *record)
{
    const struct xml_walk *walk = &reader->walk;
    struct pain001_batch *batch = &record->batch;
    *record = (struct pain001_record){.kind = PAIN001_BATCH};
    batch->message_id = xml_walk_text(walk, MESSAGE_ID);
    batch->batch_id = xml_walk_text(walk, BATCH_ID);
    if (!time_parse(xml_walk_text(walk, CREATED), &batch->created_at))
        batch->created_at = TIME_NONE;
    batch->debtor_name = xml_walk_text(walk, DEBTOR_NAME);
    batch->debtor_account = xml_walk_text(walk, DEBTOR_ACCOUNT);
    batch->bank = xml_walk_text(walk, BANK);
    batch->execution_day = execution_day(xml_walk_text(walk, EXECUTION));
    batch->not_after = not_after(xml_walk_text(walk, NOT_AFTER));
    batch->items = claimed_items(reader, BATCH_ITEMS);
    batch->total = claimed_total(reader, BATCH_TOTAL);
    batch->currency = reader->currency;
}

/* Checks the item that ended and counts it; false with the error set. */
static bool item_count(struct pain001_reader *reader)
{
    struct xml_walk *walk = &reader->walk;
    struct currency currency;
    struct decimal amount;
    int64_t minor = 0;
    int exponent = -1;
    if (xml_walk_text(walk, END_TO_END).length == 0)
        return xml_walk_fail(walk, "this payment has no EndToEndId."), false;
    if (currency_parse(xml_walk_text(walk, CURRENCY), &currency))
        exponent = currency_exponent(currency);
    if (exponent < 0 || !decimal_parse(xml_walk_text(walk, AMOUNT), '.', 0, &amount) ||
        !decimal_to_minor(amount, exponent, &minor) || minor <= 0)
        return xml_walk_fail(walk, "this payment has no amount that its currency knows."), false;
    if (reader->items++ == 0)
        reader->currency = currency;
    reader->mixed |= strcmp(reader->currency.code, currency.code) != 0 ||
                     __builtin_add_overflow(reader->total, minor, &reader->total);
    return true;
}

static void item_give(const struct pain001_reader *reader, struct pain001_record *record)
{
    const struct xml_walk *walk = &reader->walk;
    struct pain001_item *item = &record->item;
    struct decimal amount = {0, 0};
    *record = (struct pain001_record){.kind = PAIN001_ITEM};
    item->end_to_end = xml_walk_text(walk, END_TO_END);
    item->instruction_id = xml_walk_text(walk, INSTRUCTION_ID);
    (void)currency_parse(xml_walk_text(walk, CURRENCY), &item->currency);
    (void)decimal_parse(xml_walk_text(walk, AMOUNT), '.', 0, &amount);
    (void)decimal_to_minor(amount, currency_exponent(item->currency), &item->amount);
    item->payee_name = xml_walk_text(walk, PAYEE_NAME);
    item->payee_account = xml_walk_text(walk, PAYEE_ACCOUNT);
    item->text = xml_walk_text(walk, TEXT);
}

static void end_give(struct pain001_reader *reader, struct pain001_record *record)
{
    *record = (struct pain001_record){.kind = PAIN001_END, .items = reader->items};
    record->total = reader->mixed ? -1 : reader->total;
    record->batch.message_id = xml_walk_text(&reader->walk, MESSAGE_ID);
    record->batch.created_at = TIME_NONE;
    record->batch.execution_day = DATE_NONE;
    record->batch.not_after = TIME_NONE;
    record->batch.items = claimed_items(reader, MESSAGE_ITEMS);
    record->batch.total = claimed_total(reader, MESSAGE_TOTAL);
    record->batch.currency = reader->currency;
    reader->ended = true;
}

static void order_begin(struct pain001_reader *reader, uint8_t state)
{
    if (state == MESSAGE)
        reader->message = true;
    if (state == BLOCK) {
        xml_walk_clear(&reader->walk, BATCH_ID, FIELDS);
        reader->block_open = true;
    }
    if (state == ITEM)
        xml_walk_clear(&reader->walk, END_TO_END, FIELDS);
}

/* False with the error set, or where nothing is there to give yet. */
static bool order_end(struct pain001_reader *reader, uint8_t state, struct pain001_record *record)
{
    if (state == BLOCK && reader->block_open)
        xml_walk_fail(&reader->walk, "this block has no payments.");
    if (state != ITEM || !item_count(reader))
        return false;
    if (reader->block_open) {
        reader->block_open = false;
        reader->item_ready = true;
        batch_give(reader, record);
    } else {
        item_give(reader, record);
    }
    return true;
}

static enum statement_step order_next(struct pain001_reader *reader,
                                      struct pain001_record *record)
{
    uint8_t state = XML_OUTSIDE;
    for (;;) {
        enum xml_step step = xml_walk_next(&reader->walk, &state);
        if (step == XML_DONE && reader->items == 0)
            step = xml_walk_fail(&reader->walk, reader->message
                                     ? "there are no payments in the message."
                                     : "there is no payment order (pain.001).");
        if (step == XML_FAILED)
            return STATEMENT_FAILED;
        if (step == XML_DONE) {
            end_give(reader, record);
            return STATEMENT_MORE;
        }
        if (step == XML_BEGIN)
            order_begin(reader, state);
        else if (order_end(reader, state, record))
            return STATEMENT_MORE;
        if (reader->walk.error.code != ERROR_NONE)
            return STATEMENT_FAILED;
    }
}

enum statement_step pain001_read(struct pain001_reader *reader, struct pain001_record *record,
                                 struct error *error)
{
    if (reader->item_ready) {
        reader->item_ready = false;
        item_give(reader, record);
        return STATEMENT_MORE;
    }
    if (reader->ended)
        return STATEMENT_DONE;
    if (reader->last == STATEMENT_MORE)
        reader->last = order_next(reader, record);
    if (reader->last == STATEMENT_FAILED)
        *error = reader->walk.error;
    return reader->last;
}
