package org.pellucid.core.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pellucid.api.BackendException;
import org.pellucid.api.CancelledException;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.graph.UnsupportedModelException;

/** The order of visits, and what becomes of workers that fail, on a clock that is no clock. */
class BenchmarkTest {
  private static final Work SMOOTH =
      new Work("smooth", Map.of("samples", "4"), Optional.empty(), OptionalInt.of(2));

  private final FakeWorkers workers = new FakeWorkers();

  private static BenchmarkRequest request(double timeLimit, String... backends) {
    return new BenchmarkRequest(
        List.of(Work.ONE_FORWARD, SMOOTH),
        List.of(backends),
        List.of("auto"),
        List.of(OptionalInt.empty()),
        List.of(Optional.empty()),
        Precision.FLOAT32,
        timeLimit,
        0.03,
        true,
        true);
  }

  private BenchmarkResult run(BenchmarkRequest request) {
    BenchmarkResult result = Benchmark.run(request, workers, Progress.NONE, workers::nanoTime);
    assertThat(workers.open).as("workers left open").isZero();
    return result;
  }

  @Test
  void workers_are_visited_in_turns_until_medians_are_known() {
    BenchmarkResult result = run(request(1000, "a", "b"));
    // The reference first, which fixes the class; then each worker's preparations.
    assertThat(workers.log)
        .startsWith("open auto", "map auto smooth4", "open a for 7", "memory a forward")
        .containsSequence("map a smooth4", "memory a smooth4", "visit a smooth4");
    // No scatter: six visits are enough for an interval of no width.
    assertThat(result.cells()).hasSize(4).allMatch(cell -> cell.seconds().length == 6);
    assertThat(workers.log.subList(workers.log.size() - 8, workers.log.size()))
        .containsExactly(
            "visit a forward",
            "visit b forward",
            "visit a smooth4",
            "visit b smooth4",
            "visit a forward",
            "visit b forward",
            "visit a smooth4",
            "visit b smooth4");
  }

  @Test
  void cells_hold_what_was_measured() {
    BenchmarkResult result = run(request(1000, "a"));
    Cell smooth = result.cells().get(1);
    assertThat(smooth.summary().median()).isEqualTo(0.3);
    assertThat(smooth.imagesPerSecond()).isCloseTo(1 / 0.3, within(1e-12));
    assertThat(smooth.medianToForward()).hasValueCloseTo(3.0, within(1e-12));
    assertThat(smooth.runs()).isEqualTo(6);
    // Half off, and the largest value is 4.
    assertThat(smooth.accuracy().orElseThrow().relative()).isEqualTo(0.125);
    assertThat(smooth.layer()).isEqualTo("relu");
    assertThat(result.cells().get(0).medianToForward()).isEmpty();
    assertThat(result.cells().get(0).accuracy()).isEmpty();
    assertThat(result.reference()).isEqualTo("double precision on auto");
  }

  @Test
  void when_time_is_up_each_work_has_been_visited_once() {
    workers.seconds = work -> 100;
    BenchmarkResult result = run(request(1, "a", "b"));
    assertThat(result.cells()).hasSize(4).allMatch(cell -> cell.seconds().length == 1);
    assertThat(result.cells().get(0).summary().ofMedian()).isEmpty();
  }

  @Test
  void what_scatters_is_visited_until_the_time_is_up() {
    AtomicInteger count = new AtomicInteger();
    workers.seconds = work -> count.getAndIncrement() % 4 < 2 ? 0.1 : 0.2;
    run(request(60, "a"));
    assertThat(workers.nanoTime() / 1e9).isBetween(60.0, 61.0);
  }

  @Test
  void a_backend_that_cannot_run_the_model_is_a_reason() {
    workers.refusals.put("a", new UnsupportedModelException("no Foo"));
    BenchmarkResult result = run(request(100, "a", "b"));
    assertThat(result.cells().subList(0, 2)).allMatch(cell -> cell.reason().equals("no Foo"));
    assertThat(result.cells().subList(2, 4)).allMatch(Cell::timed);
    assertThat(BenchmarkTable.rows(result)).hasSize(3);
    assertThat(BenchmarkTable.rows(result).get(0)).endsWith("no Foo");
  }

  @Test
  void a_worker_that_dies_takes_nobody_with_it() {
    // After its preparations and a visit.
    workers.deaths.put("a", 10);
    BenchmarkResult result = run(request(1000, "a", "b"));
    assertThat(result.cells().subList(0, 2))
        .allMatch(cell -> !cell.timed() && cell.reason().contains("process of a ended"));
    assertThat(result.cells().subList(2, 4)).allMatch(Cell::timed);
  }

  @Test
  void without_a_reference_there_is_no_accuracy() {
    workers.refusals.put("auto", new BackendException("nobody has float64"));
    BenchmarkResult result = run(request(100, "a"));
    assertThat(result.reference()).isEqualTo("none: nobody has float64");
    assertThat(result.cells()).allMatch(Cell::timed).allMatch(cell -> cell.accuracy().isEmpty());
  }

  @Test
  void a_wrong_request_fails_as_a_whole() {
    workers.refusals.put("auto", new InvalidRequestException("no such layer"));
    assertThatThrownBy(() -> run(request(100, "a"))).hasMessage("no such layer");
    workers.refusals.clear();
    workers.refusals.put("b", new CancelledException("enough"));
    assertThatThrownBy(() -> run(request(100, "a", "b"))).isInstanceOf(CancelledException.class);
    assertThat(workers.open).isZero();
  }

  @Test
  void warm_is_what_gets_no_faster() {
    WarmUp warmUp = new WarmUp();
    warmUp.add(visit(0.6));
    assertThat(warmUp.settled()).isFalse();
    warmUp.add(visit(0.5));
    assertThat(warmUp.settled()).as("a fifth faster").isFalse();
    warmUp.add(visit(0.49));
    // The latest one, 0.49, by the fastest before it, 0.5.
    assertThat(warmUp.settled()).isTrue();
    WarmUp slow = new WarmUp();
    slow.add(visit(11));
    assertThat(slow.settled()).isTrue();
  }

  private static Worker.Visit visit(double seconds) {
    return new Worker.Visit(seconds, 1, java.util.OptionalDouble.empty());
  }
}
