/* Screen files: every fault has its sentence, with file, line and column, all in one pass. */
#include "table.h"

#include <sys/stat.h>
#include <unistd.h>

#include "daybook/base/memory.h"
#include "daybook/screen/screen.h"

static const char dictionary[] =
    "field exception_id \"Exception\" 10 id priority 1\n"
    "field amount \"Amount\" 14 money of currency\n"
    "field currency \"Cur\" 3 code\n"
    "field state \"State\" 12 code\n"
    "value state NEW plain \"new\"\n"
    "field payee \"Payee\" 20 text grow\n"
    "field channel \"Bank\" 6 code codes channel-codes\n";

static const char *const query_columns[] = {"exception_id", "amount", "currency", "state",
                                            "bank_amount", "core_amount"};

static const char *const *columns_of(void *context, const char *query, size_t *count)
{
    (void)context;
    *count = sizeof query_columns / sizeof query_columns[0];
    return strcmp(query, "exceptions") == 0 ? query_columns : NULL;
}

static const char *const actions[] = {"claim", "release"};
static const char *const parts[] = {"compare", "timeline"};
static const char *const queries[] = {"exceptions", "channel-codes", "events"};
static const struct screen_names names = {
    .actions = actions, .action_count = 2, .parts = parts, .part_count = 2,
    .queries = queries, .query_count = 3, .query_columns = columns_of};

/* KIND TEXT: the faults, with " // " between. KIND fields, or a screen's file name. */
static void screen_case(const struct table_row *row, char *out, size_t size)
{
    struct screen_set *set = screen_set_new();
    struct screen_faults faults = {0};
    size_t length = 0;
    const char *file = table_cell(row, 0);
    assert_true(screen_set_fields(set, "fields", span_of(dictionary), &faults));
    if (strcmp(file, "fields") == 0)
        screen_set_fields(set, file, row->cells[1], &faults);
    else if (screen_set_read(set, file, row->cells[1], &faults))
        screen_set_check(set, &names, &faults);
    for (size_t i = 0; i < faults.count; i++)
        length += (size_t)snprintf(out + length, size - length, "%s%s", i == 0 ? "" : " // ",
                                   faults.texts[i]);
    screen_faults_free(&faults);
    screen_set_free(set);
}

static void test_table(void **state)
{
    (void)state;
    table_check("tests/unit/screen.tbl", screen_case);
}

static const char good[] =
    "# what does not agree\n"
    "list exceptions \"Exceptions\"\n"
    "query exceptions\n"
    "order state exception_id desc\n"
    "refresh 5\n"
    "empty \"Nothing is left.\"\n"
    "column exception_id frozen\n"
    "column amount \"Sum\" 16 narrow 7 \"St.\"\n"
    "total amount\n"
    "filter state amount\n"
    "key Enter open exceptions exception_id\n"
    "key C claim exception_id\n"
    "option 9 claim exception_id\n";

static void test_good(void **state)
{
    (void)state;
    struct screen_set *set = screen_set_new();
    struct screen_faults faults = {0};
    screen_set_fields(set, "fields", span_of(dictionary), &faults);
    assert_true(screen_set_read(set, "screens/exceptions.screen", span_of(good), &faults));
    assert_true(screen_set_check(set, &names, &faults));
    const struct screen *screen = screen_find(set, "exceptions");
    assert_non_null(screen);
    assert_int_equal(screen->kind, SCREEN_LIST);
    assert_string_equal(screen->title, "Exceptions");
    assert_int_equal(screen->refresh_s, 5);
    assert_int_equal(screen->order_count, 1);
    assert_true(screen->orders[0].descending);
    assert_int_equal(screen->column_count, 2);
    assert_true(screen->columns[0].frozen);
    assert_int_equal(screen->columns[0].narrow, 0);
    assert_int_equal(screen->columns[1].narrow, 7);
    assert_string_equal(screen->columns[1].narrow_label, "St.");
    assert_string_equal(screen->columns[1].label, "Sum");
    assert_int_equal(screen->columns[1].width, 16);
    assert_int_equal(screen->key_count, 3);
    assert_string_equal(screen->keys[0].args[0], "exceptions");
    assert_int_equal(screen->keys[2].option, 9);
    assert_string_equal(field_find(set, "channel")->codes, "channel-codes");
    assert_null(field_find(set, "nothing"));
    screen_set_free(set);
}

