package org.pellucid.api.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.GraphAlgebra;
import org.pellucid.api.MomentFormula;
import org.pellucid.api.PowerSums;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.gradient.GraphRecorder;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.pass.FeatureMapAxes;
import org.pellucid.graph.pass.Passes;

/**
 * Computes formulas over averages in an engine: each is taken down as a graph, in which the
 * averages of all samples, or without one group after the other, are the samples. Safe for use by
 * several threads, one of which computes at a time.
 */
final class FormulaRuns implements AutoCloseable {
  /** Graphs that are kept: some formulas of some layers. */
  private static final int MOST = 16;

  /** Averages are computed together as long as they and what is made of them stay below. */
  private static final long BYTES = 128L << 20;

  /** Averages that an engine is asked for at once at most ({@link NoisyWork.Sums#averages}). */
  private static final int PARTS = 16;

  /** Fields that a formula has at once at most, beside three of averages. */
  private static final int FIELDS = 9;

  private static final FeatureMapAxes AXES = new FeatureMapAxes(0, 1, List.of(2));

  private final Supplier<Optional<Engine>> engines;
  private final Map<Question, Compiled> compiled = new LinkedHashMap<>(16, 0.75f, true);
  private volatile Optional<Engine> engine;

  /**
   * No formulas yet.
   *
   * @param engines opens the engine, once
   */
  FormulaRuns(Supplier<Optional<Engine>> engines) {
    this.engines = engines;
  }

  /** The extents of a field, and its value where that is one number. */
  private record Extents(int maps, int cells, Optional<Double> number) {
    static Extents of(Field field) {
      boolean single = field.maps() == 1 && field.cells() == 1;
      return new Extents(
          field.maps(), field.cells(), single ? Optional.of(field.number()) : Optional.empty());
    }

    TensorType type() {
      return new TensorType(ElementType.FLOAT64, Shape.of(1, maps, cells));
    }
  }

  /**
   * What is compiled.
   *
   * @param formula its key
   * @param layer [parts, K, cells]
   */
  private record Question(Object formula, Shape layer, List<Extents> given) {}

  /**
   * A formula in the engine.
   *
   * @param powers the names of inputs; empty for what the formula does not read
   * @param given the same
   * @param results names of the outputs, in the formula's order
   */
  private record Compiled(
      Executable executable,
      MomentFormula.Powers<String> powers,
      List<String> given,
      List<String> results) {}

  /** Brings fields to the engine. */
  @FunctionalInterface
  interface Given {
    /** The value of a field, which stays open. */
    Value value(Field field, Engine engine);
  }

  /** A field as a tensor, [1, maps, cells]. */
  static Tensor tensor(Field field) {
    return Tensor.of(Shape.of(1, field.maps(), field.cells()), field.values());
  }

  /** Whether there is an engine for formulas; it is opened when this is first asked. */
  boolean areComputed() {
    Optional<Engine> known = engine;
    return known == null ? open().isPresent() : known.isPresent();
  }

  private synchronized Optional<Engine> open() {
    if (engine == null) {
      engine = engines.get();
    }
    return engine;
  }

