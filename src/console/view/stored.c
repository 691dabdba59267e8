/* Words that the database keeps in English, in the operator's language.
 *
 * Reasons of exceptions and matches are evidence: they are written when the thing is seen and stay
 * as they are. For another language they are recognised by the sentence they were made from; what
 * fits none is shown as it stands. */
#include <stdio.h>
#include <string.h>

#include "inside.h"

enum { VALUES_MAX = 4, DEPTH_MAX = 6 };

enum value_kind {
    WORDS,    /* names, dates, codes: whatever stands there */
    NUMBERS,  /* digits only */
    STATES,   /* codes of states in words; whatever else stands there stays */
    SENTENCES /* known ones again, each translated */
};

struct stored {
    const char *sentence; /* N_(); {1}, {2} ... stand for values, each where its number says */
    enum value_kind values;
};

/* The first that fits. tests/po/run looks for each of them in sql/. */
static const struct stored table[] = {
    /* why an exception was raised */
    {N_("The bank debited it, no payout fits."), WORDS},
    {N_("The bank credited it, nothing was expected."), WORDS},
    {N_("Not on any statement up to {1}."), WORDS},
    {N_("Amount and reference agree, the payee does not."), WORDS},
    {N_("Payee and amount agree, the reference does not."), WORDS},
    {N_("Equal payments of the day, fewer lines: which one was paid?"), WORDS},
    {N_("The bank's fee is not the one agreed."), WORDS},
    {N_("The bank returned this payout."), WORDS},
    {N_("Matched, the bank booked it on {1}."), WORDS},
    {N_("Its day was closed before it came."), WORDS},
    {N_("Opening and entries do not make the closing balance."), WORDS},
    {N_("Opening is not the previous closing."), WORDS},
    {N_("The trailer counts otherwise."), WORDS},
    {N_("Due {1}."), WORDS},
    {N_("Same reference, the amounts differ."), WORDS},
    {N_("Same reference, {1} and {2}."), WORDS},
    {N_("The bank paid, the core says {1}."), STATES},
    {N_("The bank failed it, the core says {1}."), STATES},
    {N_("{1} lines under one reference do not make up the payment."), WORDS},
    {N_("The line does not make up the payment of batch {1}."), WORDS},
    {N_("The line does not make up the {1} payments of batch {2}."), WORDS},
    {N_("A second line under the reference of a payment that is matched."), WORDS},
    {N_("An equal line beyond those that are matched."), WORDS},
    {N_("Booked again under the reference of {1}."), WORDS},
    {N_("1 line could not be read."), WORDS},
    {N_("{1} lines could not be read."), WORDS},
    {N_("The same bytes could be read as {1}."), WORDS},
    {N_("A second reading of the stored bytes differs in 1 place."), WORDS},
    {N_("A second reading of the stored bytes differs in {1} places."), WORDS},
    {N_("The account {1} belongs to no channel."), WORDS},
    {N_("The file holds no statement."), WORDS},
    {N_("Its cause is gone."), WORDS},
    {N_("It has moved on."), WORDS},
    {N_("Late news: the bank says {1}, the core says {2}."), STATES},
    {N_("{1} since {2}; it may rest so for 1 minute."), STATES},
    {N_("{1} since {2}; it may rest so for {3} minutes."), STATES},
    {N_("{1} since {2}; it may rest so for 1 business day."), STATES},
    {N_("{1} since {2}; it may rest so for {3} business days."), STATES},
    {N_("The core did not book this line: {1}."), WORDS},
    {N_("Linked from {1}"), WORDS},
    {N_("linked from {1}"), WORDS},
    /* why a line and a payment are a match, and what speaks for a candidate */
    {N_("reference"), WORDS},
    {N_("parts of one payment"), WORDS},
    {N_("batch by its number"), WORDS},
    {N_("return by reference"), WORDS},
    {N_("return by payee and amount"), WORDS},
    {N_("charge of the bank"), WORDS},
    {N_("order number"), WORDS},
    {N_("reference in the text"), WORDS},
    {N_("amount, day and payee"), WORDS},
    {N_("amount and day"), WORDS},
    {N_("sum of {1} lines"), WORDS},
    {N_("sum of 1 payment"), WORDS},
    {N_("sum of {1} payments"), WORDS},
    {N_("1 line for {1} equal payments"), NUMBERS},
    {N_("{1} lines for {2} equal payments"), NUMBERS},
    {N_("inside the return window"), WORDS},
    {N_("amount"), WORDS},
    {N_("currency"), WORDS},
    {N_("payee"), WORDS},
    {N_("payee differs"), WORDS},
    {N_("account"), WORDS},
    {N_("name"), WORDS},
    {N_("day"), WORDS},
    {N_("within 3 days"), WORDS},
    {N_("same day"), WORDS},
    {N_("near day"), WORDS},
    {N_("day {1}"), WORDS},
    /* checks of a file */
    {N_("account known"), WORDS},
    {N_("not seen before"), WORDS},
    {N_("period"), WORDS},
    {N_("opening = previous closing"), WORDS},
    {N_("opening + sum = closing"), WORDS},
    {N_("trailer count and sum"), WORDS},
    {N_("lines new"), WORDS},
    {N_("lines readable"), WORDS},
    {N_("{1} known already"), WORDS},
    {N_("{1} could not be read"), WORDS},
    {N_("1 remark"), WORDS},
    {N_("{1} remarks"), WORDS},
    {N_("{1} of {2}"), NUMBERS},
    {N_("n/a"), WORDS},
    {N_("n/a {1}"), SENTENCES},
    {N_("bad {1}"), SENTENCES},
    {N_("warning {1}"), SENTENCES},
    /* labels of Today and of the gates */
    {N_("files"), WORDS},
    {N_("second reading"), WORDS},
    {N_("core"), WORDS},
    {N_("evidence"), WORDS},
    {N_("exceptions"), WORDS},
    {N_("today"), WORDS},
    {N_("1 day"), WORDS},
    {N_("2-3 days"), WORDS},
    {N_("> 3 days"), WORDS},
    {N_("mine"), WORDS},
    {N_("due today"), WORDS},
    {N_("to sign"), WORDS},
    {N_("nobody's"), WORDS},
    {N_("no file"), WORDS},
    /* what was done with an exception */
    {N_("raise"), WORDS},
    {N_("settle"), WORDS},
    {N_("wait-bank"), WORDS},
    {N_("wait-merchant"), WORDS},
    /* several of them in a row */
    {N_("{1}, {2}"), SENTENCES},
};

