/* The lines of a case, cut in words. */
#ifndef DAYBOOK_TESTS_CASE_WORDS_H
#define DAYBOOK_TESTS_CASE_WORDS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_ROOM = 1000, WORDS_MAX = 24 };

/* Where the program is, for what it says of a fault. One program reads one file at a time. */
static const char *case_path = "cases";
static int case_line_no;

/* One line of a case, cut in words; key=value words apart. */
struct words {
    char text[LINE_ROOM];
    char *word[WORDS_MAX];
    int count;
    struct {
        char *key, *value;
    } pair[WORDS_MAX];
    int pairs;
    char *wanted; /* what stands behind =>, NULL for nothing */
};

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "%s:%d: ", case_path, case_line_no);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(2);
}

/* Cuts one word; quotes may stand anywhere in it and go away. */
static char *cut_word(char **at)
{
    char *from = *at + strspn(*at, " ");
    if (*from == '\0')
        return NULL;
    char *to = from, *word = from;
    for (bool quoted = false; *from != '\0' && (quoted || *from != ' '); from++) {
        if (*from == '"')
            quoted = !quoted;
        else
            *to++ = *from;
    }
    *at = from + (*from == ' ');
    *to = '\0';
    return word;
}

static void words_cut(struct words *words, const char *line)
{
    *words = (struct words){.count = 0};
    snprintf(words->text, sizeof words->text, "%s", line);
    char *wanted = strstr(words->text, " => ");
    if (wanted != NULL) {
        *wanted = '\0';
        words->wanted = wanted + 4;
    }
    char *at = words->text, *word;
    while ((word = cut_word(&at)) != NULL) {
        char *equal = strchr(word, '=');
        if (words->count == WORDS_MAX || words->pairs == WORDS_MAX)
            die("too many words");
        if (equal != NULL) {
            *equal = '\0';
            words->pair[words->pairs].key = word;
            words->pair[words->pairs++].value = equal + 1;
        } else {
            words->word[words->count++] = word;
        }
    }
}

static const char *value_or(const struct words *words, const char *key, const char *otherwise)
{
    for (int i = 0; i < words->pairs; i++)
        if (strcmp(words->pair[i].key, key) == 0)
            return words->pair[i].value;
    return otherwise;
}

static const char *word_at(const struct words *words, int index)
{
    if (index >= words->count)
        die("%s needs %d words", words->word[0], index);
    return words->word[index];
}

static bool has_flag(const struct words *words, const char *flag)
{
    for (int i = 1; i < words->count; i++)
        if (strcmp(words->word[i], flag) == 0)
            return true;
    return false;
}

/* Single blanks, none at the ends. */
static void normalise(char *text)
{
    char *to = text;
    for (char *from = text; *from != '\0'; from++)
        if (*from != ' ' || (to > text && to[-1] != ' '))
            *to++ = *from;
    while (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
}

#endif
