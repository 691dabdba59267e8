/* The help: every key of this place, searchable by typing; Enter presses the key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame_inside.h"

enum { KEY_WIDTH = 12, WORD_WIDTH = 16 };

static const struct view_hint common[] = {
    {.key = "?", .word = N_("help"),
     .help = N_("This list: type to search, Enter presses the key.")},
    {.key = ":", .word = N_("command"), .help = N_("Give a command by name; Tab completes.")},
    {.key = "g", .word = N_("go"), .help = N_("Go to a place: g and its letter.")},
    {.key = "Esc", .word = N_("back"), .help = N_("One level back; cancels what runs.")},
    {.key = "[", .help = N_("The place before, in the order you saw them.")},
    {.key = "]", .help = N_("The place after.")},
    {.key = "-", .help = N_("The place shown before this one.")},
    {.key = "n", .word = N_("new"), .help = N_("Begin something new here: also F6.")},
    {.key = "@", .help = N_("What was done underneath, with times.")},
    {.key = "Ctrl-L", .help = N_("Draw the screen anew.")},
    {.key = "q", .word = N_("leave"), .help = N_("Leave the function: also F3.")},
    {.key = NULL}};

const char *binding_word(const struct view_world *world, const struct screen_key *key)
{
    const struct view_action *action = world_action(world, key->action);
    if (action != NULL)
        return _(action->word);
    if (strcmp(key->action, "open") != 0)
        return key->action;
    /* Enter opens the row; a letter leads to something else, which is named. */
    const struct screen *target = screen_find(world->screens, key->args[0]);
    bool named = key->key != NULL && strcmp(key->key, "Enter") != 0 && target != NULL;
    return named ? _(target->title) : _("verb|open");
}

static struct help_entry *add_entry(struct frame *frame)
{
    if (frame->entry_count == HELP_ENTRIES_MAX)
        return NULL;
    struct help_entry *entry = &frame->entries[frame->entry_count++];
    memset(entry, 0, sizeof *entry);
    return entry;
}

static void add_binding(struct frame *frame, const struct screen *screen,
                        const struct screen_key *key)
{
    struct help_entry *entry = add_entry(frame);
    const struct view_action *action = world_action(frame->world, key->action);
    if (entry == NULL)
        return;
    if (key->key != NULL)
        snprintf(entry->key, sizeof entry->key, "%s", key->key);
    else
        snprintf(entry->key, sizeof entry->key, "Opt %d", key->option);
    entry->word = binding_word(frame->world, key);
    entry->help = action == NULL ? _("Open it in its own screen.") : _(action->help);
    const char *off = action_off_here(frame->view, screen, action);
    entry->off = off == NULL ? NULL : _(off);
}

static void add_hints(struct frame *frame, const struct view_hint *hints)
{
    for (; hints != NULL && hints->key != NULL; hints++) {
        struct help_entry *entry = add_entry(frame);
        if (entry == NULL)
            return;
        snprintf(entry->key, sizeof entry->key, "%s", hints->key);
        entry->word = hints->word == NULL ? "" : _(hints->word);
        entry->help = _(hints->help);
    }
}

static void add_places(struct frame *frame)
{
    for (size_t i = 0; i < frame->world->place_count; i++) {
        struct help_entry *entry = add_entry(frame);
        if (entry == NULL)
            return;
        snprintf(entry->key, sizeof entry->key, "g %c", frame->world->places[i].letter);
        entry->word = _(frame->world->places[i].word);
        entry->help = "";
    }
}

static void add_commands(struct frame *frame)
{
    for (size_t i = 0; i < frame->world->command_count; i++) {
        struct help_entry *entry = add_entry(frame);
        if (entry == NULL)
            return;
        snprintf(entry->key, sizeof entry->key, ":%s", frame->world->commands[i].name);
        entry->word = "";
        entry->help = _(frame->world->commands[i].help);
        entry->command = true;
    }
}

static bool entry_matches(const struct help_entry *entry, const char *folded)
{
    char text[MESSAGE_MAX];
    snprintf(text, sizeof text, "%s %s %s", entry->key, entry->word, entry->help);
    char *whole = text_fold(span_of(text));
    bool matches = strstr(whole, folded) != NULL;
    free(whole);
    return matches;
}

static void collect(struct frame *frame)
{
    const struct view *view = frame->view;
    const struct screen *screen = view == NULL ? NULL : view_screen(view);
    const struct screen *list = view == NULL || view->ops->list == NULL ? NULL
                                                                        : view->ops->list(view);
    frame->entry_count = 0;
    for (size_t i = 0; list != NULL && i < list->key_count; i++)
        add_binding(frame, list, &list->keys[i]);
    for (size_t i = 0; screen != NULL && i < screen->key_count; i++)
        add_binding(frame, screen, &screen->keys[i]);
    if (frame->view != NULL)
        add_hints(frame, frame->view->ops->hints);
    add_hints(frame, common);
    add_places(frame);
    add_commands(frame);
    if (frame->search.length == 0)
        return;
    char *folded = text_fold(span_of(editor_text(&frame->search)));
    size_t kept = 0;
    for (size_t i = 0; i < frame->entry_count; i++) {
        if (entry_matches(&frame->entries[i], folded))
            frame->entries[kept++] = frame->entries[i];
    }
    frame->entry_count = kept;
    free(folded);
}

