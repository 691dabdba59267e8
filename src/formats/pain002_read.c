/* The reader of pain.002, the bank's report on a payment file, and its canonical rows. */
#include <stdlib.h>

#include "daybook/base/memory.h"
#include "daybook/formats/pain.h"
#include "xml_walk.h"

enum {
    REPORT_ID = 1,
    MESSAGE_ID, /* the group's, from here */
    MESSAGE_NAME,
    BATCH_ID, /* a payment's, from here */
    END_TO_END, /* an item's, from here */
    INSTRUCTION_ID,
    SERVICER_REF,
    CLEARING_REF,
    ACCEPTED,
    STATUS, /* of whatever is open: cleared where each begins */
    REASONS,
    TEXT,
    FIELDS
};

enum { REPORT = 1, HEADER, GROUP, PAYMENT, ITEM, WHY, WHY_CODE };

#define STATUS_OF(container, element)                                                              \
    {container, element, XML_LEAF, STATUS, 0},                                                     \
    {container, "StsRsnInf", WHY, 0, 0}

static const struct xml_rule rules[] = {
    {XML_OUTSIDE, "CstmrPmtStsRpt", REPORT, 0, 0},
    {REPORT, "GrpHdr", HEADER, 0, 0},
    {REPORT, "OrgnlGrpInfAndSts", GROUP, 0, 0},
    {REPORT, "OrgnlPmtInfAndSts", PAYMENT, 0, 0},
    {HEADER, "MsgId", XML_LEAF, REPORT_ID, 0},
    {GROUP, "OrgnlMsgId", XML_LEAF, MESSAGE_ID, 0},
    {GROUP, "OrgnlMsgNmId", XML_LEAF, MESSAGE_NAME, 0},
    STATUS_OF(GROUP, "GrpSts"),
    {PAYMENT, "OrgnlPmtInfId", XML_LEAF, BATCH_ID, 0},
    STATUS_OF(PAYMENT, "PmtInfSts"),
    {PAYMENT, "TxInfAndSts", ITEM, 0, 0},
    {ITEM, "OrgnlEndToEndId", XML_LEAF, END_TO_END, 0},
    {ITEM, "OrgnlInstrId", XML_LEAF, INSTRUCTION_ID, 0},
    STATUS_OF(ITEM, "TxSts"),
    {ITEM, "AcctSvcrRef", XML_LEAF, SERVICER_REF, 0},
    {ITEM, "ClrSysRef", XML_LEAF, CLEARING_REF, 0},
    {ITEM, "AccptncDtTm", XML_LEAF, ACCEPTED, 0},
    {WHY, "Rsn", WHY_CODE, 0, 0},
    {WHY, "AddtlInf", XML_LEAF, TEXT, 0},
    {WHY_CODE, "Cd", XML_LEAF, REASONS, 0},
    {WHY_CODE, "Prtry", XML_LEAF, REASONS, 0},
    {0, NULL, 0, 0, 0},
};

static const struct xml_field names[FIELDS] = {
    [REPORT_ID] = {.name = "MsgId"},
    [MESSAGE_ID] = {.name = "OrgnlMsgId"},
    [MESSAGE_NAME] = {.name = "OrgnlMsgNmId"},
    [BATCH_ID] = {.name = "OrgnlPmtInfId"},
    [END_TO_END] = {.name = "OrgnlEndToEndId"},
    [INSTRUCTION_ID] = {.name = "OrgnlInstrId"},
    [SERVICER_REF] = {.name = "AcctSvcrRef"},
    [CLEARING_REF] = {.name = "ClrSysRef"},
    [ACCEPTED] = {.name = "AccptncDtTm"},
    [STATUS] = {.name = "the status"},
    [REASONS] = {.name = "the reasons", .separator = ","},
    [TEXT] = {.name = "AddtlInf", .separator = "; "},
};

struct pain002_reader {
    struct xml_walk walk;
    bool message;      /* a pain.002 was found */
    bool payment_open; /* a payment began whose own facts were not yet given */
    bool item_next;    /* an item began while they were given */
    enum statement_step last;
};

struct pain002_reader *pain002_reader_new(struct statement_source source)
{
    struct pain002_reader *reader = memory_new(sizeof *reader);
    xml_walk_start(&reader->walk, source, rules, names, FIELDS);
    reader->last = STATEMENT_MORE;
    return reader;
}

void pain002_reader_free(struct pain002_reader *reader)
{
    if (reader == NULL)
        return;
    xml_walk_stop(&reader->walk);
    free(reader);
}

