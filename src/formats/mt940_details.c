/* The structured :86:. Three habits are known: subfields `?20`..`?33` with SEPA words inside
 * (`EREF+`), slash codes (`/EREF/../NAME/../IBAN/..`), and numbered lines of :NS:. Banks wrap them
 * at 65 characters wherever that falls, in a code too. The text itself stays as it was written;
 * here the other side and the references are found in it, in one pass that copies only them. */
#include "mt940.h"

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
    AREA_END_TO_END,
    AREA_OWN,        /* our own reference: stands in where there is no end-to-end one */
    AREA_NAME,
    AREA_ACCOUNT,
    AREA_IBAN,       /* a second account: stands in where there is no other */
    AREA_CONTACT,    /* /CNTP/: account, BIC, name */
    AREAS
};

struct areas {
    char *data;    /* of all areas, each `stride` bytes */
    size_t stride;
    size_t length[AREAS];
};

static inline void area_add(struct areas *areas, enum area area, const char *from,
                            const char *end)
{
    size_t length = (size_t)(end - from);

    if (area == AREA_NONE || length == 0)
        return;
    copy_short(areas->data + area * areas->stride + areas->length[area], from, length);
    areas->length[area] += length;
}

static struct span area_text(const struct areas *areas, enum area area)
{
    return (struct span){areas->data + area * areas->stride, areas->length[area]};
}

/* Without blanks around it, and without the slash that closes a value. */
static struct span trimmed(struct span span)
{
    while (span.length > 0 && span.data[0] == ' ')
        span.data++, span.length--;
    while (span.length > 0 && span.data[span.length - 1] == ' ')
        span.length--;
    if (span.length > 0 && span.data[span.length - 1] == '/')
        span.length--;
    return span;
}

/* Four letters as a number, so that a word is found by one switch. */
#define WORD_KEY(a, b, c, d) \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

static uint32_t word_key(const char *four)
{
    const unsigned char *p = (const unsigned char *)four;

    return WORD_KEY(p[0], p[1], p[2], p[3]);
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
    const char *p = *at;

    if (end - p > 2 && is_digit(p[1]) && is_digit(p[2])) {
        *at = p + 3;
        return (p[1] - '0') * 10 + (p[2] - '0');
    }
    return subfield_code_wrapped(at, end);
}

static void find_subfields(struct areas *areas, struct span text, char mark)
{
    const char *from = text.data, *end = text.data + text.length;
    enum area area = AREA_NONE;

    for (const char *block = from; block < end; block += 64) {
        uint64_t found = mask_either(block, end, mark, '\n');
        for (; found != 0; found &= found - 1) {
            const char *special = block + __builtin_ctzll(found), *behind = special;
            if (special < from) /* inside a code */
                continue;
            int code = *special == mark ? subfield_code(&behind, end) : -1;
            if (code < 0 && *special == mark)
                continue;
            area_add(areas, area, from, special);
            from = code < 0 ? special + 1 : behind;
            area = code < 0 ? area : subfield_areas[code];
        }
    }
    area_add(areas, area, from, end);
}

/* The words of a purpose, each with a plus behind it. */
static bool purpose_word(const char *four, enum area *area)
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
    struct span purpose = area_text(areas, AREA_PURPOSE);
    const char *at = purpose.data, *end = at + purpose.length, *from = NULL;
    enum area area = AREA_NONE, next;

    while ((at = find_either(at, end, '+', '+')) != NULL) {
        if (at - purpose.data >= 4 && purpose_word(at - 4, &next)) {
            if (from && at - 4 >= from && areas->length[area] == 0)
                area_add(areas, area, from, at - 4);
            from = at + 1;
            area = next;
        }
        at++;
    }
    if (from && areas->length[area] == 0)
        area_add(areas, area, from, end);
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

