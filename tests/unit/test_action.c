/* The action table holds together, and rows and arguments become the calls they should. */
#include <unistd.h>

#include "table.h"

#include "daybook/action/action.h"
#include "daybook/store/request.h"

static bool is_name(const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++)
        if (!((text[i] >= 'a' && text[i] <= 'z') || (text[i] == '-' && i > 0)))
            return false;
    return text[0] != '\0';
}

static void table_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < action_count; i++) {
        const struct action *action = &actions[i];
        assert_true(is_name(action->name));
        assert_true(i == 0 || strcmp(actions[i - 1].name, action->name) < 0);
        assert_ptr_equal(action_find(action->name), action);
        assert_true(action->word != NULL && action->word[0] != '\0');
        assert_true(action->help[strlen(action->help) - 1] == '.');
        assert_int_not_equal(action->where & (ACTION_HEADLESS | ACTION_CONSOLE), 0);
        assert_true((action->scope == ACTION_ANYWHERE) == (action->columns[0] == NULL));
        /* What a statement does is told in a sentence with its number. */
        bool acts = action->statement != NULL || action->path != NULL || action->decision != NULL;
        assert_true(acts == (action->done_one != NULL));
        assert_true(action->path == NULL || strstr(action->path, "{payment_id}") != NULL);
        if (action->done_one != NULL) {
            assert_non_null(strstr(action->done_one, "{n}"));
            assert_non_null(strstr(action->done_many, "{n}"));
        }
    }
    assert_null(action_find("no-such-action"));
}

static void arguments_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < action_count; i++) {
        const struct action *action = &actions[i];
        bool words_seen = false, needed = false;
        for (size_t a = 0; a < action_argument_count(action); a++) {
            const struct action_argument *argument = &action->arguments[a];
            assert_true(is_name(argument->name));
            assert_non_null(argument->help);
            /* Nothing can stand behind the words that take all the rest. */
            assert_false(argument->positional && words_seen);
            words_seen = words_seen || argument->type == ACTION_WORDS;
            needed = needed || argument->required;
            assert_ptr_equal(action_argument(action, argument->name), argument);
        }
        /* In the console a form asks for what is needed. */
        if (needed && (action->where & ACTION_CONSOLE) != 0 && action->scope != ACTION_ANYWHERE)
            assert_non_null(action->form);
    }
}

/* Whatever a statement of the table wants comes from the action, its columns or its arguments. */
static void statements_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < action_count; i++) {
        const struct action *action = &actions[i];
        if (action->statement == NULL)
            continue;
        const struct store_statement *statement = store_statement(action->statement);
        assert_non_null(statement);
        for (size_t p = 0; p < statement->parameter_count; p++) {
            const char *name = statement->parameters[p].name;
            bool known = strcmp(name, "action") == 0 || strcmp(name, "text") == 0 ||
                         strcmp(name, "until") == 0 ||
                         action_argument(action, name) != NULL ||
                         (strcmp(name, "sha256") == 0 &&
                          action_argument(action, "attachment") != NULL);
            for (size_t c = 0; c < ACTION_COLUMNS_MAX && action->columns[c] != NULL; c++)
                known = known || strncmp(action->columns[c], name,
                                         strlen(action->columns[c])) == 0;
            if (!known)
                fail_msg("%s: nothing gives %s", action->name, name);
        }
    }
}

