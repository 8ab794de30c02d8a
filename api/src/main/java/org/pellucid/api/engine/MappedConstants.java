package org.pellucid.api.engine;

import java.util.function.Supplier;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;

/**
 * Networks whose constants are mapped files, which may be made shorter while they are used.
 *
 * @since 0.1.0
 */
public final class MappedConstants {
  private MappedConstants() {}

  /**
   * Does work in which Java reads the constants of a network.
   *
   * @throws MalformedInputException if the file that they are mapped from does not hold them any
   *     more
   */
  public static <T> T reading(ModelGraph graph, Supplier<T> work) {
    try {
      return work.get();
    } catch (InternalError e) {
      if (graph.constants().values().stream().noneMatch(Tensor::isMapped)) {
        throw e;
      }
      throw new MalformedInputException(
          "The model's file was made shorter, or cannot be read any more, while the model was in"
              + " use; its weights are read from there when they are needed, as they are too large"
              + " for the Java heap. Load it again, and replace such a file by a new one rather than"
              + " writing over it, or allow more heap as by -Xmx8g",
          e);
    }
  }
}
