/* The structured :86:. Three habits are known: subfields `?20`..`?33` with SEPA words inside
 * (`EREF+`), slash codes (`/EREF/../NAME/../IBAN/..`), and numbered lines of :NS:. Banks wrap them
 * at 65 characters wherever that falls, so the lines are put together before anything is looked
 * for. The text itself stays as it was written; here the other side and the references are found
 * in it. */
#include "mt940.h"

#include <string.h>

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static bool is_upper(char c)
{
    return (unsigned char)(c - 'A') < 26;
}

/* Room that was reserved once, so that spans into it stay. */
struct room {
    char *at;
};

static struct span room_take(struct room *room, const char *data, size_t length)
{
    struct span span = {room->at, length};

    if (length > 0)
        memcpy(room->at, data, length);
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

/* The text without its line ends; the text itself where it has none. */
static struct span join_lines(struct room *room, struct span text)
{
    const char *at = text.data, *end = text.data + text.length;
    const char *newline = text.length ? memchr(at, '\n', text.length) : NULL;
    struct span joined = {NULL, 0};

    if (!newline)
        return text;
    while (newline) {
        joined = room_extend(room, joined, at, (size_t)(newline - at));
        at = newline + 1;
        newline = memchr(at, '\n', (size_t)(end - at));
    }
    return room_extend(room, joined, at, (size_t)(end - at));
}

/* --- EREF+ and the like inside the purpose */

enum word { WORD_OTHER, WORD_EREF, WORD_KREF, WORD_IBAN, WORD_NAME, WORD_PARTY, WORD_CONTACT };

static const struct {
    char name[5];
    enum word word;
} sepa_words[] = {
    {"EREF", WORD_EREF},  {"KREF", WORD_KREF},  {"IBAN", WORD_IBAN},  {"SVWZ", WORD_OTHER},
    {"MREF", WORD_OTHER}, {"CRED", WORD_OTHER}, {"DEBT", WORD_OTHER}, {"ABWA", WORD_OTHER},
    {"ABWE", WORD_OTHER}, {"COAM", WORD_OTHER}, {"OAMT", WORD_OTHER}, {"PURP", WORD_OTHER},
}, slash_words[] = {
    {"EREF", WORD_EREF},  {"KREF", WORD_KREF},  {"PREF", WORD_KREF},  {"IBAN", WORD_IBAN},
    {"ACCT", WORD_IBAN},  {"NAME", WORD_NAME},  {"ORDP", WORD_PARTY}, {"BENM", WORD_PARTY},
    {"CNTP", WORD_CONTACT}, {"REMI", WORD_OTHER}, {"BIC", WORD_OTHER}, {"TRTP", WORD_OTHER},
    {"MARF", WORD_OTHER}, {"CSID", WORD_OTHER}, {"ISDT", WORD_OTHER}, {"RTRN", WORD_OTHER},
    {"RREF", WORD_OTHER}, {"ULTD", WORD_OTHER}, {"ULTB", WORD_OTHER}, {"PURP", WORD_OTHER},
    {"ADDR", WORD_OTHER}, {"TRCD", WORD_OTHER}, {"SVCL", WORD_OTHER}, {"OCMT", WORD_OTHER},
    {"CHGS", WORD_OTHER},
};
enum {
    SEPA_WORDS = sizeof(sepa_words) / sizeof(sepa_words[0]),
    SLASH_WORDS = sizeof(slash_words) / sizeof(slash_words[0])
};

static bool sepa_word(const char *four, enum word *word)
{
    for (int i = 0; i < SEPA_WORDS; i++) {
        if (memcmp(sepa_words[i].name, four, 4) == 0) {
            *word = sepa_words[i].word;
            return true;
        }
    }
    return false;
}

static bool slash_word(const char *name, size_t length, enum word *word)
{
    for (int i = 0; i < SLASH_WORDS; i++) {
        if (memcmp(slash_words[i].name, name, length) == 0 && slash_words[i].name[length] == 0) {
            *word = slash_words[i].word;
            return true;
        }
    }
    return false;
}

struct found {
    struct span own; /* KREF: stands in where there is no EREF */
};

/* What a word's value is for the entry; the first one of a kind counts. */
static void word_value(struct statement_entry *entry, struct found *found, enum word word,
                       struct span value)
{
    struct span *slot = NULL;

    value = span_trim(value);
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
        const char *slash = memchr(at, '/', (size_t)(end - at));
        parts[i] = (struct span){at, (size_t)((slash ? slash : end) - at)};
        at = slash ? slash + 1 : end;
    }
    if (entry->party_account.length == 0)
        entry->party_account = span_trim(parts[0]);
    if (entry->party_name.length == 0)
        entry->party_name = span_trim(parts[2]);
}

static void read_purpose(struct statement_entry *entry, struct found *found, struct span purpose)
{
    const char *at = purpose.data, *end = purpose.data + purpose.length, *value = NULL;
    enum word open = WORD_OTHER, word;

    while (at < end) {
        const char *plus = memchr(at, '+', (size_t)(end - at));
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
    const char *end = text.data + text.length, *at = memchr(text.data, mark, text.length);
    struct room names = {room->at + text.length};

    while (at && end - at >= 3) {
        const char *value = at + 3, *next = value;
        int code = (at[1] - '0') * 10 + (at[2] - '0');
        do {
            next = next < end ? memchr(next, mark, (size_t)(end - next)) : NULL;
        } while (next && (end - next < 3 || !is_digit(next[1]) || !is_digit(next[2])) && next++);
        size_t length = (size_t)((next ? next : end) - value);
        if ((code >= 20 && code <= 29) || (code >= 60 && code <= 63))
            purpose = room_extend(room, purpose, value, length);
        else if (code == 31)
            entry->party_account = span_trim((struct span){value, length});
        else if (code == 32 || code == 33)
            name = room_extend(&names, name, value, length);
        else if (code == 38)
            iban = span_trim((struct span){value, length});
        at = next;
    }
    entry->party_name = span_trim(name);
    if (entry->party_account.length == 0)
        entry->party_account = iban;
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

    while (at < end && (at = memchr(at, '/', (size_t)(end - at))) != NULL) {
        const char *name = at + 1, *p = name;
        while (p < end && p - name < 5 && is_upper(*p))
            p++;
        if (p == end || *p != '/' || p - name < 3 || p - name > 4 ||
            !slash_word(name, (size_t)(p - name), &word)) {
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
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        size_t length = (size_t)(stop - at);
        if (length > 2 && at[0] == '1' && (at[1] == '5' || at[1] == '6'))
            name = room_extend(room, name, at + 2, length - 2);
        else if (length > 2 && at[0] == '3' && at[1] == '4')
            entry->party_account = span_trim((struct span){at + 2, length - 2});
        at = newline ? newline + 1 : end;
    }
    entry->party_name = span_trim(name);
}

void mt940_details_read(struct statement_entry *entry, bool lines_numbered,
                        struct buffer *scratch)
{
    struct span text = entry->text;
    bool slashes = text.length > 0 && text.data[0] == '/';
    char mark = slashes || lines_numbered ? 0 : subfield_mark(text);

    if (text.length == 0 || (!slashes && !mark && !lines_numbered))
        return;
    buffer_clear(scratch);
    struct room room = {buffer_reserve(scratch, text.length * 3)};
    if (!room.at)
        return;
    if (lines_numbered)
        read_numbered(entry, &room);
    else if (slashes)
        read_slashes(entry, join_lines(&room, text));
    else
        read_subfields(entry, join_lines(&room, text), mark, &room);
}
