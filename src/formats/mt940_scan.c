/* Finds fields in the input. A field ends where a line starts with a tag; inside :86: only tags
 * of the standard count, because text has lines like `:12:11` and `-` of its own. Everything
 * outside fields (SWIFT blocks, headings of a bank, the `-` that ends a message) is envelope. */
#include "mt940.h"

#include <string.h>

enum {
    LOOK_AHEAD = 64 /* bytes of the next line needed to say what it is */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The tag for two digits and a letter (0: none); MT940_UNKNOWN where the standard has none. */
static enum mt940_tag tag_of(int digits, char letter)
{
    switch (digits) {
    case 13: return letter == 0 || letter == 'D' ? MT940_13 : MT940_UNKNOWN;
    case 20: return letter == 0 ? MT940_20 : MT940_UNKNOWN;
    case 21: return letter == 0 ? MT940_21 : MT940_UNKNOWN;
    case 25: return letter == 0 || letter == 'P' ? MT940_25 : MT940_UNKNOWN;
    case 28: return letter == 0 || letter == 'C' ? MT940_28 : MT940_UNKNOWN;
    case 34: return letter == 'F' ? MT940_34 : MT940_UNKNOWN;
    case 60: return letter == 'F' || letter == 'M' ? MT940_60 : MT940_UNKNOWN;
    case 61: return letter == 0 ? MT940_61 : MT940_UNKNOWN;
    case 62: return letter == 'F' || letter == 'M' ? MT940_62 : MT940_UNKNOWN;
    case 64: return letter == 0 ? MT940_64 : MT940_UNKNOWN;
    case 65: return letter == 0 ? MT940_65 : MT940_UNKNOWN;
    case 86: return letter == 0 ? MT940_86 : MT940_UNKNOWN;
    case 90: return letter == 'C' || letter == 'D' ? MT940_90 : MT940_UNKNOWN;
    default: return MT940_UNKNOWN;
    }
}

/* The length of the tag at the start of a line, 0 where there is none. */
static size_t tag_at(const char *line, size_t length, enum mt940_tag *tag)
{
    if (length < 4 || line[0] != ':')
        return 0;
    if (line[1] == 'N' && line[2] == 'S' && line[3] == ':') {
        *tag = MT940_NS;
        return 4;
    }
    if (!is_digit(line[1]) || !is_digit(line[2]))
        return 0;
    int digits = (line[1] - '0') * 10 + (line[2] - '0');
    if (line[3] == ':') {
        *tag = tag_of(digits, 0);
        return 4;
    }
    if (length < 5 || !is_upper(line[3]) || line[4] != ':')
        return 0;
    *tag = tag_of(digits, line[3]);
    return 5;
}

/* `...T10` and then `:20:37 ...`: a time that the bank wrapped, not a tag. `line` has bytes of the
 * same field before it. */
static bool is_wrapped_time(const char *line, size_t length, size_t before)
{
    const char *last = line - 1; /* the newline */

    if (length < 6 || line[3] != ':' || !is_digit(line[4]) || !is_digit(line[5]))
        return false;
    if (length > 6 && is_digit(line[6]))
        return false;
    if (before > 1 && last[-1] == '\r')
        last--, before--;
    return before > 3 && is_digit(last[-1]) && is_digit(last[-2]) && !is_digit(last[-3]);
}

enum line_kind { LINE_TEXT, LINE_TAG, LINE_DASH, LINE_BLOCK };

/* A lone `-`, also with control characters or ING's XXX behind it, may end the message. */
static bool is_dash(const char *line, size_t length)
{
    size_t at = 1;

    if (length >= 4 && memcmp(line + 1, "XXX", 3) == 0)
        at = 4;
    while (at < length && line[at] != '\n') {
        if ((unsigned char)line[at] > ' ')
            return false;
        at++;
    }
    return true;
}

/* What the line is. `of` is the tag of the field it may belong to, `before` that field's bytes so
 * far. */
static enum line_kind line_kind(const char *line, size_t length, enum mt940_tag of, size_t before,
                                enum mt940_tag *tag, size_t *tag_length)
{
    bool text = of == MT940_61 || of == MT940_86 || of == MT940_NS;

