#include "daybook/domain/payout_answer.h"

#include <string.h>

static const struct {
    const char *result;
    enum payout_news_kind kind;
    bool to_sending, to_query; /* where the word makes sense */
} words[] = {
    {"paid", PAYOUT_NEWS_PAID, true, true},
    {"accepted", PAYOUT_NEWS_ACCEPTED, true, true},
    {"processing", PAYOUT_NEWS_PROCESSING, true, true},
    {"refused", PAYOUT_NEWS_REFUSED, true, true},
    {"not-found", PAYOUT_NEWS_NOT_FOUND, false, true},
};

enum payout_news_kind bank_answer_news(const struct bank_answer *answer, const char *ref,
                                       bool is_query)
{
    if (answer->transport == BANK_NOT_SENT)
        return is_query ? PAYOUT_NEWS_SILENCE : PAYOUT_NEWS_NOT_SENT;
    if (answer->transport != BANK_ANSWERED)
        return PAYOUT_NEWS_SILENCE;
    if (strcmp(answer->ref, ref) != 0)
        return PAYOUT_NEWS_ERROR;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        bool fits = answer->status / 100 == 2
            || (answer->status == 404 && words[i].kind == PAYOUT_NEWS_NOT_FOUND);

        if (strcmp(words[i].result, answer->result) == 0 && fits
            && (is_query ? words[i].to_query : words[i].to_sending))
            return words[i].kind;
    }
    return PAYOUT_NEWS_ERROR;
}
