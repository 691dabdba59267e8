/* Signing in the console: the document is shown, the passphrase asked for, key and journal are
 * opened on the worker, and only then something is sent. */
#include "signing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/domain/money.h"
#include "daybook/domain/money_words.h"
#include "inside.h"

enum { SIGNING_DEADLINE_MS = 30000 };

/* --- the end of it, whatever came of it */

static void forget_secret(struct signing *signing)
{
    secret_free(signing->passphrase);
    signing->passphrase = NULL;
}

static void forget(struct correction *correction)
{
    if (correction->root != NULL)
        correction_release(correction);
}

/* A proposal that was not sent stays on its screen and may be signed after all. */
static void keep_proposal(struct signing *signing)
{
    if (signing->decision != POLICY_PROPOSE || signing->correction.root == NULL ||
        signing->proposed.root != NULL)
        return;
    signing->proposed = signing->correction;
    signing->correction = (struct correction){0};
}

static void over(struct console *console, struct action_summary *summary, bool unknown)
{
    struct signing *signing = &console->signing;
    signing->step = SIGNING_NOTHING;
    forget_secret(signing);
    forget(&signing->correction);
    free(signing->reason);
    signing->reason = NULL;
    act_over(console, summary, unknown, signing->began_us, clock_monotonic_us());
}

static void fail(struct console *console, const struct error *error)
{
    struct action_summary summary = {.refused = 1, .first = *error};
    memcpy(summary.sentence, error->message, sizeof summary.sentence);
    keep_proposal(&console->signing);
    over(console, &summary, false);
}

void signing_free(struct console *console)
{
    struct signing *signing = &console->signing;
    forget_secret(signing);
    forget(&signing->correction);
    forget(&signing->proposed);
    free(signing->reason);
    signing->reason = NULL;
    signing->step = SIGNING_NOTHING;
}

/* --- asking */

/* What is signed, in figures and words, from the document. */
static void ask_danger(struct console *console)
{
    struct signing *signing = &console->signing;
    const struct document_head *head = &signing->correction.document.head;
    const char *request = signing->correction.request;
    char figures[MONEY_TEXT + 8], number[MONEY_TEXT], words[MONEY_WORDS_TEXT], rows[160];
    struct currency currency;
    struct frame_danger danger = {.act = _(console->doing.action->help),
                                  .proof_label = _("last four digits of the number"),
                                  .proof = request + strlen(request) - 4, .rows = rows};
    snprintf(rows, sizeof rows, _("%s, digest %s"), request, signing->correction.words);
    if (currency_parse(head->currency, &currency)) {
        int exponent = currency_exponent(currency);
        snprintf(figures, sizeof figures, "%s %s",
                 money_text(head->amount, exponent < 0 ? 2 : exponent, true, number),
                 currency.code);
        danger.amount = figures;
        danger.amount_words = strcmp(language_current(), "zh_CN") == 0
                                  ? money_words_chinese(head->amount, currency, words)
                                  : money_words_english(head->amount, currency, words);
    }
    signing->step = SIGNING_DANGER;
    frame_danger(console->frame, signing, &danger);
}

static void ask_secret(struct console *console)
{
    struct signing *signing = &console->signing;
    char about[256], question[160];
    snprintf(about, sizeof about, "%s: %s  %s", _(console->doing.action->word),
             signing->correction.request, signing->correction.words);
    if (signing->wrong == 0)
        snprintf(question, sizeof question, "%s", _("Passphrase of the signing key:"));
    else
        snprintf(question, sizeof question,
                 language_plural("Passphrase of the signing key, %d try left:",
                                 "Passphrase of the signing key, %d tries left:",
                                 (unsigned long)(SIGNING_TRIES - signing->wrong)),
                 SIGNING_TRIES - signing->wrong);
    signing->step = SIGNING_SECRET;
    frame_secret(console->frame, signing, about, question);
}

/* --- sending */

static void tell_proposed(const struct console *console, struct action_summary *summary)
{
    const struct correction *correction = &console->signing.correction;
    const struct document_head *head = &correction->document.head;
    struct error said;
    if (head->tier == 0)
        error_set(&said, ERROR_NONE, _("%s is proposed and goes to the core."),
                  correction->request);
    else
        error_set(&said, ERROR_NONE,
                  language_plural("%s is proposed; %d other person must sign it.",
                                  "%s is proposed; %d other persons must sign it.",
                                  (unsigned long)head->tier), correction->request, head->tier);
    memcpy(summary->sentence, said.message, sizeof summary->sentence);
}

