/* What is pure in the store: profiles, keyset texts, refusals, COPY rows, statements. */
#include "table.h"

#include "daybook/base/embed.h"
#include "daybook/base/environment.h"
#include "daybook/store/config.h"
#include "daybook/store/connection.h"
#include "daybook/store/copy.h"
#include "daybook/store/keyset.h"
#include "daybook/store/refusal.h"

/* --- profiles */

static const char whole[] = "environment TRAINING\nhost db.example\nport 5432\ndatabase daybook\n"
                            "root-certificate root.crt\ncertificate /c/me.crt\nkey me.key\n"
                            "operator clerk1\n";

struct heard {
    char text[4096];
    size_t count;
};

static void hear(void *context, const char *fault)
{
    struct heard *heard = context;
    size_t used = strlen(heard->text);
    snprintf(heard->text + used, sizeof heard->text - used, "%s\n", fault);
    heard->count++;
}

static struct config *parse(const char *text, struct heard *heard)
{
    *heard = (struct heard){{0}, 0};
    return config_parse("/etc/daybook/p", text, strlen(text), hear, heard, NULL);
}

static void profile_is_read(void **state)
{
    (void)state;
    struct heard heard;
    char text[1024];
    snprintf(text, sizeof text, "# a comment\n%s  time-zone   +08:00\nsslmode verify-full", whole);
    struct config *config = parse(text, &heard);
    assert_non_null(config);
    assert_string_equal(config->host, "db.example");
    assert_string_equal(config->root_certificate, "/etc/daybook/root.crt");
    assert_string_equal(config->certificate, "/c/me.crt");
    assert_int_equal(config->environment, CONFIG_TRAINING);
    assert_int_equal(config->zone_offset_s, 8 * 3600);
    assert_null(config->hostaddr);
    config_free(config);
}

static void profile_faults_are_all_told(void **state)
{
    (void)state;
    struct heard heard;
    char text[1024];
    snprintf(text, sizeof text,
             "%shots x\n  sslmode require\nport 99999\nenvironment LIVE\nhost again\ntheme\n",
             whole);
    assert_null(parse(text, &heard));
    assert_string_equal(
        heard.text,
        "/etc/daybook/p:9:1: there is no word 'hots'; did you mean 'host'?\n"
        "/etc/daybook/p:10:11: only sslmode verify-full is allowed: the others do not check who "
        "answers\n"
        "/etc/daybook/p:11:1: 'port' stands here a second time\n"
        "/etc/daybook/p:12:1: 'environment' stands here a second time\n"
        "/etc/daybook/p:13:1: 'host' stands here a second time\n"
        "/etc/daybook/p:14:6: 'theme' needs a value\n");
}

static void profile_needs_its_words(void **state)
{
    (void)state;
    struct heard heard;
    assert_null(parse("environment TEST\n", &heard));
    assert_int_equal(heard.count, 7);
    assert_null(parse("port 0\n", &heard));
    assert_int_equal(heard.count, 1);
    assert_null(parse("time-zone 8\nenvironment LIVE\n", &heard));
    assert_int_equal(heard.count, 2);
}

/* Who signs needs the certificate's key and a journal; who does not needs none of the three. */
static void profile_signs_with_all_three(void **state)
{
    (void)state;
    struct heard heard;
    char text[1024];
    snprintf(text, sizeof text, "%ssign-certificate me.sign.crt\n", whole);
    assert_null(parse(text, &heard));
    assert_int_equal(heard.count, 2);
    snprintf(text, sizeof text,
             "%ssign-certificate me.sign.crt\nsign-key me.sign.key\njournal journal\n", whole);
    struct config *config = parse(text, &heard);
    assert_non_null(config);
    assert_string_equal(config->sign_key, "/etc/daybook/me.sign.key");
    assert_string_equal(config->journal, "/etc/daybook/journal");
    config_free(config);
}

