#include "authority.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daybook/base/log.h"
#include "daybook/base/memory.h"
#include "daybook/trust/encode.h"

struct core_authority {
    const struct core_config *config;
    struct sign_root *root;
    struct signer *signer;
    struct buffer charter; /* the bytes that the root signed */
};

/* --- files */

static bool read_file(const char *path, size_t limit, struct buffer *out, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t got = fd < 0 ? -1 : 0;

    buffer_init(out, limit + 1);
    while (fd >= 0) {
        char *at = buffer_reserve(out, 4096 < limit + 1 - out->length ? 4096
                                                                      : limit + 1 - out->length);

        got = at ? read(fd, at, 4096 < limit + 1 - out->length ? 4096 : limit + 1 - out->length)
                 : -1;
        if (got <= 0)
            break;
        out->length += (size_t)got;
    }
    if (fd >= 0)
        close(fd);
    if (got == 0 && out->length <= limit)
        return true;
    buffer_free(out);
    return error_set(error, ERROR_INPUT, "%s cannot be read, or is over %zu bytes", path, limit);
}

static bool read_charter(struct core_authority *authority, const struct core_config *config,
                         struct error *error)
{
    char *signature_path = memory_format("%s.sig", config->charter);
    struct buffer signature;
    bool fine = read_file(config->charter, POLICY_BYTES_MAX, &authority->charter, error)
        && read_file(signature_path, SIGN_CERTIFICATE_MAX, &signature, error);

    free(signature_path);
    if (!fine)
        return false;
    fine = sign_charter_verify(authority->root,
                               (struct span){authority->charter.data, authority->charter.length},
                               (struct span){signature.data, signature.length}, error);
    buffer_free(&signature);
    return fine;
}

static struct policy *charter_policy(const struct core_authority *authority, struct error *error)
{
    return policy_charter(
        (struct span){authority->charter.data, authority->charter.length}, error);
}

static bool is_sound(const struct core_authority *authority, const struct core_config *config,
                     struct error *error)
{
    struct policy *policy = charter_policy(authority, error);

    if (!policy)
        return false;
    bool same = strcmp(policy_environment(policy), config->environment) == 0
        || error_set(error, ERROR_INPUT, "%s is a charter of %s, not of %s", config->charter,
                     policy_environment(policy), config->environment);

    policy_free(policy);
    return same
        && (strcmp(sign_who(authority->signer)->login, SIGN_CORE) == 0
            || error_set(error, ERROR_INPUT, "%s is not this core's certificate",
                         config->sign_certificate));
}

struct core_authority *core_authority_open(const struct core_config *config, struct error *error)
{
    if (!config->sign_key)
        return NULL;
    struct core_authority *authority = memory_new(sizeof *authority);

    authority->config = config;
    authority->root = sign_root_open(config->sign_root, error);
    if (authority->root)
        authority->signer = sign_open(config->sign_key, config->sign_certificate, NULL, error);
    if (authority->signer && read_charter(authority, config, error)
        && is_sound(authority, config, error))
        return authority;
    core_authority_close(authority);
    return NULL;
}

void core_authority_close(struct core_authority *authority)
{
    if (!authority)
        return;
    buffer_free(&authority->charter);
    sign_close(authority->signer);
    sign_root_free(authority->root);
    free(authority);
}

const struct signer *core_authority_signer(const struct core_authority *authority)
{
    return authority->signer;
}

const struct core_config *core_authority_config(const struct core_authority *authority)
{
    return authority->config;
}

const struct sign_root *core_authority_root(const struct core_authority *authority)
{
    return authority->root;
}

/* --- signatures */

