/* CSV: cells of delimited text, statements by profile, and CSV as output. */
#include "table.h"

#include <jansson.h>

#include "daybook/base/csv_write.h"
#include "daybook/formats/csv_text.h"
#include "files.h"

/* Every folder of tests/data/statements/csv is a profile with files in it. */
static void statements_are_as_written(void **state)
{
    static const char *const profiles[] = {"alipay", "bocom-debit", "cmb-credit", "daybook-gbk",
                                           "icbc-debit-v1"};
    (void)state;
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
        char folder[128];
        char expected[128];
        char format[64];
        snprintf(folder, sizeof folder, "tests/data/statements/csv/%s", profiles[i]);
        snprintf(expected, sizeof expected, "tests/data/records/csv/%s", profiles[i]);
        snprintf(format, sizeof format, "csv:%s", profiles[i]);
        files_check(folder, ".csv", expected, format);
    }
}

/* A site's own profile, which uses what those we ship do not. */
static void site_profile_is_used(void **state)
{
    (void)state;
    setenv("DAYBOOK_PROFILES", "tests/data/profiles", 1);
    files_check("tests/data/site/good", ".csv", "tests/data/records/site/good", "csv:good");
    unsetenv("DAYBOOK_PROFILES");
}

/* The rows of text as one line: cells between bars, rows between semicolons, faults as they are. */
static void text_rows(struct span bytes, struct csv_text_layout layout, size_t step,
                      struct buffer *out)
{
    struct source_memory memory = {.rest = bytes, .step = step};
    struct csv_text *text = csv_text_new(source_of_memory(&memory), layout);
    struct csv_text_row row;
    struct error error = {.code = ERROR_NONE};
    enum csv_text_step got;
    while ((got = csv_text_read(text, &row, &error)) != CSV_TEXT_END) {
        if (got == CSV_TEXT_FAILED) {
            buffer_printf(out, "FAILED %s", error.message);
            break;
        }
        if (got == CSV_TEXT_FAULT)
            buffer_printf(out, "FAULT %" PRId64 ":%" PRId64 " %s", row.fault_line,
                          row.fault_column, row.reason);
        for (size_t i = 0; got == CSV_TEXT_ROW && i < row.count; i++) {
            buffer_append_string(out, i > 0 ? "|" : "");
            buffer_append(out, row.cells[i].text.data, row.cells[i].text.length);
        }
        buffer_append_char(out, ';');
    }
    csv_text_free(text);
}

static const struct {
    const char *text, *rows;
} texts[] = {
    {"", ""},
    {"\n", ";"},
    {"a", "a;"},
    {"a,b\n1,2", "a|b;1|2;"},
    {"a,b\r\n1,2\r\n", "a|b;1|2;"},
    {"a\rb\r\rc", "a;b;;c;"},
    {"a,\n,b\n", "a|;|b;"},
    {"\"a,b\",\"c\"\"d\",\"\"\n", "a,b|c\"d|;"},
    {"\"a\nb\",c\r\nd", "a\nb|c;d;"},
    {"\"a\r\nb\"\n", "a\r\nb;"},
    {"a\"b\",c\n", "a\"b\"|c;"},
    {"\"a\"\t ,b\n", "a|b;"},
    {"\"a\"x,b\nc,d\n", "FAULT 1:4 text follows the closing quote of a cell;c|d;"},
    {"\"a\"  x\nc\n", "FAULT 1:6 text follows the closing quote of a cell;c;"},
    {"\"a\" \"b\nc\n", "FAULT 1:5 a quote follows the closing quote of a cell;c;"},
    {"x\n\"a,b\nc\n", "x;FAILED Line 2, column 1: a quoted cell begins here and never ends."},
    {"\xEF\xBB\xBF" "a,b", "a|b;"},
    {"\xEF\xBB", "\xEF\xBB;"},
    {"\xEF\xBB\xBF", ""},
    {"a\xEF\xBB\xBF", "a\xEF\xBB\xBF;"},
};