/* Each prefix of a good file gives faults or none, and never anything else. */
static void test_truncated(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof good; length++) {
        struct screen_set *set = screen_set_new();
        struct screen_faults faults = {0};
        screen_set_fields(set, "fields", span_of(dictionary), &faults);
        char *exact = memory_copy(good, length);
        bool read = screen_set_read(set, "exceptions.screen", (struct span){exact, length},
                                    &faults);
        assert_int_equal(read, faults.count == 0);
        assert_int_equal(screen_count(set), read);
        free(exact);
        screen_faults_free(&faults);
        screen_set_free(set);
    }
}

static void write_file(const char *directory, const char *name, const char *text, mode_t mode)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static bool noted(const struct screen_faults *notes, const char *words)
{
    for (size_t i = 0; i < notes->count; i++) {
        if (strstr(notes->texts[i], words) != NULL)
            return true;
    }
    return false;
}

/* A site's own screens: whole files, root's alone; with a fault the built-in one stays. */
static void test_site(void **state)
{
    (void)state;
    static const struct screen_names nothing_checked = {0};
    static const char *const written[] = {"zz-site.screen", "lines.screen", "today.screen"};
    char directory[] = "/tmp/daybook-site-XXXXXX";
    struct screen_faults faults = {0}, notes = {0};
    if (geteuid() != 0)
        skip();
    assert_non_null(mkdtemp(directory));
    write_file(directory, written[0], "detail zz-site \"Site\"\nsection \"S\"\n", 0644);
    write_file(directory, written[1], "list lines \"Lines\"\nquerry lines\n", 0644);
    write_file(directory, written[2], "detail today \"Mine\"\npart today\n", 0666);
    struct screen_set *set = screen_set_load(directory, &nothing_checked, &faults, &notes);
    assert_int_equal(faults.count, 0);
    assert_string_equal(screen_find(set, "zz-site")->title, "Site");
    assert_non_null(screen_find(set, "lines")->query);
    assert_string_equal(screen_find(set, "today")->title, "Today");
    assert_int_equal(notes.count, 2);
    assert_true(noted(&notes, "lines.screen:2:1: there is no statement 'querry'; did you mean "
                              "'query'?; the built-in screen is used"));
    assert_true(noted(&notes, "today.screen is not root's alone"));
    screen_faults_free(&notes);
    screen_set_free(set);
    assert_int_equal(chmod(directory, 0777), 0);
    set = screen_set_load(directory, &nothing_checked, &faults, &notes);
    assert_null(screen_find(set, "zz-site"));
    assert_true(noted(&notes, "is not root's alone; the built-in screens are used"));
    screen_faults_free(&notes);
    screen_set_free(set);
    for (size_t i = 0; i < 3; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", directory, written[i]);
        unlink(path);
    }
    rmdir(directory);
}

static void test_many_faults(void **state)
{
    (void)state;
    struct screen_set *set = screen_set_new();
    struct screen_faults faults = {0};
    char *text = memory_new(SCREEN_FILE_MAX);
    for (size_t at = 0; at + 2 < SCREEN_FILE_MAX; at += 2)
        memcpy(text + at, "x\n", 2);
    assert_false(screen_set_fields(set, "fields", span_of(text), &faults));
    assert_int_equal(faults.count, SCREEN_FAULTS_MAX);
    assert_true(faults.more > 30000);
    screen_faults_free(&faults);
    free(text);
    screen_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table), cmocka_unit_test(test_good),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_site),
        cmocka_unit_test(test_many_faults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
