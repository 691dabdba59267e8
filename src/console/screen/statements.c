/* Screen files: one table of statements, one function for each. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

enum { REFRESH_MAX_S = 3600, IN_LIST = 1, IN_DETAIL = 2, IN_FORM = 4, ANYWHERE = 7 };

struct build {
    struct reader reader;
    struct screen_set *set;
    struct screen screen;
    bool started;
};

struct statement {
    const char *word;
    int kinds;       /* in which kinds of screen it may stand */
    size_t min, max; /* words, with the first */
    const char *form;
    bool (*read)(struct build *build);
};

static bool columns_full(struct build *build, size_t count)
{
    if (count < SCREEN_COLUMNS_MAX)
        return false;
    reader_fault(&build->reader, 0, "a screen has at most %d lines of this kind",
                 SCREEN_COLUMNS_MAX);
    return true;
}

static bool read_query(struct build *build)
{
    if (build->screen.query != NULL)
        return reader_fault(&build->reader, 0, "the query was named before");
    build->screen.query = reader_string(&build->reader, 1);
    build->screen.query_line = build->reader.line;
    return true;
}

static bool read_order(struct build *build)
{
    struct reader *reader = &build->reader;
    size_t count = reader->word_count - 1;
    bool descending = reader_word_is(reader, count, "desc");
    if (columns_full(build, build->screen.order_count))
        return false;
    count -= descending;
    if (count == 0 || count > 8)
        return reader_fault(reader, 1, "an order has 1 to 8 columns");
    struct screen_order *order = array_grow(&build->screen.orders, &build->screen.order_count,
                                            sizeof *order);
    order->line = reader->line;
    order->descending = descending;
    order->count = count;
    for (size_t i = 0; i < count; i++)
        order->columns[i] = reader_string(reader, i + 1);
    return true;
}

static bool read_refresh(struct build *build)
{
    return reader_number(&build->reader, 1, 1, REFRESH_MAX_S, &build->screen.refresh_s);
}

static bool read_empty(struct build *build)
{
    if (!build->reader.words[1].quoted)
        return reader_fault(&build->reader, 1, "the sentence must stand in quotes");
    build->screen.empty = reader_string(&build->reader, 1);
    return true;
}

/* WIDTH ["Label"] after the word `narrow` at *at, which goes on to the last of them. */
static bool read_narrow(struct reader *reader, size_t *at, struct screen_column *column)
{
    if (*at + 1 == reader->word_count)
        return reader_fault(reader, *at + 1, "a width must stand after 'narrow'");
    if (!reader_number(reader, ++*at, 1, 200, &column->narrow))
        return false;
    column->narrow_label = column->label;
    if (*at + 1 < reader->word_count && reader->words[*at + 1].quoted)
        column->narrow_label = reader_string(reader, ++*at);
    return true;
}

/* NAME ["Label"] [width] [flag]... */
static bool read_column_words(struct build *build, struct screen_column *column, bool input)
{
    static const char *const column_flags[] = {"frozen", "narrow"};
    static const char *const input_flags[] = {"optional", "masked"};
    struct reader *reader = &build->reader;
    column->line = reader->line;
    column->field = reader_field(reader, build->set, 1);
    if (column->field == NULL)
        return false;
    column->label = column->field->label;
    column->width = column->field->width;
    for (size_t i = 2; i < reader->word_count; i++) {
        char first = reader->words[i].text.length > 0 ? reader->words[i].text.data[0] : ' ';
        if (reader->words[i].quoted)
            column->label = reader_string(reader, i);
        else if (first >= '0' && first <= '9') {
            if (!reader_number(reader, i, 1, 200, &column->width))
                return false;
        } else if (!input && reader_word_is(reader, i, "frozen"))
            column->frozen = true;
        else if (!input && reader_word_is(reader, i, "narrow")) {
            if (!read_narrow(reader, &i, column))
                return false;
        } else if (input && reader_word_is(reader, i, "optional"))
            column->optional = true;
        else if (input && reader_word_is(reader, i, "masked"))
            column->masked = true;
        else
            return reader_unknown(reader, i, "word for a column",
                                  input ? input_flags : column_flags, 2);
    }
    return true;
}

