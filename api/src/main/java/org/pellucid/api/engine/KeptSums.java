package org.pellucid.api.engine;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.HeldMaps;
import org.pellucid.api.MomentFormula;
import org.pellucid.api.PowerSums;
import org.pellucid.graph.Shape;
import org.pellucid.graph.pass.FeatureMapAxes;

/** Sums that an engine keeps, and that end with the model at the latest. */
final class KeptSums implements PowerSums {
  private final GraphModel model;
  private final FeatureMapAxes axes;
  private final Shape sample;
  private final NoisyWork.Sums sums;
  private final ValueScope scope;

  /** What formulas read beside the sums, in the engine until the sums are closed or rest. */
  private final Map<Field, Value> given = new IdentityHashMap<>();

  private ValueScope ofGiven;
  private boolean resting;

  /**
   * Sums of a model.
   *
   * @param sample K and the spatial lengths
   * @param scope owns the sums
   */
  KeptSums(
      GraphModel model, FeatureMapAxes axes, Shape sample, NoisyWork.Sums sums, ValueScope scope) {
    this.model = model;
    this.axes = axes;
    this.sample = sample;
    this.sums = sums;
    this.scope = scope;
  }

  GraphModel model() {
    return model;
  }

  FeatureMapAxes axes() {
    return axes;
  }

  NoisyWork.Sums sums() {
    return sums;
  }

  @Override
  public Sums read() {
    return model.guarded(sums::read);
  }

  @Override
  public Optional<List<List<double[]>>> evaluate(MomentFormula formula, List<Part> parts) {
    Shape maps = Shape.of(sample.dim(0), Math.toIntExact(sample.sizeOf(1, sample.rank())));
    return model.guarded(() -> model.formulas().evaluate(formula, maps, parts, sums, this::given));
  }

  /** A field in the engine. */
  private Value given(Field field, Engine engine) {
    if (ofGiven == null) {
      ofGiven = model.newScope();
    }
    return given.computeIfAbsent(
        field,
        each -> ofGiven.own(held(each).orElseGet(() -> engine.value(FormulaRuns.tensor(each)))));
  }

  /** A field that the model holds as it was computed; empty for others. */
  private Optional<Value> held(Field field) {
    HeldMaps maps = field.held().orElse(null);
    return maps != null
            && maps.tensor() instanceof HeldValue held
            && held.model() == model
            && maps.layout().shape().equals(sample)
        ? held.use(value -> sums.maps(value, maps.layout()))
        : Optional.empty();
  }

  @Override
  public boolean rest() {
    closeGiven();
    resting =
        model.guarded(
            () -> {
              boolean rests = sums.rest();
              if (rests) {
                model.forget(scope);
              }
              return rests;
            });
    return resting;
  }

  @Override
  public boolean reopen() {
    if (!resting) {
      return false;
    }
    resting = false;
    return model.guarded(
        () -> {
          boolean there = sums.reopen();
          if (there) {
            model.remember(scope);
          }
          return there;
        });
  }

  private void closeGiven() {
    given.clear();
    if (ofGiven != null) {
      model.release(ofGiven);
      ofGiven = null;
    }
  }

  @Override
  public void close() {
    resting = false;
    closeGiven();
    model.release(scope);
  }
}
