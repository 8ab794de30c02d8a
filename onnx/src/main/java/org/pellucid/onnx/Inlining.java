package org.pellucid.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.UnsupportedModelException;

/**
 * Puts the nodes of functions and of chosen branches in the place of the node that asks for them.
 * Nothing a file says makes that endless: functions that lead to themselves are refused, and all
 * that is inlined is counted.
 */
final class Inlining {
  /** How many calls and branches stand within each other. */
  private static final int MOST_DEPTH = 64;

  /** How many nodes may be inlined; long names count as nodes as well. */
  private static final long MOST_NODES = 1 << 18;

  private final BodyTranslator translator;
  private final GraphAssembly assembly;
  private final Map<String, OnnxFunction> functions;
  private final TensorLoader loader;
  private final Set<String> read;
  private final Set<String> active = new LinkedHashSet<>();
  private int depth;
  private long nodes;

  Inlining(
      BodyTranslator translator,
      GraphAssembly assembly,
      Map<String, OnnxFunction> functions,
      TensorLoader loader,
      Set<String> read) {
    this.translator = translator;
    this.assembly = assembly;
    this.functions = functions;
    this.loader = loader;
    this.read = read;
  }

  /** The function that a node calls, null if it calls none. */
  OnnxFunction function(OnnxNode node) {
    OnnxFunction function =
        functions.get(OnnxFunction.keyOf(node.domain(), node.operator(), node.overload()));
    return function == null && node.inDefaultDomain()
        ? functions.get(
            OnnxFunction.keyOf(
                node.domain().isEmpty() ? "ai.onnx" : "", node.operator(), node.overload()))
        : function;
  }