  /**
   * Computes a formula.
   *
   * @param maps K and the number of cells
   * @param parts of which averages
   * @param sums of which averages are made
   * @return by part, its results; empty where the engine computes no formulas
   */
  synchronized Optional<List<List<double[]>>> evaluate(
      MomentFormula formula,
      Shape maps,
      List<PowerSums.Part> parts,
      NoisyWork.Sums sums,
      Given given) {
    if (!areComputed()) {
      return Optional.empty();
    }
    long fitting = Math.max(1, BYTES / (8 * (3 + FIELDS) * maps.size()));
    long together = Math.min(PARTS, fitting);
    int runs = (int) ((parts.size() + together - 1) / together);
    List<List<double[]>> results = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      int from = parts.size() * run / runs;
      int to = parts.size() * (run + 1) / runs;
      results.addAll(run(formula, maps, parts.subList(from, to), sums, given));
    }
    return Optional.of(results);
  }

  private List<List<double[]>> run(
      MomentFormula formula,
      Shape maps,
      List<PowerSums.Part> parts,
      NoisyWork.Sums sums,
      Given given) {
    List<Field> fields = formula.given();
    Question question =
        new Question(
            formula.key(),
            Shape.of(parts.size(), maps.dim(0), maps.dim(1)),
            fields.stream().map(Extents::of).toList());
    Compiled ready = compiled(formula, question);
    Map<String, Value> inputs = new HashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      String name = ready.given().get(i);
      if (!name.isEmpty()) {
        inputs.put(name, given.value(fields.get(i), engine.get()));
      }
    }
    try (ValueScope own = new ValueScope()) {
      NoisyWork.Averages averages = sums.averages(maps, parts);
      MomentFormula.Powers<String> powers = ready.powers();
      put(inputs, powers.first(), own.own(averages.first()));
      put(inputs, powers.second(), own.own(averages.second()));
      put(inputs, powers.third(), own.own(averages.third()));
      put(inputs, powers.scale(), own.own(averages.scale()));
      Map<String, Value> outputs = ready.executable().run(inputs);
      outputs.values().forEach(own::own);
      List<Tensor> found =
          ready.results().stream().map(name -> outputs.get(name).toTensor()).toList();
      return perPart(found, parts.size());
    }
  }

  private static void put(Map<String, Value> inputs, String name, Value value) {
    if (!name.isEmpty()) {
      inputs.put(name, value);
    }
  }

  /** The results of each part: its own, or those that are the same for all. */
  private static List<List<double[]>> perPart(List<Tensor> results, int parts) {
    List<List<double[]>> all = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      List<double[]> own = new ArrayList<>();
      for (Tensor result : results) {
        int samples = result.shape().rank() == 0 ? 1 : result.shape().dim(0);
        double[] values = new double[result.size() / samples];
        result.copy(samples == 1 ? 0 : part * values.length, values, values.length);
        own.add(values);
      }
      all.add(own);
    }
    return all;
  }

  private Compiled compiled(MomentFormula formula, Question question) {
    Compiled known = compiled.get(question);
    if (known == null) {
      known = compile(formula, question);
      compiled.put(question, known);
      Iterator<Compiled> eldest = compiled.values().iterator();
      if (compiled.size() > MOST) {
        eldest.next().executable().close();
        eldest.remove();
      }
    }
    return known;
  }

  private Compiled compile(MomentFormula formula, Question question) {
    GraphRecorder recorder =
        new GraphRecorder(
            ModelGraph.of(Map.of(), Map.of(), List.of(), List.of(), Map.of()), "formula");
    TensorType layer = new TensorType(ElementType.FLOAT64, question.layer());
    MomentFormula.Powers<String> powers =
        new MomentFormula.Powers<>(
            recorder.input("first", layer),
            recorder.input("second", layer),
            recorder.input("third", layer),
            recorder.input("scale", new TensorType(ElementType.FLOAT64, Shape.of(1, 1, 1))));
    GraphAlgebra algebra = new GraphAlgebra(recorder, powers.first(), AXES);
    List<String> given = new ArrayList<>();
    for (Extents extents : question.given()) {
      given.add(
          extents.number().isPresent()
              ? algebra.constant(extents.number().get())
              : recorder.input("given", extents.type()));
    }
    List<String> results = new ArrayList<>();
    for (String result : formula.results(algebra, given, powers)) {
      boolean made = recorder.graph().producer(result).isPresent();
      results.add(made ? result : recorder.node(new Unary.Identity(), result));
    }
    ModelGraph graph =
        Passes.cut(recorder.graph(), Set.of(), List.copyOf(new LinkedHashSet<>(results)));
    UnaryOperator<String> read = name -> graph.inputs().containsKey(name) ? name : "";
    return new Compiled(
        engine.get().compile(graph),
        new MomentFormula.Powers<>(
            read.apply(powers.first()),
            read.apply(powers.second()),
            read.apply(powers.third()),
            read.apply(powers.scale())),
        given.stream().map(read).toList(),
        results);
  }

  /** Closes what was compiled. */
  @Override
  public synchronized void close() {
    compiled.values().forEach(each -> each.executable().close());
    compiled.clear();
  }
}
