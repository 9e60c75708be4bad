/* doctor - the machine that Handback runs on, looked over: what keeps our data safe and goes on by itself. Reads what the kernel tells (/proc, /sys),
 * the unit's file and the data folder; changes nothing, and asks nobody outside. What can't be told is said to be so. */
#include "box.h"
#include "cli_int.h"
#include "keep.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <unistd.h>

enum { ROOM_LEAST = 256, ROOM_LITTLE = 2048, SMALL_FILE = 64 << 10, LAYERS_MAX = 8, BACKUP_OLD = 2 * DAY };     /* MiB, MiB; bytes; one device upon another; seconds */
enum verdict { GOOD, NOTE, LOOK, BAD, UNKNOWN };         /* NOTE: to know, and nothing to do */

static void found(struct answer *answer, const char *what, enum verdict v, const char *said, const char *todo)
{
	static const char *const word[] = { "good", "note", "look", "bad", "unknown" };
	answer_row(answer);
	answer_text(answer, "check", str_of(what));
	answer_text(answer, "result", str_of(word[v]));
	answer_text(answer, "note", str_of(said));
	answer_text(answer, "do", str_of(todo));
	answer_row_end(answer);
	answer_say(answer, "%-8s %-8s %s", what, word[v], said);
	if (*todo)
		answer_say(answer, "                  %s", todo);
	answer->attention |= v == LOOK || v == BAD;
}

/* A small file that tells of the machine; false: it is not there, or not for us to read. */
static bool told(struct op *op, const char *path, struct str *out)
{
	struct buf b = BUF(SMALL_FILE);
	struct err none = { 0 };
	bool good = access(path, R_OK) == 0 && file_whole(path, &b, NULL, &none);
	*out = good ? arena_str(op->a, str_trim(buf_str(&b))) : STR("");
	buf_free(&b);
	return good;
}

static void look_folder(struct op *op, struct answer *answer, const char *folder)
{
	struct stat st;
	if (stat(folder, &st) != 0)
		found(answer, "folder", BAD, arena_printf(op->a, "%s can't be looked at: %s", folder, strerror(errno)), "Run this as the user that Handback runs as.");
	else if (st.st_uid != geteuid())
		found(answer, "folder", LOOK, arena_printf(op->a, "%s belongs to user %u, and this runs as user %u", folder, st.st_uid, geteuid()),
		      "Run this as the user that Handback runs as: files that another makes there can stop it.");
	else if (st.st_mode & 077)
		found(answer, "folder", BAD, arena_printf(op->a, "others on this machine can get at %s (mode %03o)", folder, (unsigned)st.st_mode & 0777), arena_printf(op->a, "chmod 700 %s", folder));
	else
		found(answer, "folder", GOOD, arena_printf(op->a, "%s is for its owner alone", folder), "");
}

static void look_room(struct op *op, struct answer *answer, const char *folder)
{
	struct statvfs fs;
	if (statvfs(folder, &fs) != 0) {
		found(answer, "room", UNKNOWN, "the file system does not say how much is free", "");
		return;
	}
	uint64_t mib = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
	enum verdict v = mib < ROOM_LEAST ? BAD : mib < ROOM_LITTLE ? LOOK : GOOD;
	found(answer, "room", v, arena_printf(op->a, "%" PRIu64 " MiB are free where the data is", mib), v == GOOD ? "" : "Make room, or move old backups elsewhere: without room nothing more is kept or sent.");
}

/* Whether the block device of this folder of /sys is dm-crypt's, or lies upon such: cryptsetup's uuid begins with CRYPT. BAD: some of what it lies upon is not. */
static enum verdict device_encrypted(struct op *op, const char *sys, unsigned layer)
{
	struct str uuid;
	if (told(op, arena_printf(op->a, "%s/dm/uuid", sys), &uuid) && str_starts(uuid, STR("CRYPT")))
		return GOOD;
	const char *path = arena_printf(op->a, "%s/slaves", sys);
	DIR *d = layer < LAYERS_MAX && access(sys, F_OK) == 0 ? opendir(path) : NULL;
	if (!d)                                          /* a partition has no such folder: it lies upon its disk, bare */
		return access(arena_printf(op->a, "%s/partition", sys), F_OK) == 0 ? BAD : UNKNOWN;
	enum verdict all = BAD;
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.') {
			all = device_encrypted(op, arena_printf(op->a, "%s/%s", path, e->d_name), layer + 1);
			if (all != GOOD)
				break;
		}
	closedir(d);
	return all;
}

/* Device 0:n is none of blocks: a container's layers, a network's folder, memory, or a file system that spreads over several. */
static enum verdict number_encrypted(struct op *op, dev_t device)
{
	return major(device) ? device_encrypted(op, arena_printf(op->a, "/sys/dev/block/%u:%u", major(device), minor(device)), 0) : UNKNOWN;
}

static void look_disk(struct op *op, struct answer *answer, const char *folder)
{
	struct stat st;
	enum verdict v = stat(folder, &st) == 0 ? number_encrypted(op, st.st_dev) : UNKNOWN;
	if (v == GOOD)
		found(answer, "disk", GOOD, "the disk with the data is encrypted", "");
	else if (v == BAD)
		found(answer, "disk", LOOK, "this machine does not encrypt the disk with the data; whoever takes the disk reads what is not sealed",
		      "Encrypt it when the machine is set up anew (LUKS), or ask whoever runs it whether its disks are encrypted there.");
	else
		found(answer, "disk", UNKNOWN, "the machine does not say whether the disk with the data is encrypted", "Ask whoever set it up.");
}

