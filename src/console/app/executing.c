/* Approved requests on their way to the core. The journal has each before its first byte leaves;
 * nothing here is ever cancelled, and what is unknown is asked again by the request's own number
 * until it is known. What this console cannot finish daybookd does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "inside.h"

enum { ATTEMPTS = 10, EXECUTING_DEADLINE_MS = 30000 };

static void send_put(struct executing *at);

/* --- the journal, which only the worker touches */

struct journal *journal_of(struct console *console, struct error *error)
{
    const struct config *config = console->session.config;
    if (console->signing.journal == NULL && config->journal != NULL)
        console->signing.journal = journal_open(config->journal, config->operator_name, error);
    return console->signing.journal;
}

struct note {
    struct console *console;
    struct executing *at; /* who waits for it; NULL: nobody */
    enum journal_word word;
    struct journal_entry entry;
    bool good;
    struct error error;
};

static void note_work(void *argument)
{
    struct note *note = argument;
    struct journal *journal = journal_of(note->console, &note->error);
    note->good = journal != NULL && journal_write(journal, clock_now(), note->word, &note->entry,
                                                  &note->error);
}

static void note_over(void *argument)
{
    struct note *note = argument;
    if (!note->good)
        console_complain(note->console, &note->error);
    free(note);
}

static struct note *note_new(struct console *console, enum journal_word word,
                             const struct journal_entry *entry)
{
    struct note *note = memory_new(sizeof *note);
    *note = (struct note){.console = console, .word = word, .entry = *entry};
    return note;
}

void journal_note(struct console *console, enum journal_word word,
                  const struct journal_entry *entry)
{
    worker_do(console->slow, note_work, note_over, note_new(console, word, entry));
}

/* --- one request */

static void release(struct executing *at)
{
    if (at->correction.root != NULL)
        correction_release(&at->correction);
    free(at->body);
    *at = (struct executing){0};
}

static struct executing *slot_of(struct console *console)
{
    for (size_t i = 0; i < EXECUTING_MAX; i++)
        if (console->executing[i].console == NULL)
            return &console->executing[i];
    return NULL;
}

bool executing_busy(const struct console *console)
{
    for (size_t i = 0; i < EXECUTING_MAX; i++)
        if (console->executing[i].console != NULL)
            return true;
    return false;
}

void executing_free(struct console *console)
{
    for (size_t i = 0; i < EXECUTING_MAX; i++) {
        struct executing *at = &console->executing[i];
        if (at->console != NULL && console->core != NULL)
            core_forget(console->core, at->call);
        release(at);
    }
}

/* It is over: the sentence stands on the message line, and every screen reads again. */
static void over(struct executing *at, enum text_role role, const char *sentence)
{
    struct console *console = at->console;
    console_log(console, "execute", at->began_us, clock_monotonic_us(), sentence);
    frame_message(console->frame, role, "%s", sentence);
    release(at);
    places_reload(console, false);
}

static void fail(struct executing *at, const struct error *error)
{
    char sentence[ERROR_MESSAGE_MAX + 64];
    snprintf(sentence, sizeof sentence, "%s: %s", at->entry.request, error->message);
    over(at, ROLE_BAD, sentence);
}

/* --- what came of it */

static void settled(void *context, struct store_answer *answer)
{
    struct executing *at = context;
    char sentence[ERROR_MESSAGE_MAX];
    if (at->console == NULL)
        return;
    if (answer->outcome == STORE_DONE) {
        snprintf(sentence, sizeof sentence, _("%s is executed."), at->entry.request);
        over(at, ROLE_OK, sentence);
    } else {
        /* The core has done it; the desk learns of it from daybookd. */
        snprintf(sentence, sizeof sentence, _("%s is executed; its receipt is not kept yet: %s"),
                 at->entry.request, answer->error.message);
        over(at, ROLE_WARNING, sentence);
    }
}

