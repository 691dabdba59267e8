/* Inputs: what people type, checked and made into what actions take. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "form.h"

static bool fault(struct form_input *input, const char *sentence)
{
    snprintf(input->fault, sizeof input->fault, "%s", sentence);
    return false;
}

static void keep(struct form_input *input, const char *text)
{
    snprintf(input->value, sizeof input->value, "%s", text);
}

static bool check_money(struct form_input *input, const char *text)
{
    int64_t minor = 0;
    char number[24];
    struct decimal decimal;
    if (decimal_parse(span_of(text), '.', ',', &decimal) && decimal.scale > input->exponent) {
        snprintf(input->fault, sizeof input->fault,
                 language_plural("The currency has %d decimal; this has more.",
                                 "The currency has %d decimals; this has more.",
                                 (unsigned long)input->exponent), input->exponent);
        return false;
    }
    if (!money_parse(span_of(text), input->exponent, &minor))
        return fault(input, _("This is no amount; write it like 1,234.50."));
    snprintf(number, sizeof number, "%lld", (long long)minor);
    keep(input, number);
    return true;
}

/* A date, `today`, `tomorrow`, or days from today: +3. */
static bool check_date(const struct view_world *world, struct form_input *input, const char *text)
{
    date_day day = 0, today = time_day(world->clock.now, world->utc_offset_s);
    int64_t days = 0;
    char out[DATE_TEXT];
    bool relative = (text[0] == '+' || text[0] == '-') && isdigit((unsigned char)text[1]);
    if (relative && text_to_int64(span_of(text[0] == '+' ? text + 1 : text), &days) &&
        days > -4000 && days < 4000)
        day = today + (date_day)days;
    else if (strcasecmp(text, "today") == 0)
        day = today;
    else if (strcasecmp(text, "tomorrow") == 0)
        day = today + 1;
    else if (!date_parse(span_of(text), &day))
        return fault(input, _("This is no date; write it like 2026-11-20, today or +3."));
    date_text(day, out);
    keep(input, out);
    editor_set(&input->editor, out);
    return true;
}

static bool check_time(const struct view_world *world, struct form_input *input, const char *text)
{
    time_us at = 0;
    char out[TIME_TEXT];
    date_day day = 0;
    /* Local: YYYY-MM-DD HH:MM. */
    bool shape = strlen(text) == 16 && (text[10] == ' ' || text[10] == 'T') && text[13] == ':';
    bool digits = shape && isdigit((unsigned char)text[11]) && isdigit((unsigned char)text[12]) &&
                  isdigit((unsigned char)text[14]) && isdigit((unsigned char)text[15]);
    if (digits && date_parse((struct span){text, 10}, &day)) {
        int hour = (text[11] - '0') * 10 + text[12] - '0';
        int minute = (text[14] - '0') * 10 + text[15] - '0';
        if (hour < 24 && minute < 60) {
            at = ((time_us)day * 86400 + hour * 3600 + minute * 60 - world->utc_offset_s) * 1000000;
            keep(input, time_text(at, out));
            return true;
        }
    }
    if (!timestamp_parse(span_of(text), &at))
        return fault(input, _("This is no time; write it like 2026-11-20 09:30."));
    keep(input, time_text(at, out));
    return true;
}

static bool check_code(struct form_input *input, const char *text)
{
    const struct field *field = input->column->field;
    const char *codes[64];
    size_t count = 0;
    for (size_t i = 0; i < field->value_count; i++) {
        const struct field_value *value = &field->values[i];
        if (strcasecmp(value->code, text) == 0 || strcasecmp(_(value->label), text) == 0) {
            keep(input, value->code);
            editor_set(&input->editor, value->code);
            return true;
        }
        if (count < 64)
            codes[count++] = value->code;
    }
    const char *near = count == 0 ? NULL : text_nearest(text, codes, count);
    if (count == 0) {
        keep(input, text);
        return true;
    }
    if (near != NULL) {
        snprintf(input->fault, sizeof input->fault, _("This is no code; did you mean %s?"), near);
        return false;
    }
    return fault(input, _("This is no code; F4 lists them."));
}

static bool check_count(struct form_input *input, const char *text)
{
    int64_t number = 0;
    if (!text_to_int64(span_of(text), &number))
        return fault(input, _("This is no whole number."));
    keep(input, text);
    return true;
}

static bool check_bool(struct form_input *input, const char *text)
{
    char first = (char)tolower((unsigned char)text[0]);
    if (first != 'y' && first != 'n' && first != 't' && first != 'f')
        return fault(input, _("Answer yes or no."));
    keep(input, first == 'y' || first == 't' ? "t" : "f");
    return true;
}

bool form_check(const struct view_world *world, struct form_input *input)
{
    char text[EDITOR_BYTES_MAX];
    struct span typed = span_trim(span_of(editor_text(&input->editor)));
    input->fault[0] = '\0';
    memcpy(text, typed.data, typed.length);
    text[typed.length] = '\0';
    if (typed.length == 0) {
        keep(input, "");
        return input->column->optional || fault(input, _("Something must stand here."));
    }
    switch (input->column->field->type) {
    case FIELD_MONEY: return check_money(input, text);
    case FIELD_DATE: return check_date(world, input, text);
    case FIELD_TIME: case FIELD_MOMENT: case FIELD_COUNTDOWN:
        return check_time(world, input, text);
    case FIELD_CODE: return check_code(input, text);
    case FIELD_BOOL: return check_bool(input, text);
    case FIELD_COUNT: case FIELD_DURATION: case FIELD_PERCENT: return check_count(input, text);
    case FIELD_TEXT: case FIELD_ID: case FIELD_ACCOUNT: break;
    }
    keep(input, text);
    return true;
}

void form_edit_text(const struct form_input *input, const char *value, char *out, size_t out_size)
{
    int64_t minor = 0;
    char number[MONEY_TEXT];
    if (input->column->field->type == FIELD_MONEY && text_to_int64(span_of(value), &minor))
        value = money_text(minor, input->exponent, true, number);
    snprintf(out, out_size, "%s", value);
}
