package org.pellucid.methods;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.pellucid.api.GaussianNoise;

/**
 * The eigenvector of the largest eigenvalue of a symmetric matrix that is known by its products
 * alone: block Lanczos, with every vector orthogonalised against all before, restarted from the
 * best of them when there are {@value #MOST}. Several vectors are multiplied at once, so that a
 * matrix which is made anew for each product is made seldom.
 *
 * <p>G. H. Golub, C. F. Van Loan: "Matrix computations", 4th edition, 2013, sections 10.1 and 10.3.
 *
 * @param vector of length 1, of either sign
 * @param value the eigenvalue
 * @param distinct whether the second eigenvalue is clearly smaller; if not, the vector is one of
 *     many
 */
record KrylovEigenvector(double[] vector, double value, boolean distinct) {
  private static final int BLOCK = 8;
  private static final int MOST = 64;

  /** With eigenvalues too close to be told apart the vectors do not settle. */
  private static final int MOST_PRODUCTS = 60;

  /** A vector of which less is left, when others are taken away, is one of rounding. */
  private static final double NOTHING = 1e-10;

  /** The error of the vector is at most the residual by the distance of eigenvalues. */
  private static final double SETTLED = 1e-10;

  /** Residuals below this part of the largest product are rounding. */
  private static final double ROUNDING = 1e-13;

  /** Eigenvalues closer than this part of the first are not told apart. */
  private static final double CLOSE = 1e-7;

  /**
   * The leading eigenvector.
   *
   * @param first a vector to begin with, beside random ones
   * @param product multiplies the matrix by some vectors
   */
  static KrylovEigenvector of(double[] first, UnaryOperator<double[][]> product) {
    Basis basis = new Basis(first.length);
    List<double[]> next = new ArrayList<>(List.of(first));
    for (int i = 1; i < BLOCK; i++) {
      double[] random = new double[first.length];
      GaussianNoise.fill(0, i, random);
      next.add(random);
    }
    KrylovEigenvector best = null;
    for (int products = 0; products < MOST_PRODUCTS; products++) {
      double[][] added = basis.add(next);
      if (added.length == 0) {
        // All that the matrix makes of the vectors is there: nothing is left to be found.
        return best == null ? new KrylovEigenvector(new double[first.length], 0, true) : best;
      }
      basis.multiplied(product.apply(added));
      SymmetricEigen found = SymmetricEigen.of(basis.projected());
      double[] vector = basis.combined(basis.vectors, found.vectors()[0]);
      double value = found.values()[0];
      double gap = found.values().length > 1 ? value - found.values()[1] : Math.abs(value);
      best = new KrylovEigenvector(vector, value, gap > CLOSE * Math.abs(value));
      double[] residual = basis.combined(basis.images, found.vectors()[0]);
      subtract(residual, value, vector);
      double error = length(residual);
      if (error <= Math.max(SETTLED * gap, ROUNDING * basis.largest())
          || basis.size() == first.length) {
        return best;
      }
      next = basis.next(found);
    }
    return new KrylovEigenvector(best.vector(), best.value(), false);
  }

  /** Orthogonal vectors of length 1, and what the matrix makes of them. */
  private static final class Basis {
    private final int length;
    private List<double[]> vectors = new ArrayList<>();
    private List<double[]> images = new ArrayList<>();
    private int added;

    Basis(int length) {
      this.length = length;
    }

    int size() {
      return vectors.size();
    }

    /** Takes up what is new in some vectors. */
    double[][] add(List<double[]> candidates) {
      int before = vectors.size();
      for (double[] candidate : candidates) {
        double whole = length(candidate);
        if (vectors.size() < length && whole > 0) {
          double[] rest = candidate.clone();
          scale(rest, 1 / whole);
          // Twice is enough.
          orthogonalize(rest);
          double left = length(rest);
          if (left > NOTHING) {
            scale(rest, 1 / left);
            orthogonalize(rest);
            scale(rest, 1 / length(rest));
            vectors.add(rest);
          }
        }
      }
      added = vectors.size() - before;
      return vectors.subList(before, vectors.size()).toArray(double[][]::new);
    }

    private void orthogonalize(double[] vector) {
      for (double[] other : vectors) {
        subtract(vector, dot(vector, other), other);
      }
    }

    void multiplied(double[][] products) {
      images.addAll(List.of(products));
    }

    /** The matrix as these vectors see it. */
    double[][] projected() {
      int side = vectors.size();
      double[][] projected = new double[side][side];
      for (int i = 0; i < side; i++) {
        for (int j = 0; j <= i; j++) {
          projected[i][j] = dot(vectors.get(i), images.get(j));
          projected[j][i] = projected[i][j];
        }
      }
      return projected;
    }

    /** The longest of what the matrix made: it has an eigenvalue at least as large in magnitude. */
    double largest() {
      return images.stream().mapToDouble(KrylovEigenvector::length).max().orElse(0);
    }

    /** What to multiply next: what was made last. Begins anew where there are too many. */
    List<double[]> next(SymmetricEigen found) {
      List<double[]> made = List.copyOf(images.subList(images.size() - added, images.size()));
      if (vectors.size() + BLOCK > MOST) {
        List<double[]> kept = new ArrayList<>();
        List<double[]> keptImages = new ArrayList<>();
        List<double[]> residuals = new ArrayList<>();
        for (int i = 0; i < BLOCK; i++) {
          double[] vector = combined(vectors, found.vectors()[i]);
          double[] image = combined(images, found.vectors()[i]);
          kept.add(vector);
          keptImages.add(image);
          double[] residual = image.clone();
          subtract(residual, found.values()[i], vector);
          residuals.add(residual);
        }
        vectors = kept;
        images = keptImages;
        return residuals;
      }
      return made;
    }

    private double[] combined(List<double[]> of, double[] parts) {
      double[] sum = new double[length];
      for (int i = 0; i < parts.length; i++) {
        subtract(sum, -parts[i], of.get(i));
      }
      return sum;
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double length(double[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  private static void scale(double[] vector, double factor) {
    LeadingEigenvector.scale(vector, factor);
  }

  /** Takes a multiple of one vector away from another. */
  private static void subtract(double[] from, double factor, double[] vector) {
    for (int i = 0; i < from.length; i++) {
      from[i] -= factor * vector[i];
    }
  }
}