static bool read_column(struct build *build)
{
    struct screen_column column = {0};
    if (columns_full(build, build->screen.column_count) ||
        !read_column_words(build, &column, false))
        return false;
    struct screen_column *added = array_grow(&build->screen.columns, &build->screen.column_count,
                                             sizeof *added);
    *added = column;
    return true;
}

static bool read_input(struct build *build)
{
    struct screen_column column = {0};
    if (columns_full(build, build->screen.input_count) || !read_column_words(build, &column, true))
        return false;
    for (size_t i = 0; i < build->screen.input_count; i++) {
        if (build->screen.inputs[i].field == column.field)
            return reader_fault(&build->reader, 1, "the input '%s' stands here twice",
                                column.field->name);
    }
    struct screen_column *added = array_grow(&build->screen.inputs, &build->screen.input_count,
                                             sizeof *added);
    *added = column;
    return true;
}

static bool read_fact(struct build *build)
{
    for (size_t i = 1; i < build->reader.word_count; i++) {
        const struct field *field = reader_field(&build->reader, build->set, i);
        if (field == NULL || columns_full(build, build->screen.fact_count))
            return false;
        struct screen_column *fact = array_grow(&build->screen.facts, &build->screen.fact_count,
                                                sizeof *fact);
        *fact = (struct screen_column){.field = field, .label = field->label,
                                       .width = field->width, .line = build->reader.line};
    }
    return true;
}

/* Adds the fields named on the line to an array of fields. */
static bool read_names(struct build *build, const struct field ***names, size_t *count, bool sums)
{
    for (size_t i = 1; i < build->reader.word_count; i++) {
        const struct field *field = reader_field(&build->reader, build->set, i);
        if (field == NULL || columns_full(build, *count))
            return false;
        if (sums && field->type != FIELD_MONEY && field->type != FIELD_COUNT)
            return reader_fault(&build->reader, i, "'%s' is %s; only money and counts have totals",
                                field->name, field_type_name(field->type));
        const struct field **added = array_grow(names, count, sizeof *added);
        *added = field;
    }
    return true;
}

static bool read_total(struct build *build)
{
    return read_names(build, &build->screen.totals, &build->screen.total_count, true);
}

static bool read_filter(struct build *build)
{
    return read_names(build, &build->screen.filters, &build->screen.filter_count, false);
}

/* Keys that mean the same on every screen cannot be given away (UI.md, Keys). */
static bool key_reserved(const char *key)
{
    static const char *const names[] = {"Tab", "BackTab", "Esc", "Space", "F1", "F3", "F4", "F5",
                                        "F7", "F8", "F9", "F12"};
    if (key[0] != '\0' && key[1] == '\0')
        return strchr("?:/\\[]-qgbfsScRvU*yE@0123456789", key[0]) != NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], key) == 0)
            return true;
    }
    return false;
}

static bool key_known(const char *key)
{
    static const char *const names[] = {"Enter", "Ins", "Del", "F2", "F6", "F10", "F11"};
    if (key[0] > ' ' && key[0] <= '~' && key[1] == '\0')
        return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], key) == 0)
            return true;
    }
    return false;
}