static void profile_words_have_help(void **state)
{
    (void)state;
    size_t count;
    const struct config_word *words = config_words(&count);
    assert_true(count > 8);
    for (size_t i = 0; i < count; i++)
        assert_true(words[i].help[0] != '\0');
}

/* --- keysets */

static const struct store_statement statement = {
    .name = "things", .sql = "select * from things where owner = $1\n", .parameter_count = 1};

static const char *const owner[] = {"me"};
static const char *const order[] = {"opened_at", "thing_id"};
static const char *const key[] = {"2026-11-20", "7"};

static void keyset_text(struct keyset keyset, const char *expected, const char *const *values)
{
    struct keyset_sql sql;
    struct error error;
    keyset.statement = &statement;
    keyset.parameters = owner;
    keyset.order = order;
    keyset.order_count = 2;
    keyset.key = key;
    keyset.limit = 51;
    assert_true(keyset_rows(&sql, &keyset, &error));
    assert_string_equal(buffer_text(&sql.sql), expected);
    size_t count = 0;
    for (; values[count] != NULL; count++)
        assert_string_equal(sql.values[count], values[count]);
    assert_int_equal(sql.value_count, count);
    keyset_sql_free(&sql);
}

#define WRAPPED "select q.* from (\nselect * from things where owner = $1\n) q\n"

static void keyset_pages(void **state)
{
    (void)state;
    const char *const alone[] = {"me", NULL};
    const char *const keyed[] = {"me", "2026-11-20", "7", NULL};
    keyset_text((struct keyset){.part = KEYSET_FIRST},
                WRAPPED "\norder by q.opened_at, q.thing_id\nlimit 51", alone);
    keyset_text((struct keyset){.part = KEYSET_LAST},
                WRAPPED "\norder by q.opened_at desc, q.thing_id desc\nlimit 51", alone);
    keyset_text((struct keyset){.part = KEYSET_AFTER},
                WRAPPED "where (q.opened_at, q.thing_id) > ($2, $3)\n"
                        "order by q.opened_at, q.thing_id\nlimit 51", keyed);
    keyset_text((struct keyset){.part = KEYSET_AFTER, .descending = true},
                WRAPPED "where (q.opened_at, q.thing_id) < ($2, $3)\n"
                        "order by q.opened_at desc, q.thing_id desc\nlimit 51", keyed);
    keyset_text((struct keyset){.part = KEYSET_BEFORE},
                WRAPPED "where (q.opened_at, q.thing_id) < ($2, $3)\n"
                        "order by q.opened_at desc, q.thing_id desc\nlimit 51", keyed);
    keyset_text((struct keyset){.part = KEYSET_BEFORE, .descending = true},
                WRAPPED "where (q.opened_at, q.thing_id) > ($2, $3)\n"
                        "order by q.opened_at, q.thing_id\nlimit 51", keyed);
    keyset_text((struct keyset){.part = KEYSET_FROM},
                WRAPPED "where (q.opened_at, q.thing_id) >= ($2, $3)\n"
                        "order by q.opened_at, q.thing_id\nlimit 51", keyed);
}

static void keyset_filters(void **state)
{
    (void)state;
    const char *const banks[] = {"ICBC", "CCB"};
    const char *const amount[] = {"1000"};
    const struct keyset_condition conditions[] = {
        {.column = "channel_id", .operator = "=", .values = banks, .value_count = 2},
        {.column = "amount", .operator = ">=", .values = amount, .value_count = 1},
        {.column = "code", .operator = "<>", .values = banks, .value_count = 1},
    };
    const char *const values[] = {"me", "ICBC", "CCB", "1000", "ICBC", "2026-11-20", "7", NULL};
    keyset_text((struct keyset){.part = KEYSET_AFTER, .conditions = conditions,
                                .condition_count = 3},
                WRAPPED "where q.channel_id in ($2, $3)\nand q.amount >= $4\nand q.code <> $5\n"
                        "and (q.opened_at, q.thing_id) > ($6, $7)\n"
                        "order by q.opened_at, q.thing_id\nlimit 51", values);
}