    if (length == 0)
        return LINE_TEXT;
    switch (line[0]) {
    case ':':
        *tag_length = tag_at(line, length, tag);
        if (*tag_length == 0 || (text && *tag == MT940_UNKNOWN))
            return LINE_TEXT;
        if (of == MT940_86 && is_wrapped_time(line, length, before))
            return LINE_TEXT;
        return LINE_TAG;
    case '-':
        if (length >= 2 && line[1] == '}')
            return LINE_BLOCK;
        return is_dash(line, length) ? LINE_DASH : LINE_TEXT;
    case '{':
        return length >= 3 && line[1] == '1' && line[2] == ':' ? LINE_BLOCK : LINE_TEXT;
    default:
        return LINE_TEXT;
    }
}

/* Where the line at `offset` ends (past its newline), with LOOK_AHEAD bytes behind it in the
 * window, or all there are. */
static enum window_fill line_end(struct window *window, size_t offset, size_t *end,
                                 struct error *error)
{
    size_t searched = offset;

    for (;;) {
        size_t length = window_length(window);
        const char *bytes = window_bytes(window);
        const char *newline = searched < length
            ? memchr(bytes + searched, '\n', length - searched) : NULL;
        size_t found = newline ? (size_t)(newline - bytes) + 1 : length;

        if (newline && found + LOOK_AHEAD <= length) {
            *end = found;
            return WINDOW_MORE;
        }
        searched = newline ? found - 1 : length;
        enum window_fill fill = window_more(window, error);
        if (fill == WINDOW_FAILED)
            return fill;
        if (fill == WINDOW_END) {
            *end = found;
            return found < length || newline ? WINDOW_MORE : WINDOW_END;
        }
    }
}

/* Reads the message type out of `{2:O942...`. */
static void envelope_note(struct mt940_scan *scan, const char *line, size_t length)
{
    const char *block = memmem(line, length, "{2:", 3);

    if (block && (size_t)(line + length - block) >= 7)
        scan->interim = memcmp(block + 4, "942", 3) == 0;
}

/* Consumes lines until one starts with a tag. Unknown tags count once a known one was seen. */
static enum window_fill skip_envelope(struct mt940_scan *scan, struct mt940_field *first,
                                      struct error *error)
{
    for (;;) {
        const char *bytes = window_bytes(&scan->window);
        size_t length = window_length(&scan->window), end = 0;

        if (length < LOOK_AHEAD && !scan->window.ended) {
            if (window_more(&scan->window, error) == WINDOW_FAILED)
                return WINDOW_FAILED;
            continue;
        }
        if (length == 0)
            return WINDOW_END;
        if (scan->line == 1 && length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
            window_consume(&scan->window, 3);
            continue;
        }
        first->tag_length = tag_at(bytes, length, &first->tag);
        if (first->tag_length > 0 && (scan->any || first->tag != MT940_UNKNOWN))
            return WINDOW_MORE;
        if (line_end(&scan->window, 0, &end, error) == WINDOW_FAILED)
            return WINDOW_FAILED;
        bytes = window_bytes(&scan->window);
        if (bytes[0] == '{')
            envelope_note(scan, bytes, end);
        scan->line += bytes[end - 1] == '\n';
        window_consume(&scan->window, end);
    }
}

/* Does a message start with this tag? Then a `-` before it was the end of the last one. */
static bool tag_starts(enum mt940_tag tag)
{
    return tag == MT940_20 || tag == MT940_25 || tag == MT940_28 || tag == MT940_60;
}

static bool group_takes(const struct mt940_group *group, enum mt940_tag tag)
{
    return group->fields[0].tag == MT940_61 && (tag == MT940_86 || tag == MT940_NS);
}

/* The bytes after a lone `-` to the end of the file: envelope when blank. */
static bool is_blank(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)bytes[i] > ' ')
            return false;
    return true;
}

struct dash { /* a line that may end the message */
    bool seen;
    size_t offset, behind; /* where it starts, where the line after it starts */
};

static struct dash dash_at(const char *bytes, size_t offset, size_t ahead)
{
    const char *newline = memchr(bytes + offset, '\n', ahead);
    size_t behind = newline ? (size_t)(newline - bytes) + 1 : offset + ahead;

    return (struct dash){.seen = true, .offset = offset, .behind = behind};
}

