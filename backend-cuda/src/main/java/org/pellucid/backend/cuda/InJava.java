package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * A node that is computed in Java: of integers, which are a few numbers and stay exact, or without
 * elements.
 *
 * @param sources its inputs
 * @param target where the result goes on the card; null where it stays in Java memory
 */
record InJava(Node node, List<Source> sources, Place target) implements Step {
  /** Where an input comes from: a constant, the card, or Java memory. */
  record Source(Tensor constant, Place place, TensorType type, String name) {
    static Source of(Tensor constant) {
      return new Source(constant, null, null, null);
    }

    static Source of(Place place, TensorType type) {
      return new Source(null, place, type, null);
    }

    static Source of(String name) {
      return new Source(null, null, null, name);
    }

    private Tensor tensor(Run run) {
      if (constant != null) {
        return constant;
      }
      return place == null
          ? run.inJava(name)
          : run.download(place, type.elementType(), type.shape());
    }
  }

  InJava {
    sources = List.copyOf(sources);
  }

  @Override
  public List<Place> places() {
    List<Place> places = new ArrayList<>();
    sources.stream().map(Source::place).filter(Objects::nonNull).forEach(places::add);
    if (target != null) {
      places.add(target);
    }
    return places;
  }

  @Override
  public void run(Run run) {
    Tensor result =
        node.operation().evaluate(sources.stream().map(source -> source.tensor(run)).toList());
    if (target == null) {
      run.keep(node.output(), result);
    } else {
      run.upload(result, target);
    }
  }
}
