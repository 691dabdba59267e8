/* The parts of the MT940 and MT942 reader: fields and groups of them (mt940_scan.c), lines
 * (mt940_line.c), the structured :86: (mt940_details.c), and the reader itself (mt940.c). */
#ifndef DAYBOOK_SRC_FORMATS_MT940_H
#define DAYBOOK_SRC_FORMATS_MT940_H

#include "daybook/base/buffer.h"
#include "window.h"

enum mt940_tag {
    MT940_UNKNOWN, /* :99X: that the standard does not name here */
    MT940_13,
    MT940_20,
    MT940_21,
    MT940_25,
    MT940_28,
    MT940_34,
    MT940_60,
    MT940_61,
    MT940_62,
    MT940_64,
    MT940_65,
    MT940_86,
    MT940_90,
    MT940_NS
};

enum {
    MT940_GROUP_FIELDS = 32,       /* further :86: of one entry become lines of the last */
    MT940_GROUP_LIMIT = 1 << 20,   /* bytes of one entry with its :86: */
    MT940_TEXT_LIMIT = 2 << 20,    /* bytes of one text put together */
    MT940_SCRATCH_LIMIT = 16 << 20, /* bytes for what is found in such a text */
    MT940_VALUE_MAX = 512          /* bytes kept of :20:, :25:, :28C: */
};

/* One field inside the window: offsets count from the window's start. */
struct mt940_field {
    enum mt940_tag tag;
    size_t tag_length; /* ":60F:" is 5 */
    size_t start, end; /* from the first colon; past the last newline */
    int64_t line;
};

/* A field, or a :61: with the :86: and :NS: that belong to it. */
struct mt940_group {
    struct mt940_field fields[MT940_GROUP_FIELDS];
    int count;
    size_t length; /* bytes to consume: the message's end and envelope included */
    int64_t line, lines;
    size_t first_end;    /* where the first line ends, past its newline; 0: it does not */
    bool returns; /* a carriage return stands before some newline */
};

struct mt940_scan {
    struct window window;
    int64_t line;  /* of the window's first byte, from 1 */
    bool any;      /* a tag was seen */
    bool interim;  /* the envelope says MT942 */
    enum mt940_tag next_tag; /* at the window's start, where next_length is not 0 */
    size_t next_length;
};

/* The next group, left in the window. WINDOW_END: there is none. */
enum window_fill mt940_scan_group(struct mt940_scan *scan, struct mt940_group *group,
                                  struct error *error);
void mt940_scan_consume(struct mt940_scan *scan, const struct mt940_group *group);
/* Where line ends before `end` start. */
const char *mt940_before_line_ends(const char *start, const char *end);
/* The field's value without its tag and without line ends behind it. */
static inline struct span mt940_field_value(const struct mt940_scan *scan,
                                            const struct mt940_field *field)
{
    const char *bytes = window_bytes(&scan->window);
    const char *start = bytes + field->start + field->tag_length, *end = bytes + field->end;

    if (end > start && end[-1] == '\n')
        end--;
    if (end > start && (end[-1] == '\n' || end[-1] == '\r'))
        end = mt940_before_line_ends(start, end);
    return (struct span){start, end > start ? (size_t)(end - start) : 0};
}
/* "60F" for :60F:. */
struct span mt940_field_name(const struct mt940_scan *scan, const struct mt940_field *field);

/* What could not be read, and where in the value. */
struct mt940_wrong {
    const char *reason;
    size_t at; /* bytes into the value */
};

/* The last dates that were read: entries of one day have the same. */
struct mt940_dates {
    char text[10]; /* YYMMDDMMDD; the first is 0 where there is none */
    date_day value, entry;
};

/* Reads a :61: value; lines of it end with \n or \r\n, the first after first_line bytes. Fills
 * dates, amount, mark, reversal, status, type, references and extra. */
bool mt940_line_entry(struct span value, size_t first_line, struct mt940_dates *dates,
                      struct statement_entry *entry, struct mt940_wrong *wrong);
/* Balances: :60F: :62M: :64: :65:, then :34F: and :90D:. *currency gets three letters. */
bool mt940_line_balance(struct span value, struct statement_balance *balance,
                        struct span *currency, struct mt940_wrong *wrong);
bool mt940_line_floor(struct span value, struct statement_balance *balance, struct span *currency,
                      struct mt940_wrong *wrong);
bool mt940_line_total(struct span value, struct statement_balance *balance, struct span *currency,
                      struct mt940_wrong *wrong);

/* Fills end_to_end, party_name and party_account from the entry's text where it is structured:
 * ?20..?33, /EREF/../NAME/.., or lines of :NS: (`lines_numbered`). `scratch` holds what had to be
 * put together, until the next call. FIND_SLACK bytes behind the text may be read. */
void mt940_details_find(struct statement_entry *entry, bool lines_numbered,
                        struct buffer *scratch);

/* Plain text starts with a letter and has nothing to find. */
static inline void mt940_details_read(struct statement_entry *entry, bool lines_numbered,
                                      struct buffer *scratch)
{
    char first = entry->text.length > 0 ? entry->text.data[0] : 'A';

    if (lines_numbered || first < 'A' || first > 'z')
        mt940_details_find(entry, lines_numbered, scratch);
}

#endif
