package org.pellucid.core.bench;

import java.util.List;
import java.util.Map;
import org.pellucid.graph.PellucidException;

/**
 * What came of a benchmark.
 *
 * @param cells every work in every setting, in the order of the request
 * @param refusals the settings in which nothing could be opened, each with what was thrown
 * @param reference what maps were held against, in a few words; why there is none, otherwise
 */
public record BenchmarkResult(
    List<Cell> cells, Map<Setting, PellucidException> refusals, String reference) {
  /** Copies the list. */
  public BenchmarkResult {
    cells = List.copyOf(cells);
  }

  /** Whether anything was timed. */
  public boolean timed() {
    return cells.stream().anyMatch(Cell::timed);
  }
}
