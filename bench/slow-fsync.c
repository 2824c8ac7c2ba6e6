/*
 * Adds SLOW_FSYNC_US microseconds (4000 unless told) to every fsync and fdatasync of the process it is
 * preloaded into: a plain cloud disk, on a machine whose own disk answers in a tenth of that.
 *
 *     gcc -shared -fPIC -O2 -o slow-fsync.so slow-fsync.c -ldl
 *     LD_PRELOAD=./slow-fsync.so SLOW_FSYNC_US=4000 node server.js
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef int (*sync_call)(int);

static void wait_as_a_slow_disk(void) {
  const char *text = getenv("SLOW_FSYNC_US");
  long microseconds = text == NULL ? 4000 : strtol(text, NULL, 10);
  if (microseconds > 0) usleep((useconds_t)microseconds);
}

/* The disk's own work first, the delay after it: what SQLite hands over is on the disk either way. */
int fsync(int fd) {
  sync_call real = (sync_call)dlsym(RTLD_NEXT, "fsync");
  int result = real(fd);
  wait_as_a_slow_disk();
  return result;
}

int fdatasync(int fd) {
  sync_call real = (sync_call)dlsym(RTLD_NEXT, "fdatasync");
  int result = real(fd);
  wait_as_a_slow_disk();
  return result;
}
