/* Text: tables, properties of the sanitiser, and public test data where it is there. */
#include "table.h"

#include <dirent.h>
#include <inttypes.h>
#include <jansson.h>
#include <locale.h>
#include <utf8proc.h>
#include <wchar.h>

#include "random.h"

/* --- tables */

static void printable_case(const struct table_row *row, char *out, size_t size)
{
    size_t room = (size_t)table_number(row, 1);
    assert_true(room <= size);
    size_t length = text_printable(out, room, row->cells[2]);
    assert_int_equal(length, strlen(out));
}

static void measure_case(const struct table_row *row, char *out, size_t size)
{
    if (strcmp(table_cell(row, 0), "width") == 0) {
        snprintf(out, size, "%d", text_width(row->cells[1]));
    } else if (strcmp(table_cell(row, 0), "cut") == 0) {
        int cells;
        size_t length = text_cut(row->cells[2], (int)table_number(row, 1), &cells);
        snprintf(out, size, "%zu/%d", length, cells);
    } else {
        struct span text = row->cells[1];
        size_t last = text_grapheme_before(text, text.length);
        snprintf(out, size, "%zu/%zu", text_grapheme(text), last);
    }
}

static void form_case(const struct table_row *row, char *out, size_t size)
{
    bool fold = strcmp(table_cell(row, 0), "fold") == 0;
    char *result = fold ? text_fold(row->cells[1]) : text_normal(row->cells[1]);
    snprintf(out, size, "%s", result);
    free(result);
}

static void word_case(const struct table_row *row, char *out, size_t size)
{
    static const char *const words[] = {"amount", "channel", "currency", "state", "value_date"};
    if (strcmp(table_cell(row, 0), "distance") == 0) {
        int distance = text_distance(table_cell(row, 1), table_cell(row, 2),
                                     (int)table_number(row, 3));
        snprintf(out, size, "%d", distance);
        return;
    }
    const char *nearest = text_nearest(table_cell(row, 1), words, sizeof words / sizeof words[0]);
    snprintf(out, size, "%s", nearest != NULL ? nearest : "none");
}

static void number_case(const struct table_row *row, char *out, size_t size)
{
    int64_t value;
    if (text_to_int64(row->cells[1], &value))
        snprintf(out, size, "%" PRId64, value);
    else
        snprintf(out, size, "no");
}

static void trim_case(const struct table_row *row, char *out, size_t size)
{
    struct span trimmed = span_trim(row->cells[1]);
    snprintf(out, size, "%.*s", (int)trimmed.length, trimmed.data);
}

static void text_case(const struct table_row *row, char *out, size_t size)
{
    static const struct {
        const char *verb;
        table_case run;
    } verbs[] = {
        {"printable", printable_case}, {"width", measure_case}, {"cut", measure_case},
        {"grapheme", measure_case},    {"normal", form_case},   {"fold", form_case},
        {"distance", word_case},       {"nearest", word_case},  {"int64", number_case},
        {"trim", trim_case},
    };
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(table_cell(row, 0), verbs[i].verb) == 0)
            verbs[i].run(row, out, size);
}

static void test_table(void **state)
{
    (void)state;
    table_check("tests/unit/text.tbl", text_case);
}

/* --- properties of text_printable() */

/* The rule of the header said once more, by categories instead of ranges. */
static void assert_allowed(const char *text, size_t length)
{
    int marks = 2; /* none may lead */
    for (size_t at = 0; at < length;) {
        size_t used;
        int32_t character = text_decode(text + at, length - at, &used);
        assert_true(character >= 0);
        utf8proc_category_t category = utf8proc_category(character);
        assert_true(category != UTF8PROC_CATEGORY_CC && category != UTF8PROC_CATEGORY_CF
                    && category != UTF8PROC_CATEGORY_ZL && category != UTF8PROC_CATEGORY_ZP);
        int width = wcwidth((wchar_t)character);
        assert_in_range(width, 0, 2);
        marks = width == 0 ? marks + 1 : 0;
        assert_true(marks <= 2);
        at += used;
    }
}

static void assert_printable_holds(struct span source)
{
    static char whole[1 << 16], again[1 << 16], cut[1 << 16];
    assert_true(source.length * 6 < sizeof whole);
    size_t length = text_printable(whole, sizeof whole, source);
    assert_allowed(whole, length);
    assert_int_equal(text_printable(again, sizeof again, (struct span){whole, length}), length);
    assert_memory_equal(whole, again, length + 1);
    int cells;
    struct span all = {whole, length};
    assert_int_equal(text_cut(all, 1 << 20, &cells), length);
    assert_int_equal(cells, text_width(all));
    /* A smaller room gives a prefix that ends where a grapheme does. */
    size_t room = length / 2 + 1;
    size_t kept = text_printable(cut, room, source);
    assert_true(kept < room);
    assert_memory_equal(cut, whole, kept);
    size_t boundary = 0;
    while (boundary < kept)
        boundary += text_grapheme((struct span){whole + boundary, length - boundary});
    assert_int_equal(boundary, kept);
}

