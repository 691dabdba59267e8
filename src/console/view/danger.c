/* The danger dialog: for what moves money or cannot be undone (UI.md lesson 1). */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "frame_inside.h"

enum { ACT, COUNTERPARTY, AMOUNT, WORDS, ROWS, PROOF_LABEL };

static void keep_line(struct frame *frame, int index, const char *text)
{
    text_printable(frame->danger_lines[index], MESSAGE_MAX, span_of(text));
}

void frame_danger(struct frame *frame, const void *token, const struct frame_danger *danger)
{
    assert(danger->proof != NULL && danger->proof[0] != '\0');
    overlay_close(frame);
    keep_line(frame, ACT, danger->act);
    keep_line(frame, COUNTERPARTY, danger->counterparty);
    keep_line(frame, AMOUNT, danger->amount);
    keep_line(frame, WORDS, danger->amount_words);
    keep_line(frame, ROWS, danger->rows);
    keep_line(frame, PROOF_LABEL, danger->proof_label);
    text_printable(frame->proof, sizeof frame->proof, span_of(danger->proof));
    frame->typed[0] = '\0';
    frame->token = token;
    frame->opened_us = frame->world->clock.monotonic_us;
    frame->overlay = OVERLAY_DANGER;
    frame->flush = true;
}

static bool awake(const struct frame *frame)
{
    return frame->world->clock.monotonic_us - frame->opened_us >= DANGER_IGNORES_US;
}

static bool proof_given(const struct frame *frame)
{
    return strcmp(frame->typed, frame->proof) == 0;
}

/* The proof, then the word: "0417 post" or "0417post". */
static bool word_given(const struct frame *frame)
{
    size_t length = strlen(frame->proof);
    const char *rest = frame->typed + length;
    if (strncmp(frame->typed, frame->proof, length) != 0)
        return false;
    rest += *rest == ' ';
    return strcmp(rest, "post") == 0;
}

static struct view_effect finish(struct frame *frame, bool yes)
{
    overlay_close(frame);
    frame->typed[0] = '\0';
    return (struct view_effect){.kind = VIEW_ANSWER, .token = frame->token, .yes = yes};
}

struct view_effect danger_key(struct frame *frame, const struct input_event *event)
{
    size_t length = strlen(frame->typed);
    if (!awake(frame))
        return effect_none();
    if (event->code == INPUT_ESCAPE || event->code == INPUT_F(12) ||
        event->code == INPUT_CTRL('c'))
        return finish(frame, false);
    if (event->code == INPUT_F(10))
        return proof_given(frame) ? finish(frame, true) : effect_redraw();
    if (event->code == INPUT_BACKSPACE) {
        if (length > 0)
            frame->typed[length - 1] = '\0';
        return effect_redraw();
    }
    /* Only what can be typed by hand counts: no paste, nothing beyond ASCII. */
    if (event->alt || event->code < ' ' || event->code > '~' || length + 1 >= sizeof frame->typed)
        return effect_none();
    frame->typed[length] = (char)event->code;
    frame->typed[length + 1] = '\0';
    return word_given(frame) ? finish(frame, true) : effect_redraw();
}

void danger_draw(struct frame *frame, struct surface *surface, struct area area)
{
    int col = area.col + 4, width = area.cols - 8, row = area.row + 2;
    surface_clear(surface, area);
    row += draw_wrapped(surface, row, col, width, 2, ROLE_BAD, frame->danger_lines[ACT]) + 1;
    for (int i = COUNTERPARTY; i <= ROWS; i++) {
        enum text_role role = i == AMOUNT ? ROLE_SELECTED : ROLE_TEXT;
        row += draw_wrapped(surface, row, col, width, i == WORDS ? 4 : 2, role,
                            frame->danger_lines[i]);
    }
    if (frame->facts.environment != NULL)
        surface_printf(surface, row++, col, ROLE_TEXT, _("in %s"), frame->facts.environment);
    row++;
    surface_cursor(surface, area.row + 2, area.col);
    /* The prompt comes with the moment from which keys count. */
    if (awake(frame)) {
        surface_printf(surface, row, col, ROLE_TEXT, _("Type %s, then F10 or the word post:"),
                       frame->danger_lines[PROOF_LABEL]);
        surface_text(surface, row + 1, col, 24, ROLE_INPUT, frame->typed);
        surface_cursor(surface, row + 1, col + (int)strlen(frame->typed));
    }
    row += 3;
    surface_put(surface, row, col, ROLE_DIM, _("Esc goes back; nothing is done then."));
}
