/* The console's journal (RELIABILITY (b)): what a person signed and is about to send is on the disk
 * before its first byte leaves, and its outcome when it is known. A console that was killed in
 * between reads at its next start what has no outcome, and asks.
 *
 * One file a login, DIRECTORY/LOGIN.journal, only ever appended to, one line an entry:
 *
 *     2026-11-23T02:40:00Z intend execute R2026112300001 9f86d081...
 *     2026-11-23T02:40:01Z done execute R2026112300001 9f86d081...
 *
 * Several consoles of one login may write to it: an entry is one write. A line that was torn by an
 * end is left behind and no entry. */
#ifndef DAYBOOK_STORE_JOURNAL_H
#define DAYBOOK_STORE_JOURNAL_H

#include "daybook/base/date.h"
#include "daybook/base/error.h"

enum {
    JOURNAL_REQUEST_TEXT = 24, /* a request's id with its NUL */
    JOURNAL_DIGEST_TEXT = 65,  /* SHA-256 of the document in hexadecimal digits, with its NUL */
    JOURNAL_PENDING_MAX = 256  /* entries without an outcome that are told of */
};

/* What is sent. */
enum journal_step { JOURNAL_PROPOSE, JOURNAL_APPROVE, JOURNAL_REJECT, JOURNAL_EXECUTE };
/* `unknown` is kept for who reads it; the entry stays without an outcome. */
enum journal_word { JOURNAL_INTEND, JOURNAL_DONE, JOURNAL_REFUSED, JOURNAL_UNKNOWN };

struct journal_entry {
    enum journal_step step;
    char request[JOURNAL_REQUEST_TEXT];
    char sha256[JOURNAL_DIGEST_TEXT];
};

struct journal;

/* Makes directory (0700) and file (0600) where they are missing. NULL with the error set. */
struct journal *journal_open(const char *directory, const char *login, struct error *error);
void journal_close(struct journal *journal); /* NULL is allowed */

/* Returns once the entry is on the disk. False with the error set: then nothing may be sent. Call
 * it off the main thread; one thread at a time. */
bool journal_write(struct journal *journal, time_us at, enum journal_word word,
                   const struct journal_entry *entry, struct error *error);

/* What was intended and is neither done nor refused, the oldest first. False with the error set
 * where the file cannot be read. */
bool journal_pending(struct journal *journal, struct journal_entry out[JOURNAL_PENDING_MAX],
                     size_t *count, struct error *error);

const char *journal_step_word(enum journal_step step); /* "execute" */

#endif
