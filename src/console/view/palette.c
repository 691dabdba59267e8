/* The command palette: a line after `:`, with what fits listed above it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame_inside.h"

void palette_open(struct frame *frame, const char *text)
{
    overlay_close(frame);
    editor_set(&frame->search, text);
    frame->cursor = 0;
    frame->history_at = frame->history_count;
    frame->overlay = OVERLAY_PALETTE;
}

/* Commands that begin with what was typed; once a blank is typed, only the command itself. */
static size_t matching(const struct frame *frame, const struct view_command **found, size_t most)
{
    const char *typed = editor_text(&frame->search);
    size_t length = strcspn(typed, " "), count = 0;
    bool whole = typed[length] == ' ';
    for (size_t i = 0; i < frame->world->command_count && count < most; i++) {
        const struct view_command *command = &frame->world->commands[i];
        bool fits = strncmp(command->name, typed, length) == 0;
        if (fits && (!whole || command->name[length] == '\0'))
            found[count++] = command;
    }
    return count;
}

static void remember(struct frame *frame, const char *text)
{
    if (frame->history_count == PALETTE_HISTORY) {
        free(frame->history[0]);
        memmove(frame->history, frame->history + 1,
                (PALETTE_HISTORY - 1) * sizeof frame->history[0]);
        frame->history_count--;
    }
    frame->history[frame->history_count++] = memory_copy_string(text);
}

static struct view_effect give(struct frame *frame)
{
    struct span typed = span_trim(span_of(editor_text(&frame->search)));
    if (typed.length == 0) {
        overlay_close(frame);
        return effect_redraw();
    }
    memcpy(frame->command, typed.data, typed.length);
    frame->command[typed.length] = '\0';
    remember(frame, frame->command);
    overlay_close(frame);
    return (struct view_effect){.kind = VIEW_COMMAND, .text = frame->command};
}

static void complete(struct frame *frame)
{
    const struct view_command *found[PALETTE_ROWS];
    char text[128];
    size_t count = matching(frame, found, PALETTE_ROWS);
    if (count == 0 || strchr(editor_text(&frame->search), ' ') != NULL)
        return;
    snprintf(text, sizeof text, "%s ", found[frame->cursor < count ? frame->cursor : 0]->name);
    editor_set(&frame->search, text);
    frame->cursor = 0;
}

static void recall(struct frame *frame, int step)
{
    if (step < 0 && frame->history_at > 0)
        frame->history_at--;
    else if (step > 0 && frame->history_at < frame->history_count)
        frame->history_at++;
    else
        return;
    bool end = frame->history_at == frame->history_count;
    editor_set(&frame->search, end ? "" : frame->history[frame->history_at]);
}

struct view_effect palette_key(struct frame *frame, const struct input_event *event)
{
    const struct view_command *found[PALETTE_ROWS];
    size_t count = matching(frame, found, PALETTE_ROWS);
    switch (event->code) {
    case INPUT_ENTER: return give(frame);
    case INPUT_TAB: complete(frame); break;
    case INPUT_UP:
        if (frame->search.length == 0 || frame->history_at < frame->history_count)
            recall(frame, -1);
        else
            frame->cursor -= frame->cursor > 0;
        break;
    case INPUT_DOWN:
        if (frame->history_at < frame->history_count)
            recall(frame, 1);
        else
            frame->cursor += frame->cursor + 1 < count;
        break;
    case INPUT_ESCAPE: case INPUT_F(3): case INPUT_F(12): overlay_close(frame); break;
    default:
        if (event->code == INPUT_BACKSPACE && frame->search.length == 0)
            overlay_close(frame);
        else if (!editor_key(&frame->search, event))
            return effect_none();
        frame->cursor = 0;
        break;
    }
    return effect_redraw();
}

void palette_draw(struct frame *frame, struct surface *surface, int row, struct area body)
{
    const struct view_command *found[PALETTE_ROWS];
    char text[EDITOR_BYTES_MAX];
    int cursor = 0;
    size_t count = matching(frame, found, PALETTE_ROWS);
    int first = body.row + body.rows - (int)count;
    for (size_t i = 0; i < count; i++) {
        int line = first + (int)i;
        bool selected = frame->cursor == i;
        enum text_role role = selected ? ROLE_SELECTED : ROLE_TEXT;
        surface_fill(surface, line, 0, body.cols, ROLE_TEXT);
        surface_put(surface, line, 0, ROLE_SELECTED, selected ? ">" : " ");
        surface_text(surface, line, 2, 22, role, found[i]->name);
        surface_text(surface, line, 25, body.cols - 26, ROLE_DIM, _(found[i]->help));
    }
    if (first - 1 > body.row) {
        surface_fill(surface, first - 1, 0, body.cols, ROLE_TEXT);
        surface_rule(surface, first - 1, 1, body.cols - 2);
    }
    surface_fill(surface, row, 0, body.cols, ROLE_TEXT);
    surface_put(surface, row, 0, ROLE_KEY, ":");
    editor_window(&frame->search, body.cols - 2, text, sizeof text, &cursor);
    surface_text(surface, row, 1, body.cols - 2, ROLE_TEXT, text);
    surface_cursor(surface, row, 1 + cursor);
}
