package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.BackendException;
import org.pellucid.api.CancelledException;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.MapSelection;
import org.pellucid.api.Need;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.api.Region;
import org.pellucid.api.Status;
import org.pellucid.core.Explanation;
import org.pellucid.core.ExplanationFiles;
import org.pellucid.core.Loader;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Prediction;
import org.pellucid.core.Registry;
import org.pellucid.core.Request;
import org.pellucid.core.image.SourceImage;
import org.pellucid.core.io.Labels;
import org.pellucid.core.io.Npy;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.SaliencyAssert;

/** Pellucid as other programs embed it. */
class PellucidTest {
  private static final Path EXAMPLES = Path.of("..", "examples");
  private static final Path MODEL = EXAMPLES.resolve("shapes.onnx");
  private static final Path STARS = EXAMPLES.resolve("two-stars.png");
  private static final Path DISC_AND_CROSS = EXAMPLES.resolve("disc-and-cross.png");
  private static final Request GRAD_CAM = Request.DEFAULT.withMethod("grad-cam");

  private static Pellucid pellucid;

  @TempDir private Path folder;

  @BeforeAll
  static void load() {
    pellucid = Pellucid.load(MODEL);
  }

  @AfterAll
  static void close() {
    pellucid.close();
  }

  private static Explanation explain(Path image, Request request) {
    return pellucid.explain(image, request, Progress.NONE).get(0);
  }

