/* Lists: a window of keyset pages over any number of rows. Private to view. */
#ifndef DAYBOOK_CONSOLE_VIEW_LIST_H
#define DAYBOOK_CONSOLE_VIEW_LIST_H

#include "inside.h"
#include "marks.h"

enum {
    LIST_PAGES_MAX = 128,
    LIST_WINDOW_MIN = 240, /* rows kept loaded at least, however small the pages */
    LIST_PAGE_MIN = 40,
    LIST_PAGE_MAX = 200,
    KEPT_COLUMNS_MAX = 64
};

enum list_prompt { PROMPT_NONE, PROMPT_QUICK, PROMPT_FILTER };

struct list {
    struct view view;
    /* rows */
    struct page *pages[LIST_PAGES_MAX]; /* neighbours in the order */
    size_t page_count;
    size_t loaded;        /* rows of all pages */
    int64_t first_number; /* of the first loaded row, from 1; 0: not known */
    bool more_before, more_after;
    time_us fetched_at;
    struct fetch main;    /* replaces the window */
    struct fetch after, before;
    struct fetch summary;
    struct fetch fresh;   /* the window again, to compare */
    struct fetch collect; /* pages for `*` */
    struct page *totals;  /* the summary's answer */
    struct page *changed; /* a newer window: its rows are shown in their old places */
    size_t changed_rows;  /* that came or went, until R */
    int64_t refreshed_us;
    char error[MESSAGE_MAX]; /* why there are no rows; "" */
    /* place */
    uint32_t *shown;      /* loaded rows that the quick filter lets through */
    size_t shown_count;
    size_t cursor, top;   /* among shown */
    int64_t pending;      /* rows still to move when the next page is there */
    char *keep_identity;  /* where the cursor goes when `main` arrives; NULL: the first row */
    size_t keep_offset;   /* and how far below the top it stands */
    bool to_end;          /* the cursor goes to the last row when `main` arrives */
    size_t visible;       /* rows on the screen at the last draw */
    size_t shift;         /* columns scrolled away to the left */
    size_t hidden;        /* columns that did not fit at the last draw */
    /* order and filters */
    size_t order;
    bool reversed;
    struct filter filter;
    char *quick;          /* folded; "" for none */
    enum list_prompt prompt;
    struct editor editor;
    char *filter_words;
    /* marks */
    struct marks marks;
    const char *kept[KEPT_COLUMNS_MAX];
    bool marks_full;      /* `*` found more rows than can be marked */
    bool collecting;      /* `*`: pages are read on until all rows are marked */
    bool range;           /* `v` was pressed; the next `v` marks up to the cursor */
    size_t range_from;
};

struct list *list_of(struct view *view);
const struct list *list_of_const(const struct view *view);

/* list_place.c */
bool list_locate(const struct list *list, size_t loaded_row, const struct page **page,
                 size_t *row);
/* The shown row at index, as it is by now; false when there is none. */
bool list_row(const struct list *list, size_t index, const struct page **page, size_t *row);
const char *list_identity(const struct list *list, const struct page *page, size_t row);
/* The quick filter lets this row through. */
bool list_row_matches(const struct list *list, const struct page *page, size_t row);
void list_show_rows(struct list *list); /* rebuilds `shown` */
void list_clamp(struct list *list);     /* cursor and top among what is shown and visible */
void list_move(struct list *list, int64_t rows);
void list_page(struct list *list, int pages);
void list_home(struct list *list);
void list_end(struct list *list);

/* list_ask.c */
void list_keep_cursor_row(struct list *list); /* the next window puts the cursor on it again */
void list_ask(struct list *list, enum view_need_kind kind);
void list_ask_window(struct list *list, bool keep_cursor);
void list_ask_summary(struct list *list);
/* `*`: asks for the page after `last`, or for the list's first. */
void list_collect(struct list *list, const struct page *last);
bool list_window_full(const struct list *list);
void list_prefetch(struct list *list);
bool list_need_next(struct view *view, struct view_need *need);
bool list_waiting(const struct view *view, int64_t *since_us);
bool list_unsettled(const struct view *view);
void list_cancelled(struct view *view);
void list_reload(struct view *view, bool done);
bool list_idle(struct view *view);

/* list_answer.c */
bool list_arrived(struct view *view, unsigned serial, struct page *page);
bool list_failed(struct view *view, unsigned serial, const struct error *error);
/* What a newer window says of a shown row. */
enum list_change { LIST_SAME, LIST_CHANGED, LIST_GONE };
enum list_change list_row_change(const struct list *list, size_t index);
/* Turns a loaded row into the same one of the newer window, if it is there. */
void list_newest(const struct list *list, size_t loaded_row, const struct page **page,
                 size_t *row);
void list_apply_changed(struct list *list);
void list_forget(struct list *list);

/* list_draw.c */
void list_draw(struct view *view, struct surface *surface, struct area area);

/* list_act.c */
void list_keep_columns(struct list *list);
struct view_effect list_run_key(struct list *list, const struct screen_key *key);
struct view_effect list_enter(struct list *list);
struct view_effect list_mark_key(struct list *list, int32_t code);
struct view_effect list_option_digit(struct list *list, int32_t code);
bool list_has_options(const struct list *list);

/* list_filter.c */
struct view_effect list_prompt_open(struct list *list, enum list_prompt prompt);
struct view_effect list_prompt_key(struct list *list, const struct input_event *event);
struct view_effect list_filters_clear(struct list *list);

#endif
