#include "correction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority.h"
#include "daybook/base/json.h"
#include "daybook/trust/encode.h"

enum { SECOND_US = 1000000, CHECKERS_TEXT_MAX = 1024 };

static struct span text_of(const struct buffer *buffer)
{
    return (struct span){buffer->data, buffer->length};
}

/* A refusal whose words come from somewhere else: printable, and not too long for a problem. */
static bool refuse_with(struct passage *passage, const char *code, const char *words)
{
    char shown[CORE_REFUSAL_TEXT];

    text_printable(shown, sizeof shown, span_of(words));
    return passage_refuse(passage, code, shown);
}

static bool is_on(struct passage *passage)
{
    return passage->authority || passage_refuse(passage, "requests-off", NULL);
}

/* A path that names a request by what is none names nothing. */
static bool names_request(struct passage *passage)
{
    return document_request_is_good(passage->variables.value[0])
        || passage_refuse(passage, "request-unknown", NULL);
}

/* The policy of now, or the passage has ended. */
static struct policy *policy_of(struct passage *passage)
{
    bool damaged;
    struct policy *policy =
        core_authority_policy(passage->authority, passage->database, &damaged);

    if (!policy)
        passage_refuse(passage, damaged ? "authority-damaged" : "database-unreachable", NULL);
    return policy;
}

static void write_base64(struct passage *passage, struct json *json, const char *name,
                         struct span bytes)
{
    struct buffer text;

    buffer_init(&text, 2 * DOCUMENT_BYTES_MAX);
    base64_write(&text, bytes.data, bytes.length);
    json_write_key(json, name);
    json_write_string(json, arena_string(passage->arena, text.data, text.length));
    buffer_free(&text);
}

static void write_signature(struct json *json, const unsigned char signature[SIGN_BYTES])
{
    char hex[2 * SIGN_BYTES + 1];
    struct buffer text;

    buffer_init(&text, sizeof hex);
    hex_write(&text, signature, SIGN_BYTES);
    snprintf(hex, sizeof hex, "%s", buffer_text(&text));
    buffer_free(&text);
    json_write_key(json, "signature");
    json_write_string(json, hex);
}

/* --- the preview */

static const char *member(struct passage *passage, const char *name)
{
    const char *text = json_string_value(json_object_get(passage->body, name));

    return text ? text : "-";
}

/* Persons that may not check, as rows of the document. */
static size_t take_excluded(struct passage *passage, struct span *rows)
{
    json_t *list = json_object_get(passage->body, "excluded"), *person;
    size_t index, count = 0;

    json_array_foreach(list, index, person)
        rows[count++] = span_of(json_string_value(person));
    return count;
}

/* What SQL computed of the request. */
struct computed {
    struct span request, currency, items, effect, balances;
    int64_t amount;
};

static bool take_computed(const PGresult *result, struct computed *computed)
{
    if (PQntuples(result) != 1)
        return false;
    for (int column = 0; column < 6; column++)
        if (PQgetisnull(result, 0, column))
            return false;
    *computed = (struct computed){
        .request = span_of(PQgetvalue(result, 0, 0)),
        .currency = span_of(PQgetvalue(result, 0, 2)),
        .items = span_of(PQgetvalue(result, 0, 3)),
        .effect = span_of(PQgetvalue(result, 0, 4)),
        .balances = span_of(PQgetvalue(result, 0, 5)),
    };
    return text_to_int64(span_of(PQgetvalue(result, 0, 1)), &computed->amount);
}

static bool fill_head(struct passage *passage, const struct policy *policy,
                      const struct computed *computed, struct document_head *head)
{
    const struct policy_operator *maker = policy_operator(policy, passage->request->actor);
    const struct core_config *config = core_authority_config(passage->authority);
    const char *text = json_string_value(json_object_get(passage->body, "text"));
    struct policy_verdict verdict;

    if (!maker)
        return refuse_with(passage, "maker-unknown", NULL);
    *head = (struct document_head){
        .environment = span_of(config->environment),
        .request = computed->request,
        .version = 1,
        .kind = span_of(member(passage, "kind")),
        .channel = span_of(member(passage, "channel")),
        .currency = computed->currency,
        .amount = computed->amount,
        .maker = span_of(maker->login),
        .person = span_of(maker->person),
        .made_at = passage->request->now / SECOND_US * SECOND_US,
        .reason = span_of(member(passage, "reason")),
        .text = span_of(text),
    };
    head->approve_by = head->made_at + config->approve_s * SECOND_US;
    head->execute_by = head->made_at + config->execute_s * SECOND_US;
    head->tier = policy_tier(policy, head->kind, head->currency, head->amount);
    return policy_judge_maker(policy, head, &verdict)
        || refuse_with(passage, verdict.word, verdict.detail);
}

