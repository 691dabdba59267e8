/* Tags and characters of OFX. Version 1 is SGML whose values have no closing tag, version 2 is XML;
 * a value ends at the next tag in both. Nothing outside the file is ever looked up. */
#include "ofx.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char capital(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Where `byte` is next, counted from the window's start; brings in what is needed. At the end of
 * the input: the window's length, and WINDOW_END. */
static enum window_fill find(struct window *window, size_t from, char byte, size_t *at,
                             struct error *error)
{
    for (;;) {
        const char *bytes = window_bytes(window);
        size_t length = window_length(window);
        const char *found = from < length ? memchr(bytes + from, byte, length - from) : NULL;

        if (found) {
            *at = (size_t)(found - bytes);
            return WINDOW_MORE;
        }
        from = length;
        enum window_fill fill = window_more(window, error);
        if (fill != WINDOW_MORE) {
            *at = window_length(window);
            return fill;
        }
    }
}

static void advance(struct ofx_scan *scan, size_t count)
{
    const char *at = window_bytes(&scan->window), *end = at + count;

    for (; at < end; at++) {
        scan->column = *at == '\n' ? 1 : scan->column + 1;
        scan->line += *at == '\n';
    }
    window_consume(&scan->window, count);
}

static bool has_word(struct span text, const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i + length <= text.length; i++) {
        size_t same = 0;
        while (same < length && capital(text.data[i + same]) == word[same])
            same++;
        if (same == length)
            return true;
    }
    return false;
}

/* The encodings that stand in the header block or the XML declaration. */
static void read_encoding(struct ofx_scan *scan, struct span text)
{
    if (has_word(text, "UTF-8") || has_word(text, "UNICODE"))
        scan->single_byte = false;
    else if (has_word(text, "1252") || has_word(text, "8859-1"))
        scan->single_byte = true;
}

/* The block of `NAME:value` lines before the first tag. */
static enum window_fill read_header(struct ofx_scan *scan, struct error *error)
{
    size_t at = 0;
    enum window_fill fill = find(&scan->window, 0, '<', &at, error);

    if (fill == WINDOW_MORE) {
        read_encoding(scan, (struct span){window_bytes(&scan->window), at});
        advance(scan, at);
        scan->started = true;
    }
    return fill;
}

/* Comments and CDATA end at a word of their own, not at the first '>'. Gives the length of the tag
 * up to and with its end, 0 where it does not end. */
static enum window_fill tag_length(struct window *window, size_t *length, struct error *error)
{
    enum { OPENING = 9 }; /* "<![CDATA[" */
    size_t end = 0;

    while (window_length(window) < OPENING && !window->ended)
        if (window_more(window, error) == WINDOW_FAILED)
            return WINDOW_FAILED;
    const char *bytes = window_bytes(window);
    size_t there = window_length(window), back = 0;
    const char *closing = "";
    if (there >= 4 && memcmp(bytes, "<!--", 4) == 0)
        closing = "--", back = 2;
    else if (there >= OPENING && memcmp(bytes, "<![CDATA[", OPENING) == 0)
        closing = "]]", back = 2;
    for (size_t from = 1;; from = end + 1) {
        enum window_fill fill = find(window, from, '>', &end, error);
        if (fill != WINDOW_MORE)
            return fill;
        if (back == 0 || (end >= back + 3 && memcmp(window_bytes(window) + end - back, closing,
                                                    back) == 0))
            break;
    }
    *length = end + 1;
    return WINDOW_MORE;
}

/* The name between '<' and '>'; false for what is no element. */
static bool read_name(const char *tag, size_t length, struct ofx_token *token)
{
    const char *at = tag + 1, *end = tag + length - 1;
    size_t count = 0;

    token->name[0] = '\0';
    token->closes = at < end && *at == '/';
    if (token->closes)
        at++;
    if (end > at && end[-1] == '/') {
        end--;
        token->closes = true;
    }
    if (at == end || *at == '?' || *at == '!')
        return false;
    while (at < end && !is_blank(*at)) {
        if (count == OFX_NAME_MAX)
            return false;
        token->name[count++] = capital(*at++);
    }
    token->name[count] = '\0';
    return true;
}

static struct span without_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    while (end > at && is_blank(end[-1]))
        end--;
    return (struct span){at, (size_t)(end - at)};
}

static bool is_cdata(const char *bytes, size_t length)
{
    return length >= 12 && memcmp(bytes, "<![CDATA[", 9) == 0;
}

