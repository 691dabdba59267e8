/* The frame: drawing. One reversed line on top, one line of messages, one of keys. */
#include <stdio.h>
#include <string.h>

#include "frame_inside.h"

/* --- title line */

static const char *health_word(const struct surface *surface, enum frame_health health)
{
    return health == HEALTH_GOOD ? surface_glyph(surface, GLYPH_DOT)
           : health == HEALTH_SLOW ? _("slow")
           : health == HEALTH_OPENING ? _("connecting") : _("DOWN");
}

static int draw_health(struct surface *surface, int col, const char *name,
                       enum frame_health health, bool wide)
{
    const char *word = health_word(surface, health);
    if (wide || health != HEALTH_GOOD)
        col = surface_put(surface, 0, col, ROLE_TITLE, name) + 1;
    return surface_put(surface, 0, col, ROLE_TITLE, word) + 1;
}

static int health_width(const struct surface *surface, const char *name, enum frame_health health,
                        bool wide)
{
    const char *word = health_word(surface, health);
    int width = text_width(span_of(word)) + 1;
    return wide || health != HEALTH_GOOD ? width + text_width(span_of(name)) + 1 : width;
}

/* The right end: who, where, what lives, when. Returns the column where it begins. */
static int draw_right(const struct frame *frame, struct surface *surface)
{
    const struct frame_facts *facts = &frame->facts;
    char who[128], clock[9];
    bool wide = surface->cols >= 76;
    bool production = facts->environment != NULL && strcmp(facts->environment, "PROD") == 0;
    const char *environment = facts->environment == NULL ? "" : facts->environment;
    snprintf(who, sizeof who, "%.40s%s%.40s", facts->role == NULL ? "" : facts->role,
             facts->role == NULL ? "" : " ", facts->operator == NULL ? "" : facts->operator);
    time_clock_text(frame->world->clock.now, frame->world->utc_offset_s, clock);
    int width = text_width(span_of(who)) + 2 + text_width(span_of(environment)) + 2 + 6;
    /* PROD stands between marks, so that it differs without colour too. */
    width += production ? 4 : 0;
    if (facts->database != HEALTH_NONE)
        width += health_width(surface, "db", facts->database, wide);
    if (facts->core != HEALTH_NONE)
        width += health_width(surface, "core", facts->core, wide);
    int start = surface->cols - width, col = start;
    col = surface_put(surface, 0, col, ROLE_TITLE, who) + 2;
    if (production)
        col = surface_put(surface, 0, col, ROLE_TITLE_PROD, "! PROD !") + 2;
    else
        col = surface_put(surface, 0, col, ROLE_TITLE, environment) + 2;
    if (facts->database != HEALTH_NONE)
        col = draw_health(surface, col, "db", facts->database, wide);
    if (facts->core != HEALTH_NONE)
        col = draw_health(surface, col, "core", facts->core, wide);
    surface_printf(surface, 0, col, ROLE_TITLE, "%.5s", clock);
    return start;
}

void title_draw(const struct frame *frame, struct surface *surface)
{
    const char *crumb = surface_glyph(surface, GLYPH_CRUMB);
    const char *crumbs = frame->facts.crumbs == NULL ? "" : frame->facts.crumbs;
    char place[256] = "", left[512];
    surface_fill(surface, 0, 0, surface->cols, ROLE_TITLE);
    int right = draw_right(frame, surface);
    /* After a crumb it is clear whose list it is. */
    if (frame->view != NULL)
        view_name(frame->view, crumbs[0] == '\0', place, sizeof place);
    snprintf(left, sizeof left, "Daybook  %.200s%s%s%s%s", crumbs, crumbs[0] == '\0' ? "" : " ",
             crumbs[0] == '\0' ? "" : crumb, crumbs[0] == '\0' ? "" : " ", place);
    int room = right - 3;
    /* Where all of it does not fit, the place itself matters more than the way to it. */
    if (text_width(span_of(left)) > room)
        memmove(left, left + strlen("Daybook  "), strlen(left + strlen("Daybook  ")) + 1);
    if (text_width(span_of(left)) > room)
        snprintf(left, sizeof left, "%s", place);
    surface_text(surface, 0, 1, room, ROLE_TITLE, left);
    surface_role(surface, 0, 0, right - 1, ROLE_TITLE);
}

/* --- key bar */

static bool bar_add(struct surface *surface, int row, int *col, int end, const char *key,
                    const char *word, bool off)
{
    int width = text_width(span_of(key)) + 1 + text_width(span_of(word));
    if (*col + width > end)
        return false;
    int at = surface_put(surface, row, *col, off ? ROLE_DIM : ROLE_KEY, key) + 1;
    *col = surface_put(surface, row, at, off ? ROLE_DIM : ROLE_TEXT, word) + 2;
    return true;
}

static bool has_key(const struct screen *screen, const char *name)
{
    for (size_t i = 0; screen != NULL && i < screen->key_count; i++) {
        if (screen->keys[i].key != NULL && strcmp(screen->keys[i].key, name) == 0)
            return true;
    }
    return false;
}

/* The keys of a screen, those left out that a list inside it takes first. */
static void bar_keys_of(const struct frame *frame, struct surface *surface, int row, int *col,
                        int end, const struct screen *screen, const struct screen *over)
{
    for (size_t i = 0; screen != NULL && i < screen->key_count; i++) {
        const struct screen_key *key = &screen->keys[i];
        const struct view_action *action = world_action(frame->world, key->action);
        if (key->key != NULL && !has_key(over, key->key))
            bar_add(surface, row, col, end, key->key, binding_word(frame->world, key),
                    action_off_here(frame->view, screen, action) != NULL);
    }
}