static bool read_binding(struct build *build, struct screen_key key)
{
    struct reader *reader = &build->reader;
    key.line = reader->line;
    key.action = reader_string(reader, 2);
    if (strcmp(key.action, "open") == 0 && (reader->word_count < 4 || reader->word_count > 5))
        return reader_fault(reader, 2, "open is written: open SCREEN [COLUMN]");
    for (size_t i = 3; i < reader->word_count; i++)
        key.args[key.arg_count++] = reader_string(reader, i);
    if (columns_full(build, build->screen.key_count))
        return false;
    for (size_t i = 0; i < build->screen.key_count; i++) {
        const struct screen_key *other = &build->screen.keys[i];
        bool same = key.key == NULL ? other->option == key.option
                                    : other->key != NULL && strcmp(other->key, key.key) == 0;
        if (same)
            return reader_fault(reader, 1, "the %s is used on line %d already",
                                key.key == NULL ? "option" : "key", other->line);
    }
    struct screen_key *added = array_grow(&build->screen.keys, &build->screen.key_count,
                                          sizeof *added);
    *added = key;
    return true;
}

static bool read_key(struct build *build)
{
    struct screen_key key = {.key = reader_string(&build->reader, 1)};
    if (key_reserved(key.key))
        return reader_fault(&build->reader, 1, "the key '%s' means the same on every screen",
                            key.key);
    if (!key_known(key.key))
        return reader_fault(&build->reader, 1,
                            "'%s' is no key; a key is a character, Enter, Ins, Del, F2, F6, F10 "
                            "or F11", key.key);
    return read_binding(build, key);
}

static bool read_option(struct build *build)
{
    struct screen_key key = {0};
    return reader_number(&build->reader, 1, 1, 99, &key.option) && read_binding(build, key);
}

static struct screen_item *add_item(struct build *build, enum screen_item_kind kind)
{
    if (columns_full(build, build->screen.item_count))
        return NULL;
    struct screen_item *item = array_grow(&build->screen.items, &build->screen.item_count,
                                          sizeof *item);
    item->kind = kind;
    item->line = build->reader.line;
    return item;
}

static bool read_section(struct build *build)
{
    if (!build->reader.words[1].quoted)
        return reader_fault(&build->reader, 1, "the title must stand in quotes");
    struct screen_item *item = add_item(build, ITEM_SECTION);
    if (item != NULL)
        item->title = reader_string(&build->reader, 1);
    return item != NULL;
}

static bool read_show(struct build *build)
{
    for (size_t i = 1; i < build->reader.word_count; i++) {
        const struct field *field = reader_field(&build->reader, build->set, i);
        struct screen_item *item = field == NULL ? NULL : add_item(build, ITEM_SHOW);
        if (item == NULL)
            return false;
        item->column = (struct screen_column){.field = field, .label = field->label,
                                              .width = field->width, .line = build->reader.line};
    }
    return true;
}

static bool read_part(struct build *build)
{
    struct screen_item *item = add_item(build, ITEM_PART);
    if (item == NULL)
        return false;
    item->name = reader_string(&build->reader, 1);
    for (size_t i = 2; i < build->reader.word_count; i++)
        item->args[item->arg_count++] = reader_string(&build->reader, i);
    return true;
}

static bool read_related(struct build *build)
{
    if (!build->reader.words[2].quoted)
        return reader_fault(&build->reader, 2, "the title must stand in quotes");
    struct screen_item *item = add_item(build, ITEM_RELATED);
    if (item == NULL)
        return false;
    item->name = reader_string(&build->reader, 1);
    item->title = reader_string(&build->reader, 2);
    return true;
}

static bool read_action(struct build *build)
{
    build->screen.action = reader_string(&build->reader, 1);
    build->screen.action_line = build->reader.line;
    return true;
}

