#include "route.h"

#include <stdio.h>
#include <string.h>

#include "daybook/base/date.h"

enum { VARIABLE_MAX = 64, PAYOUTS_OF_A_DAY = 1000000000 };

static bool is_of_variable(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
        || c == '_' || c == '.';
}

/* A path against a template: a variable takes letters, digits and - _ . and at least one of them,
 * so that `/payouts/P1:approve` is no payout of that name. */
static bool path_matches(const char *template, const char *path, struct core_variables *variables)
{
    variables->count = 0;
    while (*template) {
        if (*template != '{') {
            if (*template++ != *path++)
                return false;
            continue;
        }
        const char *end = strchr(template, '}');
        size_t length = 0, at = variables->count++;

        while (is_of_variable(path[length]))
            length++;
        if (length == 0 || length > VARIABLE_MAX)
            return false;
        variables->name[at] = (struct span){template + 1, (size_t)(end - template) - 1};
        variables->value[at] = (struct span){path, length};
        template = end + 1;
        path += length;
    }
    return *path == '\0';
}

enum route_match core_route_find(const char *method, const char *path,
                                 const struct core_route **route,
                                 struct core_variables *variables, char allowed[64])
{
    size_t count, length = 0;
    const struct core_route *all = core_routes(&count);
    enum route_match match = ROUTE_NO_PATH;

    *route = NULL;
    allowed[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (!path_matches(all[i].path, path, variables))
            continue;
        if (strcmp(all[i].method, method) == 0) {
            *route = &all[i];
            return ROUTE_FOUND;
        }
        match = ROUTE_NO_METHOD;
        if (length < 56)
            length += (size_t)snprintf(allowed + length, 64 - length, "%s%s",
                                       length > 0 ? ", " : "", all[i].method);
    }
    return match;
}

bool core_payout_number(struct span text, int64_t *number)
{
    int64_t day, count;
    date_day parsed;
    char date[11];

    if (text.length < 14 || text.length > 18 || text.data[0] != 'P')
        return false;
    for (size_t i = 1; i < text.length; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    snprintf(date, sizeof date, "%.4s-%.2s-%.2s", text.data + 1, text.data + 5, text.data + 7);
    if (!date_parse(span_of(date), &parsed)
        || !text_to_int64((struct span){text.data + 1, 8}, &day)
        || !text_to_int64((struct span){text.data + 9, text.length - 9}, &count))
        return false;
    /* One spelling for one payout: five digits at least, no more than it needs beyond. */
    if (text.length > 14 && text.data[9] == '0')
        return false;
    *number = day * PAYOUTS_OF_A_DAY + count;
    return true;
}
