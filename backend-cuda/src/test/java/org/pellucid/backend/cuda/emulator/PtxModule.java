package org.pellucid.backend.cuda.emulator;

import java.util.List;
import java.util.Map;

/**
 * A parsed PTX text.
 *
 * @param version {@code 7.0}
 * @param target the number in {@code sm_80}
 * @param variables those of the module in {@code .global} and {@code .const}
 * @param kernels by name
 */
record PtxModule(
    String version, int target, List<Variable> variables, Map<String, PtxKernel> kernels) {

  /**
   * A variable.
   *
   * @param space {@code global}, {@code const}, {@code shared}, {@code local} or {@code param}
   * @param alignment of its address
   * @param type of an element, {@code b8}
   * @param bytes its size; 0 for what is sized at the launch
   * @param initial its first bytes; the others are zero
   */
  record Variable(
      String name, String space, int alignment, String type, int bytes, byte[] initial) {}
}
