/* Corrections without the console: propose, approve, reject, relay. Each secret comes as a line of
 * its own: the login key's passphrase, then the signing key's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_correct.h"
#include "commands.h"
#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"

enum { DEADLINE_MS = 60000, ARRAY_MAX = 1 << 20 };

/* --- what all of them need */

static bool open_core(struct correcting *at, struct error *error)
{
    if (!session_has_core(&at->command->session))
        return error_set(error, ERROR_USAGE, "%s",
                         _("The profile names no payment core (core-url): this is its to do."));
    at->wire = wire_new(error);
    at->core = at->wire == NULL ? NULL
                                : session_core(&at->command->session, at->wire, error);
    return at->core != NULL;
}

bool correcting_open(struct correcting *at, struct command *command, bool signs,
                     struct error *error)
{
    *at = (struct correcting){.command = command};
    at->store = session_connect(&command->session, command->options, SESSION_STATEMENT_TIMEOUT_MS,
                                error);
    if (at->store == NULL || !open_core(at, error))
        return false;
    const struct config *config = command->session.config;
    if (!signs)
        return true;
    const char *off = correction_off(config);
    if (off != NULL)
        return error_set(error, ERROR_USAGE, "%s", _(off));
    at->journal = journal_open(config->journal, config->operator_name, error);
    return at->journal != NULL &&
           session_ask_signing(&command->session, command->options, &at->passphrase, error);
}

void correcting_close(struct correcting *at)
{
    secret_free(at->passphrase);
    journal_close(at->journal);
    core_free(at->core);
    wire_free(at->wire);
    store_free(at->store);
}

/* Runs a statement that answers one row with one text, which is copied; NULL with the error. */
char *correcting_ask(struct correcting *at, const char *statement, const char *const *values,
                     size_t count, bool writes, struct error *error)
{
    struct store_call call = {.statement = statement, .values = values, .value_count = count,
                              .writes = writes, .deadline_ms = DEADLINE_MS};
    struct store_answer answer;
    char *text = NULL;
    if (!store_run(at->store, &call, &answer))
        *error = answer.error;
    else if (answer.result->rows == 0 || answer.result->cells[0][0] == NULL)
        error_set(error, ERROR_NOT_FOUND, "%s",
                  _("Nothing has this number any more, or you may not see it."));
    else
        text = memory_copy_string(answer.result->cells[0][0]);
    store_answer_release(&answer);
    return text;
}

bool correcting_note(struct correcting *at, enum journal_word word,
                     const struct journal_entry *entry, struct error *error)
{
    return at->journal == NULL || journal_write(at->journal, clock_now(), word, entry, error);
}

/* What became of something that was sent to the database. */
static void note_outcome(struct correcting *at, bool good, const struct error *error,
                         const struct journal_entry *entry)
{
    struct error ignored;
    bool unknown = !good && (error->code == ERROR_TIMEOUT || error->code == ERROR_CONNECTION);
    (void)correcting_note(at, good ? JOURNAL_DONE : unknown ? JOURNAL_UNKNOWN : JOURNAL_REFUSED,
                          entry, &ignored);
}

/* Signs, notes the intent, and only then lets it be sent. */
static bool sign(struct correcting *at, const struct correction *correction,
                 enum policy_decision decision, struct buffer *json, struct journal_entry *entry,
                 struct error *error)
{
    *entry = correction_entry(correction, correction_step(decision));
    return correction_sign(correction, at->command->session.config, secret_text(at->passphrase),
                           decision, json, error) &&
           correcting_note(at, JOURNAL_INTEND, entry, error);
}

static void tell_document(const struct correction *correction)
{
    const struct document_head *head = &correction->document.head;
    narrate(_("%s: %.*s, digest %s"), correction->request, (int)head->kind.length,
            head->kind.data, correction->words);
}

/* --- proposing */

/* What it is about: exceptions as an array, all else as a word of the kind. */
struct wish {
    struct buffer exceptions;
    struct action_value params[OPTIONS_PARAMS_MAX];
    size_t param_count;
    char names[OPTIONS_PARAMS_MAX][32];
};

