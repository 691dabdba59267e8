/* Drives the real views with canned pages: what screens look like, without a database.
 *
 *     gallery DIRECTORY [--mono] [--ascii] [--zh] [--prod] [--pages ROWS] [SCREEN [PARAM]]
 *
 * DIRECTORY holds the gallery's screens and fields. The clock stands still. */
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "daybook/base/buffer.h"
#include "daybook/base/language.h"
#include "daybook/base/share.h"
#include "daybook/term/terminal.h"
#include "daybook/view/frame.h"
#include "canned.h"

enum { PLACES_MAX = 16, FILE_MAX = 65536 };

static const struct view_action actions[] = {
    {.name = "claim", .word = "claim", .help = "Take the exception as yours."},
    {.name = "wait", .word = "wait", .help = "Wait for the bank or the merchant."},
    {.name = "defer", .word = "defer", .help = "Put it off until a day, with a reason."},
    {.name = "comment", .word = "comment", .help = "Say what the next person needs to know."},
    {.name = "link", .word = "link", .help = "Join it to a candidate without a difference.",
     .off = "You prepared this request; another supervisor must approve it."}};

static const struct view_place places[] = {
    {.letter = 't', .screen = "today", .word = "Today"},
    {.letter = 'x', .screen = "exceptions", .word = "Exceptions"}};

static const struct view_command commands[] = {
    {.name = "defer", .help = "Put the row off until a day."},
    {.name = "export", .help = "Write the list to a file."},
    {.name = "filter", .help = "Ask the database by fields."},
    {.name = "quit", .help = "Leave the console."}};

struct gallery {
    struct view_world world;
    struct terminal *terminal;
    struct frame *frame;
    struct view *places[PLACES_MAX];
    size_t count;
    bool ended;
};

static bool read_file(const char *directory, const char *name, struct buffer *out)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "r");
    buffer_init(out, FILE_MAX);
    for (int c; file != NULL && (c = fgetc(file)) != EOF;)
        buffer_append_char(out, (char)c);
    if (file != NULL)
        fclose(file);
    return file != NULL;
}

static struct screen_set *read_screens(const char *directory)
{
    static const char *const names[] = {
        "exceptions.screen", "exception.screen", "candidates.screen", "nothing.screen",
        "today.screen", "defer.screen", "request.screen", "forged.screen"};
    struct screen_set *set = screen_set_new();
    struct screen_faults faults = {0};
    struct buffer text;
    if (read_file(directory, "fields", &text))
        screen_set_fields(set, "fields", (struct span){text.data, text.length}, &faults);
    buffer_free(&text);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (read_file(directory, names[i], &text))
            screen_set_read(set, names[i], (struct span){text.data, text.length}, &faults);
        buffer_free(&text);
    }
    for (size_t i = 0; i < faults.count; i++)
        fprintf(stderr, "%s\n", faults.texts[i]);
    bool faulty = faults.count > 0;
    screen_faults_free(&faults);
    if (faulty)
        exit(1);
    return set;
}

static void push(struct gallery *gallery, struct view *view)
{
    if (gallery->count == PLACES_MAX) {
        view_free(view);
        return;
    }
    gallery->places[gallery->count++] = view;
    frame_show(gallery->frame, view);
}

static void open_screen(struct gallery *gallery, const char *name, const char *param,
                        const char *filter)
{
    const struct screen *screen = screen_find(gallery->world.screens, name);
    if (screen == NULL) {
        frame_message(gallery->frame, ROLE_BAD, "There is no screen %s.", name);
        return;
    }
    struct view *view = view_new(&gallery->world, screen, param);
    if (filter != NULL)
        view_filter_words(view, filter, NULL);
    push(gallery, view);
}

static void back(struct gallery *gallery)
{
    view_free(gallery->places[--gallery->count]);
    gallery->ended = gallery->count == 0;
    frame_show(gallery->frame, gallery->ended ? NULL : gallery->places[gallery->count - 1]);
}

/* What was asked for stands on the message line, so that tests see it. */
static void say_run(struct gallery *gallery, struct view_run *run)
{
    char text[256] = "";
    size_t length = 0;
    for (const struct view_run *at = run; at != NULL && length < sizeof text; at = at->next) {
        const char *first = view_run_value(at, 0, 0);
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s x%zu %s%s%s",
                                   length == 0 ? "" : "; ", at->action, at->row_count,
                                   first == NULL ? "" : first, at->sum[0] == '\0' ? "" : " ",
                                   at->sum);
    }
    frame_message(gallery->frame, ROLE_OK, "run %s", text);
    view_run_free(run);
}

