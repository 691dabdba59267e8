/* The table of operations as text, a line each, to be compared with openapi.yaml:
 *     METHOD PATH OPERATION key|- match|- RIGHT
 * and of each body's members, `OPERATION member NAME needed|optional`. */
#include <stdio.h>

#include "src/core/route.h"

int main(void)
{
    size_t count;
    const struct core_route *all = core_routes(&count);

    for (size_t i = 0; i < count; i++) {
        printf("%s %s %s %s %s %s\n", all[i].method, all[i].path, all[i].operation,
               all[i].keyed ? "key" : "-", all[i].versioned ? "match" : "-", all[i].right);
        for (const struct core_member *member = all[i].body; member && member->name; member++)
            printf("%s member %s %s\n", all[i].operation, member->name,
                   member->optional ? "optional" : "needed");
    }
    return 0;
}
