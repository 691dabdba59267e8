/* The structured :86:. Three habits are known: subfields `?20`..`?33` with SEPA words inside
 * (`EREF+`), slash codes (`/EREF/../NAME/../IBAN/..`), and numbered lines of :NS:. Banks wrap them
 * at 65 characters wherever that falls, in a code too. The text itself stays as it was written;
 * here the other side and the references are found in it, in one pass that copies only them. */
#include "mt940.h"

#include <endian.h>
#include <string.h>

#include "find.h"

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Where what is found is put together, piece by piece. */
enum area {
    AREA_NONE,
    AREA_PURPOSE,    /* ?20..?29, ?60..?63: words like EREF+ are in it */
    AREA_NAME,
    AREA_ACCOUNT,
    AREA_IBAN,       /* a second account: stands in where there is no other */
    AREA_PIECES,     /* those above are put together from pieces; those below stand in one */
    AREA_END_TO_END = AREA_PIECES,
    AREA_OWN,        /* our own reference: stands in where there is no end-to-end one */
    AREA_CONTACT,    /* /CNTP/: account, BIC, name */
    AREAS
};

struct areas {
    struct span found[AREAS]; /* as it stands in the text, or put together */
    const char *first_break, *last_break; /* line ends of the text that are in found; or NULL */
    size_t length; /* of the text */
    struct buffer *scratch;
    char *room; /* of scratch, for what is put together; or NULL */
};

/* One by one: of a whole that starts as zeros, compilers make one `rep stos`, which costs more than
 * all that is found. */
static inline void areas_begin(struct areas *areas, struct span text, struct buffer *scratch)
{
#pragma GCC unroll 8
    for (int i = 0; i < AREAS; i++)
        areas->found[i] = (struct span){text.data, 0};
    areas->first_break = areas->last_break = NULL;
    areas->length = text.length;
    areas->scratch = scratch;
    areas->room = NULL;
}

static inline void area_point(struct areas *areas, enum area area, const char *from,
                              const char *end)
{
    if (end > from)
        areas->found[area] = (struct span){from, (size_t)(end - from)};
}

/* Room for `count` copies of the text, or NULL. */
static inline char *area_room(struct buffer *scratch, size_t count, size_t stride)
{
    if (scratch->capacity > count * stride)
        return scratch->data;
    return buffer_reserve(scratch, count * stride);
}

/* Areas that are put together from pieces: where the next piece of each goes. */
struct pieces {
    char *room;
    size_t stride; /* bytes of one area: the text and FIND_SLACK */
    char *end[AREA_PIECES];
};

static inline bool pieces_begin(struct pieces *pieces, struct span text, struct buffer *scratch)
{
    pieces->stride = text.length + FIND_SLACK;
    pieces->room = area_room(scratch, AREA_PIECES, pieces->stride);
    char *room = pieces->room;
    if (!room)
        return false;
#pragma GCC unroll 8
    for (int i = 0; i < AREA_PIECES; i++, room += pieces->stride)
        pieces->end[i] = room;
    return true;
}

static inline void pieces_add(struct pieces *pieces, enum area area, const char *from,
                              const char *end)
{
    if (area == AREA_NONE || end <= from)
        return;
    char *room = pieces->end[area];
    copy_short(room, from, (size_t)(end - from));
    pieces->end[area] = room + (end - from);
}

static inline void pieces_done(const struct pieces *pieces, struct areas *areas)
{
    const char *start = pieces->room;

#pragma GCC unroll 8
    for (int i = 0; i < AREA_PIECES; i++, start += pieces->stride)
        areas->found[i] = (struct span){start, (size_t)(pieces->end[i] - start)};
}

static FIND_RARE struct span trim_ends(struct span span)
{
    while (span.length > 0 && span.data[0] == ' ')
        span.data++, span.length--;
    while (span.length > 0 && span.data[span.length - 1] == ' ')
        span.length--;
    if (span.length > 0 && span.data[span.length - 1] == '/')
        span.length--;
    return span;
}

