/* The connection against a real server: outcomes are three, deadlines are ours, nothing is sent
 * twice, it comes back by itself, and it speaks to nobody but the server it was told.
 *
 * usage: store_live PROFILE SECRETS   (tests/console/run starts it)
 * The login is a clerk's; SECRETS has password and passphrase, a line each. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daybook/base/date.h"
#include "daybook/base/log.h"
#include "daybook/store/config.h"
#include "daybook/store/connection.h"
#include "daybook/store/request.h"
#include "daybook/trust/key.h"
#include "daybook/trust/secret.h"

static struct config *config;
static struct key *key;
static struct secret *password;

static struct store_options options_for_test(void)
{
    return (struct store_options){
        .host = config->host, .hostaddr = config->hostaddr, .port = config->port,
        .database = config->database, .user = config->operator_name,
        .password = secret_text(password), .root_certificate = config->root_certificate,
        .certificate = config->certificate, .key = key_path(key), .application = "store_live"};
}

static struct store *connected(void)
{
    struct store_options options = options_for_test();
    struct error error;
    struct store *store = store_new(&options, &error);
    assert_non_null(store);
    if (!store_wait_ready(store, 20000, &error))
        fail_msg("%s", error.message);
    return store;
}

struct ended {
    int count;
    enum store_outcome outcome;
    enum error_code code;
    char sqlstate[6];
    char first[64]; /* the first cell */
};

static void end(void *context, struct store_answer *answer)
{
    struct ended *ended = context;
    ended->count++;
    ended->outcome = answer->outcome;
    ended->code = answer->error.code;
    memcpy(ended->sqlstate, answer->sqlstate, sizeof ended->sqlstate);
    if (answer->result != NULL && answer->result->rows > 0)
        snprintf(ended->first, sizeof ended->first, "%s", answer->result->cells[0][0]);
}

static int64_t ask(struct store *store, const char *sql, bool writes, int deadline_ms,
                   struct ended *ended)
{
    *ended = (struct ended){0};
    struct store_call call = {.sql = sql, .writes = writes, .deadline_ms = deadline_ms,
                              .done = end, .context = ended};
    int64_t number = store_send(store, &call, NULL);
    assert_int_not_equal(number, 0);
    return number;
}

static void until_ended(struct store *store, const struct ended *ended)
{
    int64_t until_us = clock_monotonic_us() + 30000000;
    while (ended->count == 0 && clock_monotonic_us() < until_us)
        store_wait(store, until_us);
    assert_int_equal(ended->count, 1);
}

/* Its server process, as the server itself says. */
static pid_t backend(struct store *store)
{
    struct ended ended;
    ask(store, "select pg_backend_pid()", false, 0, &ended);
    until_ended(store, &ended);
    return (pid_t)strtol(ended.first, NULL, 10);
}

/* Until that process runs a pg_sleep(): a cancel that comes before its query is for nothing. */
static void until_sleeps(pid_t pid)
{
    struct store *watcher = connected();
    struct ended seen = {0};
    char sql[160];
    snprintf(sql, sizeof sql, "select count(*) from pg_stat_activity where pid = %d and"
             " wait_event = 'PgSleep'", (int)pid);
    int64_t until_us = clock_monotonic_us() + 10000000;
    while (strcmp(seen.first, "1") != 0 && clock_monotonic_us() < until_us) {
        ask(watcher, sql, false, 0, &seen);
        until_ended(watcher, &seen);
    }
    assert_string_equal(seen.first, "1");
    store_free(watcher);
}

/* --- outcomes */

static void answers_come_in_their_order(void **state)
{
    (void)state;
    struct store *store = connected();
    struct ended ended[6];
    ask(store, "select 1", false, 0, &ended[0]);
    ask(store, "select 1 / 0", false, 0, &ended[1]);
    ask(store, "select 3", false, 0, &ended[2]);
    ask(store, "select 4", true, 0, &ended[3]);
    ask(store, "select * from desk.line", false, 0, &ended[4]);
    ask(store, "select 6", false, 0, &ended[5]);
    until_ended(store, &ended[5]);
    const enum store_outcome wanted[] = {STORE_DONE, STORE_DECLINED, STORE_DONE,
                                         STORE_DONE, STORE_DECLINED, STORE_DONE};
    for (int i = 0; i < 6; i++) {
        assert_int_equal(ended[i].count, 1);
        assert_int_equal(ended[i].outcome, wanted[i]);
    }
    /* One that fails takes no other with it, and says which rule it met. */
    assert_string_equal(ended[1].sqlstate, "22012");
    assert_string_equal(ended[4].sqlstate, "42501");
    assert_string_equal(ended[5].first, "6");
    store_free(store);
}

