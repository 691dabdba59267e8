/* Dates and times. Business dates are days, apart from clock time; clock time is UTC. The clock is
 * an argument: only app, service and town read it, through clock_now(). */
#ifndef DAYBOOK_BASE_DATE_H
#define DAYBOOK_BASE_DATE_H

#include "daybook/base/text.h"

typedef int32_t date_day;  /* days since 1970-01-01, proleptic Gregorian */
typedef int64_t time_us;   /* microseconds since 1970-01-01T00:00:00Z */

#define DATE_NONE INT32_MIN
#define TIME_NONE INT64_MIN

enum { DATE_TEXT = 11, TIME_TEXT = 33 };

/* False for what is no date of the Gregorian calendar; years 1..9999. */
bool date_from_civil(int year, int month, int day, date_day *out);
void date_to_civil(date_day day, int *year, int *month, int *day_of_month);
int date_days_in_month(int year, int month);
int date_weekday(date_day day); /* 0 Monday .. 6 Sunday */

bool date_parse(struct span text, date_day *out);             /* YYYY-MM-DD, exactly */
const char *date_text(date_day day, char out[DATE_TEXT]);      /* "" for DATE_NONE */

/* RFC 3339: 2026-11-20T09:31:00[.ffffff](Z|+08:00); up to nine digits, below 1 us dropped. */
bool time_parse(struct span text, time_us *out);
/* RFC 3339 in UTC, microseconds only where they are not 0. */
const char *time_text(time_us time, char out[TIME_TEXT]);
date_day time_day(time_us time, int offset_s);                 /* the local day */
/* "HH:MM:SS" local; out has room for 9. */
const char *time_clock_text(time_us time, int offset_s, char out[9]);

time_us clock_now(void);       /* CLOCK_REALTIME */
int64_t clock_monotonic_us(void);

#endif
