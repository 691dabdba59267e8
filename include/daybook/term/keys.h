/* Keys: bytes from a terminal made into events. The decoder is pure and takes its bytes in pieces
 * of any size, one byte at a time if need be. */
#ifndef DAYBOOK_TERM_KEYS_H
#define DAYBOOK_TERM_KEYS_H

#include "daybook/base/buffer.h"
#include "daybook/base/text.h"

enum {
    KEYS_SEQUENCE_MAX = 32,          /* bytes of one escape sequence; longer ones are dropped */
    KEYS_PASTE_MAX = 64 * 1024,      /* bytes kept of one paste */
    KEYS_LEARNT_MAX = 48,
    KEYS_BYTES_MAX = 16 * 1024       /* bytes waiting to be decoded */
};

/* Codes above Unicode for keys that are no character. Characters are their code point; letters with
 * Ctrl are INPUT_CTRL('a'..'z'). */
enum input_code {
    INPUT_NONE = 0x110000,
    INPUT_ENTER,
    INPUT_ESCAPE,
    INPUT_TAB,
    INPUT_BACKTAB,
    INPUT_BACKSPACE,
    INPUT_DELETE,
    INPUT_INSERT,
    INPUT_UP,
    INPUT_DOWN,
    INPUT_LEFT,
    INPUT_RIGHT,
    INPUT_HOME,
    INPUT_END,
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN,
    INPUT_WORD_LEFT,  /* Ctrl or Alt with the arrow */
    INPUT_WORD_RIGHT,
    INPUT_UNDO,       /* Ctrl-_ */
    INPUT_PASTE,      /* text is in the event */
    INPUT_F1,         /* F1..F12 follow each other; Alt-1..Alt-0 are F1..F10 */
    INPUT_F12 = INPUT_F1 + 11,
    INPUT_CTRL_A,     /* Ctrl-A..Ctrl-Z follow each other; Ctrl-H, I, J, M have other names */
    INPUT_CTRL_Z = INPUT_CTRL_A + 25
};
#define INPUT_F(n) ((int32_t)INPUT_F1 + (n)-1)
#define INPUT_CTRL(letter) ((int32_t)INPUT_CTRL_A + (letter) - 'a')

struct input_event {
    int32_t code; /* a character (>= U+0020, printable or not) or an input_code */
    bool alt;     /* with Alt, for characters only */
    const char *text;   /* INPUT_PASTE: printable, line ends as blanks; valid until the next call */
    size_t length;
    bool cut;           /* INPUT_PASTE: more was pasted than KEYS_PASTE_MAX */
};

struct keys_learnt {
    char bytes[KEYS_SEQUENCE_MAX];
    size_t length;
    int32_t code;
};

struct keys {
    struct buffer bytes;  /* not yet decoded */
    struct buffer paste;  /* raw bytes of the paste under way */
    char *paste_text;     /* of the last paste event */
    bool pasting;
    bool paste_cut;
    bool expired; /* the time for the rest of a sequence is over */
    struct keys_learnt learnt[KEYS_LEARNT_MAX]; /* sequences of this terminal, from terminfo */
    size_t learnt_count;
};

void keys_init(struct keys *keys);
void keys_free(struct keys *keys);
/* Teaches a sequence; ignored when it does not fit. */
void keys_learn(struct keys *keys, const char *bytes, int32_t code);
/* Takes bytes; returns how many (fewer when KEYS_BYTES_MAX are waiting: call keys_next first). */
size_t keys_feed(struct keys *keys, const char *bytes, size_t length);
/* The next whole event; false when more bytes are needed. */
bool keys_next(struct keys *keys, struct input_event *event);
/* True while the start of a sequence waits for its rest: after ESCDELAY call keys_expire(), then
 * keys_next() again (a lone ESC becomes INPUT_ESCAPE). A paste under way does not expire. */
bool keys_waiting(const struct keys *keys);
void keys_expire(struct keys *keys);
/* Drops everything that was typed ahead (UI.md lesson 2). */
void keys_flush(struct keys *keys);

/* "Enter", "F6", "Ctrl-B", "Q" into out; and back. Names never change with the language. */
const char *keys_name(int32_t code, char out[16]);
bool keys_code(const char *name, int32_t *code);

#endif
