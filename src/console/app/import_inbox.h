/* What the command and the console do alike with the files of a directory. */
#ifndef DAYBOOK_APP_IMPORT_INBOX_H
#define DAYBOOK_APP_IMPORT_INBOX_H

#include "daybook/store/import.h"
#include "daybook/store/inbox.h"

enum { IMPORT_SETTLE_US = 1000000 };

/* What was taken in, now or before, is done; what failed through its own fault is bad. The others
 * stay where they are, to be tried again. */
bool import_put_away(struct inbox *inbox, const struct import_outcome *outcome,
                     const struct error *why, struct error *error);
/* What ends one file's import this way would end all others' too. */
bool import_stops_all(const struct import_outcome *outcome, const struct error *why);

#endif
