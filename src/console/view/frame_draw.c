/* The frame: drawing. One reversed line on top, one line of messages, one of keys. */
#include <stdio.h>
#include <string.h>

#include "frame_inside.h"

enum { ELAPSED_US = 1000 * 1000, BAR_WIDTH = 20, AGE_SAID_S = 10 };

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

/* --- messages, progress, ages */

static void draw_progress(const struct frame *frame, struct surface *surface, int row)
{
    const struct frame_progress *progress = &frame->progress;
    int64_t elapsed_us = frame->world->clock.monotonic_us - progress->started_us;
    int64_t elapsed_s = elapsed_us / 1000000;
    char done[MONEY_TEXT], total[MONEY_TEXT], rate[MONEY_TEXT], left[24];
    int col = surface_put(surface, row, 1, ROLE_TEXT, progress->label) + 2;
    if (progress->total > 0) {
        surface_bar(surface, row, col, BAR_WIDTH, progress->done, progress->total, ROLE_INFO);
        col += BAR_WIDTH + 1;
        col = surface_printf(surface, row, col, ROLE_TEXT, _("%s of %s %s"),
                             count_text(progress->done, done), count_text(progress->total, total),
                             progress->unit == NULL ? "" : progress->unit) + 2;
    } else if (progress->done > 0) {
        col = surface_printf(surface, row, col, ROLE_TEXT, "%s %s",
                             count_text(progress->done, done),
                             progress->unit == NULL ? "" : progress->unit) + 2;
    }
    int64_t per_s = elapsed_us > 200000 ? (int64_t)((__int128)progress->done * 1000000 / elapsed_us)
                                        : 0;
    if (per_s > 0)
        col = surface_printf(surface, row, col, ROLE_DIM, _("%s/s"), count_text(per_s, rate)) + 2;
    if (per_s > 0 && progress->total > progress->done)
        col = surface_printf(surface, row, col, ROLE_DIM, _("%s left"),
                             duration_text((progress->total - progress->done) / per_s, left)) + 2;
    if (elapsed_us >= ELAPSED_US)
        col = surface_printf(surface, row, col, ROLE_DIM, "%s", duration_text(elapsed_s, left)) + 2;
    if (progress->can_cancel)
        surface_put(surface, row, col, ROLE_KEY, _("Esc cancels"));
}

/* Something the view waits for: after a quarter of a second that is said, after one how long. */
static bool draw_waiting(const struct frame *frame, struct surface *surface, int row)
{
    int64_t since = 0;
    char elapsed[24];
    int64_t acting_us = frame->world->clock.monotonic_us - frame->facts.acting_since_us;
    if (frame->facts.acting != NULL && acting_us >= ELAPSED_US) {
        surface_printf(surface, row, 1, ROLE_WARNING, _("%s: not answered for %s."),
                       frame->facts.acting, duration_text(acting_us / 1000000, elapsed));
        return true;
    }
    if (frame->facts.acting != NULL && acting_us >= QUICK_US) {
        surface_put(surface, row, 1, ROLE_DIM, _("Working..."));
        return true;
    }
    if (frame->view == NULL || !view_waiting(frame->view, &since))
        return false;
    int64_t age = frame->world->clock.monotonic_us - since;
    if (age < QUICK_US)
        return false;
    if (age < ELAPSED_US)
        surface_put(surface, row, 1, ROLE_DIM, _("Working..."));
    else
        surface_printf(surface, row, 1, ROLE_DIM, _("Working for %s; Esc cancels."),
                       duration_text(age / 1000000, elapsed));
    return true;
}

static int add_right(struct surface *surface, int row, int end, enum text_role role,
                     const char *text)
{
    int width = text_width(span_of(text));
    if (text[0] == '\0' || end - width < 1)
        return end;
    surface_text(surface, row, end - width, width, role, text);
    return end - width - 3;
}