static void keyset_refuses(void **state)
{
    (void)state;
    const char *const one[] = {"1"};
    const char *const two[] = {"1", "2"};
    const struct keyset_condition wrong[] = {
        {.column = "a; drop table x", .operator = "=", .values = one, .value_count = 1},
        {.column = "A", .operator = "=", .values = one, .value_count = 1},
        {.column = "a", .operator = "like", .values = one, .value_count = 1},
        {.column = "a", .operator = "<", .values = two, .value_count = 2},
        {.column = "a", .operator = "=", .values = one, .value_count = 0},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct keyset keyset = {.statement = &statement, .parameters = owner, .limit = 1,
                                .conditions = &wrong[i], .condition_count = 1};
        struct keyset_sql sql;
        struct error error;
        assert_false(keyset_rows(&sql, &keyset, &error));
        assert_int_not_equal(error.code, ERROR_NONE);
        keyset_sql_free(&sql);
    }
}

static void keyset_counts(void **state)
{
    (void)state;
    const char *const totals[] = {"amount"};
    struct keyset keyset = {.statement = &statement, .parameters = owner, .limit = 1};
    struct keyset_sql sql;
    assert_true(keyset_summary(&sql, &keyset, "currency", totals, 1, NULL));
    assert_string_equal(
        buffer_text(&sql.sql),
        "select count(*) filter (where c.n <= 10000) as rows, c.currency, (sum(c.amount) filter "
        "(where c.n <= 10000))::int8 as amount, bool_or(c.n > 10000) as capped from (select "
        "row_number() over () as n, q.currency, q.amount from (\nselect * from things where owner "
        "= $1\n) q\n\nlimit 10001) c group by c.currency order by 1 desc limit 20");
    keyset_sql_free(&sql);
}

/* --- refusals */

static bool is_word(const char *at, size_t length)
{
    size_t count;
    const struct refusal *table = refusals(&count);
    for (size_t i = 0; i < count; i++)
        if (strlen(table[i].word) == length && memcmp(table[i].word, at, length) == 0)
            return true;
    return false;
}

/* Every word that a function of the desk refuses with has its sentence here; the core's are codes
 * of its contract. */
static void refusals_are_complete(void **state)
{
    (void)state;
    size_t count, found = 0, missing = 0;
    const struct embedded_file *file = embedded_with_prefix("sql/schema/", &count);
    for (size_t i = 0; i < count; i++)
        for (const char *at = file[i].data; (at = strstr(at, "desk.refuse('DB")) != NULL;) {
            const char *word = strchr(at + 15, '\'');
            word = word == NULL ? NULL : strchr(word + 1, '\'');
            assert_non_null(word);
            word++;
            size_t length = strcspn(word, "'");
            found++;
            if (!is_word(word, length)) {
                print_error("%s: no sentence for '%.*s'\n", file[i].name, (int)length, word);
                missing++;
            }
            at = word;
        }
    assert_true(found > 20);
    assert_int_equal(missing, 0);
}

static void refusals_are_sorted(void **state)
{
    (void)state;
    size_t count;
    const struct refusal *table = refusals(&count);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(table[i - 1].word, table[i].word) < 0);
}

static void refusal_case(const struct table_row *row, char *out, size_t size)
{
    struct error error;
    refusal_error(table_cell(row, 0), table_cell(row, 1), table_cell(row, 2), &error);
    snprintf(out, size, "%s: %s", error_code_name(error.code), error.message);
}

static void refusals_read_well(void **state)
{
    (void)state;
    table_check("tests/unit/refusal.tbl", refusal_case);
}

/* --- rows of COPY */

