package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Progress;
import org.pellucid.api.Region;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.Explanation;
import org.pellucid.core.ExplanationFiles;
import org.pellucid.core.ExplanationJson;
import org.pellucid.core.Fusion;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Prediction;
import org.pellucid.core.Registry;
import org.pellucid.core.Request;
import org.pellucid.core.TargetChoice;
import org.pellucid.core.image.Preset;
import org.pellucid.core.io.Labels;
import org.pellucid.core.io.Npy;
import org.pellucid.core.render.Resizing;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;
import org.pellucid.testkit.GraphBuilder;

/** Targets as users write them, through whole models from files. */
class TargetWordsTest {
  private static final Request GRAD_CAM = Request.DEFAULT.withMethod("grad-cam");
  private static final Path SHAPES = Path.of("../examples/shapes.onnx");
  private static final Path STARS = Path.of("../examples/two-stars.png");

  @TempDir Path folder;

  private static Tensor random(long seed, int... dims) {
    Shape shape = Shape.of(dims);
    Random random = new Random(seed);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(shape, values);
  }

  private static Conv conv(int axes, int pad) {
    return new Conv(
        IntStream.range(0, axes).mapToObj(i -> 1).toList(),
        IntStream.range(0, axes).mapToObj(i -> 1).toList(),
        IntStream.range(0, axes).mapToObj(i -> pad).toList(),
        IntStream.range(0, axes).mapToObj(i -> pad).toList(),
        1);
  }

  private Pellucid load(ModelGraph graph, Labels labels) {
    Path file = folder.resolve("model.onnx");
    OnnxWriter.write(graph, file, WriteOptions.DEFAULT);
    return Pellucid.loader()
        .preset(Preset.of("none"))
        .labels(labels)
        .backend("onnxruntime")
        .load(file);
  }

  private static List<Explanation> explain(Pellucid pellucid, Tensor input, String target) {
    return pellucid.explain(
        "array", Map.of(pellucid.input(), input), GRAD_CAM.withTarget(target), Progress.NONE);
  }

  private static Explanation one(Pellucid pellucid, Tensor input, String target) {
    return explain(pellucid, input, target).get(0);
  }

  /** The scores of a network, by name of an output. */
  private static double[] scores(Pellucid pellucid, Tensor input, String output) {
    return pellucid.run(Map.of(pellucid.input(), input)).get(output).toDoubleArray();
  }

  @Test
  void classes_of_the_example() {
    try (Pellucid pellucid = Pellucid.load(SHAPES)) {
      List<Prediction> ranked = pellucid.predict(org.pellucid.core.image.SourceImage.read(STARS));
      Map<String, Double> expected =
          Map.of(
              "contrast",
              ranked.get(0).score() - ranked.get(1).score(),
              "contrast:top,3",
              ranked.get(0).score() - score(ranked, 3),
              "contrast:dotted star,striped disc",
              score(ranked, "dotted star") - score(ranked, "striped disc"),
              "sum:3=0.5,striped disc=-2",
              0.5 * score(ranked, 3) - 2 * score(ranked, "striped disc"),
              "class:3",
              score(ranked, 3),
              "output:3",
              score(ranked, 3),
              "output:logits:3",
              score(ranked, 3));
      expected.forEach(
          (words, score) -> {
            Explanation explanation = file(pellucid, words);
            assertThat(explanation.target().score()).as(words).isCloseTo(score, within(1e-4));
            assertThat(explanation.provenance().target()).isEqualTo(words);
          });
      assertThat(file(pellucid, "contrast:3,0").target().name())
          .isEqualTo(label(ranked, 3) + " - " + label(ranked, 0));
      assertThat(file(pellucid, "similar@" + STARS).target().score()).isCloseTo(1, within(1e-6));
      double threshold = (ranked.get(1).score() + ranked.get(2).score()) / 2;
      assertThat(pellucid.explain(STARS, GRAD_CAM.withTarget("above:" + threshold), Progress.NONE))
          .extracting(each -> each.target().index())
          .containsExactly(ranked.get(0).index(), ranked.get(1).index());
      Explanation neuron = file(pellucid, "neuron:conv:-2@3");
      assertThat(neuron.provenance().reads()).endsWith("layer3.1/conv1/Conv_output_0");
      assertThat(neuron.layer().tap().tensor()).endsWith("layer3.0/relu2/Relu_output_0");
      assertThat(neuron.predicted()).isEqualTo(file(pellucid, "top").predicted());
      JsonObject json = ExplanationJson.of(neuron).getAsJsonObject("provenance");
      assertThat(json.get("target").getAsString()).isEqualTo("neuron:conv:-2@3");
    }
  }

