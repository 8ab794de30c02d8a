package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.UnsupportedModelException;

/**
 * Translates the nodes of a graph one after the other, and in place of a node that calls a function
 * or chooses a branch, the nodes of that function or branch.
 */
final class BodyTranslator {
  /** How many nodes that are not supported a message names. */
  private static final int MOST_NAMED = 5;

  private final GraphAssembly assembly;
  private final Set<String> read;
  private final Inlining inlining;
  private final List<String> refused = new ArrayList<>();

  /**
   * A translator into an assembly.
   *
   * @param functions the model's own operators
   * @param read names of all tensors that anything reads; what is inlined adds its own
   */
  BodyTranslator(
      GraphAssembly assembly,
      Map<String, OnnxFunction> functions,
      TensorLoader loader,
      Set<String> read) {
    this.assembly = assembly;
    this.read = read;
    this.inlining = new Inlining(this, assembly, functions, loader, read);
  }

  /** Translates nodes, each of which comes after those it reads from. */
  void translate(List<OnnxNode> order, int opset) {
    order.forEach(node -> translate(node, opset));
  }

  private void translate(OnnxNode node, int opset) {
    Operators.Entry operator = node.inDefaultDomain() ? Operators.find(node.operator()) : null;
    OnnxFunction function = operator == null ? inlining.function(node) : null;
    if (operator == null && function == null) {
      refuse(node, opset, UnsupportedOperators.reason(node));
      return;
    }
    // What a refused node would have made is missing; what reads it can tell nothing new.
    if (!node.reads().stream().allMatch(input -> input.isEmpty() || assembly.has(input))) {
      return;
    }
    try {
      if (function != null) {
        inlining.call(node, function, opset);
      } else {
        operator.check(node);
        operator.translator().translate(new NodeTranslation(node, opset, assembly, read, inlining));
      }
    } catch (RefusedNodeException e) {
      refuse(node, opset, e.getMessage());
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new MalformedInputException(
          "In node \""
              + node.displayName()
              + "\" ("
              + node.operator()
              + ", opset "
              + opset
              + new Attributes(node.attributes())
              + "): "
              + e.getMessage(),
          e);
    }
  }

  private void refuse(OnnxNode node, int opset, String reason) {
    refused.add(
        "Node \""
            + node.displayName()
            + "\" uses "
            + node.operator()
            + " (opset "
            + opset
            + new Attributes(node.attributes())
            + "), which is not supported"
            + (reason.isEmpty() ? "" : ": " + reason));
  }

  /**
   * Ends the translation.
   *
   * @throws UnsupportedModelException if nodes were refused, with the reasons
   */
  void finish() {
    if (refused.isEmpty()) {
      return;
    }
    String named = String.join("; ", refused.subList(0, Math.min(MOST_NAMED, refused.size())));
    int more = refused.size() - MOST_NAMED;
    throw new UnsupportedModelException(
        more <= 0 ? named : named + "; and " + more + " more nodes that are not supported");
  }
}