static void look_swap(struct op *op, struct answer *answer)
{
	struct str text, line;
	enum verdict worst = GOOD;
	size_t n = 0;
	if (!told(op, "/proc/swaps", &text)) {
		found(answer, "swap", UNKNOWN, "the machine does not say whether memory is written to disk", "");
		return;
	}
	for (str_split(&text, '\n'); text.p && (line = str_split(&text, '\n')).n; n++) {
		struct stat st;
		const char *path = arena_str(op->a, str_split(&line, ' ')).p;
		bool memory = strncmp(path, "/dev/zram", 9) == 0;
		enum verdict v = memory ? GOOD : stat(path, &st) != 0 ? UNKNOWN : number_encrypted(op, S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev);
		worst = v == BAD || worst == GOOD ? v : worst;
	}
	if (worst == GOOD)
		found(answer, "swap", GOOD, n ? "what of memory is written to disk is encrypted, or stays in memory" : "nothing of memory is written to disk", "");
	else
		found(answer, "swap", worst == BAD ? LOOK : UNKNOWN, worst == BAD ? "memory may be written to a disk that is not encrypted (keys are locked in memory; pages are not)"
		      : "the machine does not say whether what of memory is written to disk is encrypted", "Switch swap off, or encrypt it (crypttab with a random key).");
}

static void look_powers(struct op *op, struct answer *answer)
{
	struct str powers = box_powers(op->a);
	bool lacks = strstr(powers.p, "no seccomp") || strstr(powers.p, "no landlock");
	found(answer, "powers", lacks ? LOOK : GOOD, powers.p, lacks ? "A newer kernel (6.1 or later, as Debian 12 has) keeps each part to what it needs." : "");
}

static void look_clock(struct answer *answer)
{
	struct timex t = { 0 };
	int state = adjtimex(&t);
	if (state < 0)
		found(answer, "clock", UNKNOWN, "the machine does not say whether its clock is right", "");
	else if (state == TIME_ERROR || t.status & STA_UNSYNC)
		found(answer, "clock", LOOK, "the clock is not kept right by a time server; the law's days and codes for signing in go by it", "timedatectl set-ntp true");
	else
		found(answer, "clock", GOOD, "the clock is kept right by a time server", "");
}

static bool look_backups(struct op *op, struct answer *answer)
{
	struct backup *b;
	size_t n;
	if (!keep_backups(op, &b, &n))
		return false;
	if (!n)
		found(answer, "backups", LOOK, "there is no backup in the data folder", "handback backup makes one; ui and serve make one each night while they run.");
	else if (b->made < op->now - BACKUP_OLD)
		found(answer, "backups", LOOK, arena_printf(op->a, "the newest backup is of " STR_FMT, STR_ARG(when_day_text(op->a, op->zone, b->made, "en"))),
		      "handback backup makes one; ui and serve make one each night while they run.");
	else
		found(answer, "backups", GOOD, arena_printf(op->a, "%zu, the newest of " STR_FMT "; copy them to another place, too", n, STR_ARG(when_day_text(op->a, op->zone, b->made, "en"))), "");
	return true;
}

/* What was here before a backup was brought back lies beside, with everybody's names, those too who asked to be forgotten since. */
static void look_before(struct op *op, struct answer *answer)
{
	const char *folder = folder_real(op), *slash = folder ? strrchr(folder, '/') : NULL;
	DIR *d = slash ? opendir(slash > folder ? arena_printf(op->a, "%.*s", (int)(slash - folder), folder) : "/") : NULL;
	struct str name = slash ? arena_say(op->a, "%s.before-", slash + 1) : STR("");
	for (struct dirent *e; d && (e = readdir(d));)
		if (str_starts(str_of(e->d_name), name))
			found(answer, "before", LOOK, arena_printf(op->a, "what was here before a backup was brought back lies in %.*s/%s", (int)(slash - folder), folder, e->d_name),
			      "Delete that folder once nothing of it is needed: it holds names and addresses, and passphrases of that time open it.");
	if (d)
		closedir(d);
}

static void look_tools(struct answer *answer)
{
	bool there = access("/usr/bin/tesseract", X_OK) == 0;
	found(answer, "pictures", there ? GOOD : NOTE, there ? "text in pictures is read (tesseract)" : "text in pictures is not read: tesseract-ocr is not installed", there ? "" : "If find is to read scans: apt-get install tesseract-ocr");
}

/* As doc/serve.md names it. How often it was begun anew only systemd knows: systemctl status handback. */
static void look_unit(struct op *op, struct answer *answer)
{
	struct str unit;
	if (!told(op, "/etc/systemd/system/handback.service", &unit))
		found(answer, "unit", NOTE, "no unit of systemd's begins it when the machine starts; it runs while somebody has started it", "");
	else if (!strstr(unit.p, "\nRestart=on-failure") && !strstr(unit.p, "\nRestart=always"))
		found(answer, "unit", LOOK, "the unit handback.service does not begin it anew when it fails", "Put Restart=on-failure into its part [Service], then systemctl daemon-reload.");
	else
		found(answer, "unit", GOOD, "the unit handback.service begins it with the machine, and anew when it fails", "");
}

bool doctor_run(struct op *op, const struct args *args, struct answer *answer)
{
	const char *folder = arena_str(op->a, op->folder).p;
	(void)args;
	look_folder(op, answer, folder);
	look_room(op, answer, folder);
	look_disk(op, answer, folder);
	look_swap(op, answer);
	look_powers(op, answer);
	look_clock(answer);
	if (!look_backups(op, answer))
		return false;
	look_before(op, answer);
	look_tools(answer);
	look_unit(op, answer);
	answer_say(answer, "%s", answer->attention ? "What is to do stands under its line." : "Nothing here needs anybody.");
	return true;
}