  private static Explanation file(Pellucid pellucid, String words) {
    return pellucid.explain(STARS, GRAD_CAM.withTarget(words), Progress.NONE).get(0);
  }

  private static double score(List<Prediction> ranked, int index) {
    return ranked.stream().filter(each -> each.index() == index).findFirst().orElseThrow().score();
  }

  private static String label(List<Prediction> ranked, int index) {
    return ranked.stream().filter(each -> each.index() == index).findFirst().orElseThrow().name();
  }

  private static double score(List<Prediction> ranked, String label) {
    return ranked.stream()
        .filter(each -> each.name().equals(label))
        .findFirst()
        .orElseThrow()
        .score();
  }

  @Test
  void what_cannot_be_is_refused_with_what_could() {
    try (Pellucid pellucid = Pellucid.load(SHAPES)) {
      Map<String, String> refused =
          Map.ofEntries(
              Map.entry("contrast:3", "2 classes"),
              Map.entry("contrast:3,99", "0 to 9"),
              Map.entry("sum:3", "sum:3=0.7"),
              Map.entry("sum:3=x", "takes a number"),
              Map.entry("above:x", "takes a number"),
              Map.entry("above:1000", "the highest is"),
              Map.entry("positive", "classes 0 to 9"),
              Map.entry("output:10", "numbers 0 to 9"),
              Map.entry("output:other:1", "[logits]"),
              Map.entry("segment:3", "[1, 10]"),
              Map.entry("box@3", "[N, 4 + classes]"),
              Map.entry("box@3,4", "box@X,Y,W,H"),
              Map.entry("similar", "similar@cat.png"),
              Map.entry("neuron:conv:-1", "neuron:conv:-1@12"),
              Map.entry("neuron:conv:-1@64", "64 feature maps of 12 x 12"),
              Map.entry("neuron:conv:0@3", "depend"),
              Map.entry("bix:3", "Targets are:"));
      refused.forEach(
          (words, message) ->
              assertThatThrownBy(
                      () ->
                          pellucid.explain(
                              STARS,
                              GRAD_CAM.withTarget(words).withLayer("conv:-1"),
                              Progress.NONE))
                  .as(words)
                  .isInstanceOf(InvalidRequestException.class)
                  .hasMessageContaining(message));
    }
  }

  @Test
  void targets_made_in_java_and_several_sharing_passes() {
    try (Pellucid pellucid = Pellucid.load(SHAPES)) {
      Target contrast = Target.contrast(Target.top(), Target.top(1));
      Explanation made =
          pellucid.explain(STARS, GRAD_CAM.withTarget(contrast), Progress.NONE).get(0);
      assertThat(made.saliency().map().toDoubleArray())
          .isEqualTo(file(pellucid, "contrast").saliency().map().toDoubleArray());
      Request smooth = Request.DEFAULT.withOption("samples", 5);
      List<Explanation> together =
          pellucid.explain(STARS, smooth.withTarget("top:3"), Progress.NONE);
      for (Explanation each : together) {
        Explanation alone =
            pellucid.explain(STARS, smooth.withTarget(each.target().index()), Progress.NONE).get(0);
        assertThat(each.saliency().map().toDoubleArray())
            .isEqualTo(alone.saliency().map().toDoubleArray());
      }
      TargetChoice neuron =
          TargetChoice.of(Target.featureMap(Shape.of(1, 64, 12, 12), 1, 3))
              .reading(new Tap("/layer3/layer3.1/conv1/Conv_output_0"));
      assertThat(
              pellucid
                  .explain(STARS, GRAD_CAM.withTarget(neuron), Progress.NONE)
                  .get(0)
                  .saliency()
                  .map()
                  .toDoubleArray())
          .isEqualTo(file(pellucid, "neuron:conv:-2@3").saliency().map().toDoubleArray());
    }
  }

