/* Dates and times: what is read prints the same and is read the same again. */
#include "fuzz.h"

#include <string.h>

#include "daybook/base/date.h"

static void holds_date(struct span text)
{
    char printed[DATE_TEXT];
    date_day day;
    if (!date_parse(text, &day))
        return;
    FUZZ_HOLDS(span_is(text, date_text(day, printed)));
}

static void holds_time(struct span text)
{
    char printed[TIME_TEXT], clock[9];
    time_us time, again;
    if (!time_parse(text, &time))
        return;
    time_clock_text(time, 28800, clock);
    FUZZ_HOLDS(strlen(clock) == 8);
    /* An offset can carry the first and the last day out of what can be printed. */
    time_text(time, printed);
    if (printed[0] == '\0')
        return;
    FUZZ_HOLDS(time_parse(span_of(printed), &again) && again == time);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = {(const char *)data, size};
    holds_date(text);
    holds_time(text);
    return 0;
}
