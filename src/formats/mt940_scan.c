/* Finds fields in the input. A field ends where a line starts with a tag; inside :86: only tags
 * of the standard count, because text has lines like `:12:11` and `-` of its own. Everything
 * outside fields (SWIFT blocks, headings of a bank, the `-` that ends a message) is envelope. */
#include "mt940.h"

#include <endian.h>
#include <string.h>

#include "find.h"

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

/* Four bytes as a number, so that a tag is found by one switch. */
#define KEY(a, b, c, d) \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

static inline uint32_t key_at(const char *at)
{
    uint32_t key;

    memcpy(&key, at, sizeof(key));
    return le32toh(key);
}

/* The tag whose first four bytes these are; letters stand in its fifth byte's place. */
static enum mt940_tag tag_of(uint32_t key)
{
    switch (key) {
    case KEY(':', '1', '3', ':'):
    case KEY(':', '1', '3', 'D'): return MT940_13;
    case KEY(':', '2', '0', ':'): return MT940_20;
    case KEY(':', '2', '1', ':'): return MT940_21;
    case KEY(':', '2', '5', ':'):
    case KEY(':', '2', '5', 'P'): return MT940_25;
    case KEY(':', '2', '8', ':'):
    case KEY(':', '2', '8', 'C'): return MT940_28;
    case KEY(':', '3', '4', 'F'): return MT940_34;
    case KEY(':', '6', '0', 'F'):
    case KEY(':', '6', '0', 'M'): return MT940_60;
    case KEY(':', '6', '2', 'F'):
    case KEY(':', '6', '2', 'M'): return MT940_62;
    case KEY(':', '6', '4', ':'): return MT940_64;
    case KEY(':', '6', '5', ':'): return MT940_65;
    case KEY(':', '9', '0', 'C'):
    case KEY(':', '9', '0', 'D'): return MT940_90;
    case KEY(':', 'N', 'S', ':'): return MT940_NS;
    default: return MT940_UNKNOWN;
    }
}

static size_t tag_at_any(const char *line, enum mt940_tag *tag)
{
    if (line[0] != ':')
        return 0;
    *tag = tag_of(key_at(line));
    if (line[3] == ':')
        return *tag != MT940_UNKNOWN || (is_digit(line[1]) && is_digit(line[2])) ? 4 : 0;
    return line[4] == ':' && is_digit(line[1]) && is_digit(line[2]) && is_upper(line[3]) ? 5 : 0;
}

/* The length of the tag at the start of a line, 0 where there is none. Nearly all are two. */
static inline size_t tag_at(const char *line, size_t length, enum mt940_tag *tag)
{
    if (length < 5)
        return 0;
    uint32_t key = key_at(line);
    if (key != KEY(':', '6', '1', ':') && key != KEY(':', '8', '6', ':'))
        return tag_at_any(line, tag);
    *tag = key == KEY(':', '6', '1', ':') ? MT940_61 : MT940_86;
    return 4;
}

/* `...T10` and then `:20:37 ...`: a time that the bank wrapped, not a tag. `line` has bytes of the
 * same field before it. */
static inline bool is_wrapped_time(const char *line, size_t length, size_t before)
{
    const char *last = line - 1; /* the newline */

    if (length > 6 && is_digit(line[6]))
        return false;
    if (length < 6 || line[3] != ':' || !is_digit(line[4]) || !is_digit(line[5]))
        return false;
    if (before > 1 && last[-1] == '\r')
        last--, before--;
    return before > 3 && is_digit(last[-1]) && is_digit(last[-2]) && !is_digit(last[-3]);
}

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

static bool is_text(enum mt940_tag tag)
{
    return tag == MT940_61 || tag == MT940_86 || tag == MT940_NS;
}

/* The length of the tag that ends or goes on with the field `last`; 0 where the line is text of
 * it. */
static inline size_t tag_behind(const char *line, size_t length, const struct mt940_field *last,
                                size_t offset, enum mt940_tag *tag)
{
    size_t tag_length = tag_at(line, length, tag);

    if (tag_length == 0 || (*tag == MT940_UNKNOWN && is_text(last->tag)))
        return 0;
    if (last->tag == MT940_86 && is_wrapped_time(line, length, offset - last->start))
        return 0;
    return tag_length;
}

/* A line after which no field goes on: the end of a SWIFT block, or the start of one. */
static bool is_block(const char *line, size_t length)
{
    return (length >= 2 && line[0] == '-' && line[1] == '}') ||
           (length >= 3 && line[0] == '{' && line[1] == '1' && line[2] == ':');
}

/* Where the line at `offset` ends (past its newline), with LOOK_AHEAD bytes behind it in the
 * window, or all there are. */
