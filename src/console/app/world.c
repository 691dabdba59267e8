/* What the views know of the world: action table, places and commands in the shape they take. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "inside.h"

static const struct view_place places[] = {
    {'t', "today", N_("Today")},
    {'x', "exceptions", N_("Exceptions")},
    {'m', "exceptions-mine", N_("My exceptions")},
    {'f', "statement-files", N_("Statement files")},
    {'l', "lines", N_("Lines")},
    {'p', "payouts", N_("Payouts")},
    {'u', "payouts-in-doubt", N_("Payouts in doubt")},
    {'c', "channels", N_("Channels")},
    {'d', "business-days", N_("Business days")},
    {'e', "evidence-due", N_("Evidence")},
    {'b', "batches", N_("Batches")},
    {'j', "audit", N_("Audit")},
    {'a', "approvals", N_("Approvals")},
    {'r', "requests", N_("Requests")},
    {'y', "requests-mine", N_("My requests")},
    {'o', "operators", N_("Operators")},
};

void world_roles(struct console *console, const char *roles)
{
    snprintf(console->roles, sizeof console->roles, "%s", roles == NULL ? "" : roles);
    for (size_t i = 0; i < console->world.action_count; i++) {
        const struct action *action = action_find(console->shown_actions[i].name);
        console->shown_actions[i].off = action_off(action, console->roles);
    }
    frame_facts(console->frame)->role = console->roles;
}

static void fill_actions(struct console *console)
{
    size_t count = 0;
    for (size_t i = 0; i < action_count && count < ACTIONS_SHOWN_MAX; i++) {
        if ((actions[i].where & ACTION_CONSOLE) == 0)
            continue;
        struct view_action *shown = &console->shown_actions[count++];
        *shown = (struct view_action){
            .name = actions[i].name, .word = actions[i].word, .help = actions[i].help};
        static_assert((int)VIEW_CONDITIONS_MAX == (int)ACTION_CONDITIONS_MAX, "all are shown");
        for (size_t c = 0; c < VIEW_CONDITIONS_MAX; c++)
            shown->conditions[c] = (struct view_condition){actions[i].conditions[c].column,
                                                           actions[i].conditions[c].values,
                                                           actions[i].conditions[c].why};
    }
    console->world.actions = console->shown_actions;
    console->world.action_count = count;
}

time_us world_now(const struct console *console)
{
    return console->desk_time == TIME_NONE ? clock_now() : console->desk_time;
}

void world_fill(struct console *console)
{
    struct view_world *world = &console->world;
    world->screens = console->screens;
    fill_actions(console);
    world->places = places;
    world->place_count = sizeof places / sizeof places[0];
    world->command_count = colon_commands(console, console->shown_commands, COMMANDS_SHOWN_MAX);
    world->commands = console->shown_commands;
    world->utc_offset_s = console->session.config->zone_offset_s;
    world->exponent = 2;
    world->clock.now = world_now(console);
    world->clock.monotonic_us = clock_monotonic_us();
}
