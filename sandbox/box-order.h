#pragma once

#include <stdint.h>

/* What the runner and box-init say to each other, over one SEQPACKET socket: box-init sends READY
 * with a descriptor of its mount namespace, the runner sends one order with four descriptors
 * (stdin, stdout, stderr, filter), box-init sends ENDED or FAILED. With a terminal the first three
 * are not used: box-init opens one, and before those sends TERMINAL with the descriptor of its
 * other side. Both sides are of one build; libc types alone, as box-init uses nothing else. */

#define BOX_ORDER_SOCKET 3 /* the descriptor of box-init's side */
#define BOX_ORDER_MAGIC 0x31786f42u
#define BOX_ORDER_MAX_BYTES (64 * 1024)
#define BOX_ORDER_MAX_STRINGS 256

enum { BOX_ORDER_STDIN, BOX_ORDER_STDOUT, BOX_ORDER_STDERR, BOX_ORDER_FILTER, BOX_ORDER_N_FDS };

/* Followed by n_args strings, then n_env strings, each ended by NUL. Limits of 0 are not set. */
typedef struct {
  uint32_t magic;
  uint32_t n_args;
  uint32_t n_env;
  uint32_t cpu_s;
  uint32_t open_files;
  uint32_t processes; /* only where no control group counts them */
  uint16_t rows; /* of a terminal; 0: none */
  uint16_t columns;
  uint64_t file_bytes;
  uint64_t stack_bytes;
  uint64_t data_bytes; /* only where no control group counts memory */
} BoxOrderHead;

typedef enum {
  BOX_NOTE_READY = 1, /* comes with a descriptor */
  BOX_NOTE_ENDED, /* status as wait() gives it */
  BOX_NOTE_TERMINAL, /* comes with a descriptor */
  BOX_NOTE_FAILED, /* status is an errno; step names the protection or the call that failed */
} BoxNoteKind;

typedef struct {
  uint32_t kind;
  int32_t status;
  uint64_t cpu_us; /* of the program and all its descendants that were waited for */
  uint64_t max_rss_kib; /* of the largest single process */
  char step[40];
} BoxNote;
