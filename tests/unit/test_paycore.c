/* The payment core's side of the contract without sockets and without a database: the JSON door,
 * the table of operations, bodies against their tables, what refusals are called, configuration. */
#include "table.h"

#include <unistd.h>

#include "src/core/body.h"
#include "src/core/config.h"
#include "src/core/json_door.h"
#include "src/core/problem.h"
#include "src/core/request.h"

static void door_case(const struct table_row *row, char *out, size_t size)
{
    enum json_door_fault fault;
    struct error error;
    json_t *value = json_door_read(row->cells[1], &fault, &error);

    snprintf(out, size, "%s", json_door_code(fault));
    assert_int_equal(value == NULL, fault != JSON_DOOR_FINE);
    json_decref(value);
}

static void route_case(const struct table_row *row, char *out, size_t size)
{
    const struct core_route *route;
    struct core_variables variables;
    char allowed[64];
    enum route_match match = core_route_find(table_cell(row, 1), table_cell(row, 2), &route,
                                             &variables, allowed);

    if (match != ROUTE_FOUND) {
        snprintf(out, size, match == ROUTE_NO_PATH ? "no path" : "only %s", allowed);
        return;
    }
    size_t length = (size_t)snprintf(out, size, "%s", route->operation);

    for (size_t i = 0; i < variables.count; i++)
        length += (size_t)snprintf(out + length, size - length, " %.*s=%.*s",
                                   (int)variables.name[i].length, variables.name[i].data,
                                   (int)variables.value[i].length, variables.value[i].data);
}

static const struct core_route *operation(const char *name)
{
    size_t count;
    const struct core_route *all = core_routes(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].operation, name) == 0)
            return &all[i];
    fail_msg("there is no operation %s", name);
    return NULL;
}

static void body_case(const struct table_row *row, char *out, size_t size)
{
    enum json_door_fault fault;
    struct error error;
    struct buffer words;
    json_t *value = json_door_read(row->cells[2], &fault, &error);

    assert_non_null(value);
    buffer_init(&words, 4096);
    const char *code = core_body_check(value, operation(table_cell(row, 1))->body, &words);

    snprintf(out, size, "%s%s%s", code ? code : "fine", code ? " " : "", buffer_text(&words));
    buffer_free(&words);
    json_decref(value);
}

static void problem_case(const struct table_row *row, char *out, size_t size)
{
    static const struct {
        const char *word;
        enum core_outcome outcome;
    } outcomes[] = {
        {"refused", CORE_REFUSED}, {"unreachable", CORE_UNREACHABLE}, {"unknown", CORE_UNKNOWN}};
    struct core_refusal refusal = {0};
    int status = 0;

    snprintf(refusal.sqlstate, sizeof refusal.sqlstate, "%.5s", table_cell(row, 2));
    snprintf(refusal.message, sizeof refusal.message, "%.99s", table_cell(row, 3));
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(outcomes[i].word, table_cell(row, 1)) != 0)
            continue;
        const char *code = core_problem_of(outcomes[i].outcome, &refusal,
                                           strcmp(table_cell(row, 4), "writes") == 0, &status);

        snprintf(out, size, "%d %s", status, code);
    }
}

/* ask METHOD PATH[?NAME=VALUE] HEADERS BODY: headers are `key`, `match`, `json`, `id` = value. */
struct asked {
    char path[512], headers[512];
    struct core_request request;
};

static void take_headers(struct asked *asked)
{
    static const struct {
        const char *word;
        size_t offset;
    } known[] = {{"key=", offsetof(struct core_request, key)},
                 {"match=", offsetof(struct core_request, if_match)},
                 {"type=", offsetof(struct core_request, content_type)},
                 {"id=", offsetof(struct core_request, request_id)},
                 {"actor=", offsetof(struct core_request, actor)},
                 {"twice=", offsetof(struct core_request, twice)}};

    for (char *at = asked->headers; *at != '\0';) {
        char *end = at + strcspn(at, " ");
        bool last = *end == '\0';

        *end = '\0';
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            size_t length = strlen(known[i].word);

            if (strncmp(at, known[i].word, length) == 0)
                memcpy((char *)&asked->request + known[i].offset, &(const char *){at + length},
                       sizeof(const char *));
        }
        at = last ? end : end + 1;
    }
}

