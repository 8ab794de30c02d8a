package org.pellucid.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.graph.op.Values.assertElements;
import static org.pellucid.graph.op.Values.evaluate;
import static org.pellucid.graph.op.Values.ramp;
import static org.pellucid.graph.op.Values.row;
import static org.pellucid.graph.op.Values.shape;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.Tensor;

/** Expected numbers come from PyTorch in float64, those of Lrn from its formula in NumPy. */
class NormalizationTest {
  @Test
  void normalizesChannelsWithGivenStatistics() {
    assertElements(
        evaluate(
            new BatchNormalization(0.01),
            ramp(1, 2, 2, 2),
            row(1.5, -2),
            row(0.5, 1),
            row(1, -1),
            row(4, 0.25)),
        shape(1, 2, 2, 2),
        new double[] {
          -3.9943855249503013,
          1.2490642541583834,
          -1.7471927624751507,
          3.496257016633534,
          -6.844645405527361,
          8.844645405527361,
          -18.6116135138184,
          -2.9223227027636804
        });
  }

  @Test
  void softmaxOverAnInnerAxis() {
    assertElements(
        evaluate(new Softmax(1), ramp(2, 3, 2)),
        shape(2, 3, 2),
        new double[] {
          0.00235563308079668,
          0.047410722937878444,
          0.047314155221824035,
          0.952269826123778,
          0.9503302116973793,
          0.0003194509383437506,
          0.9929762720777151,
          0.047410722937878444,
          0.0003331064296760299,
          0.952269826123778,
          0.006690621492609114,
          0.0003194509383437506
        });
    assertElements(
        evaluate(new LogSoftmax(1), ramp(2, 3, 2)),
        shape(2, 3, 2),
        new double[] {
          -6.050945763522998,
          -3.0489068535474058,
          -3.0509457635229986,
          -0.04890685354740576,
          -0.05094576352299849,
          -8.048906853547406,
          -0.0070485104110642,
          -3.0489068535474058,
          -8.007048510411064,
          -0.04890685354740576,
          -5.007048510411064,
          -8.048906853547406
        });
  }

  @Test
  void softmaxOfLargeNumbersIsFinite() {
    assertElements(evaluate(new Softmax(0), row(1000, 1000, -1000)), shape(3), 0.5, 0.5, 0);
    assertElements(
        evaluate(new LogSoftmax(0), row(1000, 1000, -1000)),
        shape(3),
        -Math.log(2),
        -Math.log(2),
        -2000 - Math.log(2));
  }

  @Test
  void standardizesOverSeveralAxes() {
    assertElements(
        evaluate(new Standardize(List.of(1, 2), 0.1), ramp(2, 2, 3)),
        shape(2, 2, 3),
        new double[] {
          -1.3868865732375149,
          0.6934432866187573,
          -0.4953166332991124,
          1.5850132265571597,
          0.3962533066392899,
          -0.79250661327858,
          1.3557743375882783,
          0.15064159306536423,
          -1.05449115145755,
          1.05449115145755,
          -0.15064159306536426,
          -1.3557743375882783
        });
  }

  @Test
  void standardizingIsNotUpsetByALargeMean() {
    double[] shifted = Arrays.stream(new double[] {-1, 1, -1, 1}).map(x -> x + 1e8).toArray();
    assertElements(
        evaluate(new Standardize(List.of(0), 0), Tensor.of(shape(4), shifted)),
        shape(4),
        -1,
        1,
        -1,
        1);
  }

  @Test
  void responseNormalizationLooksFurtherAheadWhereItsWindowIsEven() {
    assertElements(
        evaluate(new Lrn(3, 0.3, 0.75, 1.5), ramp(1, 5, 2)),
        shape(1, 5, 2),
        new double[] {
          -1.645813032403597,
          0.6583252129614389,
          -0.6473223622764313,
          1.4314068860427858,
          0.3826248077769055,
          -0.9109073255437746,
          1.2334713408204754,
          0.0,
          -1.2531025041897463,
          1.5558324432211958
        });
    assertElements(
        evaluate(new Lrn(4, 0.3, 0.75, 1.5), ramp(1, 5, 2)),
        shape(1, 5, 2),
        new double[] {
          -1.8554384558091603,
          0.6639923150679674,
          -0.6026651749616125,
          1.6599807876699184,
          0.3363550176122043,
          -0.9360949343677816,
          1.4208791504038631,
          0.0,
          -1.4413237271083377,
          1.6750462724900061
        });
  }

  @Test
  void aSoftmaxOfNaNIsNaN() {
    assertThat(evaluate(new Softmax(0), row(1, Double.NaN)).toDoubleArray())
        .containsExactly(Double.NaN, Double.NaN);
  }
}
