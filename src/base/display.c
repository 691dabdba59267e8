/* Text for people: made safe, measured in cells, cut at graphemes, normalised. Widths are the C
 * library's, because ncurses asks it; categories and graphemes are utf8proc's. */
#include <assert.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

#include "daybook/base/memory.h"
#include "daybook/base/text.h"

enum {
    MIDDLE_DOT = 0xB7,
    REPLACEMENT = 0xFFFD,
    WHITE_SQUARE = 0x25A1,
    DOTTED_CIRCLE = 0x25CC,
    MARKS_MAX = 2 /* combining marks after one base */
};

/* wcwidth() follows the thread's locale. Text means the same whether or not a program has chosen a
 * language, so the locale is one object of our own, made once and never changed. */
static locale_t width_locale;
static pthread_once_t width_locale_once = PTHREAD_ONCE_INIT;

static void width_locale_make(void)
{
    width_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* Widths may be asked between begin and end; what begin returns goes to end. */
static locale_t width_begin(void)
{
    pthread_once(&width_locale_once, width_locale_make);
    /* Without C.UTF-8 the process's own locale has to do: language_start() made it UTF-8. */
    return width_locale == (locale_t)0 ? (locale_t)0 : uselocale(width_locale);
}

static void width_end(locale_t before)
{
    if (before != (locale_t)0)
        uselocale(before);
}

static bool is_plain_ascii(int32_t character)
{
    return character >= ' ' && character <= '~';
}

/* What a terminal must never be given, even where it has a width. */
static bool is_dropped(int32_t character)
{
    const utf8proc_property_t *property = utf8proc_get_property(character);
    return property->ignorable || property->category == UTF8PROC_CATEGORY_CF
           || property->category == UTF8PROC_CATEGORY_ZL
           || property->category == UTF8PROC_CATEGORY_ZP;
}

/* The character that stands for `character` on a terminal; -1: none does. */
static int32_t character_shown(int32_t character, int *width)
{
    *width = 1;
    if (is_plain_ascii(character))
        return character;
    if (character == TEXT_INVALID)
        return REPLACEMENT;
    if (character < 0x20 || (character >= 0x7F && character < 0xA0))
        return MIDDLE_DOT;
    if (is_dropped(character))
        return -1;
    *width = wcwidth((wchar_t)character);
    if (*width >= 0)
        return character;
    *width = 1;
    return WHITE_SQUARE;
}

/* True where a new grapheme cluster begins between two characters. `state` is utf8proc's. */
static bool grapheme_begins(int32_t last, int32_t next, int32_t *state)
{
    if (is_plain_ascii(last) && is_plain_ascii(next)) {
        *state = 0;
        return true;
    }
    return utf8proc_grapheme_break_stateful(last, next, state);
}

/* Printable text being written; one more byte than `room` is there for the NUL. */
struct printer {
    char *out;
    size_t room;
    size_t length;
    size_t cluster; /* where the grapheme being written begins */
    int32_t last;   /* the character before, or -1 at the start */
    int32_t grapheme_state;
    int marks; /* since the base */
    bool full;
};

static void printer_put(struct printer *printer, int32_t character)
{
    if (printer->last < 0 || grapheme_begins(printer->last, character, &printer->grapheme_state))
        printer->cluster = printer->length;
    char bytes[4];
    size_t count = text_encode(character, bytes);
    if (count > printer->room - printer->length) {
        printer->length = printer->cluster;
        printer->full = true;
        return;
    }
    memcpy(printer->out + printer->length, bytes, count);
    printer->length += count;
    printer->last = character;
}

static void printer_add(struct printer *printer, int32_t character, int width)
{
    if (width > 0) {
        printer->marks = 0;
        printer_put(printer, character);
        return;
    }
    if (printer->last < 0)
        printer_put(printer, DOTTED_CIRCLE);
    if (printer->marks < MARKS_MAX && !printer->full) {
        printer->marks++;
        printer_put(printer, character);
    }
}

/* Copies a run of plain ASCII, most of what there is, without looking at each character's nature.
 * Returns how many bytes; 0 where the character before could join the first. */
static size_t printer_add_ascii(struct printer *printer, struct span source)
{
    size_t count = 0;
    size_t room = printer->room - printer->length;
    if (printer->last >= 0 && !is_plain_ascii(printer->last))
        return 0;
    while (count < source.length && count < room
           && is_plain_ascii((unsigned char)source.data[count]))
        count++;
    if (count == 0)
        return 0;
    memcpy(printer->out + printer->length, source.data, count);
    printer->length += count;
    printer->cluster = printer->length - 1;
    printer->last = (unsigned char)source.data[count - 1];
    printer->grapheme_state = 0;
    printer->marks = 0;
    return count;
}

size_t text_printable(char *out, size_t out_size, struct span source)
{
    assert(out_size > 0);
    struct printer printer = {.out = out, .room = out_size - 1, .last = -1};
    locale_t before = width_begin();
    for (size_t at = 0; at < source.length && !printer.full;) {
        at += printer_add_ascii(&printer, (struct span){source.data + at, source.length - at});
        if (at == source.length)
            break;
        size_t used;
        int width;
        int32_t character = text_decode(source.data + at, source.length - at, &used);
        int32_t shown = character_shown(character, &width);
        if (shown >= 0)
            printer_add(&printer, shown, width);
        at += used;
    }
    width_end(before);
    out[printer.length] = '\0';
    return printer.length;
}

/* --- widths and graphemes */

static int character_width(int32_t character)
{
    if (is_plain_ascii(character))
        return 1;
    int width = character == TEXT_INVALID ? 1 : wcwidth((wchar_t)character);
    return width < 0 ? 1 : width;
}

int text_width(struct span printable)
{
    int cells = 0;
    locale_t before = width_begin();
    for (size_t at = 0; at < printable.length;) {
        size_t used;
        cells += character_width(text_decode(printable.data + at, printable.length - at, &used));
        at += used;
    }
    width_end(before);
    return cells;
}

/* Bytes of the first grapheme; *cells gets its width where it is not NULL (between width_begin()
 * and width_end()). An ill-formed sequence is a grapheme of its own. */
static size_t grapheme_length(struct span text, int *cells)
{
    size_t used;
    if (text.length == 0)
        return 0;
    int32_t last = text_decode(text.data, text.length, &used);
    if (cells != NULL)
        *cells = character_width(last);
    size_t end = used;
    int32_t state = 0;
    while (last != TEXT_INVALID && end < text.length) {
        int32_t next = text_decode(text.data + end, text.length - end, &used);
        if (next == TEXT_INVALID || grapheme_begins(last, next, &state))
            break;
        if (cells != NULL)
            *cells += character_width(next);
        end += used;
        last = next;
    }
    return end;
}

size_t text_cut(struct span printable, int max_cells, int *cells)
{
    size_t length = 0;
    *cells = 0;
    locale_t before = width_begin();
    while (length < printable.length) {
        int width;
        struct span rest = {printable.data + length, printable.length - length};
        size_t count = grapheme_length(rest, &width);
        if (width > max_cells - *cells)
            break;
        *cells += width;
        length += count;
    }
    width_end(before);
    return length;
}

size_t text_grapheme(struct span text)
{
    return grapheme_length(text, NULL);
}

size_t text_grapheme_before(struct span text, size_t at)
{
    assert(at <= text.length);
    size_t last = 0;
    for (size_t start = 0; start < at; start += last)
        last = grapheme_length((struct span){text.data + start, at - start}, NULL);
    return last;
}

/* --- forms */

static char *copy_span(struct span text)
{
    char *copy = memory_resize(NULL, text.length + 1, 1);
    if (text.length > 0)
        memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    return copy;
}

static utf8proc_int32_t fold_character(utf8proc_int32_t character, void *context)
{
    (void)context;
    if (utf8proc_category(character) == UTF8PROC_CATEGORY_ZS)
        return ' ';
    return utf8proc_tolower(character);
}

/* NFC after `each` changed every character; a copy where the text is not UTF-8. */
static char *normal_form(struct span text, utf8proc_custom_func each)
{
    utf8proc_uint8_t *result = NULL;
    if (text.length == 0 || !text_is_utf8(text))
        return copy_span(text);
    utf8proc_ssize_t length =
        utf8proc_map_custom((const utf8proc_uint8_t *)text.data, (utf8proc_ssize_t)text.length,
                            &result, UTF8PROC_STABLE | UTF8PROC_COMPOSE, each, NULL);
    return length < 0 ? copy_span(text) : (char *)result;
}

char *text_normal(struct span text)
{
    return normal_form(text, NULL);
}

char *text_fold(struct span text)
{
    char *folded = normal_form(text, fold_character);
    char *to = folded;
    for (const char *from = folded; *from != '\0'; from++) {
        bool blank = *from == ' ' || (*from >= '\t' && *from <= '\r');
        if (!blank)
            *to++ = *from;
        else if (to > folded && to[-1] != ' ')
            *to++ = ' ';
    }
    if (to > folded && to[-1] == ' ')
        to--;
    *to = '\0';
    return folded;
}
