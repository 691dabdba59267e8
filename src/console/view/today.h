/* Today: its state. Private to view. */
#ifndef DAYBOOK_CONSOLE_VIEW_TODAY_H
#define DAYBOOK_CONSOLE_VIEW_TODAY_H

#include "inside.h"

enum today_set {
    TODAY_FILES, TODAY_CODES, TODAY_AGES, TODAY_WAITING, TODAY_RATE, TODAY_GATES, TODAY_FACTS,
    TODAY_SETS
};

struct today {
    struct view view;
    struct {
        struct fetch fetch;
        struct page *page;
    } sets[TODAY_SETS];
    enum today_set focus; /* TODAY_FILES or TODAY_CODES */
    size_t cursor[2];     /* in the files, in the codes */
    size_t top;           /* first file shown */
    int64_t refreshed_us;
    char filter[80];
    char error[MESSAGE_MAX];
};

void today_draw(struct view *view, struct surface *surface, struct area area);

#endif
