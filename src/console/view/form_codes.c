/* F4: the codes that an input takes, from its field's values or from a query. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "form.h"

static const struct field *field_at_cursor(const struct form *form)
{
    return form->inputs[form->at].column->field;
}

static size_t codes_total(const struct form *form)
{
    const struct field *field = field_at_cursor(form);
    if (field->codes != NULL)
        return form->codes.page == NULL ? 0 : form->codes.page->row_count;
    return field->value_count;
}

static const char *code_text(const struct form *form, size_t index)
{
    const struct field *field = field_at_cursor(form);
    return field->codes != NULL ? page_cell(form->codes.page, index, 0).text
                                : field->values[index].code;
}

static const char *code_words(const struct form *form, size_t index)
{
    const struct field *field = field_at_cursor(form);
    if (field->codes == NULL)
        return _(field->values[index].label);
    return form->codes.page->column_count > 1 ? page_cell(form->codes.page, index, 1).text : "";
}

void codes_open(struct form *form)
{
    const struct field *field = field_at_cursor(form);
    struct codes *codes = &form->codes;
    if (field->codes == NULL && field->value_count == 0) {
        snprintf(form->inputs[form->at].fault, MESSAGE_MAX, "%s",
                 _("There is no list for this field."));
        return;
    }
    bool other = codes->input != form->at;
    codes->open = true;
    codes->input = form->at;
    codes->cursor = codes->top = 0;
    if (field->codes == NULL || (!other && codes->page != NULL))
        return;
    page_free(codes->page);
    codes->page = NULL;
    fetch_ask(&codes->fetch, form->view.world,
              (struct view_need){.kind = NEED_ROW, .query = field->codes, .limit = PART_ROWS_MAX,
                                 .screen = form->view.screen});
}

void codes_close(struct form *form)
{
    form->codes.open = false;
}

struct view_effect codes_key(struct form *form, const struct input_event *event)
{
    struct codes *codes = &form->codes;
    size_t total = codes_total(form);
    switch (event->code) {
    case INPUT_UP:
        codes->cursor -= codes->cursor > 0;
        break;
    case INPUT_DOWN:
        codes->cursor += codes->cursor + 1 < total;
        break;
    case INPUT_PAGE_UP:
        codes->cursor = codes->cursor > CODES_ROWS ? codes->cursor - CODES_ROWS : 0;
        break;
    case INPUT_PAGE_DOWN:
        codes->cursor = codes->cursor + CODES_ROWS < total ? codes->cursor + CODES_ROWS
                        : total == 0 ? 0 : total - 1;
        break;
    case INPUT_ENTER:
        if (codes->cursor < total)
            editor_set(&form->inputs[form->at].editor, code_text(form, codes->cursor));
        codes_close(form);
        break;
    case INPUT_ESCAPE: case INPUT_F(12): case INPUT_F(4):
        codes_close(form);
        break;
    default:
        /* A letter goes to the first code that begins with it. */
        for (size_t i = 0; i < total && event->code < 0x80; i++) {
            size_t next = (codes->cursor + 1 + i) % total;
            char letter[2] = {(char)event->code, '\0'};
            if (strncasecmp(code_text(form, next), letter, 1) == 0) {
                codes->cursor = next;
                break;
            }
        }
        break;
    }
    return effect_redraw();
}

bool codes_complete(struct form *form)
{
    struct editor *editor = &form->inputs[form->at].editor;
    const char *found = NULL;
    size_t matches = 0;
    if (editor->length == 0 || (field_at_cursor(form)->codes != NULL && form->codes.page == NULL))
        return false;
    for (size_t i = 0; i < codes_total(form); i++) {
        const char *code = code_text(form, i);
        if (strcasecmp(code, editor_text(editor)) == 0)
            return false;
        if (strncasecmp(code, editor_text(editor), editor->length) == 0) {
            found = code;
            matches++;
        }
    }
    if (matches != 1)
        return false;
    editor_set(editor, found);
    return true;
}

void codes_draw(struct form *form, struct surface *surface, int row, int col, int width, int room)
{
    struct codes *codes = &form->codes;
    size_t total = codes_total(form);
    size_t rows = (size_t)(room < CODES_ROWS ? room : CODES_ROWS);
    if (total == 0) {
        surface_text(surface, row, col, width, ROLE_DIM,
                     fetch_busy(&codes->fetch) ? _("Reading...") : _("The list is empty."));
        return;
    }
    if (codes->cursor < codes->top)
        codes->top = codes->cursor;
    if (codes->cursor >= codes->top + rows)
        codes->top = codes->cursor - rows + 1;
    for (size_t i = 0; i < rows && codes->top + i < total; i++) {
        size_t index = codes->top + i;
        bool selected = index == codes->cursor;
        enum text_role role = selected ? ROLE_SELECTED : ROLE_TEXT;
        surface_fill(surface, row + (int)i, col - 2, width + 2, ROLE_TEXT);
        surface_text(surface, row + (int)i, col, 22, role, code_text(form, index));
        surface_text(surface, row + (int)i, col + 24, width - 24, role, code_words(form, index));
        if (selected) {
            surface_put(surface, row + (int)i, col - 2, ROLE_SELECTED, ">");
            surface_cursor(surface, row + (int)i, col - 2);
        }
    }
}
