package org.pellucid.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.graph.op.Values.evaluate;
import static org.pellucid.graph.op.Values.integers;
import static org.pellucid.graph.op.Values.row;
import static org.pellucid.graph.op.Values.truths;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

class UnaryTest {
  private static final double[] X = {-100, -3, -1.5, -0.5, 0, 0.25, 1, 2.5, 40};

  private static Arguments expect(Unary operation, double... results) {
    return Arguments.of(operation, results);
  }

  /** The values at {@link #X}: of activations from PyTorch in float64. */
  static Stream<Arguments> values() {
    return Stream.of(
        expect(new Unary.Identity(), X),
        expect(new Unary.Relu(), 0, 0, 0, 0, 0, 0.25, 1, 2.5, 40),
        expect(new Unary.LeakyRelu(0.1), -10, -0.3, -0.15, -0.05, 0, 0.25, 1, 2.5, 40),
        expect(
            new Unary.Elu(1.5),
            -1.5,
            -1.4253193974482041,
            -1.1653047597773554,
            -0.5902040104310499,
            0,
            0.25,
            1,
            2.5,
            40),
        expect(
            new Unary.Selu(1.6732632423543772, 1.0507009873554805),
            -1.7580993408473766,
            -1.6705687287671118,
            -1.3658143533672527,
            -0.6917581878028713,
            0,
            0.2626752468388701,
            1.0507009873554805,
            2.626752468388701,
            42.028039494219215),
        expect(
            new Unary.Celu(2),
            -2,
            -1.5537396797031404,
            -1.0552668945179706,
            -0.44239843385719024,
            0,
            0.25,
            1,
            2.5,
            40),
        expect(new Unary.ThresholdedRelu(1), 0, 0, 0, 0, 0, 0, 0, 2.5, 40),
        expect(
            new Unary.Sigmoid(),
            3.7200759760208356e-44,
            0.04742587317756678,
            0.18242552380635635,
            0.3775406687981454,
            0.5,
            0.5621765008857981,
            0.7310585786300049,
            0.9241418199787566,
            1),
        expect(
            new Unary.HardSigmoid(1 / 6.0, 0.5),
            0,
            0,
            0.25,
            0.4166666666666667,
            0.5,
            0.5416666666666666,
            0.6666666666666666,
            0.9166666666666666,
            1),
        expect(
            new Unary.HardSwish(),
            0,
            0,
            -0.375,
            -0.20833333333333334,
            0,
            0.13541666666666666,
            0.6666666666666666,
            2.2916666666666665,
            40),
        expect(
            new Unary.Swish(1),
            -3.720075976020836e-42,
            -0.14227761953270035,
            -0.2736382857095345,
            -0.1887703343990727,
            0,
            0.14054412522144952,
            0.7310585786300049,
            2.3103545499468914,
            40),
        expect(
            new Unary.Mish(),
            -3.7200759760208363e-42,
            -0.1456474612756246,
            -0.2980997421668068,
            -0.22074377465173,
            0,
            0.1695724096638176,
            0.8650983882673103,
            2.471392304557881,
            40),
        expect(
            new Unary.Softplus(),
            3.720075976020836e-44,
            0.04858735157374206,
            0.2014132779827524,
            0.4740769841801067,
            0.6931471805599453,
            0.8259394198788436,
            1.3132616875182228,
            2.5788897342925496,
            40),
        expect(
            new Unary.Softsign(),
            -0.9900990099009901,
            -0.75,
            -0.6,
            -0.3333333333333333,
            0,
            0.2,
            0.5,
            0.7142857142857143,
            0.975609756097561),
        expect(
            new Unary.Gelu(true),
            0,
            -0.0036373920817729943,
            -0.10042842301976707,
            -0.15428599017485606,
            0,
            0.149675350701685,
            0.8411919906082768,
            2.484915733910001,
            40),
        expect(
            new Unary.Tanh(),
            -1,
            -0.9950547536867305,
            -0.9051482536448664,
            -0.46211715726000974,
            0,
            0.24491866240370913,
            0.7615941559557649,
            0.9866142981514303,
            1),
        expect(new Unary.Neg(), 100, 3, 1.5, 0.5, 0, -0.25, -1, -2.5, -40),
        expect(new Unary.Abs(), 100, 3, 1.5, 0.5, 0, 0.25, 1, 2.5, 40),
        expect(new Unary.Sign(), -1, -1, -1, -1, 0, 1, 1, 1, 1),
        expect(new Unary.Floor(), -100, -3, -2, -1, 0, 0, 1, 2, 40),
        expect(new Unary.Ceil(), -100, -3, -1, 0, 0, 1, 1, 3, 40),
        expect(new Unary.Round(), -100, -3, -2, 0, 0, 0, 1, 2, 40),
        expect(new Unary.RoundStraightThrough(), -100, -3, -2, 0, 0, 0, 1, 2, 40),
        expect(new Unary.Clip(-1, 2), -1, -1, -1, -0.5, 0, 0.25, 1, 2, 2));
  }

