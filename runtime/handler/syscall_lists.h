/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of system calls that are of many parts, as text: addresses of sockets, vectors,
 * strings, sets, events, entries of a directory, messages.
 */
#ifndef SPILE_HANDLER_SYSCALL_LISTS_H
#define SPILE_HANDLER_SYSCALL_LISTS_H

#include "runtime/handler/syscall_members.h"
#include "runtime/handler/syscall_structures.h"

/* ---- addresses of sockets -------------------------------------------------------------------------------- */

static inline INLINE u32 port_at(struct frame *frame, u32 offset)
{
	return (u32)FIELD(frame, u8, offset) << 8 | FIELD(frame, u8, offset + 1);
}

/* "name=" and the IPv4 address at an offset: inet_addr("127.0.0.1") */
static inline INLINE void put_address(struct frame *frame, const char *name, u32 offset)
{
	put(frame, name);
	put(frame, "inet_addr(\"");
	for (u32 i = 0; i < 4; i++) {
		if (i)
			put_char(frame, '.');
		put_unsigned(frame, FIELD(frame, u8, offset + i));
	}
	put(frame, "\")");
}

static inline INLINE void put_inet(struct frame *frame)
{
	put(frame, "sin_port=htons(");
	put_unsigned(frame, port_at(frame, 2));
	put_address(frame, "), sin_addr=", 4);
}

/* struct ip_mreq */
static inline INLINE void put_membership(struct frame *frame, u64 address)
{
	if (!fetch(frame, address, 8))
		return;
	put_address(frame, "{imr_multiaddr=", 0);
	put_address(frame, ", imr_interface=", 4);
	put_char(frame, '}');
}

/* struct in_pktinfo */
static inline INLINE void put_packet_info(struct frame *frame, u64 address)
{
	if (!fetch(frame, address, 12))
		return;
	put_field(frame, "{ipi_ifindex=", FIELD(frame, i32, 0));
	put_address(frame, ", ipi_spec_dst=", 4);
	put_address(frame, ", ipi_addr=", 8);
	put_char(frame, '}');
}

static inline INLINE void put_byte(struct frame *frame, u64 address)
{
	if (!fetch(frame, address, 1))
		return;
	put_field(frame, "[", FIELD(frame, u8, 0));
	put_char(frame, ']');
}

