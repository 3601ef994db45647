#pragma once
#include "options.h"

/**
 * Installs the seccomp filter of the calling process: the calls of the options trap, io_uring_setup answers ENOSYS (nothing sees what
 * a ring does), all others pass. Returns the listener, or -1 with errno.
 */
int filter_install(const struct options *o);
