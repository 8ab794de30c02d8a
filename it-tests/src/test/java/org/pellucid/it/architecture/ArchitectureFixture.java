package org.pellucid.it.architecture;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pellucid.api.Tap;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxImporter;

/**
 * A network of {@code src/test/resources/fixtures} with what its own framework computes in float64;
 * {@code src/test/fixtures/README.md} says what the parts mean.
 *
 * @param fixture its name, which is that of its folder
 * @param targets the top class of each of the two images; of an output of more axes than the
 *     classes', the place of its largest element
 * @param defaultLayer null where nothing is said of it
 * @param mapsLayer where the maps are, the default layer unless said
 * @param oneByOne whether it cannot be proven that samples do not mix
 */
record ArchitectureFixture(
    String fixture,
    long seed,
    Input input,
    Output output,
    int[] targets,
    String defaultLayer,
    String mapsLayer,
    boolean oneByOne,
    List<Weight> weights,
    List<Layer> layers,
    Noisy noise,
    List<Map<String, double[][]>> maps) {

  /** The batch of two images. */
  record Input(String name, int[] shape, List<Object> declared, double low, double high) {}

  /** Logits and, where the file ends in a Softmax, probabilities, per image. */
  record Output(String name, String logits, double[][] values, double[][] probabilities) {}

  /** An initializer whose values come from the seed. */
  record Weight(String name, int[] shape, double low, double high, long offset) {}

  /**
   * A layer, as feature maps x height x width, and its axis of the feature maps in the network.
   *
   * @param tokens null where the layer is spatial; otherwise its height is 1, its width the number
   *     of tokens
   * @param untraced whether its axes are lost to us on the way, as where windows are merged
   */
  record Layer(
      String tensor,
      String origin,
      int[] shape,
      int channelAxis,
      Tokens tokens,
      boolean untraced,
      List<Both> images) {
    Tap tap() {
      return new Tap(tensor);
    }

    /** Whether it is known to hold feature maps with rows and columns. */
    boolean isSpatial() {
      return tokens == null && !untraced;
    }

    /** Of a tensor of the network, one image's elements by feature map, row and column. */
    double[] planes(Tensor stacked, int image) {
      int maps = shape[0];
      int cells = shape[1] * shape[2];
      double[] all = stacked.toDoubleArray();
      double[] one = Arrays.copyOfRange(all, image * maps * cells, (image + 1) * maps * cells);
      if (channelAxis == 1) {
        return one;
      }
      double[] planes = new double[one.length];
      for (int cell = 0; cell < cells; cell++) {
        for (int k = 0; k < maps; k++) {
          planes[k * cells + cell] = one[cell * maps + k];
        }
      }
      return planes;
    }

    @Override
    public String toString() {
      return tensor + " (" + origin + ")";
    }
  }

  /** The tokens of a layer: some of their own, then one for each patch of the image, by rows. */
  record Tokens(int before, int rows, int columns) {}

  /**
   * Of one image at one layer.
   *
   * @param hessianProduct the second derivatives of the target's logit times the {@link
   *     #direction}; null where none is recorded
   */
  record Both(Digest activation, Digest gradient, Digest hessianProduct) {}

  /** What is recorded of an array. */
  record Digest(
      double max,
      double norm,
      double nonzero,
      int[] indices,
      double[] values,
      double[] projections) {}

  /** The noisy copies of the smooth maps. */
  record Noisy(int count, double level, long seed) {}

  @Override
  public String mapsLayer() {
    return mapsLayer == null ? defaultLayer : mapsLayer;
  }

  /** The names of all fixtures. */
  static List<String> names() {
    try (Stream<Path> folders = Files.list(root())) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a fixture. */
  static ArchitectureFixture of(String name) {
    try (Reader reader = Files.newBufferedReader(root().resolve(name).resolve("reference.json"))) {
      return new Gson().fromJson(reader, ArchitectureFixture.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path root() {
    try {
      return Path.of(ArchitectureFixture.class.getResource("/fixtures").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Puts the model and its weights, made from the seed, into a folder. */
  Path write(Path folder) {
    Path model = folder.resolve("model.onnx");
    try {
      Files.copy(root().resolve(fixture).resolve("model.onnx"), model);
      try (FileChannel file =
          FileChannel.open(
              folder.resolve("weights.bin"),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE)) {
        for (Weight weight : weights) {
          int size = (int) Shape.of(weight.shape()).size();
          ByteBuffer bytes = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
          bytes
              .asFloatBuffer()
              .put(SeededNumbers.of(seed, weight.name()).floats(size, weight.low(), weight.high()));
          for (long at = weight.offset(); bytes.hasRemaining(); ) {
            at += file.write(bytes, at);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return model;
  }

  /** Imports the model for one sample; the folder is used for its files. */
  ModelGraph read(Path folder) {
    Shape one = Shape.of(input.shape()).with(0, 1);
    return new OnnxImporter()
        .read(write(folder), new ImportOptions(Map.of(input.name(), one), one.dim(2), one.dim(2)));
  }

  /** The images as they can travel: both together, or one by one. */
  List<Batch> batches() {
    return oneByOne
        ? List.of(batch(image(0), 0), batch(image(1), 1))
        : List.of(batch(images(), 0, 1));
  }

  private Batch batch(Tensor images, int... indices) {
    double[][] values =
        Arrays.stream(indices).mapToObj(i -> output.values()[i]).toArray(double[][]::new);
    double[][] probabilities =
        output.probabilities() == null
            ? null
            : Arrays.stream(indices)
                .mapToObj(i -> output.probabilities()[i])
                .toArray(double[][]::new);
    return new Batch(this, images, indices, values, probabilities);
  }

  /**
   * Images that travel together.
   *
   * @param images as one tensor
   * @param indices which of the two they are
   * @param values their logits
   * @param probabilities null where the file ends in none
   */
  record Batch(
      ArchitectureFixture fixture,
      Tensor images,
      int[] indices,
      double[][] values,
      double[][] probabilities) {
    /** The seed of a backward pass from the tensor of logits: each image's target class. */
    Tensor seeds(Shape logits) {
      double[] seeds = new double[(int) logits.size()];
      for (int i = 0; i < indices.length; i++) {
        seeds[i * values[i].length + fixture.targets()[indices[i]]] = 1;
      }
      return Tensor.of(logits, seeds);
    }
  }

  /** Both images as one batch. */
  Tensor images() {
    Shape shape = Shape.of(input.shape());
    return Tensor.of(
        shape,
        SeededNumbers.of(seed, "input").floats((int) shape.size(), input.low(), input.high()));
  }

  /** One image, a batch of 1. */
  Tensor image(int index) {
    float[] both = images().toFloatArray();
    int size = both.length / 2;
    return Tensor.of(
        Shape.of(input.shape()).with(0, 1),
        Arrays.copyOfRange(both, index * size, (index + 1) * size));
  }

  /** The direction that Hessians are multiplied with at a layer, in the order of its tensor. */
  double[] direction(Layer layer) {
    int maps = layer.shape()[0];
    int cells = layer.shape()[1] * layer.shape()[2];
    SeededNumbers stream = SeededNumbers.of(seed, "direction");
    double[] direction = new double[maps * cells];
    for (int k = 0; k < maps; k++) {
      for (int cell = 0; cell < cells; cell++) {
        int at = layer.channelAxis() == 1 ? k * cells + cell : cell * maps + k;
        direction[at] = -1 + 2 * stream.get((long) k * cells + cell);
      }
    }
    return direction;
  }

  /** Whether the file leaves the number of samples open. */
  boolean symbolicBatch() {
    return !(input.declared().get(0) instanceof Number);
  }
}
