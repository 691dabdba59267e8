/* The frame: which key goes where, questions, messages. */
#include "frame_inside.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct frame *frame_new(struct view_world *world)
{
    struct frame *frame = memory_new(sizeof *frame);
    frame->world = world;
    editor_init(&frame->search, 200);
    return frame;
}

static void forget_lines(struct frame *frame)
{
    for (size_t i = 0; i < frame->line_count; i++)
        free(frame->lines[i]);
    free(frame->lines);
    free(frame->lines_title);
    frame->lines = NULL;
    frame->lines_title = NULL;
    frame->line_count = 0;
}

void frame_free(struct frame *frame)
{
    if (frame == NULL)
        return;
    forget_lines(frame);
    for (size_t i = 0; i < frame->history_count; i++)
        free(frame->history[i]);
    editor_free(&frame->search);
    frame_secret_wipe(frame);
    free(frame);
}

void overlay_close(struct frame *frame)
{
    frame->overlay = OVERLAY_NONE;
    forget_lines(frame);
}

void frame_show(struct frame *frame, struct view *view)
{
    if (frame->view != view) {
        overlay_close(frame);
        frame_secret_wipe(frame);
    }
    frame->view = view;
}

struct frame_facts *frame_facts(struct frame *frame)
{
    return &frame->facts;
}

struct frame_progress *frame_progress(struct frame *frame)
{
    return &frame->progress;
}

