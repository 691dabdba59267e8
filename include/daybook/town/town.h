/* A simulated week: what the company believes it paid, what its banks say, and the truth about
 * where the two differ. Everything follows from the seed. */
#ifndef DAYBOOK_TOWN_TOWN_H
#define DAYBOOK_TOWN_TOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/town/names.h"
#include "daybook/town/random.h"

enum {
    TOWN_CHANNELS = 4,
    TOWN_DAYS_MAX = 30,
    TOWN_REF = 24,
    TOWN_TEXT = 256,
    TOWN_PAYOUTS_MAX = 200000, /* a day */
    TOWN_FILE_MAX = 256 << 20  /* bytes */
};

struct town_options {
    uint64_t seed;
    const char *out;
    date_day to;       /* the last business day */
    int days;          /* business days */
    int payouts;       /* a day, over all channels */
    int offset_s;      /* of local time from UTC */
    int fault_percent; /* how many of each fault, in percent of the usual count */
};

/* How a statement line names its payout, from clear to vague (match rules of the desk). */
enum town_naming {
    TOWN_BY_REFERENCE, /* the reference given to the bank */
    TOWN_BY_ORDER,     /* the order number instead */
    TOWN_BY_TEXT,      /* the reference, but only within the text */
    TOWN_BY_PAYEE,     /* no reference; amount, day and payee */
    TOWN_BY_AMOUNT     /* nothing but amount and day */
};

struct town_payout {
    char order_no[TOWN_REF];
    char bank_ref[TOWN_REF]; /* the reference given to the bank */
    char batch_no[TOWN_REF]; /* "" for single payouts */
    char name[TOWN_NAME];
    char account[TOWN_ACCOUNT];
    const char *state;
    const char *currency;
    int channel;
    int day;              /* index of the business day */
    int second;           /* local time of sending, since midnight */
    bool answered;        /* the bank accepted it at `second` + 3 */
    bool taken;           /* stands for a planted fault; no other may use it */
    int64_t amount;       /* minor units */
    int64_t expected_fee; /* minor units; -1: the channel names none */
    size_t line;          /* its own line, or TOWN_NO_LINE */
};

enum town_status { TOWN_BOOKED, TOWN_FAILED };
#define TOWN_NO_LINE SIZE_MAX

struct town_line {
    char ref[TOWN_REF];
    char bank_ref[TOWN_REF]; /* the bank's own number */
    char name[TOWN_NAME];
    char account[TOWN_ACCOUNT];
    char text[TOWN_TEXT];
    int channel;
    int day;
    int second;
    bool dropped;        /* the bank lost it */
    bool interim;        /* stands in the interim report, where there is one */
    enum town_status status;
    int64_t amount;      /* minor units; debits are negative */
    int64_t fee;         /* minor units; -1: the line names none */
    size_t order;        /* of making, to sort equal times */
};

/* One planted fact. code is the exception's, or "-" where none may come of it. */
struct town_truth {
    const char *code;
    const char *state; /* of the exception; MATCHED, WAITING or STORED where there is none */
    const char *what;
    int channel;
    int day;
    char order_no[TOWN_REF]; /* of the payout, or "" */
    char bank_ref[TOWN_REF]; /* of the line, or "" */
    char file[TOWN_NAME];    /* of a file, or "" */
    int64_t amount;
};

/* What is odd about the file of a channel and day. */
enum town_file_mark {
    TOWN_FILE_MISSING = 1, /* it never comes */
    TOWN_FILE_SUM = 2,     /* opening + sum is not closing */
    TOWN_FILE_CHAIN = 4,   /* opening is not the previous closing */
    TOWN_FILE_BAD = 8,     /* a torn copy comes first */
    TOWN_FILE_TWICE = 16,  /* the same bytes come again under another name */
    TOWN_FILE_OVERLAP = 32, /* another file repeats this day and the day before */
    TOWN_FILE_INTERIM = 64 /* an interim report comes first */
};

struct town_amounts; /* which amounts are in use, so that a fault's is nobody else's */

struct town {
    struct town_options options;
    struct town_random random;
    date_day days[TOWN_DAYS_MAX];
    struct town_payout *payouts;
    size_t payout_count, payout_room;
    struct town_line *lines;
    size_t line_count, line_room;
    struct town_truth *truths;
    size_t truth_count, truth_room;
    struct town_amounts *amounts;
    unsigned files[TOWN_CHANNELS][TOWN_DAYS_MAX]; /* enum town_file_mark */
    int64_t shift[TOWN_CHANNELS][TOWN_DAYS_MAX];  /* what SUM or CHAIN adds, minor units */
};

/* --- channel.c */

/* One statement file's content. Lines are in the order of booking. */
struct town_statement {
    const struct town_channel *channel;
    date_day from, to;
    date_day before; /* the business day before `from` */
    int number;      /* of the year's statements */
    bool interim;
    int64_t opening, closing; /* as printed */
    const struct town_line **lines;
    date_day *days;  /* of each line */
    size_t count;
};

struct town_channel {
    const char *id;
    const char *bank;
    const char *account;
    char letter;             /* starts references */
    const char *file_word;   /* in file names; NULL: the bank sends no files */
    const char *interim_word; /* NULL: no interim reports */
    int share;               /* of the day's payouts, in percent */
    int cutoff_s;            /* local; later sendings are booked the next business day */
    int64_t fee;             /* minor units a payout; -1: none is named on lines */
    int64_t opening;         /* minor units, at the week's start */
    bool lists_failures;     /* the statement shows failed payouts */
    bool (*write)(const struct town_statement *statement, struct buffer *out);
};

extern const struct town_channel town_channels[TOWN_CHANNELS];

/* --- amounts.c */

struct town_amounts *town_amounts_new(size_t expected);
void town_amounts_free(struct town_amounts *amounts);
void town_amounts_add(struct town_amounts *amounts, int64_t amount);
/* How often the amount was added. */
unsigned town_amounts_count(const struct town_amounts *amounts, int64_t amount);
/* An amount that nobody has, near `like`; it is added. */
int64_t town_amounts_fresh(struct town *town, int64_t like);

/* --- week.c: an undisturbed week */

void town_week_make(struct town *town);
struct town_line *town_line_new(struct town *town);
/* The line that a bank writes for a payout, not yet in any statement's order. */
size_t town_line_of(struct town *town, const struct town_payout *payout, enum town_naming naming);
void town_bank_ref(struct town *town, struct town_line *line);

/* --- faults.c: what is planted into it */

/* Plants what fits; kinds that need more days or payouts than there are stay out. */
void town_faults_plant(struct town *town);
struct town_truth *town_truth_new(struct town *town, const char *code, const char *state,
                                  const char *what, int channel, int day);
/* What stands in a file name before the word; files are read in the order of their names. */
#define TOWN_PART_INTERIM "0-interim-"
#define TOWN_PART_TORN "0-torn-"
#define TOWN_PART_AGAIN "again-"
#define TOWN_PART_TWO_DAYS "two-days-"
/* "20261119-ICBC-053.xml" for the part "". */
void town_file_name(const struct town *town, int channel, int day, const char *part,
                    char out[TOWN_NAME]);

/* --- writers */

bool town_camt_write(const struct town_statement *statement, struct buffer *out);
bool town_mt940_write(const struct town_statement *statement, struct buffer *out);
bool town_gbk_write(const struct town_statement *statement, struct buffer *out);
/* Everything into the directory of the options. */
bool town_output(const struct town *town, struct error *error);

#endif
