#include "heap.h"

#include <stdlib.h>

void heap_push(struct heap *h, const struct held *item)
{
	if (h->length == h->capacity) {
		h->capacity = h->capacity ? h->capacity * 2 : 64;
		h->items = realloc(h->items, h->capacity * sizeof *h->items);
		if (!h->items)
			abort();
	}
	size_t i = h->length++;
	for (; i && h->items[(i - 1) / 2].due_ns > item->due_ns; i = (i - 1) / 2)
		h->items[i] = h->items[(i - 1) / 2];
	h->items[i] = *item;
}

const struct held *heap_top(const struct heap *h)
{
	return h->length ? &h->items[0] : NULL;
}

struct held heap_pop(struct heap *h)
{
	struct held top = h->items[0], last = h->items[--h->length];
	size_t i = 0;
	for (size_t child; (child = 2 * i + 1) < h->length; i = child) {
		if (child + 1 < h->length && h->items[child + 1].due_ns < h->items[child].due_ns)
			child++;
		if (h->items[child].due_ns >= last.due_ns)
			break;
		h->items[i] = h->items[child];
	}
	h->items[i] = last;
	return top;
}