static void silence_is_unknown_and_leaves_the_connection(void **state)
{
    (void)state;
    struct store *store = connected();
    struct ended read_ended, write_ended, later;
    pid_t pid = backend(store);
    assert_int_equal(kill(pid, SIGSTOP), 0);
    int64_t begin_us = clock_monotonic_us();
    ask(store, "select 1", true, 400, &write_ended);
    ask(store, "select 2", false, 30000, &later);
    until_ended(store, &write_ended);
    int64_t spent_us = clock_monotonic_us() - begin_us;
    assert_int_equal(write_ended.outcome, STORE_UNKNOWN);
    assert_int_equal(write_ended.code, ERROR_TIMEOUT);
    assert_true(spent_us >= 400000 && spent_us < 2000000);
    /* What was only queued goes out on the next connection, which is another one. */
    until_ended(store, &later);
    assert_int_equal(later.outcome, STORE_DONE);
    assert_int_not_equal(backend(store), pid);
    kill(pid, SIGCONT);
    ask(store, "select 3", false, 0, &read_ended);
    until_ended(store, &read_ended);
    assert_int_equal(read_ended.outcome, STORE_DONE);
    store_free(store);
}

static void a_lost_read_is_asked_again_a_lost_write_never(void **state)
{
    (void)state;
    struct store *store = connected();
    struct ended read_ended, write_ended;
    pid_t pid = backend(store);
    ask(store, "select pg_sleep(0.3), 7", false, 0, &read_ended);
    store_advance(store, clock_monotonic_us());
    kill(pid, SIGKILL);
    until_ended(store, &read_ended);
    assert_int_equal(read_ended.outcome, STORE_DONE);
    pid = backend(store);
    ask(store, "select pg_sleep(0.3), 8", true, 0, &write_ended);
    store_advance(store, clock_monotonic_us());
    kill(pid, SIGKILL);
    until_ended(store, &write_ended);
    assert_int_equal(write_ended.outcome, STORE_UNKNOWN);
    store_free(store);
}

static void a_cancelled_read_ends_and_the_next_goes_on(void **state)
{
    (void)state;
    struct store *store = connected();
    struct ended slow, next;
    pid_t pid = backend(store);
    int64_t begin_us = clock_monotonic_us();
    int64_t number = ask(store, "select pg_sleep(20)", false, 0, &slow);
    store_advance(store, clock_monotonic_us());
    until_sleeps(pid);
    store_cancel(store, number);
    ask(store, "select 2", false, 0, &next);
    until_ended(store, &next);
    assert_int_equal(slow.count, 1);
    assert_int_equal(slow.outcome, STORE_DECLINED);
    assert_int_equal(slow.code, ERROR_CANCELLED);
    assert_int_equal(next.outcome, STORE_DONE);
    assert_true(clock_monotonic_us() - begin_us < 5000000);
    store_free(store);
}

static void what_is_forgotten_is_silent(void **state)
{
    (void)state;
    struct store *store = connected();
    struct ended gone, unsent, next;
    pid_t pid = backend(store);
    int64_t first = ask(store, "select pg_sleep(20)", false, 0, &gone);
    store_advance(store, clock_monotonic_us());
    int64_t second = ask(store, "select 1", true, 0, &unsent);
    until_sleeps(pid);
    store_forget(store, first);
    store_forget(store, second);
    ask(store, "select 2", false, 0, &next);
    until_ended(store, &next);
    assert_int_equal(gone.count, 0);
    assert_int_equal(unsent.count, 0);
    assert_int_equal(store_pending(store), 0);
    store_free(store);
}

