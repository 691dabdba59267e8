/* The writer of pain.001.001.10: a file of payouts for a bank. */
#include <inttypes.h>
#include <string.h>

#include "daybook/formats/pain.h"
#include "xml_write.h"

static void write_header(struct xml_write *write, const struct pain001_batch *batch)
{
    xml_write_open(write, "GrpHdr");
    xml_write_text(write, "MsgId", batch->message_id, PAIN_ID_MAX);
    xml_write_time(write, "CreDtTm", batch->created_at);
    xml_write_number(write, "NbOfTxs", batch->items);
    xml_write_amount(write, "CtrlSum", batch->total, batch->currency, false);
    xml_write_open(write, "InitgPty");
    xml_write_text(write, "Nm", batch->debtor_name, PAIN_NAME_MAX);
    xml_write_close(write, "InitgPty");
    xml_write_close(write, "GrpHdr");
}

static void write_account(struct xml_write *write, const char *name, struct span account)
{
    xml_write_open(write, name);
    xml_write_open(write, "Id");
    xml_write_open(write, "Othr");
    xml_write_text(write, "Id", account, PAIN_ACCOUNT_MAX);
    xml_write_close(write, "Othr");
    xml_write_close(write, "Id");
    xml_write_close(write, name);
}

static void write_party(struct xml_write *write, const char *name, struct span text)
{
    xml_write_open(write, name);
    xml_write_text(write, "Nm", text, PAIN_NAME_MAX);
    xml_write_close(write, name);
}

static void write_day(struct xml_write *write, date_day day)
{
    char text[DATE_TEXT];
    xml_write_open(write, "ReqdExctnDt");
    xml_write_text(write, "Dt", span_of(date_text(day, text)), DATE_TEXT);
    xml_write_close(write, "ReqdExctnDt");
}

static void write_bank(struct xml_write *write, struct span bank)
{
    xml_write_open(write, "DbtrAgt");
    xml_write_open(write, "FinInstnId");
    xml_write_open(write, "Othr");
    xml_write_text(write, "Id", bank, PAIN_ID_MAX);
    xml_write_close(write, "Othr");
    xml_write_close(write, "FinInstnId");
    xml_write_close(write, "DbtrAgt");
}

static void write_block(struct xml_write *write, const struct pain001_batch *batch)
{
    char text[TIME_TEXT];
    xml_write_open(write, "PmtInf");
    xml_write_text(write, "PmtInfId", batch->batch_id, PAIN_ID_MAX);
    xml_write_text(write, "PmtMtd", SPAN("TRF"), 3);
    xml_write_number(write, "NbOfTxs", batch->items);
    xml_write_amount(write, "CtrlSum", batch->total, batch->currency, false);
    write_day(write, batch->execution_day);
    write_party(write, "Dbtr", batch->debtor_name);
    write_account(write, "DbtrAcct", batch->debtor_account);
    write_bank(write, batch->bank);
    if (batch->not_after != TIME_NONE)
        buffer_printf(write->out, "<InstrForDbtrAgt>NOT-AFTER %s</InstrForDbtrAgt>\n",
                      time_text(batch->not_after, text));
}

bool pain001_write_start(struct pain001_writer *writer, struct buffer *out,
                         const struct pain001_batch *batch, struct error *error)
{
    struct xml_write write = {.out = out};
    *writer = (struct pain001_writer){.out = out, .currency = batch->currency,
                                      .items = batch->items, .total = batch->total};
    buffer_append_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                              "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.10\">"
                              "\n<CstmrCdtTrfInitn>\n");
    write_header(&write, batch);
    write_block(&write, batch);
    return xml_write_ends(&write, error);
}

bool pain001_write_item(struct pain001_writer *writer, const struct pain001_item *item,
                        struct error *error)
{
    struct xml_write write = {.out = writer->out};
    if (item->amount <= 0 || strcmp(item->currency.code, writer->currency.code) != 0 ||
        __builtin_add_overflow(writer->total_given, item->amount, &writer->total_given))
        return error_set(error, ERROR_INPUT, "A payment of the file is not above 0, or of another "
                         "currency than its batch.");
    writer->items_given++;
    xml_write_open(&write, "CdtTrfTxInf");
    xml_write_open(&write, "PmtId");
    xml_write_optional(&write, "InstrId", item->instruction_id, PAIN_ID_MAX);
    xml_write_text(&write, "EndToEndId", item->end_to_end, PAIN_ID_MAX);
    xml_write_close(&write, "PmtId");
    xml_write_open(&write, "Amt");
    xml_write_amount(&write, "InstdAmt", item->amount, item->currency, true);
    xml_write_close(&write, "Amt");
    write_party(&write, "Cdtr", item->payee_name);
    write_account(&write, "CdtrAcct", item->payee_account);
    if (span_trim(item->text).length > 0) {
        xml_write_open(&write, "RmtInf");
        xml_write_text(&write, "Ustrd", item->text, PAIN_NAME_MAX);
        xml_write_close(&write, "RmtInf");
    }
    xml_write_close(&write, "CdtTrfTxInf");
    return xml_write_ends(&write, error);
}

bool pain001_write_end(struct pain001_writer *writer, struct error *error)
{
    struct xml_write write = {.out = writer->out};
    if (writer->items_given == 0 || writer->items_given != writer->items ||
        writer->total_given != writer->total)
        return error_set(error, ERROR_INPUT, "The batch says %" PRId64 " payments and a total of "
                         "%" PRId64 ", its items are %" PRId64 " and %" PRId64 ".", writer->items,
                         writer->total, writer->items_given, writer->total_given);
    xml_write_close(&write, "PmtInf");
    xml_write_close(&write, "CstmrCdtTrfInitn");
    xml_write_close(&write, "Document");
    return xml_write_ends(&write, error);
}
