/* The reader of camt.052, camt.053 and camt.054: bank to customer report, statement and
 * notification of ISO 20022. It follows libxml2's events through the grammar's table, collects the
 * texts of one entry at a time and keeps no tree. Nothing is allocated per node. */
#include "camt.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "format.h"

/* No network, no DTD, no entities, no limits lifted; CDATA sections come as text; BIG_LINES makes
 * line numbers above 65,535 true. */
enum { CAMT_OPTIONS = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES };

struct span camt_text(const struct camt *camt, enum camt_field field)
{
    const struct buffer *buffer = &camt->fields[field];
    return span_trim((struct span){buffer->data, buffer->length});
}

void camt_clear(struct camt *camt, enum camt_field first, enum camt_field end)
{
    for (int field = (int)first; field < (int)end; field++) {
        camt->fields[field].length = 0;
        camt->fields[field].overflow = false;
    }
}

bool camt_date(struct span text, date_day *out)
{
    enum { ISO_DATE = 10 };
    if (text.length < ISO_DATE)
        return false;
    if (text.length > ISO_DATE && memchr("T+-Z", text.data[ISO_DATE], 4) == NULL)
        return false;
    return date_parse((struct span){text.data, ISO_DATE}, out);
}

bool camt_mark(struct span text, int *sign)
{
    if (span_is(text, "CRDT"))
        *sign = 1;
    else if (span_is(text, "DBIT"))
        *sign = -1;
    else
        return false;
    return true;
}

bool camt_fault(struct camt *camt, int64_t line, bool note, struct span raw, const char *format,
                ...)
{
    struct camt_report *report = &camt->report;
    if (report->faults_count == CAMT_FAULTS_MAX)
        return error_set(&camt->error, ERROR_LIMIT,
                         "Line %lld, column 1: more than %d faults in a row.", (long long)line,
                         CAMT_FAULTS_MAX);
    struct statement_fault *fault = &report->faults[report->faults_count];
    char *kept = report->raws[report->faults_count++];
    *fault = (struct statement_fault){.note = note, .line = line};
    fault->raw.data = kept;
    fault->raw.length = raw.length < sizeof report->raws[0] ? raw.length : sizeof report->raws[0];
    if (fault->raw.length > 0)
        memcpy(kept, raw.data, fault->raw.length);
    fault->column = xml_guard_column(&camt->guard, xmlTextReaderByteConsumed(camt->reader),
                                      xmlTextReaderGetParserLineNumber(camt->reader), line, raw);
    va_list args;
    va_start(args, format);
    vsnprintf(fault->reason, sizeof fault->reason, format, args);
    va_end(args);
    report->totals.faults += !note;
    return true;
}

bool camt_fault_field(struct camt *camt, enum camt_field field, bool note, const char *reason)
{
    char shown[96];
    struct span raw = camt_text(camt, field);
    assert(raw.length > 0);
    text_printable(shown, sizeof shown, raw);
    return camt_fault(camt, camt->lines[field], note, raw, "\"%s\" %s", shown, reason);
}

/* Collects what libxml2 says of a file that it cannot read: the first fatal sentence. */
static void camt_hear(void *context, xmlErrorPtr said)
{
    struct camt *camt = context;
    if (said->level != XML_ERR_FATAL || camt->error.code != ERROR_NONE)
        return;
    const char *message = said->message != NULL ? said->message : "not well-formed XML";
    size_t length = strcspn(message, "\n");
    error_set(&camt->error, ERROR_INPUT, "Line %d, column %d: %.*s.", said->line, said->int2,
              (int)(length < 200 ? length : 200), message);
}

static int64_t camt_node_line(struct camt *camt)
{
    enum { LINE_UNKNOWN = 65535 }; /* libxml2 keeps an element's line in 16 bits */
    long line = xmlGetLineNo(xmlTextReaderCurrentNode(camt->reader));
    return line > 0 && line != LINE_UNKNOWN ? line : camt->line;
}

