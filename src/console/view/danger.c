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
    frame->typed_wrong = false;
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

/* Whoever was wrong reads that and begins with an empty field. */
static struct view_effect wrong(struct frame *frame)
{
    frame->typed[0] = '\0';
    frame->typed_wrong = true;
    return effect_redraw();
}

/* The word after something else than the proof. */
static bool word_after_wrong(const struct frame *frame)
{
    size_t length = strlen(frame->typed);
    return length > 4 && strcmp(frame->typed + length - 4, "post") == 0;
}

static struct view_effect erase(struct frame *frame, size_t length)
{
    frame->typed[length] = '\0';
    return effect_redraw();
}

struct view_effect danger_key(struct frame *frame, const struct input_event *event)
{
    size_t length = strlen(frame->typed);
    if (!awake(frame))
        return effect_none();
    frame->typed_wrong = false;
    if (event->code == INPUT_ESCAPE || event->code == INPUT_F(12) ||
        event->code == INPUT_CTRL('c'))
        return finish(frame, false);
    if (event->code == INPUT_F(10))
        return proof_given(frame) ? finish(frame, true) : wrong(frame);
    if (event->code == INPUT_CTRL('u'))
        return erase(frame, 0);
    if (event->code == INPUT_BACKSPACE)
        return erase(frame, length > 0 ? length - 1 : 0);
    /* Enter never confirms, but it shows that somebody takes a wrong answer for the right one. */
    if (event->code == INPUT_ENTER && length > 0 &&
        strncmp(frame->typed, frame->proof, strlen(frame->proof)) != 0)
        return wrong(frame);
    /* Only what can be typed by hand counts: no paste, nothing beyond ASCII. */
    if (event->alt || event->code < ' ' || event->code > '~' || length + 1 >= sizeof frame->typed)
        return effect_none();
    frame->typed[length] = (char)event->code;
    frame->typed[length + 1] = '\0';
    if (word_given(frame))
        return finish(frame, true);
    return word_after_wrong(frame) ? wrong(frame) : effect_redraw();
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
        if (frame->typed_wrong)
            surface_put(surface, row + 2, col, ROLE_BAD,
                        _("That is not what was asked for; nothing was done. Type it again."));
    }
    row += 3;
    surface_put(surface, row, col, ROLE_DIM, _("Esc goes back; nothing is done then."));
}
