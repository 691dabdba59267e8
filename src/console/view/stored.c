/* Words that the database keeps in English, in the operator's language.
 *
 * Reasons of exceptions and matches are evidence: they are written when the thing is seen and stay
 * as they are. For another language they are recognised by the sentence they were made from; what
 * fits none is shown as it stands. */
#include <stdio.h>
#include <string.h>

#include "inside.h"

enum { VALUES_MAX = 4, DEPTH_MAX = 6 };

struct stored {
    const char *sentence; /* N_(); {1}, {2} ... stand for values, each where its number says */
    bool nested;          /* its values are sentences again, not names, dates or numbers */
};

/* The first that fits. tests/po/run looks for each of them in sql/. */
static const struct stored table[] = {
    /* why an exception was raised */
    {N_("The bank debited it, no payout fits."), false},
    {N_("The bank credited it, nothing was expected."), false},
    {N_("Not on any statement up to {1}."), false},
    {N_("Amount and reference agree, the payee does not."), false},
    {N_("Payee and amount agree, the reference does not."), false},
    {N_("Equal payments of the day, fewer lines: which one was paid?"), false},
    {N_("The bank's fee is not the one agreed."), false},
    {N_("The bank returned this payout."), false},
    {N_("Matched, the bank booked it on {1}."), false},
    {N_("Its day was closed before it came."), false},
    {N_("Opening and entries do not make the closing balance."), false},
    {N_("Opening is not the previous closing."), false},
    {N_("The trailer counts otherwise."), false},
    {N_("Due {1}."), false},
    {N_("Same reference, the amounts differ."), false},
    {N_("Same reference, {1} and {2}."), false},
    {N_("The bank paid, the core says {1}."), false},
    {N_("The bank failed it, the core says {1}."), false},
    {N_("{1} lines under one reference do not make up the payment."), false},
    {N_("The line does not make up the {1} payments of batch {2}."), false},
    {N_("A second line under the reference of a payment that is matched."), false},
    {N_("An equal line beyond those that are matched."), false},
    {N_("Booked again under the reference of {1}."), false},
    {N_("{1} lines could not be read."), false},
    {N_("A second reading of the stored bytes differs in {1} places."), false},
    {N_("The account {1} belongs to no channel."), false},
    {N_("The file holds no statement."), false},
    {N_("Its cause is gone."), false},
    {N_("Linked from {1}"), false},
    {N_("linked from {1}"), false},
    /* why a line and a payment are a match, and what speaks for a candidate */
    {N_("reference"), false},
    {N_("parts of one payment"), false},
    {N_("batch by its number"), false},
    {N_("return by reference"), false},
    {N_("return by payee and amount"), false},
    {N_("order number"), false},
    {N_("reference in the text"), false},
    {N_("amount, day and payee"), false},
    {N_("amount and day"), false},
    {N_("sum of {1} lines"), false},
    {N_("sum of {1} payments"), false},
    {N_("inside the return window"), false},
    {N_("amount"), false},
    {N_("currency"), false},
    {N_("payee"), false},
    {N_("payee differs"), false},
    {N_("account"), false},
    {N_("name"), false},
    {N_("day"), false},
    {N_("same day"), false},
    {N_("near day"), false},
    {N_("day {1}"), false},
    /* checks of a file */
    {N_("account known"), false},
    {N_("not seen before"), false},
    {N_("period"), false},
    {N_("opening = previous closing"), false},
    {N_("opening + sum = closing"), false},
    {N_("trailer count and sum"), false},
    {N_("lines new"), false},
    {N_("lines readable"), false},
    {N_("{1} known already"), false},
    {N_("{1} could not be read"), false},
    {N_("{1} remarks"), false},
    {N_("{1} of {2}"), false},
    {N_("n/a"), false},
    {N_("n/a {1}"), true},
    {N_("bad {1}"), true},
    {N_("warning {1}"), true},
    /* labels of Today and of the gates */
    {N_("files"), false},
    {N_("second reading"), false},
    {N_("exceptions"), false},
    {N_("today"), false},
    {N_("1 day"), false},
    {N_("2-3 days"), false},
    {N_("> 3 days"), false},
    {N_("mine"), false},
    {N_("due today"), false},
    {N_("nobody's"), false},
    {N_("no file"), false},
    /* what was done with an exception */
    {N_("raise"), false},
    {N_("settle"), false},
    {N_("wait-bank"), false},
    {N_("wait-merchant"), false},
    /* several of them in a row */
    {N_("{1}, {2}"), true},
};

