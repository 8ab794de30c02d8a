package org.pellucid.backend.cuda.emulator;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.pellucid.backend.cuda.Dim3;

/** What the threads of a block have: registers and memories. One block after another uses it. */
final class Block {
  /** Where the windows of other memories begin among generic addresses. */
  static final long SHARED_WINDOW = 1L << 62;

  static final long LOCAL_WINDOW = 1L << 61;
  static final long PARAMETER_WINDOW = 1L << 60;

  private final PtxKernel kernel;
  private final int threads;
  private final GlobalMemory global;
  private final SharedMemory shared;
  private final RegisterFile registers;
  private final AsyncCopies copies;
  private final byte[] parameters;
  private final byte[] local;
  private final int localBytes;
  private final Map<String, Integer> parameterOffsets = new HashMap<>();
  private final Map<String, Integer> localOffsets = new HashMap<>();
  private final Map<String, Long> variables;

  /**
   * Makes a block.
   *
   * @param variables the addresses of the module's variables
   * @param shape in threads
   * @param dynamicBytes shared memory that the launch adds
   */
  Block(
      PtxKernel kernel,
      GlobalMemory global,
      Map<String, Long> variables,
      Dim3 shape,
      int dynamicBytes,
      boolean checkRaces) {
    this.kernel = kernel;
    this.threads = Math.toIntExact(shape.count());
    this.global = global;
    this.variables = variables;
    this.shared = new SharedMemory(kernel.shared(), dynamicBytes, checkRaces);
    this.registers = new RegisterFile(kernel, shape);
    int offset = 0;
    for (PtxModule.Variable parameter : kernel.parameters()) {
      offset = align(offset, parameter.alignment());
      parameterOffsets.put(parameter.name(), offset);
      offset += parameter.bytes();
    }
    this.parameters = new byte[kernel.parameterBytes()];
    int perThread = 0;
    for (PtxModule.Variable variable : kernel.local()) {
      perThread = align(perThread, variable.alignment());
      localOffsets.put(variable.name(), perThread);
      perThread += variable.bytes();
    }
    this.localBytes = align(perThread, 16);
    this.local = new byte[localBytes * threads];
    this.copies = new AsyncCopies(threads, global, shared);
  }

  private static int align(int offset, int alignment) {
    return (offset + alignment - 1) / alignment * alignment;
  }

  PtxKernel kernel() {
    return kernel;
  }

  int threads() {
    return threads;
  }

  GlobalMemory global() {
    return global;
  }

  SharedMemory shared() {
    return shared;
  }

  RegisterFile registers() {
    return registers;
  }

  AsyncCopies copies() {
    return copies;
  }

  byte[] parameters() {
    return parameters;
  }

  /** The local memories of all threads, one after the other. */
  byte[] local() {
    return local;
  }

  /** The local memory of a thread. */
  int localBytes() {
    return localBytes;
  }

  /** Another block of a launch begins. */
  void begin(byte[] arguments, Dim3 grid, int x, int y, int z) {
    System.arraycopy(arguments, 0, parameters, 0, parameters.length);
    Arrays.fill(local, (byte) 0xff);
    shared.begin();
    copies.begin();
    registers.begin(grid, x, y, z);
  }

  /** The address of a variable in its own space. */
  long address(String symbol) {
    Integer offset = shared.offset(symbol);
    if (offset == null) {
      offset = localOffsets.get(symbol);
    }
    if (offset == null) {
      offset = parameterOffsets.get(symbol);
    }
    if (offset != null) {
      return offset;
    }
    Long address = variables.get(symbol);
    if (address == null) {
      throw Trap.ptx("kernel " + kernel.name() + ": " + symbol + " is not declared");
    }
    return address;
  }
}
