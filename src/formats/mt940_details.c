/* The structured :86:. Three habits are known: subfields `?20`..`?33` with SEPA words inside
 * (`EREF+`), slash codes (`/EREF/../NAME/../IBAN/..`), and numbered lines of :NS:. Banks wrap them
 * at 65 characters wherever that falls, so the lines are put together before anything is looked
 * for. The text itself stays as it was written; here the other side and the references are found
 * in it. */
#include "mt940.h"

#include <string.h>

#include "find.h"

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Without blanks around it. */
static inline struct span trimmed(struct span span)
{
    while (span.length > 0 && span.data[0] == ' ')
        span.data++, span.length--;
    while (span.length > 0 && span.data[span.length - 1] == ' ')
        span.length--;
    return span;
}

/* Room that was reserved once, so that spans into it stay. */
struct room {
    char *at;
};

static struct span room_take(struct room *room, const char *data, size_t length)
{
    struct span span = {room->at, length};

    copy_short(room->at, data, length);
    room->at += length;
    return span;
}

/* `first` is what room_take() gave last, or empty: then more is put behind it. */
static struct span room_extend(struct room *room, struct span first, const char *data,
                               size_t length)
{
    struct span more = room_take(room, data, length);

    if (first.length == 0)
        return more;
    first.length += length;
    return first;
}

/* The text without its line ends. */
static struct span join_lines(struct room *room, struct span text)
{
    struct span joined = {room->at, copy_joined(room->at, text.data, text.data + text.length)};

    room->at += joined.length + FIND_SLACK; /* what is copied out of it must not overlap it */
    return joined;
}

/* --- EREF+ and the like inside the purpose */

enum word { WORD_OTHER, WORD_EREF, WORD_KREF, WORD_IBAN, WORD_NAME, WORD_PARTY, WORD_CONTACT };

/* Four letters as a number, so that a word is found by one switch. */
#define WORD_KEY(a, b, c, d) \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

static uint32_t word_key(const char *four)
{
    const unsigned char *p = (const unsigned char *)four;

    return WORD_KEY(p[0], p[1], p[2], p[3]);
}

/* Words of the purpose, `EREF+`. */
static bool sepa_word(const char *four, enum word *word)
{
    switch (word_key(four)) {
    case WORD_KEY('E', 'R', 'E', 'F'): *word = WORD_EREF; return true;
    case WORD_KEY('K', 'R', 'E', 'F'): *word = WORD_KREF; return true;
    case WORD_KEY('I', 'B', 'A', 'N'): *word = WORD_IBAN; return true;
    case WORD_KEY('S', 'V', 'W', 'Z'):
    case WORD_KEY('M', 'R', 'E', 'F'):
    case WORD_KEY('C', 'R', 'E', 'D'):
    case WORD_KEY('D', 'E', 'B', 'T'):
    case WORD_KEY('A', 'B', 'W', 'A'):
    case WORD_KEY('A', 'B', 'W', 'E'):
    case WORD_KEY('C', 'O', 'A', 'M'):
    case WORD_KEY('O', 'A', 'M', 'T'):
    case WORD_KEY('P', 'U', 'R', 'P'): *word = WORD_OTHER; return true;
    default: return false;
    }
}

/* Words between slashes, `/EREF/`; a shorter one has its slash as the last letter. */
static bool slash_word(const char *four, enum word *word)
{
    switch (word_key(four)) {
    case WORD_KEY('E', 'R', 'E', 'F'): *word = WORD_EREF; return true;
    case WORD_KEY('K', 'R', 'E', 'F'):
    case WORD_KEY('P', 'R', 'E', 'F'): *word = WORD_KREF; return true;
    case WORD_KEY('I', 'B', 'A', 'N'):
    case WORD_KEY('A', 'C', 'C', 'T'): *word = WORD_IBAN; return true;
    case WORD_KEY('N', 'A', 'M', 'E'): *word = WORD_NAME; return true;
    case WORD_KEY('O', 'R', 'D', 'P'):
    case WORD_KEY('B', 'E', 'N', 'M'): *word = WORD_PARTY; return true;
    case WORD_KEY('C', 'N', 'T', 'P'): *word = WORD_CONTACT; return true;
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
    case WORD_KEY('C', 'H', 'G', 'S'): *word = WORD_OTHER; return true;
    default: return false;
    }
}

struct found {
    struct span own; /* KREF: stands in where there is no EREF */
};

/* What a word's value is for the entry; the first one of a kind counts. */
static void word_value(struct statement_entry *entry, struct found *found, enum word word,
                       struct span value)
{
    struct span *slot = NULL;

    value = trimmed(value);
    if (value.length > 0 && value.data[value.length - 1] == '/')
        value.length--;
    switch (word) {
    case WORD_EREF: slot = &entry->end_to_end; break;
    case WORD_KREF: slot = &found->own; break;
    case WORD_IBAN: slot = &entry->party_account; break;
    case WORD_NAME:
    case WORD_PARTY: slot = &entry->party_name; break;
    case WORD_CONTACT:
    case WORD_OTHER: return;
    }
    if (slot->length == 0)
        *slot = value;
}

