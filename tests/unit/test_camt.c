/* The reader of camt: every file of tests/data/statements/camt gives the records of its file in
 * tests/data/records/camt, however its bytes arrive. */
#include "table.h"

#include "files.h"
#include "records.h"

static void records_are_as_written(void **state)
{
    (void)state;
    files_check("tests/data/statements/camt", ".xml", "tests/data/records/camt", "camt");
}

/* A prolog that the guard must not let through, with what it says. */
static const struct prolog {
    const char *text, *said;
} prologs[] = {
    {"<!DOCTYPE a>", "column 3: a document type"},
    {"<!-- x --><!DOCTYPE a>", "column 13: a document type"},
    {"<!-- -- --><a/>", "Double hyphen within comment"},
    {"<?x?><!ELEMENT a>", "column 8: a document type"},
    {"<![CDATA[x]]>", "column 3: a document type"},
    {"  text", "column 3: this is no XML"},
    {"+ADw-a+AD4-", "column 1: this is no XML"},
    {"<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE x>", "column 39: this is no XML"},
    {"L\x6f\xa7\x94\x93", "column 1: this is no XML"},
    {"<1/>", "column 2: this is no XML"},
};

static void prolog_is_guarded(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof prologs / sizeof prologs[0]; i++)
        for (size_t step = 0; step <= 1; step++) {
            struct buffer out;
            buffer_init(&out, RECORDS_LIMIT);
            enum statement_step last = records_read("camt", span_of(prologs[i].text), step, &out);
            assert_int_equal(last, STATEMENT_FAILED);
            if (strstr(buffer_text(&out), prologs[i].said) == NULL)
                fail_msg("%s: %s", prologs[i].text, buffer_text(&out));
            buffer_free(&out);
        }
}

/* Lines of entries stay true beyond the 16 bits that libxml2 keeps for them. */
static void lines_are_true_in_large_files(void **state)
{
    (void)state;
    struct buffer file;
    struct buffer out;
    buffer_init(&file, RECORDS_LIMIT);
    buffer_init(&out, RECORDS_LIMIT);
    buffer_append_string(&file, "<Document><BkToCstmrStmt><Stmt>");
    for (int i = 0; i < 70000; i++)
        buffer_append_char(&file, '\n');
    buffer_append_string(&file, "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>"
                                "\n\n<Ntry>\n<Amt Ccy=\"EUR\">x</Amt></Ntry>\n"
                                "</Stmt></BkToCstmrStmt></Document>");
    struct span bytes = {file.data, file.length};
    assert_int_equal(records_read("camt", bytes, 0, &out), STATEMENT_DONE);
    assert_non_null(strstr(out.data, "ENTRY 1 line=70001 "));
    assert_non_null(strstr(out.data, "FAULT 70004:16 \"x\" is no amount"));
    buffer_free(&file);
    buffer_free(&out);
}

/* One entry of many transactions: their references are joined, nothing is cut. */
static void entry_holds_many_transactions(void **state)
{
    enum { TRANSACTIONS = 20000 };
    (void)state;
    struct buffer file;
    struct buffer out;
    buffer_init(&file, RECORDS_LIMIT);
    buffer_init(&out, RECORDS_LIMIT);
    buffer_append_string(&file, "<Document><BkToCstmrStmt><Stmt><Ntry><CdtDbtInd>DBIT</CdtDbtInd>"
                                "<Sts>BOOK</Sts><NtryDtls>");
    for (int i = 0; i < TRANSACTIONS; i++)
        buffer_printf(&file, "<TxDtls><Refs><EndToEndId>E%06d</EndToEndId></Refs>"
                             "<Amt Ccy=\"CNY\">0.01</Amt></TxDtls>", i);
    buffer_append_string(&file, "</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>");
    struct span bytes = {file.data, file.length};
    assert_int_equal(records_read("camt", bytes, 0, &out), STATEMENT_DONE);
    assert_non_null(strstr(out.data, "amount=-200.00 currency=CNY"));
    assert_non_null(strstr(out.data, "E000000|E000001|"));
    assert_non_null(strstr(out.data, "|E019999 tx=20000"));
    buffer_free(&file);
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_as_written),
        cmocka_unit_test(prolog_is_guarded),
        cmocka_unit_test(lines_are_true_in_large_files),
        cmocka_unit_test(entry_holds_many_transactions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
