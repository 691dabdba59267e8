/* The writer of pain.002.001.11: what the town's bank says of a payment file. */
#include "daybook/formats/pain.h"
#include "xml_write.h"

enum { STATUS_MAX = 4, REASON_MAX = 4 };

static void write_reason(struct xml_write *write, const struct pain002_record *record)
{
    if (record->reasons.length == 0 && record->text.length == 0)
        return;
    xml_write_open(write, "StsRsnInf");
    if (record->reasons.length > 0) {
        bool code = record->reasons.length <= REASON_MAX;
        xml_write_open(write, "Rsn");
        xml_write_text(write, code ? "Cd" : "Prtry", record->reasons, PAIN_ID_MAX);
        xml_write_close(write, "Rsn");
    }
    xml_write_optional(write, "AddtlInf", record->text, PAIN_REASON_TEXT_MAX);
    xml_write_close(write, "StsRsnInf");
}

static void payment_close(struct pain002_writer *writer, struct xml_write *write)
{
    if (writer->payment_open)
        xml_write_close(write, "OrgnlPmtInfAndSts");
    writer->payment_open = false;
}

bool pain002_write_start(struct pain002_writer *writer, struct buffer *out,
                         const struct pain002_record *group, time_us created_at,
                         struct error *error)
{
    struct xml_write write = {.out = out};
    *writer = (struct pain002_writer){.out = out};
    buffer_append_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                              "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.11\">"
                              "\n<CstmrPmtStsRpt>\n");
    xml_write_open(&write, "GrpHdr");
    xml_write_text(&write, "MsgId", group->report_id, PAIN_ID_MAX);
    xml_write_time(&write, "CreDtTm", created_at);
    xml_write_close(&write, "GrpHdr");
    xml_write_open(&write, "OrgnlGrpInfAndSts");
    xml_write_text(&write, "OrgnlMsgId", group->message_id, PAIN_ID_MAX);
    xml_write_text(&write, "OrgnlMsgNmId", group->message_name, PAIN_ID_MAX);
    xml_write_optional(&write, "GrpSts", group->status, STATUS_MAX);
    write_reason(&write, group);
    xml_write_close(&write, "OrgnlGrpInfAndSts");
    return xml_write_ends(&write, error);
}

static void write_item(struct xml_write *write, const struct pain002_record *record)
{
    xml_write_open(write, "TxInfAndSts");
    xml_write_optional(write, "OrgnlInstrId", record->instruction_id, PAIN_ID_MAX);
    xml_write_text(write, "OrgnlEndToEndId", record->end_to_end, PAIN_ID_MAX);
    xml_write_optional(write, "TxSts", record->status, STATUS_MAX);
    write_reason(write, record);
    if (record->accepted_at != TIME_NONE)
        xml_write_time(write, "AccptncDtTm", record->accepted_at);
    xml_write_optional(write, "AcctSvcrRef", record->bank_ref, PAIN_ID_MAX);
    xml_write_close(write, "TxInfAndSts");
}

bool pain002_write(struct pain002_writer *writer, const struct pain002_record *record,
                   struct error *error)
{
    struct xml_write write = {.out = writer->out};
    if (record->kind == PAIN002_PAYMENT) {
        payment_close(writer, &write);
        xml_write_open(&write, "OrgnlPmtInfAndSts");
        xml_write_text(&write, "OrgnlPmtInfId", record->batch_id, PAIN_ID_MAX);
        xml_write_optional(&write, "PmtInfSts", record->status, STATUS_MAX);
        write_reason(&write, record);
        writer->payment_open = true;
    } else if (record->kind == PAIN002_ITEM && writer->payment_open) {
        write_item(&write, record);
    } else {
        return error_set(error, ERROR_INPUT, "A report has one group, then blocks, and payments "
                         "only in them.");
    }
    return xml_write_ends(&write, error);
}

bool pain002_write_end(struct pain002_writer *writer, struct error *error)
{
    struct xml_write write = {.out = writer->out};
    payment_close(writer, &write);
    xml_write_close(&write, "CstmrPmtStsRpt");
    xml_write_close(&write, "Document");
    return xml_write_ends(&write, error);
}
