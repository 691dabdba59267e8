#include "daybook/store/inbox.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daybook/base/memory.h"

enum { RETRY_US = 30 * 1000000, NAMES_TRIED = 1000 };

struct seen {
    char name[INBOX_NAME_MAX];
    off_t size;
    struct timespec changed;
    int64_t ready_us; /* from when on it may be taken */
    bool here;        /* found by the look under way */
};

struct inbox {
    char *directory;
    int directory_fd;
    int notify_fd;
    int64_t settle_us;
    struct seen *files; /* sorted by name */
    size_t count, room;
    struct seen *taken; /* by inbox_ready() */
    char path[4096];
};

static bool make_place(struct inbox *inbox, const char *name, struct error *error)
{
    if (mkdirat(inbox->directory_fd, name, 0700) == 0 || errno == EEXIST)
        return true;
    return error_set(error, ERROR_SYSTEM, "%s/%s: %s", inbox->directory, name, strerror(errno));
}

struct inbox *inbox_new(const char *directory, int64_t settle_us, struct error *error)
{
    struct inbox *inbox = memory_new(sizeof *inbox);

    inbox->directory = memory_copy_string(directory);
    inbox->settle_us = settle_us;
    inbox->directory_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    inbox->notify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (inbox->directory_fd < 0 || inbox->notify_fd < 0
        || inotify_add_watch(inbox->notify_fd, directory,
                             IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR) < 0) {
        error_set(error, ERROR_SYSTEM, "%s: %s", directory, strerror(errno));
    } else if (make_place(inbox, "done", error) && make_place(inbox, "bad", error)) {
        return inbox;
    }
    inbox_free(inbox);
    return NULL;
}

void inbox_free(struct inbox *inbox)
{
    if (!inbox)
        return;
    if (inbox->directory_fd >= 0)
        close(inbox->directory_fd);
    if (inbox->notify_fd >= 0)
        close(inbox->notify_fd);
    free(inbox->directory);
    free(inbox->files);
    free(inbox);
}

int inbox_fd(const struct inbox *inbox)
{
    return inbox->notify_fd;
}

/* --- looking */

/* Names that programs give to what they have not finished. */
static bool is_unfinished(const char *name)
{
    static const char *const endings[] = {".part", ".partial", ".filepart", ".tmp", ".crdownload",
                                          ".swp", "~"};
    size_t length = strlen(name);

    if (name[0] == '.' || length >= INBOX_NAME_MAX)
        return true;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t ending = strlen(endings[i]);

        if (length > ending && strcmp(name + length - ending, endings[i]) == 0)
            return true;
    }
    return false;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct seen *)a)->name, ((const struct seen *)b)->name);
}

static void take_note(struct inbox *inbox, size_t known, const char *name,
                      const struct stat *status, int64_t now_us)
{
    struct seen key;

    snprintf(key.name, sizeof key.name, "%s", name);
    struct seen *seen = known == 0
        ? NULL
        : bsearch(&key, inbox->files, known, sizeof *inbox->files, compare_names);

    if (!seen) {
        if (inbox->count == INBOX_FILES_MAX)
            return;
        if (inbox->count == inbox->room) {
            inbox->room = inbox->room ? inbox->room * 2 : 64;
            inbox->files = memory_resize(inbox->files, inbox->room, sizeof *inbox->files);
        }
        seen = &inbox->files[inbox->count++];
        *seen = (struct seen){.size = -1};
        snprintf(seen->name, sizeof seen->name, "%s", name);
    }
    if (seen->size != status->st_size || seen->changed.tv_sec != status->st_mtim.tv_sec
        || seen->changed.tv_nsec != status->st_mtim.tv_nsec)
        seen->ready_us = now_us + inbox->settle_us;
    seen->size = status->st_size;
    seen->changed = status->st_mtim;
    seen->here = true;
}

static void drop_gone(struct inbox *inbox)
{
    size_t kept = 0;

    for (size_t i = 0; i < inbox->count; i++) {
        if (!inbox->files[i].here)
            continue;
        inbox->files[kept] = inbox->files[i];
        inbox->files[kept++].here = false;
    }
    inbox->count = kept;
    if (kept > 1)
        qsort(inbox->files, kept, sizeof *inbox->files, compare_names);
}

static void read_notes(struct inbox *inbox)
{
    char notes[4096] __attribute__((aligned(8)));

    /* What happened does not matter: the directory itself tells what is there. */
    while (read(inbox->notify_fd, notes, sizeof notes) > 0)
        continue;
}

void inbox_look(struct inbox *inbox, int64_t now_us)
{
    size_t known = inbox->count;
    struct dirent *entry;
    struct stat status;
    DIR *directory = opendir(inbox->directory);

    inbox->taken = NULL;
    read_notes(inbox);
    if (!directory)
        return;
    while ((entry = readdir(directory)) != NULL)
        if (!is_unfinished(entry->d_name)
            && fstatat(inbox->directory_fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0
            && S_ISREG(status.st_mode))
            take_note(inbox, known, entry->d_name, &status, now_us);
    closedir(directory);
    drop_gone(inbox);
}

int64_t inbox_next_look(const struct inbox *inbox)
{
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < inbox->count; i++)
        if (inbox->files[i].ready_us < next)
            next = inbox->files[i].ready_us;
    return next;
}

/* --- taking */

const char *inbox_ready(struct inbox *inbox, int64_t now_us)
{
    inbox->taken = NULL;
    for (size_t i = 0; i < inbox->count && !inbox->taken; i++)
        if (inbox->files[i].ready_us <= now_us)
            inbox->taken = &inbox->files[i];
    if (!inbox->taken)
        return NULL;
    int length = snprintf(inbox->path, sizeof inbox->path, "%s/%s", inbox->directory,
                          inbox->taken->name);

    return length > 0 && (size_t)length < sizeof inbox->path ? inbox->path : NULL;
}

static void forget_taken(struct inbox *inbox)
{
    size_t at = (size_t)(inbox->taken - inbox->files);

    memmove(inbox->taken, inbox->taken + 1, (inbox->count - at - 1) * sizeof *inbox->files);
    inbox->count--;
    inbox->taken = NULL;
}

/* Moves the file without ever replacing one that is there. */
static bool move_taken(struct inbox *inbox, const char *place, struct error *error)
{
    assert(inbox->taken != NULL);
    for (int i = 0; i < NAMES_TRIED; i++) {
        char to[INBOX_NAME_MAX + 32];

        if (i == 0)
            snprintf(to, sizeof to, "%s/%s", place, inbox->taken->name);
        else
            snprintf(to, sizeof to, "%s/%s.%d", place, inbox->taken->name, i);
        if (renameat2(inbox->directory_fd, inbox->taken->name, inbox->directory_fd, to,
                      RENAME_NOREPLACE) == 0) {
            forget_taken(inbox);
            return true;
        }
        if (errno != EEXIST)
            break;
    }
    return error_set(error, ERROR_SYSTEM, "%s/%s: %s", inbox->directory, inbox->taken->name,
                     strerror(errno));
}

bool inbox_done(struct inbox *inbox, struct error *error)
{
    return move_taken(inbox, "done", error);
}

bool inbox_bad(struct inbox *inbox, struct error *error)
{
    return move_taken(inbox, "bad", error);
}

void inbox_later(struct inbox *inbox, int64_t now_us)
{
    assert(inbox->taken != NULL);
    inbox->taken->ready_us = now_us + RETRY_US;
    inbox->taken = NULL;
}
