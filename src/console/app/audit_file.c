#include "audit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daybook/base/buffer.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "output.h"

enum { WRITE_AT = 1 << 20, LINE_MAX_BYTES = 64 << 20 };

/* --- writing */

struct audit_writer {
    int fd;
    char *path;
    struct buffer out;
    int64_t records;
    bool failed;
};

struct audit_writer *audit_writer_open(const char *path, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        error_set(error, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
        return NULL;
    }
    struct audit_writer *writer = memory_new(sizeof *writer);
    writer->fd = fd;
    writer->path = memory_copy_string(path);
    buffer_init(&writer->out, 2 * (size_t)LINE_MAX_BYTES);
    return writer;
}

static void flush(struct audit_writer *writer)
{
    if (!write_all(writer->fd, buffer_text(&writer->out), writer->out.length))
        writer->failed = true;
    buffer_clear(&writer->out);
}

/* Tabs, line ends and backslashes as the database's COPY writes them; \N is null. */
static void put_cell(struct audit_writer *writer, const char *cell)
{
    buffer_append_char(&writer->out, '\t');
    if (cell == NULL)
        buffer_append_string(&writer->out, "\\N");
    for (; cell != NULL && *cell != '\0'; cell++) {
        char letter = *cell == '\t' ? 't' : *cell == '\n' ? 'n' : *cell == '\r' ? 'r' : *cell;
        if (letter != *cell || letter == '\\')
            buffer_append_char(&writer->out, '\\');
        buffer_append_char(&writer->out, letter);
    }
}

static void put_record(struct audit_writer *writer, const char *kind, const char *const *cells,
                       size_t count)
{
    buffer_append_string(&writer->out, kind);
    for (size_t i = 0; i < count; i++)
        put_cell(writer, cells[i]);
    buffer_append_char(&writer->out, '\n');
    writer->records++;
    if (writer->out.overflow)
        writer->failed = true;
    if (writer->out.length >= WRITE_AT)
        flush(writer);
}

void audit_writer_row(struct audit_writer *writer, const char *const cells[AUDIT_COLUMNS])
{
    put_record(writer, "row", cells, AUDIT_COLUMNS);
}

void audit_writer_head(struct audit_writer *writer, const struct seal_head *head)
{
    char line[SEAL_LINE];
    const char *cell = line;
    seal_line_write(head, line);
    put_record(writer, "head", &cell, 1);
}

void audit_writer_gap(struct audit_writer *writer, const char *what, const char *object)
{
    const char *cells[] = {what, object};
    put_record(writer, "gap", cells, 2);
}

bool audit_writer_close(struct audit_writer *writer, bool whole, struct error *error)
{
    if (whole)
        buffer_printf(&writer->out, "end\t%lld\n", (long long)writer->records);
    flush(writer);
    bool good = !writer->failed && fsync(writer->fd) == 0;
    if (close(writer->fd) != 0 || !good)
        good = error_set(error, ERROR_SYSTEM, "%s: %s", writer->path, strerror(errno));
    if (!whole)
        (void)unlink(writer->path);
    buffer_free(&writer->out);
    free(writer->path);
    free(writer);
    return good;
}

/* --- reading */

struct audit_reader {
    FILE *file;
    char *path, *line;
    size_t capacity;
    int64_t records;
    bool ended;
};

struct audit_reader *audit_reader_open(const char *path, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        error_set(error, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
        return NULL;
    }
    struct audit_reader *reader = memory_new(sizeof *reader);
    reader->file = file;
    reader->path = memory_copy_string(path);
    return reader;
}

/* In place; NULL is \N. */
static const char *cell_read(char *cell)
{
    char *out = cell;
    if (strcmp(cell, "\\N") == 0)
        return NULL;
    for (const char *in = cell; *in != '\0'; in++) {
        char letter = *in;
        if (letter == '\\' && in[1] != '\0') {
            in++;
            letter = *in == 't' ? '\t' : *in == 'n' ? '\n' : *in == 'r' ? '\r' : *in;
        }
        *out++ = letter;
    }
    *out = '\0';
    return cell;
}

