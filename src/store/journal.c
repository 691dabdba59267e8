#include "daybook/store/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daybook/base/language.h"
#include "daybook/base/memory.h"

enum { LINE_MAX_BYTES = 256, READ_BYTES = 65536 };

struct journal {
    char *path;
    int fd;
    bool torn; /* the file ends within a line */
};

static const char *const steps[] = {
    [JOURNAL_PROPOSE] = "propose", [JOURNAL_APPROVE] = "approve",
    [JOURNAL_REJECT] = "reject",   [JOURNAL_EXECUTE] = "execute"};
static const char *const words[] = {
    [JOURNAL_INTEND] = "intend",   [JOURNAL_DONE] = "done",
    [JOURNAL_REFUSED] = "refused", [JOURNAL_UNKNOWN] = "unknown"};

const char *journal_step_word(enum journal_step step)
{
    return steps[step];
}

/* --- opening */

/* The file's name must be on the disk as well as its bytes. */
static bool sync_directory(const char *directory, struct error *error)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (!good)
        error_set(error, ERROR_SYSTEM, _("journal %s: %s"), directory, strerror(errno));
    if (fd >= 0)
        close(fd);
    return good;
}

static bool ends_torn(int fd)
{
    struct stat status;
    char last = '\n';
    return fstat(fd, &status) == 0 && status.st_size > 0 &&
           pread(fd, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

struct journal *journal_open(const char *directory, const char *login, struct error *error)
{
    assert(strchr(login, '/') == NULL);
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        error_set(error, ERROR_SYSTEM, _("journal %s: %s"), directory, strerror(errno));
        return NULL;
    }
    struct journal *journal = memory_new(sizeof *journal);
    journal->path = memory_format("%s/%s.journal", directory, login);
    journal->fd = open(journal->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (journal->fd < 0) {
        error_set(error, ERROR_SYSTEM, _("journal %s: %s"), journal->path, strerror(errno));
    } else if (sync_directory(directory, error)) {
        journal->torn = ends_torn(journal->fd);
        return journal;
    }
    journal_close(journal);
    return NULL;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL)
        return;
    if (journal->fd >= 0)
        close(journal->fd);
    free(journal->path);
    free(journal);
}

/* --- writing */

bool journal_write(struct journal *journal, time_us at, enum journal_word word,
                   const struct journal_entry *entry, struct error *error)
{
    char line[LINE_MAX_BYTES], time[TIME_TEXT];
    assert(entry->request[0] != '\0' && strlen(entry->sha256) == JOURNAL_DIGEST_TEXT - 1);
    /* What an end left torn is closed, so that it cannot swallow this entry. */
    int length = snprintf(line, sizeof line, "%s%s %s %s %s %s\n", journal->torn ? "\n" : "",
                          time_text(at, time), words[word], steps[entry->step], entry->request,
                          entry->sha256);
    ssize_t wrote = write(journal->fd, line, (size_t)length);
    if (wrote != length) {
        journal->torn = journal->torn || wrote > 0;
        return error_set(error, ERROR_SYSTEM, _("journal %s: %s; nothing was sent"),
                         journal->path, strerror(wrote < 0 ? errno : ENOSPC));
    }
    journal->torn = false;
    return fdatasync(journal->fd) == 0 ||
           error_set(error, ERROR_SYSTEM, _("journal %s: %s; nothing was sent"), journal->path,
                     strerror(errno));
}

/* --- reading */

struct reading {
    struct journal_entry *out;
    size_t count;
};

static bool word_find(struct span text, const char *const *table, size_t count, size_t *index)
{
    for (*index = 0; *index < count; ++*index)
        if (span_is(text, table[*index]))
            return true;
    return false;
}

static bool line_cut(struct span line, struct span parts[5])
{
    for (size_t i = 0; i < 5; i++) {
        const char *end = i == 4 ? NULL : memchr(line.data, ' ', line.length);
        size_t length = end == NULL ? line.length : (size_t)(end - line.data);
        if (length == 0 || (i < 4 && end == NULL))
            return false;
        parts[i] = (struct span){line.data, length};
        line.data += length + (i < 4);
        line.length -= length + (i < 4);
    }
    return true;
}

/* What a line says; false for what is no entry: torn, or written by nobody who knows the form. */
static bool line_read(struct span line, size_t *word, struct journal_entry *entry)
{
    struct span parts[5];
    time_us at;
    size_t step;
    if (!line_cut(line, parts) || !time_parse(parts[0], &at) ||
        !word_find(parts[1], words, sizeof words / sizeof words[0], word) ||
        !word_find(parts[2], steps, sizeof steps / sizeof steps[0], &step) ||
        parts[3].length >= sizeof entry->request || parts[4].length != JOURNAL_DIGEST_TEXT - 1)
        return false;
    *entry = (struct journal_entry){.step = (enum journal_step)step};
    memcpy(entry->request, parts[3].data, parts[3].length);
    memcpy(entry->sha256, parts[4].data, parts[4].length);
    return true;
}

static void entry_forget(struct reading *reading, const struct journal_entry *entry)
{
    for (size_t i = 0; i < reading->count; i++) {
        const struct journal_entry *kept = &reading->out[i];
        if (kept->step != entry->step || strcmp(kept->request, entry->request) != 0 ||
            strcmp(kept->sha256, entry->sha256) != 0)
            continue;
        reading->count--;
        memmove(&reading->out[i], &reading->out[i + 1],
                (reading->count - i) * sizeof reading->out[0]);
        return;
    }
}

static void line_take(struct reading *reading, struct span line)
{
    struct journal_entry entry;
    size_t word;
    if (!line_read(line, &word, &entry) || word == JOURNAL_UNKNOWN)
        return;
    /* What is intended again is one intention still. */
    entry_forget(reading, &entry);
    if (word != JOURNAL_INTEND)
        return;
    if (reading->count == JOURNAL_PENDING_MAX)
        entry_forget(reading, &reading->out[0]);
    reading->out[reading->count++] = entry;
}

bool journal_pending(struct journal *journal, struct journal_entry out[JOURNAL_PENDING_MAX],
                     size_t *count, struct error *error)
{
    struct reading reading = {.out = out};
    char *bytes = memory_new(READ_BYTES);
    size_t have = 0;
    off_t at = 0;
    ssize_t got;
    while ((got = pread(journal->fd, bytes + have, READ_BYTES - have, at)) > 0) {
        at += got;
        have += (size_t)got;
        size_t used = 0;
        for (const char *end; (end = memchr(bytes + used, '\n', have - used)) != NULL;) {
            struct span line = {bytes + used, (size_t)(end - bytes) - used};
            line_take(&reading, line);
            used += line.length + 1;
        }
        memmove(bytes, bytes + used, have - used);
        /* A line longer than the room is no entry. */
        have = have - used == READ_BYTES ? 0 : have - used;
    }
    free(bytes);
    *count = reading.count;
    return got == 0 || error_set(error, ERROR_SYSTEM, _("journal %s: %s"), journal->path,
                                 strerror(errno));
}
