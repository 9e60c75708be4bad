/* The least that looking at many files costs: walks a folder and opens, reads and closes each file, or (stat) only asks for its state.
 *   walk_bench read|stat FOLDER        prints the number of files and their bytes */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char room[256 << 10];
static uint64_t files, bytes;

static void look(int folder, const char *name, bool reads)
{
	struct stat st;
	files++;
	if (!reads) {
		bytes += fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? (uint64_t)st.st_size : 0;
		return;
	}
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	for (ssize_t n = fd < 0 ? 0 : (ssize_t)sizeof room; n == (ssize_t)sizeof room;) {
		n = read(fd, room, sizeof room);
		bytes += n > 0 ? (uint64_t)n : 0;
	}
	if (fd >= 0)
		close(fd);
}

static void walk(int parent, const char *name, bool reads)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d)
		return;
	for (const struct dirent *e; (e = readdir(d));)
		if (e->d_type == DT_REG)
			look(fd, e->d_name, reads);
		else if (e->d_type == DT_DIR && strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			walk(fd, e->d_name, reads);
	closedir(d);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	walk(AT_FDCWD, argv[2], strcmp(argv[1], "read") == 0);
	printf("%llu files, %llu bytes\n", (unsigned long long)files, (unsigned long long)bytes);
	return 0;
}
