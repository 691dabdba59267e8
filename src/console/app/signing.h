/* What an operator signs in the console, and what the core makes of it. Private to app.
 *
 *     form -> facts (desk) -> preview (core) -> the document on the screen -> danger dialog ->
 *     passphrase -> signature and journal (worker) -> propose or decide (desk) -> the core executes
 *
 * A decision starts at the danger dialog with the document that was on the screen. */
#ifndef DAYBOOK_APP_SIGNING_H
#define DAYBOOK_APP_SIGNING_H

#include "daybook/action/correction.h"
#include "daybook/view/view.h"

enum { SIGNING_TRIES = 5, EXECUTING_MAX = 8 };

enum signing_step {
    SIGNING_NOTHING,
    SIGNING_PREVIEW, /* the desk tells facts, the core makes a document of them */
    SIGNING_DANGER,
    SIGNING_SECRET,
    SIGNING_SENT     /* from the passphrase on: key, journal, database */
};

struct console;

struct signing {
    enum signing_step step;
    enum policy_decision decision;
    struct correction correction;   /* what is signed now; root NULL: nothing */
    struct correction proposed;     /* what the proposal on the screen was drawn from */
    struct view *proposal;          /* its view and the form before it: compared only */
    struct view *proposal_form;
    char *reason;                   /* of a rejection */
    struct secret *passphrase;
    int wrong;                      /* passphrases; SIGNING_TRIES of them lock the key */
    int64_t began_us;
    struct journal *journal;        /* opened by the worker, which alone uses it */
};

/* A request on its way to the core, or asked about. */
struct executing {
    struct console *console;        /* NULL: the slot is free */
    struct correction correction;   /* root NULL: to be read from the desk first */
    struct journal_entry entry;
    bool asks;                      /* GET what became of it, instead of PUT */
    char *body;
    int64_t call;
    int64_t began_us;
};

/* act.c hands over what signs; the places are those of an action. */
void signing_begin(struct console *console);
void signing_submit(struct console *console, const struct view_value *values, size_t count);
/* The answer to one of its dialogs; text is the passphrase. False: not its token. */
bool signing_answer(struct console *console, const void *token, bool yes, const char *text);
/* The row that the proposal's screen shows: the document in memory. NULL: there is none. */
struct page *signing_page(const struct console *console);
/* The extra columns of rows that carry a document: document_fault and document_words. */
struct page *signing_verified(const struct console *console, struct page *page);
void signing_free(struct console *console);

/* Sends what is approved to the core; takes the correction over. */
void executing_start(struct console *console, struct correction *correction);
/* What the journal has no outcome of is asked about. */
void executing_resume(struct console *console);
bool executing_busy(const struct console *console);
void executing_free(struct console *console);

/* One entry, written on the slow worker; nobody waits for it. */
void journal_note(struct console *console, enum journal_word word,
                  const struct journal_entry *entry);
/* The journal, opened when first needed. On the worker alone. */
struct journal *journal_of(struct console *console, struct error *error);

#endif
