/* The frame: what confirms and what never does (UI.md lesson 1), keys that work everywhere. */
#include "table.h"

#include "daybook/base/memory.h"
#include "daybook/view/frame.h"

static const char dictionary[] = "field note \"Note\" 60 text\n";
static const char form_text[] = "form comment \"Comment\"\naction comment\ninput note\n";

static const struct view_action actions[] = {
    {.name = "comment", .word = "comment", .help = "Say something.", .off = NULL}};
static const struct view_place places[] = {{.letter = 'x', .screen = "exceptions", .word = "X"}};
static const struct view_command commands[] = {{.name = "export", .help = ""},
                                               {.name = "quit", .help = ""}};

struct fixture {
    struct view_world world;
    struct screen_set *set;
    struct frame *frame;
    struct view *view;
};

static int setup(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    struct screen_faults faults = {0};
    fixture->set = screen_set_new();
    screen_set_fields(fixture->set, "fields", span_of(dictionary), &faults);
    screen_set_read(fixture->set, "comment.screen", span_of(form_text), &faults);
    assert_int_equal(faults.count, 0);
    fixture->world = (struct view_world){
        .screens = fixture->set, .actions = actions, .action_count = 1, .places = places,
        .place_count = 1, .commands = commands, .command_count = 2, .exponent = 2};
    fixture->frame = frame_new(&fixture->world);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    frame_free(fixture->frame);
    view_free(fixture->view);
    screen_set_free(fixture->set);
    free(fixture);
    return 0;
}

static struct view_effect press(struct fixture *fixture, const char *name)
{
    struct input_event event = {0};
    assert_true(keys_code(name, &event.code));
    return frame_key(fixture->frame, &event);
}

static struct view_effect type(struct fixture *fixture, const char *text)
{
    struct view_effect effect = {0};
    for (; *text != '\0'; text++) {
        struct input_event event = {.code = *text};
        effect = frame_key(fixture->frame, &event);
    }
    return effect;
}

static const struct frame_danger danger = {
    .act = "Credit back", .amount = "12,480.00 CNY", .proof_label = "the last four digits",
    .proof = "8000"};

static void test_question(void **state)
{
    struct fixture *fixture = *state;
    const char *token = "claim";
    frame_ask(fixture->frame, token, "Claim %d?", 3);
    assert_int_equal(press(fixture, "Enter").kind, VIEW_NONE);
    assert_int_equal(press(fixture, "Space").kind, VIEW_NONE);
    assert_true(frame_busy(fixture->frame));
    struct view_effect effect = press(fixture, "y");
    assert_int_equal(effect.kind, VIEW_ANSWER);
    assert_true(effect.yes);
    assert_ptr_equal(effect.token, token);
    frame_ask(fixture->frame, token, "Again?");
    effect = press(fixture, "Esc");
    assert_int_equal(effect.kind, VIEW_ANSWER);
    assert_false(effect.yes);
}

static void test_danger_ignores_early_keys(void **state)
{
    struct fixture *fixture = *state;
    frame_danger(fixture->frame, "t", &danger);
    assert_true(frame_wants_flush(fixture->frame));
    assert_false(frame_wants_flush(fixture->frame));
    fixture->world.clock.monotonic_us += 399 * 1000;
    type(fixture, "8000");
    press(fixture, "F10");
    press(fixture, "Esc");
    assert_true(frame_busy(fixture->frame));
    fixture->world.clock.monotonic_us += 1000;
    press(fixture, "F10");
    assert_true(frame_busy(fixture->frame));
    assert_int_equal(press(fixture, "Esc").kind, VIEW_ANSWER);
}

static void test_danger_proofs(void **state)
{
    static const struct {
        const char *typed;
        const char *key; /* after it; NULL: none */
        bool done;
    } cases[] = {
        {"8000", "F10", true}, {"8000", "Enter", false}, {"8000 post", NULL, true},
        {"8000post", NULL, true}, {"8001", "F10", false}, {"8001 post", NULL, false},
        {"", "F10", false}, {"post", "F10", false}, {"80000", "F10", false},
        {"8000 pos", "Enter", false}, {"8000 POST", NULL, false}, {"yyyy", "Enter", false}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        frame_danger(fixture->frame, "t", &danger);
        fixture->world.clock.monotonic_us += 500 * 1000;
        struct view_effect effect = type(fixture, cases[i].typed);
        if (cases[i].key != NULL)
            effect = press(fixture, cases[i].key);
        assert_int_equal(effect.kind == VIEW_ANSWER && effect.yes, cases[i].done);
        assert_int_equal(frame_busy(fixture->frame), !cases[i].done);
    }
    struct input_event paste = {.code = INPUT_PASTE, .text = "8000 post", .length = 9};
    frame_danger(fixture->frame, "t", &danger);
    fixture->world.clock.monotonic_us += 500 * 1000;
    assert_int_equal(frame_key(fixture->frame, &paste).kind, VIEW_NONE);
}