static void give_command(struct gallery *gallery, const char *text)
{
    static const struct frame_danger danger = {
        .act = "Credit back", .counterparty = "王小明 · ICBC **** 0417",
        .amount = "12,480.00 CNY", .amount_words = "twelve thousand four hundred and eighty yuan",
        .proof_label = "the last four digits of the amount", .proof = "8000"};
    if (strncmp(text, "danger", 6) == 0)
        frame_danger(gallery->frame, "danger", &danger);
    else if (strncmp(text, "sign", 4) == 0)
        frame_secret(gallery->frame, "sign", "Approve R2026112000001, 12,960.00 CNY",
                     "Passphrase of the signing key:");
    else if (strncmp(text, "ask", 3) == 0)
        frame_ask(gallery->frame, "ask", "Claim 3 exceptions, 1,200.00 CNY?");
    else if (strncmp(text, "quit", 4) == 0)
        gallery->ended = true;
    else if (strncmp(text, "raw", 3) == 0)
        push(gallery, view_text_new(
                          &gallery->world, "statement.sta",
                          SPAN(":20:A1\r\n:61:2611190000C12,50NTRF\033[2J\n:86:\xffok\n-")));
    else if (strncmp(text, "import", 6) == 0)
        *frame_progress(gallery->frame) = (struct frame_progress){
            .label = "Importing", .done = 4000, .total = 18204, .unit = "rows",
            .started_us = gallery->world.clock.monotonic_us, .can_cancel = true};
    else
        frame_message(gallery->frame, ROLE_OK, "command %s", text);
}

static void submit(struct gallery *gallery, const struct view_effect *effect)
{
    char text[256] = "";
    size_t length = 0;
    for (size_t i = 0; i < effect->value_count && length < sizeof text; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, " %s=%s",
                                   effect->values[i].name, effect->values[i].text);
    frame_message(gallery->frame, ROLE_OK, "submit %s%s", effect->name, text);
}

static void act(struct gallery *gallery, struct view_effect effect)
{
    switch (effect.kind) {
    case VIEW_OPEN: open_screen(gallery, effect.name, effect.text, effect.filter); break;
    case VIEW_RUN: say_run(gallery, effect.run); break;
    case VIEW_SUBMIT: submit(gallery, &effect); break;
    case VIEW_BACK: case VIEW_LEAVE:
        back(gallery);
        break;
    case VIEW_COMMAND: give_command(gallery, effect.text); break;
    case VIEW_ANSWER:
        frame_message(gallery->frame, ROLE_OK, "%s: %s", (const char *)effect.token,
                      effect.yes ? "yes" : "no");
        frame_secret_wipe(gallery->frame);
        break;
    case VIEW_CANCEL:
        frame_progress(gallery->frame)->label = NULL;
        frame_message(gallery->frame, ROLE_WARNING, "Cancelled.");
        break;
    case VIEW_COPY: frame_message(gallery->frame, ROLE_OK, "copied %s", effect.text); break;
    case VIEW_REPAINT: terminal_repaint(gallery->terminal); break;
    case VIEW_SUSPEND:
        terminal_suspend(gallery->terminal);
        raise(SIGSTOP);
        terminal_continue(gallery->terminal);
        break;
    default: break;
    }
}

static void answer_needs(struct gallery *gallery)
{
    for (size_t i = 0; i < gallery->count; i++) {
        struct view_need need;
        while (view_need_next(gallery->places[i], &need)) {
            struct page *page = canned_page(&need);
            page->fetched_at = gallery->world.clock.now;
            view_arrived(gallery->places[i], need.serial, page);
        }
    }
}

static void take_keys(struct gallery *gallery)
{
    struct input_event event;
    while (!gallery->ended && keys_next(terminal_keys(gallery->terminal), &event)) {
        gallery->world.clock.monotonic_us = clock_monotonic_us();
        act(gallery, frame_key(gallery->frame, &event));
        answer_needs(gallery);
        if (frame_wants_flush(gallery->frame) && frame_busy(gallery->frame))
            keys_flush(terminal_keys(gallery->terminal));
    }
}

