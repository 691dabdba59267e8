/* The request document (DESIGN.md 4, rule B13.2): what a maker proposes, a checker signs and the
 * core executes. UTF-8, `word value` lines in one order, single words once, repeated ones numbered
 * after their count; whatever is not exactly that is refused, so that no two documents say the
 * same and every byte on a screen is a byte that was signed. The bytes are made once, kept as they
 * are and only ever read; nothing here allocates more than a span for each line. */
#ifndef DAYBOOK_DOMAIN_DOCUMENT_H
#define DAYBOOK_DOMAIN_DOCUMENT_H

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/base/text.h"

enum {
    DOCUMENT_BYTES_MAX = 1 << 20,
    DOCUMENT_ITEMS_MAX = 10000,
    DOCUMENT_EXCLUDED_MAX = 1000,
    DOCUMENT_TEXT_MAX = 1000,   /* bytes of the maker's own text */
    DOCUMENT_WORDS_MAX = 16,    /* name=value words of an item */
    DOCUMENT_LOGIN_MAX = 64,    /* bytes with a final NUL, as PEER_NAME_MAX */
    DOCUMENT_PERSON_MAX = 33,   /* bytes with a final NUL */
    DOCUMENT_VALUE_MAX = 1000,  /* bytes of a word, encoded */
    DOCUMENT_CHECKERS_MAX = 2   /* the highest tier */
};

/* The rows of one repeated word, in order, without `word.N `: as they stand in the bytes. */
struct document_rows {
    const struct span *rows;
    size_t count;
};

/* What stands before the items. Spans point into the bytes; where a document is built, wherever the
 * caller likes. */
struct document_head {
    struct span environment;
    struct span request; /* R, date, 5 to 9 digits */
    int64_t version;     /* from 1 */
    struct span kind;
    struct span channel;  /* "-": none */
    struct span currency; /* "-": no money moves */
    int64_t amount;       /* minor units: the sum over the items' amounts, decides the tier */
    int tier;             /* how many must check: 0, 1 or 2 */
    struct span maker;    /* login */
    struct span person;   /* the maker's person id */
    time_us made_at, approve_by, execute_by; /* whole seconds, in this order */
    struct span reason;                      /* a code of B13.7, "-": none */
    struct span text;                        /* the maker's own words; may be empty */
    struct document_rows excluded;           /* persons: none of them may check */
};

struct document {
    struct span bytes; /* all of it; borrowed */
    struct document_head head;
    struct document_rows items, basis, moves, postings, changes, balances;
    struct span items_part;    /* "items N" to the line end of the last item */
    struct span effect;        /* "basis N" to the last line of changes: compared byte for byte */
    struct span balances_part; /* to the end; as of the preview, never compared */
    struct span *lines;        /* owned; what the rows point into */
};

/* Reads bytes, which must outlive the document. False with ERROR_INPUT and the line's number, or
 * ERROR_LIMIT; then there is nothing to free. */
bool document_parse(struct document *document, struct span bytes, struct error *error);
void document_free(struct document *document);

/* Puts a document together from its head and three parts, each with its count line first and with
 * all line ends, as SQL makes them: "items 1\nitem.1 ...\n", "basis ..." to changes, and
 * "balances ...".
 * What comes out passed document_parse(); `out` is empty otherwise. */
bool document_build(const struct document_head *head, struct span items_part, struct span effect,
                    struct span balances_part, struct buffer *out, struct error *error);

/* Writes a document anew, row by row from what was read: gives the bytes it was read from. */
bool document_write(const struct document *document, struct buffer *out);

/* --- rows; each was checked when the document was read, so that these cannot fail. Spans are still
 * encoded: document_decode(). */

struct document_word {
    struct span name, value;
};

struct document_item {
    struct span object;
    int64_t amount; /* minor units, >= 0 */
    struct document_word words[DOCUMENT_WORDS_MAX];
    size_t count;
};

struct document_basis {
    struct span object;
    int64_t version; /* of the row it rests on */
};

struct document_move {
    struct span object, from, to;
};

struct document_posting {
    int64_t journal; /* from 1; postings of one stand together and add up to zero */
    struct span event, account, sub, currency;
    int64_t amount; /* minor units, debit positive, never 0 */
};

struct document_balance {
    struct span account, sub, currency;
    int64_t before, after; /* minor units, debit positive */
};

struct document_item document_item(const struct document *document, size_t index);
struct document_basis document_basis(const struct document *document, size_t index);
struct document_move document_move(const struct document *document, size_t index);
struct document_posting document_posting(const struct document *document, size_t index);
struct document_balance document_balance(const struct document *document, size_t index);
/* Cuts a row (a change) into its words, at most `max` of them; returns how many it has. */
size_t document_words(struct span row, struct span *words, size_t max);
/* The still encoded value of an item's word; false where the item does not have it. */
bool document_item_word(const struct document_item *item, const char *name, struct span *value);

/* --- words */

/* %HH back to bytes. out_size > value.length always suffices; NUL-terminated; the length. What was
 * read from a document decodes to printable UTF-8. */
size_t document_decode(struct span value, char *out, size_t out_size);
/* Any printable text as a word: %HH for all but A-Za-z0-9._:/+-; "-" for an empty text. */
bool document_encode(struct span text, struct buffer *out);

/* Whether the core knows this kind of request. */
bool document_kind_is_known(struct span kind);
/* R, a date, 5 to 9 digits. */
bool document_request_is_good(struct span request);

#endif