/* Without blanks around it, and without the slash that closes a value. Most have none. */
static inline struct span trimmed(struct span span)
{
    if (span.length == 0)
        return span;
    char first = span.data[0], last = span.data[span.length - 1];
    return first == ' ' || last == ' ' || last == '/' ? trim_ends(span) : span;
}

/* Four letters as a number, so that a word is found by one switch. */
#define WORD_KEY(a, b, c, d) \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

static inline uint32_t word_key(const char *four)
{
    uint32_t key;

    memcpy(&key, four, sizeof(key));
    return le32toh(key);
}

/* --- ?20 and the like */

/* The last subfields of one entry's text. */
static const unsigned char subfield_areas[100] = {
    [20] = AREA_PURPOSE, [21] = AREA_PURPOSE, [22] = AREA_PURPOSE, [23] = AREA_PURPOSE,
    [24] = AREA_PURPOSE, [25] = AREA_PURPOSE, [26] = AREA_PURPOSE, [27] = AREA_PURPOSE,
    [28] = AREA_PURPOSE, [29] = AREA_PURPOSE, [60] = AREA_PURPOSE, [61] = AREA_PURPOSE,
    [62] = AREA_PURPOSE, [63] = AREA_PURPOSE, [31] = AREA_ACCOUNT, [32] = AREA_NAME,
    [33] = AREA_NAME,    [38] = AREA_IBAN,
};

/* The same where a line end may stand among them. */
static int subfield_code_wrapped(const char **at, const char *end)
{
    const char *p = *at + 1;
    int digits[2];

    for (int i = 0; i < 2; i++) {
        while (p < end && *p == '\n')
            p++;
        if (p == end || !is_digit(*p))
            return -1;
        digits[i] = *p++ - '0';
    }
    *at = p;
    return digits[0] * 10 + digits[1];
}

/* Two digits behind the mark at *at; *at gets what follows. -1: none, the mark is text. */
static inline int subfield_code(const char **at, const char *end)
{
    unsigned first = (unsigned char)((*at)[1] - '0'), second = (unsigned char)((*at)[2] - '0');

    if (end - *at <= 2 || first > 9 || second > 9)
        return subfield_code_wrapped(at, end);
    *at += 3;
    return (int)(first * 10 + second);
}

static void find_subfields(struct pieces *pieces, struct span text, char mark)
{
    const char *from = text.data, *end = text.data + text.length;
    enum area area = AREA_NONE;

    for (const char *block = from; block < end; block += 64) {
        uint64_t marks = mask_before(mask_either(block, mark, '\n'), block, end);
        while (marks != 0) {
            const char *special = mask_take(&marks, block), *behind = special;
            if (special < from) /* inside a code */
                continue;
            if (*special == '\n') {
                pieces_add(pieces, area, from, special);
                from = special + 1;
                continue;
            }
            int code = subfield_code(&behind, end);
            if (code < 0)
                continue;
            pieces_add(pieces, area, from, special);
            from = behind;
            area = subfield_areas[code];
        }
    }
    pieces_add(pieces, area, from, end);
}

/* The words of a purpose, each with a plus behind it. */
static inline bool purpose_word(const char *four, enum area *area)
{
    switch (word_key(four)) {
    case WORD_KEY('E', 'R', 'E', 'F'): *area = AREA_END_TO_END; return true;
    case WORD_KEY('K', 'R', 'E', 'F'): *area = AREA_OWN; return true;
    case WORD_KEY('I', 'B', 'A', 'N'): *area = AREA_IBAN; return true;
    case WORD_KEY('S', 'V', 'W', 'Z'):
    case WORD_KEY('M', 'R', 'E', 'F'):
    case WORD_KEY('C', 'R', 'E', 'D'):
    case WORD_KEY('D', 'E', 'B', 'T'):
    case WORD_KEY('A', 'B', 'W', 'A'):
    case WORD_KEY('A', 'B', 'W', 'E'):
    case WORD_KEY('C', 'O', 'A', 'M'):
    case WORD_KEY('O', 'A', 'M', 'T'):
    case WORD_KEY('P', 'U', 'R', 'P'): *area = AREA_NONE; return true;
    default: return false;
    }
}

