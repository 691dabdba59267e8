/* The key decoder: pieces of any size give the same events, and every paste is printable. */
#include "fuzz.h"

#include <string.h>

#include "daybook/term/editor.h"
#include "daybook/term/keys.h"

/* Sums up events so that two ways of feeding can be compared. */
static uint64_t mix(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * UINT64_C(1099511628211);
}

static void check_paste(const struct input_event *event)
{
    char again[KEYS_PASTE_MAX * 6 + 1];
    size_t length = text_printable(again, sizeof again, (struct span){event->text, event->length});
    FUZZ_HOLDS(length == event->length && memcmp(again, event->text, length) == 0);
}

static uint64_t drain(struct keys *keys, struct editor *editor, uint64_t sum)
{
    struct input_event event;
    while (keys_next(keys, &event)) {
        sum = mix(mix(sum, (uint64_t)event.code), event.alt);
        if (event.code == INPUT_PASTE) {
            check_paste(&event);
            for (size_t i = 0; i < event.length; i++)
                sum = mix(sum, (unsigned char)event.text[i]);
        }
        editor_key(editor, &event);
        FUZZ_HOLDS(text_is_utf8((struct span){editor->text, editor->length}));
        FUZZ_HOLDS(editor->cursor <= editor->length && editor_graphemes(editor) <= 40);
    }
    return sum;
}

static uint64_t decode(const uint8_t *data, size_t size, size_t piece)
{
    struct keys keys;
    struct editor editor;
    uint64_t sum = 0;
    keys_init(&keys);
    keys_learn(&keys, "\033[X", INPUT_F(11));
    editor_init(&editor, 40);
    for (size_t at = 0; at < size; at += piece) {
        size_t count = size - at < piece ? size - at : piece;
        FUZZ_HOLDS(keys_feed(&keys, (const char *)data + at, count) == count);
        sum = drain(&keys, &editor, sum);
    }
    while (keys_waiting(&keys)) {
        keys_expire(&keys);
        sum = drain(&keys, &editor, sum);
    }
    editor_free(&editor);
    keys_free(&keys);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    uint64_t whole = decode(data, size, 4096);
    FUZZ_HOLDS(decode(data, size, 1) == whole);
    FUZZ_HOLDS(decode(data, size, 3) == whole);
    return 0;
}
