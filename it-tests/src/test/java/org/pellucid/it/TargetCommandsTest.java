package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;

/**
 * Every kind of target as users write it, through the commands {@code explain} and {@code compare},
 * on networks that were worked out by hand.
 */
class TargetCommandsTest {
  @TempDir Path folder;

  private static final double TINY = 1 / (1 + Math.exp(7));
  private static final double SLOPE = TINY * (1 - TINY);

  /** A target's score, and HiResCAM's map: the sum of gradients times activations. */
  private record Known(double score, double... map) {}

  private static Arguments of(String model, String target, Known... known) {
    return Arguments.of(model, target, List.of(known));
  }

  static Stream<Arguments> targets() {
    Known left = new Known(10, 1, 2, 3, 4);
    Known right = new Known(20, 2, 4, 6, 8);
    Known below = new Known(-7, 1, 0, 0, -8);
    Known positive = below;
    Known negative = new Known(7, -1, 0, 0, 8);
    Known first = new Known(6, 1, 2, 3, 0);
    Known second = new Known(5, 0, 0, 0, 8);
    Known bottom = new Known(7, 0, 0, 3, 4);
    Known box = new Known(1.5625, 0.3125, 0.625, 0.9375, 1.25);
    return Stream.of(
        of("classes", "top", right),
        of("classes", "top:2", right, left),
        of("classes", "2", below),
        of("classes", "class:0", left),
        of("classes", "below", below),
        // All are classes of their own behind a sigmoid.
        of("classes", "above:0.5", right, left),
        of("exclusive", "above:0.5", right),
        of("classes", "contrast", new Known(10, 1, 2, 3, 4)),
        of("classes", "contrast:0,below", new Known(17, 0, 2, 3, 12)),
        of("classes", "sum:0=0.5,2=-2", new Known(19, -1.5, 1, 1.5, 18)),
        of("classes", "output:2", new Known(TINY, SLOPE, 0, 0, -8 * SLOPE)),
        of("classes", "output:probabilities:2", new Known(TINY, SLOPE, 0, 0, -8 * SLOPE)),
        // A label is a class, whatever else it could mean.
        of("named", "top", left),
        of("named", "contrast", right),
        // Scores of 1, 2 and 1 for the other image.
        of("classes", "similar@OTHER", new Known(43 / Math.sqrt(6 * 549))),
        of("classes", "similar:layer@OTHER", new Known(5 / Math.sqrt(150 * 5))),
        of("classes", "neuron:layer@1", new Known(5, 0.5, 1, 1.5, 2)),
        of("classes", "neuron:layer@1,1,0", new Known(6, 0, 0, 6, 0)),
        of("classes", "neuron:scores@2", below),
        of("single", "positive", positive),
        of("single", "negative", negative),
        of("single", "top", negative),
        of("single", "1", positive),
        of("single", "output", new Known(TINY, SLOPE, 0, 0, -8 * SLOPE)),
        of("segments", "top", first),
        of("segments", "top:2", first, second),
        of("segments", "1", second),
        of("segments", "segment:0", first),
        of("segments", "segment:0@0,1,2,1", bottom),
        of("segments", "segment:0@MASK", bottom),
        of("boxes", "box", box),
        of("boxes", "box@1", box),
        of("boxes", "box:thing@1", box),
        of("boxes", "box@1,1,1,1", box),
        of("boxes", "box-cxcywh:0@1,1,1,1", box));
  }

  @BeforeEach
  void write() throws IOException {
    Npy.write(folder.resolve("image.npy"), image(1, 2, 3, 4));
    Npy.write(folder.resolve("other.npy"), image(1, 0, 0, 0));
    BufferedImage mask = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
    mask.setRGB(0, 1, 0xffffff);
    mask.setRGB(1, 1, 0xffffff);
    ImageIO.write(mask, "png", folder.resolve("mask.png").toFile());
    write("classes", TargetNetworks.classifier(), "left", "right", "below");
    write("exclusive", TargetNetworks.exclusive(), "left", "right", "below");
    write("named", TargetNetworks.classifier(), "top", "contrast", "below");
    write("single", TargetNetworks.singleLogit(), "healthy", "ill");
    write("segments", TargetNetworks.segmentation(), "road", "sky");
    write("boxes", TargetNetworks.detector(), "thing");
  }

  private static Tensor image(float... pixels) {
    return Tensor.of(Shape.of(1, 1, 2, 2), pixels);
  }

