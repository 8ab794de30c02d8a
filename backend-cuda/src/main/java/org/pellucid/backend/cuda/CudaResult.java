package org.pellucid.backend.cuda;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The results of the driver's calls that are told apart: {@code CUresult} of {@code cuda.h}. */
public enum CudaResult {
  /** All is well. */
  SUCCESS(0),
  /** An argument is out of range. */
  INVALID_VALUE(1),
  /** Not enough memory. */
  OUT_OF_MEMORY(2),
  /** The driver was not started. */
  NOT_INITIALIZED(3),
  /** The process is ending. */
  DEINITIALIZED(4),
  /** The library is the toolkit's stub, which is there to link against. */
  STUB_LIBRARY(34),
  /** No card. */
  NO_DEVICE(100),
  /** No card of that number. */
  INVALID_DEVICE(101),
  /** The cubin or PTX is damaged. */
  INVALID_IMAGE(200),
  /** No context, or one that was destroyed. */
  INVALID_CONTEXT(201),
  /** The cubin is for other cards. */
  NO_BINARY_FOR_GPU(209),
  /** Memory of the card failed. */
  ECC_UNCORRECTABLE(214, true),
  /** The PTX does not compile. */
  INVALID_PTX(218),
  /** The PTX is newer than the driver. */
  UNSUPPORTED_PTX_VERSION(222),
  /** No such kernel or variable. */
  NOT_FOUND(500),
  /** A kernel read or wrote outside of its memory. */
  ILLEGAL_ADDRESS(700, true),
  /** A launch asks for more registers, threads or shared memory than there are. */
  LAUNCH_OUT_OF_RESOURCES(701),
  /** The display's watchdog ended a kernel. */
  LAUNCH_TIMEOUT(702, true),
  /** The context is gone. */
  CONTEXT_IS_DESTROYED(709, true),
  /** A kernel's assertion failed. */
  ASSERT(710, true),
  /** The call stack of a kernel is damaged. */
  HARDWARE_STACK_ERROR(714, true),
  /** A kernel has an instruction that the card does not know. */
  ILLEGAL_INSTRUCTION(715, true),
  /** A kernel read or wrote at an address that is no multiple of the access's size. */
  MISALIGNED_ADDRESS(716, true),
  /** A kernel used an address in the wrong space. */
  INVALID_ADDRESS_SPACE(717, true),
  /** A kernel jumped into nowhere. */
  INVALID_PC(718, true),
  /** A kernel failed otherwise. */
  LAUNCH_FAILED(719, true),
  /** A service that the card needs does not run. */
  SYSTEM_NOT_READY(802),
  /** The driver's library and its kernel module are of different versions. */
  SYSTEM_DRIVER_MISMATCH(803),
  /** The compatibility library does not work with this card. */
  COMPAT_NOT_SUPPORTED_ON_DEVICE(804),
  /** A call that cannot be recorded. */
  STREAM_CAPTURE_UNSUPPORTED(900),
  /** A recording that a forbidden call has spoiled. */
  STREAM_CAPTURE_INVALIDATED(901),
  /** No recording, or one that was not begun here. */
  STREAM_CAPTURE_IMPLICIT(906),
  /** The driver does not know. */
  UNKNOWN(999, true);

  private static final Map<Integer, CudaResult> BY_CODE =
      Stream.of(values()).collect(Collectors.toMap(CudaResult::code, Function.identity()));

  private final int code;
  private final boolean poisons;

  CudaResult(int code) {
    this(code, false);
  }

  CudaResult(int code, boolean poisons) {
    this.code = code;
    this.poisons = poisons;
  }

  /** The number in {@code cuda.h}. */
  public int code() {
    return code;
  }

  /** Whether a context that reported it answers everything with it from then on. */
  public boolean poisons() {
    return poisons;
  }

  /** The result of a number; empty for those that are not told apart. */
  public static Optional<CudaResult> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }

  /** Whether a number is this result. */
  boolean is(int result) {
    return code == result;
  }
}
