/* Cuts BAI2 into records. The standard gives each a line that ends with a slash; real files run
 * records together on one line, leave the slash out, and break a text over lines without an 88. So
 * a record ends at a slash that ends its line, at a slash before what can only be another record,
 * or at a line end before a record code. */
#include "bai2.h"

#include <string.h>

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The code of a record that may start here, -1 where none does. */
static int code_at(const char *at, const char *end)
{
    static const int codes[] = {1, 2, 3, 16, 49, 88, 98, 99};

    if (end - at < 3 || !is_digit(at[0]) || !is_digit(at[1]) || at[2] != ',')
        return -1;
    int code = (at[0] - '0') * 10 + (at[1] - '0');
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i] == code)
            return code;
    return -1;
}

static const char *skip_number(const char *at, const char *end)
{
    if (at < end && (*at == '+' || *at == '-'))
        at++;
    while (at < end && is_digit(*at))
        at++;
    return at;
}

/* Inside a text, more than a code is asked of what follows a slash: a type code behind a 16,
 * numbers up to a slash behind a 49, 98 or 99. */
static bool is_surely_record(const char *at, const char *end, bool blank_before)
{
    int code = code_at(at, end);

    if (code == 88)
        return blank_before;
    if (code == 16)
        return end - at >= 7 && is_digit(at[3]) && is_digit(at[4]) && is_digit(at[5]) &&
               at[6] == ',';
    if (code < 49)
        return code > 0 && blank_before;
    at += 3;
    for (int numbers = code == 49 ? 2 : 3; numbers > 0; numbers--) {
        const char *next = skip_number(at, end);
        if (next == at || next == end || (*next != (numbers > 1 ? ',' : '/')))
            return false;
        at = next + 1;
    }
    return true;
}

/* A slash that ends the record; *behind gets where the next thing on the line starts, or `end`. */
static bool slash_ends(const char *slash, const char *end, bool text, const char **behind)
{
    const char *at = slash + 1;

    while (at < end && is_blank(*at))
        at++;
    *behind = at;
    if (at == end)
        return true;
    if (text)
        return is_surely_record(at, end, at > slash + 1);
    return code_at(at, end) > 0;
}

/* Brings the whole line at `offset` into the window and enough of the next to know its code. */
static enum window_fill line_whole(struct window *window, size_t offset, size_t *end,
                                   struct error *error)
{
    enum { NEXT_CODE = 3 };
    size_t searched = offset;

    for (;;) {
        const char *bytes = window_bytes(window);
        size_t length = window_length(window);
        const char *newline = searched < length
            ? memchr(bytes + searched, '\n', length - searched) : NULL;
        *end = newline ? (size_t)(newline - bytes) : length;
        if (newline && *end + 1 + NEXT_CODE <= length)
            return WINDOW_MORE;
        searched = *end;
        enum window_fill fill = window_more(window, error);
        if (fill == WINDOW_FAILED)
            return fill;
        if (fill == WINDOW_END)
            return WINDOW_MORE;
    }
}

static void advance(struct bai2_input *input, size_t count)
{
    const char *at = window_bytes(&input->window), *end = at + count;

    for (; at < end; at++) {
        input->column = *at == '\n' ? 1 : input->column + 1;
        input->line += *at == '\n';
    }
    window_consume(&input->window, count);
}

/* Blanks and line ends before a record. */
static enum window_fill skip_blank(struct bai2_input *input, struct error *error)
{
    for (;;) {
        const char *bytes = window_bytes(&input->window);
        size_t length = window_length(&input->window), blank = 0;

        while (blank < length && (is_blank(bytes[blank]) || bytes[blank] == '\n'))
            blank++;
        advance(input, blank);
        if (blank < length)
            return WINDOW_MORE;
        enum window_fill fill = window_more(&input->window, error);
        if (fill != WINDOW_MORE)
            return fill;
    }
}

/* Where the record that starts the window ends (its content) and what it takes from the window. */
static enum window_fill piece_end(struct bai2_input *input, bool text, size_t *content,
                                  size_t *taken, struct error *error)
{
    size_t offset = 0, end = 0;

    for (;;) {
        if (line_whole(&input->window, offset, &end, error) == WINDOW_FAILED)
            return WINDOW_FAILED;
        const char *bytes = window_bytes(&input->window);
        const char *stop = bytes + end, *last = bytes + window_length(&input->window);
        const char *slash = bytes + offset, *behind;
        while ((slash = memchr(slash, '/', (size_t)(stop - slash))) != NULL) {
            if (slash_ends(slash, stop, text, &behind)) {
                *content = (size_t)(slash - bytes);
                *taken = (size_t)(behind - bytes);
                return WINDOW_MORE;
            }
            slash++;
        }
        if (stop == last || !text || code_at(stop + 1, last) > 0) {
            while (stop > bytes && stop[-1] == '\r')
                stop--;
            *content = (size_t)(stop - bytes);
            *taken = end;
            return WINDOW_MORE;
        }
        offset = end + 1;
    }
}

enum window_fill bai2_piece_next(struct bai2_input *input, struct bai2_piece *piece,
                                 struct error *error)
{
    enum { CODE_LENGTH = 3 };
    size_t content = 0, taken = 0, end = 0;
    enum window_fill fill = skip_blank(input, error);

    if (fill != WINDOW_MORE)
        return fill;
    if (line_whole(&input->window, 0, &end, error) == WINDOW_FAILED)
        return WINDOW_FAILED;
    const char *bytes = window_bytes(&input->window);
    piece->line = input->line;
    piece->column = input->column;
    piece->code = code_at(bytes, bytes + end);
    if (piece->code > 0 && piece->code != 88)
        input->last_code = piece->code;
    bool text = input->last_code == 16 && (piece->code == 16 || piece->code == 88);
    if (piece_end(input, text, &content, &taken, error) == WINDOW_FAILED)
        return WINDOW_FAILED;
    size_t code_length = piece->code > 0 ? CODE_LENGTH : 0;
    bytes = window_bytes(&input->window);
    piece->content = (struct span){bytes + code_length, content - code_length};
    advance(input, taken);
    return WINDOW_MORE;
}
