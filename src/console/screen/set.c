/* The set of screens: the built-in files, and a site's own in their place. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daybook/base/embed.h"
#include "reader.h"

struct screen_set *screen_set_new(void)
{
    struct screen_set *set = memory_new(sizeof *set);
    set->arena = arena_new(SET_BYTES_MAX);
    return set;
}

void screen_set_free(struct screen_set *set)
{
    if (set == NULL)
        return;
    arena_free(set->arena);
    free(set->fields);
    free(set->screens);
    free(set);
}

size_t screen_count(const struct screen_set *set)
{
    return set->screen_count;
}

const struct screen *screen_at(const struct screen_set *set, size_t index)
{
    return set->screens[index];
}

const struct screen *screen_find(const struct screen_set *set, const char *name)
{
    for (size_t i = 0; i < set->screen_count; i++) {
        if (strcmp(set->screens[i]->name, name) == 0)
            return set->screens[i];
    }
    return NULL;
}

void screen_set_add(struct screen_set *set, const struct screen *screen)
{
    size_t at = 0;
    while (at < set->screen_count && strcmp(set->screens[at]->name, screen->name) < 0)
        at++;
    if (at < set->screen_count && strcmp(set->screens[at]->name, screen->name) == 0) {
        set->screens[at] = screen;
        return;
    }
    array_grow(&set->screens, &set->screen_count, sizeof *set->screens);
    memmove(set->screens + at + 1, set->screens + at,
            (set->screen_count - 1 - at) * sizeof *set->screens);
    set->screens[at] = screen;
}

static void visit_screen(const struct screen *screen,
                         void (*visit)(void *context, const char *file, int line,
                                       const char *text),
                         void *context)
{
    visit(context, screen->file, 1, screen->title);
    if (screen->empty != NULL)
        visit(context, screen->file, 1, screen->empty);
    for (size_t i = 0; i < screen->column_count; i++) {
        const struct screen_column *column = &screen->columns[i];
        visit(context, screen->file, column->line, column->label);
        if (column->narrow > 0)
            visit(context, screen->file, column->line, column->narrow_label);
    }
    for (size_t i = 0; i < screen->input_count; i++)
        visit(context, screen->file, screen->inputs[i].line, screen->inputs[i].label);
    for (size_t i = 0; i < screen->item_count; i++) {
        const struct screen_item *item = &screen->items[i];
        if (item->title != NULL)
            visit(context, screen->file, item->line, item->title);
        if (item->kind == ITEM_PART && strcmp(item->name, "compare") == 0 && item->arg_count > 3) {
            visit(context, screen->file, item->line, item->args[1]);
            visit(context, screen->file, item->line, item->args[3]);
        }
    }
}

void screen_set_strings(const struct screen_set *set,
                        void (*visit)(void *context, const char *file, int line, const char *text),
                        void *context)
{
    for (size_t i = 0; i < set->field_count; i++) {
        const struct field *field = set->fields[i];
        visit(context, "screens/fields", 1, field->label);
        if (field->help != NULL)
            visit(context, "screens/fields", 1, field->help);
        for (size_t j = 0; j < field->value_count; j++)
            visit(context, "screens/fields", 1, field->values[j].label);
    }
    for (size_t i = 0; i < set->screen_count; i++)
        visit_screen(set->screens[i], visit, context);
}

/* A site's file is believed only if nobody but root could have written it. Returns its bytes, or
 * NULL with a note. */
static char *read_site_file(int directory, const char *name, const char *path, size_t *length,
                            struct screen_faults *notes)
{
    struct stat status;
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        faults_add(notes, "%s cannot be read: %s; the built-in screen is used", path,
                   strerror(errno));
        return NULL;
    }
    char *bytes = NULL;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != 0 ||
        (status.st_mode & (S_IWGRP | S_IWOTH)))
        faults_add(notes, "%s is not root's alone; the built-in screen is used", path);
    else if (status.st_size > SCREEN_FILE_MAX)
        faults_add(notes, "%s is too long; the built-in screen is used", path);
    else {
        bytes = memory_new((size_t)status.st_size + 1);
        ssize_t got = read(fd, bytes, (size_t)status.st_size);
        *length = got < 0 ? 0 : (size_t)got;
    }
    close(fd);
    return bytes;
}

/* Tries a replacement in a set of its own kind: parse, then check with it in place; back if
 * faulty. */
static void try_replacement(struct screen_set *set, const char *path, struct span text,
                            const struct screen_names *names, struct screen_faults *notes)
{
    struct screen_faults faults = {0};
    size_t count = set->screen_count;
    const struct screen **before = memory_copy(set->screens, count * sizeof *before);
    bool good = screen_set_read(set, path, text, &faults) &&
                screen_set_check(set, names, &faults);
    if (good) {
        free(before);
    } else {
        free(set->screens);
        set->screens = before;
        set->screen_count = count;
        if (faults.count > 0)
            faults_add(notes, "%s; the built-in screen is used", faults.texts[0]);
    }
    screen_faults_free(&faults);
}

static void load_site(struct screen_set *set, const char *site_dir,
                      const struct screen_names *names, struct screen_faults *notes)
{
    struct stat status;
    DIR *directory = opendir(site_dir);
    if (directory == NULL)
        return;
    if (fstat(dirfd(directory), &status) != 0 || status.st_uid != 0 ||
        (status.st_mode & (S_IWGRP | S_IWOTH))) {
        faults_add(notes, "%s is not root's alone; the built-in screens are used", site_dir);
        closedir(directory);
        return;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char path[512];
        size_t length = 0;
        const char *dot = strrchr(entry->d_name, '.');
        if (dot == NULL || strcmp(dot, ".screen") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", site_dir, entry->d_name);
        char *bytes = read_site_file(dirfd(directory), entry->d_name, path, &length, notes);
        if (bytes != NULL)
            try_replacement(set, path, (struct span){bytes, length}, names, notes);
        free(bytes);
    }
    closedir(directory);
}

struct screen_set *screen_set_load(const char *site_dir, const struct screen_names *names,
                                   struct screen_faults *faults, struct screen_faults *notes)
{
    struct screen_set *set = screen_set_new();
    const struct embedded_file *fields = embedded_find("screens/fields");
    size_t count = 0;
    const struct embedded_file *file = embedded_with_prefix("screens/", &count);
    if (fields != NULL)
        screen_set_fields(set, fields->name, (struct span){fields->data, fields->length}, faults);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(file[i].name, "screens/fields") != 0)
            screen_set_read(set, file[i].name, (struct span){file[i].data, file[i].length},
                            faults);
    }
    screen_set_check(set, names, faults);
    if (site_dir != NULL)
        load_site(set, site_dir, names, notes);
    return set;
}