static void text_is_cut_into_cells(void **state)
{
    static const struct csv_text_layout layout = {.delimiter = ',', .quote = '"', .mark = true};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (size_t step = 0; step <= 3; step++) {
            struct buffer out;
            buffer_init(&out, RECORDS_LIMIT);
            text_rows(span_of(texts[i].text), layout, step, &out);
            assert_string_equal(buffer_text(&out), texts[i].rows);
            buffer_free(&out);
        }
}

/* In GBK '|' is also the second half of characters. A first half without its second leaves the
 * delimiter alone. */
static void double_bytes_keep_their_halves(void **state)
{
    static const struct csv_text_layout layout = {.delimiter = '|', .double_byte = true};
    (void)state;
    for (size_t step = 0; step <= 2; step++) {
        struct buffer out;
        buffer_init(&out, RECORDS_LIMIT);
        text_rows(SPAN("\x81|x|\xC0\n\xFF|\"a\"|"), layout, step, &out);
        assert_string_equal(buffer_text(&out), "\x81|x|\xC0;\xFF|\"a\"|;");
        buffer_free(&out);
    }
}

static void text_has_limits(void **state)
{
    static const struct csv_text_layout layout = {.delimiter = ',', .quote = '"'};
    (void)state;
    struct buffer text;
    struct buffer out;
    buffer_init(&text, RECORDS_LIMIT);
    buffer_init(&out, RECORDS_LIMIT);
    for (int i = 0; i < CSV_TEXT_CELLS_MAX; i++)
        buffer_append_char(&text, ',');
    buffer_append_string(&text, "\nok\n\"");
    for (int i = 0; i < CSV_TEXT_ROW_MAX + 1; i++)
        buffer_append_char(&text, 'x');
    buffer_append_string(&text, "\"\nok\n");
    text_rows((struct span){text.data, text.length}, layout, 0, &out);
    assert_string_equal(buffer_text(&out), "FAULT 1:257 the row has more than 256 cells;ok;"
                                           "FAULT 3:1 the row is longer than 1 MiB;ok;");
    buffer_free(&text);
    buffer_free(&out);
}

/* --- the csv-spectrum collection, where it is */

static const char spectrum[] = "../shared/data/statements/csv/csv-spectrum";

/* The files named crlf have lost their carriage returns on the way; their expected values have
 * not. They are put back. */
static void spectrum_line_ends(const char *path, struct buffer *bytes)
{
    struct buffer with;
    if (strstr(path, "_crlf") == NULL || memchr(bytes->data, '\r', bytes->length) != NULL)
        return;
    buffer_init(&with, RECORDS_LIMIT);
    for (size_t i = 0; i < bytes->length; i++)
        buffer_append(&with, bytes->data[i] == '\n' ? "\r\n" : bytes->data + i,
                      bytes->data[i] == '\n' ? 2 : 1);
    buffer_free(bytes);
    *bytes = with;
}

static json_t *spectrum_rows(const char *path)
{
    static const struct csv_text_layout layout = {.delimiter = ',', .quote = '"', .mark = true};
    struct buffer bytes;
    struct csv_text_row row;
    struct error error;
    char *names[CSV_TEXT_CELLS_MAX] = {NULL};
    size_t names_count = 0;
    json_t *rows = json_array();
    assert_true(files_load(path, &bytes));
    spectrum_line_ends(path, &bytes);
    struct source_memory memory = {.rest = {bytes.data, bytes.length}, .step = 3};
    struct csv_text *text = csv_text_new(source_of_memory(&memory), layout);
    while (csv_text_read(text, &row, &error) == CSV_TEXT_ROW) {
        json_t *object = json_object();
        for (size_t i = 0; i < row.count; i++)
            if (json_array_size(rows) == 0 && names_count == i && names[i] == NULL)
                names[names_count++] = strndup(row.cells[i].text.data, row.cells[i].text.length);
            else
                json_object_set_new(object, names[i],
                                    json_stringn(row.cells[i].text.data, row.cells[i].text.length));
        if (json_object_size(object) > 0)
            json_array_append(rows, object);
        json_decref(object);
    }
    csv_text_free(text);
    for (size_t i = 0; i < names_count; i++)
        free(names[i]);
    buffer_free(&bytes);
    return rows;
}

