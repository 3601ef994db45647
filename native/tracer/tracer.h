/* What the BPF programs and the user side of the tracer tell each other. */
#pragma once

/** Services that can be traced at once. A power of two. */
#define MAX_SLOTS 1024
/** Numbers of system calls that are looked at. */
#define MAX_CALLS 512
/** Longest string that is taken from a program or from one name of a path, its NUL included. */
#define MAX_STRING 1024
/** Room for all strings of an event; offsets into it are masked with TEXT_MASK. */
#define TEXT_MASK 8191
#define TEXT_ROOM (TEXT_MASK + 1 + MAX_STRING)

/** What a call does, as far as its record differs. */
enum call_class {
	CALL_UNSELECTED,
	CALL_CLONE,
	CALL_EXEC,
	CALL_WAIT,
	CALL_PATH,
	CALL_OPEN,
	CALL_FD,
	CALL_READ,
	CALL_WRITE,
	CALL_BIND,
	CALL_ACCEPT,
	CALL_CLOSE,
	CALL_IO_URING,
};

/** Where in its arguments a call has what: argument number + 1, 0 for nowhere. */
struct call_layout {
	unsigned char class;
	unsigned char fd;
	unsigned char path, dir, path2, dir2;
	unsigned char size, flags, offset;
	/** An array of iovec (its length is the next argument), or a msghdr. */
	unsigned char iovec, msghdr;
	/** The address of a structure whose word at memory_at is to be read. */
	unsigned char memory, memory_at;
	/** The address of the bytes that are written; of what goes into files, the first are read. */
	unsigned char data;
};

/** One service being traced. */
struct slot {
	/** Counts up with each use of the slot, so that what belongs to an earlier user is told apart. */
	unsigned int generation;
	/** Also reads of files. */
	unsigned char all_reads;
	/** Set by the kernel side when the service does by an io_uring what would be calls: they happen unseen. */
	unsigned char io_uring;
};

enum event_kind { EVENT_CALL, EVENT_SOCKET, EVENT_ADDRESS, EVENT_PATHS, EVENT_NAME };

/** The beginning of everything in the ring. */
struct event {
	unsigned long long at_ns;
	/** 0: the entry was not seen. */
	unsigned long long enter_ns;
	unsigned int pid, tid;
	int nr;
	unsigned short slot;
	unsigned char kind;
	/** The file was open for appending or is otherwise sought by position: `position` holds. */
	unsigned char seekable;
	unsigned int generation;
	/** Kernel's own encoding of device numbers. */
	unsigned int dev, rdev;
	/** 0: the call has no object, or it could not be read. */
	unsigned int mode;
	long long ret;
	unsigned long long args[6];
	unsigned long long inode;
	/** Of the file, after the call. */
	long long position;
	/** Sum of an iovec; -1 when not known. */
	long long vector_size;
	/** The word of the program's memory that the layout asks for; or the first 16 bytes of what was written into a file. */
	unsigned long long memory[2];
};

/** EVENT_SOCKET: addresses in network order, ports in host order. */
struct socket_event {
	struct event e;
	unsigned long long peer_inode;
	unsigned int tcp_seq;
	unsigned short family, protocol;
	unsigned short local_port, remote_port;
	unsigned char local[16], remote[16];
	unsigned char has_tcp_seq;
};

/** EVENT_ADDRESS: a socket's event with the sockaddr that the program passed. */
struct address_event {
	struct socket_event s;
	unsigned int length;
	unsigned char address[112];
};

/**
 * EVENT_PATHS: the strings of a call that names files. Each is `length` bytes with its NUL. Directories are lists of names, the leaf
 * first, each with its NUL. EVENT_NAME: only `dir`, the path of (e.dev, e.inode).
 */
struct paths_event {
	struct event e;
	unsigned short path_length, path2_length, dir_length, dir2_length;
	char text[TEXT_ROOM];
};

/** What an iterator pass says about a thread that is inside a call. */
struct inflight {
	struct socket_event s;
	unsigned int state;
	unsigned int running;
};
