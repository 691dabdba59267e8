/* The dialog that asks for a passphrase: what is typed is drawn as dots and never leaves the frame
 * but in the answer, after which it is wiped. */
#include <assert.h>
#include <stdio.h>

#include "frame_inside.h"

enum { SECRET_GRAPHEMES_MAX = 200, SECRET_WIDTH = 40 };

void frame_secret(struct frame *frame, const void *token, const char *about, const char *question)
{
    overlay_close(frame);
    frame_secret_wipe(frame);
    editor_init(&frame->secret, SECRET_GRAPHEMES_MAX);
    frame->secret.masked = true;
    text_printable(frame->danger_lines[0], MESSAGE_MAX, span_of(about));
    text_printable(frame->question, sizeof frame->question, span_of(question));
    frame->token = token;
    frame->overlay = OVERLAY_SECRET;
}

void frame_secret_wipe(struct frame *frame)
{
    if (frame->secret.text != NULL)
        editor_free(&frame->secret);
}

/* The answer points to the text until frame_secret_wipe(). */
static struct view_effect finish(struct frame *frame, bool yes)
{
    overlay_close(frame);
    if (!yes)
        frame_secret_wipe(frame);
    return (struct view_effect){.kind = VIEW_ANSWER, .token = frame->token, .yes = yes,
                                .text = yes ? editor_text(&frame->secret) : NULL};
}

struct view_effect secret_key(struct frame *frame, const struct input_event *event)
{
    switch (event->code) {
    case INPUT_ESCAPE: case INPUT_F(12): case INPUT_CTRL('c'): return finish(frame, false);
    case INPUT_ENTER:
        return frame->secret.length == 0 ? effect_none() : finish(frame, true);
    default:
        return editor_key(&frame->secret, event) ? effect_redraw() : effect_none();
    }
}

void secret_draw(struct frame *frame, struct surface *surface, struct area area)
{
    char text[EDITOR_BYTES_MAX];
    int col = area.col + 4, width = area.cols - 8, row = area.row + 2, cursor;
    surface_clear(surface, area);
    row += draw_wrapped(surface, row, col, width, 4, ROLE_HEADING, frame->danger_lines[0]) + 1;
    row += draw_wrapped(surface, row, col, width, 2, ROLE_TEXT, frame->question);
    editor_window(&frame->secret, SECRET_WIDTH, text, sizeof text, &cursor);
    surface_text(surface, row, col, SECRET_WIDTH, ROLE_INPUT, text);
    surface_cursor(surface, row, col + cursor);
    draw_wrapped(surface, row + 2, col, width, 2, ROLE_DIM,
                 _("Enter signs; Esc goes back, and nothing is signed then."));
}