  @Test
  void layers_are_fused_at_the_finest() {
    try (Pellucid pellucid = Pellucid.load(SHAPES)) {
      Tensor fine = normalised(pellucid, "conv:-4");
      Tensor coarse = normalised(pellucid, "pool/MaxPool_output_0");
      assertThat(coarse.shape()).isEqualTo(Shape.of(6, 6));
      double[] resized = Resizing.linear(coarse, fine.shape()).toDoubleArray();
      for (Fusion rule : Fusion.values()) {
        Request both = GRAD_CAM.withLayers(rule, "pool/MaxPool_output_0", "conv:-4");
        Explanation fused = pellucid.explain(STARS, both, Progress.NONE).get(0);
        assertThat(fused.saliency().map().shape()).isEqualTo(Shape.of(12, 12));
        for (int i = 0; i < resized.length; i++) {
          double a = fine.get(i);
          double b = resized[i];
          // One layer alone may run in a form of the network with other roundings of float32.
          double expected =
              switch (rule) {
                case MAX -> Math.max(a, b);
                case MEAN -> (a + b) / 2;
                case PRODUCT -> a * b;
              };
          assertThat(fused.saliency().map().get(i)).isCloseTo(expected, within(1e-6));
        }
        JsonObject json = ExplanationJson.of(fused);
        assertThat(json.get("fusion").getAsString()).isEqualTo(rule.toString());
        assertThat(json.getAsJsonArray("layers")).hasSize(2);
      }
      Request noRule =
          new Request(
              "grad-cam",
              Map.of(),
              List.of("conv:-1", "conv:-2"),
              java.util.Optional.empty(),
              TargetChoice.TOP,
              GRAD_CAM.maps(),
              List.of(),
              List.of(),
              GRAD_CAM.neurons(),
              java.util.OptionalInt.empty());
      assertThatThrownBy(() -> pellucid.explain(STARS, noRule, Progress.NONE))
          .hasMessageContaining("max, mean or product");
    }
  }

  private static Tensor normalised(Pellucid pellucid, String layer) {
    Tensor map =
        pellucid.explain(STARS, GRAD_CAM.withLayer(layer), Progress.NONE).get(0).saliency().map();
    double[] values = map.toDoubleArray();
    double largest = java.util.Arrays.stream(values).max().orElseThrow();
    return Tensor.of(
        map.shape(), java.util.Arrays.stream(values).map(v -> Math.max(0, v) / largest).toArray());
  }

