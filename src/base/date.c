/* Dates, times and the two clocks. Day numbers count from 1 March of year 0 inside, so that the
 * leap day is a year's last and needs no special case. */
#include "daybook/base/date.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    YEAR_MAX = 9999,
    DAYS_PER_ERA = 146097,    /* 400 years */
    DAYS_TO_EPOCH = 719468,   /* from 0000-03-01 to 1970-01-01 */
    SECONDS_PER_DAY = 86400,
    US_PER_SECOND = 1000000
};

static const int64_t US_PER_DAY = (int64_t)SECONDS_PER_DAY * US_PER_SECOND;

static const signed char month_days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

/* Days of a year from 1 March on that lie before each month. */
static const unsigned short days_before[13] = {0,  306, 337, 0,   31,  61, 92,
                                               122, 153, 184, 214, 245, 275};

static bool year_is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int date_days_in_month(int year, int month)
{
    if (month < 1 || month > 12)
        return 0;
    return month == 2 && year_is_leap(year) ? 29 : month_days[month];
}

bool date_from_civil(int year, int month, int day, date_day *out)
{
    if (year < 1 || year > YEAR_MAX || month < 1 || month > 12 || day < 1)
        return false;
    if (day > 28 && day > date_days_in_month(year, month))
        return false;
    unsigned shifted_year = (unsigned)year - (month <= 2);
    unsigned century = shifted_year / 100;
    unsigned days = shifted_year * 365 + shifted_year / 4 - century + century / 4
                    + days_before[month] + (unsigned)day - 1;
    *out = (date_day)days - DAYS_TO_EPOCH;
    return true;
}

void date_to_civil(date_day day, int *year, int *month, int *day_of_month)
{
    int64_t shifted = (int64_t)day + DAYS_TO_EPOCH;
    int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int of_era = (int)(shifted - era * DAYS_PER_ERA);
    int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * of_year + 2) / 153;
    *day_of_month = of_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *year = year_of_era + (int)(era * 400) + (*month <= 2);
}

int date_weekday(date_day day)
{
    /* 1970-01-01 was a Thursday. */
    int remainder = (int)(((int64_t)day + 3) % 7);
    return remainder < 0 ? remainder + 7 : remainder;
}

