/* The directory where statement files arrive. A file is ready once its size and time have not
 * changed for a while and its name does not say that somebody still writes it. */
#ifndef DAYBOOK_STORE_INBOX_H
#define DAYBOOK_STORE_INBOX_H

#include <stdint.h>

#include "daybook/base/error.h"

enum {
    INBOX_FILES_MAX = 10000, /* looked at once; the others wait until these are gone */
    INBOX_NAME_MAX = 256
};

struct inbox;

/* Makes done/ and bad/ in it. settle_us: how long a file must stay as it is. */
struct inbox *inbox_new(const char *directory, int64_t settle_us, struct error *error);
void inbox_free(struct inbox *inbox); /* NULL is allowed */

/* Readable when something happened in the directory; then call inbox_look(). */
int inbox_fd(const struct inbox *inbox);
void inbox_look(struct inbox *inbox, int64_t now_us);
/* Files that wait to settle, or to be tried again: look again then. INT64_MAX: none. */
int64_t inbox_next_look(const struct inbox *inbox);
/* The first ready file by name: its path, or NULL. Lives until the next call. */
const char *inbox_ready(struct inbox *inbox, int64_t now_us);
/* What becomes of that file. */
bool inbox_done(struct inbox *inbox, struct error *error);
bool inbox_bad(struct inbox *inbox, struct error *error);
/* It stays where it is and is tried again after a while. */
void inbox_later(struct inbox *inbox, int64_t now_us);

#endif
