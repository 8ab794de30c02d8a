package org.pellucid.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernels of one source file, compiled.
 *
 * @param name the file's name without its ending
 * @param ptx as text, which the driver compiles for the card
 * @param cubins machine code, by the number in {@code sm_90} that it is for
 */
public record KernelImage(String name, String ptx, Map<Integer, byte[]> cubins) {
  private static final Pattern TARGET = Pattern.compile("\\.target\\s+sm_(\\d+)");

  /** The cards that machine code may have been committed for. */
  private static final int[] CUBINS = {75, 80, 86, 89, 90, 100, 120};

  /** Takes a copy. */
  public KernelImage {
    cubins = Map.copyOf(cubins);
  }

  /**
   * Reads {@code ptx/NAME.ptx} beside this class, and {@code ptx/NAME.sm_90.cubin} and the like
   * where they are.
   *
   * @throws IllegalStateException if there is no such PTX
   */
  public static KernelImage resource(String name) {
    byte[] ptx =
        read("ptx/" + name + ".ptx")
            .orElseThrow(() -> new IllegalStateException("There is no PTX of " + name));
    Map<Integer, byte[]> cubins = new HashMap<>();
    for (int number : CUBINS) {
      read("ptx/" + name + ".sm_" + number + ".cubin")
          .ifPresent(bytes -> cubins.put(number, bytes));
    }
    return new KernelImage(name, new String(ptx, StandardCharsets.UTF_8), cubins);
  }

  private static Optional<byte[]> read(String resource) {
    try (InputStream in = KernelImage.class.getResourceAsStream(resource)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The least compute capability that the PTX is for. */
  public ComputeCapability floor() {
    Matcher matcher = TARGET.matcher(ptx);
    if (!matcher.find()) {
      throw new IllegalStateException("The PTX of " + name + " has no .target");
    }
    return ComputeCapability.of(Integer.parseInt(matcher.group(1)));
  }
}
