/* Names of keys, as screen files, the key bar and scripts write them. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "daybook/term/keys.h"

static const struct {
    const char *name;
    int32_t code;
} named[] = {
    {.name = "Enter", .code = INPUT_ENTER},      {.name = "Esc", .code = INPUT_ESCAPE},
    {.name = "Tab", .code = INPUT_TAB},          {.name = "BackTab", .code = INPUT_BACKTAB},
    {.name = "Backspace", .code = INPUT_BACKSPACE}, {.name = "Del", .code = INPUT_DELETE},
    {.name = "Ins", .code = INPUT_INSERT},       {.name = "Up", .code = INPUT_UP},
    {.name = "Down", .code = INPUT_DOWN},        {.name = "Left", .code = INPUT_LEFT},
    {.name = "Right", .code = INPUT_RIGHT},      {.name = "Home", .code = INPUT_HOME},
    {.name = "End", .code = INPUT_END},          {.name = "PgUp", .code = INPUT_PAGE_UP},
    {.name = "PgDn", .code = INPUT_PAGE_DOWN},   {.name = "WordLeft", .code = INPUT_WORD_LEFT},
    {.name = "WordRight", .code = INPUT_WORD_RIGHT}, {.name = "Undo", .code = INPUT_UNDO},
    {.name = "Space", .code = ' '},
};
enum { NAMED_COUNT = sizeof named / sizeof named[0] };

const char *keys_name(int32_t code, char out[16])
{
    out[0] = '\0';
    for (size_t i = 0; i < NAMED_COUNT; i++) {
        if (named[i].code == code) {
            snprintf(out, 16, "%s", named[i].name);
            return out;
        }
    }
    if (code >= INPUT_F1 && code <= INPUT_F12)
        snprintf(out, 16, "F%d", code - INPUT_F1 + 1);
    else if (code >= INPUT_CTRL_A && code <= INPUT_CTRL_Z)
        snprintf(out, 16, "Ctrl-%c", 'A' + (code - INPUT_CTRL_A));
    else if (code > ' ' && code < INPUT_NONE)
        out[text_encode(code, out)] = '\0';
    return out;
}

static bool function_key(const char *name, int32_t *code)
{
    int64_t number = 0;
    if (name[0] != 'F' || !text_to_int64(span_of(name + 1), &number) || number < 1 || number > 12)
        return false;
    *code = INPUT_F((int32_t)number);
    return true;
}

bool keys_code(const char *name, int32_t *code)
{
    for (size_t i = 0; i < NAMED_COUNT; i++) {
        if (strcasecmp(named[i].name, name) == 0) {
            *code = named[i].code;
            return true;
        }
    }
    if (strncasecmp(name, "Ctrl-", 5) == 0 && name[5] != '\0' && name[6] == '\0') {
        int letter = name[5] | 0x20;
        *code = INPUT_CTRL(letter);
        return letter >= 'a' && letter <= 'z';
    }
    size_t used = 0;
    size_t length = strlen(name);
    if (length > 0) {
        *code = text_decode(name, length, &used);
        if (used == length)
            return *code > ' ' && *code != 0x7f;
    }
    return function_key(name, code);
}