static bool is_mark(const char *at)
{
    return at[0] == '{' && at[1] >= '1' && at[1] < '1' + VALUES_MAX && at[2] == '}';
}

static bool value_fits(struct span value, enum value_kind kind)
{
    if (value.length == 0)
        return false;
    for (size_t i = 0; kind == NUMBERS && i < value.length; i++)
        if (value.data[i] < '0' || value.data[i] > '9')
            return false;
    return true;
}

/* Whether text was made from the sentence; a value runs to the first place where what follows it in
 * the sentence stands. */
static bool sentence_fits(const struct stored *stored, struct span text,
                          struct span values[VALUES_MAX])
{
    size_t at = 0;
    for (const char *sentence = stored->sentence; *sentence != '\0';) {
        if (!is_mark(sentence)) {
            if (at == text.length || text.data[at++] != *sentence++)
                return false;
            continue;
        }
        struct span *value = &values[sentence[1] - '1'];
        sentence += 3;
        size_t literal = 0;
        while (sentence[literal] != '\0' && !is_mark(sentence + literal))
            literal++;
        const char *from = text.data + at, *end = text.data + text.length;
        const char *found = literal == 0 ? end : memmem(from, text.length - at, sentence, literal);
        *value = (struct span){from, found == NULL ? 0 : (size_t)(found - from)};
        if (!value_fits(*value, stored->values))
            return false;
        at += value->length;
    }
    return at == text.length;
}

/* The words of a state of payouts or files; NULL where it is none. */
static const char *state_words(const struct view_world *world, struct span code)
{
    static const char *const fields[] = {"payment_state", "file_state"};
    char name[24];
    if (code.length >= sizeof name)
        return NULL;
    snprintf(name, sizeof name, "%.*s", (int)code.length, code.data);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct field *field = field_find(world->screens, fields[i]);
        const struct field_value *value = field == NULL ? NULL : field_value_find(field, name);
        if (value != NULL)
            return _(value->label);
    }
    return NULL;
}

