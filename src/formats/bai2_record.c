/* The fields of BAI2 records. Commas part them; how many belong to a summary or an entry depends on
 * the funds type among them, so they are read by a small machine that a continuation record carries
 * on. The text of an entry is its last field and may hold commas itself. */
#include "bai2.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "daybook/base/memory.h"

enum stage {
    STAGE_PLAIN, /* fields as they come */
    STAGE_TYPE,
    STAGE_AMOUNT,
    STAGE_COUNT, /* of a summary's items */
    STAGE_FUNDS,
    STAGE_FUNDS_DATE,  /* V: date, time */
    STAGE_FUNDS_COUNT, /* D: count, then pairs of days and amount */
    STAGE_FUNDS_MORE,  /* `left` more values of the funds type */
    STAGE_BANK,
    STAGE_CUSTOMER,
    STAGE_TEXT
};

enum { AVAILABILITY_MAX = 1000 /* days that funds type D may give */ };

void bai2_record_init(struct bai2_record *record)
{
    *record = (struct bai2_record){.code = 0};
    buffer_init(&record->kept, BAI2_RECORD_LIMIT);
}

void bai2_record_free(struct bai2_record *record)
{
    buffer_free(&record->kept);
    free(record->summaries);
}

struct span bai2_record_text(const struct bai2_record *record, struct bai2_text text)
{
    return (struct span){buffer_text(&record->kept) + text.offset, text.length};
}

bool bai2_number(struct span text, int64_t *number)
{
    text = span_trim(text);
    *number = 0;
    if (text.length == 0)
        return true;
    if (text.data[0] == '+' && text.length > 1 && text.data[1] != '-')
        text = (struct span){text.data + 1, text.length - 1};
    return text_to_int64(text, number) && *number != INT64_MIN;
}

date_day bai2_date(struct span text)
{
    int64_t number;
    date_day day;

    if (text.length != 6 || !text_to_int64(text, &number) || number < 0)
        return DATE_NONE;
    int year = (int)(number / 10000);
    year += year < 80 ? 2000 : 1900;
    return date_from_civil(year, (int)(number / 100 % 100), (int)(number % 100), &day)
        ? day : DATE_NONE;
}

static struct bai2_text keep(struct bai2_record *record, struct span value)
{
    struct bai2_text text = {record->kept.length, value.length};

    if (!buffer_append(&record->kept, value.data, value.length))
        text = (struct bai2_text){0, 0};
    return text;
}

/* Puts the value behind the text that was kept last. */
static void keep_more(struct bai2_record *record, struct bai2_text *text, char between,
                      struct span value)
{
    if (text->length == 0) {
        *text = keep(record, value);
        return;
    }
    if (buffer_append_char(&record->kept, between) &&
        buffer_append(&record->kept, value.data, value.length))
        text->length += 1 + value.length;
}

static void wrong(struct bai2_record *record, const char *what, struct span value)
{
    if (record->reason[0] != '\0')
        return;
    snprintf(record->reason, sizeof(record->reason), "%s '%.*s'", what,
             (int)(value.length < 40 ? value.length : 40), value.length ? value.data : "");
}

static void add_total(struct bai2_record *record, int64_t amount)
{
    record->overflow |= __builtin_add_overflow(record->total, amount, &record->total);
}

static struct bai2_summary *summary_last(struct bai2_record *record)
{
    return record->summary_count > 0 ? &record->summaries[record->summary_count - 1] : NULL;
}

static void summary_add(struct bai2_record *record, struct span type)
{
    if (record->summary_count == BAI2_SUMMARIES) {
        wrong(record, "more summaries than are allowed, at type", type);
        return;
    }
    if (record->summary_count == record->summary_capacity) {
        record->summary_capacity = record->summary_capacity ? record->summary_capacity * 2 : 16;
        record->summaries = memory_resize(record->summaries, (size_t)record->summary_capacity,
                                          sizeof(*record->summaries));
    }
    record->summaries[record->summary_count++] =
        (struct bai2_summary){.type = keep(record, type), .count = -1};
}

/* --- one field */

static void take_amount(struct bai2_record *record, struct span value)
{
    struct bai2_summary *summary = summary_last(record);
    int64_t amount;

    if (!bai2_number(value, &amount))
        wrong(record, "no amount:", value);
    add_total(record, amount);
    if (record->code == 16) {
        record->amount = amount;
    } else if (summary) {
        summary->amount = amount;
        summary->given = value.length > 0;
    }
}

static void take_count(struct bai2_record *record, struct span value)
{
    struct bai2_summary *summary = summary_last(record);
    int64_t count;

    if (value.length == 0 || !summary)
        return;
    if (bai2_number(value, &count) && count >= 0)
        summary->count = count;
    else
        wrong(record, "no item count:", value);
}

