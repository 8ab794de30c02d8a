package org.pellucid.graph;

import java.util.Optional;

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
    throw new UnsupportedOperationException();
  }
}
