/* Forms: inputs, their editors, and the list of codes for one. Private to view. */
#ifndef DAYBOOK_CONSOLE_VIEW_FORM_H
#define DAYBOOK_CONSOLE_VIEW_FORM_H

#include "inside.h"

enum { CODES_ROWS = 8, CODE_TEXT_MAX = 96 };

struct form_input {
    const struct screen_column *column;
    struct editor editor;
    char fault[MESSAGE_MAX];     /* what is wrong with it; "" */
    char value[EDITOR_BYTES_MAX]; /* as the action takes it, after form_check() */
    char *first;                 /* text at the start, for dirty */
    int exponent;                /* digits after an amount's point */
};

/* The code list under an input (F4). */
struct codes {
    bool open;
    size_t input;
    struct fetch fetch;  /* of the field's query */
    struct page *page;   /* its rows: the code, then words */
    size_t cursor, top;
};

struct form {
    struct view view;
    struct form_input *inputs;
    size_t count, at;
    struct codes codes;
    char about[MESSAGE_MAX];
    char fault[MESSAGE_MAX]; /* of the form as a whole */
    struct view_value values[SCREEN_COLUMNS_MAX];
};

/* form_check.c: turns what was typed into what the action takes; false with a sentence. */
bool form_check(const struct view_world *world, struct form_input *input);
/* The text that a value given by an action is edited as: minor units become an amount. */
void form_edit_text(const struct form_input *input, const char *value, char *out, size_t out_size);

/* form_codes.c */
void codes_open(struct form *form);
void codes_close(struct form *form);
struct view_effect codes_key(struct form *form, const struct input_event *event);
void codes_draw(struct form *form, struct surface *surface, int row, int col, int width,
                int room);
/* Completes what was typed if one code only begins like it. */
bool codes_complete(struct form *form);

#endif