static int after_funds(const struct bai2_record *record)
{
    return record->code == 16 ? STAGE_BANK : STAGE_TYPE;
}

static void take_funds(struct bai2_record *record, struct span value)
{
    char type = value.length > 0 ? value.data[0] : 0;

    record->funds = keep(record, value);
    record->left = 0;
    switch (type) {
    case 'S':
        record->left = 3;
        record->stage = STAGE_FUNDS_MORE;
        break;
    case 'V':
        record->stage = STAGE_FUNDS_DATE;
        break;
    case 'D':
        record->stage = STAGE_FUNDS_COUNT;
        break;
    default:
        record->stage = after_funds(record);
    }
}

static void take_funds_count(struct bai2_record *record, struct span value)
{
    int64_t count;

    keep_more(record, &record->funds, ',', value);
    if (!bai2_number(value, &count) || count < 0 || count > AVAILABILITY_MAX) {
        wrong(record, "no count of funds:", value);
        count = 0;
    }
    record->left = (int)count * 2;
    record->stage = record->left > 0 ? STAGE_FUNDS_MORE : after_funds(record);
}

static void take_funds_more(struct bai2_record *record, struct span value)
{
    keep_more(record, &record->funds, ',', value);
    if (record->stage == STAGE_FUNDS_DATE) {
        record->value_date = bai2_date(value);
        record->left = 2; /* the time follows */
        record->stage = STAGE_FUNDS_MORE;
    }
    if (--record->left <= 0)
        record->stage = after_funds(record);
}

static void take_field(struct bai2_record *record, struct span value)
{
    switch (record->stage) {
    case STAGE_PLAIN:
        if (record->field_count < (int)(sizeof(record->fields) / sizeof(record->fields[0])))
            record->fields[record->field_count++] = keep(record, value);
        if (record->code == 3 && record->field_count == 2)
            record->stage = STAGE_TYPE;
        break;
    case STAGE_TYPE:
        if (value.length == 0 && record->code == 3)
            break; /* the comma some banks put before the slash */
        if (record->code == 16)
            record->type = keep(record, value);
        else
            summary_add(record, value);
        record->stage = STAGE_AMOUNT;
        break;
    case STAGE_AMOUNT:
        take_amount(record, value);
        record->stage = record->code == 16 ? STAGE_FUNDS : STAGE_COUNT;
        break;
    case STAGE_COUNT:
        take_count(record, value);
        record->stage = STAGE_FUNDS;
        break;
    case STAGE_FUNDS: take_funds(record, value); break;
    case STAGE_FUNDS_COUNT: take_funds_count(record, value); break;
    case STAGE_FUNDS_DATE:
    case STAGE_FUNDS_MORE: take_funds_more(record, value); break;
    case STAGE_BANK:
        record->bank = keep(record, value);
        record->stage = STAGE_CUSTOMER;
        break;
    case STAGE_CUSTOMER:
        record->customer = keep(record, value);
        record->stage = STAGE_TEXT;
        break;
    default: keep_more(record, &record->text, '\n', value); break;
    }
}

/* --- one piece */

static void take_piece(struct bai2_record *record, struct span content)
{
    const char *at = content.data, *end = at + content.length;

    for (;;) {
        if (record->stage == STAGE_TEXT) {
            struct span text = {at, (size_t)(end - at)};
            while (text.length > 0 && text.data[text.length - 1] == '\r')
                text.length--;
            if (text.length > 0)
                take_field(record, text);
            break;
        }
        const char *comma = at < end ? memchr(at, ',', (size_t)(end - at)) : NULL;
        take_field(record, span_trim((struct span){at, (size_t)((comma ? comma : end) - at)}));
        if (!comma)
            break;
        at = comma + 1;
    }
    if (record->kept.overflow)
        wrong(record, "the record is too long", (struct span){NULL, 0});
}

void bai2_record_start(struct bai2_record *record, const struct bai2_piece *piece)
{
    struct bai2_record kept = *record;

    *record = (struct bai2_record){
        .code = piece->code, .line = piece->line, .column = piece->column, .kept = kept.kept,
        .summaries = kept.summaries, .summary_capacity = kept.summary_capacity,
        .stage = piece->code == 16 ? STAGE_TYPE : STAGE_PLAIN, .value_date = DATE_NONE};
    buffer_clear(&record->kept);
    if (piece->code > 0)
        take_piece(record, piece->content);
    else
        keep(record, piece->content);
}

void bai2_record_continue(struct bai2_record *record, const struct bai2_piece *piece)
{
    take_piece(record, piece->content);
}
