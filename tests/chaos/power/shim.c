/* A disk that forgets what was not synced.
 *
 * Preloaded into a gateway. Each fsync or fdatasync of a file below $AXME_POWER_DATA copies it, as it is at that
 * moment, below $AXME_POWER_DISK; a sync of a directory removes there what is gone here. After a kill, what lies below
 * $AXME_POWER_DISK is what a machine without power would find. $AXME_POWER_COUNT counts the syncs, a byte each.
 *
 * As long as there is a file $AXME_POWER_FAULT, every write and sync of a database fails with the errno that stands in
 * it; a disk that is full still syncs. $AXME_POWER_FILES is in the names of these files, "/axme.db" by default.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* What `fd` is open on, from $AXME_POWER_DATA on, or 0 if that is none of ours. */
static char *ours(int fd, char *here) {
    const char *data = getenv("AXME_POWER_DATA");
    char link[64];
    if (!data) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, here, PATH_MAX - 1);
    if (length < 0) return 0;
    here[length] = 0;
    size_t root = strlen(data);
    return strncmp(here, data, root) || (here[root] && here[root] != '/') ? 0 : here + root;
}

/* Its place on the disk, or 0. */
static int on_disk(int fd, char *here, char *there) {
    const char *disk = getenv("AXME_POWER_DISK"), *rest = disk ? ours(fd, here) : 0;
    return rest && snprintf(there, PATH_MAX, "%s%s", disk, rest) < PATH_MAX;
}

static void keep_file(const char *here, const char *there) {
    char scratch[PATH_MAX + 8], buffer[65536];
    snprintf(scratch, sizeof scratch, "%s.new", there);
    int in = open(here, O_RDONLY), out = open(scratch, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t got = -1;
    if (in >= 0 && out >= 0)
        while ((got = read(in, buffer, sizeof buffer)) > 0)
            if (write(out, buffer, got) != got) { got = -1; break; }
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    if (got == 0) rename(scratch, there);  /* a kill in between leaves what was there before */
}

static void keep_names(const char *here, const char *there) {
    char path[PATH_MAX * 2];
    DIR *kept = opendir(there);
    if (!kept) return;
    for (struct dirent *entry; (entry = readdir(kept));) {
        snprintf(path, sizeof path, "%s/%s", here, entry->d_name);
        if (access(path, F_OK)) {
            snprintf(path, sizeof path, "%s/%s", there, entry->d_name);
            unlink(path);
        }
    }
    closedir(kept);
}

static void synced(int fd) {
    char here[PATH_MAX], there[PATH_MAX];
    struct stat about;
    const char *count = getenv("AXME_POWER_COUNT");
    if (!on_disk(fd, here, there) || fstat(fd, &about)) return;
    pthread_mutex_lock(&lock);
    if (S_ISDIR(about.st_mode)) keep_names(here, there);
    else keep_file(here, there);
    pthread_mutex_unlock(&lock);
    if (count) {
        int notes = open(count, O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (notes >= 0) { if (write(notes, ".", 1) < 0) {} close(notes); }
    }
}

/* What is wrong with the disk that `fd` lies on, or 0. */
static int fault(int fd) {
    const char *place = getenv("AXME_POWER_FAULT"), *files = getenv("AXME_POWER_FILES");
    char here[PATH_MAX], text[16] = "", *name;
    int notes = place ? open(place, O_RDONLY) : -1;
    if (notes < 0) return 0;
    if (read(notes, text, sizeof text - 1) < 0) text[0] = 0;
    close(notes);
    return (name = ours(fd, here)) && strstr(name, files ? files : "/axme.db") ? atoi(text) : 0;
}

static int call(const char *name, int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int wrong = fault(fd), fails = wrong && wrong != ENOSPC, answer = fails ? -1 : real(fd);
    if (fails) errno = wrong;
    if (answer == 0) synced(fd);
    return answer;
}

static ssize_t put(const char *name, int fd, const void *bytes, size_t count, off_t at) {
    ssize_t (*real)(int, const void *, size_t, off_t) = (ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, name);
    int wrong = fault(fd);
    if (!wrong) return real(fd, bytes, count, at);
    errno = wrong;
    return -1;
}

int fsync(int fd) { return call("fsync", fd); }
int fdatasync(int fd) { return call("fdatasync", fd); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return put("pwrite", fd, bytes, count, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at) { return put("pwrite64", fd, bytes, count, at); }

/* How PostgreSQL writes, and lets its files grow. */
static ssize_t put_all(const char *name, int fd, const struct iovec *parts, int count, off_t at) {
    ssize_t (*real)(int, const struct iovec *, int, off_t) =
        (ssize_t (*)(int, const struct iovec *, int, off_t))dlsym(RTLD_NEXT, name);
    int wrong = fault(fd);
    if (!wrong) return real(fd, parts, count, at);
    errno = wrong;
    return -1;
}

static int reserve(const char *name, int fd, off_t at, off_t count) {
    int (*real)(int, off_t, off_t) = (int (*)(int, off_t, off_t))dlsym(RTLD_NEXT, name);
    int wrong = fault(fd);
    return wrong ? wrong : real(fd, at, count);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return put_all("pwritev", fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at) { return put_all("pwritev64", fd, parts, count, at); }
int posix_fallocate(int fd, off_t at, off_t count) { return reserve("posix_fallocate", fd, at, count); }
int posix_fallocate64(int fd, off_t at, off_t count) { return reserve("posix_fallocate64", fd, at, count); }
