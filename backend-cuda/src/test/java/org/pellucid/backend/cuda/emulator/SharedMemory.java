package org.pellucid.backend.cuda.emulator;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.backend.cuda.CudaResult;

/**
 * The shared memory of a block: the kernel's variables, then what the launch adds. All ones when a
 * block begins.
 */
final class SharedMemory {
  private final Map<String, Integer> offsets = new HashMap<>();
  private final byte[] bytes;
  private final RaceCheck races;

  /**
   * Makes the memory.
   *
   * @param dynamicBytes what the launch adds
   * @param checkRaces whether to look for races
   */
  SharedMemory(List<PtxModule.Variable> variables, int dynamicBytes, boolean checkRaces) {
    int size = place(variables, offsets);
    for (PtxModule.Variable variable : variables) {
      if (variable.bytes() == 0) {
        offsets.put(variable.name(), align(size, variable.alignment()));
      }
    }
    this.bytes = new byte[align(size, 16) + dynamicBytes];
    this.races = checkRaces ? new RaceCheck(bytes.length) : null;
  }

  /** The bytes that the kernel's own variables take. */
  static int staticBytes(List<PtxModule.Variable> variables) {
    return place(variables, new HashMap<>());
  }

  private static int place(List<PtxModule.Variable> variables, Map<String, Integer> offsets) {
    int size = 0;
    for (PtxModule.Variable variable : variables) {
      if (variable.bytes() > 0) {
        size = align(size, variable.alignment());
        offsets.put(variable.name(), size);
        size += variable.bytes();
      }
    }
    return size;
  }

  private static int align(int offset, int alignment) {
    return (offset + alignment - 1) / alignment * alignment;
  }

  Integer offset(String variable) {
    return offsets.get(variable);
  }

  byte[] bytes() {
    return bytes;
  }

  void begin() {
    Arrays.fill(bytes, (byte) 0xff);
    if (races != null) {
      races.begin();
    }
  }

  void barrier() {
    if (races != null) {
      races.barrier();
    }
  }

  /** Checks an access and returns its offset. */
  int require(long address, int width, int lane, Kind kind) {
    if (address < 0 || address > bytes.length - width) {
      throw new Trap(
          CudaResult.ILLEGAL_ADDRESS,
          lane,
          kind.what
              + " of "
              + width
              + " bytes at "
              + address
              + " of shared memory, which has "
              + bytes.length
              + " bytes");
    }
    if (address % width != 0) {
      throw new Trap(
          CudaResult.MISALIGNED_ADDRESS,
          lane,
          kind.what
              + " of "
              + width
              + " bytes at "
              + address
              + " of shared memory, which is no multiple of "
              + width);
    }
    int at = (int) address;
    if (races != null) {
      races.access(at, width, lane, kind);
    }
    return at;
  }

  /** What is done with a place in memory. */
  enum Kind {
    READ("read"),
    WRITE("write"),
    ATOMIC("atomic update"),
    COPY_BEGINS("asynchronous copy"),
    COPY_ENDS("asynchronous copy");

    private final String what;

    Kind(String what) {
      this.what = what;
    }

    String what() {
      return what;
    }
  }
}
