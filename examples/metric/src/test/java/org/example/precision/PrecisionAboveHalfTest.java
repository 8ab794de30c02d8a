package org.example.precision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Metric;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Options;
import org.pellucid.api.Target;
import org.pellucid.testkit.MetricContract;
import org.pellucid.testkit.SmallNetwork;
import org.pellucid.testkit.TestTrial;

class PrecisionAboveHalfTest extends MetricContract {
  @Override
  protected Metric metric() {
    return new PrecisionAboveHalf();
  }

  /** Of four pixels two are 2 or more, of which one lies on the object of a single pixel. */
  @Test
  void halfOfWhatIsHighLiesOnTheObject() {
    double[] map = {0, 0, 0, 0, 0, 0, 4, 1, 2, 0, 0, -9, 0, 1, 0, 0, 0, 0, 0, 0};
    BitSet pixels = new BitSet();
    pixels.set(6);
    TestTrial trial =
        TestTrial.of(SmallNetwork.channelsFirst(), SmallNetwork.image(), Target.top())
            .withMap(map)
            .withObjects(ObjectMask.of(4, 5, pixels));
    assertThat(metric().measure(trial, Options.DEFAULTS).value()).hasValue(0.5);
  }
}
