/* pages_test - a folder of public pages for the tests of this room. */
#ifndef PAGES_TEST_H
#define PAGES_TEST_H

#include "front.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/handback-pages-XXXXXX";
static int pages;

static int begin(void **state)
{
	struct err e = { 0 };
	(void)state;
	assert_non_null(mkdtemp(folder));
	pages = front_open(str_of(folder), &e);
	return pages < 0;
}

static int end(void **state)
{
	char call[100];
	(void)state;
	close(pages);
	snprintf(call, sizeof call, "rm -r %s", folder);
	return system(call);
}

#endif
