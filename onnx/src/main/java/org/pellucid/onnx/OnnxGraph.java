package org.pellucid.onnx;

import java.util.List;

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
    List<OnnxValueInfo> outputs) {}