/* The value of `count` digits, or -1. */
static int digits_value(const char *text, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool date_parse(struct span text, date_day *out)
{
    if (text.length != 10 || text.data[4] != '-' || text.data[7] != '-')
        return false;
    return date_from_civil(digits_value(text.data, 4), digits_value(text.data + 5, 2),
                           digits_value(text.data + 8, 2), out);
}

static char *put_digits(char *out, int value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + count;
}

const char *date_text(date_day day, char out[DATE_TEXT])
{
    int year, month, day_of_month;
    date_to_civil(day, &year, &month, &day_of_month);
    if (year < 1 || year > YEAR_MAX) { /* DATE_NONE is far outside */
        out[0] = '\0';
        return out;
    }
    char *end = put_digits(out, year, 4);
    *end++ = '-';
    end = put_digits(end, month, 2);
    *end++ = '-';
    end = put_digits(end, day_of_month, 2);
    *end = '\0';
    return out;
}

/* --- times */

static int64_t floor_divide(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

/* "HH:MM:SS", the leap second left out: the world's clocks smear or repeat it. -1: not a time. */
static int clock_seconds(const char *text)
{
    int hours = digits_value(text, 2);
    int minutes = digits_value(text + 3, 2);
    int seconds = digits_value(text + 6, 2);
    if (text[2] != ':' || text[5] != ':' || hours < 0 || hours > 23 || minutes < 0 || minutes > 59
        || seconds < 0 || seconds > 59)
        return -1;
    return hours * 3600 + minutes * 60 + seconds;
}

/* Reads ".fff..." of up to nine digits; what is below a microsecond is dropped. Moves *rest. */
static bool fraction_parse(struct span *rest, int64_t *fraction_us)
{
    *fraction_us = 0;
    if (rest->length == 0 || rest->data[0] != '.')
        return true;
    size_t count = 0;
    int64_t scale = US_PER_SECOND / 10;
    for (count = 0; count + 1 < rest->length; count++) {
        char digit = rest->data[count + 1];
        if (digit < '0' || digit > '9')
            break;
        *fraction_us += (digit - '0') * scale;
        scale /= 10;
    }
    *rest = (struct span){rest->data + count + 1, rest->length - count - 1};
    return count >= 1 && count <= 9;
}

/* "Z" or "+08:00", to its end. */
static bool offset_parse(struct span rest, int *offset_s)
{
    *offset_s = 0;
    if (rest.length == 1)
        return rest.data[0] == 'Z' || rest.data[0] == 'z';
    if (rest.length != 6 || (rest.data[0] != '+' && rest.data[0] != '-') || rest.data[3] != ':')
        return false;
    int hours = digits_value(rest.data + 1, 2);
    int minutes = digits_value(rest.data + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return false;
    *offset_s = (hours * 3600 + minutes * 60) * (rest.data[0] == '-' ? -1 : 1);
    return true;
}

bool time_parse(struct span text, time_us *out)
{
    enum { DATE_AND_CLOCK = 19 };
    date_day day;
    if (text.length <= DATE_AND_CLOCK || (text.data[10] != 'T' && text.data[10] != 't'))
        return false;
    if (!date_parse((struct span){text.data, 10}, &day))
        return false;
    int seconds = clock_seconds(text.data + 11);
    struct span rest = {text.data + DATE_AND_CLOCK, text.length - DATE_AND_CLOCK};
    int64_t fraction_us;
    int offset_s;
    if (seconds < 0 || !fraction_parse(&rest, &fraction_us) || !offset_parse(rest, &offset_s))
        return false;
    *out = day * US_PER_DAY + (int64_t)(seconds - offset_s) * US_PER_SECOND + fraction_us;
    return true;
}

date_day time_day(time_us time, int offset_s)
{
    if (time == TIME_NONE)
        return DATE_NONE;
    int64_t local;
    if (__builtin_add_overflow(time, (int64_t)offset_s * US_PER_SECOND, &local))
        return DATE_NONE;
    return (date_day)floor_divide(local, US_PER_DAY);
}

const char *time_clock_text(time_us time, int offset_s, char out[9])
{
    date_day day = time_day(time, offset_s);
    if (day == DATE_NONE) {
        out[0] = '\0';
        return out;
    }
    int64_t local = time + (int64_t)offset_s * US_PER_SECOND;
    int seconds = (int)((local - day * US_PER_DAY) / US_PER_SECOND);
    char *end = put_digits(out, seconds / 3600, 2);
    *end++ = ':';
    end = put_digits(end, seconds / 60 % 60, 2);
    *end++ = ':';
    end = put_digits(end, seconds % 60, 2);
    *end = '\0';
    return out;
}

const char *time_text(time_us time, char out[TIME_TEXT])
{
    date_day day = time_day(time, 0);
    date_text(day, out);
    if (out[0] == '\0')
        return out;
    char *end = out + DATE_TEXT - 1;
    *end++ = 'T';
    time_clock_text(time, 0, end);
    end += 8;
    int fraction_us = (int)((time - day * US_PER_DAY) % US_PER_SECOND);
    if (fraction_us > 0) {
        *end++ = '.';
        end = put_digits(end, fraction_us, 6);
    }
    *end++ = 'Z';
    *end = '\0';
    return out;
}

static int64_t clock_read_us(clockid_t clock)
{
    struct timespec now;
    int result = clock_gettime(clock, &now);
    assert(result == 0); /* both clocks exist on every Linux */
    (void)result;
    return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

time_us clock_now(void)
{
    return clock_read_us(CLOCK_REALTIME);
}

int64_t clock_monotonic_us(void)
{
    return clock_read_us(CLOCK_MONOTONIC);
}
