/* Runs the cases of tests/sql/cases against a database with tests/sql/cases.sql in it.
 *
 * usage: cases DIRECTORY PORT DATABASE FILE...     in the repository's directory
 *
 * A case is a paragraph: `case NAME`, then a command a line, in one transaction that is undone at
 * its end. Every command runs as the login it names. What must come of it stands behind `=>`, or in
 * the indented lines below it, which are compared as a set. tests/sql/cases/README.md says what
 * there is. */
#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "sql/case_file.h"

enum { SQL_ROOM = 64 * 1024, ROWS_MAX = 60, TEXT_ROOM = 8000 };

/* One program, one connection, one case at a time. */
static struct {
    PGconn *connection;
    char name[LINE_ROOM];
    bool in_case, failed;
    int passed_count, failed_count;
    struct file files[8];
    int file_count;
    char sql[SQL_ROOM];
    size_t sql_length;
    char payments[SQL_ROOM]; /* values of `pay` lines that wait for their feed */
    int payment_count;
    char rows[ROWS_MAX][LINE_ROOM]; /* what a block must be */
    int row_count;
    char block[LINE_ROOM]; /* the query that a block is compared with, "" for none */
    const char *block_login;
    char block_who[32];
    int block_line;
} run;

__attribute__((format(printf, 2, 3))) static void wrong(int line, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (!run.failed)
        printf("not ok: %s\n", run.name);
    printf("  %s:%d: ", case_path, line);
    vprintf(format, list);
    putchar('\n');
    va_end(list);
    run.failed = true;
}

/* --- SQL */

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(run.sql + run.sql_length, SQL_ROOM - run.sql_length, format, list);
    va_end(list);
    if (length < 0 || (size_t)length >= SQL_ROOM - run.sql_length)
        die("too much SQL");
    run.sql_length += (size_t)length;
}

static void put_text(const char *text)
{
    if (text == NULL) {
        put("null");
        return;
    }
    char *literal = PQescapeLiteral(run.connection, text, strlen(text));
    put("%s", literal);
    PQfreemem(literal);
}

/* 12.50 becomes 1250. */
static void put_amount(const char *text)
{
    if (text == NULL)
        put("null");
    else
        put("(%s * 100)::bigint", text);
}

static void sql_begin(const char *login)
{
    run.sql_length = 0;
    run.sql[0] = '\0';
    if (login != NULL)
        put("set local session authorization %s; ", login);
}

