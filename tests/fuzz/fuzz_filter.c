/* Filter words: conditions with values of the right shape, or a sentence. */
#include "fuzz.h"

#include <string.h>

#include "daybook/domain/money.h"
#include "daybook/view/filter.h"

static const struct field_value states[] = {{.code = "NEW", .label = "new"},
                                            {.code = "BANK_ONLY", .label = "bank only"}};
static const struct field fields[] = {
    {.name = "channel", .label = "Bank", .type = FIELD_CODE},
    {.name = "amount", .label = "Amount", .type = FIELD_MONEY},
    {.name = "opened_at", .label = "Opened", .type = FIELD_TIME},
    {.name = "day", .label = "Day", .type = FIELD_DATE},
    {.name = "state", .label = "State", .type = FIELD_CODE,
     .values = (struct field_value *)states, .value_count = 2},
    {.name = "payee", .label = "Payee", .type = FIELD_TEXT},
    {.name = "lines", .label = "Lines", .type = FIELD_COUNT},
    {.name = "late", .label = "Late", .type = FIELD_DURATION},
    {.name = "matched", .label = "Matched", .type = FIELD_BOOL},
    {.name = "rate", .label = "Rate", .type = FIELD_PERCENT}};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static void check_value(const struct field *field, const char *value)
{
    int64_t number;
    date_day day;
    time_us at;
    char again[FILTER_VALUE_MAX];
    size_t length = text_printable(again, sizeof again, span_of(value));
    FUZZ_HOLDS(length > 0 && strcmp(again, value) == 0);
    switch (field->type) {
    case FIELD_MONEY: case FIELD_COUNT: case FIELD_DURATION: case FIELD_PERCENT:
        FUZZ_HOLDS(text_to_int64(span_of(value), &number));
        break;
    case FIELD_DATE: FUZZ_HOLDS(date_parse(span_of(value), &day)); break;
    case FIELD_TIME: FUZZ_HOLDS(time_parse(span_of(value), &at)); break;
    case FIELD_BOOL: FUZZ_HOLDS(strcmp(value, "t") == 0 || strcmp(value, "f") == 0); break;
    default: break;
    }
    if (field->value_count > 0)
        FUZZ_HOLDS(field_value_find(field, value) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct field *list[FIELDS];
    struct filter filter;
    struct error error = {0};
    for (size_t i = 0; i < FIELDS; i++)
        list[i] = &fields[i];
    const struct filter_context context = {.fields = list, .field_count = FIELDS,
                                           .now = INT64_C(1795138260000000),
                                           .utc_offset_s = 28800, .exponent = 2};
    if (!filter_parse(&filter, (struct span){(const char *)data, size}, &context, &error)) {
        FUZZ_HOLDS(filter.count == 0 && error.message[0] != '\0');
        return 0;
    }
    FUZZ_HOLDS(filter.count <= FILTER_CONDITIONS_MAX);
    for (size_t i = 0; i < filter.count; i++) {
        char chip[64];
        const struct filter_condition *condition = &filter.conditions[i];
        FUZZ_HOLDS(condition->value_count >= 1 && condition->value_count <= FILTER_VALUES_MAX);
        for (size_t j = 0; j < condition->value_count; j++)
            check_value(condition->field, condition->values[j]);
        FUZZ_HOLDS(strlen(filter_chip(condition, 2, chip, sizeof chip)) < sizeof chip);
    }
    return 0;
}