static void settle(struct executing *at, const struct core_answer *answer)
{
    char signature[2 * SIGN_BYTES + 1];
    struct buffer receipt;
    struct error error;
    buffer_init(&receipt, CORE_BODY_MAX);
    bool good = correction_receipt(answer, &at->correction, clock_now(), &receipt, signature,
                                   &error);
    if (good) {
        const char *const values[] = {at->entry.request, buffer_text(&receipt), signature};
        struct store_call call = {.statement = "request-settle", .values = values,
                                  .value_count = 3, .writes = true, .done = settled,
                                  .deadline_ms = EXECUTING_DEADLINE_MS, .context = at};
        good = store_send(at->console->store, &call, &error) != 0;
    }
    buffer_free(&receipt);
    if (!good)
        fail(at, &error);
}

static void failed_told(void *context, struct store_answer *answer)
{
    struct console *console = context;
    if (answer->outcome == STORE_DONE)
        places_reload(console, false);
}

/* What the core decided against goes back to its maker. */
static void refused(struct executing *at, const struct core_answer *answer)
{
    struct error error;
    correction_refusal(answer, &error);
    if (at->asks && answer->status == 404)
        error_set(&error, ERROR_REFUSED, "%s",
                  _("it was not executed; daybookd sends it again, or daybook relay does."));
    if (!at->asks && correction_is_failed(answer)) {
        const char *const values[] = {at->entry.request, answer->code, answer->detail};
        struct store_call call = {.statement = "request-failed", .values = values,
                                  .value_count = 3, .writes = true, .done = failed_told,
                                  .deadline_ms = EXECUTING_DEADLINE_MS, .context = at->console};
        (void)store_send(at->console->store, &call, NULL);
    }
    fail(at, &error);
}

static void answered(void *context, const struct core_answer *answer)
{
    struct executing *at = context;
    struct console *console = at->console;
    if (console == NULL)
        return;
    bool done = answer->outcome == CORE_DONE, unknown = answer->outcome == CORE_UNKNOWN;
    console_log(console, at->asks ? "asked the core" : "execute", answer->sent_us,
                answer->ended_us, done ? "done" : answer->error.message);
    console->dirty = true;
    if (answer->again_s > 0) {
        frame_message(console->frame, ROLE_WARNING,
                      _("%s: whether it is executed is unknown. Asked again in %d s."),
                      at->entry.request, answer->again_s);
        return;
    }
    at->call = 0;
    journal_note(console, done ? JOURNAL_DONE : unknown ? JOURNAL_UNKNOWN : JOURNAL_REFUSED,
                 &at->entry);
    if (done) {
        settle(at, answer);
    } else if (unknown) {
        char sentence[ERROR_MESSAGE_MAX];
        snprintf(sentence, sizeof sentence,
                 _("%s: whether it is executed is unknown. daybookd asks on."),
                 at->entry.request);
        over(at, ROLE_WARNING, sentence);
    } else {
        refused(at, answer);
    }
}

static void send_put(struct executing *at)
{
    char path[CORRECTION_PATH_MAX], key[CORE_KEY_TEXT];
    struct error error;
    (void)correction_path(at->entry.request, path);
    struct core_call call = {.method = at->asks ? "GET" : "PUT", .path = path, .body = at->body,
                             .key = core_key_new(key), .attempts = ATTEMPTS, .done = answered,
                             .deadline_ms = EXECUTING_DEADLINE_MS, .context = at};
    frame_message(at->console->frame, ROLE_INFO,
                  at->asks ? _("%s: what became of it is asked of the core.")
                           : _("%s goes to the core."), at->entry.request);
    at->console->dirty = true;
    at->call = core_send(at->console->core, &call, clock_monotonic_us(), &error);
    if (at->call == 0)
        fail(at, &error);
}

/* --- on its way */

static void intent_over(void *argument)
{
    struct note *note = argument;
    struct executing *at = note->at;
    if (at->console != NULL && !note->good)
        fail(at, &note->error);
    else if (at->console != NULL)
        send_put(at);
    free(note);
}

static void bundled(void *context, struct store_answer *answer)
{
    struct executing *at = context;
    if (at->console == NULL)
        return;
    const char *body = answer->outcome == STORE_DONE ? store_cell(answer->result, 0, "body")
                                                     : NULL;
    if (body == NULL) {
        fail(at, &answer->error);
        return;
    }
    at->body = memory_copy_string(body);
    struct note *note = note_new(at->console, JOURNAL_INTEND, &at->entry);
    note->at = at;
    worker_do(at->console->slow, note_work, intent_over, note);
}

