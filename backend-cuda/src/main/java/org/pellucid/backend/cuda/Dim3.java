package org.pellucid.backend.cuda;

/**
 * The extents of a grid in blocks, or of a block in threads.
 *
 * @param x at least 1
 * @param y at least 1
 * @param z at least 1
 */
public record Dim3(int x, int y, int z) {
  /** Checks the extents. */
  public Dim3 {
    if (x < 1 || y < 1 || z < 1) {
      throw new IllegalArgumentException(
          "A grid or block has at least 1 of each extent, not " + x + " x " + y + " x " + z);
    }
  }

  /** In one dimension. */
  public static Dim3 of(int x) {
    return new Dim3(x, 1, 1);
  }

  /** In two dimensions. */
  public static Dim3 of(int x, int y) {
    return new Dim3(x, y, 1);
  }

  /** All together. */
  public long count() {
    return (long) x * y * z;
  }

  /** {@code 32 x 8 x 1}. */
  @Override
  public String toString() {
    return x + " x " + y + " x " + z;
  }
}
