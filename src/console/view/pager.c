/* The pager: raw bytes of a statement file, line by line, as they are and yet safe to look at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

enum { BYTES_MAX = 4 * 1024 * 1024, STEP = 20 };

struct pager {
    struct view view;
    char *bytes;
    size_t length;
    size_t *lines; /* where each begins; one more than there are */
    size_t count;
    size_t top, shift;
    int visible;
    bool cut;
    struct editor editor;
    bool searching;
    char *search; /* NULL: none */
};

static struct pager *pager_of(struct view *view)
{
    return (struct pager *)view;
}

static void split_lines(struct pager *pager)
{
    size_t count = 1;
    for (size_t i = 0; i < pager->length; i++)
        count += pager->bytes[i] == '\n';
    pager->lines = memory_resize(NULL, count + 1, sizeof *pager->lines);
    pager->lines[0] = 0;
    for (size_t i = 0; i < pager->length; i++) {
        if (pager->bytes[i] == '\n')
            pager->lines[++pager->count] = i + 1;
    }
    if (pager->lines[pager->count] < pager->length)
        pager->lines[++pager->count] = pager->length;
}

static struct span line_at(const struct pager *pager, size_t index)
{
    size_t from = pager->lines[index], to = pager->lines[index + 1];
    while (to > from && (pager->bytes[to - 1] == '\n' || pager->bytes[to - 1] == '\r'))
        to--;
    return (struct span){pager->bytes + from, to - from};
}

static void scroll(struct pager *pager, int64_t lines)
{
    int64_t most = (int64_t)pager->count - pager->visible;
    int64_t top = (int64_t)pager->top + lines;
    most = most < 0 ? 0 : most;
    pager->top = (size_t)(top < 0 ? 0 : top > most ? most : top);
}

static struct view_effect find_next(struct pager *pager, size_t from)
{
    if (pager->search == NULL)
        return effect_none();
    for (size_t i = from; i < pager->count; i++) {
        struct span line = line_at(pager, i);
        if (memmem(line.data, line.length, pager->search, strlen(pager->search)) != NULL) {
            pager->top = i;
            return effect_redraw();
        }
    }
    return effect_message(&pager->view, _("'%s' does not stand below this line."), pager->search);
}

static struct view_effect search_key(struct pager *pager, const struct input_event *event)
{
    bool enter = event->code == INPUT_ENTER, escape = event->code == INPUT_ESCAPE;
    if (!enter && !escape)
        return editor_key(&pager->editor, event) ? effect_redraw() : effect_none();
    pager->searching = pager->view.typing = false;
    if (escape)
        return effect_redraw();
    free(pager->search);
    pager->search = pager->editor.length == 0 ? NULL
                                              : memory_copy_string(editor_text(&pager->editor));
    return pager->search == NULL ? effect_redraw() : find_next(pager, pager->top);
}

static struct view_effect pager_key(struct view *view, const struct input_event *event)
{
    struct pager *pager = pager_of(view);
    int page = pager->visible > 1 ? pager->visible - 1 : 1;
    if (pager->searching)
        return search_key(pager, event);
    switch (event->code) {
    case INPUT_UP: case 'k': scroll(pager, -1); break;
    case INPUT_DOWN: case 'j': case INPUT_ENTER: scroll(pager, 1); break;
    case INPUT_PAGE_UP: case INPUT_F(7): case 'b': case INPUT_CTRL('b'):
        scroll(pager, -page);
        break;
    case INPUT_PAGE_DOWN: case INPUT_F(8): case 'f': case ' ': case INPUT_CTRL('f'):
        scroll(pager, page);
        break;
    case INPUT_HOME: pager->top = pager->shift = 0; break;
    case INPUT_END: scroll(pager, (int64_t)pager->count); break;
    case INPUT_LEFT: pager->shift -= pager->shift >= STEP ? STEP : pager->shift; break;
    case INPUT_RIGHT: pager->shift += STEP; break;
    case '/':
        editor_set(&pager->editor, "");
        pager->searching = view->typing = true;
        break;
    case 'n': return find_next(pager, pager->top + 1);
    default: return effect_none();
    }
    return effect_redraw();
}

