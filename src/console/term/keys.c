/* Keys: escape sequences, UTF-8 and pastes decoded from bytes that come in any pieces. */
#include "daybook/term/keys.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"

enum { ESC = 0x1b };

/* What looking at the front of the waiting bytes came to. */
enum outcome {
    OUTCOME_MORE,  /* the rest has not come yet */
    OUTCOME_EVENT, /* `used` bytes made an event */
    OUTCOME_SKIP   /* `used` bytes mean nothing here */
};

struct step {
    enum outcome outcome;
    size_t used;
};

static const char paste_begin[] = "\033[200~";
static const char paste_end[] = "\033[201~";

void keys_init(struct keys *keys)
{
    memset(keys, 0, sizeof *keys);
    buffer_init(&keys->bytes, KEYS_BYTES_MAX);
    buffer_init(&keys->paste, KEYS_PASTE_MAX);
}

void keys_free(struct keys *keys)
{
    buffer_free(&keys->bytes);
    buffer_free(&keys->paste);
    free(keys->paste_text);
    keys->paste_text = NULL;
}

void keys_learn(struct keys *keys, const char *bytes, int32_t code)
{
    size_t length = bytes == NULL ? 0 : strlen(bytes);
    /* One byte is a character or a control key, and those are known already. */
    if (length < 2 || length >= KEYS_SEQUENCE_MAX || keys->learnt_count == KEYS_LEARNT_MAX)
        return;
    struct keys_learnt *learnt = &keys->learnt[keys->learnt_count++];
    memcpy(learnt->bytes, bytes, length);
    learnt->length = length;
    learnt->code = code;
}

size_t keys_feed(struct keys *keys, const char *bytes, size_t length)
{
    size_t room = KEYS_BYTES_MAX - keys->bytes.length;
    size_t taken = length < room ? length : room;
    if (taken > 0) {
        bool fits = buffer_append(&keys->bytes, bytes, taken);
        assert(fits);
        (void)fits;
    }
    keys->expired = false;
    return taken;
}

void keys_flush(struct keys *keys)
{
    buffer_clear(&keys->bytes);
    buffer_clear(&keys->paste);
    keys->pasting = false;
    keys->paste_cut = false;
    keys->expired = false;
}

bool keys_waiting(const struct keys *keys)
{
    return !keys->pasting && keys->bytes.length > 0;
}

void keys_expire(struct keys *keys)
{
    keys->expired = true;
}

static struct step step_event(struct input_event *event, int32_t code, size_t used)
{
    event->code = code;
    return (struct step){OUTCOME_EVENT, used};
}

static struct step step_skip(size_t used)
{
    return (struct step){OUTCOME_SKIP, used};
}

static const struct step step_more = {OUTCOME_MORE, 0};

/* "CSI number ~": the numbers of DEC's editing and function keys. */
static int32_t tilde_code(int number)
{
    static const int16_t function_keys[] = {
        [11] = 1, [12] = 2, [13] = 3, [14] = 4, [15] = 5, [17] = 6,
        [18] = 7, [19] = 8, [20] = 9, [21] = 10, [23] = 11, [24] = 12};
    switch (number) {
    case 1: case 7: return INPUT_HOME;
    case 2: return INPUT_INSERT;
    case 3: return INPUT_DELETE;
    case 4: case 8: return INPUT_END;
    case 5: return INPUT_PAGE_UP;
    case 6: return INPUT_PAGE_DOWN;
    default: break;
    }
    bool known = number > 0 && number < (int)(sizeof function_keys / sizeof function_keys[0]);
    return known && function_keys[number] != 0 ? INPUT_F(function_keys[number]) : INPUT_NONE;
}

/* The last byte of CSI and SS3 sequences; arrows with Ctrl or Alt move by words. */
static int32_t letter_code(char letter, int modifier)
{
    bool word = modifier == 3 || modifier == 5 || modifier == 7;
    switch (letter) {
    case 'A': return INPUT_UP;
    case 'B': return INPUT_DOWN;
    case 'C': return word ? INPUT_WORD_RIGHT : INPUT_RIGHT;
    case 'D': return word ? INPUT_WORD_LEFT : INPUT_LEFT;
    case 'H': return INPUT_HOME;
    case 'F': return INPUT_END;
    case 'M': return INPUT_ENTER;
    case 'Z': return INPUT_BACKTAB;
    case 'P': case 'Q': case 'R': case 'S': return INPUT_F(letter - 'P' + 1);
    default: return INPUT_NONE;
    }
}

