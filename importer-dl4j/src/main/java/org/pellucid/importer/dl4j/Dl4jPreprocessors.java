package org.pellucid.importer.dl4j;

import java.util.List;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Reshape;

/** What DL4J puts between layers that take different numbers of axes. */
final class Dl4jPreprocessors {
  private static final String PACKAGE = "org.deeplearning4j.nn.conf.preprocessor.";

  private Dl4jPreprocessors() {}

  /** The name of a preprocessor's type; empty where it is no class of DL4J's own. */
  static String type(Settings settings) {
    String type = settings.text("@class");
    return type.startsWith(PACKAGE) ? type.substring(PACKAGE.length()) : "";
  }

  /** Writes a preprocessor. */
  static Value write(LayerScope scope, Settings settings, Value x) {
    int rank = scope.shape(x).rank();
    switch (type(settings)) {
      case "CnnToFeedForwardPreProcessor":
        if (rank != 2) {
          scope.requireRank(x, 4);
          requireImage(scope, settings, x);
        }
        return Arranging.flatten(scope, x);
      case "Cnn3DToFeedForwardPreProcessor":
        return Arranging.flatten(scope, x);
      case "FeedForwardToCnnPreProcessor":
        return rank == 4
            ? x
            : Arranging.reshape(scope, x, withSamples(scope, x, image(settings)), false);
      case "FeedForwardToCnn3DPreProcessor":
        return rank == 5 ? x : toVolume(scope, settings, x);
      case "RnnToFeedForwardPreProcessor":
        return rank == 2 ? x : timesToSamples(scope, x);
      case "FeedForwardToRnnPreProcessor":
        return samplesToTimes(scope, settings, x);
      case "ComposableInputPreProcessor":
        Value composed = x;
        for (Settings part : settings.list("inputPreProcessors")) {
          if (type(part).equals("ComposableInputPreProcessor")) {
            throw new RefusedLayerException("a composed preprocessor in another");
          }
          composed = write(scope, part, composed);
        }
        return composed;
      default:
        throw new RefusedLayerException(
            "preprocessors of type " + settings.text("@class") + " are not supported");
    }
  }

  /** Channels, rows and columns. */
  static List<Integer> image(Settings settings) {
    return List.of(
        settings.whole("numChannels"), settings.whole("inputHeight"), settings.whole("inputWidth"));
  }

  private static List<Integer> withSamples(LayerScope scope, Value x, List<Integer> dims) {
    List<Integer> all = new java.util.ArrayList<>(List.of(scope.shape(x).dim(0)));
    all.addAll(dims);
    return all;
  }

  private static void requireImage(LayerScope scope, Settings settings, Value x) {
    List<Integer> image = image(settings);
    Shape shape = scope.shape(x);
    boolean open = image.stream().allMatch(length -> length == 0);
    for (int a = 0; a < 3; a++) {
      if (!open && shape.dim(a + 1) != image.get(a)) {
        throw new MalformedInputException(
            "it was made for channels, rows and columns "
                + image
                + ", found the shape "
                + shape
                + "; if the size of the network's input is open, give the one it was made for");
      }
    }
  }

  private static Value toVolume(LayerScope scope, Settings settings, Value x) {
    int depth = settings.whole("inputDepth");
    int height = settings.whole("inputHeight");
    int width = settings.whole("inputWidth");
    int channels = settings.whole("numChannels");
    boolean first = settings.flag("ncdhw", settings.flag("NCDHW", true));
    List<Integer> dims =
        first ? List.of(channels, depth, height, width) : List.of(depth, height, width, channels);
    return Arranging.reshape(scope, x, withSamples(scope, x, dims), !first);
  }

  /** [N, C, T] to [N T, C]. */
  private static Value timesToSamples(LayerScope scope, Value x) {
    scope.requireRank(x, 3);
    Shape shape = scope.shape(x);
    String last = scope.inOwnOrder(new Value(x.tensor(), true));
    Shape flat = Shape.of(Math.multiplyExact(shape.dim(0), shape.dim(2)), shape.dim(1));
    return x.with(scope.node("times", new Reshape(flat), last));
  }

  /** [T, C] of one sample to [1, C, T]. */
  private static Value samplesToTimes(LayerScope scope, Settings settings, Value x) {
    scope.requireRank(x, 2);
    Shape shape = scope.shape(x);
    String times =
        scope.node("times", new Reshape(Shape.of(1, shape.dim(0), shape.dim(1))), x.tensor());
    Value series = scope.fromOwnOrder(times, true);
    return new Value(series.tensor(), settings.text("rnnDataFormat", "NCW").equals("NWC"));
  }
}
