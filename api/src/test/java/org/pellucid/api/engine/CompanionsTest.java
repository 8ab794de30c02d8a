package org.pellucid.api.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.ForwardingModel;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Unary;

/** A model keeps few companions, frees none that is in use, and closes all. */
class CompanionsTest {
  private static final LoadOptions OPTIONS = LoadOptions.DEFAULT.with(Precision.FLOAT64);
  private static final Map<String, Tensor> ONE =
      Map.of("x", Tensor.of(Shape.of(1, 1), new double[] {1}));
  private static final Tap SCORES = new Tap("scores");

  private final CountingBackend backend = new CountingBackend();
  private final Companions companions = new Companions(backend);

  /** Counts the models that are open. */
  private static final class CountingBackend implements GradientBackend {
    private final GradientBackend reference = new ReferenceBackend();
    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();

    @Override
    public String id() {
      return "counting";
    }

    @Override
    public Availability availability() {
      return reference.availability();
    }

    @Override
    public List<Device> devices() {
      return reference.devices();
    }

    @Override
    public Set<Precision> precisions() {
      return reference.precisions();
    }

    @Override
    public Optional<String> refusal(Node node, Precision precision) {
      return Optional.empty();
    }

    @Override
    public LoadedModel load(ModelGraph graph, LoadOptions options) {
      LoadedModel model = reference.load(graph, options);
      loads.incrementAndGet();
      mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
      return new Counted(model, open);
    }
  }

  private static final class Counted extends ForwardingModel {
    private final AtomicInteger open;

    Counted(LoadedModel model, AtomicInteger open) {
      super(model);
      this.open = open;
    }

    @Override
    public void close() {
      open.decrementAndGet();
      super.close();
    }
  }

  /** A network that multiplies by a number. */
  private static ModelGraph times(int factor) {
    Map<String, TensorType> inputs = new LinkedHashMap<>();
    inputs.put("x", new TensorType(ElementType.FLOAT32, Shape.of(1, 1)));
    Node node = new Node("scores", new Unary.Affine(factor, 0), List.of("x"), "scores", "");
    return ModelGraph.of(inputs, Map.of(), List.of(node), List.of("scores"), Map.of());
  }

  private LoadedModel companion(int factor) {
    return companions.get(factor, OPTIONS, () -> times(factor));
  }

  private static double score(LoadedModel model) {
    try (ForwardPass pass = model.forward(ONE, Set.of())) {
      return pass.outputs().get("scores").get(0);
    }
  }

  @Test
  void fewAreKeptAndAllStayUsable() {
    List<LoadedModel> all = new ArrayList<>();
    for (int factor = 0; factor < 20; factor++) {
      all.add(companion(factor));
      assertThat(backend.open).hasValueLessThanOrEqualTo(Companions.MOST);
    }
    for (int factor = 0; factor < 20; factor++) {
      assertThat(score(all.get(factor))).isEqualTo(factor);
      assertThat(backend.open).hasValueLessThanOrEqualTo(Companions.MOST);
    }
    assertThat(backend.mostOpen).hasValueLessThanOrEqualTo(Companions.MOST + 1);
  }

  @Test
  void whatIsAskedForAgainIsNotLoadedAgain() {
    for (int round = 0; round < 5; round++) {
      for (int factor = 0; factor < Companions.MOST; factor++) {
        assertThat(score(companion(factor))).isEqualTo(factor);
      }
    }
    assertThat(backend.loads).hasValue(Companions.MOST);
  }

  @Test
  void onesWithAnOpenPassAreNotFreed() {
    try (ForwardPass pass = companion(7).forward(ONE, Set.of(SCORES))) {
      for (int factor = 10; factor < 20; factor++) {
        assertThat(score(companion(factor))).isEqualTo(factor);
      }
      assertThat(backend.open).hasValue(Companions.MOST + 1);
      assertThat(pass.activation(SCORES).get(0)).isEqualTo(7);
      assertThat(score(companion(7))).isEqualTo(7);
      assertThat(backend.loads).hasValue(11);
      pass.close();
    }
    // It was in use last, and another went.
    assertThat(backend.open).hasValue(Companions.MOST);
    assertThat(score(companion(7))).isEqualTo(7);
    assertThat(backend.loads).hasValue(11);
  }

  @Test
  void whatCannotBeLoadedSaysSoEachTimeAndTakesNoPlace() {
    for (int factor = 0; factor < Companions.MOST; factor++) {
      companion(factor);
    }
    for (int i = 0; i < 10; i++) {
      String refusal = "no " + i;
      assertThatThrownBy(
              () ->
                  companions.get(
                      refusal,
                      OPTIONS,
                      () -> {
                        throw new IllegalArgumentException(refusal);
                      }))
          .hasMessage(refusal);
    }
    for (int factor = 0; factor < Companions.MOST; factor++) {
      assertThat(score(companion(factor))).isEqualTo(factor);
    }
    assertThat(backend.loads).hasValue(Companions.MOST);
  }

  @Test
  void companionsOfCompanionsAreOfTheSameFew() {
    LoadedModel outer = companion(3);
    LoadedModel inner = outer.companion(3, OPTIONS, () -> times(5));
    for (int factor = 10; factor < 20; factor++) {
      companion(factor);
    }
    assertThat(score(inner)).isEqualTo(5);
    assertThat(score(outer)).isEqualTo(3);
    assertThat(backend.open).hasValue(Companions.MOST);
  }

  @Test
  void severalThreadsMayUseMoreThanAreKept() throws InterruptedException, ExecutionException {
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> work = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int own = thread;
        work.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    int factor = (own * 7 + i * 5) % 12;
                    assertThat(score(companion(factor))).isEqualTo(factor);
                  }
                }));
      }
      for (Future<?> task : work) {
        task.get();
      }
    } finally {
      pool.shutdownNow();
    }
    // A model that goes is closed after its place was given away: one more for each thread.
    assertThat(backend.mostOpen).hasValueLessThanOrEqualTo(Companions.MOST + 2 * threads);
    assertThat(backend.open).hasValue(Companions.MOST);
    companions.close();
    assertThat(backend.open).hasValue(0);
  }

  @Test
  void closingClosesAllAndNothingIsLoadedAfterIt() {
    LoadedModel kept = companion(1);
    for (int factor = 2; factor < 9; factor++) {
      companion(factor);
    }
    companions.close();
    companions.close();
    assertThat(backend.open).hasValue(0);
    int loads = backend.loads.get();
    assertThatThrownBy(() -> score(kept))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> companion(1)).isInstanceOf(IllegalStateException.class);
    assertThat(backend.loads).hasValue(loads);
  }

  @Test
  void closingWaitsForWhatIsBeingLoaded() throws InterruptedException, ExecutionException {
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      Future<?> user =
          pool.submit(
              () ->
                  companions.get(
                      "slow",
                      OPTIONS,
                      () -> {
                        loading.countDown();
                        await(go);
                        return times(2);
                      }));
      loading.await();
      Future<?> closer = pool.submit(companions::close);
      go.countDown();
      closer.get();
      user.get();
      assertThat(backend.loads).hasValue(1);
      assertThat(backend.open).hasValue(0);
    } finally {
      pool.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
