#include "request.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "body.h"
#include "correction.h"
#include "daybook/base/embed.h"
#include "daybook/base/json.h"
#include "daybook/base/memory.h"
#include "daybook/trust/sha256.h"
#include "json_door.h"
#include "passage.h"
#include "problem.h"

enum {
    ARENA_MAX = 8 << 20,
    KEY_LEAST = 8,
    KEY_MOST = 64,
    ETAG_BODY_MAX = 16 << 10,
    LIST_LIMIT_MOST = 200,
    BUSY_RETRY_S = 1,
    TRIES_MAX = 3,
    ID_BYTES = 12,
    ID_STOCK = 21 /* ids fetched at a time: up to 256 bytes the kernel gives whole */
};

bool passage_problem(struct passage *passage, const char *code, int status, const char *words)
{
    struct core_reply *reply = passage->reply;

    reply->status = status;
    reply->content_type = "application/problem+json";
    buffer_clear(&reply->body);
    core_problem_write(&reply->body, code, status, words, reply->request_id);
    snprintf(reply->code, sizeof reply->code, "%.63s", code);
    if (status == 503 || status == 429)
        reply->retry_after_s = BUSY_RETRY_S;
    return false;
}

bool passage_refuse(struct passage *passage, const char *code, const char *words)
{
    const struct core_problem *row = core_problem_find(code);

    assert(row);
    return passage_problem(passage, code, row->status, words);
}

/* --- headers */

static bool is_token(struct span text, size_t least, size_t most, const char *more)
{
    if (text.length < least || text.length > most)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
              || (c != '\0' && strchr(more, c))))
            return false;
    }
    return true;
}

/* Twelve random bytes that nobody had before. The kernel is asked once for many ids: each thread
 * has a stock of its own, and no byte of it is given out twice. */
static bool random_of_id(unsigned char random[ID_BYTES])
{
    static _Thread_local unsigned char stock[ID_STOCK][ID_BYTES];
    static _Thread_local size_t left;

    if (left == 0) {
        if (getrandom(stock, sizeof stock, 0) != (ssize_t)sizeof stock)
            return false;
        left = ID_STOCK;
    }
    left--;
    memcpy(random, stock[left], ID_BYTES);
    explicit_bzero(stock[left], ID_BYTES);
    return true;
}

static bool take_request_id(struct passage *passage)
{
    static const char digits[] = "0123456789abcdef";
    const char *given = passage->request->request_id;
    char *id = passage->reply->request_id;
    unsigned char random[ID_BYTES] = {0};

    if (given && is_token(span_of(given), 1, REQUEST_ID_MAX - 1, "-_.")) {
        snprintf(id, REQUEST_ID_MAX, "%s", given);
        return true;
    }
    if (!random_of_id(random))
        memcpy(random, &passage->request->now, sizeof passage->request->now);
    for (size_t i = 0; i < ID_BYTES; i++) {
        id[2 * i] = digits[random[i] >> 4];
        id[2 * i + 1] = digits[random[i] & 15];
    }
    id[2 * ID_BYTES] = '\0';
    return !given || passage_refuse(passage, "request-id-malformed", NULL);
}

static bool take_key(struct passage *passage)
{
    const char *key = passage->request->key;

    if (!passage->route->keyed)
        return true;
    if (!key)
        return passage_refuse(passage, "key-needed", NULL);
    if (!is_token(span_of(key), KEY_LEAST, KEY_MOST, "-_.:"))
        return passage_refuse(passage, "key-malformed", NULL);
    return true;
}

/* If-Match: "7", the version as the client saw it in ETag. */
static bool take_version(struct passage *passage)
{
    struct span tag = span_of(passage->request->if_match);

    if (!passage->route->versioned)
        return true;
    if (!passage->request->if_match)
        return passage_refuse(passage, "if-match-needed", NULL);
    if (tag.length < 3 || tag.length > 2 + 9 || tag.data[0] != '"'
        || tag.data[tag.length - 1] != '"'
        || !text_to_int64((struct span){tag.data + 1, tag.length - 2}, &passage->version)
        || passage->version < 0 || passage->version > INT32_MAX)
        return passage_refuse(passage, "if-match-malformed", NULL);
    return true;
}

/* --- the query */

static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = list ? list : ""; *at;) {
        size_t one = strcspn(at, " ");

        if (one == length && strncmp(at, word, length) == 0)
            return true;
        at += one + (at[one] == ' ');
    }
    return false;
}

static const char *query_value(const struct core_request *request, struct span name)
{
    for (size_t i = 0; i < request->query_count; i++)
        if (span_is(name, request->query[i].name))
            return request->query[i].value;
    return NULL;
}

