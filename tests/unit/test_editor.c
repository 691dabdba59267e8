/* The line editor: keys and what comes of them. `|` in the text is the cursor. */
#include "table.h"

#include "daybook/term/editor.h"

static void press(struct editor *editor, struct span word)
{
    char name[256];
    struct input_event event = {0};
    memcpy(name, word.data, word.length);
    name[word.length] = '\0';
    if (strncmp(name, "paste:", 6) == 0) {
        event = (struct input_event){.code = INPUT_PASTE, .text = name + 6,
                                     .length = strlen(name + 6)};
    } else if (strncmp(name, "Alt-", 4) == 0) {
        event.alt = true;
        event.code = name[4];
    } else if (!keys_code(name, &event.code)) {
        /* Marks alone are no names of keys: given as they are. */
        size_t used = 0;
        event.code = text_decode(name, strlen(name), &used);
    }
    editor_key(editor, &event);
}

/* MAX TEXT KEYS: the text, with the cursor. TEXT has the cursor too. */
static void editor_case(const struct table_row *row, char *out, size_t size)
{
    struct editor editor;
    const char *text = table_cell(row, 1), *bar = strchr(text, '|');
    char plain[512];
    editor_init(&editor, (size_t)table_number(row, 0));
    snprintf(plain, sizeof plain, "%.*s%s", (int)(bar - text), text, bar + 1);
    editor_set(&editor, plain);
    editor.cursor = (size_t)(bar - text);
    struct span keys = row->cells[2];
    while (keys.length > 0) {
        const char *blank = memchr(keys.data, ' ', keys.length);
        size_t length = blank == NULL ? keys.length : (size_t)(blank - keys.data);
        press(&editor, (struct span){keys.data, length});
        size_t used = length + (blank != NULL);
        keys = (struct span){keys.data + used, keys.length - used};
    }
    snprintf(out, size, "%.*s|%s", (int)editor.cursor, editor_text(&editor),
             editor_text(&editor) + editor.cursor);
    editor_free(&editor);
}

static void test_table(void **state)
{
    (void)state;
    table_check("tests/unit/editor.tbl", editor_case);
}

static void test_window(void **state)
{
    (void)state;
    struct editor editor;
    char out[64];
    int cursor = 0;
    editor_init(&editor, 0);
    editor_set(&editor, "王小明 and a long tail");
    editor_window(&editor, 10, out, sizeof out, &cursor);
    assert_string_equal(out, "long tail");
    assert_int_equal(cursor, 9);
    editor.cursor = 0;
    editor_window(&editor, 5, out, sizeof out, &cursor);
    assert_string_equal(out, "王小");
    assert_int_equal(cursor, 0);
    editor.masked = true;
    editor.cursor = 6;
    editor_window(&editor, 40, out, sizeof out, &cursor);
    assert_string_equal(out, "*******************");
    assert_int_equal(cursor, 2);
    editor_free(&editor);
}

static void test_limits(void **state)
{
    (void)state;
    struct editor editor;
    static char flood[EDITOR_BYTES_MAX * 2];
    memset(flood, 'x', sizeof flood - 1);
    editor_init(&editor, 0);
    assert_true(editor_insert(&editor, span_of(flood)));
    assert_int_equal(editor.length, EDITOR_BYTES_MAX - 1);
    assert_false(editor_insert(&editor, SPAN("y")));
    struct input_event wipe = {.code = INPUT_CTRL('u')}, letter = {.code = 'a'},
                       undo = {.code = INPUT_UNDO};
    for (int i = 0; i < EDITOR_UNDO_MAX * 2; i++) {
        editor_key(&editor, &wipe);
        editor_key(&editor, &letter);
    }
    for (int i = 0; i < EDITOR_UNDO_MAX * 3; i++)
        editor_key(&editor, &undo);
    assert_int_equal(editor.undo_count, 0);
    editor_free(&editor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_window),
                                       cmocka_unit_test(test_limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
