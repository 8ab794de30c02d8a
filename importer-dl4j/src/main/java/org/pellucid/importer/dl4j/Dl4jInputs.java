package org.pellucid.importer.dl4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.UnsupportedModelException;

/**
 * The shapes of a network's inputs. DL4J does not store them: the kind of input follows from the
 * first layer that takes only one kind, its channels from the first layer that counts them, and its
 * size from the place where feature maps are flattened, for which DL4J notes the size. Where that
 * leaves a choice, because strides drop rows at the edge, the size that was asked for is taken if
 * it is among them, then the smallest of those that drop none, then the smallest.
 */
final class Dl4jInputs {
  /** Spatial axes of what a layer takes; what is not here takes several kinds. */
  private static final Map<String, Integer> SPATIAL_AXES =
      Map.ofEntries(
          Map.entry("DenseLayer", 0),
          Map.entry("OutputLayer", 0),
          Map.entry("CenterLossOutputLayer", 0),
          Map.entry("ElementWiseMultiplicationLayer", 0),
          Map.entry("Convolution1DLayer", 1),
          Map.entry("Convolution1D", 1),
          Map.entry("Subsampling1DLayer", 1),
          Map.entry("Pooling1D", 1),
          Map.entry("ZeroPadding1DLayer", 1),
          Map.entry("Cropping1D", 1),
          Map.entry("Upsampling1D", 1),
          Map.entry("RnnOutputLayer", 1),
          Map.entry("RnnLossLayer", 1),
          Map.entry("ConvolutionLayer", 2),
          Map.entry("Convolution2D", 2),
          Map.entry("SeparableConvolution2D", 2),
          Map.entry("DepthwiseConvolution2D", 2),
          Map.entry("Deconvolution2D", 2),
          Map.entry("SubsamplingLayer", 2),
          Map.entry("Pooling2D", 2),
          Map.entry("ZeroPaddingLayer", 2),
          Map.entry("Cropping2D", 2),
          Map.entry("Upsampling2D", 2),
          Map.entry("SpaceToDepthLayer", 2),
          Map.entry("LocalResponseNormalization", 2),
          Map.entry("CnnLossLayer", 2),
          Map.entry("Convolution3D", 3),
          Map.entry("Deconvolution3D", 3),
          Map.entry("Subsampling3DLayer", 3),
          Map.entry("ZeroPadding3DLayer", 3),
          Map.entry("Cropping3D", 3),
          Map.entry("Upsampling3D", 3),
          Map.entry("Cnn3DLossLayer", 3));

  /** The settings that tell the order of axes, by the number of spatial axes. */
  private static final List<List<String>> FORMATS =
      List.of(
          List.of(),
          List.of("rnnDataFormat"),
          List.of("cnn2dDataFormat", "dataFormat", "format"),
          List.of("dataFormat"));

  private final ImportOptions options;
  private final Map<String, List<Dl4jNetwork.Vertex>> readers = new HashMap<>();

  Dl4jInputs(Dl4jNetwork network, ImportOptions options) {
    this.options = options;
    for (Dl4jNetwork.Vertex vertex : network.vertices()) {
      for (String input : new HashSet<>(vertex.inputs())) {
        readers.computeIfAbsent(input, name -> new ArrayList<>()).add(vertex);
      }
    }
  }

  /**
   * What is known of an input.
   *
   * @param shape with the axes in the model's own order
   * @param channelsLast whether the channels are the last of them
   */
  record Input(Shape shape, boolean channelsLast) {}

  /** A vertex that an input reaches, and the one on the way to it before; null for the first. */
  private record Reached(Dl4jNetwork.Vertex vertex, Reached previous) {
    /** All vertices on the way to it. */
    List<Dl4jNetwork.Vertex> before() {
      List<Dl4jNetwork.Vertex> path = new ArrayList<>();
      for (Reached at = previous; at != null; at = at.previous()) {
        path.add(at.vertex());
      }
      Collections.reverse(path);
      return path;
    }
  }

