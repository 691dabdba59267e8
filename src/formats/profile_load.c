/* Where profiles come from: the site's directory first, then those compiled in. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/embed.h"
#include "profile.h"

#define SHIPPED "src/formats/profiles/"
#define SUFFIX ".profile"

/* Letters, digits, '-' and '_': a name is never a path. */
static bool name_allowed(const char *name)
{
    static const char *const allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t length = strlen(name);
    return length > 0 && length <= 64 && strspn(name, allowed) == length;
}

/* The first fault becomes the error's message, the others are counted. */
static struct profile *parse(const char *file, struct span text, struct error *error)
{
    struct buffer faults;
    buffer_init(&faults, PROFILE_TEXT_MAX);
    struct profile *profile = profile_parse(file, text, &faults);
    if (profile == NULL) {
        const char *first = buffer_text(&faults);
        size_t length = strcspn(first, "\n");
        size_t more = 0;
        for (const char *at = first + length; *at != '\0'; at++)
            more += *at == '\n' && at[1] != '\0';
        if (more > 0)
            error_set(error, ERROR_INPUT, "%.*s (and %zu more)", (int)length, first, more);
        else
            error_set(error, ERROR_INPUT, "%.*s", (int)length, first);
    }
    buffer_free(&faults);
    return profile;
}

/* The site's own profile; *found tells whether there is such a file. */
static struct profile *load_site(const char *name, bool *found, struct error *error)
{
    const char *directory = getenv("DAYBOOK_PROFILES");
    *found = false;
    if (directory == NULL || directory[0] == '\0')
        return NULL;
    char *path = memory_format("%s/%s" SUFFIX, directory, name);
    FILE *file = fopen(path, "re");
    struct profile *profile = NULL;
    *found = file != NULL || errno != ENOENT;
    if (file == NULL && *found) {
        error_set(error, ERROR_SYSTEM, "%s cannot be read: %s.", path, strerror(errno));
    } else if (file != NULL) {
        char *text = memory_new(PROFILE_TEXT_MAX + 1);
        size_t length = fread(text, 1, PROFILE_TEXT_MAX + 1, file);
        profile = parse(path, (struct span){text, length}, error);
        free(text);
        fclose(file);
    }
    free(path);
    return profile;
}

struct profile *profile_load(const char *name, struct error *error)
{
    bool found;
    if (!name_allowed(name)) {
        error_set(error, ERROR_USAGE, "'%s' is no name of a CSV profile.", name);
        return NULL;
    }
    struct profile *profile = load_site(name, &found, error);
    if (found)
        return profile;
    char *path = memory_format(SHIPPED "%s" SUFFIX, name);
    const struct embedded_file *file = embedded_find(path);
    if (file != NULL)
        profile = parse(path, (struct span){file->data, file->length}, error);
    else
        error_set(error, ERROR_NOT_FOUND, "There is no CSV profile '%s'.", name);
    free(path);
    return profile;
}

bool profile_shipped(size_t index, char *out, size_t size)
{
    size_t count;
    const struct embedded_file *files = embedded_with_prefix(SHIPPED, &count);
    if (index >= count)
        return false;
    const char *base = files[index].name + strlen(SHIPPED);
    const char *end = strstr(base, SUFFIX);
    size_t length = end != NULL ? (size_t)(end - base) : strlen(base);
    if (length >= size)
        length = size - 1;
    memcpy(out, base, length);
    out[length] = '\0';
    return true;
}