/* Runs what was put together. Gives the first cell, or the refusal's word; a refusal is undone. */
static bool sql_run(char *out, size_t size)
{
    PQclear(PQexec(run.connection, "savepoint command"));
    PGresult *result = PQexec(run.connection, run.sql);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    bool good = message == NULL;
    bool has = good && PQntuples(result) > 0 && PQnfields(result) > 0;
    snprintf(out, size, "%s", !good ? message : has ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    if (!good)
        PQclear(PQexec(run.connection, "rollback to savepoint command"));
    PQclear(PQexec(run.connection, "reset session authorization"));
    return good;
}

static void sql_must(char *out, size_t size)
{
    if (!sql_run(out, size))
        wrong(case_line_no, "%s", out);
}

/* Compares with what stands behind =>. */
static void compare(const struct words *words, const char *otherwise, const char *got)
{
    const char *wanted = words->wanted != NULL ? words->wanted : otherwise;
    if (wanted != NULL && strcmp(wanted, got) != 0)
        wrong(case_line_no, "'%s', wanted '%s'", got, wanted);
}

/* --- payments */

static void feed_flush(void)
{
    char out[TEXT_ROOM];
    if (run.payment_count == 0)
        return;
    sql_begin("feed1");
    put("insert into desk.stage_feed (feed_id, line_no, order_no, channel_id, business_date,"
        " direction, amount, state, bank_ref, payee_name, payee_account, batch_no, expected_fee,"
        " currency, mode) values %s; select desk.feed_finish(900)::text", run.payments);
    run.payment_count = 0;
    sql_must(out, sizeof out);
}

/* pay ORDER CHANNEL DAY out|in AMOUNT STATE [ref= name= account= batch= fee= currency=] */
static void do_pay(const struct words *words)
{
    sql_begin(NULL);
    put("%s(900, %d, ", run.payment_count > 0 ? ", " : "", run.payment_count + 1);
    put_text(word_at(words, 1));
    put(", ");
    put_text(word_at(words, 2));
    put(", '%s', upper('%s'), ", word_at(words, 3), word_at(words, 4));
    put_amount(word_at(words, 5));
    put(", '%s', ", word_at(words, 6));
    put_text(value_or(words, "ref", NULL));
    put(", ");
    put_text(value_or(words, "name", ""));
    put(", ");
    put_text(value_or(words, "account", ""));
    put(", ");
    put_text(value_or(words, "batch", NULL));
    put(", ");
    put_amount(value_or(words, "fee", NULL));
    put(", '%s', '%s')", value_or(words, "currency", "CNY"),
        value_or(words, "batch", NULL) != NULL ? "BATCH" : "REALTIME");
    size_t used = run.payment_count == 0 ? 0 : strlen(run.payments);
    if (used + run.sql_length + 1 >= sizeof run.payments)
        die("too many payments");
    memcpy(run.payments + used, run.sql, run.sql_length + 1);
    run.payment_count++;
}

/* pays_of N PREFIX CHANNEL DAY AMOUNT: payouts that were paid, under references PREFIX1 ... */
static void do_pays(const struct words *words)
{
    char out[TEXT_ROOM];
    sql_begin("feed1");
    put("insert into desk.stage_feed (feed_id, line_no, order_no, channel_id, business_date,"
        " direction, amount, state, bank_ref, payee_name, payee_account, currency, mode)"
        " select 901, n, 'O-%s' || n, '%s', '%s', 'OUT', ", word_at(words, 2), word_at(words, 3),
        word_at(words, 4));
    put_amount(word_at(words, 5));
    put(", 'PAID', '%s' || n, '', '', 'CNY', 'REALTIME' from generate_series(1, %s) n;"
        " select desk.feed_finish(901)::text", words->word[2], words->word[1]);
    sql_must(out, sizeof out);
}

/* --- files */

static struct file *file_named(const char *name)
{
    for (int i = 0; i < run.file_count; i++)
        if (strcmp(run.files[i].words.word[1], name) == 0)
            return &run.files[i];
    die("no file is called %s", name);
}

/* file NAME [channel=] [by=clerk1] */
static void do_file(const char *line)
{
    if (run.file_count == (int)(sizeof run.files / sizeof run.files[0]))
        die("too many files");
    struct file *file = &run.files[run.file_count++];
    file->count = 0;
    words_cut(&file->words, line);
    word_at(&file->words, 1);
}

/* statement DAY account= [open= close= interim from= seq= count= sum= faults=]
 * lines_of N PREFIX DAY AMOUNT
 * line LABEL DAY AMOUNT [ref= bank= name= account= text= type= status= fee= currency=
 *      booked=]
 * fault LINE REASON */
static void do_piece(enum piece_kind kind, const char *line)
{
    struct file *file = &run.files[run.file_count - 1];
    if (run.file_count == 0 || file->count == PIECES_MAX)
        die("no file, or too much in it");
    struct piece *piece = &file->pieces[file->count++];
    piece->kind = kind;
    words_cut(&piece->words, line);
}

static void put_statement(const struct words *words, int number, int entries)
{
    const char *open = value_or(words, "open", NULL), *close = value_or(words, "close", NULL);
    put("insert into desk.stage_statement (import_id, number, account, interim, sequence,"
        " from_date, as_of, opening_date, opening, closing_date, closing, total, entries, faults,"
        " claimed_entries, claimed_total) select i.id, %d, ", number);
    put_text(value_or(words, "account", NULL));
    put(", %s, ", has_flag(words, "interim") ? "true" : "false");
    put_text(value_or(words, "seq", ""));
    put("::text, ");
    put_text(value_or(words, "from", NULL));
    put("::date, '%s', ", word_at(words, 1));
    put(open == NULL ? "null::date, " : "'%s'::date, ",
        value_or(words, "opened", word_at(words, 1)));
    put_amount(open);
    put(close == NULL && open == NULL ? "::bigint, null::date, " : "::bigint, '%s'::date, ",
        word_at(words, 1));
    if (close == NULL && open != NULL)
        put("(%s * 100)::bigint + t.total, t.total, ", open);
    else
        put_amount(close), put("::bigint, t.total, ");
    put("%d, %s, %s::bigint, ", entries, value_or(words, "faults", "0"),
        value_or(words, "count", "null"));
    put_amount(value_or(words, "sum", NULL));
    put("::bigint from (select current_setting('cases.import')::bigint as id) i, "
        "(select current_setting('cases.total')::bigint as total) t; ");
}

/* changed: a line of a lying or mistaken reader, which stands for the one of its label. */
static void put_line(const struct words *words, int statement, int entry, int nth,
                     const struct words *changed)
{
    const struct words *from = changed != NULL ? changed : words;
    put("insert into desk.stage (import_id, entry_no, line_no, statement_no, value_date,"
        " booking_date, amount, currency, occurrence, identity, status, fee, ref, bank_ref,"
        " party_name, party_account, text, type) values"
        " (current_setting('cases.import')::bigint, %d,"
        " %d, %d, '%s', ", entry, entry * 10, statement, word_at(words, 2));
    put_text(value_or(words, "booked", NULL));
    put(", ");
    put_amount(value_or(from, "amount", word_at(words, 3)));
    put(", '%s', %d, md5('%s|%s|%s|%s')::uuid, '%s', ", value_or(words, "currency", ""), nth,
        value_or(words, "bank", ""), value_or(words, "ref", ""), value_or(words, "name", ""),
        value_or(words, "text", ""), value_or(words, "status", "BOOKED"));
    put_amount(value_or(words, "fee", NULL));
    static const char *const keys[] = {"ref", "bank", "name", "account", "text", "type"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        put(", ");
        put_text(value_or(from, keys[i], value_or(words, keys[i], "")));
    }
    put("); ");
}

/* Equal amounts under references PREFIX1, PREFIX2 ... */
static void put_many(const struct words *words, int statement, int entry)
{
    put("insert into desk.stage (import_id, entry_no, line_no, statement_no, value_date, amount,"
        " occurrence, identity, status, ref) select current_setting('cases.import')::bigint,"
        " %d + n, (%d + n) * 10, %d, '%s', ", entry, entry, statement, word_at(words, 3));
    put_amount(word_at(words, 4));
    put(", 1, md5('|%s' || n || '||')::uuid, 'BOOKED', '%s' || n from generate_series(1, %s) n; ",
        word_at(words, 2), words->word[2], words->word[1]);
}

/* Stages the file; without and changed are of a second reading that says something else. */
static void put_staged(const struct file *file, const char *without, const struct words *changed)
{
    int statement = 0, entry = 0, fault = 0;
    char total[2000];
    for (int i = 0; i < file->count; i++) {
        const struct piece *piece = &file->pieces[i];
        const struct words *words = &piece->words;
        if (piece->kind == STATEMENT) {
            total_of(file, i, total, sizeof total);
            put("select set_config('cases.total', (%s)::bigint::text, true); ", total);
            put_statement(words, ++statement, entries_of(file, i));
        } else if (piece->kind == FAULT) {
            put("insert into desk.stage_fault (import_id, fault_no, line_no, column_no, reason,"
                " raw) values (current_setting('cases.import')::bigint, %d, %s, 1, ", ++fault,
                word_at(words, 1));
            put_text(word_at(words, 2));
            put(", ''); ");
        } else if (piece->kind == BULK) {
            put_many(words, statement, entry);
            entry += lines_in(piece);
        } else {
            entry++;
            bool other = changed != NULL && strcmp(changed->word[0], word_at(words, 1)) == 0;
            if (without == NULL || strcmp(without, words->word[1]) != 0)
                put_line(words, statement, entry, occurrence(file, i), other ? changed : NULL);
        }
    }
}

static void put_hash(const char *name)
{
    put("sha256(convert_to(");
    put_text(name);
    put(", 'UTF8'))");
}

/* So that expectations can name lines. */
static void put_labels(const struct file *file)
{
    int entry = 0;
    sql_begin(NULL);
    for (int i = 0; i < file->count; entry += lines_in(&file->pieces[i++]))
        if (file->pieces[i].kind == ENTRY)
            put("insert into cases.label select '%s', f.file_id * 100000000 + %d"
                " from desk.statement_file f where f.name = '%s' on conflict do nothing; ",
                file->pieces[i].words.word[1], entry + 1, file->words.word[1]);
}

/* import [as=NAME of another file's bytes] [bad=REASON] => STATE LINES NEW MATCHED FAULTS | word */
static void do_import(const struct words *words)
{
    const struct file *file = &run.files[run.file_count - 1];
    if (run.file_count == 0)
        die("import of no file");
    const char *name = file->words.word[1], *bad = value_or(words, "bad", NULL);
    char out[TEXT_ROOM];
    sql_begin(value_or(&file->words, "by", "clerk1"));
    put("select set_config('cases.import', b.import_id::text, true) from desk.import_begin(");
    put_hash(value_or(words, "as", name));
    put(", '%s', 'mt940', 100, ", name);
    put_text(value_or(&file->words, "channel", NULL));
    put(") b; select desk.import_chunk(current_setting('cases.import')::bigint, 1, 'bytes'); ");
    put_staged(file, NULL, NULL);
    if (bad != NULL) {
        put("select 'BAD' from desk.import_bad(current_setting('cases.import')::bigint, ");
        put_text(bad);
        put(")");
    } else {
        put("select concat_ws(' ', f.state, f.lines, f.lines_new, f.matched, f.faults) from"
            " desk.import_finish(current_setting('cases.import')::bigint) f");
    }
    bool good = sql_run(out, sizeof out);
    if (!good && words->wanted == NULL)
        wrong(case_line_no, "%s", out);
    else
        compare(words, NULL, out);
    if (good) {
        put_labels(file);
        sql_must(out, sizeof out);
    }
}

/* verify NAME [by=daybookd] [without=LABEL] [label=LABEL KEY=VALUE...] [hash=NAME]
 * => agrees | differs N | word */
static void do_verify(const struct words *words)
{
    const struct file *file = file_named(word_at(words, 1));
    char out[TEXT_ROOM];
    struct words changed = *words;
    const char *label = value_or(words, "label", NULL);
    /* The words' first is what put_staged compares labels with. */
    changed.word[0] = label == NULL ? NULL : (char *)(size_t)label;
    sql_begin(NULL);
    put("select set_config('cases.file', coalesce((select file_id::text from desk.statement_file"
        " where name = '%s'), '0'), true)", file->words.word[1]);
    sql_must(out, sizeof out);
    sql_begin(value_or(words, "by", "daybookd"));
    put("select set_config('cases.import',"
        " desk.verify_begin(current_setting('cases.file')::bigint)::text, true); ");
    put_staged(file, value_or(words, "without", NULL), label == NULL ? NULL : &changed);
    put("select case when f.agrees then 'agrees' else 'differs ' || f.differences end"
        " from desk.verify_finish(current_setting('cases.import')::bigint, ");
    put_hash(value_or(words, "hash", file->words.word[1]));
    put(") f");
    sql_run(out, sizeof out);
    compare(words, "agrees", out);
}

/* --- matching */

static void snapshot(char *out, size_t size)
{
    sql_begin(NULL);
    put("select cases.snapshot()");
    sql_must(out, size);
}

/* match [CHANNEL] [by=daybookd] => MATCHED RAISED CLOSED | word
 * again: the same, and nothing may be different after it
 * dry [CHANNEL] [rules=N] => MATCHED RAISED CLOSED CHANGES; nothing may be different after it */
static void do_match(const struct words *words, bool dry, bool same)
{
    char before[TEXT_ROOM] = "", after[TEXT_ROOM] = "", out[TEXT_ROOM];
    if (dry || same)
        snapshot(before, sizeof before);
    sql_begin(value_or(words, "by", "daybookd"));
    put("select concat_ws(' ', sum(r.matched), sum(r.raised), sum(r.closed)%s)"
        " from desk.reconcile(", dry ? ", sum(cardinality(r.changes))" : "");
    put_text(words->count > 1 ? words->word[1] : NULL);
    put(", %s, %s) r", dry ? "true" : "false", value_or(words, "rules", "null"));
    bool good = sql_run(out, sizeof out);
    if (!good && words->wanted == NULL)
        wrong(case_line_no, "%s", out);
    else
        compare(words, NULL, out);
    if (dry || same) {
        snapshot(after, sizeof after);
        if (strcmp(before, after) != 0)
            wrong(case_line_no, "something changed:\n    %s\n    %s", before, after);
    }
}

/* --- actions */

/* CODE:SUBJECT, subjects as the blocks write them, becomes an id; 0 where there is none. */
static void exception_id(const char *name, char *out, size_t size)
{
    sql_begin(NULL);
    put("select coalesce(max(exception_id), 0) from desk.exception"
        " where code || ':' || cases.subject(subject) = ");
    put_text(name);
    sql_must(out, size);
    if (strcmp(out, "0") == 0 && strcmp(name, "none") != 0)
        wrong(case_line_no, "there is no exception %s", name);
}

/* act LOGIN ACTION EXCEPTION... [text=] [until=] [version=] => word of each */
static void do_act(const struct words *words)
{
    char id[TEXT_ROOM], ids[TEXT_ROOM] = "", out[TEXT_ROOM];
    for (int i = 3; i < words->count; i++) {
        exception_id(words->word[i], id, sizeof id);
        size_t used = strlen(ids);
        snprintf(ids + used, sizeof ids - used, "%s%.20s", i > 3 ? ", " : "", id);
    }
    sql_begin(NULL);
    put("select coalesce(string_agg(coalesce((select version from desk.exception"
        " where exception_id = u.id), 1)::text, ', ' order by u.n), '')"
        " from unnest(array[%s]::bigint[]) with ordinality u (id, n)", ids);
    char versions[TEXT_ROOM];
    sql_must(versions, sizeof versions);
    sql_begin(word_at(words, 1));
    put("select string_agg(outcome, ' ' order by exception_id) from desk.exception_act('%s',"
        " array[%s]::bigint[], array[%s]::integer[], ", word_at(words, 2), ids,
        value_or(words, "version", versions));
    put_text(value_or(words, "text", NULL));
    put(", ");
    put_text(value_or(words, "until", NULL));
    put(")");
    sql_run(out, sizeof out);
    compare(words, "done", out);
}

/* A label or order number as an SQL expression for its id. */
static void put_line_id(const char *label)
{
    if (label == NULL)
        put("null");
    else
        put("(select line_id from cases.label where label = '%s')", label);
}

/* Ids are looked up by the superuser, then used by the login. */
static void resolve(const char *line, const char *pay)
{
    char out[TEXT_ROOM];
    sql_begin(NULL);
    put("select set_config('cases.line', coalesce(l.line_id::text, ''), true),"
        " set_config('cases.day', coalesce(l.value_date::text, ''), true),"
        " set_config('cases.payment', coalesce(k.payment_id::text, ''), true)"
        " from (select) one left join desk.line l on l.line_id = ");
    put_line_id(line);
    put(" left join core.payment_key k on k.order_no = ");
    put_text(pay);
    sql_must(out, sizeof out);
}

/* link LOGIN EXCEPTION [line=LABEL] [pay=ORDER] [version=] => word */
static void do_link(const struct words *words)
{
    char id[TEXT_ROOM], out[TEXT_ROOM];
    exception_id(word_at(words, 2), id, sizeof id);
    resolve(value_or(words, "line", NULL), value_or(words, "pay", NULL));
    sql_begin(word_at(words, 1));
    put("select 'done' from desk.exception_link(%s, %s, nullif(current_setting('cases.line'), '')"
        "::bigint, nullif(current_setting('cases.day'), '')::date,"
        " nullif(current_setting('cases.payment'), '')::bigint)", id,
        value_or(words, "version", "null"));
    sql_run(out, sizeof out);
    compare(words, "done", out);
}

/* unlink LOGIN LABEL text= => word */
static void do_unlink(const struct words *words)
{
    char out[TEXT_ROOM];
    resolve(word_at(words, 2), NULL);
    sql_begin(word_at(words, 1));
    put("select 'done' from desk.match_unlink(nullif(current_setting('cases.day'), '')::date,"
        " nullif(current_setting('cases.line'), '')::bigint, ");
    put_text(value_or(words, "text", NULL));
    put(")");
    sql_run(out, sizeof out);
    compare(words, "done", out);
}

/* as LOGIN CALL => value or word: a function of schema cases, called by somebody. */
static void do_as(const struct words *words, const char *line)
{
    char out[TEXT_ROOM];
    const char *login = word_at(words, 1), *call = strstr(line, login) + strlen(login);
    const char *end = strstr(call, " => ");
    size_t length = end == NULL ? strlen(call) : (size_t)(end - call);
    sql_begin(login);
    put("select concat_ws(' ', cases.%.*s)", (int)length - 1, call + 1);
    if (!sql_run(out, sizeof out) && words->wanted == NULL)
        wrong(case_line_no, "%s", out);
    else
        compare(words, NULL, out);
}

/* --- blocks */

/* Compares the rows of a view of schema cases with the block, as sets. */
static void block_end(void)
{
    char got[ROWS_MAX][LINE_ROOM];
    if (run.block[0] == '\0')
        return;
    sql_begin(run.block_login);
    put("%s", run.block);
    PGresult *result = PQexec(run.connection, run.sql);
    int count = PQntuples(result);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        die("%s", PQerrorMessage(run.connection));
    PQclear(PQexec(run.connection, "reset session authorization"));
    if (count > ROWS_MAX)
        die("too many rows");
    for (int i = 0; i < count; i++) {
        snprintf(got[i], LINE_ROOM, "%s", PQgetvalue(result, i, 0));
        normalise(got[i]);
    }
    PQclear(result);
    for (int w = 0; w < run.row_count; w++) {
        int at = 0;
        while (at < count && strcmp(got[at], run.rows[w]) != 0)
            at++;
        if (at == count)
            wrong(run.block_line, "missing: %s", run.rows[w]);
        else
            got[at][0] = '\0';
    }
    for (int i = 0; i < count; i++)
        if (got[i][0] != '\0')
            wrong(run.block_line, "not wanted: %s", got[i]);
    run.block[0] = '\0';
}

/* Views that people read, each as somebody who may. */
static const char *login_of_block(const char *name)
{
    if (strcmp(name, "due") == 0 || strcmp(name, "gates") == 0)
        return "clerk1";
    return strcmp(name, "audit") == 0 ? "auditor1" : NULL;
}

/* exceptions | matches | files | lines | payments | days | due | gates | audit | checks NAME |
 * events EXCEPTION | candidates EXCEPTION [by=clerk1] | rows LOGIN VIEW */
static void block_begin(const struct words *words)
{
    char id[TEXT_ROOM];
    const char *name = words->word[0];
    run.row_count = 0;
    run.block_line = case_line_no;
    run.block_login = login_of_block(name);
    if (strcmp(name, "events") == 0 || strcmp(name, "candidates") == 0)
        exception_id(word_at(words, 1), id, sizeof id);
    if (strcmp(name, "rows") == 0) {
        snprintf(run.block, sizeof run.block, "select row from cases.%.100s", word_at(words, 2));
        snprintf(run.block_who, sizeof run.block_who, "%s", word_at(words, 1));
        run.block_login = run.block_who;
    } else if (strcmp(name, "checks") == 0) {
        snprintf(run.block, sizeof run.block, "select row from cases.checks where name = '%.100s'",
                 word_at(words, 1));
    } else if (strcmp(name, "events") == 0) {
        snprintf(run.block, sizeof run.block,
                 "select row from cases.events where exception_id = %.30s", id);
    } else if (strcmp(name, "candidates") == 0) {
        run.block_login = strcmp(value_or(words, "by", "clerk1"), "scoped1") == 0 ? "scoped1"
                                                                                  : "clerk1";
        snprintf(run.block, sizeof run.block,
                 "select concat_ws(' ', case side when 'line' then cases.line(line_id)"
                 " else cases.payment(payment_id) end, score)"
                 " from desk.exception_candidates(%.30s)", id);
    } else {
        snprintf(run.block, sizeof run.block, "select row from cases.%.100s", name);
    }
}

/* --- cases */

static void case_end(void)
{
    if (!run.in_case)
        return;
    feed_flush();
    block_end();
    PQclear(PQexec(run.connection, "rollback"));
    run.in_case = false;
    if (run.failed)
        run.failed_count++;
    else
        run.passed_count++;
}

static void case_begin(const char *name)
{
    case_end();
    snprintf(run.name, sizeof run.name, "%s", name);
    run.failed = false;
    run.in_case = true;
    run.file_count = 0;
    run.payment_count = 0;
    PQclear(PQexec(run.connection, "begin"));
}

static void do_sql(const char *sql)
{
    char out[TEXT_ROOM];
    sql_begin(NULL);
    put("%s", sql);
    sql_must(out, sizeof out);
}

static void do_at(const struct words *words)
{
    char sql[200];
    snprintf(sql, sizeof sql, "update desk.environment set name = 'TEST', fixed_at = '%s %s+08'",
             word_at(words, 1), word_at(words, 2));
    do_sql(sql);
}

static void command(const char *line)
{
    static const char *const blocks[] = {"exceptions", "matches", "files", "lines", "payments",
                                         "checks", "events", "candidates", "days", "due",
                                         "gates", "audit", "rows"};
    static struct words words;
    words_cut(&words, line);
    const char *verb = words.word[0];
    if (strcmp(verb, "pay") == 0) {
        do_pay(&words);
        return;
    }
    feed_flush();
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        if (strcmp(verb, blocks[i]) == 0) {
            block_begin(&words);
            return;
        }
    if (strcmp(verb, "at") == 0)
        do_at(&words);
    else if (strcmp(verb, "sql") == 0)
        do_sql(line + 4);
    else if (strcmp(verb, "file") == 0)
        do_file(line);
    else if (strcmp(verb, "statement") == 0)
        do_piece(STATEMENT, line);
    else if (strcmp(verb, "line") == 0)
        do_piece(ENTRY, line);
    else if (strcmp(verb, "lines_of") == 0)
        do_piece(BULK, line);
    else if (strcmp(verb, "pays_of") == 0)
        do_pays(&words);
    else if (strcmp(verb, "fault") == 0)
        do_piece(FAULT, line);
    else if (strcmp(verb, "import") == 0)
        do_import(&words);
    else if (strcmp(verb, "verify") == 0)
        do_verify(&words);
    else if (strcmp(verb, "match") == 0 || strcmp(verb, "again") == 0 || strcmp(verb, "dry") == 0)
        do_match(&words, verb[0] == 'd', verb[0] == 'a');
    else if (strcmp(verb, "act") == 0)
        do_act(&words);
    else if (strcmp(verb, "link") == 0)
        do_link(&words);
    else if (strcmp(verb, "unlink") == 0)
        do_unlink(&words);
    else if (strcmp(verb, "as") == 0)
        do_as(&words, line);
    else
        die("'%s' is no command", verb);
}

static void case_line(char *line)
{
    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '\0' || line[0] == '#')
        return;
    if (line[0] == ' ' && run.block[0] != '\0') {
        if (run.row_count == ROWS_MAX)
            die("too many rows");
        snprintf(run.rows[run.row_count], LINE_ROOM, "%s", line);
        normalise(run.rows[run.row_count++]);
        return;
    }
    if (strncmp(line, "case ", 5) == 0) {
        case_begin(line + 5);
        return;
    }
    if (!run.in_case)
        die("a case begins with `case NAME`");
    block_end();
    command(line + strspn(line, " "));
}

static void run_file(const char *path)
{
    char line[LINE_ROOM];
    FILE *file = fopen(path, "r");
    case_path = path;
    case_line_no = 0;
    if (file == NULL)
        die("cannot be opened");
    while (fgets(line, sizeof line, file) != NULL) {
        case_line_no++;
        case_line(line);
    }
    case_end();
    fclose(file);
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

int main(int count, char **arguments)
{
    case_path = "cases";
    if (count < 5)
        die("usage: cases DIRECTORY PORT DATABASE FILE...");
    const char *const names[] = {"host", "port", "dbname", "user", NULL};
    const char *const values[] = {arguments[1], arguments[2], arguments[3], "postgres", NULL};
    run.connection = PQconnectdbParams(names, values, 0);
    if (PQstatus(run.connection) != CONNECTION_OK)
        die("%s", PQerrorMessage(run.connection));
    PQsetNoticeReceiver(run.connection, ignore_notice, NULL);
    for (int i = 4; i < count; i++)
        run_file(arguments[i]);
    PQfinish(run.connection);
    printf("%d passed, %d failed\n", run.passed_count, run.failed_count);
    return run.failed_count == 0 ? 0 : 1;
}
