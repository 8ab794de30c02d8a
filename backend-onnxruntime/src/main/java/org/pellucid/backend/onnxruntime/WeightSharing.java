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
 * @param most bytes that all models together may share
 * @param directory where files are put meanwhile; null for the system's own
 */
record WeightSharing(long leastEach, long leastTogether, long most, Path directory) {
  private static final int FILTER = 1;

  /** More of them would fill disks and memory while they are on their way. */
  private static final long MOST = 2_000_000_000;

  /** Matrices of dense layers, and constants on their way, are outside of the heap, too. */
  private static final int PART_OF_LIMIT = 4;

  /**
   * As measured, told in {@code bench/README.md}; of what the JVM allows outside of its heap by
   * default at most a quarter.
   */
  static WeightSharing measured() {
    long most = Math.min(MOST, DirectBuffer.limit() / PART_OF_LIMIT);
    return new WeightSharing(1 << 12, 16_000_000, most, null);
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
