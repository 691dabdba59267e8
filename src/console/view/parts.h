/* Pictures of details: each draws its rows from `row` on and returns the row after the last. They
 * are pure functions from rows to cells. Private to view. */
#ifndef DAYBOOK_CONSOLE_VIEW_PARTS_INSIDE_H
#define DAYBOOK_CONSOLE_VIEW_PARTS_INSIDE_H

#include "inside.h"

struct part_canvas {
    struct surface *surface;
    const struct view_world *world;
    int row, col, width;
};

/* `page` is the detail's own row for compare and ladder, else the part's rows (NULL: not there
 * yet). */
int part_compare(const struct part_canvas *canvas, const struct screen_item *item,
                 const struct page *page);
int part_ladder(const struct part_canvas *canvas, const struct screen_item *item,
                const struct page *page);
int part_timeline(const struct part_canvas *canvas, const struct page *page);
int part_bars(const struct part_canvas *canvas, const struct page *page);
int part_gates(const struct part_canvas *canvas, const struct page *page);

#endif
