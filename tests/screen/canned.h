/* Canned answers to what views ask: invented rows, the same every time. */
#ifndef DAYBOOK_TESTS_SCREEN_CANNED_H
#define DAYBOOK_TESTS_SCREEN_CANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/view/view.h"

#define CANNED_NOW INT64_C(1795138260000000) /* 2026-11-20T01:31:00Z */

enum { CANNED_EXCEPTIONS = 123 };

struct canned_table {
    const char *query;
    const char *const *columns;
    size_t column_count, row_count;
    const char *const *cells; /* NULL: made by row number */
};

static const char *const canned_exception_columns[] = {
    "exception_id", "code", "channel", "payee", "amount", "currency", "state", "opened_at",
    "owner", "value_date", "account", "reference", "late", "share", "matched_ok"};

/* A row of the list of exceptions by its number, from 0. */
static inline void canned_exception(struct page *page, size_t number)
{
    static const char *const codes[] = {"BANK_ONLY", "CORE_ONLY", "AMOUNT", "RETURNED"};
    static const char *const states[] = {"NEW", "CLAIMED", "WAITING", "NEW"};
    static const char *const banks[] = {"ICBC", "CCB", "ABC", "CMB"};
    static const char *const payees[] = {
        "王小明", "María José Núñez", "上海浦东发展贸易有限公司第十二分公司", "Zoe\u0308 Mu\u0308ller",
        "\033[2J\033[31mred\r\b", "abc\u202Edef\u200Bghi", "a\xff\xfe b\u0301\u0302\u0303\u0304",
        "𱍐兴", "Smith & Sons"};
    static const char *const currencies[] = {"CNY", "CNY", "CNY", "JPY", "CNY", "BHD", "CNY"};
    char text[64];
    page_row(page);
#define CANNED(column, ...) do { \
        snprintf(text, sizeof text, __VA_ARGS__); \
        page_set(page, (size_t)(column), text, strlen(text)); \
    } while (0)
    CANNED(0, "X-%04zu", number + 1);
    CANNED(1, "%s", codes[number % 4]);
    CANNED(2, "%s", banks[number % 4]);
    page_set(page, 3, payees[number % 9], strlen(payees[number % 9]));
    CANNED(4, "%s%zu", number % 5 == 4 ? "-" : "", (number + 1) * 123456 % 98765432);
    CANNED(5, "%s", currencies[number % 7]);
    CANNED(6, "%s", states[number % 4]);
    CANNED(7, "2026-11-%02zu 0%zu:%02zu:00.5+00", 20 - number / 40, number % 2, number % 60);
    if (number % 3 == 1)
        page_set(page, 8, "clerk1", 6);
    CANNED(9, "2026-11-%02zu", 19 - number / 40);
    CANNED(10, "622202%010zu", number * 7919 + 417);
    CANNED(11, "SO-8812%04zu", number);
    CANNED(12, "%zu", number * 97);
    CANNED(13, "%zu", 9994 - number);
    CANNED(14, "%s", number % 2 == 0 ? "t" : "f");
#undef CANNED
}

static const char *const canned_detail_columns[] = {
    "exception_id", "code", "state", "amount", "currency", "channel", "opened_at", "owner", "late",
    "share", "note", "bank_amount", "bank_currency", "bank_value_date", "bank_reference",
    "bank_payee", "bank_account", "core_amount", "core_currency", "core_value_date",
    "core_reference", "core_payee", "core_account"};
static const char *const canned_detail[] = {
    "X-0003", "AMOUNT", "CLAIMED", "1800", "CNY", "ICBC", "2026-11-20 01:12:00+00", "clerk1",
    "1140", "9994", "The bank took its fee from the amount; 银行已从金额中扣除手续费。",
    "1248000", "CNY", "2026-11-19", "SO-88120417", "王小明", "6222021234560417",
    "1249800", "CNY", "2026-11-19", "SO-88120417", "王小明", "6222021234560417"};

static const char *const canned_candidate_columns[] = {"candidate_id", "amount", "currency",
                                                       "value_date", "why"};
static const char *const canned_candidates[] = {
    "P2026111900417", "1249800", "CNY", "2026-11-19", "reference and payee agree; 18.00 less",
    "P2026111900822", "1248000", "CNY", "2026-11-18", "amount agrees; another payee"};

static const char *const canned_event_columns[] = {"at", "who", "what", "text"};
static const char *const canned_events[] = {
    "2026-11-20 01:12:00+00", "daybookd", "raised", "AMOUNT: 18.00 CNY less than the payment",
    "2026-11-20 01:29:30+00", "clerk1", "claimed", NULL};

static const char *const canned_gate_columns[] = {"gate", "done", "note"};
static const char *const canned_gates[] = {"files", "f", "3 of 4", "exceptions", "f", "76",
                                           "approvals", "t", NULL};

static const char *const canned_kind_columns[] = {"label", "value", "whole"};
static const char *const canned_kinds[] = {"bank only", "31", NULL, "core only", "14", NULL,
                                           "amount", "2", NULL};