/* What a parameter of any query must be. */
static const struct {
    const char *name, *form;
} query_forms[] = {
    {"state", "CREATED|APPROVED|CANCELLED|REJECTED|SUBMITTED|ACCEPTED|UNKNOWN|PRESUMED_PAID|PAID|"
              "FAILED|RECONCILED|NOT_PAID|RETURNED|REPAID|CREDITED_BACK"},
    {"channel", "channel"},
    {"order_no", "id"},
    {"bank_ref", "id"},
    {"cursor", "batch"},
};

static bool value_fits(const char *name, struct span value)
{
    int64_t limit;

    if (strcmp(name, "limit") == 0)
        return text_to_int64(value, &limit) && limit >= 1 && limit <= LIST_LIMIT_MOST;
    for (size_t i = 0; i < sizeof query_forms / sizeof query_forms[0]; i++)
        if (strcmp(name, query_forms[i].name) == 0)
            return core_form_fits(query_forms[i].form, value);
    return false;
}

static bool check_query(struct passage *passage)
{
    const struct core_request *request = passage->request;
    char words[128], name[64];

    if (request->query_overflow)
        return passage_refuse(passage, "query-malformed", "wanted=at most 8 parameters");
    for (size_t i = 0; i < request->query_count; i++) {
        text_printable(name, sizeof name, span_of(request->query[i].name));
        snprintf(words, sizeof words, "parameter=%s", name);
        if (!list_has(passage->route->query, request->query[i].name))
            return passage_refuse(passage, "query-unknown", words);
        if (!value_fits(request->query[i].name, span_of(request->query[i].value)))
            return passage_refuse(passage, "query-malformed", words);
        for (size_t other = 0; other < i; other++)
            if (strcmp(request->query[i].name, request->query[other].name) == 0)
                return passage_refuse(passage, "query-malformed", "wanted=each parameter once");
    }
    return true;
}

/* --- the body */

static bool is_json(const char *content_type)
{
    struct span type = span_of(content_type);

    type.length = content_type ? strcspn(content_type, ";") : 0;
    return span_is(span_trim(type), "application/json");
}

static bool parse_body(struct passage *passage)
{
    const struct core_request *request = passage->request;
    enum json_door_fault fault;
    struct error error = {0};

    if (!is_json(request->content_type))
        return passage_refuse(passage, "content-type", NULL);
    passage->body = json_door_read(request->body, &fault, &error);
    if (!passage->body)
        return passage_refuse(passage, json_door_code(fault), error.message);
    return true;
}

static bool take_body(struct passage *passage)
{
    static const struct core_member none[] = {{.name = NULL}};
    const struct core_member *members = passage->route->body;
    struct buffer words;

    if (passage->request->body_overflow)
        return passage_refuse(passage, "body-too-large", NULL);
    if (passage->request->body.length == 0)
        return !members || passage_refuse(passage, "body-needed", NULL);
    if (strcmp(passage->route->method, "GET") == 0)
        return passage_refuse(passage, "body-unexpected", NULL);
    if (!parse_body(passage))
        return false;
    buffer_init(&words, CORE_REFUSAL_TEXT);
    const char *code = core_body_check(passage->body, members ? members : none, &words);

    if (code)
        passage_refuse(passage, code, buffer_text(&words));
    buffer_free(&words);
    return !code;
}

/* What the key stands for: operation, path and content. If-Match is not part of it: a request that
 * is sent again after an unknown outcome is the same request, whatever version it names. */
static void take_sha(struct passage *passage)
{
    const struct core_route *route = passage->route;
    unsigned char digest[SHA256_BYTES];
    char hex[SHA256_HEX];
    struct buffer text;
    char *canonical = passage->body && json_object_size(passage->body) > 0
        ? json_dumps(passage->body, JSON_COMPACT | JSON_SORT_KEYS)
        : NULL;

    buffer_init(&text, 2 * JSON_DOOR_BYTES_MAX + 4096);
    buffer_append(&text, route->operation, strlen(route->operation) + 1);
    for (size_t i = 0; i < passage->variables.count; i++) {
        struct span value = passage->variables.value[i];

        buffer_append(&text, value.data, value.length);
        buffer_append_char(&text, '\0');
    }
    buffer_append_string(&text, canonical ? canonical : "");
    sha256_of(text.data, text.length, digest);
    snprintf(passage->sha, sizeof passage->sha, "\\x%s", sha256_hex(digest, hex));
    buffer_free(&text);
    free(canonical);
}

/* --- parameters of the statement */

static const char *number_text(struct passage *passage, int64_t number)
{
    return arena_format(passage->arena, "%lld", (long long)number);
}