static const struct statement statements[] = {
    {.word = "query", .kinds = ANYWHERE, .min = 2, .max = 2, .form = "query QUERY",
     .read = read_query},
    {.word = "order", .kinds = IN_LIST, .min = 2, .max = 10, .form = "order COLUMN... [desc]",
     .read = read_order},
    {.word = "refresh", .kinds = IN_LIST | IN_DETAIL, .min = 2, .max = 2,
     .form = "refresh SECONDS", .read = read_refresh},
    {.word = "empty", .kinds = IN_LIST, .min = 2, .max = 2, .form = "empty \"Sentence.\"",
     .read = read_empty},
    {.word = "column", .kinds = IN_LIST, .min = 2, .max = 8,
     .form = "column NAME [\"Label\"] [width] [narrow WIDTH [\"Label\"]] [frozen]",
     .read = read_column},
    {.word = "total", .kinds = IN_LIST, .min = 2, .max = 9, .form = "total NAME...",
     .read = read_total},
    {.word = "filter", .kinds = IN_LIST, .min = 2, .max = SCREEN_WORDS_MAX,
     .form = "filter NAME...", .read = read_filter},
    {.word = "key", .kinds = IN_LIST | IN_DETAIL, .min = 3, .max = 3 + SCREEN_ARGS_MAX,
     .form = "key KEY ACTION [column...]", .read = read_key},
    {.word = "option", .kinds = IN_LIST, .min = 3, .max = 3 + SCREEN_ARGS_MAX,
     .form = "option NUMBER ACTION [column...]", .read = read_option},
    {.word = "section", .kinds = IN_DETAIL, .min = 2, .max = 2, .form = "section \"Title\"",
     .read = read_section},
    {.word = "show", .kinds = IN_DETAIL, .min = 2, .max = SCREEN_WORDS_MAX, .form = "show NAME...",
     .read = read_show},
    {.word = "fact", .kinds = IN_DETAIL, .min = 2, .max = SCREEN_WORDS_MAX, .form = "fact NAME...",
     .read = read_fact},
    {.word = "part", .kinds = IN_DETAIL, .min = 2, .max = 2 + SCREEN_ARGS_MAX,
     .form = "part PART [word...]", .read = read_part},
    {.word = "related", .kinds = IN_DETAIL, .min = 3, .max = 3,
     .form = "related LIST \"Title\"", .read = read_related},
    {.word = "action", .kinds = IN_FORM, .min = 2, .max = 2, .form = "action ACTION",
     .read = read_action},
    {.word = "input", .kinds = IN_FORM, .min = 2, .max = 6,
     .form = "input NAME [\"Label\"] [width] [optional] [masked]", .read = read_input},
};
enum { STATEMENT_COUNT = sizeof statements / sizeof statements[0] };

static const char *const kind_names[] = {
    [SCREEN_LIST] = "list", [SCREEN_DETAIL] = "detail", [SCREEN_FORM] = "form"};

/* list|detail|form NAME "Title" */
static bool read_start(struct build *build, int kind)
{
    struct reader *reader = &build->reader;
    if (build->started)
        return reader_fault(reader, 0, "a file holds one screen");
    build->started = true;
    build->screen.kind = (enum screen_kind)kind;
    if (reader->word_count != 3 || !reader->words[2].quoted)
        return reader_fault(reader, reader->word_count, "a screen begins: %s NAME \"Title\"",
                            kind_names[kind]);
    build->screen.name = reader_string(reader, 1);
    build->screen.title = reader_string(reader, 2);
    const char *slash = strrchr(reader->file, '/');
    const char *base = slash == NULL ? reader->file : slash + 1;
    size_t length = strlen(build->screen.name);
    if (strncmp(base, build->screen.name, length) != 0 || strcmp(base + length, ".screen") != 0)
        return reader_fault(reader, 1, "the screen '%s' must stand in '%s.screen'",
                            build->screen.name, build->screen.name);
    return true;
}

static bool read_unknown(struct build *build)
{
    const char *words[STATEMENT_COUNT];
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        words[i] = statements[i].word;
    return reader_unknown(&build->reader, 0, "statement", words, STATEMENT_COUNT);
}

