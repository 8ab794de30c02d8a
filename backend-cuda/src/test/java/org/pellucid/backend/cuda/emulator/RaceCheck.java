package org.pellucid.backend.cuda.emulator;

import java.util.Arrays;
import org.pellucid.backend.cuda.CudaResult;

/**
 * Finds accesses of different warps to the same byte of shared memory with no barrier between them,
 * one of which is a write, and reads of what is still being copied. What the threads of one warp do
 * among themselves is not looked at. The emulator runs threads in lock-step, so that without this a
 * missing barrier would hardly show.
 */
final class RaceCheck {
  private static final int SEVERAL = -1;
  private static final int ATOMIC = -2;

  /** Of each byte, when it was written last and by whom, and when it was read last and by whom. */
  private final int[] writeEpoch;

  private final int[] writer;
  private final int[] readEpoch;
  private final int[] reader;

  /** The warp that copies to the byte, plus 1; 0 where none does. */
  private final int[] copier;

  private int epoch = 1;

  RaceCheck(int bytes) {
    writeEpoch = new int[bytes];
    writer = new int[bytes];
    readEpoch = new int[bytes];
    reader = new int[bytes];
    copier = new int[bytes];
  }

  /** A block begins. */
  void begin() {
    epoch++;
    Arrays.fill(copier, 0);
  }

  /** All threads of the block have met. */
  void barrier() {
    epoch++;
  }

  void access(int at, int width, int lane, SharedMemory.Kind kind) {
    int warp = lane / Lanes.WARP;
    for (int i = at; i < at + width; i++) {
      switch (kind) {
        case READ -> read(i, warp, lane);
        case WRITE -> write(i, warp, lane, "write");
        case ATOMIC -> write(i, ATOMIC, lane, "atomic update");
        case COPY_BEGINS -> {
          write(i, warp, lane, "asynchronous copy");
          copier[i] = warp + 1;
        }
        default -> {
          copier[i] = 0;
          write(i, warp, lane, "asynchronous copy");
        }
      }
    }
  }

  private void read(int i, int warp, int lane) {
    if (copier[i] != 0) {
      throw race(i, lane, "read", "an asynchronous copy that was not waited for", copier[i] - 1);
    }
    if (writeEpoch[i] == epoch && writer[i] != warp) {
      throw race(i, lane, "read", "a write", writer[i]);
    }
    if (readEpoch[i] != epoch) {
      readEpoch[i] = epoch;
      reader[i] = warp;
    } else if (reader[i] != warp) {
      reader[i] = SEVERAL;
    }
  }

  private void write(int i, int warp, int lane, String what) {
    if (writeEpoch[i] == epoch && writer[i] != warp) {
      throw race(i, lane, what, "a write", writer[i]);
    }
    if (readEpoch[i] == epoch && reader[i] != warp) {
      throw race(i, lane, what, "a read", reader[i]);
    }
    writeEpoch[i] = epoch;
    writer[i] = warp;
  }

  private static Trap race(int at, int lane, String what, String earlier, int other) {
    String who =
        switch (other) {
          case SEVERAL -> "several warps";
          case ATOMIC -> "an atomic instruction";
          default -> "warp " + other;
        };
    return new Trap(
        CudaResult.LAUNCH_FAILED,
        lane,
        "race in shared memory: "
            + what
            + " of byte "
            + at
            + " with no barrier after "
            + earlier
            + " by "
            + who);
  }
}