/* /CNTP/account/BIC/name/city/ */
static void contact_value(struct statement_entry *entry, struct span value)
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

static void read_purpose(struct statement_entry *entry, struct found *found, struct span purpose)
{
    const char *at = purpose.data, *end = purpose.data + purpose.length, *value = NULL;
    enum word open = WORD_OTHER, word;

    while (at < end) {
        const char *plus = find_byte(at, end, '+');
        if (!plus)
            break;
        at = plus + 1;
        if (plus - purpose.data < 4 || !sepa_word(plus - 4, &word))
            continue;
        if (value && plus - 4 >= value)
            word_value(entry, found, open, (struct span){value, (size_t)(plus - 4 - value)});
        value = plus + 1;
        open = word;
    }
    if (value)
        word_value(entry, found, open, (struct span){value, (size_t)(end - value)});
}

/* --- ?20 and the like */

/* Subfields by what is done with them: the purpose, names and accounts are put together. */
static void read_subfields(struct statement_entry *entry, struct span text, char mark,
                           struct room *room)
{
    struct span purpose = {NULL, 0}, name = {NULL, 0}, iban = {NULL, 0};
    struct found found = {{NULL, 0}};
    const char *end = text.data + text.length, *at = find_byte(text.data, end, mark);
    struct room names = {room->at + text.length + FIND_SLACK};

    while (at && end - at >= 3) {
        const char *value = at + 3, *next = value;
        int code = (at[1] - '0') * 10 + (at[2] - '0');
        do {
            next = find_byte(next, end, mark);
        } while (next && (end - next < 3 || !is_digit(next[1]) || !is_digit(next[2])) && next++);
        size_t length = (size_t)((next ? next : end) - value);
        if ((code >= 20 && code <= 29) || (code >= 60 && code <= 63))
            purpose = room_extend(room, purpose, value, length);
        else if (code == 31)
            entry->party_account = trimmed((struct span){value, length});
        else if (code == 32 || code == 33)
            name = room_extend(&names, name, value, length);
        else if (code == 38)
            iban = trimmed((struct span){value, length});
        at = next;
    }
    entry->party_name = trimmed(name);
    if (entry->party_account.length == 0)
        entry->party_account = iban;
    if (purpose.length > 0)
        read_purpose(entry, &found, purpose);
    if (entry->end_to_end.length == 0)
        entry->end_to_end = found.own;
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

static void read_slashes(struct statement_entry *entry, struct span text)
{
    const char *at = text.data, *end = text.data + text.length, *value = NULL;
    struct found found = {{NULL, 0}};
    enum word open = WORD_OTHER, word;

    while (end - at > 5 && (at = find_byte(at, end - 5, '/')) != NULL) {
        const char *p = at + (at[4] == '/' ? 4 : 5); /* the slash behind the word */
        if (*p != '/' || !slash_word(at + 1, &word)) {
            at++;
            continue;
        }
        if (value && value <= at)
            word_value(entry, &found, open, (struct span){value, (size_t)(at - value)});
        if (word == WORD_CONTACT)
            contact_value(entry, (struct span){p + 1, (size_t)(end - p - 1)});
        value = p + 1;
        open = word;
        at = p; /* its slash may open the next word: /BENM//NAME/ */
    }
    if (value)
        word_value(entry, &found, open, (struct span){value, (size_t)(end - value)});
    if (entry->end_to_end.length == 0)
        entry->end_to_end = found.own;
}

/* --- lines of :NS: */

/* Line 15 and 16 name the other side, line 34 its account. */
static void read_numbered(struct statement_entry *entry, struct room *room)
{
    const char *at = entry->text.data, *end = at + entry->text.length;
    struct span name = {NULL, 0};

    while (end - at >= 2) {
        const char *newline = find_byte(at, end, '\n');
        const char *stop = newline ? newline : end;
        size_t length = (size_t)(stop - at);
        if (length > 2 && at[0] == '1' && (at[1] == '5' || at[1] == '6'))
            name = room_extend(room, name, at + 2, length - 2);
        else if (length > 2 && at[0] == '3' && at[1] == '4')
            entry->party_account = trimmed((struct span){at + 2, length - 2});
        at = newline ? newline + 1 : end;
    }
    entry->party_name = trimmed(name);
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
    struct room room = {buffer_reserve(scratch, text.length * 3 + 4 * FIND_SLACK)};
    if (!room.at)
        return;
    if (lines_numbered)
        read_numbered(entry, &room);
    else if (slashes)
        read_slashes(entry, join_lines(&room, text));
    else
        read_subfields(entry, join_lines(&room, text), mark, &room);
}