/* A line from the cell that was scrolled to; each byte's safe form counts as it is drawn. */
static void draw_line(const struct pager *pager, struct surface *surface, int row, int col,
                      int width, struct span line)
{
    char safe[8192];
    struct span text = {safe, text_printable(safe, sizeof safe, line)};
    int cells = 0;
    size_t skipped = text_cut(text, (int)pager->shift, &cells);
    surface_span(surface, row, col, width, ROLE_TEXT,
                 (struct span){safe + skipped, text.length - skipped});
}

static void pager_draw(struct view *view, struct surface *surface, struct area area)
{
    struct pager *pager = pager_of(view);
    char text[EDITOR_BYTES_MAX];
    int number_width = 7, cursor = 0;
    pager->visible = area.rows - 2;
    surface_cursor(surface, area.row + 2, area.col);
    for (int i = 0; i < pager->visible && pager->top + (size_t)i < pager->count; i++) {
        size_t index = pager->top + (size_t)i;
        char number[24];
        snprintf(number, sizeof number, "%zu", index + 1);
        surface_right(surface, area.row + 2 + i, area.col, number_width - 1, ROLE_DIM, number);
        draw_line(pager, surface, area.row + 2 + i, area.col + number_width + 1,
                  area.cols - number_width - 1, line_at(pager, index));
    }
    size_t last = pager->top + (size_t)pager->visible;
    bool bottom = last >= pager->count;
    snprintf(text, sizeof text, _("lines %zu-%zu of %zu  %s"),
             pager->count > 0 ? pager->top + 1 : 0, bottom ? pager->count : last, pager->count,
             bottom ? _("Bottom") : _("More..."));
    surface_right(surface, area.row, area.cols - 42, 41, ROLE_DIM, text);
    if (bottom && pager->cut)
        surface_put(surface, area.row, area.col + 1, ROLE_WARNING,
                    _("Only the first 4 MiB are shown."));
    if (!pager->searching)
        return;
    editor_window(&pager->editor, 30, text, sizeof text, &cursor);
    surface_put(surface, area.row, area.col + 1, ROLE_KEY, "/");
    surface_text(surface, area.row, area.col + 3, 30, ROLE_INPUT, text);
    surface_cursor(surface, area.row, area.col + 3 + cursor);
}

static void pager_free(struct view *view)
{
    struct pager *pager = pager_of(view);
    editor_free(&pager->editor);
    free(pager->bytes);
    free(pager->lines);
    free(pager->search);
}

static const struct view_hint hints[] = {
    {.key = "PgDn", .word = N_("forward"), .help = N_("Page forward: also F8, f, Space.")},
    {.key = "PgUp", .word = N_("back"), .help = N_("Page back: also F7, b.")},
    {.key = "/", .word = N_("search"), .help = N_("Search for a text; n finds the next.")},
    {.key = "Right", .help = N_("Scroll sideways.")},
    {.key = NULL}};

static const struct view_ops pager_ops = {
    .key = pager_key, .draw = pager_draw, .free = pager_free, .hints = hints};

struct view *view_text_new(const struct view_world *world, const char *title, struct span bytes)
{
    struct pager *pager = memory_new(sizeof *pager);
    view_prepare(&pager->view, &pager_ops, world, NULL, NULL);
    pager->view.title = memory_copy_string(title);
    pager->cut = bytes.length > BYTES_MAX;
    pager->length = pager->cut ? BYTES_MAX : bytes.length;
    pager->bytes = memory_copy(bytes.length == 0 ? "" : bytes.data, pager->length);
    pager->visible = VISIBLE_DEFAULT;
    editor_init(&pager->editor, 100);
    split_lines(pager);
    return &pager->view;
}
