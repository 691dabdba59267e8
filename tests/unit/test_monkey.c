/* A monkey at the console: random keys, sizes, answers that come late, fail or never come. Whatever
 * happens, the screen can be drawn and the cursor is on it. */
#include "table.h"

#include "daybook/base/memory.h"
#include "daybook/view/frame.h"
#include "random.h"
#include "screen/canned.h"

enum { STEPS = 6000, PLACES = 6, WAITING = 32 };

static const struct view_action actions[] = {
    {.name = "claim", .word = "claim", .help = "Take it."},
    {.name = "wait", .word = "wait", .help = "Wait."},
    {.name = "defer", .word = "defer", .help = "Later."},
    {.name = "comment", .word = "comment", .help = "Say."},
    {.name = "link", .word = "link", .help = "Join.", .off = "Not now."}};
static const struct view_place places[] = {{.letter = 't', .screen = "today", .word = "Today"},
                                           {.letter = 'x', .screen = "exceptions", .word = "X"}};
static const struct view_command commands[] = {{.name = "export", .help = "Write."},
                                               {.name = "quit", .help = "Leave."}};

struct monkey {
    struct view_world world;
    struct random random;
    struct frame *frame;
    struct view *places[PLACES];
    size_t count;
    struct surface surface;
    struct {
        struct view *view;
        unsigned serial;
        struct page *page;
    } waiting[WAITING];
    size_t waiting_count;
};

static uint32_t below(struct monkey *monkey, uint32_t limit)
{
    return (uint32_t)random_below(&monkey->random, limit);
}

static struct screen_set *gallery_screens(void)
{
    static const char *const files[] = {"fields", "exceptions.screen", "exception.screen",
                                        "candidates.screen", "nothing.screen", "today.screen",
                                        "defer.screen"};
    struct screen_set *set = screen_set_new();
    struct screen_faults faults = {0};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        static char text[SCREEN_FILE_MAX];
        char path[128];
        snprintf(path, sizeof path, "tests/screen/gallery/%s", files[i]);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        struct span span = {text, fread(text, 1, sizeof text, file)};
        fclose(file);
        if (i == 0)
            screen_set_fields(set, path, span, &faults);
        else
            screen_set_read(set, path, span, &faults);
    }
    assert_int_equal(faults.count, 0);
    return set;
}

static void open_screen(struct monkey *monkey, const char *name, const char *param)
{
    const struct screen *screen = screen_find(monkey->world.screens, name);
    if (screen == NULL || monkey->count == PLACES)
        return;
    monkey->places[monkey->count++] = view_new(&monkey->world, screen, param);
    frame_show(monkey->frame, monkey->places[monkey->count - 1]);
}

static void back(struct monkey *monkey)
{
    if (monkey->count == 1)
        return;
    struct view *gone = monkey->places[--monkey->count];
    for (size_t i = 0; i < monkey->waiting_count; i++) {
        if (monkey->waiting[i].view == gone)
            monkey->waiting[i].view = NULL;
    }
    frame_show(monkey->frame, monkey->places[monkey->count - 1]);
    view_free(gone);
}

static void act(struct monkey *monkey, struct view_effect effect)
{
    static const struct frame_danger danger = {.act = "Do", .proof_label = "it", .proof = "12"};
    switch (effect.kind) {
    case VIEW_OPEN: open_screen(monkey, effect.name, effect.text); break;
    case VIEW_RUN:
        assert_non_null(effect.run);
        assert_true(effect.run->row_count > 0);
        view_run_free(effect.run);
        view_reload(monkey->places[monkey->count - 1], below(monkey, 2) == 0);
        break;
    case VIEW_BACK: case VIEW_LEAVE: back(monkey); break;
    case VIEW_NEW: open_screen(monkey, "defer", NULL); break;
    case VIEW_LOG: frame_danger(monkey->frame, monkey, &danger); break;
    case VIEW_EXPORT: frame_ask(monkey->frame, monkey, "Really?"); break;
    default: break;
    }
}

