/* Loads libraries late, and writes down where their functions are. */
#include "late.h"
#include "late_int.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "handback: %s\n", what ? what : "a library could not be loaded");
	_exit(127);
}

static void fill(struct late_library *l)
{
	void *library = dlopen(l->file, RTLD_LAZY | RTLD_LOCAL);
	if (!library || mprotect(late_slot, late_slots_size, PROT_READ | PROT_WRITE) != 0)
		fail(dlerror());
	for (size_t i = l->first; i < l->first + l->n; i++)
		if (!(late_slot[i] = dlsym(library, late_name[i])))
			fail(dlerror());
	if (mprotect(late_slot, late_slots_size, PROT_READ) != 0)
		fail(NULL);
	l->loaded = true;
}

static bool needs(const struct late_library *l, const char *room)
{
	char word[32];
	snprintf(word, sizeof word, " %s ", room);
	return strstr(l->rooms, word);
}

void late_load(const char *room)
{
	pthread_mutex_lock(&lock);
	for (struct late_library *l = late_libraries; l->file; l++)
		if (!l->loaded && (!room || needs(l, room)))
			fill(l);
	pthread_mutex_unlock(&lock);
}

/* Called by late_first. */
__attribute__((used)) static void *late_find(size_t number)
{
	struct late_library *l = late_libraries;
	while (number >= l->first + l->n)
		l++;
	pthread_mutex_lock(&lock);
	if (!l->loaded)
		fill(l);
	pthread_mutex_unlock(&lock);
	return late_slot[number];
}

/* Arguments in registers are kept (System V ABI, AMD64); the number is in r11. */
__asm__(
	".pushsection .text\n.globl late_first\n.hidden late_first\n.type late_first, @function\nlate_first:\n"
	"	pushq %rbp\n"
	"	movq %rsp, %rbp\n"
	"	subq $192, %rsp\n"
	"	andq $-16, %rsp\n"
	"	movq %rax, (%rsp)\n	movq %rdi, 8(%rsp)\n	movq %rsi, 16(%rsp)\n	movq %rdx, 24(%rsp)\n"
	"	movq %rcx, 32(%rsp)\n	movq %r8, 40(%rsp)\n	movq %r9, 48(%rsp)\n"
	"	movups %xmm0, 64(%rsp)\n	movups %xmm1, 80(%rsp)\n	movups %xmm2, 96(%rsp)\n	movups %xmm3, 112(%rsp)\n"
	"	movups %xmm4, 128(%rsp)\n	movups %xmm5, 144(%rsp)\n	movups %xmm6, 160(%rsp)\n	movups %xmm7, 176(%rsp)\n"
	"	movl %r11d, %edi\n"
	"	call late_find\n"
	"	movq %rax, %r11\n"
	"	movups 64(%rsp), %xmm0\n	movups 80(%rsp), %xmm1\n	movups 96(%rsp), %xmm2\n	movups 112(%rsp), %xmm3\n"
	"	movups 128(%rsp), %xmm4\n	movups 144(%rsp), %xmm5\n	movups 160(%rsp), %xmm6\n	movups 176(%rsp), %xmm7\n"
	"	movq (%rsp), %rax\n	movq 8(%rsp), %rdi\n	movq 16(%rsp), %rsi\n	movq 24(%rsp), %rdx\n"
	"	movq 32(%rsp), %rcx\n	movq 40(%rsp), %r8\n	movq 48(%rsp), %r9\n"
	"	leave\n"
	"	jmp *%r11\n"
	".size late_first, .-late_first\n.popsection");
