/* The line editor: one line of text edited by graphemes. Pure state; it draws nothing. */
#ifndef DAYBOOK_TERM_EDITOR_H
#define DAYBOOK_TERM_EDITOR_H

#include "daybook/term/keys.h"

enum { EDITOR_BYTES_MAX = 4096, EDITOR_UNDO_MAX = 32 };

struct editor_state {
    char *text;
    size_t length, cursor;
};

struct editor {
    char *text; /* NUL-terminated, always valid UTF-8 */
    size_t length;
    size_t cursor;          /* byte offset, on a grapheme's edge */
    size_t max_graphemes;
    bool masked;            /* drawn as dots, never copied */
    struct editor_state undo[EDITOR_UNDO_MAX]; /* the oldest is forgotten first */
    size_t undo_count;
    bool typing; /* letters in a row are undone together */
};

void editor_init(struct editor *editor, size_t max_graphemes); /* 0: as many as fit */
void editor_free(struct editor *editor);  /* wipes the text if masked */
void editor_set(struct editor *editor, const char *text); /* cursor at the end, undo forgotten */
const char *editor_text(const struct editor *editor);
size_t editor_graphemes(const struct editor *editor);
/* Inserts printable text; what does not fit is left out. False when nothing fitted. */
bool editor_insert(struct editor *editor, struct span text);
/* Arrows, Home/End, Ctrl-A/E, word moves, Backspace, Delete, Ctrl-W (word), Ctrl-U (to the start),
 * Ctrl-K (to the end), Ctrl-_ (undo), Alt-B and Alt-F (words), characters, paste. False: not a key
 * of the editor. */
bool editor_key(struct editor *editor, const struct input_event *event);
bool editor_undo(struct editor *editor);
/* What to draw in `width` cells: a piece of the text (or dots), and the cursor's cell in it. */
void editor_window(const struct editor *editor, int width, char *out, size_t out_size,
                   int *cursor_cell);

#endif