static const char *const canned_file_columns[] = {
    "channel", "format", "due_at", "state", "note", "lines", "matched", "remaining", "at_risk",
    "currency", "file_id"};
static const char *const canned_files[] = {
    "ICBC", "camt.053", "2026-11-20 01:30:00+00", "MATCHED", NULL, "18204", "9996", "7", "4120000",
    "CNY", "F-1",
    "CCB", "MT940", "2026-11-20 01:30:00+00", "MATCHED", NULL, "9118", "10000", "0", "0", "CNY",
    "F-2",
    "ABC", "CSV (GBK)", "2026-11-20 02:00:00+00", "LATE", "12m", NULL, NULL, NULL, "39011840",
    "CNY", NULL,
    "CMB", "no file", NULL, "NONE", NULL, "212", "7100", "62", "11804000", "CNY", NULL};

static const char *const canned_code_columns[] = {"code", "count", "amount", "currency"};
static const char *const canned_codes[] = {
    "BANK_ONLY", "31", "19802000", "CNY", "CORE_ONLY", "14", "9211430", "CNY",
    "AMOUNT", "9", "81207", "CNY", "RETURNED", "8", "6140000", "CNY"};

static const char *const canned_age_columns[] = {"label", "count"};
static const char *const canned_ages[] = {"today", "41", "1 day", "19", "2-3 d", "11", ">3 d", "5"};

static const char *const canned_waiting_columns[] = {"label", "count", "tone"};
static const char *const canned_waiting[] = {"mine", "12", "plain", "to approve", "3", "plain",
                                             "overdue", "1", "warning"};

static const char *const canned_rate_columns[] = {"day", "matched"};
static const char *const canned_rate[] = {
    "2026-11-10", "9990", "2026-11-11", "9991", "2026-11-12", "9950", "2026-11-13", "9992",
    "2026-11-16", "9993", "2026-11-17", "9960", "2026-11-18", "9991", "2026-11-19", "9994"};

static const char *const canned_fact_columns[] = {"day", "statement_day", "risk", "currency",
                                                  "oldest_s", "message", "presumed"};
static const char *const canned_facts[] = {
    "2026-11-20", "2026-11-19", "81240000", "CNY", "39600",
    "ABC's file was due 10:00; last three days it came at 10:07, 10:12, 10:05.", "37"};

static const char *const canned_exposure_columns[] = {
    "channel", "doubtful", "presumed", "amount", "currency", "oldest_s", "due_at", "has_statement"};
static const char *const canned_exposures[] = {
    "ICBC", "31", "30", "61240000", "CNY", "39600", "2026-11-20 01:30:00+00", "YES",
    "CMB", "11", "7", "20000000", "CNY", "7200", NULL, "NO"};

static const char *const canned_resolved_columns[] = {"after", "count"};
static const char *const canned_resolved[] = {"1", "210", "2", "730", "3", "512", "4", "301", "5",
                                              "190", "6", "88", "7", "41", "8", "12", "11", "30"};

/* A request's document as the core makes it, its numbers invented. */
#define CANNED_REQUEST                                                                            \
    "format daybook-request-1\nenvironment TRAINING\nrequest R2026112000001\nversion 1\n"         \
    "kind CREDIT_BACK\nchannel ICBC\ncurrency CNY\namount 1296000\ntier 1\nmaker clerk1\n"         \
    "person p01\nmade_at 2026-11-20T01:20:00Z\napprove_by 2026-11-21T01:20:00Z\n"                 \
    "execute_by 2026-11-22T01:20:00Z\nreason CHARGED_THOUGH_FAILED\n"                            \
    "text The bank's letter 2026-1181 says that neither was paid; 客户已来电。\n"                 \
    "excluded 2\nexcluded.1 p01\nexcluded.2 p04\nitems 2\n"                                       \
    "item.1 X-17 1248000 code=STATUS_BANK_FAIL payout=P2026111900417 line=7f3a12cd90e17f3a12cd90e"\
    "17f3a12cd90e17f3a12cd90e17f3a12cd:14 account=6222021234560417 line_amount=1248000\n"         \
    "item.2 X-18 48000 payout=P2026111900822 payee_name=%E7%8E%8B%E5%B0%8F%E6%98%8E\n"            \
    "basis 2\nbasis.1 P2026111900417 4\nbasis.2 P2026111900822 7\nmoves 2\n"                      \
    "move.1 P2026111900417 FAILED CREDITED_BACK\nmove.2 P2026111900822 FAILED CREDITED_BACK\n"   \
    "postings 4\nposting.1 1 E15 2240 P2026111900417 CNY 1248000\n"                              \
    "posting.2 1 E15 2010 C000017 CNY -1248000\n"                                               \
    "posting.3 2 E15 2240 P2026111900822 CNY 48000\n"                                           \
    "posting.4 2 E15 2010 C000021 CNY -48000\nchanges 0\nbalances 4\n"                           \
    "balance.1 2240 P2026111900417 CNY -1248000 0\nbalance.2 2010 C000017 CNY -500 -1248500\n"   \
    "balance.3 2240 P2026111900822 CNY -48000 0\nbalance.4 2010 C000021 CNY 0 -48000\n"