static bool record_read(struct audit_record *record, const char *kind, size_t cells)
{
    if (strcmp(kind, "row") == 0 && cells == AUDIT_COLUMNS)
        record->kind = AUDIT_RECORD_ROW;
    else if (strcmp(kind, "gap") == 0 && cells == 2 && record->cells[0] != NULL &&
             record->cells[1] != NULL)
        record->kind = AUDIT_RECORD_GAP;
    else if (strcmp(kind, "head") == 0 && cells == 1 && record->cells[0] != NULL &&
             seal_line_read(record->cells[0], strlen(record->cells[0]), &record->head))
        record->kind = AUDIT_RECORD_HEAD;
    else
        return false;
    return true;
}

bool audit_reader_next(struct audit_reader *reader, struct audit_record *record,
                       struct error *error)
{
    ssize_t length = getline(&reader->line, &reader->capacity, reader->file);
    size_t cells = 0;
    int64_t records;
    if (length <= 0 || reader->ended)
        return false;
    char *at = strchr(reader->line, '\t');
    if (reader->line[length - 1] != '\n' || at == NULL)
        return error_set(error, ERROR_INPUT, _("%s: line %lld is no record"), reader->path,
                         (long long)reader->records + 1);
    reader->line[length - 1] = '\0';
    while (at != NULL && cells < AUDIT_COLUMNS) {
        char *cell = at + 1;
        *at = '\0';
        at = strchr(cell, '\t');
        if (at != NULL)
            *at = '\0';
        record->cells[cells++] = cell_read(cell);
    }
    if (strcmp(reader->line, "end") == 0 && cells == 1 && record->cells[0] != NULL &&
        text_to_int64(span_of(record->cells[0]), &records) && records == reader->records) {
        reader->ended = true;
        return false;
    }
    reader->records++;
    if (at != NULL || !record_read(record, reader->line, cells))
        return error_set(error, ERROR_INPUT, _("%s: line %lld is no record"), reader->path,
                         (long long)reader->records);
    return true;
}

bool audit_reader_ended(struct audit_reader *reader, struct error *error)
{
    if (error->code != ERROR_NONE)
        return false;
    if (!reader->ended || getc(reader->file) != EOF)
        return error_set(error, ERROR_INPUT, _("%s: the file is not whole"), reader->path);
    return true;
}

void audit_reader_close(struct audit_reader *reader)
{
    if (reader == NULL)
        return;
    fclose(reader->file);
    free(reader->path);
    free(reader->line);
    free(reader);
}

/* --- the witness' file */

struct audit_lines {
    FILE *file;
    int64_t left; /* bytes that were there when it was opened */
    char *line, *next;
    size_t line_capacity, next_capacity;
    bool have_next;
};

static bool lines_read(struct audit_lines *lines, char **line, size_t *capacity)
{
    ssize_t length = lines->left > 0 ? getline(line, capacity, lines->file) : -1;
    lines->left -= length;
    /* What has no end was not finished when the file was opened. */
    if (length <= 0 || (*line)[length - 1] != '\n' || lines->left < 0)
        return false;
    (*line)[length - 1] = '\0';
    return true;
}

struct audit_lines *audit_lines_open(const char *path, struct error *error)
{
    struct stat status;
    FILE *file = fopen(path, "re");
    if (file == NULL || fstat(fileno(file), &status) != 0) {
        error_set(error, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
        if (file != NULL)
            fclose(file);
        return NULL;
    }
    struct audit_lines *lines = memory_new(sizeof *lines);
    lines->file = file;
    lines->left = status.st_size;
    lines->have_next = lines_read(lines, &lines->next, &lines->next_capacity);
    return lines;
}

static void lines_swap(struct audit_lines *lines)
{
    char *line = lines->line;
    size_t capacity = lines->line_capacity;
    lines->line = lines->next;
    lines->line_capacity = lines->next_capacity;
    lines->next = line;
    lines->next_capacity = capacity;
}

const char *audit_lines_next(struct audit_lines *lines)
{
    while (lines->have_next) {
        lines_swap(lines);
        lines->have_next = lines_read(lines, &lines->next, &lines->next_capacity);
        /* Not finished, and written again behind it. */
        if (lines->have_next && strlen(lines->line) < strlen(lines->next) &&
            strncmp(lines->line, lines->next, strlen(lines->line)) == 0)
            continue;
        return lines->line;
    }
    return NULL;
}

void audit_lines_close(struct audit_lines *lines)
{
    if (lines == NULL)
        return;
    fclose(lines->file);
    free(lines->line);
    free(lines->next);
    free(lines);
}
