/* Details: what is asked of the database, and what its answers change. */
#include <stdio.h>
#include <string.h>

#include "detail.h"

enum { RELATED_LIMIT = 100 };

static bool part_has_query(const struct screen_item *item)
{
    return item->kind == ITEM_PART && item->arg_count == 1;
}

static void ask_related(struct detail *detail, struct section_data *data)
{
    const struct screen_order *order = &data->list->orders[0];
    fetch_ask(&data->fetch, detail->view.world,
              (struct view_need){.kind = NEED_FIRST, .query = data->list->query,
                                 .param = detail->view.param, .order = order->columns,
                                 .order_count = order->count, .descending = order->descending,
                                 .limit = RELATED_LIMIT, .screen = data->list});
}

void detail_ask_all(struct detail *detail)
{
    const struct screen *screen = detail->view.screen;
    const struct view_world *world = detail->view.world;
    detail->refreshed_us = world->clock.monotonic_us;
    if (screen->query != NULL)
        fetch_ask(&detail->main, world,
                  (struct view_need){.kind = NEED_ROW, .query = screen->query,
                                     .param = detail->view.param, .limit = 1, .screen = screen});
    for (size_t i = 0; i < screen->item_count; i++) {
        const struct screen_item *item = &screen->items[i];
        struct section_data *data = &detail->data[i];
        if (part_has_query(item))
            fetch_ask(&data->fetch, world,
                      (struct view_need){.kind = NEED_ROW, .query = item->args[0],
                                         .param = detail->view.param, .limit = PART_ROWS_MAX,
                                         .screen = screen});
        else if (data->list != NULL)
            ask_related(detail, data);
    }
}

bool detail_need_next(struct view *view, struct view_need *need)
{
    struct detail *detail = detail_of(view);
    if (fetch_take(&detail->main, need))
        return true;
    for (size_t i = 0; i < view->screen->item_count; i++) {
        if (fetch_take(&detail->data[i].fetch, need))
            return true;
    }
    return false;
}

bool detail_arrived(struct view *view, unsigned serial, struct page *page)
{
    struct detail *detail = detail_of(view);
    if (fetch_done(&detail->main, serial)) {
        bool empty = page->row_count == 0;
        page_free(detail->page);
        detail->page = empty ? NULL : page;
        detail->missing = empty;
        detail->error[0] = '\0';
        if (empty)
            page_free(page);
        return true;
    }
    for (size_t i = 0; i < view->screen->item_count; i++) {
        struct section_data *data = &detail->data[i];
        if (!fetch_done(&data->fetch, serial))
            continue;
        page_free(data->page);
        data->page = page;
        data->error[0] = '\0';
        if (data->cursor >= page->row_count)
            data->cursor = data->top = 0;
        return true;
    }
    return false;
}

bool detail_failed(struct view *view, unsigned serial, const struct error *error)
{
    struct detail *detail = detail_of(view);
    if (fetch_done(&detail->main, serial)) {
        snprintf(detail->error, sizeof detail->error, "%s", error->message);
        return true;
    }
    for (size_t i = 0; i < view->screen->item_count; i++) {
        if (fetch_done(&detail->data[i].fetch, serial)) {
            snprintf(detail->data[i].error, sizeof detail->data[i].error, "%s", error->message);
            return true;
        }
    }
    return false;
}

bool detail_waiting(const struct view *view, int64_t *since_us)
{
    const struct detail *detail = detail_of_const(view);
    *since_us = detail->main.asked_us;
    return fetch_busy(&detail->main) && detail->page == NULL;
}

/* Related lists that were never answered count too: Tab goes into them. A refusal is an answer,
 * also while a refresh asks again. */
bool detail_unsettled(const struct view *view)
{
    const struct detail *detail = detail_of_const(view);
    bool open = fetch_busy(&detail->main) && detail->page == NULL;
    for (size_t i = 0; i < view->screen->item_count && !open; i++)
        open = detail->data[i].list != NULL && fetch_busy(&detail->data[i].fetch) &&
               detail->data[i].page == NULL && detail->data[i].error[0] == '\0';
    return open;
}

void detail_cancelled(struct view *view)
{
    struct detail *detail = detail_of(view);
    if (fetch_busy(&detail->main) && detail->page == NULL)
        snprintf(detail->error, sizeof detail->error, "%s", _("Cancelled; R reads again."));
    fetch_stop(&detail->main);
    for (size_t i = 0; i < view->screen->item_count; i++)
        fetch_stop(&detail->data[i].fetch);
}

void detail_reload(struct view *view, bool done)
{
    (void)done;
    detail_ask_all(detail_of(view));
}

bool detail_idle(struct view *view)
{
    struct detail *detail = detail_of(view);
    int64_t every = (int64_t)view->screen->refresh_s * 1000000;
    int64_t now = view->world->clock.monotonic_us;
    if (every > 0 && !fetch_busy(&detail->main) && now - detail->refreshed_us >= every)
        detail_ask_all(detail);
    return false;
}