/* Parameters of a CSI sequence: the first two numbers, 0 where nothing stands. */
static void csi_numbers(const char *data, size_t length, int numbers[2])
{
    size_t index = 0;
    numbers[0] = numbers[1] = 0;
    for (size_t i = 0; i < length; i++) {
        if (data[i] == ';')
            index++;
        else if (index < 2 && data[i] >= '0' && data[i] <= '9' && numbers[index] < 10000)
            numbers[index] = numbers[index] * 10 + (data[i] - '0');
    }
}

static struct step decode_csi(struct keys *keys, const char *data, size_t length,
                              struct input_event *event)
{
    if (length > 2 && data[2] == '[') { /* the Linux console's F1..F5 */
        if (length < 4)
            return step_more;
        bool known = data[3] >= 'A' && data[3] <= 'E';
        return known ? step_event(event, INPUT_F(data[3] - 'A' + 1), 4) : step_skip(4);
    }
    size_t at = 2;
    while (at < length && at < KEYS_SEQUENCE_MAX && data[at] >= 0x20 && data[at] <= 0x3f)
        at++;
    if (at == length && at < KEYS_SEQUENCE_MAX)
        return step_more;
    char final = data[at < length ? at : length - 1];
    if (final < 0x40 || final > 0x7e) /* no sequence at all: too long, or broken off by a control */
        return step_skip(at);
    size_t used = at + 1;
    if (used == strlen(paste_begin) && memcmp(data, paste_begin, used) == 0) {
        keys->pasting = true;
        return step_skip(used);
    }
    if (final == 'M' && used == 3) /* a mouse report that nobody asked for: three more bytes */
        return length < 6 ? step_more : step_skip(6);
    int numbers[2];
    csi_numbers(data + 2, at - 2, numbers);
    int32_t code = final == '~' ? tilde_code(numbers[0]) : letter_code(final, numbers[1]);
    return code == INPUT_NONE ? step_skip(used) : step_event(event, code, used);
}

/* OSC, DCS, APC, PM: answers of a terminal that nobody asked for; skipped to their end. */
static struct step decode_string(const char *data, size_t length)
{
    for (size_t at = 2; at < length; at++) {
        if (data[at] == '\a')
            return step_skip(at + 1);
        if (data[at] == ESC && at + 1 < length)
            return step_skip(data[at + 1] == '\\' ? at + 2 : at);
    }
    return length == KEYS_BYTES_MAX ? step_skip(length) : step_more;
}

/* A character at data, or a control key. */
static struct step decode_plain(struct keys *keys, const char *data, size_t length,
                                struct input_event *event)
{
    unsigned char first = (unsigned char)data[0];
    if (first == '\r' || first == '\n')
        return step_event(event, INPUT_ENTER, 1);
    if (first == '\t')
        return step_event(event, INPUT_TAB, 1);
    if (first == 0x08 || first == 0x7f)
        return step_event(event, INPUT_BACKSPACE, 1);
    if (first == 0x1f)
        return step_event(event, INPUT_UNDO, 1);
    if (first >= 1 && first <= 26)
        return step_event(event, INPUT_CTRL('a') + first - 1, 1);
    if (first < 0x20)
        return step_skip(1);
    size_t used = 0;
    int32_t character = text_decode(data, length, &used);
    size_t whole = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
    if (character == TEXT_INVALID && used == length && length < whole && !keys->expired)
        return step_more;
    bool control = character >= 0x80 && character < 0xa0;
    if (character == TEXT_INVALID || control)
        return step_skip(used);
    return step_event(event, character, used);
}

/* What a learnt sequence says about the bytes; OUTCOME_SKIP with used 0 when none fits. */
static struct step decode_learnt(const struct keys *keys, const char *data, size_t length,
                                 struct input_event *event)
{
    bool started = false;
    for (size_t i = 0; i < keys->learnt_count; i++) {
        const struct keys_learnt *learnt = &keys->learnt[i];
        size_t common = length < learnt->length ? length : learnt->length;
        if (memcmp(data, learnt->bytes, common) != 0)
            continue;
        if (common == learnt->length)
            return step_event(event, learnt->code, common);
        started = true;
    }
    return started && !keys->expired ? step_more : step_skip(0);
}

