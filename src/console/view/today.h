/* Today: its state. Private to view. */
#ifndef DAYBOOK_CONSOLE_VIEW_TODAY_H
#define DAYBOOK_CONSOLE_VIEW_TODAY_H

#include "inside.h"

enum today_set {
    TODAY_FILES, TODAY_CODES, TODAY_AGES, TODAY_WAITING, TODAY_RATE, TODAY_GATES, TODAY_FACTS,
    TODAY_EXPOSURE, TODAY_RESOLVED, TODAY_SETS
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

/* Where the picture is drawn, from one block to the next. */
struct pen {
    struct today *today;
    struct surface *surface;
    const struct view_world *world;
    struct area area;
    int row;
    int extra; /* columns beyond 80 */
};

/* today_doubt.c: payouts in doubt, by channel where there is room, and after how many questions the
 * bank answered. */
int today_doubt_rows(const struct pen *pen, int room);
void today_draw_doubt(struct pen *pen, int rows);

void today_draw(struct view *view, struct surface *surface, struct area area);

#endif
