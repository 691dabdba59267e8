/* Esc on the terminal while a headless command works. Private to app. */
#ifndef DAYBOOK_APP_ESCAPE_H
#define DAYBOOK_APP_ESCAPE_H

#include <stdbool.h>

/* Takes the keys of the terminal one by one and without echo, until escape_end(), a signal that
 * ends the program, or its suspension. False where nobody can press Esc: no terminal, or another
 * job has it. Ctrl-C and Ctrl-Z stay signals. */
bool escape_begin(void);
/* Esc itself was pressed since the last call; other keys are read and mean nothing. Never waits. */
bool escape_pressed(void);
void escape_end(void); /* gives the terminal back; allowed at any time */

#endif
