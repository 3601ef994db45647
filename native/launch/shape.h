#pragma once

/** Which arguments of a call name what it acts on: argument number + 1, 0 for none. */
struct shape {
	unsigned char fd;
	unsigned char path, path_dir;
	unsigned char path2, path2_dir;
	/** The argument that holds an address family, for calls that make a socket. */
	unsigned char family;
};

/** The shape of a call; all zero for one that acts on nothing with a name. */
struct shape shape_of(int nr);
