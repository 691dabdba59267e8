/* Prints the program's legal state edges as the rows of desk.state_edge, so that tests/sql/run can
 * compare them both ways: kind, from, to, signed. */
#include <stdio.h>
#include <string.h>

#include "daybook/domain/state.h"

int main(void)
{
    for (size_t i = 0; i < state_edge_count; i++) {
        const struct state_edge *edge = &state_edges[i];
        const char *to = edge->to;
        while (*to != '\0') {
            size_t length = strcspn(to, " ");
            printf("%s|%s|%.*s|%s\n", state_kind_name(edge->kind), edge->from, (int)length, to,
                   edge->is_signed ? "t" : "f");
            to += length + (to[length] == ' ');
        }
    }
    return 0;
}