static void ask_case(const struct table_row *row, char *out, size_t size)
{
    static char nowhere[] = "/nonexistent", none[] = "none";
    const struct core_config config = {.host = nowhere, .database = none, .user = none,
                                       .database_port = 1, .statement_ms = 100};
    struct core_database *database = core_database_new(&config);
    struct core_metrics *metrics = core_metrics_new();
    struct asked asked = {.request = {.method = table_cell(row, 1), .actor = "clerk"}};
    struct core_reply reply;

    snprintf(asked.path, sizeof asked.path, "%s", table_cell(row, 2));
    snprintf(asked.headers, sizeof asked.headers, "%s", table_cell(row, 3));
    take_headers(&asked);
    if (asked.request.actor[0] == '\0')
        asked.request.actor = NULL;
    char *query = strchr(asked.path, '?');

    if (query) {
        char *value = strchr(query, '=');

        *query = *value = '\0';
        asked.request.query[0].name = query + 1;
        asked.request.query[0].value = value + 1;
        asked.request.query_count = 1;
    }
    asked.request.path = asked.path;
    asked.request.body = span_of(table_cell(row, 4));
    core_answer(database, metrics, NULL, &asked.request, &reply);
    json_t *document = json_loadb(reply.body.data, reply.body.length, 0, NULL);

    snprintf(out, size, "%d %s", reply.status, reply.code);
    if (reply.status >= 400 && strcmp(reply.content_type, "application/problem+json") == 0) {
        assert_string_equal(json_string_value(json_object_get(document, "code")), reply.code);
        assert_int_equal(json_integer_value(json_object_get(document, "status")), reply.status);
        assert_string_equal(json_string_value(json_object_get(document, "request_id")),
                            reply.request_id);
    }
    json_decref(document);
    buffer_free(&reply.body);
    core_metrics_free(metrics);
    core_database_free(database);
}

static void core_case(const struct table_row *row, char *out, size_t size)
{
    const char *verb = table_cell(row, 0);
    int64_t number;

    if (strcmp(verb, "door") == 0)
        door_case(row, out, size);
    else if (strcmp(verb, "route") == 0)
        route_case(row, out, size);
    else if (strcmp(verb, "body") == 0)
        body_case(row, out, size);
    else if (strcmp(verb, "problem") == 0)
        problem_case(row, out, size);
    else if (strcmp(verb, "ask") == 0)
        ask_case(row, out, size);
    else if (strcmp(verb, "payout") == 0 && core_payout_number(row->cells[1], &number))
        snprintf(out, size, "%lld", (long long)number);
    else
        snprintf(out, size, "no");
}

static void the_table(void **state)
{
    (void)state;
    table_check("tests/unit/paycore.tbl", core_case);
}

/* --- limits that do not fit in a line */

static enum json_door_fault door(const char *text, size_t length)
{
    enum json_door_fault fault;
    struct error error;

    json_decref(json_door_read((struct span){text, length}, &fault, &error));
    return fault;
}

static void the_door_has_limits(void **state)
{
    size_t size = JSON_DOOR_BYTES_MAX + 1;
    char *text = malloc(size);

    (void)state;
    memset(text, ' ', size);
    text[0] = '1';
    assert_int_equal(door(text, size - 1), JSON_DOOR_FINE);
    assert_int_equal(door(text, size), JSON_DOOR_TOO_LARGE);
    for (int depth = 16; depth <= 17; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        assert_int_equal(door(text, 2 * (size_t)depth),
                         depth == 16 ? JSON_DOOR_FINE : JSON_DOOR_TOO_DEEP);
    }
    memset(text, '[', size - 1);
    assert_int_equal(door(text, size - 1), JSON_DOOR_TOO_DEEP);
    text[0] = '[';
    for (size_t i = 1; i + 1 < 2 * 200002; i += 2)
        memcpy(text + i, "1,", 2);
    memcpy(text + 2 * 200002 - 1, "1]", 2);
    assert_int_equal(door(text, 2 * 200002 + 1), JSON_DOOR_TOO_LARGE);
    free(text);
}

/* Bytes from a seed: whatever comes, the door answers, and what it lets in it can write. */
static void the_door_takes_any_bytes(void **state)
{
    static const char some[] = "{}[]\",:0123456789.eE+-\\untrfals \x80\xc3\xa9\xed\xa0";
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char text[24];
        enum json_door_fault fault;
        struct error error;

        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[i] = some[(seed >> 33) % (sizeof some - 1)];
        }
        json_t *value = json_door_read((struct span){text, 1 + (seed >> 40) % sizeof text}, &fault,
                                       &error);

        assert_int_equal(value == NULL, fault != JSON_DOOR_FINE);
        json_decref(value);
    }
}

/* --- the tables themselves */