static bool write_document(struct passage *passage, const struct computed *computed,
                           struct document_head *head)
{
    unsigned char signature[SIGN_BYTES];
    struct buffer document;
    struct error error = {0};
    struct json json;

    buffer_init(&document, DOCUMENT_BYTES_MAX);
    if (!document_build(head, computed->items, computed->effect, computed->balances, &document,
                        &error)
        || !sign_document(core_authority_signer(passage->authority), text_of(&document), signature,
                          &error)) {
        buffer_free(&document);
        return refuse_with(passage, "document-bad", error.message);
    }
    struct span certificate = sign_certificate_of(core_authority_signer(passage->authority));

    passage->reply->status = 200;
    json_write_start(&json, &passage->reply->body);
    json_write_object(&json);
    json_write_key(&json, "request");
    json_write_string(&json, arena_string(passage->arena, head->request.data,
                                          head->request.length));
    write_base64(passage, &json, "document", text_of(&document));
    write_signature(&json, signature);
    write_base64(passage, &json, "certificate", certificate);
    json_write_end(&json);
    buffer_free(&document);
    return true;
}

static bool preview(struct passage *passage, const struct policy *policy, const PGresult *result)
{
    struct document_head head;
    struct computed computed;
    struct span *excluded =
        arena_take(passage->arena, DOCUMENT_EXCLUDED_MAX * sizeof *excluded);

    if (!take_computed(result, &computed))
        return passage_refuse(passage, "database-refused", "wanted=a preview");
    if (!fill_head(passage, policy, &computed, &head))
        return false;
    head.excluded = (struct document_rows){excluded, take_excluded(passage, excluded)};
    return write_document(passage, &computed, &head);
}

bool core_correction_preview(struct passage *passage)
{
    const char *values[ROUTE_PARAMETERS_MAX];
    PGresult *result = NULL;

    if (!is_on(passage))
        return false;
    struct policy *policy = policy_of(passage);
    bool fine = policy
        && passage_run(passage, passage->route->sql, passage_parameters(passage, values), values,
                       false, &result)
        && preview(passage, policy, result);

    PQclear(result);
    policy_free(policy);
    return fine;
}

/* --- the receipt */

static bool answer_receipt(struct passage *passage, int status, struct span receipt)
{
    unsigned char signature[SIGN_BYTES];
    struct error error = {0};
    struct json json;

    /* Ed25519 signs the same bytes the same way, so a receipt is the same for ever. */
    if (!sign_receipt(core_authority_signer(passage->authority), receipt, signature, &error))
        return refuse_with(passage, "database-refused", error.message);
    passage->reply->status = status;
    json_write_start(&json, &passage->reply->body);
    json_write_object(&json);
    json_write_key(&json, "receipt");
    json_write_string(&json, arena_string(passage->arena, receipt.data, receipt.length));
    write_signature(&json, signature);
    json_write_end(&json);
    return true;
}

static bool row_receipt(struct passage *passage, const PGresult *result)
{
    int64_t status;

    if (PQntuples(result) != 1 || PQgetisnull(result, 0, 1)
        || !text_to_int64(span_of(PQgetvalue(result, 0, 0)), &status))
        return passage_refuse(passage, "database-refused", "wanted=a receipt");
    passage->reply->replayed =
        PQnfields(result) > 2 && strcmp(PQgetvalue(result, 0, 2), "t") == 0;
    return answer_receipt(passage, (int)status, span_of(PQgetvalue(result, 0, 1)));
}

bool core_correction_receipt(struct passage *passage)
{
    const char *values[ROUTE_PARAMETERS_MAX];
    PGresult *result = NULL;

    if (!is_on(passage) || !names_request(passage))
        return false;
    bool fine = passage_run(passage, passage->route->sql, passage_parameters(passage, values),
                            values, false, &result)
        && row_receipt(passage, result);

    PQclear(result);
    return fine;
}

