package org.pellucid.api.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A part that the engine has prepared; without one where there is nothing to compute. */
record CompiledPart(Part part, Executable executable) implements AutoCloseable {
  /**
   * Has an engine prepare a part.
   *
   * @param concurrent whether several runs of it go on at once
   */
  static CompiledPart of(Part part, Engine engine, boolean concurrent) {
    if (part.graph().outputs().isEmpty()) {
      return new CompiledPart(part, null);
    }
    return new CompiledPart(
        part, concurrent ? engine.compileConcurrent(part.graph()) : engine.compile(part.graph()));
  }

  /**
   * What a part computed.
   *
   * @param tensors by wanted tensor
   * @param gradients by tensor its gradient, to be read by {@link GraphModel#gradient}
   * @param chosen which score of each sample is seeded, where the part finds it
   */
  record Computed(
      Map<String, Value> tensors, Map<String, Value> gradients, Optional<Value> chosen) {}

  /**
   * Computes the part.
   *
   * @param given the values to put in
   * @param scope owns what is computed
   */
  Computed run(Function<Part.Source, Value> given, ValueScope scope) {
    if (executable == null) {
      return new Computed(Map.of(), Map.of(), Optional.empty());
    }
    Map<String, Value> inputs = new HashMap<>();
    part.sources().forEach((input, source) -> inputs.put(input, given.apply(source)));
    Map<String, Value> outputs = executable.run(inputs);
    outputs.values().forEach(scope::own);
    return new Computed(
        named(part.results(), outputs),
        named(part.gradients(), outputs),
        part.chosen().map(outputs::get));
  }

  private static Map<String, Value> named(Map<String, String> names, Map<String, Value> outputs) {
    Map<String, Value> values = new HashMap<>();
    names.forEach((tensor, output) -> values.put(tensor, outputs.get(output)));
    return values;
  }

  @Override
  public void close() {
    if (executable != null) {
      executable.close();
    }
  }
}
