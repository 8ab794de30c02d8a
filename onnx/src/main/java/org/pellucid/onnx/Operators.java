package org.pellucid.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The table of all ONNX operators that can be translated. */
final class Operators {
  private static final Map<String, Entry> TABLE = table();

  private Operators() {}

  /**
   * An operator.
   *
   * @param fewest inputs that it needs
   * @param most inputs that it takes
   * @param translator what translates its nodes
   */
  record Entry(int fewest, int most, NodeTranslator translator) {
    /**
     * Throws an IllegalArgumentException if a node has too few or too many inputs, or no output.
     */
    void check(OnnxNode node) {
      int count = node.inputs().size();
      if (count < fewest || count > most) {
        throw new IllegalArgumentException(
            "it has "
                + count
                + " inputs where "
                + fewest
                + (most == fewest ? "" : most == Integer.MAX_VALUE ? " or more" : " to " + most)
                + " are needed");
      }
      for (int i = 0; i < fewest; i++) {
        if (node.inputs().get(i).isEmpty()) {
          throw new IllegalArgumentException("input " + i + " is missing");
        }
      }
      if (node.outputs().isEmpty() || node.outputs().get(0).isEmpty()) {
        throw new IllegalArgumentException("its first output has no name");
      }
    }
  }

  /** Takes the entries of one family of operators. */
  interface Registry {
    void add(String operator, int fewest, int most, NodeTranslator translator);
  }

  /** The entry of an operator, null if it is not supported. */
  static Entry find(String operator) {
    return TABLE.get(operator);
  }

  /** The names of all operators in the table, sorted. */
  static Set<String> names() {
    return new TreeSet<>(TABLE.keySet());
  }

  private static Map<String, Entry> table() {
    Map<String, Entry> table = new HashMap<>();
    Registry registry =
        (operator, fewest, most, translator) -> {
          if (table.put(operator, new Entry(fewest, most, translator)) != null) {
            throw new IllegalStateException(operator + " stands in the table twice");
          }
        };
    ActivationOperators.register(registry);
    ArithmeticOperators.register(registry);
    ComposedFunctions.register(registry);
    BitOperators.register(registry);
    ConstantOperators.register(registry);
    CumulativeOperators.register(registry);
    FoldingOperators.register(registry);
    IndexingOperators.register(registry);
    IntegerOperators.register(registry);
    LinearOperators.register(registry);
    NormalizationOperators.register(registry);
    PoolOperators.register(registry);
    QuantizationOperators.register(registry);
    ReductionOperators.register(registry);
    ResizeOperators.register(registry);
    SelectionOperators.register(registry);
    ShapeOperators.register(registry);
    TriangleOperators.register(registry);
    return table;
  }
}