  @ParameterizedTest
  @MethodSource("values")
  void hasTheKnownValues(Unary operation, double[] expected) {
    double[] actual = evaluate(operation, row(X.clone())).toDoubleArray();
    for (int i = 0; i < X.length; i++) {
      assertThat(actual[i])
          .as("%s of %s", operation, X[i])
          .isCloseTo(expected[i], within(4e-15 * Math.abs(expected[i]) + 1e-60));
    }
  }

  @Test
  void elementaryFunctions() {
    assertThat(new Unary.Exp().apply(1)).isEqualTo(Math.E);
    assertThat(new Unary.Log().apply(Math.E)).isEqualTo(1);
    assertThat(new Unary.Sqrt().apply(2.25)).isEqualTo(1.5);
    assertThat(new Unary.Reciprocal().apply(-8)).isEqualTo(-0.125);
    assertThat(new Unary.Sin().apply(Math.PI / 2)).isEqualTo(1);
    assertThat(new Unary.Atan().apply(1)).isEqualTo(Math.PI / 4);
    assertThat(new Unary.Cos().apply(Math.PI)).isEqualTo(-1);
  }

  @Test
  void halvesAreRoundedToEven() {
    assertThat(evaluate(new Unary.Round(), row(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)).toDoubleArray())
        .containsExactly(-2, -2, -0.0, 0, 2, 2);
  }

  /** Values of mpmath with 30 digits. */
  @ParameterizedTest
  @CsvSource({
    "1e-10, 1.1283791670955126e-10, 0.999999999887162",
    "0.1, 0.1124629160182849, 0.887537083981715",
    "0.4, 0.42839235504666845, 0.5716076449533315",
    "0.46875, 0.49261347321793797, 0.507386526782062",
    "0.5, 0.5204998778130465, 0.4795001221869535",
    "1, 0.8427007929497149, 0.15729920705028513",
    "1.5, 0.9661051464753108, 0.033894853524689274",
    "2.7, 0.9998656672600594, 0.0001343327399405242",
    "3.9, 0.9999999652077514, 3.4792248597231765e-08",
    "4, 0.9999999845827421, 1.541725790028002e-08",
    "4.1, 0.9999999932999724, 6.700027654084918e-09",
    "5.5, 0.9999999999999927, 7.357847917974398e-15",
    "8, 1, 1.1224297172982926e-29",
    "20, 1, 5.395865611607901e-176",
    "26.5, 1, 2.2109076642637343e-307"
  })
  void theErrorFunctionIsPreciseToTheLastDigits(double x, double erf, double erfc) {
    assertThat(new Unary.Erf().apply(x)).isCloseTo(erf, within(4e-16 * erf));
    assertThat(new Unary.Erf().apply(-x)).isCloseTo(-erf, within(4e-16 * erf));
    assertThat(ErrorFunction.erfc(x)).isCloseTo(erfc, within(1e-15 * erfc));
    assertThat(ErrorFunction.erfc(-x)).isCloseTo(1 + erf, within(4e-16));
  }

