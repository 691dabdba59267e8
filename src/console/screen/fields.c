/* screens/fields: the dictionary of columns. */
#include <stdlib.h>
#include <string.h>

#include "reader.h"

enum { DEFAULT_PRIORITY = 5, WIDTH_MAX = 200, VALUES_MAX = 64 };

static const char *const type_names[] = {
    [FIELD_TEXT] = "text", [FIELD_ID] = "id", [FIELD_MONEY] = "money", [FIELD_DATE] = "date",
    [FIELD_TIME] = "time", [FIELD_MOMENT] = "moment", [FIELD_COUNTDOWN] = "countdown",
    [FIELD_DURATION] = "duration", [FIELD_COUNT] = "count",
    [FIELD_PERCENT] = "percent", [FIELD_CODE] = "code", [FIELD_BOOL] = "bool",
    [FIELD_ACCOUNT] = "account"};
enum { TYPE_COUNT = sizeof type_names / sizeof type_names[0] };

static const char *const tone_names[] = {
    [TONE_PLAIN] = "plain", [TONE_OK] = "ok", [TONE_WARNING] = "warning", [TONE_BAD] = "bad",
    [TONE_INFO] = "info", [TONE_DIM] = "dim"};
enum { TONE_COUNT = sizeof tone_names / sizeof tone_names[0] };

const char *field_type_name(enum field_type type)
{
    return type_names[type];
}

static int compare_names(const void *key, const void *element)
{
    const struct field *const *field = element;
    return strcmp(key, (*field)->name);
}

const struct field *field_find(const struct screen_set *set, const char *name)
{
    if (set->field_count == 0)
        return NULL;
    const struct field **found = bsearch(name, set->fields, set->field_count,
                                         sizeof *set->fields, compare_names);
    return found == NULL ? NULL : *found;
}

size_t field_count(const struct screen_set *set)
{
    return set->field_count;
}

const struct field *field_at(const struct screen_set *set, size_t index)
{
    return set->fields[index];
}

const struct field_value *field_value_find(const struct field *field, const char *code)
{
    for (size_t i = 0; i < field->value_count; i++) {
        if (strcmp(field->values[i].code, code) == 0)
            return &field->values[i];
    }
    return NULL;
}

static bool find_name(const struct reader *reader, size_t word, const char *const *names,
                      size_t count, int *index)
{
    for (size_t i = 0; i < count; i++) {
        if (reader_word_is(reader, word, names[i])) {
            *index = (int)i;
            return true;
        }
    }
    return false;
}

/* The words after the type. */
static bool read_extras(struct reader *reader, struct field *field)
{
    static const char *const extras[] = {"of", "priority", "grow", "codes", "words"};
    for (size_t i = 5; i < reader->word_count; i++) {
        bool last = i + 1 == reader->word_count;
        if (reader_word_is(reader, i, "grow"))
            field->grow = true;
        else if (reader_word_is(reader, i, "words"))
            field->words = true;
        else if (!find_name(reader, i, extras, 5, &(int){0}))
            return reader_unknown(reader, i, "word for a field", extras, 5);
        else if (last)
            return reader_fault(reader, i + 1, "a word is missing at the end of the line");
        else if (reader_word_is(reader, i, "priority")) {
            if (!reader_number(reader, ++i, 1, 9, &field->priority))
                return false;
        } else if (reader_word_is(reader, i, "of"))
            field->currency = reader_string(reader, ++i);
        else
            field->codes = reader_string(reader, ++i);
    }
    return true;
}

static void insert_field(struct screen_set *set, const struct field *field)
{
    size_t at = 0;
    array_grow(&set->fields, &set->field_count, sizeof *set->fields);
    while (at + 1 < set->field_count && strcmp(set->fields[at]->name, field->name) < 0)
        at++;
    memmove(set->fields + at + 1, set->fields + at,
            (set->field_count - 1 - at) * sizeof *set->fields);
    set->fields[at] = field;
}