/* Ends the group at `offset`, or at the dash before it when a message ends there. */
static void group_end(struct mt940_scan *scan, struct mt940_group *group, size_t offset,
                      const struct dash *dash, bool message_ends)
{
    struct mt940_field *last = &group->fields[group->count - 1];
    const char *bytes = window_bytes(&scan->window);

    last->end = offset;
    if (dash->seen && message_ends && dash->offset >= last->start)
        last->end = dash->offset;
    group->length = offset;
    group->lines += offset > 0 && bytes[offset - 1] != '\n';
}

static bool dash_is_end(const struct mt940_scan *scan, const struct dash *dash, size_t offset)
{
    const char *bytes = window_bytes(&scan->window);

    return dash->seen && (bytes[dash->behind < offset ? dash->behind : dash->offset] == '{' ||
                          is_blank(bytes + dash->behind, offset - dash->behind));
}

static void group_field(struct mt940_group *group, enum mt940_tag tag, size_t tag_length,
                        size_t offset)
{
    if (group->count == MT940_GROUP_FIELDS)
        return;
    group->fields[group->count - 1].end = offset;
    group->fields[group->count++] = (struct mt940_field){
        .tag = tag, .tag_length = tag_length, .start = offset, .line = group->line + group->lines};
}

/* Looks at line after line behind the group's first tag until one does not belong to it. */
static enum window_fill group_lines(struct mt940_scan *scan, struct mt940_group *group,
                                    struct error *error)
{
    struct dash dash = {.seen = false};
    size_t offset = 0, end = 0;

    while (line_end(&scan->window, offset, &end, error) == WINDOW_MORE) {
        const struct mt940_field *last = &group->fields[group->count - 1];
        const char *bytes = window_bytes(&scan->window);
        size_t length = window_length(&scan->window), tag_length = 0;
        enum mt940_tag tag = MT940_UNKNOWN;

        if (bytes[end - 1] == '\n') {
            group->lines++;
            group->returns |= end >= 2 && bytes[end - 2] == '\r';
        }
        if (end == length)
            break;
        /* Never more than is sure to be there, so that the result is the same for any window. */
        size_t ahead = length - end < LOOK_AHEAD ? length - end : LOOK_AHEAD;
        switch (line_kind(bytes + end, ahead, last->tag, end - last->start, &tag, &tag_length)) {
        case LINE_TEXT:
            break;
        case LINE_DASH:
            dash = dash_at(bytes, end, ahead);
            break;
        case LINE_BLOCK:
            group_end(scan, group, end, &dash, bytes[end] == '{');
            return WINDOW_MORE;
        case LINE_TAG:
            if (!group_takes(group, tag)) {
                group_end(scan, group, end, &dash, tag_starts(tag));
                return WINDOW_MORE;
            }
            group_field(group, tag, tag_length, end);
            break;
        }
        offset = end;
    }
    if (!scan->window.ended)
        return WINDOW_FAILED;
    group_end(scan, group, end, &dash, dash_is_end(scan, &dash, end));
    return WINDOW_MORE;
}

enum window_fill mt940_scan_group(struct mt940_scan *scan, struct mt940_group *group,
                                  struct error *error)
{
    struct mt940_field first = {.tag = MT940_UNKNOWN};
    enum window_fill fill = skip_envelope(scan, &first, error);

    if (fill != WINDOW_MORE)
        return fill;
    scan->any = true;
    first.line = scan->line;
    group->fields[0] = first;
    group->count = 1;
    group->line = scan->line;
    group->lines = 0;
    group->returns = false;
    return group_lines(scan, group, error);
}

void mt940_scan_consume(struct mt940_scan *scan, const struct mt940_group *group)
{
    window_consume(&scan->window, group->length);
    scan->line += group->lines;
}

struct span mt940_field_value(const struct mt940_scan *scan, const struct mt940_field *field)
{
    const char *bytes = window_bytes(&scan->window) + field->start + field->tag_length;
    size_t length = field->end - field->start;

    length = length > field->tag_length ? length - field->tag_length : 0;
    while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
        length--;
    return (struct span){bytes, length};
}

struct span mt940_field_name(const struct mt940_scan *scan, const struct mt940_field *field)
{
    return (struct span){window_bytes(&scan->window) + field->start + 1, field->tag_length - 2};
}
