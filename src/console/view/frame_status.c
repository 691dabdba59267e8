/* The frame: the line of messages, progress and ages. */
#include <stdio.h>

#include "frame_inside.h"

enum { ELAPSED_US = 1000 * 1000, BAR_WIDTH = 20, AGE_SAID_S = 10, WAITING_WIDTH = 12 };

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

/* The longest form that leaves `wanted` cells, or none: a sentence goes before it. */
static int draw_exposure(const struct frame *frame, struct surface *surface, int row, int end,
                         int wanted)
{
    for (int i = 0; i < FRAME_EXPOSURES && frame->facts.exposure[i] != NULL; i++) {
        const char *text = frame->facts.exposure[i];
        if (end - text_width(span_of(text)) - 3 > wanted)
            return add_right(surface, row, end, ROLE_WARNING, text);
    }
    return end;
}

/* wanted: the cells that a sentence on the same line takes. */
static int draw_facts(const struct frame *frame, struct surface *surface, int row, int wanted)
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
    return draw_exposure(frame, surface, row, end, wanted);
}

/* A sentence to the operator goes before facts that stand there all day. It is never cut: what does
 * not fit into its line takes the line of the keys too, and then the body's last lines; the next
 * key takes it away. */
static void draw_sentence(struct surface *surface, int row, int end, enum text_role role,
                          const char *text)
{
    if (text_width(span_of(text)) <= end - 1) {
        surface_text(surface, row, 1, end - 1, role, text);
        return;
    }
    int room = surface->cols - 2, rows = wrapped_rows(room, row, text);
    int first = rows > 2 ? row + 2 - rows : row;
    for (int i = first; i < first + rows; i++)
        surface_fill(surface, i, 0, surface->cols, ROLE_TEXT);
    draw_wrapped(surface, first, 1, room, rows, role, text);
}

/* A note stays: once it was read, which the first key says, it keeps to its line. */
static void draw_note(const struct frame *frame, struct surface *surface, int row, int end)
{
    if (frame->pressed)
        surface_text(surface, row, 1, end - 1, ROLE_WARNING, frame->facts.note);
    else
        draw_sentence(surface, row, end, ROLE_WARNING, frame->facts.note);
}

void status_draw(struct frame *frame, struct surface *surface, int row)
{
    surface_fill(surface, row, 0, surface->cols, ROLE_TEXT);
    if (frame->progress.label != NULL && frame->message[0] == '\0') {
        draw_progress(frame, surface, row);
        return;
    }
    const char *said = frame->message[0] != '\0' ? frame->message : frame->facts.note;
    int end = draw_facts(frame, surface, row, said == NULL ? WAITING_WIDTH
                                                           : text_width(span_of(said)));
    if (frame->message[0] != '\0')
        draw_sentence(surface, row, end, frame->message_role, frame->message);
    else if (!draw_waiting(frame, surface, row) && frame->facts.note != NULL)
        draw_note(frame, surface, row, end);
}
