#pragma once
#include "tracer/tracer.h"

/** Fills the table of the calls that are traced, by number; those that this machine lacks are left out. */
void calls_fill(struct call_layout layouts[MAX_CALLS]);

/** The name that a call has in a record: the process events have one name each, however they were made. */
const char *calls_name(int nr, enum call_class class);

/** The number under which ends of threads are told. */
int calls_exit_number(void);
