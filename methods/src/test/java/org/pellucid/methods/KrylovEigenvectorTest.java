package org.pellucid.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.CancelledException;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.Options;
import org.pellucid.api.Selection;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.ArrayProbe;

/** Leading eigenvectors by products, against matrices whose eigenvalues were chosen. */
class KrylovEigenvectorTest {
  /** A symmetric matrix with given eigenvalues and eigenvectors. */
  private static double[][] matrix(double[] eigenvalues, double[][] vectors) {
    int side = eigenvalues.length;
    double[][] matrix = new double[side][side];
    for (int k = 0; k < side; k++) {
      for (int i = 0; i < side; i++) {
        for (int j = 0; j < side; j++) {
          matrix[i][j] += eigenvalues[k] * vectors[k][i] * vectors[k][j];
        }
      }
    }
    return matrix;
  }

  /** Orthogonal vectors of length 1. */
  private static double[][] rotation(int side, long seed) {
    Random random = new Random(seed);
    double[][] vectors = new double[side][side];
    for (int k = 0; k < side; k++) {
      double[] vector = random.doubles(side, -1, 1).toArray();
      for (int round = 0; round < 2; round++) {
        for (int other = 0; other < k; other++) {
          double dot = 0;
          for (int i = 0; i < side; i++) {
            dot += vector[i] * vectors[other][i];
          }
          for (int i = 0; i < side; i++) {
            vector[i] -= dot * vectors[other][i];
          }
        }
      }
      LeadingEigenvector.normalize(vector);
      vectors[k] = vector;
    }
    return vectors;
  }

  private static double[][] times(double[][] matrix, double[][] vectors) {
    return Arrays.stream(vectors)
        .map(
            vector ->
                Arrays.stream(matrix)
                    .mapToDouble(
                        row -> {
                          double sum = 0;
                          for (int i = 0; i < row.length; i++) {
                            sum += row[i] * vector[i];
                          }
                          return sum;
                        })
                    .toArray())
        .toArray(double[][]::new);
  }

  private static KrylovEigenvector found(double[][] matrix) {
    return KrylovEigenvector.of(new double[matrix.length], vectors -> times(matrix, vectors));
  }

  private static void assertSame(double[] found, double[] expected, double tolerance) {
    double dot = 0;
    for (int i = 0; i < found.length; i++) {
      dot += found[i] * expected[i];
    }
    double sign = Math.signum(dot);
    for (int i = 0; i < found.length; i++) {
      assertThat(sign * found[i]).isCloseTo(expected[i], within(tolerance));
    }
  }

  @Test
  void theLargestNotTheLargestInMagnitude() {
    for (int side : new int[] {1, 2, 5, 40, 150}) {
      double[] values = new double[side];
      Arrays.setAll(values, k -> k == 0 ? 3 : k == 1 ? -7 : 2.5 * Math.cos(k));
      double[][] vectors = rotation(side, side);
      KrylovEigenvector leading = found(matrix(values, vectors));
      assertThat(leading.value()).isCloseTo(3, within(1e-11));
      assertThat(leading.distinct()).isTrue();
      // The residual is 1e-10 of the distance to the next.
      assertSame(leading.vector(), vectors[0], 1e-9);
    }
  }

  @Test
  void closeEigenvaluesAreToldApartAndEqualOnesAreNot() {
    int side = 120;
    double[][] vectors = rotation(side, 1);
    double[] values = new double[side];
    Arrays.setAll(values, k -> k == 0 ? 1 : (1 - 1e-4) * (1 - k / 500.0));
    KrylovEigenvector leading = found(matrix(values, vectors));
    assertThat(leading.distinct()).isTrue();
    // 1e-13 of rounding by a distance of 2e-3.
    assertSame(leading.vector(), vectors[0], 1e-9);
    values[1] = 1;
    KrylovEigenvector equal = found(matrix(values, vectors));
    assertThat(equal.value()).isCloseTo(1, within(1e-11));
    assertThat(equal.distinct()).isFalse();
  }

