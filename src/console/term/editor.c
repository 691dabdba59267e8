/* The line editor: one line of text edited by graphemes. */
#include "daybook/term/editor.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"

void editor_init(struct editor *editor, size_t max_graphemes)
{
    memset(editor, 0, sizeof *editor);
    editor->text = memory_new(EDITOR_BYTES_MAX);
    editor->max_graphemes = max_graphemes;
}

static void undo_forget(struct editor *editor)
{
    for (size_t i = 0; i < editor->undo_count; i++) {
        if (editor->masked)
            explicit_bzero(editor->undo[i].text, editor->undo[i].length);
        free(editor->undo[i].text);
    }
    editor->undo_count = 0;
    editor->typing = false;
}

void editor_free(struct editor *editor)
{
    undo_forget(editor);
    if (editor->text != NULL && editor->masked)
        explicit_bzero(editor->text, EDITOR_BYTES_MAX);
    free(editor->text);
    editor->text = NULL;
}

const char *editor_text(const struct editor *editor)
{
    return editor->text;
}

static size_t count_graphemes(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t at = 0; at < length; count++)
        at += text_grapheme((struct span){text + at, length - at});
    return count;
}

size_t editor_graphemes(const struct editor *editor)
{
    return count_graphemes(editor->text, editor->length);
}

void editor_set(struct editor *editor, const char *text)
{
    undo_forget(editor);
    editor->length = editor->cursor = 0;
    editor->text[0] = '\0';
    editor_insert(editor, span_of(text));
    undo_forget(editor);
}

static void undo_push(struct editor *editor)
{
    if (editor->undo_count == EDITOR_UNDO_MAX) {
        free(editor->undo[0].text);
        memmove(editor->undo, editor->undo + 1,
                (EDITOR_UNDO_MAX - 1) * sizeof editor->undo[0]);
        editor->undo_count--;
    }
    struct editor_state *state = &editor->undo[editor->undo_count++];
    state->text = memory_copy(editor->text, editor->length + 1);
    state->length = editor->length;
    state->cursor = editor->cursor;
}

bool editor_undo(struct editor *editor)
{
    if (editor->undo_count == 0)
        return false;
    struct editor_state *state = &editor->undo[--editor->undo_count];
    memcpy(editor->text, state->text, state->length + 1);
    editor->length = state->length;
    editor->cursor = state->cursor;
    if (editor->masked)
        explicit_bzero(state->text, state->length);
    free(state->text);
    editor->typing = false;
    return true;
}

/* A mark typed after a letter may join it: the cursor goes to the edge of what is one now. */
static void snap_cursor(struct editor *editor)
{
    size_t at = 0;
    while (at < editor->cursor)
        at += text_grapheme((struct span){editor->text + at, editor->length - at});
    editor->cursor = at;
}

/* Bytes of the longest beginning of text that fits by bytes and by graphemes at the cursor. */
static size_t fitting(const struct editor *editor, struct span text)
{
    char joined[EDITOR_BYTES_MAX];
    size_t room = EDITOR_BYTES_MAX - 1 - editor->length;
    size_t fits = 0;
    memcpy(joined, editor->text, editor->cursor);
    while (fits < text.length) {
        size_t next = fits + text_grapheme((struct span){text.data + fits, text.length - fits});
        if (next > room)
            break;
        if (editor->max_graphemes > 0) {
            size_t tail = editor->length - editor->cursor;
            memcpy(joined + editor->cursor, text.data, next);
            memcpy(joined + editor->cursor + next, editor->text + editor->cursor, tail);
            if (count_graphemes(joined, editor->length + next) > editor->max_graphemes)
                break;
        }
        fits = next;
    }
    explicit_bzero(joined, sizeof joined);
    return fits;
}

bool editor_insert(struct editor *editor, struct span text)
{
    char safe[EDITOR_BYTES_MAX];
    struct span printable = {safe, text_printable(safe, sizeof safe, text)};
    size_t length = fitting(editor, printable);
    if (length == 0)
        return printable.length == 0;
    memmove(editor->text + editor->cursor + length, editor->text + editor->cursor,
            editor->length - editor->cursor + 1);
    memcpy(editor->text + editor->cursor, safe, length);
    editor->length += length;
    editor->cursor += length;
    snap_cursor(editor);
    explicit_bzero(safe, sizeof safe);
    return true;
}

/* A mark alone would be given a base by text_printable(); typed after a letter it belongs to
 * that. */
static bool insert_mark(struct editor *editor, const char *bytes, size_t length)
{
    if (editor->cursor == 0 || editor->length + length >= EDITOR_BYTES_MAX)
        return false;
    size_t before = text_grapheme_before((struct span){editor->text, editor->length},
                                         editor->cursor);
    size_t start = editor->cursor - before;
    char cluster[256];
    if (before + length > 64)
        return false;
    memcpy(cluster, editor->text + start, before);
    memcpy(cluster + before, bytes, length);
    struct span whole = {cluster, before + length};
    char safe[256];
    size_t safe_length = text_printable(safe, sizeof safe, whole);
    if (text_grapheme(whole) != whole.length || safe_length != whole.length)
        return false;
    memmove(editor->text + editor->cursor + length, editor->text + editor->cursor,
            editor->length - editor->cursor + 1);
    memcpy(editor->text + editor->cursor, bytes, length);
    editor->length += length;
    editor->cursor += length;
    return true;
}