/* The Ccy attribute. Attributes are walked in place: libxml2's getters would copy. */
static void camt_read_currency(struct camt *camt, enum camt_field field)
{
    while (xmlTextReaderMoveToNextAttribute(camt->reader) == 1) {
        if (xmlTextReaderConstLocalName(camt->reader) != camt->grammar.currency)
            continue;
        const xmlChar *value = xmlTextReaderConstValue(camt->reader);
        if (value != NULL && camt->fields[field].length == 0)
            buffer_append_string(&camt->fields[field], (const char *)value);
    }
    xmlTextReaderMoveToElement(camt->reader);
}

static void camt_enter_message(struct camt *camt, const char *name)
{
    camt_clear(camt, CAMT_MESSAGE_ID, CAMT_FIELDS);
    camt->report.no_balances = strcmp(name, "BkToCstmrDbtCdtNtfctn") == 0;
    camt->report.interim = strcmp(name, "BkToCstmrStmt") != 0;
}

/* What begins with an element that leads to this state. */
static void camt_begin(struct camt *camt, const struct camt_rule *rule)
{
    switch (rule->to) {
    case CAMT_MESSAGE:
        camt_enter_message(camt, rule->name);
        break;
    case CAMT_REPORT:
        camt_report_start(camt);
        break;
    case CAMT_BALANCE:
        camt_clear(camt, CAMT_BALANCE_TYPE, CAMT_ENTRY_REF);
        camt->balance_line = camt_node_line(camt);
        break;
    case CAMT_ENTRY:
        camt_entry_start(camt);
        camt->entry_line = camt_node_line(camt);
        break;
    case CAMT_TX:
        camt_tx_start(camt);
        break;
    default:
        break;
    }
}

/* What is complete with an element of this state; false where the file ends with an error. */
static bool camt_complete(struct camt *camt, enum camt_state state)
{
    switch (state) {
    case CAMT_REPORT:
        return camt_report_end(camt);
    case CAMT_BALANCE:
        return camt_balance_end(camt);
    case CAMT_ENTRY:
        return camt_entry_end(camt);
    case CAMT_TX:
        camt_tx_end(camt);
        return true;
    default:
        return true;
    }
}

static struct camt_place camt_place_of(struct camt *camt)
{
    struct camt_place outer = camt->places[camt->depth];
    if (outer.state >= CAMT_STATES)
        return (struct camt_place){CAMT_SKIP, CAMT_NOTHING};
    const xmlChar *name = xmlTextReaderConstLocalName(camt->reader);
    const struct camt_rule *rule = camt_grammar_find(&camt->grammar, outer.state, name);
    if (rule == NULL)
        return (struct camt_place){outer.state == CAMT_ROOT ? CAMT_ROOT : CAMT_SKIP, CAMT_NOTHING};
    camt_begin(camt, rule);
    if (rule->currency != CAMT_NOTHING)
        camt_read_currency(camt, rule->currency);
    enum camt_field field = rule->field;
    if (camt_field_separator(field) == '\0' && camt->fields[field].length > 0)
        field = CAMT_NOTHING;
    return (struct camt_place){(uint8_t)rule->to, (uint8_t)field};
}

static bool camt_enter(struct camt *camt)
{
    bool empty = xmlTextReaderIsEmptyElement(camt->reader) == 1;
    if (camt->depth == CAMT_DEPTH_MAX)
        return error_set(&camt->error, ERROR_INPUT,
                         "Line %d, column %d: elements stand more than %d deep in each other.",
                         xmlTextReaderGetParserLineNumber(camt->reader),
                         xmlTextReaderGetParserColumnNumber(camt->reader), CAMT_DEPTH_MAX);
    struct camt_place place = camt_place_of(camt);
    camt->places[++camt->depth] = place;
    camt->text_started = false;
    if (!empty)
        return true;
    camt->depth--;
    return camt_complete(camt, place.state);
}

static bool camt_leave(struct camt *camt)
{
    assert(camt->depth > 0);
    return camt_complete(camt, camt->places[camt->depth--].state);
}

