/* What stands above the rows (account, period, opening balance, the header row) and below them
 * (closing balance, count, sums). */
#include <string.h>

#include "csv.h"

/* --- the header row */

static int header_place(const struct csv *csv, const struct profile_column *column)
{
    for (size_t i = 0; i < csv->row.count; i++)
        for (size_t name = 0; name < column->names_count; name++)
            if (span_is(csv->decoder.cells[i], column->names[name]))
                return (int)i;
    return -1;
}

bool csv_edge_header(struct csv *csv)
{
    const struct profile *profile = csv->profile;
    size_t found = 0;
    const char *lacks = NULL;
    for (size_t i = 0; i < profile->columns_count; i++) {
        csv->places[i] = header_place(csv, &profile->columns[i]);
        found += csv->places[i] >= 0;
        if (csv->places[i] < 0 && !profile->columns[i].optional && lacks == NULL)
            lacks = profile->columns[i].names[0];
    }
    if (lacks == NULL) {
        csv->width = csv->row.count;
        return true;
    }
    if (found > csv->nearest_found) {
        csv->nearest_found = found;
        csv->nearest_line = csv->row.line;
        csv->nearest_lacks = lacks;
    }
    return false;
}

bool csv_edge_missing(const struct csv *csv, struct error *error)
{
    if (csv->nearest_found > 0)
        return error_set(error, ERROR_INPUT,
                         "Line %lld, column 1: the row of column names lacks '%s'.",
                         (long long)csv->nearest_line, csv->nearest_lacks);
    return error_set(error, ERROR_INPUT,
                     "Line %lld, column 1: no row holds the column names of this profile; is it "
                     "the right profile and encoding?",
                     csv->row.line > 0 ? (long long)csv->row.line : 1);
}

/* --- labelled values */

static struct span edge_keep(struct csv *csv, struct span text)
{
    const char *kept = arena_string(csv->kept, text.data, text.length);
    return kept == NULL ? (struct span){0} : (struct span){kept, text.length};
}

void csv_keep_currency(struct csv *csv, struct span currency)
{
    csv->header.currency = edge_keep(csv, currency);
}

/* 3 of "3笔", 18,204 of "18,204 rows". */
static bool edge_count(struct span text, int64_t *out)
{
    char digits[20];
    size_t length = 0;
    for (size_t i = 0; i < text.length && length < sizeof digits; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9')
            digits[length++] = text.data[i];
        else if (text.data[i] != ',' || length == 0)
            break;
    }
    return text_to_int64((struct span){digits, length}, out);
}

static bool edge_digits(struct span text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] >= '0' && text.data[i] <= '9')
            return true;
    return false;
}

/* An amount, with or without a unit behind it: "28.50元". No digit may follow the unit. */
static bool edge_amount(struct csv *csv, struct span text, struct decimal *out)
{
    const char *currency = NULL;
    size_t length = 0;
    if (csv_value_amount(csv->profile, text, out, &currency))
        return true;
    while (length < text.length && text.data[length] != '\0' &&
           strchr("+-0123456789.,' ", text.data[length]) != NULL)
        length++;
    return !edge_digits((struct span){text.data + length, text.length - length}) &&
           csv_value_amount(csv->profile, (struct span){text.data, length}, out, &currency);
}

static bool edge_balance(struct csv *csv, struct span text, struct statement_balance *balance)
{
    if (!edge_amount(csv, text, &balance->amount))
        return false;
    if (csv->profile->inverted)
        balance->amount.mantissa = -balance->amount.mantissa;
    balance->known = true;
    return true;
}

static bool edge_currency(struct csv *csv, struct span text)
{
    struct currency currency;
    const struct profile_word *word = profile_find(&csv->profile->currency_words, text);
    if (word != NULL)
        csv->header.currency = span_of(word->currency);
    else if (currency_parse(text, &currency))
        csv->header.currency = edge_keep(csv, text);
    else
        return false;
    return true;
}

