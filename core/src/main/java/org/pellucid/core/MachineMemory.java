package org.pellucid.core;

import java.lang.management.ManagementFactory;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;

/**
 * Networks that no engine could run here: a few bytes of a file may ask for a tensor of gigabytes,
 * and where memory is promised before it is there, the system ends a process that believes it.
 */
final class MachineMemory {
  private MachineMemory() {}

  /**
   * Checks that each of a network's tensors has room in the memory of this machine, or of the
   * container.
   *
   * @throws UnsupportedModelException naming the first that has not
   */
  static void require(ModelGraph graph) {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      require(graph, system.getTotalMemorySize());
    }
  }

  static void require(ModelGraph graph, long memory) {
    for (Node node : graph.nodes()) {
      TensorType type = graph.type(node.output());
      long bytes = type.shape().size() * type.elementType().bytes();
      if (bytes > memory) {
        throw new UnsupportedModelException(
            "In "
                + node.describe()
                + ": the result "
                + type
                + " has "
                + (bytes >> 20)
                + " MiB, more than the memory of this machine, "
                + (memory >> 20)
                + " MiB; a smaller size of the image (--size) may need less");
      }
    }
  }
}