static void test_printable_holds_for_every_character(void **state)
{
    (void)state;
    for (int32_t character = 0; character <= 0x10FFFF; character++) {
        if (character >= 0xD800 && character <= 0xDFFF)
            continue;
        char text[8] = "e";
        size_t length = 1 + text_encode(character, text + 1);
        char out[32];
        size_t written = text_printable(out, sizeof out, (struct span){text, length});
        assert_allowed(out, written);
    }
}

/* kubectl CVE-2021-25743, and Git's sideband: data of others had ESC and CR, and the terminal
 * obeyed. The same check must find the naive filter, which takes out line ends and no more. */
static bool obeyed_by_a_terminal(const char *text)
{
    return strpbrk(text, "\x1b\r\x9b\b\x07") != NULL;
}

static void filter_naively(char *out, size_t size, const char *text)
{
    size_t length = 0;
    for (; *text != '\0' && length + 1 < size; text++)
        if (*text != '\n')
            out[length++] = *text;
    out[length] = '\0';
}

static void test_escape_and_return_never_reach_the_terminal(void **state)
{
    (void)state;
    static const char *const attacks[] = {
        "pod\x1b[2J\x1b[1;1Hroot@host#", "\x1b]0;title\x07", "paid 1.00\rpaid 9.00",
        "\x9b" "31m", "a\b\bb", "\x1b[8m hidden",
    };
    char out[200];
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        text_printable(out, sizeof out, span_of(attacks[i]));
        assert_false(obeyed_by_a_terminal(out));
        filter_naively(out, sizeof out, attacks[i]);
        assert_true(obeyed_by_a_terminal(out));
    }
}

/* Pieces that are likely to disturb each other. */
static size_t random_piece(struct random *random, char out[4])
{
    static const int32_t troublesome[] = {
        0x1B,   0x9B,   0x0D,   0x0A,   0x7F,    0x301,   0x302,   0x200D,  0x202E, 0xFEFF,
        0x1100, 0x1161, 0x11A8, 0x0D4E, 0x1F1E8, 0x1F1F3, 0x1F468, 0x1F3FD, 0xFE0F, 0x31350,
        0x0903, 0x0E33, 0x3164, 0x2028, 0xE0041, 0x738B,  0x25CC,  0xFFFD,  0xB7,   0x25A1,
    };
    size_t kind = random_below(random, 4);
    if (kind == 0) {
        out[0] = (char)random_next(random);
        return 1;
    }
    if (kind == 1) {
        out[0] = (char)('a' + random_below(random, 26));
        return 1;
    }
    if (kind == 2)
        return text_encode(troublesome[random_below(random, sizeof troublesome / 4)], out);
    int32_t character = (int32_t)random_below(random, 0x110000);
    return text_encode(character >= 0xD800 && character <= 0xDFFF ? 'x' : character, out);
}

static void test_printable_holds_for_random_bytes(void **state)
{
    (void)state;
    struct random random = {3};
    for (int i = 0; i < 20000; i++) {
        char text[256];
        size_t length = 0, wanted = random_below(&random, sizeof text - 4);
        while (length < wanted)
            length += random_piece(&random, text + length);
        assert_printable_holds((struct span){text, length});
    }
}

static void test_encode_then_decode_is_identity(void **state)
{
    (void)state;
    for (int32_t character = 0; character <= 0x10FFFF; character++) {
        if (character >= 0xD800 && character <= 0xDFFF)
            continue;
        char bytes[4];
        size_t used, count = text_encode(character, bytes);
        assert_int_equal(text_decode(bytes, count, &used), character);
        assert_int_equal(used, count);
        for (size_t cut = 1; cut < count; cut++) {
            assert_int_equal(text_decode(bytes, cut, &used), TEXT_INVALID);
            assert_int_equal(used, cut);
        }
    }
}

/* Graphemes one after another cover the text, and the last one found from the end is the same. */
static void test_graphemes_agree_from_both_ends(void **state)
{
    (void)state;
    struct random random = {4};
    for (int i = 0; i < 5000; i++) {
        char text[64];
        size_t length = 0;
        while (length < 48)
            length += random_piece(&random, text + length);
        struct span all = {text, length};
        size_t at = 0, last = 0;
        for (; at < length; at += last) {
            last = text_grapheme((struct span){text + at, length - at});
            assert_in_range(last, 1, length - at);
        }
        assert_int_equal(at, length);
        assert_int_equal(text_grapheme_before(all, length), last);
    }
}

/* --- public test data, read where it stands and skipped where it is not */

#define DATA "../shared/data/terminal/"

static FILE *open_data(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        print_message("[   SKIP   ] %s is not there\n", path);
        skip();
    }
    return file;
}