static bool shows(const struct fixture *fixture, const char *words)
{
    struct surface surface = {0};
    char text[400];
    bool found = false;
    surface_resize(&surface, 24, 80);
    frame_draw(fixture->frame, &surface);
    for (int row = 0; row < surface.rows && !found; row++) {
        surface_row_text(&surface, row, text, sizeof text);
        found = strstr(text, words) != NULL;
    }
    surface_free(&surface);
    return found;
}

/* A wrong answer is said and leaves an empty field; Ctrl-U empties it too. */
static void test_danger_wrong(void **state)
{
    static const char *const wrong[][2] = {
        {"8001", "F10"}, {"8001", "Enter"}, {"8001 post", NULL}, {"80000", "F10"}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        frame_danger(fixture->frame, "t", &danger);
        fixture->world.clock.monotonic_us += 500 * 1000;
        type(fixture, wrong[i][0]);
        if (wrong[i][1] != NULL)
            press(fixture, wrong[i][1]);
        assert_true(shows(fixture, "That is not what was asked for"));
        type(fixture, "81");
        assert_false(shows(fixture, "That is not what was asked for"));
        press(fixture, "Ctrl-U");
        type(fixture, "8000");
        assert_true(press(fixture, "F10").yes);
    }
}

static void test_leaving_a_form(void **state)
{
    struct fixture *fixture = *state;
    fixture->view = view_new(&fixture->world, screen_find(fixture->set, "comment"), NULL);
    frame_show(fixture->frame, fixture->view);
    assert_int_equal(press(fixture, "F10").kind, VIEW_REDRAW); /* empty: the fault is shown */
    type(fixture, "g:q?n"); /* letters of keys are text here */
    assert_true(view_dirty(fixture->view));
    press(fixture, "Esc");
    assert_true(frame_busy(fixture->frame));
    assert_int_equal(press(fixture, "n").kind, VIEW_REDRAW);
    struct view_effect effect = press(fixture, "F10");
    assert_int_equal(effect.kind, VIEW_SUBMIT);
    assert_string_equal(effect.name, "comment");
    assert_int_equal(effect.value_count, 1);
    assert_string_equal(effect.values[0].text, "g:q?n");
    view_form_fault(fixture->view, "note", "Too short.");
    press(fixture, "Esc");
    effect = press(fixture, "y");
    assert_int_equal(effect.kind, VIEW_BACK);
}

static void test_common_keys(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *key;
        enum view_effect_kind kind;
    } cases[] = {{"q", VIEW_LEAVE}, {"F3", VIEW_LEAVE}, {"Esc", VIEW_BACK}, {"F12", VIEW_BACK},
                 {"[", VIEW_BACK}, {"]", VIEW_FORWARD}, {"-", VIEW_LAST}, {"@", VIEW_LOG},
                 {"n", VIEW_NEW}, {"F6", VIEW_NEW}, {"Ctrl-L", VIEW_REPAINT},
                 {"Ctrl-Z", VIEW_SUSPEND}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(press(fixture, cases[i].key).kind, cases[i].kind);
    press(fixture, "g");
    struct view_effect effect = press(fixture, "x");
    assert_int_equal(effect.kind, VIEW_OPEN);
    assert_string_equal(effect.name, "exceptions");
    press(fixture, "F9");
    assert_int_equal(press(fixture, "z").kind, VIEW_REDRAW);
    frame_progress(fixture->frame)->label = "Importing";
    frame_progress(fixture->frame)->can_cancel = true;
    assert_int_equal(press(fixture, "Esc").kind, VIEW_CANCEL);
}

static void test_palette(void **state)
{
    struct fixture *fixture = *state;
    press(fixture, ":");
    type(fixture, "ex");
    press(fixture, "Tab");
    struct view_effect effect = type(fixture, "all");
    effect = press(fixture, "Enter");
    assert_int_equal(effect.kind, VIEW_COMMAND);
    assert_string_equal(effect.text, "export all");
    press(fixture, ":");
    press(fixture, "Up");
    effect = press(fixture, "Enter");
    assert_string_equal(effect.text, "export all");
    press(fixture, ":");
    press(fixture, "Backspace");
    assert_false(frame_busy(fixture->frame));
}

