/* Lines of MT940: :61: entries and balances. Strict where money is read, lenient where banks are
 * known to differ: blank or missing entry dates, a dot for the decimal comma, a line break before
 * the amount, 30 February. */
#include "mt940.h"

#include <endian.h>
#include <string.h>

#include "find.h"

struct cursor {
    const char *at, *end, *start;
    struct mt940_wrong *wrong;
};

static bool wrong_at(struct cursor *cursor, const char *at, const char *reason)
{
    cursor->wrong->reason = reason;
    cursor->wrong->at = (size_t)(at - cursor->start);
    return false;
}

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static bool is_upper(char c)
{
    return (unsigned char)(c - 'A') < 26;
}

static size_t left(const struct cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

/* Two digits at p, or -1. */
static int two_digits(const char *p)
{
    if (!is_digit(p[0]) || !is_digit(p[1]))
        return -1;
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* Banks that count 30 days a month write 30 February (and 29 in any year): the month's last day. */
static bool day_of(int year, int month, int day, date_day *out)
{
    if (month == 2 && (day == 29 || day == 30) && day > date_days_in_month(year, 2))
        day = date_days_in_month(year, 2);
    return date_from_civil(year, month, day, out);
}

/* YYMMDD. SWIFT: years 80..99 are of the last century. */
static bool read_date(struct cursor *cursor, int *year, date_day *out)
{
    const char *p = cursor->at;

    if (left(cursor) < 6)
        return wrong_at(cursor, p, "the date is cut off");
    int yy = two_digits(p), month = two_digits(p + 2), day = two_digits(p + 4);
    if (yy < 0 || month < 0 || day < 0)
        return wrong_at(cursor, p, "the date is not six digits");
    *year = yy < 80 ? 2000 + yy : 1900 + yy;
    if (!day_of(*year, month, day, out))
        return wrong_at(cursor, p, "there is no such date");
    cursor->at += 6;
    return true;
}

static int32_t apart(date_day a, date_day b)
{
    return a > b ? a - b : b - a;
}

/* MMDD, four blanks or nothing. The year is the one that brings it nearest to the value date. */
static bool read_entry_date(struct cursor *cursor, int year, date_day value, date_day *out)
{
    const char *p = cursor->at;

    *out = DATE_NONE;
    if (left(cursor) >= 4 && memcmp(p, "    ", 4) == 0) {
        cursor->at += 4;
        return true;
    }
    if (left(cursor) == 0 || !is_digit(p[0]))
        return true;
    if (left(cursor) < 4)
        return wrong_at(cursor, p, "the entry date is cut off");
    int month = two_digits(p), day = two_digits(p + 2);
    if (month < 0 || day < 0)
        return wrong_at(cursor, p, "the entry date is not four digits");
    if (!day_of(year, month, day, out))
        return wrong_at(cursor, p, "there is no such entry date");
    date_day other;
    if (*out > value + 183 && day_of(year - 1, month, day, &other))
        *out = apart(other, value) < apart(*out, value) ? other : *out;
    else if (*out < value - 183 && day_of(year + 1, month, day, &other))
        *out = apart(other, value) < apart(*out, value) ? other : *out;
    cursor->at += 4;
    return true;
}

/* C, D, RC, RD (reversals), EC, ED (expected), then perhaps the third letter of the currency. */
static bool read_mark(struct cursor *cursor, struct statement_entry *entry, bool *credit)
{
    const char *p = cursor->at;
    size_t length = 1;

    if (left(cursor) >= 2 && (p[0] == 'R' || p[0] == 'E') && (p[1] == 'C' || p[1] == 'D'))
        length = 2;
    else if (left(cursor) == 0 || (p[0] != 'C' && p[0] != 'D'))
        return wrong_at(cursor, p, "the mark is none of C, D, RC, RD, EC, ED");
    entry->mark = (struct span){p, length};
    entry->reversal = p[0] == 'R';
    if (p[0] == 'E')
        entry->status = STATUS_PENDING;
    *credit = (p[length - 1] == 'C') != entry->reversal;
    cursor->at += length;
    if (left(cursor) > 0 && is_upper(*cursor->at))
        cursor->at++;
    return true;
}

/* Adds digits up to something else. Wraps where there are too many: the caller counts them. */
static const char *read_digits(const char *at, const char *end, uint64_t *mantissa)
{
    uint64_t value = *mantissa;

    while (at < end && is_digit(*at))
        value = value * 10 + (uint64_t)(*at++ - '0');
    *mantissa = value;
    return at;
}

/* How many of the eight bytes at `at` are digits before any other byte, and their value. */
static inline int eight_digits(const char *at, uint64_t *value)
{
    uint64_t bytes;

    memcpy(&bytes, at, sizeof(bytes));
    bytes = le64toh(bytes) ^ 0x3030303030303030; /* digits become 0..9, the first the lowest */
    uint64_t others = (bytes | (bytes + 0x7676767676767676)) & 0x8080808080808080;
    int count = others != 0 ? __builtin_ctzll(others) / 8 : 8;
    if (count == 0)
        return 0;
    bytes <<= 64 - 8 * count; /* zeros in front */
    bytes = (bytes * 10 + (bytes >> 8)) & 0x00ff00ff00ff00ff;
    bytes = (bytes * 100 + (bytes >> 16)) & 0x0000ffff0000ffff;
    *value = (bytes * 10000 + (bytes >> 32)) & 0xffffffff;
    return count;
}

/* An amount as nearly all are: up to seven digits on each side of the mark, with more bytes behind
 * them. Without a loop over digits, whose count no processor can foretell. */
static inline bool read_amount_short(struct cursor *cursor, struct decimal *out)
{
    static const int32_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    uint64_t whole = 0, part = 0;

    if (left(cursor) < 16)
        return false;
    int digits = eight_digits(cursor->at, &whole);
    const char *mark = cursor->at + digits;
    if (digits == 0 || digits == 8 || (*mark != ',' && *mark != '.'))
        return false;
    int cents = two_digits(mark + 1), scale = 2; /* of nearly all currencies */
    if (cents >= 0 && !is_digit(mark[3]))
        part = (uint64_t)cents;
    else
        scale = eight_digits(mark + 1, &part);
    if (scale == 0 || scale == 8 || scale > MONEY_SCALE_MAX)
        return false;
    out->mantissa = (int64_t)whole * powers[scale] + (int64_t)part;
    out->scale = scale;
    cursor->at = mark + 1 + scale;
    return true;
}

/* Digits with one comma or dot. A mark without digits behind it counts as one decimal. */
static bool read_amount(struct cursor *cursor, struct decimal *out)
{
    enum { DIGITS_MAX = 17 }; /* one less than surely fits: room for that decimal */
    const char *start = cursor->at, *first = start, *p;
    uint64_t mantissa = 0;

    while (first < cursor->end && *first == '0')
        first++;
    p = read_digits(first, cursor->end, &mantissa);
    if (p == start)
        return wrong_at(cursor, start, "there is no amount");
    *out = (struct decimal){.scale = 0};
    if (p < cursor->end && (*p == ',' || *p == '.')) {
        const char *mark = p;
        p = read_digits(mark + 1, cursor->end, &mantissa);
        if (p - mark - 1 > MONEY_SCALE_MAX)
            return wrong_at(cursor, mark, "the amount has too many decimals");
        out->scale = (int)(p - mark - 1);
        if (out->scale == 0) {
            mantissa *= 10;
            out->scale = 1;
        }
    }
    if (p - first > DIGITS_MAX + 1)
        return wrong_at(cursor, start, "the amount is too large");
    out->mantissa = (int64_t)mantissa;
    cursor->at = p;
    return true;
}

static FIND_RARE const char *before_returns(const char *at, const char *end)
{
    while (end > at && end[-1] == '\r')
        end--;
    return end;
}

/* The end of the cursor's line, without a carriage return; *next gets where the next one starts. */
static const char *line_stop(const struct cursor *cursor, size_t first_line, const char **next)
{
    const char *stop = cursor->start + first_line;

    if (cursor->at > stop) {
        const char *newline = find_byte(cursor->at, cursor->end, '\n');
        stop = newline ? newline : cursor->end;
    }
    *next = stop < cursor->end ? stop + 1 : cursor->end;
    if (stop > cursor->at && stop[-1] == '\r')
        stop = before_returns(cursor->at, stop);
    return stop;
}

static inline bool is_code(char c)
{
    return is_upper(c) || is_digit(c);
}

/* S, N or F and three letters or digits; whatever else is there is the customer's reference. */
static void read_type(struct cursor *cursor, const char *stop, struct statement_entry *entry)
{
    const char *p = cursor->at;

    if (stop - p < 4 || (p[0] != 'N' && p[0] != 'S' && p[0] != 'F'))
        return;
    if (!is_code(p[1]) || !is_code(p[2]) || !is_code(p[3]))
        return;
    entry->type = (struct span){p, 4};
    cursor->at += 4;
}

static FIND_RARE const char *before_blanks(const char *at, const char *end)
{
    while (end > at && end[-1] == ' ')
        end--;
    return end;
}

/* Without blanks at its end: some banks fill the field to its 16 characters. */
static inline struct span reference(const char *at, const char *end)
{
    if (end > at && end[-1] == ' ')
        end = before_blanks(at, end);
    return (struct span){at, (size_t)(end - at)};
}

/* REFERENCE//BANKREFERENCE */
static void read_references(struct cursor *cursor, const char *stop, struct statement_entry *entry)
{
    const char *p = cursor->at, *slash = p;

    for (;;) {
        slash = find_byte(slash, stop, '/');
        if (!slash || (slash + 1 < stop && slash[1] == '/'))
            break;
        slash++;
    }
    entry->customer_ref = reference(p, slash ? slash : stop);
    if (slash)
        entry->bank_ref = reference(slash + 2, stop);
}

/* Charges among the supplementary details: /CHGS/EUR1,23/ */
static void read_charges(struct statement_entry *entry)
{
    const char *found = memmem(entry->extra.data, entry->extra.length, "/CHGS/", 6);

    if (!found)
        return;
    const char *end = entry->extra.data + entry->extra.length, *p = found + 6;
    while (p < end && *p != '/' && *p != '\n' && *p != '\r')
        p++;
    entry->fee = (struct span){found + 6, (size_t)(p - found - 6)};
}

static bool read_dates(struct cursor *cursor, struct mt940_dates *dates,
                       struct statement_entry *entry)
{
    const char *start = cursor->at;
    int year = 0;

    if (left(cursor) >= sizeof(dates->text) &&
        memcmp(start, dates->text, sizeof(dates->text)) == 0) {
        entry->value_date = dates->value;
        entry->booking_date = dates->entry;
        cursor->at += sizeof(dates->text);
        return true;
    }
    if (!read_date(cursor, &year, &entry->value_date) ||
        !read_entry_date(cursor, year, entry->value_date, &entry->booking_date))
        return false;
    if ((size_t)(cursor->at - start) == sizeof(dates->text)) {
        memcpy(dates->text, start, sizeof(dates->text));
        dates->value = entry->value_date;
        dates->entry = entry->booking_date;
    }
    return true;
}

static FIND_RARE void skip_line_ends(struct cursor *cursor)
{
    while (left(cursor) > 0 && (*cursor->at == '\n' || *cursor->at == '\r'))
        cursor->at++;
}

bool mt940_line_entry(struct span value, size_t first_line, struct mt940_dates *dates,
                      struct statement_entry *entry, struct mt940_wrong *wrong)
{
    struct cursor cursor = {value.data, value.data + value.length, value.data, wrong};
    const char *next;
    bool credit = false;

    if (!read_dates(&cursor, dates, entry) || !read_mark(&cursor, entry, &credit))
        return false;
    if (left(&cursor) > 0 && *cursor.at < ' ')
        skip_line_ends(&cursor);
    if (!read_amount_short(&cursor, &entry->amount) && !read_amount(&cursor, &entry->amount))
        return false;
    if (!credit)
        entry->amount.mantissa = -entry->amount.mantissa;
    const char *stop = line_stop(&cursor, first_line, &next);
    read_type(&cursor, stop, entry);
    read_references(&cursor, stop, entry);
    if (next < cursor.end) {
        entry->extra = (struct span){next, (size_t)(cursor.end - next)};
        read_charges(entry);
    }
    return true;
}

static bool read_currency(struct cursor *cursor, struct span *currency)
{
    const char *p = cursor->at;

    if (left(cursor) < 3 || !is_upper(p[0]) || !is_upper(p[1]) || !is_upper(p[2]))
        return wrong_at(cursor, p, "the currency is not three letters");
    *currency = (struct span){p, 3};
    cursor->at += 3;
    return true;
}

/* An amount, and nothing but blanks behind it. */
static bool read_last_amount(struct cursor *cursor, struct decimal *out)
{
    if (!read_amount(cursor, out))
        return false;
    while (left(cursor) > 0 && (unsigned char)*cursor->at <= ' ')
        cursor->at++;
    return left(cursor) == 0 || wrong_at(cursor, cursor->at, "something stands behind the amount");
}

bool mt940_line_balance(struct span value, struct statement_balance *balance,
                        struct span *currency, struct mt940_wrong *wrong)
{
    struct cursor cursor = {value.data, value.data + value.length, value.data, wrong};
    bool debit;
    int year = 0;

    balance->count = -1;
    if (value.length == 0 || (value.data[0] != 'C' && value.data[0] != 'D'))
        return wrong_at(&cursor, cursor.at, "the mark is neither C nor D");
    debit = value.data[0] == 'D';
    cursor.at++;
    if (!read_date(&cursor, &year, &balance->date) || !read_currency(&cursor, currency) ||
        !read_last_amount(&cursor, &balance->amount))
        return false;
    if (debit)
        balance->amount.mantissa = -balance->amount.mantissa;
    balance->known = true;
    return true;
}

bool mt940_line_floor(struct span value, struct statement_balance *balance, struct span *currency,
                      struct mt940_wrong *wrong)
{
    struct cursor cursor = {value.data, value.data + value.length, value.data, wrong};
    bool debit = false;

    balance->count = -1;
    balance->date = DATE_NONE;
    if (!read_currency(&cursor, currency))
        return false;
    if (left(&cursor) > 0 && (*cursor.at == 'C' || *cursor.at == 'D'))
        debit = *cursor.at++ == 'D';
    if (!read_last_amount(&cursor, &balance->amount))
        return false;
    if (debit)
        balance->amount.mantissa = -balance->amount.mantissa;
    balance->known = true;
    return true;
}

bool mt940_line_total(struct span value, struct statement_balance *balance, struct span *currency,
                      struct mt940_wrong *wrong)
{
    struct cursor cursor = {value.data, value.data + value.length, value.data, wrong};

    balance->date = DATE_NONE;
    balance->count = 0;
    for (; left(&cursor) > 0 && is_digit(*cursor.at); cursor.at++) {
        if (balance->count > INT32_MAX)
            return wrong_at(&cursor, cursor.at, "the count is too large");
        balance->count = balance->count * 10 + (*cursor.at - '0');
    }
    if (cursor.at == cursor.start)
        return wrong_at(&cursor, cursor.at, "there is no count");
    if (!read_currency(&cursor, currency) || !read_last_amount(&cursor, &balance->amount))
        return false;
    balance->known = true;
    return true;
}