static void find_words(struct areas *areas)
{
    const struct span purpose = areas->found[AREA_PURPOSE];
    const char *end = purpose.data + purpose.length, *from = end;
    enum area area = AREA_NONE, next;

    for (const char *block = purpose.data; block < end; block += 64) {
        uint64_t pluses = mask_before(mask_byte(block, '+'), block, end);
        while (pluses != 0) {
            const char *plus = mask_take(&pluses, block);
            if (plus - purpose.data < 4 || !purpose_word(plus - 4, &next))
                continue;
            if (areas->found[area].length == 0)
                area_point(areas, area, from, plus - 4);
            from = plus + 1;
            area = next;
        }
    }
    if (areas->found[area].length == 0)
        area_point(areas, area, from, end);
}

/* The mark of subfields: `166?00...`, `?20...`, also with '>' or another sign; 0: none. */
static char subfield_mark(struct span text)
{
    const char *p = text.data;
    size_t length = text.length;

    if (length > 0 && p[0] == ' ')
        p++, length--;
    if (length >= 6 && is_digit(p[0]) && is_digit(p[1]) && is_digit(p[2]))
        p += 3;
    else if (length < 3)
        return 0;
    bool sign = *p == '?' || *p == '>' || *p == '<' || *p == '~' || *p == '^';
    return sign && is_digit(p[1]) && is_digit(p[2]) ? *p : 0;
}

/* --- /EREF/ and the like */

/* A word's place in the table below. The factor was looked for: no two words share a place (the
 * compiler refuses two values of one). */
#define WORD_PLACE(key) ((uint32_t)((key) * UINT32_C(0xde3a5db5)) >> 26)
#define WORD(a, b, c, d, area) [WORD_PLACE(WORD_KEY(a, b, c, d))] = {WORD_KEY(a, b, c, d), area}

/* Words between slashes; a shorter one has its slash as the last letter. */
static const struct word {
    uint32_t key;
    enum area area;
} slash_words[64] = {
    WORD('E', 'R', 'E', 'F', AREA_END_TO_END),
    WORD('K', 'R', 'E', 'F', AREA_OWN),     WORD('P', 'R', 'E', 'F', AREA_OWN),
    WORD('I', 'B', 'A', 'N', AREA_ACCOUNT), WORD('A', 'C', 'C', 'T', AREA_ACCOUNT),
    WORD('N', 'A', 'M', 'E', AREA_NAME),    WORD('O', 'R', 'D', 'P', AREA_NAME),
    WORD('B', 'E', 'N', 'M', AREA_NAME),    WORD('C', 'N', 'T', 'P', AREA_CONTACT),
    WORD('R', 'E', 'M', 'I', AREA_NONE),    WORD('B', 'I', 'C', '/', AREA_NONE),
    WORD('T', 'R', 'T', 'P', AREA_NONE),    WORD('M', 'A', 'R', 'F', AREA_NONE),
    WORD('C', 'S', 'I', 'D', AREA_NONE),    WORD('I', 'S', 'D', 'T', AREA_NONE),
    WORD('R', 'T', 'R', 'N', AREA_NONE),    WORD('R', 'R', 'E', 'F', AREA_NONE),
    WORD('U', 'L', 'T', 'D', AREA_NONE),    WORD('U', 'L', 'T', 'B', AREA_NONE),
    WORD('P', 'U', 'R', 'P', AREA_NONE),    WORD('A', 'D', 'D', 'R', AREA_NONE),
    WORD('T', 'R', 'C', 'D', AREA_NONE),    WORD('S', 'V', 'C', 'L', AREA_NONE),
    WORD('O', 'C', 'M', 'T', AREA_NONE),    WORD('C', 'H', 'G', 'S', AREA_NONE),
};

static inline bool slash_word(const char *four, enum area *area)
{
    uint32_t key = word_key(four);
    const struct word *word = &slash_words[WORD_PLACE(key)];

    *area = word->area;
    return word->key == key && key != 0;
}