/* field NAME "Label" WIDTH TYPE ... */
static struct field *read_field(struct reader *reader, struct screen_set *set)
{
    int type = 0;
    if (reader->word_count < 5) {
        reader_fault(reader, reader->word_count,
                     "a field is written: field NAME \"Label\" WIDTH TYPE");
        return NULL;
    }
    struct field *field = arena_take(reader->arena, sizeof *field);
    if (field == NULL || set->field_count == FIELDS_MAX) {
        reader_fault(reader, 0, "there are more than %d fields", FIELDS_MAX);
        return NULL;
    }
    field->name = reader_string(reader, 1);
    field->label = reader_string(reader, 2);
    field->priority = DEFAULT_PRIORITY;
    if (field_find(set, field->name) != NULL)
        reader_fault(reader, 1, "the field '%s' was written before", field->name);
    else if (!reader->words[2].quoted)
        reader_fault(reader, 2, "the label must stand in quotes");
    else if (!reader_number(reader, 3, 1, WIDTH_MAX, &field->width))
        return NULL;
    else if (!find_name(reader, 4, type_names, TYPE_COUNT, &type))
        reader_unknown(reader, 4, "type", type_names, TYPE_COUNT);
    else if (read_extras(reader, field)) {
        field->type = (enum field_type)type;
        insert_field(set, field);
        return field;
    }
    return NULL;
}

/* Fields are borrowed const by everybody else; while their file is read they still grow. */
static struct field *field_to_change(struct reader *reader, const struct screen_set *set,
                                     size_t words)
{
    if (reader->word_count != words) {
        reader_fault(reader, reader->word_count, words == 5
                     ? "a value is written: value FIELD CODE TONE \"words\""
                     : "a help is written: help FIELD \"Sentence.\"");
        return NULL;
    }
    const struct field *field = reader_field(reader, set, 1);
    if (field != NULL && !reader->words[words - 1].quoted) {
        reader_fault(reader, words - 1, "the words must stand in quotes");
        return NULL;
    }
    return (struct field *)(uintptr_t)field;
}

/* value FIELD CODE TONE "words" */
static bool read_value(struct reader *reader, const struct screen_set *set)
{
    int tone = 0;
    struct field *field = field_to_change(reader, set, 5);
    if (field == NULL)
        return false;
    const char *code = reader_string(reader, 2);
    if (field_value_find(field, code) != NULL)
        return reader_fault(reader, 2, "the value '%s' was written before", code);
    if (!find_name(reader, 3, tone_names, TONE_COUNT, &tone))
        return reader_unknown(reader, 3, "tone", tone_names, TONE_COUNT);
    if (field->value_count == VALUES_MAX)
        return reader_fault(reader, 1, "the field has more than %d values", VALUES_MAX);
    /* Room is taken in eights, so that values move seldom. */
    if (field->value_count % 8 == 0) {
        size_t room = (field->value_count + 8) * sizeof *field->values;
        struct field_value *values = arena_take(reader->arena, room);
        if (values == NULL)
            return reader_fault(reader, 0, "the file needs too much memory");
        if (field->value_count > 0)
            memcpy(values, field->values, field->value_count * sizeof *values);
        field->values = values;
    }
    field->values[field->value_count++] = (struct field_value){
        .code = code, .label = reader_string(reader, 4), .tone = (enum field_tone)tone};
    return true;
}

static bool read_help(struct reader *reader, const struct screen_set *set)
{
    struct field *field = field_to_change(reader, set, 3);
    if (field == NULL)
        return false;
    field->help = reader_string(reader, 2);
    return true;
}

bool screen_set_fields(struct screen_set *set, const char *file, struct span text,
                       struct screen_faults *faults)
{
    static const char *const statements[] = {"field", "value", "help"};
    struct reader reader;
    reader_start(&reader, file, text, set->arena, faults);
    while (reader_line(&reader)) {
        if (reader_word_is(&reader, 0, "field"))
            read_field(&reader, set);
        else if (reader_word_is(&reader, 0, "value"))
            read_value(&reader, set);
        else if (reader_word_is(&reader, 0, "help"))
            read_help(&reader, set);
        else
            reader_unknown(&reader, 0, "statement", statements, 3);
    }
    return reader_clean(&reader);
}
