package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

class ArrayAlgebraTest {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;
  private static final Field FULL = new Field(2, 3, new double[] {1, -2, 3, 4, 5, -6});
  private static final Field PER_MAP = new Field(2, 1, new double[] {10, 100});
  private static final Field PER_CELL = new Field(1, 3, new double[] {0, 1, 2});

  @Test
  void operationsBroadcastOverMapsAndCells() {
    assertThat(ALGEBRA.add(FULL, PER_MAP).values()).containsExactly(11, 8, 13, 104, 105, 94);
    assertThat(ALGEBRA.mul(PER_CELL, FULL).values()).containsExactly(0, -2, 6, 0, 5, -12);
    assertThat(ALGEBRA.sub(PER_MAP, PER_CELL).values()).containsExactly(10, 9, 8, 100, 99, 98);
    assertThat(ALGEBRA.div(FULL, ALGEBRA.constant(2)).values())
        .containsExactly(0.5, -1, 1.5, 2, 2.5, -3);
    assertThat(ALGEBRA.greater(FULL, PER_CELL).values()).containsExactly(1, 0, 1, 1, 1, 0);
  }

  @Test
  void whereTakesFromEitherSide() {
    Field chosen = ALGEBRA.where(ALGEBRA.greater(FULL, ALGEBRA.constant(0)), PER_MAP, PER_CELL);
    assertThat(chosen.values()).containsExactly(10, 1, 10, 100, 100, 2);
    assertThat(chosen.maps()).isEqualTo(2);
    // What is not chosen does not matter.
    Field undefined = ALGEBRA.constant(Double.NaN);
    assertThat(ALGEBRA.where(ALGEBRA.constant(0), undefined, FULL).values())
        .containsExactly(FULL.values());
  }