static bool edge_date(struct csv *csv, struct span text, date_day *out)
{
    struct csv_day day;
    if (!csv_value_date(csv->profile, csv->month, text, true, &day))
        return false;
    *out = day.day;
    return true;
}

static bool edge_value(struct csv *csv, enum profile_value kind, struct span text)
{
    struct statement_header *header = &csv->header;
    switch (kind) {
    case VALUE_ACCOUNT:
        header->account = edge_keep(csv, text);
        return true;
    case VALUE_REFERENCE:
        header->reference = edge_keep(csv, text);
        return true;
    case VALUE_CURRENCY:
        return edge_currency(csv, text);
    case VALUE_FROM:
        return edge_date(csv, text, &header->from);
    case VALUE_TO:
        return edge_date(csv, text, &header->to);
    case VALUE_OPENING:
        return edge_balance(csv, text, &header->opening);
    case VALUE_CLOSING:
        return edge_balance(csv, text, &header->closing);
    case VALUE_COUNT:
        return edge_count(text, &header->expected.count);
    case VALUE_SUM:
        return edge_balance(csv, text, &header->expected);
    default:
        return true;
    }
}

/* The value behind the label in this cell, or the whole next cell where nothing is behind it. */
static bool edge_take(struct csv *csv, const struct profile_word *label, size_t index)
{
    struct span value;
    if (!csv_value_after(csv->decoder.cells[index], label->word, &value))
        return false;
    if (value.length == 0 && index + 1 < csv->row.count)
        value = csv->decoder.cells[index + 1];
    if (value.length > 0 && !edge_value(csv, (enum profile_value)label->value, value))
        csv_fault(csv, (int)index, true, "what stands behind '%s' cannot be read", label->word);
    return true;
}

void csv_edge_above(struct csv *csv)
{
    const struct profile *profile = csv->profile;
    for (size_t i = 0; i < csv->row.count; i++) {
        if (profile->year != NULL && csv->month.month == 0)
            csv_value_month(profile->year, csv->decoder.cells[i], &csv->month);
        for (size_t k = 0; k < profile->preamble.count; k++)
            edge_take(csv, &profile->preamble.words[k], i);
    }
}

/* The sums of the in and out columns, written under them. */
static void edge_totals(struct csv *csv)
{
    struct decimal in = {0};
    struct decimal out = {0};
    const char *currency = NULL;
    int index = -1;
    struct span text = csv_cell(csv, FIELD_IN, &index);
    bool known = text.length == 0 || csv_value_amount(csv->profile, text, &in, &currency);
    text = csv_cell(csv, FIELD_OUT, &index);
    known = known && (text.length == 0 || csv_value_amount(csv->profile, text, &out, &currency));
    struct decimal *minus = csv->profile->inverted ? &in : &out;
    minus->mantissa = -minus->mantissa;
    csv->header.expected.known = known && decimal_add(in, out, &csv->header.expected.amount);
    if (!csv->header.expected.known)
        csv_fault(csv, index, true, "the totals cannot be read");
}

static bool edge_starts(struct span text, const char *label)
{
    size_t length = strlen(label);
    return text.length >= length && memcmp(text.data, label, length) == 0;
}

bool csv_edge_below(struct csv *csv)
{
    const struct profile_list *footer = &csv->profile->footer;
    size_t first = 0;
    bool below = false;
    while (first < csv->row.count && csv->decoder.cells[first].length == 0)
        first++;
    for (size_t k = 0; k < footer->count && first < csv->row.count; k++)
        below = below || edge_starts(csv->decoder.cells[first], footer->words[k].word);
    if (!below)
        return false;
    for (size_t i = first; i < csv->row.count; i++)
        for (size_t k = 0; k < footer->count; k++) {
            if (footer->words[k].value != VALUE_TOTALS)
                edge_take(csv, &footer->words[k], i);
            else if (i == first && edge_starts(csv->decoder.cells[i], footer->words[k].word))
                edge_totals(csv);
        }
    return true;
}