static const char *word_of(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static bool fact_of(const struct core_authority *authority, const struct document *document,
                    json_t *object, time_us at, struct policy_fact *fact, struct error *error)
{
    const struct signature_words words = {
        .decision = word_of(object, "decision"),
        .login = word_of(object, "login"),
        .person = word_of(object, "person"),
        .key = word_of(object, "key"),
        .expiry = word_of(object, "expiry"),
        .nonce = word_of(object, "nonce"),
        .signature = word_of(object, "signature"),
        .certificate = word_of(object, "certificate"),
    };
    struct signature signature;

    return signature_read(&signature, &words, error)
        && sign_decision_verify(authority->root, document, &signature, at, fact, error);
}

bool core_authority_facts(const struct core_authority *authority, const struct document *document,
                          json_t *signatures, time_us at, struct policy_fact *facts, size_t *count,
                          struct error *error)
{
    json_t *object;
    size_t index;

    *count = 0;
    if (json_array_size(signatures) == 0 || json_array_size(signatures) > POLICY_FACTS_MAX)
        return error_set(error, ERROR_REFUSED, "1 to %d signatures are wanted", POLICY_FACTS_MAX);
    json_array_foreach(signatures, index, object) {
        if (!fact_of(authority, document, object, at, &facts[index], error))
            return false;
        *count = index + 1;
    }
    return true;
}

/* --- the policy */

/* A kept request, judged as it was when it was executed; sums are not looked at again: what changes
 * the policy moves no money. */
static bool judge_kept(const struct core_authority *authority, const struct policy *policy,
                       const struct document *document, json_t *signatures, time_us executed_at,
                       struct error *error)
{
    struct policy_fact facts[POLICY_FACTS_MAX];
    struct policy_verdict verdict;
    size_t count;

    if (!core_authority_facts(authority, document, signatures, executed_at, facts, &count, error))
        return false;
    return policy_judge(policy, document, facts, count, executed_at, NULL, 0, &verdict)
        || error_set(error, ERROR_REFUSED, "%s %s", verdict.word, verdict.detail);
}

static bool fold(const struct core_authority *authority, struct policy *policy,
                 struct span bytes, const char *signatures_text, const char *executed,
                 struct error *error)
{
    json_t *signatures = json_loads(signatures_text, 0, NULL);
    struct document document;
    time_us executed_at;

    if (!time_parse(span_of(executed), &executed_at)
        || !document_parse(&document, bytes, error)) {
        json_decref(signatures);
        return false;
    }
    bool fine = judge_kept(authority, policy, &document, signatures, executed_at, error)
        && policy_apply(policy, &document, error);

    document_free(&document);
    json_decref(signatures);
    return fine;
}

static bool fold_row(const struct core_authority *authority, struct policy *policy,
                     const PGresult *result, int row)
{
    struct error error = {0};
    struct buffer bytes;

    /* "\x" and digits, as the database writes bytes. */
    buffer_init(&bytes, DOCUMENT_BYTES_MAX);
    struct span text = {PQgetvalue(result, row, 1), (size_t)PQgetlength(result, row, 1)};
    bool fine = text.length >= 2
        && hex_read(&bytes, (struct span){text.data + 2, text.length - 2})
        && fold(authority, policy, (struct span){bytes.data, bytes.length},
                PQgetvalue(result, row, 2), PQgetvalue(result, row, 3), &error);

    if (!fine)
        log_write(LOG_ERROR, "authority.damaged", "request=%s error=%s",
                  PQgetvalue(result, row, 0), error.message);
    buffer_free(&bytes);
    return fine;
}

struct policy *core_authority_policy(const struct core_authority *authority,
                                     struct core_database *database, bool *damaged)
{
    static const char sql[] = "select request_id, document, signatures, to_char(executed_at at time"
                              " zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                              " from paycore.policy_requests()";
    struct core_refusal refusal = {0};
    struct error error = {0};
    PGresult *result = NULL;

    *damaged = false;
    if (core_database_run(database, sql, 0, NULL, &result, &refusal) != CORE_DONE)
        return NULL;
    struct policy *policy = charter_policy(authority, &error);

    for (int row = 0; policy && row < PQntuples(result); row++) {
        if (fold_row(authority, policy, result, row))
            continue;
        policy_free(policy);
        policy = NULL;
        *damaged = true;
    }
    PQclear(result);
    return policy;
}

/* --- before a payout is sent again */

enum { AGAIN_WORDS = 5 };

/* `again PAYOUT CHANNEL ACCOUNT NAME`: whom the document pays. */
static bool is_payee(struct span change, const struct core_task *task)
{
    struct span words[AGAIN_WORDS];
    char account[DOCUMENT_VALUE_MAX + 1], name[DOCUMENT_VALUE_MAX + 1];

    if (document_words(change, words, AGAIN_WORDS) != AGAIN_WORDS || !span_is(words[0], "again"))
        return false;
    document_decode(words[3], account, sizeof account);
    document_decode(words[4], name, sizeof name);
    return strcmp(account, task->payee_account) == 0 && strcmp(name, task->payee_name) == 0;
}

static bool pays_again(const struct document *document, const struct core_task *task)
{
    int64_t minor;

    if (!span_is(document->head.kind, "REPAY") || !span_is(document->head.request, task->request)
        || !span_is(document->head.currency, task->currency)
        || document->changes.count != document->items.count
        || !text_to_int64(span_of(task->amount), &minor))
        return false;
    for (size_t i = 0; i < document->items.count; i++)
        if (document_item(document, i).amount == minor
            && is_payee(document->changes.rows[i], task))
            return true;
    return false;
}

/* Judged as of the time that the people signed: sending may have to wait for a bank. Who was
 * revoked since is not believed any more. */
static bool is_signed(const struct core_authority *authority, struct core_database *database,
                      const struct document *document, const char *signatures_text,
                      struct error *error)
{
    json_t *signatures = json_loads(signatures_text, 0, NULL);
    bool damaged;
    struct policy *policy = core_authority_policy(authority, database, &damaged);
    bool fine = policy
        ? judge_kept(authority, policy, document, signatures, document->head.made_at, error)
        : error_set(error, ERROR_CONNECTION, "the policy cannot be read");

    policy_free(policy);
    json_decref(signatures);
    return fine;
}

static bool covers(const struct core_authority *authority, struct core_database *database,
                   const PGresult *result, const struct core_task *task, struct error *error)
{
    struct document document;
    struct buffer bytes;
    struct span text = {PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0)};

    buffer_init(&bytes, DOCUMENT_BYTES_MAX);
    bool read = text.length >= 2
        && hex_read(&bytes, (struct span){text.data + 2, text.length - 2})
        && document_parse(&document, (struct span){bytes.data, bytes.length}, error);
    bool fine = read
        && (pays_again(&document, task)
            || error_set(error, ERROR_REFUSED, "the document is about something else"))
        && is_signed(authority, database, &document, PQgetvalue(result, 0, 1), error);

    if (read)
        document_free(&document);
    buffer_free(&bytes);
    return fine;
}

bool core_authority_covers(const struct core_authority *authority, struct core_database *database,
                           const struct core_task *task, struct error *error)
{
    static const char sql[] = "select document, signatures from paycore.request_document($1)";
    const char *values[] = {task->request};
    struct core_refusal refusal = {0};
    PGresult *result = NULL;

    if (!authority)
        return error_set(error, ERROR_REFUSED, "this core executes no requests");
    if (core_database_run(database, sql, 1, values, &result, &refusal) != CORE_DONE)
        return error_set(error, ERROR_CONNECTION, "the request cannot be read");
    bool fine = PQntuples(result) == 1
        ? covers(authority, database, result, task, error)
        : error_set(error, ERROR_REFUSED, "there is no such request");

    PQclear(result);
    return fine;
}
