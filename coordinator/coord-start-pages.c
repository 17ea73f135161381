#include "coord-start-pages.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

/* Segments that can be written may hold what was relocated. */
static int
release_cb (struct dl_phdr_info *info, size_t size, void *data)
{
  guintptr page = *(guintptr *) data;

  (void) size;
  for (guint i = 0; i < info->dlpi_phnum; i++) {
    const ElfW (Phdr) *segment = &info->dlpi_phdr[i];
    guintptr begin = (info->dlpi_addr + segment->p_vaddr) & ~(page - 1);
    guintptr end = (info->dlpi_addr + segment->p_vaddr + segment->p_memsz + page - 1) & ~(page - 1);

    if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) == 0)
      madvise ((void *) begin, end - begin, MADV_DONTNEED);
  }
  return 0;
}

void
coord_start_pages_release (void)
{
  guintptr page = sysconf (_SC_PAGESIZE);

  dl_iterate_phdr (release_cb, &page);
}