  @Test
  void sumsKeepTheOtherExtent() {
    assertThat(ALGEBRA.sumCells(FULL)).satisfies(f -> assertThat(f.maps()).isEqualTo(2));
    assertThat(ALGEBRA.sumCells(FULL).values()).containsExactly(2, 3);
    assertThat(ALGEBRA.meanCells(FULL).values()).containsExactly(2 / 3., 1);
    assertThat(ALGEBRA.sumMaps(FULL).values()).containsExactly(5, 3, -3);
    assertThat(ALGEBRA.sumMaps(PER_MAP).number()).isEqualTo(110);
    assertThat(ALGEBRA.relu(FULL).values()).containsExactly(1, 0, 3, 4, 5, 0);
    assertThat(ALGEBRA.abs(FULL).values()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  /** Of more maps than are computed at a time, with operands of every kind, some of them shared. */
  @Test
  void aFormulaIsItsStepsOneByOne() {
    int maps = 131;
    int cells = 49;
    float[] inTensor = new float[maps * cells];
    double[] written = new double[inTensor.length];
    double[] perMap = new double[maps];
    double[] perCell = new double[cells];
    for (int i = 0; i < written.length; i++) {
      inTensor[i] = (float) Math.sin(i);
      written[i] = Math.cos(3 * i);
      int map = i / cells;
      perMap[map] = 0.1 * map - 5;
      perCell[i % cells] = i % cells % 3;
    }
    Field a = Field.of(maps, cells, Tensor.of(Shape.of(maps, cells), inTensor), 0);
    Field b = new Field(maps, cells, written);
    Field weights = new Field(maps, 1, perMap);
    Field mask = new Field(1, cells, perCell);
    Field shared = ALGEBRA.sub(ALGEBRA.mul(weights, a), b);
    Field chosen =
        ALGEBRA.where(ALGEBRA.greater(shared, mask), ALGEBRA.abs(shared), ALGEBRA.constant(-0.5));
    Field formula = ALGEBRA.mul(ALGEBRA.div(ALGEBRA.relu(chosen), ALGEBRA.add(b, weights)), mask);

    double[] expected = new double[written.length];
    double[] sums = new double[maps];
    for (int i = 0; i < expected.length; i++) {
      double difference = perMap[i / cells] * inTensor[i] - written[i];
      double here = difference > perCell[i % cells] ? Math.abs(difference) : -0.5;
      expected[i] = Math.max(here, 0) / (written[i] + perMap[i / cells]) * perCell[i % cells];
      sums[i / cells] += expected[i];
    }
    assertThat(ALGEBRA.sumCells(formula).values()).containsExactly(sums);
    double[] loaded = new double[2 * cells];
    formula.load(127 * cells, loaded.length, loaded);
    assertThat(loaded).containsExactly(Arrays.copyOfRange(expected, 127 * cells, 129 * cells));
    assertThat(formula.values()).containsExactly(expected);
    assertThat(formula.isZero()).isFalse();
    assertThat(formula.isFinite()).isTrue();
    assertThat(ALGEBRA.sumMaps(ALGEBRA.mul(weights, formula)).values())
        .usingComparatorWithPrecision(1e-9)
        .containsExactly(
            ALGEBRA
                .sumMaps(new Field(maps, cells, ALGEBRA.mul(formula, weights).values()))
                .values());
  }

  @Test
  void sumsOfAnyNumberOfTermsAreComputed() {
    Field sum = new Field(2, 2, new double[] {0, 1, 2, 3});
    Field one = new Field(2, 2, new double[] {1, 1, 1, 1});
    for (int i = 0; i < 100_000; i++) {
      sum = ALGEBRA.add(sum, one);
    }
    assertThat(sum.values()).containsExactly(100_000, 100_001, 100_002, 100_003);
  }

  @Test
  void weighedMapsAreTheProductsHoweverTheyAreRead() {
    // Not a multiple of four maps.
    int maps = 1501;
    int cells = 3;
    double[] values = new double[maps * cells];
    double[] weights = new double[maps];
    double[] products = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int map = i / cells;
      weights[map] = 0.1 * map - 40;
      values[i] = Math.sin(i);
      products[i] = weights[map] * values[i];
    }
    Field written = new Field(maps, cells, products);
    Field weighed = ALGEBRA.mul(new Field(maps, 1, weights), new Field(maps, cells, values));
    // A weight times the sum of three numbers is rounded elsewhere than the sum of three products.
    assertThat(ALGEBRA.sumCells(weighed).values())
        .usingComparatorWithPrecision(1e-12)
        .containsExactly(ALGEBRA.sumCells(written).values());
    assertThat(ALGEBRA.sumMaps(weighed).values()).isEqualTo(ALGEBRA.sumMaps(written).values());
    assertThat(ALGEBRA.sumMaps(ALGEBRA.mul(weighed, ALGEBRA.constant(2))).values())
        .isEqualTo(ALGEBRA.sumMaps(ALGEBRA.mul(written, ALGEBRA.constant(2))).values());
    assertThat(ALGEBRA.relu(weighed).values()).isEqualTo(ALGEBRA.relu(written).values());
    assertThat(weighed.values()).isEqualTo(products);
  }

  @Test
  void tensorsAreReadWhereTheyLie() {
    Tensor batch = Tensor.of(Shape.of(2, 2, 3), new float[] {0, 0, 0, 0, 0, 0, 1, -2, 3, 4, 5, -6});
    Field second = Field.of(2, 3, batch, 6);
    assertThat(ALGEBRA.sumMaps(second).values()).containsExactly(5, 3, -3);
    assertThat(ALGEBRA.meanCells(second).values()).containsExactly(2 / 3., 1);
    assertThat(second.isZero()).isFalse();
    assertThat(Field.of(2, 3, batch, 0).isZero()).isTrue();
    assertThat(second.values()).containsExactly(FULL.values());
    assertThat(ALGEBRA.sumMaps(second).values()).containsExactly(5, 3, -3);
  }

  @Test
  void fieldsAreFiniteWhereEveryElementIs() {
    assertThat(FULL.isFinite()).isTrue();
    for (double odd : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThat(new Field(2, 2, new double[] {1, 2, 3, odd}).isFinite()).isFalse();
    }
    // Their sum is NaN, and of the next ones infinite.
    double infinite = Double.POSITIVE_INFINITY;
    assertThat(new Field(1, 2, new double[] {infinite, -infinite}).isFinite()).isFalse();
    assertThat(new Field(1, 2, new double[] {1e308, 1e308}).isFinite()).isTrue();
  }

  @Test
  void fieldsThatDoNotMatchAreRefused() {
    Field other = new Field(2, 2, new double[4]);
    assertThatThrownBy(() -> ALGEBRA.add(FULL, other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cells");
    assertThatThrownBy(() -> new Field(2, 2, new double[3]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(FULL::number).isInstanceOf(IllegalStateException.class);
  }
}
