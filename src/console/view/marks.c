/* Marks and options of rows: a small hash table of identities. */
#include "marks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void marks_init(struct marks *marks, const char *const *columns, size_t column_count)
{
    *marks = (struct marks){.columns = columns, .column_count = column_count};
}

static void free_mark(const struct marks *marks, struct mark *mark)
{
    for (size_t i = 0; i < marks->column_count; i++)
        free(mark->values[i]);
    free(mark->values);
    free(mark->identity);
}

void marks_clear(struct marks *marks)
{
    for (size_t i = 0; i < marks->count; i++)
        free_mark(marks, &marks->items[i]);
    free(marks->items);
    free(marks->slots);
    marks_init(marks, marks->columns, marks->column_count);
}

void marks_free(struct marks *marks)
{
    marks_clear(marks);
}

/* FNV-1a: the identities are our own database's keys, nobody gains by making them collide. */
static uint32_t hash(const char *text)
{
    uint32_t value = 2166136261u;
    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * 16777619u;
    return value;
}

/* The slot that holds identity, or the empty one where it would go. */
static size_t find_slot(const struct marks *marks, const char *identity)
{
    size_t slot = hash(identity) & (marks->slot_count - 1);
    while (marks->slots[slot] != 0 &&
           strcmp(marks->items[marks->slots[slot] - 1].identity, identity) != 0)
        slot = (slot + 1) & (marks->slot_count - 1);
    return slot;
}

static void rehash(struct marks *marks, size_t slot_count)
{
    free(marks->slots);
    marks->slot_count = slot_count;
    marks->slots = memory_new(slot_count * sizeof *marks->slots);
    for (size_t i = 0; i < marks->count; i++)
        marks->slots[find_slot(marks, marks->items[i].identity)] = (uint32_t)i + 1;
}

const struct mark *marks_find(const struct marks *marks, const char *identity)
{
    if (marks->count == 0)
        return NULL;
    uint32_t index = marks->slots[find_slot(marks, identity)];
    return index == 0 ? NULL : &marks->items[index - 1];
}

static struct mark *find_or_add(struct marks *marks, const char *identity,
                                const struct page *page, size_t row)
{
    struct mark *mark = (struct mark *)(uintptr_t)marks_find(marks, identity);
    if (mark != NULL || marks->count == MARKS_MAX)
        return mark;
    size_t room = marks->count;
    /* Room doubles whenever the count reaches a power of two, from 16 on. */
    if (room == 0 || (room >= 16 && (room & (room - 1)) == 0))
        marks->items = memory_resize(marks->items, room == 0 ? 16 : room * 2,
                                     sizeof *marks->items);
    mark = &marks->items[marks->count++];
    *mark = (struct mark){.identity = memory_copy_string(identity)};
    mark->values = memory_new((marks->column_count + 1) * sizeof *mark->values);
    for (size_t i = 0; i < marks->column_count; i++) {
        struct rows_cell cell = page_named(page, row, marks->columns[i]);
        mark->values[i] = cell.null ? NULL : memory_copy_string(cell.text);
    }
    if (marks->count * 2 > marks->slot_count)
        rehash(marks, marks->slot_count == 0 ? 64 : marks->slot_count * 2);
    else
        marks->slots[find_slot(marks, identity)] = (uint32_t)marks->count;
    return mark;
}

/* Drops an item that says nothing any more, keeping the order of the others. */
static void drop_if_empty(struct marks *marks, struct mark *mark)
{
    if (mark->marked || mark->option[0] != '\0')
        return;
    size_t index = (size_t)(mark - marks->items);
    free_mark(marks, mark);
    memmove(mark, mark + 1, (marks->count - 1 - index) * sizeof *mark);
    marks->count--;
    rehash(marks, marks->slot_count);
}

bool marks_set(struct marks *marks, const char *identity, bool marked, const struct page *page,
               size_t row)
{
    if (!marked && marks_find(marks, identity) == NULL)
        return true;
    struct mark *mark = find_or_add(marks, identity, page, row);
    if (mark == NULL)
        return false;
    if (mark->marked != marked)
        marks->marked = marked ? marks->marked + 1 : marks->marked - 1;
    mark->marked = marked;
    drop_if_empty(marks, mark);
    return true;
}

bool marks_option(struct marks *marks, const char *identity, const char *option,
                  const struct page *page, size_t row)
{
    bool empty = option[0] == '\0';
    assert(strlen(option) < sizeof marks->items->option);
    if (empty && marks_find(marks, identity) == NULL)
        return true;
    struct mark *mark = find_or_add(marks, identity, page, row);
    if (mark == NULL)
        return false;
    bool had = mark->option[0] != '\0';
    marks->optioned = marks->optioned + !empty - had;
    memcpy(mark->option, option, strlen(option) + 1);
    drop_if_empty(marks, mark);
    return true;
}

struct rows_cell marks_value(const struct marks *marks, const struct mark *mark,
                             const char *column)
{
    for (size_t i = 0; i < marks->column_count; i++) {
        if (strcmp(marks->columns[i], column) == 0 && mark->values[i] != NULL)
            return (struct rows_cell){.text = mark->values[i],
                                      .length = strlen(mark->values[i])};
    }
    return (struct rows_cell){.text = "", .null = true};
}
