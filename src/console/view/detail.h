/* Details: one row in sections, pictures, and the lists that belong to it. Private to view. */
#ifndef DAYBOOK_CONSOLE_VIEW_DETAIL_H
#define DAYBOOK_CONSOLE_VIEW_DETAIL_H

#include "inside.h"

/* What an item needs beyond the detail's own row. */
struct section_data {
    struct fetch fetch;
    struct page *page;
    const struct screen *list; /* of a related list */
    size_t cursor, top;
    char error[MESSAGE_MAX];
};

struct detail {
    struct view view;
    struct fetch main;
    struct page *page;
    bool missing;
    char error[MESSAGE_MAX];
    struct section_data *data; /* one for each item of the screen */
    size_t focus;              /* item that has the cursor; item_count: the detail itself */
    int scroll, height, visible;
    struct surface canvas;     /* the whole detail, of which a part is shown */
    int64_t refreshed_us;
    bool touched;              /* a key was pressed: from then on the cursor is followed */
};

struct detail *detail_of(struct view *view);
const struct detail *detail_of_const(const struct view *view);

/* detail_draw.c */
void detail_draw(struct view *view, struct surface *surface, struct area area);

/* detail_ask.c */
void detail_ask_all(struct detail *detail);
bool detail_need_next(struct view *view, struct view_need *need);
bool detail_arrived(struct view *view, unsigned serial, struct page *page);
bool detail_failed(struct view *view, unsigned serial, const struct error *error);
bool detail_waiting(const struct view *view, int64_t *since_us);
bool detail_unsettled(const struct view *view);
void detail_cancelled(struct view *view);
void detail_reload(struct view *view, bool done);
bool detail_idle(struct view *view);

#endif