/* A proposal that the desk has leaves nothing behind to be proposed twice. */
static void close_proposal(struct console *console)
{
    struct signing *signing = &console->signing;
    forget(&signing->proposed);
    if (signing->proposal_form != NULL)
        places_close(console, signing->proposal_form);
    const struct screen *screen = view_screen(places_view(console));
    if (screen != NULL && strcmp(screen->name, "exception-dispositions") == 0)
        places_close(console, places_view(console));
    signing->proposal = signing->proposal_form = NULL;
}

static void voted(void *context, struct store_answer *answer)
{
    struct console *console = context;
    struct signing *signing = &console->signing;
    struct action_summary summary;
    if (signing->step != SIGNING_SENT)
        return;
    bool done = answer->outcome == STORE_DONE, unknown = answer->outcome == STORE_UNKNOWN;
    bool proposes = signing->decision == POLICY_PROPOSE;
    struct journal_entry entry = correction_entry(&signing->correction,
                                                  correction_step(signing->decision));
    journal_note(console, done ? JOURNAL_DONE : unknown ? JOURNAL_UNKNOWN : JOURNAL_REFUSED,
                 &entry);
    action_summarise(console->doing.action, 1, answer, &summary);
    const char *state = done ? store_cell(answer->result, 0, "state") : NULL;
    bool approved = done && (proposes ? signing->correction.document.head.tier == 0
                                      : state != NULL && strcmp(state, "APPROVED") == 0);
    if (done && proposes) {
        tell_proposed(console, &summary);
        close_proposal(console);
    }
    struct correction approved_one = {0};
    if (approved) {
        approved_one = signing->correction;
        signing->correction = (struct correction){0};
    }
    over(console, &summary, unknown);
    if (approved)
        executing_start(console, &approved_one);
}

static bool send_vote(struct console *console, const char *json, struct error *error)
{
    struct signing *signing = &console->signing;
    const struct correction *correction = &signing->correction;
    char digest[SHA256_HEX + 2], *document = NULL;
    snprintf(digest, sizeof digest, "\\x%s", correction->sha256);
    bool proposes = signing->decision == POLICY_PROPOSE;
    if (proposes)
        document = correction_bytea(correction->document.bytes);
    const char *const proposal[] = {document, correction->signature, correction->certificate, json};
    const char *const decision[] = {correction->request, digest,
                                    policy_decision_name(signing->decision),
                                    signing->reason == NULL ? "" : signing->reason, json};
    struct store_call call = {.statement = proposes ? "request-propose" : "request-decide",
                              .values = proposes ? proposal : decision,
                              .value_count = proposes ? 4 : 5, .writes = true,
                              .deadline_ms = SIGNING_DEADLINE_MS, .done = voted,
                              .context = console};
    signing->step = SIGNING_SENT;
    bool good = console->store != NULL && store_send(console->store, &call, error) != 0;
    if (console->store == NULL)
        error_set(error, ERROR_CONNECTION, "%s", _("The database is not connected yet."));
    free(document);
    return good;
}

/* --- the key, on the slow worker */

struct work {
    struct console *console;
    struct buffer json;
    struct error error;
    bool signed_it, noted;
};

static void work_sign(void *argument)
{
    struct work *work = argument;
    struct console *console = work->console;
    struct signing *signing = &console->signing;
    struct journal_entry entry = correction_entry(&signing->correction,
                                                  correction_step(signing->decision));
    work->signed_it = correction_sign(&signing->correction, console->session.config,
                                      secret_text(signing->passphrase), signing->decision,
                                      &work->json, &work->error);
    struct journal *journal = work->signed_it ? journal_of(console, &work->error) : NULL;
    work->noted = journal != NULL && journal_write(journal, clock_now(), JOURNAL_INTEND, &entry,
                                                   &work->error);
}

static void passphrase_wrong(struct console *console, const struct error *error)
{
    struct signing *signing = &console->signing;
    console->doing.sent = false;
    if (error->code == ERROR_REFUSED && ++signing->wrong < SIGNING_TRIES) {
        ask_secret(console);
        return;
    }
    struct error locked = *error;
    if (signing->wrong >= SIGNING_TRIES)
        error_set(&locked, ERROR_REFUSED, "%s",
                  _("The passphrase was wrong five times: this session signs nothing any more."));
    fail(console, &locked);
}

