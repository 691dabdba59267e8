/* The parts of the OFX reader: tokens and characters (ofx_scan.c), and what they mean (ofx.c). */
#ifndef DAYBOOK_SRC_FORMATS_OFX_H
#define DAYBOOK_SRC_FORMATS_OFX_H

#include "daybook/base/buffer.h"
#include "window.h"

enum {
    OFX_TOKEN_LIMIT = 1 << 20, /* bytes of one tag with its value */
    OFX_NAME_MAX = 32          /* bytes of a tag's name; longer ones are nobody's */
};

/* A tag and the text behind it, up to the next tag. */
struct ofx_token {
    char name[OFX_NAME_MAX + 1]; /* in capitals; "" for comments, instructions and the like */
    bool closes;                 /* </NAME> or <NAME/> */
    struct span text;            /* as written, without blanks around it; in the window */
    int64_t line, column;
};

struct ofx_scan {
    struct window window;
    int64_t line, column; /* of the window's first byte, from 1 */
    bool started;         /* the header block is behind */
    bool single_byte;     /* the header says windows-1252 or ISO-8859-1 */
};

/* The next token; WINDOW_END where there is none. */
enum window_fill ofx_scan_next(struct ofx_scan *scan, struct ofx_token *token,
                               struct error *error);
/* Appends the text with entities decoded, as UTF-8. */
void ofx_scan_decode(const struct ofx_scan *scan, struct span text, struct buffer *out);

#endif
