/* The frame's state and what lies over a view. Private to view. */
#ifndef DAYBOOK_CONSOLE_VIEW_FRAME_INSIDE_H
#define DAYBOOK_CONSOLE_VIEW_FRAME_INSIDE_H

#include "daybook/view/frame.h"
#include "inside.h"

enum {
    SMALL_ROWS = 15,
    SMALL_COLS = 60,
    DANGER_IGNORES_US = 400 * 1000, /* UI.md lesson 1 */
    HELP_ENTRIES_MAX = 200,
    PALETTE_ROWS = 8,
    PALETTE_HISTORY = 32,
    LINES_MAX = 1000,
    LINES_STEP = 20,   /* cells that Right scrolls lines by, */
    LINES_WIDTH = 200  /* so far at most */
};

enum overlay {
    OVERLAY_NONE, OVERLAY_ASK, OVERLAY_LEAVE, OVERLAY_DANGER, OVERLAY_HELP, OVERLAY_PALETTE,
    OVERLAY_LINES, OVERLAY_GO, OVERLAY_SECRET
};

/* One line of the help: what a key does. Enter on it presses the key or gives the command. */
struct help_entry {
    char key[24];
    const char *word, *help, *off;
    bool command;
    bool section; /* a heading */
};

struct frame {
    struct view_world *world;
    struct view *view;
    struct frame_facts facts;
    struct frame_progress progress;
    enum overlay overlay;
    enum text_role message_role;
    char message[MESSAGE_MAX];
    bool flush;
    bool pressed; /* a key since the start: what stood there was read */
    /* question */
    const void *token;
    char question[MESSAGE_MAX];
    enum view_effect_kind leaving; /* what OVERLAY_LEAVE does on yes */
    /* danger */
    char danger_lines[6][MESSAGE_MAX]; /* act, counterparty, amount, words, rows, proof label */
    char proof[64];
    char typed[80];
    bool typed_wrong; /* the last answer was not the proof: said until the next key */
    int64_t opened_us;
    /* help and lines */
    struct help_entry entries[HELP_ENTRIES_MAX];
    size_t entry_count, cursor, top;
    struct editor secret; /* a passphrase while it is typed; text NULL: none */
    struct editor search; /* of the help, and the palette's line */
    char **lines;
    size_t line_count;
    char *lines_title;
    size_t lines_shift; /* cells scrolled away to the left */
    int overlay_rows; /* of the list at the last draw */
    /* palette */
    char *history[PALETTE_HISTORY];
    size_t history_count, history_at;
    char command[EDITOR_BYTES_MAX]; /* what VIEW_COMMAND points to */
};

void overlay_close(struct frame *frame);

/* danger.c */
struct view_effect danger_key(struct frame *frame, const struct input_event *event);
void danger_draw(struct frame *frame, struct surface *surface, struct area area);

/* ask_secret.c */
struct view_effect secret_key(struct frame *frame, const struct input_event *event);
void secret_draw(struct frame *frame, struct surface *surface, struct area area);

/* help.c */
void help_open(struct frame *frame);
struct view_effect help_key(struct frame *frame, const struct input_event *event);
void help_draw(struct frame *frame, struct surface *surface, struct area area);

/* palette.c */
void palette_open(struct frame *frame, const char *text);
struct view_effect palette_key(struct frame *frame, const struct input_event *event);
void palette_draw(struct frame *frame, struct surface *surface, int row, struct area body);

/* frame_status.c: over the line of the keys too, where a sentence is long */
void status_draw(struct frame *frame, struct surface *surface, int row);

/* frame_draw.c */
void title_draw(const struct frame *frame, struct surface *surface);
void keybar_draw(const struct frame *frame, struct surface *surface, int row);

/* frame.c: presses a key as if typed on the view and beyond it */
struct view_effect frame_press(struct frame *frame, const struct input_event *event);
/* The word of a key of the screen: the action's, or the opened screen's title. */
const char *binding_word(const struct view_world *world, const struct screen_key *key);

#endif
