/* One row of a CSV statement as an entry. Whatever cannot be read is a fault of its cell; a row is
 * never passed over without a word, unless the profile itself says so. */
#include <string.h>

#include "csv.h"

struct span csv_cell(const struct csv *csv, enum profile_field field, int *index)
{
    const struct profile *profile = csv->profile;
    for (size_t i = 0; i < profile->columns_count; i++) {
        int place = csv->places[i];
        if (profile->columns[i].field != field || place < 0 || (size_t)place >= csv->row.count)
            continue;
        struct span text = csv->decoder.cells[place];
        if (index != NULL)
            *index = place;
        if (text.length > 0 && profile_find(&profile->empties, text) == NULL)
            return text;
    }
    return (struct span){0};
}

static bool row_optional(const struct csv *csv, enum profile_field field)
{
    for (size_t i = 0; i < csv->profile->columns_count; i++)
        if (csv->profile->columns[i].field == field)
            return csv->profile->columns[i].optional;
    return true;
}

static bool row_skipped(const struct csv *csv)
{
    const struct profile_list *skips = &csv->profile->skips;
    for (size_t i = 0; i < skips->count; i++) {
        struct span text = csv_cell(csv, (enum profile_field)skips->words[i].value, NULL);
        if (span_is(text, skips->words[i].word))
            return true;
    }
    return false;
}

static bool row_width(struct csv *csv)
{
    if (csv->row.count < csv->width)
        return csv_fault(csv, -1, false, "the row has %zu cells, the row of names %zu",
                         csv->row.count, csv->width),
               false;
    for (size_t i = csv->width; i < csv->row.count; i++)
        if (csv->decoder.cells[i].length > 0)
            return csv_fault(csv, (int)i, false, "the row has more cells than the row of names"),
                   false;
    return true;
}

/* Shows a cell in a fault: printable and short. */
static bool row_bad(struct csv *csv, int index, struct span text, const char *reason)
{
    char shown[96];
    text_printable(shown, sizeof shown, text);
    csv_fault(csv, index, false, "\"%s\" %s", shown, reason);
    return false;
}

static bool row_dates(struct csv *csv, struct statement_entry *entry)
{
    int index = -1;
    struct csv_day day;
    struct span text = csv_cell(csv, FIELD_DATE, &index);
    if (text.length == 0)
        return csv_fault(csv, index, false, "the row has no date"), false;
    if (!csv_value_date(csv->profile, csv->month, text, false, &day))
        return row_bad(csv, index, text, "is no date as the profile says it is written");
    entry->value_date = entry->booking_date = day.day;
    if (day.clock)
        entry->time = text;
    text = csv_cell(csv, FIELD_BOOKING_DATE, &index);
    if (text.length > 0) {
        if (!csv_value_date(csv->profile, csv->month, text, false, &day))
            return row_bad(csv, index, text, "is no date as the profile says it is written");
        entry->booking_date = day.day;
    }
    text = csv_cell(csv, FIELD_TIME, NULL);
    if (text.length > 0)
        entry->time = text;
    return true;
}

static bool row_amount_at(struct csv *csv, enum profile_field field, struct decimal *amount,
                          bool *given, const char **currency)
{
    int index = -1;
    struct span text = csv_cell(csv, field, &index);
    *given = text.length > 0;
    *amount = (struct decimal){0};
    if (!*given || csv_value_amount(csv->profile, text, amount, currency))
        return true;
    return row_bad(csv, index, text, "is no amount");
}

/* Two columns: one of them has the amount, the other nothing or zero. */
static bool row_in_out(struct csv *csv, struct decimal *amount, const char **currency)
{
    struct decimal in;
    struct decimal out;
    bool in_given;
    bool out_given;
    if (!row_amount_at(csv, FIELD_IN, &in, &in_given, currency) ||
        !row_amount_at(csv, FIELD_OUT, &out, &out_given, currency))
        return false;
    if (!in_given && !out_given)
        return csv_fault(csv, -1, false, "the row has no amount"), false;
    if (in_given && out_given && in.mantissa != 0 && out.mantissa != 0)
        return csv_fault(csv, -1, false, "the row has an amount in and an amount out"), false;
    bool is_in = in_given && (in.mantissa != 0 || !out_given);
    out.mantissa = -out.mantissa;
    *amount = is_in ? in : out;
    return true;
}

static void row_status(struct csv *csv, struct statement_entry *entry, int *direction)
{
    int index = -1;
    *direction = DIRECTION_NONE;
    entry->status = STATUS_BOOKED;
    entry->status_text = csv_cell(csv, FIELD_STATUS, &index);
    if (index < 0)
        return;
    const struct profile_word *word = profile_find(&csv->profile->statuses, entry->status_text);
    if (word != NULL) {
        entry->status = (enum statement_status)word->value;
        *direction = word->direction;
        return;
    }
    entry->status = STATUS_INFORMATION;
    csv_fault(csv, index, true, "this status is not in the profile; it is taken as information");
}

/* The sign word gives the direction. A neutral one leaves it to the status; where that says nothing
 * either, the row tells of money that did not move through this account. */
static bool row_sign(struct csv *csv, struct statement_entry *entry, int status_direction)
{
    int index = -1;
    entry->mark = csv_cell(csv, FIELD_SIGN, &index);
    if (index < 0)
        return true;
    const struct profile_word *word = profile_find(&csv->profile->signs, entry->mark);
    if (word == NULL)
        return row_bad(csv, index, entry->mark, "is no sign word of the profile");
    int direction = word->value != DIRECTION_NONE ? word->value : status_direction;
    if (direction == DIRECTION_DEBIT)
        entry->amount.mantissa = -entry->amount.mantissa;
    if (direction == DIRECTION_NONE && entry->status == STATUS_BOOKED)
        entry->status = STATUS_INFORMATION;
    return true;
}

