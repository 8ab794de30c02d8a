package org.pellucid.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * One V-cycle, an approximate and symmetric inverse of the equations of {@link MissingPixels}: what
 * few sweeps over neighbours cannot settle, as in the middle of a large hole, is settled among the
 * pixels of coarser sets (A. Brandt, "Multi-level adaptive solutions to boundary-value problems",
 * Mathematics of Computation 31, 1977).
 */
final class Multigrid {
  private static final int SWEEPS_ON_COARSEST = 4;

  private final List<Level> levels = new ArrayList<>();

  /** A set of pixels with what a cycle works on. */
  private record Level(MissingPixels pixels, float[] right, float[] x, float[] residual) {
    static Level of(MissingPixels pixels) {
      int size = pixels.size();
      return new Level(pixels, new float[size], new float[size], new float[size]);
    }
  }

  /** Prepares cycles. */
  Multigrid(MissingPixels finest) {
    MissingPixels pixels = finest;
    levels.add(Level.of(pixels));
    while (pixels.height > 2 || pixels.width > 2) {
      pixels = pixels.coarser();
      levels.add(Level.of(pixels));
    }
  }

  /**
   * About what the equations make the given right side of.
   *
   * @return an array that is used again by the next call
   */
  float[] solve(float[] right) {
    cycle(0, right);
    return levels.get(0).x();
  }

  private void cycle(int depth, float[] right) {
    Level level = levels.get(depth);
    MissingPixels pixels = level.pixels();
    pixels.begin(right, level.x());
    if (depth + 1 == levels.size()) {
      for (int sweep = 0; sweep < SWEEPS_ON_COARSEST; sweep++) {
        pixels.relax(level.x(), right);
      }
      return;
    }
    Level coarser = levels.get(depth + 1);
    pixels.residual(level.x(), right, level.residual());
    pixels.toCoarser(level.residual(), coarser.pixels(), coarser.right());
    cycle(depth + 1, coarser.right());
    pixels.addCoarser(coarser.x(), coarser.pixels(), level.x());
    pixels.relax(level.x(), right);
  }
}