static const char *about_name(const char *kind)
{
    static const struct {
        const char *kind, *name;
    } names[] = {{"REVERSE", "request"}, {"DAY_CLOSE", "day"}, {"EVIDENCE_CLOSE", "payout"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].kind, kind) == 0)
            return names[i].name;
    return strncmp(kind, "OPERATOR_", 9) == 0 ? "login" : NULL;
}

static bool wish_param(struct wish *wish, const char *name, size_t length, const char *value,
                       struct error *error)
{
    if (wish->param_count == OPTIONS_PARAMS_MAX || length >= sizeof wish->names[0])
        return error_set(error, ERROR_USAGE, _("more than %d words"), OPTIONS_PARAMS_MAX);
    char *copy = wish->names[wish->param_count];
    snprintf(copy, sizeof wish->names[0], "%.*s", (int)length, name);
    wish->params[wish->param_count++] = (struct action_value){copy, value};
    return true;
}

static bool wish_word(struct wish *wish, const char *kind, const char *word, struct error *error)
{
    char id[24];
    int64_t number;
    const char *equals = strchr(word, '=');
    if (equals != NULL)
        return wish_param(wish, word, (size_t)(equals - word), equals + 1, error);
    const char *name = about_name(kind);
    if (name != NULL)
        return wish_param(wish, name, strlen(name), word, error);
    if (!text_to_int64(span_of(command_id(word, id)), &number))
        return error_set(error, ERROR_USAGE, _("'%s' is no number of an object"), word);
    return buffer_printf(&wish->exceptions, "%s%lld", wish->exceptions.length > 1 ? "," : "",
                         (long long)number) ||
           error_set(error, ERROR_LIMIT, "%s", _("too many rows at once"));
}

static char *ask_facts(struct correcting *at, struct error *error)
{
    const struct options *options = at->command->options;
    const char *kind = options_value(options, "kind");
    struct wish wish = {0};
    struct buffer params;
    buffer_init(&wish.exceptions, ARRAY_MAX);
    buffer_init(&params, CORRECTION_PARAMS_MAX);
    buffer_append_char(&wish.exceptions, '{');
    bool good = true;
    for (size_t i = 0; i < options->word_count && good; i++)
        good = wish_word(&wish, kind, options->words[i], error);
    good = good && ((buffer_append_char(&wish.exceptions, '}') &&
                     correction_params(wish.params, wish.param_count, &params)) ||
                    error_set(error, ERROR_LIMIT, "%s", _("too many rows at once")));
    const char *const values[] = {kind, buffer_text(&wish.exceptions), NULL, buffer_text(&params),
                                  options_value(options, "reason"),
                                  options_value(options, "text")};
    char *body = good ? correcting_ask(at, "request-facts", values, 6, false, error) : NULL;
    buffer_free(&wish.exceptions);
    buffer_free(&params);
    return body;
}

static bool preview(struct correcting *at, struct correction *correction, struct error *error)
{
    char *body = ask_facts(at, error);
    if (body == NULL)
        return false;
    struct core_call call = {.method = "POST", .path = "/v1/requests:preview", .body = body,
                             .deadline_ms = DEADLINE_MS};
    struct core_answer answer;
    bool good = core_run(at->core, &call, &answer);
    if (!good)
        correction_refusal(&answer, error);
    good = good && correction_previewed(correction, &answer, at->command->session.config,
                                        clock_now(), error);
    core_answer_release(&answer);
    free(body);
    return good;
}

static bool send_proposal(struct correcting *at, const struct correction *correction,
                          struct error *error)
{
    struct journal_entry entry;
    struct buffer json;
    buffer_init(&json, SIGN_JSON_MAX);
    bool good = sign(at, correction, POLICY_PROPOSE, &json, &entry, error);
    if (good) {
        char *document = correction_bytea(correction->document.bytes);
        const char *const values[] = {document, correction->signature, correction->certificate,
                                      buffer_text(&json)};
        char *request = correcting_ask(at, "request-propose", values, 4, true, error);
        good = request != NULL;
        note_outcome(at, good, error, &entry);
        free(request);
        free(document);
    }
    buffer_free(&json);
    return good;
}