static inline INLINE void put_hex_group(struct frame *frame, u32 group)
{
	bool some = false;

	for (i32 shift = 12; shift >= 0; shift -= 4) {
		u32 digit = group >> shift & 15;

		some |= digit != 0 || !shift;
		if (some)
			put_char(frame, (char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
	}
}

/* The first run of zero groups that is the longest is "::". */
static inline INLINE void put_inet6(struct frame *frame)
{
	u32 best = 8, best_length = 1;

	put(frame, "sin6_port=htons(");
	put_unsigned(frame, port_at(frame, 2));
	put(frame, "), sin6_flowinfo=htonl(");
	put_unsigned(frame, __builtin_bswap32(FIELD(frame, u32, 4)));
	put(frame, "), inet_pton(AF_INET6, \"");
	for (u32 i = 0, length = 0; i < 8; i++) {
		length = port_at(frame, 8 + 2 * i) ? 0 : length + 1;
		if (length > best_length) {
			best_length = length;
			best = i + 1 - length;
		}
	}
	for (u32 i = 0; i < 8; i++) {
		if (i == best)
			put(frame, "::");
		if (i >= best && i < best + best_length)
			continue;
		if (i && i != best + best_length)
			put_char(frame, ':');
		put_hex_group(frame, port_at(frame, 8 + 2 * i));
	}
	put(frame, "\", &sin6_addr), sin6_scope_id=");
	put_unsigned(frame, FIELD(frame, u32, 24));
}

GLOBAL int global_put_unix(struct frame *frame, u64 address, u32 length)
{
	char first;

	if (!frame)
		return 0;
	if (length <= 2)
		return 0;
	first = FIELD(frame, char, 2);
	put(frame, first ? "sun_path=" : "sun_path=@");
	if (first)
		return global_put_string(frame, address + 2, 0);
	length = at_most(length - 3, 107);
	bpf_probe_read_user(PRINT(frame)->bytes, (u32)BOUND(length, 127), (const void *)(address + 3));
	put_quoted(frame, length, false);
	return 0;
}

GLOBAL int global_put_sockaddr(struct frame *frame, u64 address, u32 length)
{
	u32 family;

	if (!frame)
		return 0;
	if (!address || length < 2 || length > 128) {
		put_pointer(frame, address);
		return 0;
	}
	for (u32 i = 0; i < 32; i += 8)
		*(u64 *)(PRINT(frame)->bytes + i) = 0;
	if (bpf_probe_read_user(PRINT(frame)->bytes, (u32)BOUND(length, 255), (const void *)address)) {
		put_pointer(frame, address);
		return 0;
	}
	family = FIELD(frame, u16, 0);
	put(frame, "{sa_family=");
	global_put_flags(frame, TABLE_family, family, 1);
	if (length > 2)
		put(frame, ", ");
	if (family == 1)
		global_put_unix(frame, address, length);
	else if (family == 2)
		put_inet(frame);
	else if (family == 10)
		put_inet6(frame);
	else if (family == 16) {
		put_field(frame, "nl_pid=", FIELD(frame, u32, 4));
		put(frame, ", nl_groups=");
		for (i32 shift = 28; shift >= 0; shift -= 4)
			put_char(frame, (char)('0' + (FIELD(frame, u32, 8) >> shift & 15)));
	} else if (length > 2) {
		put(frame, "...");
	}
	put_char(frame, '}');
	return 0;
}

/* ---- lists ------------------------------------------------------------------------------------------------ */

/* What is counted is in print->count: on the stack it would be known, and never end. */
struct list {
	struct frame *frame;
	u64 address;
};

/* What stands before element i; false when the list is cut there. */
static inline INLINE bool put_separator(struct frame *frame, u32 i)
{
	if (i)
		put_here(frame, ", ");
	if (i >= CUT)
		put_here(frame, "...");
	return i < CUT;
}

/* Reads element i; false when the list is cut, or memory ends there. */
static inline INLINE bool next_element(struct list *list, u32 i, void *element, u32 size)
{
	u64 address = list->address + (u64)size * i;

	if (!put_separator(list->frame, i))
		return false;
	if (!bpf_probe_read_user(element, size, (const void *)address))
		return true;
	put_here(list->frame, "... /* ");
	put_hex(list->frame, address);
	put_here(list->frame, " */");
	return false;
}

/* n elements of `size` bytes, up to 32, or the address when there is none to read. */
static inline INLINE int put_list(struct frame *frame, u64 address, u64 n, u32 size,
				  long (*turn)(u32, struct list *))
{
	struct list list = {frame, address};

	if (!address ||
	    (n && bpf_probe_read_user(PRINT(frame)->digits, size, (const void *)address))) {
		put_pointer(frame, address);
		return 0;
	}
	put_char(frame, '[');
	home_loop(n > CUT + 1 ? CUT + 1 : (u32)n, turn, &list);
	put_char(frame, ']');
	return 0;
}

static long iov_turn(u32 i, struct list *list)
{
	struct frame *frame = list->frame;
	u64 pair[2] = {0, 0}, n;

	if (!next_element(list, i, pair, sizeof(pair)))
		return 1;
	n = PRINT(frame)->count; /* bytes that were read, or more than there are */
	n = pair[1] < n ? pair[1] : n;
	PRINT(frame)->count -= n;
	put_here(frame, "{iov_base=");
	global_put_buffer(frame, pair[0], n);
	put_here(frame, ", iov_len=");
	put_unsigned(frame, pair[1]);
	put_char(frame, '}');
	return 0;
}

GLOBAL int global_put_iov(struct frame *frame, u64 address, u64 count, u64 bytes)
{
	if (!frame)
		return 0;
	PRINT(frame)->count = bytes;
	return put_list(frame, address, count, 16, iov_turn);
}

/* A word of argv; bytes left counts them for envp. */
static long argv_turn(u32 i, struct list *list)
{
	struct frame *frame = list->frame;
	u64 word = 0;

	if (bpf_probe_read_user(&word, 8, (const void *)(list->address + 8 * i)) || !word)
		return 1;
	if (!put_separator(frame, i))
		return 1;
	global_put_string(frame, word, CUT);
	return 0;
}

static long envp_turn(u32 i, struct list *list)
{
	u64 word = 0;

	if (bpf_probe_read_user(&word, 8, (const void *)(list->address + 8 * i)) || !word)
		return 1;
	PRINT(list->frame)->count++;
	return 0;
}

GLOBAL int global_put_strings(struct frame *frame, u64 address, u32 kind)
{
	struct list list = {frame, address};

	if (!frame)
		return 0;
	PRINT(frame)->count = 0;
	if (!address || bpf_probe_read_user(PRINT(frame)->digits, 8, (const void *)address)) {
		put_pointer(frame, address);
	} else if (kind == KIND_argv) {
		put_char(frame, '[');
		home_loop(CUT + 1, argv_turn, &list);
		put_char(frame, ']');
	} else {
		home_loop(4096, envp_turn, &list);
		put_hex(frame, address);
		put_field(frame, " /* ", (i64)PRINT(frame)->count);
		put(frame, PRINT(frame)->count == 1 ? " var */" : " vars */");
	}
	return 0;
}

static long poll_turn(u32 i, struct list *list)
{
	struct frame *frame = list->frame;
	u64 entry = 0;

	if (!next_element(list, i, &entry, 8))
		return 1;
	put_field(frame, "{fd=", (i32)entry);
	if ((i32)entry >= 0) { /* others are not looked at */
		put_here(frame, ", events=");
		global_put_flags(frame, TABLE_poll, entry >> 32 & 0xffff, 0);
	}
	put_char(frame, '}');
	return 0;
}

GLOBAL int global_put_poll(struct frame *frame, u64 address, u64 count)
{
	return frame ? put_list(frame, address, count, 8, poll_turn) : 0;
}

/* ---- sets and lists of numbers ----------------------------------------------------------------------------- */

static long bit_turn(u32 i, struct printing *printing)
{
	struct frame *frame = printing->frame;
	struct print *print = PRINT(frame);

	if (!((u8)print->bytes[BOUND(i >> 3, BYTES - 1)] >> (i & 7) & 1))
		return 0;
	if (print->some)
		put_char(frame, ' ');
	print->some = 1;
	put_unsigned(frame, i);
	return 0;
}

/* The numbers of the bits that are set, of n: descriptors, processors. */
GLOBAL int global_put_bits(struct frame *frame, u64 address, u64 n)
{
	struct printing printing = {frame};
	u64 bits = n < 1024 ? n : 1024;

	if (!frame)
		return 0;
	if (!address || bpf_probe_read_user(PRINT(frame)->bytes, (u32)BOUND((bits + 7) / 8, 255),
					    (const void *)address)) {
		put_pointer(frame, address);
		return 0;
	}
	PRINT(frame)->some = 0;
	put_char(frame, '[');
	home_loop((u32)bits, bit_turn, &printing);
	put_char(frame, ']');
	return 0;
}

static long int_turn(u32 i, struct list *list)
{
	i32 value = 0;

	if (!next_element(list, i, &value, 4))
		return 1;
	put_decimal(list->frame, value);
	return 0;
}

GLOBAL int global_put_ints(struct frame *frame, u64 address, u64 n)
{
	return frame ? put_list(frame, address, n, 4, int_turn) : 0;
}

/* A word of a set of memory nodes: sixteen characters, 0x among them. */
static long nodes_turn(u32 i, struct list *list)
{
	struct frame *frame = list->frame;
	u64 word = 0;

	if (!next_element(list, i, &word, 8))
		return 1;
	put_here(frame, word ? "0x" : "00");
	for (i32 shift = 60; shift >= 0; shift -= 4) {
		u32 digit = word >> shift & 15;

		if (shift < 56 || word >> shift)
			put_char(frame, (char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
	}
	return 0;
}

/* n is one more than the number of bits. */
GLOBAL int global_put_nodes(struct frame *frame, u64 address, u64 n)
{
	return frame ? put_list(frame, address, n ? (n - 1) / 64 + ((n - 1) % 64 != 0) : 0, 8,
				nodes_turn) : 0;
}

/* ---- what epoll_wait() and poll() tell ------------------------------------------------------------------------ */

static long event_turn(u32 i, struct list *list)
{
	struct frame *frame = list->frame;
	u32 event[3] = {0, 0, 0};

	if (!next_element(list, i, event, sizeof(event)))
		return 1;
	put_here(frame, "{events=");
	global_put_flags(frame, TABLE_epollev, event[0], 0);
	put_here(frame, ", data={u32=");
	put_unsigned(frame, event[1]);
	put_here(frame, ", u64=");
	put_unsigned(frame, event[1] | (u64)event[2] << 32);
	put_here(frame, "}}");
	return 0;
}

GLOBAL int global_put_events(struct frame *frame, u64 address, u64 n)
{
	return frame ? put_list(frame, address, n, 12, event_turn) : 0;
}

static long ready_turn(u32 i, struct list *list)
{
	struct frame *frame = list->frame;
	u64 entry = 0;

	bpf_probe_read_user(&entry, 8, (const void *)(list->address + 8 * i));
	if (!(entry >> 48))
		return 0;
	put_here(frame, PRINT(frame)->count++ ? ", " : "");
	put_here(frame, "{fd=");
	put_decimal(frame, (i32)entry);
	put_here(frame, ", revents=");
	global_put_flags(frame, TABLE_poll, entry >> 48, 0);
	put_char(frame, '}');
	return 0;
}

/* Those of poll()'s n descriptors that are ready. */
GLOBAL int global_put_ready(struct frame *frame, u64 address, u64 n)
{
	struct list list = {frame, address};

	if (!frame)
		return 0;
	PRINT(frame)->count = 0;
	put_char(frame, '[');
	home_loop(n > 4096 ? 4096 : (u32)n, ready_turn, &list);
	put_char(frame, ']');
	return 0;
}

/* ---- entries of a directory ------------------------------------------------------------------------------------ */

/* value: bytes that are left; left: the address. */
static long entry_turn(u32 i, struct printing *printing)
{
	struct print *print = PRINT(printing->frame);
	u16 size = 0;

	(void)i;
	if (bpf_probe_read_user(&size, 2, (const void *)(print->left + 16)) || !size ||
	    size > print->value)
		return 1;
	print->left += size;
	print->value -= size;
	print->count++;
	return print->value == 0;
}

GLOBAL int global_put_entries(struct frame *frame, u64 address, u64 bytes)
{
	struct printing printing = {frame};

	if (!frame)
		return 0;
	PRINT(frame)->value = bytes;
	PRINT(frame)->left = address;
	PRINT(frame)->count = 0;
	if (bytes)
		home_loop(32768, entry_turn, &printing);
	put_pointer(frame, address);
	put_field(frame, " /* ", (i64)PRINT(frame)->count);
	put(frame, " entries */");
	return 0;
}

/* ---- queues and semaphores -------------------------------------------------------------------------------------- */

static long semaphore_turn(u32 i, struct list *list)
{
	struct frame *frame = list->frame;
	u16 change[3] = {0, 0, 0};

	if (!next_element(list, i, change, sizeof(change)))
		return 1;
	put_here(frame, "{sem_num=");
	put_unsigned(frame, change[0]);
	put_here(frame, ", sem_op=");
	put_decimal(frame, (short)change[1]);
	put_here(frame, ", sem_flg=");
	global_put_flags(frame, TABLE_semflag, change[2], 0);
	put_char(frame, '}');
	return 0;
}

GLOBAL int global_put_semaphores(struct frame *frame, u64 address, u64 n)
{
	return frame ? put_list(frame, address, n, 6, semaphore_turn) : 0;
}

/* struct msgbuf */
GLOBAL int global_put_queued(struct frame *frame, u64 address, u64 length)
{
	if (!frame || !fetch(frame, address, 8))
		return 0;
	put_field(frame, "{mtype=", FIELD(frame, i64, 0));
	put(frame, ", mtext=");
	global_put_buffer(frame, address + 8, length);
	put_char(frame, '}');
	return 0;
}

/* ---- messages of sockets ----------------------------------------------------------------------------------------- */

enum { MSG_NAME, MSG_NAMELEN, MSG_IOV, MSG_IOVLEN, MSG_CONTROL, MSG_CONTROLLEN, MSG_FLAGS, MSG_WORDS };
enum { CONTROLS = 8, CONTROL_HEAD = 16 };
enum { IP_TOS = 1, IP_PKTINFO = 8 };
enum { SCM_RIGHTS = 1, SCM_CREDENTIALS = 2, SO_TIMESTAMP = 29, SO_TIMESTAMPNS = 35 };

static inline INLINE void put_sender(struct frame *frame, u64 address)
{
	if (!fetch(frame, address, 12))
		return;
	put_field(frame, "{pid=", FIELD(frame, i32, 0));
	put_field(frame, ", uid=", FIELD(frame, u32, 4));
	put_field(frame, ", gid=", FIELD(frame, u32, 8));
	put_char(frame, '}');
}

/* With a constant kind only a few lines are left of put_structure(): no call more, of eight. */
static inline INLINE void put_control_data(struct frame *frame, u64 address, u64 length, u64 what)
{
	u32 level = (u32)what, type = (u32)(what >> 32);

	if (level == 1 && type == SCM_RIGHTS)
		global_put_ints(frame, address, length / 4);
	else if (level == 1 && type == SCM_CREDENTIALS && length >= 12)
		put_sender(frame, address);
	else if (level == 1 && type == SO_TIMESTAMP && length >= 16)
		put_structure(frame, address, KIND_tv);
	else if (level == 1 && type == SO_TIMESTAMPNS && length >= 16)
		put_structure(frame, address, KIND_ts);
	else if (level == 0 && type == IP_PKTINFO && length >= 12)
		put_packet_info(frame, address);
	else if (level == 0 && type == IP_TOS && length == 1)
		put_byte(frame, address);
	else if (length == 4)
		put_structure(frame, address, KIND_int);
	else
		global_put_hex_buffer(frame, address, length);
}

/* What stands beside a message: { length, level, type, data } each. */
GLOBAL int global_put_controls(struct frame *frame, u64 address, u64 length)
{
	u64 left = length;

	if (!frame)
		return 0;
	put_char(frame, '[');
	for (u32 i = 0; i < CONTROLS; i++) {
		u64 head[2] = {0, 0}, size;
		u32 level, type;

		if (left < CONTROL_HEAD ||
		    bpf_probe_read_user(head, sizeof(head), (const void *)address) ||
		    head[0] < CONTROL_HEAD || head[0] > left)
			break;
		level = (u32)head[1];
		type = (u32)(head[1] >> 32);
		put_field(frame, i ? ", {cmsg_len=" : "{cmsg_len=", (i64)head[0]);
		put(frame, ", cmsg_level=");
		global_put_flags(frame, TABLE_sol, level, 1);
		put(frame, ", cmsg_type=");
		if (level == 1)
			global_put_flags(frame, TABLE_scm, type, 1);
		else if (level == 0)
			global_put_flags(frame, TABLE_ipopt, type, 1);
		else if (level == 41)
			global_put_flags(frame, TABLE_ip6opt, type, 1);
		else
			put_hex(frame, type);
		put(frame, ", cmsg_data=");
		put_control_data(frame, address + CONTROL_HEAD, head[0] - CONTROL_HEAD, head[1]);
		put_char(frame, '}');
		size = (head[0] + 7) & ~7ull;
		if (size >= left)
			break;
		left -= size;
		address += size;
	}
	put_char(frame, ']');
	return 0;
}

/* struct msghdr; bytes: of its buffers, at most. */
static inline INLINE void put_message(struct frame *frame, u64 address, u64 bytes)
{
	u64 *message = PRINT(frame)->message;

	if (!address || bpf_probe_read_user(message, 8 * MSG_WORDS, (const void *)address)) {
		put_pointer(frame, address);
		return;
	}
	put(frame, "{msg_name=");
	global_put_sockaddr(frame, message[MSG_NAME], (u32)message[MSG_NAMELEN]);
	put_field(frame, ", msg_namelen=", (u32)message[MSG_NAMELEN]);
	put(frame, ", msg_iov=");
	global_put_iov(frame, message[MSG_IOV], message[MSG_IOVLEN], bytes);
	put_field(frame, ", msg_iovlen=", (i64)message[MSG_IOVLEN]);
	if (message[MSG_CONTROLLEN]) {
		put(frame, ", msg_control=");
		global_put_controls(frame, message[MSG_CONTROL], message[MSG_CONTROLLEN]);
	}
	put_field(frame, ", msg_controllen=", (i64)message[MSG_CONTROLLEN]);
	put(frame, ", msg_flags=");
	global_put_flags(frame, TABLE_msg, (u32)message[MSG_FLAGS], 0);
	put_char(frame, '}');
}

enum { MESSAGE_SIZE = 64, MESSAGE_LENGTH = 56 };

/* An element of what sendmmsg() takes: a message, and the bytes that were sent or received. */
static inline INLINE void put_counted_message(struct frame *frame, u64 address, bool alone, u64 bytes)
{
	u32 length = 0;

	if (!alone) {
		bpf_probe_read_user(&length, 4, (const void *)(address + MESSAGE_LENGTH));
		bytes = has_succeeded(PRINT(frame)) ? length : ~0ull;
		put(frame, "{msg_hdr=");
	}
	put_message(frame, address, bytes);
	if (!alone && has_succeeded(PRINT(frame)))
		put_field(frame, ", msg_len=", length);
	if (!alone)
		put_char(frame, '}');
}

/* One message (`alone`), or n of them. */
static inline INLINE int put_messages(struct frame *frame, u64 address, bool alone, u64 n)
{
	u64 bytes = n;

	if (!alone && (!address || (n && bpf_probe_read_user(PRINT(frame)->digits, 32,
							   (const void *)address)))) {
		put_pointer(frame, address);
		return 0;
	}
	if (!alone)
		put_char(frame, '[');
	for (u32 i = 0; i < CUT; i++) {
		if (alone ? i : i >= n)
			break;
		if (i)
			put(frame, ", ");
		put_counted_message(frame, address, alone, bytes);
		address += MESSAGE_SIZE;
	}
	if (!alone)
		put_char(frame, ']');
	return 0;
}

#endif