/* Words between slashes; a shorter one has its slash as the last letter. */
static bool slash_word(const char *four, enum area *area)
{
    switch (word_key(four)) {
    case WORD_KEY('E', 'R', 'E', 'F'): *area = AREA_END_TO_END; return true;
    case WORD_KEY('K', 'R', 'E', 'F'):
    case WORD_KEY('P', 'R', 'E', 'F'): *area = AREA_OWN; return true;
    case WORD_KEY('I', 'B', 'A', 'N'):
    case WORD_KEY('A', 'C', 'C', 'T'): *area = AREA_ACCOUNT; return true;
    case WORD_KEY('N', 'A', 'M', 'E'):
    case WORD_KEY('O', 'R', 'D', 'P'):
    case WORD_KEY('B', 'E', 'N', 'M'): *area = AREA_NAME; return true;
    case WORD_KEY('C', 'N', 'T', 'P'): *area = AREA_CONTACT; return true;
    case WORD_KEY('R', 'E', 'M', 'I'):
    case WORD_KEY('B', 'I', 'C', '/'):
    case WORD_KEY('T', 'R', 'T', 'P'):
    case WORD_KEY('M', 'A', 'R', 'F'):
    case WORD_KEY('C', 'S', 'I', 'D'):
    case WORD_KEY('I', 'S', 'D', 'T'):
    case WORD_KEY('R', 'T', 'R', 'N'):
    case WORD_KEY('R', 'R', 'E', 'F'):
    case WORD_KEY('U', 'L', 'T', 'D'):
    case WORD_KEY('U', 'L', 'T', 'B'):
    case WORD_KEY('P', 'U', 'R', 'P'):
    case WORD_KEY('A', 'D', 'D', 'R'):
    case WORD_KEY('T', 'R', 'C', 'D'):
    case WORD_KEY('S', 'V', 'C', 'L'):
    case WORD_KEY('O', 'C', 'M', 'T'):
    case WORD_KEY('C', 'H', 'G', 'S'): *area = AREA_NONE; return true;
    default: return false;
    }
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
    if (end - at <= 5)
        return NULL;
    const char *slash = at + (at[4] == '/' ? 4 : 5);
    if (*slash == '/')
        return slash_word(at + 1, area) ? slash : NULL;
    if (at[1] != '\n' && at[2] != '\n' && at[3] != '\n' && at[4] != '\n' && at[5] != '\n')
        return NULL;
    return slash_word_wrapped(at, end, area);
}

static void find_slashes(struct areas *areas, struct span text)
{
    const char *from = text.data, *end = text.data + text.length, *skip = from;
    enum area area = AREA_NONE, next;

    for (const char *block = from; block < end; block += 64) {
        uint64_t found = mask_either(block, end, '/', '\n');
        for (; found != 0; found &= found - 1) {
            const char *special = block + __builtin_ctzll(found);
            if (special < skip) /* inside a word */
                continue;
            const char *slash = *special == '/' ? slash_word_at(special, end, &next) : NULL;
            if (!slash && *special == '/')
                continue;
            if (special > from)
                area_add(areas, area, from, special);
            from = (slash ? slash : special) + 1;
            if (!slash)
                continue;
            area = areas->length[next] == 0 ? next : AREA_NONE; /* the first of a kind counts */
            skip = slash; /* it closes a word and may open the next: /ORDP/NAME/ */
        }
    }
    if (end > from)
        area_add(areas, area, from, end);
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
static void find_numbered(struct areas *areas, struct span text)
{
    const char *at = text.data, *end = at + text.length;

    while (end - at >= 2) {
        const char *newline = find_byte(at, end, '\n'), *stop = newline ? newline : end;
        if (stop - at > 2 && at[0] == '1' && (at[1] == '5' || at[1] == '6'))
            area_add(areas, AREA_NAME, at + 2, stop);
        else if (stop - at > 2 && at[0] == '3' && at[1] == '4')
            area_add(areas, AREA_ACCOUNT, at + 2, stop);
        at = newline ? newline + 1 : end;
    }
}

/* The end-to-end reference, unless it only says that there is none and our own stands beside it. */
static enum area reference_area(const struct areas *areas)
{
    static const char none[] = "NOTPROVIDED";
    struct span given = trimmed(area_text(areas, AREA_END_TO_END));

    if (given.length == 0)
        return AREA_OWN;
    bool is_none = given.length == sizeof(none) - 1 &&
                   memcmp(given.data, none, sizeof(none) - 1) == 0;
    return is_none && areas->length[AREA_OWN] > 0 ? AREA_OWN : AREA_END_TO_END;
}

static void take_areas(struct statement_entry *entry, const struct areas *areas)
{
    enum area reference = reference_area(areas);
    enum area account = areas->length[AREA_ACCOUNT] > 0 ? AREA_ACCOUNT : AREA_IBAN;

    entry->end_to_end = trimmed(area_text(areas, reference));
    entry->party_name = trimmed(area_text(areas, AREA_NAME));
    entry->party_account = trimmed(area_text(areas, account));
    if (areas->length[AREA_CONTACT] > 0)
        take_contact(entry, area_text(areas, AREA_CONTACT));
}

void mt940_details_find(struct statement_entry *entry, bool lines_numbered,
                        struct buffer *scratch)
{
    struct span text = entry->text;
    bool slashes = text.length > 0 && text.data[0] == '/';
    char mark = slashes || lines_numbered ? 0 : subfield_mark(text);

    if (text.length == 0 || (!slashes && !mark && !lines_numbered))
        return;
    buffer_clear(scratch);
    struct areas areas = {.stride = text.length + FIND_SLACK};
    areas.data = buffer_reserve(scratch, AREAS * areas.stride);
    if (!areas.data)
        return;
    if (lines_numbered)
        find_numbered(&areas, text);
    else if (slashes)
        find_slashes(&areas, text);
    else
        find_subfields(&areas, text, mark);
    if (areas.length[AREA_PURPOSE] > 0)
        find_words(&areas);
    take_areas(entry, &areas);
}
