/* Places: the views one came through, with a way back and forward. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "daybook/base/language.h"
#include "inside.h"

struct view *places_view(struct console *console)
{
    return console->place_count == 0 ? NULL : console->places[console->here].view;
}

/* The titles on the way here, the one shown left out. */
void places_crumbs(struct console *console)
{
    size_t at = 0;
    console->crumbs[0] = '\0';
    size_t first = console->here > 2 ? console->here - 2 : 0;
    for (size_t i = first; i < console->here && at < sizeof console->crumbs; i++) {
        char name[128];
        view_name(console->places[i].view, i == 0, name, sizeof name);
        int wrote = snprintf(console->crumbs + at, sizeof console->crumbs - at, "%s%s",
                             i == first ? "" : " \xE2\x80\xBA ",
                             name);
        at += wrote < 0 ? 0 : (size_t)wrote;
    }
    frame_facts(console->frame)->crumbs = console->crumbs;
}

static void show(struct console *console, size_t index)
{
    console->last_here = console->here;
    console->here = index;
    places_crumbs(console);
    frame_show(console->frame, places_view(console));
    console->dirty = true;
}

static void place_release(struct console *console, size_t index)
{
    struct place *place = &console->places[index];
    /* An answer to a view that is gone is dropped when it comes: its serial fits no view. */
    view_free(place->view);
    view_run_free(place->run);
    *place = (struct place){0};
}

static void drop_after(struct console *console, size_t index)
{
    while (console->place_count > index + 1)
        place_release(console, --console->place_count);
}

static void drop_oldest(struct console *console)
{
    place_release(console, 0);
    memmove(console->places, console->places + 1,
            (console->place_count - 1) * sizeof console->places[0]);
    console->place_count--;
    console->here--;
}

void places_push(struct console *console, struct view *view, struct view_run *run)
{
    if (console->place_count > 0)
        drop_after(console, console->here);
    if (console->place_count == PLACES_MAX)
        drop_oldest(console);
    console->places[console->place_count++] = (struct place){view, run};
    show(console, console->place_count - 1);
}

bool places_open(struct console *console, const char *name, const char *param,
                 struct error *error)
{
    const struct screen *screen = screen_find(console->screens, name);
    if (screen == NULL)
        return error_set(error, ERROR_NOT_FOUND, _("there is no screen '%s'"), name);
    places_push(console, view_new(&console->world, screen, param), NULL);
    return true;
}

bool places_open_object(struct console *console, const char *name, const char *object,
                        struct error *error)
{
    const struct screen *screen = screen_find(console->screens, name);
    const struct store_statement *statement =
        screen == NULL || screen->query == NULL ? NULL : store_statement(screen->query);
    bool wants = statement != NULL && statement->parameter_count > 0;
    char room[24];
    int64_t number;
    if (wants && object == NULL)
        return error_set(error, ERROR_USAGE, _("'%s' is of one object: %s %s"), name, name,
                         statement->parameters[0].name);
    if (screen != NULL && !wants && object != NULL)
        return error_set(error, ERROR_USAGE, _("'%s' is of no object: '%s' is one word too many"),
                         name, object);
    if (wants && strcmp(statement->parameters[0].type, "int8") == 0) {
        const char *id = command_id(object, room);
        if (!text_to_int64(span_of(id), &number))
            return error_set(error, ERROR_USAGE, _("there is no %s %s"), name, object);
        object = id;
    }
    return places_open(console, name, object, error);
}

void places_back(struct console *console)
{
    if (console->here == 0)
        return;
    /* A form that was left is gone: there is nothing to come forward to. */
    const struct screen *screen = view_screen(places_view(console));
    bool is_form = screen != NULL && screen->kind == SCREEN_FORM;
    show(console, console->here - 1);
    if (is_form)
        drop_after(console, console->here);
    if (console->last_here >= console->place_count)
        console->last_here = console->here;
}

void places_forward(struct console *console)
{
    if (console->here + 1 < console->place_count)
        show(console, console->here + 1);
}

void places_last(struct console *console)
{
    if (console->last_here < console->place_count && console->last_here != console->here)
        show(console, console->last_here);
}

void places_leave(struct console *console)
{
    if (console->here == 0)
        console_end(console, 0);
    else
        places_back(console);
}

void places_close(struct console *console, const struct view *view)
{
    for (size_t i = 1; i < console->place_count; i++) {
        if (console->places[i].view != view)
            continue;
        show(console, i - 1);
        drop_after(console, console->here);
        console->last_here = console->here;
        return;
    }
}

void places_reload(struct console *console, bool done)
{
    for (size_t i = 0; i < console->place_count; i++) {
        const struct screen *screen = view_screen(console->places[i].view);
        if (screen != NULL && screen->kind != SCREEN_FORM)
            view_reload(console->places[i].view, done && i == console->here);
    }
    console->dirty = true;
}

void places_free(struct console *console)
{
    while (console->place_count > 0)
        place_release(console, --console->place_count);
}