/* --- the execution */

/* A request with what was made out of it on the way. */
struct execution {
    struct passage *passage;
    struct document document;
    struct buffer bytes;  /* of the document */
    const char *request;  /* of the path */
    const char *hex, *sha; /* of the document, as bytea texts */
    struct policy_fact facts[POLICY_FACTS_MAX];
    size_t fact_count;
};

static bool read_document(struct execution *execution)
{
    struct passage *passage = execution->passage;
    unsigned char signature[SIGN_BYTES], digest[SHA256_BYTES];
    char hex[SHA256_HEX];
    struct error error = {0};
    struct buffer text;

    if (!base64_read(&execution->bytes, span_of(member(passage, "document")))
        || !hex_read_exactly(signature, sizeof signature,
                             span_of(member(passage, "core_signature"))))
        return refuse_with(passage, "document-bad", "wanted=base64 and 128 digits");
    if (!sign_document_verify(core_authority_root(passage->authority),
                              sign_certificate_of(core_authority_signer(passage->authority)),
                              text_of(&execution->bytes), signature, passage->request->now, &error))
        return refuse_with(passage, "core-signature-bad", error.message);
    if (!document_parse(&execution->document, text_of(&execution->bytes), &error))
        return refuse_with(passage, "document-bad", error.message);
    if (!span_is(execution->document.head.request, execution->request))
        return passage_refuse(passage, "request-differs", NULL);
    buffer_init(&text, 2 * DOCUMENT_BYTES_MAX + 2);
    hex_write(&text, execution->bytes.data, execution->bytes.length);
    execution->hex = arena_format(passage->arena, "\\x%s", buffer_text(&text));
    buffer_free(&text);
    sha256_of(execution->bytes.data, execution->bytes.length, digest);
    execution->sha = arena_format(passage->arena, "\\x%s", sha256_hex(digest, hex));
    return true;
}

/* Executed already: the same receipt, whoever has been revoked since. */
static bool is_done(struct execution *execution, bool *fine)
{
    static const char sql[] =
        "select status, body, true from paycore.request_done($1, $2, $3::bytea)";
    struct passage *passage = execution->passage;
    const char *values[] = {passage->request->actor, execution->request, execution->sha};
    PGresult *result = NULL;

    *fine = passage_run(passage, sql, 3, values, false, &result);
    bool done = *fine && !PQgetisnull(result, 0, 0);

    if (done)
        *fine = row_receipt(passage, result);
    PQclear(result);
    return done || !*fine;
}

static bool take_sums(struct execution *execution, struct policy_sum *sums)
{
    static const char sql[] = "select as_maker, as_checker from paycore.day_sums($1, $2, $3)";
    struct passage *passage = execution->passage;
    const struct document_head *head = &execution->document.head;
    const char *currency = arena_string(passage->arena, head->currency.data, head->currency.length);
    char now[TIME_TEXT];

    time_text(passage->request->now, now);
    for (size_t i = 0; i < execution->fact_count; i++) {
        const char *values[] = {execution->facts[i].person, currency, now};
        PGresult *result = NULL;

        if (!passage_run(passage, sql, 3, values, false, &result))
            return false;
        snprintf(sums[i].person, sizeof sums[i].person, "%s", execution->facts[i].person);
        text_to_int64(span_of(PQgetvalue(result, 0, 0)), &sums[i].as_maker);
        text_to_int64(span_of(PQgetvalue(result, 0, 1)), &sums[i].as_checker);
        PQclear(result);
    }
    return true;
}

/* Judges by this core's own trust alone. */
static bool judge(struct execution *execution, const struct policy *policy)
{
    struct passage *passage = execution->passage;
    struct policy_sum sums[POLICY_FACTS_MAX] = {{.person = ""}};
    struct policy_verdict verdict;

    return take_sums(execution, sums)
        && (policy_judge(policy, &execution->document, execution->facts, execution->fact_count,
                         passage->request->now, sums, execution->fact_count, &verdict)
            || refuse_with(passage, verdict.word, verdict.detail));
}