static bool read_statement(struct build *build)
{
    struct reader *reader = &build->reader;
    for (int kind = 0; kind < 3; kind++) {
        if (reader_word_is(reader, 0, kind_names[kind]))
            return read_start(build, kind);
    }
    if (!build->started) {
        build->started = true;
        return reader_fault(reader, 0, "a screen begins: list|detail|form NAME \"Title\"");
    }
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        const struct statement *statement = &statements[i];
        if (!reader_word_is(reader, 0, statement->word))
            continue;
        if (!(statement->kinds & 1 << build->screen.kind))
            return reader_fault(reader, 0, "'%s' has no place in a %s", statement->word,
                                kind_names[build->screen.kind]);
        if (reader->word_count < statement->min || reader->word_count > statement->max)
            return reader_fault(reader, reader->word_count, "it is written: %s", statement->form);
        return statement->read(build);
    }
    return read_unknown(build);
}

/* What a whole screen must have. */
static void check_whole(struct build *build)
{
    const struct screen *screen = &build->screen;
    struct reader *reader = &build->reader;
    reader->word_count = 0;
    if (!build->started)
        reader_fault(reader, 0, "the file holds no screen");
    else if (screen->name == NULL)
        return; /* how a screen begins was said already */
    else if (screen->kind == SCREEN_LIST && screen->query == NULL)
        reader_fault(reader, 0, "a list needs a query");
    else if (screen->kind == SCREEN_LIST && screen->order_count == 0)
        reader_fault(reader, 0, "a list needs an order");
    else if (screen->kind == SCREEN_LIST && screen->column_count == 0)
        reader_fault(reader, 0, "a list needs a column");
    else if (screen->kind == SCREEN_FORM && screen->action == NULL)
        reader_fault(reader, 0, "a form needs an action");
    else if (screen->kind == SCREEN_FORM && screen->input_count == 0)
        reader_fault(reader, 0, "a form needs an input");
    else if (screen->kind == SCREEN_DETAIL && screen->item_count == 0)
        reader_fault(reader, 0, "a detail needs something to show");
}

/* Moves an array from malloc into the arena. */
static void settle(struct arena *arena, void *array_pointer, size_t count, size_t size)
{
    void *array = NULL;
    memcpy(&array, array_pointer, sizeof array);
    void *copy = count == 0 ? NULL : arena_take(arena, count * size);
    assert(count == 0 || copy != NULL);
    if (copy != NULL)
        memcpy(copy, array, count * size);
    free(array);
    memcpy(array_pointer, &copy, sizeof copy);
}

static void settle_screen(struct arena *arena, struct screen *screen)
{
    settle(arena, &screen->orders, screen->order_count, sizeof *screen->orders);
    settle(arena, &screen->columns, screen->column_count, sizeof *screen->columns);
    settle(arena, &screen->facts, screen->fact_count, sizeof *screen->facts);
    settle(arena, &screen->totals, screen->total_count, sizeof *screen->totals);
    settle(arena, &screen->filters, screen->filter_count, sizeof *screen->filters);
    settle(arena, &screen->keys, screen->key_count, sizeof *screen->keys);
    settle(arena, &screen->items, screen->item_count, sizeof *screen->items);
    settle(arena, &screen->inputs, screen->input_count, sizeof *screen->inputs);
}

bool screen_set_read(struct screen_set *set, const char *file, struct span text,
                     struct screen_faults *faults)
{
    struct build build = {.set = set};
    /* One file takes little; a set that is nearly full takes no more. */
    if (arena_used(set->arena) > SET_BYTES_MAX - 16 * SCREEN_FILE_MAX ||
        set->screen_count == SCREENS_MAX) {
        faults_add(faults, "%s:1:1: there are too many screens", file);
        return false;
    }
    reader_start(&build.reader, file, text, set->arena, faults);
    while (reader_line(&build.reader))
        read_statement(&build);
    check_whole(&build);
    settle_screen(set->arena, &build.screen);
    if (!reader_clean(&build.reader))
        return false;
    build.screen.file = arena_string(set->arena, file, strlen(file));
    struct screen *screen = arena_take(set->arena, sizeof *screen);
    assert(screen != NULL);
    *screen = build.screen;
    screen_set_add(set, screen);
    return true;
}