static void report_give(const struct pain002_reader *reader, struct pain002_record *record,
                        enum pain002_kind kind)
{
    const struct xml_walk *walk = &reader->walk;
    *record = (struct pain002_record){.kind = kind, .accepted_at = TIME_NONE};
    record->report_id = xml_walk_text(walk, REPORT_ID);
    record->message_id = xml_walk_text(walk, MESSAGE_ID);
    record->message_name = xml_walk_text(walk, MESSAGE_NAME);
    record->status = xml_walk_text(walk, STATUS);
    record->reasons = xml_walk_text(walk, REASONS);
    record->text = xml_walk_text(walk, TEXT);
    if (kind != PAIN002_GROUP)
        record->batch_id = xml_walk_text(walk, BATCH_ID);
    if (kind != PAIN002_ITEM)
        return;
    record->end_to_end = xml_walk_text(walk, END_TO_END);
    record->instruction_id = xml_walk_text(walk, INSTRUCTION_ID);
    record->bank_ref = xml_walk_text(walk, SERVICER_REF);
    if (record->bank_ref.length == 0)
        record->bank_ref = xml_walk_text(walk, CLEARING_REF);
    if (!time_parse(xml_walk_text(walk, ACCEPTED), &record->accepted_at))
        record->accepted_at = TIME_NONE;
}

/* What begins; true where the payment around it is complete with that and is given first. */
static bool report_begin(struct pain002_reader *reader, uint8_t state)
{
    struct xml_walk *walk = &reader->walk;
    switch (state) {
    case REPORT:
        reader->message = true;
        return false;
    case GROUP:
        xml_walk_clear(walk, MESSAGE_ID, FIELDS);
        return false;
    case PAYMENT:
        xml_walk_clear(walk, BATCH_ID, FIELDS);
        reader->payment_open = true;
        return false;
    case ITEM:
        if (reader->payment_open)
            return true;
        xml_walk_clear(walk, END_TO_END, FIELDS);
        return false;
    default:
        return false;
    }
}

/* What ends; true where it is a record, of that kind. */
static bool report_end(struct pain002_reader *reader, uint8_t state, enum pain002_kind *kind)
{
    bool open = reader->payment_open;
    switch (state) {
    case GROUP:
        *kind = PAIN002_GROUP;
        return true;
    case ITEM:
        *kind = PAIN002_ITEM;
        return true;
    case PAYMENT:
        *kind = PAIN002_PAYMENT;
        reader->payment_open = false;
        return open;
    default:
        return false;
    }
}

static enum statement_step report_next(struct pain002_reader *reader,
                                       struct pain002_record *record)
{
    uint8_t state = XML_OUTSIDE;
    enum pain002_kind kind = PAIN002_GROUP;
    for (;;) {
        enum xml_step step = xml_walk_next(&reader->walk, &state);
        if (step == XML_DONE && !reader->message)
            step = xml_walk_fail(&reader->walk, "there is no payment status report (pain.002).");
        if (step == XML_FAILED)
            return STATEMENT_FAILED;
        if (step == XML_DONE)
            return STATEMENT_DONE;
        if (step == XML_BEGIN && report_begin(reader, state)) {
            report_give(reader, record, PAIN002_PAYMENT);
            reader->payment_open = false;
            reader->item_next = true;
            return STATEMENT_MORE;
        }
        if (step == XML_END && report_end(reader, state, &kind)) {
            report_give(reader, record, kind);
            return STATEMENT_MORE;
        }
    }
}

enum statement_step pain002_read(struct pain002_reader *reader, struct pain002_record *record,
                                 struct error *error)
{
    if (reader->item_next)
        xml_walk_clear(&reader->walk, END_TO_END, FIELDS);
    reader->item_next = false;
    if (reader->last == STATEMENT_MORE)
        reader->last = report_next(reader, record);
    if (reader->last == STATEMENT_FAILED)
        *error = reader->walk.error;
    return reader->last;
}

static void row_add(struct buffer *out, struct span value)
{
    buffer_append_char(out, '\t');
    for (size_t i = 0; i < value.length; i++) {
        unsigned char byte = (unsigned char)value.data[i];
        buffer_append_char(out, byte < ' ' || byte == 0x7F ? ' ' : (char)byte);
    }
}

void pain002_row(const struct pain002_record *record, struct buffer *out)
{
    static const char letters[] = {'G', 'P', 'T'};
    struct span first = record->message_id, second = record->message_name;
    if (record->kind == PAIN002_PAYMENT) {
        first = record->batch_id;
        second = (struct span){NULL, 0};
    } else if (record->kind == PAIN002_ITEM) {
        first = record->end_to_end;
        second = record->instruction_id;
    }
    buffer_append_char(out, letters[record->kind]);
    row_add(out, first);
    row_add(out, second);
    row_add(out, record->status);
    row_add(out, record->reasons);
    buffer_append_char(out, '\n');
}
