package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Device;
import org.pellucid.api.DeviceMemory;
import org.pellucid.api.GradientMoments;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Noise;
import org.pellucid.api.ProbeBuilder;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Target;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;
import org.pellucid.testkit.SmallNetwork;

/** Batches are as large as memory allows, and smaller where it was promised and is not there. */
class MemoryTest {
  /** Bytes of the image of {@link SmallNetwork}. */
  private static final int IMAGE = 4 * 40;

  private static final LoadOptions OPTIONS = LoadOptions.DEFAULT.with(Device.gpu(0));

  private static LoadedModel load(CudaDriver driver, LoadOptions options) {
    return new CudaBackend(() -> CudaRuntime.start(driver))
        .load(SmallNetwork.channelsFirst(), options);
  }

  private static ProbeBuilder probe(LoadedModel model) {
    return StandardProbe.of(model)
        .inputs(Map.of("image", SmallNetwork.image()))
        .target(Target.ofClass(1));
  }

  private static GradientMoments moments(ProbeBuilder probe) {
    return probe.build().moments(SmallNetwork.LAYER, Noise.level(16, 0.2, 3), ScoreScale.LOGIT);
  }

  /** What another program leaves, and the budget, decide how many samples run at once. */
  @Test
  void batchesAreSizedToFreeMemory() {
    EmulatedCudaDriver driver = new EmulatedCudaDriver(EmulatedCard.hopper().withMemory(1 << 20));
    List<String> taps = List.of(SmallNetwork.LAYER.tensor());
    int whole;
    try (LoadedModel model = load(driver, OPTIONS)) {
      whole = model.batchSizes(taps).suffix();
    }
    assertThat(whole).isEqualTo(32);
    CudaRuntime runtime = CudaRuntime.start(driver);
    try (CudaContext program = runtime.open(runtime.devices().get(0))) {
      program.allocate((1 << 20) - 16_000);
      try (LoadedModel model = load(driver, OPTIONS);
          LoadedModel alike = load(driver, OPTIONS.withDeterministic(true));
          LoadedModel bounded = load(driver, OPTIONS.withMemoryBudget(2000));
          LoadedModel greedy = load(driver, OPTIONS.withMemoryBudget(1 << 19))) {
        int size = model.batchSizes(taps).suffix();
        assertThat(size).isBetween(4, 15);
        // Half of what is free is asked for, unless it is said.
        assertThat(greedy.batchSizes(taps).suffix()).isBetween(2 * size, 2 * size + 1);
        assertThat(bounded.batchSizes(taps).suffix()).isBetween(1, size - 1);
        assertThat(alike.batchSizes(taps).suffix()).as("whatever is free").isEqualTo(whole);
      }
    }
  }

  @Test
  void whatDoesNotFitIsHalvedOnce() {
    WatchedDriver watched = WatchedDriver.of(new EmulatedCudaDriver());
    try (LoadedModel model = load(watched.driver(), OPTIONS)) {
      GradientMoments expected = moments(probe(model).chunk(4));
      // Eight copies do not fit.
      watched.refuse(8 * IMAGE);
      List<Long> told = new ArrayList<>();
      watched.fail(0, WatchedDriver.Failure.REFUSED);
      GradientMoments found =
          moments(probe(model).chunk(8).progress((done, total) -> told.add(done)));
      assertThat(found.first()).isEqualTo(expected.first());
      assertThat(found.third()).isEqualTo(expected.third());
      assertThat(told).containsExactly(1L, 5L, 9L, 13L, 17L);
    }
    assertThat(watched.open()).isEmpty();
  }

  /** Where half is too much, too, the failure says what was wanted and what is free. */
  @Test
  void halvedInVainItSaysWhatIsFree() {
    WatchedDriver watched = WatchedDriver.of(new EmulatedCudaDriver());
    try (LoadedModel model = load(watched.driver(), OPTIONS)) {
      watched.refuse(8 * IMAGE, 4 * IMAGE);
      assertThatThrownBy(() -> moments(probe(model).chunk(8)))
          .isInstanceOfSatisfying(
              CudaOutOfMemoryException.class,
              failure -> {
                assertThat(failure.wanted()).isEqualTo(4 * IMAGE);
                assertThat(failure.free()).isPositive();
              })
          .hasMessageContaining("has no 640 bytes left")
          .hasMessageContaining("are free. Fewer samples at once need less");
      // The model goes on with what fits.
      assertThat(moments(probe(model).chunk(2)).samples()).isEqualTo(16);
    }
    assertThat(watched.open()).isEmpty();
  }

  /** What the pool keeps and the workspace are given up before anything fails. */
  @Test
  void whatIsKeptIsGivenUpFirst() {
    int bytes = 400_000;
    WatchedDriver watched =
        WatchedDriver.of(new EmulatedCudaDriver(EmulatedCard.hopper().withMemory(bytes)));
    try (LoadedModel model = load(watched.driver(), OPTIONS)) {
      GradientMoments expected = moments(probe(model).chunk(4));
      int large = 0;
      // Batches of more and more samples, each of which leaves its memory behind.
      for (int samples = 100; samples <= 300; samples += 50) {
        watched.fail(0, WatchedDriver.Failure.REFUSED);
        Noise noise = Noise.level(samples, 0.2, 3);
        assertThat(probe(model).chunk(samples).build().scoresOf(probe(model).build().noisy(noise)))
            .hasSize(samples);
        large += Collections.frequency(watched.calls(), "cuMemFree");
      }
      assertThat(large).as("kept memory that was given up").isPositive();
      assertThat(moments(probe(model).chunk(4)).second()).isEqualTo(expected.second());
    }
    assertThat(watched.open()).isEmpty();
  }

  /** Of all models on the card together, as the driver was asked for it. */
  @Test
  void theMemoryOfACardIsCounted() {
    EmulatedCudaDriver driver = new EmulatedCudaDriver();
    CudaRuntime runtime = CudaRuntime.start(driver);
    CudaBackend backend = new CudaBackend(() -> runtime);
    DeviceMemory memory = backend.memory(Device.gpu(0)).orElseThrow();
    long free;
    try (CudaContext program = runtime.open(runtime.devices().get(0))) {
      free = program.freeBytes();
      long idle = memory.peakBytes();
      try (LoadedModel model = backend.load(SmallNetwork.channelsFirst(), OPTIONS);
          LoadedModel other = backend.load(SmallNetwork.channelsFirst(), OPTIONS)) {
        moments(probe(model).chunk(2));
        moments(probe(other).chunk(2));
        long held = free - program.freeBytes();
        assertThat(memory.peakBytes()).isGreaterThanOrEqualTo(held).isGreaterThan(idle);
        memory.restart();
        assertThat(memory.peakBytes()).isEqualTo(held);
        moments(probe(model).chunk(8));
        assertThat(memory.peakBytes()).isGreaterThan(held);
      }
      memory.restart();
      assertThat(memory.peakBytes()).isEqualTo(idle);
    }
  }
}
