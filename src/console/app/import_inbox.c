#include "import_inbox.h"

#include <string.h>

#include "daybook/base/date.h"

bool import_put_away(struct inbox *inbox, const struct import_outcome *outcome,
                     const struct error *why, struct error *error)
{
    if (why->code == ERROR_NONE)
        return strcmp(outcome->state, "BAD") == 0 ? inbox_bad(inbox, error)
                                                  : inbox_done(inbox, error);
    if (import_blames_file(why))
        return inbox_bad(inbox, error);
    if (outcome->known)
        return inbox_done(inbox, error);
    inbox_later(inbox, clock_monotonic_us());
    return true;
}

bool import_stops_all(const struct import_outcome *outcome, const struct error *why)
{
    switch (why->code) {
    case ERROR_REFUSED:
    case ERROR_CONNECTION:
    case ERROR_TIMEOUT:
    case ERROR_CANCELLED: return !outcome->known;
    default: return false;
    }
}