/* The same where a line end may stand in the word. */
static const char *slash_word_wrapped(const char *at, const char *end, enum area *area)
{
    char word[5];
    int count = 0;

    for (const char *p = at + 1; p < end && count < 5; p++) {
        if (*p == '\n')
            continue;
        word[count++] = *p;
        if (*p == '/' || count == 5) {
            bool known = *p == '/' && count >= 4 && slash_word(word, area);
            return known ? p : NULL;
        }
    }
    return NULL;
}

/* A known word between slashes at `at`: gives where its last slash is, or NULL. */
static inline const char *slash_word_at(const char *at, const char *end, enum area *area)
{
    const char *slash = at + (at[4] == '/' ? 4 : 5);

    if (end - at <= 5)
        return NULL;
    if (*slash == '/')
        return slash_word(at + 1, area) ? slash : NULL;
    return slash_word_wrapped(at, end, area);
}

/* What is looked for in 64 bytes of a text. */
struct block {
    uint64_t slashes, newlines;
};

static inline struct block block_at(const char *at, const char *end)
{
    if (at >= end)
        return (struct block){0, 0};
    return (struct block){mask_before(mask_byte(at, '/'), at, end),
                          mask_before(mask_byte(at, '\n'), at, end)};
}

/* The slashes that may open a word, and some more: with another slash four or five bytes behind,
 * or a line end before that. Most slashes of a text are none. */
static inline uint64_t block_openings(struct block block, struct block behind)
{
    uint64_t near = block.newlines >> 1;

    near |= near >> 1;
    near |= near >> 2 | block.newlines >> 5;
    near |= block.slashes >> 4 | block.slashes >> 5;
    near |= (behind.slashes | behind.newlines) != 0 ? (uint64_t)0x1f << 59 : 0;
    return block.slashes & near;
}

static FIND_RARE const char *behind_newlines(const char *from, const char *end)
{
    while (from < end && *from == '\n')
        from++;
    return from;
}

/* A value up to the next word. Line ends are no part of it, and one of nothing else is none. */
static inline bool area_value(struct areas *areas, enum area area, const char *from,
                              const char *end)
{
    if (__builtin_expect(*from == '\n', false))
        from = behind_newlines(from, end);
    area_point(areas, area, from, end);
    return end > from;
}

static void find_slashes(struct areas *areas, struct span text)
{
    const char *at = text.data, *from = at, *end = at + text.length, *skip = at;
    enum area area = AREA_NONE, next;
    const char *first_break = NULL, *last_break = NULL;
    unsigned taken = 0; /* a bit for each area found: the first of a kind counts */
    struct block block = block_at(at, end);

    for (; at < end; at += 64) {
        struct block behind = block_at(at + 64, end);
        uint64_t openings = block_openings(block, behind);
        if (block.newlines != 0) {
            last_break = at + 63 - __builtin_clzll(block.newlines);
            first_break = first_break ? first_break : at + __builtin_ctzll(block.newlines);
        }
        block = behind;
        while (openings != 0) {
            const char *opening = mask_take(&openings, at);
            if (opening < skip) /* inside a word */
                continue;
            const char *closing = slash_word_at(opening, end, &next);
            if (!closing)
                continue;
            taken |= (unsigned)area_value(areas, area, from, opening) << area;
            from = closing + 1;
            area = (taken >> next & 1) == 0 ? next : AREA_NONE;
            skip = closing; /* it may open the next: /ORDP/NAME/ */
        }
    }
    area_value(areas, area, from, end);
    areas->first_break = first_break;
    areas->last_break = last_break;
}

/* Copies an area without its line ends. The areas of a text are no longer than it, so all have room
 * together. */
static struct span join_lines(struct areas *areas, struct span found)
{
    if (!areas->room)
        areas->room = area_room(areas->scratch, 1, areas->length + FIND_SLACK);
    if (!areas->room)
        return (struct span){found.data, 0};
    size_t length = copy_without(areas->room, found.data, found.data + found.length, '\n');
    found = (struct span){areas->room, length};
    areas->room += length;
    return found;
}