  @Test
  void sides_of_a_single_logit() {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 2, 4, 4)
            .constant("w", random(1, 3, 2, 3, 3))
            .constant("head", random(2, 3, 1))
            .node("conv", conv(2, 1), "image", "w")
            .node("relu", new Unary.Relu(), "conv")
            .node("means", new Reduce.ReduceMean(List.of(2, 3), false), "relu")
            .node("logit", new Gemm(1, 1, false, false), "means", "head")
            .node("probability", new Unary.Sigmoid(), "logit")
            .build("probability");
    try (Pellucid pellucid = load(graph, Labels.of(List.of("healthy", "ill")))) {
      Tensor image = random(3, 1, 2, 4, 4);
      double probability = scores(pellucid, image, "probability")[0];
      Explanation ill = one(pellucid, image, "ill");
      assertThat(ill.target().probability()).isCloseTo(probability, within(1e-6));
      assertThat(one(pellucid, image, "positive").target()).isEqualTo(ill.target());
      Explanation healthy = one(pellucid, image, "0");
      assertThat(healthy.target().score()).isEqualTo(-ill.target().score());
      assertThat(healthy.target().name()).isEqualTo("healthy");
      assertThat(healthy.predicted().name()).isEqualTo(probability > 0.5 ? "ill" : "healthy");
      assertThat(one(pellucid, image, "top").target()).isEqualTo(healthy.predicted());
      assertThat(explain(pellucid, image, "above:0.5")).hasSize(1);
      assertThat(one(pellucid, image, "output").target().score())
          .isCloseTo(probability, within(1e-6));
    }
  }

  @Test
  void segmentation() throws IOException {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 3, 8, 6)
            .constant("w", random(1, 4, 3, 3, 3))
            .constant("head", random(2, 3, 4, 1, 1))
            .node("conv", conv(2, 1), "image", "w")
            .node("relu", new Unary.Relu(), "conv")
            .node("scores", conv(2, 0), "relu", "head")
            .build("scores");
    try (Pellucid pellucid = load(graph, Labels.of(List.of("road", "tree", "sky")))) {
      Tensor image = random(3, 1, 3, 8, 6);
      double[] scores = scores(pellucid, image, "scores");
      double[] sums = new double[3];
      int[] areas = new int[3];
      double corner = 0;
      for (int cell = 0; cell < 48; cell++) {
        int best = 0;
        for (int c = 1; c < 3; c++) {
          best = scores[c * 48 + cell] > scores[best * 48 + cell] ? c : best;
        }
        areas[best]++;
        sums[best] += scores[best * 48 + cell];
        if (cell / 6 < 3 && cell % 6 < 2) {
          corner += scores[2 * 48 + cell];
        }
      }
      int largest = IntStream.of(0, 1, 2).reduce((a, b) -> areas[b] > areas[a] ? b : a).orElse(0);
      Explanation top = one(pellucid, image, "top");
      assertThat(top.target().index()).isEqualTo(largest);
      assertThat(top.target().score()).isCloseTo(sums[largest], within(1e-4));
      assertThat(one(pellucid, image, "segment:" + largest).target()).isEqualTo(top.target());
      assertThat(one(pellucid, image, "segment:sky@0,0,2,3").target().score())
          .isCloseTo(corner, within(1e-4));
      BufferedImage mask = new BufferedImage(6, 8, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < 6; i++) {
        mask.setRGB(i % 2, i / 2, 0xffffff);
      }
      File file = folder.resolve("mask.png").toFile();
      ImageIO.write(mask, "png", file);
      assertThat(one(pellucid, image, "segment:2@" + file).target().score())
          .isCloseTo(corner, within(1e-4));
      assertThatThrownBy(() -> one(pellucid, image, "segment:sky@nothing.png"))
          .hasMessageContaining("there is no file");
    }
  }

  /** Boxes of one table as YOLO's, and of two tables as DETR's. */
  @Test
  void detection() {
    // 3 boxes x 7 fields, and the same numbers as [3, 4] and [3, 3].
    float[] still = {2, 2, 4, 4, 0, 0, 0, 5.5f, 5.5f, 3, 3, 0, 0, 0, 3, 7, 2, 2, 0, 0, 0};
    float[] rows = new float[21 * 4];
    float[] weights = random(5, 9, 4).toFloatArray();
    for (int box = 0; box < 3; box++) {
      System.arraycopy(weights, box * 12, rows, (box * 7 + 4) * 4, 12);
    }
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 3, 8, 8)
            .constant("w", random(1, 4, 3, 3, 3))
            .constant("rows", Tensor.of(Shape.of(21, 4), rows))
            .constant("still", Tensor.of(Shape.of(21), still))
            .constant("first", Tensor.of(Shape.of(4), 0L, 1L, 2L, 3L))
            .node("conv", conv(2, 1), "image", "w")
            .node("relu", new Unary.Relu(), "conv")
            .node("means", new Reduce.ReduceMean(List.of(2, 3), false), "relu")
            .node("all", new Gemm(1, 1, false, true), "means", "rows", "still")
            .node("table", new Reshape(Shape.of(1, 3, 7)), "all")
            .node("boxes", slice(0, 4), "table")
            .node("logits", slice(4, 3), "table")
            .build("boxes", "logits");
    Tensor image = random(3, 1, 3, 8, 8);
    try (Pellucid pellucid = load(graph, Labels.NONE)) {
      double[] scores = scores(pellucid, image, "logits");
      assertThat(one(pellucid, image, "box:1@2").target().score())
          .isCloseTo(scores[7], within(1e-6));
      assertThat(one(pellucid, image, "box-cxcywh:0@5,5,3,3").target().score())
          .isCloseTo(scores[3], within(1e-6));
      assertThat(one(pellucid, image, "box-cxcywh:0@5,5,3,3").target().name())
          .isEqualTo("class 0 of box 1 (4,4,3,3) of logits");
      double best = java.util.Arrays.stream(scores).max().orElseThrow();
      assertThat(one(pellucid, image, "box").target().score()).isCloseTo(best, within(1e-6));
      assertThatThrownBy(() -> one(pellucid, image, "box@5,5,3,3"))
          .hasMessageContaining("box-cxcywh");
      assertThatThrownBy(() -> one(pellucid, image, "box@3")).hasMessageContaining("boxes 0 to 2");
    }
  }

  private static org.pellucid.graph.op.Slice slice(int start, int count) {
    return new org.pellucid.graph.op.Slice(
        List.of(0, 0, start), List.of(1, 3, count), List.of(1, 1, 1));
  }

  /** A convolution, ReLU, mean and classifier over a signal or a volume. */
  private static ModelGraph spatial(int... space) {
    int axes = space.length;
    int[] input = IntStream.concat(IntStream.of(1, 2), IntStream.of(space)).toArray();
    int[] kernel =
        IntStream.concat(IntStream.of(3, 2), IntStream.generate(() -> 3).limit(axes)).toArray();
    return new GraphBuilder()
        .input("signal", input)
        .constant("w", random(1, kernel))
        .constant("head", random(2, 3, 4))
        .node("conv", conv(axes, 0), "signal", "w")
        .node("relu", new Unary.Relu(), "conv")
        .node(
            "means",
            new Reduce.ReduceMean(IntStream.range(2, axes + 2).boxed().toList(), false),
            "relu")
        .node("scores", new Gemm(1, 1, false, false), "means", "head")
        .build("scores");
  }

  /** Maps of the input's size, of methods that look at a layer. */
  private static final Set<String> ENLARGED =
      Set.of("guided-grad-cam", "guided-smooth-grad-cam++", "refine-cam");

  /** What makes methods of many passes quick. */
  private static final Map<String, Integer> FEW =
      Map.of("masks", 20, "trials", 2, "steps", 3, "samples", 3, "updates", 20);

  @Test
  void signals_and_volumes() throws IOException {
    for (int[] space : List.of(new int[] {20}, new int[] {7, 8, 9})) {
      try (Pellucid pellucid = load(spatial(space), Labels.NONE)) {
        int[] dims = IntStream.concat(IntStream.of(1, 2), IntStream.of(space)).toArray();
        Tensor signal = random(4, dims);
        int[] cells = IntStream.of(space).map(length -> length - 2).toArray();
        double[] head = random(2, 3, 4).toDoubleArray();
        for (Explainer explainer : Registry.ofClassPath().explainers()) {
          if (explainer.needs().contains(Need.ATTENTION)) {
            continue;
          }
          String method = explainer.id();
          Request request = Request.DEFAULT.withMethod(method).withTarget(1);
          for (Option<?> option : explainer.options()) {
            if (FEW.containsKey(option.name())) {
              request = request.withOption(option.name(), FEW.get(option.name()));
            }
          }
          Explanation explanation =
              pellucid.explain("array", Map.of("signal", signal), request, Progress.NONE).get(0);
          boolean ofInput = ENLARGED.contains(method) || !explainer.needs().contains(Need.LAYER);
          assertThat(explanation.saliency().map().shape())
              .as(method)
              .isEqualTo(Shape.of(ofInput ? space : cells));
          if (method.equals("grad-cam")) {
            // The weights are the classifier's by the number of cells.
            int count = IntStream.of(cells).reduce(1, (a, b) -> a * b);
            for (int k = 0; k < 3; k++) {
              assertThat(explanation.saliency().contributions().get(k).weight())
                  .isCloseTo(head[4 * k + 1] / count, within(1e-6));
            }
          }
          List<Path> files = ExplanationFiles.into(folder.resolve("out")).write(explanation, "s");
          BufferedImage picture = ImageIO.read(files.get(0).toFile());
          assertThat(picture.getWidth()).isEqualTo(space.length == 1 ? 1020 : 27);
          assertThat(picture.getHeight()).isEqualTo(space.length == 1 ? 128 : 24);
          if (explanation.saliency().concepts().isEmpty()) {
            assertThat(Npy.read(files.get(2)).shape())
                .isEqualTo(explanation.saliency().map().shape());
          }
        }
      }
      Files.delete(folder.resolve("model.onnx"));
    }
  }

  private static List<Integer> notZero(Explanation explanation) {
    double[] map = explanation.saliency().map().toDoubleArray();
    return IntStream.range(0, map.length).filter(i -> map[i] != 0).boxed().toList();
  }

  @Test
  void stretches_of_signals_and_cuboids_of_volumes() throws IOException {
    Request cam = Request.DEFAULT.withMethod("hires-cam").withTarget(1);
    Request gradient = Request.DEFAULT.withMethod("gradient").withTarget(1);
    try (Pellucid pellucid = load(spatial(20), Labels.NONE)) {
      Map<String, Tensor> signal = Map.of("signal", random(4, 1, 2, 20));
      Region stretch = new Region(Region.Unit.INPUT_PIXELS, List.of(4), List.of(3));
      assertThat(
              notZero(
                  pellucid
                      .explain("a", signal, gradient.withPixels(List.of(stretch)), Progress.NONE)
                      .get(0)))
          .isSubsetOf(4, 5, 6);
      Region cells = new Region(Region.Unit.CELLS, List.of(17), List.of(1));
      Explanation one =
          pellucid.explain("a", signal, cam.withCells(List.of(cells)), Progress.NONE).get(0);
      assertThat(notZero(one)).isSubsetOf(17);
      JsonObject region =
          ExplanationJson.of(one)
              .getAsJsonObject("selection")
              .getAsJsonArray("neurons")
              .get(0)
              .getAsJsonObject();
      assertThat(region.get("start").toString()).isEqualTo("[17]");
      assertThat(region.get("size").toString()).isEqualTo("[1]");
      for (Request wrong :
          List.of(
              cam.withCells(List.of(Region.cell(1, 1))),
              cam.withPixels(List.of(Region.pixels(0, 0, 1, 1))),
              gradient.withPixels(
                  List.of(new Region(Region.Unit.INPUT_PIXELS, List.of(19), List.of(2)))))) {
        assertThatThrownBy(() -> pellucid.explain("a", signal, wrong, Progress.NONE))
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining("asked for");
      }
    }
    Files.delete(folder.resolve("model.onnx"));
    try (Pellucid pellucid = load(spatial(4, 5, 6), Labels.NONE)) {
      Map<String, Tensor> volume = Map.of("signal", random(4, 1, 2, 4, 5, 6));
      Region cuboid = new Region(Region.Unit.INPUT_PIXELS, List.of(3, 0, 4), List.of(1, 2, 2));
      assertThat(
              notZero(
                  pellucid
                      .explain("a", volume, gradient.withPixels(List.of(cuboid)), Progress.NONE)
                      .get(0)))
          .isSubsetOf(94, 95, 100, 101);
    }
  }
}
