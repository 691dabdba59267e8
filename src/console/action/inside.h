/* What the files of action share. */
#ifndef DAYBOOK_CONSOLE_ACTION_INSIDE_H
#define DAYBOOK_CONSOLE_ACTION_INSIDE_H

#include "daybook/action/action.h"

/* Makes the summary's sentence from its counts. */
void action_summary_say(const struct action *action, struct action_summary *summary);

/* The sentence of a refusal of the core's, made from its word. */
void action_core_error(const struct core_answer *answer, struct error *error);

#endif