/* What stands deeper, in a list or in a text is not the object's own. */
static void a_number_is_found(void **state)
{
    static const struct {
        const char *json;
        int64_t number; /* 0: none */
    } cases[] = {
        {"{\"version\" : 7, \"a\": 1}", 7},
        {"{\"a\":{\"version\":1},\"version\":-2}", -2},
        {"{\"a\":\"\\\"version\\\": 4\", \"b\":\"version\", \"version\":\n5}", 5},
        {"{\"a\":[{\"version\":1}]}", 0},
        {"[\"version\", 3]", 0},
        {"{\"version\":\"6\"}", 0},
        {"{\"version\":null}", 0},
        {"{\"version\":", 0},
        {"{\"version\"", 0},
        {"{\"version", 0},
        {"{\"version\\", 0},
        {"\"", 0},
        {"", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t number = 0;
        bool found = json_door_number(span_of(cases[i].json), "version", &number);

        assert_int_equal(found, cases[i].number != 0);
        assert_int_equal(number, cases[i].number);
    }
}

static void codes_are_sorted(void **state)
{
    size_t count;
    const struct core_problem *all = core_problems(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(core_problem_find(all[i].code), &all[i]);
        assert_true(i == 0 || strcmp(all[i - 1].code, all[i].code) < 0);
        assert_true(all[i].status >= 400 && all[i].status < 600);
    }
    assert_null(core_problem_find("no-such-code"));
}

/* A POST or PUT has a key, a GET has none and changes nothing; a preview changes nothing either,
 * and a request is known by its own number. Statements have as many parameters as sources. */
static void operations_are_whole(void **state)
{
    size_t count;
    const struct core_route *all = core_routes(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        bool is_get = strcmp(all[i].method, "GET") == 0;
        char last[16], beyond[16];
        int sources = 0;

        bool is_correction = all[i].kind == ROUTE_PREVIEW || all[i].kind == ROUTE_EXECUTE;

        assert_int_equal(all[i].keyed, !is_get && !is_correction);
        assert_true(!is_get || (!all[i].body && !all[i].versioned));
        if (all[i].kind != ROUTE_STATEMENT)
            continue;
        for (const char *at = all[i].parameters; *at != '\0'; at += strspn(at, " ")) {
            at += strcspn(at, " ");
            sources++;
        }
        snprintf(last, sizeof last, "$%d", sources);
        snprintf(beyond, sizeof beyond, "$%d", sources + 1);
        assert_non_null(strstr(all[i].sql, last));
        assert_null(strstr(all[i].sql, beyond));
        assert_int_equal(all[i].keyed, strstr(all[i].sql, "replayed") != NULL);
    }
}

/* --- configuration */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void configuration_is_read(void **state)
{
    char path[] = "/tmp/core-config.XXXXXX";
    struct error error = {0};

    (void)state;
    close(mkstemp(path));
    write_file(path, "# a comment\ntls_certificate a.crt\ntls_key /b.key\nclient_ca c.crt\n"
                     "threads 3\n");
    setenv("PAYCORE_THREADS", "5", 1);
    struct core_config *config = core_config_read(path, NULL, NULL, &error);

    unsetenv("PAYCORE_THREADS");
    assert_non_null(config);
    assert_string_equal(config->tls_certificate, "/tmp/a.crt");
    assert_string_equal(config->tls_key, "/b.key");
    assert_string_equal(config->user, "paycore");
    assert_int_equal(config->threads, 5);
    assert_int_equal(config->port, 8443);
    core_config_free(config);
    unlink(path);
}

static void count_faults(void *context, const char *fault)
{
    assert_non_null(fault);
    ++*(int *)context;
}

static void faults_of_a_configuration_are_all_told(void **state)
{
    char path[] = "/tmp/core-config.XXXXXX";
    struct error error = {0};
    int faults = 0;

    (void)state;
    close(mkstemp(path));
    write_file(path, "tls_certificate a\nthread 3\nport 70000\nport 1\nlog loud\n"
                     "host db.example\nkey\n");
    assert_null(core_config_read(path, count_faults, &faults, &error));
    /* thread, port, port again, log, key; tls_key and client_ca are missing; host needs proof. */
    assert_int_equal(faults, 8);
    assert_non_null(strstr(error.message, "did you mean 'threads'"));
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table),
        cmocka_unit_test(the_door_has_limits),
        cmocka_unit_test(the_door_takes_any_bytes),
        cmocka_unit_test(a_number_is_found),
        cmocka_unit_test(codes_are_sorted),
        cmocka_unit_test(operations_are_whole),
        cmocka_unit_test(configuration_is_read),
        cmocka_unit_test(faults_of_a_configuration_are_all_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