static void work_over(void *argument)
{
    struct work *work = argument;
    struct console *console = work->console;
    struct error error = work->error;
    forget_secret(&console->signing);
    console->dirty = true;
    if (console->signing.step != SIGNING_SENT) {
        ; /* the console ends */
    } else if (!work->signed_it) {
        passphrase_wrong(console, &error);
    } else {
        console->signing.wrong = 0;
        if (!work->noted || !send_vote(console, buffer_text(&work->json), &error))
            fail(console, &error);
    }
    buffer_free(&work->json);
    free(work);
}

static void start_work(struct console *console, const char *text)
{
    struct signing *signing = &console->signing;
    signing->passphrase = secret_new();
    if (!secret_add(signing->passphrase, text, strlen(text)))
        secret_clear(signing->passphrase);
    frame_secret_wipe(console->frame);
    struct work *work = memory_new(sizeof *work);
    work->console = console;
    buffer_init(&work->json, SIGN_JSON_MAX);
    signing->step = SIGNING_SENT;
    signing->began_us = clock_monotonic_us();
    console->doing.sent = true;
    console->doing.sent_us = signing->began_us;
    worker_do(console->slow, work_sign, work_over, work);
}

bool signing_answer(struct console *console, const void *token, bool yes, const char *text)
{
    struct signing *signing = &console->signing;
    if (token != signing)
        return false;
    if (!yes) {
        struct error error;
        error_set(&error, ERROR_CANCELLED, "%s", _("Nothing was signed."));
        fail(console, &error);
    } else if (signing->step == SIGNING_DANGER) {
        ask_secret(console);
    } else if (signing->step == SIGNING_SECRET && text != NULL) {
        start_work(console, text);
    }
    return true;
}

/* --- beginning with a document that is on the screen */

static const char *run_cell(const struct view_run *run, const char *name)
{
    for (size_t i = 0; i < run->arg_count; i++)
        if (strcmp(run->args[i], name) == 0)
            return view_run_value(run, 0, i);
    return NULL;
}

static bool may_sign(const struct console *console, struct error *error)
{
    const char *off = correction_off(console->session.config);
    if (off != NULL)
        return error_set(error, ERROR_REFUSED, "%s", _(off));
    if (console->signing.wrong >= SIGNING_TRIES)
        return error_set(error, ERROR_REFUSED, "%s",
                         _("The passphrase was wrong five times: this session signs nothing any "
                           "more."));
    return console->core != NULL ||
           error_set(error, ERROR_CONNECTION, "%s", _("The payment core is not connected yet."));
}

/* The bytes of the row, as they were drawn. */
static bool take_shown(struct console *console, struct error *error)
{
    struct signing *signing = &console->signing;
    const struct view_run *run = console->doing.run;
    const char *request = run_cell(run, "request_id"), *document = run_cell(run, "document");
    if (signing->decision == POLICY_PROPOSE) {
        signing->correction = signing->proposed;
        signing->proposed = (struct correction){0};
        return signing->correction.root != NULL ||
               error_set(error, ERROR_CONFLICT, "%s", _("This proposal was signed already."));
    }
    const char *signature = run_cell(run, "core_signature");
    const char *certificate = run_cell(run, "core_certificate");
    struct correction_source source = {.document = span_of(document),
                                       .signature = signature == NULL ? "" : signature,
                                       .certificate = certificate == NULL ? "" : certificate};
    if (!correction_take(&signing->correction, &source, console->session.config, clock_now(),
                         error))
        return false;
    return (request != NULL && strcmp(signing->correction.request, request) == 0) ||
           error_set(error, ERROR_REFUSED, _("%s has the document of another request."),
                     request == NULL ? "-" : request);
}

void signing_begin(struct console *console)
{
    struct signing *signing = &console->signing;
    struct error error;
    signing->began_us = clock_monotonic_us();
    (void)policy_decision_find(span_of(console->doing.action->decision), &signing->decision);
    if (!may_sign(console, &error) || !take_shown(console, &error))
        fail(console, &error);
    else
        ask_danger(console);
}

/* --- proposing: facts, preview, the document */

static const char *value_of(const struct view_value *values, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(values[i].name, name) == 0)
            return values[i].text[0] == '\0' ? NULL : values[i].text;
    return NULL;
}

/* The proposal lies over its form, to which Esc goes back. */
static void show_proposal(struct console *console, struct correction *correction)
{
    struct signing *signing = &console->signing;
    struct doing *doing = &console->doing;
    const struct screen *screen = screen_find(console->screens, "proposal");
    forget(&signing->proposed);
    signing->proposed = *correction;
    signing->proposal_form = doing->form;
    signing->step = SIGNING_NOTHING;
    /* The rows go back to the form, which may be changed and submitted again. */
    for (size_t i = 0; i < console->place_count; i++)
        if (console->places[i].view == doing->form) {
            console->places[i].run = doing->run;
            doing->run = NULL;
        }
    view_run_free(doing->run);
    *doing = (struct doing){0};
    signing->proposal = view_new(&console->world, screen, signing->proposed.request);
    places_push(console, signing->proposal, NULL);
    console->dirty = true;
}

