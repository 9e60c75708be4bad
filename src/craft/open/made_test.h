/* made - for tests: archives made by libarchive, in memory. To be included behind cmocka.h. */
#ifndef MADE_H
#define MADE_H

#include "base.h"

#include <archive.h>
#include <archive_entry.h>

static la_ssize_t made_put(struct archive *a, void *to, const void *p, size_t n)
{
	(void)a;
	buf_put(to, (struct str){ p, n });
	return (la_ssize_t)n;
}

/* Begins an archive that is written to *b; filter and options may be NULL. What is encrypted has the passphrase "four words". */
static struct archive *made_begin(struct buf *b, const char *format, const char *filter, const char *options)
{
	struct archive *a = archive_write_new();
	*b = BUF((size_t)1 << 30);
	if (filter)
		assert_int_equal(archive_write_add_filter_by_name(a, filter), ARCHIVE_OK);
	assert_int_equal(archive_write_set_format_by_name(a, format), ARCHIVE_OK);
	if (options)
		assert_int_equal(archive_write_set_options(a, options), ARCHIVE_OK);
	archive_write_set_passphrase(a, "four words");
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open(a, b, NULL, made_put, NULL), ARCHIVE_OK);
	return a;
}

static void made_add(struct archive *a, const char *name, struct str text)
{
	struct archive_entry *e = archive_entry_new();
	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0600);
	archive_entry_set_size(e, (la_int64_t)text.n);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, text.p, text.n), text.n);
	archive_entry_free(e);
}

static void made_end(struct archive *a)
{
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

#endif
