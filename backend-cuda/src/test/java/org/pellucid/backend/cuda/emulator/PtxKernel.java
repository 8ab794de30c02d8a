package org.pellucid.backend.cuda.emulator;

import java.util.List;
import java.util.Map;

/**
 * A kernel of a PTX text.
 *
 * @param name the entry
 * @param parameters in order
 * @param registers the type of each register, by name
 * @param shared its variables in shared memory, and those of the module
 * @param local its variables in local memory
 * @param instructions in order
 * @param labels the index of the instruction that each label stands before
 * @param branchTargets the tables of {@code brx.idx}
 * @param ordersBlocks whether the order in which blocks run can show in the results
 * @param mostThreads what {@code .maxntid} or {@code .reqntid} allow, or {@link Integer#MAX_VALUE}
 */
record PtxKernel(
    String name,
    List<PtxModule.Variable> parameters,
    Map<String, String> registers,
    List<PtxModule.Variable> shared,
    List<PtxModule.Variable> local,
    List<Instruction> instructions,
    Map<String, Integer> labels,
    Map<String, List<String>> branchTargets,
    boolean ordersBlocks,
    int mostThreads) {

  /** The bytes that the parameters take, each aligned as it is declared. */
  int parameterBytes() {
    int offset = 0;
    for (PtxModule.Variable parameter : parameters) {
      int alignment = parameter.alignment();
      offset = (offset + alignment - 1) / alignment * alignment + parameter.bytes();
    }
    return offset;
  }

  /** The width of a type in bytes: 4 for {@code f32}; 0 for a predicate. */
  static int width(String type) {
    return switch (type) {
      case "pred" -> 0;
      case "b8", "u8", "s8" -> 1;
      case "b16", "u16", "s16", "f16", "bf16" -> 2;
      case "b32", "u32", "s32", "f32", "f16x2", "bf16x2", "tf32" -> 4;
      case "b64", "u64", "s64", "f64" -> 8;
      default -> throw Trap.ptx("type ." + type + " is not known to the emulator");
    };
  }
}
