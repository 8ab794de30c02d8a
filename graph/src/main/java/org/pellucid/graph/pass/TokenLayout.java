package org.pellucid.graph.pass;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a transformer's tokens lie on the image: some that stand for no place (class token,
 * distillation token, registers), then one per patch, row by row.
 *
 * @param skip how many come first; empty to find out
 * @param grid rows and columns of patches; empty to find out
 */
public record TokenLayout(OptionalInt skip, Optional<Grid> grid) {
  /** Everything is found out from the convolution that makes the patches. */
  public static final TokenLayout AUTO = new TokenLayout(OptionalInt.empty(), Optional.empty());

  /**
   * Rows and columns of patches.
   *
   * @param height at least 1
   * @param width at least 1
   */
  public record Grid(int height, int width) {
    /** The number of patches. */
    public long cells() {
      return (long) height * width;
    }
  }

  /** The first tokens are left out. */
  public static TokenLayout skip(int tokens) {
    return new TokenLayout(OptionalInt.of(tokens), Optional.empty());
  }

  /** The last tokens are a grid of patches. */
  public static TokenLayout grid(int height, int width) {
    return new TokenLayout(OptionalInt.empty(), Optional.of(new Grid(height, width)));
  }
}
