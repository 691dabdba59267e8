/* The bytes of an XML file before libxml2 sees them: what may stand in front of the first element,
 * and a short memory from which the column of a fault is found. */
#include "xml_guard.h"

#include <string.h>

/* The prolog's machine. Bytes of value 0 are passed over, so that UTF-16 and UTF-32 are understood
 * as well; an encoding that hides '<' behind another byte shows text where none may be. */
enum {
    GUARD_OUTSIDE,   /* between markup */
    GUARD_OPENED,    /* after "<" */
    GUARD_PROCESSING, /* inside "<?" */
    GUARD_PROCESSING_END,
    GUARD_BANG,      /* after "<!" */
    GUARD_BANG_DASH, /* after "<!-" */
    GUARD_COMMENT,
    GUARD_COMMENT_DASH,
    GUARD_COMMENT_END,
    GUARD_ELEMENT    /* the first element has begun: libxml2 minds the rest */
};

static int guard_outside(unsigned char byte)
{
    bool blank = byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
    bool mark = byte == 0xEF || byte == 0xBB || byte == 0xBF || byte == 0xFE || byte == 0xFF;
    if (blank || mark)
        return GUARD_OUTSIDE;
    return byte == '<' ? GUARD_OPENED : -1;
}

static bool guard_name_byte(unsigned char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_' ||
           byte == ':' || byte >= 0x80;
}

/* The next state, or -1 where the byte may not stand there. */
static int guard_step(int state, unsigned char byte)
{
    switch (state) {
    case GUARD_OUTSIDE:
        return guard_outside(byte);
    case GUARD_OPENED:
        if (byte == '?')
            return GUARD_PROCESSING;
        if (byte == '!')
            return GUARD_BANG;
        return guard_name_byte(byte) ? GUARD_ELEMENT : -1;
    case GUARD_PROCESSING:
        return byte == '?' ? GUARD_PROCESSING_END : GUARD_PROCESSING;
    case GUARD_PROCESSING_END:
        if (byte == '>')
            return GUARD_OUTSIDE;
        return byte == '?' ? GUARD_PROCESSING_END : GUARD_PROCESSING;
    case GUARD_BANG:
        return byte == '-' ? GUARD_BANG_DASH : -1;
    case GUARD_BANG_DASH:
        return byte == '-' ? GUARD_COMMENT : -1;
    case GUARD_COMMENT:
        return byte == '-' ? GUARD_COMMENT_DASH : GUARD_COMMENT;
    case GUARD_COMMENT_DASH:
        return byte == '-' ? GUARD_COMMENT_END : GUARD_COMMENT;
    case GUARD_COMMENT_END:
        if (byte == '>')
            return GUARD_OUTSIDE;
        return byte == '-' ? GUARD_COMMENT_END : GUARD_COMMENT;
    default:
        return GUARD_ELEMENT;
    }
}

static bool guard_refuse(struct xml_guard *guard)
{
    const char *reason = guard->state == GUARD_BANG
                             ? "a document type (<!DOCTYPE) is not accepted in a bank file"
                             : "this is no XML: text where the first element should begin";
    return error_set(guard->error, ERROR_INPUT, "Line %lld, column %lld: %s.",
                     (long long)guard->line, (long long)guard->column, reason);
}

static bool guard_prolog(struct xml_guard *guard, const char *data, size_t length)
{
    for (size_t i = 0; i < length && guard->state != GUARD_ELEMENT; i++) {
        unsigned char byte = (unsigned char)data[i];
        if (byte == 0)
            continue;
        int next = guard_step(guard->state, byte);
        if (next < 0)
            return guard_refuse(guard);
        guard->state = next;
        guard->column++;
        if (byte == '\n') {
            guard->line++;
            guard->column = 1;
        }
    }
    return true;
}

static void guard_remember(struct xml_guard *guard, const char *data, size_t length)
{
    guard->end += (int64_t)length;
    if (length >= XML_GUARD_WINDOW) {
        memcpy(guard->window, data + (length - XML_GUARD_WINDOW), XML_GUARD_WINDOW);
        guard->filled = XML_GUARD_WINDOW;
        return;
    }
    if (guard->filled + length > XML_GUARD_WINDOW) {
        size_t keep = XML_GUARD_WINDOW / 2 < XML_GUARD_WINDOW - length ? XML_GUARD_WINDOW / 2
                                                            : XML_GUARD_WINDOW - length;
        memmove(guard->window, guard->window + (guard->filled - keep), keep);
        guard->filled = keep;
    }
    memcpy(guard->window + guard->filled, data, length);
    guard->filled += length;
}

void xml_guard_start(struct xml_guard *guard, struct statement_source source, struct error *error)
{
    guard->source = source;
    guard->error = error;
    guard->line = guard->column = 1;
}

/* Fills out as far as the source goes, so that what libxml2 sees, and with it which records come
 * before a fault, does not depend on how the bytes arrive. */
int xml_guard_read(void *context, char *out, int size)
{
    struct xml_guard *guard = context;
    int filled = 0;
    if (guard->error->code != ERROR_NONE)
        return -1;
    while (filled < size) {
        long got = guard->source.read(guard->source.context, out + filled,
                                      (size_t)(size - filled), guard->error);
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        filled += (int)got;
    }
    if (filled == 0 && guard->end == 0) {
        error_set(guard->error, ERROR_INPUT, "Line 1, column 1: the file is empty.");
        return -1;
    }
    size_t length = (size_t)filled;
    if (guard->state != GUARD_ELEMENT && !guard_prolog(guard, out, length))
        return -1;
    guard_remember(guard, out, length);
    return filled;
}

/* The start of the line `back` line ends before at; -1 where the window does not have it. */
static long guard_line_start(const struct xml_guard *guard, size_t at, int64_t back)
{
    int64_t ends = 0;
    for (size_t start = at; start > 0; start--)
        if (guard->window[start - 1] == '\n' && ends++ == back)
            return (long)start;
    return guard->end == (int64_t)guard->filled && ends == back ? 0 : -1;
}

int64_t xml_guard_column(const struct xml_guard *guard, int64_t at, int64_t at_line, int64_t line,
                          struct span raw)
{
    int64_t window_start = guard->end - (int64_t)guard->filled;
    if (raw.length == 0 || at < window_start || at > guard->end || line > at_line)
        return 0;
    long start = guard_line_start(guard, (size_t)(at - window_start), at_line - line);
    if (start < 0)
        return 0;
    const char *text = guard->window + start;
    size_t rest = guard->filled - (size_t)start;
    const char *line_end = memchr(text, '\n', rest);
    if (line_end != NULL)
        rest = (size_t)(line_end - text);
    const char *found = memmem(text, rest, raw.data, raw.length);
    if (found == NULL)
        return 0;
    size_t after = (size_t)(found - text) + 1;
    if (memmem(text + after, rest - after, raw.data, raw.length) != NULL)
        return 0;
    return (int64_t)after;
}