static void a_large_answer_is_refused(void **state)
{
    (void)state;
    struct store *store = connected();
    struct store_call call = {.sql = "select repeat('x', 100000) from generate_series(1, 100)",
                              .result_limit = 1 << 20};
    struct store_answer answer;
    assert_false(store_run(store, &call, &answer));
    assert_int_equal(answer.error.code, ERROR_LIMIT);
    store_answer_release(&answer);
    call.sql = "select 1";
    assert_true(store_run(store, &call, &answer));
    store_answer_release(&answer);
    store_free(store);
}

/* --- whom it speaks to */

static void refused(struct store_options options, enum error_code wanted, const char *what)
{
    struct error error;
    options.once = true;
    struct store *store = store_new(&options, &error);
    assert_non_null(store);
    if (store_wait_ready(store, 20000, &error))
        fail_msg("connected in spite of %s", what);
    if (error.code != wanted)
        fail_msg("%s: %s", what, error.message);
    store_free(store);
}

static void only_the_right_server_and_login(void **state)
{
    (void)state;
    struct store_options right = options_for_test(), options = right;
    options.host = "db.example";
    refused(options, ERROR_CONNECTION, "a name that is not in the certificate");
    options = right;
    options.root_certificate = config->certificate;
    refused(options, ERROR_CONNECTION, "an authority that did not sign");
    options = right;
    options.root_certificate = "/nonexistent/root.crt";
    refused(options, ERROR_CONNECTION, "no authority");
    options = right;
    options.password = "wrong";
    refused(options, ERROR_REFUSED, "a wrong password");
    options = right;
    options.user = "clerk2";
    refused(options, ERROR_REFUSED, "another login with my certificate");
    options = right;
    options.certificate = "/nonexistent/me.crt";
    refused(options, ERROR_REFUSED, "no certificate");
    options = right;
    options.port = "1";
    refused(options, ERROR_CONNECTION, "nobody at the port");
}

static void the_session_is_as_asked(void **state)
{
    (void)state;
    struct store *store = connected();
    struct store_call call = {
        .sql = "select s.ssl, s.version, current_setting('timezone') as zone,"
               " current_setting('datestyle') as style, current_setting('client_encoding') as code,"
               " current_setting('idle_in_transaction_session_timeout') as idle"
               " from pg_stat_ssl s where s.pid = pg_backend_pid()"};
    struct store_answer answer;
    assert_true(store_run(store, &call, &answer));
    assert_string_equal(store_cell(answer.result, 0, "ssl"), "t");
    assert_string_equal(store_cell(answer.result, 0, "version"), "TLSv1.3");
    assert_string_equal(store_cell(answer.result, 0, "zone"), "UTC");
    assert_int_equal(strncmp(store_cell(answer.result, 0, "style"), "ISO", 3), 0);
    assert_string_equal(store_cell(answer.result, 0, "code"), "UTF8");
    assert_string_equal(store_cell(answer.result, 0, "idle"), "5min");
    store_answer_release(&answer);
    store_free(store);
}

int main(int argc, char **argv)
{
    struct error error;
    if (argc != 3) {
        fprintf(stderr, "usage: store_live PROFILE SECRETS\n");
        return 2;
    }
    log_set_file(-1);
    password = secret_new();
    struct secret *passphrase = secret_new();
    int fd = open(argv[2], O_RDONLY);
    config = config_read(argv[1], NULL, NULL, &error);
    if (config == NULL || !secret_read(password, fd, &error) ||
        !secret_read(passphrase, fd, &error) ||
        (key = key_open(config->key, secret_text(passphrase), &error)) == NULL) {
        fprintf(stderr, "store_live: %s\n", error.message);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_in_their_order),
        cmocka_unit_test(silence_is_unknown_and_leaves_the_connection),
        cmocka_unit_test(a_lost_read_is_asked_again_a_lost_write_never),
        cmocka_unit_test(a_cancelled_read_ends_and_the_next_goes_on),
        cmocka_unit_test(what_is_forgotten_is_silent),
        cmocka_unit_test(a_large_answer_is_refused),
        cmocka_unit_test(only_the_right_server_and_login),
        cmocka_unit_test(the_session_is_as_asked),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    key_free(key);
    secret_free(passphrase);
    secret_free(password);
    config_free(config);
    return failed;
}
