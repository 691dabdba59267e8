/* The walk: libxml2's events through a table. */
#include "xml_walk.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* No network, no DTD, no entities, no limits lifted; CDATA sections come as text. */
enum { XML_WALK_OPTIONS = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES };

void xml_walk_start(struct xml_walk *walk, struct statement_source source,
                    const struct xml_rule *rules, const struct xml_field *names, int fields_count)
{
    assert(fields_count <= XML_FIELDS_MAX);
    walk->rules = rules;
    walk->names = names;
    walk->fields_count = fields_count;
    for (int i = 0; i < fields_count; i++)
        buffer_init(&walk->fields[i], names[i].separator != NULL ? XML_TEXTS_MAX : XML_TEXT_MAX);
    xml_guard_start(&walk->guard, source, &walk->error);
}

void xml_walk_stop(struct xml_walk *walk)
{
    if (walk->reader != NULL)
        xmlFreeTextReader(walk->reader);
    for (int i = 0; i < walk->fields_count; i++)
        buffer_free(&walk->fields[i]);
}

struct span xml_walk_text(const struct xml_walk *walk, int field)
{
    const struct buffer *buffer = &walk->fields[field];
    return span_trim((struct span){buffer->data, buffer->length});
}

void xml_walk_clear(struct xml_walk *walk, int first, int end)
{
    for (int i = first; i < end; i++)
        buffer_clear(&walk->fields[i]);
}

enum xml_step xml_walk_fail(struct xml_walk *walk, const char *format, ...)
{
    char reason[256];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    if (walk->error.code == ERROR_NONE)
        error_set(&walk->error, ERROR_INPUT, "Line %d, column %d: %s",
                  xmlTextReaderGetParserLineNumber(walk->reader),
                  xmlTextReaderGetParserColumnNumber(walk->reader), reason);
    return XML_FAILED;
}

/* What libxml2 says of a file that it cannot read: the first fatal sentence. */
static void walk_hear(void *context, xmlErrorPtr said)
{
    struct xml_walk *walk = context;
    if (said->level != XML_ERR_FATAL || walk->error.code != ERROR_NONE)
        return;
    const char *message = said->message != NULL ? said->message : "not well-formed XML";
    size_t length = strcspn(message, "\n");
    error_set(&walk->error, ERROR_INPUT, "Line %d, column %d: %.*s.", said->line, said->int2,
              (int)(length < 200 ? length : 200), message);
}

static const struct xml_rule *walk_rule(const struct xml_walk *walk)
{
    const char *name = (const char *)xmlTextReaderConstLocalName(walk->reader);
    for (const struct xml_rule *rule = walk->rules; rule->name != NULL; rule++)
        if (rule->from == walk->states[walk->depth] && strcmp(rule->name, name) == 0)
            return rule;
    return NULL;
}

static void walk_currency(struct xml_walk *walk, int field)
{
    buffer_clear(&walk->fields[field]);
    while (xmlTextReaderMoveToNextAttribute(walk->reader) == 1) {
        const char *name = (const char *)xmlTextReaderConstLocalName(walk->reader);
        const char *value = (const char *)xmlTextReaderConstValue(walk->reader);
        if (strcmp(name, "Ccy") == 0 && value != NULL)
            buffer_append_string(&walk->fields[field], value);
    }
    xmlTextReaderMoveToElement(walk->reader);
}

/* Where the text of an element that begins goes; false where it may not be there again. */
static bool walk_field(struct xml_walk *walk, const struct xml_rule *rule, uint8_t *field)
{
    const struct xml_field *named = &walk->names[rule->field];
    *field = rule->field;
    if (rule->field == 0 || walk->fields[rule->field].length == 0 || named->separator != NULL)
        return true;
    if (named->first)
        *field = 0;
    else
        xml_walk_fail(walk, "%s is said twice.", named->name);
    return named->first;
}

