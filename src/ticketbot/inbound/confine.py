"""Shuts a process in before it touches hostile bytes: little memory, no files to write, no network, no programs."""

import ctypes
import platform
import resource
import struct
import sys
from typing import Final

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2

#: For each machine: its audit architecture, and the calls that open a connection, begin a process or enter another one
#: (socket, socketpair, connect, bind, listen, accept, sendto, sendmsg, clone, fork, vfork, execve, ptrace,
#: process_vm_readv, process_vm_writev, accept4, sendmmsg, execveat, io_uring_setup, clone3).
_REFUSED: Final = {
    "x86_64": (
        0xC000003E,
        (41, 53, 42, 49, 50, 43, 44, 46, 56, 57, 58, 59, 101, 310, 311, 288, 307, 322, 425, 435),
    ),
    "aarch64": (0xC00000B7, (198, 199, 203, 200, 201, 202, 206, 211, 220, 221, 117, 270, 271, 242, 269, 281, 425, 435)),
}
_X32_CALLS: Final = 0x40000000
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # the latter: fail with EPERM

#: By the first two ways the kernel itself refuses: the network; network and programs.
NAMESPACE, FILTER, _HOOK = "network namespace", "system call filter", "audit hook"

_REFUSED_EVENTS: Final = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system")


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
    architecture, calls = _REFUSED[platform.machine()]
    steps = [(_LOAD, 0, 0, 4), (_JUMP_IF_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, 0)]
    refuse = len(calls) + 1  # how far below the first comparison the refusal stands
    steps.append((_JUMP_IF_AT_LEAST, refuse, 0, _X32_CALLS))
    steps += [(_JUMP_IF_EQUAL, refuse - 1 - place, 0, call) for place, call in enumerate(calls)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.addressof(code))
    if kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(kernel.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _refuse(event: str, _: tuple[object, ...]) -> None:
    if event.startswith(_REFUSED_EVENTS):
        raise Refused(f"a reader of mail may not {event}")
