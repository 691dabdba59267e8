/* File based payouts: every file of tests/data/pain001 and tests/data/statements/pain gives the
 * records of its file in tests/data/records, however its bytes arrive; what is written is read. */
#include "table.h"

#include "files.h"
#include "pains.h"

static void read_001(const char *format, struct span bytes, size_t step, struct buffer *out)
{
    (void)format;
    pains_001(bytes, step, out);
}

static void read_002(const char *format, struct span bytes, size_t step, struct buffer *out)
{
    (void)format;
    pains_002(bytes, step, out);
}

static void files_are_as_written(void **state)
{
    (void)state;
    files_check_with("tests/data/pain001", ".xml", "tests/data/records/pain001", "", read_001);
    files_check_with("tests/data/statements/pain", ".xml", "tests/data/records/pain002", "",
                     read_002);
}

static struct pain001_batch batch_of(int64_t items, int64_t total, const char *currency)
{
    struct pain001_batch batch = {
        .message_id = SPAN("DB20261120000007"), .batch_id = SPAN("B2026112000007"),
        .debtor_name = SPAN("Town <card> & Co"), .debtor_account = SPAN("6220 0001"),
        .bank = SPAN("ICBC"), .items = items, .total = total};
    assert_true(time_parse(SPAN("2026-11-20T01:30:00Z"), &batch.created_at));
    assert_true(time_parse(SPAN("2026-11-20T01:31:00Z"), &batch.not_after));
    assert_true(date_parse(SPAN("2026-11-20"), &batch.execution_day));
    assert_true(currency_parse(span_of(currency), &batch.currency));
    return batch;
}

static struct pain001_item item_of(const char *reference, int64_t amount, const char *currency)
{
    struct pain001_item item = {.end_to_end = span_of(reference), .instruction_id = SPAN("E1"),
                                .amount = amount, .payee_name = SPAN("李\t雷"),
                                .payee_account = SPAN("6222")};
    assert_true(currency_parse(span_of(currency), &item.currency));
    return item;
}

/* Writes `count` items of 12.50 each; the sentence of the first fault, "" where there is none. */
static const char *write_batch(struct buffer *out, const struct pain001_batch *batch, int count,
                               struct error *error)
{
    struct pain001_writer writer;
    error_clear(error);
    bool good = pain001_write_start(&writer, out, batch, error);
    for (int i = 0; good && i < count; i++) {
        char reference[32];
        snprintf(reference, sizeof reference, "P%d", i);
        struct pain001_item item = item_of(reference, 1250, batch->currency.code);
        good = pain001_write_item(&writer, &item, error);
    }
    if (good)
        good = pain001_write_end(&writer, error);
    assert_int_equal(good, error->code == ERROR_NONE);
    return error->message;
}

static void what_is_written_is_read(void **state)
{
    struct buffer file, out;
    struct error error;
    struct pain001_batch batch = batch_of(2, 2500, "CNY");
    (void)state;
    buffer_init(&file, RECORDS_LIMIT);
    buffer_init(&out, RECORDS_LIMIT);
    assert_string_equal(write_batch(&file, &batch, 2, &error), "");
    assert_int_equal(pains_001((struct span){file.data, file.length}, 0, &out), STATEMENT_DONE);
    assert_string_equal(buffer_text(&out),
                        "BATCH message=DB20261120000007 batch=B2026112000007 "
                        "created=2026-11-20T01:30:00Z debtor=Town <card> & Co account=6220 0001 "
                        "bank=ICBC day=2026-11-20 not-after=2026-11-20T01:31:00Z claims=2/2500 "
                        "CNY\n"
                        "ITEM amount=1250 CNY e2e=P0 instruction=E1 payee=李 雷 account=6222\n"
                        "ITEM amount=1250 CNY e2e=P1 instruction=E1 payee=李 雷 account=6222\n"
                        "END message=DB20261120000007 claims=2/2500 CNY found=2/2500\n");
    buffer_free(&file);
    buffer_free(&out);
}