/* One expected file upstream is an object instead of an array, with another telephone number than
 * its CSV; everything else in it is compared. */
static void spectrum_repair(const char *name, json_t *is, json_t **should)
{
    static const char key[] = "Contact Phone Number";
    if (strcmp(name, "location_coordinates.csv") != 0)
        return;
    json_object_set(*should, key, json_object_get(json_array_get(is, 0), key));
    *should = json_pack("[o]", *should);
}

static void spectrum_is_read(void **state)
{
    (void)state;
    char path[512];
    struct dirent **entries = NULL;
    snprintf(path, sizeof path, "%s/csvs", spectrum);
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) {
        print_message("%s is not here: skipped\n", spectrum);
        skip();
    }
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (strlen(name) > 4 && strcmp(name + strlen(name) - 4, ".csv") == 0) {
            snprintf(path, sizeof path, "%s/csvs/%s", spectrum, name);
            json_t *is = spectrum_rows(path);
            snprintf(path, sizeof path, "%s/json/%.*s.json", spectrum, (int)strlen(name) - 4, name);
            json_t *should = json_load_file(path, 0, NULL);
            spectrum_repair(name, is, &should);
            if (json_equal(is, should) != 1)
                fail_msg("%s differs", name);
            json_decref(is);
            json_decref(should);
        }
        free(entries[i]);
    }
    free(entries);
}

/* --- output */

static const struct {
    struct span cell;
    const char *written;
} cells[] = {
    {SPAN(""), ""},
    {SPAN("plain"), "plain"},
    {SPAN("a,b"), "\"a,b\""},
    {SPAN("say \"x\""), "\"say \"\"x\"\"\""},
    {SPAN("two\nlines"), "\"two\nlines\""},
    {SPAN(" lead"), "\" lead\""},
    {SPAN("=1+1"), "\"'=1+1\""},
    {SPAN("+cmd"), "\"'+cmd\""},
    {SPAN("-2+3"), "\"'-2+3\""},
    {SPAN("@SUM(A1)"), "\"'@SUM(A1)\""},
    {SPAN("\t=1"), "\"'\t=1\""},
    {SPAN("\rx"), "\"'\rx\""},
    {SPAN("-1234.56"), "-1234.56"},
    {SPAN("+8613800000000"), "+8613800000000"},
    {SPAN("-1,234.56"), "\"-1,234.56\""},
    {SPAN("-"), "\"'-\""},
    {SPAN("-.5"), "\"'-.5\""},
    {SPAN("张三"), "张三"},
    {SPAN("\033[2Jx"), "·[2Jx"},
    {SPAN("a\177,\007\"\302\233m"), "\"a·,·\"\"·m\""},
    {SPAN("\302"), "\302"},
};

static void output_is_safe_to_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        struct buffer out;
        struct csv_writer writer;
        buffer_init(&out, 4096);
        csv_write_start(&writer, &out);
        csv_write_cell(&writer, cells[i].cell);
        assert_string_equal(buffer_text(&out), cells[i].written);
        buffer_free(&out);
    }
}

static void output_has_rows(void **state)
{
    (void)state;
    struct buffer out;
    struct csv_writer writer;
    buffer_init(&out, 32);
    csv_write_start(&writer, &out);
    csv_write_string(&writer, "a");
    csv_write_string(&writer, NULL);
    csv_write_cell(&writer, SPAN("\0x"));
    assert_true(csv_write_end(&writer));
    csv_write_string(&writer, "b");
    assert_true(csv_write_end(&writer));
    assert_string_equal(buffer_text(&out), "a,,\"'·x\"\r\nb\r\n");
    csv_write_string(&writer, "much too long for so small a buffer");
    assert_false(csv_write_end(&writer));
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_as_written), cmocka_unit_test(site_profile_is_used),
        cmocka_unit_test(text_is_cut_into_cells),
        cmocka_unit_test(double_bytes_keep_their_halves), cmocka_unit_test(text_has_limits),
        cmocka_unit_test(spectrum_is_read),          cmocka_unit_test(output_is_safe_to_open),
        cmocka_unit_test(output_has_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
