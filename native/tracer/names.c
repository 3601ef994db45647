#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1 << 16, MANY = 1 << 18 };

struct name {
	struct name *next;
	uint64_t inode;
	uint32_t dev;
	char path[];
};

static struct name *buckets[BUCKETS];
static int count;

static struct name **find(uint32_t dev, uint64_t inode)
{
	uint64_t hash = (inode ^ ((uint64_t)dev << 32)) * 0x9e3779b97f4a7c15ull;
	struct name **at = &buckets[hash >> 48];
	while (*at && ((*at)->inode != inode || (*at)->dev != dev))
		at = &(*at)->next;
	return at;
}

/** Puts a new entry in the place of the one at `at`, if any. */
static void replace(struct name **at, uint32_t dev, uint64_t inode, const char *path)
{
	struct name *old = *at, *new = malloc(sizeof *new + strlen(path) + 1);
	if (!new)
		abort();
	new->inode = inode;
	new->dev = dev;
	strcpy(new->path, path);
	new->next = old ? old->next : NULL;
	*at = new;
	count += !old;
	free(old);
}

void names_set(uint32_t dev, uint64_t inode, const char *path)
{
	struct name **at = find(dev, inode);
	if (!*at || strcmp((*at)->path, path))
		replace(at, dev, inode, path);
}

const char *names_get(uint32_t dev, uint64_t inode)
{
	struct name *n = *find(dev, inode);
	return n ? n->path : NULL;
}

void names_move(const char *from, const char *to)
{
	size_t length = strlen(from);
	char path[16384];
	for (int i = 0; i < BUCKETS; i++) {
		for (struct name **at = &buckets[i]; *at; at = &(*at)->next) {
			const char *rest = (*at)->path + length;
			if (strncmp((*at)->path, from, length) || (*rest && *rest != '/'))
				continue;
			snprintf(path, sizeof path, "%s%s", to, rest);
			replace(at, (*at)->dev, (*at)->inode, path);
		}
	}
}

int names_are_many(void)
{
	return count >= MANY;
}

void names_clear(void)
{
	for (int i = 0; i < BUCKETS; i++) {
		for (struct name *n = buckets[i], *next; n; n = next) {
			next = n->next;
			free(n);
		}
		buckets[i] = NULL;
	}
	count = 0;
}