static bool ask_store(struct executing *at, const char *statement, store_done_fn *done)
{
    struct error error;
    const char *const values[] = {at->entry.request};
    struct store_call call = {.statement = statement, .values = values, .value_count = 1,
                              .deadline_ms = EXECUTING_DEADLINE_MS, .done = done, .context = at};
    if (store_send(at->console->store, &call, &error) != 0)
        return true;
    fail(at, &error);
    return false;
}

void executing_start(struct console *console, struct correction *correction)
{
    struct executing *at = slot_of(console);
    struct error error;
    if (at == NULL || console->core == NULL) {
        /* It is approved: daybookd sends it. */
        error_set(&error, ERROR_LIMIT, _("%s is approved; daybookd sends it to the core."),
                  correction->request);
        correction_release(correction);
        console_complain(console, &error);
        return;
    }
    *at = (struct executing){.console = console, .correction = *correction,
                             .began_us = clock_monotonic_us()};
    at->entry = correction_entry(&at->correction, JOURNAL_EXECUTE);
    (void)ask_store(at, "request-bundle", bundled);
}

/* --- what an earlier console left without an outcome */

static void document_read(void *context, struct store_answer *answer)
{
    struct executing *at = context;
    struct error error = answer->error;
    if (at->console == NULL)
        return;
    bool good = answer->outcome == STORE_DONE;
    if (good && answer->result->rows == 0)
        good = error_set(&error, ERROR_NOT_FOUND, "%s",
                         _("the desk does not have it, or you may not see it."));
    if (good) {
        struct correction_source source = {
            .document = span_of(store_cell(answer->result, 0, "document")),
            .signature = store_cell(answer->result, 0, "core_signature"),
            .certificate = store_cell(answer->result, 0, "core_certificate")};
        good = correction_take(&at->correction, &source, at->console->session.config, clock_now(),
                               &error);
    }
    if (good)
        send_put(at);
    else
        fail(at, &error);
}

/* A vote is the desk's to know, and it is there or it is not. */
static void vote_found(void *context, struct store_answer *answer)
{
    struct executing *at = context;
    struct console *console = at->console;
    struct error error = answer->error;
    char sentence[ERROR_MESSAGE_MAX];
    if (console == NULL)
        return;
    if (answer->outcome != STORE_DONE) {
        fail(at, &error);
        return;
    }
    const char *voted = answer->result->rows == 0 ? NULL : store_cell(answer->result, 0, "voted");
    bool there = voted != NULL && voted[0] == 't';
    journal_note(console, there ? JOURNAL_DONE : JOURNAL_REFUSED, &at->entry);
    snprintf(sentence, sizeof sentence,
             there ? _("%s: your signature arrived.") : _("%s: your signature did not arrive."),
             at->entry.request);
    over(at, there ? ROLE_OK : ROLE_WARNING, sentence);
}

static void resume_one(struct console *console, const struct journal_entry *entry)
{
    struct executing *at = slot_of(console);
    char path[CORRECTION_PATH_MAX];
    if (at == NULL || !correction_path(entry->request, path))
        return;
    bool executes = entry->step == JOURNAL_EXECUTE;
    if (executes && console->core == NULL)
        return;
    *at = (struct executing){.console = console, .entry = *entry, .asks = true,
                             .began_us = clock_monotonic_us()};
    (void)ask_store(at, executes ? "request" : "request-outcome",
                    executes ? document_read : vote_found);
}

struct pending {
    struct console *console;
    struct journal_entry entries[JOURNAL_PENDING_MAX];
    size_t count;
};

static void pending_work(void *argument)
{
    struct pending *pending = argument;
    struct error error;
    struct journal *journal = journal_of(pending->console, &error);
    if (journal == NULL || !journal_pending(journal, pending->entries, &pending->count, &error))
        pending->count = 0;
}

static void pending_over(void *argument)
{
    struct pending *pending = argument;
    for (size_t i = 0; i < pending->count; i++)
        resume_one(pending->console, &pending->entries[i]);
    free(pending);
}

void executing_resume(struct console *console)
{
    if (console->session.config->journal == NULL || console->resumed)
        return;
    console->resumed = true;
    struct pending *pending = memory_new(sizeof *pending);
    pending->console = console;
    worker_do(console->slow, pending_work, pending_over, pending);
}