static void delete_range(struct editor *editor, size_t from, size_t to)
{
    assert(from <= to && to <= editor->length);
    if (from == to)
        return;
    undo_push(editor);
    editor->typing = false;
    memmove(editor->text + from, editor->text + to, editor->length - to + 1);
    editor->length -= to - from;
    editor->cursor = from;
    snap_cursor(editor);
}

static size_t left_of(const struct editor *editor, size_t at)
{
    return at - text_grapheme_before((struct span){editor->text, editor->length}, at);
}

static size_t right_of(const struct editor *editor, size_t at)
{
    return at + text_grapheme((struct span){editor->text + at, editor->length - at});
}

static bool blank_at(const struct editor *editor, size_t at)
{
    return editor->text[at] == ' ';
}

static size_t word_left(const struct editor *editor)
{
    size_t at = editor->cursor;
    while (at > 0 && blank_at(editor, left_of(editor, at)))
        at = left_of(editor, at);
    while (at > 0 && !blank_at(editor, left_of(editor, at)))
        at = left_of(editor, at);
    return at;
}

static size_t word_right(const struct editor *editor)
{
    size_t at = editor->cursor;
    while (at < editor->length && !blank_at(editor, at))
        at = right_of(editor, at);
    while (at < editor->length && blank_at(editor, at))
        at = right_of(editor, at);
    return at;
}

static bool type_character(struct editor *editor, int32_t character)
{
    char bytes[4];
    size_t length = text_encode(character, bytes);
    if (!editor->typing || character == ' ') {
        undo_push(editor);
        editor->typing = true;
    }
    if (!insert_mark(editor, bytes, length))
        editor_insert(editor, (struct span){bytes, length});
    return true;
}

static bool move_key(struct editor *editor, int32_t code)
{
    switch (code) {
    case INPUT_LEFT: case INPUT_CTRL('b'):
        editor->cursor = left_of(editor, editor->cursor);
        break;
    case INPUT_RIGHT: case INPUT_CTRL('f'):
        editor->cursor = right_of(editor, editor->cursor);
        break;
    case INPUT_HOME: case INPUT_CTRL('a'):
        editor->cursor = 0;
        break;
    case INPUT_END: case INPUT_CTRL('e'):
        editor->cursor = editor->length;
        break;
    case INPUT_WORD_LEFT:
        editor->cursor = word_left(editor);
        break;
    case INPUT_WORD_RIGHT:
        editor->cursor = word_right(editor);
        break;
    default:
        return false;
    }
    editor->typing = false;
    return true;
}

static bool delete_key(struct editor *editor, int32_t code)
{
    size_t cursor = editor->cursor;
    switch (code) {
    case INPUT_BACKSPACE:
        delete_range(editor, left_of(editor, cursor), cursor);
        return true;
    case INPUT_DELETE: case INPUT_CTRL('d'):
        delete_range(editor, cursor, right_of(editor, cursor));
        return true;
    case INPUT_CTRL('w'):
        delete_range(editor, word_left(editor), cursor);
        return true;
    case INPUT_CTRL('u'):
        delete_range(editor, 0, cursor);
        return true;
    case INPUT_CTRL('k'):
        delete_range(editor, cursor, editor->length);
        return true;
    case INPUT_UNDO:
        return editor_undo(editor) || true;
    default:
        return false;
    }
}

bool editor_key(struct editor *editor, const struct input_event *event)
{
    int32_t code = event->code;
    if (code == INPUT_PASTE) {
        undo_push(editor);
        editor->typing = false;
        editor_insert(editor, (struct span){event->text, event->length});
        return true;
    }
    if (event->alt && (code == 'b' || code == 'f'))
        code = code == 'b' ? INPUT_WORD_LEFT : INPUT_WORD_RIGHT;
    else if (event->alt)
        return false;
    if (code < INPUT_NONE)
        return code >= ' ' && type_character(editor, code);
    return move_key(editor, code) || delete_key(editor, code);
}

/* What the eye sees: the text, or a dot for each of its graphemes; returns the cursor's byte. */
static size_t shown_text(const struct editor *editor, char *out, size_t *length)
{
    if (!editor->masked) {
        memcpy(out, editor->text, editor->length + 1);
        *length = editor->length;
        return editor->cursor;
    }
    size_t count = editor_graphemes(editor);
    memset(out, '*', count);
    out[count] = '\0';
    *length = count;
    return count_graphemes(editor->text, editor->cursor);
}

void editor_window(const struct editor *editor, int width, char *out, size_t out_size,
                   int *cursor_cell)
{
    char shown[EDITOR_BYTES_MAX];
    size_t length = 0;
    size_t cursor = shown_text(editor, shown, &length);
    size_t from = 0;
    /* The cursor needs a cell of its own, so the piece before it is shorter than the width. */
    while (text_width((struct span){shown + from, cursor - from}) >= width && from < cursor)
        from += text_grapheme((struct span){shown + from, length - from});
    int cells = 0;
    size_t bytes = text_cut((struct span){shown + from, length - from}, width, &cells);
    if (bytes >= out_size)
        bytes = 0;
    memcpy(out, shown + from, bytes);
    out[bytes] = '\0';
    *cursor_cell = text_width((struct span){shown + from, cursor - from});
    explicit_bzero(shown, sizeof shown);
}
