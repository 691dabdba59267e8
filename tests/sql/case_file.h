/* A statement file as a case describes it. */
#ifndef DAYBOOK_TESTS_CASE_FILE_H
#define DAYBOOK_TESTS_CASE_FILE_H

#include "sql/case_words.h"

enum { PIECES_MAX = 60 };

/* A statement, line, many lines or a fault of the file that is being described. */
struct piece {
    enum piece_kind { STATEMENT, ENTRY, BULK, FAULT } kind;
    struct words words;
};

struct file {
    struct words words; /* file NAME ... */
    struct piece pieces[PIECES_MAX];
    int count;
};

/* Whether two lines are equal as far as a line's identity goes. */
static bool same_identity(const struct words *a, const struct words *b)
{
    static const char *const keys[] = {"bank", "ref", "name", "text"};
    if (strcmp(a->word[2], b->word[2]) != 0 || strcmp(a->word[3], b->word[3]) != 0)
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(value_or(a, keys[i], ""), value_or(b, keys[i], "")) != 0)
            return false;
    return true;
}

/* The page is told behind the slash; pages of one number count together. */
static bool same_number(const struct words *a, const struct words *b)
{
    const char *one = value_or(a, "seq", ""), *two = value_or(b, "seq", "");
    size_t length = strcspn(one, "/");
    return a == b || (one[length] == '/' && strcspn(two, "/") == length &&
                      strncmp(one, two, length) == 0);
}

static int occurrence(const struct file *file, int index)
{
    const struct words *statement = NULL, *own = NULL;
    int count = 1;
    for (int i = index; i >= 0 && own == NULL; i--)
        if (file->pieces[i].kind == STATEMENT)
            own = &file->pieces[i].words;
    for (int i = 0; i < index; i++) {
        const struct piece *piece = &file->pieces[i];
        if (piece->kind == STATEMENT)
            statement = &piece->words;
        else if (piece->kind == ENTRY && statement != NULL && own != NULL &&
                 same_number(own, statement) && same_identity(&piece->words,
                                                              &file->pieces[index].words))
            count++;
    }
    return count;
}

/* The sum of a statement's booked lines in minor units, as SQL. */
static void total_of(const struct file *file, int at, char *total, size_t size)
{
    size_t length = (size_t)snprintf(total, size, "(0");
    for (int i = at + 1; i < file->count && file->pieces[i].kind != STATEMENT; i++) {
        const struct words *words = &file->pieces[i].words;
        const char *status = value_or(words, "status", "BOOKED");
        if (file->pieces[i].kind == ENTRY && strcmp(status, "BOOKED") == 0)
            length += (size_t)snprintf(total + length, size - length, " + %s", words->word[3]);
        else if (file->pieces[i].kind == BULK)
            length += (size_t)snprintf(total + length, size - length, " + %s * %s",
                                       words->word[1], words->word[4]);
        if (length >= size)
            die("too many lines");
    }
    snprintf(total + length, size - length, ") * 100");
}

/* How many lines a piece is. */
static int lines_in(const struct piece *piece)
{
    return piece->kind == BULK ? (int)strtol(word_at(&piece->words, 1), NULL, 10)
                               : piece->kind == ENTRY;
}

static int entries_of(const struct file *file, int at)
{
    int count = 0;
    for (int i = at + 1; i < file->count && file->pieces[i].kind != STATEMENT; i++)
        count += lines_in(&file->pieces[i]);
    return count;
}

#endif
