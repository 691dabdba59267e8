/* Actions that the payment core carries out: the request of a row, and what became of it. */
#include <stdio.h>
#include <string.h>

#include "daybook/base/language.h"
#include "daybook/store/refusal.h"
#include "inside.h"

static const int64_t ids_a_day = 1000000000;

const char *action_payout_text(int64_t payment_id, char out[ACTION_PAYOUT_TEXT])
{
    snprintf(out, ACTION_PAYOUT_TEXT, "P%lld%05lld", (long long)(payment_id / ids_a_day),
             (long long)(payment_id % ids_a_day));
    return out;
}

static bool cell_int(const struct action_rows *rows, size_t row, const char *name, int64_t *out)
{
    for (size_t c = 0; c < rows->column_count; c++) {
        const char *text = rows->cells[row * rows->column_count + c];
        if (strcmp(rows->columns[c], name) == 0 && text != NULL)
            return text_to_int64(span_of(text), out);
    }
    return false;
}

bool action_core_path(const struct action *action, const struct action_rows *rows, size_t row,
                      char out[ACTION_PATH_MAX], int64_t *version, struct error *error)
{
    static const char mark[] = "{payment_id}";
    char payout[ACTION_PAYOUT_TEXT];
    int64_t id;
    if (!cell_int(rows, row, "payment_id", &id) || id < ids_a_day)
        return error_set(error, ERROR_INPUT, _("A payout is written as P2026112000417."));
    if (!action->versioned || !cell_int(rows, row, "version", version))
        *version = 0;
    const char *at = strstr(action->path, mark);
    int length = snprintf(out, ACTION_PATH_MAX, "%.*s%s%s", (int)(at - action->path), action->path,
                          action_payout_text(id, payout), at + sizeof mark - 1);
    return (length > 0 && length < ACTION_PATH_MAX) ||
           error_set(error, ERROR_LIMIT, _("too many rows at once"));
}

static bool word_known(const char *word)
{
    size_t count;
    const struct refusal *table = refusals(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].word, word) == 0)
            return true;
    return false;
}

/* The core tells of a ladder as if stopping were a state of the payout. NULL: it is about none. */
static const char *ladder_sentence(const struct core_answer *answer)
{
    static const char *const in_doubt[] = {"from=SUBMITTED ", "from=ACCEPTED ", "from=UNKNOWN ",
                                           "from=PRESUMED_PAID "};
    bool stopping = strstr(answer->detail, " to=STOPPED") != NULL;
    if (strcmp(answer->code, "illegal-edge") != 0 ||
        (!stopping && strstr(answer->detail, " to=RESUMED") == NULL))
        return NULL;
    for (size_t i = 0; i < sizeof in_doubt / sizeof in_doubt[0]; i++)
        if (strstr(answer->detail, in_doubt[i]) != NULL)
            return stopping ? _("The ladder is stopped already.")
                            : _("The ladder was not stopped: it goes on.");
    return _("Its result is not in doubt: there is no ladder.");
}

void action_core_error(const struct core_answer *answer, struct error *error)
{
    char state[8];
    *error = answer->error;
    if (strcmp(answer->code, "not-allowed") == 0) {
        error_set(error, ERROR_REFUSED, _("The payment core does not allow you this."));
        return;
    }
    const char *ladder = ladder_sentence(answer);
    if (ladder != NULL) {
        error_set(error, ERROR_CONFLICT, "%s", ladder);
        return;
    }
    if (answer->code[0] == '\0' || !word_known(answer->code))
        return;
    snprintf(state, sizeof state, "DB%d", answer->status % 1000);
    refusal_error(state, answer->code, answer->detail, error);
}

void action_core_count(const struct core_answer *answer, struct action_tally *tally)
{
    tally->row++;
    if (answer->outcome == CORE_DONE) {
        tally->done++;
        return;
    }
    if (tally->refused + tally->unknown == 0)
        action_core_error(answer, &tally->first);
    if (answer->outcome == CORE_UNKNOWN)
        tally->unknown++;
    else
        tally->refused++;
}

void action_core_summarise(const struct action *action, const struct action_tally *tally,
                           struct action_summary *summary)
{
    *summary = (struct action_summary){.done = tally->done,
                                       .refused = tally->refused + tally->unknown,
                                       .first = tally->first};
    action_summary_say(action, summary);
}