/* An area in one line. */
static inline struct span joined(struct areas *areas, enum area area)
{
    const struct span *found = &areas->found[area];

    if (!areas->first_break || found->data > areas->last_break ||
        found->data + found->length <= areas->first_break)
        return *found;
    return join_lines(areas, *found);
}

/* /CNTP/account/BIC/name/city/ */
static void take_contact(struct statement_entry *entry, struct span value)
{
    struct span parts[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    const char *at = value.data, *end = value.data + value.length;

    for (int i = 0; i < 3 && at < end; i++) {
        const char *slash = find_byte(at, end, '/');
        parts[i] = (struct span){at, (size_t)((slash ? slash : end) - at)};
        at = slash ? slash + 1 : end;
    }
    if (entry->party_account.length == 0)
        entry->party_account = trimmed(parts[0]);
    if (entry->party_name.length == 0)
        entry->party_name = trimmed(parts[2]);
}

/* --- lines of :NS: */

/* Line 15 and 16 name the other side, line 34 its account. */
static void find_numbered(struct pieces *pieces, struct span text)
{
    const char *at = text.data, *end = at + text.length;

    while (end - at >= 2) {
        const char *newline = find_byte(at, end, '\n'), *stop = newline ? newline : end;
        if (stop - at > 2 && at[0] == '1' && (at[1] == '5' || at[1] == '6'))
            pieces_add(pieces, AREA_NAME, at + 2, stop);
        else if (stop - at > 2 && at[0] == '3' && at[1] == '4')
            pieces_add(pieces, AREA_ACCOUNT, at + 2, stop);
        at = newline ? newline + 1 : end;
    }
}

/* The end-to-end reference, unless it only says that there is none and our own stands beside it. */
static inline struct span reference(struct areas *areas)
{
    static const char none[] = "NOTPROVIDED";
    struct span given = trimmed(joined(areas, AREA_END_TO_END));
    bool is_none = given.length == sizeof(none) - 1 &&
                   memcmp(given.data, none, sizeof(none) - 1) == 0;

    if (given.length == 0 || (is_none && areas->found[AREA_OWN].length > 0))
        given = trimmed(joined(areas, AREA_OWN));
    return given;
}

static inline void take_areas(struct statement_entry *entry, struct areas *areas)
{
    enum area account = areas->found[AREA_ACCOUNT].length > 0 ? AREA_ACCOUNT : AREA_IBAN;

    entry->end_to_end = reference(areas);
    entry->party_name = trimmed(joined(areas, AREA_NAME));
    entry->party_account = trimmed(joined(areas, account));
    if (areas->found[AREA_CONTACT].length > 0)
        take_contact(entry, joined(areas, AREA_CONTACT));
}

static void take_pieces(struct statement_entry *entry, bool lines_numbered, char mark,
                        struct buffer *scratch)
{
    struct areas areas;
    struct pieces pieces;

    if (!pieces_begin(&pieces, entry->text, scratch))
        return;
    if (lines_numbered)
        find_numbered(&pieces, entry->text);
    else
        find_subfields(&pieces, entry->text, mark);
    areas_begin(&areas, entry->text, scratch);
    pieces_done(&pieces, &areas);
    if (areas.found[AREA_PURPOSE].length > 0)
        find_words(&areas);
    take_areas(entry, &areas);
}

void mt940_details_find(struct statement_entry *entry, bool lines_numbered,
                        struct buffer *scratch)
{
    bool slashes = entry->text.length > 0 && entry->text.data[0] == '/';

    if (slashes && !lines_numbered) {
        struct areas areas;
        areas_begin(&areas, entry->text, scratch);
        find_slashes(&areas, entry->text);
        take_areas(entry, &areas);
        return;
    }
    char mark = lines_numbered ? 0 : subfield_mark(entry->text);
    if (entry->text.length > 0 && (mark || lines_numbered))
        take_pieces(entry, lines_numbered, mark, scratch);
}
