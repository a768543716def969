// SPDX-License-Identifier: Apache-2.0

#pragma once

// Without _GNU_SOURCE: Swift's Glibc module is built without it, and a header may not mean two things.
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

// pidfd_open(2) and pidfd_send_signal(2) have no wrapper in glibc before 2.36.

static inline int CLinux_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

static inline int CLinux_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

// PIDFD_GET_INFO of Linux 6.13, its exit_code of Linux 6.15: newer than the headers we build with.
struct CLinux_pidfd_info {
    uint64_t mask;
    uint64_t cgroupid;
    uint32_t ids[11];
    int32_t exit_code;
};

#define CLinux_PIDFD_INFO_EXIT (UINT64_C(1) << 3)

// Returns 1 and the raw wait status when the kernel still knows how the process ended, 0 when it does
// not say so (yet), -1 with errno when it knows no such call.
static inline int CLinux_pidfd_exit_status(int pidfd, int *status) {
    struct CLinux_pidfd_info info;
    memset(&info, 0, sizeof info);
    info.mask = CLinux_PIDFD_INFO_EXIT;
    if (ioctl(pidfd, _IOWR(0xFF, 11, struct CLinux_pidfd_info), &info) < 0)
        return -1;
    if (!(info.mask & CLinux_PIDFD_INFO_EXIT))
        return 0;
    *status = info.exit_code;
    return 1;
}

#define CLinux_PIDFD_INFO_CGROUPID (UINT64_C(1) << 2)

// Returns 1 and the ID of the version 2 cgroup that the process is in, or was in when it ended (Linux 6.15 for one that
// has been reaped); 0 where the kernel does not say so, -1 with errno when it knows no such call.
static inline int CLinux_pidfd_cgroup(int pidfd, uint64_t *id) {
    struct CLinux_pidfd_info info;
    memset(&info, 0, sizeof info);
    // Without PIDFD_INFO_EXIT the kernel reports nothing about a process that has been reaped.
    info.mask = CLinux_PIDFD_INFO_CGROUPID | CLinux_PIDFD_INFO_EXIT;
    if (ioctl(pidfd, _IOWR(0xFF, 11, struct CLinux_pidfd_info), &info) < 0)
        return -1;
    if (!(info.mask & CLinux_PIDFD_INFO_CGROUPID))
        return 0;
    *id = info.cgroupid;
    return 1;
}

// pipe2(2) is declared under _GNU_SOURCE only.
static inline int CLinux_pipe(int ends[2]) {
    return (int)syscall(SYS_pipe2, ends, O_CLOEXEC);
}

// prctl(2) is variadic.
static inline int CLinux_forbid_core_dump(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// environ(7) is a global variable that any code may change, which Swift 6 refuses to read.
static inline char **CLinux_environment(void) {
    extern char **environ;
    return environ;
}

// memmem(3) is declared under _GNU_SOURCE only.
extern void *memmem(const void *text, size_t size, const void *word, size_t length);

static inline bool CLinux_find(const void *text, size_t size, const void *word, size_t length) {
    return memmem(text, size, word, length) != NULL;
}

// ioctl(2) is variadic.
static inline int CLinux_window_size(int terminal, struct winsize *size) {
    return ioctl(terminal, TIOCGWINSZ, size);
}

// struct ucred of unix(7), which glibc shows only under _GNU_SOURCE.
struct CLinux_credentials {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

#define CLinux_SCM_CREDENTIALS 2

// Makes the kernel add the sender to each datagram: its IDs (SO_PASSCRED), and a pidfd where it can (Linux 6.5, newer
// than the headers we build with).
static inline int CLinux_pass_sender(int socket) {
    int on = 1;
    setsockopt(socket, SOL_SOCKET, 76 /* SO_PASSPIDFD */, &on, sizeof on);
    return setsockopt(socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
}

// The process at the other end of a connected socket (SO_PEERCRED): the one that called connect(2), or listen(2).
static inline int CLinux_peer(int socket, struct CLinux_credentials *peer) {
    socklen_t size = sizeof *peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, peer, &size);
}

// The same as a pidfd: Linux 6.5, newer than the headers we build with.
static inline int CLinux_peer_pidfd(int socket) {
    int pidfd = -1;
    socklen_t size = sizeof pidfd;
    return getsockopt(socket, SOL_SOCKET, 77 /* SO_PEERPIDFD */, &pidfd, &size) < 0 ? -1 : pidfd;
}

// The supplementary groups of the peer. Takes the room in *count, leaves how many there are; ERANGE when the room was
// too small.
static inline int CLinux_peer_groups(int socket, gid_t *groups, size_t *count) {
    socklen_t size = (socklen_t)(*count * sizeof *groups);
    int result = getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups, &size);
    *count = size / sizeof *groups;
    return result;
}

// accept4(2) is declared under _GNU_SOURCE only.
static inline int CLinux_accept(int listener) {
    return (int)syscall(SYS_accept4, listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

// The most descriptors that go in one message (SCM_MAX_FD, unix(7)).
#define CLinux_MOST_DESCRIPTORS 253

union CLinux_rights {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int) * CLinux_MOST_DESCRIPTORS)];
};

// Sends a packet and descriptors with it, without waiting. The CMSG_ macros do not reach Swift.
static inline ssize_t CLinux_send_descriptors(
    int socket, const void *buffer, size_t size, const int *descriptors, size_t count) {
    struct iovec part = {.iov_base = (void *)buffer, .iov_len = size};
    union CLinux_rights control;
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(&control.header), descriptors, sizeof(int) * count);
    }
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Receives a packet and the descriptors that came with it, close-on-exec, without waiting; `descriptors` has room for
// CLinux_MOST_DESCRIPTORS. What was truncated has lost bytes, or descriptors above our limit of open files.
static inline ssize_t CLinux_receive_descriptors(
    int socket, void *buffer, size_t size, int *descriptors, size_t *count, int *truncated) {
    struct iovec part = {.iov_base = buffer, .iov_len = size};
    union CLinux_rights control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    *count = 0;
    ssize_t length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0)
        return length;
    *truncated = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
            *count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            memcpy(descriptors, CMSG_DATA(c), *count * sizeof(int));
        }
    return length;
}