static void loop(struct gallery *gallery, int signals)
{
    while (!gallery->ended) {
        struct pollfd ready[2] = {{.fd = terminal_input_fd(gallery->terminal), .events = POLLIN},
                                  {.fd = signals, .events = POLLIN}};
        answer_needs(gallery);
        frame_draw(gallery->frame, terminal_surface(gallery->terminal));
        terminal_show(gallery->terminal);
        bool part = keys_waiting(terminal_keys(gallery->terminal));
        int wait = part ? terminal_escape_delay_ms(gallery->terminal)
                        : frame_wake_ms(gallery->frame);
        int count = poll(ready, 2, wait);
        gallery->world.clock.monotonic_us = clock_monotonic_us();
        if (count == 0 && part)
            keys_expire(terminal_keys(gallery->terminal));
        if (ready[1].revents & POLLIN) {
            struct signalfd_siginfo info;
            if (read(signals, &info, sizeof info) == sizeof info && info.ssi_signo == SIGWINCH)
                terminal_resize(gallery->terminal);
            else
                gallery->ended = true;
        }
        if (ready[0].revents != 0 && terminal_read(gallery->terminal) < 0)
            gallery->ended = true;
        take_keys(gallery);
        frame_idle(gallery->frame);
    }
}

static void on_crash(int number)
{
    terminal_restore_in_handler();
    signal(number, SIG_DFL);
    raise(number);
}

static int watch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGSEGV, on_crash);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static void set_facts(struct gallery *gallery, bool production)
{
    *frame_facts(gallery->frame) = (struct frame_facts){
        .crumbs = "", .role = "clearing", .operator = "clerk1",
        .environment = production ? "PROD" : "TRAINING", .database = HEALTH_GOOD,
        .core = HEALTH_NONE, .approvals = 3};
}

int main(int argc, char **argv)
{
    struct gallery gallery = {0};
    struct terminal_options options = {.theme = THEME_AUTO};
    const char *screen = "today", *param = NULL, *language = "en";
    bool production = false;
    char note[256], share[512];
    int at = 2;
    struct error error;
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        if (strcmp(argv[at], "--mono") == 0)
            options.theme = THEME_MONO;
        else if (strcmp(argv[at], "--ascii") == 0)
            options.ascii = true;
        else if (strcmp(argv[at], "--zh") == 0)
            language = "zh_CN";
        else if (strcmp(argv[at], "--prod") == 0)
            production = true;
        else if (strcmp(argv[at], "--pages") == 0 && at + 1 < argc)
            gallery.world.page_rows = (size_t)strtoul(argv[++at], NULL, 10);
    }
    if (at < argc)
        screen = argv[at++];
    if (at < argc)
        param = argv[at];
    if (argc < 2 || !language_start(language, share_directory(share, sizeof share), &error)) {
        fprintf(stderr, "usage: gallery DIRECTORY [SCREEN [PARAM]]\n");
        return 2;
    }
    gallery.world.screens = read_screens(argv[1]);
    gallery.world.actions = actions;
    gallery.world.action_count = sizeof actions / sizeof actions[0];
    gallery.world.places = places;
    gallery.world.place_count = sizeof places / sizeof places[0];
    gallery.world.commands = commands;
    gallery.world.command_count = sizeof commands / sizeof commands[0];
    gallery.world.clock.now = CANNED_NOW;
    gallery.world.clock.monotonic_us = clock_monotonic_us();
    gallery.world.utc_offset_s = 8 * 3600;
    gallery.world.exponent = 2;
    int signals = watch_signals();
    gallery.terminal = terminal_start(&options, note, &error);
    if (gallery.terminal == NULL) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    gallery.frame = frame_new(&gallery.world);
    set_facts(&gallery, production);
    if (note[0] != '\0')
        frame_facts(gallery.frame)->note = note;
    open_screen(&gallery, screen, param, NULL);
    loop(&gallery, signals);
    while (gallery.count > 0)
        view_free(gallery.places[--gallery.count]);
    frame_free(gallery.frame);
    terminal_stop(gallery.terminal);
    screen_set_free((struct screen_set *)(uintptr_t)gallery.world.screens);
    return 0;
}