/* True where a container began. */
static bool walk_enter(struct xml_walk *walk, bool *empty)
{
    uint8_t outer = walk->states[walk->depth];
    uint8_t to = outer == XML_OUTSIDE ? XML_OUTSIDE : XML_SKIP, field = 0;
    *empty = xmlTextReaderIsEmptyElement(walk->reader) == 1;
    if (walk->depth == XML_DEPTH_MAX)
        return xml_walk_fail(walk, "elements stand more than %d deep in each other.",
                             XML_DEPTH_MAX), false;
    const struct xml_rule *rule = outer < XML_LEAF ? walk_rule(walk) : NULL;
    if (rule != NULL) {
        to = rule->to;
        if (!walk_field(walk, rule, &field))
            return false;
        if (rule->currency != 0 && field != 0)
            walk_currency(walk, rule->currency);
    }
    walk->depth++;
    walk->states[walk->depth] = to;
    walk->texts[walk->depth] = field;
    walk->text_started = false;
    return rule != NULL && to < XML_LEAF;
}

static bool walk_collect(struct xml_walk *walk)
{
    int field = walk->texts[walk->depth];
    struct buffer *buffer = &walk->fields[field];
    const char *value = (const char *)xmlTextReaderConstValue(walk->reader);
    if (value == NULL || field == 0)
        return true;
    if (!walk->text_started) {
        value += strspn(value, " \t\r\n");
        if (*value == '\0')
            return true;
        const char *separator = walk->names[field].separator;
        if (buffer->length > 0 && separator == NULL)
            return xml_walk_fail(walk, "%s is said twice.", walk->names[field].name), false;
        if (buffer->length > 0)
            buffer_append_string(buffer, separator);
        walk->text_started = true;
    }
    if (!buffer_append_string(buffer, value))
        error_set(&walk->error, ERROR_LIMIT, "Line %d, column %d: %s has more than %zu bytes.",
                  xmlTextReaderGetParserLineNumber(walk->reader),
                  xmlTextReaderGetParserColumnNumber(walk->reader), walk->names[field].name,
                  buffer->limit);
    return !buffer->overflow;
}

/* Leaves the innermost element; true where it was a container of the table. */
static bool walk_leave(struct xml_walk *walk, uint8_t *state)
{
    assert(walk->depth > 0);
    *state = walk->states[walk->depth--];
    return *state != XML_OUTSIDE && *state < XML_LEAF;
}

static bool walk_open(struct xml_walk *walk)
{
    xmlInitParser();
    walk->reader = xmlReaderForIO(xml_guard_read, NULL, &walk->guard, NULL, NULL,
                                  XML_WALK_OPTIONS);
    if (walk->reader == NULL)
        return walk->error.code == ERROR_NONE &&
               error_set(&walk->error, ERROR_SYSTEM, "the XML reader cannot be started");
    xmlTextReaderSetStructuredErrorHandler(walk->reader, walk_hear, walk);
    return walk->error.code == ERROR_NONE;
}

/* One event of libxml2; XML_DONE here means: nothing to tell. */
static enum xml_step walk_event(struct xml_walk *walk, uint8_t *state)
{
    bool empty;
    switch (xmlTextReaderNodeType(walk->reader)) {
    case XML_READER_TYPE_ELEMENT:
        if (walk_enter(walk, &empty)) {
            walk->empty = empty;
            *state = walk->states[walk->depth];
            return XML_BEGIN;
        }
        if (empty && walk->error.code == ERROR_NONE)
            walk_leave(walk, state);
        return XML_DONE;
    case XML_READER_TYPE_END_ELEMENT:
        return walk_leave(walk, state) ? XML_END : XML_DONE;
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_WHITESPACE:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        return walk_collect(walk) ? XML_DONE : XML_FAILED;
    case XML_READER_TYPE_DOCUMENT_TYPE:
    case XML_READER_TYPE_ENTITY_REFERENCE:
        return xml_walk_fail(walk, "document types and entities are not accepted.");
    default:
        return XML_DONE;
    }
}

enum xml_step xml_walk_next(struct xml_walk *walk, uint8_t *state)
{
    if (walk->reader == NULL && !walk_open(walk))
        return XML_FAILED;
    if (walk->empty) {
        walk->empty = false;
        walk_leave(walk, state);
        return XML_END;
    }
    for (;;) {
        int got = xmlTextReaderRead(walk->reader);
        if (walk->error.code != ERROR_NONE)
            return XML_FAILED;
        if (got < 0)
            return xml_walk_fail(walk, "this is no XML that can be read.");
        if (got == 0)
            return XML_DONE;
        enum xml_step step = walk_event(walk, state);
        if (walk->error.code != ERROR_NONE)
            return XML_FAILED;
        if (step != XML_DONE)
            return step;
    }
}