/* What changes the policy must be something that the policy can take. */
static bool is_applicable(struct execution *execution, struct policy *policy)
{
    struct error error = {0};

    return policy_apply(policy, &execution->document, &error)
        || refuse_with(execution->passage, "document-bad", error.message);
}

static bool is_allowed(struct execution *execution)
{
    struct passage *passage = execution->passage;
    struct error error = {0};

    if (!core_authority_facts(passage->authority, &execution->document,
                              json_object_get(passage->body, "signatures"), passage->request->now,
                              execution->facts, &execution->fact_count, &error))
        return refuse_with(passage, "signature-bad", error.message);
    struct policy *policy = policy_of(passage);
    bool fine = policy && judge(execution, policy) && is_applicable(execution, policy);

    policy_free(policy);
    return fine;
}

/* The items as SQL takes them: texts by name, decoded. */
static const char *items_text(struct execution *execution)
{
    struct passage *passage = execution->passage;
    json_t *list = json_array();

    for (size_t i = 0; i < execution->document.items.count; i++) {
        struct document_item item = document_item(&execution->document, i);
        json_t *object = json_object();

        json_object_set_new(object, "object", json_stringn(item.object.data, item.object.length));
        for (size_t word = 0; word < item.count; word++) {
            char value[DOCUMENT_VALUE_MAX + 1];
            const char *name = arena_string(passage->arena, item.words[word].name.data,
                                            item.words[word].name.length);

            document_decode(item.words[word].value, value, sizeof value);
            json_object_set_new(object, name, json_string(value));
        }
        json_array_append_new(list, object);
    }
    char *text = json_dumps(list, JSON_COMPACT);
    const char *kept = text ? arena_string(passage->arena, text, strlen(text)) : NULL;

    free(text);
    json_decref(list);
    return kept;
}

/* {p03,p04}: the persons who checked. Their ids have no character that an array would quote. */
static const char *checkers_text(struct execution *execution)
{
    struct passage *passage = execution->passage;
    struct buffer text;

    buffer_init(&text, CHECKERS_TEXT_MAX);
    buffer_append_char(&text, '{');
    for (size_t i = 0; i < execution->fact_count; i++)
        if (execution->facts[i].decision == POLICY_APPROVE)
            buffer_printf(&text, "%s%s", text.length > 1 ? "," : "", execution->facts[i].person);
    buffer_append_char(&text, '}');
    const char *kept = arena_string(passage->arena, text.data, text.length);

    buffer_free(&text);
    return kept;
}

static bool run_execution(struct execution *execution)
{
    static const char sql[] =
        "select status, body, replayed from paycore.request_execute($1, $2, $3::bytea, $4, $5, $6,"
        " $7, $8, $9, $10, $11, $12, $13::text[], $14)";
    struct passage *passage = execution->passage;
    const struct document_head *head = &execution->document.head;
    char *signatures = json_dumps(json_object_get(passage->body, "signatures"), JSON_COMPACT);
    char now[TIME_TEXT];
    PGresult *result = NULL;

#define WORD(span) arena_string(passage->arena, (span).data, (span).length)
    const char *values[] = {
        passage->request->actor,
        execution->request,
        execution->hex,
        signatures,
        WORD(head->kind),
        WORD(head->channel),
        items_text(execution),
        WORD(execution->document.effect),
        arena_format(passage->arena, "%lld", (long long)head->amount),
        WORD(head->currency),
        WORD(head->maker),
        WORD(head->person),
        checkers_text(execution),
        time_text(passage->request->now, now),
    };
#undef WORD
    bool fine = passage_run(passage, sql, (int)(sizeof values / sizeof values[0]), values, true,
                            &result)
        && row_receipt(passage, result);

    PQclear(result);
    free(signatures);
    return fine;
}

bool core_correction_execute(struct passage *passage)
{
    struct execution execution = {.passage = passage};
    bool fine = false;

    if (!is_on(passage) || !names_request(passage))
        return false;
    struct span request = passage->variables.value[0];

    execution.request = arena_string(passage->arena, request.data, request.length);
    buffer_init(&execution.bytes, DOCUMENT_BYTES_MAX);
    if (read_document(&execution) && !is_done(&execution, &fine))
        fine = is_allowed(&execution) && run_execution(&execution);
    document_free(&execution.document);
    buffer_free(&execution.bytes);
    return fine;
}
