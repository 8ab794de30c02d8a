package org.pellucid.api.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** A part that the engine has prepared; without one where there is nothing to compute. */
record CompiledPart(Part part, Executable executable) implements AutoCloseable {
  static CompiledPart of(Part part, Engine engine) {
    return new CompiledPart(part, part.results().isEmpty() ? null : engine.compile(part.graph()));
  }

  /**
   * Computes the part.
   *
   * @param given the values to put in
   * @param scope owns what is computed
   * @return the wanted tensors that are computed
   */
  Map<String, Value> run(Function<Part.Source, Value> given, ValueScope scope) {
    if (executable == null) {
      return Map.of();
    }
    Map<String, Value> inputs = new HashMap<>();
    part.sources().forEach((input, source) -> inputs.put(input, given.apply(source)));
    Map<String, Value> outputs = executable.run(inputs);
    outputs.values().forEach(scope::own);
    Map<String, Value> results = new HashMap<>();
    part.results().forEach((tensor, output) -> results.put(tensor, outputs.get(output)));
    return results;
  }

  @Override
  public void close() {
    if (executable != null) {
      executable.close();
    }
  }
}