/* An attachment goes as its name and its hash; what is no file is refused. */
static void attachments_are_hashed(void **state)
{
    (void)state;
    char path[] = "/tmp/daybook-attachment-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, "abc", 3) == 3);
    close(fd);
    const char *columns[] = {"contact_id"};
    const char *cells[] = {"7"};
    struct action_rows rows = {columns, 1, cells, 1};
    struct action_value values[] = {{"reply", "Yes."}, {"attachment", path}};
    struct action_request request;
    struct error error = {0};
    const struct action *answer = action_find("channel-contact-answer");
    assert_true(action_request_build(answer, &rows, values, 2, &request, &error));
    assert_string_equal(request.values[2], strrchr(path, '/') + 1);
    assert_string_equal(request.values[3], "\\xba7816bf8f01cfea414140de5dae2223"
                                           "b00361a396177a9cb410ff61f20015ad");
    action_request_release(&request);
    unlink(path);
    assert_false(action_request_build(answer, &rows, values, 2, &request, &error));
    values[1].text = "/dev/null";
    assert_false(action_request_build(answer, &rows, values, 2, &request, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    assert_true(action_request_build(answer, &rows, values, 1, &request, &error));
    assert_null(request.values[3]);
    action_request_release(&request);
}

static void roles_decide(void **state)
{
    (void)state;
    const struct action *claim = action_find("claim");
    assert_null(action_off(claim, "clearing"));
    assert_null(action_off(claim, "auditor supervisor"));
    assert_non_null(action_off(claim, "support"));
    assert_non_null(action_off(claim, "clear"));
    assert_non_null(action_off(claim, ""));
    assert_null(action_off(claim, NULL));
    assert_null(action_off(action_find("list"), ""));
}

static void many_rows_become_arrays(void **state)
{
    (void)state;
    const char *const columns[] = {"exception_id", "version"};
    const char *const cells[] = {"7", "1", "9", NULL};
    const struct action_rows rows = {columns, 2, cells, 2};
    const struct action_value values[] = {{"until", "2026-11-30"}, {"text", "why"}};
    struct action_request request;
    struct error error;
    assert_true(action_request_build(action_find("defer"), &rows, values, 2, &request, &error));
    assert_string_equal(request.statement, "exception-act");
    assert_int_equal(request.value_count, 5);
    assert_string_equal(request.values[0], "defer");
    assert_string_equal(request.values[1], "{7,9}");
    assert_string_equal(request.values[2], "{1,NULL}");
    assert_string_equal(request.values[3], "why");
    assert_string_equal(request.values[4], "2026-11-30");
    action_request_release(&request);
}

static void one_row_becomes_values(void **state)
{
    (void)state;
    const char *const columns[] = {"exception_id", "line_id", "value_date", "payment_id"};
    const char *const cells[] = {"7", "70", "2026-11-20", "20261120000000001", "8", "1", "2", "3"};
    struct action_rows rows = {columns, 4, cells, 1};
    struct action_request request;
    struct error error;
    assert_true(action_request_build(action_find("link"), &rows, NULL, 0, &request, &error));
    assert_int_equal(request.value_count, 5);
    assert_string_equal(request.values[0], "7");
    assert_null(request.values[1]); /* no version was seen */
    assert_string_equal(request.values[2], "70");
    assert_string_equal(request.values[3], "2026-11-20");
    assert_string_equal(request.values[4], "20261120000000001");
    action_request_release(&request);
    rows.row_count = 2;
    assert_false(action_request_build(action_find("link"), &rows, NULL, 0, &request, &error));
    rows.row_count = 0;
    assert_false(action_request_build(action_find("link"), &rows, NULL, 0, &request, &error));
}

static void wrong_arguments_are_refused(void **state)
{
    (void)state;
    const char *const columns[] = {"exception_id"};
    const char *const good[] = {"7"};
    const char *const bad[] = {"7); drop"};
    struct action_rows rows = {columns, 1, good, 1};
    struct action_request request;
    struct error error;
    const struct action_value no_date[] = {{"text", "why"}};
    const struct action_value odd_date[] = {{"until", "tomorrow"}, {"text", "why"}};
    const struct action_value blank[] = {{"until", "2026-11-30"}, {"text", ""}};
    const struct action *defer = action_find("defer");
    assert_false(action_request_build(defer, &rows, no_date, 1, &request, &error));
    assert_string_equal(error.message, "defer needs until: the last day to wait, as 2026-11-30");
    assert_false(action_request_build(defer, &rows, odd_date, 2, &request, &error));
    assert_false(action_request_build(defer, &rows, blank, 2, &request, &error));
    rows.cells = bad;
    assert_false(action_request_build(action_find("claim"), &rows, NULL, 0, &request, &error));
    assert_int_equal(error.code, ERROR_INPUT);
}

static void core_paths_and_tallies(void **state)
{
    (void)state;
    const char *const columns[] = {"payment_id", "version"};
    const char *const cells[] = {"20261120000000417", "4", "7", "1"};
    struct action_rows rows = {columns, 2, cells, 2};
    const struct action *cancel = action_find("payout-cancel");
    char path[ACTION_PATH_MAX];
    int64_t version = 0;
    struct error error;
    assert_true(action_core_path(cancel, &rows, 0, path, &version, &error));
    assert_string_equal(path, "/v1/payouts/P2026112000417:cancel");
    assert_int_equal(version, 4);
    assert_false(action_core_path(cancel, &rows, 1, path, &version, &error));
    struct action_tally tally = {0};
    struct action_summary summary;
    struct core_answer done = {.outcome = CORE_DONE, .status = 200};
    struct core_answer refused = {.outcome = CORE_REFUSED, .status = 409, .code = "illegal-edge",
                                  .detail = "from=PAID to=CANCELLED"};
    struct core_answer unknown = {.outcome = CORE_UNKNOWN};
    action_core_count(&done, &tally);
    action_core_count(&refused, &tally);
    assert_int_equal(tally.first.code, ERROR_CONFLICT);
    action_core_count(&unknown, &tally);
    action_core_summarise(cancel, &tally, &summary);
    assert_string_equal(summary.sentence, "1 payout cancelled. 2 refused: What is PAID cannot "
                                          "become CANCELLED.");
    assert_int_equal(tally.unknown, 1);
}

static const char *ladder_refusal(const char *detail)
{
    static struct action_tally tally;
    struct core_answer refused = {.outcome = CORE_REFUSED, .status = 409, .code = "illegal-edge"};
    snprintf(refused.detail, sizeof refused.detail, "%s", detail);
    tally = (struct action_tally){0};
    action_core_count(&refused, &tally);
    assert_int_equal(tally.first.code, ERROR_CONFLICT);
    return tally.first.message;
}

static void ladders_are_no_states(void **state)
{
    (void)state;
    assert_string_equal(ladder_refusal("kind=payment from=UNKNOWN to=STOPPED"),
                        "The ladder is stopped already.");
    assert_string_equal(ladder_refusal("kind=payment from=PRESUMED_PAID to=RESUMED"),
                        "The ladder was not stopped: it goes on.");
    assert_string_equal(ladder_refusal("kind=payment from=PAID to=STOPPED"),
                        "Its result is not in doubt: there is no ladder.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_whole),
        cmocka_unit_test(arguments_are_whole),
        cmocka_unit_test(statements_fit),
        cmocka_unit_test(attachments_are_hashed),
        cmocka_unit_test(roles_decide),
        cmocka_unit_test(many_rows_become_arrays),
        cmocka_unit_test(one_row_becomes_values),
        cmocka_unit_test(wrong_arguments_are_refused),
        cmocka_unit_test(core_paths_and_tallies),
        cmocka_unit_test(ladders_are_no_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