static bool translate(const struct view_world *world, struct buffer *out, struct span text,
                      int depth);

static bool fill(const struct view_world *world, struct buffer *out, const struct stored *stored,
                 const struct span values[VALUES_MAX], int depth)
{
    for (const char *at = _(stored->sentence); *at != '\0';) {
        if (!is_mark(at)) {
            buffer_append_char(out, *at++);
            continue;
        }
        struct span value = values[at[1] - '1'];
        const char *words = stored->values == STATES ? state_words(world, value) : NULL;
        if (words != NULL)
            buffer_append(out, words, strlen(words));
        else if (stored->values != SENTENCES)
            buffer_append(out, value.data, value.length);
        else if (!translate(world, out, value, depth + 1))
            return false;
        at += 3;
    }
    return true;
}

/* Several sentences, one after the other. */
static bool translate_each(const struct view_world *world, struct buffer *out, struct span text,
                           int depth)
{
    const char *stop = text.length < 3 ? NULL : memmem(text.data, text.length - 1, ". ", 2);
    if (stop == NULL)
        return false;
    size_t first = (size_t)(stop - text.data) + 1;
    if (!translate(world, out, (struct span){text.data, first}, depth + 1))
        return false;
    buffer_append_char(out, ' ');
    return translate(world, out,
                     (struct span){text.data + first + 1, text.length - first - 1}, depth + 1);
}

/* False, and nothing added, where any part of the text is not known. */
static bool translate(const struct view_world *world, struct buffer *out, struct span text,
                      int depth)
{
    size_t before = out->length;
    if (depth >= DEPTH_MAX)
        return false;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct span values[VALUES_MAX] = {{NULL, 0}};
        if (sentence_fits(&table[i], text, values) &&
            fill(world, out, &table[i], values, depth))
            return true;
        out->length = before;
    }
    if (translate_each(world, out, text, depth))
        return true;
    out->length = before;
    return false;
}

static bool as_it_stands(const char *text)
{
    return strcmp(language_current(), "en") == 0 || text[0] == '\0';
}

const char *stored_text(const struct view_world *world, const char *text, char *out, size_t size)
{
    if (as_it_stands(text))
        return text;
    struct buffer buffer;
    buffer_init(&buffer, 4 * SHOWN_TEXT_MAX);
    bool known = translate(world, &buffer, span_of(text), 0) && !buffer.overflow;
    if (known)
        snprintf(out, size, "%s", buffer_text(&buffer));
    buffer_free(&buffer);
    return known ? out : text;
}

/* --- the history of an exception */

/* Takes a state's code from the front of the text and gives its words; NULL where none stands. */
static const char *take_state(const struct view_world *world, const char **text)
{
    const struct field *states = field_find(world->screens, "state");
    char code[24];
    size_t length = strspn(*text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    if (states == NULL || length == 0 || length >= sizeof code)
        return NULL;
    snprintf(code, sizeof code, "%.*s", (int)length, *text);
    const struct field_value *value = field_value_find(states, code);
    if (value == NULL)
        return NULL;
    *text += length;
    return _(value->label);
}

const char *stored_event(const struct view_world *world, const char *what, const char *text,
                         char *out, size_t size)
{
    if (as_it_stands(text))
        return text;
    bool by_itself = strcmp(what, "raise") == 0 || strcmp(what, "settle") == 0;
    const char *rest = text;
    const char *from = take_state(world, &rest);
    const char *to = NULL;
    if (from != NULL && strncmp(rest, " > ", 3) == 0) {
        rest += 3;
        to = take_state(world, &rest);
    }
    /* Only what raises an exception has no state before it. */
    if (from != NULL && (to == NULL) != (strcmp(what, "raise") == 0))
        return text;
    if (from == NULL)
        return by_itself ? stored_text(world, text, out, size) : text;
    char words[4 * SHOWN_TEXT_MAX];
    rest += *rest == ' ';
    if (by_itself)
        rest = stored_text(world, rest, words, sizeof words);
    snprintf(out, size, "%s%s%s%s%s", from, to == NULL ? "" : " > ", to == NULL ? "" : to,
             *rest == '\0' ? "" : " ", rest);
    return out;
}
