/* Finding the shared files from the build tree and from an installation. */
#include "daybook/base/share.h"

#include <stdbool.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The directory the program's own file is in; false where /proc is missing. */
static bool program_directory(char out[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (length <= 0)
        return false;
    out[length] = '\0';
    char *slash = strrchr(out, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return true;
}

/* Joins both; true where the private locale, which every share directory of ours has, is there. */
static bool share_try(char *out, size_t size, const char *base, const char *below)
{
    char marker[PATH_MAX];
    int length = snprintf(marker, sizeof marker, "%s%s/locale/zh_CN.UTF-8/LC_CTYPE", base, below);
    if (length < 0 || (size_t)length >= sizeof marker || access(marker, R_OK) != 0)
        return false;
    length = snprintf(out, size, "%s%s", base, below);
    return length >= 0 && (size_t)length < size;
}

const char *share_directory(char *out, size_t size)
{
    /* Programs of the build tree are in build/VARIANT/, its tests one directory further down. */
    static const char *const below[] = {"/../share", "/../../share", "/../share/daybook"};
    const char *given = getenv("DAYBOOK_SHARE");
    if (given != NULL && given[0] != '\0' && strlen(given) < size) {
        memcpy(out, given, strlen(given) + 1);
        return out;
    }
    char program[PATH_MAX];
    if (program_directory(program))
        for (size_t i = 0; i < sizeof below / sizeof below[0]; i++)
            if (share_try(out, size, program, below[i]))
                return out;
    int length = snprintf(out, size, "%s", DAYBOOK_SHAREDIR);
    if ((length < 0 || (size_t)length >= size) && size > 0)
        out[0] = '\0';
    return out;
}