  /** Translates a function's body for a node that calls it. */
  void call(OnnxNode node, OnnxFunction function, int opset) {
    int version = version(function, opset);
    if (!active.add(function.key())) {
      throw new IllegalArgumentException(
          "function " + function.key() + " calls itself, by way of " + active);
    }
    if (node.inputs().size() > function.inputs().size()
        || node.outputs().size() > function.outputs().size()) {
      throw new IllegalArgumentException(
          "function "
              + function.key()
              + " has "
              + function.inputs().size()
              + " inputs and "
              + function.outputs().size()
              + " outputs, fewer than the node");
    }
    Map<String, OnnxAttribute> attributes = new HashMap<>(function.defaults());
    attributes.putAll(node.attributes());
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < function.inputs().size(); i++) {
      names.put(function.inputs().get(i), i < node.inputs().size() ? node.inputs().get(i) : "");
    }
    Body body = new Body(node, function.nodes(), List.of(), function.outputs());
    // Within a function nothing outside is seen: what it does not get gets a name of its own.
    body.translate(names, true, attributes, version);
    active.remove(function.key());
  }

  private static int version(OnnxFunction function, int opset) {
    Long version = function.opsets().getOrDefault("", (long) opset);
    if (version < ModelTranslator.OLDEST_OPSET || version > ModelTranslator.NEWEST_OPSET) {
      throw new RefusedNodeException(
          "function " + function.key() + " asks for version " + version + " of the ONNX operators");
    }
    return version.intValue();
  }

  /** Translates a graph that sees what stands around a node, and gives the node its outputs. */
  void branch(OnnxNode node, OnnxGraph graph, int opset) {
    if (graph.sparseInitializers() > 0) {
      throw new RefusedNodeException("its graph has sparse weights");
    }
    if (!graph.inputs().isEmpty() || graph.outputs().size() != node.outputs().size()) {
      throw new IllegalArgumentException(
          "its graph has "
              + graph.inputs().size()
              + " inputs and "
              + graph.outputs().size()
              + " outputs where 0 and "
              + node.outputs().size()
              + " are needed");
    }
    List<String> outputs = graph.outputs().stream().map(OnnxValueInfo::name).toList();
    new Body(node, graph.nodes(), graph.initializers(), outputs)
        .translate(new HashMap<>(), false, Map.of(), opset);
  }

  private void count(long more) {
    nodes += more;
    if (nodes > MOST_NODES) {
      throw new UnsupportedModelException(
          "The model's functions and branches have more than "
              + MOST_NODES
              + " nodes where they are used");
    }
  }

  /** What is to be inlined, and the node in whose place. */
  private final class Body {
    private final OnnxNode node;
    private final List<OnnxNode> nodes;
    private final List<OnnxTensor> initializers;

    /** Names in the body of what the node's outputs are. */
    private final List<String> outputs;

    Body(OnnxNode node, List<OnnxNode> nodes, List<OnnxTensor> initializers, List<String> outputs) {
      this.node = node;
      this.nodes = nodes;
      this.initializers = initializers;
      this.outputs = outputs;
    }

    /**
     * Translates the body.
     *
     * @param names what names of the body stand for; gets the others
     * @param closed whether names that the body does not make are its own all the same
     */
    void translate(
        Map<String, String> names,
        boolean closed,
        Map<String, OnnxAttribute> attributes,
        int opset) {
      if (++depth > MOST_DEPTH) {
        throw new UnsupportedModelException(
            "Node \""
                + node.displayName()
                + "\" stands in more than "
                + MOST_DEPTH
                + " functions and branches");
      }
      List<OnnxNode> joints = nameOutputs(names);
      String prefix = closed ? node.displayName() + "/" : "";
      for (OnnxTensor tensor : initializers) {
        addStored(tensor.named(own(names, tensor.name(), prefix)));
      }
      Set<String> made = new HashSet<>();
      nodes.forEach(inner -> made.addAll(inner.outputs()));
      Renaming renaming =
          new Renaming(
              name ->
                  names.containsKey(name)
                      ? names.get(name)
                      : closed || made.contains(name) ? own(names, name, prefix) : name,
              attributes);
      List<OnnxNode> renamed = new ArrayList<>();
      for (OnnxNode inner : nodes) {
        count(inner.weight());
        String name = inner.name().isEmpty() ? "" : prefix + inner.name();
        count(name.length() / 64);
        renamed.add(renaming.of(inner, name));
      }
      joints.forEach(joint -> renamed.add(renaming.of(joint, joint.name())));
      renamed.forEach(inner -> read.addAll(inner.reads()));
      translator.translate(NodeOrder.of(renamed, visible(renamed), results()), opset);
      depth--;
    }

    /** The names of what the node makes. */
    private List<String> results() {
      return node.outputs().stream().filter(output -> !output.isEmpty()).toList();
    }

    /**
     * What the body calls its outputs gets the names that the node has for them. An output that no
     * node of the body makes, or that is there twice, is handed on by a node of its own.
     */
    private List<OnnxNode> nameOutputs(Map<String, String> names) {
      Set<String> made = new HashSet<>();
      nodes.forEach(inner -> made.addAll(inner.outputs()));
      List<OnnxNode> joints = new ArrayList<>();
      for (int i = 0; i < node.outputs().size(); i++) {
        String inner = outputs.get(i);
        String outer = node.outputs().get(i);
        if (outer.isEmpty()) {
          continue;
        }
        if (made.contains(inner) && names.putIfAbsent(inner, outer) == null) {
          continue;
        }
        String marked = "output " + i + " of " + node.displayName();
        names.put(marked, outer);
        joints.add(
            new OnnxNode(
                i == 0 ? node.displayName() : node.displayName() + "/" + i,
                "Identity",
                "",
                "",
                List.of(inner),
                List.of(marked),
                Map.of()));
      }
      return joints;
    }

    private String own(Map<String, String> names, String name, String prefix) {
      return names.computeIfAbsent(
          name,
          inner -> {
            count((prefix.length() + inner.length()) / 64);
            return assembly.freshName(prefix + inner);
          });
    }

    /** What the renamed nodes may read beside what they make: all that is there by now. */
    private Set<String> visible(List<OnnxNode> renamed) {
      Set<String> visible = new HashSet<>();
      renamed.forEach(inner -> visible.addAll(inner.reads()));
      visible.removeIf(name -> !assembly.has(name));
      return visible;
    }

    private void addStored(OnnxTensor tensor) {
      try {
        loader.check(tensor);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      assembly.addStored(tensor);
    }
  }
}
