/* daybook relay: what is approved goes to the core, which executes it once whoever sends it and how
 * often; the receipt goes to the desk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_correct.h"
#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"

enum { ATTEMPTS = 6, DEADLINE_MS = 30000 };

/* --- one request */

static bool settle(struct correcting *at, const struct correction *correction,
                   const struct core_answer *answer, struct error *error)
{
    char signature[2 * SIGN_BYTES + 1];
    struct buffer receipt;
    buffer_init(&receipt, CORE_BODY_MAX);
    bool good = correction_receipt(answer, correction, clock_now(), &receipt, signature, error);
    if (good) {
        const char *const values[] = {correction->request, buffer_text(&receipt), signature};
        char *state = correcting_ask(at, "request-settle", values, 3, true, error);
        good = state != NULL;
        free(state);
    }
    buffer_free(&receipt);
    return good;
}

/* What the core decided against goes back to its maker. */
static void tell_failed(struct correcting *at, const char *request,
                        const struct core_answer *answer)
{
    struct error error;
    const char *const values[] = {request, answer->code, answer->detail};
    char *state = correcting_ask(at, "request-failed", values, 3, true, &error);
    if (state == NULL)
        narrate("%s", error.message);
    free(state);
}

static bool put(struct correcting *at, const struct correction *correction, const char *body,
                struct error *error)
{
    char path[CORRECTION_PATH_MAX], key[CORE_KEY_TEXT];
    struct journal_entry entry = correction_entry(correction, JOURNAL_EXECUTE);
    struct core_answer answer;
    struct core_call call = {.method = "PUT", .path = path, .body = body, .key = core_key_new(key),
                             .attempts = ATTEMPTS, .deadline_ms = DEADLINE_MS};
    if (!correction_path(correction->request, path))
        return error_set(error, ERROR_INPUT, _("there is no request %s"), correction->request);
    if (!correcting_note(at, JOURNAL_INTEND, &entry, error))
        return false;
    bool done = core_run(at->core, &call, &answer), failed = correction_is_failed(&answer);
    enum journal_word word = done ? JOURNAL_DONE
                             : answer.outcome == CORE_REFUSED ? JOURNAL_REFUSED : JOURNAL_UNKNOWN;
    (void)correcting_note(at, word, &entry, NULL);
    if (!done)
        correction_refusal(&answer, error);
    if (failed)
        tell_failed(at, correction->request, &answer);
    done = done && settle(at, correction, &answer, error);
    core_answer_release(&answer);
    return done;
}

bool correcting_execute(struct correcting *at, const char *request, const char *body,
                        const struct correction *correction, struct error *error)
{
    struct correction mine = {0};
    const char *const values[] = {request};
    char *own = body != NULL ? memory_copy_string(body)
                             : correcting_ask(at, "request-bundle", values, 1, false, error);
    bool good = own != NULL &&
                (correction != NULL || correcting_read(at, request, &mine, error));
    good = good && put(at, correction != NULL ? correction : &mine, own, error);
    if (mine.root != NULL)
        correction_release(&mine);
    free(own);
    return good;
}

/* --- all that are due */

static bool relay_all(struct correcting *at, const struct store_result *due, size_t *sent,
                      struct error *first)
{
    bool good = true;
    for (size_t r = 0; r < due->rows; r++) {
        const char *request = store_cell(due, r, "request_id");
        struct error error;
        if (correcting_execute(at, request, store_cell(due, r, "body"), NULL, &error)) {
            printf("%s\tEXECUTED\n", request);
            ++*sent;
            continue;
        }
        narrate("%s: %s", request, error.message);
        if (good)
            *first = error;
        good = false;
    }
    return good;
}

int command_relay(struct command *command)
{
    struct correcting at;
    struct error error;
    struct store_answer answer = {0};
    size_t sent = 0;
    bool good = correcting_open(&at, command, false, &error);
    if (good) {
        struct store_call call = {.statement = "requests-due", .deadline_ms = DEADLINE_MS,
                                  .writes = true, .result_limit = 64 << 20};
        good = store_run(at.store, &call, &answer);
        if (!good)
            error = answer.error;
    }
    if (good)
        good = relay_all(&at, answer.result, &sent, &error);
    store_answer_release(&answer);
    correcting_close(&at);
    if (!good)
        return command_fails(&error);
    narrate(language_plural("%zu request executed.", "%zu requests executed.",
                            (unsigned long)sent), sent);
    return 0;
}