static enum window_fill line_end_far(struct window *window, size_t offset, size_t *end,
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

/* Ends of lines behind the window's start, found by blocks: a group has some in each. */
struct line_ends {
    uint64_t newlines; /* of the last block, those not yet given */
    size_t next;       /* where the block behind it starts */
};

/* The same where the next one is near. Going far moves on by a line, and the search by blocks
 * starts anew behind it. */
static inline enum window_fill line_end(struct window *window, struct line_ends *ends,
                                        size_t offset, size_t *end, struct error *error)
{
    const char *bytes = window_bytes(window);
    size_t length = window_length(window);

    while (ends->newlines == 0) {
        if (ends->next + 64 + LOOK_AHEAD > length) {
            enum window_fill fill = line_end_far(window, offset, end, error);
            ends->next = *end;
            return fill;
        }
        ends->newlines = mask_byte(bytes + ends->next, '\n');
        ends->next += 64;
    }
    *end = ends->next - 64 + (size_t)__builtin_ctzll(ends->newlines) + 1;
    ends->newlines &= ends->newlines - 1;
    return WINDOW_MORE;
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
    if (scan->next_length > 0) {
        first->tag = scan->next_tag;
        first->tag_length = scan->next_length;
        return WINDOW_MORE;
    }
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
        if (line_end_far(&scan->window, 0, &end, error) == WINDOW_FAILED)
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

static inline bool group_takes(const struct mt940_group *group, enum mt940_tag tag)
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

/* Ends the group at `offset`, or at the dash before it when a message ends there. Only a text can
 * hold a dash of its own, and the bank's words on a whole statement do not end with one. */
static inline void group_end(struct mt940_group *group, size_t offset, const struct dash *dash,
                             bool message_ends)
{
    struct mt940_field *last = &group->fields[group->count - 1];

    last->end = offset;
    group->length = offset;
    if (!dash->seen || dash->offset < last->start)
        return;
    message_ends |= !is_text(last->tag);
    message_ends |= group->fields[0].tag == MT940_86 && dash->behind == offset;
    if (message_ends)
        last->end = dash->offset;
}

static bool dash_is_end(const struct mt940_scan *scan, const struct dash *dash, size_t offset)
{
    const char *bytes = window_bytes(&scan->window);

    return dash->seen && (bytes[dash->behind < offset ? dash->behind : dash->offset] == '{' ||
                          is_blank(bytes + dash->behind, offset - dash->behind));
}

static inline void group_field(struct mt940_group *group, enum mt940_tag tag, size_t tag_length,
                               size_t offset)
{
    if (group->count == MT940_GROUP_FIELDS)
        return;
    struct mt940_field *field = &group->fields[group->count++];
    field[-1].end = offset;
    field->tag = tag;
    field->tag_length = tag_length;
    field->start = offset;
    field->line = group->line + group->lines;
}

/* What is left at the end of the input belongs to the group, but for a dash and blanks. */
static enum window_fill group_last(struct mt940_scan *scan, struct mt940_group *group, size_t end,
                                   const struct dash *dash)
{
    if (!scan->window.ended)
        return WINDOW_FAILED;
    group->lines += end > 0 && window_bytes(&scan->window)[end - 1] != '\n';
    group_end(group, end, dash, dash_is_end(scan, dash, end));
    return WINDOW_MORE;
}

/* Looks at line after line behind the group's first tag until one does not belong to it. */
static enum window_fill group_lines(struct mt940_scan *scan, struct mt940_group *group,
                                    struct error *error)
{
    struct dash dash = {.seen = false};
    struct line_ends ends = {.newlines = 0};
    size_t offset = 0, end = 0;

    while (line_end(&scan->window, &ends, offset, &end, error) == WINDOW_MORE) {
        const char *bytes = window_bytes(&scan->window);
        size_t length = window_length(&scan->window);
        enum mt940_tag tag = MT940_UNKNOWN;

        offset = end;
        if (group->first_end == 0)
            group->first_end = end;
        if (end == length)
            break;
        group->lines++;
        group->returns |= bytes[end - 2] == '\r'; /* a tag is there at least */
        if (bytes[end] != ':' && bytes[end] != '-' && bytes[end] != '{')
            continue;
        /* Never more than is sure to be there, so that the result is the same for any window. */
        size_t ahead = length - end < LOOK_AHEAD ? length - end : LOOK_AHEAD;
        const struct mt940_field *last = &group->fields[group->count - 1];
        if (bytes[end] == ':') {
            size_t tag_length = tag_behind(bytes + end, ahead, last, end, &tag);
            if (tag_length > 0 && !group_takes(group, tag)) {
                group_end(group, end, &dash, tag_starts(tag));
                scan->next_tag = tag;
                scan->next_length = tag_length;
                return WINDOW_MORE;
            }
            if (tag_length > 0)
                group_field(group, tag, tag_length, end);
        } else if (is_block(bytes + end, ahead)) {
            group_end(group, end, &dash, bytes[end] == '{');
            return WINDOW_MORE;
        } else if (bytes[end] == '-' && is_dash(bytes + end, ahead)) {
            dash = dash_at(bytes, end, ahead);
        }
    }
    return group_last(scan, group, end, &dash);
}

enum window_fill mt940_scan_group(struct mt940_scan *scan, struct mt940_group *group,
                                  struct error *error)
{
    struct mt940_field *first = &group->fields[0];
    enum window_fill fill = skip_envelope(scan, first, error);

    if (fill != WINDOW_MORE)
        return fill;
    scan->any = true;
    scan->next_length = 0;
    first->line = scan->line;
    first->start = 0;
    group->count = 1;
    group->line = scan->line;
    group->lines = 0;
    group->returns = false;
    group->first_end = 0;
    return group_lines(scan, group, error);
}

const char *mt940_before_line_ends(const char *start, const char *end)
{
    while (end > start && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    return end;
}

void mt940_scan_consume(struct mt940_scan *scan, const struct mt940_group *group)
{
    window_consume(&scan->window, group->length);
    scan->line += group->lines;
}

struct span mt940_field_name(const struct mt940_scan *scan, const struct mt940_field *field)
{
    return (struct span){window_bytes(&scan->window) + field->start + 1, field->tag_length - 2};
}