static const char *payout_text(struct passage *passage, struct span text)
{
    int64_t number;

    return core_payout_number(text, &number) ? number_text(passage, number) : NULL;
}

static const char *variable_text(struct passage *passage, struct span name, bool is_payout)
{
    for (size_t i = 0; i < passage->variables.count; i++) {
        struct span value = passage->variables.value[i];

        if (!span_equal(passage->variables.name[i], name))
            continue;
        return is_payout ? payout_text(passage, value)
                         : arena_string(passage->arena, value.data, value.length);
    }
    assert(false && "a parameter names a variable of its path");
    return NULL;
}

static const char *member_text(struct passage *passage, struct span path, bool is_payout)
{
    json_t *value = path.length > 0 ? core_body_at(passage->body, path) : passage->body;

    if (!value)
        return NULL;
    if (json_is_string(value) && is_payout)
        return payout_text(passage, span_of(json_string_value(value)));
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value))
        return number_text(passage, json_integer_value(value));
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    char *dump = json_dumps(value, JSON_COMPACT);
    const char *kept = dump ? arena_string(passage->arena, dump, strlen(dump)) : NULL;

    free(dump);
    return kept;
}

static const char *parameter_text(struct passage *passage, struct span word)
{
    bool is_payout = word.data[word.length - 1] == '!';
    struct span rest = {word.data + 1, word.length - 1 - is_payout};
    char when[TIME_TEXT];

    switch (word.data[0]) {
    case '@':
        return variable_text(passage, rest, is_payout);
    case '$':
        return member_text(passage, rest, is_payout);
    case '?':
        return query_value(passage->request, rest);
    default:
        break;
    }
    if (span_is(word, "actor"))
        return passage->request->actor;
    if (span_is(word, "key"))
        return passage->request->key;
    if (span_is(word, "sha"))
        return passage->sha;
    if (span_is(word, "version"))
        return number_text(passage, passage->version);
    assert(span_is(word, "now"));
    time_text(passage->request->now, when);
    return arena_string(passage->arena, when, strlen(when));
}

int passage_parameters(struct passage *passage, const char *values[ROUTE_PARAMETERS_MAX])
{
    int count = 0;

    for (const char *at = passage->route->parameters; *at;) {
        size_t length = strcspn(at, " ");

        assert(count < ROUTE_PARAMETERS_MAX);
        values[count++] = parameter_text(passage, (struct span){at, length});
        at += length + (at[length] == ' ');
    }
    return count;
}

/* A path that names a payout, or a file, by what is none names nothing. */
static bool names_fit(struct passage *passage)
{
    struct span first = passage->variables.value[0];

    if (strstr(passage->route->parameters, "@id!") && !core_form_fits("payout", first))
        return passage_refuse(passage, "payout-unknown", NULL);
    if (strstr(passage->route->parameters, "@sha256") && !core_form_fits("sha256", first))
        return passage_refuse(passage, "file-unknown", NULL);
    return true;
}

/* --- the statement */

/* An answer that was lost is asked for again, unless the time is used up already. */
bool passage_run(struct passage *passage, const char *sql, int count, const char *const *values,
                 bool writes, PGresult **result)
{
    struct core_refusal refusal = {0};
    enum core_outcome outcome = CORE_UNKNOWN;
    int status;

    for (int tries = 0; tries < TRIES_MAX && outcome == CORE_UNKNOWN && !refusal.too_late; tries++)
        outcome = core_database_run(passage->database, sql, count, values, result, &refusal);
    if (outcome == CORE_DONE)
        return true;
    const char *code = core_problem_of(outcome, &refusal, writes, &status);

    return passage_problem(passage, code, status,
                           strncmp(refusal.sqlstate, "DB", 2) == 0 ? refusal.detail : NULL);
}

/* The version, which stands in the body; a list has none, and a batch is too long to look. */
static void take_etag(struct core_reply *reply)
{
    int64_t version;

    if (reply->body.length <= ETAG_BODY_MAX
        && json_door_number((struct span){reply->body.data, reply->body.length}, "version",
                            &version))
        snprintf(reply->etag, sizeof reply->etag, "\"%lld\"", (long long)version);
}

static bool take_answer(struct passage *passage, const PGresult *result)
{
    struct core_reply *reply = passage->reply;
    int64_t status;

    if (PQntuples(result) != 1 || PQgetisnull(result, 0, 1)
        || !text_to_int64(span_of(PQgetvalue(result, 0, 0)), &status))
        return passage_refuse(passage, "database-refused", "wanted=an answer");
    reply->status = (int)status;
    reply->replayed = PQnfields(result) > 2 && strcmp(PQgetvalue(result, 0, 2), "t") == 0;
    buffer_append(&reply->body, PQgetvalue(result, 0, 1), (size_t)PQgetlength(result, 0, 1));
    if (!passage->route->query)
        take_etag(reply);
    return true;
}