static void previewed(void *context, const struct core_answer *answer)
{
    struct console *console = context;
    struct correction correction;
    struct error error;
    if (console->signing.step != SIGNING_PREVIEW)
        return;
    console_log(console, "preview", answer->sent_us, answer->ended_us,
                answer->outcome == CORE_DONE ? "done" : answer->error.message);
    console->doing.core_call = 0;
    if (answer->outcome != CORE_DONE) {
        correction_refusal(answer, &error);
        fail(console, &error);
    } else if (!correction_previewed(&correction, answer, console->session.config, clock_now(),
                                     &error)) {
        fail(console, &error);
    } else {
        show_proposal(console, &correction);
    }
}

static void facts_known(void *context, struct store_answer *answer)
{
    struct console *console = context;
    struct error error = answer->error;
    if (console->signing.step != SIGNING_PREVIEW)
        return;
    if (answer->outcome == STORE_DONE) {
        struct core_call call = {.method = "POST", .path = "/v1/requests:preview",
                                 .body = store_cell(answer->result, 0, "body"),
                                 .deadline_ms = SIGNING_DEADLINE_MS, .done = previewed,
                                 .context = console};
        console->doing.core_call = core_send(console->core, &call, clock_monotonic_us(), &error);
        if (console->doing.core_call != 0)
            return;
    }
    fail(console, &error);
}

/* An input of the form that is a word of the kind: what it is called there. */
static size_t kind_params(const struct view_value *values, size_t count,
                          struct action_value out[SCREEN_COLUMNS_MAX])
{
    static const struct {
        const char *input, *param;
    } names[] = {{"to", "to"}, {"payee_name", "payee_name"}, {"payee_account", "payee_account"},
                 {"payout_given", "payout"}, {"line_given", "line"}};
    size_t have = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = value_of(values, count, names[i].input);
        if (text != NULL)
            out[have++] = (struct action_value){names[i].param, text};
    }
    return have;
}

static bool ask_facts(struct console *console, const struct view_value *values, size_t count,
                      struct error *error)
{
    const struct view_run *run = console->doing.run;
    const char *exception = run_cell(run, "exception_id"), *version = run_cell(run, "version");
    char exceptions[32], versions[32];
    struct action_value params[SCREEN_COLUMNS_MAX];
    struct buffer json;
    buffer_init(&json, CORRECTION_PARAMS_MAX);
    correction_params(params, kind_params(values, count, params), &json);
    snprintf(exceptions, sizeof exceptions, "{%.24s}", exception == NULL ? "" : exception);
    snprintf(versions, sizeof versions, "{%.24s}", version == NULL ? "NULL" : version);
    const char *const texts[] = {run_cell(run, "request_kind"), exceptions, versions,
                                 buffer_text(&json), value_of(values, count, "request_reason"),
                                 value_of(values, count, "text")};
    struct store_call call = {.statement = "request-facts", .values = texts, .value_count = 6,
                              .deadline_ms = SIGNING_DEADLINE_MS, .done = facts_known,
                              .context = console};
    bool good = console->store != NULL && store_send(console->store, &call, error) != 0;
    if (console->store == NULL)
        error_set(error, ERROR_CONNECTION, "%s", _("The database is not connected yet."));
    buffer_free(&json);
    return good;
}

void signing_submit(struct console *console, const struct view_value *values, size_t count)
{
    struct signing *signing = &console->signing;
    struct error error;
    bool proposes = strcmp(console->doing.action->decision, "propose") == 0;
    (void)policy_decision_find(span_of(console->doing.action->decision), &signing->decision);
    signing->began_us = clock_monotonic_us();
    if (!may_sign(console, &error)) {
        fail(console, &error);
    } else if (!proposes) {
        const char *reason = value_of(values, count, "text");
        signing->reason = memory_copy_string(reason == NULL ? "" : reason);
        if (take_shown(console, &error))
            ask_danger(console);
        else
            fail(console, &error);
    } else {
        signing->step = SIGNING_PREVIEW;
        console->doing.sent = true;
        console->doing.sent_us = signing->began_us;
        if (!ask_facts(console, values, count, &error))
            fail(console, &error);
    }
}