/* Hex digits with blanks between; "nothing" is none. */
static size_t unhex(const char *hex, char *out)
{
    size_t length = 0;
    int high = -1;
    for (; *hex != '\0' && strncmp(hex, "nothing", 7) != 0; hex++) {
        char digit[2] = {*hex, '\0'}, *end;
        long value = strtol(digit, &end, 16);
        if (end == digit)
            continue;
        if (high < 0) {
            high = (int)value;
        } else {
            out[length++] = (char)(high * 16 + (int)value);
            high = -1;
        }
    }
    return length;
}

/* The text with U+FFFD for each ill-formed sequence. */
static size_t replace_invalid(struct span source, char *out)
{
    size_t length = 0;
    for (size_t at = 0, used; at < source.length; at += used) {
        int32_t character = text_decode(source.data + at, source.length - at, &used);
        length += text_encode(character == TEXT_INVALID ? 0xFFFD : character, out + length);
    }
    return length;
}

static void check_utf8_line(char *line)
{
    char bytes[1024], expected[1024], replaced[4096];
    char *cells[5] = {NULL};
    size_t count = 0;
    for (char *cell = line; cell != NULL && count < 5; count++) {
        cells[count] = cell;
        cell = strchr(cell, ':');
        if (cell != NULL)
            *cell++ = '\0';
    }
    if (count < 3 || strcmp(cells[1], "valid") == 0)
        return;
    bool valid = span_is(span_trim(span_of(cells[1])), "valid hex");
    size_t length = unhex(cells[2], bytes);
    struct span text = {bytes, length};
    assert_int_equal(text_is_utf8(text), valid);
    if (!valid && count == 5) {
        size_t wanted = unhex(cells[4], expected);
        assert_int_equal(replace_invalid(text, replaced), wanted);
        assert_memory_equal(replaced, expected, wanted);
    }
    assert_printable_holds(text);
}

static void test_utf8_test_cases(void **state)
{
    (void)state;
    static char line[4096];
    FILE *file = open_data(DATA "utf8tests/utf8tests.txt");
    int lines = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] < '0' || line[0] > '9')
            continue;
        check_utf8_line(line);
        lines++;
    }
    fclose(file);
    print_message("[   DATA   ] %d lines of utf8tests.txt\n", lines);
    assert_true(lines > 100);
}

static void test_naughty_strings(void **state)
{
    (void)state;
    FILE *file = open_data(DATA "blns/blns-even.json");
    json_t *strings = json_loadf(file, JSON_ALLOW_NUL, NULL);
    fclose(file);
    assert_non_null(strings);
    for (size_t i = 0; i < json_array_size(strings); i++) {
        const json_t *string = json_array_get(strings, i);
        assert_printable_holds(
            (struct span){json_string_value(string), json_string_length(string)});
    }
    print_message("[   DATA   ] %zu strings of blns\n", json_array_size(strings));
    json_decref(strings);
}

/* A line of GraphemeBreakTest: hex characters between division signs (break) and crosses (none).
 * Returns whether our graphemes are the same. */
static bool grapheme_line_agrees(char *line)
{
    static const char divide[] = "\xC3\xB7";
    char text[256];
    size_t length = 0, breaks[64], count = 0;
    line[strcspn(line, "#")] = '\0';
    for (char *rest = line, *word; (word = strsep(&rest, " \t")) != NULL;) {
        if (strcmp(word, divide) == 0)
            breaks[count++] = length;
        else if (word[0] >= '0' && word[0] <= 'F')
            length += text_encode((int32_t)strtol(word, NULL, 16), text + length);
    }
    size_t at = 0;
    for (size_t i = 1; i < count; i++) {
        at += text_grapheme((struct span){text + at, length - at});
        if (at != breaks[i])
            return false;
    }
    return at == length;
}

static void test_grapheme_breaks(void **state)
{
    (void)state;
    static char line[4096];
    FILE *file = open_data(DATA "unicode-15.0/GraphemeBreakTest-even.txt");
    int lines = 0, faults = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#')
            continue;
        lines++;
        if (!grapheme_line_agrees(line)) {
            faults++;
            print_message("differs: %s\n", line);
        }
    }
    fclose(file);
    print_message("[   DATA   ] %d lines of GraphemeBreakTest\n", lines);
    assert_int_equal(faults, 0);
}

int main(void)
{
    /* For wcwidth() in the checks themselves. */
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_printable_holds_for_every_character),
        cmocka_unit_test(test_printable_holds_for_random_bytes),
        cmocka_unit_test(test_escape_and_return_never_reach_the_terminal),
        cmocka_unit_test(test_encode_then_decode_is_identity),
        cmocka_unit_test(test_graphemes_agree_from_both_ends),
        cmocka_unit_test(test_utf8_test_cases),
        cmocka_unit_test(test_naughty_strings),
        cmocka_unit_test(test_grapheme_breaks),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
