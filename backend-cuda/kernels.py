#!/usr/bin/env python3
"""Compiles the kernels in src/main/cuda to PTX in src/main/resources.

Run it in backend-cuda after every change of a kernel, and commit the PTX with it; a unit test
compares the SHA-256 in each PTX with the sources. It takes nvcc 13.0 where there is one on the
path, or else NVRTC 13.0, which needs neither a CUDA toolkit nor a graphics card:

    pip install nvidia-cuda-nvrtc==13.0.88
    python3 kernels.py

The target is the lowest that the instructions allow, and so is the PTX version, so that drivers
older than the compiler take the files: compute_75 and PTX 6.3 (driver 410 and newer), and for
tensor cores compute_80 and PTX 7.0 (driver 450). Where ptxas is on the path, it must accept each.
"""

import ctypes
import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCES = "src/main/cuda"
TARGET = "src/main/resources/org/pellucid/backend/cuda/ptx"
BASE = ("compute_75", "6.3")
TENSOR = ("compute_80", "7.0")
FLOAT = ("f32", ["-DREAL=float"])
DOUBLE = ("f64", ["-DREAL=double"])


def rounded(variant):
    """The same, with each product and each sum rounded: bit for bit what Java computes."""
    suffix, options = variant
    return suffix, options + ["-fmad=false"]



# By source: target, and for each file its suffix and options.
KERNELS = {
    "arrange": (BASE, [FLOAT, DOUBLE]),
    "averages": (BASE, [rounded(DOUBLE)]),
    "conv": (BASE, [FLOAT, DOUBLE]),
    "elementwise": (BASE, [FLOAT, DOUBLE]),
    "gemm": (BASE, [FLOAT, DOUBLE]),
    "lrn": (BASE, [FLOAT, DOUBLE]),
    "maps": (BASE, [FLOAT, DOUBLE]),
    "noise": (BASE, [rounded(FLOAT), rounded(DOUBLE)]),
    "pool": (BASE, [FLOAT, DOUBLE]),
    "powers": (BASE, [rounded(FLOAT), rounded(DOUBLE)]),
    "reduce": (BASE, [FLOAT, DOUBLE]),
    "tensor": (TENSOR, [FLOAT]),
}


def included(name):
    """The texts of a source and of all that it includes, by file name."""
    texts, todo = {}, [name]
    while todo:
        file = todo.pop()
        if file not in texts:
            with open(os.path.join(SOURCES, file), encoding="utf-8") as stream:
                texts[file] = stream.read()
            todo += re.findall(r'^\s*#include "(.*)"', texts[file], re.MULTILINE)
    return texts


def fingerprint(name, options):
    """SHA-256 of a source, what it includes, and the options, in the order of their names."""
    digest = hashlib.sha256()
    for file, text in sorted(included(name).items()):
        digest.update(file.encode() + b"\0" + text.encode() + b"\0")
    digest.update(" ".join(options).encode())
    return digest.hexdigest()


class Nvrtc:
    def __init__(self):
        import nvidia.cu13

        folder = os.path.join(list(nvidia.cu13.__path__)[0], "lib")
        ctypes.CDLL(os.path.join(folder, "libnvrtc-builtins.so.13.0"), mode=ctypes.RTLD_GLOBAL)
        self.library = ctypes.CDLL(os.path.join(folder, "libnvrtc.so.13"))
        major, minor = ctypes.c_int(), ctypes.c_int()
        self.library.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
        self.name = f"NVRTC {major.value}.{minor.value}"

    def compile(self, name, options):
        texts = included(name)
        source = texts.pop(name).encode()
        headers = sorted(texts)
        program = ctypes.c_void_p()
        array = ctypes.c_char_p * len(headers)
        self.library.nvrtcCreateProgram(
            ctypes.byref(program),
            source,
            name.encode(),
            len(headers),
            array(*(texts[h].encode() for h in headers)),
            array(*(h.encode() for h in headers)),
        )
        given = [o.encode() for o in options]
        failed = self.library.nvrtcCompileProgram(
            program, len(given), (ctypes.c_char_p * len(given))(*given)
        )
        log = self.text(program, "Log")
        if failed:
            sys.exit(f"{name} {options}:\n{log}")
        if log.strip():
            print(log)
        return self.text(program, "PTX") if "ltoir" not in options else None

    def text(self, program, what):
        size = ctypes.c_size_t()
        get = "nvrtcGetProgramLog" if what == "Log" else "nvrtcGetPTX"
        getattr(self.library, get + "Size")(program, ctypes.byref(size))
        text = ctypes.create_string_buffer(size.value)
        getattr(self.library, get)(program, text)
        return text.value.decode()


class Nvcc:
    def __init__(self):
        version = subprocess.run(["nvcc", "--version"], capture_output=True, text=True).stdout
        self.name = "nvcc " + re.search(r"release ([\d.]+)", version).group(1)

    def compile(self, name, options):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out.ptx")
            source = os.path.join(SOURCES, name)
            subprocess.run(["nvcc", "-ptx", *options, "-o", out, source], check=True)
            with open(out, encoding="utf-8") as stream:
                return stream.read()


def check(file, target):
    if shutil.which("ptxas"):
        arch = target.replace("compute", "sm")
        subprocess.run(["ptxas", "-arch=" + arch, "-o", os.devnull, file], check=True)


def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    compiler = Nvcc() if shutil.which("nvcc") else Nvrtc()
    os.makedirs(TARGET, exist_ok=True)
    for old in glob.glob(os.path.join(TARGET, "*.ptx")):
        os.remove(old)
    for source, ((target, version), variants) in KERNELS.items():
        for suffix, options in variants:
            given = ["-arch=" + target, "-std=c++17", *options]
            ptx = compiler.compile(source + ".cu", given)
            ptx = re.sub(r"^//.*\n", "", ptx, flags=re.MULTILINE)
            ptx = re.sub(r"^\.version .*", f".version {version}", ptx, flags=re.MULTILINE)
            header = [
                f"// Made by kernels.py with {compiler.name} from {source}.cu; do not edit.",
                "// Options: " + " ".join(given),
                "// Source SHA-256: " + fingerprint(source + ".cu", given),
            ]
            file = os.path.join(TARGET, f"{source}.{suffix}.ptx" if suffix else f"{source}.ptx")
            with open(file, "w", encoding="utf-8") as stream:
                stream.write("\n".join(header) + "\n" + ptx.strip() + "\n")
            check(file, target)
            print(f"{file}: {os.path.getsize(file)} bytes")


if __name__ == "__main__":
    main()