static void bar_screen_keys(const struct frame *frame, struct surface *surface, int row, int *col,
                            int end)
{
    const struct view *view = frame->view;
    const struct screen *list = view->ops->list == NULL ? NULL : view->ops->list(view);
    bar_keys_of(frame, surface, row, col, end, list, NULL);
    bar_keys_of(frame, surface, row, col, end, view_screen(view), list);
    for (const struct view_hint *hint = frame->view->ops->hints;
         hint != NULL && hint->key != NULL; hint++) {
        if (hint->word != NULL)
            bar_add(surface, row, col, end, hint->key, _(hint->word), false);
    }
}

void keybar_draw(const struct frame *frame, struct surface *surface, int row)
{
    char help[64], back[64];
    snprintf(help, sizeof help, "? %s", _("help"));
    snprintf(back, sizeof back, "Esc %s", _("back"));
    bool typing = frame->view != NULL && frame->view->typing;
    int width = text_width(span_of(help)) + text_width(span_of(back)) + 3;
    int end = surface->cols - 1 - width, col = 1;
    surface_fill(surface, row, 0, surface->cols, ROLE_TEXT);
    if (frame->view != NULL)
        bar_screen_keys(frame, surface, row, &col, end - 2);
    if (!typing)
        bar_add(surface, row, &col, end - 2, ":", _("command"), false);
    for (size_t i = 0; i < frame->world->place_count && !typing; i++) {
        const struct view_place *place = &frame->world->places[i];
        const struct screen *screen = frame->view == NULL ? NULL : view_screen(frame->view);
        char key[3] = {'g', place->letter, '\0'};
        if (screen == NULL || strcmp(screen->name, place->screen) != 0)
            bar_add(surface, row, &col, end - 2, key, _(place->word), false);
    }
    col = end;
    bar_add(surface, row, &col, surface->cols, "Esc", _("back"), false);
    bar_add(surface, row, &col, surface->cols, typing ? "F1" : "?", _("help"), false);
}

/* --- everything */

static void draw_question(const struct frame *frame, struct surface *surface, int row)
{
    char text[MESSAGE_MAX + 16];
    snprintf(text, sizeof text, "%s  y/n ", frame->question);
    int width = text_width(span_of(text)), room = surface->cols - 2;
    surface_fill(surface, row, 0, surface->cols, ROLE_TEXT);
    surface_fill(surface, row + 1, 0, surface->cols, ROLE_TEXT);
    /* A long question takes the line of the keys too, which mean nothing now. */
    if (width > room)
        draw_wrapped(surface, row, 1, room, 2, ROLE_WARNING, text);
    else
        surface_put(surface, row, 1, ROLE_WARNING, text);
    surface_cursor(surface, row + (width > room), 1 + (width > room ? 0 : width));
}

static void draw_lines(struct frame *frame, struct surface *surface, struct area area)
{
    surface_clear(surface, area);
    surface_text(surface, area.row, 1, area.cols - 14, ROLE_HEADING, frame->lines_title);
    frame->overlay_rows = area.rows - 2;
    for (int i = 0; i < area.rows - 2; i++) {
        size_t index = frame->top + (size_t)i;
        int cells = 0;
        if (index >= frame->line_count)
            break;
        const char *line = frame->lines[index];
        surface_text(surface, area.row + 2 + i, 2, area.cols - 3, ROLE_TEXT,
                     line + text_cut(span_of(line), (int)frame->lines_shift, &cells));
    }
    bool more = frame->top + (size_t)(area.rows - 2) < frame->line_count;
    surface_right(surface, area.row, area.cols - 12, 11, ROLE_DIM,
                  more ? _("More...") : _("Bottom"));
    surface_cursor(surface, area.row + 2, 0);
}

static void draw_small(struct surface *surface)
{
    char text[256];
    snprintf(text, sizeof text, _("The window is %dx%d; Daybook needs %dx%d. Nothing is lost."),
             surface->cols, surface->rows, SMALL_COLS, SMALL_ROWS);
    draw_wrapped(surface, 0, 0, surface->cols, surface->rows, ROLE_WARNING, text);
    surface_cursor(surface, 0, 0);
}

void frame_draw(struct frame *frame, struct surface *surface)
{
    surface_begin(surface);
    if (surface->rows < SMALL_ROWS || surface->cols < SMALL_COLS) {
        draw_small(surface);
        return;
    }
    int status = surface->rows - 2;
    struct area body = {1, 0, surface->rows - 3, surface->cols};
    if (frame->view != NULL)
        view_draw(frame->view, surface, body);
    title_draw(frame, surface);
    keybar_draw(frame, surface, status + 1);
    status_draw(frame, surface, status);
    switch (frame->overlay) {
    case OVERLAY_ASK: case OVERLAY_LEAVE: draw_question(frame, surface, status); break;
    case OVERLAY_DANGER:
        surface_fill(surface, status, 0, surface->cols, ROLE_TEXT);
        surface_fill(surface, status + 1, 0, surface->cols, ROLE_TEXT);
        danger_draw(frame, surface, body);
        break;
    case OVERLAY_SECRET:
        surface_fill(surface, status, 0, surface->cols, ROLE_TEXT);
        surface_fill(surface, status + 1, 0, surface->cols, ROLE_TEXT);
        secret_draw(frame, surface, body);
        break;
    case OVERLAY_HELP: help_draw(frame, surface, body); break;
    case OVERLAY_PALETTE: palette_draw(frame, surface, status, body); break;
    case OVERLAY_LINES: draw_lines(frame, surface, body); break;
    case OVERLAY_GO: case OVERLAY_NONE: break; /* the places are a message */
    }
}
