/* What a bank answered, as bytes in and words out. */
#ifndef DAYBOOK_CORE_BANK_ANSWER_H
#define DAYBOOK_CORE_BANK_ANSWER_H

#include "daybook/base/text.h"
#include "daybook/domain/payout_answer.h"

/* The words of an answer's body, neutralised and cut to their room. `ref` and `result` decide: they
 * are what the bank wrote, or empty. What is no JSON object, says a member twice or leaves one out
 * has empty words, which decide nothing. Transport and status stay as they are. */
void bank_answer_read(struct span body, struct bank_answer *answer);

#endif