static bool is_mark(const char *at)
{
    return at[0] == '{' && at[1] >= '1' && at[1] < '1' + VALUES_MAX && at[2] == '}';
}

/* Whether text was made from the sentence; a value runs to the first place where what follows it in
 * the sentence stands. */
static bool sentence_fits(const char *sentence, struct span text, struct span values[VALUES_MAX])
{
    size_t at = 0;
    while (*sentence != '\0') {
        if (!is_mark(sentence)) {
            if (at == text.length || text.data[at] != *sentence)
                return false;
            at++;
            sentence++;
            continue;
        }
        int number = sentence[1] - '1';
        sentence += 3;
        size_t literal = 0;
        while (sentence[literal] != '\0' && !is_mark(sentence + literal))
            literal++;
        size_t end = text.length;
        if (literal > 0) {
            const char *found = text.length - at >= literal
                ? memmem(text.data + at, text.length - at, sentence, literal) : NULL;
            end = found == NULL ? 0 : (size_t)(found - text.data);
        }
        if (end <= at)
            return false;
        values[number] = (struct span){text.data + at, end - at};
        at = end;
    }
    return at == text.length;
}

static void translate(struct buffer *out, struct span text, int depth);

static void fill(struct buffer *out, const struct stored *stored,
                 const struct span values[VALUES_MAX], int depth)
{
    for (const char *at = _(stored->sentence); *at != '\0';) {
        if (!is_mark(at)) {
            buffer_append_char(out, *at++);
            continue;
        }
        struct span value = values[at[1] - '1'];
        if (stored->nested)
            translate(out, value, depth + 1);
        else
            buffer_append(out, value.data, value.length);
        at += 3;
    }
}

static void translate(struct buffer *out, struct span text, int depth)
{
    struct span values[VALUES_MAX] = {{NULL, 0}};
    for (size_t i = 0; i < sizeof table / sizeof table[0] && depth < DEPTH_MAX; i++) {
        if (sentence_fits(table[i].sentence, text, values)) {
            fill(out, &table[i], values, depth);
            return;
        }
    }
    /* Several sentences, one after the other. */
    const char *stop = text.length < 3 ? NULL : memmem(text.data, text.length - 1, ". ", 2);
    if (stop == NULL || depth >= DEPTH_MAX) {
        buffer_append(out, text.data, text.length);
        return;
    }
    size_t first = (size_t)(stop - text.data) + 1;
    translate(out, (struct span){text.data, first}, depth + 1);
    buffer_append_char(out, ' ');
    translate(out, (struct span){text.data + first + 1, text.length - first - 1}, depth + 1);
}

static bool as_it_stands(const char *text)
{
    return strcmp(language_current(), "en") == 0 || text[0] == '\0';
}

const char *stored_text(const char *text, char *out, size_t size)
{
    if (as_it_stands(text))
        return text;
    struct buffer buffer;
    buffer_init(&buffer, 4 * SHOWN_TEXT_MAX);
    translate(&buffer, span_of(text), 0);
    snprintf(out, size, "%s", buffer_text(&buffer));
    buffer_free(&buffer);
    return out;
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
    if (from != NULL && (to == NULL) != by_itself)
        return text;
    if (from == NULL)
        return by_itself ? stored_text(text, out, size) : text;
    char words[4 * SHOWN_TEXT_MAX];
    rest += *rest == ' ';
    snprintf(out, size, "%s%s%s%s%s", from, to == NULL ? "" : " > ", to == NULL ? "" : to,
             *rest == '\0' ? "" : " ", by_itself ? stored_text(rest, words, sizeof words) : rest);
    return out;
}
