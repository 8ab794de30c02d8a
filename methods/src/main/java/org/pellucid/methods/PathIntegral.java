package org.pellucid.methods;

import java.util.Map;
import java.util.Optional;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.Gathering;
import org.pellucid.api.Inputs;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.Tap;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.SelectedLayer;

/**
 * The integral of the gradient along straight paths that have one beginning, times the way: the
 * mean over paths of (end - beginning) times the mean gradient of the path's steps.
 */
final class PathIntegral implements Gathering {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  private final Tap tap;
  private final int steps;
  private final Inputs ends;
  private final SelectedLayer layer;
  private final Field beginning;
  private Field parts;
  private double[] mean;
  private int done;
  private boolean shown;
  private Optional<String> degeneracy = Optional.empty();

  /**
   * Of no steps yet; they come path by path.
   *
   * @param steps of each path
   * @param ends of the paths, each as the layer's maps
   */
  PathIntegral(Tap tap, int steps, Inputs ends, SelectedLayer layer, Field beginning) {
    this.tap = tap;
    this.steps = steps;
    this.ends = ends;
    this.layer = layer;
    this.beginning = beginning;
    int size = beginning.values().length;
    this.parts = layer.field(new double[size]);
    this.mean = new double[size];
  }

  @Override
  public void add(Map<Tap, LayerCapture> captures) {
    double[] gradients = captures.get(tap).gradients();
    for (int i = 0; i < mean.length; i++) {
      mean[i] += gradients[i] / steps;
    }
    done++;
    if (done % steps == 0) {
      endOfPath(done / steps - 1);
    }
  }

  private void endOfPath(int path) {
    Optional<String> nothing = Degeneracy.ofGradients(mean);
    shown |= nothing.isEmpty();
    degeneracy = degeneracy.or(() -> nothing);
    Field way = ALGEBRA.sub(layer.field(ends.get(path).toDoubleArray()), beginning);
    Field part = ALGEBRA.mul(way, layer.field(mean));
    parts = ALGEBRA.add(parts, ALGEBRA.div(part, ALGEBRA.constant(ends.count())));
    mean = new double[mean.length];
  }

  @Override
  public long bytes() {
    return 8L * 2 * mean.length;
  }

  /** Why there is nothing to show of any path; empty where there is something. */
  Optional<String> degeneracy() {
    return shown ? Optional.empty() : degeneracy;
  }

  /** The integral, by element. */
  Field parts() {
    return parts;
  }
}
