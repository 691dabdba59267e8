#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "daybook/base/language.h"

/* Commands that are app's own; every other row of the action table is a statement. */
static const struct {
    const char *name;
    command_fn *run;
} table[] = {
    {"audit", command_audit},
    {"approve", command_approve}, {"propose", command_propose}, {"reject", command_reject},
    {"relay", command_relay},   {"doctor", command_doctor}, {"export", command_export},
    {"feed", command_feed},
    {"import", command_import}, {"list", command_list},       {"manual", command_manual},
    {"parse", command_parse},   {"reconcile", command_reconcile}, {"schema", command_schema},
    {"screens", command_screens}, {"show", command_show},
};

int command_fails(const struct error *error)
{
    fprintf(stderr, "daybook: %s\n", error->message);
    return output_status(error->code);
}

int command_run(const struct options *options)
{
    struct command command = {.options = options};
    command_fn *run = command_action;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].name, options->action->name) == 0)
            run = table[i].run;
    int status = run(&command);
    session_release(&command.session);
    return status;
}

struct screen_set *command_screens_load(void)
{
    struct screen_faults faults = {0}, notes = {0};
    struct screen_set *set = screen_set_load(NULL, &(struct screen_names){0}, &faults, &notes);
    screen_faults_free(&faults);
    screen_faults_free(&notes);
    return set;
}

const char *command_id(const char *text, char out[24])
{
    int64_t number;
    const char *digits = text;
    if (text[0] >= 'A' && text[0] <= 'Z' && text[1] == '-')
        digits = text + 2;
    /* P2026112000417 is day 20261120, the day's 417th: its id is day * 10^9 + 417. */
    if (text[0] == 'P' && strlen(text) >= 14) {
        int64_t day;
        if (text_to_int64((struct span){text + 1, 8}, &day) &&
            text_to_int64(span_of(text + 9), &number) && number >= 0 && number < 1000000000) {
            snprintf(out, 24, "%lld", (long long)(day * 1000000000 + number));
            return out;
        }
    }
    if (!text_to_int64(span_of(digits), &number))
        return text;
    snprintf(out, 24, "%lld", (long long)number);
    return out;
}
