/* Finding embedded files. The table is sorted by name, so a prefix is one range of it. */
#include "daybook/base/embed.h"

#include <string.h>

/* The index of the first file whose name is not before `name`. */
static size_t embedded_lower_bound(const char *name)
{
    size_t low = 0, high = embedded_file_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(embedded_files[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct embedded_file *embedded_find(const char *name)
{
    size_t index = embedded_lower_bound(name);
    if (index == embedded_file_count || strcmp(embedded_files[index].name, name) != 0)
        return NULL;
    return &embedded_files[index];
}

const struct embedded_file *embedded_with_prefix(const char *prefix, size_t *count)
{
    size_t first = embedded_lower_bound(prefix);
    size_t end = first;
    size_t length = strlen(prefix);
    while (end < embedded_file_count && strncmp(embedded_files[end].name, prefix, length) == 0)
        end++;
    *count = end - first;
    return end > first ? &embedded_files[first] : NULL;
}