  @Test
  void theErrorFunctionOfNaNAndInfinity() {
    assertThat(ErrorFunction.erf(Double.NaN)).isNaN();
    assertThat(ErrorFunction.erf(Double.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(ErrorFunction.erfc(Double.NEGATIVE_INFINITY)).isEqualTo(2);
  }

  /** Values of mpmath; the tail keeps its relative precision up to that of erfc's argument. */
  @ParameterizedTest
  @CsvSource({
    "-37, -2.1184613523340935e-298",
    "-10, -7.619853024160526e-23",
    "-6, -5.9195258702261885e-09",
    "-3, -0.0040496940948902835",
    "-1, -0.15865525393145705",
    "-0.3, -0.1146265733433142",
    "0.3, 0.1853734266566858",
    "1, 0.8413447460685429",
    "3, 2.99595030590511"
  })
  void geluIsPreciseInItsTail(double x, double expected) {
    double tolerance = (4e-16 + 2.3e-16 * x * x) * Math.abs(expected);
    assertThat(new Unary.Gelu(false).apply(x)).isCloseTo(expected, within(tolerance));
  }

  @Test
  void nothingOverflowsOnTheWay() {
    for (double x : new double[] {-800, 800}) {
      assertThat(new Unary.Sigmoid().apply(x)).isEqualTo(x > 0 ? 1 : 0);
      assertThat(new Unary.Softplus().apply(x)).isEqualTo(Math.max(x, 0));
      assertThat(new Unary.Mish().apply(x)).isEqualTo(Math.max(x, 0), within(0.0));
      assertThat(new Unary.Swish(1).apply(x)).isEqualTo(Math.max(x, 0), within(0.0));
    }
  }

  @Test
  void whatIsNotANumberStaysSo() {
    List<Unary> operations =
        List.of(
            new Unary.Relu(),
            new Unary.LeakyRelu(0.1),
            new Unary.Elu(1),
            new Unary.Celu(1),
            new Unary.Sigmoid(),
            new Unary.HardSigmoid(0.2, 0.5),
            new Unary.HardSwish(),
            new Unary.Mish(),
            new Unary.Gelu(false),
            new Unary.Gelu(true),
            new Unary.Erf(),
            new Unary.Sign(),
            new Unary.Clip(0, 6));
    for (Unary operation : operations) {
      assertThat(operation.apply(Double.NaN)).as(operation.toString()).isNaN();
    }
  }

  @Test
  void integersStayExact() {
    long big = (1L << 53) + 1;
    assertThat(evaluate(new Unary.Neg(), integers(big, -3)).toLongArray()).containsExactly(-big, 3);
    assertThat(evaluate(new Unary.Abs(), integers(-big)).toLongArray()).containsExactly(big);
    assertThat(evaluate(new Unary.Sign(), integers(-7, 0, big)).toLongArray())
        .containsExactly(-1, 0, 1);
    assertThat(evaluate(new Unary.Relu(), integers(-big, big)).toLongArray())
        .containsExactly(0, big);
    for (Unary rounding : List.of(new Unary.Floor(), new Unary.Ceil(), new Unary.Round())) {
      assertThat(evaluate(rounding, integers(big)).toLongArray()).containsExactly(big);
    }
    double infinity = Double.POSITIVE_INFINITY;
    assertThat(evaluate(new Unary.Clip(-infinity, infinity), integers(big)).toLongArray())
        .containsExactly(big);
    assertThat(evaluate(new Unary.Clip(0.5, 3.5), integers(-9, 2, 9)).toLongArray())
        .containsExactly(1, 2, 3);
  }

  @Test
  void truthsAreNegatedAndPassed() {
    assertThat(evaluate(new Unary.Not(), truths(0, 1)).toLongArray()).containsExactly(1, 0);
    assertThat(evaluate(new Unary.Identity(), truths(0, 1)).toLongArray()).containsExactly(0, 1);
  }

  @Test
  void floatsBecomeDoubles() {
    Tensor x = Tensor.of(Shape.of(1), 0.1f);
    Tensor result = new Unary.Identity().evaluate(List.of(x));
    assertThat(result.elementType()).isEqualTo(ElementType.FLOAT64);
    assertThat(result.get(0)).isEqualTo((double) 0.1f);
  }
}