static void camt_collect(struct camt *camt, enum camt_field field)
{
    struct buffer *buffer = &camt->fields[field];
    const char *value = (const char *)xmlTextReaderConstValue(camt->reader);
    if (value == NULL)
        return;
    if (!camt->text_started) {
        value += strspn(value, " \t\r\n");
        if (*value == '\0')
            return;
        char separator = camt_field_separator(field);
        if (buffer->length > 0 && separator != '\0')
            buffer_append_char(buffer, separator);
        if (buffer->length == 0)
            camt->lines[field] = camt_node_line(camt);
        camt->text_started = true;
    }
    buffer_append_string(buffer, value);
}

static bool camt_event(struct camt *camt)
{
    const struct camt_place *place = &camt->places[camt->depth];
    switch (xmlTextReaderNodeType(camt->reader)) {
    case XML_READER_TYPE_ELEMENT:
        return camt_enter(camt);
    case XML_READER_TYPE_END_ELEMENT:
        return camt_leave(camt);
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_WHITESPACE:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        if (place->field != CAMT_NOTHING)
            camt_collect(camt, place->field);
        else if (place->state == CAMT_REPORT)
            camt->line = camt_node_line(camt);
        return true;
    case XML_READER_TYPE_DOCUMENT_TYPE:
    case XML_READER_TYPE_ENTITY_REFERENCE:
        return error_set(&camt->error, ERROR_INPUT,
                         "Line %d, column %d: document types and entities are not accepted.",
                         xmlTextReaderGetParserLineNumber(camt->reader),
                         xmlTextReaderGetParserColumnNumber(camt->reader));
    default:
        return true;
    }
}

static void camt_close(void *state)
{
    struct camt *camt = state;
    if (camt->reader != NULL)
        xmlFreeTextReader(camt->reader);
    camt_grammar_end(&camt->grammar);
    for (int field = 0; field < CAMT_FIELDS; field++)
        buffer_free(&camt->fields[field]);
    free(camt);
}

static void *camt_open(const char *profile, struct statement_source source, struct error *error)
{
    (void)profile, (void)error;
    struct camt *camt = memory_new(sizeof *camt);
    for (int field = 0; field < CAMT_FIELDS; field++)
        buffer_init(&camt->fields[field], camt_field_limit((enum camt_field)field));
    xml_guard_start(&camt->guard, source, &camt->error);
    camt->line = 1;
    return camt;
}

/* libxml2 reads the first bytes when its reader is made, so that waits for the first record. */
static bool camt_start(struct camt *camt)
{
    xmlInitParser();
    camt->reader = xmlReaderForIO(xml_guard_read, NULL, &camt->guard, NULL, NULL, CAMT_OPTIONS);
    if (camt->reader == NULL || !camt_grammar_start(&camt->grammar, camt->reader))
        return camt->error.code == ERROR_NONE &&
               error_set(&camt->error, ERROR_SYSTEM, "the XML reader cannot be started");
    xmlTextReaderSetStructuredErrorHandler(camt->reader, camt_hear, camt);
    return camt->error.code == ERROR_NONE;
}

static enum statement_step camt_failed(struct camt *camt, struct error *error)
{
    if (camt->error.code == ERROR_NONE)
        error_set(&camt->error, ERROR_INPUT, "Line %d, column %d: this is no XML that can be read.",
                  xmlTextReaderGetParserLineNumber(camt->reader),
                  xmlTextReaderGetParserColumnNumber(camt->reader));
    *error = camt->error;
    return STATEMENT_FAILED;
}

static enum statement_step camt_read(void *state, struct statement_record *record,
                                     struct error *error)
{
    struct camt *camt = state;
    if (camt->reader == NULL && !camt_start(camt))
        return camt_failed(camt, error);
    while (!camt_report_give(camt, record)) {
        int got = xmlTextReaderRead(camt->reader);
        if (got < 0 || camt->error.code != ERROR_NONE)
            return camt_failed(camt, error);
        if (got == 0)
            return STATEMENT_DONE;
        if (!camt_event(camt))
            return camt_failed(camt, error);
    }
    return STATEMENT_MORE;
}

const struct statement_format statement_format_camt = {
    .name = "camt",
    .open = camt_open,
    .read = camt_read,
    .close = camt_close,
};
