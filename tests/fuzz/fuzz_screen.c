/* Screen files and the dictionary: any bytes give a screen or faults, and a screen can be drawn. */
#include "fuzz.h"

#include <string.h>

#include "daybook/screen/screen.h"
#include "daybook/view/view.h"

static const char dictionary[] =
    "field id \"Id\" 10 id priority 1\nfield amount \"Amount\" 14 money of currency\n"
    "field currency \"Cur\" 3 code\nfield state \"State\" 12 code\n"
    "value state NEW warning \"new\"\nfield payee \"Payee\" 20 text grow\n"
    "field at \"At\" 11 time\nfield day \"Day\" 10 date\n";

static const char *const names_known[] = {"id", "amount", "currency", "state"};

static const char *const *columns_of(void *context, const char *query, size_t *count)
{
    (void)context, (void)query;
    *count = 4;
    return names_known;
}

static void draw(const struct screen_set *set, const struct screen *screen)
{
    struct view_world world = {.screens = set, .exponent = 2};
    struct view *view = view_new(&world, screen, "1");
    struct view_need need;
    struct surface surface;
    surface_init(&surface, 24, 80);
    while (view_need_next(view, &need)) {
        struct page *page = page_new(names_known, 4, 2, 0);
        for (int i = 0; i < 2; i++) {
            page_row(page);
            page_set(page, 0, i == 0 ? "1" : "2", 1);
            page_set(page, 1, "-123456", 7);
            page_set(page, 3, "NEW", 3);
        }
        view_arrived(view, need.serial, page);
    }
    view_draw(view, &surface, surface_area(&surface));
    surface_free(&surface);
    view_free(view);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct screen_names names = {
        .actions = names_known, .action_count = 4, .parts = view_part_names, .part_count = 1,
        .queries = names_known, .query_count = 4, .query_columns = columns_of};
    struct screen_faults faults = {0};
    struct screen_set *set = screen_set_new();
    struct span text = {(const char *)data, size};
    FUZZ_HOLDS(screen_set_fields(set, "fields", SPAN(dictionary), &faults));
    bool fields = screen_set_fields(set, "fields", text, &faults);
    FUZZ_HOLDS(fields == (faults.count == 0));
    screen_faults_free(&faults);
    bool read = screen_set_read(set, "x.screen", text, &faults);
    FUZZ_HOLDS(read == (faults.count == 0));
    FUZZ_HOLDS(screen_count(set) == (read ? 1u : 0u));
    if (read && screen_set_check(set, &names, &faults))
        draw(set, screen_at(set, 0));
    for (size_t i = 0; i < faults.count; i++) {
        char again[ERROR_MESSAGE_MAX];
        text_printable(again, sizeof again, span_of(faults.texts[i]));
        FUZZ_HOLDS(strcmp(again, faults.texts[i]) == 0);
    }
    screen_faults_free(&faults);
    screen_set_free(set);
    return 0;
}