static bool row_currency(struct csv *csv, struct statement_entry *entry, const char *marked)
{
    int index = -1;
    struct span text = csv_cell(csv, FIELD_CURRENCY, &index);
    struct currency currency;
    const struct profile_word *word = profile_find(&csv->profile->currency_words, text);
    if (word != NULL)
        entry->currency = span_of(word->currency);
    else if (text.length > 0 && !currency_parse(text, &currency))
        return row_bad(csv, index, text, "is no currency");
    else if (text.length > 0)
        entry->currency = text;
    else if (marked != NULL)
        entry->currency = span_of(marked);
    else
        entry->currency = csv->header.currency;
    return true;
}

static bool row_amount(struct csv *csv, struct statement_entry *entry)
{
    const char *marked = NULL;
    bool given = true;
    int direction;
    if (profile_has(csv->profile, FIELD_AMOUNT)) {
        if (!row_amount_at(csv, FIELD_AMOUNT, &entry->amount, &given, &marked))
            return false;
        if (!given)
            return csv_fault(csv, -1, false, "the row has no amount"), false;
    } else if (!row_in_out(csv, &entry->amount, &marked)) {
        return false;
    }
    row_status(csv, entry, &direction);
    if (!row_sign(csv, entry, direction))
        return false;
    if (csv->profile->inverted)
        entry->amount.mantissa = -entry->amount.mantissa;
    return row_currency(csv, entry, marked);
}

/* Several columns of one meaning, one below the other. */
static struct span row_joined(struct csv *csv, enum profile_field field)
{
    const struct profile *profile = csv->profile;
    size_t start = csv->joined.length;
    for (size_t i = 0; i < profile->columns_count; i++) {
        int place = csv->places[i];
        if (profile->columns[i].field != field || place < 0 || (size_t)place >= csv->row.count)
            continue;
        struct span text = csv->decoder.cells[place];
        if (text.length == 0 || profile_find(&profile->empties, text) != NULL)
            continue;
        if (csv->joined.length > start)
            buffer_append_char(&csv->joined, '\n');
        buffer_append(&csv->joined, text.data, text.length);
    }
    return (struct span){csv->joined.data + start, csv->joined.length - start};
}

/* Room for everything first: the spans must not move. */
static void row_texts(struct csv *csv, struct statement_entry *entry)
{
    size_t room = FIELDS + PROFILE_COLUMNS_MAX;
    for (size_t i = 0; i < csv->row.count; i++)
        room += csv->decoder.cells[i].length;
    buffer_clear(&csv->joined);
    if (buffer_reserve(&csv->joined, 3 * room) == NULL)
        return;
    entry->text = row_joined(csv, FIELD_TEXT);
    entry->extra = row_joined(csv, FIELD_EXTRA);
    entry->type = row_joined(csv, FIELD_TYPE);
    entry->customer_ref = csv_cell(csv, FIELD_ORDER, NULL);
    entry->bank_ref = csv_cell(csv, FIELD_BANK_REF, NULL);
    entry->end_to_end = csv_cell(csv, FIELD_END_TO_END, NULL);
    entry->party_name = csv_cell(csv, FIELD_PARTY, NULL);
    entry->party_account = csv_cell(csv, FIELD_PARTY_ACCOUNT, NULL);
}

static void row_fee(struct csv *csv, struct statement_entry *entry)
{
    int index = -1;
    struct decimal amount;
    const char *currency = NULL;
    entry->fee = csv_cell(csv, FIELD_FEE, &index);
    if (entry->fee.length > 0 && !csv_value_amount(csv->profile, entry->fee, &amount, &currency))
        csv_fault(csv, index, true, "the fee is no amount");
}

/* The balance after the row, and with it the one before. */
static struct csv_chain row_chain(struct csv *csv, const struct statement_entry *entry)
{
    int index = -1;
    const char *currency = NULL;
    struct csv_chain chain = {.day = entry->booking_date};
    struct span text = csv_cell(csv, FIELD_BALANCE, &index);
    if (text.length == 0)
        return chain;
    if (!csv_value_amount(csv->profile, text, &chain.after, &currency)) {
        if (!row_optional(csv, FIELD_BALANCE))
            csv_fault(csv, index, true, "the balance is no amount");
        return chain;
    }
    if (csv->profile->inverted)
        chain.after.mantissa = -chain.after.mantissa;
    struct decimal back = {-entry->amount.mantissa, entry->amount.scale};
    if (entry->status != STATUS_BOOKED)
        back = (struct decimal){0};
    chain.known = decimal_add(chain.after, back, &chain.before);
    return chain;
}

/* A first or last row whose balance cannot be read leaves the statement without that one. */
static void row_balance(struct csv *csv, const struct statement_entry *entry)
{
    csv->last = row_chain(csv, entry);
    if (csv->tally.entries == 0)
        csv->first = csv->last;
}

void csv_row_read(struct csv *csv)
{
    struct statement_entry *entry = &csv->entry;
    *entry = (struct statement_entry){.line = csv->row.line, .number = csv->tally.entries + 1};
    if (row_skipped(csv))
        return;
    if (!row_width(csv) || !row_dates(csv, entry) || !row_amount(csv, entry))
        return;
    row_texts(csv, entry);
    row_fee(csv, entry);
    row_balance(csv, entry);
    if (csv->header.currency.length == 0)
        csv_keep_currency(csv, entry->currency);
    tally_entry(&csv->tally, entry);
    bool foreign = csv->header.currency.length > 0 &&
                   !span_equal(entry->currency, csv->header.currency);
    if (entry->status == STATUS_BOOKED && foreign)
        csv->tally.overflow = true;
    csv->entry_ready = true;
}
