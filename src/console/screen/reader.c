/* Lines and words of screen files, and sentences about what is wrong with them. */
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void faults_add(struct screen_faults *faults, const char *format, ...)
{
    if (faults->count == SCREEN_FAULTS_MAX) {
        faults->more++;
        return;
    }
    char text[ERROR_MESSAGE_MAX], safe[ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_printable(safe, sizeof safe, span_of(text));
    faults->texts[faults->count++] = memory_copy_string(safe);
}

void screen_faults_free(struct screen_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        free(faults->texts[i]);
    memset(faults, 0, sizeof *faults);
}

void reader_start(struct reader *reader, const char *file, struct span text, struct arena *arena,
                  struct screen_faults *faults)
{
    memset(reader, 0, sizeof *reader);
    reader->file = file;
    reader->rest = text;
    reader->arena = arena;
    reader->faults = faults;
    reader->faults_before = faults->count + faults->more;
    if (text.length > SCREEN_FILE_MAX) {
        faults_add(faults, "%s:1:1: the file is longer than %d bytes", file, SCREEN_FILE_MAX);
        reader->rest.length = 0;
    }
}

bool reader_clean(const struct reader *reader)
{
    return reader->faults->count + reader->faults->more == reader->faults_before;
}

static int word_col(const struct reader *reader, size_t word)
{
    if (word < reader->word_count)
        return reader->words[word].col;
    if (reader->word_count == 0)
        return 1;
    const struct word *last = &reader->words[reader->word_count - 1];
    return last->col + text_width(last->text) + (last->quoted ? 2 : 0);
}

bool reader_fault(struct reader *reader, size_t word, const char *format, ...)
{
    char text[ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    faults_add(reader->faults, "%s:%d:%d: %s", reader->file, reader->line, word_col(reader, word),
               text);
    return false;
}

bool reader_unknown(struct reader *reader, size_t word, const char *what,
                    const char *const *names, size_t name_count)
{
    char name[96];
    text_printable(name, sizeof name, reader->words[word].text);
    const char *near = name_count == 0 ? NULL : text_nearest(name, names, name_count);
    if (near != NULL)
        return reader_fault(reader, word, "there is no %s '%s'; did you mean '%s'?", what, name,
                            near);
    return reader_fault(reader, word, "there is no %s '%s'", what, name);
}

const char *reader_string(struct reader *reader, size_t word)
{
    struct span text = reader->words[word].text;
    const char *copy = arena_string(reader->arena, text.data, text.length);
    return copy == NULL ? "" : copy;
}

bool reader_word_is(const struct reader *reader, size_t word, const char *text)
{
    return word < reader->word_count && !reader->words[word].quoted &&
           span_is(reader->words[word].text, text);
}

bool reader_number(struct reader *reader, size_t word, int low, int high, int *value)
{
    int64_t number = 0;
    if (!text_to_int64(reader->words[word].text, &number) || number < low || number > high)
        return reader_fault(reader, word, "a number from %d to %d must stand here", low, high);
    *value = (int)number;
    return true;
}

/* Takes one word off the line; false when the rest of the line cannot be read. */
static bool take_word(struct reader *reader, struct span line, size_t *at, int col)
{
    size_t from = *at, to = from;
    bool quoted = line.data[from] == '"';
    if (reader->word_count == SCREEN_WORDS_MAX)
        return reader_fault(reader, reader->word_count, "more than %d words stand on one line",
                            SCREEN_WORDS_MAX);
    struct word *word = &reader->words[reader->word_count++];
    *word = (struct word){.col = col, .quoted = quoted};
    if (!quoted) {
        while (to < line.length && line.data[to] != ' ' && line.data[to] != '\t')
            to++;
        word->text = (struct span){line.data + from, to - from};
        *at = to;
        return true;
    }
    for (to = from + 1; to < line.length && line.data[to] != '"'; to++)
        continue;
    word->text = (struct span){line.data + from + 1, to - from - 1};
    *at = to + 1;
    if (to == line.length)
        return reader_fault(reader, reader->word_count - 1, "the quote is not closed");
    return true;
}

static bool split_words(struct reader *reader, struct span line)
{
    reader->word_count = 0;
    if (!text_is_utf8(line))
        return reader_fault(reader, 0, "the line is not UTF-8");
    for (size_t at = 0; at < line.length;) {
        if (line.data[at] == ' ' || line.data[at] == '\t') {
            at++;
            continue;
        }
        if (line.data[at] == '#')
            return true;
        if (!take_word(reader, line, &at, (int)at + 1))
            return false;
    }
    return true;
}

static bool has_control(struct span line)
{
    for (size_t i = 0; i < line.length; i++) {
        unsigned char byte = (unsigned char)line.data[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            return true;
    }
    return false;
}

bool reader_line(struct reader *reader)
{
    while (reader->rest.length > 0) {
        const char *end = memchr(reader->rest.data, '\n', reader->rest.length);
        size_t length = end == NULL ? reader->rest.length : (size_t)(end - reader->rest.data);
        struct span line = {reader->rest.data, length};
        size_t used = length + (end != NULL);
        reader->rest.data += used;
        reader->rest.length -= used;
        reader->line++;
        reader->word_count = 0;
        if (line.length > 0 && line.data[line.length - 1] == '\r')
            line.length--;
        if (has_control(line))
            reader_fault(reader, 0, "the line holds control characters");
        else if (split_words(reader, line) && reader->word_count > 0)
            return true;
    }
    return false;
}

const struct field *reader_field(struct reader *reader, const struct screen_set *set, size_t word)
{
    const char *name = reader_string(reader, word);
    const struct field *field = field_find(set, name);
    if (field != NULL && !reader->words[word].quoted)
        return field;
    const char **names = memory_resize(NULL, set->field_count + 1, sizeof *names);
    for (size_t i = 0; i < set->field_count; i++)
        names[i] = set->fields[i]->name;
    reader_unknown(reader, word, "field", names, set->field_count);
    free(names);
    return NULL;
}

void *array_grow(void *array_pointer, size_t *count, size_t element_size)
{
    void *array = NULL;
    memcpy(&array, array_pointer, sizeof array);
    array = memory_resize(array, *count + 1, element_size);
    memcpy(array_pointer, &array, sizeof array);
    char *element = (char *)array + *count * element_size;
    memset(element, 0, element_size);
    (*count)++;
    return element;
}