  @Test
  void the_example_of_the_documentation_works() throws IOException {
    Path out = folder.resolve("out");
    try (Pellucid shapes = Pellucid.load(MODEL)) {
      Explanation explanation = shapes.explain(STARS);
      assertThat(explanation.predicted().name()).isEqualTo("dotted star");
      assertThat(explanation.predicted()).isEqualTo(shapes.predict(SourceImage.read(STARS)).get(0));
      assertThat(explanation.saliency().map().shape()).isEqualTo(Shape.of(12, 12));
      assertThat(explanation.saliency().status()).isEqualTo(Status.OK);
      List<Path> files = ExplanationFiles.into(out).write(explanation, "two-stars");
      assertThat(files)
          .containsExactly(
              out.resolve("two-stars.smooth-grad-cam++.png"),
              out.resolve("two-stars.smooth-grad-cam++.json"),
              out.resolve("two-stars.smooth-grad-cam++.npy"))
          .allSatisfy(file -> assertThat(file).isRegularFile());
    }
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files).hasSize(3);
    }
  }

  static Stream<String> methods() {
    return Registry.ofClassPath().explainers().stream()
        .filter(method -> !method.needs().contains(Need.LINEAR_HEAD))
        .filter(method -> !method.needs().contains(Need.ATTENTION))
        .map(Explainer::id);
  }

  /** Methods of a layer that bring its map to the image. */
  private static final Set<String> IN_PIXELS =
      Set.of("guided-grad-cam", "guided-smooth-grad-cam++", "refine-cam");

  /** Fewer samples than by default, so that this takes no minute. */
  private static final Map<String, Map<String, String>> QUICK =
      Map.of(
          "smooth-grad-cam++", Map.of("samples", "4"),
          "guided-smooth-grad-cam++", Map.of("samples", "4"),
          "smooth-grad", Map.of("samples", "4"),
          "var-grad", Map.of("samples", "4"),
          "square-grad", Map.of("samples", "4"),
          "integrated-gradients", Map.of("steps", "10"),
          "ss-cam", Map.of("trials", "2", "top", "10"),
          "is-cam", Map.of("steps", "2"),
          "rise", Map.of("masks", "100"));

  @ParameterizedTest
  @MethodSource("methods")
  void every_method_explains_the_example(String method) {
    Request request = Request.DEFAULT.withMethod(method).withTarget("checkered cross");
    for (Map.Entry<String, String> option : QUICK.getOrDefault(method, Map.of()).entrySet()) {
      request = request.withOption(option.getKey(), option.getValue());
    }
    Explanation explanation = explain(DISC_AND_CROSS, request);
    assertThat(explanation.saliency().status()).isEqualTo(Status.OK);
    boolean inPixels =
        explanation.layer().operation().equals("Input") || IN_PIXELS.contains(method);
    assertThat(explanation.saliency().map().shape())
        .isEqualTo(inPixels ? Shape.of(96, 96) : Shape.of(12, 12));
  }

  @Test
  void the_hot_cell_lies_on_an_object_of_the_class() {
    Explanation explanation = explain(DISC_AND_CROSS, GRAD_CAM.withTarget("checkered cross"));
    Tensor map = explanation.saliency().map();
    int hottest = 0;
    for (int i = 0; i < map.size(); i++) {
      hottest = map.get(i) > map.get(hottest) ? i : hottest;
    }
    SourceImage mask = SourceImage.read(EXAMPLES.resolve("disc-and-cross.mask.png"));
    int x = (hottest % 12 * 2 + 1) * mask.width() / 24;
    int y = (hottest / 12 * 2 + 1) * mask.height() / 24;
    assertThat(mask.sample(0, x, y)).as("object at %s, %s", x, y).isPositive();
  }

  @Test
  void eight_threads_get_the_same_bits_as_one() throws Exception {
    List<Request> requests =
        List.of(
            GRAD_CAM,
            Request.DEFAULT.withMethod("grad-cam++").withTarget(7),
            Request.DEFAULT.withOption("samples", 7),
            GRAD_CAM.withLayer("conv:-2").withMaps(new MapSelection.TopByContribution(5)),
            GRAD_CAM.withCells(List.of(Region.cells(2, 3, 4, 5))));
    List<double[]> alone = new ArrayList<>();
    for (Request request : requests) {
      alone.add(explain(DISC_AND_CROSS, request).saliency().map().toDoubleArray());
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<double[]>> work = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Request request = requests.get(i % requests.size());
        work.add(() -> explain(DISC_AND_CROSS, request).saliency().map().toDoubleArray());
      }
      List<Future<double[]>> found = threads.invokeAll(work);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i).get()).isEqualTo(alone.get(i % requests.size()));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closing_twice_is_safe_and_use_after_it_is_told() {
    Pellucid closed = Pellucid.load(MODEL);
    closed.explain(STARS);
    closed.close();
    assertThatCode(closed::close).doesNotThrowAnyException();
    assertThatThrownBy(() -> closed.explain(STARS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(closed.layers().all()).isNotEmpty();
    Pellucid unused = Pellucid.load(MODEL);
    assertThatCode(unused::close).doesNotThrowAnyException();
  }

  @Test
  void a_layer_that_folding_removes_is_explained_all_the_same() {
    // The normalisation is folded into its convolution, whose own output is then gone.
    String convolution = "/layer3/layer3.1/conv1/Conv_output_0";
    Tensor map = explain(STARS, GRAD_CAM.withLayer(convolution)).saliency().map();
    assertThat(map.toDoubleArray()).doesNotContain(Double.NaN);
    assertThat(map.shape()).isEqualTo(Shape.of(12, 12));
  }

  @Test
  void all_targets_of_a_question_are_explained() {
    List<Explanation> three =
        pellucid.explain(DISC_AND_CROSS, GRAD_CAM.withTarget("top:3"), Progress.NONE);
    assertThat(three).extracting(each -> each.target().index()).doesNotHaveDuplicates().hasSize(3);
    assertThat(three)
        .extracting(each -> each.target().score())
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(three.get(0).target()).isEqualTo(three.get(0).predicted());
    List<Prediction> ranked = pellucid.predict(SourceImage.read(DISC_AND_CROSS));
    assertThat(ranked).hasSize(10);
    for (int i = 0; i < 3; i++) {
      assertThat(three.get(i).target().index()).isEqualTo(ranked.get(i).index());
      assertThat(three.get(i).target().score()).isCloseTo(ranked.get(i).score(), within(1e-4));
    }
  }

  @Test
  void progress_is_told_to_the_end() {
    AtomicLong last = new AtomicLong();
    AtomicLong total = new AtomicLong();
    pellucid.explain(
        STARS,
        Request.DEFAULT.withOption("samples", 11),
        (done, all) -> {
          assertThat(done).isGreaterThanOrEqualTo(last.get()).isLessThanOrEqualTo(all);
          last.set(done);
          total.set(all);
        });
    assertThat(last.get()).isEqualTo(total.get()).isGreaterThanOrEqualTo(11);
  }

  @Test
  void an_interrupted_thread_stops() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> pellucid.explain(STARS)).isInstanceOf(CancelledException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      boolean was = Thread.interrupted();
      assertThat(was).isTrue();
    }
    assertThat(pellucid.explain(STARS).saliency().status()).isEqualTo(Status.OK);
  }

  @Test
  void a_request_is_checked_without_an_image() {
    assertThatCode(() -> pellucid.check(Request.DEFAULT)).doesNotThrowAnyException();
    for (Request wrong :
        List.of(
            Request.DEFAULT.withMethod("grad-kam"),
            Request.DEFAULT.withOption("sample", 5),
            Request.DEFAULT.withOption("samples", 0),
            Request.DEFAULT.withLayer("nowhere"),
            Request.DEFAULT.withTarget(10),
            Request.DEFAULT.withTarget("hexagonal star"),
            Request.DEFAULT.withTarget("top:11"),
            Request.DEFAULT.withMaps(MapSelection.of(64)),
            Request.DEFAULT.withCells(List.of(Region.cells(12, 0, 1, 1))))) {
      assertThatThrownBy(() -> pellucid.check(wrong)).isInstanceOf(InvalidRequestException.class);
      assertThatThrownBy(() -> explain(STARS, wrong)).isInstanceOf(InvalidRequestException.class);
    }
  }

  @Test
  void raw_inputs_are_those_of_the_model() {
    Tensor wrong = Tensor.of(Shape.of(1, 3, 8, 8), new float[192]);
    assertThatThrownBy(
            () -> pellucid.explain("wrong", Map.of("image", wrong), GRAD_CAM, Progress.NONE))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("[1, 3, 96, 96]");
    Tensor right = Tensor.of(Shape.of(1, 3, 96, 96), new float[3 * 96 * 96]);
    assertThatThrownBy(() -> pellucid.run(Map.of("picture", right)))
        .isInstanceOf(InvalidRequestException.class);
    assertThat(pellucid.run(Map.of("image", right)).get("logits").shape())
        .isEqualTo(Shape.of(1, 10));
    Explanation blank =
        pellucid.explain("blank", Map.of("image", right), GRAD_CAM, Progress.NONE).get(0);
    assertThat(blank.saliency().map().toDoubleArray()).doesNotContain(Double.NaN);
  }

  @Test
  void what_cannot_be_loaded_is_told_by_kind() throws IOException {
    Path garbage = Files.writeString(folder.resolve("garbage.onnx"), "no model");
    assertThatThrownBy(() -> Pellucid.load(garbage)).isInstanceOf(MalformedInputException.class);
    assertThatThrownBy(() -> Pellucid.load(folder.resolve("missing.onnx")))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("missing.onnx");
    assertThatThrownBy(() -> Pellucid.load(folder))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("not a file");
    assertThatThrownBy(() -> Pellucid.loader().backend("abacus").load(MODEL))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("djl");
    assertThatThrownBy(() -> Pellucid.loader().device("gpu:63").load(MODEL))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("cpu");
    assertThatThrownBy(() -> Pellucid.loader().backend("djl").precision(Precision.BF16).load(MODEL))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("float32, float64");
    assertThatThrownBy(() -> Pellucid.loader().input("picture").load(MODEL))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("image");
    assertThatThrownBy(() -> Pellucid.loader().output("scores").load(MODEL))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("logits");
    assertThatThrownBy(() -> Pellucid.loader().labels(Labels.of(List.of("a"))).load(MODEL))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("10 classes");
    assertThatThrownBy(() -> Pellucid.loader().threads(0))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void precisions_agree() {
    Tensor single = explain(STARS, GRAD_CAM).saliency().map();
    try (Pellucid precise = Pellucid.loader().precision(Precision.FLOAT64).load(MODEL)) {
      Explanation explanation = precise.explain(STARS, GRAD_CAM, Progress.NONE).get(0);
      double largest = 0;
      for (int i = 0; i < single.size(); i++) {
        largest = Math.max(largest, Math.abs(single.get(i)));
      }
      for (int i = 0; i < single.size(); i++) {
        assertThat(single.get(i))
            .isCloseTo(explanation.saliency().map().get(i), within(1e-4 * largest));
      }
      assertThat(explanation.provenance().precision()).isEqualTo("float64");
    }
  }

  @Test
  void the_reference_agrees_and_is_taken_only_when_asked_for() {
    Loader precise = Pellucid.loader().precision(Precision.FLOAT64);
    try (Pellucid chosen = precise.load(MODEL);
        Pellucid asked = precise.backend("reference").load(MODEL)) {
      Explanation first = chosen.explain(STARS, GRAD_CAM, Progress.NONE).get(0);
      Explanation second = asked.explain(STARS, GRAD_CAM, Progress.NONE).get(0);
      assertThat(first.provenance().backend()).isNotEqualTo("reference");
      assertThat(second.provenance().backend()).isEqualTo("reference");
      SaliencyAssert.assertThat(second.saliency()).isCloseTo(first.saliency(), 1e-9);
    }
    assertThatThrownBy(() -> Pellucid.loader().backend("reference").load(MODEL))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("no precision float32; it has float64");
  }

  @Test
  void files_are_written_whole_or_not_at_all() throws IOException {
    Explanation explanation = explain(STARS, GRAD_CAM);
    Path file = Files.writeString(folder.resolve("file"), "mine");
    ExplanationFiles blocked = ExplanationFiles.into(file);
    assertThatThrownBy(blocked::prepare).isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> blocked.write(explanation, "x"))
        .isInstanceOf(InvalidRequestException.class);
    assertThat(file).hasContent("mine");

    Path out = folder.resolve("out");
    ExplanationFiles arrays =
        ExplanationFiles.into(out, Set.of(ExplanationFiles.Format.NPY), HeatmapSettings.DEFAULT);
    // Being interrupted does not cut a file off.
    Thread.currentThread().interrupt();
    List<Path> written;
    try {
      written = arrays.write(explanation, "x");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(written).containsExactly(out.resolve("x.grad-cam.npy"));
    try (Stream<Path> left = Files.list(out)) {
      assertThat(left).containsExactlyElementsOf(written);
    }
    assertThat(Npy.read(out.resolve("x.grad-cam.npy")).toDoubleArray())
        .isEqualTo(explanation.saliency().map().cast(ElementType.FLOAT32).toDoubleArray());
  }
}
