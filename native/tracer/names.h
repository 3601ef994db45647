#pragma once
#include <stdint.h>

/** Paths of files by device and inode, as the kernel side told them. */

/** Remembers the path of a file, in place of an older one. */
void names_set(uint32_t dev, uint64_t inode, const char *path);

/** The path of a file, or NULL when it was not told. */
const char *names_get(uint32_t dev, uint64_t inode);

/** Follows a rename: `from` itself and what lies below it now lies at `to`. */
void names_move(const char *from, const char *to);

/** Whether so many paths are held that the kernel side must tell them anew after names_clear. */
int names_are_many(void);
void names_clear(void);
