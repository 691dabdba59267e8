/* What a profile says, for its parser (profile.c) and for the reader of CSV statements (csv.c). */
#ifndef DAYBOOK_SRC_FORMATS_PROFILE_H
#define DAYBOOK_SRC_FORMATS_PROFILE_H

#include "daybook/base/memory.h"
#include "daybook/formats/profile.h"

enum {
    PROFILE_COLUMNS_MAX = 48,
    PROFILE_NAMES_MAX = 6,  /* names that one column goes by */
    PROFILE_LIST_MAX = 48,  /* entries of each list below */
    PROFILE_DATES_MAX = 8
};

enum profile_encoding { ENCODING_UTF8, ENCODING_GB18030, ENCODING_LATIN1 };

/* What a column means. */
enum profile_field {
    FIELD_DATE,
    FIELD_BOOKING_DATE,
    FIELD_TIME,
    FIELD_AMOUNT,
    FIELD_IN,
    FIELD_OUT,
    FIELD_SIGN,
    FIELD_CURRENCY,
    FIELD_BALANCE,
    FIELD_ORDER,
    FIELD_BANK_REF,
    FIELD_END_TO_END,
    FIELD_PARTY,
    FIELD_PARTY_ACCOUNT,
    FIELD_TEXT,
    FIELD_STATUS,
    FIELD_FEE,
    FIELD_TYPE,
    FIELD_EXTRA,
    FIELDS
};

/* What a labelled value above or below the rows means. */
enum profile_value {
    VALUE_NOTE, /* nothing: the row is only known to be no entry */
    VALUE_ACCOUNT,
    VALUE_CURRENCY,
    VALUE_REFERENCE,
    VALUE_FROM,
    VALUE_TO,
    VALUE_OPENING,
    VALUE_CLOSING,
    VALUE_COUNT,
    VALUE_SUM,
    VALUE_TOTALS, /* a row with the sums of the in and out columns under them */
    VALUES
};

enum profile_direction { DIRECTION_NONE, DIRECTION_CREDIT, DIRECTION_DEBIT };
enum profile_rows { ROWS_ANY, ROWS_OLDEST_FIRST, ROWS_NEWEST_FIRST };

struct profile_column {
    enum profile_field field;
    bool optional; /* it may be missing, and a cell that cannot be read counts as empty */
    const char *names[PROFILE_NAMES_MAX]; /* any of them */
    size_t names_count;
};

struct profile_word {
    const char *word;
    int value;       /* a status, field, direction or value: by the list */
    int direction;   /* of a status: the sign of an entry whose own sign word is neutral */
    char currency[4]; /* of a currency word or mark; "" where it says none */
};

struct profile_list {
    struct profile_word words[PROFILE_LIST_MAX];
    size_t count;
};

struct profile {
    struct arena *arena; /* owns the texts */
    const char *title;
    enum profile_encoding encoding;
    char delimiter;
    char quote;    /* '\0': none */
    char decimal;  /* '.' or ',' */
    char thousands; /* '\0': none */
    char currency[4];
    bool inverted; /* amounts are what the holder owes: a positive one is money out */
    enum profile_rows rows;
    const char *dates[PROFILE_DATES_MAX];
    size_t dates_count;
    const char *year; /* the pattern of the statement's month above the rows, or NULL */
    struct profile_column columns[PROFILE_COLUMNS_MAX];
    size_t columns_count;
    struct profile_list preamble, footer; /* value: enum profile_value */
    struct profile_list signs;            /* value: enum profile_direction */
    struct profile_list statuses;         /* value: enum statement_status */
    struct profile_list currency_words, marks;
    struct profile_list empties;
    struct profile_list skips; /* value: enum profile_field */
};

bool profile_has(const struct profile *profile, enum profile_field field);
/* The word equal to text, or NULL. */
const struct profile_word *profile_find(const struct profile_list *list, struct span text);

#endif
