/* late_int - what the stubs that tools/mklate.py makes share with late.c. */
#ifndef LATE_INT_H
#define LATE_INT_H

#include <stdbool.h>
#include <stddef.h>

#define LATE_PAGE 4096

struct late_library { const char *file; size_t first, n; const char *rooms; bool loaded; };
extern struct late_library late_libraries[];             /* its functions are n names from `first` on; the last is empty */
extern const char *const late_name[];
extern void *late_slot[];                                /* where each function is; pages of their own, read-only but while they are filled */
extern const size_t late_slots_size;

/* A call goes where its slot says; while that says nothing, to late_first, which finds the function of this number and goes on there. */
#define LATE_STUB(name, number) __asm__( \
	".pushsection .text\n.globl " #name "\n.hidden " #name "\n.type " #name ", @function\n" #name ":\n" \
	"	endbr64\n" \
	"	movq late_slot+8*" #number "(%rip), %r11\n" \
	"	testq %r11, %r11\n" \
	"	je 1f\n" \
	"	jmp *%r11\n" \
	"1:	movl $" #number ", %r11d\n" \
	"	jmp late_first\n" \
	".size " #name ", .-" #name "\n.popsection");

#endif
