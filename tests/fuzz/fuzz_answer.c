/* The body of a bank's answer. The first byte says how it came: sending or question, status.
 * Whatever the bytes are, the words fit and can be shown, and a payout is taken as paid or refused
 * only where the bytes name it and say the word as it is written in the contract. */
#include <string.h>

#include "daybook/base/text.h"
#include "fuzz.h"
#include "src/core/bank/answer.h"

static void shows(const char *text, size_t size)
{
    char shown[512];

    FUZZ_HOLDS(memchr(text, '\0', size) != NULL);
    FUZZ_HOLDS(text_printable(shown, sizeof shown, span_of(text)) == strlen(text));
    FUZZ_HOLDS(strcmp(shown, text) == 0);
}

static int says(const uint8_t *data, size_t size, const char *word)
{
    return memmem(data, size, word, strlen(word)) != NULL || memchr(data, '\\', size) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char ref[] = "P2026112000417";
    static const int statuses[] = {200, 202, 404, 500};

    if (size == 0)
        return 0;
    bool is_query = data[0] % 2 == 1;
    struct bank_answer answer = {.transport = BANK_ANSWERED, .status = statuses[data[0] / 2 % 4]};

    data++;
    size--;
    bank_answer_read((struct span){(const char *)data, size}, &answer);
    shows(answer.ref, sizeof answer.ref);
    shows(answer.result, sizeof answer.result);
    shows(answer.code, sizeof answer.code);
    shows(answer.text, sizeof answer.text);
    shows(answer.bank_ref, sizeof answer.bank_ref);
    enum payout_news_kind news = bank_answer_news(&answer, ref, is_query);

    if (news == PAYOUT_NEWS_PAID)
        FUZZ_HOLDS(says(data, size, ref) && says(data, size, "paid") && answer.status < 300);
    if (news == PAYOUT_NEWS_REFUSED)
        FUZZ_HOLDS(says(data, size, ref) && says(data, size, "refused") && answer.status < 300);
    return 0;
}