static void put_request(const struct correcting *at, const char *request, const char *state)
{
    if (at->command->options->format == FORMAT_JSON)
        printf("{\"request_id\":\"%s\",\"state\":\"%s\"}\n", request, state);
    else
        printf("%s\t%s\n", request, state);
}

/* What all have signed is executed at once. */
static bool after_vote(struct correcting *at, const struct correction *correction,
                       const char *state, struct error *error)
{
    bool executes = strcmp(state, "APPROVED") == 0;
    if (executes && !correcting_execute(at, correction->request, NULL, correction, error))
        return false;
    put_request(at, correction->request, executes ? "EXECUTED" : state);
    return true;
}

static int finish(struct correcting *at, bool good, const struct error *error)
{
    int status = good ? 0 : command_fails(error);
    correcting_close(at);
    return status;
}

int command_propose(struct command *command)
{
    struct correcting at;
    struct correction correction = {0};
    struct error error;
    bool good = correcting_open(&at, command, true, &error) && preview(&at, &correction, &error);
    if (good) {
        tell_document(&correction);
        good = send_proposal(&at, &correction, &error) &&
               after_vote(&at, &correction,
                          correction.document.head.tier == 0 ? "APPROVED" : "PENDING", &error);
        correction_release(&correction);
    }
    return finish(&at, good, &error);
}

/* --- deciding */

/* The request as the desk has it, verified before anything is signed. */
bool correcting_read(struct correcting *at, const char *request, struct correction *correction,
                     struct error *error)
{
    const char *const values[] = {request};
    struct store_call call = {.statement = "request", .values = values, .value_count = 1,
                              .deadline_ms = DEADLINE_MS};
    struct store_answer answer;
    bool good = store_run(at->store, &call, &answer);
    if (!good)
        *error = answer.error;
    else if (answer.result->rows == 0)
        good = error_set(error, ERROR_NOT_FOUND, _("there is no request %s"), request);
    if (good) {
        struct correction_source source = {
            .document = span_of(store_cell(answer.result, 0, "document")),
            .signature = store_cell(answer.result, 0, "core_signature"),
            .certificate = store_cell(answer.result, 0, "core_certificate")};
        good = correction_take(correction, &source, at->command->session.config, clock_now(),
                               error);
    }
    store_answer_release(&answer);
    if (good && strcmp(correction->request, request) != 0) {
        correction_release(correction);
        good = error_set(error, ERROR_REFUSED, _("%s has the document of another request."),
                         request);
    }
    return good;
}

static bool send_decision(struct correcting *at, const struct correction *correction,
                          enum policy_decision decision, struct error *error)
{
    struct journal_entry entry;
    struct buffer json;
    buffer_init(&json, SIGN_JSON_MAX);
    bool good = sign(at, correction, decision, &json, &entry, error);
    char *state = NULL;
    if (good) {
        char digest[SHA256_HEX + 2];
        snprintf(digest, sizeof digest, "\\x%s", correction->sha256);
        const char *reason = options_value(at->command->options, "text");
        const char *const values[] = {correction->request, digest, policy_decision_name(decision),
                                      reason == NULL ? "" : reason, buffer_text(&json)};
        state = correcting_ask(at, "request-decide", values, 5, true, error);
        note_outcome(at, state != NULL, error, &entry);
    }
    good = state != NULL && after_vote(at, correction, state, error);
    free(state);
    buffer_free(&json);
    return good;
}

static int decide(struct command *command, enum policy_decision decision)
{
    struct correcting at;
    struct error error;
    bool good = correcting_open(&at, command, true, &error);
    if (good && command->options->word_count == 0)
        good = error_set(&error, ERROR_USAGE, _("%s needs a row to work on"),
                         command->options->action->name);
    for (size_t i = 0; good && i < command->options->word_count; i++) {
        struct correction correction;
        good = correcting_read(&at, command->options->words[i], &correction, &error);
        if (!good)
            break;
        tell_document(&correction);
        good = send_decision(&at, &correction, decision, &error);
        correction_release(&correction);
    }
    return finish(&at, good, &error);
}

int command_approve(struct command *command)
{
    return decide(command, POLICY_APPROVE);
}

int command_reject(struct command *command)
{
    return decide(command, POLICY_REJECT);
}