static bool answer_statement(struct passage *passage)
{
    const char *values[ROUTE_PARAMETERS_MAX];
    PGresult *result = NULL;

    if (!names_fit(passage))
        return false;
    if (passage->route->keyed)
        take_sha(passage);
    bool fine = passage_run(passage, passage->route->sql, passage_parameters(passage, values),
                            values, passage->route->keyed, &result)
        && take_answer(passage, result);

    PQclear(result);
    return fine;
}

/* --- what is answered without a statement of the contract */

static bool answer_health(struct passage *passage)
{
    int64_t start_us = clock_monotonic_us();
    struct core_refusal refusal;
    PGresult *result = NULL;
    struct json json;
    int64_t due_s = 0;
    char now[TIME_TEXT];
    const char *const values[] = {time_text(passage->request->now, now)};
    bool up = core_database_run(passage->database,
                                "select coalesce(max(value), 0) from paycore.figures($1)"
                                " where name = 'paycore_oldest_due_seconds'",
                                1, values, &result, &refusal)
        == CORE_DONE;

    if (up)
        text_to_int64(span_of(PQgetvalue(result, 0, 0)), &due_s);
    PQclear(result);
    passage->reply->status = up ? 200 : 503;
    json_write_start(&json, &passage->reply->body);
    json_write_object(&json);
    json_write_key(&json, "status");
    json_write_string(&json, up ? "ok" : "database-unreachable");
    json_write_key(&json, "database_us");
    json_write_int(&json, clock_monotonic_us() - start_us);
    json_write_key(&json, "oldest_due_s");
    json_write_int(&json, due_s);
    json_write_end(&json);
    return up;
}

static bool answer_metrics(struct passage *passage)
{
    core_metrics_write(passage->metrics, passage->database, passage->request->now,
                       &passage->reply->body);
    passage->reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
    passage->reply->status = 200;
    return true;
}

static bool answer_contract(struct passage *passage)
{
    const struct embedded_file *file = embedded_find("src/core/openapi.yaml");

    assert(file);
    buffer_append(&passage->reply->body, file->data, file->length);
    passage->reply->content_type = "application/yaml";
    passage->reply->status = 200;
    return true;
}

/* --- all of it */

static bool find_route(struct passage *passage)
{
    const struct core_request *request = passage->request;
    enum route_match match = core_route_find(request->method, request->path, &passage->route,
                                             &passage->variables, passage->reply->allow);

    passage->reply->route = passage->route;
    if (match == ROUTE_FOUND)
        return true;
    return passage_refuse(passage, match == ROUTE_NO_METHOD ? "wrong-method" : "path-unknown",
                          NULL);
}

static bool check_headers(struct passage *passage)
{
    char words[64];

    if (!passage->request->actor)
        return passage_refuse(passage, "certificate-unfit", NULL);
    if (passage->request->twice) {
        snprintf(words, sizeof words, "header=%.32s", passage->request->twice);
        return passage_refuse(passage, "header-twice", words);
    }
    return true;
}

static bool answer(struct passage *passage)
{
    switch (passage->route->kind) {
    case ROUTE_STATEMENT:
        return answer_statement(passage);
    case ROUTE_HEALTH:
        return answer_health(passage);
    case ROUTE_METRICS:
        return answer_metrics(passage);
    case ROUTE_CONTRACT:
        return answer_contract(passage);
    case ROUTE_PREVIEW:
        return core_correction_preview(passage);
    case ROUTE_EXECUTE:
        return core_correction_execute(passage);
    case ROUTE_RECEIPT:
        return core_correction_receipt(passage);
    }
    return false;
}

void core_answer(struct core_database *database, struct core_metrics *metrics,
                 const struct core_authority *authority, const struct core_request *request,
                 struct core_reply *reply)
{
    struct passage passage = {
        .database = database,
        .metrics = metrics,
        .authority = authority,
        .request = request,
        .reply = reply,
        .arena = arena_new(ARENA_MAX),
    };

    *reply = (struct core_reply){.content_type = "application/json"};
    buffer_init(&reply->body, REPLY_BODY_MAX);
    if (take_request_id(&passage) && check_headers(&passage) && find_route(&passage)
        && check_query(&passage) && take_body(&passage) && take_key(&passage)
        && take_version(&passage))
        answer(&passage);
    /* Half an answer would be read as a whole one. */
    if (reply->body.overflow)
        passage_refuse(&passage, "database-refused", "limit=answer");
    json_decref(passage.body);
    arena_free(passage.arena);
}