  /**
   * The shape of an input.
   *
   * @throws UnsupportedModelException if it cannot be told
   */
  Input of(String name) {
    OptionalInt axes = OptionalInt.empty();
    OptionalInt channels = OptionalInt.empty();
    boolean channelsLast = false;
    List<Integer> sizes = null;
    for (Reached reached : reachedFrom(name)) {
      Dl4jNetwork.Vertex vertex = reached.vertex();
      Optional<Settings> before =
          vertex.type().equals("PreprocessorVertex")
              ? Optional.of(vertex.settings().settings("preProcessor"))
              : vertex.preprocessor();
      if (before.isPresent()) {
        Settings settings = before.get();
        String type = Dl4jPreprocessors.type(settings);
        if (axes.isEmpty() && (type.startsWith("FeedForwardTo") || type.startsWith("RnnTo"))) {
          return beforePreprocessor(name, settings, type);
        }
        if (type.startsWith("Cnn") && type.endsWith("ToFeedForwardPreProcessor")) {
          int spatial = type.startsWith("Cnn3D") ? 3 : 2;
          if (axes.isEmpty()) {
            axes = OptionalInt.of(spatial);
            channelsLast = settings.text("format", "NCHW").equals("NHWC");
          }
          if (channels.isEmpty()) {
            channels = channels(settings.whole("numChannels"), reached.before());
          }
          if (sizes == null && axes.getAsInt() == spatial) {
            sizes = sizes(settings, spatial, reached.before());
          }
        }
        break;
      }
      if (axes.isEmpty() && SPATIAL_AXES.containsKey(vertex.type())) {
        axes = OptionalInt.of(SPATIAL_AXES.get(vertex.type()));
        channelsLast = isLast(vertex.settings(), axes.getAsInt());
      }
      if (channels.isEmpty() && vertex.isLayer() && vertex.settings().whole("nin", 0) > 0) {
        channels = channels(vertex.settings().whole("nin"), reached.before());
      }
    }
    Shape asked = options.inputShapes().get(name);
    if (asked != null && axes.isPresent()) {
      return new Input(asked, channelsLast);
    }
    if (axes.isEmpty() || channels.isEmpty()) {
      throw new UnsupportedModelException(
          "What the input \"" + name + "\" takes cannot be told from the layers behind it");
    }
    return input(axes.getAsInt(), channels.getAsInt(), sizes, channelsLast);
  }

  private Input input(int axes, int channels, List<Integer> sizes, boolean channelsLast) {
    List<Integer> dims = new ArrayList<>(sizes == null ? asked(axes) : sizes);
    dims.add(channelsLast ? dims.size() : 0, channels);
    dims.add(0, 1);
    return new Input(
        Shape.of(dims.stream().mapToInt(Integer::intValue).toArray()), channelsLast && axes > 0);
  }

  /** The size that was asked for: height and width, of a series the width alone. */
  private List<Integer> asked(int axes) {
    return switch (axes) {
      case 0 -> List.of();
      case 1 -> List.of(options.imageWidth());
      case 2 -> List.of(options.imageHeight(), options.imageWidth());
      default -> List.of(options.imageHeight(), options.imageHeight(), options.imageWidth());
    };
  }

  /**
   * What a preprocessor takes that is the first to tell. Rows of pixels, which it would make into
   * images, are taken as images at once, as DL4J does too.
   */
  private Input beforePreprocessor(String name, Settings settings, String type) {
    if (options.inputShapes().containsKey(name)) {
      return new Input(options.inputShapes().get(name), false);
    }
    if (type.equals("FeedForwardToCnnPreProcessor")) {
      List<Integer> image = Dl4jPreprocessors.image(settings);
      return new Input(Shape.of(1, image.get(0), image.get(1), image.get(2)), false);
    }
    throw new UnsupportedModelException(
        "The input \"" + name + "\" goes into a " + type + "; its shape cannot be told");
  }

  private static boolean isLast(Settings settings, int axes) {
    return FORMATS.get(axes).stream()
        .filter(settings::has)
        .findFirst()
        .map(key -> settings.text(key).endsWith("C"))
        .orElse(false);
  }

  /** Channels of the input, where the layer behind some others counts so many. */
  private static OptionalInt channels(int counted, List<Dl4jNetwork.Vertex> before) {
    long factor = 1;
    for (Dl4jNetwork.Vertex vertex : before) {
      if (vertex.type().equals("SpaceToDepthLayer")) {
        int block = vertex.settings().whole("blockSize");
        factor = Math.min(factor * block * block, Integer.MAX_VALUE);
      }
    }
    if (factor < 1 || counted < 1 || counted % factor != 0) {
      throw new MalformedInputException("A layer is said to take " + counted + " channels");
    }
    return OptionalInt.of((int) (counted / factor));
  }

  /** The sizes with which a path of layers arrives at what a preprocessor notes; null if open. */
  private List<Integer> sizes(Settings noted, int axes, List<Dl4jNetwork.Vertex> path) {
    List<Integer> wanted = new ArrayList<>();
    if (axes == 3) {
      wanted.add(noted.whole("inputDepth"));
    }
    wanted.add(noted.whole("inputHeight"));
    wanted.add(noted.whole("inputWidth"));
    if (wanted.stream().allMatch(length -> length == 0)) {
      return null;
    }
    List<Integer> asked = asked(axes);
    List<Integer> sizes = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      sizes.add(Dl4jSizes.before(path, axis, wanted.get(axis), asked.get(axis)));
    }
    return sizes;
  }

  /** Everything that depends on an input, the nearest first, with a way to it. */
  private List<Reached> reachedFrom(String input) {
    List<Reached> all = new ArrayList<>();
    Deque<Reached> next = new ArrayDeque<>();
    Set<String> seen = new HashSet<>();
    visit(input, null, seen, next);
    while (!next.isEmpty()) {
      Reached reached = next.remove();
      all.add(reached);
      visit(reached.vertex().name(), reached, seen, next);
    }
    return all;
  }

  private void visit(String tensor, Reached from, Set<String> seen, Deque<Reached> next) {
    for (Dl4jNetwork.Vertex vertex : readers.getOrDefault(tensor, List.of())) {
      if (seen.add(vertex.name())) {
        next.add(new Reached(vertex, from));
      }
    }
  }
}