  @Test
  void nothingComesOfZeros() {
    KrylovEigenvector none = found(new double[5][5]);
    assertThat(none.value()).isZero();
  }

  @Test
  void smallMatrices() {
    double[] values = {5, 4, 4, 0, -1, -9};
    double[][] vectors = rotation(6, 3);
    SymmetricEigen found = SymmetricEigen.of(matrix(values, vectors));
    assertThat(found.values()).containsExactly(values, within(1e-13));
    assertSame(found.vectors()[0], vectors[0], 1e-13);
    assertSame(found.vectors()[5], vectors[5], 1e-13);
  }

  private static Field points(int maps, int cells) {
    Random random = new Random(9);
    double[] values = new double[maps * cells];
    Arrays.setAll(values, i -> Math.max(0, random.nextGaussian() + Math.sin(i % cells / 9.0)));
    return new Field(maps, cells, values);
  }

  @Test
  void aMatrixThatIsNotKeptIsTheSame() {
    Field points = points(5, 1100);
    double[][] vectors = rotation(3, 4);
    double[][] some = new double[3][];
    for (int v = 0; v < 3; v++) {
      double[] pattern = vectors[v];
      some[v] = new double[1100];
      Arrays.setAll(some[v], i -> pattern[i % 3] + i / 1100.0);
    }
    for (KpcaCam.Kernel kernel : KpcaCam.Kernel.values()) {
      double[][] kept = new KernelMatrix(points, kernel, 0.3).times(some);
      double[][] made = new KernelMatrix(points, kernel, 0.3, 0).times(some);
      for (int v = 0; v < 3; v++) {
        // Sums of 1100 numbers up to 1, in another order.
        assertThat(made[v]).containsExactly(kept[v], within(1e-10));
      }
    }
  }

  @Test
  void aLargeLayerHasThePrincipalComponentOfItsMaps() {
    // 60 x 60 cells: their matrix is not kept. Two maps have one of their own, of 2 x 2.
    int cells = 3600;
    Field points = points(2, cells);
    double[] a = Arrays.copyOf(points.values(), cells);
    double[] b = Arrays.copyOfRange(points.values(), cells, 2 * cells);
    double[] meanless = new double[2 * cells];
    double aMean = Arrays.stream(a).average().orElseThrow();
    double bMean = Arrays.stream(b).average().orElseThrow();
    double aa = 0;
    double ab = 0;
    double bb = 0;
    for (int i = 0; i < cells; i++) {
      meanless[i] = a[i] - aMean;
      meanless[cells + i] = b[i] - bMean;
      aa += meanless[i] * meanless[i];
      ab += meanless[i] * meanless[cells + i];
      bb += meanless[cells + i] * meanless[cells + i];
    }
    double largest = (aa + bb + Math.hypot(aa - bb, 2 * ab)) / 2;
    double length = Math.hypot(ab, largest - aa);
    double[] component = new double[cells];
    for (int i = 0; i < cells; i++) {
      component[i] = (ab * meanless[i] + (largest - aa) * meanless[cells + i]) / length;
    }
    Options linear = Options.DEFAULTS.with(KpcaCam.KERNEL, KpcaCam.Kernel.LINEAR);
    ArrayProbe probe =
        ArrayProbe.of(
            Tensor.of(Shape.of(1, 1, 1, 1), 1),
            image ->
                new LayerCapture(
                    ArrayProbe.LAYER,
                    Shape.of(2, 60, 60),
                    points.values(),
                    new double[2 * cells],
                    1));
    double[] map =
        new KpcaCam().explain(probe, Selection.of(ArrayProbe.LAYER), linear).map().toDoubleArray();
    assertSame(map, component, 1e-8);
  }

  @Test
  void comparingIsCancelled() {
    KernelMatrix matrix = new KernelMatrix(points(2, 30), KpcaCam.Kernel.RBF, 1);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> matrix.times(new double[][] {new double[30]}))
        .isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
