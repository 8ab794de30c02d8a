"""A worker of `pellucid bench`, asked from here; org.pellucid.core.bench.WorkerServer says how."""

import json
import subprocess

SEPARATOR = "\x1e"  # RFC 7464


class Worker:
    """A model on a backend in a JVM of its own."""

    def __init__(self, pellucid, model, array, backend, threads, target):
        self.process = subprocess.Popen(
            [
                str(pellucid),
                "bench-worker",
                f"--backend={backend}",
                f"--threads={threads}",
                f"--target={target}",
                f"--npy={array}",
                "--",
                str(model),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.opened = self._answer("opened")

    def _answer(self, member):
        for line in self.process.stdout:
            if SEPARATOR in line:
                message = json.loads(line[line.rindex(SEPARATOR) + 1 :])
                if "failed" in message:
                    raise RuntimeError(message["failed"]["message"])
                return message[member]
        raise RuntimeError(f"the worker ended with exit code {self.process.wait()}")

    def ask(self, what, work, **numbers):
        """An answer about some work: a visit, memory or a map."""
        question = {"do": what, "work": work, **numbers}
        self.process.stdin.write(SEPARATOR + json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self._answer(what)

    def close(self):
        """Ends the process: it ends when there can be no more questions."""
        self.process.stdin.close()
        self.process.wait(10)


def work(method, layer=None, batch=None, **options):
    """A piece of work; layer is a tensor's name."""
    return {
        "method": method,
        "options": {name: str(value) for name, value in options.items()},
        "layer": layer,
        "batch": batch,
    }