static void copy_case(const struct table_row *row, char *out, size_t size)
{
    struct buffer buffer;
    bool first = true;
    buffer_init(&buffer, 4096);
    copy_text(&buffer, &first, row->cells[0]);
    copy_null(&buffer, &first);
    copy_int(&buffer, &first, -5);
    copy_end_row(&buffer, &first);
    assert_true(first);
    assert_true(buffer.length >= 7);
    /* What every row has in common is left out of the table. */
    assert_memory_equal(buffer.data + buffer.length - 7, "\t\\N\t-5\n", 7);
    snprintf(out, size, "%.*s", (int)buffer.length - 7, buffer.data);
    buffer_free(&buffer);
}

static void copy_rows_are_escaped(void **state)
{
    (void)state;
    table_check("tests/unit/copy.tbl", copy_case);
}

static void copy_bytes_are_hex(void **state)
{
    (void)state;
    struct buffer buffer;
    bool first = true;
    buffer_init(&buffer, 4096);
    copy_bytes(&buffer, &first, (struct span){"\0a\xFF", 3});
    assert_string_equal(buffer_text(&buffer), "\\\\x0061ff");
    buffer_free(&buffer);
}

/* --- statements and the library */

static void statements_name_their_parameters(void **state)
{
    (void)state;
    size_t index = 0;
    const struct store_statement *each;
    for (; (each = store_statement_at(index)) != NULL; index++) {
        assert_ptr_equal(store_statement(each->name), each);
        char mark[24];
        snprintf(mark, sizeof mark, "$%zu", each->parameter_count + 1);
        assert_null(strstr(each->sql, mark));
        for (size_t p = 0; p < each->parameter_count; p++) {
            snprintf(mark, sizeof mark, "$%zu", p + 1);
            if (strstr(each->sql, mark) == NULL || each->parameters[p].name[0] == '\0')
                fail_msg("%s: parameter %zu is not named or not used", each->name, p + 1);
        }
        size_t length = strlen(each->sql);
        assert_true(length > 2 && each->sql[length - 1] == '\n' && each->sql[length - 2] != ';');
    }
    assert_true(index > 20);
    assert_null(store_statement("no-such-statement"));
}

static void old_libraries_are_refused(void **state)
{
    (void)state;
    struct error error;
    assert_true(store_library_check(150015, &error));
    assert_true(store_library_check(170000, &error));
    assert_false(store_library_check(150014, &error));
}

static void environment_is_scrubbed(void **state)
{
    (void)state;
    setenv("PGPASSWORD", "x", 1);
    setenv("PGSERVICE", "x", 1);
    setenv("SSLKEYLOGFILE", "/tmp/x", 1);
    setenv("https_proxy", "http://x", 1);
    setenv("HTTP_PROXY", "http://x", 1);
    setenv("TERMINFO_DIRS", "/tmp", 1);
    setenv("DAYBOOK_KEPT", "1", 1);
    environment_scrub();
    assert_null(getenv("PGPASSWORD"));
    assert_null(getenv("PGSERVICE"));
    assert_null(getenv("SSLKEYLOGFILE"));
    assert_null(getenv("https_proxy"));
    assert_null(getenv("HTTP_PROXY"));
    assert_null(getenv("TERMINFO_DIRS"));
    assert_non_null(getenv("DAYBOOK_KEPT"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profile_is_read),
        cmocka_unit_test(profile_faults_are_all_told),
        cmocka_unit_test(profile_needs_its_words),
        cmocka_unit_test(profile_signs_with_all_three),
        cmocka_unit_test(profile_words_have_help),
        cmocka_unit_test(keyset_pages),
        cmocka_unit_test(keyset_filters),
        cmocka_unit_test(keyset_refuses),
        cmocka_unit_test(keyset_counts),
        cmocka_unit_test(refusals_are_complete),
        cmocka_unit_test(refusals_are_sorted),
        cmocka_unit_test(refusals_read_well),
        cmocka_unit_test(copy_rows_are_escaped),
        cmocka_unit_test(copy_bytes_are_hex),
        cmocka_unit_test(statements_name_their_parameters),
        cmocka_unit_test(old_libraries_are_refused),
        cmocka_unit_test(environment_is_scrubbed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
