/*
 * A disk that forgets what was not synced, for tests of what survives a loss of power.
 *
 * kill -9 alone proves nothing: the page cache outlives the process. This library is preloaded below a process
 * (LD_PRELOAD), stands between it and libc, and keeps beside the folder POWERLOSS_ROOT its DURABLE IMAGE in
 * POWERLOSS_IMAGE: what a disk would hold if it kept nothing but what POSIX promises.
 *
 *   - a file's content and length are those of its last fsync or fdatasync; never synced, it is empty;
 *   - a folder's names are those of its last fsync; a file synced without its folder has no name;
 *   - names and contents are independent: a rename without the folder's fsync leaves the old name.
 *
 * POWERLOSS_CUT_AFTER=N kills the process after N operations (changes and syncs below the root), before the next.
 * POWERLOSS_IGNORE="OPERATION PATTERN" lets the syncs of that kind (sync, sync_folder) whose place matches the pattern
 * (fnmatch) make nothing durable, as if the process had left them out: a test shows by it that it would notice.
 * The kit then makes the folder from the image (tests/src/powerloss.rs).
 *
 * The image:
 *   files/ID     the durable content of a file; none when it was never synced
 *   folders/ID   the durable names of a folder, each "f<ID> <name>\0" for a file or "d<ID> <name>\0" for a folder;
 *                the root is 1
 *   identities   "+ID INODE BIRTH\n" when a file or folder was first seen, "-ID\n" when its last name went
 *   events       "NUMBER OPERATION PATH\n" for each operation of the last process, with the path below the root
 *
 * A process that starts while an image is there goes on with it: what an earlier process wrote and did not sync before
 * it was killed is still not durable. Without an image, the folder as it stands is durable.
 *
 * Identity. Contents belong to the inode, not the name, so that a rename keeps what was synced. Inode numbers are
 * reused at once after the last name goes; so a number is forgotten when that happens, and is only known together with
 * the file's time of birth, where the file system has one.
 *
 * Limits: one process at a time; files and folders only; hard links are names like others; a file without a name
 * (O_TMPFILE) is not kept; changes and syncs made by raw system calls, io_uring or C stdio are not seen; O_SYNC, sync()
 * and syncfs() make nothing durable. All of these err on the strict side: something durable is taken for lost. A sync
 * does not reach the real disk, which makes the tests quick.
 */
#ifndef POWERLOSS_IMAGE_H
#define POWERLOSS_IMAGE_H

#include <linux/stat.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's own calls: nothing of the library goes through the functions that it replaces. */
#define raw(name, ...) syscall(SYS_##name, __VA_ARGS__)

#define TO_THE_END INT64_MAX

/* Held while names or identities change. */
extern pthread_mutex_t lock;

/* What a name is, itself and not what it links to; the folder's own status for "" with AT_EMPTY_PATH. */
int look(int folder, const char *name, int flags, struct statx *status);
int is_file(const struct statx *status);
int is_folder(const struct statx *status);

/* Whether an open file or folder is below the root; `path` gets its place there, `status` what it is. */
int fd_is_below(int fd, struct statx *status, char *path);

/* The same for a name, which need not exist: its folder decides. */
int name_is_below(int folder, const char *name, char *path);

/* Counts an operation that is about to happen, or ends the process instead. */
void operation(const char *what, const char *path);

/* Notes a change after it happened, so that no sync in between can take it for done. */
void note(const struct statx *status, int64_t from, int64_t to);

/* Notes that the file is mapped for writing, so that its changes will not be seen. */
void note_mapping(const struct statx *status);

/* Forgets the inode number whose last name went. Under `lock`. */
void forget(uint64_t number);

/* Whether the file or folder was below the root, and is durable now. */
int sync_below(int fd);

#endif
