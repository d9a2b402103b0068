"""Shuts a process in before it touches hostile bytes: little memory, no network, no programs, nothing changed.

It may still read what its user may read: Python opens files for codecs and modules. But it can tell nobody.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
from typing import Final

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2

#: For each machine: its audit architecture, and the calls that are refused whatever they are given. First those that
#: open a connection, begin a process or enter another one (socket, socketpair, connect, bind, listen, accept, sendto,
#: sendmsg, clone, fork, vfork, execve, ptrace, process_vm_readv, process_vm_writev, accept4, sendmmsg, execveat,
#: io_uring_setup, clone3), then those that change files or other processes (creat, truncate, ftruncate, rename, mkdir,
#: rmdir, link, unlink, symlink, chmod, fchmod, chown, fchown, lchown, mknod, tkill, mkdirat, mknodat,
#: fchownat, unlinkat, renameat, linkat, symlinkat, fchmodat, renameat2, openat2, pidfd_send_signal, fchmodat2,
#: utime, utimes, utimensat, setxattr, lsetxattr, fsetxattr, mount, umount2, fallocate, rt_sigqueueinfo,
#: rt_tgsigqueueinfo, removexattr, lremovexattr, fremovexattr, futimesat), as far as the machine has them.
_REFUSED: Final = {
    "x86_64": (
        0xC000003E,
        (41, 53, 42, 49, 50, 43, 44, 46, 56, 57, 58, 59, 101, 310, 311, 288, 307, 322, 425, 435,
         85, 76, 77, 82, 83, 84, 86, 87, 88, 90, 91, 92, 93, 94, 133, 200, 258, 259,
         260, 263, 264, 265, 266, 268, 316, 437, 424, 452, 132, 235, 280, 188, 189, 190, 165, 166, 285,
         129, 297, 197, 198, 199, 261),
    ),
    "aarch64": (
        0xC00000B7,
        (198, 199, 203, 200, 201, 202, 206, 211, 220, 221, 117, 270, 271, 242, 269, 281, 425, 435,
         45, 46, 52, 53, 54, 55, 130, 33, 34, 35, 36, 37, 38, 276, 437, 424, 452, 88, 5, 6, 7, 40, 39, 47,
         138, 240, 14, 15, 16),
    ),
}  # fmt: skip
#: Calls that signal a process, allowed to itself alone, so that it can abort (kill, tgkill).
_SIGNALLING: Final = {"x86_64": (62, 234), "aarch64": (129, 131)}
#: The call that limits a process, allowed to itself alone, as 0 or by its number (prlimit64).
_LIMITING: Final = {"x86_64": 302, "aarch64": 261}
#: Calls that open a file, and which of their arguments says how: (open, openat) or openat alone.
_OPENING: Final = {"x86_64": ((2, 1), (257, 2)), "aarch64": ((56, 2),)}
#: For writing only or too; made, cut to nothing, or a nameless one: O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, __O_TMPFILE.
_TO_CHANGE: Final = 0x1 | 0x2 | 0x40 | 0x200 | 0x400000
_FIRST_ARGUMENT, _ARGUMENT_SIZE = 16, 8
_X32_CALLS: Final = 0x40000000
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _JUMP_IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # the latter: fail with EPERM

#: By the first two ways the kernel itself refuses: the network; network and programs.
NAMESPACE, FILTER, _HOOK = "network namespace", "system call filter", "audit hook"

_REFUSED_EVENTS: Final = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.remove", "os.rename",
    "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "shutil.",
)  # fmt: skip


class Refused(PermissionError):
    """A reader of mail asked for a connection or a program."""


class _Program(ctypes.Structure):
    """A socket filter (struct sock_fprog)."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def limit(*, memory: int) -> None:
    """Hold this process to so many bytes of address space; it writes no files and leaves no core behind."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def allow_cpu(seconds: int) -> None:
    """Allow so many more seconds of CPU than were used until now, up to one more; then the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def isolate() -> tuple[str, ...]:
    """Take the network and other programs away from this process, in every way that works here; return the ways.

    The kernel may refuse the first (user namespaces are often switched off) and, seldom, the second. The last always
    works, and holds against Python alone.
    """
    ways = []
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0 or kernel.unshare(_CLONE_NEWNET) == 0:
        ways.append(NAMESPACE)
    if _filter_calls(kernel):
        ways.append(FILTER)
    sys.addaudithook(_refuse)
    ways.append(_HOOK)
    return tuple(ways)


def _filter_calls(kernel: ctypes.CDLL) -> bool:
    if platform.machine() not in _REFUSED or struct.calcsize("P") != 8:
        return False
    steps = _steps(platform.machine())
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.addressof(code))
    if kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(kernel.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _steps(machine: str) -> list[tuple[int, int, int, int]]:
    """Return the filter's program: every comparison is followed by its own refusal, so that no jump is long."""
    architecture, calls = _REFUSED[machine]
    refuse = (_RETURN, 0, 0, _REFUSE)
    steps = [(_LOAD, 0, 0, 4), (_JUMP_IF_EQUAL, 1, 0, architecture), refuse]
    steps += [(_LOAD, 0, 0, 0), (_JUMP_IF_AT_LEAST, 0, 1, _X32_CALLS), refuse]
    for call in calls:
        steps += [(_JUMP_IF_EQUAL, 0, 1, call), refuse]
    for call in _SIGNALLING[machine]:
        steps += [(_JUMP_IF_EQUAL, 0, 4, call), (_LOAD, 0, 0, _FIRST_ARGUMENT), (_JUMP_IF_EQUAL, 1, 0, os.getpid())]
        steps += [refuse, (_RETURN, 0, 0, _ALLOW)]
    steps += [(_JUMP_IF_EQUAL, 0, 5, _LIMITING[machine]), (_LOAD, 0, 0, _FIRST_ARGUMENT)]
    steps += [(_JUMP_IF_EQUAL, 2, 0, 0), (_JUMP_IF_EQUAL, 1, 0, os.getpid()), refuse, (_RETURN, 0, 0, _ALLOW)]
    for call, argument in _OPENING[machine]:
        how = _FIRST_ARGUMENT + argument * _ARGUMENT_SIZE
        steps += [(_JUMP_IF_EQUAL, 0, 4, call), (_LOAD, 0, 0, how), (_JUMP_IF_ANY_BIT, 0, 1, _TO_CHANGE), refuse]
        steps.append((_RETURN, 0, 0, _ALLOW))
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def _refuse(event: str, told: tuple[object, ...]) -> None:
    if event.startswith(_REFUSED_EVENTS) or (event == "os.kill" and told[0] != os.getpid()):
        raise Refused(f"a reader of mail may not {event}")
