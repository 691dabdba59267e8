/* Named statements: files of sql/query compiled into the program, their parameters named in
 * header comments `-- param 1 payout_id int8`. */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "daybook/base/embed.h"
#include "daybook/base/text.h"
#include "daybook/store/request.h"

static const char prefix[] = "sql/query/";
static const char suffix[] = ".sql";

/* Read once, at the first question, from files that are part of the program. */
static struct store_statement *statements;
static size_t statement_count;
static pthread_once_t statements_once = PTHREAD_ONCE_INIT;

static struct span next_word(struct span *rest)
{
    *rest = span_trim(*rest);
    struct span word = {rest->data, 0};
    while (word.length < rest->length && word.data[word.length] != ' ' &&
           word.data[word.length] != '\t')
        word.length++;
    rest->data += word.length;
    rest->length -= word.length;
    return word;
}

static bool word_copy(char *out, size_t size, struct span word)
{
    if (word.length == 0 || word.length >= size)
        return false;
    memcpy(out, word.data, word.length);
    out[word.length] = '\0';
    return true;
}

/* A line `-- param N name type`; false for every other line. */
static bool parameter_read(struct span line, struct store_statement *statement)
{
    int64_t number;
    if (!span_is(next_word(&line), "--") || !span_is(next_word(&line), "param") ||
        !text_to_int64(next_word(&line), &number) || number < 1 ||
        number > STORE_PARAMETERS_MAX)
        return false;
    struct store_parameter *parameter = &statement->parameters[number - 1];
    if (!word_copy(parameter->name, sizeof parameter->name, next_word(&line)) ||
        !word_copy(parameter->type, sizeof parameter->type, next_word(&line)))
        return false;
    if ((size_t)number > statement->parameter_count)
        statement->parameter_count = (size_t)number;
    return true;
}

static void statement_read_header(struct store_statement *statement, const char *data,
                                  size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *end = memchr(data + at, '\n', length - at);
        size_t line = end == NULL ? length - at : (size_t)(end - data) - at;
        if (line >= 2 && memcmp(data + at, "--", 2) == 0)
            parameter_read((struct span){data + at, line}, statement);
        at += line + 1;
    }
}

/* The text without the semicolon and blanks at its end: page.h wraps it. */
static char *statement_body(const char *data, size_t length)
{
    struct span body = span_trim((struct span){data, length});
    while (body.length > 0 && (body.data[body.length - 1] == ';' ||
                               body.data[body.length - 1] == '\n' ||
                               body.data[body.length - 1] == ' '))
        body.length--;
    /* The end of the line keeps a last comment from swallowing what is put behind. */
    return memory_format("%.*s\n", (int)body.length, body.data);
}

static void statements_read(void)
{
    const struct embedded_file *file = embedded_with_prefix(prefix, &statement_count);
    statements = memory_new((statement_count + 1) * sizeof *statements);
    for (size_t i = 0; i < statement_count; i++, file++) {
        size_t name = strlen(file->name) - strlen(prefix);
        if (name > strlen(suffix))
            name -= strlen(suffix);
        statements[i].name = memory_format("%.*s", (int)name, file->name + strlen(prefix));
        statements[i].sql = statement_body(file->data, file->length);
        statement_read_header(&statements[i], file->data, file->length);
    }
}

const struct store_statement *store_statement(const char *name)
{
    assert(name != NULL);
    pthread_once(&statements_once, statements_read);
    for (size_t i = 0; i < statement_count; i++)
        if (strcmp(statements[i].name, name) == 0)
            return &statements[i];
    return NULL;
}

const struct store_statement *store_statement_at(size_t index)
{
    pthread_once(&statements_once, statements_read);
    return index < statement_count ? &statements[index] : NULL;
}
