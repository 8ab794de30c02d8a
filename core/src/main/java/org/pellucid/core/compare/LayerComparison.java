package org.pellucid.core.compare;

import java.util.List;
import java.util.Optional;
import org.pellucid.core.Explanation;
import org.pellucid.core.Prediction;
import org.pellucid.core.Subject;

/**
 * Methods and backends on one image, one target and one layer, or several fused ones.
 *
 * @param subject what was explained
 * @param target the class that was explained, the same for all, with its score on the backend that
 *     resolved it
 * @param resolvedOn the backend on which the target was resolved
 * @param place where
 * @param methods ids, in the order of rows
 * @param backends ids, in the order of columns
 * @param cells one per method and backend, row by row
 * @param tolerance up to which relative difference backends agree
 * @param betweenBackends per method each two backends
 * @param betweenMethods per backend each two methods
 */
public record LayerComparison(
    Subject subject,
    Prediction target,
    String resolvedOn,
    Place place,
    List<String> methods,
    List<String> backends,
    List<Cell> cells,
    double tolerance,
    List<BackendAgreement> betweenBackends,
    List<MethodAgreement> betweenMethods) {
  /** Copies the lists. */
  public LayerComparison {
    methods = List.copyOf(methods);
    backends = List.copyOf(backends);
    cells = List.copyOf(cells);
    betweenBackends = List.copyOf(betweenBackends);
    betweenMethods = List.copyOf(betweenMethods);
  }

  /**
   * One method on one backend.
   *
   * @param method its id
   * @param backend its id
   * @param explanation what came of it; empty where the method cannot be used here
   * @param reason why not; empty where it can
   */
  public record Cell(
      String method, String backend, Optional<Explanation> explanation, String reason) {
    /** The map's cells, row-major. Only for a cell with an explanation. */
    double[] map() {
      return explanation.orElseThrow().saliency().map().toDoubleArray();
    }
  }

  /**
   * Two backends under one method.
   *
   * @param method its id
   * @param first a backend
   * @param second another
   * @param agreement how far their raw maps agree
   * @param cellsBeyond how many cells of the map differ by more than the tolerance
   * @param settlement what was found out where they do not agree within the tolerance; empty where
   *     they do
   */
  public record BackendAgreement(
      String method,
      String first,
      String second,
      MapAgreement agreement,
      int cellsBeyond,
      Optional<Settlement> settlement) {
    /** What that amounts to. */
    public Verdict verdict() {
      return settlement.map(Settlement::verdict).orElse(Verdict.AGREES);
    }
  }

  /**
   * Two methods on one backend. Their maps have scales of their own: differences mean nothing, and
   * correlations and the overlap do.
   *
   * @param backend its id
   * @param first a method
   * @param second another
   * @param agreement how far their raw maps agree
   */
  public record MethodAgreement(
      String backend, String first, String second, MapAgreement agreement) {}

  /** One method on one backend. */
  public Cell cell(String method, String backend) {
    return cells.stream()
        .filter(cell -> cell.method().equals(method) && cell.backend().equals(backend))
        .findFirst()
        .orElseThrow();
  }

  /** How many pairs of backends have a verdict. */
  public long count(Verdict verdict) {
    return betweenBackends.stream().filter(pair -> pair.verdict() == verdict).count();
  }
}
