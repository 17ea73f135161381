/* A disk that fails now and then: LD_PRELOADed into a server, it lets each n-th write to a regular
 * file, or each n-th sync, fail. The file that FAULT_CONTROL names holds three numbers of 32 bits:
 * n for writes, n for syncs (0: none fails), and the errno; a test writes them while the server
 * runs. */

#undef _FILE_OFFSET_BITS /* both forms of each function are wanted */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  volatile uint32_t each_write;
  volatile uint32_t each_sync;
  volatile uint32_t error;
} Control;

static const Control *control;
static atomic_uint writes, syncs;

__attribute__ ((constructor)) static void
open_control (void)
{
  const char *path = getenv ("FAULT_CONTROL");
  int fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  void *place = fd >= 0 ? mmap (NULL, sizeof (Control), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

  if (place == MAP_FAILED)
    abort ();
  close (fd);
  control = place;
}

static int
is_due (int fd, uint32_t each, atomic_uint *count)
{
  struct stat info;

  return each != 0 && fstat (fd, &info) == 0 && S_ISREG (info.st_mode) &&
         (atomic_fetch_add (count, 1) + 1) % each == 0;
}

static int
fail (void)
{
  errno = (int) control->error;
  return -1;
}

#define NEXT(name) ((__typeof__ (name) *) dlsym (RTLD_NEXT, #name))

ssize_t
write (int fd, const void *data, size_t size)
{
  return is_due (fd, control->each_write, &writes) ? fail () : NEXT (write) (fd, data, size);
}

ssize_t
pwrite (int fd, const void *data, size_t size, off_t at)
{
  return is_due (fd, control->each_write, &writes) ? fail () : NEXT (pwrite) (fd, data, size, at);
}

ssize_t
pwrite64 (int fd, const void *data, size_t size, off64_t at)
{
  return is_due (fd, control->each_write, &writes) ? fail () : NEXT (pwrite64) (fd, data, size, at);
}

int
ftruncate (int fd, off_t size)
{
  return is_due (fd, control->each_write, &writes) ? fail () : NEXT (ftruncate) (fd, size);
}

int
ftruncate64 (int fd, off64_t size)
{
  return is_due (fd, control->each_write, &writes) ? fail () : NEXT (ftruncate64) (fd, size);
}

int
fsync (int fd)
{
  return is_due (fd, control->each_sync, &syncs) ? fail () : NEXT (fsync) (fd);
}

int
fdatasync (int fd)
{
  return is_due (fd, control->each_sync, &syncs) ? fail () : NEXT (fdatasync) (fd);
}
