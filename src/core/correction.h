/* Corrections over REST (DESIGN.md 4): the preview that people sign, the execution of what they
 * signed, and its receipt. The document is put together, read and judged here; what it does is
 * SQL's (sql/schema/027 and on), in one transaction that begins after the judgement. */
#ifndef DAYBOOK_CORE_CORRECTION_H
#define DAYBOOK_CORE_CORRECTION_H

#include "passage.h"

/* Each answers or refuses; false where it was refused. passage->authority may be NULL. */
bool core_correction_preview(struct passage *passage);
bool core_correction_execute(struct passage *passage);
bool core_correction_receipt(struct passage *passage);

#endif
