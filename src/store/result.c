#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/language.h"
#include "daybook/base/text.h"
#include "inside.h"

/* Types by their fixed object ids (pg_type.dat). */
static const struct {
    Oid oid;
    const char *name;
} type_names[] = {
    {16, "bool"}, {17, "bytea"}, {19, "text"}, {20, "int8"}, {21, "int4"}, {23, "int4"},
    {25, "text"}, {114, "json"}, {1000, "bool[]"}, {1009, "text[]"}, {1016, "int8[]"},
    {1042, "text"}, {1043, "text"}, {1082, "date"}, {1114, "timestamp"}, {1182, "date[]"},
    {1184, "timestamptz"}, {1700, "numeric"}, {3802, "jsonb"},
};

static const char *type_name(Oid oid)
{
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++)
        if (type_names[i].oid == oid)
            return type_names[i].name;
    return "";
}

static bool result_columns(struct store_result *result, const PGresult *pg)
{
    struct arena *arena = result->arena;
    result->names = arena_take(arena, result->columns * sizeof *result->names);
    result->types = arena_take(arena, result->columns * sizeof *result->types);
    if (result->names == NULL || result->types == NULL)
        return false;
    for (size_t c = 0; c < result->columns; c++) {
        const char *name = PQfname(pg, (int)c);
        result->names[c] = arena_string(arena, name, strlen(name));
        result->types[c] = type_name(PQftype(pg, (int)c));
        if (result->names[c] == NULL)
            return false;
    }
    return true;
}

static bool result_rows(struct store_result *result, const PGresult *pg)
{
    result->cells = arena_take(result->arena, result->rows * sizeof *result->cells);
    if (result->cells == NULL)
        return false;
    for (size_t r = 0; r < result->rows; r++) {
        result->cells[r] = arena_take(result->arena, result->columns * sizeof **result->cells);
        if (result->cells[r] == NULL)
            return false;
        for (size_t c = 0; c < result->columns; c++) {
            if (PQgetisnull(pg, (int)r, (int)c))
                continue;
            const char *value = PQgetvalue(pg, (int)r, (int)c);
            size_t length = (size_t)PQgetlength(pg, (int)r, (int)c);
            result->cells[r][c] = arena_string(result->arena, value, length);
            if (result->cells[r][c] == NULL)
                return false;
        }
    }
    return true;
}

struct store_result *result_from(const PGresult *pg, size_t limit, struct error *error)
{
    struct store_result *result = memory_new(sizeof *result);
    result->arena = arena_new(limit);
    result->affected = -1;
    const char *affected = PQcmdTuples((PGresult *)pg);
    int64_t count;
    if (affected[0] != '\0' && text_to_int64(span_of(affected), &count))
        result->affected = count;
    if (PQresultStatus(pg) != PGRES_TUPLES_OK)
        return result;
    result->columns = (size_t)PQnfields(pg);
    result->rows = (size_t)PQntuples(pg);
    if (result->rows > STORE_ROWS_MAX) {
        result->rows = STORE_ROWS_MAX;
        result->more = true;
    }
    if (result_columns(result, pg) && result_rows(result, pg))
        return result;
    error_set(error, ERROR_LIMIT, _("the answer is larger than %zu bytes; narrow the question"),
              limit);
    store_result_free(result);
    return NULL;
}

void store_result_free(struct store_result *result)
{
    if (result == NULL)
        return;
    arena_free(result->arena);
    free(result);
}

int store_column(const struct store_result *result, const char *name)
{
    for (size_t c = 0; c < result->columns; c++)
        if (strcmp(result->names[c], name) == 0)
            return (int)c;
    return -1;
}

const char *store_cell(const struct store_result *result, size_t row, const char *name)
{
    int column = result == NULL ? -1 : store_column(result, name);
    if (column < 0 || row >= result->rows)
        return NULL;
    return result->cells[row][column];
}

int64_t store_cell_int(const struct store_result *result, size_t row, const char *name,
                       int64_t otherwise)
{
    const char *text = store_cell(result, row, name);
    int64_t value;
    if (text == NULL || !text_to_int64(span_of(text), &value))
        return otherwise;
    return value;
}
