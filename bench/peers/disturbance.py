"""Whether somebody else uses the machine while something is timed. Linux tells; elsewhere nobody does."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Disturbance:
    """Processor time of other processes than this one and its workers."""

    def __init__(self, workers):
        self.own = [os.getpid()] + [worker.process.pid for worker in workers]

    def seconds(self):
        """Seconds so far, of all cores together."""
        try:
            fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
            # user, nice, system; not idle, not waiting for disks; irq, softirq; steal is somebody else's.
            busy = sum(int(fields[i]) for i in (0, 1, 2, 5, 6, 7))
            own = 0
            for process in self.own:
                text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
                user, system = text.rpartition(")")[2].split()[11:13]
                own += int(user) + int(system)
            return (busy - own) / TICKS
        except (OSError, ValueError, IndexError):
            return 0.0
