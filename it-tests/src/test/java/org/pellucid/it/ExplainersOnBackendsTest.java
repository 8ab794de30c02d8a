package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.ProbeBuilder;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.DifferenceBackend;
import org.pellucid.testkit.SaliencyAssert;
import org.pellucid.testkit.SmallNetwork;

/**
 * Every explainer on every backend, against the same explainer on gradients by central differences.
 */
class ExplainersOnBackendsTest {
  private static final Selection LAYER = Selection.of(SmallNetwork.LAYER);
  private static final Selection INPUT = Selection.of(new Tap("image"));

  /**
   * Central differences are good to about 1e-9 of the largest gradient; the weights carry it on.
   */
  private static final double DIFFERENCES = 1e-7;

  /** Two float64 runs that sum in another order. */
  private static final double FLOAT64_ROUNDING = 1e-11;

  /** float32 has 24 bits; the network is three layers deep, and 25 samples are averaged. */
  private static final double FLOAT32_ROUNDING = 1e-4;

  /** All but those that need a linear head or attention, which the network has not. */
  private static List<Explainer> explainers() {
    return ServiceLoader.load(Explainer.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(explainer -> !explainer.needs().contains(Need.LINEAR_HEAD))
        .filter(explainer -> !explainer.needs().contains(Need.ATTENTION))
        .toList();
  }

  static Stream<Arguments> explainersAndBackends() {
    return Backends.all()
        .flatMap(
            backend ->
                explainers().stream()
                    .map(
                        explainer ->
                            Arguments.of(
                                Named.of(explainer.id(), explainer),
                                Named.of(backend.id(), backend))));
  }

  private static LoadedModel load(GradientBackend backend, ModelGraph graph, Precision precision) {
    Backends.assumeAvailable(backend);
    // The network is too small for several threads to share an operation.
    return backend.load(graph, Backends.options(backend).with(precision).withThreads(1));
  }

  /** The precision in which rounding matters least. */
  private static Precision widest(GradientBackend backend) {
    return backend.precisions().contains(Precision.FLOAT64) ? Precision.FLOAT64 : Precision.FLOAT32;
  }

  private static double rounding(Precision precision) {
    return precision == Precision.FLOAT64 ? FLOAT64_ROUNDING : FLOAT32_ROUNDING;
  }

  private static ProbeBuilder probe(LoadedModel model) {
    return StandardProbe.of(model).inputs(Map.of("image", SmallNetwork.image()));
  }

  private static Saliency explain(Explainer explainer, ModelProbe probe) {
    Saliency saliency = explainer.explain(probe, selection(explainer), Options.DEFAULTS);
    SaliencyAssert.assertThat(saliency).hasStatus(Status.OK).isFinite();
    return saliency;
  }

  private static Selection selection(Explainer explainer) {
    return explainer.needs().contains(Need.LAYER) ? LAYER : INPUT;
  }

  /**
   * By differences; where gradients are taken by other rules, of which there are none, plain Java.
   */
  private static Saliency oracle(Explainer explainer) {
    ModelGraph graph = SmallNetwork.channelsFirst();
    GradientBackend backend =
        explainer.needs().contains(Need.GRADIENT_RULES)
            ? new ReferenceBackend()
            : new DifferenceBackend();
    try (LoadedModel model = load(backend, graph, Precision.FLOAT64)) {
      return explain(explainer, probe(model).build());
    }
  }

  @ParameterizedTest
  @MethodSource("explainersAndBackends")
  void mapsEqualThoseOfDifferences(Explainer explainer, GradientBackend backend) {
    Saliency expected = oracle(explainer);
    for (Precision precision : backend.precisions()) {
      if (precision != Precision.FLOAT32 && precision != Precision.FLOAT64) {
        continue;
      }
      double fraction = precision == Precision.FLOAT64 ? DIFFERENCES : FLOAT32_ROUNDING;
      try (LoadedModel model = load(backend, SmallNetwork.channelsFirst(), precision)) {
        Saliency saliency = explain(explainer, probe(model).build());
        SaliencyAssert.assertThat(saliency).isCloseTo(expected, fraction);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("explainersAndBackends")
  void layoutsDoNotMatter(Explainer explainer, GradientBackend backend) {
    Precision precision = widest(backend);
    try (LoadedModel first = load(backend, SmallNetwork.channelsFirst(), precision);
        LoadedModel last = load(backend, SmallNetwork.channelsLast(), precision)) {
      Tensor image = SmallNetwork.imageChannelsLast();
      ModelProbe probe = StandardProbe.of(last).inputs(Map.of("image", image)).build();
      SaliencyAssert.assertThat(explain(explainer, probe))
          .isCloseTo(explain(explainer, probe(first).build()), rounding(precision));
    }
  }

  @ParameterizedTest
  @MethodSource("explainersAndBackends")
  void chunksDoNotMatter(Explainer explainer, GradientBackend backend) {
    for (Precision precision : List.of(Precision.FLOAT32, Precision.FLOAT64)) {
      if (!backend.precisions().contains(precision)) {
        continue;
      }
      double fraction = rounding(precision);
      try (LoadedModel model = load(backend, SmallNetwork.channelsFirst(), precision);
          LoadedModel mixing = load(backend, SmallNetwork.mixing(), precision)) {
        Saliency one = explain(explainer, probe(model).chunk(1).build());
        for (int chunk : new int[] {3, 8, 25}) {
          SaliencyAssert.assertThat(explain(explainer, probe(model).chunk(chunk).build()))
              .isCloseTo(one, fraction);
        }
        // Where samples mix they run one by one, and mean the same.
        SaliencyAssert.assertThat(explain(explainer, probe(mixing).build()))
            .isCloseTo(one, fraction);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("explainersAndBackends")
  void severalThreadsMayUseOneModel(Explainer explainer, GradientBackend backend) throws Exception {
    Precision precision = widest(backend);
    try (LoadedModel model = load(backend, SmallNetwork.channelsFirst(), precision)) {
      Saliency alone = explain(explainer, probe(model).build());
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        List<Future<Saliency>> found = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
          found.add(threads.submit(() -> explain(explainer, probe(model).build())));
        }
        for (Future<Saliency> saliency : found) {
          SaliencyAssert.assertThat(saliency.get()).isCloseTo(alone, rounding(precision));
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("explainersAndBackends")
  void tenThousandSamplesTakeNoMoreMemoryThanAHundred(
      Explainer explainer, GradientBackend backend) {
    assumeThat(explainer.options()).anyMatch(option -> option.name().equals("samples"));
    Precision precision =
        backend.precisions().contains(Precision.FLOAT32) ? Precision.FLOAT32 : Precision.FLOAT64;
    try (LoadedModel model = load(backend, SmallNetwork.channelsFirst(), precision)) {
      heapAfter(explainer, model, 100, 0);
      long few = heapAfter(explainer, model, 100, 0);
      // Ten thousand gradients alone would be 2.9 MB.
      long bound = few + (1L << 20);
      assertThat(heapAfter(explainer, model, 10_000, bound))
          .as("%s on %s", explainer.id(), backend.id())
          .isLessThan(bound);
    }
  }

  /**
   * What is used after collecting until three rounds free no more and, for at most some seconds,
   * until it is less than {@code enough} (0: whatever it is): what stands for closed native memory
   * is let go of by threads of the engine's, some time after the collector found it, and on a busy
   * machine that may be seconds.
   */
  private static long settledHeap(long enough) {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    int rounds = enough == 0 ? 3 : 30;
    for (int idle = 0; idle < rounds && least >= enough; idle++) {
      LockSupport.parkNanos(idle * 20_000_000L);
      System.gc();
      long now = runtime.totalMemory() - runtime.freeMemory();
      if (now < least - (64 << 10)) {
        idle = 0;
      }
      least = Math.min(least, now);
    }
    return least;
  }

  /** Bytes in use when all samples are done and nothing that an explanation keeps is let go. */
  private static long heapAfter(Explainer explainer, LoadedModel model, int samples, long enough) {
    long[] used = new long[1];
    StandardProbe probe =
        probe(model)
            .chunk(100)
            .progress(
                (done, total) -> {
                  if (done == total && done > 1) {
                    used[0] = settledHeap(enough);
                  }
                })
            .build();
    Options options =
        Options.parse(explainer.options(), Map.of("samples", String.valueOf(samples)));
    explainer.explain(probe, selection(explainer), options);
    return used[0];
  }
}