void help_open(struct frame *frame)
{
    overlay_close(frame);
    editor_set(&frame->search, "");
    frame->cursor = frame->top = 0;
    frame->overlay = OVERLAY_HELP;
    collect(frame);
}

/* Presses the key of an entry, as if typed without the help. */
static struct view_effect run_entry(struct frame *frame)
{
    struct input_event event = {0};
    if (frame->cursor >= frame->entry_count)
        return effect_redraw();
    const struct help_entry entry = frame->entries[frame->cursor];
    overlay_close(frame);
    if (entry.off != NULL) {
        frame_message(frame, ROLE_WARNING, "%s", entry.off);
        return effect_redraw();
    }
    if (entry.command) {
        palette_open(frame, entry.key + 1);
        return effect_redraw();
    }
    if (entry.key[0] == 'g' && entry.key[1] == ' ') {
        event.code = entry.key[2];
        frame->overlay = OVERLAY_GO;
        return frame_key(frame, &event);
    }
    if (!keys_code(entry.key, &event.code)) {
        frame_message(frame, ROLE_TEXT, _("Type the number %s beside the rows, then Enter."),
                      entry.key + 4);
        return effect_redraw();
    }
    struct view_effect effect = frame_press(frame, &event);
    return effect.kind == VIEW_NONE ? effect_redraw() : effect;
}

struct view_effect help_key(struct frame *frame, const struct input_event *event)
{
    size_t page = frame->overlay_rows > 1 ? (size_t)frame->overlay_rows - 1 : 1;
    size_t last = frame->entry_count == 0 ? 0 : frame->entry_count - 1;
    switch (event->code) {
    case INPUT_UP: frame->cursor -= frame->cursor > 0; break;
    case INPUT_DOWN: frame->cursor += frame->cursor < last; break;
    case INPUT_PAGE_UP: frame->cursor = frame->cursor > page ? frame->cursor - page : 0; break;
    case INPUT_PAGE_DOWN:
        frame->cursor = frame->cursor + page < last ? frame->cursor + page : last;
        break;
    case INPUT_ENTER: return run_entry(frame);
    case INPUT_ESCAPE: case INPUT_F1: case INPUT_F(3): case INPUT_F(12):
        overlay_close(frame);
        break;
    default:
        if (!editor_key(&frame->search, event))
            return effect_none();
        frame->cursor = frame->top = 0;
        collect(frame);
        break;
    }
    return effect_redraw();
}

static void draw_entry(const struct frame *frame, struct surface *surface, int row, int cols,
                       size_t index)
{
    const struct help_entry *entry = &frame->entries[index];
    bool selected = index == frame->cursor;
    enum text_role role = selected ? ROLE_SELECTED : entry->off != NULL ? ROLE_DIM : ROLE_TEXT;
    int width = entry->command ? KEY_WIDTH + WORD_WIDTH - 1 : KEY_WIDTH - 1;
    int col = 2 + KEY_WIDTH + WORD_WIDTH;
    surface_text(surface, row, 2, width, entry->off != NULL ? ROLE_DIM : ROLE_KEY, entry->key);
    if (!entry->command)
        surface_text(surface, row, 2 + KEY_WIDTH, WORD_WIDTH - 1, role, entry->word);
    surface_text(surface, row, col, cols - col - 1, role,
                 entry->off != NULL ? entry->off : entry->help);
    if (selected)
        surface_put(surface, row, 0, ROLE_SELECTED, ">");
}

void help_draw(struct frame *frame, struct surface *surface, struct area area)
{
    int cursor = 0;
    char text[EDITOR_BYTES_MAX];
    int rows = area.rows - 2;
    surface_clear(surface, area);
    frame->overlay_rows = rows;
    int col = surface_put(surface, area.row, 1, ROLE_HEADING, _("Keys and commands, search:")) + 1;
    editor_window(&frame->search, 30, text, sizeof text, &cursor);
    surface_text(surface, area.row, col, 30, ROLE_INPUT, text);
    if (frame->cursor >= frame->top + (size_t)rows)
        frame->top = frame->cursor - (size_t)rows + 1;
    if (frame->cursor < frame->top)
        frame->top = frame->cursor;
    for (int i = 0; i < rows && frame->top + (size_t)i < frame->entry_count; i++)
        draw_entry(frame, surface, area.row + 2 + i, area.cols, frame->top + (size_t)i);
    bool more = frame->top + (size_t)rows < frame->entry_count;
    surface_right(surface, area.row, area.cols - 12, 11, ROLE_DIM, more ? _("More...") : "");
    if (frame->entry_count == 0)
        surface_put(surface, area.row + 2, 2, ROLE_DIM, _("No key does that here."));
    /* The cursor is where the search goes on; the row it would press has the marker. */
    surface_cursor(surface, area.row, col + cursor);
}