static const char *const canned_request_columns[] = {"request_id", "request_state", "document",
                                                     "document_fault", "document_words"};
static const char *const canned_request[] = {
    "R2026112000001", "PENDING", CANNED_REQUEST, "", "bade kilo musa ravi tone zuqu"};
static const char *const canned_forged[] = {
    "R2026112000002", "PENDING", CANNED_REQUEST,
    "The core's signature on this document does not hold: nothing of it is shown.", ""};

#define CANNED_TABLE(name, columns_array, cells_array) \
    {.query = name, .columns = columns_array, \
     .column_count = sizeof columns_array / sizeof columns_array[0], \
     .row_count = sizeof cells_array / sizeof cells_array[0] / \
                  (sizeof columns_array / sizeof columns_array[0]), \
     .cells = cells_array}

static const struct canned_table canned_tables[] = {
    CANNED_TABLE("exception", canned_detail_columns, canned_detail),
    CANNED_TABLE("candidates", canned_candidate_columns, canned_candidates),
    CANNED_TABLE("exception-events", canned_event_columns, canned_events),
    CANNED_TABLE("day-gates", canned_gate_columns, canned_gates),
    CANNED_TABLE("kinds", canned_kind_columns, canned_kinds),
    CANNED_TABLE("request", canned_request_columns, canned_request),
    CANNED_TABLE("forged", canned_request_columns, canned_forged),
    CANNED_TABLE("today-files", canned_file_columns, canned_files),
    CANNED_TABLE("today-codes", canned_code_columns, canned_codes),
    CANNED_TABLE("today-ages", canned_age_columns, canned_ages),
    CANNED_TABLE("today-waiting", canned_waiting_columns, canned_waiting),
    CANNED_TABLE("today-rate", canned_rate_columns, canned_rate),
    CANNED_TABLE("today-gates", canned_gate_columns, canned_gates),
    CANNED_TABLE("today-facts", canned_fact_columns, canned_facts),
    CANNED_TABLE("today-exposure", canned_exposure_columns, canned_exposures),
    CANNED_TABLE("today-resolved", canned_resolved_columns, canned_resolved)};

static inline struct page *canned_summary(size_t rows)
{
    static const char *const columns[] = {"rows", "currency", "amount"};
    static const char *const currencies[] = {"CNY", "JPY"};
    struct page *page = page_new(columns, 3, 2, 0);
    for (size_t i = 0; i < 2 && rows > 0; i++) {
        char count[24];
        page_row(page);
        snprintf(count, sizeof count, "%zu", i == 0 ? rows - rows / 7 : rows / 7);
        page_set(page, 0, count, strlen(count));
        page_set(page, 1, currencies[i], 3);
        page_set(page, 2, i == 0 ? "123456789" : "4400", i == 0 ? 9 : 4);
    }
    return page;
}

/* Keyset pages over rows 0..count-1, whose key ends in "X-%04zu". */
static inline struct page *canned_exceptions(const struct view_need *need)
{
    size_t count = need->filter != NULL && need->filter->count > 0 ? 9 : CANNED_EXCEPTIONS;
    size_t from = 0, to = 0;
    const char *last = need->key == NULL ? "X-0" : need->key[need->order_count - 1];
    size_t key = (size_t)strtoul(last + 2, NULL, 10);
    switch (need->kind) {
    case NEED_AFTER: from = key; break;
    case NEED_FROM: from = key - 1; break;
    case NEED_BEFORE: from = key - 1 > need->limit ? key - 1 - need->limit : 0; break;
    case NEED_LAST: from = count > need->limit ? count - need->limit : 0; break;
    case NEED_SUMMARY: return canned_summary(count);
    default: break;
    }
    to = from + need->limit < count ? from + need->limit : count;
    to = need->kind == NEED_BEFORE ? key - 1 : to;
    struct page *page = page_new(canned_exception_columns, 15, to - from + 1, 0);
    for (size_t i = from; i < to; i++)
        canned_exception(page, i);
    page->more_before = from > 0;
    page->more_after = to < count;
    return page;
}

static inline struct page *canned_page(const struct view_need *need)
{
    static const char *const nothing[] = {"exception_id", "amount"};
    if (strcmp(need->query, "exceptions") == 0)
        return canned_exceptions(need);
    for (size_t i = 0; i < sizeof canned_tables / sizeof canned_tables[0]; i++) {
        const struct canned_table *table = &canned_tables[i];
        if (strcmp(table->query, need->query) != 0)
            continue;
        if (need->kind == NEED_SUMMARY)
            return canned_summary(table->row_count);
        struct page *page = page_new(table->columns, table->column_count, table->row_count, 0);
        for (size_t row = 0; row < table->row_count; row++) {
            page_row(page);
            for (size_t column = 0; column < table->column_count; column++) {
                const char *text = table->cells[row * table->column_count + column];
                page_set(page, column, text, text == NULL ? 0 : strlen(text));
            }
        }
        return page;
    }
    return need->kind == NEED_SUMMARY ? canned_summary(0) : page_new(nothing, 2, 1, 0);
}

#endif
