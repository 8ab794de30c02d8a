package org.pellucid.onnx;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A GraphProto.
 *
 * @param nodes in file order
 * @param initializers fixed tensors
 * @param sparseInitializers how many sparse tensors there are
 * @param inputs declared inputs; older files list the initializers here too
 * @param outputs declared outputs
 */
record OnnxGraph(
    List<OnnxNode> nodes,
    List<OnnxTensor> initializers,
    int sparseInitializers,
    List<OnnxValueInfo> inputs,
    List<OnnxValueInfo> outputs) {

  /** The names of the tensors that the graph is given or makes itself. */
  Set<String> own() {
    Set<String> own = new HashSet<>();
    nodes.forEach(node -> own.addAll(node.outputs()));
    initializers.forEach(tensor -> own.add(tensor.name()));
    inputs.forEach(input -> own.add(input.name()));
    return own;
  }
}