/* Ages are said once data is older than a screen should be. */
static int draw_age(const struct frame *frame, struct surface *surface, int row, int end)
{
    char text[128], age[24];
    time_us fetched = frame->view == NULL ? TIME_NONE : view_fetched_at(frame->view);
    if (fetched == TIME_NONE)
        return end;
    int64_t age_s = (frame->world->clock.now - fetched) / 1000000;
    bool old = frame->facts.database == HEALTH_DOWN || age_s >= 60;
    if (!old && age_s < AGE_SAID_S)
        return end;
    snprintf(text, sizeof text, _("data %s old"), duration_text(age_s, age));
    return add_right(surface, row, end, old ? ROLE_WARNING : ROLE_DIM, text);
}

static int draw_facts(const struct frame *frame, struct surface *surface, int row)
{
    char text[128], number[MONEY_TEXT];
    int end = draw_age(frame, surface, row, surface->cols - 1);
    if (frame->facts.approvals > 0) {
        snprintf(text, sizeof text,
                 language_plural("%s approval waits", "%s approvals wait",
                                 (unsigned long)frame->facts.approvals),
                 count_text(frame->facts.approvals, number));
        end = add_right(surface, row, end, ROLE_WARNING, text);
    }
    if (frame->facts.exposure != NULL)
        end = add_right(surface, row, end, ROLE_TEXT, frame->facts.exposure);
    return end;
}

/* A sentence to the operator goes before facts that stand there all day. */
static void draw_sentence(struct surface *surface, int row, int end, enum text_role role,
                          const char *text)
{
    bool fits = text_width(span_of(text)) <= end - 1;
    if (!fits)
        surface_fill(surface, row, 0, surface->cols, ROLE_TEXT);
    surface_text(surface, row, 1, fits ? end - 1 : surface->cols - 2, role, text);
}

void status_draw(struct frame *frame, struct surface *surface, int row)
{
    surface_fill(surface, row, 0, surface->cols, ROLE_TEXT);
    if (frame->progress.label != NULL && frame->message[0] == '\0') {
        draw_progress(frame, surface, row);
        return;
    }
    int end = draw_facts(frame, surface, row);
    if (frame->message[0] != '\0')
        draw_sentence(surface, row, end, frame->message_role, frame->message);
    else if (!draw_waiting(frame, surface, row) && frame->facts.note != NULL)
        draw_sentence(surface, row, end, ROLE_WARNING, frame->facts.note);
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
                    action != NULL && action->off != NULL);
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

/* After `g`: the places, over the line of the keys too where they need it. */
static void draw_places(const struct frame *frame, struct surface *surface, int row)
{
    surface_fill(surface, row, 0, surface->cols, ROLE_TEXT);
    surface_fill(surface, row + 1, 0, surface->cols, ROLE_TEXT);
    draw_wrapped(surface, row, 1, surface->cols - 2, 2, ROLE_TEXT, frame->message);
}

static void draw_lines(struct frame *frame, struct surface *surface, struct area area)
{
    surface_clear(surface, area);
    surface_text(surface, area.row, 1, area.cols - 14, ROLE_HEADING, frame->lines_title);
    frame->overlay_rows = area.rows - 2;
    for (int i = 0; i < area.rows - 2; i++) {
        size_t index = frame->top + (size_t)i;
        if (index < frame->line_count)
            surface_text(surface, area.row + 2 + i, 2, area.cols - 3, ROLE_TEXT,
                         frame->lines[index]);
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
    status_draw(frame, surface, status);
    keybar_draw(frame, surface, status + 1);
    switch (frame->overlay) {
    case OVERLAY_ASK: case OVERLAY_LEAVE: draw_question(frame, surface, status); break;
    case OVERLAY_DANGER:
        surface_fill(surface, status, 0, surface->cols, ROLE_TEXT);
        surface_fill(surface, status + 1, 0, surface->cols, ROLE_TEXT);
        danger_draw(frame, surface, body);
        break;
    case OVERLAY_HELP: help_draw(frame, surface, body); break;
    case OVERLAY_PALETTE: palette_draw(frame, surface, status, body); break;
    case OVERLAY_LINES: draw_lines(frame, surface, body); break;
    case OVERLAY_GO: draw_places(frame, surface, status); break;
    case OVERLAY_NONE: break;
    }
}