  private void write(String name, ModelGraph graph, String... labels) throws IOException {
    OnnxWriter.write(graph, folder.resolve(name + ".onnx"), WriteOptions.DEFAULT);
    Files.write(folder.resolve(name + ".labels.txt"), List.of(labels));
  }

  /** What a command left behind, after it came to a good end. */
  private Path done(String command, String model, String target, Object... more) {
    Path out = folder.resolve("out");
    List<Object> arguments =
        new ArrayList<>(List.of(command, folder.resolve(model + ".onnx"), "--preset", "none"));
    arguments.addAll(List.of("--npy", folder.resolve("image.npy"), "-o", out));
    String words =
        target
            .replace("OTHER", folder.resolve("other.npy").toString())
            .replace("MASK", folder.resolve("mask.png").toString());
    arguments.addAll(List.of("--target", words));
    arguments.addAll(List.of(more));
    Command.Outcome outcome = Command.run(arguments.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return out;
  }

  private static List<Path> files(Path out, String ending) throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  private static double score(JsonElement explained) {
    return explained.getAsJsonObject().getAsJsonObject("target").get("score").getAsDouble();
  }

  /** Files are in the order of their names, which say the class. */
  private static Known nearest(List<Known> known, double score) {
    return known.stream()
        .min((a, b) -> Double.compare(Math.abs(a.score() - score), Math.abs(b.score() - score)))
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void explained(String model, String target, List<Known> known) throws IOException {
    Path out = done("explain", model, target, "--method", "hires-cam", "--format", "json,npy");
    List<Path> told = files(out, ".json");
    assertThat(told).hasSameSizeAs(known);
    List<Double> scores = new ArrayList<>();
    for (Path file : told) {
      JsonObject json = json(file);
      double score = score(json);
      scores.add(score);
      boolean isClass = !target.matches("(contrast|sum|similar|neuron|output)\\b.*");
      assertThat(json.getAsJsonObject("target").get("index").getAsInt() >= 0)
          .isEqualTo(isClass || model.equals("named"));
      JsonObject provenance = json.getAsJsonObject("provenance");
      assertThat(provenance.get("target").getAsString().split("@")[0])
          .isEqualTo(target.split("@")[0]);
      assertThat(provenance.get("reads").getAsString()).isNotEmpty();
      Known expected = nearest(known, score);
      if (expected.map().length > 0) {
        String stem = file.getFileName().toString().replace(".json", ".npy");
        assertThat(Npy.read(out.resolve(stem)).toDoubleArray())
            .containsExactly(expected.map(), within(1e-6));
      }
    }
    assertThat(scores)
        .usingComparatorForType((a, b) -> Math.abs(a - b) < 1e-6 ? 0 : 1, Double.class)
        .containsExactlyInAnyOrderElementsOf(known.stream().map(Known::score).toList());
  }

  @ParameterizedTest
  @MethodSource("targets")
  void compared(String model, String target, List<Known> known) throws IOException {
    Path out =
        done(
            "compare",
            model,
            target,
            "--methods",
            "hires-cam,gradient",
            "--backends",
            "djl,onnxruntime");
    JsonObject json = json(out.resolve("comparison.json"));
    List<Double> scores = new ArrayList<>();
    for (JsonElement comparison : json.getAsJsonArray("comparisons")) {
      scores.add(score(comparison));
      assertThat(comparison.getAsJsonObject().getAsJsonArray("cells")).hasSize(4);
      for (JsonElement pair : comparison.getAsJsonObject().getAsJsonArray("betweenBackends")) {
        assertThat(pair.getAsJsonObject().get("verdict").getAsString()).isEqualTo("AGREES");
      }
    }
    assertThat(scores)
        .usingComparatorForType((a, b) -> Math.abs(a - b) < 1e-6 ? 0 : 1, Double.class)
        .containsExactlyInAnyOrderElementsOf(known.stream().map(Known::score).toList());
  }

  @Test
  void aFeatureMapAndANeuronAreExplainedInTheImage() throws IOException {
    for (String target : List.of("neuron:layer@1", "neuron:layer@1,1,0")) {
      Path out = done("explain", "classes", target, "--method", "gradient", "--format", "npy");
      double[] map = Npy.read(files(out, ".npy").get(0)).toDoubleArray();
      boolean one = target.endsWith("1,0");
      // Feature map 1 is twice the image.
      double[] expected = one ? new double[] {0, 0, 2, 0} : new double[] {0.5, 0.5, 0.5, 0.5};
      assertThat(map).containsExactly(expected, within(1e-6));
    }
  }
}
