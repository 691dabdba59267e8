/* text_printable() and its neighbours over any bytes. */
#include "fuzz.h"

#include <string.h>

#include "daybook/base/text.h"

enum { SOURCE_MAX = 4096, OUT_MAX = SOURCE_MAX * 6 };

/* The set of the header: no controls, no ill-formed bytes, no bidi or zero-width characters. */
static void holds_allowed(struct span text)
{
    for (size_t at = 0, used; at < text.length; at += used) {
        int32_t character = text_decode(text.data + at, text.length - at, &used);
        FUZZ_HOLDS(character >= 0x20 && character != 0x7F);
        FUZZ_HOLDS(character < 0x80 || character > 0x9F);
        FUZZ_HOLDS(character < 0x200B || character > 0x200F);
        FUZZ_HOLDS(character < 0x2028 || character > 0x202E);
        FUZZ_HOLDS(character < 0x2060 || character > 0x206F);
        FUZZ_HOLDS(character != 0xFEFF && character != 0xAD);
    }
}

static void holds_printable(struct span source, size_t room)
{
    static char whole[OUT_MAX], again[OUT_MAX], cut[OUT_MAX];
    size_t length = text_printable(whole, sizeof whole, source);
    struct span all = {whole, length};
    FUZZ_HOLDS(length < sizeof whole - 16 && whole[length] == '\0');
    holds_allowed(all);
    FUZZ_HOLDS(text_printable(again, sizeof again, all) == length);
    FUZZ_HOLDS(memcmp(whole, again, length) == 0);
    size_t kept = text_printable(cut, room, source);
    FUZZ_HOLDS(kept < room && kept <= length && memcmp(whole, cut, kept) == 0);
    int cells;
    size_t fits = text_cut(all, (int)(room % 200), &cells);
    FUZZ_HOLDS(fits <= length && cells <= (int)(room % 200));
    FUZZ_HOLDS(text_width((struct span){whole, fits}) == cells);
}

static void holds_graphemes(struct span text)
{
    size_t last = 0;
    for (size_t at = 0; at < text.length; at += last) {
        last = text_grapheme((struct span){text.data + at, text.length - at});
        FUZZ_HOLDS(last > 0 && last <= text.length - at);
    }
    FUZZ_HOLDS(text_grapheme_before(text, text.length) == last);
}

/* Both forms are their own form. */
static void holds_form(struct span text, char *(*form)(struct span))
{
    if (text.length > 0 && memchr(text.data, '\0', text.length) != NULL)
        return; /* the result is a string and ends there */
    char *once = form(text);
    char *twice = form(span_of(once));
    FUZZ_HOLDS(strcmp(once, twice) == 0);
    free(once);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > SOURCE_MAX)
        return 0;
    size_t room = 1 + ((size_t)data[0] << 4 | data[1] >> 4);
    struct span text = {(const char *)data + 2, size - 2};
    holds_printable(text, room);
    holds_graphemes(text);
    holds_form(text, text_normal);
    holds_form(text, text_fold);
    return 0;
}