static struct input_event random_event(struct monkey *monkey)
{
    static const char likely[] = "jkfb?:/\\gtxsSRvU* yE@n[]-CWDL2590";
    struct input_event event = {0};
    switch (below(monkey, 8)) {
    case 0: event.code = INPUT_ENTER; break;
    case 1: event.code = INPUT_ESCAPE; break;
    case 2: case 3:
        event.code = (int32_t)(INPUT_ENTER + below(monkey, INPUT_CTRL_Z - INPUT_ENTER + 1));
        break;
    case 4: event.code = (int32_t)(' ' + below(monkey, 0x3000)); break;
    default: event.code = likely[below(monkey, sizeof likely - 1)]; break;
    }
    if (event.code == INPUT_PASTE) {
        event.text = "channel:ICBC 王小明";
        event.length = strlen(event.text);
    }
    event.alt = below(monkey, 30) == 0 && event.code < INPUT_NONE;
    return event;
}

static void ask(struct monkey *monkey)
{
    struct view_need need;
    for (size_t i = 0; i < monkey->count; i++) {
        while (monkey->waiting_count < WAITING && view_need_next(monkey->places[i], &need)) {
            monkey->waiting[monkey->waiting_count].view = monkey->places[i];
            monkey->waiting[monkey->waiting_count].serial = need.serial;
            monkey->waiting[monkey->waiting_count++].page = canned_page(&need);
        }
    }
}

/* One of the answers comes, in any order; to a view that is gone it comes too late. */
static void answer(struct monkey *monkey)
{
    static const struct error error = {.code = ERROR_TIMEOUT, .message = "No answer came."};
    if (monkey->waiting_count == 0)
        return;
    size_t at = below(monkey, (uint32_t)monkey->waiting_count);
    struct view *view = monkey->waiting[at].view;
    struct page *page = monkey->waiting[at].page;
    unsigned serial = monkey->waiting[at].serial;
    monkey->waiting[at] = monkey->waiting[--monkey->waiting_count];
    if (view != NULL && below(monkey, 12) != 0) {
        view_arrived(view, serial, page);
        return;
    }
    page_free(page);
    if (view != NULL)
        view_failed(view, serial, &error);
}

static void draw(struct monkey *monkey)
{
    if (below(monkey, 40) == 0)
        surface_resize(&monkey->surface, 1 + (int)below(monkey, 60),
                       1 + (int)below(monkey, 200));
    frame_idle(monkey->frame);
    frame_draw(monkey->frame, &monkey->surface);
    assert_in_range(monkey->surface.cursor_row + 1, 0, monkey->surface.rows);
}

static void play(uint64_t seed, size_t page_rows)
{
    struct monkey monkey = {0};
    struct screen_set *set = gallery_screens();
    monkey.world = (struct view_world){
        .screens = set, .actions = actions, .action_count = 5, .places = places,
        .place_count = 2, .commands = commands, .command_count = 2, .exponent = 2,
        .page_rows = page_rows};
    monkey.world.clock.now = CANNED_NOW;
    monkey.random.state = seed;
    monkey.frame = frame_new(&monkey.world);
    surface_init(&monkey.surface, 24, 80);
    open_screen(&monkey, "exceptions", NULL);
    for (int step = 0; step < STEPS; step++) {
        struct input_event event = random_event(&monkey);
        monkey.world.clock.monotonic_us += below(&monkey, 300000);
        act(&monkey, frame_key(monkey.frame, &event));
        ask(&monkey);
        if (below(&monkey, 3) != 0)
            answer(&monkey);
        draw(&monkey);
    }
    while (monkey.waiting_count > 0)
        page_free(monkey.waiting[--monkey.waiting_count].page);
    while (monkey.count > 0)
        view_free(monkey.places[--monkey.count]);
    frame_free(monkey.frame);
    surface_free(&monkey.surface);
    screen_set_free(set);
}

static void test_monkey(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++)
        play(seed, seed % 2 == 0 ? 3 : 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_monkey)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
