package org.pellucid.graph.pass;

import java.util.Optional;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.op.LogSoftmax;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Unary;

/**
 * Where a classifier's scores are.
 *
 * @param output the graph's output that was looked at
 * @param logits the tensor of pre-softmax scores: the input of a trailing Softmax, LogSoftmax or
 *     Sigmoid (looked for through reshapes and identities), or the output itself
 * @param activation what follows the logits: "Softmax", "LogSoftmax", "Sigmoid", or empty
 */
public record ScoreOutput(String output, String logits, Optional<String> activation) {
  /**
   * Looks at an output of a graph.
   *
   * @param output the name of an output of the graph
   */
  public static ScoreOutput of(ModelGraph graph, String output) {
    String tensor = output;
    while (true) {
      Optional<Node> producer = graph.producer(tensor);
      if (producer.isEmpty()) {
        return new ScoreOutput(output, output, Optional.empty());
      }
      Operation operation = producer.get().operation();
      String input = producer.get().inputs().get(0);
      if (operation instanceof Softmax
          || operation instanceof LogSoftmax
          || operation instanceof Unary.Sigmoid) {
        return new ScoreOutput(output, input, Optional.of(operation.name()));
      }
      if (!(operation instanceof Unary.Identity || operation instanceof Reshape)) {
        return new ScoreOutput(output, output, Optional.empty());
      }
      tensor = input;
    }
  }
}
