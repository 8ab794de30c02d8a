package org.pellucid.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The kernels of one source file, compiled: PTX, and machine code for some cards. */
public final class KernelImage {
  /** The cards that machine code may have been committed for. */
  private static final int[] CUBINS = {75, 80, 86, 89, 90, 100, 120};

  private static final Map<String, KernelImage> RESOURCES = new ConcurrentHashMap<>();

  private final String name;
  private final String ptx;
  private final Map<Integer, byte[]> cubins;
  private final byte[] bytes;
  private final Map<String, KernelSignature> signatures;

  /**
   * Makes an image.
   *
   * @param name the file's name without its ending
   * @param ptx as text, which the driver compiles for the card
   * @param cubins machine code, by the number in {@code sm_90} that it is for
   */
  public KernelImage(String name, String ptx, Map<Integer, byte[]> cubins) {
    this.name = name;
    this.ptx = ptx;
    this.cubins = Map.copyOf(cubins);
    byte[] text = ptx.getBytes(StandardCharsets.UTF_8);
    this.bytes = Arrays.copyOf(text, text.length + 1);
    this.signatures = KernelSignature.parse(ptx);
  }

  /**
   * Reads {@code ptx/NAME.ptx} beside this class, and {@code ptx/NAME.sm_90.cubin} and the like
   * where they are. Read once, and kept.
   *
   * @throws IllegalStateException if there is no such PTX
   */
  public static KernelImage resource(String name) {
    return RESOURCES.computeIfAbsent(name, KernelImage::readResource);
  }

  private static KernelImage readResource(String name) {
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

  /** The file's name without its ending. */
  public String name() {
    return name;
  }

  /** The text that the driver compiles. */
  public String ptx() {
    return ptx;
  }

  /** The text and a zero byte, as the driver takes it; not to be changed. */
  byte[] ptxBytes() {
    return bytes;
  }

  /** Machine code for exactly such cards, if there is some. */
  Optional<byte[]> cubin(ComputeCapability capability) {
    return Optional.ofNullable(cubins.get(capability.number()));
  }

  /** The kernels by name. */
  Map<String, KernelSignature> signatures() {
    return signatures;
  }
}