// Receives a datagram, its sender as the kernel reports it and the descriptors that came with it, close-on-exec, without
// waiting; `descriptors` has room for CLinux_MOST_DESCRIPTORS. pid is 0 and pidfd -1 where the kernel tells nothing:
// before Linux 6.17 it makes no pidfd of a process that has been reaped. The CMSG_ macros do not reach Swift.
static inline ssize_t CLinux_receive_from(
    int socket, void *buffer, size_t size, pid_t *pid, int *pidfd, int *descriptors, size_t *count, int *truncated) {
    struct iovec part = {.iov_base = buffer, .iov_len = size};
    // The pidfd comes last: what has no room for the most descriptors would let a sender push it out.
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(struct CLinux_credentials)) + sizeof(union CLinux_rights) + CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    *pid = 0;
    *pidfd = -1;
    *count = 0;
    ssize_t length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0)
        return length;
    *truncated = (message.msg_flags & MSG_TRUNC) != 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level != SOL_SOCKET)
            continue;
        switch (c->cmsg_type) {
        case CLinux_SCM_CREDENTIALS: {
            struct CLinux_credentials sender;
            memcpy(&sender, CMSG_DATA(c), sizeof sender);
            *pid = sender.pid;
            break;
        }
        case 4 /* SCM_PIDFD */:
            // A negative number is the error that kept the kernel from making one.
            memcpy(pidfd, CMSG_DATA(c), sizeof *pidfd);
            break;
        case SCM_RIGHTS:
            *count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            memcpy(descriptors, CMSG_DATA(c), *count * sizeof(int));
            break;
        }
    }
    return length;
}

// A process of our own that only notes which signals it is sent (see SignalWitness in Linux/). It shares our memory
// and descriptors, and so our thread-local storage too: it must not touch errno, and makes its system calls bare.
// When we end it becomes our program with these arguments, if there are any: our memory lasts as long as it does.

struct CLinux_witness {
    int signals;
    int notes;
    // What the kernel sends it when we end (PR_SET_PDEATHSIG of prctl(2)).
    int death;
    pid_t parent;
    char *const *volatile arguments;
};

static inline long CLinux_bare_call(long number, long a, long b, long c) {
#if defined(__x86_64__)
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
#else
#error "a bare system call of this machine is missing"
#endif
}

static inline int CLinux_witness_main(void *context) {
    const struct CLinux_witness *witness = context;
    extern char **environ;
    CLinux_bare_call(SYS_prctl, PR_SET_PDEATHSIG, witness->death, 0);
    CLinux_bare_call(SYS_prctl, PR_SET_NAME, (long)"signal-witness", 0);
    // We may have ended before it said that it wants to know; and others may send that signal.
    while (CLinux_bare_call(SYS_getppid, 0, 0, 0) == witness->parent) {
        struct signalfd_siginfo info;
        if (CLinux_bare_call(SYS_read, witness->signals, (long)&info, sizeof info) != sizeof info)
            return 0;
        if ((int)info.ssi_signo == witness->death)
            continue;
        int32_t note[2] = {(int32_t)info.ssi_signo, (int32_t)info.ssi_pid};
        CLinux_bare_call(SYS_write, witness->notes, (long)note, sizeof note);
    }
    if (witness->arguments)
        CLinux_bare_call(SYS_execve, (long)"/proc/self/exe", (long)witness->arguments, (long)environ);
    return 0;
}

// clone(2) is declared under _GNU_SOURCE only.
extern int clone(int (*function)(void *), void *stack, int flags, void *context, ...);

static inline pid_t CLinux_start_witness(void *stack_end, struct CLinux_witness *witness) {
    return clone(CLinux_witness_main, stack_end, CLONE_VM | CLONE_FILES | SIGCHLD, witness);
}

// bpf(2) has no wrapper in glibc, and its argument is a union of anonymous structs, which Swift does not see.

// Fills in the programs that decide on device access in a cgroup, inherited ones included. Takes the room in
// *count, leaves how many there are; ENOSPC when the room was too small.
static inline int CLinux_effective_device_programs(int cgroup, uint32_t *ids, uint32_t *count) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.query.target_fd = (uint32_t)cgroup;
    attributes.query.attach_type = BPF_CGROUP_DEVICE;
    attributes.query.query_flags = BPF_F_QUERY_EFFECTIVE;
    attributes.query.prog_ids = (uint64_t)(uintptr_t)ids;
    attributes.query.prog_cnt = *count;
    int result = (int)syscall(SYS_bpf, BPF_PROG_QUERY, &attributes, sizeof attributes);
    *count = attributes.query.prog_cnt;
    return result;
}

// A descriptor of a loaded program.
static inline int CLinux_bpf_program(uint32_t id) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_id = id;
    return (int)syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attributes, sizeof attributes);
}

// Attaches a program that decides on device access in a cgroup and below; with BPF_F_ALLOW_MULTI it joins those
// that are there.
static inline int CLinux_attach_device_program(int cgroup, int program, uint32_t flags) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = (uint32_t)cgroup;
    attributes.attach_bpf_fd = (uint32_t)program;
    attributes.attach_type = BPF_CGROUP_DEVICE;
    attributes.attach_flags = flags;
    return (int)syscall(SYS_bpf, BPF_PROG_ATTACH, &attributes, sizeof attributes);
}