void frame_message(struct frame *frame, enum text_role role, const char *format, ...)
{
    char text[MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_printable(frame->message, sizeof frame->message, span_of(text));
    frame->message_role = role;
    frame->flush = frame->flush || role == ROLE_BAD;
}

void frame_message_clear(struct frame *frame)
{
    frame->message[0] = '\0';
}

void frame_ask(struct frame *frame, const void *token, const char *format, ...)
{
    char text[MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    overlay_close(frame);
    text_printable(frame->question, sizeof frame->question, span_of(text));
    frame->token = token;
    frame->overlay = OVERLAY_ASK;
}

void frame_lines(struct frame *frame, const char *title, const char *const *lines, size_t count)
{
    overlay_close(frame);
    frame->line_count = count > LINES_MAX ? LINES_MAX : count;
    frame->lines = memory_new(frame->line_count * sizeof *frame->lines);
    for (size_t i = 0; i < frame->line_count; i++)
        frame->lines[i] = memory_copy_string(lines[count - frame->line_count + i]);
    frame->lines_title = memory_copy_string(title);
    frame->cursor = frame->top = frame->lines_shift = 0;
    frame->overlay = OVERLAY_LINES;
}

bool frame_busy(const struct frame *frame)
{
    return frame->overlay != OVERLAY_NONE;
}

bool frame_wants_flush(struct frame *frame)
{
    bool flush = frame->flush;
    frame->flush = false;
    return flush;
}

void frame_help(struct frame *frame)
{
    help_open(frame);
}

void frame_palette(struct frame *frame, const char *text)
{
    palette_open(frame, text);
}

/* --- keys */

/* Leaving what would lose typed text is asked about first. */
static struct view_effect leave(struct frame *frame, enum view_effect_kind kind)
{
    if (frame->view == NULL || !view_dirty(frame->view))
        return effect_kind(kind);
    frame->leaving = kind;
    frame->overlay = OVERLAY_LEAVE;
    snprintf(frame->question, sizeof frame->question, "%s",
             _("What you typed here is lost then. Leave all the same?"));
    return effect_redraw();
}

static struct view_effect answer(struct frame *frame, bool yes)
{
    enum overlay overlay = frame->overlay;
    overlay_close(frame);
    if (overlay == OVERLAY_LEAVE)
        return yes ? effect_kind(frame->leaving) : effect_redraw();
    return (struct view_effect){.kind = VIEW_ANSWER, .token = frame->token, .yes = yes};
}

static struct view_effect ask_key(struct frame *frame, const struct input_event *event)
{
    if (event->code == 'y' || event->code == 'Y')
        return answer(frame, true);
    if (event->code == 'n' || event->code == 'N' || event->code == INPUT_ESCAPE)
        return answer(frame, false);
    return effect_none(); /* Enter never confirms */
}

/* The letter after `g`. */
static struct view_effect go_key(struct frame *frame, const struct input_event *event)
{
    overlay_close(frame);
    frame->message[0] = '\0';
    for (size_t i = 0; i < frame->world->place_count; i++) {
        const struct view_place *place = &frame->world->places[i];
        if (event->code == place->letter)
            return (struct view_effect){.kind = VIEW_OPEN, .name = place->screen};
    }
    if (event->code > ' ' && event->code < 0x7f)
        frame_message(frame, ROLE_WARNING, _("g %c leads nowhere; g shows where it can go."),
                      (char)event->code);
    return effect_redraw();
}

static struct view_effect go_open(struct frame *frame)
{
    size_t length = 0;
    frame->overlay = OVERLAY_GO;
    frame->message[0] = '\0';
    frame->message_role = ROLE_TEXT;
    for (size_t i = 0; i < frame->world->place_count && length < MESSAGE_MAX - 1; i++) {
        const struct view_place *place = &frame->world->places[i];
        int added = snprintf(frame->message + length, MESSAGE_MAX - length, "%s%c %s",
                             i == 0 ? _("Go to  ") : "  ", place->letter, _(place->word));
        length += added > 0 ? (size_t)added : 0;
    }
    return effect_redraw();
}

static struct view_effect lines_key(struct frame *frame, const struct input_event *event)
{
    size_t page = frame->overlay_rows > 1 ? (size_t)frame->overlay_rows - 1 : 1;
    size_t most = frame->line_count > (size_t)frame->overlay_rows
                      ? frame->line_count - (size_t)frame->overlay_rows : 0;
    switch (event->code) {
    case INPUT_UP: frame->top -= frame->top > 0; break;
    case INPUT_DOWN: frame->top += frame->top < most; break;
    case INPUT_LEFT: frame->lines_shift -= frame->lines_shift > 0 ? LINES_STEP : 0; break;
    case INPUT_RIGHT:
        frame->lines_shift += frame->lines_shift < LINES_WIDTH ? LINES_STEP : 0;
        break;
    case INPUT_PAGE_UP: frame->top = frame->top > page ? frame->top - page : 0; break;
    case INPUT_PAGE_DOWN: frame->top = frame->top + page < most ? frame->top + page : most; break;
    case INPUT_ESCAPE: case INPUT_ENTER: case 'q': case '@': case INPUT_F(3): case INPUT_F(12):
        overlay_close(frame);
        break;
    default: return effect_none();
    }
    return effect_redraw();
}

static bool something_runs(const struct frame *frame)
{
    int64_t since = 0;
    /* Before the screen says so, nobody knows of anything to cancel: Esc means back. */
    bool waiting = frame->view != NULL && view_waiting(frame->view, &since) &&
                   frame->world->clock.monotonic_us - since >= QUICK_US;
    return waiting || (frame->progress.label != NULL && frame->progress.can_cancel);
}

static struct view_effect cancel(struct frame *frame)
{
    if (frame->view != NULL && frame->progress.label == NULL)
        view_cancelled(frame->view);
    return effect_kind(VIEW_CANCEL);
}

/* Keys that mean the same wherever no text is typed. */
static struct view_effect letter_key(struct frame *frame, int32_t code)
{
    switch (code) {
    case '?': help_open(frame); return effect_redraw();
    case ':': palette_open(frame, ""); return effect_redraw();
    case 'g': return go_open(frame);
    case '[': return leave(frame, VIEW_BACK);
    case ']': return leave(frame, VIEW_FORWARD);
    case '-': return leave(frame, VIEW_LAST);
    case 'q': return leave(frame, VIEW_LEAVE);
    case '@': return effect_kind(VIEW_LOG);
    case 'n': return effect_kind(VIEW_NEW);
    default: break;
    }
    if (code <= ' ' || code >= 0x7f)
        return effect_none();
    frame_message(frame, ROLE_WARNING, _("%c does nothing here; ? lists the keys."), (char)code);
    return effect_redraw();
}

static struct view_effect common_key(struct frame *frame, const struct input_event *event)
{
    switch (event->code) {
    case INPUT_F1: help_open(frame); return effect_redraw();
    case INPUT_F(3): return leave(frame, VIEW_LEAVE);
    case INPUT_F(6): return effect_kind(VIEW_NEW);
    case INPUT_F(9): return go_open(frame);
    case INPUT_ESCAPE: case INPUT_F(12): return leave(frame, VIEW_BACK);
    case INPUT_CTRL('c'):
        frame_message(frame, ROLE_TEXT, "%s", _("q leaves; Esc goes back."));
        return effect_redraw();
    case INPUT_CTRL('l'): return effect_kind(VIEW_REPAINT);
    case INPUT_CTRL('z'): return effect_kind(VIEW_SUSPEND);
    default: break;
    }
    bool typing = frame->view != NULL && frame->view->typing;
    return typing || event->alt ? effect_none() : letter_key(frame, event->code);
}

/* An action that is off says why instead of running. */
static struct view_effect guard_off(struct frame *frame, struct view_effect effect)
{
    if (effect.kind != VIEW_RUN || effect.run == NULL)
        return effect;
    const struct view_action *action = world_action(frame->world, effect.run->action);
    if (action == NULL || action->off == NULL)
        return effect;
    view_run_free(effect.run);
    frame_message(frame, ROLE_WARNING, "%s", _(action->off));
    return effect_redraw();
}

struct view_effect frame_press(struct frame *frame, const struct input_event *event)
{
    bool escape = event->code == INPUT_ESCAPE || event->code == INPUT_F(12) ||
                  event->code == INPUT_CTRL('c');
    if (escape && something_runs(frame))
        return cancel(frame);
    struct view_effect effect =
        frame->view == NULL ? effect_none() : view_key(frame->view, event);
    if (effect.kind == VIEW_NONE)
        effect = common_key(frame, event);
    if (effect.kind == VIEW_MESSAGE)
        frame_message(frame, ROLE_WARNING, "%s", effect.text);
    return guard_off(frame, effect);
}

/* Esc and what leads away from the rows works however long they take. */
bool frame_holds(const struct frame *frame, const struct input_event *event)
{
    static const int32_t free_keys[] = {
        '?', ':', 'g', '[', ']', '-', 'q', '@', '/', '\\', INPUT_F1, INPUT_F(3), INPUT_F(9),
        INPUT_F(12), INPUT_ESCAPE, INPUT_CTRL('c'), INPUT_CTRL('l'), INPUT_CTRL('z')};
    const struct view *view = frame->view;
    if (frame->overlay != OVERLAY_NONE || view == NULL || view->typing || !view_unsettled(view))
        return false;
    for (size_t i = 0; i < sizeof free_keys / sizeof free_keys[0]; i++) {
        if (event->code == free_keys[i])
            return false;
    }
    return true;
}

struct view_effect frame_key(struct frame *frame, const struct input_event *event)
{
    frame->pressed = true;
    if (frame->overlay != OVERLAY_GO)
        frame->message[0] = '\0';
    switch (frame->overlay) {
    case OVERLAY_ASK: case OVERLAY_LEAVE: return ask_key(frame, event);
    case OVERLAY_DANGER: return danger_key(frame, event);
    case OVERLAY_HELP: return help_key(frame, event);
    case OVERLAY_PALETTE: return palette_key(frame, event);
    case OVERLAY_LINES: return lines_key(frame, event);
    case OVERLAY_GO: return go_key(frame, event);
    case OVERLAY_SECRET: return secret_key(frame, event);
    case OVERLAY_NONE: break;
    }
    return frame_press(frame, event);
}

bool frame_idle(struct frame *frame)
{
    if (frame->view != NULL)
        view_idle(frame->view);
    return true; /* clock, ages and progress are drawn anew; equal cells cost nothing */
}

int frame_wake_ms(const struct frame *frame)
{
    int64_t since = 0;
    bool waiting = frame->view != NULL && view_waiting(frame->view, &since);
    bool quick = waiting || frame->facts.acting != NULL || frame->progress.label != NULL ||
                 frame->overlay == OVERLAY_DANGER;
    return quick ? 200 : 1000;
}
