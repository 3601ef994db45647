#pragma once

/** Numbers up to this one are known to the filter and the tracer. */
#define SYSCALL_MAX 512

/** The number of a system call of this machine by its name, or -1. */
int syscall_number(const char *name);

/** The name of a system call of this machine, or NULL. */
const char *syscall_name(long nr);