static void batch_that_does_not_add_up(void **state)
{
    static const struct {
        int64_t items, total;
        int given;
        const char *currency;
        bool good;
    } cases[] = {{2, 2500, 2, "CNY", true},  {2, 2500, 1, "CNY", false}, {2, 2500, 3, "CNY", false},
                 {2, 2499, 2, "CNY", false}, {0, 0, 0, "CNY", false},    {1, 1250, 1, "JPY", true},
                 {1, 1250, 1, "BHD", true},  {1, 1250, 1, "XQZ", false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer file;
        struct error error;
        struct pain001_batch batch = batch_of(cases[i].items, cases[i].total, cases[i].currency);
        buffer_init(&file, RECORDS_LIMIT);
        const char *said = write_batch(&file, &batch, cases[i].given, &error);
        if ((said[0] == '\0') != cases[i].good)
            fail_msg("case %zu: '%s'", i, said);
        buffer_free(&file);
    }
}

static void texts_that_no_file_holds(void **state)
{
    static const char long_id[] = "123456789012345678901234567890123456";
    static const char *const bad[] = {"", "   ", "\xFF", "\xEF\xBF\xBE", long_id};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct buffer file;
        struct error error = {.code = ERROR_NONE};
        struct pain001_writer writer;
        struct pain001_batch batch = batch_of(1, 1250, "CNY");
        struct pain001_item item = item_of(bad[i], 1250, "CNY");
        buffer_init(&file, RECORDS_LIMIT);
        assert_true(pain001_write_start(&writer, &file, &batch, &error));
        assert_false(pain001_write_item(&writer, &item, &error));
        assert_int_equal(error.code, ERROR_INPUT);
        batch.message_id = span_of(bad[i]);
        assert_false(pain001_write_start(&writer, &file, &batch, &error));
        buffer_free(&file);
    }
}

static void a_full_buffer_is_told(void **state)
{
    struct error error;
    struct pain001_batch batch = batch_of(2, 2500, "CNY");
    (void)state;
    for (size_t limit = 0; limit < 2000; limit += 50) {
        struct buffer file;
        buffer_init(&file, limit);
        write_batch(&file, &batch, 2, &error);
        if (error.code != ERROR_NONE)
            assert_int_equal(error.code, ERROR_LIMIT);
        buffer_free(&file);
    }
}

static void report_is_read_as_written(void **state)
{
    struct buffer file, out;
    struct error error = {.code = ERROR_NONE};
    struct pain002_writer writer;
    struct pain002_record group = {.kind = PAIN002_GROUP, .report_id = SPAN("R1"),
                                   .message_id = SPAN("M1"), .status = SPAN("PART"),
                                   .message_name = SPAN("pain.001.001.10"),
                                   .accepted_at = TIME_NONE};
    struct pain002_record block = {.kind = PAIN002_PAYMENT, .batch_id = SPAN("B1"),
                                   .accepted_at = TIME_NONE};
    struct pain002_record paid = {.kind = PAIN002_ITEM, .end_to_end = SPAN("P1"),
                                  .instruction_id = SPAN("E1"), .status = SPAN("ACSC"),
                                  .bank_ref = SPAN("IC1")};
    struct pain002_record bad = {.kind = PAIN002_ITEM, .end_to_end = SPAN("P2"),
                                 .status = SPAN("RJCT"), .reasons = SPAN("9104-X"),
                                 .text = SPAN("a < b"), .accepted_at = TIME_NONE};
    (void)state;
    buffer_init(&file, RECORDS_LIMIT);
    buffer_init(&out, RECORDS_LIMIT);
    assert_true(time_parse(SPAN("2026-11-20T01:31:00Z"), &paid.accepted_at));
    assert_true(pain002_write_start(&writer, &file, &group, paid.accepted_at, &error));
    assert_false(pain002_write(&writer, &paid, &error));
    assert_true(pain002_write(&writer, &block, &error));
    assert_true(pain002_write(&writer, &paid, &error));
    assert_true(pain002_write(&writer, &bad, &error));
    assert_true(pain002_write_end(&writer, &error));
    assert_int_equal(pains_002((struct span){file.data, file.length}, 0, &out), STATEMENT_DONE);
    assert_string_equal(buffer_text(&out),
                        "GROUP report=R1 message=M1 name=pain.001.001.10 status=PART\n"
                        "PAYMENT report=R1 message=M1 name=pain.001.001.10 batch=B1\n"
                        "ITEM report=R1 message=M1 name=pain.001.001.10 batch=B1 e2e=P1 "
                        "instruction=E1 status=ACSC bank=IC1 accepted=2026-11-20T01:31:00Z\n"
                        "ITEM report=R1 message=M1 name=pain.001.001.10 batch=B1 e2e=P2 "
                        "status=RJCT reasons=9104-X text=a < b\n");
    buffer_free(&file);
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_as_written),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(batch_that_does_not_add_up),
        cmocka_unit_test(texts_that_no_file_holds),
        cmocka_unit_test(a_full_buffer_is_told),
        cmocka_unit_test(report_is_read_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
