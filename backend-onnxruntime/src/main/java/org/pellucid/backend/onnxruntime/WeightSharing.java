package org.pellucid.backend.onnxruntime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;

/**
 * When the sessions of a model share the filters of their convolutions.
 *
 * @param leastEach bytes of the smallest filter that is shared
 * @param leastTogether bytes of all such filters of a graph below which its session has its own
 * @param most bytes that may be shared
 * @param directory where files are put meanwhile; null for the system's own
 */
record WeightSharing(long leastEach, long leastTogether, long most, Path directory) {
  private static final int FILTER = 1;

  /** From Java 22 on {@link DirectBuffer}s are not limited by the JVM. */
  private static final int UNLIMITED = 22;

  /**
   * As measured, told in {@code bench/README.md}. Where the JVM limits memory outside of the heap,
   * by as much as the heap unless it is told else, half of it remains for what else is there.
   */
  static WeightSharing measured() {
    boolean unlimited = Runtime.version().feature() >= UNLIMITED;
    return new WeightSharing(
        1 << 12,
        16_000_000,
        unlimited ? Long.MAX_VALUE : Runtime.getRuntime().maxMemory() / 2,
        null);
  }

  /** Whether a graph's filters are worth the second session that it takes to share them. */
  boolean pays(ModelGraph graph) {
    long bytes = 0;
    for (Map.Entry<String, Tensor> constant : graph.constants().entrySet()) {
      long each = constant.getValue().shape().size() * Float.BYTES;
      if (each >= leastEach && isFilter(constant.getKey(), graph.consumers(constant.getKey()))) {
        bytes += each;
      }
    }
    return bytes >= leastTogether && bytes <= most;
  }

  private static boolean isFilter(String name, List<Node> readers) {
    return !readers.isEmpty()
        && readers.stream()
            .allMatch(
                reader ->
                    reader.operation() instanceof Conv && reader.inputs().indexOf(name) == FILTER);
  }
}