enum window_fill ofx_scan_next(struct ofx_scan *scan, struct ofx_token *token,
                               struct error *error)
{
    size_t length = 0, next = 0;
    enum window_fill fill = scan->started ? WINDOW_MORE : read_header(scan, error);

    if (fill != WINDOW_MORE)
        return fill;
    if (window_length(&scan->window) == 0 && find(&scan->window, 0, '<', &next, error) !=
        WINDOW_MORE)
        return scan->window.ended ? WINDOW_END : WINDOW_FAILED;
    token->line = scan->line;
    token->column = scan->column;
    fill = tag_length(&scan->window, &length, error);
    if (fill == WINDOW_END) {
        error_set(error, ERROR_INPUT, "the tag does not end");
        return WINDOW_FAILED;
    }
    if (fill == WINDOW_FAILED || find(&scan->window, length, '<', &next, error) == WINDOW_FAILED)
        return WINDOW_FAILED;
    const char *bytes = window_bytes(&scan->window);
    bool element = read_name(bytes, length, token);
    if (!element && length >= 9 && memcmp(bytes, "<!DOCTYPE", 9) == 0) {
        error_set(error, ERROR_INPUT, "a DOCTYPE is refused");
        return WINDOW_FAILED;
    }
    if (!element && bytes[1] == '?')
        read_encoding(scan, (struct span){bytes, length});
    token->text = is_cdata(bytes, length) ? (struct span){bytes + 9, length - 12}
                                          : without_blanks(bytes + length, bytes + next);
    advance(scan, next);
    return WINDOW_MORE;
}

/* --- characters */

/* What windows-1252 has in 0x80..0x9F; 0 where it has nothing. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
    0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
};

static void append_character(struct buffer *out, int32_t character)
{
    char encoded[4];

    buffer_append(out, encoded, text_encode(character, encoded));
}

static void append_byte(struct buffer *out, unsigned char byte, bool single_byte)
{
    if (byte < 0x80 || !single_byte)
        buffer_append_char(out, (char)byte);
    else if (byte < 0xA0 && windows_1252[byte - 0x80] != 0)
        append_character(out, windows_1252[byte - 0x80]);
    else
        append_character(out, byte);
}

/* &#8364; or &#x20AC;: the length with its semicolon, 0 where it is none. */
static size_t numeric_entity(struct span text, int32_t *character)
{
    size_t at = 2, first;
    int32_t value = 0;
    bool hex = text.length > 2 && capital(text.data[2]) == 'X';

    first = at += hex;
    for (; at < text.length && text.data[at] != ';'; at++) {
        char c = capital(text.data[at]);
        int digit = c >= '0' && c <= '9' ? c - '0' : hex && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                                                 : -1;
        if (digit < 0 || value > 0x10FFFF)
            return 0;
        value = value * (hex ? 16 : 10) + digit;
    }
    bool fine = at < text.length && at > first && value > 0 && value <= 0x10FFFF &&
                (value < 0xD800 || value > 0xDFFF);
    *character = value;
    return fine ? at + 1 : 0;
}

/* The length of the entity at the start of text, 0 where there is none that is known. */
static size_t entity_at(struct span text, int32_t *character)
{
    static const struct {
        const char *name;
        int32_t character;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'},
                    {"&quot;", '"'}, {"&apos;", '\''}, {"&nbsp;", 0xA0}};

    if (text.length > 3 && text.data[1] == '#')
        return numeric_entity(text, character);
    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        size_t length = strlen(entities[i].name);
        if (text.length >= length && memcmp(text.data, entities[i].name, length) == 0) {
            *character = entities[i].character;
            return length;
        }
    }
    return 0;
}

void ofx_scan_decode(const struct ofx_scan *scan, struct span text, struct buffer *out)
{
    /* Banks that say 1252 and write UTF-8 are common, and text in 1252 is hardly ever UTF-8. */
    bool single_byte = scan->single_byte && !text_is_utf8(text);

    while (text.length > 0) {
        int32_t character = 0;
        size_t entity = text.data[0] == '&' ? entity_at(text, &character) : 0;
        if (entity > 0)
            append_character(out, character);
        else
            append_byte(out, (unsigned char)text.data[0], single_byte);
        size_t used = entity > 0 ? entity : 1;
        text = (struct span){text.data + used, text.length - used};
    }
}
