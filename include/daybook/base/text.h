/* Text: bytes from outside made safe, UTF-8, graphemes and widths in terminal cells. */
#ifndef DAYBOOK_BASE_TEXT_H
#define DAYBOOK_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of somebody else's bytes; no NUL at the end. */
struct span {
    const char *data; /* may be NULL when length is 0 */
    size_t length;
};

#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})
struct span span_of(const char *text); /* NULL gives an empty span */
bool span_equal(struct span a, struct span b);
bool span_is(struct span span, const char *text);
struct span span_trim(struct span span); /* without ASCII blanks at both ends */

/* What is no character, strictly: overlong forms, surrogates, anything past U+10FFFF. */
enum { TEXT_INVALID = -1 };
/* Decodes one character at data, length > 0. *used is 1..4 bytes; an invalid sequence gives
 * TEXT_INVALID and the length of the maximal ill-formed subpart (Unicode 15, 3.9, table 3-8). */
int32_t text_decode(const char *data, size_t length, size_t *used);
size_t text_encode(int32_t character, char out[4]); /* returns 1..4; assert: a scalar value */
bool text_is_utf8(struct span span);

/* The one sanitiser (STYLE.md 14). Copies source to out as UTF-8 that is safe on a terminal, in a
 * log and in a message: C0, C1 and DEL become the visible middle dot U+00B7; ill-formed bytes
 * become U+FFFD; bidi controls, zero-width characters, BOM and line separators (all of Cf, Zl, Zp
 * and what Unicode calls default ignorable: fillers, variation selectors) are dropped; at most two
 * combining marks (characters of width 0) follow a base, a leading mark gets U+25CC; characters
 * that the terminal has no width for become U+25A1. Cut at a grapheme where out is full, with
 * `...` not added. out_size > 0; always NUL-terminated; returns the length written.
 * Properties (tested): output is UTF-8 of the allowed set; idempotent; width is computable. */
size_t text_printable(char *out, size_t out_size, struct span source);

/* Cells that printable text takes on a terminal (wcwidth's opinion, which is ncurses's, in a UTF-8
 * locale whatever the process has chosen). */
int text_width(struct span printable);
/* Bytes of the longest prefix of whole graphemes at most max_cells wide; *cells gets its width. */
size_t text_cut(struct span printable, int max_cells, int *cells);
/* Bytes of the first grapheme cluster; 0 when empty. Works on any UTF-8. */
size_t text_grapheme(struct span text);
/* Bytes of the last grapheme cluster of the first `at` bytes. */
size_t text_grapheme_before(struct span text, size_t at);

/* NFC form, or the text unchanged where it is not UTF-8. Result from malloc. */
char *text_normal(struct span text);
/* Folds for search: NFC, lower case, single blanks. Result from malloc. */
char *text_fold(struct span text);
/* Edit distance in bytes, `limit` where it is that or more, for "did you mean". */
int text_distance(const char *a, const char *b, int limit);
/* The nearest of `count` words, or NULL when none is near enough. */
const char *text_nearest(const char *word, const char *const *words, size_t count);

/* Strict decimal integers: optional '-', digits, nothing else, in range. */
bool text_to_int64(struct span text, int64_t *value);

#endif
