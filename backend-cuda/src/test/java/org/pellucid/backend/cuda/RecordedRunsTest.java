package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.api.Device;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientMoments;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Noise;
import org.pellucid.api.Precision;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.SmallNetwork;

/** Passes that follow one another run as recordings, and answer what launches would. */
class RecordedRunsTest {
  private final EmulatedCudaDriver driver = new EmulatedCudaDriver();
  private final WatchedDriver watched = WatchedDriver.of(driver);

  @AfterEach
  void nothingIsLeft() {
    System.clearProperty(RecordedRuns.PROPERTY);
    System.clearProperty(CudaContext.SYNCHRONOUS);
    assertThat(watched.open()).isEmpty();
  }

  private LoadedModel load(Precision precision) {
    return new CudaBackend(() -> CudaRuntime.start(watched.driver()))
        .load(SmallNetwork.channelsLast(), LoadOptions.DEFAULT.with(Device.gpu(0)).with(precision));
  }

  private static GradientMoments moments(LoadedModel model, int samples, int chunk) {
    return StandardProbe.of(model)
        .inputs(Map.of("image", SmallNetwork.imageChannelsLast()))
        .target(Target.ofClass(2))
        .chunk(chunk)
        .build()
        .moments(SmallNetwork.LAYER, Noise.level(samples, 0.2, 7), ScoreScale.LOGIT);
  }

  private int calls(String name) {
    return Collections.frequency(watched.calls(), name);
  }

  private void count() {
    watched.fail(0, WatchedDriver.Failure.REFUSED);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "BF16"})
  void chunksRunAsRecordings(Precision precision) {
    GradientMoments expected;
    System.setProperty(RecordedRuns.PROPERTY, "false");
    int launches;
    try (LoadedModel model = load(precision)) {
      count();
      expected = moments(model, 20, 4);
      assertThat(calls("cuGraphLaunch")).isZero();
      launches = calls("cuLaunchKernel");
    }
    System.clearProperty(RecordedRuns.PROPERTY);
    try (LoadedModel model = load(precision)) {
      count();
      GradientMoments found = moments(model, 20, 4);
      assertThat(found.first()).isEqualTo(expected.first());
      assertThat(found.third()).isEqualTo(expected.third());
      // The first chunk is launched, the second recorded and run, the third to fifth are run.
      assertThat(calls("cuGraphLaunch")).isEqualTo(4);
      assertThat(calls("cuLaunchKernel")).isLessThan(launches);
      count();
      assertThat(moments(model, 20, 4).second()).isEqualTo(expected.second());
      assertThat(calls("cuGraphLaunch")).isEqualTo(5);
      assertThat(calls("cuStreamBeginCapture")).isZero();
    }
  }

  /** What a recording reads and writes moves with the memory that a run is given. */
  @Test
  void otherMemoryIsRecordedAnew() {
    Tap image = new Tap("image");
    try (LoadedModel model = load(Precision.FLOAT64)) {
      Tensor once = SmallNetwork.imageChannelsLast();
      Tensor twice = Tensor.of(once.shape(), scaled(once, 2));
      double[] expected = scores(model, once);
      double[] other = scores(model, twice);
      assertThat(other).isNotEqualTo(expected);
      for (int i = 0; i < 3; i++) {
        // A pass that stays open keeps its memory, so that the next one has other memory.
        try (ForwardPass open = model.forward(Map.of("image", once), Set.of(image))) {
          assertThat(scores(model, twice)).isEqualTo(other);
          assertThat(scores(model, once)).isEqualTo(expected);
          assertThat(open.outputs().get("scores").toDoubleArray()).isEqualTo(expected);
        }
      }
      assertThat(calls("cuGraphLaunch")).isPositive();
    }
  }

  private static double[] scaled(Tensor tensor, double factor) {
    double[] values = tensor.toDoubleArray();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return values;
  }

  private static double[] scores(LoadedModel model, Tensor image) {
    Tap tap = new Tap("image");
    try (ForwardPass pass = model.forward(Map.of("image", image), Set.of(tap))) {
      return pass.outputs().get("scores").toDoubleArray();
    }
  }

  /** A driver that fails to record gets launches from then on. */
  @ParameterizedTest
  @EnumSource
  void whatIsNotRecordedIsLaunched(Recording call) {
    try (LoadedModel model = load(Precision.FLOAT32)) {
      count();
      GradientMoments expected = moments(model, 12, 4);
      int failing = watched.calls().indexOf(call.name()) + 1;
      assertThat(failing).isPositive();
      try (LoadedModel again = load(Precision.FLOAT32)) {
        watched.fail(failing, WatchedDriver.Failure.REFUSED);
        assertThat(moments(again, 12, 4).first()).isEqualTo(expected.first());
        assertThat(calls(call.name())).isEqualTo(1);
        assertThat(calls("cuGraphLaunch")).isZero();
      }
    }
  }

  /** The calls of a recording. */
  enum Recording {
    cuStreamBeginCapture,
    cuStreamEndCapture,
    cuGraphInstantiateWithFlags
  }

  @Test
  void olderDriversAndSynchronousLaunchesDoWithout() {
    WatchedDriver older =
        WatchedDriver.of(new EmulatedCudaDriver(EmulatedCard.hopper().withoutGraphs()));
    try (LoadedModel model =
        new CudaBackend(() -> CudaRuntime.start(older.driver()))
            .load(SmallNetwork.channelsLast(), LoadOptions.DEFAULT.with(Device.gpu(0)))) {
      moments(model, 12, 4);
      assertThat(older.calls()).doesNotContain("cuStreamBeginCapture");
    }
    System.setProperty(CudaContext.SYNCHRONOUS, "true");
    try (LoadedModel model = load(Precision.FLOAT32)) {
      moments(model, 12, 4);
      assertThat(watched.calls()).doesNotContain("cuStreamBeginCapture");
    }
  }
}