/* Every overlay at every size draws without harm. */
static void test_sizes(void **state)
{
    struct fixture *fixture = *state;
    struct surface surface;
    static const char *const openers[] = {"Space", "?", ":", "g"};
    surface_init(&surface, 24, 80);
    for (size_t i = 0; i < 6; i++) {
        if (i < 4)
            press(fixture, openers[i]);
        else if (i == 4)
            frame_danger(fixture->frame, "t", &danger);
        else
            frame_ask(fixture->frame, "t", "%0100d", 7);
        for (int rows = 1; rows < 50; rows += 7) {
            for (int cols = 1; cols < 200; cols += 11) {
                surface_resize(&surface, rows, cols);
                frame_draw(fixture->frame, &surface);
                assert_in_range(surface.cursor_row + 1, 0, rows);
            }
        }
        fixture->world.clock.monotonic_us += 1000 * 1000;
        press(fixture, "Esc");
    }
    surface_free(&surface);
}

/* An action that is not answered says so, and how long. */
static void test_acting(void **state)
{
    struct fixture *fixture = *state;
    struct surface surface;
    char text[256];
    surface_init(&surface, 24, 80);
    frame_facts(fixture->frame)->acting = "defer";
    fixture->world.clock.monotonic_us = 3 * 1000 * 1000;
    frame_draw(fixture->frame, &surface);
    surface_row_text(&surface, 22, text, sizeof text);
    assert_non_null(strstr(text, "defer: not answered for 3s."));
    surface_free(&surface);
}

/* The rows of the screen joined by blanks, from `first` on. */
static void rows_text(const struct surface *surface, int first, char *out, size_t size)
{
    size_t length = 0;
    for (int row = first; row < surface->rows && length + 2 < size; row++) {
        char text[512];
        surface_row_text(surface, row, text, sizeof text);
        int added = snprintf(out + length, size - length, "%s%s", length == 0 ? "" : " ",
                             text + strspn(text, " "));
        length += added > 0 ? (size_t)added : 0;
    }
}

/* A refusal is read whole, however long it is, and the next key gives the lines back. */
static void test_long_message(void **state)
{
    struct fixture *fixture = *state;
    static const char sentence[] = "X-8 is not yours but of clerk2; claim it first.";
    static const int widths[][2] = {{24, 80}, {43, 132}, {15, 60}};
    char said[512] = "", text[2048];
    struct surface surface;
    surface_init(&surface, 24, 80);
    while (strlen(said) + sizeof sentence < sizeof said - 1) {
        snprintf(said + strlen(said), sizeof said - strlen(said), "%s%s",
                 said[0] == '\0' ? "" : " ", sentence);
        for (size_t i = 0; i < 3; i++) {
            surface_resize(&surface, widths[i][0], widths[i][1]);
            frame_message(fixture->frame, ROLE_BAD, "%s", said);
            frame_draw(fixture->frame, &surface);
            rows_text(&surface, 1, text, sizeof text);
            assert_non_null(strstr(text, said));
            press(fixture, "Down");
            frame_draw(fixture->frame, &surface);
            rows_text(&surface, 1, text, sizeof text);
            assert_null(strstr(text, "X-8"));
            assert_non_null(strstr(text, "Esc back"));
        }
    }
    surface_free(&surface);
}

/* What stands there from the start on is read whole too, then keeps to its line. */
static void test_note(void **state)
{
    struct fixture *fixture = *state;
    static const char note[] = "screens/exceptions.screen, line 7: there is no field 'banks' "
                               "here, so the built-in screen is shown.";
    char text[1024];
    struct surface surface;
    surface_init(&surface, 24, 80);
    frame_facts(fixture->frame)->note = note;
    frame_draw(fixture->frame, &surface);
    rows_text(&surface, 22, text, sizeof text);
    assert_non_null(strstr(text, note));
    press(fixture, "Down");
    frame_draw(fixture->frame, &surface);
    rows_text(&surface, 22, text, sizeof text);
    assert_non_null(strstr(text, "screens/exceptions.screen"));
    assert_non_null(strstr(text, "Esc back"));
    surface_free(&surface);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_question, setup, teardown),
        cmocka_unit_test_setup_teardown(test_danger_ignores_early_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_danger_proofs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_danger_wrong, setup, teardown),
        cmocka_unit_test_setup_teardown(test_leaving_a_form, setup, teardown),
        cmocka_unit_test_setup_teardown(test_common_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_palette, setup, teardown),
        cmocka_unit_test_setup_teardown(test_acting, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_message, setup, teardown),
        cmocka_unit_test_setup_teardown(test_note, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sizes, setup, teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