static struct step decode_alt(struct keys *keys, const char *data, size_t length,
                              struct input_event *event)
{
    struct step step = decode_plain(keys, data + 1, length - 1, event);
    if (step.outcome == OUTCOME_MORE)
        return step;
    step.used++;
    if (event->code >= '0' && event->code <= '9')
        event->code = INPUT_F(event->code == '0' ? 10 : event->code - '0');
    else if (event->code == INPUT_BACKSPACE)
        event->code = INPUT_CTRL('w');
    else
        event->alt = event->code < INPUT_NONE;
    return step;
}

static struct step decode_escape(struct keys *keys, const char *data, size_t length,
                                 struct input_event *event)
{
    if (length == 1)
        return keys->expired ? step_event(event, INPUT_ESCAPE, 1) : step_more;
    struct step step = decode_learnt(keys, data, length, event);
    if (step.outcome != OUTCOME_SKIP)
        return step;
    if (data[1] == ESC)
        return step_event(event, INPUT_ESCAPE, 1);
    bool alone = length == 2 && keys->expired;
    if (strchr("[O]P^_", data[1]) == NULL || data[1] == '\0' || alone)
        return decode_alt(keys, data, length, event);
    if (data[1] == '[')
        step = decode_csi(keys, data, length, event);
    else if (data[1] != 'O')
        step = decode_string(data, length);
    else if (length < 3)
        step = step_more;
    else if (letter_code(data[2], 0) == INPUT_NONE)
        step = step_skip(3);
    else
        step = step_event(event, letter_code(data[2], 0), 3);
    /* The rest of a sequence never came: what is there means nothing. */
    return step.outcome == OUTCOME_MORE && keys->expired ? step_skip(length) : step;
}

static void paste_keep(struct keys *keys, const char *data, size_t length)
{
    size_t room = KEYS_PASTE_MAX - keys->paste.length;
    size_t kept = length < room ? length : room;
    keys->paste_cut = keys->paste_cut || kept < length;
    if (kept > 0)
        buffer_append(&keys->paste, data, kept);
}

static void paste_finish(struct keys *keys, struct input_event *event)
{
    for (size_t i = 0; i < keys->paste.length; i++) {
        if (strchr("\r\n\t", keys->paste.data[i]) != NULL && keys->paste.data[i] != '\0')
            keys->paste.data[i] = ' ';
    }
    /* A byte becomes at most three (U+FFFD), and a mark may get a base of three more. */
    size_t size = keys->paste.length * 6 + 1;
    free(keys->paste_text);
    keys->paste_text = memory_new(size);
    struct span raw = {keys->paste.data, keys->paste.length};
    event->length = text_printable(keys->paste_text, size, raw);
    event->text = keys->paste_text;
    event->cut = keys->paste_cut;
    event->code = INPUT_PASTE;
    buffer_clear(&keys->paste);
    keys->pasting = false;
    keys->paste_cut = false;
}

/* Moves pasted bytes aside; OUTCOME_EVENT once the end has come. */
static struct step decode_paste(struct keys *keys, struct input_event *event)
{
    const char *data = keys->bytes.data;
    size_t length = keys->bytes.length;
    size_t end_length = strlen(paste_end);
    const char *end = memmem(data, length, paste_end, end_length);
    if (end != NULL) {
        size_t inside = (size_t)(end - data);
        paste_keep(keys, data, inside);
        paste_finish(keys, event);
        return (struct step){OUTCOME_EVENT, inside + end_length};
    }
    /* The last few bytes may be the beginning of the end. */
    size_t sure = length < end_length ? 0 : length - end_length + 1;
    paste_keep(keys, data, sure);
    return sure > 0 ? step_skip(sure) : step_more;
}

static struct step decode(struct keys *keys, struct input_event *event)
{
    if (keys->bytes.length == 0)
        return step_more;
    if (keys->pasting)
        return decode_paste(keys, event);
    const char *data = keys->bytes.data;
    if (data[0] == ESC)
        return decode_escape(keys, data, keys->bytes.length, event);
    return decode_plain(keys, data, keys->bytes.length, event);
}

bool keys_next(struct keys *keys, struct input_event *event)
{
    for (;;) {
        memset(event, 0, sizeof *event);
        event->code = INPUT_NONE;
        struct step step = decode(keys, event);
        if (step.outcome == OUTCOME_MORE)
            return false;
        assert(step.used > 0 && step.used <= keys->bytes.length);
        buffer_drop_front(&keys->bytes, step.used);
        if (step.outcome == OUTCOME_EVENT)
            return true;
    }
}
