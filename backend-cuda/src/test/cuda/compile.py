"""Compiles ordinary.cu to PTX for the tests of the emulator, without a card.

    pip install nvidia-cuda-nvrtc==13.0.88
    python compile.py

For two generations: up to 9.x, NVRTC writes PTX with a type to each register, and after that without.
"""

import ctypes
import glob
import pathlib
import sysconfig

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent / "resources/org/pellucid/backend/cuda/emulator"
LIBRARIES = sysconfig.get_paths()["purelib"] + "/nvidia/cu13/lib/"


def compile_to_ptx(nvrtc, architecture):
    source = (HERE / "ordinary.cu").read_bytes()
    program = ctypes.c_void_p()
    nvrtc.nvrtcCreateProgram(ctypes.byref(program), source, b"ordinary.cu", 0, None, None)
    options = (ctypes.c_char_p * 1)(b"--gpu-architecture=" + architecture.encode())
    result = nvrtc.nvrtcCompileProgram(program, 1, options)
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    if result:
        raise SystemExit(log.value.decode())
    nvrtc.nvrtcGetPTXSize(program, ctypes.byref(size))
    text = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetPTX(program, text)
    return text.value.decode()


if __name__ == "__main__":
    ctypes.CDLL(glob.glob(LIBRARIES + "libnvrtc-builtins.so.*")[0], mode=ctypes.RTLD_GLOBAL)
    nvrtc = ctypes.CDLL(LIBRARIES + "libnvrtc.so.13")
    for architecture in ("compute_75", "compute_100"):
        name = "ordinary." + architecture + ".ptx"
        (TARGET / name).write_text(compile_to_ptx(nvrtc, architecture))
        print(name)
