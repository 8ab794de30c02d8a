package org.pellucid.backend.cuda.emulator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.pellucid.backend.cuda.CudaResult;
import org.pellucid.backend.cuda.Dim3;

/**
 * A loaded PTX text.
 *
 * @param kernels by name
 * @param variables the addresses of its variables
 */
record EmulatedModule(Map<String, PtxKernel> kernels, Map<String, Long> variables) {
  /** By the very array: images are few, and tests load the same ones many times. */
  private static final Map<byte[], PtxModule> KNOWN =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * Loads an image.
   *
   * @throws Trap if it is no PTX, for newer cards or drivers, or holds what is not known
   */
  static EmulatedModule load(
      byte[] image, EmulatedCard card, GlobalMemory memory, GridRunner runner) {
    if (image.length > 4 && image[0] == 0x7f && image[1] == 'E') {
      throw new Trap(CudaResult.NO_BINARY_FOR_GPU, "machine code cannot be interpreted");
    }
    PtxModule known = KNOWN.get(image);
    PtxModule module = known == null ? parse(image) : known;
    requireKnown(module, card);
    Map<String, Long> variables = new HashMap<>();
    for (PtxModule.Variable variable : module.variables()) {
      long address = memory.allocate(Math.max(1, variable.bytes()));
      byte[] bytes = memory.require(address, variable.bytes(), 1, Trap.NO_LANE, "initialisation");
      Arrays.fill(bytes, (byte) 0);
      System.arraycopy(variable.initial(), 0, bytes, 0, variable.initial().length);
      variables.put(variable.name(), address);
    }
    // As the driver compiles all of it, all of it must be known.
    if (known == null) {
      module
          .kernels()
          .values()
          .forEach(kernel -> runner.translate(kernel, variables, Dim3.of(1), 0));
      KNOWN.put(image, module);
    }
    return new EmulatedModule(module.kernels(), variables);
  }

  private static PtxModule parse(byte[] image) {
    int end = 0;
    while (end < image.length && image[end] != 0) {
      end++;
    }
    if (end == image.length) {
      throw new Trap(CudaResult.INVALID_IMAGE, "PTX must end with a zero byte");
    }
    return PtxParser.parse(new String(image, 0, end, StandardCharsets.UTF_8));
  }

  private static void requireKnown(PtxModule module, EmulatedCard card) {
    String[] version = module.version().split("\\.");
    int newest = card.driverVersion() / 1000 * 10 + card.driverVersion() % 1000 / 10;
    // CUDA 11.0 knows PTX 7.0, 12.0 8.0 and 13.0 9.0.
    if (10 * Integer.parseInt(version[0]) + Integer.parseInt(version[1]) > newest - 40) {
      throw new Trap(
          CudaResult.UNSUPPORTED_PTX_VERSION,
          "PTX .version " + module.version() + " does not match current toolchain");
    }
    if (module.target() > card.capability().major() * 10 + card.capability().minor()) {
      throw new Trap(
          CudaResult.NO_BINARY_FOR_GPU,
          "PTX for sm_" + module.target() + " on a card of " + card.capability());
    }
  }
}
